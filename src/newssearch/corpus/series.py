"""Series of counts over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple, overload

from newssearch.commit import Commit
from newssearch.display import notebook
from newssearch.display.brief import brief, many, quoted
from newssearch.display.charts import BarRow
from newssearch.frames import Framed, FrameType, FrameTypes
from newssearch.query import Diagnostic
from newssearch.results import DateCounts
from newssearch.system.late_dataclass import dataclass

from . import charting
from .periods import Unit, first_day, is_in_part, last_day, period_name, period_number
from .table import (
    NOTEBOOK_ROWS,
    TABLE_VERSION,
    Measure,
    TableCell,
    extent_keys,
    measure_type,
    rate_of,
    share_of,
    shown_measures,
)


class PeriodCount(NamedTuple):
    """The numbers of a query in one period.

    ``value`` is the name of the period, as queries and filters read it (``2024-07``, ``2024-W30``), ``since`` and
    ``until`` are its first and last day; it is not ``over`` if its last day has not passed, and it is counted only
    ``in_part`` if the dates of the request leave out some of its days. For the numbers, see
    :class:`~newssearch.TableCell`.
    """

    value: str
    since: dt.date
    until: dt.date
    over: bool
    articles: int
    paragraphs: int | None = None
    sentences: int | None = None
    occurrences: int | None = None
    all_articles: int | None = None
    all_words: int | None = None
    in_part: bool = False

    @property
    def share(self) -> float | None:
        """The share of the articles that match, from 0 to 1; None if there are no articles, or it was not requested."""
        return share_of(self.articles, self.all_articles)

    @property
    def per_million(self) -> float | None:
        """The occurrences per million words of all articles; None if these have no words, or it was not requested."""
        return rate_of(self.occurrences, self.all_words)


@dataclass(frozen=True, slots=True)
class Series(Sequence[PeriodCount], Framed):
    """How often a query matches over time: a sequence of all periods from the first to the last, zeros included.

    ``unit`` is the unit of time, ``since`` the first day of the first period, None if there is none. ``articles``,
    ``paragraphs`` and so on have the numbers of all periods: see :class:`~newssearch.TableCell`. A column that was not asked for is
    None. ``total`` has the numbers of all articles that match, also of the ``without`` articles in no period: those
    without a date, or with one that is too coarse for the unit. A period is over if it ends before the day ``today``.
    ``undated``, ``imprecise`` and ``dates`` are as in :class:`~newssearch.Results`; ``commit`` is the state of the index
    that was counted. ``whole_days`` are the first and the last day that the dates of the request hold whole; None for no
    bound.
    """

    query: str
    interpretation: str
    unit: Unit
    since: dt.date | None
    today: dt.date
    measures: tuple[Measure, ...]
    total: TableCell
    commit: Commit
    articles: tuple[int, ...]
    paragraphs: tuple[int, ...] | None = None
    sentences: tuple[int, ...] | None = None
    occurrences: tuple[int, ...] | None = None
    all_articles: tuple[int, ...] | None = None
    all_words: tuple[int, ...] | None = None
    without: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0
    dates: DateCounts = DateCounts()
    whole_days: tuple[dt.date | None, dt.date | None] = (None, None)

    def __len__(self) -> int:
        return len(self.articles)

    @overload
    def __getitem__(self, at: int) -> PeriodCount: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[PeriodCount, ...]: ...
    def __getitem__(self, at: int | slice) -> PeriodCount | tuple[PeriodCount, ...]:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(len(self))))
        at = range(len(self))[at]
        assert self.since is not None, "a series with a period"
        number = period_number(self.unit, self.since) + at
        since, until = first_day(self.unit, number), last_day(self.unit, number)
        columns = (
            self.articles,
            self.paragraphs,
            self.sentences,
            self.occurrences,
            self.all_articles,
            self.all_words,
        )
        numbers = (None if column is None else column[at] for column in columns[1:])
        name = period_name(self.unit, since)
        in_part = is_in_part(since, until, self.whole_days)
        paragraphs, sentences, occurrences, all_articles, all_words = numbers
        return PeriodCount(
            name,
            since,
            until,
            until < self.today,
            self.articles[at],
            paragraphs,
            sentences,
            occurrences,
            all_articles,
            all_words,
            in_part,
        )

    def __repr__(self) -> str:
        span = f"from {self[0].value} to {self[-1].value}" if self.articles else ""
        found = f"{many(self.total.articles, 'article')} by {self.unit}"
        return brief(self, f"for {quoted(self.query)}: {found}", span)

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: a chart, and a row for each period, the last :data:`NOTEBOOK_ROWS` of them."""
        measures = shown_measures(self.measures)
        rows = [
            [
                notebook.text_html(one.value),
                *(charting.measure_text(name, getattr(one, name)) for name in measures),
            ]
            for one in self[-NOTEBOOK_ROWS:]
        ]
        titles = [self.unit, *(name.replace("_", " ") for name in measures)]
        table = notebook.table(titles, rows, ["", *["number"] * len(measures)])
        return notebook.page(self._chart(), table)

    def svg(self) -> str:
        """Return a chart of the series as an SVG document, readable on light and on dark pages.

        It shows the last measure that was asked for, in the order of :data:`~newssearch.corpus.table.MEASURES`. Raises
        :class:`~newssearch.NewssearchError` for a series without periods.
        """
        return charting.drawn(self._chart(document=True))

    def _chart(self, *, document: bool = False) -> str:
        """Return a chart of the last measure; ``""`` for a series without periods."""
        measure = shown_measures(self.measures)[-1]
        row = BarRow(self.query, [getattr(one, measure) for one in self])
        return charting.chart(measure, [self.unit], [row], [one.value for one in self], document=document)

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each period: its name, its first and last day, and its numbers."""
        names = self._frame_types()
        return [{name: getattr(one, name) for name in names} for one in self]

    def _frame_types(self) -> FrameTypes:
        types: dict[str, FrameType] = {
            "value": "text",
            "since": "day",
            "until": "day",
            "over": "flag",
            "in_part": "flag",
        }
        names = (*shown_measures(self.measures), *extent_keys(self.measures))
        return types | {name: measure_type(name) for name in names}

    def to_dict(self) -> dict[str, object]:
        """Return the series as JSON types."""
        names = (*shown_measures(self.measures), *extent_keys(self.measures))
        return {
            "version": TABLE_VERSION,
            "commit": self.commit.to_dict(),
            "query": self.query,
            "interpretation": self.interpretation,
            "diagnostics": [note.to_dict() for note in self.diagnostics],
            "unit": self.unit,
            "total": {name: getattr(self.total, name) for name in names},
            "without": self.without,
            "undated": self.undated,
            "imprecise": self.imprecise,
            "dates": self.dates.to_dict(),
            "periods": [
                {
                    "value": one.value,
                    "since": one.since.isoformat(),
                    "until": one.until.isoformat(),
                    "over": one.over,
                    "in_part": one.in_part,
                    **{name: getattr(one, name) for name in names},
                }
                for one in self
            ],
        }
