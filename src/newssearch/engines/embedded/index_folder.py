"""The folder of an index: made, opened, checked, written to.

Beside Whoosh's own files (``_MAIN_*.toc`` and ``MAIN_*``) it holds ``newssearch.json``, which says which format the
index has. A search opens what the newest table of contents names; a writer holds the lock ``MAIN_RUN`` for as long
as it lives, through all of its commits.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from newssearch._version import __version__
from newssearch.engines.embedded.integrity.diagnosis import diagnosed
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.story_columns import (
    SegmentKey,
    Stories,
    read_stories,
    remove_stories,
    write_stories,
)
from newssearch.engines.embedded.storage.container import Container
from newssearch.engines.embedded.storage.toc import (
    EXTENSION,
    FORMAT_VERSION,
    MARKER,
    holds_index,
    newest,
    read_toc,
    read_versions,
)
from newssearch.errors import (
    IndexDamagedError,
    IndexExistsError,
    IndexFolderError,
    IndexNotFoundError,
    IndexVersionError,
)
from newssearch.system import atomic_files
from newssearch.system.fault_points import fault_point
from newssearch.text.analysis import ANALYSIS_VERSION

from .snapshot import EmbeddedSnapshot

if TYPE_CHECKING:
    from newssearch.engines.embedded.whoosh_compat.folder import Lock, WhooshFolder

REBUILD = "rebuild"
REBUILDS = re.compile(rf"{REBUILD}(\.[0-9a-f]{{16}})?\.tmp")
"""The folder that a rebuild grows in."""
KEPT = 1 << 24
"""Bytes of an array up to which its memory is kept for others."""
_REOPEN = 20
"""A commit removes the files of the one before; a reader that was between the two tries again, so many times."""


class IndexFolder:
    """The folder of an index, as its store, its writer and a rebuild need it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The folder of the index."""
        return self._folder

    def open(self) -> None:
        """Check that the folder holds an index which this version can read.

        Raises :class:`~newssearch.IndexNotFoundError`, :class:`~newssearch.IndexVersionError` or
        :class:`~newssearch.IndexDamagedError`.
        """
        if not holds_index(self.folder):
            raise _not_found(self.folder)
        _check_marker(self.folder)

    def create_locked(self, wait: float, extras: Iterable[str] = ()) -> Lock:
        """Make a new, empty index without the ``extras`` of an earlier one, and return the lock, which is still held.

        The folder is made if need be. Raises :class:`~newssearch.IndexExistsError` if it holds an index: that is never
        emptied. Waits up to ``wait`` seconds for another process that creates or rebuilds one there, then raises
        :class:`~newssearch.IndexLockedError`.
        """
        if holds_index(self.folder):
            raise self._exists()
        lock = self.lock_or_make(wait)
        try:
            if holds_index(self.folder):  # made by another process while this one waited for the lock
                raise self._exists()
            self.check_names(extras)
            self.put_empty(extras)
        except BaseException:
            lock.release()
            raise
        return lock

    def _exists(self) -> IndexExistsError:
        return IndexExistsError(f"{self.folder} holds an index already", self.folder)

    def check_names(self, extras: Iterable[str]) -> None:
        """See to it that the files which an index will write have taken nobody's name, where there is none yet.

        Raises :class:`~newssearch.IndexFolderError`.
        """
        for name in (MARKER, *extras):
            content = self.read_extra(name)
            try:
                atomic_files.unsealed(content if content is not None else marker())
            except ValueError:
                message = (
                    f"{self.folder / name} is no file of newssearch: choose another folder for the index"
                )
                raise IndexFolderError(message, self.folder) from None

    def lock_or_make(self, wait: float) -> Lock:
        """The lock of a folder that may not be there yet, or may be removed while it is waited for; see :meth:`lock`."""
        until = time.monotonic() + wait
        while True:
            make_folder(self.folder)
            try:
                fault_point("create: folder made")
                return self.whoosh.lock(max(until - time.monotonic(), 0.0))
            except FileNotFoundError as error:
                if time.monotonic() >= until:
                    raise IndexFolderError(
                        f"{self.folder} was removed again and again", self.folder
                    ) from error
            except OSError as error:
                raise atomic_files.unwritable(self.folder, error) from error

    def put_empty(self, extras: Iterable[str]) -> None:
        """Make an empty index where there is none, without the ``extras`` of one before. The lock must be held.

        The table of contents comes last: before it there is no index, and after it a whole one.
        """
        with atomic_files.writing(self.folder):
            self.remove_extras(extras)
            self.write_extra(MARKER, marker())
            self.whoosh.create()

    def remove_extras(self, extras: Iterable[str]) -> None:
        """Remove the extras of an index that is replaced."""
        for name in extras:
            atomic_files.patiently(partial((self.folder / name).unlink, missing_ok=True))

    @property
    def generation(self) -> int:
        """The number of the last commit."""
        return newest(self.folder)

    @property
    def size(self) -> int:
        """Bytes of all files in the folder."""
        size = 0
        for entry in os.scandir(self.folder):
            with contextlib.suppress(FileNotFoundError):  # a commit may remove it
                size += entry.stat().st_size if entry.is_file() else 0
        return size

    def snapshot(self) -> EmbeddedSnapshot:
        """The last commit.

        Raises :class:`~newssearch.IndexDamagedError` where a check finds damage or a file is missing, and
        :class:`OSError` where the system does not let a file be read.
        """
        for attempt in range(_REOPEN):
            try:
                return self._snapshot()
            except OSError as error:
                if not isinstance(error, FileNotFoundError) and not atomic_files.is_busy(error):
                    raise
                if newest(self.folder) < 0:
                    raise IndexNotFoundError(
                        f"{self.folder} no longer holds an index", self.folder
                    ) from error
                if attempt == _REOPEN - 1:
                    if atomic_files.is_busy(error):  # on Windows, a file that is being removed
                        raise
                    message = f"{self.folder}: a file of the index is missing: {error}"
                    raise IndexDamagedError(message, self.folder) from error
                time.sleep(0.01 * attempt)
        raise AssertionError("unreachable")

    def _snapshot(self) -> EmbeddedSnapshot:
        _keep_memory()
        toc = read_toc(self.folder)
        segments = [Segment(Container(self.folder / entry.file_name), entry.deleted) for entry in toc.entries]
        with diagnosed(segments):
            keys = [
                SegmentKey(entry.file_name, segment.living)
                for entry, segment in zip(toc.entries, segments, strict=True)
            ]
        stories = read_stories(self.folder, toc.generation, keys)
        for segment, columns in zip(segments, stories.columns, strict=True):
            segment.stories = columns
        with diagnosed(segments):
            return EmbeddedSnapshot(segments, stories.boilerplate)

    @property
    def whoosh(self) -> WhooshFolder:
        """What Whoosh does for the index."""
        from newssearch.engines.embedded.whoosh_compat.folder import (
            WhooshFolder,  # slow to import, and a search needs none of it
        )

        return WhooshFolder(self.folder)

    def read_extra(self, name: str) -> str | None:
        """The content of a file of ours beside the index, or None."""
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def write_extra(self, name: str, content: str) -> None:
        """Write a file of ours beside the index, whole or not at all. The lock must be held."""
        with atomic_files.writing(self.folder):
            atomic_files.replace(self.folder / name, content.encode("utf-8", "surrogatepass"))

    def remove_rebuilds(self) -> None:
        """Remove the folders that interrupted rebuilds left behind. The lock must be held, so that no rebuild is running."""
        for path in self.folder.glob(f"{REBUILD}*.tmp"):
            if REBUILDS.fullmatch(path.name):
                remove_folder(path)

    def lock(self, wait: float) -> Lock:
        """Let nobody else write, until ``release()`` is called on what is returned.

        Raises :class:`~newssearch.IndexLockedError` where others write for longer than ``wait`` seconds.
        """
        try:
            return self.whoosh.lock(wait)
        except FileNotFoundError as error:
            raise _not_found(self.folder) from error
        except OSError as error:
            raise atomic_files.unwritable(self.folder, error) from error

    def toc(self) -> Any:
        """The newest table of contents, once it is seen to name nothing that it should not."""
        return self.whoosh.toc()

    def put_toc(self, toc: Any, stories: Stories | None = None) -> bool:
        """Let a table of contents be the newest, with these stories, and remove the files that it does not name.

        The lock must be held. Returns whether these are gone: on Windows, those stay that somebody has open.
        """
        generation = self.generation + 1
        fault_point("commit: begin")
        if stories is not None:
            write_stories(self.folder, generation, stories)
            fault_point("commit: stories written")
        all_gone = self.whoosh.put_toc(toc)
        all_gone = remove_stories(self.folder, generation) and all_gone
        fault_point("commit: stories removed")
        if not (self.folder / MARKER).exists():
            self.write_extra(MARKER, marker())
        self.remove_rebuilds()
        return all_gone

    def remove_replaced(self) -> None:
        """Remove what the last commit has replaced, and could not remove because it was in use. The lock must be held."""
        self.whoosh.clean()
        remove_stories(self.folder, self.generation)


def _not_found(folder: Path) -> IndexNotFoundError:
    """The error that there is no index in a folder."""
    what = "is no folder" if not folder.is_dir() else "holds no index"
    message = f"{folder} {what}: make one with `newssearch index --index {folder} FILES…`"
    return IndexNotFoundError(message, folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, if there is one, but for files that somebody has open (on Windows)."""
    import shutil  # slow to import, and a search needs none of it

    if folder.is_symlink():  # where it leads to is nobody's to remove
        atomic_files.remove_unused(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _keep_memory() -> None:
    """Let the C library of Linux keep the memory of the arrays of a query for the next one.

    It asks the system for each large block, and gives it back, until one as large as this has been freed: malloc(3),
    M_MMAP_THRESHOLD. Nothing is written to the block, so that it takes no memory.
    """
    with contextlib.suppress(MemoryError):
        np.empty(KEPT, np.uint8)


def make_folder(folder: Path) -> None:
    """Make a folder for an index. Raises :class:`~newssearch.IndexFolderError` where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexFolderError(f"{folder} cannot be made: {error.strerror}", folder) from error


def _check_marker(folder: Path) -> None:
    """Check that this version can read an index.

    The table of contents says which version wrote it; if it is damaged or Whoosh wrote it, the marker does.
    """
    versions = read_versions(folder)
    try:
        content = (folder / MARKER).read_bytes()
    except FileNotFoundError as error:
        if versions is None and not any(folder.glob(f"*{EXTENSION}")):
            raise IndexVersionError(f"{folder} holds an index that newssearch did not make", folder) from None
        _check_versions(folder, versions or (FORMAT_VERSION, ANALYSIS_VERSION), "")
        raise IndexDamagedError(
            f"{folder}: the index is damaged ({MARKER} is missing); `newssearch verify` looks at all of it",
            folder,
        ) from error
    try:
        marker = json.loads(content.decode())
        made_by, told = str(marker["made_by"]), (int(marker["format"]), int(marker["analysis"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise IndexDamagedError(f"{folder / MARKER} cannot be read: {error}", folder) from error
    _check_versions(folder, versions or told, f" ({made_by})")


def _check_versions(folder: Path, versions: tuple[int, int], made_by: str) -> None:
    found, analysis = versions
    if found > FORMAT_VERSION or analysis > ANALYSIS_VERSION:
        message = f"{folder} was made by a newer newssearch{made_by}: update this one"
        raise IndexVersionError(message, folder, found)
    if found < FORMAT_VERSION or analysis < ANALYSIS_VERSION:
        message = f"{folder} was made by an older newssearch: rebuild it with `newssearch index --rebuild`"
        raise IndexVersionError(message, folder, found)


def marker() -> str:
    """Return the content of the file that says which format the index has."""
    versions = {"format": FORMAT_VERSION, "analysis": ANALYSIS_VERSION, "made_by": __version__}
    return atomic_files.sealed(json.dumps(versions, separators=(",", ":")))
