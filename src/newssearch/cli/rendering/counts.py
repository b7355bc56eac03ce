"""The output of ``newssearch count``: the columns and rows of a table of counts, bars, and remarks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from newssearch.corpus.table import Measure, Table, TableCell, TableGroup, extent_keys
from newssearch.corpus.tabulation import GroupIndices
from newssearch.display import escape
from newssearch.display.brief import many, value_label
from newssearch.results import left_out, why_no_value
from newssearch.tabular import Cell

from .formats import json_text
from .layout import Style, columns, in_width
from .tables import Column, TableFormat, shown_cell, table_lines

MAX_BAR = 40
"""Maximum length of a bar, in columns."""
MIN_BAR = 8
"""Minimum room for bars on a terminal, in columns. With less room, no bars are drawn."""
BAR_WITHOUT_TERMINAL = 30
"""Length of the longest bar, in columns, if the output does not go to a terminal."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
NARROWEST_NAME = 16
"""The names of values are cut to at least this number of columns, if the other columns of the table then fit."""
COLUMN_GAP = 2
"""The number of columns between the columns of a table."""
_HEADINGS = {
    "all_articles": "all articles",
    "all_words": "all words",
    "per_million": "per million",
}


class CountRows(NamedTuple):
    """A table of counts as rows of cells. ``totals`` are the rows of all articles that match, if there are any.

    ``bars`` has for each row the number that a bar shows, None for none; it is empty if the table has no bars.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...] = ()
    bars: tuple[float | None, ...] = ()


def is_wide(table: Table, *, long: bool) -> bool:
    """Whether a table is printed with a column for each group of its second dimension."""
    return len(table.by) == 2 and len(table.queries) == 1 and len(table.measures) == 1 and not long


def count_rows(
    table: Table, *, long: bool, labels: bool, numeric: Collection[str] = frozenset()
) -> CountRows:
    """Return the rows of a table. With ``labels``, groups are written as people read them, such as ``(none)``.

    ``numeric`` are the names of the own fields of the index that have numbers.

    A cross table of one query and one measure has a column for each group of its second dimension, and a table of several
    queries one for each query and measure, unless it is ``long``; others have a row for each cell and query.
    """
    if is_wide(table, long=long):
        return _wide_rows(table, labels, numeric)
    several = len(table.queries) > 1 and bool(table.by)
    if several and long:
        return _long_rows(table, labels, numeric)
    value_columns = _value_columns(table, numeric) or [Column("query")]
    columns = (*value_columns, *(_columns_of_several(table) if several else _columns_of_one(table.measures)))
    if not table.by:
        totals = enumerate(table.queries)
        rows = ((query.name, *_row_numbers(table, [table.total(n)], single=True)) for n, query in totals)
        return CountRows(columns, tuple(rows))
    queries = range(len(table.queries))
    found: list[tuple[Cell, ...]] = []
    bars: list[float | None] = []
    for groups in table.addresses():
        cells = [table.cell(*groups, query=query) for query in queries]
        found.append((*_row_values(table, groups, labels), *_row_numbers(table, cells, single=not several)))
        bars.append(_bar(table, groups, cells[0]))
    sums = _row_numbers(table, [*map(table.total, queries)], single=not several)
    total = ("total", *[""] * (len(table.by) - 1), *sums)
    return CountRows(
        columns, tuple(found), (total,), tuple(bars) if not several and len(table.by) == 1 else ()
    )


def _long_rows(table: Table, labels: bool, numeric: Collection[str]) -> CountRows:
    """Return a row for each cell and query, with all its numbers."""
    columns = (*_value_columns(table, numeric), Column("query"), *_columns_of_one(table.measures))
    found: list[tuple[Cell, ...]] = []
    for groups in table.addresses():
        values = _row_values(table, groups, labels)
        for number, query in enumerate(table.queries):
            cell = table.cell(*groups, query=number)
            found.append((*values, query.name, *_row_numbers(table, [cell], single=True)))
    empty = [""] * (len(table.by) - 1)
    totals = (
        ("total", *empty, query.name, *_row_numbers(table, [table.total(number)], single=True))
        for number, query in enumerate(table.queries)
    )
    return CountRows(columns, tuple(found), tuple(totals))


def _value_columns(table: Table, numeric: Collection[str]) -> list[Column]:
    return [Column(one.name, numeric=one.name in numeric) for one in table.by]


def _row_values(table: Table, groups: GroupIndices, labels: bool) -> list[str | None]:
    return [_value(one.groups[at], labels) for one, at in zip(table.by, groups, strict=True)]


def _value(group: TableGroup, labels: bool) -> str | None:
    return group.label if labels or group.others else group.value


def _bar(table: Table, groups: GroupIndices, cell: TableCell) -> float | None:
    group = table.by[0].groups[groups[0]]
    return None if group.value is None else getattr(cell, table.measures[-1])


def _names(measures: Sequence[Measure]) -> list[str]:
    """Return the columns of a query: the number of articles, and the requested measures, each after its denominator."""
    before: dict[str, tuple[str, ...]] = {
        "share": ("all_articles",),
        "per_million": () if "occurrences" in measures else ("occurrences",),
    }
    names = ["articles"]
    for name in measures:
        if name != "articles":
            names += [*before.get(name, ()), *(("all_words",) if name == "per_million" else ()), name]
    return names


def _columns_of_one(measures: Sequence[Measure]) -> list[Column]:
    return [_column(name, name) for name in _names(measures)]


def _columns_of_several(table: Table) -> list[Column]:
    """Return a column for each measure of each query, and columns for the sizes of the cells."""
    found = []
    for query in table.queries:
        for measure in table.measures:
            name = query.name if len(table.measures) == 1 else f"{query.name}: {measure.replace('_', ' ')}"
            found.append(_column(measure, name))
    return [*found, *(_column(name, name) for name in extent_keys(table.measures))]


def _column(measure: str, name: str) -> Column:
    return Column(name, _HEADINGS.get(name, ""), percent=measure == "share")


def _row_numbers(table: Table, cells: Sequence[TableCell], single: bool) -> list[Cell]:
    """Return the numbers of the columns of a row."""
    if single:
        return [getattr(cells[0], name) for name in _names(table.measures)]
    found = [getattr(cell, name) for cell in cells for name in table.measures]
    return [*found, *(getattr(cells[0], name) for name in extent_keys(table.measures))]


def _wide_rows(table: Table, labels: bool, numeric: Collection[str]) -> CountRows:
    """Return a row for each group of the first dimension, with a number for each group of the second."""
    first, second = table.by
    (measure,) = table.measures
    names = _distinct(
        [
            group.label if labels or group.value is None else value_label(group.value)
            for group in second.groups
        ],
        first.name,
    )
    rows = [
        (_value(group, labels), *(getattr(table.cell(row, column), measure) for column in range(len(names))))
        for row, group in enumerate(first.groups)
    ]
    heading = Column(first.name, numeric=first.name in numeric)
    return CountRows((heading, *(_column(measure, name) for name in names)), tuple(rows))


def _distinct(names: Sequence[str], first: str) -> list[str]:
    """Return the headings of columns after the first one: in quotes if another column before has the same."""
    taken, found = {first}, []
    for name in names:
        heading = name
        while heading in taken:
            heading = f'"{heading}"'
        taken.add(heading)
        found.append(heading)
    return found


# ---- formats


def count_lines(table: Table, format_: TableFormat, style: Style, *, long: bool) -> Iterator[str]:
    """Yield the lines of a table of counts in a format."""
    if format_ == "json":
        yield json_text(table.to_dict())
    elif format_ == "jsonl":
        for row in table.row_dicts() if table.by else table.query_dicts():
            yield json_text(row, indent=None)
    elif format_ == "csv":
        found = count_rows(table, long=long, labels=False)
        yield from table_lines(format_, found.columns, found.rows, style)
    elif format_ == "md":
        found = count_rows(table, long=long, labels=True)
        yield from table_lines(format_, found.columns, [*found.rows, *found.totals], style)
        for line in [*_totals(table, long=long), *count_remarks(table)]:
            yield from ("", escape.markdown(line))
    else:
        yield from _text_lines(table, count_rows(table, long=long, labels=True), style, long)


def _text_lines(table: Table, found: CountRows, style: Style, long: bool) -> Iterator[str]:
    """Yield aligned lines with bars, and the remarks. A table that is too wide for the terminal is divided by columns."""
    rows = [*found.rows, *found.totals]
    widths = _column_widths(found.columns, rows)
    for number, (low, high) in enumerate(_divisions(widths, style)):
        yield from ("",) if number else ()
        part = [found.columns[0], *found.columns[low:high]]
        cells = [(row[0], *row[low:high]) for row in rows]
        bars = _bars(found, widths, style)
        if bars:
            part.append(Column("bar", " "))
            bars += [""] * (len(rows) - len(bars))
            cells = [(*row, drawn) for row, drawn in zip(cells, bars, strict=True)]
        yield from table_lines("text", part, cells, style)
    said = [*_totals(table, long=long), *count_remarks(table)]
    yield from ("",) if said else ()
    for line in said:
        yield from in_width(escape.terminal(line), style)


def _column_widths(of: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Return the number of terminal columns that each column of a table takes."""
    found = []
    for at, column in enumerate(of):
        shown = [shown_cell(row[at], column.digits, percent=column.percent) for row in rows]
        found.append(max(columns(escape.terminal(text)) for text in (column.heading or column.key, *shown)))
    return found


def _divisions(widths: Sequence[int], style: Style) -> Iterator[tuple[int, int]]:
    """Yield the ranges of columns that fit on the terminal beside the first column, which is repeated.

    If all columns fit beside a first column cut to :data:`NARROWEST_NAME`, there is a single range.
    """
    low = 1
    others = sum(widths[1:]) + COLUMN_GAP * (len(widths) - 1)
    if widths and style.width is not None and min(widths[0], NARROWEST_NAME) + others <= style.width:
        yield low, len(widths)
        return
    while low < len(widths):
        high, taken = low, widths[0]
        while high < len(widths):
            taken += COLUMN_GAP + widths[high]
            if style.width is not None and taken > style.width and high > low:
                break
            high += 1
        yield low, high
        low = high


def _bars(found: CountRows, widths: Sequence[int], style: Style) -> list[str]:
    """Return a bar for each row; none if the terminal has no room for them, or if there is nothing to show."""
    most = max((value for value in found.bars if value), default=0)
    room = BAR_WITHOUT_TERMINAL
    if style.width is not None:
        room = min(style.width - sum(widths) - COLUMN_GAP * len(widths), MAX_BAR)
    if not most or room < MIN_BAR:
        return []
    return [bar(value / most, room) if value else "" for value in found.bars]


def bar(part: float, width: int) -> str:
    """Return a bar for a part of the whole, from 0 to 1, in eighths of a column; at least one eighth.

    >>> bar(1, 3), bar(0.5, 3), bar(0.001, 3)
    ('███', '█▌', '▏')
    """
    eighths = max(round(part * width * 8), 1)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _totals(table: Table, *, long: bool) -> list[str]:
    """Return the totals of a cross table, which has no row for them, as a line."""
    if not is_wide(table, long=long):
        return []
    return [f"total: {many(table.queries[0].total.articles, 'article')}"]


def _adds_up_to_more(table: Table) -> bool:
    """Whether the sum over groups exceeds the number of articles, because some are in several groups."""
    return any(
        sum(cell.articles for cell in query.cells.values()) > query.total.articles for query in table.queries
    )


def count_remarks(table: Table) -> list[str]:
    """Return remarks for a reader of the table: on excluded articles, and on numbers that do not add up."""
    found = []
    for one in table.by:
        if one.overlapping and _adds_up_to_more(table):
            found.append(
                f"An article may have several values of {one.name}: their numbers add up to more than the total."
            )
        for query in table.queries:
            if one.unit == one.name and (why := why_no_value(one.name, query.dates)):
                found.append(f"(none){_of(table, query.name)}: {why}")
    for query in table.queries:
        if left := left_out(query.undated, query.imprecise):
            found.append(f"{left}{_of(table, query.name)}")
    return found


def left_to_long(table: Table, *, long: bool) -> str:
    """Return the remark that a table lacks the denominators of its shares or rates; "" if it has them."""
    wide = is_wide(table, long=long) or (len(table.queries) > 1 and bool(table.by) and not long)
    ratios = [name.replace("_", " ") for name in ("share", "per_million") if name in table.measures]
    if not (wide and ratios):
        return ""
    return f"{' and '.join(ratios)} without the counts; --long has them too"


def _of(table: Table, name: str) -> str:
    return f" of {name}" if len(table.queries) > 1 else ""


def period_remarks(table: Table) -> list[str]:
    """Return a remark on each period that has not ended, or that the dates of the request cut off."""
    periods = [group for one in table.by for group in one.groups if group.since is not None]
    return [
        *(f"{group.value} is not over" for group in periods if not group.over),
        *(f"{group.value} is counted only in part: the dates cut it" for group in periods if group.in_part),
    ]
