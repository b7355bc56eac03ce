"""Threads that search one index do not wait for each other: no lock is held while a search computes."""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Callable
from functools import cache
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import newssearch
from support import article, index_of

OURS = str(Path(newssearch.__file__).parent)
WITH_LOCKS = ("index/sharing.py",)
"""The modules that have a lock of their own. They hold it while they count readers, and not for longer."""
PATIENCE = 20.0


class Halting:
    """A trace function that halts its thread in each function of newssearch, and in each block of a ``with``.

    It halts at the first line, at the first time. A lock is held in such a block, or by the caller of a function.
    """

    def __init__(self, halt: Callable[[], None]) -> None:
        self._halt = halt
        self.seen: set[tuple[str, int]] = set()

    def __call__(self, frame: FrameType, event: str, _: Any) -> Halting | None:
        file, line = frame.f_code.co_filename, frame.f_lineno
        if not file.startswith(OURS) or file.endswith(WITH_LOCKS):
            return None
        if (file, line) not in self.seen and (event == "call" or line in lines_in_with(file)):
            self.seen.add((file, line))
            self._halt()
        return self if lines_in_with(file) else None


@cache
def lines_in_with(file: str) -> frozenset[int]:
    """Return the number of the first line in each block of a ``with`` statement in a file."""
    tree = ast.parse(Path(file).read_bytes())
    return frozenset(node.body[0].lineno for node in ast.walk(tree) if isinstance(node, ast.With))


def test_a_search_that_halts_anywhere_keeps_no_other_from_ending(tmp_path: Path) -> None:
    stories = [
        article(f"Storm {n}", f"Rain fell on Basra’s {n} roofs.", "It stopped in the U.S. then.", url=f"u{n}")
        for n in range(3)
    ]
    index_of(tmp_path, *stories).close()
    queries = ('rain "fell on"', "title:storm -stopp*")
    halted, go_on = threading.Semaphore(0), threading.Semaphore(0)

    def halt() -> None:
        halted.release()
        assert go_on.acquire(timeout=PATIENCE)

    trace = Halting(halt)
    with newssearch.open(tmp_path) as index:
        found: list[object] = []
        ended: list[object] = []

        def search_and_halt() -> None:
            sys.settrace(trace)
            try:
                found.extend(index.search(query).to_dict() for query in queries)
            finally:
                sys.settrace(None)
                halted.release()

        def search() -> None:
            for number in count():
                if not asked.acquire(timeout=PATIENCE) or done:
                    return
                ended.append(index.search(f"rain -new{number}s", strict=True).total_articles)
                answered.release()

        asked, answered = threading.Semaphore(0), threading.Semaphore(0)
        done: list[bool] = []
        threads = [threading.Thread(target=target, daemon=True) for target in (search_and_halt, search)]
        for thread in threads:
            thread.start()
        while threads[0].is_alive() and halted.acquire(timeout=PATIENCE):
            asked.release()
            assert answered.acquire(timeout=PATIENCE), "a search waits for one that halts"
            go_on.release()
        done.append(True)
        asked.release()
        for thread in threads:
            thread.join(PATIENCE)
    assert len(trace.seen) > 300
    assert set(ended) == {3}
    with newssearch.open(tmp_path) as index:
        assert found == [index.search(query).to_dict() for query in queries]
