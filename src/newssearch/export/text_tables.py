"""Exports as CSV and as JSON Lines."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence

from newssearch.article import utc
from newssearch.hit_columns import ExportColumn, Value
from newssearch.snippet import Snippet
from newssearch.tabular import Cell, csv_parts

BOM = "\ufeff"
"""The byte order mark, by which Excel recognises UTF-8."""


def csv_export(
    columns: Sequence[ExportColumn], rows: Iterable[Sequence[Value]], *, bom: bool, raw: bool
) -> Iterator[str]:
    """Yield an export as CSV (RFC 4180) in parts.

    No spreadsheet takes a cell for a formula, and each row is on one line but for whole texts, unless ``raw`` leaves all
    cells as they are.
    """
    if bom:
        yield BOM
    names = [column.name for column in columns]
    cells = ([_cell(value) for value in row] for row in rows)
    yield from csv_parts(names, cells, {n for n, name in enumerate(names) if name == "text"}, raw=raw)


def json_lines(columns: Sequence[ExportColumn], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """Yield an export as JSON Lines: each row an object with the columns as keys, several texts as a list."""
    names = [column.name for column in columns]
    for row in rows:
        value = {name: _json_type(one) for name, one in zip(names, row, strict=True)}
        yield f"{json.dumps(value, ensure_ascii=False)}\n"


def unmarked(value: Value) -> Cell:
    """Return a value without the highlights of a snippet, with an ellipsis where it is cut."""
    return "".join(part for part, _ in value.parts()) if isinstance(value, Snippet) else value


def _cell(value: Value) -> Cell:
    value = unmarked(value)
    return utc(value) if isinstance(value, dt.datetime) else value


def _json_type(value: Value) -> object:
    value = _cell(value)
    return value.isoformat() if isinstance(value, dt.date) else value
