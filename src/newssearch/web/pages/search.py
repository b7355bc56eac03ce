"""The page of a search: its hits, facets, and articles over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from newssearch.corpus.periods import DayBounds, Unit
from newssearch.facets import FacetValue
from newssearch.index import Index
from newssearch.results import Results, left_out
from newssearch.web.feed_paths import FEED_OF_SEARCH

from .chips import filter_chips_of, without_filters
from .facet_panels import facet_panels, facet_remarks, facets_to_count, useful_facets
from .feeds import FEED_PARAMETERS
from .links import SHARED_PARAMETERS, Links
from .paging import paging_of
from .question import (
    FINDING,
    PAGE_SIZES,
    PARAMETERS,
    SearchQuestion,
    axis_bounds,
    days_within,
    fixed_address,
    read_question,
)
from .remarks import remarks_of
from .rendering import ShownPage, View, page_route
from .save_form import save_form
from .shown_tags import tags_by_id
from .start import start_page
from .tags import offered_tags
from .timeline import CountBy, Timeline, likely_unit, timeline_of, unit_remarks

SORT_NAMES = {"relevance": "relevance", "newest": "newest", "oldest": "oldest", "added": "last added"}
"""How a page names the orders of hits."""
SNIPPET_CHARS = 280
"""The length of a snippet in characters."""


def search_page(view: View) -> ShownPage:
    """Return the page of a search; without a query and filters, what the archive holds."""
    question = read_question(view.links)
    if question.is_empty:
        return start_page(view)
    index = view.context.archive.opened()
    contents = view.context.archive.info().contents
    bounds = axis_bounds(question.options, contents.first_date, contents.last_date)
    days = days_within(bounds, contents.first_date, contents.last_date)
    unit: Unit = "month" if days is None else likely_unit(question.unit, *days)
    found = _found(view, index, question, unit)
    shown = found.corrected or found
    links = view.links.asking(shown.query) if found.corrected else view.links
    now = dt.datetime.now()
    fixed = fixed_address(links, question, now, index.own_fields)
    timeline = _timeline(view, index, question, shown, links, bounds)
    values: dict[str, Any] = {
        "question": question,
        "found": found,
        "results": shown,
        "here": links,
        "remarks": remarks_of(found.query, found.diagnostics, view.links),
        "interpretation": shown.interpretation if shown.interpretation != shown.query.strip() else "",
        "chips": filter_chips_of(links),
        "clear": without_filters(links),
        "panels": facet_panels(shown.facets, question, links),
        "timeline": timeline,
        "left_out": left_out(shown.undated, shown.imprecise),
        "paging": paging_of(_pages_hold(shown), question.page, question.size, links),
        "sorts": [(name, links.here(sort=None if sort == "relevance" else sort)) for sort, name in SORT_NAMES.items()],
        "sort": SORT_NAMES.get(str(question.options.get("sort", "relevance")), ""),
        "sizes": [str(size) for size in PAGE_SIZES],
        "fixed": fixed,
        "export": _export_links(links),
        "tags": tags_by_id(index, [hit.id for hit in (*shown.hits, *shown.more)], view.links),
        "offered": () if view.links.read_only else offered_tags(view),
        "form": None if view.links.read_only else save_form(links),
        "feed": links.picked(FEED_OF_SEARCH, [one.name for one in FEED_PARAMETERS]),
        "took": found.took,
        "archive_articles": len(index),
        "has_synonyms": bool(index.config.synonyms),
        "permalink": view.links.absolute(fixed or links.here(page=view.links.value("page"))),
        "without_filters": _count_without_filters(view, index, question, found),
    }  # fmt: skip
    asked_in_vain = (
        *unit_remarks(question.unit, timeline.unit if timeline else None, links),
        *facet_remarks(_listed_facets(view), question, links),
    )
    return ShownPage("search.html", values, remarks=asked_in_vain)


def _found(view: View, index: Index, question: SearchQuestion, unit: Unit) -> Results:
    """Return what is found, counted by month and by the unit of time that is probably shown."""
    return index.search(
        question.query,
        **question.options,
        limit=question.size,
        offset=(question.page - 1) * question.size,
        facets=[
            *facets_to_count(_listed_facets(view), question),
            "month",
            *([] if unit == "quarter" else [unit]),
        ],
        snippet=SNIPPET_CHARS,
        timeout=view.limits.timeout,
        stop=view.limits.stop,
    )


def _listed_facets(view: View) -> tuple[str, ...]:
    names: tuple[str, ...] = view.context.archive.kept("facets", lambda index: useful_facets(index.info()))
    return names


def _pages_hold(results: Results) -> int:
    """Return the number of hits on all pages, as far as this page knows: those with some of the words come after the others."""
    more = results.more_stories if results.grouped else results.more_articles
    return results.total_hits + more


def _timeline(
    view: View, index: Index, question: SearchQuestion, results: Results, links: Links, bounds: DayBounds
) -> Timeline | None:
    archive = view.context.archive
    count_again = _counter(view, index, results.query, question.matching)

    def count_by(unit: Unit) -> Sequence[FacetValue]:
        return results.facets[unit] if unit in results.facets else count_again(unit)

    every = None
    if question.shares:

        def every(unit: Unit) -> Sequence[FacetValue]:
            name = ("all", unit, archive.tags().stamp, repr(sorted(question.filtering.items(), key=str)))
            return archive.kept(name, lambda index: _counter(view, index, "", question.filtering)(unit))

    return timeline_of(
        links, results.facets["month"], count_by, every, bounds, results.dates, dt.date.today()
    )


def _counter(view: View, index: Index, query: str, options: dict[str, Any]) -> CountBy:
    """Return what counts the articles that match a query by a unit of time."""

    def count_by(unit: Unit) -> Sequence[FacetValue]:
        limits: dict[str, Any] = {"timeout": view.limits.timeout, "stop": view.limits.stop}
        return index.search(query, **options, limit=0, facets=[unit], strict=True, **limits).facets[unit]

    return count_by


def _export_links(links: Links) -> list[tuple[str, str]]:
    kept: Callable[..., str] = links.picked
    return [
        ("CSV", kept("/api/export", FINDING, format="csv")),
        ("NDJSON", kept("/api/export", FINDING, format="ndjson")),
        ("JSON of this page", kept("/api/search", (*FINDING, "limit"))),
        ("Over time, CSV", kept("/api/over-time", (*SHARED_PARAMETERS, "unit"), format="csv")),
        ("Receipt", kept("/api/receipt", SHARED_PARAMETERS)),
    ]


def _count_without_filters(view: View, index: Index, question: SearchQuestion, found: Results) -> int | None:
    """Return the number of articles that match without filters, if none match with them; None if there are no filters."""
    if found.total_articles or not filter_chips_of(view.links):
        return None
    kept = {
        name: question.options[name]
        for name in ("literal", "names", "synonyms", "match", "now")
        if name in question.options
    }
    return index.count(question.query, **kept, timeout=view.limits.timeout, stop=view.limits.stop)


ROUTES = (page_route("/", search_page, "search", PARAMETERS),)
