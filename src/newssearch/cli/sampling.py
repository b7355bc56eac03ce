"""The command ``sample``, which draws articles at random."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import click

from newssearch.corpus.sample import Sample
from newssearch.display.brief import value_label
from newssearch.identity import without_slug
from newssearch.request import Request
from newssearch.results import left_out

from .combinations import check_words
from .console import print_diagnostics, without_surrogates
from .opening import opened_index
from .options import query_options, table_options
from .recording import clock, recorder, with_receipt
from .rendering.tables import Column
from .tables import is_for_people, output_format, print_dicts, print_summary


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
    " section, or a field of your own; date: by the unit of time that suits. Each stratum gets its share of the sample.",
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
    is_short = is_for_people(output, shape)
    if not texts and is_short:
        raise click.UsageError(f"--no-text has no effect with --format {shape}, which has no texts.")
    if equal and by is None:
        raise click.UsageError("--equal has no effect without --by: it is about strata.")
    text = without_surrogates(" ".join(words))
    with opened_index(folder, timeout) as opened:
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
        own_fields = opened.own_fields
        if (recording := recorder()) is not None:
            recording.search(opened, text, request)
            recording.drawn = found.summary
    print_diagnostics(found.diagnostics, text)
    own_number = any(own.name == by and own.kind == "number" for own in own_fields)
    keys = _short_keys(found) if is_short else found.columns
    columns = [
        Column(
            key,
            broken=key == "text",
            whole=key in ("date", "id"),
            numeric=own_number and key == "stratum",
        )
        for key in keys
    ]
    rows = map(_for_people, found.rows()) if is_short else found.rows()
    print_dicts(output, shape, columns, rows, found.head())
    print_summary(output, shape, found.summary, left_out(found.undated, found.imprecise))
    return 0


def _short_keys(sample: Sample) -> tuple[str, ...]:
    """Return the columns for people."""
    strata = () if sample.by is None else ("stratum", "weight")
    outlet = () if sample.by == "outlet" else ("outlet",)
    return ("draw", *strata, "date", *outlet, "title", "id")


def _for_people(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row as people read it: the end of an id is enough, and a date needs no time."""
    stratum = value_label(cast("str | None", row["stratum"]))
    return {
        **row,
        "id": without_slug(str(row["id"])),
        "date": str(row["date"] or "")[:10],
        "stratum": stratum,
    }
