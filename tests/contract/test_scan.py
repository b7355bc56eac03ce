"""All hits of a search as a stream: the same as on its pages, from one commit, with a cursor and the neighbours of a hit."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import (
    Article,
    ArticleNotFoundError,
    Hit,
    HitNotFoundError,
    Index,
    QueryError,
    Request,
    Scan,
    SearchStoppedError,
    Snippet,
)
from newssearch.request import SORTS, ScanOptions
from stories_sample import AGENCY, DAM, OTHER, PAPER, RADIO, VOTE
from support import THOROUGH, article, index_of, work_of

from .conftest import Engine


def rainy(*numbers: int) -> list[Article]:
    """Return articles on rain whose headlines are the given numbers: the higher, the shorter, up to 50."""
    return [
        article(
            str(n), f"Sun, rain{''.join(f' w{n}x{k}' for k in range(n, 50))}.", date="2024-07-25", url=f"u{n}"
        )
        for n in numbers
    ]


@pytest.fixture
def index(address: str) -> Index:
    return index_of(address, *rainy(1, 2, 3, 4, 5))


def titles(hits: Scan | list[Hit]) -> str:
    return "".join(hit.title or "" for hit in hits)


# ---- the hits


TEXTS = [*DAM, *VOTE]
ARTICLES = st.builds(
    lambda paragraphs, number, day, title: article(
        title, *paragraphs, date=day and f"2024-07-{day}", outlet=f"o{number % 3}.example", url=f"u{number}"
    ),
    paragraphs=st.lists(st.sampled_from(TEXTS), max_size=5, unique=True),
    number=st.integers(0, 12),
    day=st.sampled_from([None, 10, 11, 12]),
    title=st.sampled_from(["The valley", "Bread", "Ships"]),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "sort": st.sampled_from(SORTS),
        "all_paragraphs": st.booleans(),
        "group": st.booleans(),
        "novel": st.booleans(),
        "outlet": st.sampled_from(["o1.example", ["o0.example", "o2.example"]]),
        "since": st.just("2024-07-11"),
        "match": st.just("any"),
        "snippet": st.sampled_from([0, 40]),
    },
)


@settings(max_examples=8 * THOROUGH, deadline=None)
@given(
    st.lists(st.lists(ARTICLES, min_size=1, max_size=6), min_size=1, max_size=3),
    st.sampled_from(["valley", "the", "", "bread OR governor", "the -bread"]),
    OPTIONS,
    st.integers(1, 4),
)
def test_a_scan_is_the_pages_of_a_search_one_after_the_other(
    engine: Engine, commits: list[list[Article]], query: str, options: dict[str, Any], size: int
) -> None:
    with engine.index() as index:
        for articles in commits:
            index.add(articles)
        pages: list[Hit] = []
        while page := index.search(query, limit=size, offset=len(pages), strict=True, **options).hits:
            pages += page
        with index.scan(query, **options) as scan:
            assert (scan.total, scan.position) == (len(pages), 0)
            assert list(scan) == pages
            assert (scan.total, scan.position) == (len(pages), len(pages))
        for place, hit in enumerate(pages):
            rest = index.scan(query, after=hit.address, **options)
            assert (rest.total, rest.position) == (len(pages), place + 1)
            assert list(rest) == pages[place + 1 :]
            found = index.neighbours(query, hit.address, **options)
            assert (found.hit, found.position, found.total) == (hit, place + 1, len(pages))
            assert found.previous == (pages[place - 1] if place else None)
            assert found.next == (pages[place + 1] if place + 1 < len(pages) else None)


def test_the_order_of_ids_is_that_of_ids_and_then_of_paragraphs(address: str) -> None:
    index = newssearch.create(address)
    for number in (5, 3, 8, 1, 9, 2):  # a commit for each
        index.add([article(f"News {number}", "Rain.", "Sun.", "Rain, rain and rain.", url=f"u{number}")])
    index.remove(index.find("title:8"))
    index.add([article("A first one", "Rain.", url="u0")])
    assert titles(index.scan("rain", sort="id", group=False)) == "A first oneNews 1News 2News 3News 5News 9"
    every = [(hit.id, hit.paragraph) for hit in index.scan("rain", sort="id", all_paragraphs=True)]
    assert every == sorted(every)
    assert len(every) == 11
    assert titles(list(index.search("rain", sort="id", group=False, limit=2))) == "A first oneNews 1"


def test_a_scan_takes_the_options_of_a_search_but_those_of_a_page(index: Index) -> None:
    for method in (Index.scan, Index.neighbours):
        assert set(ScanOptions.__annotations__) <= set(inspect.signature(method).parameters)
    request = Request(sort="id", literal=True)
    assert titles(index.scan("rain", request)) == "12345"
    assert titles(index.scan("rain", request, sort="relevance")) == "54321"
    for wrong in ({"limit": 5}, {"offset": 1}, {"facets": "year"}, {"explain": True}, {"strict": True}):
        with pytest.raises(TypeError, match=r"Index\.scan\(\) takes no"):
            index.scan("rain", **wrong)
        with pytest.raises(TypeError, match=r"Index\.neighbours\(\) takes no"):
            index.neighbours("rain", "x", Request(**wrong))


def test_an_expanded_query_is_scanned_in_the_order_of_its_search(index: Index) -> None:
    assert list(index.scan("rain", expand=True)) == list(index.search("rain", expand=True))
    place = index.neighbours("rain", index.search("rain", expand=True)[1].address, expand=True)
    assert place.position == 2


def test_hits_without_snippets_or_texts_are_the_same_otherwise(index: Index) -> None:
    empty = Snippet("", ())
    for query in ("rain", "Rain~name"):
        whole = list(index.scan(query))
        without = [dataclasses.replace(hit, snippet=empty, variants=()) for hit in whole]
        assert list(index.scan(query, content="texts")) == without
        bare = [dataclasses.replace(hit, text="") for hit in without]
        assert list(index.scan(query, content="fields")) == bare
        assert index.neighbours(query, whole[1].address, content="fields").hit == bare[1]
    with pytest.raises(ValueError, match="content is 'snippets', 'texts' or 'fields', not 'text'"):
        index.scan("rain", content="text")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="snippet has no effect with content='fields'"):
        index.neighbours("rain", "x", content="fields", snippet=40)
    assert [hit.snippet.text for hit in index.scan("rain", snippet=0)] == [hit.text for hit in whole]


def test_hits_are_made_when_they_are_asked_for(engine: Engine, address: str) -> None:
    """On a cluster only the hits themselves: their order needs the scores of all, which are computed from the texts."""
    index = index_of(address, *rainy(*range(2000)))
    times = 20 if engine.name == "embedded" else 1
    for options in ({}, {"sort": "oldest"}, {"group": False}):
        assert work_of(lambda: next(index.scan("sun", **options))) * times < work_of(  # noqa: B023  # type: ignore[arg-type]
            lambda: list(index.scan("sun", **options))  # noqa: B023  # type: ignore[arg-type]
        )


# ---- the state that is scanned


@pytest.mark.parametrize("sort", SORTS)
def test_a_scan_reads_the_commit_that_was_current_when_it_began(address: str, sort: str) -> None:
    index = index_of(address, *rainy(*range(1, 41)))
    before, commit = list(index.scan("rain", sort=sort)), index.commit
    assert len(before) == 40
    changes: list[Callable[[], object]] = [
        lambda: index.remove(index.find("title:7")),
        lambda: index.add(rainy(41, 42)),
        index.refresh,
        index.close,
    ]
    scan = index.scan("rain", sort=sort)
    found = []
    for hit in scan:
        found.append(hit)
        if changes and len(found) % 8 == 3:
            changes.pop(0)()
    assert (found, scan.commit) == (before, commit)
    with pytest.raises(newssearch.NewssearchError, match="closed"):
        index.scan("rain")


def test_a_scan_that_is_closed_ends(index: Index) -> None:
    scan = index.scan("rain")
    assert operator.length_hint(scan) == 5
    assert titles([next(scan), next(scan)]) == "54"
    assert (scan.position, operator.length_hint(scan)) == (2, 3)
    assert repr(scan) == "<Scan 2 of 5 hits>"
    scan.close()
    assert list(scan) == []
    with index.scan("rain") as scan:
        assert next(scan).title == "5"
    assert list(scan) == []
    with pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(scan)


# ---- its end


def test_a_scan_can_be_stopped_between_hits(address: str) -> None:
    index = index_of(address, *rainy(*range(1, 300)))
    stopped = False
    scan = index.scan("rain", stop=lambda: stopped)
    assert len([next(scan) for _ in range(100)]) == 100
    stopped = True
    with pytest.raises(SearchStoppedError):
        list(scan)
    assert 100 <= scan.position < 299
    assert list(scan) == []
    with pytest.raises(SearchStoppedError):
        index.scan("rain", timeout=0)
    with pytest.raises(SearchStoppedError):
        index.neighbours("rain", index.search("rain")[0].address, timeout=0)


def test_errors_come_with_the_call_and_not_with_the_first_hit(index: Index) -> None:
    with pytest.raises(QueryError, match="there is no field"):
        index.scan("colour:red")
    with pytest.raises(QueryError, match="is not a date"):
        index.scan("rain", since="2024-02-30")
    with pytest.raises(TypeError, match="after: wanted a string"):
        index.scan("rain", after=3)  # type: ignore[arg-type]


# ---- addresses


def test_the_article_of_a_hit_is_enough_if_it_has_no_other(index: Index) -> None:
    first, second, *_ = index.search("rain")
    for where in (first.address, first.id, first.id[-12:], f"{first.id}#7"):
        assert next(index.scan("rain", after=where)) == second
        assert index.neighbours("rain", where).next == second


def test_every_paragraph_has_an_address(address: str) -> None:
    index = index_of(address, article("Storm", "Rain.", "Sun.", "Rain and rain."))
    first, last = index.search("rain", all_paragraphs=True)
    assert (first.paragraph, last.paragraph) == (3, 1)
    assert list(index.scan("rain", after=first.address, all_paragraphs=True)) == [last]
    assert index.neighbours("rain", f"{first.id}#1", all_paragraphs=True).previous == first
    assert index.neighbours("rain", first.id, all_paragraphs=True).hit == first
    for other in ("#2", "#0", "#4", "#x", "#", "#-1", "#²"):
        with pytest.raises(HitNotFoundError):
            index.neighbours("rain", first.id + other, all_paragraphs=True)
    headline = index_of(f"{address}2", article("Rain"))
    assert headline.neighbours("rain", f"{headline.find()[0]}#0", all_paragraphs=True).total == 1


def test_a_hit_that_is_not_among_the_results_is_an_error(address: str) -> None:
    index = index_of(address, RADIO, OTHER, AGENCY, PAPER)
    for ask in (
        lambda where, **options: index.scan("valley", after=where, **options),
        lambda where, **options: index.neighbours("valley", where, **options),
    ):
        with pytest.raises(HitNotFoundError) as caught:
            ask(f"{OTHER.id}#1")
        assert (caught.value.address, caught.value.instead, caught.value.exit_code) == (
            f"{OTHER.id}#1",
            None,
            1,
        )
        assert str(caught.value) == f"{OTHER.id}#1 is not among the results of the search"
        with pytest.raises(ArticleNotFoundError):
            ask("nothing#1")
        with pytest.raises(ArticleNotFoundError):
            ask("")
        (best,) = index.search("valley")
        copy_of_best = next(one.id for one in (AGENCY, PAPER) if one.id != best.id)
        with pytest.raises(HitNotFoundError) as caught:
            ask(copy_of_best)
        assert caught.value.instead == best.address
        assert str(caught.value).endswith(f"; the best copy of its story is {best.address}")
        assert pickle.loads(pickle.dumps(caught.value)).instead == best.address
        ask(copy_of_best, group=False)


def test_neighbours_are_a_value(index: Index) -> None:
    middle = index.neighbours("rain", index.search("rain")[1].address)
    assert middle == copy.copy(middle) == pickle.loads(pickle.dumps(middle))
    assert repr(middle) == f"<Neighbours of {middle.hit.address!r}, 2 of 5>"
    assert middle.previous is not None
    assert middle.to_dict() == {
        "position": 2, "total": 5, "hit": middle.hit.to_dict(),
        "previous": middle.previous.to_dict(), "next": index.search("rain")[2].to_dict(), "diagnostics": [],
    }  # fmt: skip
    first = index.neighbours("rain", index.search("rain")[0].address).to_dict()
    assert first["previous"] is None
