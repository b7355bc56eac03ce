"""Statistics of dates: counts by period and by precision, and the first and the last date."""

from __future__ import annotations

import datetime as dt

import numpy as np

from newssearch.corpus.periods import DAYS_FROM_MONDAY, Unit
from newssearch.engines.article_times import (
    AMBIGUOUS,
    DAY,
    NO_TIME,
    ONLY_MONTH,
    ONLY_YEAR,
    moment_of,
    partial_date,
)
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import Ints, Mask
from newssearch.results import DateCounts
from newssearch.text.partial_dates import PartialDate

from .reader import IndexReader

_MIN_PRECISION = {"year": ONLY_YEAR, "quarter": ONLY_MONTH, "month": ONLY_MONTH, "week": DAY, "day": DAY}
"""The coarsest precision that a date may have to be counted in a facet."""


def has_period(unit: Unit, precisions: Array) -> Mask:
    """Return a mask of the dates that are precise enough for a unit of time."""
    return np.asarray((precisions & ~np.uint8(AMBIGUOUS)) >= _MIN_PRECISION[unit], np.bool_)


def period_numbers(unit: Unit, times: Array) -> Ints:
    """Return for each local time the number of its period: see :mod:`newssearch.corpus.periods`."""
    moments = np.datetime64("0001-01-01T00:00:00", "us") + times.astype("timedelta64[us]")
    if unit == "year":
        return moments.astype("datetime64[Y]").astype(np.int64)
    if unit in ("month", "quarter"):
        months = moments.astype("datetime64[M]").astype(np.int64)
        return months if unit == "month" else months // 3
    days = moments.astype("datetime64[D]").astype(np.int64)
    return days if unit == "day" else (days + DAYS_FROM_MONDAY) // 7


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
    """Return the first and the last date of the masked articles; None for both if no article has a date.

    Of dates that begin at the same moment, the most precise counts. A time is reduced to its day.
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
