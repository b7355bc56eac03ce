"""Several queries over time, in one chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from newssearch.corpus.periods import UNITS, DayBounds, PeriodSpan, Unit, first_day, last_day, period_name
from newssearch.display.brief import many, shortened
from newssearch.errors import QueryError
from newssearch.index import Index
from newssearch.request import MatchOptions
from newssearch.results import NO_DATE_COUNTS, DateCounts
from newssearch.web.api.endpoints import MAX_QUERIES_AT_ONCE
from newssearch.web.options import QUERY, options_of
from newssearch.web.parameters import Parameter, ParameterError, read_parameters
from newssearch.web.problems import problem_of

from .charts import ChartLine, line_chart, time_ticks
from .chips import filter_chips_of, without_filters
from .links import SHARED_PARAMETERS, with_period
from .question import MATCH_ONLY, axis_bounds
from .remarks import Remark, remark_of, remarks_of
from .rendering import ShownPage, View, page_route
from .timeline import (
    Outlying,
    choosable_units,
    not_shown,
    number_label,
    outlying,
    percent,
    period_counts,
    shown_span,
    suitable_unit,
    unit_remarks,
)

MAX_LINE_NAME_CHARS = 28
"""The largest number of characters of a query in the legend of the chart."""
PARAMETERS_OF_COMPARISON = (
    QUERY._replace(kind="texts"),
    *options_of(MatchOptions),
    Parameter("unit", "text", "The unit of time.", choices=UNITS),
    Parameter("counts", "flag", "Numbers of articles, instead of shares of all.", False),
)


class ComparedQuery(NamedTuple):
    """One of the queries: what it finds, and where it leads.

    ``number`` is that of its line, from 1. ``counts`` are the articles by month, and ``dates`` those that have no place there.
    If the query cannot be answered, ``remarks`` say why, and ``articles`` is None.
    """

    number: int
    query: str
    articles: int | None
    share: float | None
    dates: DateCounts
    counts: Mapping[int, int]
    remarks: tuple[Remark, ...]
    hits: str
    without: str


class ComparedPeriod(NamedTuple):
    """A row of the table: a period, the articles of each query in it, their shares, and all articles."""

    value: str
    over: bool
    articles: tuple[int, ...]
    shares: tuple[float | None, ...]
    all_articles: int
    addresses: tuple[str, ...]


class LeftOut(NamedTuple):
    """The articles of a query that are not in the chart: those beyond it, and why others have no place on its axis."""

    outlying: tuple[Outlying, ...]
    not_shown: str


class _Comparison:
    """Counts the queries of an address by units of time."""

    def __init__(self, view: View, index: Index) -> None:
        values = read_parameters(PARAMETERS_OF_COMPARISON, view.links.given, ignore_others=True)
        given: Any = values.get("q", ())
        self.queries: tuple[str, ...] = tuple(dict.fromkeys(query.strip() for query in given))
        if len(self.queries) > MAX_QUERIES_AT_ONCE:
            raise ParameterError("q", f"is given at most {MAX_QUERIES_AT_ONCE} times")
        self.options: dict[str, Any] = {
            name: values[name] for name in MatchOptions.__annotations__ if name in values
        }
        self.shares = not values.get("counts", False)
        self.unit = str(values.get("unit", ""))
        self._view = view
        self._index = index

    def compared(self) -> list[ComparedQuery]:
        """Return the queries with the articles by month."""
        _, total = self._found("", "month", self._filtering)
        return [self._compared(number, query, total) for number, query in enumerate(self.queries, 1)]

    def _compared(self, number: int, query: str, total: int) -> ComparedQuery:
        links = self._view.links
        hits = links.shared("/", q=query)
        without = links.here(q=[one for one in self.queries if one != query])
        try:
            results = self._results(query, "month", self.options)
        except QueryError as error:
            remark = remark_of(problem_of(error), links)
            return ComparedQuery(number, query, None, None, NO_DATE_COUNTS, {}, (remark,), hits, without)
        articles = results.total_articles
        return ComparedQuery(
            number,
            query,
            articles,
            articles / total if total else None,
            results.dates,
            period_counts("month", results.facets["month"]),
            remarks_of(query, results.diagnostics, links),
            hits,
            without,
        )

    def counts_by(self, unit: Unit, found: ComparedQuery) -> Mapping[int, int]:
        """Return the articles of a query by a unit of time."""
        if unit == "month" or found.articles is None:
            return found.counts
        return self._found(found.query, unit, self.options)[0]

    def all_by(self, unit: Unit) -> Mapping[int, int]:
        """Return all articles that the filters let through by a unit of time."""
        return self._found("", unit, self._filtering)[0]

    @property
    def _filtering(self) -> dict[str, Any]:
        return {name: value for name, value in self.options.items() if name not in MATCH_ONLY}

    def _found(self, query: str, unit: Unit, options: dict[str, Any]) -> tuple[Mapping[int, int], int]:
        results = self._results(query, unit, options)
        return period_counts(unit, results.facets[unit]), results.total_articles

    def _results(self, query: str, unit: Unit, options: dict[str, Any]) -> Any:
        limits = self._view.limits
        return self._index.search(
            query, **options, limit=0, facets=[unit], strict=True, timeout=limits.timeout, stop=limits.stop
        )


def compare_page(view: View) -> ShownPage:
    """Return the page that compares up to five queries over time."""
    archive, links = view.context.archive, view.links
    asked = _Comparison(view, archive.opened())
    compared = asked.compared() if asked.queries else []
    contents = archive.info().contents
    bounds = axis_bounds(asked.options, contents.first_date, contents.last_date)
    span = _common_span(compared, bounds)
    by, measures = asked.unit or "date", ["articles", "share"]
    values: dict[str, Any] = {
        "queries": [*asked.queries, *[""] * (MAX_QUERIES_AT_ONCE - len(asked.queries))],
        "compared": compared,
        "shares": asked.shares,
        "chips": filter_chips_of(links),
        "clear": without_filters(links),
        "hidden": [pair for pair in links.given if pair[0] != "q"],
        "units": [],
        "unit": "",
        "rows": [],
        "chart": "",
        "left_out": [LeftOut((), not_shown("month", one.dates)) for one in compared],
        "examples": _example_pairs(view),
        "table": links.picked("/api/count", SHARED_PARAMETERS, by=by, measure=measures),
        "table_csv": links.picked("/api/count", SHARED_PARAMETERS, by=by, measure=measures, format="csv"),
    }
    asked_in_vain: tuple[Remark, ...] = ()
    if span is not None:
        units = choosable_units(span)
        unit = next((one for one in units if one == asked.unit), None) or suitable_unit(span)
        asked_in_vain = unit_remarks(asked.unit, unit, links)
        span = span.by(unit)
        counts = [asked.counts_by(unit, one) for one in compared]
        rows = _compared_rows(view, asked, compared, counts, span, bounds)
        values |= {
            "unit": unit,
            "units": [(one, links.here(unit=one)) for one in units],
            "rows": rows,
            "chart": _compared_chart(compared, rows, span, asked.shares),
            "left_out": [
                _beyond_chart(view, one, by_unit, span) for one, by_unit in zip(compared, counts, strict=True)
            ],
        }
    return ShownPage("compare.html", values, remarks=asked_in_vain)


def _common_span(compared: Sequence[ComparedQuery], bounds: DayBounds) -> PeriodSpan | None:
    """Return the months that the chart shows: those of all queries, without a few articles far from the others."""
    added: dict[int, int] = {}
    for one in compared:
        for number, articles in one.counts.items():
            added[number] = added.get(number, 0) + articles
    span = shown_span("month", added)
    return None if span is None else span.within(bounds)


def _compared_rows(
    view: View,
    asked: _Comparison,
    compared: Sequence[ComparedQuery],
    counts: Sequence[Mapping[int, int]],
    span: PeriodSpan,
    bounds: DayBounds,
) -> list[ComparedPeriod]:
    every, today = asked.all_by(span.unit), dt.date.today()
    bases = [view.links.shared("/", q=one.query, since=None, until=None, on=None) for one in compared]
    rows = []
    for number in range(span.first, span.last + 1):
        since, until = first_day(span.unit, number), last_day(span.unit, number)
        articles = tuple(one.get(number, 0) for one in counts)
        of_all = every.get(number, 0)
        shares = tuple(found / of_all if of_all else None for found in articles)
        shown_days = max(since, bounds[0] or since), min(until, bounds[1] or until)
        addresses = tuple(with_period(base, *shown_days) for base in bases)
        name = period_name(span.unit, since)
        rows.append(ComparedPeriod(name, until < today, articles, shares, of_all, addresses))
    return rows


def _beyond_chart(view: View, one: ComparedQuery, counts: Mapping[int, int], span: PeriodSpan) -> LeftOut:
    address = partial(view.links.shared, "/", q=one.query, on=None)
    return LeftOut(outlying(span, counts, address), not_shown(span.unit, one.dates))


def _compared_chart(
    compared: Sequence[ComparedQuery], rows: Sequence[ComparedPeriod], span: PeriodSpan, shares: bool
) -> str:
    lines = []
    for at, one in enumerate(compared):
        numbers: list[float | None] = [row.shares[at] if shares else row.articles[at] for row in rows]
        if one.articles is None:
            numbers = [None] * len(rows)
        name = shortened(one.query, MAX_LINE_NAME_CHARS)
        titles = [
            f"{name}, {row.value}{'' if row.over else ' (not over)'}: {many(row.articles[at], 'article')}"
            f" of {row.all_articles:,}"
            for row in rows
        ]
        lines.append(ChartLine(name, numbers, titles, [row.addresses[at] for row in rows]))
    what = "Share of all articles" if shares else "Articles"
    label = f"{what} by {span.unit}, {rows[0].value} to {rows[-1].value}, of {many(len(lines), 'query', 'queries')}"
    ticks = time_ticks(span.unit, span.first, span.size)
    return line_chart(lines, ticks, percent if shares else number_label, label, not shares)


def _example_pairs(view: View) -> list[tuple[str, str]]:
    """Return comparisons to begin with, made of the largest outlets of the archive: a text, and the address."""
    fields = view.context.archive.info().contents.by_field
    outlets = [one.value for one in fields.get("outlet", ()) if one.value is not None][:3]
    if len(outlets) < 2:
        return []
    queries = [f'outlet:"{name}"' for name in outlets if '"' not in name]
    return [(" · ".join(outlets), view.links.bare("/compare", q=queries, counts="true"))]


ROUTES = (page_route("/compare", compare_page, "compare", PARAMETERS_OF_COMPARISON),)
