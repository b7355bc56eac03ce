"""The command ``review``, which writes what is found as a press review."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import click

from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.errors import QueryError
from newssearch.index import open_index
from newssearch.request import SORTS, Request
from newssearch.results import left_out
from newssearch.review.labels import REVIEW_LABELS
from newssearch.review.plan import REVIEW_FORMATS, REVIEW_GROUPINGS, USUAL_EXCERPT, review_plan

from .combinations import check_words
from .console import StandardOutputBytes, print_diagnostics, without_surrogates
from .options import OutputFile, query_options
from .recording import FORMAT_KEY, clock, recorder, with_receipt


def _text_option(context: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    """Return the text of an option."""
    return None if given is None else without_surrogates(given)


@click.command(
    "review", short_help="Write what is found as a press review: a document to read, print or send."
)
@query_options
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    default="relevance",
    show_default=True,
    help="Order of the articles in each group, and which come first with --limit, as in query.",
)
@click.option(
    "-n", "--limit", type=click.IntRange(1), metavar="N",
    help="Only the first N articles in the order of --sort; the cover says of how many.",
)  # fmt: skip
@click.option(
    "--each-copy", is_flag=True, help="Every article, not only the best of those that tell the same story."
)
@click.option(
    "--group-by",
    type=click.Choice(REVIEW_GROUPINGS),
    default="day",
    show_default=True,
    help="Headings of the contents; story needs --each-copy.",
)
@click.option(
    "--excerpt",
    type=click.IntRange(0),
    metavar="N",
    help=f"The N best paragraphs of each article; 0 for headlines alone.  [default: {USUAL_EXCERPT}]",
)
@click.option("--full", is_flag=True, help="The whole text of each article.")
@click.option(
    "--no-marks", "marks", flag_value=False, type=bool, default=True, help="Do not mark the matches of QUERY."
)
@click.option(
    "--title", metavar="TEXT", callback=_text_option, help="Title on the cover.  [default: Press review]"
)
@click.option(
    "--note", metavar="TEXT", callback=_text_option,
    help="A note of the editor on the cover; an empty line begins a paragraph.",
)  # fmt: skip
@click.option(
    "--date", metavar="DATE", callback=_text_option,
    help="Date on the cover.  [default: the day of the index's last commit]",
)  # fmt: skip
@click.option(
    "--labels", type=click.Choice(sorted(REVIEW_LABELS)), default="en", show_default=True,
    help="Language of the words of the review itself, such as Contents.",
)  # fmt: skip
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(REVIEW_FORMATS)),
    help="Output format, if the name of FILE does not say it. Default on standard output: md.",
)
@click.option(
    "-o",
    "--output",
    type=OutputFile(),
    metavar="FILE",
    help="Write to FILE: its ending says the format, .html, .docx, .pdf or .md.",
)
@with_receipt
@click.pass_context
def review_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    output: Path | None,
    format_: str | None,
    timeout: float | None,
    limit: int | None,
    each_copy: bool,
    group_by: str,
    excerpt: int | None,
    full: bool,
    marks: bool,
    title: str | None,
    note: str | None,
    date: str | None,
    labels: str,
    **options: Any,
) -> int:
    """Write the articles that match QUERY as a press review: a cover, the contents, the articles, a summary of the search.

    \b
    newssearch review 'interest rates' --since yesterday -o rates.html   to read, and to print from a browser
    newssearch review 'interest rates' --full -o rates.docx              for Word and LibreOffice
    newssearch review 'interest rates' --group-by outlet -o rates.md     as Markdown
    Each story has one article, with the outlets that have copies of it. All come from one state of the index.
    """
    check_words(context)
    query = without_surrogates(" ".join(words))
    if output is None and format_ is None:
        format_ = "md"
    form: dict[str, Any] = {
        "title": title,
        "note": note,
        "date": date,
        "labels": labels,
        "group_by": group_by,
        "excerpt": excerpt,
        "full": full,
        "each_copy": each_copy,
        "marks": marks,
        "limit": limit,
    }
    request = Request(**options, now=clock())
    try:
        plan = review_plan(None if output is None else str(output), format_, novel=request.novel, **form)
    except QueryError as error:
        raise click.UsageError(str(error)) from None
    name = plan.format.name
    context.meta[FORMAT_KEY] = name
    recording = recorder()
    is_check = recording is not None and recording.before is not None
    if output is None and name in ("docx", "pdf") and not is_check and sys.stdout.isatty():
        raise click.UsageError(f"{name} is nothing for a terminal: write it to a file with -o.")
    with open_index(folder) as opened:
        if recording is not None:
            asked = request.replace(group=not each_copy)
            recording.search(opened, query, asked, timeout=timeout)
            with opened.scan(query, asked, content="texts", timeout=timeout) as scan:
                recording.hits(islice(scan, plan.limit), said=())
            if is_check:
                return 0
        file = output if output is not None else cast("BinaryIO", StandardOutputBytes())
        report = opened.review(query, file, request, format=name, timeout=timeout, **form)
    print_diagnostics(report.diagnostics, query)
    nouns = ("article", "") if each_copy else ("story", "stories")
    of_all = "" if report.listed == report.total else f" of {report.total:,}"
    notes = [f"{many(report.listed, *nouns)}{of_all}{'' if output is None else f' written to {output}'}"]
    notes += filter(None, [left_out(report.undated, report.imprecise)])
    for line in notes:
        click.echo(f"note: {escape.terminal(line)}", err=True)
    return 0
