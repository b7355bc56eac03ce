"""Documents parsed by several processes, in the order in which they came.

Whoever reads looks at files and opens containers; what takes the time is parsing what is in them. That is given to
workers in batches, and taken back in order, so that nobody can tell from the outcome how many there were. How much is
under way is bounded.
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
from .api import Document, Found

ENOUGH = 0.5
"""Seconds of parsing here from which on it is worth the time that processes take to start."""
BATCH = 256 * 1024
"""Bytes of documents that are given away at a time: one, if it is larger."""
LONGEST_BATCH = 256
"""Documents and other things in a batch."""
UNDER_WAY = 64 * 1024 * 1024
"""Bytes of documents that are held."""
BATCHES = 16
"""Batches under way, for each process."""


class Parsing(NamedTuple):
    """The task of parsing some documents."""

    documents: tuple[Document, ...]

    def run(self, memory: WorkerMemory) -> list[list[Found]]:
        """What is in each of them."""
        gc.enable()  # trees of pages are full of circles
        return [list(parsed(document)) for document in self.documents]


class _Batch:
    """Documents, and what came between them."""

    def __init__(self) -> None:
        self.items: list[object] = []
        self.size = 0
        self.future: Future[list[list[Found]]] | None = None

    def add(self, item: object) -> bool:
        """Add an item; whether the batch is full."""
        self.items.append(item)
        if isinstance(item, Document):
            self.size += len(item.data)
        return self.size >= BATCH or len(self.items) >= LONGEST_BATCH

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(item for item in self.items if isinstance(item, Document))


class Parsers:
    """Who parses documents: this process at first, and others once there is enough to do."""

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
        """Each item in its turn, and in place of a document what is in it.

        Items are asked for ahead of time, up to the bounds of this module.
        """
        rest = iter(items)
        for item in rest:
            if not isinstance(item, Document):
                yield item
                continue
            yield from self._here(item)
            if self._spent > ENOUGH and (number := worker_count()) > 1:
                self._workers = self._workers or ProcessPool(number, restart=True)
                yield from self._elsewhere(rest, self._workers)

    def _here(self, document: Document) -> Iterator[Found]:
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
            _submit(batch, workers)
            under_way.append(batch)
            held, batch = held + batch.size, _Batch()
            while held > UNDER_WAY or len(under_way) > BATCHES * workers.number or _is_done(under_way):
                first = under_way.popleft()
                held -= first.size
                yield from _taken(first, workers)
        _submit(batch, workers)
        under_way.append(batch)
        while under_way:
            yield from _taken(under_way.popleft(), workers)


def _submit(batch: _Batch, workers: ProcessPool) -> None:
    if batch.size:
        batch.future = workers.submit(Parsing(batch.documents))


def _is_done(under_way: deque[_Batch]) -> bool:
    return bool(under_way) and (under_way[0].future is None or under_way[0].future.done())


def _taken(batch: _Batch, workers: ProcessPool) -> Iterator[Any]:
    results = iter(_results(batch, workers))
    for item in batch.items:
        if isinstance(item, Document):
            yield from next(results)
        else:
            yield item


def _results(batch: _Batch, workers: ProcessPool) -> list[list[Found]]:
    """What is in the documents of a batch; where that cost a worker its life, each of them is tried by itself."""
    if batch.future is None:
        return [list(parsed(document)) for document in batch.documents]
    try:
        found: list[list[Found]] = batch.future.result()
        return found
    except WorkerError:
        return [_alone(document, workers) for document in batch.documents]


def _alone(document: Document, workers: ProcessPool) -> list[Found]:
    found: list[Found]
    try:
        (found,) = workers.submit(Parsing((document,))).result()
    except WorkerError:
        return [document.origin.rejected("a process that read it crashed, or had not enough memory")]
    return found
