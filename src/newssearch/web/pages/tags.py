"""The page of all tags, and the forms that change tags and notes of articles."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from newssearch.errors import TagFileError
from newssearch.index import Index
from newssearch.tags.counts import TAG_ORDERS, TagCounts
from newssearch.web.bodies import read_form
from newssearch.web.context import server_context
from newssearch.web.parameters import Parameter, ParameterError, read_parameters
from newssearch.web.pool import SearchLimits
from newssearch.web.prefix import prefix_of
from newssearch.web.problems import EXPECTED, ChangeRefusedError, logged_problem
from newssearch.web.tag_changes import AskedTagging, change_tags

from .asking import asked_of
from .links import Links
from .login import next_path
from .paging import MAX_PAGES, paging_of
from .rendering import ShownPage, View, page_route, problem_page
from .save_form import refused_form

MAX_TAG_FORM = 524_288
"""The largest number of bytes of the form: a note of 20,000 characters takes 180 kB in some scripts, and so does the one before."""
MAX_ARTICLES_AT_ONCE = 50
"""The largest number of articles that one form changes: those of a page of results."""
MAX_OFFERED_TAGS = 200
"""The largest number of tags that a field offers."""
MAX_TAGS_AT_ONCE = 20
"""The largest number of tags that one form gives or takes."""
TAG_FORM = (
    Parameter("article", "texts", "The articles."),
    Parameter("tags", "text", "Tags, with commas between them."),
    Parameter("do", "text", "Whether the tags are given or taken.", choices=("add", "remove")),
    Parameter("note", "text", "A note."),
    Parameter("before", "text", "The note that this one replaces."),
    Parameter("by", "text", "Who writes the note."),
    Parameter("next", "text", "Where to go then."),
    Parameter("token", "text", "The token of the form."),
)


TAGS_OF_PAGE = 300
"""The number of tags of a page."""
TAGS_WITHOUT_FORM = 20
"""Up to this number of tags, the page has no form that finds some of them."""
_SHOWN_ORDERS = (("name", "name"), ("articles", "most articles"))
"""The orders of tags, and how the page names them."""
TAGS_PARAMETERS = (
    Parameter("find", "text", "Only tags that contain this text."),
    Parameter("sort", "text", "The order.", "name", choices=TAG_ORDERS),
    Parameter("page", "number", "The page of tags.", 1, least=1, most=MAX_PAGES),
)


def kept_tags(view: View) -> TagCounts:
    """Return all tags in numbers. Raises :class:`~newssearch.TagFileError`."""
    archive = view.context.archive
    counts: TagCounts = archive.kept(("tags", archive.tags().stamp), Index.tags)
    return counts


def tags_page(view: View) -> ShownPage:
    """Return a page of the tags, each with the number of its articles."""
    asked = asked_of(view, TAGS_PARAMETERS)
    counts, page = kept_tags(view), asked.value("page", 1)
    find, sort = asked.value("find", ""), asked.value("sort", "name")
    listed = counts.listed(find, sort, TAGS_OF_PAGE, (page - 1) * TAGS_OF_PAGE)
    return ShownPage(
        "tags.html",
        {
            "counts": counts,
            "listed": listed,
            "find": find,
            "sort": sort,
            "orders": _SHOWN_ORDERS,
            "has_form": len(counts) > TAGS_WITHOUT_FORM,
            "paging": paging_of(listed.total, page, TAGS_OF_PAGE, view.links),
        },
    )


def offered_tags(view: View) -> tuple[str, ...]:
    """Return the tags that a field offers, those of most articles first; none if they cannot be read."""
    try:
        counts = kept_tags(view)
    except (TagFileError, OSError):
        return ()
    return tuple(one.tag for one in sorted(counts, key=lambda one: -one.articles)[:MAX_OFFERED_TAGS])


async def _change_tags(request: Request) -> Response:
    given = await read_form(request, MAX_TAG_FORM)
    if refused := refused_form(request, given):
        return refused
    links, context = Links(request), server_context(request)
    try:
        asked = _asked_tagging(given)

        def change(limits: SearchLimits) -> None:
            change_tags(context.archive.index(), asked)

        await context.pool.run(request, change)
    except EXPECTED as error:
        return problem_page(logged_problem(error), links)
    after = next((value for name, value in given if name == "next"), "")
    return RedirectResponse(prefix_of(request) + next_path(after), 303)


def _asked_tagging(given: list[tuple[str, str]]) -> AskedTagging:
    """Return what a form asks for. Raises :class:`ChangeRefusedError` and :class:`ParameterError`."""
    values = read_parameters(TAG_FORM, given)
    articles = tuple(dict.fromkeys(value for name, value in given if name == "article" and value))
    if not articles:
        hint = "tick articles in the list, then send the form"
        raise ChangeRefusedError(400, "no article is chosen", hint)
    if len(articles) > MAX_ARTICLES_AT_ONCE:
        raise ParameterError("article", f"is given at most {MAX_ARTICLES_AT_ONCE} times")
    tags = tuple(tag.strip() for tag in str(values.get("tags", "")).split(",") if tag.strip())
    if len(tags) > MAX_TAGS_AT_ONCE:
        raise ParameterError("tags", f"has at most {MAX_TAGS_AT_ONCE} of them")
    # An empty note removes one, and read_parameters takes an empty value for none.
    note = next((text for name, text in given if name == "note"), None)
    before, by = str(values.get("before", "")), str(values.get("by", ""))
    if note is None:
        if not tags:
            raise ChangeRefusedError(400, "no tag is given", parameter="tags")
        takes = values.get("do") == "remove"
        return AskedTagging(articles, () if takes else tags, tags if takes else ())
    if tags or len(articles) > 1:
        raise ParameterError("note", "is of one article, and has a form of its own")
    if not note.strip() and not before:
        raise ChangeRefusedError(400, "the note is empty", parameter="note")
    return AskedTagging(articles, note=note, before=before, by=by)


ROUTES = (
    page_route("/tags", tags_page, "tags", TAGS_PARAMETERS),
    Route("/tags", _change_tags, methods=["POST"], name="change tags"),
)
