"""Prints a table in the format that the options of a command ask for, or writes it to a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import click
from click.core import ParameterSource

from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.system.atomic_files import named, patiently, unused_name
from newssearch.system.frozen import FrozenDict
from newssearch.tabular import Cell

from .combinations import check_one_format
from .console import show_line, show_lines, style
from .recording import recorder
from .rendering.layout import Style, in_width
from .rendering.tables import (
    ENDINGS,
    SPREADSHEET,
    Column,
    TableFormat,
    table_lines,
    write_spreadsheet,
)


def output_format(context: click.Context) -> TableFormat:
    """Return the format of the table of a command that has :func:`~newssearch.cli.options.table_options`.

    Raises UsageError for a file whose name states no format, or another than ``--format`` or ``--json``, and if both
    of these are given.
    """
    check_one_format(context)
    file, as_json = context.params["output"], context.params["as_json"]
    format_ = "json" if as_json else cast("TableFormat", context.params["format_"])
    if file is None:
        return format_
    ending = file.suffix.lower()
    if ending != SPREADSHEET and ending not in ENDINGS:
        known = ", ".join([*ENDINGS, SPREADSHEET])
        raise click.UsageError(f"{file.name}: the name must end with the format, one of {known}.")
    said = ENDINGS.get(ending, format_)
    asked = as_json or context.get_parameter_source("format_") is ParameterSource.COMMANDLINE
    if asked and (ending == SPREADSHEET or said != format_):
        option = "--json" if as_json else f"--format {format_}"
        raise click.UsageError(f"{option} contradicts {file.name}: leave out one of them.")
    return said


def print_table(
    file: Path | None,
    format_: TableFormat,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    head: Mapping[str, object] | None = None,
    special: Mapping[TableFormat, Callable[[Style], Iterator[str]]] = FrozenDict(),
) -> None:
    """Print a table in the format of :func:`output_format`, or write it to ``file`` atomically.

    In JSON, ``rows`` follows the keys of ``head``. ``special`` has a function for each format whose lines are not
    those of :func:`~newssearch.cli.rendering.tables.table_lines`; it returns the lines.
    """
    if (recording := recorder()) is not None:
        rows = list(rows)
        recording.output(table_lines("jsonl", columns, rows, Style(None, color=False)))

    def lines(style: Style) -> Iterator[str]:
        if format_ in special:
            return special[format_](style)
        return table_lines(format_, columns, rows, style, head)

    if file is None:
        show_lines(lines(style()))
        return
    temporary = unused_name(file)
    try:
        with named(file, temporary):
            if file.suffix.lower() == SPREADSHEET:
                cut = write_spreadsheet(temporary, columns, rows)
                if cut:
                    from newssearch.export.workbook import MOST_CELL_CHARACTERS  # only spreadsheets need it

                    cells = f"{many(cut, 'text')} cut after {MOST_CELL_CHARACTERS:,} characters, the most that a cell can have"
                    click.echo(f"note: {cells}; --format csv has them whole", err=True)
            else:
                with temporary.open("x", encoding="utf-8", newline="") as stream:
                    for line in lines(Style(None, color=False)):
                        stream.write(f"{line}\n")
            patiently(lambda: temporary.replace(file))
    finally:
        temporary.unlink(missing_ok=True)


def is_for_people(file: Path | None, format_: TableFormat) -> bool:
    """Whether a table is text or Markdown, which only has the columns for people."""
    return format_ in ("text", "md") and not (file is not None and file.suffix.lower() == SPREADSHEET)


def print_dicts(
    file: Path | None,
    format_: TableFormat,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, object]],
    head: Mapping[str, object] | None = None,
) -> None:
    """Print rows that are given as dicts, as :func:`print_table` does; each has the keys of all columns."""
    cells = ([cast("Cell", row[column.key]) for column in columns] for row in rows)
    print_table(file, format_, columns, cells, head)


def print_summary(file: Path | None, format_: TableFormat, *parts: str) -> None:
    """Print the non-empty parts as a line: below a table of text, or for other formats as a note on standard error."""
    line = escape.terminal("; ".join(filter(None, parts)))
    if file is None and format_ == "text":
        show_line("")
        show_lines(in_width(line, style()))
    else:
        click.echo(f"note: {line}", err=True)


def note_page(
    file: Path | None,
    format_: str,
    shown: int,
    total: int,
    noun: str,
    nouns: str = "",
    *,
    offset: int = 0,
) -> None:
    """Note on standard error that data contain only a page of all rows: ``note: 50 of 2,597 lines; -n 2597 for all``.

    Text on standard output states it below the rows, and JSON in its totals. There is no note if no rows were
    requested.
    """
    if not shown or shown >= total or (file is None and format_ in ("text", "json")):
        return
    start = f", from number {offset + 1:,} on" if offset else ""
    click.echo(f"note: {shown:,} of {many(total, noun, nouns)}{start}; -n {total} for all", err=True)
