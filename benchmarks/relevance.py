"""The relevance benchmark: how well newssearch ranks judged collections, beside tantivy, bm25s, SQLite FTS5 and Whoosh.

    python -m benchmarks.relevance COLLECTION... [--out FILE.json] [--known-item ARTICLES.jsonl.xz] [--alone] [--expand]
                                   [--check FLOORS.json]

A collection is a folder with ``articles.jsonl`` (``id``, ``title``, ``text``), ``queries.jsonl`` (``qid``, ``text``) and
``qrels.txt`` (TREC). Every engine gets the words of a query joined by OR, with English stemming and its own
defaults: Whoosh and bm25s leave out the words of their English stop lists, which makes both stronger here. All but
bm25s have the headline as a field of its own. The measures are those of ir-measures: nDCG@10, AP and R@100
of the first 1,000 articles. The last column is the probability of a difference in nDCG@10 at least as large between
newssearch and the best other engine if they were equal, by a paired randomisation test (Smucker, Allan and Carterette,
A Comparison of Statistical Significance Tests for Information Retrieval Evaluation, 2007).

``--known-item`` adds a collection of its own: 10,000 of the articles without their headlines, and 500 of the headlines
as queries, each for its own article. ``--expand`` measures expanded queries too, against the same ones as asked, by the same
test. ``--floors FILE`` writes the results as floors; ``--check FILE`` compares them with those in a file, and ends with 1 if
newssearch is below one of them. A test does the same for two small collections.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import lzma
import platform
import random
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import newssearch
from newssearch.query import Word, any_of

MEASURES = ("nDCG@10", "AP", "R@100")
DEPTH = 1000
"""The number of articles that each engine returns for a query."""
RANDOMISATIONS = 10_000
MARGIN = 0.0005
"""A floor is lower by this than what was measured."""
KNOWN_ITEM_ARTICLES, KNOWN_ITEM_QUERIES = 10_000, 500
SHORTEST_KNOWN_ITEM, SHORTEST_HEADLINE = 1500, 4
"""A known item has at least this number of characters, and its headline this number of words."""

Ranker = Callable[[str], list[str]]
"""Returns the ids of the articles that an engine finds for the text of a query, the best first."""


@dataclass(frozen=True)
class Collection:
    """A judged collection: articles as dictionaries, the text of each query, and the gain of each judged article."""

    name: str
    articles: Sequence[Mapping[str, Any]]
    queries: Mapping[str, str]
    gains: Mapping[str, Mapping[str, int]]

    @classmethod
    def load(cls, folder: Path) -> Collection:
        """Return the collection in a folder. Queries without a judged article are left out."""
        gains: dict[str, dict[str, int]] = {}
        for line in (folder / "qrels.txt").read_text("utf-8").splitlines():
            query, _, article, gain = line.split()
            gains.setdefault(query, {})[article] = int(gain)
        queries = {one["qid"]: one["text"] for one in _lines(folder / "queries.jsonl") if one["qid"] in gains}
        return cls(folder.name, list(_lines(folder / "articles.jsonl")), queries, gains)

    @property
    def digest(self) -> str:
        """A digest of the ids, the queries and the judgements."""
        content = json.dumps(
            [[a["id"] for a in self.articles], dict(self.queries), self.gains], sort_keys=True
        )
        return blake2b(content.encode(), digest_size=8).hexdigest()


def known_items(path: Path) -> Collection:
    """Return the known-item collection that is made of a file of articles: always the same one for the same file."""
    draw = random.Random(7)
    with (
        lzma.open(path, "rt", encoding="utf-8")
        if path.suffix == ".xz"
        else path.open(encoding="utf-8") as lines
    ):
        articles = [json.loads(line) for line in lines]
    draw.shuffle(articles)
    articles = articles[:KNOWN_ITEM_ARTICLES]
    usable = [
        number
        for number, one in enumerate(articles)
        if one["title"]
        and len(one["title"].split()) >= SHORTEST_HEADLINE
        and _plain(one["title"]) not in _plain(one["text"])
        and len(one["text"]) > SHORTEST_KNOWN_ITEM
    ]
    draw.shuffle(usable)
    chosen = usable[:KNOWN_ITEM_QUERIES]
    outlet = re.compile(r"\s*[|–—-]\s*[A-Z][\w. ]+$")
    return Collection(
        "known-item",
        [{**one, "id": str(number), "title": None, "url": None} for number, one in enumerate(articles)],
        {str(number): outlet.sub("", articles[number]["title"]) for number in chosen},
        {str(number): {str(number): 1} for number in chosen},
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


# ---- engines


def by_newssearch(collection: Collection, folder: Path, *, expand: bool = False) -> Ranker:
    """Return the ranking of newssearch, with each copy of a story as an article of its own.

    ``expand`` asks for expanded queries.
    """
    index = newssearch.create(folder)
    articles = folder.parent / "articles.jsonl"
    with articles.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps({**one, "url": None, "id": None}) + "\n" for one in collection.articles)
    index.update(articles)
    ids = {article.id: str(collection.articles[article.record - 1]["id"]) for article in index}

    def rank(text: str) -> list[str]:
        words = [Word(piece) for piece in text.split() if re.search(r"\w", piece)]
        found = index.rank(any_of(words), limit=DEPTH, group=False, expand=expand)
        return [ids[one.id] for one in found]

    return rank


def by_tantivy(collection: Collection, folder: Path) -> Ranker:
    """Return the ranking of tantivy."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for field in ("title", "text"):
        builder.add_text_field(field, tokenizer_name="en_stem")
    index = tantivy.Index(builder.build(), path=str(folder))
    writer = index.writer()
    for one in collection.articles:
        writer.add_document(tantivy.Document(id=str(one["id"]), title=one["title"] or "", text=one["text"]))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def rank(text: str) -> list[str]:
        query = index.parse_query(" ".join(re.findall(r"\w+", text)).lower(), ["title", "text"])
        hits = searcher.search(query, DEPTH).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]

    return rank


def by_bm25s(collection: Collection, folder: Path) -> Ranker:
    """Return the ranking of bm25s, which has a single field: headline and text."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    texts = [f"{one['title'] or ''} {one['text']}" for one in collection.articles]
    model = bm25s.BM25()
    model.index(
        bm25s.tokenize(texts, stemmer=stemmer, stopwords="en", show_progress=False), show_progress=False
    )

    def rank(text: str) -> list[str]:
        words = bm25s.tokenize(text, stemmer=stemmer, stopwords="en", show_progress=False)
        numbers, scores = model.retrieve(words, k=min(DEPTH, len(texts)), show_progress=False)
        pairs = zip(numbers[0].tolist(), scores[0].tolist(), strict=True)
        return [str(collection.articles[number]["id"]) for number, score in pairs if score > 0]

    return rank


def by_fts5(collection: Collection, folder: Path) -> Ranker:
    """Return the ranking of SQLite FTS5."""
    base = sqlite3.connect(folder / "fts5.db")
    base.execute("create virtual table a using fts5(id unindexed, title, text, tokenize='porter unicode61')")
    rows = ((str(one["id"]), one["title"] or "", one["text"]) for one in collection.articles)
    base.executemany("insert into a values (?, ?, ?)", rows)

    def rank(text: str) -> list[str]:
        query = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", text))
        found = base.execute("select id from a where a match ? order by rank limit ?", (query, DEPTH))
        return [row[0] for row in found]

    return rank


def by_whoosh(collection: Collection, folder: Path) -> Ranker:
    """Return the ranking of stock Whoosh."""
    from whoosh import fields, index, qparser
    from whoosh.analysis import StemmingAnalyzer

    text = fields.TEXT(StemmingAnalyzer())
    made = index.create_in(folder, fields.Schema(id=fields.ID(stored=True), title=text, text=text))
    writer = made.writer()
    for one in collection.articles:
        writer.add_document(id=str(one["id"]), title=one["title"] or "", text=one["text"])
    writer.commit()
    searcher = made.searcher()
    parser = qparser.MultifieldParser(["title", "text"], made.schema, group=qparser.OrGroup, plugins=[])

    def rank(text: str) -> list[str]:
        query = parser.parse(" ".join(re.findall(r"\w+", text)))
        return [hit["id"] for hit in searcher.search(query, limit=DEPTH)]

    return rank


ENGINES: dict[str, tuple[str, Callable[[Collection, Path], Ranker]]] = {
    "newssearch": ("newssearch", by_newssearch),
    "expanded": ("newssearch", partial(by_newssearch, expand=True)),
    "tantivy": ("tantivy", by_tantivy),
    "bm25s": ("bm25s", by_bm25s),
    "fts5": ("sqlite3", by_fts5),
    "whoosh": ("whoosh", by_whoosh),
}
"""The module and the ranking of each engine."""
OURS = ("newssearch", "expanded")
"""The engines that are newssearch: as it is, and with expanded queries."""


# ---- measures


def ranked(collection: Collection, engine: str) -> dict[str, list[str]]:
    """Return the ids that an engine finds for each query of a collection, the best first."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "index"
        folder.mkdir()
        rank = ENGINES[engine][1](collection, folder)
        return {query: rank(text) for query, text in collection.queries.items()}


def measured(collection: Collection, runs: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Return each measure of :data:`MEASURES` by query."""
    import ir_measures

    judged = [
        ir_measures.Qrel(query, article, gain)
        for query, gains in collection.gains.items()
        for article, gain in gains.items()
    ]
    scored = [
        ir_measures.ScoredDoc(query, article, float(-place))
        for query, articles in runs.items()
        for place, article in enumerate(articles)
    ]
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    found: dict[str, dict[str, float]] = {name: dict.fromkeys(runs, 0.0) for name in MEASURES}
    for one in ir_measures.iter_calc(measures, judged, scored):
        found[str(one.measure)][one.query_id] = float(one.value)
    return found


def ndcg(gains: Mapping[str, int], found: Sequence[str], depth: int) -> float:
    """Return the nDCG of a ranking at a depth, as trec_eval has it: linear gains, and the ideal order of all judged articles.

    It is here for the floors that the tests hold: ir-measures brings scipy along.

    >>> round(ndcg({"a": 2, "b": 1}, ["b", "x", "a"], 10), 4)
    0.7602
    """
    places = np.log2(np.arange(2, depth + 2))
    reached = np.array([gains.get(article, 0) for article in found[:depth]])
    ideal = np.array(sorted(gains.values(), reverse=True)[:depth])
    if not ideal.any():
        return 0.0
    return float((reached / places[: len(reached)]).sum() / (ideal / places[: len(ideal)]).sum())


def probability(ours: Mapping[str, float], others: Mapping[str, float]) -> float:
    """Return the two-sided p-value of the difference of two means over the same queries, by a randomisation test."""
    differences = np.array([ours[query] - others[query] for query in sorted(ours)])
    signs = np.random.default_rng(1).choice((-1.0, 1.0), (RANDOMISATIONS, len(differences)))
    extreme = np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9
    return float((np.count_nonzero(extreme) + 1) / (RANDOMISATIONS + 1))


def compare(collection: Collection, engines: Sequence[str]) -> dict[str, Any]:
    """Return the means of all measures by engine, and the p-value of the difference from the best other engine."""
    by_query = {engine: measured(collection, ranked(collection, engine)) for engine in engines}
    means = {
        engine: {name: float(np.mean(list(values.values()))) for name, values in of.items()}
        for engine, of in by_query.items()
    }
    result: dict[str, Any] = {
        "queries": len(collection.queries),
        "digest": collection.digest,
        "engines": means,
    }
    if others := [engine for engine in engines if engine not in OURS]:
        best = max(others, key=lambda engine: means[engine]["nDCG@10"])
        ours, theirs = by_query["newssearch"]["nDCG@10"], by_query[best]["nDCG@10"]
        result |= {"best": best, "p": probability(ours, theirs)}
    if "expanded" in by_query:
        off, on = (by_query[engine]["nDCG@10"] for engine in ("newssearch", "expanded"))
        result["p_expanded"] = probability(on, off)
    return result


def expansion_table(results: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of a Markdown table that compares queries as asked with expanded ones.

    It has nDCG@10, AP and R@100 of both, the change of nDCG@10, and its p-value.
    """
    yield "| collection | queries | as asked | expanded | nDCG@10 | p |"
    yield "|---|---|---|---|---|---|"
    for name, one in results.items():
        off, on = (one["engines"][engine] for engine in ("newssearch", "expanded"))
        cells = ["/".join(f"{means[measure]:.4f}" for measure in MEASURES) for means in (off, on)]
        change = 100 * (on["nDCG@10"] / off["nDCG@10"] - 1)
        yield f"| {name} | {one['queries']} | {' | '.join(cells)} | {change:+.1f} % | {one['p_expanded']:.3f} |"


def table(results: Mapping[str, Mapping[str, Any]], engines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a Markdown table: nDCG@10/AP/R@100 of each engine on each collection."""
    yield f"| collection | {' | '.join(engines)} | against the best other | p |"
    yield "|---|" + "---|" * (len(engines) + 2)
    for name, one in results.items():
        cells = [
            "/".join(f"{one['engines'][engine][measure]:.4f}" for measure in MEASURES) for engine in engines
        ]
        change = "-"
        if "best" in one:
            ours, theirs = (one["engines"][engine]["nDCG@10"] for engine in ("newssearch", one["best"]))
            change = f"{100 * (ours / theirs - 1):+.1f} % of {one['best']}"
        yield (
            f"| {name} | {' | '.join(cells)} | {change} | {one['p']:.3f} |"
            if "p" in one
            else (f"| {name} | {' | '.join(cells)} | - | - |")
        )


def floors(results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the nDCG@10 of newssearch on each collection, less :data:`MARGIN`, with the digests of the collections."""
    return {
        "command": "python -m benchmarks.relevance COLLECTION... --known-item ARTICLES.jsonl.xz --alone --floors FILE",
        "data": {name: one["digest"] for name, one in results.items()},
        "floors": {
            name: round(one["engines"]["newssearch"]["nDCG@10"] - MARGIN, 4) for name, one in results.items()
        },
    }


def below(results: Mapping[str, Mapping[str, Any]], known: Mapping[str, Any]) -> Iterator[str]:
    """Yield a message for each collection on which newssearch is below its floor, or which cannot be compared with one."""
    for name, one in results.items():
        reached, floor = one["engines"]["newssearch"]["nDCG@10"], known["floors"].get(name)
        if floor is None:
            yield f"{name}: there is no floor"
        elif one["digest"] != known["data"].get(name):
            yield f"{name}: the floor was measured on another collection"
        elif reached < floor:
            yield f"{name}: nDCG@10 is {reached:.4f}, below the floor {floor}"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare the ranking of judged collections.")
    parser.add_argument("collections", nargs="*", type=Path, help="folders of judged collections")
    parser.add_argument(
        "--known-item", type=Path, metavar="FILE", help="articles of the known-item collection"
    )
    parser.add_argument("--alone", action="store_true", help="measure newssearch alone")
    parser.add_argument("--expand", action="store_true", help="measure newssearch with expanded queries too")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the results as JSON")
    parser.add_argument("--floors", type=Path, metavar="FILE", help="write the results as floors")
    parser.add_argument(
        "--check", type=Path, metavar="FILE", help="end with 1 if a result is below its floor in this file"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark from a command line, and return its exit code."""
    given = _arguments().parse_args(arguments)
    if importlib.util.find_spec("ir_measures") is None:
        print("ir-measures is not installed: pip install newssearch[bench]", file=sys.stderr)
        return 1
    engines = [*OURS] if given.expand else ["newssearch"]
    for name, (module, _) in ENGINES.items():
        if name not in OURS and not given.alone:
            if importlib.util.find_spec(module) is None:
                print(f"{name} is left out: it is not installed", file=sys.stderr)
            else:
                engines.append(name)
    collections = [Collection.load(folder) for folder in given.collections]
    if given.known_item is not None:
        collections.append(known_items(given.known_item))
    results = {}
    for collection in collections:
        results[collection.name] = compare(collection, engines)
        print(f"{collection.name}: done", file=sys.stderr)
    print("\n".join(table(results, engines)))
    if given.expand:
        print("\n".join(("", *expansion_table(results))))
    if given.out is not None:
        installed = {"newssearch": newssearch.__version__}
        installed |= {name: version(name) for name in ("numpy", "ir-measures")}
        record = {
            "command": sys.argv,
            "python": platform.python_version(),
            "versions": installed,
            "results": results,
        }
        given.out.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    if given.floors is not None:
        given.floors.write_text(json.dumps(floors(results), indent=1) + "\n", "utf-8")
    if given.check is not None:
        lower = list(below(results, json.loads(given.check.read_text("utf-8"))))
        print("\n".join(lower), file=sys.stderr, end="\n" if lower else "")
        return 1 if lower else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
