"""Rows of named columns as CSV, for the command line and the HTTP API; hits as such rows."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from newssearch.display import escape
from newssearch.extra import shown
from newssearch.fields import COLUMNS_OF_TAGS, HIT_COLUMNS, UNREAD_TAGS
from newssearch.query import Diagnostic
from newssearch.results import Hit

Cell = str | int | float | dt.date | list[str] | None
"""The type of a value in a table. None stands for an empty cell; a list of texts is a list in JSON, and else one text."""

SPREADSHEET_DESCRIPTION = "newssearch"
"""The description among the properties of a spreadsheet that newssearch wrote, by which it is recognised."""
PART_SIZE = 1 << 16
"""The number of characters after which a part of CSV is handed on."""


def csv_parts(
    columns: Iterable[str], rows: Iterable[Sequence[Cell]], broken: Collection[int] = (), *, raw: bool = False
) -> Iterator[str]:
    """Yield CSV (RFC 4180) in parts that end with a row: a row of the columns, then the given rows.

    No spreadsheet takes a cell for a formula; fractions have all their digits. ``broken`` are the numbers of the columns
    whose cells keep their line breaks. If ``raw``, all cells stay as they are.
    """
    import csv  # slow to import, and seldom needed

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column if raw else escape.cell(column) for column in columns])
    for row in rows:
        cells = list(map(flat_cell, row))
        if not raw:
            cells = [
                escape.cell(value, broken=number in broken) if isinstance(value, str) else value
                for number, value in enumerate(cells)
            ]
        writer.writerow(cells)
        if out.tell() > PART_SIZE:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    if out.tell():
        yield out.getvalue()


def flat_cell(value: Cell) -> str | int | float | dt.date | None:
    """Return a value as one cell: several texts are one, and are separated by semicolons."""
    return "; ".join(value) if isinstance(value, list) else value


def unknown_columns(diagnostics: Iterable[Diagnostic]) -> tuple[str, ...]:
    """Return the columns that tables leave out: tags and notes, if a diagnostic says that their file could not be read."""
    return COLUMNS_OF_TAGS if any(note.kind == UNREAD_TAGS for note in diagnostics) else ()


def hit_columns(unknown: Collection[str] = ()) -> tuple[str, ...]:
    """Return the columns of hits, those of own fields excluded, without the unknown ones."""
    return tuple(name for name in HIT_COLUMNS if name not in unknown)


def known_values(row: Mapping[str, Any], unknown: Collection[str]) -> Mapping[str, Any]:
    """Return a hit as JSON types without unknown values."""
    return {name: value for name, value in row.items() if name not in unknown} if unknown else row


def hit_cells(hit: Hit, row: Mapping[str, Any], unknown: Collection[str] = ()) -> list[Cell]:
    """Return the cells of a hit under :func:`hit_columns`. ``row`` is the hit as JSON types."""
    row = {
        **row,
        "snippet": hit.snippet.plain(),
        "copies": "; ".join(copy.id for copy in hit.copies),
        "tags": "; ".join(hit.tags),
        "notes": "; ".join(note.text for note in hit.notes),
    }
    return [row[name] for name in hit_columns(unknown)]


def own_cells(hit: Hit, own_fields: Iterable[str]) -> list[Cell]:
    """Return the cells of the own fields of a hit; several values are one text."""
    values = (hit.extra.get(name) for name in own_fields)
    return [value if isinstance(value, int | float) else shown(value) for value in values]
