"""What is known of an article besides its words, as the index keeps it: values of fields, and its date as a number."""

from __future__ import annotations

import datetime as dt

from newssearch.article import Date

NONE = -1
"""In a column of moments: no date."""

_EPOCH = dt.datetime(1, 1, 1)


def microseconds(moment: dt.datetime) -> int:
    """Microseconds from the beginning of year 1 to a moment without a zone."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def as_written(date: Date) -> dt.datetime:
    """The moment as the outlet's clock had it; a day begins at midnight."""
    if isinstance(date, dt.datetime):
        return date.replace(tzinfo=None)
    return dt.datetime(date.year, date.month, date.day)


def instant(date: Date) -> int:
    """The moment in microseconds of universal time, for the order of articles; without a zone, as if it were that."""
    written = microseconds(as_written(date))
    offset = date.utcoffset() if isinstance(date, dt.datetime) else None
    return max(written - offset // dt.timedelta(microseconds=1), 0) if offset else written
