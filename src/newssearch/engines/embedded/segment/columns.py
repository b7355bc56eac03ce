"""The date of an article as the number that its columns store."""

from __future__ import annotations

import datetime as dt

from newssearch.article import Date

NO_TIME = -1
"""The value of an article without a date in a column of times."""

_EPOCH = dt.datetime(1, 1, 1)


def microseconds(moment: dt.datetime) -> int:
    """Return the microseconds from the beginning of year 1 to a time without a zone."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def local_time(date: Date) -> dt.datetime:
    """Return the time by the outlet's clock; a date without a time is midnight."""
    if isinstance(date, dt.datetime):
        return date.replace(tzinfo=None)
    return dt.datetime(date.year, date.month, date.day)


def instant(date: Date) -> int:
    """Return the time in microseconds of UTC, by which articles are ordered; a time without a zone counts as UTC."""
    written = microseconds(local_time(date))
    offset = date.utcoffset() if isinstance(date, dt.datetime) else None
    return max(written - offset // dt.timedelta(microseconds=1), 0) if offset else written
