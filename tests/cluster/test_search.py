"""The engine for OpenSearch finds what the embedded engine finds: articles, paragraphs, scores, order, facets, snippets."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import drawn
import newssearch
from newssearch import Facet, Index
from newssearch.engines.opensearch import leaf_queries, scoring
from newssearch.engines.opensearch.client import Client
from newssearch.query import Node, parse
from support import EVERY, THOROUGH, without_boilerplate

from .compared import both, corpus, found_by
from .server import Cluster

__all__ = ["without_boilerplate"]  # a fixture of all tests here

FILTERS: list[dict[str, Any]] = [
    {}, {}, {}, {"lang": "en"}, {"outlet": "BBC"}, {"since": "2024-07"}, {"until": "2024-07-25", "outlet_not": "BBC"},
    {"byline": "Silva"}, {"section": newssearch.NONE}, {"sort": "newest"}, {"sort": "oldest"}, {"sort": "id"},
    {"all_paragraphs": True}, {"all_paragraphs": True, "sort": "newest"}, {"limit": 30, "offset": 5}, {"limit": None},
    {"facets": ["outlet", "byline", "month", "lang", "section", Facet("year", 1), "day", Facet("located", disjunctive=True)]},
]  # fmt: skip
QUERIES = [
    "rain", "rain iraq", '"U.S. rain"', "al-abbasi", "alabbasi", "rain OR (* train)", "NOT rain", "*", "title:rain", "hlead(rain iraq)",
    "atleast2(rain)", "rain w/2 iraq", "rain pre/3 us", "rain w/s iraq", '"rain iraq"~3', "caps(US)", "us~exact", "Qaddafi~name",
    "r*n", "*tion*", "iraq~1", "/r.in/", "date:2024-07", "date:none", "date:>=2024-07-25 rain", "date:2024-07-25..2024-08-31 -date:2024-07-26", "outlet:bbc", "outlet:fox*", "byline:silva",
    "lang:en rain", "rain^3 iraq", "日本", "بغداد", "l'etat", "d'amato", "km", "(rain OR iraq) w/3 (us OR al*)", "rain -iraq", "notthere",
]  # fmt: skip


@pytest.fixture(scope="module")
def indexes(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, Index]]:
    """An embedded index and one in OpenSearch, with the same articles in several languages."""
    folder = tmp_path_factory.mktemp("compared")
    with both(folder, cluster.address(f"compared-{random.getrandbits(40):x}"), corpus(150)) as found:
        yield found


@pytest.mark.parametrize("query", QUERIES)
def test_all_forms_of_the_language_find_the_same(indexes: tuple[Index, Index], query: str) -> None:
    one, other = indexes
    assert found_by(other, query, facets=["outlet", "month"]) == found_by(
        one, query, facets=["outlet", "month"]
    )


@settings(max_examples=25 * THOROUGH if EVERY else 15, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=drawn.TREES, options=st.sampled_from(FILTERS))
def test_random_trees_find_the_same(
    indexes: tuple[Index, Index], tree: Node, options: dict[str, Any]
) -> None:
    one, other = indexes
    assert found_by(other, tree, **options) == found_by(one, tree, **options)


def test_counts_ids_ranks_and_scans_are_the_same(indexes: tuple[Index, Index]) -> None:
    one, other = indexes
    for query in ("rain", "rain iraq", "nation* OR casa", "NOT rain"):
        assert other.count(query) == one.count(query)
        assert other.rank(query, limit=None, group=False) == one.rank(query, limit=None, group=False)
        hits = [hit.address for hit in one.scan(query, group=False)]
        assert [hit.address for hit in other.scan(query, group=False)] == hits
        tree = parse(query).tree
        assert other.count(tree, byline="Silva") == one.count(tree, byline="Silva")


def test_articles_with_some_of_the_words_come_after(indexes: tuple[Index, Index]) -> None:
    one, other = indexes
    for query in ("rain nation 日本 km", "the rain l'etat", "al-abbasi US casa"):
        found, wanted = (index.search(query, group=False) for index in (other, one))
        assert [(hit.address, hit.score, hit.missing) for hit in found.more] == [
            (hit.address, hit.score, hit.missing) for hit in wanted.more
        ]
        assert found.more_articles == wanted.more_articles


def test_contents_are_the_same(indexes: tuple[Index, Index]) -> None:
    one, other = indexes
    assert other.info().contents == one.info().contents
    assert other.commit.digest == one.commit.digest


@pytest.mark.parametrize("unit", ["PARAGRAPH_TITLE_UNIT", "TITLE_UNIT"])
def test_the_best_article_is_first_however_often_a_word_occurs_in_it(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unit: str
) -> None:
    """More often than the number in which OpenSearch counts it has room for."""
    monkeypatch.setattr(scoring, unit, 64)
    articles = [newssearch.Article.create(title="Storm", text="rain " * 64, lang="en")]
    for n in range(200):
        text = "rain " * (60 - n // 8) + f"fell on town{n} " * (n // 8)
        articles.append(newssearch.Article.create(title=f"Report {n}", text=text, lang="en"))
    with both(tmp_path, cluster.address(f"counts-{random.getrandbits(40):x}"), articles) as (one, other):
        for query in ("rain", "ra*n", "rain town1"):
            for every in (False, True):
                options: dict[str, Any] = {"limit": 1, "all_paragraphs": every}
                wanted = [(hit.address, hit.score) for hit in one.search(query, **options)]
                assert [(hit.address, hit.score) for hit in other.search(query, **options)] == wanted
        assert one.search("rain", limit=1).hits[0].title == "Storm"


@pytest.mark.parametrize(
    "query",
    [
        "*a*", "n* OR r*n", "caps(N*)", "*'*a*", "title:*i*", "*a* w/3 rain", "/.*i.*/", "rain~2", "atleast2(*a*)", '"*a* us"', "hlead(*n*) casa", "NOT *i*",
        "*n* w/s *a*",
    ],
)  # fmt: skip
def test_patterns_that_are_cut_find_the_same(
    indexes: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr("newssearch.engines.pattern_cut.MAX_FORMS", 1)
    one, other = (Index(index._store) for index in indexes)  # which have found no words of patterns yet
    with one, other:
        found = found_by(other, query)
        assert found == found_by(one, query)
    assert "stands for more than 1 words" in str(found["notes"])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of the searches that the cluster is asked from now on, as JSON."""
    found: list[str] = []
    whole = Client.search

    def search(self: Client, body: Mapping[str, Any], **options: Any) -> Any:
        found.append(json.dumps(body))
        return whole(self, body, **options)

    monkeypatch.setattr(Client, "search", search)
    return found


def test_a_pattern_that_is_cut_in_texts_alone_is_short_for_headlines(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    """However many words it stands for, and whatever a cluster takes in a set."""
    monkeypatch.setattr("newssearch.engines.pattern_cut.MAX_FORMS", 10)
    articles = [
        newssearch.Article.create(
            title=f"Storm {n % 3}", text=" ".join(f"s{n}x{k}" for k in range(8)), lang="en"
        )
        for n in range(12)
    ]
    with both(tmp_path, cluster.address(f"cut-{random.getrandbits(40):x}"), articles) as (one, other):
        expected = found_by(one, "s*")
        assert found_by(other, "s*") == expected
        sets = [
            json.loads(found)
            for one in asked
            for found in re.findall(r'"paragraphs.title": (\[[^]]*\])', one)
        ]
        assert max(map(len, sets)) <= 10
        monkeypatch.setattr(leaf_queries, "MAX_VALUES_OF_SET", 4)
        asked.clear()
        assert found_by(other, "s*") == expected
        sets = [
            json.loads(found) for one in asked for found in re.findall(r'"paragraphs.text": (\[[^]]*\])', one)
        ]
        assert max(map(len, sets)) <= 4


def test_the_words_of_phrases_are_counted_once_for_a_commit(
    indexes: tuple[Index, Index], asked: list[str]
) -> None:
    _, other = indexes
    other.search('"rain iraq"', strict=True)
    asked.clear()
    other.search('"iraq rain"', strict=True)
    assert asked
    assert not [one for one in asked if list(json.loads(one).get("aggs", ())) == ["with"]]


@pytest.mark.parametrize("sort", ["added", "newest", "oldest", "id", "relevance"])
@pytest.mark.parametrize("query", ["", "outlet:bbc", "date:2024-07"])
def test_a_page_of_what_only_filters_find_reads_only_its_articles(
    indexes: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch, sort: str, query: str
) -> None:
    """All articles came at the same moment, and many have the same date."""
    read: list[int] = []
    whole = Client.search

    def search(self: Client, body: Mapping[str, Any], **options: Any) -> Any:
        answer = whole(self, body, **options)
        read.append(sum("texts" in hit.get("_source", ()) for hit in answer["hits"].get("hits", ())))
        return answer

    monkeypatch.setattr(Client, "search", search)
    one, other = indexes
    options: dict[str, Any] = {"sort": sort, "limit": 5, "group": False}
    found = [hit.address for hit in other.search(query, **options)]
    assert found == [hit.address for hit in one.search(query, **options)]
    assert len(found) == 5
    assert sum(read) <= 10


@pytest.mark.parametrize(
    ("query", "options", "requests", "read"),
    [
        ("rain", {}, 1, 12),
        ("rain", {"sort": "newest"}, 1, 12),
        ("NOT rain", {}, 1, 12),
        ("rain", {"offset": 60}, 2, 14),
        ("rain OR iraq", {}, 2, 40),
        ("rain OR l'etat OR r*n", {}, 3, 60),
        ("rain", {"since": "2024-07"}, 2, 12),
        ("*", {"sort": "id", "offset": 100}, 2, 10),
    ],
)
def test_a_page_is_found_by_few_requests_and_texts(
    indexes: tuple[Index, Index],
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    options: dict[str, Any],
    requests: int,
    read: int,
) -> None:
    """Once it is known how rare the words are."""
    one, other = indexes
    expected = found_by(one, query, **options)
    assert found_by(other, query, **options) == expected
    texts: list[int] = []
    whole = Client.search

    def recorded(self: Client, body: Mapping[str, Any], **named: Any) -> Any:
        answer = whole(self, body, **named)
        texts.append(sum("texts" in hit.get("_source", ()) for hit in answer["hits"].get("hits", ())))
        return answer

    monkeypatch.setattr(Client, "search", recorded)
    results = other.search(query, group=False, strict=True, **options)
    assert [hit.address for hit in results] == [
        hit.address for hit in one.search(query, group=False, strict=True, **options)
    ]
    assert len(texts) <= requests
    assert sum(texts) <= read
