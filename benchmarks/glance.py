"""The table at a glance: one run in a dozen rows, for the README of the project and the top of the report.

``python -m benchmarks.report FILE.json --readme README.md`` writes it between two markers of the README.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .queries import Kind

Run = dict[str, Any]

BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
"""The lines in a document between which the table stands."""

SAME_WORK = "newssearch-paragraph"
"""The engine that does the same work as the others."""

NAMES = {
    "newssearch": "newssearch",
    SAME_WORK: "newssearch, same work",
    "tantivy": "[tantivy](https://github.com/quickwit-oss/tantivy-py) (Rust)",
    "fts5": "SQLite FTS5",
    "whoosh": "Whoosh itself",
}
"""The engines in the table, and their names there."""

ROWS: dict[Kind, str] = {
    "term": "a word",
    "and2": "two words, AND",
    "and3": "three words, AND",
    "or3": "three words, OR",
    "or5": "five words, OR",
    "phrase2": "a phrase of two words",
    "phrase3": "a phrase of three words",
    "prefix": "a prefix",
}


class Row(NamedTuple):
    """A row of the table: its label, and for each engine its numbers and the text of its cell; both may be missing."""

    label: str
    numbers: dict[str, tuple[float, ...]]
    cell: Callable[[tuple[float, ...]], str]


def glance(record: Run) -> str:
    """Return the table of a run as Markdown, with a sentence before it and one about the command line after it."""
    parts = [_filled(_intro(record)), "\n".join(_table(record)), _filled(_cold(record["cli"]))]
    return "".join(f"\n{part}\n" for part in parts if part)


def into_document(document: Path, record: Run) -> None:
    """Write the table of a run between the markers of a document. Raises ValueError if it has no markers."""
    before, found, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError(f"{document} has no lines {BEGIN} and {END}")
    document.write_text(f"{before}{BEGIN}\n{glance(record)}\n{END}{after}", encoding="utf-8")


def _filled(text: str) -> str:
    return textwrap.fill(text, 118, break_on_hyphens=False)


def _intro(record: Run) -> str:
    corpus, cores = record["corpus"], record["machine"]["cores"]
    commit = f" at commit {record['commit'][:12]}" if record["commit"] else ""
    return (
        f"All {corpus['paragraphs']:,} paragraphs ({corpus['text_bytes'] / 1e6:.0f} MB) of {corpus['articles']:,} news"
        f" articles, on {cores} cores, in one run of {record['made'][:10]}{commit}. Times of queries are milliseconds,"
        " p50 / p95, for a search with its total, and with the stored text and a highlighted snippet of the ten best:"
    )


def _table(record: Run) -> Iterator[str]:
    runs = _columns(record)
    compared = next((name for name in (SAME_WORK, "newssearch") if name in runs), "")
    ratios = bool(compared) and "tantivy" in runs
    heads = [_head(record, run) for run in runs.values()]
    if ratios:
        heads.append(f"{'same work' if compared == SAME_WORK else compared} : tantivy")
    yield f"| | {' | '.join(heads)} |"
    yield "| --- |" + " ---: |" * len(heads)
    for row in _rows(runs):
        cells = [row.cell(row.numbers[name]) if name in row.numbers else "" for name in runs]
        if ratios:
            ours, theirs = row.numbers.get(compared), row.numbers.get("tantivy")
            cells.append(_ratio(ours, theirs) if ours and theirs else "")
        yield f"| {row.label} | {' | '.join(cells)} |"


def _columns(record: Run) -> dict[str, Run]:
    """Return the run of each engine in the table: the one with the most paragraphs."""
    largest = sorted(record["runs"], key=lambda run: run["paragraphs"])
    by_engine = {run["engine"]: run for run in largest}
    return {name: by_engine[name] for name in NAMES if name in by_engine}


def _head(record: Run, run: Run) -> str:
    fewer = run["paragraphs"] < record["corpus"]["paragraphs"]
    return NAMES[run["engine"]] + (f", first {run['paragraphs']:,} paragraphs" if fewer else "")


def _rows(runs: dict[str, Run]) -> Iterator[Row]:
    def of(value: Callable[[Run], tuple[float, ...] | None]) -> dict[str, tuple[float, ...]]:
        return {name: found for name, run in runs.items() if (found := value(run)) is not None}

    build = "indexing, from parsed articles to disk"
    yield Row(build, of(lambda run: (run["build"]["seconds"],)), lambda n: f"{n[0]:.0f} s")
    size = "index with the text, relative to the text"
    yield Row(
        size, of(lambda run: (run["build"]["size"] / run["build"]["text_bytes"],)), lambda n: f"{n[0]:.2f}"
    )
    added = of(lambda run: (run["update"]["median_ms"],) if run["update"] else None)
    yield Row("one more article, until it is found", added, lambda n: f"{n[0]:.0f} ms")
    for kind, label in ROWS.items():
        times = of(lambda run, kind=kind: _shown(run, kind))  # type: ignore[misc]
        if times:
            yield Row(label, times, lambda n: " / ".join(map(_short, n)))
    for unit in ("processes", "threads"):
        rates = of(lambda run, unit=unit: _rates(run, unit))  # type: ignore[misc]
        if rates:
            numbers = " / ".join(next(run["many"][unit] for run in runs.values() if "many" in run))
            yield Row(
                f"searches a second, {numbers} {unit}",
                rates,
                lambda n: " / ".join(f"{each:,.0f}" for each in n),
            )


def _shown(run: Run, kind: Kind) -> tuple[float, ...] | None:
    for group in run["query"]["groups"]:
        if group["kind"] == kind and not group["filter"] and "shown" in group["modes"]:
            timed = group["modes"]["shown"]
            return timed["p50"], timed["p95"]
    return None


def _rates(run: Run, unit: str) -> tuple[float, ...] | None:
    return tuple(run["many"][unit].values()) if "many" in run else None


def _ratio(ours: tuple[float, ...], theirs: tuple[float, ...]) -> str:
    return " / ".join(f"{our / their:.1f}" for our, their in zip(ours, theirs, strict=True) if their)


def _short(value: float) -> str:
    """Return a number with two significant digits, or without decimals from 10 on."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _cold(cli: Run) -> str:
    if not cli:
        return ""
    return (
        f"A query from the shell, a new process each time, takes {cli['query_ms'] / 1000:.2f} s{_cpu(cli, 'query')}. A process"
        f" that only imports NumPy, Click and Whoosh takes {cli['imports_ms'] / 1000:.2f} s{_cpu(cli, 'imports')}; the query"
        " does not import Whoosh."
    )


def _cpu(cli: Run, key: str) -> str:
    return f" ({cli[f'{key}_cpu_ms'] / 1000:.2f} s of the processor)" if f"{key}_cpu_ms" in cli else ""
