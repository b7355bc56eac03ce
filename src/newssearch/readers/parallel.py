"""Parse documents in several processes and keep their order.

The reading process opens files and containers; parsing the documents in them takes most of the time. Batches of
documents go to worker processes, and their results come back in order, so that the number of workers does not affect
the result. The number of bytes in submitted batches is bounded.
"""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Any, NamedTuple

from newssearch.system.workers import ProcessPool, WorkerError, WorkerMemory, worker_count

from . import parsed
from .api import Document, ReadOutcome

SECONDS_BEFORE_WORKERS = 0.5
"""The number of seconds of parsing in this process before workers are started: starting them takes time."""
BATCH_BYTES = 256 * 1024
"""The number of bytes of documents at which a batch is submitted; a larger document fills a batch by itself."""
MAX_BATCH_ITEMS = 256
"""The maximum number of items in a batch: documents and other items."""
MAX_BYTES_UNDER_WAY = 64 * 1024 * 1024
"""The maximum number of bytes of submitted documents that are held in memory."""
MAX_BATCHES_PER_WORKER = 16
"""The maximum number of submitted batches per worker process."""


class ParseTask(NamedTuple):
    """The task of a worker process: parse the given documents."""

    documents: tuple[Document, ...]

    def run(self, memory: WorkerMemory) -> list[list[ReadOutcome]]:
        """Return for each document, in order, the list of its results."""
        gc.enable()  # trees of pages have many reference cycles
        return [list(parsed(document)) for document in self.documents]


class _Batch:
    """A batch of consecutive items: documents to be parsed by a worker, and the other items between them."""

    def __init__(self) -> None:
        self.items: list[object] = []
        self.size = 0
        self.future: Future[list[list[ReadOutcome]]] | None = None

    def add(self, item: object) -> bool:
        """Add an item to the batch. Return whether the batch is now full."""
        self.items.append(item)
        if isinstance(item, Document):
            self.size += len(item.data)
        return self.size >= BATCH_BYTES or len(self.items) >= MAX_BATCH_ITEMS

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(item for item in self.items if isinstance(item, Document))


class Parsers:
    """A parser of documents: it works in this process at first, and in worker processes once that has taken long."""

    def __init__(self) -> None:
        self._workers: ProcessPool | None = None
        self._spent = 0.0

    def __enter__(self) -> Parsers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._workers is not None:
            self._workers.shutdown()

    def in_order(self, items: Iterable[Any]) -> Iterator[Any]:
        """Yield the items in order, with each document replaced by its results.

        Items are read ahead of the results, up to the limits that the constants of this module set.
        """
        rest = iter(items)
        for item in rest:
            if not isinstance(item, Document):
                yield item
                continue
            yield from self._here(item)
            if self._spent > SECONDS_BEFORE_WORKERS and (number := worker_count()) > 1:
                self._workers = self._workers or ProcessPool(number, restart=True)
                yield from self._elsewhere(rest, self._workers)

    def _here(self, document: Document) -> Iterator[ReadOutcome]:
        started = time.perf_counter()
        found = list(parsed(document))
        self._spent += time.perf_counter() - started
        yield from found

    def _elsewhere(self, items: Iterator[Any], workers: ProcessPool) -> Iterator[Any]:
        under_way: deque[_Batch] = deque()
        held, batch = 0, _Batch()
        for item in items:
            if not batch.add(item):
                continue
            _submit_batch(batch, workers)
            under_way.append(batch)
            held, batch = held + batch.size, _Batch()
            while (
                held > MAX_BYTES_UNDER_WAY
                or len(under_way) > MAX_BATCHES_PER_WORKER * workers.number
                or _first_is_done(under_way)
            ):
                first = under_way.popleft()
                held -= first.size
                yield from _items_of_batch(first, workers)
        _submit_batch(batch, workers)
        under_way.append(batch)
        while under_way:
            yield from _items_of_batch(under_way.popleft(), workers)


def _submit_batch(batch: _Batch, workers: ProcessPool) -> None:
    if batch.size:
        batch.future = workers.submit(ParseTask(batch.documents))


def _first_is_done(under_way: deque[_Batch]) -> bool:
    return bool(under_way) and (under_way[0].future is None or under_way[0].future.done())


def _items_of_batch(batch: _Batch, workers: ProcessPool) -> Iterator[Any]:
    results = iter(_results_of_batch(batch, workers))
    for item in batch.items:
        if isinstance(item, Document):
            yield from next(results)
        else:
            yield item


def _results_of_batch(batch: _Batch, workers: ProcessPool) -> list[list[ReadOutcome]]:
    """Return for each document of a batch the list of its results; if a worker crashed, parse each by itself."""
    if batch.future is None:
        return [list(parsed(document)) for document in batch.documents]
    try:
        found: list[list[ReadOutcome]] = batch.future.result()
        return found
    except WorkerError:
        return [_parsed_alone(document, workers) for document in batch.documents]


def _parsed_alone(document: Document, workers: ProcessPool) -> list[ReadOutcome]:
    found: list[ReadOutcome]
    try:
        (found,) = workers.submit(ParseTask((document,))).result()
    except WorkerError:
        return [document.origin.rejected("the process that read it crashed or ran out of memory")]
    return found
