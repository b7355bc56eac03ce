"""Measure the engines side by side: ``python -m benchmarks.run CORPUS``, or ``--synthetic N``.

Writes the raw numbers to a JSON file, and the tables and plots of :mod:`benchmarks.report` beside it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from . import corpus, machine, measure, report, synthetic
from .corpus import Size, Story
from .engines import ENGINES, missing
from .queries import Query, draw
from .task import TURN, Task

FORMAT = 2
"""The version of the JSON format that a run is written in."""
CLI_ENGINE = "newssearch"
IMPORTS = "import numpy, whoosh.index, click"
GROWTH_ENGINES = ("newssearch", "tantivy", "fts5")
"""The engines that are measured at each size of ``--growth``: those that can index millions of paragraphs. Stock Whoosh
is measured up to the size of ``--whoosh``."""
MANY_ENGINES = ("newssearch", "tantivy")
"""The engines that are searched by several threads and processes."""

Run = dict[str, Any]
"""The measurements of one engine at one size, as JSON types."""


class Bench:
    """One run of the benchmark: its work folder, its corpus, its queries, and its measurements so far."""

    def __init__(self, options: argparse.Namespace, work: Path) -> None:
        self.options = options
        self.work = work
        self.commit = machine.commit()  # now: it may have moved on by the end of the run
        self.corpus = work / "corpus.jsonl"
        corpus.write(_stories(options), self.corpus)
        self.size: Size = corpus.size_of(self._stories())
        self.queries: list[Query] = draw(self._stories(), options.queries, options.seed)
        self.skipped: dict[str, str] = {}
        self.failed = False
        self.cli: dict[str, object] = {}

    def _stories(self) -> Iterator[Story]:
        return corpus.read_work(self.corpus)

    def engines(self) -> list[str]:
        """The requested engines that are installed."""
        for name in self.options.engines:
            if missing(name):
                self.skipped[name] = f"{ENGINES[name].distribution} is not installed"
                _say(f"{name}: skipped, {self.skipped[name]}")
        return [name for name in self.options.engines if name not in self.skipped]

    def main_runs(self) -> Iterator[Run]:
        """Measure every engine on the whole corpus, and stock Whoosh, and newssearch beside it, on a part of the corpus."""
        names = self.engines()
        whole, part = self.size["paragraphs"], min(self.options.whoosh, self.size["paragraphs"])
        yield from self.measure([name for name in names if name != "whoosh"], whole, self.queries, whole=True)
        if "whoosh" in names:
            beside = [name for name in names if name.startswith("newssearch")] if part < whole else []
            yield from self.measure(["whoosh", *beside], part, self.queries)

    def growth_runs(self) -> Iterator[list[Run]]:
        """Measure :data:`GROWTH_ENGINES` size by size, with queries without a filter."""
        unfiltered = [query for query in self.queries if not query.filter]
        for paragraphs in self.options.growth:
            wanted = (*GROWTH_ENGINES, "whoosh") if paragraphs <= self.options.whoosh else GROWTH_ENGINES
            names = [name for name in self.engines() if name in wanted]
            yield list(self.measure(names, paragraphs, unfiltered))

    def measure(
        self, names: Sequence[str], paragraphs: int, queries: Sequence[Query], *, whole: bool = False
    ) -> Iterator[Run]:
        """Measure engines at one size: the building of each; the queries of all, in turns; then the updating of each.

        With ``whole``, measure also what is measured only on the whole corpus: many at once, and the command line. If a
        phase fails, the engine is left out at that size.
        """
        runs: dict[str, Run] = {name: {"engine": name, "paragraphs": paragraphs} for name in names}
        try:
            for name in names:
                (self.work / name).mkdir()
                self._measure_phase("build", runs, name, queries)
            self._measure_queries(runs, queries)
            for name in [*runs]:
                if whole and name in MANY_ENGINES and self.options.many:
                    self._measure_phase("many", runs, name, queries)
                if whole and name == CLI_ENGINE and name in runs:
                    self.cli = cold_cli(self.work / name, queries, self.options.cold)
                self._measure_phase("update", runs, name, queries)
            for run in runs.values():
                _say(_in_short(run))
                yield run
        finally:
            for name in names:
                shutil.rmtree(self.work / name, ignore_errors=True)

    def _measure_phase(self, phase: str, runs: dict[str, Run], name: str, queries: Sequence[Query]) -> None:
        """Measure a phase of one engine, unless an earlier phase has failed."""
        if name not in runs:
            return
        worker = self._begun(phase, runs, name, queries)
        out, _ = worker.communicate()
        self._ended(worker, out, phase, runs, name)

    def _measure_queries(self, runs: dict[str, Run], queries: Sequence[Query]) -> None:
        """Measure the queries of all engines. They take turns, pass by pass, so that all share what else the machine does."""
        workers = {name: self._begun("query", runs, name, queries) for name in runs}
        asked = {name: _line_of(worker) for name, worker in workers.items()}
        while asked:
            for name in [*asked]:
                worker = workers[name]
                if asked[name] == TURN:
                    assert worker.stdin is not None, "the worker was started with pipes"
                    worker.stdin.write("\n")
                    worker.stdin.flush()
                    asked[name] = _line_of(worker)
                else:
                    worker.wait()
                    self._ended(worker, asked.pop(name), "query", runs, name)

    def _begun(
        self, phase: str, runs: dict[str, Run], name: str, queries: Sequence[Query]
    ) -> subprocess.Popen[str]:
        """Start the worker of a phase, and tell it its task."""
        paragraphs = runs[name]["paragraphs"]
        _say(f"{name}, {paragraphs:,} paragraphs: {phase}")
        worker = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=machine.REPOSITORY,
            text=True,
        )
        assert worker.stdin is not None, "the worker was started with pipes"
        worker.stdin.write(self._task(phase, name, paragraphs, queries).to_json() + "\n")
        worker.stdin.flush()
        return worker

    def _ended(
        self, worker: subprocess.Popen[str], out: str, phase: str, runs: dict[str, Run], name: str
    ) -> None:
        """Take the result of a worker. If it has failed, leave the engine out at this size."""
        if worker.returncode:
            self.failed = True
            reason = f"{phase} ended with {worker.returncode}"
            self.skipped[f"{name}, {runs.pop(name)['paragraphs']:,} paragraphs"] = reason
        else:
            runs[name][phase] = json.loads(out)

    def _task(self, phase: str, name: str, paragraphs: int, queries: Sequence[Query]) -> Task:
        return Task(
            phase=phase,
            engine=name,
            corpus=str(self.corpus),
            folder=str(self.work / name),
            paragraphs=paragraphs,
            queries=_asked(phase, queries),
            passes=self.options.passes,
            budget=self.options.budget,
            updates=self.options.updates,
            many=tuple(self.options.many),
            seconds=self.options.seconds,
        )

    def growth_run(self) -> dict[str, str]:
        """Return when and how the growth was measured."""
        return {"made": _now(), "commit": self.commit, "command": self.options.command}

    def record(self, runs: Sequence[Run]) -> dict[str, object]:
        """Return all measurements but those of growth as JSON types."""
        options = self.options
        return {
            "format": FORMAT,
            "made": _now(),
            "command": options.command,
            "commit": self.commit,
            "machine": machine.facts(),
            "versions": machine.versions(),
            "corpus": {"name": options.corpus.name if options.corpus else "synthetic", **self.size},
            "seed": options.seed,
            "queries": [str(query) for query in self.queries],
            "skipped": self.skipped,
            "cli": self.cli,
            "runs": list(runs),
            "growth": [],
        }


def _now() -> str:
    return dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")


def _line_of(worker: subprocess.Popen[str]) -> str:
    """Return the next line of a worker, ``""`` if it has ended without one."""
    assert worker.stdout is not None, "the worker was started with pipes"
    return worker.stdout.readline()


def cold_cli(folder: Path, queries: Sequence[Query], runs: int) -> dict[str, object]:
    """Return the time of one query from the shell, in a new process, and that of a process that only imports packages.

    Times are medians of ``runs`` in milliseconds, of the clock (``_ms``) and of the processor, user and system (``_cpu_ms``); the two
    take turns. The files of the index are in the system's cache, because the queries have just been measured.
    """
    words = next(query.words for query in queries if query.kind == "and2")
    environment = {**os.environ, "NEWSSEARCH_INDEX": str(folder)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # otherwise each process would compile our modules again
    commands = {
        "query": [sys.executable, "-m", "newssearch", "query", *words],
        "imports": [sys.executable, "-c", IMPORTS],
    }
    times: dict[str, list[float]] = {f"{key}_{unit}": [] for key in commands for unit in ("ms", "cpu_ms")}
    for _ in range(runs + 1):  # the first of each warms up
        for key, command in commands.items():
            before = measure.children_seconds()
            times[f"{key}_ms"].append(
                measure.milliseconds(
                    lambda c=command: subprocess.run(c, env=environment, capture_output=True, check=True)  # type: ignore[misc]
                )
            )
            times[f"{key}_cpu_ms"].append(round((measure.children_seconds() - before) * 1000, 1))
    return {
        "query": " ".join(words),
        "imports": IMPORTS,
        **{key: statistics.median(values[1:]) for key, values in times.items()},
        "all": times,
    }


def _asked(phase: str, queries: Sequence[Query]) -> tuple[Query, ...]:
    """Return the queries of a phase: all, or for many at once those without a filter, of all kinds in turn."""
    if phase == "many":
        return tuple(
            sorted(
                (query for query in queries if not query.filter),
                key=lambda query: zlib.crc32(str(query).encode()),
            )
        )
    return tuple(queries) if phase == "query" else ()


def add_agreement(runs: Sequence[Run]) -> None:
    """Compare the results of each engine with those of the reference at the same size, and drop the addresses.

    The reference is ``newssearch-paragraph``, else the first engine. For each group of queries, add the share of queries
    with the same count, the ratio of the total counts, and how many of the ten best are the same.
    """
    for run in runs:
        peers = [other for other in runs if other["paragraphs"] == run["paragraphs"]]
        reference = next((peer for peer in peers if peer["engine"] == "newssearch-paragraph"), peers[0])
        theirs = {(group["kind"], group["filter"]): group for group in reference["query"]["groups"]}
        for group in run["query"]["groups"]:
            other = theirs.get((group["kind"], group["filter"]))
            if other is not None:
                group["agreement"] = {"with": reference["engine"], **_agreement(group, other)}
    for run in runs:
        for group in run["query"]["groups"]:
            del group["best"]


def drop_raw(runs: Sequence[Run]) -> None:
    """Keep the summaries of latencies and counts, and drop the single values, because growth has many runs."""
    for run in runs:
        for group in run["query"]["groups"]:
            del group["counts"]
            for timed in group["modes"].values():
                del timed["medians"]


def _agreement(group: Run, other: Run) -> dict[str, float]:
    pairs = [
        (ours, theirs)
        for ours, theirs in zip(group["counts"], other["counts"], strict=True)
        if None not in (ours, theirs)
    ]
    tops = [
        len(set(ours) & set(theirs)) / max(len(theirs), 1)
        for ours, theirs in zip(group["best"], other["best"], strict=True)
        if theirs
    ]
    agreement = {}
    if pairs:
        total = sum(theirs for _, theirs in pairs)
        agreement["same_count"] = round(sum(ours == theirs for ours, theirs in pairs) / len(pairs), 4)
        agreement["count_ratio"] = round(sum(ours for ours, _ in pairs) / total, 4) if total else 1.0
    if tops:
        agreement["same_best"] = round(statistics.fmean(tops), 4)
    return agreement


def _stories(options: argparse.Namespace) -> Iterator[Story]:
    if options.corpus is None:
        return synthetic.stories(options.synthetic, options.seed)
    stories = corpus.read_jsonl(options.corpus)
    return corpus.first(stories, options.limit) if options.limit else stories


def _in_short(run: Run) -> str:
    build = run["build"]
    modes = ("shown", "counted", "top")
    parts = [
        f"{build['text_bytes'] / 1e6 / build['seconds']:.1f} MB/s, {build['size'] / build['text_bytes']:.2f}x"
    ]
    for group in run["query"]["groups"]:
        if not group["filter"]:
            mode = next(mode for mode in modes if mode in group["modes"])
            parts.append(
                f"{group['kind']} {group['modes'][mode]['p50']:.2f}/{group['modes'][mode]['p95']:.2f}"
            )
    return f"  {', '.join(parts)} (p50/p95 ms)"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _names(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in ENGINES:
            raise argparse.ArgumentTypeError(f"no engine {name!r}; there are {', '.join(ENGINES)}")
    return names


def _sizes(text: str) -> list[int]:
    return [size for part in text.split(",") if (size := int(part.replace("_", "")))]


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    add = parser.add_argument
    add("corpus", nargs="?", type=Path, help="JSON Lines, plain or .xz: id, title, text, date, outlet")
    add("--synthetic", type=int, metavar="N", help="make up a corpus of N paragraphs instead")
    add("--limit", type=int, metavar="N", help="only the first N paragraphs of the corpus")
    add("--queries", type=int, default=200, metavar="N", help="queries of each kind (default %(default)s)")
    add(
        "--passes",
        type=int,
        default=5,
        metavar="N",
        help="timed passes over the queries (default %(default)s)",
    )
    add("--budget", type=float, default=20, metavar="SECONDS",
        help="no further pass of a kind begins after so long (default %(default)s)")  # fmt: skip
    add(
        "--updates", type=int, default=10, metavar="N", help="articles added one by one (default %(default)s)"
    )
    add("--engines", type=_names, default=list(ENGINES), metavar="A,B", help=f"of {', '.join(ENGINES)}")
    add("--unit", choices=("article", "paragraph", "both"), default="both",
        help="what newssearch takes for an article: an article, or each paragraph")  # fmt: skip
    add("--whoosh", type=int, default=100_000, metavar="N",
        help="stock Whoosh gets the first N paragraphs (default %(default)s)")  # fmt: skip
    add("--growth", type=_sizes, default=[], metavar="N,N", help="build and query at these sizes, too")
    add("--many", type=_sizes, default=[1, 2, 4], metavar="N,N",
        help="numbers of threads and processes that search at once; 0 for none (default 1,2,4)")  # fmt: skip
    add("--seconds", type=float, default=3.0, help="for which they do (default %(default)s)")
    add("--cold", type=int, default=15, metavar="N",
        help="new processes whose time is measured (default %(default)s)")  # fmt: skip
    add(
        "--growth-only",
        action="store_true",
        help="only at these sizes; what FILE.json has besides growth is kept",
    )
    add("--seed", type=int, default=0, help="of queries and synthetic text (default %(default)s)")
    add("--out", type=Path, default=Path("benchmarks/results/latest.json"), metavar="FILE.json")
    add(
        "--work",
        type=Path,
        metavar="DIR",
        help="where indexes are built (default: the system's temporary folder)",
    )
    options = parser.parse_args(arguments)
    if (options.corpus is None) == (options.synthetic is None):
        parser.error("name a corpus, or give --synthetic N")
    unwanted = {"article": "newssearch-paragraph", "paragraph": "newssearch"}.get(options.unit)
    options.engines = [name for name in options.engines if name != unwanted]
    options.command = shlex.join(["python", "-m", "benchmarks.run", *arguments])
    return options


def _write(record: dict[str, object], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    report.write_json(record, out)
    for file in report.write(out):
        _say(f"wrote {file}")


def main() -> None:
    """Run the benchmark."""
    options = _options(sys.argv[1:])
    with tempfile.TemporaryDirectory(dir=options.work, prefix="newssearch-bench-") as work:
        bench = Bench(options, Path(work).resolve())
        _say(
            "{articles:,} articles, {paragraphs:,} paragraphs, {text_bytes:,} bytes of text".format(
                **bench.size
            )
        )
        whole: dict[str, object] = {}
        if options.growth_only and options.out.exists():
            whole = json.loads(options.out.read_text("utf-8"))  # keep its other measurements
        else:
            runs = [] if options.growth_only else list(bench.main_runs())
            add_agreement(runs)
            whole = bench.record(runs)
            _write(whole, options.out)  # what comes now takes long, and may be broken off
        growth: list[Run] = []
        for grown in bench.growth_runs():
            add_agreement(grown)
            drop_raw(grown)
            growth.extend(grown)
            _write({**whole, "growth": growth, "growth_run": bench.growth_run()}, options.out)
    if bench.failed:
        sys.exit("; ".join(f"{name}: {reason}" for name, reason in bench.skipped.items()))


if __name__ == "__main__":
    main()
