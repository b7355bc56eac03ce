"""The tables and plots of a run: ``python -m benchmarks.report FILE.json`` writes them beside the file.

``FILE.md`` has the tables, ``FILE-latency.svg`` and ``FILE-growth.svg`` the plots. ``--readme README.md`` also writes the
table at a glance into that document.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from . import svg
from .engines import ENGINES
from .glance import glance, into_document
from .queries import FILTERS, KINDS

Run = dict[str, Any]
Group = dict[str, Any]

MODES = {
    "shown": "The ten best with their stored text, fields and snippets, and the total",
    "counted": "The ten best and the total",
    "top": "The ten best, not counting the others",
}
_FLAT_LIST = re.compile(r"\[[^\[\]{}\"]*\]")


def write_json(record: dict[str, object], file: Path) -> None:
    """Write a run as JSON, with each list of numbers on one line."""
    text = json.dumps(record, indent=1, ensure_ascii=False)
    file.write_text(_FLAT_LIST.sub(lambda found: " ".join(found[0].split()), text) + "\n", encoding="utf-8")


def write(file: Path) -> list[Path]:
    """Write the tables and the plots of the run in ``file``, and return the files that were written."""
    record = json.loads(file.read_text(encoding="utf-8"))
    written = {file.with_suffix(".md"): markdown(record, file.stem)}
    if record["runs"]:
        written[file.with_name(f"{file.stem}-latency.svg")] = latency_plot(record)
    if record["growth"]:
        written[file.with_name(f"{file.stem}-growth.svg")] = growth_plot(record)
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    return [file, *written]


# ---- tables


def markdown(record: Run, stem: str) -> str:
    """Return all tables of a run as Markdown."""
    return "\n".join(
        [
            *_origin(record),
            *(_measured(record, stem) if record["runs"] else ()),
            *_growth(record, stem),
        ]
    )


def _measured(record: Run, stem: str) -> Iterator[str]:
    yield "## At a glance"
    yield glance(record)
    yield from _building(record["runs"])
    yield from _many(record["runs"])
    yield from _cold(record["cli"])
    yield f"![Latencies]({stem}-latency.svg)"
    yield ""
    yield from _latencies(record["runs"])
    yield from _counts(record["runs"])


def _origin(record: Run) -> Iterator[str]:
    machine, corpus = record["machine"], record["corpus"]
    yield f"# {corpus['name']}: {corpus['paragraphs']:,} paragraphs"
    yield ""
    yield f"{corpus['articles']:,} articles, {corpus['text_bytes'] / 1e6:.1f} MB of text. `{record['command']}`"
    yield f"at commit {record['commit'][:12] or 'unknown'}, {record['made'][:10]}."
    yield ""
    yield f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_bytes'] / 2**30:.0f} GiB; {machine['system']};"
    yield (
        f"{machine['python']}; "
        + ", ".join(f"{name} {version}" for name, version in record["versions"].items())
        + "."
    )
    yield ""
    for name, reason in record["skipped"].items():
        yield f"Skipped: {name}, {reason}."
        yield ""


def _building(runs: Sequence[Run]) -> Iterator[str]:
    yield "## Building, size, memory, adding one article"
    yield ""
    yield "Memory in MB. *Build* is the most while building, above what the parsed articles take; *query* the most while"
    yield "querying, mapped files included, and of that *private* at the end. *Add* is one article, committed and visible."
    yield ""
    heads = (
        "engine",
        "paragraphs",
        "s",
        "MB/s",
        "index MB",
        "x text",
        "build",
        "query",
        "private",
        "open ms",
        "add ms",
    )
    yield from table(heads, (_build_row(run) for run in runs))


def _build_row(run: Run) -> list[str]:
    build, query = run["build"], run["query"]
    above = max(build["memory_peak"] - build["memory_before"], 0)
    children = f" + {build['memory_children'] / 1e6:.0f} a child" if build["memory_children"] else ""
    private = query["memory_private"]
    return [
        run["engine"],
        f"{run['paragraphs']:,}",
        f"{build['seconds']:.1f}",
        f"{build['text_bytes'] / 1e6 / build['seconds']:.1f}",
        f"{build['size'] / 1e6:.1f}",
        f"{build['size'] / build['text_bytes']:.2f}",
        f"{above / 1e6:.0f}{children}",
        f"{query['memory_peak'] / 1e6:.0f}",
        f"{private / 1e6:.0f}" if private is not None else "",
        f"{query['open_ms']:.1f}",
        f"{run['update']['median_ms']:.1f}" if run["update"] else "",
    ]


def _many(runs: Sequence[Run]) -> Iterator[str]:
    measured = [run for run in runs if "many" in run]
    if not measured:
        return
    yield "## Many at once"
    yield ""
    yield "Searches a second, shown, of all kinds without a filter, in turn. Threads share one open index; each process has its"
    yield "own, and all share the mapped files."
    yield ""
    numbers = list(measured[0]["many"]["threads"])
    heads = [f"{unit}: {number}" for unit in ("threads", "processes") for number in numbers]
    rows = (
        [
            run["engine"],
            *(f"{rate:,.0f}" for unit in ("threads", "processes") for rate in run["many"][unit].values()),
        ]
        for run in measured
    )
    yield from table(("engine", *heads), rows)


def _cold(cli: Run) -> Iterator[str]:
    if not cli:
        return
    yield f"One query from the shell (`newssearch query {cli['query']}`), a new process each time, median of"
    yield f"{len(cli['all']['query_ms']) - 1}: {cli['query_ms']:.0f} ms; `{cli['imports']}` alone: {cli['imports_ms']:.0f} ms;"
    yield f"ratio {cli['query_ms'] / cli['imports_ms']:.2f}."
    if "query_cpu_ms" in cli:
        yield f"Processor time: {cli['query_cpu_ms']:.0f} and {cli['imports_cpu_ms']:.0f} ms; ratio"
        yield f"{cli['query_cpu_ms'] / cli['imports_cpu_ms']:.2f}."
    yield ""


def _latencies(runs: Sequence[Run]) -> Iterator[str]:
    for mode, meaning in MODES.items():
        able = [run for run in runs if any(mode in group["modes"] for group in run["query"]["groups"])]
        if not able:
            continue
        yield f"## {meaning}"
        yield ""
        yield "Milliseconds: p50 / p95."
        yield ""
        yield from _kinds(able, _of_mode(mode, "p50", "p95"))
        yield "<details><summary>p99 / mean</summary>"
        yield ""
        yield from _kinds(able, _of_mode(mode, "p99", "mean"))
        yield "</details>"
        yield ""


def _of_mode(mode: str, *keys: str) -> Callable[[Group], str]:
    """Return a cell of the table of a mode."""

    def cell(group: Group) -> str:
        timed = group["modes"].get(mode)
        return " / ".join(svg.number(timed[key]) for key in keys) if timed else ""

    return cell


def _counts(runs: Sequence[Run]) -> Iterator[str]:
    yield "## What was found"
    yield ""
    yield "Paragraphs that match, over all queries of a kind; in parentheses the share of queries with exactly the count of"
    yield "the reference at that size (newssearch-paragraph, where it ran), and of the ten best that are its ten best."
    yield ""
    yield from _kinds(runs, _count_cell)


def _count_cell(group: Group) -> str:
    counts = [count for count in group["counts"] if count is not None]
    agreement = group.get("agreement", {})
    shares = [f"{agreement[key]:.0%}" if key in agreement else "-" for key in ("same_count", "same_best")]
    return f"{sum(counts):,} ({', '.join(shares)})" if counts else f"({', '.join(shares)})"


def _kinds(runs: Sequence[Run], cell: Callable[[Group], str]) -> Iterator[str]:
    """Yield the lines of a table with a row for each kind and filter, and a column for each run."""
    labels = _labels(runs)
    rows = []
    for condition in FILTERS:
        for kind in KINDS:
            groups = [_group(run, kind, condition) for run in runs]
            if any(groups):
                name = f"{kind} + {condition}" if condition else kind
                rows.append([name, *(cell(group) if group else "" for group in groups)])
    yield from table(("kind", *labels), rows)


def _growth(record: Run, stem: str) -> Iterator[str]:
    runs = record["growth"]
    if not runs:
        return
    yield "## Growth"
    yield ""
    yield "Where the corpus has fewer paragraphs, it is repeated under other ids. Queries: p50 / p95 in ms, shown."
    if run := record.get("growth_run"):
        yield f"`{run['command']}` at commit {run['commit']}, {run['made'][:10]}."
    yield ""
    yield f"![Growth]({stem}-growth.svg)"
    yield ""
    rows = []
    for run in runs:
        built = _build_row(run)
        groups = (_group(run, kind, "") for kind in KINDS)
        rows.append([*built[:2], *built[3:4], *built[5:7], built[10], *(map(_shown_cell, groups))])
    yield from table(("engine", "paragraphs", "MB/s", "x text", "build memory", "add ms", *KINDS), rows)


def _shown_cell(group: Group | None) -> str:
    return _of_mode("shown", "p50", "p95")(group) if group else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---" + "|---:" * (len(heads) - 1) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _labels(runs: Sequence[Run]) -> list[str]:
    """Return the name of each run's engine, with the number of paragraphs unless it is the largest."""
    largest = max((run["paragraphs"] for run in runs), default=0)
    return [
        run["engine"] if run["paragraphs"] == largest else f"{run['engine']}, {svg.number(run['paragraphs'])}"
        for run in runs
    ]


def _group(run: Run, kind: str, condition: str) -> Group | None:
    for group in run["query"]["groups"]:
        if group["kind"] == kind and group["filter"] == condition:
            found: Group = group
            return found
    return None


# ---- plots


def latency_plot(record: Run) -> str:
    """Return the plot of latencies of queries without a filter, with snippets for engines that have them."""
    runs = record["runs"]
    panels = []
    for kind in KINDS:
        bars = []
        for label, run in zip(_labels(runs), runs, strict=True):
            group = _group(run, kind, "")
            if group:
                mode = next(mode for mode in MODES if mode in group["modes"])
                name = label if mode == "shown" else f"{label} ({mode})"
                bars.append(
                    svg.Bar(
                        name, _colour(run["engine"]), group["modes"][mode]["p50"], group["modes"][mode]["p95"]
                    )
                )
        if bars:
            panels.append((kind, bars))
    return svg.latencies(f"{record['corpus']['name']}, {record['corpus']['paragraphs']:,} paragraphs", panels)


def growth_plot(record: Run) -> str:
    """Return the plot of the latencies of each kind, of building and of adding against the number of paragraphs."""
    runs = record["growth"]
    measures: list[tuple[str, Callable[[Run], float | None], Callable[[Run], float | None]]] = [
        *((f"{kind}, ms", _percentile(kind, "p50"), _percentile(kind, "p95")) for kind in KINDS),
        (
            "build, MB/s",
            lambda run: run["build"]["text_bytes"] / 1e6 / run["build"]["seconds"],
            lambda run: None,
        ),
        ("add one article, ms", lambda run: run["update"].get("median_ms"), lambda run: None),
    ]
    engines = list(dict.fromkeys(run["engine"] for run in runs))
    panels = []
    for title, *values in measures:
        lines = []
        for engine in engines:
            for value_of, dashed in zip(values, (False, True), strict=True):
                points = [(run["paragraphs"], value_of(run)) for run in runs if run["engine"] == engine]
                known = sorted((x, y) for x, y in points if y is not None)
                if known:
                    lines.append(svg.Line(engine, _colour(engine), known, dashed))
        if lines:
            panels.append((title, lines))
    caption = "a line for the median, a dashed one for the 95th percentile; both axes are logarithmic"
    return svg.growth(f"{record['corpus']['name']}, by the number of paragraphs", caption, panels)


def _colour(engine: str) -> str:
    """Return the colour of an engine, which is the same in every plot."""
    return svg.COLOURS[list(ENGINES).index(engine)]


def _percentile(kind: str, key: str) -> Callable[[Run], float | None]:
    def value(run: Run) -> float | None:
        group = _group(run, kind, "")
        return group["modes"]["shown"][key] if group and "shown" in group["modes"] else None

    return value


def main() -> None:
    """Write the tables and plots of an existing run again."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=main.__doc__)
    parser.add_argument("file", type=Path, help="the JSON that benchmarks.run wrote")
    parser.add_argument(
        "--readme", type=Path, help="a document with markers between which the table at a glance is written"
    )
    given = parser.parse_args()
    for written in write(given.file)[1:]:
        print(written)
    if given.readme:
        into_document(given.readme, json.loads(given.file.read_text(encoding="utf-8")))
        print(given.readme)


if __name__ == "__main__":
    main()
