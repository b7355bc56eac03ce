"""The commands that read an index: ``query``, ``show``, ``story`` and ``info``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from newssearch.asked_facet import AskedFacet
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.engines.address import store_at
from newssearch.errors import NewssearchError
from newssearch.fields import FACET_FIELDS, TAG
from newssearch.index import open_index
from newssearch.query import Everything
from newssearch.request import SORTS, Request
from newssearch.results import Results, left_out
from newssearch.tabular import known_values, unknown_columns

from .combinations import check_hits, check_query
from .console import print_diagnostics, show_line, show_lines, show_text, style, without_surrogates
from .opening import opened_index
from .options import (
    KEY_PREFIX,
    article_named,
    asked_facet_values,
    filter_options,
    hit_options,
    index_option,
    json_option,
    timeout_option,
)
from .recording import clock, recorder, with_receipt
from .rendering.articles import text_article, text_story
from .rendering.formats import (
    OutputFormat,
    csv_related,
    csv_results,
    json_text,
    markdown_related,
    markdown_results,
    paragraph_dict,
)
from .rendering.hits import (
    SHOWN_FACET_VALUES,
    others_lines,
    text_clauses,
    text_names,
    text_related,
    text_results,
)
from .rendering.summaries import text_config, text_info
from .said import tags_and_notes_of
from .tables import note_page


@click.command("query", short_help="Search for QUERY and show the best paragraph of each article.")
@click.argument("words", nargs=-1, metavar="QUERY...")
@index_option
@filter_options
@hit_options
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    default="relevance",
    show_default=True,
    help="Order of the hits: newest or oldest by date, where articles without a date come last; added: the last ones first; id.",
)
@click.option(
    "--all",
    "all_paragraphs",
    is_flag=True,
    help="Show every matching paragraph, not only the best of each article.",
)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FIELD[~TEXT][:N]",
    callback=asked_facet_values,
    help=f"Count articles by {', '.join((*FACET_FIELDS, TAG))}, or a field of your own. outlet:20 lists 20 values, outlet:all"
    f" all; text and Markdown list {SHOWN_FACET_VALUES} unless told. outlet~fox lists those that contain fox. Repeatable.",
)
@click.option(
    "--disjunctive",
    is_flag=True,
    help="Count each facet as if no values of its own field were chosen: what other values would add. Excluded values stay"
    " excluded.",
)
@click.option(
    "--novel", is_flag=True, help="Only paragraphs that no earlier article has, not even as a near copy."
)
@click.option("--names", is_flag=True, help="Find names in other spellings too: Qaddafi also finds Gadhafi.")
@click.option(
    "--synonyms",
    is_flag=True,
    help="Find synonyms, too: those that [synonyms] in newssearch.toml has for the words of QUERY.",
)
@click.option(
    "--any",
    "match",
    flag_value="any",
    default="all",
    help="Find articles with any of the words, not only those with all of them.",
)
@click.option(
    "--expand",
    is_flag=True,
    help="Also order articles by words that the best paragraphs of the first results have. The query with these words is"
    " printed with the totals, to be edited and run again.",
)
@click.option(
    "--strict/--no-strict",
    default=None,
    help="If few articles match, show neither others with some of the words nor those of a corrected QUERY. CSV and JSON"
    " Lines have others only with --no-strict.",
)
@click.option(
    "--count", is_flag=True, help="Print only the number of matching articles, stories and paragraphs."
)
@click.option("--literal", is_flag=True, help="Read QUERY as plain words, without operators.")
@click.option(
    "--explain",
    is_flag=True,
    help="Count the articles of each clause of QUERY separately, and explain the scores.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if nothing matches.")
@timeout_option
@with_receipt
@click.pass_context
def query_command(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    format_: OutputFormat,
    as_json: bool,
    count: bool,
    exit_code: bool,
    timeout: float | None,
    facets: tuple[AskedFacet, ...],
    disjunctive: bool,
    **options: Any,
) -> int:
    """Search for QUERY and show the best paragraph of each article.

    \b
    iraq coalition          articles with both words, in headline or text
    iraq OR syria           articles with either word
    iraq -syria             articles without the second word; also NOT syria
    "security forces"       both words side by side
    (iraq OR syria) war     the second word, and either of the words in parentheses
    If the query starts with "-", put "--" before it: newssearch query -- -syria iraq
    """
    check_query(context)
    text = without_surrogates(" ".join(words))
    format_ = "json" if as_json else format_
    more = options["strict"] is False
    options["strict"] = options["strict"] if format_ not in ("csv", "jsonl") else not more
    most = SHOWN_FACET_VALUES if format_ in ("text", "md") else None
    options["facets"] = [one.facet(default_limit=most, disjunctive=disjunctive) for one in facets]
    with opened_index(folder, timeout) as opened:
        request = Request(**{**options, "limit": 0} if count else options, now=clock())
        results = opened.search(text, request, timeout=timeout)
        if (recording := recorder()) is not None:
            recording.search(opened, text, request, timeout=timeout)
            recording.hits((*results, *results.more), results.facets.values())
    print_diagnostics(results.diagnostics, text)
    if format_ != "json":
        for line in (*text_names(results), *text_clauses(results)):
            click.echo(line, err=True)
    if results.expansion and format_ in ("csv", "jsonl"):
        click.echo(escape.terminal(f"note: expanded to {results.interpretation}"), err=True)
    left = left_out(results.undated, results.imprecise)
    if left and (format_ == "jsonl" or (format_ == "csv" and (results.facets or not count))):
        click.echo(f"note: {left}", err=True)
    if format_ in ("csv", "jsonl"):
        for line in others_lines(results):
            click.echo(f"note: {line}", err=True)
    if count:
        from .rendering import totals  # slow to import, and only this prints them

        show_lines(totals.lines(results, format_, style(), explained=request.explain, named=request.names))
    else:
        _print_results(results, format_, more, request.explain)
        if format_ in ("csv", "jsonl"):
            shown, total = len(results.hits), results.total_hits
            note_page(None, format_, shown, total, "hit", offset=results.offset)
    return 1 if exit_code and not results.total_articles else 0


def _print_results(results: Results, format_: OutputFormat, more: bool, explained: bool) -> None:
    """Print the hits, the facets and the totals in the given format.

    With ``more``, tables have the second part too; with ``explained``, how each score came about.
    """
    if format_ == "json":
        show_line(json_text(results.to_dict()))
    elif format_ == "jsonl":
        unknown = unknown_columns(results.diagnostics)
        rows = (known_values(hit.to_dict(), unknown) for hit in (*results, *results.more))
        show_lines(json_text(row, indent=None) for row in rows)
    elif format_ == "csv":
        show_text(csv_results(results, more=more, explained=explained))
    elif format_ == "md":
        show_lines(markdown_results(results))
    else:
        show_lines(text_results(results, style(), took=sys.stdout.isatty()))


@click.command("show", short_help="Print an article, with the provenance of each field.")
@click.argument("article_id", metavar="ID")
@index_option
@click.option("--query", "text", metavar="QUERY", help="Highlight the matches of this query.")
@json_option
def show_command(article_id: str, folder: Path, text: str | None, as_json: bool) -> int:
    """Print an article: its fields, each with its provenance, and its paragraphs.

    The end of an id is enough: `query` shows it on a narrow terminal. ID#3 prints paragraph 3 alone. key:KEY stands for
    the id of the article with that key.
    """
    wanted, number = without_surrogates(article_id), ""
    if not wanted.startswith(KEY_PREFIX):
        wanted, _, number = wanted.partition("#")
    with open_index(folder) as opened:
        article = article_named(opened, wanted)
        boilerplate, said = opened.boilerplate(article.id), tags_and_notes_of(opened, article.id)[article.id]
        parsed = opened.parse(without_surrogates(text)) if text else None
        chosen = [p for p in article.paragraphs if not number or str(p.number) == number]
        if number and not chosen:
            raise NewssearchError(
                f"{article.id} has no paragraph {number}: it has {many(len(article.paragraphs), 'paragraph')}"
            )
        print_diagnostics(parsed.diagnostics if parsed else (), text or "")
        marked = opened.highlights(article.id, parsed.tree if parsed is not None else Everything())
    shown = {paragraph.number: marked[paragraph.number] for paragraph in chosen}
    if as_json:
        value = article.to_dict()
        value |= {"boilerplate": list(boilerplate), **said.to_dict()}
        value["paragraphs"] = [paragraph_dict(p, shown[p.number], parsed is not None) for p in chosen]
        show_line(json_text(value))
    else:
        show_lines(text_article(article, shown, style(), boilerplate, said))
    return 0


@click.command("related", short_help="Find articles on the subject of an article.")
@click.argument("article_id", metavar="ID")
@index_option
@filter_options
@hit_options
@timeout_option
@click.pass_context
def related_command(
    context: click.Context,
    /,
    article_id: str,
    folder: Path,
    format_: OutputFormat,
    as_json: bool,
    timeout: float | None,
    **options: Any,
) -> int:
    """Find articles on the subject of an article, with the words that each shares with it.

    They are found by the forty words that say most about the article; those near it in date come first. Other versions
    of its story are left out: see `newssearch story`. ID is an id, the end of one, or key:KEY.
    """
    check_hits(context)
    format_ = "json" if as_json else format_
    with opened_index(folder, timeout) as opened:
        wanted = article_named(opened, without_surrogates(article_id)).id
        found = opened.related(wanted, Request(**options), timeout=timeout)
    print_diagnostics(found.diagnostics, "")
    if format_ == "csv":
        show_text(csv_related(found))
    elif format_ == "md":
        show_lines(markdown_related(found))
    elif format_ == "text":
        show_lines(text_related(found, style()))
    else:
        _print_results(found, format_, more=False, explained=True)
    return 0


@click.command("story", short_help="Compare the versions of a story, outlet by outlet.")
@click.argument("article_id", metavar="ID")
@index_option
@click.option("--list", "listed", is_flag=True, help="List the versions without their changes.")
@json_option
@timeout_option
def story_command(article_id: str, folder: Path, listed: bool, as_json: bool, timeout: float | None) -> int:
    """Print the versions of a story: who published it when, and which paragraphs each kept, changed, cut or added.

    Each version is compared with the earliest. ID is the id of any version, the end of that id, or key:KEY.
    """
    with opened_index(folder, timeout) as opened:
        found = opened.story(article_named(opened, without_surrogates(article_id)).id, timeout=timeout)
    if as_json:
        value = found.to_dict()
        if listed:
            value["versions"] = [version.summary() for version in found.versions]
        show_line(json_text(value))
    else:
        show_lines(text_story(found, style(), changes=not listed))
    return 0


@click.command("info", short_help="Summarise what the index holds.")
@index_option
@click.option(
    "--config",
    "configured",
    is_flag=True,
    help="Print the settings of the archive, and where each comes from.",
)
@json_option
def info_command(folder: Path, configured: bool, as_json: bool) -> int:
    """Summarise the index: articles, paragraphs, dates, outlets, sources, languages, size, and the provenance of each field."""
    if configured:
        config = store_at("--index", folder).config
        if as_json:
            show_line(json_text(config.to_dict()))
        else:
            show_lines(text_config(config, style()))
        return 0
    with open_index(folder) as opened:
        held = opened.info()
    if as_json:
        show_line(json_text(held.to_dict()))
    else:
        show_lines(text_info(held, style()))
    return 0
