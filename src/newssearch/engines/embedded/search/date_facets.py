"""The dates of articles in numbers: counts by period and by precision, the first and the last date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from newssearch.engines.embedded.segment.columns import (
    AMBIGUOUS,
    DAY,
    NO_TIME,
    ONLY_MONTH,
    ONLY_YEAR,
    moment_of,
    partial_date,
)
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask
from newssearch.results import DateCounts
from newssearch.text.dates import is_last_moment
from newssearch.text.partial_dates import PartialDate

from .reader import IndexReader

_MIN_PRECISION = {"year": ONLY_YEAR, "quarter": ONLY_MONTH, "month": ONLY_MONTH, "week": DAY, "day": DAY}
"""The coarsest precision that a date may have to be counted in a facet."""
_DAYS_FROM_MONDAY = 3
"""1 January 1970, where NumPy counts days from, is this number of days after a Monday."""


def count_periods(reader: IndexReader, facet: str, articles: Mask) -> tuple[dict[str, int], int]:
    """Return the number of the masked articles dated by each day, week, month, quarter or year, in order of time.

    The second value is the number of articles that have no date, or one that is too coarse for the facet.
    """
    times, precisions = _dates(reader, articles)
    fine = (precisions & ~np.uint8(AMBIGUOUS)) >= _MIN_PRECISION[facet]
    numbers, counts = np.unique(_numbered(facet, _moments_at(times[fine])), return_counts=True)
    found = {
        _period_name(facet, number): count
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
    }
    return found, len(times) - int(np.count_nonzero(fine))


def periods_within(
    facet: str, periods: Sequence[str], start: dt.datetime | None, end: dt.datetime | None
) -> set[str]:
    """Return which periods, given by their names, lie whole between ``start`` and ``end``, if one of these is given.

    Bounds with a time zone are compared with no period.
    """
    zoned = any(bound is not None and bound.tzinfo is not None for bound in (start, end))
    if zoned or (start is None and end is None):
        return set()
    within = set(periods)
    if start is not None and start > dt.datetime.min:
        last = _period_at(facet, start - dt.timedelta(microseconds=1))  # begins too early
        within = {period for period in within if period > last}
    if end is not None and not is_last_moment(end):
        after = _period_at(facet, end)  # ends too late
        within = {period for period in within if period < after}
    return within


def _period_at(facet: str, moment: dt.datetime) -> str:
    """Return the name of the period that holds a moment. Names are ordered as periods are."""
    return _period_name(facet, int(_numbered(facet, np.array([moment], "datetime64[us]"))[0]))


def _moments_at(times: Array) -> Array:
    """Return local times, in the unit of the date columns, as NumPy's moments."""
    return np.datetime64("0001-01-01T00:00:00", "us") + times.astype("timedelta64[us]")


def _numbered(facet: str, moments: Array) -> Ints:
    """Return the number of the period of each moment, counted from the one that holds 1 January 1970."""
    if facet == "year":
        return moments.astype("datetime64[Y]").astype(np.int64)
    if facet in ("month", "quarter"):
        months = moments.astype("datetime64[M]").astype(np.int64)
        return months if facet == "month" else months // 3
    days = moments.astype("datetime64[D]").astype(np.int64)
    return days if facet == "day" else (days + _DAYS_FROM_MONDAY) // 7


def _period_name(facet: str, period: int) -> str:
    """Return the name of a period from its number, as :func:`newssearch.text.dates.parse_period` reads it."""
    if facet == "year":
        return str(PartialDate(1970 + period))
    if facet == "month":
        return str(PartialDate(1970 + period // 12, period % 12 + 1))
    if facet == "quarter":
        return f"{1970 + period // 4:04d}-Q{period % 4 + 1}"
    if facet == "day":
        return dt.date.fromordinal(_ORDINAL_OF_1970 + period).isoformat()
    year, week, _ = dt.date.fromordinal(_ORDINAL_OF_1970 + period * 7 - _DAYS_FROM_MONDAY).isocalendar()
    return f"{year:04d}-W{week:02d}"


_ORDINAL_OF_1970 = dt.date(1970, 1, 1).toordinal()


def count_dates(reader: IndexReader, articles: Mask) -> DateCounts:
    """Return how many of the masked articles have no date, only a month or a year, or an ambiguous date."""
    counts = [0, 0, 0, 0]
    for segment, mask in reader.by_segment(articles):
        for number, group in enumerate(segment.date_groups):
            counts[number] += int(np.count_nonzero(mask[group]))
    return DateCounts(*counts)


def first_and_last_date(
    reader: IndexReader, articles: Mask
) -> tuple[dt.date | PartialDate | None, dt.date | PartialDate | None]:
    """Return the dates of the masked articles that begin first and last; None for both if no article has a date.

    Of those that begin at the same moment, the finest counts. A moment is given as its day.
    """
    times, precisions = _dates(reader, articles)
    dated = times != NO_TIME
    if not dated.any():
        return None, None
    times, precisions = times[dated], precisions[dated] & ~np.uint8(AMBIGUOUS)

    def date_at(time: int) -> dt.date | PartialDate:
        precision = int(precisions[times == time].max())
        return partial_date(time, precision) if precision < DAY else moment_of(time).date()

    return date_at(int(times.min())), date_at(int(times.max()))


def _dates(reader: IndexReader, articles: Mask) -> tuple[Array, Array]:
    """Return the local time and the precision of each of the masked articles."""
    parts = [
        (segment.local_time[mask], segment.precision[mask]) for segment, mask in reader.by_segment(articles)
    ]
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.uint8)
    times, precisions = zip(*parts, strict=True)
    return np.concatenate(times), np.concatenate(precisions)
