"""A search stops at its time limit or when its caller says so, at any point, and leaves the index as it was."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newssearch
from drawn import ARTICLES, TREES
from newssearch import Article, Index, NewssearchError, QueryError, SearchStoppedError
from newssearch.query import Node
from support import THOROUGH, article, index_of

from .conftest import Engine

METHODS: dict[str, Callable[..., Any]] = {
    "search": Index.search,
    "rank": Index.rank,
    "find": Index.find,
    "count": Index.count,
    "kwic": Index.kwic,
    "scan": lambda index, query, **options: list(index.scan(query, **options)),
    "story": lambda index, query, **options: index.story(index.find()[0], **options),
    "related": lambda index, query, **options: index.related(index.find()[0], **options),
}
METHOD = pytest.mark.parametrize("method", METHODS)


@pytest.fixture
def rain(address: str) -> Iterator[Index]:
    """Return an index of two articles."""
    with index_of(
        address, article("Storm", "Heavy rain fell.", url="a"), article("Floods", "More rain.", url="b")
    ) as index:
        yield index


@METHOD
def test_a_search_that_reaches_its_time_limit_is_an_error_that_tells_the_limit(
    rain: Index, method: str
) -> None:
    with pytest.raises(SearchStoppedError) as caught:
        METHODS[method](rain, "rain", timeout=0)
    assert str(caught.value) == "the search was stopped at its time limit of 0 s"
    assert caught.value.timeout == 0
    assert caught.value.exit_code == 5


@METHOD
def test_a_caller_may_stop_a_search(rain: Index, method: str) -> None:
    with pytest.raises(SearchStoppedError) as caught:
        METHODS[method](rain, "rain", stop=lambda: True)
    assert str(caught.value) == "the search was stopped"
    assert caught.value.timeout is None
    assert pickle.loads(pickle.dumps(caught.value)).timeout is None


@METHOD
def test_a_search_with_time_to_spare_finds_what_one_without_limit_does(rain: Index, method: str) -> None:
    found = METHODS[method](rain, "rain", timeout=3600, stop=lambda: False)
    expected = METHODS[method](rain, "rain")
    assert without_time(found) == without_time(expected)


@METHOD
def test_an_exception_of_the_caller_ends_the_search_as_itself(rain: Index, method: str) -> None:
    def stop() -> bool:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        METHODS[method](rain, "rain", stop=stop)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"timeout": "soon"}, TypeError),
        ({"timeout": True}, TypeError),
        ({"timeout": -1}, NewssearchError),
        ({"timeout": float("nan")}, NewssearchError),
        ({"stop": 5}, TypeError),
    ],
)
def test_what_is_no_time_limit_is_refused(
    rain: Index, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error, match=next(iter(options))):
        rain.search("rain", **options)


def without_time(found: Any) -> Any:
    """Return results as plain values without the time that they took."""
    if not hasattr(found, "to_dict"):
        return found
    value = found.to_dict()
    value.pop("took", None)
    if value.get("corrected"):
        value["corrected"].pop("took")
    return value


WAYS: dict[str, Callable[..., Any]] = {
    "search": lambda *asked, **o: Index.search(
        *asked, facets=("outlet", "byline", "year"), explain=True, **o
    ),
    "expanded": lambda *asked, **o: Index.search(*asked, expand=True, **o),
    "paragraphs": lambda *asked, **o: Index.search(
        *asked, all_paragraphs=True, limit=None, sort="oldest", **o
    ),
    "find": lambda *asked, **o: Index.find(*asked, novel=True, **o),
    "kwic": lambda *asked, **o: Index.kwic(*asked, sort="left", **o),
    "scan": METHODS["scan"],
}


def at_call(last: int, calls: Iterator[int]) -> bool:
    """Whether a search is to be stopped, which has asked so for the ``last`` time."""
    return next(calls) >= last


def answer(way: str, index: Index, tree: Node, stop: Callable[[], bool] | None = None) -> Any:
    """Return the answer to a query; a query without words has no lines, which is an answer too."""
    try:
        return without_time(WAYS[way](index, tree, stop=stop))
    except QueryError as error:
        return str(error)


@given(
    articles=st.lists(ARTICLES, min_size=1, max_size=8),
    tree=TREES,
    way=st.sampled_from([*WAYS]),
    first=st.integers(1, 20),
)
@settings(max_examples=5 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
def test_after_a_search_was_stopped_anywhere_the_index_answers_as_before(
    engine: Engine, articles: list[Article], tree: Node, way: str, first: int
) -> None:
    with engine.index(*articles) as index:
        checks = count()
        with newssearch.open(index.address) as other:
            answer(way, other, tree)  # what is kept of it needs no more checks
            expected = answer(way, other, tree, stop=lambda: next(checks) < 0)
        total = next(checks)
        for last in range(first, total, max(total // 20, 1)):
            with pytest.raises(SearchStoppedError):
                answer(way, index, tree, stop=partial(at_call, last, count(1)))
            assert answer(way, index, tree) == expected


def test_a_search_is_stopped_while_another_thread_searches(rain: Index) -> None:
    stopping, answered = threading.Event(), threading.Event()
    found: list[list[str]] = []

    def search() -> None:
        stopping.wait()
        found.append(rain.find("rain"))
        answered.set()

    def stop() -> bool:
        stopping.set()
        return answered.wait(60)

    other = threading.Thread(target=search)
    other.start()
    with pytest.raises(SearchStoppedError):
        rain.search("ra* w/3 rain", stop=stop)
    other.join()
    assert found == [rain.find("rain")]


def test_a_stopped_search_keeps_no_snapshot_open(rain: Index) -> None:
    with pytest.raises(SearchStoppedError):
        rain.search("rain", stop=lambda: True)
    rain.add([article("Drought", "No rain at all.", url="c")])
    assert rain.count("rain") == 3
    rain.close()
    with pytest.raises(NewssearchError, match="closed"):
        rain.count("rain")
