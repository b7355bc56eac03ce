"""Search from many threads and processes while one writes, for minutes: ``python -m benchmarks.load NEWS.jsonl.xz --out FILE``.

The index holds most of the articles. Threads of one process, and several other processes, search it: first alone, then
while another process adds the remaining articles again and again under new ids, and removes those that it added before.
Each result is checked for contradictions; memory and open files are recorded every few seconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import newssearch
from newssearch import Article

from . import machine
from .corpus import read_jsonl
from .queries import draw

REFRESH = 1.0
"""The number of seconds between two refreshes of a reader."""
NOTE = 5.0
"""The number of seconds between two records of memory and open files."""
BATCH = 200
"""The number of articles that the writer adds in one commit."""
KEPT = 10
"""The number of latest commits whose articles the writer leaves in the index."""


# ---- one of those who search


class Searcher:
    """Threads of one process that search one shared index."""

    def __init__(self, folder: Path, queries: Sequence[str], seconds: float, seed: int) -> None:
        self._index = newssearch.open(folder)
        self._queries = queries
        self._until = time.monotonic() + seconds
        self._seed = seed
        self.times: list[float] = []
        self.errors: list[str] = []
        self.notes: list[tuple[float, int, int]] = []
        self.commits = 0

    def run(self, threads: int) -> None:
        """Search until the time is up, and return the records."""
        started = time.monotonic()
        all_threads = [threading.Thread(target=self._thread, args=(n,)) for n in range(threads)]
        for thread in all_threads:
            thread.start()
        refreshed = noted = 0.0
        while any(thread.is_alive() for thread in all_threads):
            time.sleep(0.2)
            now = time.monotonic() - started
            if now - refreshed >= REFRESH:
                self._guarded(self._index.refresh)
                refreshed = now
            if now - noted >= NOTE:
                self.notes.append((round(now, 1), memory(), open_files()))
                noted = now
        for thread in all_threads:
            thread.join()
        self.commits = self._index.commit.number
        self._index.close()

    def _thread(self, number: int) -> None:
        drawn = random.Random(self._seed * 1000 + number)
        while time.monotonic() < self._until:
            query = drawn.choice(self._queries)
            self._guarded(lambda: self._once(query))  # noqa: B023  (called at once)

    def _guarded(self, act: Any) -> None:
        try:
            act()
        except BaseException as error:
            self.errors.append(repr(error))

    def _once(self, query: str) -> None:
        began = time.perf_counter()
        results = self._index.search(query)
        self.times.append(time.perf_counter() - began)
        look(results, query)


def look(results: newssearch.Results, query: str) -> None:
    """Assert what must hold for every page of results: consistent counts, distinct hits, and the right order."""
    hits = results.hits
    assert len(hits) == min(10, results.total_stories), query
    assert len({hit.id for hit in hits}) == len(hits), query
    assert results.total_stories <= results.total_articles, query
    assert all(first.score >= second.score for first, second in itertools.pairwise(hits)), query
    assert all(hit.snippet.text for hit in hits), query


def memory() -> int:
    """Return the number of bytes of this process's memory that are not mapped from a file."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def open_files() -> int:
    """Return the number of files that this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


# ---- the one who writes


def write(folder: Path, news: Path, seconds: float, skipped: int) -> dict[str, object]:
    """Add and remove articles until the time is up."""
    rest = [article_of(record) for record in itertools.islice(records(news), skipped, None)]
    until = time.monotonic() + seconds
    notes = []
    commits = added = 0
    held: list[list[str]] = []
    with newssearch.open(folder) as index:
        for number in itertools.count():
            if time.monotonic() > until:
                break
            start = number * BATCH % (len(rest) - BATCH)
            fresh = [again(article, number) for article in rest[start : start + BATCH]]
            index.add(fresh)
            held.append([article.id for article in fresh])
            added += len(fresh)
            commits += 1
            if len(held) > KEPT:
                index.remove(held.pop(0))
                commits += 1
            notes.append((round(seconds - until + time.monotonic(), 1), memory(), open_files()))
    return {"commits": commits, "articles_added": added, "notes": notes}


def again(article: Article, number: int) -> Article:
    """Return the same article under another id."""
    return replace(article, id=f"{article.id}-{number}")


def article_of(record: dict[str, Any]) -> Article:
    """Return a story of the corpus as an article."""
    return Article.create(
        title=record["title"], text=record["text"].split("\n\n"), date=record["date"], outlet=record["outlet"],
        url=record["url"], lang="en",
    )  # fmt: skip


def records(news: Path) -> Iterator[dict[str, Any]]:
    """Return the articles of the corpus as JSON objects."""
    with lzma.open(news, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


# ---- all of them


def phase(
    folder: Path, queries: Path, seconds: float, threads: int, processes: int, writer: Sequence[str] = ()
) -> dict[str, Any]:
    """Let all readers search for the given time, and return a summary of their records."""
    groups = [("threads", threads), *(("process", 1) for _ in range(processes))]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load", "--search", str(folder), "--queries", str(queries), "--seconds", str(seconds),
             "--threads", str(number), "--seed", str(seed)],
            stdout=subprocess.PIPE,
        )
        for seed, (_, number) in enumerate(groups)
    ]  # fmt: skip
    writing = subprocess.Popen(writer, stdout=subprocess.PIPE) if writer else None
    found: dict[str, Any] = {"threads": [], "process": []}
    for (name, _), process in zip(groups, started, strict=True):
        out, _ = process.communicate()
        assert process.returncode == 0
        found[name].append(json.loads(out))
    told = {name: summary(outcomes, seconds) for name, outcomes in found.items()}
    if writing is not None:
        out, _ = writing.communicate()
        assert writing.returncode == 0
        told["writer"] = json.loads(out)
        told["writer"]["drift"] = drift([told["writer"]["notes"]])
    return told


def summary(outcomes: Sequence[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Return a summary of the records of several readers, in milliseconds and bytes."""
    times = sorted(time for outcome in outcomes for time in outcome["times"])
    return {
        "readers": len(outcomes),
        "searches": len(times),
        "per_second": round(len(times) / seconds, 1),
        **{f"p{n}": round(times[int(len(times) * n / 100)] * 1000, 2) for n in (50, 95, 99)},
        "max": round(times[-1] * 1000, 1),
        "errors": [error for outcome in outcomes for error in outcome["errors"]],
        "commits_seen": max(outcome["commits"] for outcome in outcomes),
        "drift": drift([outcome["notes"] for outcome in outcomes]),
    }


def drift(notes: Sequence[Sequence[Sequence[float]]]) -> dict[str, Any]:
    """Return memory and open files in the second and in the last quarter of the time: medians over readers, and maxima."""
    early: list[Sequence[float]] = []
    late: list[Sequence[float]] = []
    for one in notes:
        early += one[len(one) // 4 : len(one) // 2]
        late += one[len(one) * 3 // 4 :]
    whole = [note for one in notes for note in one]
    if not early or not late:
        return {}
    return {
        "memory_mb": [round(statistics.median(note[1] for note in part) / 1e6, 1) for part in (early, late)],
        "most_memory_mb": round(max(note[1] for note in whole) / 1e6, 1),
        "files": [statistics.median(note[2] for note in part) for part in (early, late)],
        "most_files": max(note[2] for note in whole),
    }


def table(result: dict[str, Any]) -> str:
    """Return the results as a Markdown table."""
    lines = [
        "| | searches a second | p50 ms | p95 ms | p99 ms | most ms | errors | memory MB, early : late | files, early : late |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in ("alone", "with_writer"):
        for group, label in (
            ("threads", "{threads} threads of one process"),
            ("process", "{processes} processes"),
        ):
            one, changed = result[name][group], result[name][group]["drift"]
            lines.append(
                f"| {label.format(**result)}, {name.replace('_', ' ')} | {one['per_second']} | {one['p50']} | {one['p95']} |"
                f" {one['p99']} | {one['max']} | {len(one['errors'])} |"
                f" {' : '.join(map(str, changed['memory_mb']))} | {' : '.join(map(str, changed['files']))} |"
            )
    writer = result["with_writer"]["writer"]
    lines.append(
        f"\nThe writer added {writer['articles_added']:,} articles in {writer['commits']} commits, those with which it removed"
        f" them again among them; its memory {' : '.join(map(str, writer['drift']['memory_mb']))} MB."
    )
    return "\n".join(lines)


def main() -> None:
    """Run the part that the command line names, or all parts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("news", type=Path, nargs="?")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--search", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--skipped", type=int, default=0)
    given = parser.parse_args()
    if given.search:
        queries = json.loads(given.queries.read_text(encoding="utf-8"))
        searcher = Searcher(given.search, queries, given.seconds, given.seed)
        searcher.run(given.threads)
        told = {name: getattr(searcher, name) for name in ("times", "errors", "notes", "commits")}
        print(json.dumps(told))
        return
    if given.write:
        print(json.dumps(write(given.write, given.news, given.seconds, given.skipped)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder, queries = Path(scratch) / "index", Path(scratch) / "queries.json"
        count = sum(1 for _ in records(given.news))
        base = count * 9 // 10
        with newssearch.create(folder) as index:
            index.add(article_of(record) for record in itertools.islice(records(given.news), base))
        stories = list(itertools.islice(read_jsonl(given.news), base))
        queries.write_text(json.dumps(texts(stories)), encoding="utf-8")
        seconds = given.minutes * 60
        readers = (given.threads, given.processes)
        writer = [
            sys.executable, "-m", "benchmarks.load", str(given.news), "--write", str(folder), "--seconds", str(seconds),
            "--skipped", str(base),
        ]  # fmt: skip
        result = {
            "machine": machine.facts(),
            "versions": machine.versions(),
            "articles": base,
            "minutes": given.minutes,
            "threads": given.threads,
            "processes": given.processes,
            "alone": phase(folder, queries, min(seconds, 180.0), *readers),
            "with_writer": phase(folder, queries, seconds, *readers, writer),
            "sound_afterwards": newssearch.verify(folder).sound,
        }
    result["with_writer"]["writer"].pop("notes")
    text = json.dumps(result, indent=1)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")
    print(table(result))


def texts(stories: Sequence[Any]) -> list[str]:
    """Return queries of all kinds as a user types them."""
    found = []
    for query in draw(stories, 40, 1):
        words = " ".join(query.words)
        if query.kind.startswith("phrase"):
            words = f'"{words}"'
        elif query.kind.startswith("or"):
            words = " OR ".join(query.words)
        elif query.kind == "prefix":
            words += "*"
        found.append(words)
    return found


if __name__ == "__main__":
    main()
