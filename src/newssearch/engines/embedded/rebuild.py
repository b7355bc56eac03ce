"""The rebuild of an index: the new index is written in a subfolder, then its files replace those of the old one.

The replacement takes effect at once, when the new table of contents is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from newssearch.engines.embedded.segment.story_columns import keep_stories
from newssearch.engines.embedded.storage.toc import MARKER, read_toc
from newssearch.system import atomic_files
from newssearch.system.fault_points import fault_point

from .index_folder import REBUILD, IndexFolder, marker, remove_folder
from .writer import EmbeddedWriter

if TYPE_CHECKING:
    from newssearch.engines.embedded.whoosh_compat.folder import Lock


class EmbeddedRebuild:
    """A rebuild of the index in ``folder``: see :class:`newssearch.engines.protocol.Rebuild`.

    It holds ``lock``, which keeps other writers out, until it is closed. ``extras`` are the names of small files that
    belong to the index and are replaced with it.
    """

    def __init__(self, folder: IndexFolder, lock: Lock, extras: Iterable[str]) -> None:
        self._old = folder
        self._lock = lock
        self._extras = tuple(extras)
        self._new: IndexFolder | None = None

    def begin(self, after: dt.datetime | None = None) -> EmbeddedWriter:
        """Create the new, empty index in a subfolder of the old one, and return its writer."""
        old = self._old
        if old.generation < 0:
            old.check_names(self._extras)
        with atomic_files.writing(old.folder):
            old.remove_rebuilds()  # the interrupted ones: this one holds the lock
            fault_point("rebuild: begin")
        self._new = IndexFolder(atomic_files.unused_name(old.folder / REBUILD))
        return EmbeddedWriter(self._new, self._new.create_locked(0.0), after)

    def write_extra(self, name: str, content: str) -> None:
        """Write the extra file ``name`` of the new index, in its subfolder."""
        self._begun().write_extra(name, content)

    def _begun(self) -> IndexFolder:
        assert self._new is not None, "a rebuild begins before it is written to"
        return self._new

    def finish(self, first: Iterable[str] = ()) -> None:
        """Put the new index in the place of the old one, in one commit.

        The old one is not read, so that a damaged index, or one of an older format, can be replaced too.
        """
        old, new = self._old, self._begun()
        self._lock.check()
        with atomic_files.writing(old.folder):
            toc = new.toc()
            contents = {name: new.read_extra(name) for name in self._extras}
            before = {name: content for name in first if (content := contents.pop(name)) is not None}
            fault_point("rebuild: whole")
            if old.generation < 0:  # files of segments without a table of contents would look like damage
                old.put_empty(contents)
            for name, content in before.items():
                old.write_extra(name, content)
            old.remove_extras(contents)  # otherwise they would describe the new index for a moment
            for path in sorted(new.folder.glob("MAIN_*")):
                if path.suffix:  # a file of a segment; its name is random, so the old index has no such file
                    atomic_files.patiently(partial(path.rename, old.folder / path.name))
                    fault_point("rebuild: one file moved")
            keep_stories(new.folder, old.folder, old.generation + 1)
            old.put_toc(toc, read_toc(new.folder).time)
            for name, content in ((MARKER, marker()), *contents.items()):
                if content is not None:
                    old.write_extra(name, content)
            fault_point("rebuild: done")

    def close(self) -> None:
        """Remove the subfolder of the new index with all that is left in it, and release the lock."""
        try:
            if self._new is not None:
                remove_folder(self._new.folder)
        finally:
            self._lock.release()
