"""What Whoosh does for the folder of an index: all but searching it.

It makes an index, writes tables of contents, keeps the lock, and reads segments of its own. Whoosh is slow to import:
only what changes an index, or meets such a segment, comes here.
"""

from __future__ import annotations

import os
import pickle
import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import index as whoosh_index
    from whoosh.fields import ensure_schema
    from whoosh.filedb.filestore import FileStorage
    from whoosh.reading import SegmentReader
    from whoosh.util.filelock import try_for

from ...errors import IndexLockedError
from .adopting import adopt
from .schema import make_schema
from .segment import Segment
from .trust import Toc, newest, read_toc


class WhooshFolder:
    """The folder of an index, as Whoosh sees it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        """Make an empty index. One that is there already is gone."""
        whoosh_index.create_in(str(self._folder), make_schema())

    def toc(self) -> Any:
        """The newest table of contents, once it is seen to name nothing that it should not."""
        return _alive(read_toc(self._folder))

    def put_toc(self, toc: Any) -> None:
        """Let a table of contents be the newest, and remove the files that it does not name."""
        storage = _Durable(str(self._folder))
        toc.generation = newest(self._folder) + 1
        toc.write(storage, "MAIN")
        whoosh_index.clean_files(storage, "MAIN", toc.generation, toc.segments)

    def adopted(self, toc: Toc, number: int) -> Segment:
        """A segment of a table of contents that Whoosh wrote, or of which Whoosh deleted parts of articles."""
        alive = _alive(toc)
        storage = FileStorage(str(self._folder), readonly=True)
        reader = SegmentReader(storage, alive.schema, alive.segments[number])
        try:
            return adopt(reader)
        finally:
            reader.close()

    def lock(self, wait: float) -> Lock:
        """Let nobody else write, until ``release()`` is called on what is returned."""
        return Lock(self._folder, wait)


def _alive(toc: Toc) -> Any:
    """A table of contents as an object of Whoosh's."""
    schema = ensure_schema(pickle.loads(toc.schema))
    return whoosh_index.TOC(schema, pickle.loads(toc.segments), toc.generation)


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


def _sync_folder(folder: Path) -> None:
    """See to it that the names of the files in a folder are on disk, where a system has that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
