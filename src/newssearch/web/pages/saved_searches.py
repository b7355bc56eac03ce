"""The page of the saved searches: what each finds now, what is new, and what its alert has done."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from newssearch.alerts.counting import SearchCounts, count_search
from newssearch.alerts.finding import question
from newssearch.errors import NewssearchError, SearchStoppedError
from newssearch.index import Index
from newssearch.web.bodies import read_form
from newssearch.web.context import server_context
from newssearch.web.parameters import Parameter, read_parameters
from newssearch.web.problems import EXPECTED, ChangeRefusedError, logged_problem
from newssearch.web.searches.addresses import recent_pairs, search_pairs
from newssearch.web.searches.changes import remove_for_client
from newssearch.web.searches.listing import ListedSearch, listed_search, listed_searches

from .chips import FilterChip, filter_chips_of
from .links import Links
from .rendering import ShownPage, View, page_route, problem_page
from .save_form import refused_form, save_from_form

COUNTING_SECONDS = 2.0
"""The longest time in seconds that a page takes to count; the searches that are left are counted by the next one."""
MAX_REMOVE_FORM = 16_384
"""The largest number of bytes of the form that removes a search."""
LIST_PARAMETERS = (
    Parameter("saved", "text", "The search that was saved."),
    Parameter("removed", "text", "The search that was removed."),
)


class SavedRow(NamedTuple):
    """A saved search as the page shows it.

    ``understood`` is its query in full parentheses. ``counts`` are None if it cannot be counted, which ``error`` explains,
    or has not been yet. ``run``, ``recent``, ``data`` and ``feed`` are addresses: what it finds, what came since the beginning of yesterday, the same
    as JSON, and the feed.
    """

    listed: ListedSearch
    understood: str = ""
    chips: tuple[FilterChip, ...] = ()
    counts: SearchCounts | None = None
    error: str = ""
    run: str = ""
    recent: str = ""
    data: str = ""
    feed: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether it has not been counted yet."""
        return self.counts is None and not self.error


def saved_searches_page(view: View) -> ShownPage:
    """Return the page of the saved searches."""
    values = read_parameters(LIST_PARAMETERS, view.links.given, ignore_others=True)
    index, alerts = view.context.archive.opened(), view.context.archive.alerts()
    rows = list(_search_rows(view, index, listed_searches(alerts)))
    saved = next((one for one in rows if one.listed.name == values.get("saved")), None)
    removed = values.get("removed")
    return ShownPage(
        "searches.html",
        {
            "rows": rows,
            "saved": saved,
            "removed": removed if removed and all(one.listed.name != removed for one in rows) else "",
            "pending": sum(one.is_pending for one in rows),
        },
    )


def _search_rows(view: View, index: Index, listed: Iterable[ListedSearch]) -> Iterator[SavedRow]:
    """Yield the searches with their counts, as long as there is time to count."""
    end = time.monotonic() + min(COUNTING_SECONDS, view.limits.timeout / 2)
    for one in listed:
        yield _row(view, index, one, end) if one.search else SavedRow(one, error=one.error)


def _row(view: View, index: Index, listed: ListedSearch, end: float) -> SavedRow:
    search, links = listed.search, view.links
    assert search is not None, "only a search in order has addresses"
    pairs = search_pairs(search)
    row = SavedRow(
        listed,
        search.query,
        filter_chips_of(links.with_pairs(pairs)),
        error=listed.error,
        run=links.of_pairs("/", pairs),
        data=links.of_pairs("/api/search", pairs),
        feed=links.bare(f"/feed/{listed.name}.atom"),
    )
    now = dt.datetime.now()
    try:
        asked = question(index, search, now)
    except NewssearchError as error:
        return row._replace(error=str(error), data="", feed="")
    understood = "" if not search.query.strip() else str(asked.tree)
    row = row._replace(understood=understood, recent=links.of_pairs("/", recent_pairs(search, understood)))
    if row.error:
        return row
    state = listed.state
    today = dt.datetime.now(dt.timezone.utc).date()
    key = (
        "saved search",
        asked.asked,
        state.time if state else None,
        view.context.archive.tags().stamp,
        today,
    )

    def count(index: Index) -> SearchCounts | str:
        begun = time.monotonic()
        try:
            return count_search(index, search, state, now, timeout=end - begun, stop=view.limits.stop)
        except SearchStoppedError:
            if view.limits.stop() or end - begun < COUNTING_SECONDS / 4:
                raise  # the others have taken the time
            return "counting it takes too long"
        except NewssearchError as error:
            return str(error)

    if time.monotonic() >= end and not view.context.archive.has_kept(key):
        return row
    try:
        made = view.context.archive.kept(key, count)
    except SearchStoppedError:
        return row
    return row._replace(error=made) if isinstance(made, str) else row._replace(counts=made)


async def _show_search(request: Request) -> Response:
    """Lead to the articles that a saved search finds: the address of a saved search stays when its query changes."""
    links, context = Links(request), server_context(request)
    try:
        listed = await context.pool.run(
            request, lambda limits: listed_search(context.archive.alerts(), request.path_params["name"])
        )
    except EXPECTED as error:
        return problem_page(logged_problem(error), links)
    if listed.search is None:
        return problem_page(logged_problem(ChangeRefusedError(409, listed.error)), links)
    return RedirectResponse(links.of_pairs("/", search_pairs(listed.search)), 303)


def remove_page(view: View) -> ShownPage:
    """Return the page that asks whether a saved search is to be removed."""
    listed = listed_search(view.context.archive.alerts(), view.path["name"])
    if reason := view.links.read_only:
        raise ChangeRefusedError(403, reason)
    values: dict[str, Any] = {"listed": listed, "seen": len(listed.state.seen) if listed.state else 0}
    return ShownPage("remove_search.html", values)


async def _remove(request: Request) -> Response:
    given = await read_form(request, MAX_REMOVE_FORM)
    if refused := refused_form(request, given):
        return refused
    links, context = Links(request), server_context(request)
    name = request.path_params["name"]
    try:
        await context.pool.run(request, lambda limits: remove_for_client(context.archive.alerts(), name))
    except EXPECTED as error:
        return problem_page(logged_problem(error), links)
    return RedirectResponse(links.bare("/searches", removed=name), 303)


ROUTES = (
    page_route("/searches", saved_searches_page, "saved searches", LIST_PARAMETERS),
    Route("/searches", save_from_form, methods=["POST"], name="save search"),
    Route("/searches/{name}", _show_search, methods=["GET"], name="saved search"),
    page_route("/searches/{name}/remove", remove_page, "remove search"),
    Route("/searches/{name}/remove", _remove, methods=["POST"], name="search removed"),
)
