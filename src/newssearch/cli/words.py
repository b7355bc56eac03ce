"""The commands that compare and list words: ``collocates``, ``keywords`` and ``words``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from newssearch.corpus.words import (
    COLLOCATE_MEASURES,
    DEFAULT_LIMIT,
    DEFAULT_MIN_COUNT,
    DEFAULT_SPAN,
    KEYWORD_MEASURES,
    collocates_summary,
    keywords_summary,
)
from newssearch.request import Request

from .console import print_diagnostics, show_lines, without_surrogates
from .opening import opened_index
from .options import index_option, query_options, table_options, timeout_option
from .recording import clock, recorder, with_receipt
from .rendering.tables import Column, TableFormat
from .tables import note_page, output_format, print_table

COLLOCATE_COLUMNS = (
    Column("word"),
    Column("count"),
    Column("left"),
    Column("right"),
    Column("articles"),
    Column("frequency", "in all"),
    Column("expected", digits=1, only_in_data=True),
    Column("log_dice", "logDice"),
    Column("mi", "MI"),
    Column("ll", "LL", 1),
)
KEYWORD_COLUMNS = (
    Column("word"),
    Column("count"),
    Column("articles"),
    Column("per_million", "per million", 1),
    Column("reference_count", "others"),
    Column("reference_per_million", "per million", 1),
    Column("ll", "LL", 1),
    Column("log_ratio", "log ratio"),
)
WORD_COLUMNS = (Column("word"), Column("articles"), Column("occurrences"))
LISTED = ("measure", "min_count", "min_articles", "limit", "all_words")
"""The options that choose the listed words, by the names of their parameters."""


def _span(context: click.Context, parameter: click.Parameter, given: str) -> str:
    """Check the value of ``--span``."""
    try:
        _sides(given)
    except ValueError:
        raise click.BadParameter(
            f"{without_surrogates(given)} is no number of words, as 5 or 0,3 are", context, parameter
        ) from None
    return given


def _sides(span: str) -> tuple[int, int]:
    """Return the numbers of words to the left and to the right that ``--span`` gives: ``5``, or ``2,3``."""
    left, comma, right = span.partition(",")
    return int(left), int(right if comma else left)


def list_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add to a command the options that choose the listed words."""
    for option in (
        click.option("--all-words", is_flag=True, help="List function words (the, of) and numbers too."),
        click.option(
            "--min-articles", default=1, show_default=True, type=click.IntRange(1), metavar="N",
            help="Only words that occur there in N articles or more.",
        ),
        click.option(
            "--min", "min_count", default=DEFAULT_MIN_COUNT, show_default=True, type=click.IntRange(1), metavar="N",
            help="Only words that occur there N times or more.",
        ),
        click.option(
            "-n", "--limit", default=DEFAULT_LIMIT, show_default=True, type=click.IntRange(0), metavar="N",
            help="Number of words to show.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command("collocates", short_help="List the words that occur near QUERY more than elsewhere.")
@query_options
@click.option(
    "--span", default=str(DEFAULT_SPAN), show_default=True, metavar="WORDS", callback=_span,
    help="Words to each side of a match; 0,3 for three to the right alone.",
)  # fmt: skip
@click.option(
    "--measure", type=click.Choice(COLLOCATE_MEASURES), default="logdice", show_default=True,
    help="Order: logDice; mi, mutual information, for rare words; ll, log-likelihood, by evidence.",
)  # fmt: skip
@list_options
@table_options
@with_receipt
@click.pass_context
def collocates_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    output: Path | None,
    format_: str,
    span: str,
    timeout: float | None,
    **options: Any,
) -> int:
    """List the words that occur near the matches of QUERY more often than elsewhere, the strongest first.

    All matches in paragraphs are counted. Words are word forms without case and accents, in their most frequent spelling.
    Copies of an article count like all others: --novel leaves them out.
    """
    shape = output_format(context)
    text = without_surrogates(" ".join(words))
    listed = {name: options.pop(name) for name in LISTED}
    request = Request(**options, now=clock())
    with opened_index(folder, timeout) as opened:
        found = opened.collocates(text, request, span=_sides(span), timeout=timeout, **listed)
        if (recording := recorder()) is not None:
            recording.search(opened, text, request, timeout=timeout)
    print_diagnostics(found.diagnostics, text)
    rows = (word.to_dict() for word in found)
    _print(output, shape, COLLOCATE_COLUMNS, rows, found.head(), collocates_summary(found))
    note_page(output, shape, len(found), found.total, "word")
    return 0


@click.command("keywords", short_help="List the words that mark the articles of QUERY.")
@query_options
@click.option(
    "--against", metavar="QUERY", help="Compare with the articles of this query instead of all others."
)  # fmt: skip
@click.option(
    "--measure", type=click.Choice(KEYWORD_MEASURES), default="ll", show_default=True,
    help="Order: ll, log-likelihood, by evidence; logratio, by the size of the difference.",
)  # fmt: skip
@list_options
@table_options
@with_receipt
@click.pass_context
def keywords_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    output: Path | None,
    format_: str,
    against: str | None,
    timeout: float | None,
    **options: Any,
) -> int:
    """List the words that the articles of QUERY use more than others, with evidence and size of the difference.

    The others are all that pass the filters, or those of a second query; an article of both counts for QUERY. Words are
    word forms without case and accents, in their most frequent spelling. Copies of an article count like all others:
    --novel leaves them out.
    """
    shape = output_format(context)
    text = without_surrogates(" ".join(words))
    if not text.strip():
        raise click.UsageError("QUERY is missing: of all articles, there are no others to compare with.")
    other = None if against is None else without_surrogates(against)
    listed = {name: options.pop(name) for name in LISTED}
    request = Request(**options, now=clock())
    with opened_index(folder, timeout) as opened:
        found = opened.keywords(text, request, against=other, timeout=timeout, **listed)
        if (recording := recorder()) is not None:
            recording.search(opened, text, request, timeout=timeout)
            if other is not None:
                recording.search(opened, other, request, "compared with", timeout=timeout)
    print_diagnostics(found.diagnostics, text)
    if found.target.articles and not found.reference.articles:
        click.echo("note: there are no other articles to compare with", err=True)
    rows = (word.to_dict() for word in found)
    _print(output, shape, KEYWORD_COLUMNS, rows, found.head(), keywords_summary(found))
    note_page(output, shape, len(found), found.total, "word")
    return 0


@click.command("words", short_help="List the words of the index that begin with PREFIX.")
@click.argument("prefix", default="", metavar="[PREFIX]")
@index_option
@click.option(
    "-n", "--limit", default=20, show_default=True, type=click.IntRange(0), metavar="N", help="Number of words to show."
)  # fmt: skip
@table_options
@timeout_option
@click.pass_context
def words_command(
    context: click.Context,
    /,
    prefix: str,
    folder: Path,
    output: Path | None,
    format_: str,
    limit: int,
    timeout: float | None,
) -> int:
    """List the words of the index that begin with PREFIX, the most frequent first, with their numbers of articles and
    occurrences in paragraphs and headlines. Without PREFIX, list the most frequent words.

    Words are word forms without case and accents, in their most frequent spelling.
    """
    shape = output_format(context)
    prefix = without_surrogates(prefix)
    with opened_index(folder, timeout) as opened:
        found = opened.words(prefix, limit + 1, timeout=timeout)
    more, found = len(found) > limit, found[:limit]
    _print(output, shape, WORD_COLUMNS, (word.to_dict() for word in found), {"prefix": prefix}, "")
    if more and limit:
        click.echo(f"note: the {limit:,} most frequent words; a larger -n lists more", err=True)
    return 0


def _print(
    output: Path | None,
    shape: TableFormat,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    head: Mapping[str, object],
    summary: str,
) -> None:
    """Print a table of words, or write it to a file. The summary follows a table for reading on standard output."""
    print_table(output, shape, columns, ([row[column.key] for column in columns] for row in rows), head)
    if summary and shape == "text" and output is None:
        show_lines(iter(["", summary]))
