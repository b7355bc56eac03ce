"""Searches a second by several threads, and by several processes that share the mapped files of one index.

``python -m benchmarks.many`` is one of these processes: it reads a task, prints ``ready``, waits for a line, searches, and
prints how often.
"""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import machine
from .engines import Engine, load
from .queries import Query
from .task import LIMIT, Task

Rates = dict[str, float]
"""The number of searches a second by the number of threads or processes, as text."""


def measure(task: Task, engine: Engine) -> dict[str, Rates]:
    """Return the rates of threads and of processes, for the numbers of each in ``task.many``."""
    engine.open(Path(task.folder))
    warm_up(engine, task.queries)
    threads = {str(number): in_threads(engine, task, number) for number in task.many}
    engine.close()
    return {
        "threads": threads,
        "processes": {str(number): in_processes(task, number) for number in task.many},
    }


def warm_up(engine: Engine, queries: Sequence[Query]) -> None:
    """Answer each query once."""
    for query in queries:
        engine.search(query, engine.modes[-1], LIMIT)


def loop(engine: Engine, queries: Sequence[Query], first: int, until: float) -> int:
    """Answer queries, beginning with the given one, until the clock shows ``until``; return their number."""
    mode = engine.modes[-1]
    for number in itertools.count():
        if time.monotonic() >= until:
            return number
        engine.search(queries[(first + number) % len(queries)], mode, LIMIT)
    raise AssertionError("it counts without end")


def in_threads(engine: Engine, task: Task, number: int) -> float:
    """Return the searches a second of this many threads that share one open index."""
    done = [0] * number
    start = threading.Barrier(number)

    def work(place: int) -> None:
        start.wait()
        done[place] = loop(engine, task.queries, offset(task, place, number), time.monotonic() + task.seconds)

    with ThreadPoolExecutor(number) as pool:
        return rate(lambda: list(pool.map(work, range(number))), done)


def in_processes(task: Task, number: int) -> float:
    """Return the searches a second of this many processes, each with one thread and its own open index."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.many"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=machine.REPOSITORY,
            text=True,
        )
        for _ in range(number)
    ]
    done = [0] * number
    pipes = []
    for place, process in enumerate(processes):
        assert process.stdin is not None
        assert process.stdout is not None
        pipes.append((process.stdin, process.stdout))
        queries = task.queries[(first := offset(task, place, number)) :] + task.queries[:first]
        process.stdin.write(dataclasses.replace(task, queries=queries).to_json() + "\n")
        process.stdin.flush()
    for _, out in pipes:
        assert out.readline() == "ready\n", "a searching process failed"

    def search() -> None:
        for into, _ in pipes:
            into.write("go\n")
            into.flush()
        for place, (_, out) in enumerate(pipes):
            done[place] = int(out.readline())

    found = rate(search, done)
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    return found


def offset(task: Task, place: int, number: int) -> int:
    """Return where in the queries one of several threads or processes begins, so that they do not ask the same at once."""
    return place * len(task.queries) // number


def rate(work: Callable[[], object], done: Sequence[int]) -> float:
    """Return how many searches a second ``work`` made; it writes their numbers into ``done``."""
    began = time.monotonic()
    work()
    return round(sum(done) / (time.monotonic() - began), 1)


def main() -> None:
    """Be one of several searching processes."""
    task = Task.from_json(sys.stdin.readline())
    engine = load(task.engine)
    engine.open(Path(task.folder))
    warm_up(engine, task.queries)
    print("ready", flush=True)
    sys.stdin.readline()
    print(loop(engine, task.queries, 0, time.monotonic() + task.seconds), flush=True)
    engine.close()


if __name__ == "__main__":
    main()
