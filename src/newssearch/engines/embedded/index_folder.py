"""The folder of an embedded index: creating, locking and opening it, and writing its table of contents.

Beside Whoosh's own files (``_MAIN_*.toc`` and ``MAIN_*``) the folder holds the marker ``newssearch.json``, which
states the format of the index. A search opens the files that the newest table of contents names. A writer holds the
lock ``MAIN_RUN`` until it is closed, through all of its commits.
"""

from __future__ import annotations

import contextlib
import datetime as dt
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
from newssearch.archive import ArchiveFolder, archive_around
from newssearch.config import Config, load_config
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
    TocStamp,
    holds_index,
    newest,
    newest_stamp,
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
"""The name of the subfolder in which a rebuild writes the new index begins with this."""
REBUILD_FOLDER = re.compile(rf"{REBUILD}(\.[0-9a-f]{{16}})?\.tmp")
"""Matches the name of a subfolder in which a rebuild writes the new index."""
KEPT_ARRAY_BYTES = 1 << 24
"""When an array of at most this size in bytes is freed, the process keeps the memory for later arrays (on Linux)."""
_SNAPSHOT_ATTEMPTS = 20
"""A snapshot is opened at most this number of times: a commit may remove files while they are being opened."""


class WhooshToc(Protocol):
    """The table of contents as an object of Whoosh. A writer changes its list of ``segments`` and writes it."""

    segments: list[ArraySegment]


class IndexFolder:
    """The folder of an index, with the operations that the store, the writer and the rebuild share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The folder of the index."""
        return self._folder

    @property
    def address(self) -> str:
        """The path of the folder, as it was given."""
        return str(self._folder)

    @property
    def archive(self) -> ArchiveFolder:
        """The archive's folder, which holds the folder of the index: see :func:`~newssearch.archive.archive_around`."""
        return archive_around(self._folder)

    @property
    def config(self) -> Config:
        """The configuration of the archive."""
        return load_config(self.archive.settings)

    def open(self) -> None:
        """Check that the folder holds an index and that this version can read it.

        Raises :class:`~newssearch.IndexNotFoundError`, :class:`~newssearch.IndexVersionError` or
        :class:`~newssearch.IndexDamagedError`.
        """
        if not holds_index(self.folder):
            raise _not_found(self.folder)
        _check_marker(self.folder)

    def create_locked(self, wait: float, extras: Iterable[str] = ()) -> Lock:
        """Make a new, empty index, and return its lock, which the caller must release.

        The folder is created if it does not exist, and files named ``extras`` of an earlier index are removed. Raises
        :class:`~newssearch.IndexExistsError` if the folder holds an index, which is never emptied. If another process
        is making or rebuilding an index there, this waits up to ``wait`` seconds, then raises
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
        return IndexExistsError(f"{self.folder} already holds an index", self.folder)

    def check_names(self, extras: Iterable[str]) -> None:
        """Check that the folder has no file of another program named like the marker or one of the ``extras``.

        A new index would overwrite such a file. Raises :class:`~newssearch.IndexFolderError` if there is one.
        """
        for name in (MARKER, *extras):
            content = self.read_extra(name)
            try:
                atomic_files.unsealed(content if content is not None else marker())
            except ValueError:
                message = (
                    f"{self.folder / name} is not a file of newssearch: choose another folder for the index"
                )
                raise IndexFolderError(message, self.folder) from None

    def lock_or_make(self, wait: float) -> Lock:
        """Take the lock of the folder, which is made first if it does not exist, and return the lock.

        If another process removes the folder meanwhile, it is made again, for up to ``wait`` seconds.
        """
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
        """Make an empty index, and remove files named ``extras`` of an earlier one.

        The caller must hold the lock, and there must be no index. The table of contents is written last, so that the
        folder never holds an incomplete index.
        """
        with atomic_files.writing(self.folder):
            self.remove_extras(extras)
            self.write_extra(MARKER, marker())
            self.whoosh.create()

    def remove_extras(self, extras: Iterable[str]) -> None:
        """Remove the named extra files, because the index that they belong to is being replaced."""
        for name in extras:
            atomic_files.patiently(partial((self.folder / name).unlink, missing_ok=True))

    @property
    def generation(self) -> int:
        """The number of the last commit; negative if the folder holds no index."""
        return newest(self.folder)

    @property
    def stamp(self) -> TocStamp | None:
        """A value that is unique to the commit; None if there is no index, or it cannot be read."""
        return newest_stamp(self.folder)

    @property
    def size(self) -> int:
        """The total size in bytes of all files in the folder."""
        size = 0
        for entry in os.scandir(self.folder):
            with contextlib.suppress(FileNotFoundError):  # a commit may remove it
                size += entry.stat().st_size if entry.is_file() else 0
        return size

    def snapshot(self) -> EmbeddedSnapshot:
        """Return the snapshot of the last commit.

        Raises :class:`~newssearch.IndexDamagedError` if a check finds damage or a file is missing, and
        :class:`OSError` if the system does not allow us to read a file.
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
                SegmentKey(entry.file_name, segment.live_documents)
                for entry, segment in zip(toc.entries, segments, strict=True)
            ]
        stories = read_stories(self.folder, toc.generation, keys)
        for segment, columns in zip(segments, stories.columns, strict=True):
            segment.stories = columns
        with diagnosed(segments):
            return EmbeddedSnapshot(segments, stories.boilerplate, toc)

    @property
    def whoosh(self) -> WhooshFolder:
        """An object that locks the folder and writes its tables of contents by means of Whoosh."""
        from newssearch.engines.embedded.whoosh_compat.folder import (
            WhooshFolder,  # slow to import, and a search needs none of it
        )

        return WhooshFolder(self.folder)

    def read_extra(self, name: str) -> str | None:
        """Return the content of the file ``name`` in the folder; None if it does not exist."""
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def write_extra(self, name: str, content: str) -> None:
        """Write the file ``name`` in the folder atomically. The caller must hold the lock."""
        with atomic_files.writing(self.folder):
            atomic_files.replace(self.folder / name, content.encode("utf-8", "surrogatepass"))

    def remove_rebuilds(self) -> None:
        """Remove the subfolders that interrupted rebuilds left behind.

        The caller must hold the lock, so that no rebuild is running.
        """
        for path in self.folder.glob(f"{REBUILD}*.tmp"):
            if REBUILD_FOLDER.fullmatch(path.name):
                remove_folder(path)

    def lock(self, wait: float) -> Lock:
        """Take the lock of the folder and return it. Only its holder may write, until it calls ``release()``.

        Raises :class:`~newssearch.IndexLockedError` if another process still holds the lock after ``wait`` seconds.
        """
        try:
            return self.whoosh.lock(wait)
        except FileNotFoundError as error:
            raise _not_found(self.folder) from error
        except OSError as error:
            raise atomic_files.unwritable(self.folder, error) from error

    def toc(self) -> WhooshToc:
        """Return the newest table of contents, after checking that the pickle in it references only known classes."""
        toc: WhooshToc = self.whoosh.toc()
        return toc

    def put_toc(self, toc: WhooshToc, earliest: dt.datetime, stories: Stories | None = None) -> bool:
        """Commit: write the given stories and the next table of contents, and remove files that it no longer names.

        The time of the commit is not before ``earliest``. The caller must hold the lock. Returns whether all such files
        were removed: on Windows, open files stay.
        """
        generation = self.generation + 1
        fault_point("commit: begin")
        if stories is not None:
            write_stories(self.folder, generation, stories)
            fault_point("commit: stories written")
        all_removed = self.whoosh.put_toc(toc, earliest)
        all_removed = remove_stories(self.folder, generation) and all_removed
        fault_point("commit: stories removed")
        if not (self.folder / MARKER).exists():
            self.write_extra(MARKER, marker())
        self.remove_rebuilds()
        return all_removed

    def remove_replaced(self) -> None:
        """Remove the files that the last commit replaced but could not remove because they were open.

        The caller must hold the lock.
        """
        self.whoosh.clean()
        remove_stories(self.folder, self.generation)


def _not_found(folder: Path) -> IndexNotFoundError:
    """Return the error that says that a folder does not exist or holds no index."""
    what = "holds no index" if folder.is_dir() else "is not a folder" if folder.exists() else "does not exist"
    message = f"{folder} {what}: make an index with `newssearch index --index {folder} FILES…`"
    return IndexNotFoundError(message, folder)


def remove_folder(folder: Path) -> None:
    """Remove a folder and all that is in it, if it exists. On Windows, files that are open stay."""
    import shutil  # slow to import, and a search needs none of it

    if folder.is_symlink():  # its target is not part of the index
        atomic_files.remove_unused(folder)
    shutil.rmtree(folder, ignore_errors=True)


def _keep_memory() -> None:
    """Make the C library of Linux keep the memory of a query's arrays for the next query, which makes queries faster.

    Freeing one block of :data:`KEPT_ARRAY_BYTES` raises the size from which on the library returns freed blocks to the
    system (M_MMAP_THRESHOLD in mallopt(3)). Nothing is written to the block, so it takes no memory.
    """
    with contextlib.suppress(MemoryError):
        np.empty(KEPT_ARRAY_BYTES, np.uint8)


def make_folder(folder: Path) -> None:
    """Make a folder for an index. Raises :class:`~newssearch.IndexFolderError` if it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexFolderError(f"{folder} cannot be created: {error.strerror}", folder) from error


def _check_marker(folder: Path) -> None:
    """Check that this version of newssearch can read the index in a folder.

    The table of contents states the versions of its format. If it is damaged or Whoosh wrote it, the marker is used.
    Raises :class:`~newssearch.IndexVersionError`, or :class:`~newssearch.IndexDamagedError` if the marker is damaged.
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
        message = f"{folder} was made by a newer version of newssearch{made_by}: update newssearch"
        raise IndexVersionError(message, folder, found)
    if found < FORMAT_VERSION or analysis < ANALYSIS_VERSION:
        message = f"{folder} was made by an older version of newssearch: rebuild it with `newssearch index --rebuild`"
        raise IndexVersionError(message, folder, found)


def marker() -> str:
    """Return the content of the marker, the file ``newssearch.json`` that states the format of an index."""
    versions = {"format": FORMAT_VERSION, "analysis": ANALYSIS_VERSION, "made_by": __version__}
    return atomic_files.sealed(json.dumps(versions, separators=(",", ":")))
