"""One phase of one engine, in a process of its own: ``python -m benchmarks.worker`` reads a task, prints a result.

Both are one JSON object, on standard input and standard output.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from . import corpus, measure
from .engines import Engine, Mode, load
from .queries import Filter, Kind, Query, groups

LIMIT = 10
"""Results that a search returns."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is to do, with so many ``paragraphs`` of the work file ``corpus``.

    ``passes`` over each group of queries are timed after one that is not, but none begins once ``budget`` seconds
    have gone into the group. ``updates`` articles are added one by one.
    """

    phase: str
    engine: str
    corpus: str
    folder: str
    paragraphs: int
    queries: tuple[Query, ...] = ()
    passes: int = 5
    budget: float = 20.0
    updates: int = 0

    def to_json(self) -> str:
        """The task as :meth:`from_json` reads it."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        """Read a task."""
        record = json.loads(text)
        queries = tuple(Query(**{**query, "words": tuple(query["words"])}) for query in record.pop("queries"))
        return cls(**record, queries=queries)


def build(task: Task, engine: Engine) -> dict[str, object]:
    """Build the index. What the stories occupy before it begins is told apart from what building adds."""
    stories = corpus.load(Path(task.corpus), task.paragraphs)
    size = corpus.size_of(stories)
    engine.load(stories)
    del stories
    gc.collect()
    gc.freeze()
    before = measure.resident()
    start = time.perf_counter()
    engine.build(Path(task.folder))
    seconds = time.perf_counter() - start
    return {
        **size,
        "seconds": round(seconds, 3),
        "size": measure.folder_size(Path(task.folder)),
        "memory_before": before,
        "memory_peak": measure.peak(),
        "memory_children": measure.children_peak(),
    }


def query(task: Task, engine: Engine) -> dict[str, object]:
    """Time the queries, group by group."""
    opening = measure.milliseconds(lambda: engine.open(Path(task.folder)))
    measured = []
    for (kind, condition), queries in groups(task.queries).items():
        if kind in engine.kinds and (engine.filters or not condition):
            measured.append(_group(engine, kind, condition, queries, task))
    memory = {"memory_peak": measure.peak(), "memory_private": measure.private()}
    engine.close()
    return {"open_ms": opening, "groups": measured, **memory}


def _group(
    engine: Engine, kind: Kind, condition: Filter, queries: Sequence[Query], task: Task
) -> dict[str, object]:
    """The queries of one kind and filter: what they find, and what each mode takes."""
    fullest = engine.modes[-1]
    answers = [engine.search(asked, fullest, LIMIT) for asked in queries]  # this warms up, too
    return {
        "kind": kind,
        "filter": condition,
        "counts": [answer.total for answer in answers],
        "best": [answer.best for answer in answers],
        "modes": {mode: _timed(engine, queries, mode, task) for mode in engine.modes},
    }


def _timed(engine: Engine, queries: Sequence[Query], mode: Mode, task: Task) -> dict[str, object]:
    """Of each query the median of several passes, and a summary of these medians, in milliseconds."""
    started = time.perf_counter()
    passes: list[list[float]] = []
    while len(passes) < task.passes and (not passes or time.perf_counter() - started < task.budget):
        passes.append(
            [measure.milliseconds(lambda q=asked: engine.search(q, mode, LIMIT)) for asked in queries]  # type: ignore[misc]
        )
    medians = [round(statistics.median(times), 4) for times in zip(*passes, strict=True)]
    return {**measure.summary(medians), "passes": len(passes), "medians": medians}


def update(task: Task, engine: Engine) -> dict[str, object]:
    """Add articles to the index one by one; the first is told apart, for some engines open their writer with it."""
    if not engine.updates:
        return {}
    engine.open(Path(task.folder))
    times = []
    for number, story in enumerate(islice(corpus.endless(Path(task.corpus)), task.updates)):
        new = dataclasses.replace(story, id=f"new-{number}-{story.id}")
        times.append(measure.milliseconds(lambda n=new: engine.add(n)))  # type: ignore[misc]
    engine.close()
    return {"first_ms": times[0], "median_ms": statistics.median(times), "max_ms": max(times), "ms": times}


PHASES = {"build": build, "query": query, "update": update}


def main() -> None:
    """Do the task."""
    task = Task.from_json(sys.stdin.read())
    result = PHASES[task.phase](task, load(task.engine))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
