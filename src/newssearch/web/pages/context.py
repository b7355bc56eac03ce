"""The page of a query in context: each occurrence on a line, between the words around it (KWIC)."""

from __future__ import annotations

from newssearch.corpus.concordance import BY_WORDS, MAX_WIDTH, Concordance, line_totals, remarks
from newssearch.web.parameters import Parameter

from .asking import AskedOptions, asked_of, endpoint_parameters, row_exports
from .chips import filter_chips_of, without_filters
from .paging import MAX_PAGES, paging_of
from .remarks import remarks_of
from .rendering import ShownPage, View, page_route

LINES = 50
"""The number of lines of a page, unless its address states another one."""
LINE_CHOICES = (20, 50, 100, 200)
"""The numbers of lines of a page that the form offers."""
ORDERS = (
    ("relevance", "best articles first"),
    ("newest", "newest first"),
    ("oldest", "oldest first"),
    ("left", "by the words before"),
    ("right", "by the words after"),
)
"""The orders of lines, and how the form names them."""
LINE_FORM = ("width", "limit", "sample", "seed", "page")
"""The parameters that the form of this view sets, besides the query and the filters."""
CONTEXT_PARAMETERS = (
    *(one for one in endpoint_parameters("/kwic") if one.name != "offset"),
    Parameter("page", "number", "The page of lines.", 1, least=1, most=MAX_PAGES),
)


def context_page(view: View) -> ShownPage:
    """Return the page of a query in context. Without a query, it says what the view is for."""
    asked = asked_of(view, CONTEXT_PARAMETERS)
    if not asked.query:
        return ShownPage("context.html", {"query": "", "found": None})
    links, page = view.links, asked.value("page", 1)
    size = max(asked.value("limit", LINES), 1)
    found = _lines(view, asked, page, size)
    return ShownPage(
        "context.html",
        {
            "query": asked.query,
            "found": found,
            "totals": line_totals(found),
            "notes": list(remarks(found)),
            "remarks": remarks_of(asked.query, found.diagnostics, links),
            "chips": filter_chips_of(links),
            "clear": without_filters(links),
            "kept": [(name, value) for name, value in links.given if name not in ("q", *LINE_FORM)],
            "orders": ORDERS,
            "by_words": BY_WORDS,
            "changed": bool(asked.values.keys() & {"width", "limit", "sample", "seed"}),
            "sizes": sorted({*LINE_CHOICES, size}),
            "max_width": MAX_WIDTH,
            "sample": asked.value("sample", None),
            "seed": asked.value("seed", None),
            "paging": paging_of(found.total_lines, page, size, links),
            "exports": row_exports(
                links,
                "/kwic",
                ("sort", "width", "sample", *needed_seed(asked)),
                found.total_lines,
                ("line", "lines"),
            ),
        },
    )


def _lines(view: View, asked: AskedOptions, page: int, size: int) -> Concordance:
    """Return the lines of a page. A seed without a sample has no effect, and is left out."""
    needless = () if needed_seed(asked) else ("seed",)
    options = asked.options("page", "limit", *needless)
    return view.context.archive.opened().kwic(asked.query, limit=size, offset=(page - 1) * size, **options)


def needed_seed(asked: AskedOptions) -> tuple[str, ...]:
    """Return the name of the parameter ``seed`` if it has an effect: if there can be a sample."""
    return ("seed",) if asked.value("sample", None) or asked.value("sort", "") in BY_WORDS else ()


ROUTES = (page_route("/context", context_page, "context", CONTEXT_PARAMETERS),)
