"""The terminal during a long run: progress bar, questions to the user, signals and report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.errors import NewssearchError

from .console import show_line, show_lines, width
from .rendering.formats import json_text
from .rendering.layout import shorten
from .rendering.summaries import text_rebuild, text_report

if TYPE_CHECKING:
    from newssearch.article import Article
    from newssearch.reports import IndexReport, Progress, Removal

SHOWN_REMOVED = 10
"""The largest number of articles that ``remove`` lists before it asks."""
SHOWN_REJECTIONS = 20
"""The largest number of rejections that ``index`` lists; ``--json`` lists more."""


@contextmanager
def progress_bar(label: str = "indexing") -> Iterator[Callable[[Progress], None] | None]:
    """Yield the function that advances a progress bar on standard error, or None if that is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    bar: Any = None

    def advance(progress: Progress) -> None:
        nonlocal bar
        if bar is None:
            bar = click.progressbar(
                length=max(progress.total, 1),
                file=sys.stderr,
                label=label,
                update_min_steps=max(progress.total // 500, 1),
                item_show_func=lambda seen: many(seen.articles, "article") if seen is not None else None,
            )
            bar.__enter__()
        bar.update(max(progress.done - bar.pos - bar._completed_intervals, 0), progress)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)


@contextmanager
def printed_log() -> Iterator[None]:
    """Print the log messages of the library on standard error, for example about a writer that it waits for."""
    import logging  # slow to import, and a search needs none of it

    class Printing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            click.echo(f"note: {escape.terminal(record.getMessage())}", err=True)

    logger, handler = logging.getLogger("newssearch"), Printing(logging.INFO)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


def confirming(yes: bool, asks: bool) -> Callable[[Removal], bool] | None:
    """Return the function that confirms large removals. With ``yes`` it always agrees; otherwise it asks the user.

    Return None if the user cannot be asked, in which case large removals are refused: without a terminal, or if
    ``asks`` is False because articles are read from standard input.
    """
    if yes:
        return lambda removal: True
    if not (asks and sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(removal: Removal) -> bool:
        click.echo(f"\n{escape.terminal(str(removal))}", err=True)
        for file in removal.examples:
            click.echo(f"  {escape.terminal(file)}", err=True)
        if removal.files > len(removal.examples):
            click.echo(f"  … and {many(removal.files - len(removal.examples), 'more file')}", err=True)
        what = "it" if removal.articles == 1 else "them"
        return click.confirm(f"Remove {what} from the index?", err=True)

    return ask


def confirmed(question: str, otherwise: str = "nothing was removed") -> bool:
    """Ask the user a question. Return whether the answer is yes. ``otherwise`` is what happens without an answer.

    Raises :class:`NewssearchError` if standard input is not a terminal and ends without an answer.
    """
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        raise NewssearchError(f"{otherwise}: answer the question, or use --yes") from None


def print_report(report: IndexReport, as_json: bool, rebuilds: bool) -> None:
    """Print the report of a run on standard output, and its errors on standard error."""
    if as_json:
        show_line(json_text(report.to_dict()))
        return
    show_lines(text_rebuild(report) if rebuilds else text_report(report))
    for removal in report.refused:
        click.echo(f"error: not removed: {escape.terminal(str(removal))}", err=True)
    if report.refused:
        click.echo("  use --yes to remove them", err=True)
    for rejected in report.rejected[:SHOWN_REJECTIONS]:
        click.echo(f"rejected: {escape.terminal(str(rejected))}", err=True)
    if report.rejections > SHOWN_REJECTIONS:
        click.echo(f"… and {report.rejections - SHOWN_REJECTIONS:,} more; --json lists them", err=True)


def list_removed(articles: Iterable[Article], total: int) -> None:
    """Print the total number of articles to remove, and the first :data:`SHOWN_REMOVED` of them, on standard error."""
    click.echo(f"{many(total, 'article')} to remove:", err=True)
    for article in islice(articles, SHOWN_REMOVED):
        line = f"  {article.id}  {escape.terminal(article.title or '(no title)')}"
        click.echo(shorten(line, width()) if sys.stderr.isatty() else line, err=True)
    if total > SHOWN_REMOVED:
        click.echo(f"  … and {total - SHOWN_REMOVED:,} more", err=True)


class Stop:
    """A callable that returns whether a run is to end after the current article, because a signal has come.

    ``signal`` is the number of that signal, or 0.
    """

    def __init__(self) -> None:
        self.signal = 0

    def __call__(self) -> bool:
        return self.signal != 0

    @property
    def exit_code(self) -> int:
        """The exit code that a shell reports for the signal."""
        return 128 + self.signal


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Let Ctrl-C or SIGTERM end the ``with`` block: the first signal after the current article, the second at once."""
    import signal  # slow to import, and a search needs none of it

    stop = Stop()

    def ask(signum: int, frame: FrameType | None) -> None:
        stop.signal = signum
        signal.signal(signum, before[signal.Signals(signum)])
        again = "press Ctrl-C again" if signum == signal.SIGINT else "send the signal again"
        click.echo(f"\nstopping after this article; {again} to stop at once", err=True)

    before = {signum: signal.signal(signum, ask) for signum in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
