"""The command ``kwic``, which shows the words around the matches of a query."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from newssearch.corpus.concordance import LINE_SORTS, MAX_WIDTH, Concordance
from newssearch.display.brief import many
from newssearch.request import Request
from newssearch.results import left_out

from .combinations import check_lines
from .console import print_diagnostics, without_surrogates
from .opening import opened_index
from .options import query_options, table_options
from .recording import clock, recorder, with_receipt
from .rendering.concordance import LINE_COLUMNS, row, text_concordance
from .tables import note_page, output_format, print_table


@click.command("kwic", short_help="Show each occurrence of QUERY on a line, in its context.")
@query_options
@click.option(
    "--width", default=10, show_default=True, type=click.IntRange(1, MAX_WIDTH), metavar="WORDS",
    help="Words of context on each side.",
)  # fmt: skip
@click.option(
    "--sort", type=click.Choice(LINE_SORTS), default="relevance", show_default=True,
    help="Order of the lines: by their articles (relevance; newest or oldest by date), by the words to the right, or by the"
    " words to the left, the last word first.",
)  # fmt: skip
@click.option(
    "-n", "--limit", default=50, show_default=True, type=click.IntRange(0), metavar="N",
    help="Number of lines to show.",
)  # fmt: skip
@click.option(
    "--offset", default=0, type=click.IntRange(0), metavar="N", help="Number of lines to skip first."
)
@click.option(
    "--sample", type=click.IntRange(1), metavar="N", help="Draw N occurrences at random, and sort only these."
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), metavar="N", help="Number that chooses the sample: the same draws the same lines.  [default: 0]"
)  # fmt: skip
@table_options
@with_receipt
@click.pass_context
def kwic_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    output: Path | None,
    format_: str,
    **options: Any,
) -> int:
    """Show each occurrence of QUERY in a paragraph on a line of its own, between the words around it (key word in context).

    Headlines have no lines. Data formats have the address, date, outlet and title of each line, its left context, match and
    right context, and as `start`, after how many characters of the paragraph the left context begins.
    """
    check_lines(context)
    shape = output_format(context)
    text = without_surrogates(" ".join(words))
    of_lines = {
        name: options.pop(name) for name in ("timeout", "width", "sort", "limit", "offset", "sample", "seed")
    }
    request = Request(**options, now=clock())
    with opened_index(folder, of_lines["timeout"]) as opened:
        found = opened.kwic(text, request, **of_lines)
        if (recording := recorder()) is not None:
            recording.search(opened, text, request, timeout=of_lines["timeout"])
            if found.sample is not None:
                all_of_them = many(found.total_occurrences, "occurrence")
                recording.drawn = f"{found.sample:,} of {all_of_them}, drawn with seed {found.seed}"
    print_diagnostics(found.diagnostics, text)
    if found.sample is not None and found.sample != of_lines["sample"]:
        click.echo(f"note: {_sampled(found)}", err=True)
    left = left_out(found.undated, found.imprecise)
    if left and shape not in ("text", "json"):
        click.echo(f"note: {left}", err=True)
    print_table(
        output,
        shape,
        LINE_COLUMNS,
        map(row, found),
        found.head(),
        {"text": lambda style: text_concordance(found, style)},
    )
    note_page(output, shape, len(found), found.total_lines, "line", offset=found.offset)
    return 0


def _sampled(found: Concordance) -> str:
    """Return the note that the lines sorted by words are only a random sample."""
    return (
        f"of {many(found.total_occurrences, 'occurrence')}, a random sample of {found.sample:,} is sorted"
        f" by words (seed {found.seed})"
    )
