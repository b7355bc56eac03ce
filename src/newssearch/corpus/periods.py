"""Days, weeks, months, quarters and years as consecutive numbers, with their first days and their names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from newssearch.text.periods import is_last_moment

Unit = Literal["day", "week", "month", "quarter", "year"]
"""A unit of time by which articles are counted. A week begins on Monday, as in ISO 8601."""
UNITS: tuple[Unit, ...] = get_args(Unit)
"""The units of time, the finest first."""

_ORDINAL_OF_1970 = dt.date(1970, 1, 1).toordinal()
DAYS_FROM_MONDAY = 3
"""1 January 1970, where numbers of days begin, is this number of days after a Monday."""
LAST_DAY = dt.date.max
"""The last day of the calendar, at which its last periods end."""

MAX_KEPT_PERIODS = 4096
"""The number of periods whose first day and name are cached: a page or a table asks for each several times."""


def period_number(unit: Unit, day: dt.date) -> int:
    """Return the number of the period that holds a day: 0 for the one that holds 1 January 1970.

    >>> [period_number(unit, dt.date(1970, 1, 5)) for unit in UNITS], period_number("month", dt.date(1969, 12, 31))
    ([4, 1, 0, 0, 0], -1)
    """
    if unit == "year":
        return day.year - 1970
    if unit in ("quarter", "month"):
        months = (day.year - 1970) * 12 + day.month - 1
        return months if unit == "month" else months // 3
    days = day.toordinal() - _ORDINAL_OF_1970
    return days if unit == "day" else (days + DAYS_FROM_MONDAY) // 7


@lru_cache(maxsize=MAX_KEPT_PERIODS)
def first_day(unit: Unit, number: int) -> dt.date:
    """Return the first day of a period, given by its number. The first week of the calendar begins on 1 January of
    year 1.

    Raises ValueError or OverflowError if the period is beyond the calendar.

    >>> first_day("week", 1).isoformat(), first_day("quarter", -1).isoformat()
    ('1970-01-05', '1969-10-01')
    """
    if unit == "year":
        return dt.date(1970 + number, 1, 1)
    if unit in ("quarter", "month"):
        months = number * 3 if unit == "quarter" else number
        return dt.date(1970 + months // 12, months % 12 + 1, 1)
    if unit == "day":
        return dt.date.fromordinal(_ORDINAL_OF_1970 + number)
    return dt.date.fromordinal(max(_ORDINAL_OF_1970 + number * 7 - DAYS_FROM_MONDAY, 1))


def last_day(unit: Unit, number: int) -> dt.date:
    """Return the last day of a period, given by its number, or :data:`LAST_DAY` if it ends beyond the calendar.

    >>> last_day("month", 1).isoformat()
    '1970-02-28'
    """
    try:
        return first_day(unit, number + 1) - dt.timedelta(days=1)
    except (ValueError, OverflowError):
        return LAST_DAY


@lru_cache(maxsize=MAX_KEPT_PERIODS)
def period_name(unit: Unit, day: dt.date) -> str:
    """Return the name of the period that holds a day, as queries and filters read it.

    >>> [period_name(unit, dt.date(2024, 7, 25)) for unit in UNITS]
    ['2024-07-25', '2024-W30', '2024-07', '2024-Q3', '2024']
    """
    if unit == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if unit == "quarter":
        return f"{day.year:04d}-Q{(day.month + 2) // 3}"
    return day.isoformat()[: _LENGTHS[unit]]


def is_in_part(since: dt.date, until: dt.date, whole_days: tuple[dt.date | None, dt.date | None]) -> bool:
    """Whether a period from ``since`` to ``until`` has days outside the given range.

    ``whole_days`` are the first and the last day of the range; None for no bound.

    >>> is_in_part(dt.date(2024, 7, 1), dt.date(2024, 7, 31), (dt.date(2024, 7, 2), None))
    True
    """
    first, last = whole_days
    return (first is not None and since < first) or (last is not None and until > last)


_LENGTHS = {"year": 4, "month": 7, "day": 10}


DayBounds = tuple[dt.date | None, dt.date | None]
"""The first and the last requested day; None for an open end."""


class PeriodSpan(NamedTuple):
    """Consecutive periods of a unit of time, from the first to the last number."""

    unit: Unit
    first: int
    last: int

    @property
    def size(self) -> int:
        """The number of periods."""
        return self.last - self.first + 1

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day."""
        return first_day(self.unit, self.first), last_day(self.unit, self.last)

    def by(self, unit: Unit) -> PeriodSpan:
        """Return the periods of another unit that these days lie in."""
        since, until = self.days
        return PeriodSpan(unit, period_number(unit, since), period_number(unit, until))

    def within(self, bounds: DayBounds) -> PeriodSpan:
        """Return the span with its ends replaced by the bounds that are given."""
        since, until = (None if day is None else period_number(self.unit, day) for day in bounds)
        first = self.first if since is None else since
        return PeriodSpan(self.unit, first, max(first, self.last if until is None else until))


def periods_within(
    unit: Unit, periods: Sequence[str], start: dt.datetime | None, end: dt.datetime | None
) -> set[str]:
    """Return the periods, by name, that lie entirely between ``start`` and ``end``; none if both are None.

    Bounds with a time zone are not compared with periods.
    """
    zoned = any(bound is not None and bound.tzinfo is not None for bound in (start, end))
    if zoned or (start is None and end is None):
        return set()
    within = set(periods)
    if start is not None and start > dt.datetime.min:
        last = period_name(unit, (start - dt.timedelta(microseconds=1)).date())  # begins too early
        within = {period for period in within if period > last}
    if end is not None and not is_last_moment(end):
        after = period_name(unit, end.date())  # ends too late
        within = {period for period in within if period < after}
    return within
