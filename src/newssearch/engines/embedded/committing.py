"""What Whoosh does for the folder of an index: all but searching it.

It makes an index, writes tables of contents, keeps the lock, and reads segments of its own. Whoosh is slow to import:
only what changes an index, or meets such a segment, comes here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
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
    from whoosh.reading import SegmentReader
    from whoosh.util.filelock import try_for

    from .plain import plain_values

from ... import durable
from ...analysis import ANALYSIS_VERSION
from ...durable import sync_folder
from ...errors import IndexLockedError
from ...faults import reach
from .adopting import adopt
from .schema import make_schema
from .segment import Segment
from .trust import FORMAT_VERSION, Toc, newest, read_toc, toc_path, written_toc

_PROTOCOL = 2
"""Of pickles: what Whoosh itself writes, and reads whatever Python it runs on."""
LOCKS = ("MAIN_RUN", "MAIN_WRITELOCK")
HOLDER = "writer.json"
"""The file that tells who writes."""
_TOC = re.compile(r"_MAIN_([0-9]+)\.toc(?:\..*)?")
_SEGMENT = re.compile(r"(MAIN_[0-9a-z]+)\..+")


class WhooshFolder:
    """The folder of an index, as Whoosh sees it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        """Make an empty index. One that is there already is gone."""
        self.put_toc(TOC(make_schema(), [], 0))

    def toc(self) -> Any:
        """The newest table of contents, once it is seen to name nothing that it should not."""
        return _alive(read_toc(self._folder))

    def put_toc(self, toc: Any) -> None:
        """Let a table of contents be the newest, and remove the files that it does not name."""
        generation = newest(self._folder) + 1
        schema = ensure_schema(toc.schema)
        schema.clean()
        whole = Toc(
            generation,
            pickle.dumps(schema, _PROTOCOL),
            pickle.dumps(toc.segments, _PROTOCOL),
            (),
            (FORMAT_VERSION, ANALYSIS_VERSION),
        )
        sync_folder(self._folder)  # what it names is on disk under its name
        durable.replace(toc_path(self._folder, generation), written_toc(whole))
        sync_folder(self._folder)
        reach("commit: done")
        self._clean(generation, {segment.segment_id() for segment in toc.segments})

    def _clean(self, generation: int, segments: set[str]) -> None:
        """Remove what belongs to no segment of the newest table of contents, and the other ones."""
        for path in sorted(self._folder.iterdir()):
            toc, owned = _TOC.fullmatch(path.name), _SEGMENT.fullmatch(path.name)
            if (toc and int(toc[1]) < generation) or (owned and owned[1] not in segments):
                with contextlib.suppress(
                    OSError
                ):  # on Windows, one that somebody reads stays until the next commit
                    path.unlink()
                reach("commit: one file removed")

    def adopted(self, toc: Toc, number: int) -> Segment:
        """A segment of a table of contents that Whoosh wrote, or of which Whoosh deleted parts of articles."""
        alive = _alive(toc)
        storage = FileStorage(str(self._folder), readonly=True)
        with plain_values():
            reader = SegmentReader(storage, alive.schema, alive.segments[number])
            try:
                return adopt(reader)
            finally:
                reader.close()

    def is_written(self) -> bool:
        """Whether somebody holds the lock of newssearch, as far as this user may know."""
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
        """Let nobody else write, until ``release()`` is called on what is returned."""
        return Lock(self._folder, wait)


def _alive(toc: Toc) -> Any:
    """A table of contents as an object of Whoosh's."""
    schema = ensure_schema(pickle.loads(toc.schema))
    return TOC(schema, pickle.loads(toc.segments), toc.generation)


class Lock:
    """Both the lock of newssearch, held through all commits of a run, and the one of Whoosh's own writers.

    They are the operating system's, which lets go of them when the process is gone, however it went. A file beside them
    tells who has them; it is only believed while somebody does.
    """

    def __init__(self, folder: Path, wait: float) -> None:
        self._folder = folder
        self._held: list[Any] = []
        try:
            with durable.writing(folder):
                self._take(wait)
                self._tell()
                reach("lock: taken")
        except BaseException:
            self.release()
            raise

    def _take(self, wait: float) -> None:
        until = time.monotonic() + wait
        for name in LOCKS:
            lock = FileStorage(str(self._folder)).lock(name)
            left = max(until - time.monotonic(), 0.0)
            if not try_for(lock.acquire, timeout=left, delay=0.05):
                holder = self._holder() if name == LOCKS[0] else ""  # or it is Whoosh, which tells nobody
                message = f"{holder or 'another process'} is writing to {self._folder}: try again when it is done, or wait longer"
                raise IndexLockedError(message, self._folder, holder)
            self._held.append(lock)

    def _tell(self) -> None:
        now = dt.datetime.now().astimezone().isoformat(timespec="seconds")
        told = {"process": os.getpid(), "host": platform.node(), "since": now}
        durable.replace(self._folder / HOLDER, json.dumps(told).encode())

    def _holder(self) -> str:
        """Who has the lock, as far as that is told."""
        try:
            told = json.loads((self._folder / HOLDER).read_text(encoding="utf-8"))
            return f"process {int(told['process'])} on {told['host']}, since {told['since']},"
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ""

    def release(self) -> None:
        """Let others write."""
        if len(self._held) == len(LOCKS):
            with contextlib.suppress(OSError):
                (self._folder / HOLDER).unlink()
        while self._held:
            self._held.pop().release()
