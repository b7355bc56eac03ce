"""The text output of saved searches and alerts, for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from newssearch.alerts.api import AlertStatus
from newssearch.alerts.outputs import output_of
from newssearch.alerts.outputs.entry_html import entry_snippet, headline, origin, others_with_story
from newssearch.alerts.reports import AlertReport
from newssearch.alerts.saved import query_words
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.identity import without_slug
from newssearch.tabular import Cell

from .hits import snippet_lines
from .layout import Style, in_width
from .tables import Column

STATUS_COLUMNS = (
    Column("name", whole=True),
    Column("query"),
    Column("options"),
    Column("last_run", "last run", whole=True),
    Column("reported", "new"),
    Column("waiting"),
    Column("owed"),
)
"""The columns of the list of saved searches. ``new`` is how many articles the last run reported."""


def status_row(status: AlertStatus) -> list[Cell]:
    """Return the row of a saved search."""
    options = " ".join(shlex.quote(word) for word in _option_text(status))
    last = status.last_run.strftime("%Y-%m-%d %H:%M UTC") if status.last_run else ""
    search = status.search
    return [search.name, search.query, options, last, status.reported, status.waiting, status.owed]


def _option_text(status: AlertStatus) -> Sequence[str]:
    words = query_words(status.search)[1:]
    return words[: words.index("--")] if "--" in words else words


def text_status(status: AlertStatus, style: Style) -> Iterator[str]:
    """Yield the lines about one saved search: its command, its outputs, and its last run."""
    search = status.search
    title = f"{search.name}: {search.label}" if search.label else search.name
    yield style.bold(escape.terminal(title))
    command = " ".join(["newssearch", *map(shlex.quote, query_words(search))])
    rows = [
        ("search", escape.terminal(command)),
        ("saved in", escape.terminal(status.origin)),
        *(("to", escape.terminal(output_of(spec).shown)) for spec in search.outputs),
        ("from", escape.terminal(search.start)),
        ("limit", f"{search.limit:,}"),
    ]
    flags = [name for name, given in (("changes", search.changes), ("each copy", search.each_copy)) if given]
    rows += [("also", ", ".join(flags))] if flags else []
    if status.last_run is None:
        rows.append(("last run", "none"))
    else:
        rows.append(
            ("last run", f"{status.last_run:%Y-%m-%d %H:%M} UTC, {many(status.reported, 'new article')}")
        )
        rows.append(("seen", many(status.seen, "article")))
    if status.waiting:
        rows.append(("waiting", f"{many(status.waiting, 'article')} for the next run"))
    if status.owed:
        rows.append(("owed", f"the articles of {many(status.owed, 'run')}, to an output that has failed"))
    for name, value in rows:
        yield f"{name:>9}  {value}"


def text_alert(report: AlertReport, style: Style) -> Iterator[str]:
    """Yield the lines about the alert of one search, if there is anything to say; standard output has its entries too."""
    name = style.bold(escape.terminal(report.search))
    went = [f"{one.entries:,} to {escape.terminal(one.output)}" for one in report.deliveries if one.entries]
    if report.entries or went or report.first or report.waiting:
        found = many(report.new, "new article")
        if report.repeated:
            found = (
                f"{found} and {report.repeated:,} of earlier runs"
                if report.new
                else f"{report.repeated:,} of earlier runs"
            )
        yield f"{name}: {'; '.join([found, *went])}"
    if report.shown or report.dry_run:
        for entry in report.entries:
            address = f"{without_slug(str(entry['id']))}#{entry['paragraph']}"
            yield ""
            yield f"{style.title(headline(entry))}  {style.faint(f'{origin(entry)}  {escape.terminal(address)}')}"
            yield from snippet_lines(entry_snippet(entry), style)
            if others := others_with_story(entry):
                yield from (style.faint(f"  {part}") for part in in_width(others, style, indent=2))
        if report.entries:
            yield ""


def failures(report: AlertReport) -> Iterator[str]:
    """Yield the messages about what failed, for standard error."""
    if report.error:
        yield f"error: {escape.terminal(report.search)}: {escape.terminal(report.error)}"
    for one in report.deliveries:
        if one.error:
            owed = f"; {many(one.owed, 'article')} will come with the next run" if one.owed else ""
            yield f"error: {escape.terminal(f'{report.search}: {one.output}: {one.error}')}{owed}"
