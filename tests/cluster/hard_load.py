"""The archive of :mod:`cluster.hardship`, and the processes that search it and write to it while its cluster is broken.

Run by ``python -m cluster.hard_load``: ``search ADDRESS ANSWERS LOG`` asks queries whose answers are known, ``watch ADDRESS FILES
LOG`` reads an archive that others write, ``index ADDRESS FOLDER LOG FILE…`` and ``readd ADDRESS FOLDER LOG FILE…`` write. Each writes a
line to its log for everything that it did, and ends when the file ``LOG.stop`` appears.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import newssearch
from newssearch import NewssearchError

PER_FILE = 20
"""The number of articles of a file."""
_REOPENED_AFTER = 25
"""After how many searches a searcher opens the index anew."""
_PATIENCE = 900.0
_WORDS = [f"{first}{second}{last}" for first in ("ba", "ke", "lo", "mi", "nu", "ra") for second in ("den", "fol", "gar", "hus", "jin") for last in ("a", "er", "ik", "om")]  # fmt: skip
QUERIES = ["rained", "badena", '"rained on"', "kefol* OR lohus*", "bad* -migarer", "outlet:Echo", "badena NEAR/9 kefola", "title:report", "nugarik"]  # fmt: skip
"""Queries of several forms; each finds a part of the archive."""


class Answer(NamedTuple):
    """What a search of a query finds."""

    articles: int
    paragraphs: int
    first: tuple[str, ...]


def write_file(path: Path, number: int, version: int = 1) -> None:
    """Write the file with a number: records, some of them copies of those of the file before. In version 2, a third has another text."""
    with path.open("w", encoding="utf-8") as file:
        for n in range(PER_FILE):
            draw = random.Random(f"{number if n % 5 else number - 1} {n}")
            text = [" ".join(draw.choices(_WORDS, k=30)) for _ in range(4)]
            if version == 2 and n % 3 == 0:
                text[1] = f"It rained on and on in {' '.join(reversed(text[1].split()))}."
            date = f"2024-{number % 12 + 1:02}-{n + 1:02}"
            record = {
                "id": f"f{number}-{n}", "title": f"Report {number} {n}", "date": date, "outlet": ["Echo", "Post", "Star"][n % 3], "section": str(number),
                "text": "\n\n".join([f"It rained on file{number} x.", *text]),
            }  # fmt: skip
            file.write(json.dumps(record) + "\n")


def write_files(folder: Path, first: int, last: int, version: int = 1) -> list[str]:
    """Write the files with some numbers, and return their paths in the archive ``folder``."""
    names = [f"news/{number}.jsonl" for number in range(first, last + 1)]
    (folder / "news").mkdir(parents=True, exist_ok=True)
    for name in names:
        write_file(folder / name, int(Path(name).stem), version)
    return names


def command(*arguments: str) -> list[str]:
    """Return the command line of newssearch."""
    return [sys.executable, "-c", "from newssearch.cli import main; main()", *arguments]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of newssearch in the folder of an archive."""
    return subprocess.run(command(*arguments), cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # fmt: skip


def answers(address: str) -> dict[str, Answer]:
    """Return what each of the queries finds in an index."""
    with newssearch.open(address) as index:
        return {query: _answer(index, query) for query in QUERIES}


def _answer(index: newssearch.Index, query: str) -> Answer:
    found = index.search(query, strict=True)
    return Answer(found.total_articles, found.total_paragraphs, tuple(hit.address for hit in found))


class Log:
    """A file with a line of JSON for everything that a process did."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Any:
        with suppress(FileNotFoundError), self.path.open(encoding="utf-8") as file:
            yield from (json.loads(line) for line in file if line.endswith("\n"))

    def write(self, **entry: object) -> None:
        """Add an entry."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": round(time.time(), 2), **entry}, default=str) + "\n")

    @property
    def stopped(self) -> bool:
        """Whether the process is to end."""
        return self.path.with_suffix(".stop").exists()

    def stop(self) -> None:
        """Let the process end after what it does now."""
        self.path.with_suffix(".stop").touch()


def search(address: str, known: str, log: Log) -> None:
    """Ask the queries again and again, and compare what is found with what is known."""
    wanted = {query: Answer(found[0], found[1], tuple(found[2])) for query, found in json.loads(Path(known).read_text()).items()}  # fmt: skip
    index: newssearch.Index | None = None
    number = 0
    while not log.stopped:
        query = QUERIES[number % len(QUERIES)]
        began = time.monotonic()
        try:
            if index is None:
                index = newssearch.open(address)
            found = _answer(index, query)
            entry: dict[str, object] = (
                {} if found == wanted[query] else {"found": found, "wanted": wanted[query]}
            )
        except NewssearchError as error:
            entry = {"error": f"{type(error).__name__}: {error}"}
        log.write(query=query, seconds=round(time.monotonic() - began, 3), **entry)
        number += 1
        if index is not None and number % _REOPENED_AFTER == 0:
            index.close()
            index = None


def watch(address: str, files: str, log: Log) -> None:
    """Count the articles of each file again and again, each time in one commit, and note what no commit can have had.

    A file whose name begins with ``~`` is also removed, article by article; any other has all of its articles, or none.
    """
    names = json.loads(files)
    whole = {name for name in names if not name.startswith("~")}
    seen: dict[str, int] = {}
    draw = random.Random(0)
    while not log.stopped:
        began = time.monotonic()
        try:
            with newssearch.open(address) as index:
                commit = index.commit.number
                found = index.search("rained", strict=True, limit=1, facets=["section"])
                counts = dict.fromkeys(names, 0) | {
                    str(one.value): one.articles for one in found.facets["section"]
                }
                counts = {name: counts.get(name.strip("~"), counts[name]) for name in names}
                asked = draw.sample(names, 3)
                alone = {
                    name: index.search(f"file{name.strip('~')}", strict=True).total_articles for name in asked
                }
                entry = {} if index.commit.number != commit else _contradiction(counts, alone, found.total_articles, whole, seen)  # fmt: skip
                log.write(commit=index.commit.number, all=found.total_articles, seconds=round(time.monotonic() - began, 3), **entry)  # fmt: skip
                if index.commit.number == commit:
                    seen = counts
        except NewssearchError as error:
            log.write(error=f"{type(error).__name__}: {error}")


def _contradiction(
    counts: dict[str, int], alone: dict[str, int], every: int, whole: set[str], before: dict[str, int]
) -> dict[str, object]:
    """Return what no commit can have had; nothing if there is none."""
    partly = {name: count for name, count in counts.items() if name in whole and count not in (0, PER_FILE)}
    fewer = {name: count for name, count in counts.items() if name in whole and count < before.get(name, 0)}
    other = {name: (count, counts[name]) for name, count in alone.items() if count != counts[name]}
    if partly or fewer or other or sum(counts.values()) != every:
        return {
            "contradiction": {
                "partly": partly,
                "fewer": fewer,
                "other": other,
                "sum": sum(counts.values()),
                "all": every,
            }
        }
    return {}


def write(kind: str, address: str, folder: str, log: Log, files: Sequence[str]) -> None:
    """Index files one after the other; if ``kind`` is ``readd``, remove each first, again and again until it is stopped."""
    version = 1
    while not log.stopped:
        version = 3 - version
        for file in files:
            if log.stopped:
                return
            if kind == "readd":  # articles that were removed come back when their file has changed
                write_file(Path(folder) / file, int(Path(file).stem), version)
            removing = ["remove", "--path", file, "--yes", "--wait", "600", "--index", address]
            indexing = ["index", file, "--retry", "--wait", "600", "--index", address]
            for arguments in [removing, indexing] if kind == "readd" else [indexing]:
                began = time.monotonic()
                done = run(Path(folder), *arguments)
                entry = {} if done.returncode == 0 else {"error": done.stderr[-1000:]}
                log.write(
                    run=arguments[:2],
                    code=done.returncode,
                    seconds=round(time.monotonic() - began, 2),
                    **entry,
                )
        if kind == "index":
            return


def main(kind: str, address: str, what: str, log: str, *files: str) -> None:
    """Run one of the processes."""
    os.nice(5)  # nodes before those who ask them
    opened = Log(Path(log))
    if kind == "search":
        search(address, what, opened)
    elif kind == "watch":
        watch(address, what, opened)
    else:
        write(kind, address, what, opened, files)


if __name__ == "__main__":
    main(*sys.argv[1:])
