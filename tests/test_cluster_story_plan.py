"""The plan of a commit on a cluster: the same from the articles with a sample in common as from all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch.engines.near_duplicates import NO_HASHES
from newssearch.engines.opensearch import story_plan
from newssearch.engines.opensearch.sampled_article import compared_article, packed
from newssearch.engines.opensearch.story_plan import StoryPlanner


def document(number: int, paragraphs: Sequence[Sequence[int]], outlet: str) -> dict[str, Any]:
    """Return the parts of the document of an article whose paragraphs have the given samples."""
    hashes = np.array([one for paragraph in paragraphs for one in paragraph], np.uint32)
    sampled = {"sizes": [len(paragraph) for paragraph in paragraphs], "hashes": packed(hashes)}
    return {"id": f"a{number}", "outlet": outlet, "instant": number, "sampled": sampled}


class Committed:
    """The committed articles of a cluster, and how they were asked for."""

    def __init__(self, documents: Mapping[str, dict[str, Any]]) -> None:
        self._documents = documents
        self.asked: list[str] = []

    def read(
        self, query: dict[str, Any], _parts: Sequence[str], limit: int | None
    ) -> Iterator[dict[str, Any]]:
        """Yield the hits of a query."""
        (kind, condition), *_ = query.items()
        self.asked.append(kind)
        if kind == "match_all":
            found = [*self._documents]
        else:
            ((field, values),) = condition.items()
            found = [one for one in self._documents if set(values) & self._values(one, field)]
        for number in found[:limit]:
            yield {"_id": number, "_source": self._documents[number]}

    def _values(self, number: str, field: str) -> set[object]:
        if field == "_id":
            return {number}
        source = self._documents[number]
        if field == "samples":
            return {*compared_article(number, source).hashes.tolist()}
        return {source.get(field)}


DOCUMENTS = st.builds(
    document,
    number=st.integers(0, 99),
    paragraphs=st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=4, unique=True), max_size=4),
    outlet=st.sampled_from(["a", "b"]),
)


@given(st.lists(DOCUMENTS, max_size=12, unique_by=lambda one: one["id"]), st.integers(0, 12), st.randoms(use_true_random=False))  # fmt: skip
def test_all_articles_and_those_with_a_sample_in_common_make_the_same_plan(
    documents: list[dict[str, Any]], new: int, random: Any
) -> None:
    numbered = {f"{number:x}": one for number, one in enumerate(documents)}
    added = [*numbered][:new]
    committed = {number: one for number, one in numbered.items() if number not in added}
    removed = random.sample([*committed], random.randint(0, len(committed)))
    plans = []
    for number_of_articles in (20_000_000, 0):
        cluster = Committed(committed)
        planner = StoryPlanner(cluster.read, number_of_articles, NO_HASHES, 1000)
        plans.append(planner.plan([compared_article(one, numbered[one]) for one in added], removed))
        assert ("match_all" in cluster.asked) <= (number_of_articles == 0)
    assert plans[0].marks == plans[1].marks
    assert plans[0].boilerplate.tolist() == plans[1].boilerplate.tolist()
    assert plans[0].unfinished.numbers == plans[1].unfinished.numbers


def test_many_new_articles_read_all_others_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_plan, "VALUES_AT_ONCE", 2)
    committed = {f"{n:x}": document(n, [[n, n + 1, n + 2]], "a") for n in range(20)}
    new = [compared_article(f"{n:x}", document(n, [[n - 100, n - 99]], "b")) for n in range(100, 130)]
    asked = {}
    for number_of_articles in (20, 20_000_000):
        cluster = Committed(committed)
        StoryPlanner(cluster.read, number_of_articles, NO_HASHES, 1000).plan(new, ())
        asked[number_of_articles] = cluster.asked.count("match_all"), len(cluster.asked)
    assert asked[20][0] == 1
    assert asked[20_000_000][0] == 0
    assert asked[20][1] < asked[20_000_000][1]
