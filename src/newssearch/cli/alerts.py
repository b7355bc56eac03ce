"""The command ``alert``: it reports what saved searches newly find."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newssearch.alerts.api import Alerts
from newssearch.alerts.reports import AlertReport
from newssearch.alerts.saved import ALL, NOW
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.index import open_index

from .console import flush_output, show_line, show_lines, style, without_surrogates
from .options import index_option, json_option, timeout_option, wait_option
from .rendering.alerts import STATUS_COLUMNS, failures, status_row, text_alert, text_status
from .rendering.formats import json_text
from .rendering.tables import table_lines


@click.group("alert", short_help="Report what saved searches newly find.")
def alert_command() -> None:
    """Report what saved searches newly find, to the outputs that they state. `newssearch save` saves a search."""


_names_argument = click.argument("names", nargs=-1, metavar="[NAME]...")
_name_argument = click.argument("name", metavar="NAME")


@alert_command.command("run", short_help="Report what is new, to the outputs of each search.")
@_names_argument
@index_option
@click.option(
    "--dry-run", is_flag=True, help="Show what would be reported. Nothing is delivered or remembered."
)
@click.option("--rest", is_flag=True, help="Also report articles beyond the limit of a search.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if nothing is new.")
@click.option("-q", "--quiet", is_flag=True, help="Print only errors, and what goes to stdout.")
@wait_option
@timeout_option
@json_option
def run_command(
    names: tuple[str, ...],
    folder: Path,
    dry_run: bool,
    rest: bool,
    exit_code: bool,
    quiet: bool,
    wait: float,
    timeout: float | None,
    as_json: bool,
) -> int:
    """Report the articles that the searches NAME, or all saved searches, newly find.

    Nothing is printed if nothing is new. --json prints a line for each search. The exit code is 1 if a search or an output
    has failed; the others go on, and what an output lacks comes with the next run.
    """
    if quiet and (as_json or dry_run):
        raise click.UsageError(f"--quiet has no effect with {'--json' if as_json else '--dry-run'}.")

    def show(report: AlertReport) -> None:
        if as_json:
            show_line(json_text(report.to_dict(), indent=None))
        elif not quiet or (report.shown and report.entries):
            show_lines(text_alert(report, style()))
        flush_output()  # what is printed counts as delivered
        if not (as_json or quiet):
            for note in report.notes:
                click.echo(f"note: {escape.terminal(f'{report.search}: {note}')}", err=True)
        for warning in () if as_json else report.warnings:
            click.echo(f"warning: {escape.terminal(f'{report.search}: {warning}')}", err=True)
        for line in failures(report):
            click.echo(line, err=True)

    alerts = Alerts(folder)
    with open_index(folder) as opened:
        wanted = tuple(map(without_surrogates, names))
        reports = alerts.run(opened, wanted, show, dry_run=dry_run, rest=rest, wait=wait, timeout=timeout)
    if not reports:
        click.echo("no saved searches; `newssearch save NAME QUERY` saves one", err=True)
    new = sum(report.new for report in reports)
    if sys.stderr.isatty() and reports and not new and not quiet:
        click.echo(f"nothing new in {many(len(reports), 'search', 'searches')}", err=True)
    if any(report.failed for report in reports):
        return 1
    return 1 if exit_code and not any(report.entries for report in reports) else 0


@alert_command.command("list", short_help="List the alerts, each with its last run.")
@index_option
@json_option
def list_command(folder: Path, as_json: bool) -> int:
    """List the saved searches, each with the last run of its alert; the same as `newssearch saved`."""
    alerts = Alerts(folder)
    found = [alerts.status(one) for one in alerts.searches.origins()]
    if as_json:
        show_line(json_text({"searches": [one.to_dict() for one in found]}))
    elif found:
        show_lines(table_lines("text", STATUS_COLUMNS, map(status_row, found), style()))
    return 0


@alert_command.command("show", short_help="Show one alert, with its outputs and its last run.")
@_name_argument
@index_option
@json_option
def show_alert_command(name: str, folder: Path, as_json: bool) -> int:
    """Show the alert of one search: what it searches, where new articles go, and its last run."""
    status = Alerts(folder).status(without_surrogates(name))
    if as_json:
        show_line(json_text(status.to_dict()))
    else:
        show_lines(text_status(status, style()))
    return 0


@alert_command.command("reset", short_help="Forget what an alert has reported.")
@_name_argument
@index_option
@click.option(
    "--from", "start", metavar=f"{NOW}|{ALL}|DATE", help="What the next run reports, which is a first one. Default: what the search says."
)  # fmt: skip
@click.option(
    "--owed", is_flag=True, help="Forget only what outputs that failed are owed; what was reported stays so."
)
@wait_option
def reset_command(name: str, folder: Path, start: str | None, owed: bool, wait: float) -> int:
    """Forget what the alert of a search has reported, so that its next run is a first one."""
    if owed and start is not None:
        raise click.UsageError("--from has no effect with --owed, after which the next run is no first one.")
    alerts, wanted = Alerts(folder), without_surrogates(name)
    if owed:
        runs = alerts.give_up(wanted, wait=wait)
        show_line(f"{wanted}: the articles of {many(runs, 'run')} are owed to no output any more")
        return 0
    alerts.reset(wanted, start=None if start is None else without_surrogates(start), wait=wait)
    show_line(f"{wanted}: reset; the next run is a first one")
    return 0
