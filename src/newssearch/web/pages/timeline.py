"""The articles that match over time: the periods that are shown, and where each leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import accumulate
from typing import NamedTuple, cast

from markupsafe import Markup

from newssearch.corpus.periods import (
    MAX_KEPT_PERIODS,
    UNITS,
    DayBounds,
    PeriodSpan,
    Unit,
    first_day,
    last_day,
    period_name,
    period_number,
)
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.facets import FacetValue
from newssearch.results import DateCounts, why_no_value

from .charts import ChartBar, Html, bar_chart, time_ticks
from .links import Links
from .remarks import Remark

OUTLYING_SHARE = 0.005
"""The share of the dated articles that may lie before the axis, and after it."""
WORTH_CUTTING = 0.8
"""The axis is cut if what remains of it is at most this part."""
MAX_BARS = {"day": 100, "week": 110, "month": 130, "quarter": 130, "year": 200}
"""The largest number of periods for which a unit of time is chosen."""
MAX_CHOSEN_BARS = 500
"""The largest number of periods that a reader can choose."""
MAX_KEPT_AXES = 64
"""The periods and the units of this number of axes are kept: most pages of a commit have the same axis."""
DATES = ("since", "until", "on")
_A_DAY = dt.timedelta(days=1)

PeriodCounts = Mapping[int, int]
"""Numbers of articles, by the number of their period."""
CountBy = Callable[[Unit], Sequence[FacetValue]]
"""Returns the numbers of articles by a unit of time."""


class TimeRow(NamedTuple):
    """The number of articles in a period; ``all_articles`` counts those that the filters let through, None if not counted.

    ``since`` and ``until`` are its first and last day, as in ISO 8601.
    """

    value: str
    since: str
    until: str
    over: bool
    articles: int
    all_articles: int | None
    address: Html

    @property
    def share(self) -> float | None:
        """The share of the articles that match; None if there are none, or if they are not counted."""
        return self.articles / self.all_articles if self.all_articles else None


class Outlying(NamedTuple):
    """The articles beyond the axis: a text such as ``7 before 2019``, and the address of their hits."""

    text: str
    address: str


class Timeline(NamedTuple):
    """The articles over time: the rows, the chart of them, the articles beyond it, and the units that can be chosen.

    ``table`` has the rows as those of an HTML table. ``not_shown`` says how many have no date, or one that is too coarse
    for the unit. ``whole`` is the address without a period, if there is one.
    """

    unit: Unit
    shares: bool
    rows: tuple[TimeRow, ...]
    chart: Markup
    table: Markup
    outlying: tuple[Outlying, ...]
    not_shown: str
    units: tuple[tuple[str, str], ...]
    whole: str | None

    @property
    def open(self) -> TimeRow | None:
        """The last period, if it is not over yet."""
        return self.rows[-1] if self.rows and not self.rows[-1].over else None


def period_counts(unit: Unit, values: Iterable[FacetValue]) -> dict[int, int]:
    """Return the number of articles of each period, by its number. Articles without a date are left out."""
    return {_number_of(unit, one.value): one.articles for one in values if one.value is not None}


@lru_cache(maxsize=MAX_KEPT_PERIODS)
def _number_of(unit: Unit, value: str) -> int:
    year = int(value[:4])
    if unit == "year":
        return year - 1970
    if unit == "month":
        return (year - 1970) * 12 + int(value[5:7]) - 1
    if unit == "quarter":
        return (year - 1970) * 4 + int(value[6:]) - 1
    day = dt.date.fromisocalendar(year, int(value[6:]), 1) if unit == "week" else dt.date.fromisoformat(value)
    return period_number(unit, day)


def _by_quarter(months: PeriodCounts) -> dict[int, int]:
    found: dict[int, int] = {}
    for month, articles in months.items():
        found[month // 3] = found.get(month // 3, 0) + articles
    return found


def shown_span(unit: Unit, counts: PeriodCounts) -> PeriodSpan | None:
    """Return the periods that an axis shows: all, unless a few articles far from the others would stretch it.

    >>> shown_span("month", {0: 2, 500: 400, 510: 500}), shown_span("month", {0: 300, 10: 400})
    (PeriodSpan(unit='month', first=500, last=510), PeriodSpan(unit='month', first=0, last=10))
    """
    if not counts:
        return None
    numbers = sorted(counts)
    span = PeriodSpan(unit, numbers[0], numbers[-1])
    most = OUTLYING_SHARE * sum(counts.values())
    before = list(accumulate(counts[number] for number in numbers))
    after = list(accumulate(counts[number] for number in reversed(numbers)))[::-1]
    first = next(number for number, sum_ in zip(numbers, before, strict=True) if sum_ > most)
    last = next(
        number for number, sum_ in zip(reversed(numbers), reversed(after), strict=True) if sum_ > most
    )
    cut = PeriodSpan(unit, first, max(first, last))
    return cut if cut.size <= WORTH_CUTTING * span.size else span


def suitable_unit(span: PeriodSpan) -> Unit:
    """Return the finest unit of time with which there are few enough bars.

    >>> suitable_unit(PeriodSpan("month", 500, 501)), suitable_unit(PeriodSpan("month", 500, 900))
    ('day', 'year')
    """
    return next((unit for unit in UNITS if span.by(unit).size <= MAX_BARS[unit]), "year")


@lru_cache(maxsize=MAX_KEPT_AXES)
def choosable_units(span: PeriodSpan) -> tuple[Unit, ...]:
    """Return the units of time by which a span can be shown: with two bars or more, but not too many."""
    return tuple(unit for unit in UNITS if 2 <= span.by(unit).size <= MAX_CHOSEN_BARS)


def likely_unit(wanted: str, since: dt.date, until: dt.date) -> Unit:
    """Return the unit by which articles between two days are probably shown; ``wanted`` is the one asked for, if any.

    >>> likely_unit("", dt.date(2024, 7, 1), dt.date(2024, 7, 31)), likely_unit("day", dt.date(1990, 1, 1), dt.date(2024, 7, 31))
    ('day', 'year')
    """
    span = PeriodSpan("month", period_number("month", since), period_number("month", until))
    return next((one for one in choosable_units(span) if one == wanted), None) or suitable_unit(span)


def unit_remarks(wanted: str, shown: Unit | None, links: Links) -> tuple[Remark, ...]:
    """Return the remark that a chart is not by the ``wanted`` unit of time, because there would be too many bars.

    ``shown`` is the unit that the chart has; None if there is no chart. A coarser one than wanted is no reason to remark: it is
    only one bar.
    """
    if not wanted or shown is None or UNITS.index(shown) <= UNITS.index(cast("Unit", wanted)):
        return ()
    text = f"A chart by {wanted} would have too many bars: it is by {shown}"
    return (Remark(text, remove=links.here(unit=None)),)


def timeline_of(
    links: Links,
    months: Sequence[FacetValue],
    count_by: CountBy,
    all_by: CountBy | None,
    bounds: DayBounds,
    dates: DateCounts,
    today: dt.date,
) -> Timeline | None:
    """Return the articles over time; None if none of them has a date.

    ``months`` are the articles by month. ``count_by`` counts them by another unit, and ``all_by`` the articles that they
    are a share of; it is None if numbers are shown. ``bounds`` are those of the axis, and ``dates`` counts the articles
    that may have no place on it.
    """
    counts = period_counts("month", months)
    span = shown_span("month", counts)
    if span is None:
        return None
    span = span.within(bounds)
    wanted = links.value("unit")
    units = choosable_units(span)
    unit = next((one for one in units if one == wanted), None) or suitable_unit(span)
    if unit == "quarter":  # a date that has a month has a quarter
        counts = _by_quarter(counts)
    elif unit != "month":
        counts = period_counts(unit, count_by(unit))
    if unit in ("day", "week"):  # the months may begin and end without articles
        span = (shown_span(unit, counts) or span.by(unit)).within(bounds)
    else:
        span = span.by(unit)
    totals = None if all_by is None else period_counts(unit, all_by(unit))
    rows = _rows(links, span, counts, totals, bounds, today)
    return Timeline(
        unit,
        totals is not None,
        rows,
        _chart_of(rows, span, totals is not None),
        table_rows(rows, totals is not None),
        outlying(span, counts, partial(links.here, on=None, unit=None)),
        not_shown(unit, dates),
        tuple((one, links.here(unit=one)) for one in units),
        links.here(since=None, until=None, on=None) if any(links.value(name) for name in DATES) else None,
    )


class _Period(NamedTuple):
    """A period of an axis: its name, its first and last day, and these as in ISO 8601."""

    name: str
    first: dt.date
    last: dt.date
    first_text: str
    last_text: str


@lru_cache(maxsize=MAX_KEPT_AXES)
def _axis_periods(span: PeriodSpan) -> tuple[_Period, ...]:
    unit = span.unit
    begins = [first_day(unit, number) for number in range(span.first, span.last + 1)]
    ends = [day - _A_DAY for day in begins[1:]] + [last_day(unit, span.last)]
    return tuple(
        _Period(period_name(unit, first), first, last, first.isoformat(), last.isoformat())
        for first, last in zip(begins, ends, strict=True)
    )


def _rows(
    links: Links,
    span: PeriodSpan,
    counts: PeriodCounts,
    totals: PeriodCounts | None,
    bounds: DayBounds,
    today: dt.date,
) -> tuple[TimeRow, ...]:
    base = links.here(since=None, until=None, on=None, unit=None)
    begun = escape.html(f"{base}{'&' if '?' in base else '?'}since=")  # escaped once, for all rows have it
    since, until = bounds[0] or dt.date.min, bounds[1] or dt.date.max
    found = []
    for number, (name, first, last, first_text, last_text) in enumerate(_axis_periods(span), span.first):
        lowest = first_text if since <= first else since.isoformat()
        highest = last_text if until >= last else until.isoformat()
        address = Html(f"{begun}{lowest}&amp;until={highest}")
        of_all = None if totals is None else totals.get(number, 0)
        found.append(
            TimeRow(name, first_text, last_text, last < today, counts.get(number, 0), of_all, address)
        )
    return tuple(found)


def _chart_of(rows: Sequence[TimeRow], span: PeriodSpan, shares: bool) -> Markup:
    bars = [
        ChartBar(
            (row.share or 0.0) if shares else row.articles,
            row_title(row),
            row.address,
            row.since,
            row.until,
            not row.over,
        )
        for row in rows
    ]
    what = "Share of all articles" if shares else "Articles"
    label = f"{what} by {span.unit}, {rows[0].value} to {rows[-1].value}"
    shown = percent if shares else number_label
    return bar_chart(bars, time_ticks(span.unit, span.first, span.size), shown, label, not shares)


def table_rows(rows: Iterable[TimeRow], shares: bool) -> Markup:
    """Return the rows of the table of articles over time: the period, the articles, and with ``shares`` all and the share."""
    shown = []
    for row in rows:
        more = ""
        if shares:
            share = "–" if row.share is None else percent(row.share)
            more = f'<td class="number">{row.all_articles:,}</td><td class="number">{share}</td>'
        open_ = "" if row.over else " (not over)"
        period = f'<th scope="row"><a href="{row.address}">{row.value}</a>{open_}</th>'
        shown.append(f'<tr>{period}<td class="number">{row.articles:,}</td>{more}</tr>\n')
    return Markup("".join(shown))


def row_title(row: TimeRow) -> Html:
    """Return what a period says when it is pointed at: names of periods and numbers need no escaping."""
    if row.all_articles is None and row.over:  # most rows
        return Html(f"{row.value}: {many(row.articles, 'article')}")
    of_all = "" if row.all_articles is None else f" of {row.all_articles:,}"
    share = "" if row.share is None else f", {percent(row.share)}"
    return Html(
        f"{row.value}{'' if row.over else ' (not over)'}: {many(row.articles, 'article')}{of_all}{share}"
    )


def percent(share: float) -> str:
    """Return a share as a text.

    >>> percent(0.25), percent(0.0123), percent(0.00004)
    ('25 %', '1.2 %', '0.004 %')
    """
    value = share * 100
    return f"{float(f'{value:.2g}'):.10g} %"


def number_label(value: float) -> str:
    """Return a number of articles as a text."""
    return f"{value:,.0f}"


def not_shown(unit: Unit, dates: DateCounts) -> str:
    """Return how many articles have no place on an axis of a unit of time, or ``""`` if all have one.

    >>> not_shown("week", DateCounts(missing=2, only_year=1)), not_shown("year", DateCounts(missing=2, only_year=1))
    ('2 without a date, 1 dated only by month or year', '2 without a date')
    """
    return why_no_value(unit, dates) or (f"{dates.missing:,} without a date" if dates.missing else "")


def outlying(span: PeriodSpan, counts: PeriodCounts, address: Callable[..., str]) -> tuple[Outlying, ...]:
    """Return the articles before and after a span, each with a link to them.

    ``address`` returns the address of the articles between ``since`` and ``until``, of which one is None.
    """
    since, until = span.days
    before = sum(articles for number, articles in counts.items() if number < span.first)
    after = sum(articles for number, articles in counts.items() if number > span.last)
    found = []
    if before:
        text = f"{before:,} before {_start_text(span.unit, since)}"
        found.append(Outlying(text, address(since=None, until=since - dt.timedelta(days=1))))
    if after:
        text = f"{after:,} after {_start_text(span.unit, until)}"
        found.append(Outlying(text, address(since=until + dt.timedelta(days=1), until=None)))
    return tuple(found)


def _start_text(unit: Unit, day: dt.date) -> str:
    return period_name(unit, day) if unit != "week" else day.isoformat()
