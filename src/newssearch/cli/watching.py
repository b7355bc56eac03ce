"""Watches files and folders, and keeps an index up to date with them: ``newssearch index --watch``."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from types import FrameType

import click

from newssearch.display import escape
from newssearch.errors import IndexLockedError, NewssearchError
from newssearch.reports import IndexReport

SETTLED_SECONDS = 0.5
"""The time in seconds without changes after which files are read, so that a file being written is read only once."""
LONGEST_WAIT_SECONDS = 5.0
"""The time in seconds after a change after which files are read even if changes continue."""
TOLD_AFTER_MILLISECONDS = 500
"""The time without changes, in milliseconds, after which :func:`_changes` reports that."""
_PATTERN_CHARACTERS = frozenset("*?[")


def watch_files(
    paths: Sequence[str], index: Path, run: Callable[[], IndexReport], show: Callable[[IndexReport], None]
) -> IndexReport:
    """Run once, then again whenever a file below ``paths`` changes, until Ctrl-C or SIGTERM. Return the report of the
    last run.

    After each run it pauses for as long as the run took. The next run sees what changes meanwhile. While another process
    writes to the index, the run is tried again. ``show`` is called for the first run, and for each run that changed
    something or was broken off. Changes below ``index`` are ignored, because the runs themselves make them.
    """
    changes = _changes(paths, index)
    next(changes)  # from here on no change is missed
    with _ended_by_signals():
        return _watch(changes, paths, run, show)


def _watch(
    changes: Iterator[bool],
    paths: Sequence[str],
    run: Callable[[], IndexReport],
    show: Callable[[IndexReport], None],
) -> IndexReport:
    last = run()
    show(last)
    click.echo(f"note: watching {', '.join(map(escape.terminal, paths))}; Ctrl-C ends it", err=True)
    sys.stdout.flush()
    owed = False
    try:
        while not last.interrupted:
            changed = next(changes)
            if not (changed or owed):
                continue
            began = time.monotonic()
            try:
                last, owed = run(), False
            except IndexLockedError as error:
                if not owed:
                    click.echo(f"note: {escape.terminal(str(error))}; trying again", err=True)
                owed = True
                continue
            if _is_worth_telling(last):
                show(last)
                sys.stdout.flush()
            time.sleep(time.monotonic() - began)
    except KeyboardInterrupt:
        click.echo(err=True)
    return last


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM raise KeyboardInterrupt in the ``with`` block, also in a process that began with both ignored."""

    def end(_signum: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {one: signal.signal(one, end) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _is_worth_telling(report: IndexReport) -> bool:
    return bool(
        report.added
        or report.updated
        or report.removed
        or report.rejections
        or report.refused
        or report.interrupted
    )


def _changes(paths: Sequence[str], index: Path) -> Iterator[bool]:
    """Yield whether something has changed since the last time, the first time since the beginning."""
    try:
        from watchfiles import watch  # an extra
    except ImportError:
        raise NewssearchError(
            "--watch needs the package watchfiles: pip install 'newssearch[watch]'"
        ) from None
    own = Path(index).resolve()
    watched = sorted({*map(_watched_folder, paths)})
    found = watch(
        *watched,
        watch_filter=lambda _change, path: not Path(path).resolve().is_relative_to(own),
        debounce=int(LONGEST_WAIT_SECONDS * 1000),
        step=int(SETTLED_SECONDS * 1000),
        rust_timeout=TOLD_AFTER_MILLISECONDS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    try:
        for changed in found:
            yield bool(changed)
    except OSError as error:  # for example: the limit of watched folders is reached
        raise NewssearchError(f"the files cannot be watched: {error.strerror or error}") from error


def _watched_folder(path: str) -> Path:
    """Return the folder to watch for a file, a folder or a pattern. A file's folder is watched because a replaced
    file is a new one.
    """
    if Path(path).is_dir():
        return Path(path)
    if Path(path).exists():
        return Path(path).parent
    return Path(*takewhile(lambda part: not _PATTERN_CHARACTERS & {*part}, Path(path).parts)) or Path()
