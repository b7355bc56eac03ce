"""The segments that a run makes of new articles.

Articles are gathered in batches. A full batch becomes a segment while the next one is gathered: in a thread, or, once there
is enough text, in one of several processes. The segments are the same either way.
"""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from newssearch.article import Article
from newssearch.engines.embedded.indexing.lexicon import Lexicon
from newssearch.engines.embedded.indexing.segment_builder import SegmentBuilder
from newssearch.engines.embedded.storage.container import write_container
from newssearch.engines.embedded.whoosh_compat.codec import ArraySegment
from newssearch.system.atomic_files import writing
from newssearch.system.fault_points import fault_point
from newssearch.system.workers import ProcessPool, ThreadWorker, WorkerMemory, WorkerPool, worker_count

BATCH_TEXT_BYTES = 18_000_000
"""The text of a batch in bytes. Memory holds one batch in this process, and one in each worker."""
MIN_TEXT_FOR_PROCESSES = 12_000_000
"""The text of a run in bytes from which on processes save more time than they take to start."""


class NewSegments:
    """The segments of articles that are not committed yet, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._builder = SegmentBuilder()
        self._text_bytes = 0  # of all batches of the run
        self._building: list[tuple[ArraySegment, Future[None]]] = []
        self.workers: WorkerPool = ThreadWorker()
        """The workers that build segments; they merge segments too."""
        self.built: list[ArraySegment] = []
        """The segments that are on disk."""
        self.paragraphs = 0
        """The number of paragraphs of all articles, an article without any counted as one."""

    @property
    def segments(self) -> list[ArraySegment]:
        """All segments, those that are being built included."""
        return [*self.built, *(segment for segment, _ in self._building)]

    def add(self, article: Article, state: str) -> None:
        """Add an article to the batch; build a segment of a full one."""
        self._builder.add(article, state)
        self.paragraphs += max(len(article.paragraphs), 1)
        if self._builder.size >= BATCH_TEXT_BYTES:
            with writing(self._folder):
                self._build()

    def build_all(self) -> None:
        """Build a segment of the last batch, and wait until all segments are on disk."""
        if self._builder.documents:
            self._build()
        self._wait()
        fault_point("segment: done")

    def clear(self) -> None:
        """Forget the segments, which are committed now."""
        self.built, self.paragraphs = [], 0

    def _build(self) -> None:
        """Give the batch to a worker, and begin the next one."""
        fault_point("segment: begin")
        builder, self._builder = self._builder, SegmentBuilder()
        self._text_bytes += builder.size
        if (
            self._text_bytes >= MIN_TEXT_FOR_PROCESSES
            and self.workers.number == 1
            and (number := worker_count()) > 1
        ):
            self._wait()
            self.workers.shutdown()
            self.workers = ProcessPool(number)
        self._wait(self.workers.number - 1)
        segment = ArraySegment("MAIN", builder.documents)
        task = BuildTask(builder, self._folder / segment.file_name)
        self._building.append((segment, self.workers.submit(task)))

    def _wait(self, limit: int = 0) -> None:
        """Wait until at most ``limit`` segments are being built."""
        while len(self._building) > limit:
            segment, done = self._building[0]
            done.result()  # an error is raised again at each commit
            self.built.append(segment)
            del self._building[0]


class BuildTask(NamedTuple):
    """The task of a worker: build a segment of a batch."""

    builder: SegmentBuilder
    path: Path

    def run(self, memory: WorkerMemory) -> None:
        """Write the segment."""
        write_container(self.path, self.builder.sections(_lexicon(memory)))


def _lexicon(memory: WorkerMemory) -> Lexicon:
    """Return the lexicon that the worker keeps from one batch to the next; a new one if that is full."""
    if Lexicon not in memory or memory[Lexicon].full:
        memory[Lexicon] = Lexicon()
    return memory[Lexicon]  # type: ignore[no-any-return]
