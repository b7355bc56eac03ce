"""The commands ``export``, which writes all that is found to a file, and ``cite``, which prints the citation of an article."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from newssearch.citations.citation import cited
from newssearch.citations.styles import formatted
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.errors import QueryError
from newssearch.export.bibliography import CITATION_FORMATS, bibliography_parts
from newssearch.export.formats import FORMATS, TEXT_FORMATS
from newssearch.export.plan import EXPORT_MARKS, EXPORT_TEXTS, plan_of
from newssearch.export.workbook import MOST_CELL_CHARACTERS
from newssearch.index import open_index
from newssearch.request import SORTS, Request
from newssearch.results import left_out

from .combinations import check_words
from .console import StandardOutputBytes, print_diagnostics, show_lines, show_text, without_surrogates
from .options import OutputFile, article_named, index_option, query_options
from .recording import FORMAT_KEY, clock, recorder, with_receipt
from .said import tags_and_notes_of


def _names_of_columns(
    context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> tuple[str, ...] | None:
    """Return the names of columns, which may be separated by commas; None if none are given."""
    names = [name.strip() for text in map(without_surrogates, given) for name in text.split(",")]
    return tuple(filter(None, names)) if given else None


@click.command(
    "export", short_help="Write all that is found to a file: rows for a spreadsheet, or citations."
)
@query_options
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    default="relevance",
    show_default=True,
    help="Order of the rows, as in query.",
)
@click.option("--stories", is_flag=True, help="Of articles that tell the same story, only the best.")
@click.option(
    "--all",
    "all_paragraphs",
    is_flag=True,
    help="A row for every matching paragraph, not only the best of each article.",
)
@click.option(
    "--columns",
    multiple=True,
    metavar="NAMES",
    callback=_names_of_columns,
    help="The columns of a table, separated by commas; fields of your own have their names.",
)
@click.option(
    "--text",
    type=click.Choice(EXPORT_TEXTS),
    help="The text of a row: the snippet, the whole best paragraph, the full article, or none. Default: snippet; none in citations.",
)
@click.option(
    "--marks",
    type=click.Choice(EXPORT_MARKS),
    default="none",
    show_default=True,
    help="How matches are marked in texts.",
)
@click.option(
    "--snippet", type=click.IntRange(0), metavar="CHARS", help="Length of snippets; 0 for whole paragraphs."
)
@click.option(
    "--bom", is_flag=True, help="Begin CSV with a byte order mark, by which Excel recognises its letters."
)
@click.option(
    "--raw",
    is_flag=True,
    help="Leave cells of CSV as they are, even if a spreadsheet takes them for formulas.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    help="Output format, if the name of FILE does not say it. Default on standard output: csv.",
)
@click.option(
    "-o",
    "--output",
    type=OutputFile(),
    metavar="FILE",
    help="Write to FILE: its ending says the format, such as .csv, .xlsx or .ris.",
)
@with_receipt
@click.pass_context
def export_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    output: Path | None,
    format_: str | None,
    stories: bool,
    all_paragraphs: bool,
    columns: tuple[str, ...] | None,
    text: str | None,
    marks: str,
    snippet: int | None,
    bom: bool,
    raw: bool,
    timeout: float | None,
    **options: Any,
) -> int:
    """Write all articles that match QUERY to a file, each in a row, or as citations.

    \b
    newssearch export iraq -o iraq.csv                 a table; also .xlsx, .jsonl, .parquet, .arrow
    newssearch export iraq --text full -o iraq.jsonl   with the whole texts
    newssearch export iraq -o iraq.ris                 citations for Zotero; also .bib, .csl.json
    The file has every article that is found, from one state of the index, or it is not written.
    """
    check_words(context)
    if stories and all_paragraphs:
        raise click.UsageError("--stories contradicts --all: leave out one of them.")
    rows = "stories" if stories else "paragraphs" if all_paragraphs else "articles"
    query = without_surrogates(" ".join(words))
    if output is None and format_ is None:
        format_ = "csv"
    form: dict[str, Any] = {
        "rows": rows,
        "columns": columns,
        "text": text,
        "marks": marks,
        "bom": bom,
        "raw": raw,
    }
    try:
        plan = plan_of(None if output is None else str(output), format_, **form)
    except QueryError as error:
        raise click.UsageError(str(error)) from None
    name = context.meta[FORMAT_KEY] = plan.format.name
    recording = recorder()
    is_check = recording is not None and recording.before is not None
    if output is None and name not in TEXT_FORMATS and not is_check and sys.stdout.isatty():
        raise click.UsageError(f"{name} is nothing for a terminal: write it to a file with -o.")
    if snippet is not None:
        options["snippet"] = snippet
    request = Request(**options, now=clock())
    with open_index(folder) as opened:
        if recording is not None:
            asked = request.replace(group=stories, all_paragraphs=all_paragraphs)
            recording.search(opened, query, asked, timeout=timeout)
            with opened.scan(query, asked, content="texts", timeout=timeout) as scan:
                recording.hits(scan, said=plan.columns_of_tags)
            if is_check:
                return 0
        file = output if output is not None else cast("BinaryIO", StandardOutputBytes())
        report = opened.export(query, file, request, format=name, timeout=timeout, **form)
    print_diagnostics(report.diagnostics, query)
    noun, nouns = {"stories": ("story", "stories"), "paragraphs": ("paragraph", "")}.get(
        rows, ("article", "")
    )
    notes = [f"{many(report.rows, noun, nouns)}{'' if output is None else f' written to {output}'}"]
    if report.cut:
        notes.append(
            f"{many(report.cut, 'text')} cut after {MOST_CELL_CHARACTERS:,} characters, the most that a cell can have; csv has them whole"
        )
    notes += filter(None, [left_out(report.undated, report.imprecise)])
    for note in notes:
        click.echo(f"note: {escape.terminal(note)}", err=True)
    return 0


@click.command("cite", short_help="Print the citation of an article.")
@click.argument("article_ids", nargs=-1, required=True, metavar="ID...")
@index_option
@click.option(
    "--style",
    metavar="STYLE",
    default="apa",
    show_default=True,
    help="bibtex, biblatex, ris, csljson; or a style of citations: apa, chicago, harvard, ieee, mla, vancouver, the name of another, a file.csl.",
)
def cite_command(article_ids: tuple[str, ...], folder: Path, style: str) -> int:
    """Print the citation of each article: for a bibliography in a style, or for a reference manager.

    ID is an id, the end of one, or key:KEY. Styles need `pip install newssearch[cite]`; formats of reference managers do not.
    """
    with open_index(folder) as opened:
        articles = [article_named(opened, without_surrogates(one).partition("#")[0]) for one in article_ids]
        said = tags_and_notes_of(opened, *(one.id for one in articles))
    citations = [cited(article, keywords=said[article.id].tags) for article in articles]
    if style.lower() in CITATION_FORMATS:
        show_text("".join(bibliography_parts(style.lower(), citations)))
    else:
        show_lines(map(escape.terminal, formatted(citations, without_surrogates(style))))
    return 0
