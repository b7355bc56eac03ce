"""The folder of an index: made, opened, checked, written to.

Beside Whoosh's own files (``_MAIN_*.toc`` and ``MAIN_*``) it holds ``newssearch.json``, which says which format the
index has. A search opens what the newest table of contents names; a writer holds the lock ``MAIN_RUN`` for as long
as it lives, through all of its commits.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import index as whoosh_index
    from whoosh.filedb.filestore import FileStorage
    from whoosh.util.filelock import try_for

from ..._version import __version__
from ...analysis import ANALYSIS_VERSION
from ...errors import (
    IndexDamagedError,
    IndexExistsError,
    IndexFolderError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
)
from .adopting import adopt
from .codec import ArraySegment
from .container import Container, ContainerError
from .schema import make_schema
from .segment import Segment
from .snapshot import EmbeddedSnapshot
from .trust import check_toc
from .writer import EmbeddedWriter

FORMAT_VERSION = 4
"""Counts up when an index of before can no longer be read as it is."""

_MARKER = "newssearch.json"
_TOC = "_MAIN_*.toc"
_REBUILD = "rebuild.tmp"
_REOPEN = 20
"""A commit removes the files of the one before; a reader that was between the two tries again, so many times."""


class EmbeddedStore:
    """An index in a folder. Make one with :meth:`open` or :meth:`create`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The folder of the index."""
        return self._folder

    @classmethod
    def open(cls, folder: Path) -> EmbeddedStore:
        """The index in ``folder``.

        Raises :class:`~newssearch.IndexNotFoundError`, :class:`~newssearch.IndexVersionError` or
        :class:`~newssearch.IndexDamagedError`.
        """
        if not any(folder.glob(_TOC)):
            what = "is no folder" if not folder.is_dir() else "holds no index"
            message = f"{folder} {what}: make one with `newssearch index --index {folder} FILES…`"
            raise IndexNotFoundError(message, folder)
        _check_marker(folder)
        return cls(folder)

    @classmethod
    def create(cls, folder: Path) -> EmbeddedStore:
        """A new, empty index in ``folder``, which is made if need be.

        Raises :class:`~newssearch.IndexExistsError` where there is one: it is never emptied.
        """
        if any(folder.glob(_TOC)):
            raise IndexExistsError(f"{folder} holds an index already", folder)
        make_folder(folder)
        _write_whole(
            folder / _MARKER,
            json.dumps({"format": FORMAT_VERSION, "analysis": ANALYSIS_VERSION, "made_by": __version__}),
        )
        whoosh_index.create_in(str(folder), make_schema())
        return cls(folder)

    @property
    def generation(self) -> int:
        """The number of the last commit."""
        storage = FileStorage(str(self.folder), readonly=True)
        return int(whoosh_index.TOC._latest_generation(storage, "MAIN"))

    @property
    def size(self) -> int:
        """Bytes of all files in the folder."""
        return sum(entry.stat().st_size for entry in os.scandir(self.folder) if entry.is_file())

    def snapshot(self) -> EmbeddedSnapshot:
        """The last commit."""
        for attempt in range(_REOPEN):
            try:
                return self._snapshot()
            except FileNotFoundError as error:
                if attempt == _REOPEN - 1:
                    message = f"{self.folder}: a file of the index is missing: {error}"
                    raise IndexDamagedError(message, self.folder) from error
                time.sleep(0.01 * attempt)
            except ContainerError as error:
                message = f"{self.folder}: the index is damaged ({error}): make it anew with --rebuild"
                raise IndexDamagedError(message, self.folder) from error
            except IndexDamagedError:
                raise
            except Exception as error:  # Whoosh trusts its files: what it stumbles over may be anything
                message = f"{self.folder}: the index is damaged ({error!r}): make it anew with --rebuild"
                raise IndexDamagedError(message, self.folder) from error
        raise AssertionError("unreachable")

    def _snapshot(self) -> EmbeddedSnapshot:
        toc = self.toc()
        return EmbeddedSnapshot([self._segment(known, toc.schema) for known in toc.segments], self.folder)

    def writer(self, wait: float) -> EmbeddedWriter:
        """The one writer; waits up to ``wait`` seconds for another to finish.

        Raises :class:`~newssearch.IndexLockedError`.
        """
        return EmbeddedWriter(self, wait)

    def read_extra(self, name: str) -> str | None:
        """The content of a file of ours beside the index, or None."""
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def write_extra(self, name: str, content: str) -> None:
        """Write a file of ours beside the index, whole or not at all."""
        _write_whole(self.folder / name, content)

    def begin_rebuild(self) -> EmbeddedStore:
        """An empty index inside the folder, to take its place with :meth:`finish_rebuild`."""
        folder = self.folder / _REBUILD
        shutil.rmtree(folder, ignore_errors=True)  # of a rebuild that was broken off
        return EmbeddedStore.create(folder)

    def finish_rebuild(self, new: EmbeddedStore, extras: Iterable[str]) -> None:
        """Let what is in ``new`` take the place of all that is here, in one commit.

        What is here is not read, so that a damaged index, or one of an older format, can be made anew.
        """
        toc = new.toc()
        for path in sorted(new.folder.glob("MAIN_*")):
            if (
                path.suffix
            ):  # of a segment, whose name is random, so that none is here already; a lock has none
                path.rename(self.folder / path.name)
        for name in (*extras, _MARKER):
            content = new.read_extra(name)
            if content is not None:
                self.write_extra(name, content)
        self.put_toc(toc)
        shutil.rmtree(new.folder, ignore_errors=True)

    def lock(self, wait: float) -> Lock:
        """Let nobody else write, until ``release()`` is called on what is returned."""
        return Lock(self.folder, wait)

    def toc(self) -> Any:
        """The newest table of contents, once it is seen to name nothing that it should not."""
        check_toc(self.folder)
        return whoosh_index.TOC.read(FileStorage(str(self.folder), readonly=True), "MAIN")

    def put_toc(self, toc: Any) -> None:
        """Let a table of contents be the newest, and remove the files that it does not name."""
        storage = _Durable(str(self.folder))
        toc.generation = self.generation + 1
        toc.write(storage, "MAIN")
        whoosh_index.clean_files(storage, "MAIN", toc.generation, toc.segments)

    def _segment(self, known: Any, schema: Any) -> Segment:
        """A segment that a table of contents names."""
        if isinstance(known, ArraySegment):
            segment = Segment(Container(self.folder / known.file_name), known.deleted_docs())
            if not segment.torn:
                return segment
        from whoosh.reading import SegmentReader  # noqa: PLC0415  seldom needed, and slow to import

        reader = SegmentReader(FileStorage(str(self.folder), readonly=True), schema, known)
        try:
            return adopt(reader)
        finally:
            reader.close()


class _Durable(FileStorage):  # type: ignore[misc]
    """What is renamed, as tables of contents are, is on disk before and after."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Give a file the name that it is to have."""
        folder = Path(self.folder)
        with (folder / oldname).open("rb") as file:
            os.fsync(file.fileno())
        super().rename_file(oldname, newname, safe=safe)
        _sync_folder(folder)


class Lock:
    """Both the lock of newssearch, held through all commits of a run, and the one of Whoosh's own writers."""

    def __init__(self, folder: Path, wait: float) -> None:
        self._held: list[Any] = []
        for name in ("MAIN_RUN", "MAIN_WRITELOCK"):
            lock = FileStorage(str(folder)).lock(name)
            if not try_for(lock.acquire, timeout=wait, delay=0.05):
                self.release()
                message = f"another process is writing to {folder}: try again when it is done, or wait longer"
                raise IndexLockedError(message, folder)
            self._held.append(lock)

    def release(self) -> None:
        """Let others write."""
        while self._held:
            self._held.pop().release()


def make_folder(folder: Path) -> None:
    """Make a folder for an index. Raises :class:`~newssearch.IndexFolderError` where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexFolderError(f"{folder} cannot be made: {error.strerror}", folder) from error


def _check_marker(folder: Path) -> None:
    try:
        marker = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        found, analysis = int(marker["format"]), int(marker["analysis"])
    except FileNotFoundError:
        raise IndexVersionError(f"{folder} holds an index that newssearch did not make", folder) from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise IndexDamagedError(f"{folder / _MARKER} cannot be read: {error}", folder) from error
    if found > FORMAT_VERSION or analysis > ANALYSIS_VERSION:
        message = f"{folder} was made by a newer newssearch ({marker.get('made_by', '?')}): update this one"
        raise IndexVersionError(message, folder, found)
    if found < FORMAT_VERSION or analysis < ANALYSIS_VERSION:
        message = f"{folder} was made by an older newssearch: make it anew with `newssearch index --rebuild`"
        raise IndexVersionError(message, folder, found)


def _sync_folder(folder: Path) -> None:
    """See to it that the names of the files in a folder are on disk, where a system has that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_whole(path: Path, content: str) -> None:
    """Write a file so that it has either its old content or its new one, whatever happens."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
