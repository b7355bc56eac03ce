"""The engine for OpenSearch counts, compares and lists words and matches as the embedded engine does, to the last number."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import drawn
import newssearch
from contract.test_own_fields import KEPT, NAMES
from newssearch import Article, Config, Index, QueryError, Results
from newssearch.corpus.concordance import LINE_SORTS
from newssearch.corpus.table import MEASURES
from newssearch.corpus.words import COLLOCATE_MEASURES, KEYWORD_MEASURES
from newssearch.engines.opensearch import evaluation, occurrences
from newssearch.engines.opensearch.client import Client
from newssearch.engines.opensearch.store import OpenSearchStore
from newssearch.engines.opensearch.stored_articles import StoredArticles
from newssearch.engines.opensearch.word_table import CommitWords
from newssearch.query import Node, parse
from newssearch.system.frozen import FrozenDict
from support import EVERY, THOROUGH, article, without_boilerplate

from .compared import corpus
from .server import Cluster

__all__ = ["without_boilerplate"]  # a fixture of all tests here

QUERIES = ["rain", "rain iraq OR us", "*", "title:rain", "hlead(rain) OR casa", "rain w/3 iraq", "r*n -us", "outlet:bbc", '"al abbasi"', "notthere", "rian iraqq", "outlet:bcb rian"]  # fmt: skip
FILTERS: list[dict[str, Any]] = [
    {},
    {},
    {"lang": "en"},
    {"outlet": "BBC"},
    {"since": "2024-07"},
    {"byline": "silva"},
]
BY = ["outlet", "byline", "located", "lang", "section", "day", "week", "month", "quarter", "year", "theme", "people", "size", "coded"]  # fmt: skip
CODED = [dt.date(2024, 7, 25), dt.date(2024, 7, 31), dt.date(2023, 1, 31), dt.datetime(2024, 7, 25, 23, 30)]
COMPARED = settings(
    max_examples=8 * THOROUGH if EVERY else 5, deadline=None, suppress_health_check=list(HealthCheck)
)


def with_own_fields(articles: list[Article], seed: int = 1) -> list[Article]:
    """Return articles with values of own fields."""
    drawn_by = random.Random(seed)
    found = []
    for one in articles:
        extra: dict[str, Any] = {}
        for name in ("theme", "people"):
            if names := tuple(drawn_by.sample(NAMES, drawn_by.randint(0, 3))):
                extra[name] = names if len(names) > 1 else names[0]
        if drawn_by.random() < 0.7:
            extra["size"] = drawn_by.choice([-1, 2, 0.5, 2**53, 1e300])
        if drawn_by.random() < 0.7:
            extra["coded"] = drawn_by.choice(CODED)
        found.append(dataclasses.replace(one, extra=FrozenDict(extra)))
    return found


@pytest.fixture(scope="module")
def indexes(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, Index]]:
    """An embedded index and one in OpenSearch, with the same articles in several languages and the same own fields."""
    store = OpenSearchStore(cluster.address(f"corpus-{random.getrandbits(40):x}"))
    store.create(10.0).close()
    articles = with_own_fields(corpus(150, 2))
    for number, copied in enumerate(articles[::6]):  # whose paragraphs are not all novel
        texts = [paragraph.text for paragraph in copied.paragraphs[:2]]
        articles.append(
            article(
                copied.title,
                *texts,
                f"rain iraq us casa {number}",
                url=f"c{number}",
                outlet="CNN",
                date="2025-01-01",
            )
        )
    with newssearch.create(tmp_path_factory.mktemp("corpus") / "index") as one, Index(store) as other:
        for index in (one, other):
            object.__setattr__(index, "config", Config(fields=KEPT))  # type: ignore[arg-type]
            index.add(articles)
        yield one, other


def without_commit(found: Any) -> dict[str, Any]:
    """Return all that a view has found, with the notes on the query, but without the commit."""
    fields = {one.name: getattr(found, one.name) for one in dataclasses.fields(found)}
    fields.pop("commit", None)
    return fields


def assert_same(indexes: tuple[Index, Index], view: Callable[[Index], Any]) -> None:
    """Assert that a view of both indexes has the same outcome."""
    outcomes: list[object] = []
    for index in indexes:
        try:
            found = view(index)
        except QueryError as error:
            outcomes.append(str(error))
        else:
            outcomes.append(without_commit(found))
    assert outcomes[1] == outcomes[0]


# ---- tables


@COMPARED
@given(
    trees=st.lists(drawn.TREES, min_size=1, max_size=3, unique_by=str),
    by=st.lists(st.sampled_from(BY), max_size=2, unique=True),
    measures=st.sampled_from([("articles",), ("articles", "share"), ("paragraphs", "share"), MEASURES]),
    top=st.none() | st.integers(1, 3),
    options=st.sampled_from(FILTERS),
)
def test_each_cell_of_a_table_has_the_same_numbers(
    indexes: tuple[Index, Index],
    trees: list[Node],
    by: list[str],
    measures: Any,
    top: int | None,
    options: Any,
) -> None:
    def view(index: Index) -> Any:
        return index.table(trees, by=by, measures=measures, top=top, **options)

    assert_same(indexes, view)


def test_matches_in_too_many_paragraphs_are_not_counted(
    indexes: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, other = indexes
    monkeypatch.setattr(occurrences, "MAX_READ", 10)
    assert other.table("rain", measures="articles")
    assert other.table("title:rain", measures="occurrences").total().occurrences == 0
    with pytest.raises(
        QueryError, match="reads at most 10 paragraphs to count matches, and these articles have"
    ):
        other.table("rain", measures="occurrences")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list with an item for each search that the cluster is asked from now on: the texts of how many articles it reads."""
    found: list[int] = []
    whole = Client.search

    def search(self: Client, body: Mapping[str, Any], **options: Any) -> Any:
        answer = whole(self, body, **options)
        found.append(sum("texts" in hit.get("_source", ()) for hit in answer["hits"].get("hits", ())))
        return answer

    monkeypatch.setattr(Client, "search", search)
    return found


@pytest.mark.parametrize("unit", ["day", "month", "year"])
def test_a_series_is_one_request(indexes: tuple[Index, Index], asked: list[int], unit: Any) -> None:
    _, other = indexes
    other.over_time("rain", unit=unit)  # from now on, the commit is known
    asked.clear()
    other.over_time("rain", unit=unit)
    assert asked == [0]


# ---- telling words


def test_words_that_were_counted_once_are_not_counted_again(
    indexes: tuple[Index, Index], asked: list[int]
) -> None:
    """For another article with the same words, and for the expansion of a query."""
    _, other = indexes
    article_id = other.search("rain", strict=True).hits[0].id
    views: list[Callable[[], Any]] = [
        lambda: other.related(article_id),
        lambda: other.search("rain", expand=True, strict=True),
    ]
    for view in views:
        asked.clear()
        view()
        first = len(asked)
        asked.clear()
        view()
        assert len(asked) < first


# ---- concordances


@pytest.mark.parametrize("query", ["rain", '"rain iraq"', "hlead(us)"])
@pytest.mark.parametrize(("sort", "most"), [("newest", 2), ("oldest", 2), ("relevance", 12)])
@pytest.mark.parametrize("options", [{}, {"since": "2024-07"}, {"novel": True}])
def test_the_first_lines_read_only_the_articles_that_have_them(
    indexes: tuple[Index, Index], asked: list[int], query: str, sort: Any, most: int, options: Any
) -> None:
    def view(index: Index) -> Any:
        return index.kwic(query, limit=2, offset=1, sort=sort, **options)

    assert_same(indexes, view)
    asked.clear()
    assert view(indexes[1]).lines
    assert sum(asked) <= most


@COMPARED
@given(
    tree=drawn.TREES,
    sort=st.sampled_from(LINE_SORTS),
    page=st.sampled_from([(50, 0), (None, 0), (3, 2), (7, 11), (0, 0)]),
    sample=st.none() | st.integers(1, 20),
    width=st.integers(1, 5),
    options=st.sampled_from(FILTERS),
)
def test_lines_are_the_same_in_the_same_order(
    indexes: tuple[Index, Index],
    tree: Node,
    sort: Any,
    page: tuple[int | None, int],
    sample: int | None,
    width: int,
    options: Any,
) -> None:
    limit, offset = page
    seed = None if sample is None else 7
    assert_same(
        indexes,
        lambda index: index.kwic(
            tree, sort=sort, limit=limit, offset=offset, sample=sample, seed=seed, width=width, **options
        ),
    )


# ---- samples


@COMPARED
@given(
    tree=drawn.TREES | st.just(parse("*").tree),
    by=st.none() | st.sampled_from(BY),
    size=st.sampled_from([0, 1, 7, 40, 1000]),
    equal=st.booleans(),
    texts=st.booleans(),
    options=st.sampled_from(FILTERS),
)
def test_samples_have_the_same_articles_and_strata(
    indexes: tuple[Index, Index], tree: Node, by: Any, size: int, equal: bool, texts: bool, options: Any
) -> None:
    equal = equal and by is not None
    assert_same(
        indexes,
        lambda index: index.sample(tree, size=size, seed=7, by=by, equal=equal, texts=texts, **options),
    )


# ---- telling words


def ranked(results: Results) -> Any:
    """Return the interpretation, the totals and the hits of results."""
    hits = [(hit.address, hit.score, hit.matching, hit.explanation, hit.snippet) for hit in results.hits]
    return results.interpretation, results.expansion, results.total_articles, results.total_paragraphs, hits


@pytest.mark.parametrize(
    "options", [{}, {"limit": 3, "offset": 2}, {"lang": "en"}, {"limit": None}, {"since": "2024-07"}]
)
def test_related_articles_are_the_same(indexes: tuple[Index, Index], options: dict[str, Any]) -> None:
    one, other = indexes
    for article_id in one.find("")[:: max(44 // THOROUGH, 1)]:
        assert ranked(other.related(article_id, group=False, **options)) == ranked(
            one.related(article_id, group=False, **options)
        )


@COMPARED
@given(tree=drawn.TREES, options=st.sampled_from(FILTERS))
def test_a_query_is_expanded_by_the_same_words(
    indexes: tuple[Index, Index], tree: Node, options: dict[str, Any]
) -> None:
    found, wanted = (index.search(tree, expand=True, group=False, **options) for index in reversed(indexes))
    assert ranked(found) == ranked(wanted)
    assert found.diagnostics == wanted.diagnostics


# ---- words


LISTED = {"min_count": 1, "limit": None}


@COMPARED
@given(
    tree=drawn.TREES,
    span=st.sampled_from([5, (0, 2), (3, 0), 1]),
    measure=st.sampled_from(COLLOCATE_MEASURES),
    listed=st.sampled_from(
        [LISTED, {**LISTED, "all_words": True}, {"min_count": 2, "min_articles": 2, "limit": 5}]
    ),
    options=st.sampled_from(FILTERS),
)
def test_collocates_have_the_same_numbers(
    indexes: tuple[Index, Index], tree: Node, span: Any, measure: Any, listed: dict[str, Any], options: Any
) -> None:
    assert_same(
        indexes, lambda index: index.collocates(tree, span=span, measure=measure, **listed, **options)
    )


@COMPARED
@given(
    tree=drawn.TREES,
    against=st.none() | drawn.TREES,
    measure=st.sampled_from(KEYWORD_MEASURES),
    listed=st.sampled_from(
        [LISTED, {**LISTED, "all_words": True}, {"min_count": 2, "min_articles": 2, "limit": 5}]
    ),
    options=st.sampled_from(FILTERS),
)
def test_keywords_have_the_same_numbers(
    indexes: tuple[Index, Index], tree: Node, against: Any, measure: Any, listed: dict[str, Any], options: Any
) -> None:
    assert_same(
        indexes, lambda index: index.keywords(tree, against=against, measure=measure, **listed, **options)
    )


@pytest.mark.parametrize(
    "prefix", ["", "u", "us", "u.s", "na", "NATION", "l", "d'", "1", "日", "ال", "zzz", "km"]
)
@pytest.mark.parametrize("limit", [0, 1, 3, 1000])
def test_words_and_completions_are_the_same(indexes: tuple[Index, Index], prefix: str, limit: int) -> None:
    one, other = indexes
    assert other.words(prefix, limit) == one.words(prefix, limit)
    assert other.completions(prefix, limit) == one.completions(prefix, limit)


def test_words_are_counted_on_where_a_stopped_search_has_ended(indexes: tuple[Index, Index]) -> None:
    one, other = indexes
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls > 60

    with Index(other._store) as anew:  # whose snapshot has counted nothing yet
        with pytest.raises(newssearch.SearchStoppedError):
            anew.words("u", 1000, stop=stop)
        assert anew.words("u", 1000) == one.words("u", 1000)


def test_words_are_counted_anew_after_a_failure(
    indexes: tuple[Index, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = indexes
    added = 0
    plain = CommitWords.add

    def failing(table: CommitWords, source: Any) -> None:
        nonlocal added
        added += 1
        plain(table, source)

    with Index(other._store) as anew:
        monkeypatch.setattr(evaluation, "VERIFIED_AT_ONCE", 40)
        monkeypatch.setattr(CommitWords, "add", failing)
        fails = iter([False] * 3 + [True] + [False] * 100)
        search = StoredArticles._search

        def broken(self: StoredArticles, *arguments: Any, **options: Any) -> Any:
            if arguments[1].get("size") == 40 and next(fails):
                raise newssearch.IndexUnreachableError("the cluster is away", Path("place"))
            return search(self, *arguments, **options)

        monkeypatch.setattr(StoredArticles, "_search", broken)
        with pytest.raises(newssearch.IndexUnreachableError):
            anew.words("u", 1000)
        assert added == 120
        assert anew.words("u", 1000) == one.words("u", 1000)


# ---- coverage


@COMPARED
@given(
    tree=drawn.TREES | st.just(parse("*").tree),
    story=st.none() | st.integers(0, 149),
    outlets=st.sampled_from([(), ("bbc",), ("The Guardian", "guardian.co.uk", "CNN", "Nobody's Paper")]),
    options=st.sampled_from(FILTERS),
)
def test_outlets_are_covered_the_same(
    indexes: tuple[Index, Index], tree: Node, story: int | None, outlets: tuple[str, ...], options: Any
) -> None:
    of = None if story is None else indexes[0].find("")[story]
    assert_same(indexes, lambda index: index.coverage(tree, story=of, outlets=outlets, **options))
