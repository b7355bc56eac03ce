"""Tables with named columns in each format: text, Markdown, CSV, JSON, JSON Lines, and spreadsheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from newssearch.display import escape
from newssearch.tabular import Cell, csv_parts, flat_cell
from newssearch.text.numbers import parse_number

from .formats import json_text
from .layout import Style, columns, shorten

TableFormat = Literal["text", "json", "jsonl", "csv", "md"]

SPREADSHEET = ".xlsx"
ENDINGS: Mapping[str, TableFormat] = {
    **{f".{name}": name for name in get_args(TableFormat) if name != "text"},
    ".txt": "text",
}
"""The format that each ending of a file's name stands for, besides :data:`SPREADSHEET`."""

NARROWEST = 8
"""A column of text is not made narrower than this on a terminal."""


class Column(NamedTuple):
    """A column of a table: its key in JSON, its heading, and the number of digits after the point of its fractions.

    A column without a heading has its key as heading. Numbers are aligned at the right, text with ``right`` too. For people,
    the fractions of a column with ``percent`` are percentages, and text and Markdown leave out a column that is
    ``only_in_data``. ``broken`` is whether cells keep their line breaks in CSV and in spreadsheets; ``whole`` is whether a
    narrow terminal leaves them whole. ``numeric`` is whether texts that state a number are numbers in spreadsheets.
    """

    key: str
    heading: str = ""
    digits: int = 2
    right: bool = False
    percent: bool = False
    broken: bool = False
    only_in_data: bool = False
    whole: bool = False
    numeric: bool = False


def table_lines(
    format_: TableFormat,
    table_columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    style: Style,
    head: Mapping[str, object] | None = None,
) -> Iterator[str]:
    """Yield the lines of a table. In JSON, ``rows`` has an object for each row, after the keys of ``head``."""
    if format_ == "json":
        values = [_json_row(table_columns, row) for row in rows]
        yield json_text({**(head or {}), "rows": values})
    elif format_ == "jsonl":
        for row in rows:
            yield json_text(_json_row(table_columns, row), indent=None)
    elif format_ == "csv":
        broken = {number for number, column in enumerate(table_columns) if column.broken}
        for part in csv_parts([column.key for column in table_columns], rows, broken):
            yield from part.removesuffix("\n").split("\n")
    else:
        kept = [number for number, column in enumerate(table_columns) if not column.only_in_data]
        table_columns = [table_columns[number] for number in kept]
        rows = ([row[number] for number in kept] for row in rows)
        if format_ == "md":
            yield from _markdown(table_columns, rows)
        else:
            yield from _text(table_columns, list(rows), style)


def _json_row(table_columns: Sequence[Column], row: Sequence[Cell]) -> dict[str, object]:
    return {
        column.key: value.isoformat() if isinstance(value, dt.date) else value
        for column, value in zip(table_columns, row, strict=True)
    }


def _markdown(table_columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield f"| {' | '.join(escape.markdown(column.heading or column.key) for column in table_columns)} |"
    first = True
    for row in rows:
        if first:
            aligned = (
                " ---: " if column.right or isinstance(value, int | float) else " --- "
                for column, value in zip(table_columns, row, strict=True)
            )
            yield f"|{'|'.join(aligned)}|"
            first = False
        shown = (
            escape.markdown(shown_cell(value, column.digits, percent=column.percent))
            for column, value in zip(table_columns, row, strict=True)
        )
        yield f"| {' | '.join(shown)} |"
    if first:
        yield f"|{'|'.join(' --- ' for _ in table_columns)}|"


def _text(table_columns: Sequence[Column], rows: Sequence[Sequence[Cell]], style: Style) -> Iterator[str]:
    """Yield aligned lines. On a terminal that is too narrow, the widest column of text is shortened."""
    shown = [
        [
            escape.terminal(shown_cell(value, column.digits, percent=column.percent))
            for column, value in zip(table_columns, row, strict=True)
        ]
        for row in rows
    ]
    headings = [column.heading or column.key for column in table_columns]
    right = [
        column.right or any(isinstance(row[n], int | float) for row in rows)
        for n, column in enumerate(table_columns)
    ]
    widths = [
        max([columns(headings[n]), *(columns(row[n]) for row in shown)]) for n in range(len(table_columns))
    ]
    if style.width is not None:
        texts = [n for n in range(len(widths)) if not (right[n] or table_columns[n].whole)]
        while texts and sum(widths) + 2 * (len(widths) - 1) > style.width:
            widest = max(texts, key=lambda n: widths[n])
            if widths[widest] <= NARROWEST:
                break
            widths[widest] -= 1
    for cells in ([headings] if any(headings) else []), shown:
        for row in cells:
            yield "  ".join(_aligned(cell, widths[n], right[n]) for n, cell in enumerate(row)).rstrip()


def _aligned(text: str, wide: int, right: bool) -> str:
    text = shorten(text, wide)
    space = " " * (wide - columns(text))
    return space + text if right else text + space


def shown_cell(value: Cell, digits: int = 2, *, percent: bool = False) -> str:
    """Return a value as shown to people.

    >>> shown_cell(1234), shown_cell(0.5), shown_cell(None), shown_cell(dt.date(2024, 7, 25))
    ('1,234', '0.50', '', '2024-07-25')
    >>> shown_cell(0.125, percent=True)
    '12.50%'
    """
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.{digits}{'%' if percent else 'f'}}"
    return value.isoformat() if isinstance(value, dt.date) else str(flat_cell(value))


def write_spreadsheet(file: Path, table_columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table to an XLSX file: numbers as numbers, text and headings as text that no spreadsheet takes for a formula.

    Returns the number of texts that were cut because they are longer than a cell can be. Raises
    :class:`~newssearch.NewssearchError` if the package for that is not installed.
    """
    from newssearch.export.workbook import SheetColumn, write_workbook  # only spreadsheets need it

    values = (map(_sheet_value, table_columns, row) for row in rows)
    columns = [SheetColumn(column.key, column.heading, column.percent) for column in table_columns]
    return write_workbook(file, columns, map(list, values))


def _sheet_value(column: Column, value: Cell) -> str | int | float | dt.date | None:
    """Return the value of a cell in a spreadsheet: numeric texts as numbers, other texts on one line unless ``broken``."""
    flat = flat_cell(value)
    if isinstance(flat, str):
        if column.numeric and (number := parse_number(flat)) is not None:
            return number
        return flat if column.broken else escape.terminal(flat)
    return flat
