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
from newssearch.errors import IndexLockedError, IndexNotFoundError, NewssearchError
from newssearch.reports import IndexReport

SETTLED_SECONDS = 0.5
"""The time in seconds without changes after which files are read, so that a file being written is read only once."""
LONGEST_WAIT_SECONDS = 5.0
"""The time in seconds after a change after which files are read even if changes continue."""
TOLD_AFTER_MILLISECONDS = 500
"""The time without changes, in milliseconds, after which :func:`_changes` reports that."""
_PATTERN_CHARACTERS = frozenset("*?[")


def watch_files(
    paths: Sequence[str],
    index: Path,
    run: Callable[[], IndexReport],
    show: Callable[[IndexReport], None],
    is_there: Callable[[], bool] = lambda: True,
) -> IndexReport:
    """Run once, then again whenever a file below ``paths`` changes, until Ctrl-C or SIGTERM. Return the report of the
    last run.

    After each run it pauses for as long as the run took. The next run sees what changes meanwhile. While another process
    writes to the index, the run is tried again. ``show`` is called for the first run, and for each run that changed
    something or was broken off. Changes below ``index`` are ignored, because the runs themselves make them. If ``is_there``
    says that the index has gone since the first run, :class:`~newssearch.IndexNotFoundError` is raised: it is not made again.
    """
    changes = _changes(paths, index)
    next(changes)  # from here on no change is missed
    with _ended_by_signals():
        return _watch(changes, paths, _unless_gone(index, run, is_there), show)


def _unless_gone(
    index: Path, run: Callable[[], IndexReport], is_there: Callable[[], bool]
) -> Callable[[], IndexReport]:
    """Return a function that runs, but not on an index that has gone since its first call."""
    has_run = False

    def run_again() -> IndexReport:
        nonlocal has_run
        if has_run and not is_there():
            raise IndexNotFoundError(
                f"the index in {index} has gone while files were watched; put it back, or start again to make a new one",
                index,
            )
        has_run = True
        return run()

    return run_again


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
        or report.moved
        or report.left_feeds
        or report.rejections
        or report.refused
        or report.interrupted
    )


def _changes(paths: Sequence[str], index: Path) -> Iterator[bool]:
    """Yield whether something has changed since the last time, the first time since the beginning.

    A folder that another one takes the place of counts as changed, and the other one is watched then. One that has gone is
    waited for.
    """
    try:
        from watchfiles import watch  # an extra
    except ImportError:
        raise NewssearchError(
            "--watch needs the package watchfiles: pip install 'newssearch[watch]'"
        ) from None
    own = Path(index).resolve()
    begun = has_gone = False
    while True:
        folders = sorted({*map(_watched_folder, paths)})
        before = [*map(_inode_of_folder, folders)]
        there = [one for one, found in zip(folders, before, strict=True) if found or not begun]
        if not there:
            yield has_gone  # its removal may not have been reported before its watch ended
            has_gone = False
            time.sleep(TOLD_AFTER_MILLISECONDS / 1000)
            continue
        found = watch(
            *there,
            watch_filter=lambda _change, path: not Path(path).resolve().is_relative_to(own),
            debounce=int(LONGEST_WAIT_SECONDS * 1000),
            step=int(SETTLED_SECONDS * 1000),
            rust_timeout=TOLD_AFTER_MILLISECONDS,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        is_other = begun
        has_gone = True
        try:
            for changed in found:
                begun = True
                yield bool(changed) or is_other
                is_other = False
                if [*map(_inode_of_folder, folders)] != before:
                    break
        except (
            RuntimeError
        ) as error:  # watchfiles gives no change of a path that is not UTF-8, and loses those beside it
            if "decode path" not in str(error):
                raise _unwatchable(error) from error
            begun = True
            time.sleep(SETTLED_SECONDS)
            yield True
        except UnicodeEncodeError as error:
            raise NewssearchError(
                f"{', '.join(map(str, there))} cannot be watched: a name that is not UTF-8 is among these; "
                "watch the folder above it"
            ) from error
        except FileNotFoundError as error:  # it went between the look at it and the watch
            if not begun:
                raise _unwatchable(error) from error
        except OSError as error:  # for example: the limit of watched folders is reached
            raise _unwatchable(error) from error


def _unwatchable(error: OSError | RuntimeError) -> NewssearchError:
    reason = error.strerror if isinstance(error, OSError) else None
    return NewssearchError(f"the files cannot be watched: {reason or error}")


def _inode_of_folder(folder: Path) -> tuple[int, int] | None:
    """Return the device and the number of a folder, by which it differs from one that takes its place; None if it is missing."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _watched_folder(path: str) -> Path:
    """Return the folder to watch for a file, a folder or a pattern. A file's folder is watched because a replaced
    file is a new one.
    """
    if Path(path).is_dir():
        return Path(path)
    if Path(path).exists():
        return Path(path).parent
    return Path(*takewhile(lambda part: not _PATTERN_CHARACTERS & {*part}, Path(path).parts)) or Path()
