"""The folder of an index as its writers use it: creating an index, writing tables of contents, locking.

A table of contents holds objects of Whoosh, and the lock is Whoosh's. Whoosh is slow to import, so a search does not
import this module.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import os
import pickle
import platform
import re
import time
import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh.fields import ensure_schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC

from newssearch.engines.embedded.storage.toc import (
    FORMAT_VERSION,
    HOLDER,
    LOCKS,
    Toc,
    newest,
    read_toc,
    toc_bytes,
    toc_path,
)
from newssearch.errors import IndexLockedError, IndexWriteError
from newssearch.system import atomic_files
from newssearch.system.atomic_files import TEMPORARY_NAME, remove_unused, sync_folder
from newssearch.system.fault_points import fault_point
from newssearch.text.analysis import ANALYSIS_VERSION

from .schema import make_schema

_PROTOCOL = 2
"""The pickle protocol of tables of contents: the one that Whoosh writes, and reads on every version of Python."""
_TOC = re.compile(r"_MAIN_([0-9]+)\.toc(?:\..*)?")
_SEGMENT = re.compile(r"(MAIN_[0-9a-z]+)\..+")
_LOCK_POLL_SECONDS = 0.05
"""The number of seconds between two attempts to take the lock."""
_SILENT_SECONDS = 1.0
"""After this many seconds of waiting for the lock, a log message names its holder."""

_log = logging.getLogger("newssearch")


class WhooshFolder:
    """The folder of an index for its writer: the table of contents as an object of Whoosh, and the lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        """Make an empty index in a folder that has no index; no file is removed. The lock must be held."""
        self._write_toc(TOC(make_schema(), [], 0), _now())

    def toc(self) -> Any:
        """Return the newest table of contents, after checking that it names only allowed classes."""
        toc = read_toc(self._folder)
        return TOC(ensure_schema(pickle.loads(toc.schema)), pickle.loads(toc.segments), toc.generation)

    def put_toc(self, toc: Any, earliest: dt.datetime) -> bool:
        """Write a table of contents as the newest, and remove the files that it does not name. The lock must be held.

        The time of the commit is the present, or ``earliest`` if the clock was set back before that. Returns whether all
        these files could be removed: on Windows, open files cannot.
        """
        return self._clean(self._write_toc(toc, max(_now(), earliest)), toc)

    def clean(self) -> bool:
        """Remove the files that the newest table of contents does not name; return whether all could be removed."""
        toc = self.toc()
        return self._clean(toc.generation, toc)

    def _write_toc(self, toc: Any, moment: dt.datetime) -> int:
        """Write a table of contents with the next higher generation, and return that generation.

        ``moment`` is the time of the commit.
        """
        generation = newest(self._folder) + 1
        schema = ensure_schema(toc.schema)
        schema.clean()
        whole = Toc(
            generation,
            pickle.dumps(schema, _PROTOCOL),
            pickle.dumps(toc.segments, _PROTOCOL),
            (),
            (FORMAT_VERSION, ANALYSIS_VERSION),
            moment,
        )
        sync_folder(self._folder)  # so that the segments that it names are on disk under their names
        atomic_files.replace(toc_path(self._folder, generation), toc_bytes(whole))
        sync_folder(self._folder)
        fault_point("commit: done")
        return generation

    def _clean(self, generation: int, newest_toc: Any) -> bool:
        """Remove older tables of contents, files of segments that ``newest_toc`` does not name, and temporary files.

        Returns whether all these files could be removed. The lock must be held: then no process is writing one of them.
        """
        segments = {segment.segment_id() for segment in newest_toc.segments}
        all_gone = True
        for path in sorted(self._folder.iterdir()):
            toc, owned = _TOC.fullmatch(path.name), _SEGMENT.fullmatch(path.name)
            old = toc and int(toc[1]) < generation
            if old or (owned and owned[1] not in segments) or TEMPORARY_NAME.fullmatch(path.name):
                all_gone = remove_unused(path) and all_gone
                fault_point("commit: one file removed")
        return all_gone

    def is_written(self) -> bool:
        """Whether a process holds newssearch's lock; False if this user may not open the lock."""
        if not (self._folder / LOCKS[0]).exists():
            return False
        lock = FileStorage(str(self._folder)).lock(LOCKS[0])
        try:
            free = lock.acquire()
        except OSError:
            return False
        if free:
            lock.release()
        return not free

    def lock(self, wait: float) -> Lock:
        """Take the lock, waiting for at most ``wait`` seconds; it excludes other writers until its ``release()``.

        Raises the errors of :class:`Lock`.
        """
        return Lock(self._folder, wait)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


class Lock:
    """The two locks of a writer, held through all commits of a run: newssearch's lock, and that of Whoosh's writers.

    The operating system releases the locks when the process ends, however it ends. They also exclude other threads of
    the same process. A file beside the locks names their holder; it is valid only while the locks are held.

    Raises :class:`~newssearch.IndexLockedError` if another writer holds a lock for longer than ``wait`` seconds, and
    :class:`FileNotFoundError` if the folder does not exist, or no longer.
    """

    def __init__(self, folder: Path, wait: float) -> None:
        self._folder = folder
        self._held: list[Any] = []
        started = time.monotonic()
        try:
            self._take(started, wait)
            self._write_holder()
            fault_point("lock: taken")
        except BaseException:
            self.release()
            raise

    def _take(self, started: float, wait: float) -> None:
        holder = ""
        announced = False
        while not self._taken():
            holder = self._holder() or holder or "another process"  # Whoosh's own writers leave no name
            waited = time.monotonic() - started
            if waited >= wait:
                message = f"{holder} is writing to {self._folder}: waited {waited:.1f} s; try again when it is done, or wait longer"
                raise IndexLockedError(message, self._folder, holder, waited)
            if waited >= _SILENT_SECONDS and not announced:
                announced = True
                _log.info("%s is writing to %s: waiting for up to %.0f s", holder, self._folder, wait)
            time.sleep(min(_LOCK_POLL_SECONDS, max(wait - waited, 0.0)))
        if holder:
            _log.info("waited %.1f s for %s to finish", time.monotonic() - started, holder)

    def _taken(self) -> bool:
        """Try once to take both locks; return whether that succeeded. If not, none is held."""
        for name in LOCKS:
            lock = FileStorage(str(self._folder)).lock(name)
            if not lock.acquire():
                break
            self._held.append(lock)
        if len(self._held) == len(LOCKS) and self._is_whole():
            return True
        self._let_go()
        return False

    def _is_whole(self) -> bool:
        """Whether the locked files still have their names: another process may remove them, perhaps with the folder."""
        return all(_is_at(lock.fd, self._folder / name) for name, lock in zip(LOCKS, self._held, strict=True))

    def _let_go(self) -> None:
        while self._held:
            self._held.pop().release()

    def check(self) -> None:
        """Check that the lock files still exist: without them another process could write, too.

        Raises :class:`~newssearch.IndexWriteError` if they do not.
        """
        if not self._is_whole():
            message = f"the lock of {self._folder} was removed during the run; committed articles are safe"
            raise IndexWriteError(message, self._folder)

    def _write_holder(self) -> None:
        now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        holder = {"process": os.getpid(), "host": platform.node(), "since": now}
        atomic_files.replace(self._folder / HOLDER, json.dumps(holder).encode())

    def _holder(self) -> str:
        """Return a phrase that names the holder of the lock; "" if the file that names it is missing or damaged."""
        try:
            holder = json.loads((self._folder / HOLDER).read_text(encoding="utf-8"))
            return f"process {int(holder['process'])} on {holder['host']}, since {holder['since']},"
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ""

    def release(self) -> None:
        """Release both locks, so that others can write, and remove the file that names their holder."""
        if len(self._held) == len(LOCKS):
            with contextlib.suppress(OSError):
                if self._is_whole():
                    atomic_files.patiently((self._folder / HOLDER).unlink)
        self._let_go()


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether ``path`` still names the open file. Always true on Windows, where no open file can be removed."""
    if os.name == "nt":
        return True
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
