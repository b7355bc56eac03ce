"""Writes an export to a stream or a file, in its format."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from newssearch.hit_columns import ExportColumn, ExportedItem, Value, row_of

from .arrow import write_arrow
from .bibliography import bibliography_parts, citations_of
from .plan import ExportPlan
from .text_tables import csv_export, json_lines
from .workbook import SheetColumn, write_workbook


def write_export(
    stream: BinaryIO,
    plan: ExportPlan,
    columns: Sequence[ExportColumn],
    items: Iterable[ExportedItem],
    about: Mapping[str, object],
    made: dt.datetime,
) -> int:
    """Write items to a stream. ``about`` says what was asked, and ``made`` is the time of the commit.

    Returns the number of texts that the format had to cut.
    """
    name = plan.format.name
    if plan.format.content == "citations":
        _write_text(stream, bibliography_parts(name, citations_of(items, plan.text)))
        return 0
    rows: Iterator[list[Value]] = (row_of(columns, item) for item in items)
    if name == "csv":
        _write_text(stream, csv_export(columns, rows, bom=plan.bom, raw=plan.raw))
    elif name == "jsonl":
        _write_text(stream, json_lines(columns, rows))
    elif name == "xlsx":
        with tempfile.TemporaryDirectory(prefix="newssearch-") as folder:
            file = Path(folder) / "export.xlsx"
            sheet = [SheetColumn(column.name) for column in columns]
            cut = write_workbook(file, sheet, rows, title=str(about["query"]), made=made)
            with file.open("rb") as book:
                shutil.copyfileobj(book, stream)
        return cut
    else:
        write_arrow(name, stream, columns, rows, about)
    return 0


def _write_text(stream: BinaryIO, parts: Iterable[str]) -> None:
    for part in parts:
        stream.write(part.encode("utf-8", "backslashreplace"))
