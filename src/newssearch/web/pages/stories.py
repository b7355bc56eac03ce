"""The page of the stories that articles tell: how many ran each, from when to when, and who was first."""

from __future__ import annotations

from newssearch.web.parameters import Parameter

from .asking import asked_of, endpoint_parameters, row_exports
from .chips import filter_chips_of, without_filters
from .paging import MAX_PAGES, paging_of
from .remarks import remarks_of
from .rendering import ShownPage, View, page_route
from .story import path_of_story

STORIES = 25
"""The number of stories of a page."""
STORY_ORDERS = (
    ("size", "most articles"),
    ("outlets", "most outlets"),
    ("newest", "newest"),
    ("spread", "longest running"),
)
"""The orders of stories, and how the page names them."""
STORIES_PARAMETERS = (
    *(one for one in endpoint_parameters("/stories") if one.name not in ("limit", "offset")),
    Parameter("page", "number", "The page of stories.", 1, least=1, most=MAX_PAGES),
)


def stories_page(view: View) -> ShownPage:
    """Return the page of the stories of a query, of all articles without one."""
    asked = asked_of(view, STORIES_PARAMETERS)
    links, page = view.links, asked.value("page", 1)
    found = view.context.archive.opened().stories(
        asked.query, limit=STORIES, offset=(page - 1) * STORIES, **asked.options("page")
    )
    return ShownPage(
        "stories.html",
        {
            "query": asked.query,
            "found": found,
            "remarks": remarks_of(asked.query, found.diagnostics, links),
            "chips": filter_chips_of(links),
            "clear": without_filters(links),
            "orders": STORY_ORDERS,
            "kept": [(name, value) for name, value in links.given if name not in ("min_outlets", "page")],
            "paging": paging_of(found.total_stories, page, STORIES, links),
            "path_of_story": path_of_story,
            "exports": row_exports(
                links, "/stories", ("sort", "min_outlets"), found.total_stories, ("story", "stories")
            ),
        },
    )


ROUTES = (page_route("/stories", stories_page, "stories", STORIES_PARAMETERS),)
