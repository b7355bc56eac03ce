"""The building of segments from the articles that a run adds.

Articles are gathered in batches. A full batch becomes a segment while the next batch is gathered: in a thread, or, in a
run with much text, in one of several processes. The segments are the same either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from newssearch.article import Article
from newssearch.commit import article_hash, sum_of_hashes
from newssearch.engines.analysis_choice import AnalysisChoice, keep_results
from newssearch.engines.embedded.indexing.lexicon import Lexicon
from newssearch.engines.embedded.indexing.segment_builder import SegmentBuilder
from newssearch.engines.embedded.storage.container import write_container
from newssearch.engines.embedded.whoosh_compat.codec import ArraySegment
from newssearch.fields import ArticleField
from newssearch.system.atomic_files import writing
from newssearch.system.fault_points import fault_point
from newssearch.system.frozen import FrozenDict
from newssearch.system.workers import ProcessPool, ThreadWorker, WorkerMemory, WorkerPool, worker_count
from newssearch.text.added_analyser import PackageResults

BATCH_TEXT_BYTES = 9_000_000
"""A batch becomes a segment when its texts have this size in bytes. Memory holds one batch in this process, and one in
each worker. With larger batches, processors would be idle for longer at the beginning and at the end of a run."""
MIN_TEXT_FOR_PROCESSES = 9_000_000
"""Worker processes are used when the texts of a run have at least this size in bytes: less text would not make up for
the time that processes take to start."""


class NewSegments:
    """The segments of uncommitted articles, which are built in ``folder``: both finished ones and those in progress.

    ``analyses`` chooses the analysis of each article.
    """

    def __init__(self, folder: Path, analyses: AnalysisChoice) -> None:
        self._folder = folder
        self._analyses = analyses
        self._own: tuple[ArticleField, ...] = ()
        self._builder = SegmentBuilder()
        self._hash_sum = 0  # of the articles of the current batch
        self._text_bytes = 0  # of all batches of the run
        self._building: list[tuple[ArraySegment, Future[None]]] = []
        self.workers: WorkerPool = ThreadWorker()
        """The workers that build segments. The writer uses them for merges too."""
        self.built: list[ArraySegment] = []
        """The finished segments, whose files are on disk."""
        self.paragraphs = 0
        """The number of uncommitted paragraphs. An article without paragraphs counts as one."""

    @property
    def segments(self) -> list[ArraySegment]:
        """All uncommitted segments: finished ones, then those being built."""
        return [*self.built, *(segment for segment, _ in self._building)]

    def add(self, article: Article, state: str) -> None:
        """Add an article to the current batch. If this makes the batch full, start to build its segment."""
        self._builder.add(article, state, self._analyses.of(article.lang))
        self._hash_sum += article_hash(article.id, state)
        self.paragraphs += max(len(article.paragraphs), 1)
        if self._builder.size >= BATCH_TEXT_BYTES:
            with writing(self._folder):
                self._build()

    def keep(self, own: tuple[ArticleField, ...]) -> None:
        """Give all further segments these own fields, which include the previous ones."""
        self._own = own
        self._builder.keep(own)

    def build_all(self) -> None:
        """Build the segment of the current batch, if it has articles, and wait until all segments are on disk."""
        if self._builder.documents:
            self._build()
        self._wait()
        fault_point("segment: done")

    def clear(self) -> None:
        """Forget the finished segments, because they are committed now."""
        self.built, self.paragraphs = [], 0

    def _build(self) -> None:
        """Submit the current batch to a worker, and begin the next batch.

        Switch to processes if there is enough text.
        """
        fault_point("segment: begin")
        builder, self._builder = self._builder, SegmentBuilder(self._own)
        hash_sum, self._hash_sum = sum_of_hashes([self._hash_sum]), 0
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
        segment = ArraySegment("MAIN", builder.documents, hash_sum)
        results = self._analyses.take_results() if self.workers.number > 1 else {}
        task = BuildTask(builder, self._folder / segment.file_name, results)
        self._building.append((segment, self.workers.submit(task)))

    def _wait(self, limit: int = 0) -> None:
        """Wait until at most ``limit`` segments are being built. Raises the error of a failed build."""
        while len(self._building) > limit:
            segment, done = self._building[0]
            done.result()  # an error is raised again at each commit
            self.built.append(segment)
            del self._building[0]


class BuildTask(NamedTuple):
    """The task of a worker: to build the segment of a batch and write it to ``path``.

    ``results`` are what packages that analyse a language have returned for the batch: see :meth:`AnalysisChoice.take_results`.
    """

    builder: SegmentBuilder
    path: Path
    results: Mapping[str, PackageResults] = FrozenDict()

    def run(self, memory: WorkerMemory) -> None:
        """Build and write the segment; ``memory`` keeps the worker's lexicon from one task to the next."""
        if self.results:
            keep_results(self.results)
        write_container(self.path, self.builder.sections(_lexicon(memory)))


def _lexicon(memory: WorkerMemory) -> Lexicon:
    """Return the lexicon that the worker keeps from one batch to the next, or a new one if that lexicon is full."""
    if Lexicon not in memory or memory[Lexicon].full:
        memory[Lexicon] = Lexicon()
    return memory[Lexicon]  # type: ignore[no-any-return]
