"""The command ``sample``, which draws articles at random."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click

from newssearch.corpus.sample import Sample
from newssearch.display import escape
from newssearch.identity import without_slug
from newssearch.index import open_index
from newssearch.request import Request
from newssearch.results import left_out

from .combinations import check_words
from .console import print_diagnostics, show_line, without_surrogates
from .options import query_options, table_options
from .recording import clock, recorder, with_receipt
from .rendering.tables import Cell, Column
from .tables import output_format, print_table

SHORT_FORMATS = ("text", "md")
"""The formats for people: they list the articles, without texts."""


@click.command("sample", short_help="Draw articles at random, to read and to code.")
@query_options
@click.option(
    "-n", "--size", default=100, show_default=True, type=click.IntRange(1), metavar="N",
    help="Number of articles to draw; all that match if they are fewer.",
)  # fmt: skip
@click.option(
    "--seed", default=0, show_default=True, type=int, metavar="N",
    help="Number that decides which articles are drawn: the same draws the same articles again.",
)  # fmt: skip
@click.option(
    "--by", metavar="FIELD",
    help="Divide the articles into strata: by outlet, source, year, quarter, month, week, day, byline, located, lang,"
    " section, or a field of your own. Each stratum gets its share of the sample.",
)  # fmt: skip
@click.option("--equal", is_flag=True, help="Draw the same number of articles from each stratum.")
@click.option(
    "--no-text",
    "texts",
    flag_value=False,
    type=bool,
    default=True,
    help="Leave out the texts of the articles.",
)
@table_options
@with_receipt
@click.pass_context
def sample_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    output: Path | None,
    format_: str,
    size: int,
    seed: int,
    by: str | None,
    equal: bool,
    texts: bool,
    timeout: float | None,
    **options: Any,
) -> int:
    """Draw articles at random from those that match QUERY, to read and to code.

    The same seed draws the same articles from every index with the same content. Rows are in the order in which the articles
    were drawn, which is random. CSV, JSON, JSON Lines and spreadsheets have all fields, the numbers by which an analysis
    weighs the strata, and the whole text of each article in one cell.
    """
    shape = output_format(context)
    check_words(context)
    is_short = shape in SHORT_FORMATS and not (output is not None and output.suffix.lower() == ".xlsx")
    if not texts and is_short:
        raise click.UsageError(f"--no-text has no effect with --format {shape}, which has no texts.")
    if equal and by is None:
        raise click.UsageError("--equal has no effect without --by: it is about strata.")
    text = without_surrogates(" ".join(words))
    with open_index(folder) as opened:
        request = Request(**options, now=clock())
        found = opened.sample(
            text,
            request,
            size=size,
            seed=seed,
            by=by,
            equal=equal,
            texts=texts and not is_short,
            timeout=timeout,
        )
        if (recording := recorder()) is not None:
            recording.search(opened, text, request)
    print_diagnostics(found.diagnostics, text)
    keys = _short_keys(found) if is_short else found.columns
    columns = [Column(key, broken=key == "text") for key in keys]
    rows = ([cast("Cell", _shown_value(key, row[key], is_short)) for key in keys] for row in found.rows())
    print_table(output, shape, columns, rows, found.head())
    _print_summary(found, to_stdout=output is None and shape == "text")
    return 0


def _short_keys(sample: Sample) -> tuple[str, ...]:
    """Return the columns for people."""
    strata = () if sample.by is None else ("stratum", "weight")
    outlet = () if sample.by == "outlet" else ("outlet",)
    return ("draw", *strata, "date", *outlet, "title", "id")


def _shown_value(key: str, value: object, is_short: bool) -> object:
    """Return the value of a column: for people, the end of an id is enough, and a date needs no time."""
    if not is_short:
        return value
    if key == "stratum" and value is None:
        return "(none)"
    if isinstance(value, str):
        return without_slug(value) if key == "id" else value[:10] if key == "date" else value
    return value


def _print_summary(sample: Sample, *, to_stdout: bool) -> None:
    """Say how the sample was drawn, and which articles the dates leave out."""
    left = left_out(sample.undated, sample.imprecise)
    line = escape.terminal(sample.summary + (f"; {left}" if left else ""))
    if to_stdout:
        show_line("")
        show_line(line)
    else:
        click.echo(f"note: {line}", err=True)
