"""A rebuild: a new index grows in a folder inside the old one, and takes its place by a new table of contents."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from newssearch.engines.embedded.segment.story_columns import keep_stories
from newssearch.engines.embedded.storage.toc import MARKER
from newssearch.system import atomic_files
from newssearch.system.fault_points import fault_point

from .index_folder import REBUILD, IndexFolder, marker, remove_folder
from .writer import EmbeddedWriter

if TYPE_CHECKING:
    from newssearch.engines.embedded.whoosh_compat.folder import Lock


class EmbeddedRebuild:
    """A rebuild of one index; see :class:`newssearch.engines.protocol.Rebuild`. It holds ``lock`` until it is closed."""

    def __init__(self, folder: IndexFolder, lock: Lock, extras: Iterable[str]) -> None:
        self._old = folder
        self._lock = lock
        self._extras = tuple(extras)
        self._new: IndexFolder | None = None

    def begin(self) -> EmbeddedWriter:
        """Make the new index, empty, and return its writer."""
        old = self._old
        if old.generation < 0:
            old.check_names(self._extras)
        with atomic_files.writing(old.folder):
            old.remove_rebuilds()  # that were interrupted
            fault_point("rebuild: begin")
        self._new = IndexFolder(atomic_files.unused_name(old.folder / REBUILD))
        return EmbeddedWriter(self._new, self._new.create_locked(0.0))

    def write_extra(self, name: str, content: str) -> None:
        """Write one of the extras of the new index."""
        self._begun().write_extra(name, content)

    def _begun(self) -> IndexFolder:
        assert self._new is not None, "a rebuild begins before it is written to"
        return self._new

    def finish(self) -> None:
        """Put the new index in the place of the old one, in one commit.

        The old one is not read, so that a damaged index, or one of an older format, can be replaced too.
        """
        old, new = self._old, self._begun()
        self._lock.check()
        with atomic_files.writing(old.folder):
            toc = new.toc()
            contents = {name: new.read_extra(name) for name in self._extras}
            fault_point("rebuild: whole")
            if old.generation < 0:  # files of segments without a table of contents would look like damage
                old.put_empty(contents)
            old.remove_extras(contents)  # they describe the old index, and would be believed of the new one
            for path in sorted(new.folder.glob("MAIN_*")):
                if (
                    path.suffix
                ):  # of a segment, whose name is random, so that none is here already; a lock has none
                    atomic_files.patiently(partial(path.rename, old.folder / path.name))
                    fault_point("rebuild: one file moved")
            keep_stories(new.folder, old.folder, old.generation + 1)
            old.put_toc(toc)
            for name, content in ((MARKER, marker()), *contents.items()):
                if content is not None:
                    old.write_extra(name, content)
            fault_point("rebuild: done")

    def close(self) -> None:
        """Remove what is left of the new index, and release the lock."""
        try:
            if self._new is not None:
                remove_folder(self._new.folder)
        finally:
            self._lock.release()
