"""What the address of a page of results asks: the query, the options of the search, and what the page shows of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from newssearch.article import Date
from newssearch.corpus.periods import UNITS, DayBounds
from newssearch.fields import ArticleField
from newssearch.filters import period_bounds
from newssearch.query import parse
from newssearch.request import MatchOptions, OrderOptions
from newssearch.text.partial_dates import PartialDate
from newssearch.text.periods import parse_period
from newssearch.web.options import QUERY, options_of
from newssearch.web.parameters import Parameter, read_parameters

from .chips import FILTERING
from .links import Links
from .paging import MAX_PAGES
from .timeline import DATES

PAGE_SIZES = (10, 25, 50)
"""The numbers of hits of a page that a reader can choose."""
ORDERING = ("sort", "group", "all_paragraphs", "expand", "strict")
"""The options that say which hits there are and in which order, besides the query and the filters."""
FINDING = ("q", *OrderOptions.__annotations__, "strict")
"""The parameters that decide about the hits, which an export needs too."""
MATCH_ONLY = ("literal", "names", "synonyms", "match", "novel")
"""The options that change what a query means, and let all articles through if there is none."""

_TAKEN = (*MatchOptions.__annotations__, *ORDERING)
PARAMETERS = (
    QUERY,
    *(one for one in options_of(OrderOptions) if one.name in _TAKEN),
    Parameter("strict", "flag", "No hits with some of the words only."),
    Parameter("page", "number", "The page.", 1, least=1, most=MAX_PAGES),
    Parameter("limit", "text", "Hits of a page.", str(PAGE_SIZES[0]), tuple(map(str, PAGE_SIZES))),
    Parameter("unit", "text", "The unit of time.", choices=UNITS),
    Parameter("share", "flag", "Shares of all articles over time, instead of numbers.", False),
    Parameter("facet", "text", "The facet of which more values are listed."),
    Parameter("find", "text", "Only values of this facet that contain this text."),
)


class SearchQuestion(NamedTuple):
    """What is asked: the query, the options of the search, the page and its size, and what else the page shows.

    ``unit`` is the unit of time that is asked for; "" for a suitable one. ``shares`` is whether shares are shown over time. ``facet`` is the name of the facet of which more values are listed,
    only those that contain ``find``.
    """

    query: str
    options: dict[str, Any]
    page: int
    size: int
    unit: str
    shares: bool
    facet: str
    find: str

    @property
    def is_empty(self) -> bool:
        """Whether neither a query nor a filter is given, and no facet to be listed in full."""
        return not (self.query.strip() or self.facet or any(name in FILTERING for name in self.options))

    @property
    def matching(self) -> dict[str, Any]:
        """The options that say which articles match."""
        return {name: self.options[name] for name in MatchOptions.__annotations__ if name in self.options}

    @property
    def filtering(self) -> dict[str, Any]:
        """The options that say which articles can match, whatever the query."""
        return {name: value for name, value in self.matching.items() if name not in MATCH_ONLY}


def read_question(links: Links) -> SearchQuestion:
    """Return what the current address asks. Raises :class:`~newssearch.web.parameters.ParameterError`."""
    values = read_parameters(PARAMETERS, links.given, ignore_others=True)
    return SearchQuestion(
        str(values.get("q", "")),
        {name: values[name] for name in (*_TAKEN,) if name in values},
        int(str(values.get("page", 1))),
        int(str(values.get("limit", PAGE_SIZES[0]))),
        str(values.get("unit", "")),
        bool(values.get("share", False)),
        str(values.get("facet", "")),
        str(values.get("find", "")),
    )


def axis_bounds(
    given: Mapping[str, Any], first: Date | PartialDate | None, last: Date | PartialDate | None
) -> DayBounds:
    """Return the days that an axis of time begins and ends with because the ``given`` options limit them.

    ``first`` and ``last`` are the dates of the archive, beyond which no axis goes.
    """
    start, end = period_bounds(given.get("since"), given.get("until"), given.get("on"), given.get("now"))
    lowest, highest = _first_day(first), _last_day(last)
    since = None if start is None or lowest is None else max(start.date(), lowest)
    until = None
    if end is not None and highest is not None:
        until = min((end - dt.timedelta(microseconds=1)).date(), highest)
    return since, until


def days_within(
    bounds: DayBounds, first: Date | PartialDate | None, last: Date | PartialDate | None
) -> tuple[dt.date, dt.date] | None:
    """Return the bounds of an axis, where it has none the dates of the archive; None if they are unknown or in no order."""
    since, until = bounds[0] or _first_day(first), bounds[1] or _last_day(last)
    return None if since is None or until is None or since > until else (since, until)


def _first_day(date: Date | PartialDate | None) -> dt.date | None:
    if isinstance(date, PartialDate):
        return date.first_day
    return date.date() if isinstance(date, dt.datetime) else date


def _last_day(date: Date | PartialDate | None) -> dt.date | None:
    return date.last_day if isinstance(date, PartialDate) else _first_day(date)


def fixed_address(
    links: Links, question: SearchQuestion, now: dt.datetime, own: Iterable[ArticleField]
) -> str | None:
    """Return the address of the current view with dates that no longer count from now; None if there are none.

    Dates of filters are replaced by days; for those in the query, the address gets the moment from which they count. ``own``
    are the own fields of the index.
    """
    given = question.options
    if "now" in given:
        return None
    changes: dict[str, object] = {}
    for name in DATES:
        text = given.get(name)
        if not isinstance(text, str) or parse_period(text, now) == parse_period(text, _LATER):
            continue
        start, end = period_bounds(
            **{name: text}, **{other: None for other in DATES if other != name}, now=now
        )
        changes[name] = None
        if start is not None:
            changes["since"] = start.date().isoformat()
        if end is not None:
            changes["until"] = (end - dt.timedelta(microseconds=1)).date().isoformat()
    if not given.get("literal") and _counts_from_now(question.query, now, own):
        changes["now"] = now.isoformat(timespec="minutes")
    return links.here(**changes) if changes else None


_LATER = dt.datetime(9000, 1, 1)


def _counts_from_now(query: str, now: dt.datetime, own: Iterable[ArticleField]) -> bool:
    if ":" not in query:
        return False
    fields = tuple(own)
    first, later = (parse(query, now=moment, fields=fields).tree for moment in (now, _LATER))
    return repr(first) != repr(
        later
    )  # nodes with other bounds of the same text are equal, but look different
