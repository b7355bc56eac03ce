"""What is asked of a search besides the query: filters, period, order, page, facets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from newssearch.highlight.snippets import SNIPPET_LENGTH
from newssearch.text.dates import is_empty, parse_period

from . import arguments
from .errors import QueryError
from .outlets import Aliases

Sort = Literal["relevance", "newest", "oldest"]
FilterField = Literal["outlet", "source", "byline", "located", "lang", "section"]
FacetField = Literal["outlet", "source", "year", "month", "byline", "located", "lang", "section"]

FILTER_FIELDS: tuple[FilterField, ...] = get_args(FilterField)
FACET_FIELDS: tuple[FacetField, ...] = get_args(FacetField)
SORTS: tuple[Sort, ...] = get_args(Sort)

When = str | dt.date | dt.datetime
"""A day, a moment, or a period as text: ``2024``, ``2024-07-25``, ``2024-07-25T14:30``, ``last month``."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """A request, checked. ``start`` and ``end`` bound the date, end excluded: see :class:`newssearch.query.Dated`."""

    filters: tuple[tuple[FilterField, tuple[str, ...]], ...] = ()
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    sort: Sort = "relevance"
    limit: int | None = 10
    offset: int = 0
    all_paragraphs: bool = False
    facets: tuple[FacetField, ...] = ()
    snippet: int = SNIPPET_LENGTH
    explain: bool = False
    group: bool = True
    """Whether a story shows once, by the best of its copies; never with ``all_paragraphs``."""
    novel: bool = False
    """Whether only paragraphs count that no earlier article has."""
    outlets: Aliases = ()
    """Other names of outlets, of this archive: an outlet is found by any of its names."""


def search_options(
    *,
    filters: dict[FilterField, str | Iterable[str] | None],
    since: When | None,
    until: When | None,
    on: When | None,
    sort: str,
    limit: int | None,
    offset: int,
    all_paragraphs: bool,
    facets: str | Iterable[str],
    snippet: int,
    explain: bool = False,
    group: bool = True,
    novel: bool = False,
    now: dt.datetime | None = None,
) -> SearchOptions:
    """Check a request.

    Raises :class:`~newssearch.QueryError` for what would silently find nothing, or means nothing, and TypeError.
    """
    limit = None if limit is None else arguments.whole_number("limit", limit)
    offset, snippet = arguments.whole_number("offset", offset), arguments.whole_number("snippet", snippet)
    flags = {"all_paragraphs": all_paragraphs, "explain": explain, "group": group, "novel": novel}
    for name, value in flags.items():
        arguments.flag(name, value)
    if arguments.text("sort", sort) not in SORTS:
        raise QueryError(f"cannot sort by {sort!r}", suggestion=f"there are: {', '.join(SORTS)}")
    if (limit is not None and limit < 0) or offset < 0:
        raise QueryError("limit and offset cannot be negative")
    if snippet < 0:
        raise QueryError("snippet cannot be negative")
    chosen: list[FacetField] = []
    for name in arguments.texts("facets", facets):
        match = next((known for known in FACET_FIELDS if known == name), None)
        if match is None:
            from difflib import get_close_matches  # slow to import, and seldom needed

            near = get_close_matches(name, FACET_FIELDS, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(FACET_FIELDS)}"
            raise QueryError(f"there is no facet {name!r}", suggestion=hint)
        if match not in chosen:
            chosen.append(match)
    start, end = _bounds(since, until, on, now)
    wanted: list[tuple[FilterField, tuple[str, ...]]] = []
    for field, given in filters.items():
        values = arguments.texts(field, given)
        if any(not value.strip() for value in values):
            raise QueryError(f"the filter on {field} is empty")
        if values:
            wanted.append((field, values))
    return SearchOptions(
        filters=tuple(wanted),
        start=start,
        end=end,
        sort=next(known for known in SORTS if known == sort),
        limit=limit,
        offset=offset,
        all_paragraphs=all_paragraphs,
        facets=tuple(chosen),
        snippet=snippet,
        explain=explain,
        group=group and not all_paragraphs,
        novel=novel,
    )


def _bounds(
    since: When | None, until: When | None, on: When | None, now: dt.datetime | None
) -> tuple[dt.datetime | None, dt.datetime | None]:
    if on is not None and (since is not None or until is not None):
        raise QueryError("a search is either on a date or since and until dates, not both")
    if on is not None:
        return _period("on", on, now)
    start = _period("since", since, now)[0] if since is not None else None
    end = _period("until", until, now)[1] if until is not None else None
    comparable = start is not None and end is not None and (start.tzinfo is None) == (end.tzinfo is None)
    if comparable and start is not None and end is not None and is_empty(start, end):
        raise QueryError(f"no date is both since {since} and until {until}", suggestion="swap them")
    return start, end


def _period(name: str, when: When, now: dt.datetime | None) -> tuple[dt.datetime, dt.datetime]:
    """The first moment of a period, and the first one after it."""
    arguments.instance(name, when, (str, dt.date), "a date, or a string")
    if isinstance(when, dt.datetime):
        return when, _after(when)
    text = when.isoformat() if isinstance(when, dt.date) else when
    period = parse_period(text, now)
    if period is None:
        hint = 'write 2024, 2024-07, 2024-07-25, 2024-07-25T14:30, -7d or "last month"'
        raise QueryError(f"{name}: {text!r} is not a date", query=text, end=len(text), suggestion=hint)
    return period.start, period.end


def _after(moment: dt.datetime) -> dt.datetime:
    """The next moment; the last one of the calendar, which a period includes as its end, has none."""
    try:
        return moment + dt.timedelta(microseconds=1)
    except OverflowError:
        return moment
