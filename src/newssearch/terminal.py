"""What a long run of the command line shows on a terminal, and how it is stopped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from . import escape

if TYPE_CHECKING:
    from .indexing import Progress


@contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None] | None]:
    """A bar on standard error, where that is a terminal."""
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
                label="indexing",
                update_min_steps=max(progress.total // 500, 1),
                item_show_func=lambda seen: f"{seen.articles:,} articles" if seen is not None else None,
            )
            bar.__enter__()
        bar.update(max(progress.done - bar.pos - bar._completed_intervals, 0), progress)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)


@contextmanager
def notes() -> Iterator[None]:
    """Prints what the library logs, such as what it waits for, on standard error."""
    import logging  # noqa: PLC0415  (slow to import, and a search needs none of it)

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


class Stop:
    """Whether a run is to end after the article at hand, and by which ``signal``."""

    def __init__(self) -> None:
        self.signal = 0

    def __call__(self) -> bool:
        return self.signal != 0

    @property
    def exit_code(self) -> int:
        """What a shell makes of the signal."""
        return 128 + self.signal


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Lets the first Ctrl-C, or SIGTERM, end a run after the article at hand; the second one breaks it off."""
    import signal  # noqa: PLC0415  (slow to import, and a search needs none of it)

    stop = Stop()

    def ask(signum: int, frame: FrameType | None) -> None:
        stop.signal = signum
        signal.signal(signum, before[signal.Signals(signum)])
        again = "press Ctrl-C again" if signum == signal.SIGINT else "send the signal again"
        click.echo(f"\nstopping after this article; {again} to break off", err=True)

    before = {signum: signal.signal(signum, ask) for signum in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
