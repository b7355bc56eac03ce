"""One phase of one engine in its own process: ``python -m benchmarks.worker`` reads a task and prints the result.

The task is a JSON object in the first line of standard input, the result one in the last line of standard output. In the
phase ``query``, the worker prints :data:`TURN` before each pass over queries, and waits for a line: so the engines take turns.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import statistics
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from . import corpus, many, measure
from .engines import Engine, Mode, load
from .queries import Filter, Kind, Query, groups
from .task import LIMIT, TURN, Task


def build(task: Task, engine: Engine) -> dict[str, object]:
    """Build the index, and return time, size and memory; the memory of the stories before the build is a separate value."""
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
    """Open the index, time the queries group by group, and return the measurements. Each pass waits for its turn."""
    _await_turn()
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
    """Return the counts and hits of the queries of one kind and filter, and the latencies of each mode."""
    fullest = engine.modes[-1]
    _await_turn()
    answers = [engine.search(asked, fullest, LIMIT) for asked in queries]  # this also warms up
    return {
        "kind": kind,
        "filter": condition,
        "counts": [answer.total for answer in answers],
        "best": [answer.best for answer in answers],
        "modes": {mode: _timed(engine, queries, mode, task) for mode in engine.modes},
    }


def _timed(engine: Engine, queries: Sequence[Query], mode: Mode, task: Task) -> dict[str, object]:
    """Return the median of several passes for each query, and a summary of these medians, in milliseconds."""
    spent = 0.0
    passes: list[list[float]] = []
    while len(passes) < task.passes and spent < task.budget:
        _await_turn()
        passes.append(
            [measure.milliseconds(lambda q=asked: engine.search(q, mode, LIMIT)) for asked in queries]  # type: ignore[misc]
        )
        spent += sum(passes[-1]) / 1000
    medians = [round(statistics.median(times), 4) for times in zip(*passes, strict=True)]
    return {**measure.summary(medians), "passes": len(passes), "medians": medians}


def _await_turn() -> None:
    """Wait until no other engine is measured."""
    print(TURN, end="", flush=True)
    sys.stdin.readline()


def update(task: Task, engine: Engine) -> dict[str, object]:
    """Add articles to the index one by one, and return the times.

    The first is a separate value, because some engines open their writer for it.
    """
    if not engine.updates:
        return {}
    engine.open(Path(task.folder))
    times = []
    for number, story in enumerate(islice(corpus.endless(Path(task.corpus)), task.updates)):
        new = dataclasses.replace(story, id=f"new-{number}-{story.id}")
        times.append(measure.milliseconds(lambda n=new: engine.add(n)))  # type: ignore[misc]
    engine.close()
    return {"first_ms": times[0], "median_ms": statistics.median(times), "max_ms": max(times), "ms": times}


PHASES = {"build": build, "query": query, "many": many.measure, "update": update}


def main() -> None:
    """Read the task, run it, and print the result."""
    task = Task.from_json(sys.stdin.readline())
    result = PHASES[task.phase](task, load(task.engine))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
