"""The time between two dates of publication: in hours if both have a time of day, otherwise in days."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from newssearch.article import Date
from newssearch.display.brief import many
from newssearch.text.partial_dates import PartialDate


class TimeSpan(NamedTuple):
    """The time from one publication to another. ``hours`` is None unless both dates have a time.

    ``days`` is the difference of the days by the clocks of the outlets, None unless both dates have a day.
    """

    days: int | None = None
    hours: float | None = None

    def __str__(self) -> str:
        """Return the span for people, as text; ``""`` if it is unknown.

        >>> str(TimeSpan(0, 5.5)), str(TimeSpan(1, 26.0)), str(TimeSpan(3, 75.2)), str(TimeSpan(0)), str(TimeSpan())
        ('5.5 h', '26.0 h', '3 days', 'same day', '')
        """
        if self.hours is not None and self.hours < MAX_SHOWN_HOURS:
            return f"{self.hours:.1f} h"
        if not self.days:
            return "" if self.days is None else "same day"
        return many(self.days, "day")


MAX_SHOWN_HOURS = 72
"""The number of hours from which a span is shown in days."""


def span_between(first: Date | None, last: Date | None) -> TimeSpan:
    """Return the time from one publication to another, at least 0. A time without a zone counts as UTC.

    >>> span_between(dt.datetime(2024, 7, 25, 10), dt.datetime(2024, 7, 26, 1, 30)), span_between(None, dt.date(2024, 7, 25))
    (TimeSpan(days=1, hours=15.5), TimeSpan(days=None, hours=None))
    """
    if isinstance(first, PartialDate | None) or isinstance(last, PartialDate | None):
        return TimeSpan()
    days = max((_calendar_day(last) - _calendar_day(first)).days, 0)
    if not (isinstance(first, dt.datetime) and isinstance(last, dt.datetime)):
        return TimeSpan(days)
    passed = _instant(last) - _instant(first)
    return TimeSpan(days, max(passed / dt.timedelta(hours=1), 0.0))


def _calendar_day(date: dt.date) -> dt.date:
    return date.date() if isinstance(date, dt.datetime) else date


def _instant(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.timezone.utc)
