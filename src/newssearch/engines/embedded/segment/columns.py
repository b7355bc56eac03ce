"""The times of articles as numbers: the columns of a segment store microseconds since the beginning of year 1."""

from __future__ import annotations

import datetime as dt

from newssearch.article import Article, Date

NO_TIME = -1
"""The number that stands in a column of times for an article without a date."""

_EPOCH = dt.datetime(1, 1, 1)


def microseconds(moment: dt.datetime) -> int:
    """Return the microseconds from the beginning of year 1 to a time without a zone."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def moment_of(passed: int) -> dt.datetime:
    """Return the time of UTC that is so many microseconds after the beginning of year 1."""
    return (_EPOCH + dt.timedelta(microseconds=passed)).replace(tzinfo=dt.timezone.utc)


def added_time(article: Article) -> int:
    """Return when an article came into the index, in microseconds of UTC. Raises ValueError if it does not say."""
    if article.added is None:
        raise ValueError("an article is stored with the time at which it came into the index")
    return instant(article.added)


def local_time(date: Date) -> dt.datetime:
    """Return a date as the time by the outlet's clock, without a zone; a date without a time becomes midnight."""
    if isinstance(date, dt.datetime):
        return date.replace(tzinfo=None)
    return dt.datetime(date.year, date.month, date.day)


def instant(date: Date) -> int:
    """Return a date as microseconds in UTC since the beginning of year 1; a time without a zone counts as UTC.

    Articles are ordered by this number.
    """
    written = microseconds(local_time(date))
    offset = date.utcoffset() if isinstance(date, dt.datetime) else None
    return max(written - offset // dt.timedelta(microseconds=1), 0) if offset else written
