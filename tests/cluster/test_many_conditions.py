"""Queries of more conditions than OpenSearch takes in one query find what the embedded engine finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from newssearch import Index
from newssearch.engines.opensearch import condition_limit, ranking
from newssearch.query import Field, Node, Not, Phrase, Region, Word, all_of, any_of
from support import THOROUGH, article, without_boilerplate

from .compared import both, found_by
from .server import Cluster

__all__ = ["without_boilerplate"]  # a fixture of all tests here

LIMIT = 1_000 if THOROUGH > 1 else 100
"""The largest number of conditions of a query. OpenSearch takes 1,024; with fewer, the same is shown in less time."""
MANY = 11 * LIMIT // 10
SIZE = MANY // 5
"""The number of words of a paragraph."""
WORDS = [f"w{number}x" for number in range(MANY)]
RAIN = Word("rain")


@pytest.fixture(autouse=True)
def _few_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(condition_limit, "MAX_CONDITIONS", LIMIT)
    monkeypatch.setattr(condition_limit, "_MAX_CONDITIONS_WITHOUT_SET", LIMIT // 8)
    monkeypatch.setattr(ranking, "MAX_SCORED_CONDITIONS", 6 * LIMIT // 10)


@pytest.fixture(scope="module")
def indexes(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, Index]]:
    """Two indexes of articles that have all words, all but one, but two, and so on."""
    made = []
    for number, missing in enumerate((0, 1, 2, MANY // 2, MANY - 1, MANY)):
        words = [*WORDS]
        for at in random.Random(number).sample(range(MANY), missing):
            words[at] = "rain"
        texts = [" ".join(words[low : low + SIZE]) + " rain." for low in range(0, MANY, SIZE)]
        made.append(
            article(
                " ".join(words[:3]), *texts, url=f"u{number}", outlet=f"Outlet {number}", lang=[None, "de"][number % 2]
            )
        )  # fmt: skip
    made.append(article("Sun", "Sun alone.", url="sun", outlet="The Sun"))
    with both(
        tmp_path_factory.mktemp("many"), cluster.address(f"many-{random.getrandbits(40):x}"), made
    ) as found:
        yield found


@pytest.mark.parametrize(
    ("tree", "options", "articles"),
    [
        (any_of(map(Word, WORDS)), {}, 5),
        (any_of(map(Word, WORDS)), {"all_paragraphs": True, "sort": "newest"}, 5),
        (all_of(map(Word, WORDS)), {}, 1),
        (all_of([RAIN, Not(any_of(map(Word, WORDS)))]), {}, 1),
        (all_of([RAIN, *(Not(Word(word)) for word in WORDS)]), {}, 1),
        (any_of(Phrase(f"{WORDS[at]} {WORDS[at + 1]}") for at in range(MANY - 1)), {"sort": "newest"}, 4),
        (all_of(Phrase(f"{WORDS[at]} {WORDS[at + 1]}") for at in range(60)), {}, None),
        (any_of(Field("outlet", f"Outlet {at}") for at in range(MANY)), {}, 6),
        (all_of(Not(Field("outlet", f"Outlet {at}")) for at in range(3, MANY)), {}, 4),
        (Region("title", any_of(map(Word, WORDS))), {"sort": "newest"}, 4),
        (any_of(all_of([Word(WORDS[at]), Word(WORDS[at + 7]), Not(Word(WORDS[at + 9]))]) for at in range(MANY - 9)), {"sort": "newest"}, None),
    ],
    ids=["or", "or, paragraphs", "and", "excluded at once", "excluded", "phrases", "all phrases", "fields", "excluded fields", "headlines", "nested"],
)  # fmt: skip
def test_any_number_of_conditions_finds_the_same(
    indexes: tuple[Index, Index],
    tree: Node,
    options: dict[str, Any],
    articles: int | None,
) -> None:
    one, other = indexes
    found = found_by(other, tree, **options)
    assert found == found_by(one, tree, **options)
    assert articles in (None, found["articles"])


def test_each_clause_is_counted_beside_all_others(
    indexes: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newssearch.engines.opensearch.searching.CLAUSES_AT_ONCE", 2)
    one, other = indexes
    for query in ("w1x w2x w3x rain alone", "rain -w500x w7x outlet:outlet*", "sun w1x w2x"):
        found = other.search(query, explain=True, strict=True, since="2000").clauses
        assert found == one.search(query, explain=True, strict=True, since="2000").clauses
        assert len(found) >= 3
