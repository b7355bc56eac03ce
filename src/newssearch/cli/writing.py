"""The commands that change an index: ``index`` and ``remove``."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from newssearch.config import Config, column, kept
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.engines.address import store_at
from newssearch.errors import NewssearchError
from newssearch.fields import kept_fields
from newssearch.index import Index, open_index, open_or_create
from newssearch.query import Everything, Query
from newssearch.request import Request, ResolvedRequest, resolve
from newssearch.results import left_out
from newssearch.stopping import StopCheck
from newssearch.text.language_tags import checked_language
from newssearch.text.partial_dates import PartialDate

from .combinations import check_index
from .console import EXIT_REJECTED, print_diagnostics, show_line, without_surrogates
from .opening import opened_index
from .options import (
    article_named,
    filter_options,
    index_option,
    json_option,
    timeout_option,
    wait_option,
)
from .progress import confirmed, confirming, list_removed, print_report, printed_log, progress_bar, stoppable
from .rendering.formats import json_text

if TYPE_CHECKING:
    from newssearch.article import Date
    from newssearch.reports import IndexReport

DEFAULT_PATHS = ("seeds",)
"""The folders that ``newssearch index`` reads if no PATHS are given."""
SHOWN_PATHS = 10
"""The largest number of an index's origins that a message lists."""


@click.command("index", short_help="Add new and changed articles to the index.")
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@index_option
@click.option("--day-first", is_flag=True, help="Read 7-5-2024 as 7 May 2024.")
@click.option("--lang", metavar="TAG", help="Language, such as pt-BR, of articles that state none.")
@click.option(
    "--ocr", is_flag=True, help="Read scans in PDFs by ocrmypdf, in the language of --lang or of the PDF."
)
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Column of a table, or key of a record, that holds a field, such as title=Headline. Repeatable.",
)
@click.option(
    "--keep",
    "kept_columns",
    multiple=True,
    metavar="COLUMN[=KIND]",
    help="Column or key to keep as a field of its own: value (the default), words, number or date. Repeatable.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Files and folders to leave out, such as *.tmp or drafts/**. Repeatable.",
)
@click.option("--prune", is_flag=True, help="Remove articles below PATHS whose file is gone or excluded.")
@click.option(
    "--rebuild",
    "rebuilds",
    is_flag=True,
    help="Make a new index from PATHS alone; it replaces the old one when it is complete.",
)
@click.option("--retry", is_flag=True, help="Read rejected files again.")
@click.option(
    "--watch",
    "watched",
    is_flag=True,
    help="Go on: index files below PATHS that appear or change, until Ctrl-C.",
)
@click.option(
    "--yes",
    is_flag=True,
    help="With --prune or --rebuild: remove more than half of the articles without asking.",
)
@wait_option
@json_option
def index_command(
    paths: tuple[str, ...],
    folder: Path,
    day_first: bool,
    lang: str | None,
    ocr: bool,
    columns: tuple[str, ...],
    kept_columns: tuple[str, ...],
    exclude: tuple[str, ...],
    prune: bool,
    rebuilds: bool,
    retry: bool,
    watched: bool,
    yes: bool,
    wait: float,
    as_json: bool,
) -> int:
    """Bring the index up to date with PATHS: files, folders, globs, or - for JSON Lines on standard input.

    New articles are added, changed ones are replaced, and unchanged files are not read again. Without PATHS, the folder
    seeds/ is read. The settings in newssearch.toml beside the index apply too: `newssearch info --config` shows them.
    """
    if not paths and not Path(DEFAULT_PATHS[0]).is_dir():
        raise click.UsageError(
            "Name files or folders to index: there is no folder seeds/ here." + _read_from(folder)
        )
    files = [path for path in paths or DEFAULT_PATHS if path != "-"]
    check_index(bool(files), rebuilds, prune=prune, retry=retry, exclude=bool(exclude), yes=yes)
    if watched and (rebuilds or len(files) < len(paths)):
        other = "--rebuild, which reads all once" if rebuilds else "standard input, which ends"
        raise click.UsageError(f"--watch contradicts {other}.")
    try:
        mapped = tuple(column(without_surrogates(text)) for text in columns)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--map") from None
    try:
        own = kept_fields([kept(without_surrogates(text)) for text in kept_columns])
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--keep") from None
    if lang is not None:
        try:
            lang = checked_language(without_surrogates(lang))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--lang") from None
    config = store_at("--index", folder).config.with_given(
        day_first=day_first, lang=lang, ocr=ocr, columns=mapped, exclude=exclude, fields=own
    )
    stream = sys.stdin.buffer if "-" in paths else None
    stopped = 0

    def run() -> IndexReport:
        nonlocal stopped
        report, stopped = _run_index(
            folder, files, stream, config, rebuilds=rebuilds, prune=prune, retry=retry, yes=yes, wait=wait
        )
        return report

    def show(report: IndexReport) -> None:
        if watched and as_json:  # a line for each run
            show_line(json_text(report.to_dict(), indent=None))
        else:
            print_report(report, as_json, rebuilds)

    if watched:
        from .watching import watch_files  # a run that ends needs none of it

        report = watch_files(files, folder, run, show, lambda: store_at("--index", folder).generation >= 0)
        return stopped if report.interrupted else 0
    report = run()
    show(report)
    if config.fields and (report.added or report.updated):
        _note_empty_fields(folder, config)
    if report.interrupted:
        return stopped
    if report.refused:
        return NewssearchError.exit_code
    return EXIT_REJECTED if report.rejections else 0


def _read_from(folder: Path) -> str:
    """Return a sentence that lists the origins of the index, or ``""`` if there are none."""
    from newssearch.updating.rebuilding import read_from  # slow to import; a search needs none of it

    paths = [escape.terminal(path) for path in read_from(folder)]
    if not paths:
        return ""
    more = f" and {len(paths) - SHOWN_PATHS:,} more" if len(paths) > SHOWN_PATHS else ""
    return f" The index was made from {', '.join(paths[:SHOWN_PATHS])}{more}."


def _note_empty_fields(folder: Path, config: Config) -> None:
    """Print a note for each configured column that no article has a value of: its name may be wrong."""
    with open_index(folder) as opened:
        kept_names = [row.name for row in opened.own_fields]
        facets = opened.search("", facets=kept_names, limit=0).facets
    for field in config.fields:
        if all(one.value is None for one in facets.get(field.name, ())):
            column = escape.terminal(field.column)
            click.echo(
                f"note: no article has a value of {field.name}: no column or key {column} was found", err=True
            )


def _run_index(
    folder: Path,
    files: Sequence[str],
    stream: BinaryIO | None,
    config: Config,
    *,
    rebuilds: bool,
    prune: bool,
    retry: bool,
    yes: bool,
    wait: float,
) -> tuple[IndexReport, int]:
    """Update or rebuild the index. Return the report, and the exit code to use if a signal interrupted the run."""
    confirm = confirming(yes, asks=stream is None)
    with stoppable() as stop, progress_bar() as progress, printed_log():
        if rebuilds:
            from newssearch.updating.rebuilding import rebuild  # slow to import; a search needs none of it

            report = rebuild(
                folder,
                files,
                config=config,
                confirm=confirm,
                stream=stream,
                wait=wait,
                stop=stop,
                progress=progress,
            )
        else:
            with open_or_create(folder, wait=wait) as opened:
                report = opened.update(
                    files,
                    config=config,
                    prune=prune,
                    confirm=confirm,
                    retry=retry,
                    stream=stream,
                    wait=wait,
                    stop=stop,
                    progress=progress,
                )
    return report, stop.exit_code


@click.command("remove", short_help="Remove articles by id, file, query or filter.")
@click.argument("ids", nargs=-1, metavar="[IDS]...")
@index_option
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="FILE",
    help="Remove the articles of this file or folder, but those that other files hold too. Repeatable.",
)
@click.option("--query", "text", metavar="QUERY", help="Remove the articles that match this query.")
@filter_options
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@timeout_option
@wait_option
@json_option
def remove_command(
    ids: tuple[str, ...],
    folder: Path,
    paths: tuple[str, ...],
    text: str | None,
    yes: bool,
    timeout: float | None,
    wait: float,
    as_json: bool,
    **filters: Any,
) -> int:
    """Remove articles by id (or key:KEY), by file, by query or by filter, after confirmation.

    With ids or files, the query and the filters narrow the choice: --path wire --until 2019 removes the old articles
    of a folder. A removed article comes back only when its file changes or is renamed, or with a rebuild.
    """
    given = {name: value for name, value in filters.items() if value}
    if not (ids or paths or text or given):
        raise click.UsageError("Say what to remove: IDS, --path, --query or a filter.")
    with opened_index(folder, timeout) as opened:
        chosen = _chosen(opened, ids, paths, text, given, StopCheck(timeout))
        if not chosen:
            raise NewssearchError("nothing to remove: no article matches")
        from newssearch.updating import files, removal  # slow to import; a search needs none of it

        among = () if ids else paths
        names = files.all_names(among, store_at("--index", folder).archive.root)
        kept = [one for one in chosen if among and removal.places_left(opened.article(one), names)]
        if not yes:
            gone = sorted({*chosen} - {*kept})
            list_removed((opened.article(article_id) for article_id in gone), len(gone))
            question = f"Remove {many(len(gone), 'article')} from {escape.terminal(opened.address)}?"
            if not confirmed(question):
                raise NewssearchError("nothing was removed")
        with printed_log():
            removed = opened.remove(chosen, paths=among, wait=wait)
    if as_json:
        show_line(json_text({"removed": removed, **({"kept": len(kept)} if kept else {})}, indent=None))
    else:
        show_line(f"{removed:,} removed" + (f", {len(kept):,} kept: other files hold them" if kept else ""))
    return 0


def _left_out(
    opened: Index, parsed: Query, filters: dict[str, Any], among: set[str] | None, check: StopCheck
) -> tuple[int, int]:
    """Return how many articles a search leaves out only because they have no date, or only a month or a year.

    ``among`` are the ids of the articles that count; None for all.
    """
    results = opened.search(parsed, limit=0, timeout=check.remaining, **filters)
    if among is None or not (results.undated or results.imprecise):
        return results.undated, results.imprecise
    dateless = {name: value for name, value in filters.items() if name not in ("since", "until", "on")}
    found = [set(opened.find(parsed, timeout=check.remaining, **chosen)) for chosen in (dateless, filters)]
    meant = among & found[0] - found[1]
    undated = meant & set(opened.find("date:none"))
    request = resolve(Request(**filters), dt.datetime.now())
    imprecise = (
        sum(_is_partly_in(opened.article(one).date, request) for one in meant - undated)
        if results.imprecise
        else 0
    )
    return len(undated), imprecise


def _is_partly_in(date: Date | None, request: ResolvedRequest) -> bool:
    """Whether a date is a month or a year that partly lies in the period of a request."""
    if not isinstance(date, PartialDate):
        return False
    start, end = (
        bound.replace(tzinfo=None) if bound is not None else None for bound in (request.start, request.end)
    )
    begins = dt.datetime.combine(date.first_day, dt.time.min)
    ends = dt.datetime.combine(date.last_day, dt.time.max)
    return (start is None or ends >= start) and (end is None or begins < end)


def _chosen(
    opened: Index,
    ids: Sequence[str],
    paths: Sequence[str],
    text: str | None,
    filters: dict[str, Any],
    check: StopCheck,
) -> list[str]:
    """Return the ids of the articles to remove, sorted.

    These are the articles with the given ids and those of the given files, restricted to matches of the query and the
    filters. Without ids and files, they are all matches of the query and the filters.
    """
    chosen = {article_named(opened, without_surrogates(article_id)).id for article_id in ids}
    for path in paths:
        found = opened.articles_of(path)
        if not found:
            raise NewssearchError(f"no article was read from {path}")
        chosen.update(found)
    if text is not None or filters:
        parsed = opened.parse(without_surrogates(text or ""))
        print_diagnostics(parsed.diagnostics, text or "")
        if text is not None and isinstance(parsed.tree, Everything):
            raise click.UsageError("The query matches every article, and would remove all of them.")
        matching = set(opened.find(parsed, timeout=check.remaining, **filters))
        undated, imprecise = _left_out(opened, parsed, filters, chosen if ids or paths else None, check)
        chosen = chosen & matching if ids or paths else matching
        if note := left_out(undated, imprecise):
            click.echo(f"note: {note}", err=True)
    return sorted(chosen)
