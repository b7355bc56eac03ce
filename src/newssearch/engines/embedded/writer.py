"""The one writer of an index: from articles to committed segments.

Articles are gathered in batches. A batch becomes a segment beside, while the next one is gathered: in a thread, or in one
of several processes once there is enough to do. Its segments are the same either way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

import numpy as np

from newssearch.article import Article
from newssearch.engines.embedded.indexing.lexicon import Lexicon
from newssearch.engines.embedded.indexing.merger import merge, renumbered
from newssearch.engines.embedded.indexing.near_duplicates import Part, joined, update
from newssearch.engines.embedded.indexing.segment_builder import Builder
from newssearch.engines.embedded.integrity.diagnosis import diagnosed
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.shingles import Hashes
from newssearch.engines.embedded.segment.story_columns import SegmentKey, Stories, StoryColumns
from newssearch.engines.embedded.storage.container import Container, ContainerWriter, write_container
from newssearch.engines.embedded.whoosh_compat.codec import ArraySegment
from newssearch.engines.embedded.whoosh_compat.folder import Lock
from newssearch.system.atomic_files import remove_unused, writing
from newssearch.system.fault_points import fault_point
from newssearch.system.workers import ProcessPool, ThreadWorker, WorkerMemory, WorkerPool, worker_count

from .index_folder import IndexFolder
from .indexing import merge_policy
from .snapshot import EmbeddedSnapshot

BATCH = 18_000_000
"""Bytes of text that make a segment: what is held in memory, once and for each process."""
ENOUGH = 12_000_000
"""Bytes of text in one run from which on it is worth the time that processes take to start."""


Told = tuple[ArraySegment, StoryColumns]
"""A segment, and what is known of the stories in it."""


class EmbeddedWriter:
    """The one writer of an index; see :class:`newssearch.engines.protocol.Writer`. It holds ``lock`` until it is closed."""

    def __init__(self, store: IndexFolder, lock: Lock) -> None:
        self._store = store
        self._lock = lock
        try:
            self._snapshot: EmbeddedSnapshot = store.snapshot()
        except BaseException:
            self._lock.release()
            raise
        self._builder = Builder()
        self._given = 0  # bytes of text, of all segments
        self._workers: WorkerPool = ThreadWorker()
        self._under_way: list[tuple[ArraySegment, Future[None]]] = []
        self._new: list[ArraySegment] = []
        self._made: list[ArraySegment] = []  # of which a commit that fails leaves files behind
        self._removed: dict[int, set[int]] = {}
        self._pending = 0
        self._clean = True  # whether the last commit could remove all that it has replaced
        self._untidy = 0  # documents added since segments were last merged

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
        self._builder.add(article, state)
        self._pending += max(len(article.paragraphs), 1)
        if self._builder.size >= BATCH:
            with writing(self._store.folder):
                self._put()

    def remove(self, ids: Iterable[str]) -> int:
        """Remove committed articles; the number of them that there were."""
        removed = 0
        segments = self._snapshot.segments
        for article_id in ids:
            with diagnosed(segments):
                removed += sum(
                    self._remove(number, segment, article_id) for number, segment in enumerate(segments)
                )
        return removed

    def _remove(self, number: int, segment: Segment, article_id: str) -> bool:
        """Remove an article from a segment, by the number of that; whether it was there."""
        article = segment.find(article_id)
        documents = self._removed.setdefault(number, set())
        if article < 0 or int(segment.first[article]) in documents:
            return False
        documents.update(range(int(segment.first[article]), int(segment.first[article + 1])))
        return True

    def commit(self, *, last: bool = True) -> None:
        """Make all since the last commit the new state of the index; with ``last``, tidy up what was added.

        It is on disk when this returns. Raises :class:`~newssearch.IndexWriteError`, and
        :class:`~newssearch.IndexDamagedError` where what was committed before does not fit together.
        """
        with writing(self._store.folder), diagnosed(self._snapshot.segments):
            self._commit(last)

    def _commit(self, last: bool) -> None:
        if self._builder.documents:
            self._put()
        self._wait()
        fault_point("segment: done")
        if not self._new and not any(self._removed.values()) and not (last and self._untidy):
            return
        self._lock.check()
        toc = self._store.toc()
        for number, documents in self._removed.items():
            for document in documents:
                toc.segments[number].delete_document(document)
        fault_point("commit: deleted")
        toc.segments.extend(self._new)
        parts, boilerplate = self._stories()
        held = [pair for pair in zip(toc.segments, parts, strict=True) if pair[0].doc_count()]
        self._untidy += sum(segment.doc_count() for segment in self._new)
        merged = self._merged(held, last)
        toc.segments = [segment for segment, _ in merged]
        if last:
            self._untidy = 0
        names = [SegmentKey(segment.file_name, segment.doc_count()) for segment, _ in merged]
        self._lock.check()
        self._clean = self._store.put_toc(toc, Stories(names, [known for _, known in merged], boilerplate))
        self._new, self._made, self._removed, self._pending = [], [], {}, 0
        self._snapshot.close()
        self._snapshot = self._store.snapshot()

    def _stories(self) -> tuple[list[StoryColumns], Hashes]:
        """The stories in each segment, those that are new last, and what is boilerplate."""
        parts = []
        for number, segment in enumerate(self._snapshot.segments):
            removed = np.array(sorted(self._removed.get(number, ())), np.int64)
            parts.append(Part(segment, segment.stories, np.unique(segment.article[removed]).astype(np.int64)))
        for new in self._new:
            opened = Segment(Container(self._store.folder / new.file_name))
            parts.append(Part(opened, None, np.empty(0, np.int64)))
        return update(parts, self._snapshot.boilerplate)

    def _merged(self, held: Sequence[Told], last: bool) -> list[Told]:
        """The segments, some of them made into one."""
        merged = []
        added = self._untidy if last else 0
        documents = [segment.doc_count() for segment, _ in held]
        sizes = [self._size(segment) for segment, _ in held]
        for low, high in merge_policy.choose(documents, sizes, added):
            first, _ = held[low]
            wasteful = last and merge_policy.wasteful(first.doc_count(), first.deleted_count())
            alone = high - low == 1 and not wasteful
            merged.append(held[low] if alone else self._one(held[low:high]))
        return merged

    def _size(self, segment: ArraySegment) -> int:
        """The bytes of it that are not of deleted documents."""
        size = (self._store.folder / segment.file_name).stat().st_size
        left: float = segment.doc_count() / max(segment.doc_count_all(), 1)
        return int(size * left)

    def _one(self, held: Sequence[Told]) -> Told:
        """A segment of what is in several."""
        fault_point("merge: begin")
        read = [Segment(Container(self._store.folder / one.file_name), one.deleted_docs()) for one, _ in held]
        segment = ArraySegment("MAIN")
        container = ContainerWriter(self._store.folder / segment.file_name)
        try:
            segment.set_doc_count(merge(read, container, self._workers))
            container.close()
        except BaseException:
            container.discard()
            raise
        fault_point("merge: done")
        self._made.append(segment)
        parts = zip(held, renumbered(read), strict=True)
        return segment, joined([(known, new.articles, new.documents) for (_, known), new in parts])

    def close(self) -> None:
        """Drop what was not committed, and let others write."""
        try:
            self._workers.shutdown()
            self._snapshot.close()
            with contextlib.suppress(OSError):  # it stays behind, and harms nobody
                self._drop()
                if not self._clean:
                    self._store.remove_replaced()
        finally:
            self._lock.release()

    def _drop(self) -> None:
        """Remove what was written for no commit; one that was broken off may have come about all the same."""
        written = [*self._new, *self._made, *(segment for segment, _ in self._under_way)]
        if not written:
            return
        known = {segment.segment_id() for segment in self._store.toc().segments}
        for segment in written:
            if segment.segment_id() not in known:
                remove_unused(self._store.folder / segment.file_name)

    def _put(self) -> None:
        """Let what was added become a segment, which counts from the next commit on."""
        fault_point("segment: begin")
        builder, self._builder = self._builder, Builder()
        self._given += builder.size
        if self._given >= ENOUGH and self._workers.number == 1 and (number := worker_count()) > 1:
            self._wait()
            self._workers.shutdown()
            self._workers = ProcessPool(number)
        self._wait(self._workers.number - 1)
        segment = ArraySegment("MAIN", builder.documents)
        task = Build(builder, self._store.folder / segment.file_name)
        self._under_way.append((segment, self._workers.submit(task)))

    def _wait(self, most: int = 0) -> None:
        """Wait until no more than so many segments are under way."""
        while len(self._under_way) > most:
            segment, made = self._under_way[0]
            made.result()  # what it raises, it raises at each commit
            self._new.append(segment)
            del self._under_way[0]


class Build(NamedTuple):
    """The task of making a segment of articles."""

    builder: Builder
    path: Path

    def run(self, memory: WorkerMemory) -> None:
        """Write it."""
        write_container(self.path, self.builder.sections(_lexicon(memory)))


def _lexicon(memory: WorkerMemory) -> Lexicon:
    """The lexicon that is kept from one batch to the next, or a new one once it is full."""
    if Lexicon not in memory or memory[Lexicon].full:
        memory[Lexicon] = Lexicon()
    return memory[Lexicon]  # type: ignore[no-any-return]
