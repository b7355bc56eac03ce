"""The times of articles as numbers: the columns of a segment store microseconds since the beginning of year 1."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from newssearch.article import MONTH_FIRST, Article, Date, Provenance
from newssearch.text.partial_dates import PartialDate

NO_TIME = -1
"""The number that stands in a column of times for an article without a date."""

NO_DATE, ONLY_YEAR, ONLY_MONTH, DAY, MOMENT = range(5)
"""The values of the column of precisions, by what the date of an article states."""
AMBIGUOUS = 8
"""Added to the precision of an ambiguous date, whose day and month may be swapped."""

_EPOCH = dt.datetime(1, 1, 1)


def microseconds(moment: dt.datetime) -> int:
    """Return the microseconds from 0001-01-01T00:00 to a time without a zone."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


@lru_cache(maxsize=1024)
def moment_of(passed: int) -> dt.datetime:
    """Return the UTC time ``passed`` microseconds after 0001-01-01T00:00."""
    return (_EPOCH + dt.timedelta(microseconds=passed)).replace(tzinfo=dt.timezone.utc)


def added_time(article: Article) -> int:
    """Return the time at which an article was added to the index, in microseconds of UTC. Raises ValueError if it has
    none.
    """
    if article.added is None:
        raise ValueError("an article is stored with the time at which it came into the index")
    return instant(article.added)


def local_time(date: Date) -> dt.datetime:
    """Return a date as local time at the outlet, without a zone. A day, month or year becomes its first moment."""
    if isinstance(date, dt.datetime):
        return date.replace(tzinfo=None)
    day = date.first_day if isinstance(date, PartialDate) else date
    return dt.datetime(day.year, day.month, day.day)


def instant(date: Date) -> int:
    """Return a date as microseconds of UTC since 0001-01-01T00:00. A time without a zone counts as UTC.

    Articles are ordered by this number.
    """
    written = microseconds(local_time(date))
    offset = date.utcoffset() if isinstance(date, dt.datetime) else None
    return max(written - offset // dt.timedelta(microseconds=1), 0) if offset else written


class DateColumns(NamedTuple):
    """The values of an article in the columns of its date."""

    local: int
    """The first moment of the date in the outlet's local time, in microseconds, or NO_TIME."""
    instant: int
    """The same in UTC."""
    precision: int
    """One of NO_DATE, ONLY_YEAR, ONLY_MONTH, DAY and MOMENT, plus AMBIGUOUS if the date is."""


def date_columns(date: Date | None, provenance: Provenance | None) -> DateColumns:
    """Return the values of the date columns for an article with this date and its provenance."""
    if date is None:
        return DateColumns(NO_TIME, NO_TIME, NO_DATE)
    if isinstance(date, PartialDate):
        precision = ONLY_YEAR if date.month is None else ONLY_MONTH
    else:
        precision = MOMENT if isinstance(date, dt.datetime) else DAY
        precision += AMBIGUOUS if provenance == MONTH_FIRST else 0
    return DateColumns(microseconds(local_time(date)), instant(date), precision)


def partial_date(local: int, precision: int) -> PartialDate:
    """Return the month or the year that begins at a time of the column of local times."""
    start = moment_of(local)
    return PartialDate(start.year, start.month if precision == ONLY_MONTH else None)


def end_of(local: int, precision: int) -> int:
    """Return the first moment after a month or a year that begins at ``local``, in microseconds."""
    last = partial_date(local, precision).last_day
    return microseconds(dt.datetime(last.year, last.month, last.day)) + MICROSECONDS_A_DAY


MICROSECONDS_A_DAY = dt.timedelta(days=1) // dt.timedelta(microseconds=1)
