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
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from newssearch._version import __version__
from newssearch.engines.embedded.integrity.diagnosis import diagnosed
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.story_columns import (
    Named,
    Stories,
    keep_stories,
    read_stories,
    remove_stories,
    story_path,
    write_stories,
)
from newssearch.engines.embedded.storage.container import Container
from newssearch.engines.embedded.storage.toc import (
    EXTENSION,
    FORMAT_VERSION,
    MARKER,
    Listed,
    Toc,
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
from newssearch.system.fault_points import reach
from newssearch.text.analysis import ANALYSIS_VERSION

from .snapshot import EmbeddedSnapshot

if TYPE_CHECKING:
    from newssearch.engines.embedded.integrity.salvage import Lost, Saved
    from newssearch.engines.embedded.integrity.verify import Check
    from newssearch.engines.embedded.whoosh_compat.folder import Lock, WhooshFolder
    from newssearch.reports import Leftover, Problem

    from .writer import EmbeddedWriter

REBUILD = "rebuild"
REBUILDS = re.compile(rf"{REBUILD}(\.[0-9a-f]{{16}})?\.tmp")
"""The folder that a rebuild grows in."""
KEPT = 1 << 24
"""Bytes of an array up to which its memory is kept for others."""
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
        if not holds_index(folder):
            raise _not_found(folder)
        _check_marker(folder)
        return cls(folder)

    @classmethod
    def create(cls, folder: Path, wait: float = 10.0, extras: Iterable[str] = ()) -> EmbeddedStore:
        """A new, empty index in ``folder``, which is made if need be, with none of the ``extras`` of an earlier one.

        Raises :class:`~newssearch.IndexExistsError` where there is one: it is never emptied. Waits up to ``wait`` seconds
        for a process that creates or rebuilds one there, then raises :class:`~newssearch.IndexLockedError`.
        """
        store, lock = cls.create_locked(folder, wait, extras)
        lock.release()
        return store

    @classmethod
    def create_locked(
        cls, folder: Path, wait: float, extras: Iterable[str] = ()
    ) -> tuple[EmbeddedStore, Lock]:
        """The same, with the lock, which is still held: nobody else has written to it."""
        if holds_index(folder):
            raise IndexExistsError(f"{folder} holds an index already", folder)
        store = cls(folder)
        lock = store.lock_or_make(wait)
        try:
            if holds_index(folder):  # made while we waited for the lock
                raise IndexExistsError(f"{folder} holds an index already", folder)
            store._check_names(extras)
            store._put_empty(extras)
        except BaseException:
            lock.release()
            raise
        return store, lock

    def _check_names(self, extras: Iterable[str]) -> None:
        """See to it that the files which an index will write have taken nobody's name, where there is none yet.

        Raises :class:`~newssearch.IndexFolderError`.
        """
        for name in (MARKER, *extras):
            content = self.read_extra(name)
            try:
                atomic_files.unsealed(content if content is not None else _marker())
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
                reach("create: folder made")
                return self._whoosh.lock(max(until - time.monotonic(), 0.0))
            except FileNotFoundError as error:
                if time.monotonic() >= until:
                    raise IndexFolderError(
                        f"{self.folder} was removed again and again", self.folder
                    ) from error
            except OSError as error:
                raise atomic_files.unwritable(self.folder, error) from error

    def _put_empty(self, extras: Iterable[str]) -> None:
        """Make an empty index where there is none, without the ``extras`` of one before. The lock must be held.

        The table of contents comes last: before it there is no index, and after it a whole one.
        """
        with atomic_files.writing(self.folder):
            self._remove_extras(extras)
            self.write_extra(MARKER, _marker())
            self._whoosh.create()

    def _remove_extras(self, extras: Iterable[str]) -> None:
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
        named: list[Named | None] = []
        opened: list[Segment | None] = []
        for listed in toc.listed:
            segment, name = self._opened(listed) if listed is not None else (None, None)
            opened.append(segment)
            named.append(name)
        stories = read_stories(self.folder, toc.generation, named)
        if stories.generation != toc.generation and newest(self.folder) != toc.generation:
            raise FileNotFoundError("the index was written to while it was opened")
        if stories.generation != toc.generation and toc.versions is not None and toc.listed:
            raise FileNotFoundError(story_path(self.folder, toc.generation).name)
        segments: list[Segment] = []
        for number, (segment, known) in enumerate(zip(opened, stories.parts, strict=True)):
            if segment is None:
                segment = self.adopted(toc, number)  # noqa: PLW2901
            segment.stories = known
            segments.append(segment)
        with diagnosed(segments):
            return EmbeddedSnapshot(segments, stories.boilerplate)

    def _opened(self, listed: Listed) -> tuple[Segment, Named] | tuple[None, None]:
        """A segment of ours and its name; None for both where Whoosh has deleted parts of its articles."""
        segment = Segment(Container(self.folder / listed.file_name), listed.deleted)
        with diagnosed([segment]):
            return (None, None) if segment.torn else (segment, Named(listed.file_name, segment.living))

    @property
    def _whoosh(self) -> WhooshFolder:
        """What Whoosh does for the index."""
        from newssearch.engines.embedded.whoosh_compat.folder import (
            WhooshFolder,  # slow to import, and a search needs none of it
        )

        return WhooshFolder(self.folder)

    def writer(self, wait: float) -> EmbeddedWriter:
        """The one writer; waits up to ``wait`` seconds for another to finish.

        Raises :class:`~newssearch.IndexLockedError`.
        """
        from .writer import EmbeddedWriter  # slow to import, and a search needs none of it

        return EmbeddedWriter(self, self.lock(wait))

    def writer_with(self, lock: Lock) -> EmbeddedWriter:
        """The one writer, who takes over a lock that is held."""
        from .writer import EmbeddedWriter  # slow to import, and a search needs none of it

        return EmbeddedWriter(self, lock)

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

    def begin_rebuild(self, extras: Iterable[str]) -> EmbeddedStore:
        """An empty index inside the folder, to take its place with :meth:`finish_rebuild`. The lock must be held."""
        if self.generation < 0:
            self._check_names(extras)
        with atomic_files.writing(self.folder):
            self._remove_rebuilds()  # that were broken off
            reach("rebuild: begin")
        return EmbeddedStore.create(atomic_files.unused_name(self.folder / REBUILD), wait=0.0)

    def finish_rebuild(self, new: EmbeddedStore, extras: Iterable[str]) -> None:
        """Let what is in ``new`` take the place of all that is here, in one commit. The lock must be held.

        What is here is not read, so that a damaged index, or one of an older format, can be made anew.
        """
        with atomic_files.writing(self.folder):
            toc = new.toc()
            contents = {name: new.read_extra(name) for name in extras}
            reach("rebuild: whole")
            if self.generation < 0:  # files of segments without a table of contents would look like damage
                self._put_empty(contents)
            self._remove_extras(
                contents
            )  # what they know of the old index must not be believed of the new one
            for path in sorted(new.folder.glob("MAIN_*")):
                if (
                    path.suffix
                ):  # of a segment, whose name is random, so that none is here already; a lock has none
                    atomic_files.patiently(partial(path.rename, self.folder / path.name))
                    reach("rebuild: one file moved")
            keep_stories(new.folder, self.folder, self.generation + 1)
            self.put_toc(toc)
            for name, content in ((MARKER, _marker()), *contents.items()):
                if content is not None:
                    self.write_extra(name, content)
            reach("rebuild: done")

    def discard_rebuild(self, new: EmbeddedStore) -> None:
        """Remove what is left of a rebuild that :meth:`begin_rebuild` began."""
        _remove(new.folder)

    def _remove_rebuilds(self) -> None:
        """Remove the folders that interrupted rebuilds left behind. The lock must be held, so that no rebuild is running."""
        for path in self.folder.glob(f"{REBUILD}*.tmp"):
            if REBUILDS.fullmatch(path.name):
                _remove(path)

    # ---- looking at all of it

    def check(self, sample: int) -> Check:
        """A look at all of the index, the words of some articles of each segment among it."""
        from newssearch.engines.embedded.integrity.verify import (
            Check,  # slow to import, and a search needs none of it
        )

        return Check(self.folder, sample, self.adopted)

    def adopted(self, toc: Toc, number: int) -> Segment:
        """A segment that Whoosh wrote, or of which it deleted parts of articles."""
        return self._whoosh.adopted(toc, number)

    def salvaged(self) -> Iterator[Saved | Lost | Problem]:
        """All articles that can still be read, those that cannot, and what else is amiss."""
        from newssearch.engines.embedded.integrity.salvage import (
            salvaged,  # slow to import, and a search needs none of it
        )

        return salvaged(self.folder, self.adopted)

    def is_written(self) -> bool:
        """Whether a run of newssearch goes on, as far as this user may know."""
        return self._whoosh.is_written()

    def leftovers(self, known: Iterable[str]) -> list[Leftover]:
        """What is in the folder and belongs to no commit; ``known`` are files of others that do.

        Only what newssearch or Whoosh may have written there is one.
        """
        from newssearch.engines.embedded.integrity.verify import (
            leftovers,  # slow to import, and a search needs none of it
        )

        return leftovers(self.folder, frozenset(known))

    def remove_leftovers(self, known: Iterable[str]) -> list[str]:
        """Remove them, and return the names of those that are gone. The lock must be held."""
        from newssearch.engines.embedded.integrity.verify import (
            remove,  # slow to import, and a search needs none of it
        )

        return remove(self.folder, [left.name for left in self.leftovers(known)])

    def lock(self, wait: float) -> Lock:
        """Let nobody else write, until ``release()`` is called on what is returned.

        Raises :class:`~newssearch.IndexLockedError` where others write for longer than ``wait`` seconds.
        """
        try:
            return self._whoosh.lock(wait)
        except FileNotFoundError as error:
            raise _not_found(self.folder) from error
        except OSError as error:
            raise atomic_files.unwritable(self.folder, error) from error

    def toc(self) -> Any:
        """The newest table of contents, once it is seen to name nothing that it should not."""
        return self._whoosh.toc()

    def put_toc(self, toc: Any, stories: Stories | None = None) -> bool:
        """Let a table of contents be the newest, with these stories, and remove the files that it does not name.

        The lock must be held. Returns whether these are gone: on Windows, those stay that somebody has open.
        """
        generation = self.generation + 1
        reach("commit: begin")
        if stories is not None:
            write_stories(self.folder, generation, stories)
            reach("commit: stories written")
        all_gone = self._whoosh.put_toc(toc)
        all_gone = remove_stories(self.folder, generation) and all_gone
        reach("commit: stories removed")
        if not (self.folder / MARKER).exists():
            self.write_extra(MARKER, _marker())
        self._remove_rebuilds()
        return all_gone

    def clean(self) -> None:
        """Remove what the last commit has replaced, and could not remove because it was in use. The lock must be held."""
        self._whoosh.clean()
        remove_stories(self.folder, self.generation)


def _not_found(folder: Path) -> IndexNotFoundError:
    """The error that there is no index in a folder."""
    what = "is no folder" if not folder.is_dir() else "holds no index"
    message = f"{folder} {what}: make one with `newssearch index --index {folder} FILES…`"
    return IndexNotFoundError(message, folder)


def _remove(folder: Path) -> None:
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
    """See to it that this version can read an index: by what its table of contents says, or by its marker, if Whoosh
    wrote that."""
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
        message = f"{folder} was made by an older newssearch: make it anew with `newssearch index --rebuild`"
        raise IndexVersionError(message, folder, found)


def _marker() -> str:
    versions = {"format": FORMAT_VERSION, "analysis": ANALYSIS_VERSION, "made_by": __version__}
    return atomic_files.sealed(json.dumps(versions, separators=(",", ":")))
