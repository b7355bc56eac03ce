"""A page of results on a cluster is that of sorting all of them, whatever OpenSearch tells of their scores."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newssearch import SearchStoppedError
from newssearch.engines import bm25f
from newssearch.engines.article_times import MICROSECONDS_A_DAY
from newssearch.engines.opensearch import page_ranking
from newssearch.engines.opensearch.page_ranking import PageRanking, PageRequests, nearness_of
from newssearch.engines.opensearch.scoring import RankedHit
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck


class Ranked(NamedTuple):
    """An article, with what only its text tells: its score, and what the nearness of its words adds."""

    id: str
    score: float
    told: float
    near: float
    instant: int
    story: int


class StandIn:
    """Answers searches as OpenSearch does, which tells scores that are too high by up to ``doubt``."""

    def __init__(self, articles: Sequence[Ranked], doubt: float) -> None:
        self._by_id = {one.id: one for one in articles}
        self._order = sorted(articles, key=lambda one: (-one.told, -one.instant, one.id))
        self._places = {one.id: place for place, one in enumerate(self._order)}
        self._doubt = doubt
        self.listed: list[int] = []
        """The number of articles that each request for the next ones has returned."""
        self.read: list[int] = []
        """The number of texts that each request has returned."""

    def search(self, body: dict[str, Any]) -> dict[str, Any]:
        if "sort" not in body:
            ids = (
                body["query"]["bool"]["filter"][0]["terms"]["id"]
                if "bool" in body["query"]
                else body["query"]["terms"]["id"]
            )
            self.read.append(len(ids))
            return {"hits": {"hits": [{"_source": self._source(self._by_id[one])} for one in ids]}}
        start = self._places[body["search_after"][-1]] + 1 if "search_after" in body else 0
        some = self._order[start : start + body["size"]]
        self.listed.append(len(some))
        with_texts = "stored_fields" not in body
        return {"hits": {"hits": [self._hit(one, with_texts=with_texts) for one in some]}}

    def _hit(self, one: Ranked, *, with_texts: bool) -> dict[str, Any]:
        hit: dict[str, Any] = {"sort": [one.told, one.instant, one.id]}
        source = self._source(one)
        if with_texts:
            return {**hit, "_source": source}
        return {**hit, "fields": {name: [value] for name, value in source.items()}}

    @staticmethod
    def _source(one: Ranked) -> dict[str, Any]:
        told = {
            "story": one.story,
            "instant": one.instant,
            "added": 0,
            "analysis": "en",
            "words": 100,
            "title_words": 3,
        }
        return {"id": one.id, "article": one, **told}

    def page(
        self, offset: int, end: int, *, group: bool = False, near_to: int | None = None, proximity: bool = False, check: StopCheck | None = None
    ) -> list[str]:  # fmt: skip
        """Return the ids of the results on a page."""

        def raised(placed: RankedHit) -> RankedHit:
            return placed._replace(score=raised_score(placed.source["article"], near_to))

        requests = PageRequests(self.search, {"sort": [], "query": {}}, {}, 100, *([check] if check else []))
        ranking = PageRanking(
            ResolvedRequest(sort="relevance", group=group), requests,
            lambda source: RankedHit(source, 1, source["article"].score, None),  # type: ignore[arg-type]
            raised, doubt=self._doubt, is_scored=True, near_to=near_to, proximity=Nearness() if proximity else None,  # type: ignore[arg-type]
        )  # fmt: skip
        return [one.source["id"] for one in ranking.between(offset, end)]


MOST_NEAR = 5.0


class Nearness:
    """What is known of the nearness of words before texts are read: no more than that it adds ``MOST_NEAR`` at most."""

    largest = MOST_NEAR

    def queries(self) -> list[Any]:
        return []

    def most(self, analysis: str, found_by: Any) -> float:
        return MOST_NEAR


def raised_score(one: Ranked, near_to: int | None) -> float:
    return one.score + one.near if near_to is None else one.score * nearness_of(one.instant, near_to)


def sorted_page(
    articles: Sequence[Ranked], offset: int, end: int, *, first: int, group: bool, near_to: int | None
) -> list[str]:
    """Return the page that sorting all articles gives, of which the scores of the ``first`` are raised."""
    order = sorted(articles, key=lambda one: (-one.score, -one.instant, one.id))
    raised = sorted(order[:first], key=lambda one: (-raised_score(one, near_to), -one.instant, one.id))
    results: dict[Any, str] = {}
    for one in [*raised, *order[first:]]:
        results.setdefault(one.story if group else one.id, one.id)
    return list(results.values())[offset:end]


@st.composite
def archives(draw: st.DrawFn) -> tuple[list[Ranked], float]:
    doubt = draw(st.sampled_from([0.0, 1.0, 6.0, 1000.0]))
    count = draw(st.integers(0, 120))
    chance = random.Random(draw(st.integers(0, 1 << 30)))
    articles = []
    for number in range(count):
        score = float(chance.randint(1, 30))
        told = score + chance.random() * min(doubt, 40.0)
        day = chance.randrange(9) * MICROSECONDS_A_DAY
        articles.append(Ranked(f"a{number}", score, told, chance.choice([0.0, 1.5, MOST_NEAR]), day, chance.randrange(1, 60)))  # fmt: skip
    return articles, doubt


@settings(deadline=None)
@given(
    archive=archives(), offset=st.integers(0, 60), size=st.integers(1, 12), group=st.booleans(), kind=st.sampled_from(["plain", "near words", "near in date"]),
    at_once=st.sampled_from([7, 10_000]),
)  # fmt: skip
def test_a_page_is_that_of_sorting_all(
    archive: tuple[list[Ranked], float], offset: int, size: int, group: bool, kind: str, at_once: int
) -> None:
    articles, doubt = archive
    near_to = 4 * MICROSECONDS_A_DAY if kind == "near in date" else None
    first = 0 if kind == "plain" else 8
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bm25f, "PROXIMITY_ARTICLES", first)
        patched.setattr(page_ranking, "DATED_ARTICLES", first)
        patched.setattr(page_ranking, "MAX_HITS_AT_ONCE", at_once)
        stand_in = StandIn(articles, doubt)
        found = stand_in.page(
            offset, offset + size, group=group, near_to=near_to, proximity=kind == "near words"
        )
    assert found == sorted_page(articles, offset, offset + size, first=first, group=group, near_to=near_to)


def weak(count: int) -> list[Ranked]:
    """Return articles of whose scores OpenSearch knows next to nothing."""
    chance = random.Random(7)
    return [
        Ranked(f"a{n}", float(chance.randint(1, 30)), chance.uniform(31, 60), 0.0, n, n) for n in range(count)
    ]


def test_texts_that_must_all_be_read_take_few_requests() -> None:
    """As those of a pattern for very many words."""
    articles = weak(3_000)
    stand_in = StandIn(articles, 1000.0)
    assert stand_in.page(0, 10) == sorted_page(articles, 0, 10, first=0, group=False, near_to=None)
    assert len(stand_in.read) <= 3_000 / page_ranking.MOST_TEXTS_AT_ONCE + 2 * math.log2(3_000)
    assert len(stand_in.listed) <= 2 * math.log2(3_000)


def exact(count: int) -> list[Ranked]:
    return [Ranked(f"a{n:06}", float(count - n), float(count - n), 0.0, n, n) for n in range(count)]


def test_a_page_far_back_is_looked_for_once_and_not_again_with_each_answer() -> None:
    articles, checks = exact(9_000), []
    stand_in = StandIn(articles, 0.0)

    def counted() -> bool:
        checks.append(1)
        return False

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(page_ranking, "MAX_HITS_AT_ONCE", 100)
        found = stand_in.page(8_000, 8_010, check=StopCheck(stop=counted))
    assert found == [one.id for one in articles[8_000:8_010]]
    assert (sum(stand_in.listed), sum(stand_in.read)) < (8_300, 30)
    # a check for 256 articles: with each of the 80 answers, there would be over a thousand
    assert 20 < len(checks) < 200


def test_a_page_far_back_ends_at_its_time_limit() -> None:
    stand_in = StandIn(exact(9_000), 0.0)
    with pytest.raises(SearchStoppedError):
        stand_in.page(8_000, 8_010, check=StopCheck(stop=lambda: bool(stand_in.listed)))
    assert stand_in.read == []
