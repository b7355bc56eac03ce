"""Readers see one complete commit, whatever is written meanwhile, and wait for nobody."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import newssearch
from newssearch import Article, Index
from support import THOROUGH, article

ARTICLES = 12
COMMITS = 9 * THOROUGH

READER = """
import sys
from pathlib import Path
from test_snapshots import watch
print(watch(Path(sys.argv[1])))
"""


def version(number: int) -> Iterator[Article]:
    """Return the article that the commit with the given number writes; its text names the commit."""
    which = number % ARTICLES
    yield article(
        f"Report {which}", f"Constant rain, number{number}.", "Everywhere.", url=f"https://e.org/{which}"
    )


def look(index: Index) -> int:
    """Return the number of the commit that a reader sees, after checking that all its articles are there unchanged."""
    found = index.search("constant", limit=None, facets=("year",))
    assert found.total_articles == len(found.hits) == ARTICLES
    assert len({hit.id for hit in found.hits}) == ARTICLES
    numbers = sorted(int(hit.text.split("number")[1].rstrip(".")) for hit in found.hits)
    assert numbers == list(range(numbers[-1] - ARTICLES + 1, numbers[-1] + 1))
    assert index.search("everywhere", limit=0).total_paragraphs == ARTICLES
    assert index.find(f"number{numbers[0]}") != []
    assert not numbers[0] or index.find(f"number{numbers[0] - 1}") == []
    return numbers[-1]


def watch(folder: Path) -> int:
    """Open an index again and again until it has the last commit, and return how often."""
    seen = opened = 0
    while seen < COMMITS + ARTICLES - 1:
        with newssearch.open(folder) as index:
            now = look(index)
        assert now >= seen
        seen = now
        opened += 1
    return opened


def test_snapshots_last_through_commits_merges_and_deletions(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with newssearch.create(folder) as index:
        index.add(one for number in range(ARTICLES) for one in version(number))
    held = newssearch.open(folder)
    before = look(held)
    shared = newssearch.open(folder)
    failures: list[BaseException] = []
    done = threading.Event()

    def thread() -> None:
        seen = 0
        try:
            while not done.is_set():
                shared.refresh()
                with newssearch.open(folder) as own:
                    now = look(own)
                    assert now >= seen
                    seen = now
                look(held)
        except BaseException as error:
            failures.append(error)

    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(folder)],
            cwd=Path(__file__).parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    threads = [threading.Thread(target=thread) for _ in range(2)]
    for one in threads:
        one.start()
    with newssearch.open(folder) as writing:
        for number in range(ARTICLES, ARTICLES + COMMITS):
            writing.add(version(number))
    done.set()
    for one in threads:
        one.join()
    for reader in readers:
        out, err = reader.communicate(timeout=300)
        assert reader.returncode == 0, err.decode()
        assert int(out) > 0
    assert failures == []
    assert look(held) == before  # and its files are long gone
    held.close()
    shared.close()
    found = newssearch.verify(folder)
    assert (found.problems, found.leftovers) == ((), ())
