"""An index on an OpenSearch cluster as it grows: ``python -m benchmarks.cluster CORPUS --grow 100000,900000,3000000``.

Without ``--address``, it starts three nodes on this machine, and removes them. At each size, it writes the time and the
space that the index has taken, and how long searches and other views take, into ``FILE.json``, with tables in ``FILE.md``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import newssearch
from newssearch import Article, Index, NewssearchError
from newssearch.engines.opensearch.address import cluster_address
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.state import STATE, WORDS

from . import corpus, machine, measure, report, synthetic
from .corpus import Story
from .engines.newssearch_engine import NewssearchArticles
from .queries import FILTERS, KINDS, Filter, Kind, draw, groups
from .task import LIMIT

FORMAT = 1
"""The version of the JSON format that a run is written in."""
NODES = 3
SHUFFLED = 4
"""In a copy of the corpus, so many words of a text are put in another order, then as many again."""
SETTLED = 600.0
"""The time in seconds for which merges are waited for."""

Measured = dict[str, Any]
"""Measurements as JSON types."""


# ---- the corpus


def grown(file: Path) -> Iterator[Story]:
    """Yield the stories of a work file without end: first as they are, then other texts of the same words."""
    once = []
    for story in corpus.read_work(file):
        once.append(story)
        yield story
    copy = 2
    while once:
        for story in once:
            texts = tuple(varied(text, copy) for text in story.paragraphs)
            yield replace(story, id=f"{story.id}-{copy}", paragraphs=texts)
        copy += 1


def varied(text: str, copy: int) -> str:
    """Return the words of a text in another order, so that it is no copy of the first: each :data:`SHUFFLED` are shuffled.

    >>> varied("The dam broke after rain fell all night.", 2)
    'broke dam after The rain night. all fell'
    """
    words, order = text.split(" "), random.Random(f"{copy} {text}")
    for first in range(0, len(words), SHUFFLED):
        some = words[first : first + SHUFFLED]
        order.shuffle(some)
        words[first : first + SHUFFLED] = some
    return " ".join(words)


def article_of(story: Story) -> Article:
    """Return a story as an article."""
    return Article.create(
        title=story.title, text=story.paragraphs, date=story.date, outlet=story.outlet, url=story.id
    )


# ---- what is asked


@dataclass(frozen=True)
class Asked:
    """What one question of a view is asked with: a word, and the id of the first article that a search for it finds."""

    word: str
    article: str


View = Callable[[Index, Asked], int]
"""A question of one kind. It returns a number of what it found."""

VIEWS: dict[str, View] = {
    "first page": lambda index, asked: _shown(index.search(asked.word, limit=LIMIT)),
    "first page, facets": lambda index, asked: _shown(
        index.search(asked.word, limit=LIMIT, facets=("outlet", "year", "month"))
    ),
    "newest first": lambda index, asked: _shown(index.search(asked.word, limit=LIMIT, sort="newest")),
    "all paragraphs": lambda index, asked: _shown(index.search(asked.word, limit=LIMIT, all_paragraphs=True)),
    "hits 1,001 to 1,010": lambda index, asked: _shown(index.search(asked.word, limit=LIMIT, offset=1_000)),
    "expanded": lambda index, asked: _shown(index.search(asked.word, limit=LIMIT, expand=True)),
    "number of articles": lambda index, asked: index.count(asked.word),
    "articles by month": lambda index, asked: index.over_time(asked.word, unit="month").total.articles,
    "articles by outlet": lambda index, asked: index.table(asked.word, by="outlet").total().articles,
    "article": lambda index, asked: len(index.article(asked.article).paragraphs),
    "related": lambda index, asked: _shown(index.related(asked.article)),
    "stories": lambda index, asked: index.stories(asked.word).total_stories,
    "words in context": lambda index, asked: index.kwic(asked.word, limit=50).total_occurrences,
    "collocates": lambda index, asked: len(index.collocates(asked.word)),
    "keywords": lambda index, asked: len(index.keywords(asked.word)),
    "sample": lambda index, asked: len(index.sample(asked.word, size=100)),
    "completions": lambda index, asked: len(index.completions(asked.word[:3])),
}
"""What is asked of an index beside the searches of :mod:`.queries`."""


def _shown(results: newssearch.Results) -> int:
    for hit in results:
        hit.snippet.html()
    return results.total_articles


class Searching(NewssearchArticles):
    """The engine newssearch with an index that is open already."""

    def __init__(self, index: Index) -> None:
        self._index = index


# ---- the cluster


class Archive:
    """The index that is measured, and what its cluster says of it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = Client(cluster_address(address))
        name = self._client.address.name
        self._indices = {"articles": name, "words": name + WORDS, "state": name + STATE}

    def create(self) -> None:
        """Make the index. Raises :class:`newssearch.IndexExistsError` if there is one."""
        newssearch.create(self.address).close()

    def processor_seconds(self) -> float:
        """Return the processor time that the nodes have used since they were started."""
        used: int = sum(node["process"]["cpu"]["total_in_millis"] for node in self._stats("process"))
        return used / 1000

    def _stats(self, *metrics: str) -> list[Measured]:
        answer = self._client.request("GET", f"/_nodes/stats/{','.join(metrics)}")
        return list(answer["nodes"].values())

    def settle(self) -> float:
        """Wait until no segments are merged. Return the seconds that this took."""
        begun = time.perf_counter()
        while time.perf_counter() - begun < SETTLED:
            if not any(node["indices"]["merges"]["current"] for node in self._stats("indices")):
                break
            time.sleep(0.5)
        return round(time.perf_counter() - begun, 1)

    def size(self) -> Measured:
        """Return the bytes, documents and segments of each index: of its primary shards, and of all."""
        found = {}
        for part, name in self._indices.items():
            counted = self._client.request("GET", f"/{name}/_stats/docs,store,segments")["_all"]
            found[part] = {
                which: {
                    "bytes": counted[which]["store"]["size_in_bytes"],
                    "documents": counted[which]["docs"]["count"],
                    "deleted": counted[which]["docs"]["deleted"],
                    "segments": counted[which]["segments"]["count"],
                }
                for which in ("primaries", "total")
            }
        return found

    def heap(self) -> list[Measured]:
        """Return the bytes of its heap that each node uses, and those that it may use."""
        return [
            {
                "used": node["jvm"]["mem"]["heap_used_in_bytes"],
                "most": node["jvm"]["mem"]["heap_max_in_bytes"],
            }
            for node in self._stats("jvm")
        ]

    def description(self) -> Measured:
        """Return the version of the cluster, and what the settings of the index and of its nodes are."""
        nodes = self._client.request("GET", "/_nodes/jvm,os")["nodes"].values()
        settings = self._client.settings(self._indices["articles"])
        kept = ("number_of_shards", "number_of_replicas", "codec", "auto_expand_replicas")
        return {
            "opensearch": self._client.version,
            "nodes": [
                {
                    "java": node["jvm"]["version"],
                    "heap": node["jvm"]["mem"]["heap_max_in_bytes"],
                    "processors": node["os"]["available_processors"],
                }
                for node in nodes
            ],
            "settings": {name: settings[f"index.{name}"] for name in kept if f"index.{name}" in settings},
        }

    def close(self) -> None:
        """Close all connections. The index stays."""
        self._client.close()


@contextmanager
def a_cluster(nodes: int) -> Iterator[str]:
    """Yield the address of an index on nodes that are started for it, and removed after it."""
    tests = str(machine.REPOSITORY / "tests")
    sys.path.insert(0, tests)
    from cluster.server import started  # the tests start nodes, too; the path is known only now

    with tempfile.TemporaryDirectory(prefix="newssearch-bench-cluster-") as folder:
        Path(folder).chmod(0o755)
        cluster = started(Path(folder) / "cluster", nodes)
        try:
            yield cluster.address("bench")
        finally:
            cluster.remove()
            sys.path.remove(tests)


# ---- measuring


class Bench:
    """One run: an index that grows, and what was measured at each size."""

    def __init__(self, options: argparse.Namespace, work: Path, address: str) -> None:
        self.options = options
        self.commit = machine.commit()  # now: it may have moved on by the end of the run
        self.archive = Archive(address)
        file = work / "corpus.jsonl"
        corpus.write(_stories(options), file)
        self.queries = draw(corpus.read_work(file), options.queries, options.seed)
        self._left = grown(file)
        self._size = corpus.size_of(())

    def steps(self) -> Iterator[Measured]:
        """Let the index grow size by size, and yield what is measured at each."""
        self.archive.create()
        for paragraphs in self.options.grow:
            written = self._grow(paragraphs)
            _say(_in_short(written))
            with newssearch.open(self.archive.address) as index:
                yield {**written, "groups": self.searches(index), "views": self.views(index)}

    def _grow(self, paragraphs: int) -> Measured:
        """Add articles until the index has so many paragraphs."""
        added = corpus.size_of(())

        def articles() -> Iterator[Article]:
            for story in corpus.first(self._left, paragraphs - self._size["paragraphs"]):
                size = corpus.size_of([story])
                for key, number in size.items():
                    added[key] += number  # type: ignore[literal-required]
                yield article_of(story)

        cluster_before, own_before, begun = (
            self.archive.processor_seconds(),
            _processor(),
            time.perf_counter(),
        )
        with newssearch.open(self.archive.address) as index:
            index.add(articles())
        seconds, own = time.perf_counter() - begun, _processor() - own_before
        for key, number in added.items():
            self._size[key] += number  # type: ignore[literal-required]
        return {
            "paragraphs": self._size["paragraphs"],
            "size": dict(self._size),
            "added": dict(added),
            "seconds": round(seconds, 2),
            "processor_seconds": {
                "newssearch": round(own, 2),
                "cluster": round(self.archive.processor_seconds() - cluster_before, 2),
            },
            "settled_seconds": self.archive.settle(),
            "stored": self.archive.size(),
            "heap": self.archive.heap(),
        }

    def searches(self, index: Index) -> list[Measured]:
        """Measure the queries of each kind and filter."""
        engine, found = Searching(index), []
        for (kind, condition), queries in groups(self.queries).items():
            calls = [lambda asked=asked: engine.search(asked, "shown", LIMIT).total for asked in queries]
            found.append({"kind": kind, "filter": condition, **self._timed(calls)})
            _say(f"  {kind} {condition}: {_cell(found[-1])}")
        return found

    def views(self, index: Index) -> list[Measured]:
        """Measure :data:`VIEWS` with the words of the first queries."""
        words = [query.words[0] for query in self.queries if query.kind == "term" and not query.filter]
        asked = []
        for word in words[: self.options.views]:
            asked += [Asked(word, hit.id) for hit in index.search(word, limit=1)]
        found = []
        for name, view in VIEWS.items():
            calls = [lambda view=view, one=one: view(index, one) for one in asked]
            found.append({"view": name, **self._timed(calls)})
            _say(f"  {name}: {_cell(found[-1])}")
        return found

    def _timed(self, calls: Sequence[Callable[[], int | None]]) -> Measured:
        """Return the answers to some calls, their first times in milliseconds, and the medians of several passes after.

        A call that is refused has no times in the summary, and its error instead of an answer.
        """
        answers: list[int | str | None] = []
        first: list[float] = []
        for call in calls:
            try:
                begun = time.perf_counter()
                answers.append(call())
                first.append(round((time.perf_counter() - begun) * 1000, 2))
            except NewssearchError as error:
                answers.append(f"{type(error).__name__}: {error}"[:200])
        able = [call for call, answer in zip(calls, answers, strict=True) if not isinstance(answer, str)]
        passes: list[list[float]] = []
        spent = 0.0
        while able and len(passes) < self.options.passes and spent < self.options.budget:
            passes.append([measure.milliseconds(call) for call in able])
            spent += sum(passes[-1]) / 1000
        medians = [round(statistics.median(times), 2) for times in zip(*passes, strict=True)]
        return {
            "answers": answers,
            "first": first,
            "medians": medians,
            "passes": len(passes),
            "summary": dict(measure.summary(medians)) if medians else None,
            "summary_first": dict(measure.summary(first)) if first else None,
        }

    def record(self, steps: Sequence[Measured]) -> dict[str, object]:
        """Return all measurements as JSON types."""
        options = self.options
        return {
            "format": FORMAT,
            "made": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
            "command": options.command,
            "commit": self.commit,
            "machine": machine.facts(),
            "versions": machine.versions(("urllib3",)),
            "cluster": self.archive.description(),
            "corpus": options.corpus.name if options.corpus else "synthetic",
            "seed": options.seed,
            "queries": [str(query) for query in self.queries],
            "steps": list(steps),
        }


def _processor() -> float:
    used = time.process_time()
    return used + measure.children_seconds()


def _stories(options: argparse.Namespace) -> Iterator[Story]:
    if options.corpus is None:
        return synthetic.stories(options.synthetic, options.seed)
    return corpus.read_jsonl(options.corpus)


def _in_short(step: Measured) -> str:
    added, seconds = step["added"], step["seconds"]
    size = step["stored"]["articles"]["primaries"]["bytes"] / step["size"]["text_bytes"]
    return (
        f"{step['paragraphs']:,} paragraphs: {added['paragraphs'] / seconds:,.0f} a second, {size:.2f} x text"
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# ---- the tables


def markdown(record: Measured) -> str:
    """Return the tables of a run as Markdown."""
    steps = record["steps"]
    nodes, facts = record["cluster"]["nodes"], record["machine"]
    settings = ", ".join(f"{name} {value}" for name, value in record["cluster"]["settings"].items())
    lines = [
        f"# {record['corpus']} on OpenSearch {record['cluster']['opensearch']}",
        "",
        f"{len(nodes)} nodes with {nodes[0]['heap'] / 2**20:.0f} MB of heap and Java {nodes[0]['java']}; {settings}.",
        f"newssearch {record['versions'].get('newssearch', '')}, {facts['python']}, {facts['cpu']}, {facts['cores']} cores for all,"
        f" {facts['memory_bytes'] / 1e9:.0f} GB, {facts['system']}.",
        f"`{record['command']}` at commit {record['commit']}, {record['made'][:10]}.",
        "",
        "## Writing",
        "",
        "Of the paragraphs that were added at each size. Processor time is that of newssearch and of all nodes, in ms for a",
        "paragraph. Sizes are of everything that the index has then, after the merges that OpenSearch makes by itself.",
        "",
        *report.table(
            (
                "paragraphs", "added", "s", "paragraphs/s", "MB/s", "newssearch ms", "nodes ms", "bytes a paragraph", "x text", "with replicas",
                "documents", "segments", "heap MB",
            ),
            map(_written_row, steps),
        ),
        "## Searching",
        "",
        "Milliseconds, p50 / p95 of the medians of each query: the ten best with text, fields and snippets, and the total.",
        "",
        *report.table(("kind", *_heads(steps)), _rows(steps, "groups", _kinds())),
        "## Other views",
        "",
        "Milliseconds, p50 / p95 of the medians of each word; in parentheses the p50 of the first time that each was asked.",
        "",
        *report.table(("view", *_heads(steps)), _rows(steps, "views", [(("view", name),) for name in VIEWS])),
    ]  # fmt: skip
    return "\n".join(lines)


def _written_row(step: Measured) -> list[str]:
    added, size, seconds = step["added"], step["size"], step["seconds"]
    primary, every = (
        sum(part[which]["bytes"] for part in step["stored"].values()) for which in ("primaries", "total")
    )
    articles = step["stored"]["articles"]
    used = step["processor_seconds"]
    return [
        f"{step['paragraphs']:,}",
        f"{added['paragraphs']:,}",
        f"{seconds:,.0f}",
        f"{added['paragraphs'] / seconds:,.0f}",
        f"{added['text_bytes'] / 1e6 / seconds:.2f}",
        f"{used['newssearch'] * 1000 / added['paragraphs']:.2f}",
        f"{used['cluster'] * 1000 / added['paragraphs']:.2f}",
        f"{primary / size['paragraphs']:,.0f}",
        f"{primary / size['text_bytes']:.2f}",
        f"{every / size['text_bytes']:.2f}",
        f"{articles['primaries']['documents']:,}",
        f"{articles['total']['segments']:,}",
        " ".join(f"{node['used'] / 2**20:.0f}" for node in step["heap"]),
    ]


def _heads(steps: Sequence[Measured]) -> list[str]:
    return [f"{step['paragraphs']:,}" for step in steps]


_Key = tuple[tuple[str, str], ...]
"""The members that a measurement must have, with their values."""


def _kinds() -> list[_Key]:
    pairs: Iterable[tuple[Kind, Filter]] = ((kind, condition) for condition in FILTERS for kind in KINDS)
    return [(("kind", kind), ("filter", condition)) for kind, condition in pairs]


def _rows(steps: Sequence[Measured], part: str, keys: Iterable[_Key]) -> Iterator[list[str]]:
    for key in keys:
        found = [
            next((one for one in step[part] if dict(key).items() <= one.items()), None) for step in steps
        ]
        if any(found):
            name = " + ".join(value for _, value in key if value)
            yield [name, *("" if one is None else _cell(one, first=part == "views") for one in found)]


def _cell(measured: Measured, *, first: bool = False) -> str:
    refused = sum(isinstance(answer, str) for answer in measured["answers"])
    note = f" {refused} refused" if refused else ""
    summary = measured["summary"]
    if summary is None:
        return note.strip()
    text = f"{summary['p50']:,.1f} / {summary['p95']:,.1f}"
    return f"{text} ({measured['summary_first']['p50']:,.1f}){note}" if first else text + note


# ---- the command


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    add = parser.add_argument
    add("corpus", nargs="?", type=Path, help="JSON Lines, plain or .xz: id, title, text, date, outlet")
    add("--synthetic", type=int, metavar="N", help="make up a corpus of N paragraphs instead")
    add("--address", help="where no index is yet; the one that is made stays (default: nodes of its own)")
    add("--nodes", type=int, default=NODES, help="the number of these nodes (default %(default)s)")
    add(
        "--grow",
        type=lambda text: [int(part.replace("_", "")) for part in text.split(",")],
        default=[100_000],
        metavar="N,N",
        help="measure at these numbers of paragraphs; a corpus that has fewer comes again with words in another order",
    )
    add("--queries", type=int, default=20, metavar="N", help="queries of each kind (default %(default)s)")
    add("--views", type=int, default=10, metavar="N", help="words for other views (default %(default)s)")
    add(
        "--passes",
        type=int,
        default=3,
        metavar="N",
        help="timed passes after the first (default %(default)s)",
    )
    add("--budget", type=float, default=20, metavar="SECONDS",
        help="no further pass of a kind begins after so long (default %(default)s)")  # fmt: skip
    add("--seed", type=int, default=0, help="of queries and synthetic text (default %(default)s)")
    add("--out", type=Path, default=Path("benchmarks/results/cluster.json"), metavar="FILE.json")
    options = parser.parse_args(arguments)
    if (options.corpus is None) == (options.synthetic is None):
        parser.error("name a corpus, or give --synthetic N")
    options.command = shlex.join(["python", "-m", "benchmarks.cluster", *arguments])
    return options


def _write(record: dict[str, object], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    report.write_json(record, out)
    out.with_suffix(".md").write_text(markdown(json.loads(out.read_text("utf-8"))), encoding="utf-8")
    _say(f"wrote {out}")


def _run(options: argparse.Namespace, address: str) -> None:
    with tempfile.TemporaryDirectory(prefix="newssearch-bench-") as work:
        bench = Bench(options, Path(work), address)
        steps: list[Measured] = []
        for step in bench.steps():
            steps.append(step)
            _write(bench.record(steps), options.out)  # what comes now takes long, and may be broken off
        bench.archive.close()


def main() -> None:
    """Run the benchmark."""
    options = options_of(sys.argv[1:])
    if options.address:
        _run(options, options.address)
        return
    with a_cluster(options.nodes) as address:
        _run(options, address)


if __name__ == "__main__":
    main()
