"""The command line: parses what was typed, calls the API, prints."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from newssearch._version import __version__
from newssearch.config import column, load
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.errors import IndexDamagedError, NewssearchError, QueryError
from newssearch.fields import FACET_FIELDS, FILTERS
from newssearch.highlight.snippets import SNIPPET_LENGTH, snippet
from newssearch.index import Index, open_index, open_or_create
from newssearch.lead import lead
from newssearch.query import Everything, parse, side_by_side
from newssearch.request import SORTS, Request
from newssearch.results import undated
from newssearch.text.analysis import analyser

from . import render
from .combinations import check_index, check_query, check_verify
from .console import (
    NobodyReads,
    clean,
    is_closed,
    print_bug,
    print_caret,
    print_diagnostics,
    print_nowhere,
    show_line,
    show_lines,
    show_text,
    style,
)
from .progress import confirmed, confirming, list_removed, notes, print_report, progress_bar, stoppable

EXIT_INTERRUPTED = 130
"""Broken off by Ctrl-C: what a shell makes of SIGINT."""

EXIT_REJECTED = 4
"""Some input was rejected; the rest is indexed and committed."""

DEFAULT_PATHS = ("seeds",)


class FolderPath(click.Path):
    """The path of a folder, which is never empty: pathlib would take that for the working folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("an empty path names no folder", param, ctx)
        return super().convert(value, param, ctx)


index_option = click.option(
    "--index", "folder", envvar="NEWSSEARCH_INDEX", default="index", show_default=True, metavar="DIR",
    type=FolderPath(path_type=Path), help="The folder of the index (or NEWSSEARCH_INDEX).",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
wait_option = click.option(
    "--wait", default=10.0, show_default=True, type=click.FloatRange(0), metavar="SECONDS",
    help="How long to wait for another writer.",
)  # fmt: skip


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that limit a search to some articles."""
    for name, text in reversed(FILTERS.items()):
        command = click.option(
            f"--{name}", multiple=True, metavar="NAME", help=f"{text} Repeat for any of several."
        )(command)
    for name, text in (
        ("on", "On a date or period."),
        ("until", "Up to a date or period."),
        ("since", "From a date or period on."),
    ):
        command = click.option(f"--{name}", metavar="DATE", help=f"{text}")(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="newssearch")
def cli() -> None:
    """Full-text search over news articles.

    `newssearch index` reads articles and splits them into paragraphs; `newssearch query` finds them again.
    """


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@index_option
@click.option("--day-first", is_flag=True, help="Read 7-5-2024 as the 7th of May.")
@click.option(
    "--lang", metavar="TAG", help="The language of articles that do not state theirs, as en or pt-BR."
)
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="The column of a table, or the key of a record, that holds a field, as in title=Headline. Repeatable.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Files and folders not to read, as *.tmp or drafts/**. Repeatable.",
)
@click.option("--prune", is_flag=True, help="Remove articles below PATHS whose file is gone, or excluded.")
@click.option(
    "--rebuild",
    "anew",
    is_flag=True,
    help="Make a new index from PATHS alone; it replaces the old when whole.",
)
@click.option("--retry", is_flag=True, help="Read again what was rejected before.")
@click.option(
    "--yes", is_flag=True, help="With --prune or --rebuild: do not ask before more than half is removed."
)
@wait_option
@json_option
def index(
    paths: tuple[str, ...],
    folder: Path,
    day_first: bool,
    lang: str | None,
    columns: tuple[str, ...],
    exclude: tuple[str, ...],
    prune: bool,
    anew: bool,
    retry: bool,
    yes: bool,
    wait: float,
    as_json: bool,
) -> int:
    """Bring the index up to date with PATHS: files, folders, globs, or - for JSON Lines on standard input.

    New articles are added, changed ones replaced, unchanged files not read again. Without PATHS, reads seeds/. What
    newssearch.toml beside the index says holds too; see `newssearch info --config`.
    """
    if not paths and not Path(DEFAULT_PATHS[0]).is_dir():
        raise click.UsageError("Name files or folders to index: there is no folder seeds/ here.")
    wanted = [path for path in paths or DEFAULT_PATHS if path != "-"]
    check_index(bool(wanted), anew, prune=prune, retry=retry, exclude=bool(exclude), yes=yes)
    stream = sys.stdin.buffer if "-" in paths else None
    try:
        mapped = tuple(column(clean(text)) for text in columns)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--map") from None
    config = load(folder.absolute().parent).with_given(
        day_first=day_first, lang=lang, columns=mapped, exclude=exclude
    )
    confirm = confirming(yes, asks=stream is None)
    with stoppable() as stop, progress_bar() as progress, notes():
        if anew:
            from newssearch.updating.rebuilding import (
                rebuild,
            )  # slow to import, and a search needs none of it

            report = rebuild(
                folder,
                wanted,
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
                    wanted,
                    config=config,
                    prune=prune,
                    confirm=confirm,
                    retry=retry,
                    stream=stream,
                    wait=wait,
                    stop=stop,
                    progress=progress,
                )
    print_report(report, as_json, anew)
    if report.interrupted:
        return stop.exit_code
    if report.refused:
        return NewssearchError.exit_code
    return EXIT_REJECTED if report.rejections else 0


@cli.command()
@click.argument("words", nargs=-1, metavar="QUERY...")
@index_option
@filter_options
@click.option("-n", "--limit", default=10, show_default=True, type=click.IntRange(0), help="Hits to show.")
@click.option("--offset", default=0, type=click.IntRange(0), help="Hits to pass over first.")
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True)
@click.option(
    "--all",
    "all_paragraphs",
    is_flag=True,
    help="List every matching paragraph, not the best of each article.",
)
@click.option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FIELD",
    help=f"Count articles by {', '.join(FACET_FIELDS)}. Repeatable.",
)
@click.option(
    "--snippet",
    default=SNIPPET_LENGTH,
    show_default=True,
    type=click.IntRange(0),
    metavar="CHARS",
    help="Length of snippets; 0 for whole paragraphs.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "jsonl", "csv", "md"]),
    default="text",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--no-group",
    "group",
    flag_value=False,
    type=bool,
    default=True,
    help="Show every copy of a story, not only the best.",
)
@click.option("--novel", is_flag=True, help="Only paragraphs that no earlier article of the index has.")
@click.option("--names", is_flag=True, help="Look for names in other spellings too: Qaddafi, Gadhafi.")
@click.option("--count", is_flag=True, help="Print only how many articles, stories and paragraphs match.")
@click.option("--literal", is_flag=True, help="Take QUERY as words and nothing else.")
@click.option("--explain", is_flag=True, help="Count the articles of each clause of QUERY by itself.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when nothing matches.")
@click.pass_context
def query(
    context: click.Context,
    /,
    words: tuple[str, ...],
    folder: Path,
    format_: render.Format,
    as_json: bool,
    count: bool,
    exit_code: bool,
    **options: Any,
) -> int:
    """Search for QUERY, and show the best paragraph of each article.

    \b
    iraq coalition          articles with both words, headline included
    iraq OR syria           either;  NOT syria, -syria: without
    "security forces"       side by side;  ( ) for groups
    Put a query that begins with a minus behind --, as in: newssearch query -- -syria iraq
    """
    check_query(context)
    text = clean(" ".join(words))
    with open_index(folder) as opened:
        request = Request(**{**options, "limit": 0} if count else options)
        results = opened.search(text, request)
    print_diagnostics(results.diagnostics, text)
    if format_ != "json" and not as_json:
        for line in (*render.text_names(results), *render.text_clauses(results)):
            click.echo(line, err=True)
    format_ = "json" if as_json else format_
    if results.undated and (format_ == "jsonl" or (format_ == "csv" and (results.facets or not count))):
        click.echo(f"note: {undated(results.undated)}", err=True)
    if count:
        from . import totals  # slow to import, and only this prints them

        show_lines(totals.lines(results, format_, style(), explained=request.explain, named=request.names))
    elif format_ == "json":
        show_line(render.as_json(results.to_dict()))
    elif format_ == "jsonl":
        show_lines(render.as_json(hit.to_dict(), indent=None) for hit in results)
    elif format_ == "csv":
        show_text(render.csv_results(results))
    elif format_ == "md":
        show_lines(render.markdown_results(results))
    else:
        show_lines(render.text_results(results, style(), took=sys.stdout.isatty()))
    return 1 if exit_code and not results.total_articles else 0


@cli.command()
@click.argument("article_id", metavar="ID")
@index_option
@click.option("--query", "text", metavar="QUERY", help="Mark what makes the article match this query.")
@json_option
def show(article_id: str, folder: Path, text: str | None, as_json: bool) -> int:
    """Print an article: its fields, how each is known, its paragraphs.

    ID may be the end of an id, as `query` shows it on a narrow terminal; ID#3 prints that paragraph alone.
    """
    wanted, _, number = clean(article_id).partition("#")
    with open_index(folder) as opened:
        article = opened.article(wanted)
    chosen = [p for p in article.paragraphs if not number or str(p.number) == number]
    if number and not chosen:
        raise NewssearchError(f"{article.id} has no paragraph {number}: it has {len(article.paragraphs)}")
    parsed = parse(clean(text)) if text else None
    print_diagnostics(parsed.diagnostics if parsed else (), text or "")
    tree = side_by_side(parsed.tree) if parsed else Everything()
    in_lead = lead(article)
    shown = {p.number: snippet(tree, p.text, analyser(article.lang), 0, p.number in in_lead) for p in chosen}
    if as_json:
        value = article.to_dict()
        value["paragraphs"] = [render.paragraph_dict(p, shown[p.number], parsed is not None) for p in chosen]
        show_line(render.as_json(value))
    else:
        show_lines(render.text_article(article, shown, style()))
    return 0


@cli.command()
@click.argument("article_id", metavar="ID")
@index_option
@click.option("--list", "listed", is_flag=True, help="Only who ran it when, not what each changed.")
@json_option
def story(article_id: str, folder: Path, listed: bool, as_json: bool) -> int:
    """Print who ran the story of an article when, and which paragraphs each kept, changed, cut or added.

    All are compared with the earliest. ID is that of any of them, or its end.
    """
    with open_index(folder) as opened:
        found = opened.story(clean(article_id))
    if as_json:
        told = found.to_dict()
        if listed:
            told["versions"] = [version.summary() for version in found.versions]
        show_line(render.as_json(told))
    else:
        show_lines(render.text_story(found, style(), changes=not listed))
    return 0


@cli.command()
@index_option
@click.option(
    "--config",
    "configured",
    is_flag=True,
    help="Print the settings of the archive, and where each comes from.",
)
@json_option
def info(folder: Path, configured: bool, as_json: bool) -> int:
    """Print what the index holds: articles, paragraphs, dates, outlets, sources, languages, size, and how all is known."""
    if configured:
        config = load(folder.absolute().parent)
        if as_json:
            show_line(render.as_json(config.to_dict()))
        else:
            show_lines(render.text_config(config, style()))
        return 0
    with open_index(folder) as opened:
        held = opened.info()
    if as_json:
        show_line(render.as_json(held.to_dict()))
    else:
        show_lines(render.text_info(held, style()))
    return 0


@cli.command()
@index_option
@click.option(
    "--sample",
    default=100,
    show_default=True,
    type=click.IntRange(0),
    metavar="N",
    help="Articles of each segment whose words are compared with their text.",
)
@click.option("--clean", "cleaned", is_flag=True, help="Remove what runs that were broken off left behind.")
@wait_option
@json_option
@click.pass_context
def verify(
    context: click.Context, /, folder: Path, sample: int, cleaned: bool, wait: float, as_json: bool
) -> int:
    """Look at all of the index: every byte, every text, and whether it all fits together.

    Others may search and write meanwhile. Exits with 3 where anything is not as it was written.
    """
    check_verify(context)
    from newssearch.integrity import verify as look  # slow to import, and a search needs none of it

    with notes():
        found = look(folder, sample=sample, clean=cleaned, wait=wait)
    if as_json:
        show_line(render.as_json(found.to_dict()))
    else:
        show_lines(render.text_verification(found))
    return IndexDamagedError.exit_code if found.damaged else int(not found.sound)


@cli.command()
@click.argument("into", metavar="NEW", type=FolderPath(path_type=Path))
@index_option
@json_option
def salvage(into: Path, folder: Path, as_json: bool) -> int:
    """Save what can still be read of a damaged index into a NEW one.

    The damaged one stays as it is. Only articles that are whole are saved, each as it was indexed; `newssearch index`
    then adds the others again, from their files. Exits with 4 where something was lost.
    """
    from newssearch.integrity import salvage as save  # slow to import, and a search needs none of it

    with notes():
        found = save(folder, into)
    if as_json:
        show_line(render.as_json(found.to_dict()))
    else:
        show_lines(render.text_salvage(found))
    return EXIT_REJECTED if found.lost or found.problems else 0


@cli.command()
@click.argument("ids", nargs=-1, metavar="[IDS]...")
@index_option
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="FILE",
    help="Remove the articles that were read from this file, or folder.",
)
@click.option("--query", "text", metavar="QUERY", help="Remove all articles that match this query.")
@filter_options
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
@json_option
def remove(
    ids: tuple[str, ...],
    folder: Path,
    paths: tuple[str, ...],
    text: str | None,
    yes: bool,
    wait: float,
    as_json: bool,
    **filters: Any,
) -> int:
    """Remove articles by id, by file, by query or by filters, after asking.

    A query and filters beside ids or files narrow them: --path wire --until 2019 means the old ones of a folder. They
    come back only when the file that they were read from changes, or on a rebuild.
    """
    given = {name: value for name, value in filters.items() if value}
    if not (ids or paths or text or given):
        raise click.UsageError("Say what to remove: IDS, --path, --query or a filter.")
    with open_index(folder) as opened:
        chosen = _chosen(opened, ids, paths, text, given)
        if not chosen:
            raise NewssearchError("nothing to remove: no article matches")
        if not yes:
            list_removed((opened.article(article_id) for article_id in chosen), len(chosen))
            question = f"Remove {many(len(chosen), 'article')} from {escape.terminal(str(folder))}?"
            if not confirmed(question):
                raise NewssearchError("nothing was removed")
        with notes():
            removed = opened.remove(chosen, wait=wait)
    show_line(render.as_json({"removed": removed}, indent=None) if as_json else f"{removed:,} removed")
    return 0


def _chosen(
    opened: Index, ids: Sequence[str], paths: Sequence[str], text: str | None, filters: dict[str, Any]
) -> list[str]:
    """The ids of the articles that were meant: single ones and those of files, and of these what query and filters find."""
    chosen = {opened.article(clean(article_id)).id for article_id in ids}
    for path in paths:
        found = opened.articles_of(path)
        if not found:
            raise NewssearchError(f"no article was read from {path}")
        chosen.update(found)
    if text is not None or filters:
        parsed = parse(clean(text or ""))
        print_diagnostics(parsed.diagnostics, text or "")
        if text is not None and isinstance(parsed.tree, Everything):
            raise click.UsageError("The query finds everything: it would remove every article.")
        anyway = {name: value for name, value in filters.items() if name not in ("since", "until", "on")}
        meant = set(opened.find(parsed, **anyway)) & (chosen if ids or paths else set(opened.find()))
        chosen = meant & set(opened.find(parsed, **filters))
        if anyway != filters and (left := meant & set(opened.find("date:none"))):
            click.echo(f"note: {undated(len(left))}", err=True)
    return sorted(chosen)


def _fail(error: NewssearchError) -> int:
    click.echo(f"error: {escape.terminal(str(error))}", err=True)
    if isinstance(error, QueryError):
        print_caret(error.query, error.start, error.end)
    return error.exit_code


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code: see :mod:`newssearch.errors`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(
            stream, "reconfigure"
        ):  # lines end as they are written: CSV has its own ends, on Windows too
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    try:
        code = cli.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="newssearch",
            standalone_mode=False,
            windows_expand_args=False,  # `iraq*` is a query, and patterns of files are expanded where files are read
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.NoSuchOption as error:
        error.show()
        if error.ctx is not None and error.ctx.command is query:
            click.echo(
                "A query that begins with a minus goes behind --, as in: newssearch query -- -syria", err=True
            )
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as error:
        if isinstance(error.__cause__, EOFError):  # click takes any for the end of what a user types
            print_bug(error.__cause__)
            return NewssearchError.exit_code
        click.echo("aborted", err=True)
        return EXIT_INTERRUPTED
    except NewssearchError as error:
        return _fail(error)
    except NobodyReads:
        print_nowhere()
        return 0
    except MemoryError:
        click.echo("error: not enough memory", err=True)
        return NewssearchError.exit_code
    except OSError as error:  # standard output is a full disk, say
        print_nowhere()
        if is_closed(error):
            return 0
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"error: {escape.terminal(f'{where}{error.strerror or error}')}", err=True)
        return NewssearchError.exit_code
    except Exception as error:
        print_bug(error)
        return NewssearchError.exit_code


def main() -> NoReturn:
    """The entry point ``newssearch``."""
    sys.exit(run())
