"""Pages as HTML: templates, what they can call, and the handler that answers with a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from newssearch._version import __version__
from newssearch.commit import Commit
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.index import Index
from newssearch.results import Clause
from newssearch.web.context import ServerContext, server_context
from newssearch.web.parameters import Parameter
from newssearch.web.pool import SearchLimits
from newssearch.web.problems import EXPECTED, HttpProblem, logged_problem

from .chips import FILTERING, filter_chips_of, without_filters
from .hit_list import day_text, hit_list
from .links import VIEWS, Links, article_path
from .remarks import Remark, remark_of, unknown_parameters
from .timeline import percent

FILTERS_CLAUSE = "the filters"
"""The text of the clause that counts the articles which the filters let through."""


class View(NamedTuple):
    """A request for a page: the links from it, what all handlers share, the values of its path, and what ends a search."""

    links: Links
    context: ServerContext
    path: Mapping[str, str]
    limits: SearchLimits


class ShownPage(NamedTuple):
    """A page: its template, the values for it, its status, and remarks on what its address asks in vain."""

    template: str
    values: Mapping[str, Any]
    status: int = 200
    remarks: tuple[Remark, ...] = ()


@cache
def _environment() -> Environment:
    """Return the templates. They escape each value, and refuse names that they do not know."""
    made = Environment(
        loader=PackageLoader("newssearch.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        undefined=StrictUndefined,
    )
    made.filters |= {
        "day": day_text,
        "number": number_text,
        "minute": minute_text,
        "shown": shown_text,
        "percent": percent,
    }
    made.globals |= {
        "many": many,
        "article_path": article_path,
        "hit_list": hit_list,
        "others_of": others_of,
        "version": __version__,
        "VIEWS": VIEWS,
        "FILTERING": FILTERING,
        "FILTERS_CLAUSE": FILTERS_CLAUSE,
    }
    return made


def shown_text(text: object) -> Markup:
    """Return a value as HTML, without control characters and overrides of the writing direction."""
    return Markup(escape.html("" if text is None else str(text)))


def number_text(value: float) -> str:
    """Return a number with thousands separated."""
    return f"{value:,}"


def minute_text(moment: dt.datetime) -> str:
    """Return a moment to the minute, as in ``2024-07-25 14:30``."""
    return f"{moment:%Y-%m-%d %H:%M}"


def others_of(clauses: Sequence[Clause], left_out: int) -> str:
    """Return a query of all clauses but the one at an index."""
    return " AND ".join(
        one.text for at, one in enumerate(clauses) if at != left_out and one.text != FILTERS_CLAUSE
    )


def page_route(
    path: str, view: Callable[[View], ShownPage], name: str, takes: Iterable[Parameter] = ()
) -> Route:
    """Return a route to a view, a function that makes a page in one of the threads that search.

    ``takes`` are the parameters that the view reads: the page remarks on others.
    """
    return Route(path, _page_handler(view, [one.name for one in takes]), name=name)


def _page_handler(
    view: Callable[[View], ShownPage], takes: Collection[str]
) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        links, context = Links(request), server_context(request)
        if any(
            not value for _, value in request.query_params.multi_items()
        ):  # a form without a script sends them
            return RedirectResponse(links.address, 303)

        def answer(limits: SearchLimits) -> Response:
            def made(index: Index) -> Response:
                page = view(View(links, context, request.path_params, limits))
                page = page._replace(remarks=(*unknown_parameters(links, takes), *page.remarks))
                return answer_of(page, links, commit=index.commit)

            return context.archive.at_one_commit(made)

        try:
            return await context.pool.run(request, answer)
        except EXPECTED as error:
            return problem_page(logged_problem(error), links)

    return handle


def answer_of(
    page: ShownPage,
    links: Links,
    headers: Mapping[str, str] | None = None,
    commit: Commit | None = None,
) -> Response:
    """Return a page as the answer to a request. Its foot states the commit, if it is given."""
    text = (
        _environment()
        .get_template(page.template)
        .render(links=links, commit=commit, remarks_on_address=page.remarks, **page.values)
    )
    kept = {"Cache-Control": "private, no-cache", **(headers or {})}
    return HTMLResponse(text.encode("utf-8", "replace"), page.status, headers=kept)


def problem_page(problem: HttpProblem, links: Links) -> Response:
    """Return the page that says what went wrong. The filters can be removed there, because one may be the reason."""
    values = {
        "problem": problem,
        "remark": remark_of(problem, links),
        "chips": filter_chips_of(links),
        "clear": without_filters(links),
    }
    return answer_of(ShownPage("problem.html", values, problem.status), links, problem.headers)
