"""Spans: the matches of a leaf in several owners at once."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from newssearch.engines.embedded.search import spans
from newssearch.engines.embedded.search.spans import Spans
from newssearch.engines.embedded.storage.container import (
    Array,
)
from newssearch.engines.sorted_sets import Ints
from support import THOROUGH

from .helpers import starts_of

# ---- spans: leaves in several owners at once

LETTERS = "abcd"
OWNERS = st.lists(st.text(LETTERS, max_size=9), min_size=1, max_size=5)
Span = tuple[int, int]


def letters(texts: Sequence[str], letter: str) -> Ints:
    starts = starts_of([len(text) for text in texts])
    return np.array(
        [
            start + n
            for start, text in zip(starts, texts, strict=False)
            for n, own in enumerate(text)
            if own == letter
        ],
        np.int64,
    )


def found_in(texts: Sequence[str], one_by_one: Callable[[int], set[Span]]) -> list[Span]:
    """Return spans of each text, as pairs."""
    starts = starts_of([len(text) for text in texts])
    return sorted(
        (starts[n] + low, starts[n] + high) for n in range(len(texts)) for low, high in one_by_one(n)
    )


def owners_of(texts: Sequence[str], dtype: type = np.uint32) -> Array:
    return np.array(starts_of([len(text) for text in texts]), dtype)


def as_spans(matches: Sequence[Span]) -> Spans:
    pairs = np.array(sorted(matches), np.int64).reshape(-1, 2)
    return Spans(pairs[:, 0], pairs[:, 1])


def spans_of(found: Spans) -> list[Span]:
    return list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))


@given(OWNERS, st.text(LETTERS, min_size=1, max_size=4))
@settings(max_examples=60 * THOROUGH, deadline=None)
def test_a_phrase_is_words_side_by_side(texts: list[str], wanted: str) -> None:
    found = spans.adjacent_words([letters(texts, letter) for letter in wanted])
    size = len(wanted)
    expected = found_in(
        texts,
        lambda n: {(at, at + size) for at in range(len(texts[n])) if texts[n][at : at + size] == wanted},
    )
    assert spans_of(found) == expected


@given(OWNERS, st.text(LETTERS, min_size=1, max_size=4), st.integers(1, 8))
@settings(max_examples=60 * THOROUGH, deadline=None)
def test_a_window_is_a_smallest_span_with_all_words(texts: list[str], wanted: str, within: int) -> None:
    needed = Counter(wanted)

    def smallest(n: int) -> set[Span]:
        text = texts[n]
        every = [(low, high) for high in range(len(text) + 1) for low in range(high)]
        holding = {(low, high) for low, high in every if not needed - Counter(text[low:high])}
        return {
            (low, high)
            for low, high in holding
            if high - 1 - low <= within and not {(low + 1, high), (low, high - 1)} & holding
        }

    parts = [(letters(texts, letter), times) for letter, times in needed.items()]
    assert spans_of(spans.minimal_windows(parts, within, owners_of(texts))) == found_in(texts, smallest)


@given(
    OWNERS,
    st.lists(
        st.tuples(st.sets(st.sampled_from(LETTERS), min_size=1), st.integers(1, 2)), min_size=1, max_size=3
    ),
    st.integers(1, 8),
)
@settings(max_examples=60 * THOROUGH, deadline=None)
def test_each_part_of_a_window_has_a_word_of_its_own(
    texts: list[str], parts: list[tuple[set[str], int]], within: int
) -> None:
    slots = [letters for letters, count in parts for _ in range(count)]

    def can_fill(words: str) -> bool:
        return any(
            all(word in slot for word, slot in zip(chosen, slots, strict=True))
            for chosen in permutations(words, len(slots))
        )

    def smallest(n: int) -> set[Span]:
        text = texts[n]
        every = [(low, high) for high in range(len(text) + 1) for low in range(high)]
        filled = {(low, high) for low, high in every if can_fill(text[low:high])}
        return {
            (low, high)
            for low, high in filled
            if high - 1 - low <= within and not {(low + 1, high), (low, high - 1)} & filled
        }

    positions = [
        (np.sort(np.concatenate([letters(texts, one) for one in chosen])), count) for chosen, count in parts
    ]
    assert spans_of(spans.joint_windows(positions, within, owners_of(texts))) == found_in(texts, smallest)


@given(st.data())
@settings(max_examples=60 * THOROUGH, deadline=None)
def test_a_chain_is_a_span_of_each_part_in_a_row(data: st.DataObject) -> None:
    texts, sides = data.draw(leaf_matches(data.draw(st.integers(1, 3))))

    def chained(n: int) -> set[Span]:
        found = set(sides[0][n])
        for side in sides[1:]:
            found = {(start, end) for start, middle in found for begin, end in side[n] if begin == middle}
        return found

    assert spans_of(spans.chain_spans([_all(texts, side) for side in sides])) == found_in(texts, chained)


@st.composite
def leaf_matches(draw: st.DrawFn, sides: int) -> tuple[list[str], list[list[set[Span]]]]:
    """Draw texts, and for each side of an operator its matches in each text."""
    texts = draw(OWNERS)
    longest = draw(st.sampled_from([1, 4]))  # spans of single words have a faster way

    def matches(text: str) -> st.SearchStrategy[set[Span]]:
        every = [(low, high) for high in range(len(text) + 1) for low in range(max(high - longest, 0), high)]
        return st.sets(st.sampled_from(every), max_size=4) if every else st.just(set())

    return texts, [[draw(matches(text)) for text in texts] for _ in range(sides)]


def _all(texts: Sequence[str], side: list[set[Span]]) -> Spans:
    return as_spans(found_in(texts, side.__getitem__))


def apart(one: Span, other: Span) -> bool:
    return one[1] <= other[0] or other[1] <= one[0]


def partners(left: set[Span], right: set[Span], close: Callable[[Span, Span], bool]) -> set[Span]:
    return {
        span
        for one in left
        for other in right
        if apart(one, other) and close(one, other)
        for span in (one, other)
    }


@given(leaf_matches(2), st.integers(1, 6), st.booleans(), st.sampled_from([np.uint32, np.int64]))
@settings(max_examples=60 * THOROUGH, deadline=None)
def test_near_are_pairs_close_to_each_other(
    drawn: tuple[list[str], list[list[set[Span]]]], distance: int, ordered: bool, dtype: type
) -> None:
    texts, (left, right) = drawn

    def close(one: Span, other: Span) -> bool:
        behind = other[0] >= one[1]
        gap = other[0] - one[1] + 1 if behind else one[0] - other[1] + 1
        return gap <= distance and (behind or not ordered)

    found = spans.near_spans(
        _all(texts, left), _all(texts, right), distance, ordered, owners_of(texts, dtype)
    )
    assert spans_of(found) == found_in(texts, lambda n: partners(left[n], right[n], close))


@given(leaf_matches(2), st.sets(st.integers(0, 45)))
@settings(max_examples=60 * THOROUGH, deadline=None)
def test_the_same_are_pairs_that_are_whole_in_one_group(
    drawn: tuple[list[str], list[list[set[Span]]]], cuts: set[int]
) -> None:
    texts, (left, right) = drawn
    starts = starts_of([len(text) for text in texts])
    groups = sorted([*starts, *(cut for cut in cuts if cut < starts[-1])])

    def one_group(n: int) -> Callable[[Span, Span], bool]:
        def touched(span: Span) -> set[int]:
            return {bisect_right(groups, starts[n] + at) for at in range(*span)}

        return lambda one, other: len(touched(one) | touched(other)) == 1

    found = spans.spans_in_same_unit(_all(texts, left), _all(texts, right), np.array(groups, np.uint32))
    assert spans_of(found) == found_in(texts, lambda n: partners(left[n], right[n], one_group(n)))


@given(leaf_matches(3))
@settings(max_examples=60 * THOROUGH, deadline=None)
def test_without_is_what_shares_no_word_and_a_union_is_a_set(
    drawn: tuple[list[str], list[list[set[Span]]]],
) -> None:
    texts, sides = drawn
    kept, *taken = sides
    found = spans.exclude_spans(_all(texts, kept), [_all(texts, side) for side in taken])
    assert spans_of(found) == found_in(
        texts,
        lambda n: {one for one in kept[n] if all(apart(one, other) for side in taken for other in side[n])},
    )
    assert spans_of(spans.union_spans([_all(texts, side) for side in sides])) == found_in(
        texts, lambda n: set[Span]().union(*(side[n] for side in sides))
    )
    counted = spans.span_postings(_all(texts, kept), owners_of(texts))
    assert dict(zip(counted.owners.tolist(), counted.counts.tolist(), strict=True)) == {
        n: len(side) for n, side in enumerate(kept) if side
    }
