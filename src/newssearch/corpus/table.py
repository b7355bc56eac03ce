"""Tables of counts: the numbers of matching articles, by the values of fields and over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Literal, NamedTuple, get_args

from newssearch.commit import Commit
from newssearch.display import notebook
from newssearch.display.brief import brief, many, quoted, value_label
from newssearch.display.charts import BarRow
from newssearch.frames import Framed, FrameType, FrameTypes
from newssearch.query import Diagnostic
from newssearch.results import DateCounts
from newssearch.system.late_dataclass import dataclass

from . import charting
from .periods import Unit
from .tabulation import Extent, GroupIndices, MatchCounts

TABLE_VERSION = 1
"""The version of the keys of the dicts here. It is increased when a key is removed or changes its meaning."""
Measure = Literal["articles", "paragraphs", "sentences", "occurrences", "share", "per_million"]
"""A number that a table has for each cell: see :class:`TableCell`."""
MEASURES: tuple[Measure, ...] = get_args(Measure)
"""All measures, in the order of their columns. The last requested one is the main one, which bars show."""
EXTENT_NAMES = ("all_articles", "all_words")
"""The names of the denominators of the share and of the rate."""
NOTEBOOK_ROWS = 200
"""The largest number of rows that a notebook shows."""


def share_of(articles: int, all_articles: int | None) -> float | None:
    """Return the share of articles; None if the denominator is 0 or unknown."""
    return articles / all_articles if all_articles else None


def rate_of(occurrences: int | None, all_words: int | None) -> float | None:
    """Return the occurrences per million words; None if there are no words, or if a number is unknown."""
    return occurrences * 1e6 / all_words if all_words and occurrences is not None else None


def shown_measures(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return the requested measures and the number of articles, in the order of their columns."""
    return tuple(name for name in MEASURES if name == "articles" or name in measures)


def measure_type(name: str) -> FrameType:
    """Return the type of the column of a measure, or of the size of an archive."""
    return "number" if name in ("share", "per_million") else "whole"


def extent_keys(measures: Sequence[Measure]) -> tuple[str, ...]:
    """Return the denominators that the given measures need.

    >>> extent_keys(["share"]), extent_keys(["occurrences"])
    (('all_articles',), ())
    """
    pairs: tuple[tuple[Measure, str], ...] = (("share", "all_articles"), ("per_million", "all_words"))
    return tuple(name for measure, name in pairs if measure in measures)


class TableCell(NamedTuple):
    """The counts of a query in one cell of a table, or in the whole table. A number that was not requested is None.

    ``articles`` is the number of articles that match, ``paragraphs`` that of their paragraphs that match, as in the
    results of a search. ``occurrences`` counts the matches of the query's words, phrases and other units in these
    paragraphs; equal spans of words count once, and headlines do not count. ``sentences`` is the number of sentences
    in which an occurrence begins. ``all_articles`` counts the articles of the cell that pass the filters, whether or
    not they match, and ``all_words`` the words of their paragraphs.
    """

    articles: int
    paragraphs: int | None = None
    sentences: int | None = None
    occurrences: int | None = None
    all_articles: int | None = None
    all_words: int | None = None

    @property
    def share(self) -> float | None:
        """The share of the articles that match, from 0 to 1; None if there are no articles, or it was not requested.

        >>> TableCell(1, all_articles=4).share
        0.25
        """
        return share_of(self.articles, self.all_articles)

    @property
    def per_million(self) -> float | None:
        """The occurrences per million words of all articles of the cell; None if these have no words, or it was not
        requested.

        >>> TableCell(1, occurrences=3, all_words=60_000).per_million
        50.0
        """
        return rate_of(self.occurrences, self.all_words)

    def measured(self, measures: Sequence[Measure]) -> dict[str, int | float | None]:
        """Return the given measures by name."""
        return {name: getattr(self, name) for name in measures}


def cell_of(counts: MatchCounts, extent: Extent, measures: Sequence[Measure]) -> TableCell:
    """Return the counts of a cell that the given measures need."""
    articles, paragraphs, sentences, occurrences = counts
    rate = "per_million" in measures
    return TableCell(
        articles,
        paragraphs if "paragraphs" in measures else None,
        sentences if "sentences" in measures else None,
        occurrences if rate or "occurrences" in measures else None,
        extent.articles if rate or "share" in measures else None,
        extent.words if rate else None,
    )


class TableGroup(NamedTuple):
    """A row or a column of a table: the articles with one value, or of one period.

    ``value`` is None for articles without a value, or whose date is too coarse. It is also None if ``others`` is not
    0: the group then combines this number of less frequent values. For a period, ``since`` and ``until`` are the
    first and the last day, ``over`` is False if its last day has not passed, and ``in_part`` is True if the dates of
    the request exclude some of its days.
    """

    value: str | None
    others: int = 0
    since: dt.date | None = None
    until: dt.date | None = None
    over: bool = True
    in_part: bool = False

    @property
    def label(self) -> str:
        """The value as people read it.

        >>> TableGroup("2024-07", over=False).label, TableGroup(None).label, TableGroup(None, others=2).label
        ('2024-07 (so far)', '(none)', '2 others')
        >>> TableGroup("2024-07", in_part=True).label, TableGroup("(none)").label
        ('2024-07 (in part)', '"(none)"')
        """
        if self.others:
            return many(self.others, "other")
        marks = ", ".join([*(["in part"] if self.in_part else []), *([] if self.over else ["so far"])])
        return f"{value_label(self.value)}{f' ({marks})' if marks else ''}"


@dataclass(frozen=True, slots=True)
class TableDimension:
    """The rows or the columns of a table: the name of a field or of a unit of time, and the groups in order.

    ``unit`` is the unit of time if the groups are periods. If ``overlapping``, an article may be in several groups,
    whose numbers then add up to more than the total.
    """

    name: str
    groups: tuple[TableGroup, ...]
    unit: Unit | None = None
    overlapping: bool = False

    def __repr__(self) -> str:
        return brief(self, f"{self.name}: {many(len(self.groups), 'group')}")


@dataclass(frozen=True, slots=True)
class TableQuery:
    """A query of a table: its name, its text, its interpretation, and its counts.

    ``cells`` has the counts of each cell in which the query matches, by the indices of its groups; ``total`` those of
    all articles that match, each counted once. ``undated``, ``imprecise`` and ``dates`` are as in
    :class:`~newssearch.Results`.
    """

    name: str
    query: str
    interpretation: str
    total: MatchCounts
    cells: Mapping[GroupIndices, MatchCounts]
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0
    dates: DateCounts = DateCounts()

    def __repr__(self) -> str:
        return brief(self, f"{quoted(self.name)}: {many(self.total.articles, 'article')}")


@dataclass(frozen=True, slots=True)
class Table(Framed):
    """Counts of articles that match one or several queries, by at most two fields or a unit of time.

    ``by`` has the rows, and the columns of a cross table; ``measures`` are the requested numbers. ``extent`` is the
    size of the archive, or of the part that passes the filters, and ``extents`` that of each cell; both are empty
    unless a share or a rate was requested. ``commit`` is the state of the index that was counted.

    >>> import newssearch, tempfile
    >>> articles = [
    ...     newssearch.Article.create(title=title, text="It rained.", date=date, outlet=outlet)
    ...     for title, date, outlet in [("Rain", "2024-06-30", "Echo"), ("Storm", "2024-08-01", "Post")]
    ... ]
    >>> with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
    ...     report = index.add(articles)
    ...     table = index.table("storm", by="month", measures="share")
    >>> [(group.value, table.cell(row).articles, table.cell(row).share) for row, group in enumerate(table.by[0].groups)]
    [('2024-08', 1, 1.0)]
    """

    by: tuple[TableDimension, ...]
    queries: tuple[TableQuery, ...]
    measures: tuple[Measure, ...]
    extent: Extent
    extents: Mapping[GroupIndices, Extent]
    commit: Commit

    def __repr__(self) -> str:
        sides = " x ".join(f"{one.name} ({len(one.groups):,})" for one in self.by)
        names = ", ".join(quoted(one.name, 40) for one in self.queries[:3])
        return brief(
            self, f"of {names}{'…' if len(self.queries) > 3 else ''}", f"by {sides}" if sides else ""
        )

    def cell(self, *groups: int, query: int = 0) -> TableCell:
        """Return the numbers of a query in a cell, given by the index of its group in each dimension."""
        counts = self.queries[query].cells.get(groups, _NOTHING)
        return cell_of(counts, self.extents.get(groups, _EMPTY), self.measures)

    def total(self, query: int = 0) -> TableCell:
        """Return the numbers of a query in all articles that match, each counted once."""
        return cell_of(self.queries[query].total, self.extent, self.measures)

    def addresses(self) -> Iterator[GroupIndices]:
        """Yield the address of each cell, row by row: the indices of its groups. Without dimensions, there is none."""
        return product(*(range(len(one.groups)) for one in self.by)) if self.by else iter(())

    def records(self) -> list[dict[str, object]]:
        """Return a flat dict for each cell and query, as for ``pandas.DataFrame(table.records())``.

        It has the value of each dimension by name, the name of the query, and the measures. Without dimensions, there is
        one dict for each query.
        """
        found: list[dict[str, object]] = []
        for groups in self.addresses() if self.by else [()]:
            values = {one.name: one.groups[at].value for one, at in zip(self.by, groups, strict=True)}
            for number, query in enumerate(self.queries):
                cell = self.cell(*groups, query=number) if self.by else self.total(number)
                found.append({**values, "query": query.name, **cell.measured(self.shown_measures)})
        return found

    def _frame_types(self) -> FrameTypes:
        types: dict[str, FrameType] = {one.name: "category" for one in self.by}
        return {**types, "query": "category", **{name: measure_type(name) for name in self.shown_measures}}

    @property
    def shown_measures(self) -> tuple[Measure, ...]:
        """The requested measures and the number of articles, in the order of their columns."""
        return shown_measures(self.measures)

    def _repr_html_(self) -> str:
        """Return HTML for a notebook: a chart over time, and the counts, cut after :data:`NOTEBOOK_ROWS` rows."""
        if len(self.by) == 2 and len(self.queries) == 1:
            measure, (rows, columns) = self.shown_measures[-1], self.by
            cells = [
                (
                    group.label,
                    [getattr(self.cell(row, column), measure) for column in range(len(columns.groups))],
                )
                for row, group in enumerate(rows.groups[:NOTEBOOK_ROWS])
            ]
            asked = notebook.text_html(self.queries[0].name)
            title = charting.measure_title(measure) + (
                f" for <code>{asked}</code>" if self.queries[0].name else ""
            )
            labels = [one.label for one in columns.groups]
            table = charting.cross_table(rows.name, labels, cells, measure, len(rows.groups))
            return notebook.page(self._chart(), notebook.paragraph(title), table)
        return notebook.page(self._chart(), self._long_html())

    def _long_html(self) -> str:
        """Return a row for each cell and query as HTML."""
        names, rows = [*(one.name for one in self.by), "query"], self.records()
        shown = [
            [
                *(notebook.text_html(row[name]) for name in names),
                *(charting.measure_text(name, row[name]) for name in self.shown_measures),
            ]
            for row in rows[:NOTEBOOK_ROWS]
        ]
        measures = [name.replace("_", " ") for name in self.shown_measures]
        table = notebook.table([*names, *measures], shown, [*[""] * len(names), *["number"] * len(measures)])
        return f"{table}{charting.more(len(rows) - len(shown), 'row')}"

    def _chart(self, *, document: bool = False) -> str:
        """Return a chart with a row of bars for each query and value of the other dimension; ``""`` without a unit of time.

        The articles in no period, and those without a value of the other dimension, are not drawn.
        """
        time = next((number for number, one in enumerate(self.by) if one.unit is not None), None)
        if time is None:
            return ""
        measure = self.shown_measures[-1]
        periods = [number for number, one in enumerate(self.by[time].groups) if one.value is not None]
        others = [
            ((number,), group.label)
            for one in (*self.by[:time], *self.by[time + 1 :])
            for number, group in enumerate(one.groups)
            if group.value is not None or group.others
        ]
        rows = []
        for other, label in others if len(self.by) == 2 else [((), "")]:
            for number, query in enumerate(self.queries):
                name = ": ".join(
                    part for part in (label, query.name if len(self.queries) > 1 else "") if part
                )
                groups = [(period, *other) if time == 0 else (*other, period) for period in periods]
                values = [getattr(self.cell(*one, query=number), measure) for one in groups]
                rows.append(BarRow(name, values))
        names = [str(self.by[time].groups[period].value) for period in periods]
        return charting.chart(measure, [one.name for one in self.by], rows, names, document=document)

    def svg(self) -> str:
        """Return a chart of the counts over time as an SVG document, readable on light and on dark pages.

        It has a row of bars for each value of the other dimension, and for each query. It shows the last measure that was
        asked for, in the order of :data:`MEASURES`. Raises :class:`~newssearch.NewssearchError` if no dimension is a unit of time.
        """
        return charting.drawn(self._chart(document=True))

    def to_dict(self) -> dict[str, object]:
        """Return the table as JSON types, as ``newssearch count --format json`` prints it."""
        counted = {"all_articles": self.extent.articles, "all_words": self.extent.words}
        return {
            "version": TABLE_VERSION,
            "commit": self.commit.to_dict(),
            "by": [{"name": one.name, "unit": one.unit, "overlapping": one.overlapping} for one in self.by],
            "measures": [*self.shown_measures],
            "queries": [*self.query_dicts()],
            **{key: counted[key] for key in extent_keys(self.measures)},
            "rows": [*self.row_dicts()],
        }

    def query_dicts(self) -> Iterator[dict[str, object]]:
        """Yield the dict of each query, with its numbers in all articles that match."""
        for number, query in enumerate(self.queries):
            yield {
                "name": query.name,
                "query": query.query,
                "interpretation": query.interpretation,
                "diagnostics": [note.to_dict() for note in query.diagnostics],
                "undated": query.undated,
                "imprecise": query.imprecise,
                "dates": query.dates.to_dict(),
                "total": self.total(number).measured(self.shown_measures),
            }

    def row_dicts(self) -> Iterator[dict[str, object]]:
        """Yield the dict of each cell: its groups, and the measures of each query by its name."""
        for groups in self.addresses():
            cells = [self.cell(*groups, query=number) for number in range(len(self.queries))]
            here = [one.groups[at] for one, at in zip(self.by, groups, strict=True)]
            row: dict[str, object] = {
                "group": {one.name: group.value for one, group in zip(self.by, here, strict=True)}
            }
            others = {
                one.name: group.others for one, group in zip(self.by, here, strict=True) if group.others
            }
            if others:
                row["others"] = others
            for group in here:
                if group.since is not None and group.until is not None:
                    row |= {
                        "since": group.since.isoformat(),
                        "until": group.until.isoformat(),
                        "over": group.over,
                        "in_part": group.in_part,
                    }
            row["counts"] = {
                query.name: cell.measured(self.shown_measures)
                for query, cell in zip(self.queries, cells, strict=True)
            }
            yield row | {key: getattr(cells[0], key) for key in extent_keys(self.measures)}


_NOTHING, _EMPTY = MatchCounts(), Extent()
