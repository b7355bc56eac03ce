"""Makes tables and series of what an engine has counted: fills the periods in which nothing was found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple, TypeVar, cast

from newssearch.corpus.periods import (
    UNITS,
    PeriodSpan,
    Unit,
    first_day,
    is_in_part,
    period_name,
    period_number,
)
from newssearch.corpus.series import Series
from newssearch.corpus.table import Measure, Table, TableCell, TableDimension, TableGroup, TableQuery, cell_of
from newssearch.corpus.tabulation import (
    Extent,
    GroupIndices,
    Grouping,
    Groups,
    MatchCounts,
    Tabulation,
    TabulationRequest,
)
from newssearch.engines.protocol import Snapshot
from newssearch.errors import QueryError
from newssearch.fields import DATE_FACETS, ArticleField
from newssearch.query import Query
from newssearch.request import ResolvedRequest
from newssearch.system.frozen import FrozenDict

MAX_PERIODS = 20_000
"""A table has at most this number of periods: days of 54 years."""
MAX_CELLS = 1_000_000
"""A table has at most this number of cells, counting each query by itself."""
AUTO_PERIODS = 100
"""The unit of time that suits articles is the finest with which there are at most this number of periods."""
DATE = "date"
"""The name of a dimension that stands for the unit of time that suits the articles: see :data:`AUTO_PERIODS`."""

CellNumber = TypeVar("CellNumber", MatchCounts, Extent)


class NamedQuery(NamedTuple):
    """A query of a table: its name, and the parsed query."""

    name: str
    query: Query


class CountedBy(NamedTuple):
    """What a table counts, of which queries, by which groupings."""

    snapshot: Snapshot
    queries: Sequence[NamedQuery]
    request: ResolvedRequest
    by: Sequence[Grouping]
    measures: Sequence[Measure]
    today: dt.date

    def tabulation(self) -> Tabulation:
        """Have the engine count."""
        measures = self.measures
        rate = "per_million" in measures
        wanted = TabulationRequest(
            by=tuple(self.by),
            paragraphs="paragraphs" in measures,
            sentences="sentences" in measures,
            occurrences=rate or "occurrences" in measures,
            extents=rate or "share" in measures,
        )
        return self.snapshot.tabulate([one.query.tree for one in self.queries], self.request, wanted)

    def grouped(self, names: Iterable[str], tops: Iterable[int | None]) -> CountedBy:
        """Return the same, counted by the given dimensions, each with the number of values that it tells apart."""
        units = [self.suitable_unit() if name == DATE else name for name in names]
        return self._replace(by=list(map(Grouping, units, tops)))

    def suitable_unit(self) -> Unit:
        """Return the finest unit of time with which there are few enough periods: see :data:`AUTO_PERIODS`."""
        by_day = self._replace(by=[Grouping("day")], measures=["articles"]).tabulation()
        days = [day for day in by_day.groups[0].values if isinstance(day, dt.date)]
        for unit in UNITS:
            span = _Span.of(unit, days, self.request)
            if span is None:
                break
            if span.size <= AUTO_PERIODS:
                return unit
        return "year"


class _Span(PeriodSpan):
    """The periods of a table, of which there may be too many."""

    @classmethod
    def of(cls, unit: Unit, days: Iterable[dt.date], request: ResolvedRequest | None) -> _Span | None:
        """Return the periods from the first to the last of the days, and to the bounds of the request; None if there are none."""
        numbers = [period_number(unit, day) for day in _ends(days)]
        firsts, lasts = numbers[:], numbers[:]
        if request is not None and request.start is not None:
            firsts.append(period_number(unit, request.start.date()))
        if request is not None and request.end is not None:
            lasts.append(period_number(unit, _last_day_before(request.end)))
        return cls(unit, min(firsts), max(lasts)) if firsts and lasts else None

    def check(self) -> None:
        """Raise :class:`QueryError` if there are more than :data:`MAX_PERIODS`."""
        if self.size > MAX_PERIODS:
            coarser = UNITS[UNITS.index(self.unit) + 1 :]
            hint = f"count by {coarser[0]}, or give since and until" if coarser else "give since and until"
            raise QueryError(
                f"{self.days[0]} to {self.days[1]} are {self.size:,} {self.unit}s,"
                f" and a table has at most {MAX_PERIODS:,}",
                suggestion=hint,
            )


def _last_day_before(end: dt.datetime) -> dt.date:
    """Return the day of the last moment before ``end``."""
    return (
        (end - dt.timedelta(microseconds=1)).date()
        if end.replace(tzinfo=None) > dt.datetime.min
        else end.date()
    )


def _ends(days: Iterable[dt.date]) -> list[dt.date]:
    """Return the first and the last of the days, if there are any."""
    held = [*days]
    return [min(held), max(held)] if held else []


class _Side(NamedTuple):
    """A dimension of a table, and for each group of the engine its index there; None if it is left out."""

    dimension: TableDimension
    index_of: Sequence[int | None]


def table_of(counted: CountedBy) -> Table:
    """Return the table of what is counted. Raises :class:`QueryError` if it would be too large."""
    tabulation = counted.tabulation()
    sides = [
        _side(number, grouping.name, groups, tabulation, counted)
        for number, (grouping, groups) in enumerate(zip(counted.by, tabulation.groups, strict=True))
    ]
    cells = len(tabulation.queries) * prod(len(side.dimension.groups) for side in sides)
    if cells > MAX_CELLS:
        raise QueryError(
            f"the table would have {cells:,} cells, and has at most {MAX_CELLS:,}",
            suggestion="count by a coarser unit of time, or only the most frequent values (top)",
        )
    index_of = [side.index_of for side in sides]
    return Table(
        by=tuple(side.dimension for side in sides),
        queries=tuple(
            TableQuery(
                name=named.name,
                query=named.query.text,
                interpretation=str(named.query),
                total=found.total,
                cells=_moved(found.cells, index_of),
                diagnostics=(*named.query.diagnostics, *found.diagnostics),
                undated=found.undated,
                imprecise=found.imprecise,
                dates=found.dates,
            )
            for named, found in zip(counted.queries, tabulation.queries, strict=True)
        ),
        measures=tuple(counted.measures),
        extent=tabulation.extent,
        extents=_moved(tabulation.extents, index_of),
        commit=counted.snapshot.commit,
    )


def _side(at: int, name: str, groups: Groups, tabulation: Tabulation, counted: CountedBy) -> _Side:
    """Return a dimension of a table, whose groups are ``groups``; of periods, with those in which nothing was found."""
    unit = _unit_of(name, counted.snapshot.own_fields)
    if unit is None:
        shown = [TableGroup(None if value is None else str(value)) for value in groups.values]
        shown += [TableGroup(None, groups.others)] if groups.others else []
        dimension = TableDimension(name, tuple(shown), None, groups.overlapping)
        return _Side(dimension, range(len(shown)))
    span = _span_of(at, name, unit, tabulation, counted)
    whole_days = _whole_days(counted.request) if name in DATE_FACETS else (None, None)
    periods = () if span is None else _periods(span, counted.today, whole_days)
    index_of: list[int | None] = []
    for value in groups.values:
        number = None if span is None or value is None else period_number(unit, _day(value)) - span.first
        index_of.append(number if number is not None and 0 <= number < len(periods) else None)
    if None in groups.values:
        index_of[groups.values.index(None)] = len(periods)
        periods = (*periods, TableGroup(None))
    return _Side(TableDimension(name, periods, unit, groups.overlapping), index_of)


def _span_of(at: int, name: str, unit: Unit, tabulation: Tabulation, counted: CountedBy) -> _Span | None:
    """Return the periods of a dimension: from the first to the last in which a query matches, or as the request limits them.

    Raises :class:`QueryError` if they are too many.
    """
    matching = {cell[at] for found in tabulation.queries for cell in found.cells}
    values = tabulation.groups[at].values
    days = [day for number in matching if isinstance(day := values[number], dt.date)]
    span = _Span.of(unit, days, counted.request if name in DATE_FACETS else None)
    if span is not None:
        span.check()
    return span


def _whole_days(request: ResolvedRequest) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day that the dates of a request hold whole; None for no bound."""
    day = dt.timedelta(days=1)
    first = last = None
    if request.start is not None:
        first = request.start.date()
        first += day if request.start.time() != dt.time() and first < dt.date.max else dt.timedelta()
    if request.end is not None:
        last = request.end.date()
        last -= day if last > dt.date.min else dt.timedelta()
    return first, last


def _periods(
    span: _Span, today: dt.date, whole_days: tuple[dt.date | None, dt.date | None]
) -> tuple[TableGroup, ...]:
    """Return the periods of a span as groups of a table."""
    days = [first_day(span.unit, number) for number in range(span.first, span.last + 1)]
    ends = [*(day - dt.timedelta(days=1) for day in days[1:]), span.days[1]]
    return tuple(
        TableGroup(
            period_name(span.unit, since),
            0,
            since,
            until,
            until < today,
            is_in_part(since, until, whole_days),
        )
        for since, until in zip(days, ends, strict=True)
    )


def _day(value: str | dt.date) -> dt.date:
    assert isinstance(value, dt.date), "the value of a period is its first day"
    return value


def _unit_of(name: str, own: Iterable[ArticleField]) -> Unit | None:
    """Return the unit of time of a dimension; None if its values are no periods. The values of an own date are months."""
    if name in DATE_FACETS:
        return cast("Unit", name)
    return "month" if any(row.name == name and row.kind == "date" for row in own) else None


def _moved(
    cells: Mapping[GroupIndices, CellNumber], index_of: Sequence[Sequence[int | None]]
) -> FrozenDict[GroupIndices, CellNumber]:
    """Return cells with the indices of the groups of a table; those of groups that it leaves out are dropped."""
    moved: Iterable[tuple[tuple[int | None, ...], CellNumber]]
    if len(index_of) == 1:  # the same as below, in half the time
        moved = (((index_of[0][at],), number) for (at,), number in cells.items())
    else:
        moved = (
            (tuple(indices[at] for indices, at in zip(index_of, cell, strict=True)), number)
            for cell, number in cells.items()
        )
    return FrozenDict((cast("GroupIndices", cell), number) for cell, number in moved if None not in cell)


def series_of(counted: CountedBy) -> Series:
    """Return the counts of the only query over time, by the only grouping. Raises :class:`QueryError` for too many periods."""
    tabulation = counted.tabulation()
    (named,), (found,), (groups,) = counted.queries, tabulation.queries, tabulation.groups
    unit = cast("Unit", counted.by[0].name)
    span = _span_of(0, unit, unit, tabulation, counted)
    total = cell_of(found.total, tabulation.extent, counted.measures)
    numbers = (
        _period_columns(span, groups, found.cells, tabulation.extents, total)
        if span is not None
        else {name: None if of_all is None else () for name, of_all in total._asdict().items()}
    )
    without = groups.values.index(None) if None in groups.values else -1
    return Series(
        query=named.query.text,
        interpretation=str(named.query),
        unit=unit,
        since=span.days[0] if span is not None else None,
        today=counted.today,
        measures=tuple(counted.measures),
        total=total,
        commit=counted.snapshot.commit,
        **cast("dict[str, Any]", numbers),
        without=found.cells.get((without,), MatchCounts()).articles,
        diagnostics=(*named.query.diagnostics, *found.diagnostics),
        undated=found.undated,
        imprecise=found.imprecise,
        dates=found.dates,
        whole_days=_whole_days(counted.request),
    )


def _period_columns(
    span: _Span,
    groups: Groups,
    cells: Mapping[GroupIndices, MatchCounts],
    extents: Mapping[GroupIndices, Extent],
    total: TableCell,
) -> dict[str, Sequence[int] | None]:
    """Return each number of the periods of a span, as a column; None for a number that the total does not have."""
    size = span.size
    place = [-1 if day is None else period_number(span.unit, _day(day)) - span.first for day in groups.values]
    found: dict[str, Sequence[int] | None] = dict.fromkeys(TableCell._fields)
    parts: tuple[tuple[Sequence[str], Mapping[GroupIndices, tuple[int, ...]]], ...] = (
        (MatchCounts._fields, cells),
        (("all_articles", "all_words"), extents),
    )
    for names, numbers in parts:
        for field, name in enumerate(names):
            if getattr(total, name) is None:
                continue
            column = [0] * size
            for (at,), row in numbers.items():
                if 0 <= place[at] < size:
                    column[place[at]] = row[field]
            found[name] = tuple(column)
    return found
