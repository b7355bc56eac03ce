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
    from whoosh.writing import SegmentWriter

from ..._version import __version__
from ...analysis import ANALYSIS_VERSION
from ...article import Article
from ...errors import (
    IndexDamagedError,
    IndexExistsError,
    IndexFolderError,
    IndexLockedError,
    IndexNotFoundError,
    IndexVersionError,
)
from .schema import documents, make_schema
from .snapshot import EmbeddedSnapshot
from .trust import check_toc

FORMAT_VERSION = 2
"""Counts up when an index of before can no longer be read as it is."""

POOL = 32
"""Megabytes of postings, by Whoosh's count, that a commit holds in memory before it puts them on disk."""

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
                return EmbeddedSnapshot(self._whoosh().reader(), self.folder)
            except FileNotFoundError as error:
                if attempt == _REOPEN - 1:
                    message = f"{self.folder}: a file of the index is missing: {error}"
                    raise IndexDamagedError(message, self.folder) from error
                time.sleep(0.01 * attempt)
            except IndexDamagedError:
                raise
            except Exception as error:  # Whoosh trusts its files: what it stumbles over may be anything
                message = f"{self.folder}: the index is damaged ({error!r}): make it anew with --rebuild"
                raise IndexDamagedError(message, self.folder) from error
        raise AssertionError("unreachable")

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
        storage = FileStorage(str(self.folder))
        toc = whoosh_index.TOC.read(FileStorage(str(new.folder)), "MAIN")
        toc.generation = self.generation + 1
        for path in sorted(new.folder.glob("MAIN_*")):
            if (
                path.suffix
            ):  # of a segment, whose name is random, so that none is here already; a lock has none
                path.rename(self.folder / path.name)
        for name in (*extras, _MARKER):
            content = new.read_extra(name)
            if content is not None:
                self.write_extra(name, content)
        toc.write(storage, "MAIN")
        whoosh_index.clean_files(storage, "MAIN", toc.generation, toc.segments)
        shutil.rmtree(new.folder, ignore_errors=True)

    def lock(self, wait: float) -> Any:
        """Let nobody else write, until ``release()`` is called on what is returned."""
        lock = FileStorage(str(self.folder)).lock("MAIN_RUN")
        if not try_for(lock.acquire, timeout=wait, delay=0.05):
            message = (
                f"another process is writing to {self.folder}: try again when it is done, or wait longer"
            )
            raise IndexLockedError(message, self.folder)
        return lock

    def _whoosh(self) -> Any:
        check_toc(self.folder)
        return whoosh_index.open_dir(str(self.folder))


class EmbeddedWriter:
    """The one writer of an index; see :class:`newssearch.engines.Writer`."""

    def __init__(self, store: EmbeddedStore, wait: float) -> None:
        self._store = store
        self._lock = store.lock(wait)
        try:
            self._snapshot = store.snapshot()
        except BaseException:
            self._lock.release()
            raise
        self._writer: Any = None
        self._pending = 0
        self._removed = False

    @property
    def pending(self) -> int:
        """Paragraphs added since the last commit."""
        return self._pending

    def states(self, path: str) -> dict[str, str]:
        """The ids of the committed articles read from ``path``, each with its state."""
        return self._snapshot.states(path)

    def state(self, article_id: str) -> str | None:
        """The state of a committed article, or None."""
        return self._snapshot.state(article_id)

    def add(self, article: Article, state: str) -> None:
        """Add an article."""
        writer = self._open()
        for document in documents(article, state):
            writer.add_document(**document)
            self._pending += 1

    def remove(self, ids: Iterable[str]) -> int:
        """Remove committed articles; the number of them that there were."""
        removed = 0
        for article_id in ids:
            found = self._snapshot.documents(article_id)
            removed += bool(found)
            for doc in found:
                self._open().delete_document(doc)
        self._removed |= removed > 0
        return removed

    def commit(self) -> None:
        """Make all since the last commit the new state of the index."""
        if self._writer is None:
            return
        self._writer.commit()
        self._writer = None
        self._pending = 0
        self._snapshot.close()
        self._snapshot = self._store.snapshot()

    def close(self) -> None:
        """Drop what was not committed, and let others write."""
        if self._writer is not None:
            self._writer.cancel()
            self._writer = None
        self._snapshot.close()
        self._lock.release()

    def _open(self) -> Any:
        if self._writer is None:
            self._writer = SegmentWriter(self._store._whoosh(), limitmb=POOL)
        return self._writer


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


def _write_whole(path: Path, content: str) -> None:
    """Write a file so that it has either its old content or its new one, whatever happens."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
