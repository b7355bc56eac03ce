"""A page of results is found when their keys are known only within bounds, by reading no more of them than may be on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newssearch.engines.opensearch.page_bounds import Bounds, among_first, number_before, possible_on_page

ARTICLES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 5), st.integers(0, 5), st.integers(0, 6)), max_size=25
)
"""Articles: a key, how much less and how much greater it may be, and a story."""


@given(articles=ARTICLES, offset=st.integers(0, 8), size=st.integers(1, 8))
def test_the_articles_that_may_be_on_a_page_tell_what_is_on_it(
    articles: list[tuple[int, int, int, int]], offset: int, size: int
) -> None:
    keys = [(float(key), str(at)) for at, (key, *_) in enumerate(articles)]
    bounds = [Bounds(story, (key - less, ""), (key + more, "~")) for key, less, more, story in articles]
    order: dict[int, int] = {}
    for at in sorted(range(len(keys)), key=keys.__getitem__):
        order.setdefault(articles[at][3], at)
    wanted = list(order.values())[offset : offset + size]

    found = possible_on_page(bounds, offset, offset + size)

    read: dict[int, int] = {}
    for at in sorted(found.articles, key=keys.__getitem__):
        read.setdefault(articles[at][3], at)
    assert list(read.values())[offset - found.before : offset + size - found.before] == wanted


@given(articles=ARTICLES, number=st.integers(1, 8), rest=st.none() | st.integers(0, 40))
def test_the_first_articles_are_told_if_they_are_known(
    articles: list[tuple[int, int, int, int]], number: int, rest: int | None
) -> None:
    bounds = [
        Bounds(at, (key - less, ""), (key + more, "~")) for at, (key, less, more, _) in enumerate(articles)
    ]
    keys = [(float(key), str(at)) for at, (key, *_) in enumerate(articles)]
    end = None if rest is None else (float(rest), "")
    more = [] if end is None else [(float(rest or 0), f"unseen {n}") for n in range(number)]
    first = sorted([*keys, *more])[:number]

    told = among_first(bounds, number, end)

    assert [known for known in told if known is not None] == [
        key in first for key, known in zip(keys, told, strict=True) if known is not None
    ]


def test_exact_keys_tell_which_articles_are_first() -> None:
    bounds = [Bounds(at, (at,), (at,)) for at in range(4)]
    assert among_first(bounds, 2, None) == [True, True, False, False]
    assert among_first(bounds, 4, (3,)) == [True, True, True, None]


def test_far_fewer_articles_are_read_than_there_are() -> None:
    bounds = [Bounds(at, (at - 2,), (at + 2,)) for at in range(1000)]
    assert possible_on_page(bounds, 0, 10).articles == list(range(14))
    assert possible_on_page(bounds, 500, 510).articles == list(range(496, 514))
    assert number_before(bounds, (100,)) == 98
