"""The folder of an index: make it, open it, write its table of contents.

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
from typing import TYPE_CHECKING, Protocol

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
    from newssearch.engines.embedded.whoosh_compat.codec import ArraySegment
    from newssearch.engines.embedded.whoosh_compat.folder import Lock, WhooshFolder

REBUILD = "rebuild"
"""The name that a rebuild's folder begins with."""
REBUILD_FOLDER = re.compile(rf"{REBUILD}(\.[0-9a-f]{{16}})?\.tmp")
"""Matches the name of a folder that a rebuild grows in."""
KEPT_ARRAY_BYTES = 1 << 24
"""The size of an array in bytes up to which its memory is kept for later arrays."""
_SNAPSHOT_ATTEMPTS = 20
"""How often a snapshot is opened again because a commit removed files of the previous one meanwhile."""


class WhooshToc(Protocol):
    """A table of contents as an object of Whoosh, whose segments a writer replaces."""

    segments: list[ArraySegment]


class IndexFolder:
    """The folder of an index: what its store, its writer and a rebuild share."""

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
        """Check, before an index is made, that no file of another program has the name of one of its files.

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
        """Return the lock of a folder, which is made if need be, again if it is removed meanwhile; see :meth:`lock`."""
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
        """Make an empty index without the ``extras`` of an earlier one. The lock must be held, and there must be no index.

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
        """The size of all files in the folder in bytes."""
        size = 0
        for entry in os.scandir(self.folder):
            with contextlib.suppress(FileNotFoundError):  # a commit may remove it
                size += entry.stat().st_size if entry.is_file() else 0
        return size

    def snapshot(self) -> EmbeddedSnapshot:
        """Return the last commit.

        Raises :class:`~newssearch.IndexDamagedError` if a check finds damage or a file is missing, and
        :class:`OSError` if the system does not let a file be read.
        """
        for attempt in range(_SNAPSHOT_ATTEMPTS):
            try:
                return self._snapshot()
            except OSError as error:
                if not isinstance(error, FileNotFoundError) and not atomic_files.is_busy(error):
                    raise
                if newest(self.folder) < 0:
                    raise IndexNotFoundError(
                        f"{self.folder} no longer holds an index", self.folder
                    ) from error
                if attempt == _SNAPSHOT_ATTEMPTS - 1:
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
        """The same folder, as Whoosh sees it."""
        from newssearch.engines.embedded.whoosh_compat.folder import (
            WhooshFolder,  # slow to import, and a search needs none of it
        )

        return WhooshFolder(self.folder)

    def read_extra(self, name: str) -> str | None:
        """Return the content of one of the extras, or None."""
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def write_extra(self, name: str, content: str) -> None:
        """Write one of the extras, whole or not at all. The lock must be held."""
        with atomic_files.writing(self.folder):
            atomic_files.replace(self.folder / name, content.encode("utf-8", "surrogatepass"))

    def remove_rebuilds(self) -> None:
        """Remove the folders that interrupted rebuilds left behind. The lock must be held, so that no rebuild is running."""
        for path in self.folder.glob(f"{REBUILD}*.tmp"):
            if REBUILD_FOLDER.fullmatch(path.name):
                remove_folder(path)

    def lock(self, wait: float) -> Lock:
        """Take the lock: only its holder may write, until it calls ``release()``.

        Raises :class:`~newssearch.IndexLockedError` if another process holds it for longer than ``wait`` seconds.
        """
        try:
            return self.whoosh.lock(wait)
        except FileNotFoundError as error:
            raise _not_found(self.folder) from error
        except OSError as error:
            raise atomic_files.unwritable(self.folder, error) from error

    def toc(self) -> WhooshToc:
        """Return the newest table of contents, after checking that it names only known classes."""
        toc: WhooshToc = self.whoosh.toc()
        return toc

    def put_toc(self, toc: WhooshToc, stories: Stories | None = None) -> bool:
        """Write the next table of contents, with these stories, and remove the files that it does not name.

        The lock must be held. Returns whether all are removed: on Windows, files that are open stay.
        """
        generation = self.generation + 1
        fault_point("commit: begin")
        if stories is not None:
            write_stories(self.folder, generation, stories)
            fault_point("commit: stories written")
        all_removed = self.whoosh.put_toc(toc)
        all_removed = remove_stories(self.folder, generation) and all_removed
        fault_point("commit: stories removed")
        if not (self.folder / MARKER).exists():
            self.write_extra(MARKER, marker())
        self.remove_rebuilds()
        return all_removed

    def remove_replaced(self) -> None:
        """Remove files that the last commit replaced but could not remove because they were open. The lock must be held."""
        self.whoosh.clean()
        remove_stories(self.folder, self.generation)


def _not_found(folder: Path) -> IndexNotFoundError:
    """Return the error for a folder that holds no index."""
    what = "is no folder" if not folder.is_dir() else "holds no index"
    message = f"{folder} {what}: make one with `newssearch index --index {folder} FILES…`"
    return IndexNotFoundError(message, folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder and all that is in it, if it exists; on Windows, files that are open stay."""
    import shutil  # slow to import, and a search needs none of it

    if folder.is_symlink():  # its target is not part of the index
        atomic_files.remove_unused(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _keep_memory() -> None:
    """Let the C library of Linux keep the memory of a query's arrays for the next query.

    It returns each large block to the system until a block of this size has been freed: malloc(3), M_MMAP_THRESHOLD.
    Nothing is written to the block, so it takes no memory.
    """
    with contextlib.suppress(MemoryError):
        np.empty(KEPT_ARRAY_BYTES, np.uint8)


def make_folder(folder: Path) -> None:
    """Make a folder for an index. Raises :class:`~newssearch.IndexFolderError` if it cannot be made."""
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
        made_by, stated = str(marker["made_by"]), (int(marker["format"]), int(marker["analysis"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise IndexDamagedError(f"{folder / MARKER} cannot be read: {error}", folder) from error
    _check_versions(folder, versions or stated, f" ({made_by})")


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
