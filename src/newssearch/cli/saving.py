"""The commands ``save`` and ``saved``, for searches under a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from newssearch.alerts.api import Alerts
from newssearch.alerts.saved import ALL, DEFAULT_ALERT_LIMIT, NOW, SavedSearch
from newssearch.display.brief import many
from newssearch.highlight.snippets import SNIPPET_LENGTH
from newssearch.index import open_index
from newssearch.request import SORTS, Request

from .combinations import check_words
from .console import print_diagnostics, show_line, show_lines, style, without_surrogates
from .options import index_option, json_option, query_options, wait_option
from .rendering.alerts import STATUS_COLUMNS, status_row, text_status
from .rendering.formats import json_text
from .rendering.tables import table_lines


@click.command("save", short_help="Save a search under a name, to be alerted of new articles.")
@click.argument("name", metavar="NAME")
@query_options
@click.option(
    "--sort", type=click.Choice(SORTS), default="relevance", show_default=True, help="Order of new articles."
)
@click.option(
    "--snippet", default=SNIPPET_LENGTH, show_default=True, type=click.IntRange(0), metavar="CHARS",
    help="Length of snippets; 0 for whole paragraphs.",
)  # fmt: skip
@click.option(
    "--to", "outputs", multiple=True, metavar="OUTPUT",
    help="Where new articles go: ndjson:FILE, atom:FILE, mail:ADDRESS, exec:COMMAND, shell:COMMAND, webhook:URL, stdout."
    " Repeatable; without it, `newssearch alert run` prints them.",
)  # fmt: skip
@click.option(
    "--from", "start", default=NOW, show_default=True, metavar=f"{NOW}|{ALL}|DATE",
    help="What the first run reports: nothing that is found already, all of it, or what is dated from DATE on.",
)  # fmt: skip
@click.option(
    "-n", "--limit", default=DEFAULT_ALERT_LIMIT, show_default=True, type=click.IntRange(1), metavar="N",
    help="Largest number of articles of one run; the others come with the next runs.",
)  # fmt: skip
@click.option("--label", default="", metavar="TEXT", help="Title for feeds and mails.")
@click.option("--changes", is_flag=True, help="Report an article again when its content changes.")
@click.option("--each-copy", is_flag=True, help="Also report copies of stories that were reported.")
@click.option(
    "--replace", is_flag=True, help="Change the search of this name. What it has reported stays reported."
)
@wait_option
@click.pass_context
def save_command(
    context: click.Context,
    /,
    name: str,
    words: tuple[str, ...],
    folder: Path,
    sort: str,
    snippet: int,
    outputs: tuple[str, ...],
    replace: bool,
    wait: float,
    timeout: float | None,
    start: str,
    limit: int,
    label: str,
    changes: bool,
    each_copy: bool,
    **options: Any,
) -> int:
    """Save a search as NAME in the folder searches/ beside the index. `newssearch alert run` reports what it newly finds.

    NAME has small letters from a to z, digits, and single hyphens between them. Paths of outputs are relative to the
    archive's folder.
    """
    check_words(context)
    if options["since_run"]:
        raise click.UsageError(
            "--since-run has no effect on a saved search: an alert reports what is new since its own last run."
        )
    if each_copy and options["novel"]:
        raise click.UsageError("--each-copy has no effect with --novel, which finds no copies.")
    text = without_surrogates(" ".join(words))
    search = SavedSearch(
        name=without_surrogates(name),
        query=text,
        request=Request(**options, sort=sort, snippet=snippet),
        to=tuple(map(without_surrogates, outputs)),
        label=without_surrogates(label),
        start=without_surrogates(start),
        limit=limit,
        changes=changes,
        each_copy=each_copy,
    )
    alerts = Alerts(folder)
    alerts.searches.check_free(search.name, replace=replace)
    with open_index(folder) as opened:
        found = alerts.check(opened, search, timeout)
        print_diagnostics(found.diagnostics, text)
        _, begun = alerts.save(opened, search, replace=replace, wait=wait, timeout=timeout)
    matching = many(found.total_articles, "article")
    seen = " count as seen" if found.total_articles != 1 else " counts as seen"
    show_line(f"saved {search.name}: {matching} found now{f',{seen}' if begun is not None else ''}")
    return 0


@click.command("saved", short_help="List, show or remove saved searches.")
@click.argument("name", metavar="[NAME]", required=False)
@index_option
@click.option("--remove", is_flag=True, help="Remove the search NAME, and all that its alert remembers.")
@wait_option
@json_option
@click.pass_context
def saved_command(
    context: click.Context, /, name: str | None, folder: Path, remove: bool, wait: float, as_json: bool
) -> int:
    """List the saved searches, each with its last run; with NAME, show one of them, and the command that runs it."""
    alerts = Alerts(folder)
    if remove and (name is None or as_json):
        raise click.UsageError(
            "--remove needs the NAME of a search." if name is None else "--json has no effect with --remove."
        )
    if not remove and context.get_parameter_source("wait") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--wait has no effect without --remove.")
    if name is None:
        found = [alerts.status(one) for one in alerts.searches.origins()]
        if as_json:
            show_line(json_text({"searches": [one.to_dict() for one in found]}))
        elif found:
            show_lines(table_lines("text", STATUS_COLUMNS, map(status_row, found), style()))
        else:
            click.echo("no saved searches; `newssearch save NAME QUERY` saves one", err=True)
        return 0
    wanted = without_surrogates(name)
    if remove:
        alerts.remove(wanted, wait)
        show_line(f"removed {wanted}")
        return 0
    status = alerts.status(wanted)
    if as_json:
        show_line(json_text(status.to_dict()))
    else:
        show_lines(text_status(status, style()))
    return 0
