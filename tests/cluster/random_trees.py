"""Random queries of the whole language, answered by three searches: an index in a folder, one on a cluster, and brute force.

By hand, in ``tests/``; without ``--address``, three nodes are started::

    python -m cluster.random_trees --trees 1000 --seed 1
    python -m cluster.random_trees --trees 1000 --address opensearch+http://127.0.0.1:9200/random

The same seed draws the same articles, queries and options. Each difference is printed, and the forms of the queries are counted.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import drawn
import reference
from newssearch import Article, Index, NewssearchError
from newssearch.engines import near_duplicates
from newssearch.engines.opensearch.store import OpenSearchStore
from newssearch.engines.protocol import HitAddress
from newssearch.query import And, Node, Not, Or, parse
from support import set_added

from .compared import WORDS, both, corpus, found_by
from .server import started

LEAVES = st.sampled_from(
    [
        *WORDS, '"rain nação"', '"nation casa"~4', "n*", "*cao", "casa*", "日*", "الح*", "nation~1", "nações", "dying", "/na[tc].*/",
        "NATION~caps", "nação~exact", "Qaddafi~name", "casa w/3 nation", "rain w/s casa", "casas pre/4 us", "atleast2(nation OR casa)",
        "title:casa", "hlead(die OR nations)", "d'amato", '"Fox News"', "section:world", "located:baghdad", "lang:pt", "lang:ar",
        "date:2024-07..2024-08", "casa^3", "syn(casa OR nation)", "syn(rain OR \"Fox News\")", "syn(\"Fox News\" OR casa)",
    ]
).map(lambda text: parse(text).tree)  # fmt: skip
TREES: st.SearchStrategy[Node] = st.one_of(
    drawn.TREES,
    st.tuples(LEAVES, drawn.TREES).map(lambda both: And(both) if not isinstance(both[1], And) else both[1]),
    st.lists(LEAVES.filter(lambda node: not isinstance(node, Or)), min_size=1, max_size=4).map(
        lambda nodes: Or(tuple(nodes)) if len(nodes) > 1 else nodes[0]
    ),
    st.tuples(LEAVES, LEAVES).map(lambda both: And((both[0], Not(both[1])))),
)
"""Queries of the whole language, with the words of all languages that the articles have."""

_DAYS = {"2023": (2023, 1, 1), "2024": (2024, 1, 1), "2024-07-25": (2024, 7, 25), "2024-07-26": (2024, 7, 26)}
_AFTER = {
    "2023": (2024, 1, 1),
    "2024": (2025, 1, 1),
    "2024-07-25": (2024, 7, 26),
    "2024-07-26": (2024, 7, 27),
}


class Options(NamedTuple):
    """The options of a search: ``request`` for the reference, and ``asked`` for ``Index.search``."""

    request: reference.Request
    asked: dict[str, Any]


@st.composite
def options(draw: st.DrawFn) -> Options:
    """Draw filters, a period, an order, a page, facets, and whether paragraphs or articles are asked for."""
    values = {"outlet": ["bbc", "THE guardian"], "lang": ["en", "pt", "AR"], "byline": ["silva", "ana silva"], "section": ["WORLD"]}  # fmt: skip
    filters = {
        name: [draw(st.sampled_from(some))] for name, some in values.items() if draw(st.integers(0, 5)) == 0
    }
    bounds = draw(st.sampled_from([(None, None)] * 4 + [(a, b) for a in (None, *_DAYS) for b in (None, *_DAYS) if (a or "") <= (b or "3")]))  # fmt: skip
    page: dict[str, Any] = {
        "sort": draw(st.sampled_from(["relevance"] * 3 + ["newest", "oldest", "added"])),
        "limit": draw(st.sampled_from([10, 10, 30, 3, None])),
        "offset": draw(st.sampled_from([0, 0, 0, 4])),
        "all_paragraphs": draw(st.sampled_from([False, False, True])),
        "facets": draw(st.lists(st.sampled_from(["outlet", "byline", "lang", "section", "month", "located"]), unique=True, max_size=2)),
    }  # fmt: skip
    since, until = (
        None if one is None else dt.datetime(*days[one])
        for one, days in zip(bounds, (_DAYS, _AFTER), strict=True)
    )
    return Options(
        reference.Request(filters, since, until, **page),
        {**filters, "since": bounds[0], "until": bounds[1], **page},
    )


def difference(
    indexes: tuple[Index, Index], articles: Sequence[Article], tree: Node, wanted: Options
) -> str | None:
    """Return how the answers of the three searches to one query differ; None if they are the same."""
    answers: list[Any] = []
    for index in indexes:
        try:
            answers.append(found_by(index, tree, **wanted.asked))
        except NewssearchError as error:
            answers.append(f"{type(error).__name__}: {error}")
    one, other = answers
    if one != other:
        names = [name for name in one if one[name] != other[name]] if isinstance(one, dict) and isinstance(other, dict) else []  # fmt: skip
        return f"in a folder and on the cluster, {names or answers}"
    if isinstance(one, str):
        return None
    expected = reference.search(articles, tree, wanted.request)
    for name, plain in (
        ("articles", expected.total_articles),
        ("paragraphs", expected.total_paragraphs),
        ("undated", expected.undated),
        ("imprecise", expected.imprecise),
        ("facets", expected.facets),
    ):
        found = one[name]
        if name == "facets":
            found = {
                field: [(value.value, value.articles) for value in values]
                for field, (values, _) in one["facets"].items()
            }
        if found != plain:
            return f"in the indexes and by brute force, {name}: {found} and {plain}"
    hits = [(hit[0], hit[3], hit[2]) for hit in one["hits"]]
    if hits != [
        (str(HitAddress(hit.id, hit.paragraph)), hit.paragraphs, hit.matching) for hit in expected.hits
    ]:
        return "in the indexes and by brute force, the hits"
    if [hit[1] for hit in one["hits"]] != pytest.approx([hit.score for hit in expected.hits], abs=1e-6):
        return "in the indexes and by brute force, the scores"
    return None


def forms_of(tree: Node) -> Iterator[str]:
    """Yield the names of the nodes of a tree, each once."""
    held: list[Any] = [tree]
    seen: dict[str, None] = {}
    while held:
        node = held.pop()
        if isinstance(node, tuple):
            held += node
        elif isinstance(node, Node):
            seen[type(node).__name__] = None
            held += [getattr(node, field.name) for field in dataclasses.fields(node)]
    return iter(seen)


def compare(address: str, trees: int, seed: int, articles: int) -> int:
    """Compare the answers to random queries, print the differences and what was asked, and return the number of differences."""
    forms, found = Counter[str](), Counter[str]()
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(near_duplicates, "BOILERPLATE_ARTICLES_OF_OUTLET", 1 << 30)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = corpus(articles, seed)
        indexes = stack.enter_context(both(folder, address, made))
        held = {one.id: one for one in made}
        timed = [set_added(index, held) for index in indexes][-1]

        @hypothesis.seed(seed)
        @settings(max_examples=trees, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(tree=TREES, wanted=options())
        def ask(tree: Node, wanted: Options) -> None:
            found["queries"] += 1
            forms.update(forms_of(tree))
            forms.update(f"option {name}" for name, value in wanted.asked.items() if value not in (None, 0, False, [], 10, "relevance"))  # fmt: skip
            problem = difference(indexes, list(timed.values()), tree, wanted)
            if problem is not None:
                found["differences"] += 1
                print(f"DIFFERENCE {tree} {wanted.asked}\n    {problem}", flush=True)
            elif indexes[0].count(tree) > 0:
                found["that find something"] += 1

        ask()
    print(f"seed {seed}: {found['queries']:,} queries of {articles} articles, {found['that find something']:,} of them find something; {found['differences']} differences")  # fmt: skip
    print(", ".join(f"{name} {number}" for name, number in forms.most_common()))
    return found["differences"]


def remove(address: str) -> None:
    """Remove an index and all that belongs to it."""
    client = OpenSearchStore(address)._client
    for index in client.matching_indices(f"{client.address.name}*"):
        client.delete_index(index)


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(
        prog="python -m cluster.random_trees", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--trees", type=int, default=1000, help="the number of queries; default %(default)s")
    parser.add_argument(
        "--articles", type=int, default=120, help="the number of articles; default %(default)s"
    )
    parser.add_argument(
        "--seed", type=int, help="draws the same again; default: a random one, which is printed"
    )
    parser.add_argument("--address", help="the address of an index that does not exist yet; default: on nodes that are started")  # fmt: skip
    asked = parser.parse_args()
    seed = random.randrange(1 << 32) if asked.seed is None else asked.seed
    if asked.address is not None:
        try:
            sys.exit(compare(asked.address, asked.trees, seed, asked.articles) > 0)
        finally:
            remove(asked.address)
    with tempfile.TemporaryDirectory() as folder:
        nodes = started(Path(folder) / "cluster")
        try:
            sys.exit(compare(nodes.address("random"), asked.trees, seed, asked.articles) > 0)
        finally:
            nodes.remove()


if __name__ == "__main__":
    main()
