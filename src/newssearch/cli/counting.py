"""The command ``count``, which counts articles by the values of fields and over time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from newssearch.corpus.table import EXTENT_NAMES, MEASURES, Table
from newssearch.display import escape
from newssearch.fields import DATE_FACETS, FACET_FIELDS
from newssearch.request import Request

from .combinations import check_count
from .console import print_diagnostics, without_surrogates
from .opening import opened_index
from .options import query_options, table_options
from .recording import clock, read_input, recorder, with_receipt
from .rendering.counts import count_lines, count_remarks, count_rows, left_to_long, period_remarks
from .tables import output_format, print_table

TOP_ROWS, TOP_COLUMNS = 25, 10
"""The default numbers of values shown in text and Markdown: in rows, and in the columns of a cross table."""


@click.command("count", short_help="Count articles by outlet, by month, or by any field.")
@query_options
@click.option(
    "--by", multiple=True, metavar="FIELD",
    help=f"Count by {', '.join(FACET_FIELDS)}, or a field of your own; date: by the unit of time that suits. Twice for a"
    " cross table.",
)  # fmt: skip
@click.option("--share", is_flag=True, help="Also the share of all articles that pass the filters.")
@click.option("--paragraphs", is_flag=True, help="Also the paragraphs that match.")
@click.option("--sentences", is_flag=True, help="Also the sentences with an occurrence.")
@click.option(
    "--occurrences", is_flag=True,
    help="Also the occurrences of the words and phrases of QUERY in paragraphs; headlines are not counted.",
)  # fmt: skip
@click.option(
    "--per-million", is_flag=True,
    help="Also the occurrences per million words of all articles that pass the filters.",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(1), metavar="N",
    help=f"Tell N values of a field apart, and count the others together.  [default: {TOP_ROWS} in text and Markdown,"
    f" {TOP_COLUMNS} in columns; otherwise all]",
)  # fmt: skip
@click.option(
    "--long",
    is_flag=True,
    help="Print a row for each cell of a cross table, and for each query of --queries.",
)
@click.option(
    "--queries", "queries_file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Count several queries, each a line of FILE: a query, or a name, a tab and a query. - is standard input.",
)  # fmt: skip
@table_options
@with_receipt
@click.pass_context
def count_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    output: Path | None,
    format_: str,
    by: tuple[str, ...],
    top: int | None,
    long: bool,
    queries_file: Path | None,
    timeout: float | None,
    **options: Any,
) -> int:
    """Count the articles that match QUERY: by the values of a field, over time, or both in a cross table.

    \b
    newssearch count ebola --by month --share
    newssearch count ebola --by outlet --by year --occurrences
    newssearch count --queries names.txt --by week --format csv

    The numbers are those of a search with the same filters. Periods without a match are included, from the first to the
    last with one, or all between --since and --until.
    """
    check_count(context)
    shape = output_format(context)
    measures = [name for name in MEASURES if options.pop(name, False)] or ["articles"]
    request = Request(**options, now=clock())
    text = without_surrogates(" ".join(words))
    several = _queries_in(queries_file, by) if queries_file is not None else None
    most = (TOP_ROWS, TOP_COLUMNS) if shape in ("text", "md") else (None, None)
    with opened_index(folder, timeout) as opened:
        table = opened.table(
            several or text,
            request,
            by=by,
            measures=measures,
            top=most[: len(by)] if top is None else top,
            timeout=timeout,
        )
        if (recording := recorder()) is not None:
            for name, query in (several or {"": text}).items():
                recording.search(opened, query, request, name, timeout=timeout)
        numeric = {own.name for own in opened.own_fields if own.kind == "number"}
    _print_notes(table, shape, long=long)
    found = count_rows(table, long=long, labels=False, numeric=numeric)
    print_table(
        output,
        shape,
        found.columns,
        found.rows,
        special={shape: lambda style: count_lines(table, shape, style, long=long)},
    )
    return 0


def _queries_in(file: Path, by: Collection[str]) -> Mapping[str, str]:
    """Return the queries of a file by name. Raises UsageError for a name that another column of the table has."""
    try:
        found = named_queries(read_input("queries_file", file))
    except FileNotFoundError:
        raise click.UsageError(f"--queries: there is no file {file}.") from None
    others = {*by, *EXTENT_NAMES, "query", *(DATE_FACETS if "date" in by else ())} if by else set()
    for name in found:
        if name in others:
            raise click.UsageError(
                f"--queries: {name} is the name of another column; give the query another."
            )
    return found


def named_queries(text: str) -> Mapping[str, str]:
    """Return the queries of a text by name: each line is a query, or a name, a tab and a query.

    Empty lines and comments, which are ``#`` alone or before a space, are left out. A query without a name has itself as
    name. Raises UsageError for a line without a query, for two queries with the same name, and if there is none.

    >>> named_queries("# names\\n\\nebola\\nflu\\tinfluenza OR flu\\n#metoo")
    {'ebola': 'ebola', 'flu': 'influenza OR flu', '#metoo': '#metoo'}
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.split()[0] == "#":
            continue
        name, tab, query = line.partition("\t")
        name, query = name.strip(), (query if tab else line).strip()
        if not name or not query:
            raise click.UsageError(f"--queries: line {number} is no name, tab and query.")
        if name in found:
            raise click.UsageError(f"--queries: line {number} has the name of another query, {name}.")
        found[name] = query
    if not found:
        raise click.UsageError("--queries: there is no query.")
    return found


def _print_notes(table: Table, shape: str, *, long: bool) -> None:
    """Print the diagnostics of all queries to standard error, and the remarks that the format cannot hold."""
    for query in table.queries:
        print_diagnostics(query.diagnostics, query.query)
    notes = []
    if shape not in ("json", "jsonl") and (left := left_to_long(table, long=long)):
        notes.append(left)
    if shape in ("csv", "jsonl"):
        notes += [*count_remarks(table), *period_remarks(table)]
    for note in notes:
        click.echo(f"note: {escape.terminal(note)}", err=True)
