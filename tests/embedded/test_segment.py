"""The fields of a segment: postings, positions, surface forms, and words that are alike."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate, chain
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newssearch.engines import bm25f, sorted_sets
from newssearch.engines.embedded.indexing.inverter import Articles, invert
from newssearch.engines.embedded.indexing.lexicon import IndexedWord, WordTable
from newssearch.engines.embedded.indexing.segment_builder import document_articles
from newssearch.engines.embedded.segment.block_impacts import LEVEL_BOUNDS, levels_of
from newssearch.engines.embedded.segment.field import FieldReader, SurfaceForms
from newssearch.engines.embedded.segment.format import pack, packed_starts, unpack, unpack_all
from newssearch.engines.embedded.segment.term_union import TermUnion
from newssearch.engines.embedded.segment.tokens import Tokens
from newssearch.engines.embedded.storage.container import (
    Container,
)
from newssearch.engines.levenshtein import distances
from newssearch.engines.sorted_sets import NO_INTS
from newssearch.query.patterns import within_edits
from newssearch.stopping import NEVER
from support import RANDOMS, THOROUGH

from .helpers import NO_LIMITS, small

# ---- words that are alike


@given(
    st.text("abé日", min_size=1, max_size=7),
    st.lists(st.text("abé日", min_size=1, max_size=9), max_size=9),
    st.sampled_from([1, 2]),
)
@settings(max_examples=120 * THOROUGH, deadline=None)
def test_words_that_are_alike_are_those_within_few_edits(word: str, others: list[str], edits: int) -> None:
    letters = np.array(others, "U9").view(np.uint32).reshape(len(others), 9)
    found = distances(word, letters, np.array([len(other) for other in others], np.int64), edits)
    assert (found <= edits).tolist() == [within_edits(word, other, edits) for other in others]


@given(
    st.text("abé", min_size=1, max_size=6),
    st.lists(st.text("abé", min_size=1, max_size=8), max_size=9),
    st.sampled_from([1, 2]),
)
@settings(max_examples=120 * THOROUGH, deadline=None)
def test_an_exchange_of_two_adjacent_letters_is_one_edit(word: str, others: list[str], edits: int) -> None:
    letters = np.array(others, "U8").view(np.uint32).reshape(len(others), 8)
    sizes = np.array([len(other) for other in others], np.int64)
    found = distances(word, letters, sizes, edits, transpositions=True)
    assert found.tolist() == [min(damerau(word, other), edits + 1) for other in others]


@cache
def damerau(one: str, other: str) -> int:
    """Return the distance of two words, by trying every last edit; no letter is edited twice."""
    if not one or not other:
        return len(one) + len(other)
    least = min(
        damerau(one[:-1], other) + 1,
        damerau(one, other[:-1]) + 1,
        damerau(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    )
    if len(one) > 1 and len(other) > 1 and one[-2:] == other[-1] + other[-2]:
        least = min(least, damerau(one[:-2], other[:-2]) + 1)
    return least


@given(
    st.sets(st.text("abé日", min_size=1, max_size=6), min_size=1, max_size=12),
    st.text("abé日", min_size=1, max_size=6),
)
@settings(max_examples=50 * THOROUGH, deadline=None)
def test_a_field_finds_its_forms_that_are_alike(forms: set[str], word: str) -> None:
    held = {n: [IndexedWord(form, form, form)] * (n + 1) for n, form in enumerate(sorted(forms))}
    field = field_of(held, len(held))
    for edits in (1, 2):
        wanted = {form: n + 1 for n, form in enumerate(sorted(forms)) if within_edits(word, form, edits)}
        assert {form: near.words for form, near in field.folded_near(word, edits).items()} == wanted


# ---- inverting and segment.Field: postings, positions, surface forms

SURFACE_FORMS = [IndexedWord(f"{term}", f"{term}{n // 3}", f"{term}{n // 3}{'x' * (n % 3)}")
            for term, kinds in (("a", 1), ("b", 2), ("ñ", 3), ("c", 5), ("日", 17)) for n in range(kinds)]  # fmt: skip
SURFACE_FORMS += [IndexedWord("b", "a0", "a0"), IndexedWord("ab", "a0", "a0"), IndexedWord("ab", "a0", "A0")]
Texts = Mapping[int, Sequence[IndexedWord]]
"""The words of each owner that has words, by the number of the owner."""


def tokens_of(texts: Texts, size: int, breaks: Sequence[int] = ()) -> tuple[Tokens, WordTable]:
    """Return the tokens of ``size`` owners as a lexicon would."""
    known = WordTable()
    words = [known.number(*word) for owner in sorted(texts) for word in texts[owner]]
    sizes = np.zeros(size, np.int64)
    for owner, held in texts.items():
        sizes[owner] = len(held)
    return Tokens(
        np.array(words, np.uint32), sizes, np.array(breaks, np.int64), NO_INTS, np.empty(0, np.uint64)
    ), known


def field_of(texts: Texts, size: int, articles: Sequence[int] | None = None) -> FieldReader:
    """Return a field of ``size`` owners: articles, or documents of articles with the given numbers of documents."""
    tokens, words = tokens_of(texts, size)
    if articles is None:
        return FieldReader(Container(invert("title", tokens, words)), "title")
    first = np.array([*accumulate(articles, initial=0)], np.uint32)
    of = document_articles(first)
    sections = invert("text", tokens, words, Articles(of, first, tokens.sizes))
    return FieldReader(Container({**sections, "article.first": first, "document.article": of}), "text")


def check_fields(texts: Texts, size: int, pick: random.Random, rounds: int = 3) -> None:
    """Compare both kinds of fields with a dictionary of their words."""
    titles = field_of(texts, size)
    check_field(titles, texts, size, pick, rounds)
    check_union(titles, texts, range(size + 1), pick)
    articles: list[int] = []
    while sum(articles) < size:
        articles.append(min(pick.choice([1, 1, 2, 3, 40, 300, 70_000]), size - sum(articles)))
    field = field_of(texts, size, articles)
    check_field(field, texts, size, pick, rounds)
    check_groups(field, texts, articles, pick)
    check_union(field, texts, [*accumulate(articles, initial=0)], pick)


def check_union(field: FieldReader, texts: Texts, first: Sequence[int], pick: random.Random) -> None:
    """Compare some surface forms, read together, with a dictionary of the words.

    ``first`` has the first owner of each article, then the number of all owners.
    """
    terms = [term.decode() for term in field.terms.all()]
    kinds = {
        (terms[int(field.array("form.term")[n])], field.spelling(n)): n
        for n in range(len(field.array("form.term")))
    }
    chosen = pick.sample(sorted(kinds.values()), pick.randint(0, min(len(kinds), 40)))
    wanted = set(chosen)
    starts = field.starts.tolist()
    held = {
        owner: found
        for owner in sorted(texts)
        if (found := [starts[owner] + at for at, word in enumerate(texts[owner]) if kinds[word.term, word.form] in wanted])
    }  # fmt: skip
    with small(WORDS_AT_ONCE=pick.choice([1, 7, 1 << 18]), MAX_UNREAD=pick.choice([0, 4096])):
        union = TermUnion(field, np.array(chosen, np.int64), NEVER)
        owners, counts = union.postings()
        assert owners.tolist() == list(held)
        assert counts.tolist() == list(map(len, held.values()))
        assert union.words >= sum(map(len, held.values()))
        low = 0
        for _ in range(6):
            if pick.random() < 0.2:
                low = pick.randrange(len(first))  # perhaps before what was read
            high = min(low + pick.choice([0, 1, 3, len(first)]), len(first) - 1)
            searched = range(first[low], first[high])
            among = (
                np.array([pick.random() < 0.5 for _ in searched], np.bool_) if pick.random() < 0.5 else None
            )
            positions = union.positions(low, high, among)
            expected = [held.get(owner, []) for n, owner in enumerate(searched) if among is None or among[n]]
            assert positions.tolist() == list(chain(*expected))
            low = high if pick.random() < 0.6 else pick.randint(high, len(first) - 1)


def check_groups(field: FieldReader, texts: Texts, articles: Sequence[int], pick: random.Random) -> None:
    """Compare the article blocks of a field of documents with its postings."""
    bounds = [*accumulate(articles, initial=0)]
    for number in range(len(field.terms)):
        owners, counts = (array.tolist() for array in field.postings(number))
        of = [bisect_right(bounds, owner) - 1 for owner in owners]
        found = field.term(number)
        assert found.articles.tolist() == sorted(set(of))
        assert found.sizes.tolist() == [of.count(one) for one in sorted(set(of))]
        weights = bm25f.in_text(np.array(counts), field.sizes[np.array(owners)], field.mean)
        levels = levels_of(found.impacts)
        for article_number, words, step in zip(
            *(a.tolist() for a in (found.articles, found.block_counts, levels)), strict=True
        ):
            best = max(w for w, one in zip(weights.tolist(), of, strict=True) if one == article_number)
            assert LEVEL_BOUNDS[step] >= best
            assert step in (0, 31) or LEVEL_BOUNDS[step - 1] < best * (1 + 1e-9)
            assert words == sum(n for n, one in zip(counts, of, strict=True) if one == article_number)
        some = sorted(pick.sample(range(len(articles)), min(len(articles), pick.choice([0, 1, 2, 9]))))
        wanted = [n for n, one in enumerate(of) if one in some]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sorted_sets, "MIN_VALUES_PER_SUM", pick.choice([0, 8]))
            wanted_articles = np.array(some, pick.choice([np.int64, np.uint32]))
            chosen = field.term(number).of_blocks(sorted_sets.indices_in(found.articles, wanted_articles))
        assert chosen.owners.tolist() == [owners[n] for n in wanted]
        assert found.counts_of(chosen).tolist() == [counts[n] for n in wanted]


def check_field(field: FieldReader, texts: Texts, size: int, pick: random.Random, rounds: int = 3) -> None:
    """Compare a field with a dictionary of its words; ``pick`` chooses the owners and surface forms to compare."""
    held: dict[str, dict[int, list[tuple[int, IndexedWord]]]] = {}
    for owner in sorted(texts):
        for position, word in enumerate(texts[owner]):
            held.setdefault(word.term, {}).setdefault(owner, []).append((position, word))
    sizes = np.zeros(size, np.int64)
    for owner, words in texts.items():
        sizes[owner] = len(words)
    starts = np.append(0, np.cumsum(sizes + 1))
    start_of = {owner: int(starts[owner]) for owner in texts}
    forms = sorted(
        {w for t in texts.values() for w in t},
        key=lambda w: [p.encode() for p in (w.folded, w.form, w.term)],
    )
    totals = Counter(word for words in texts.values() for word in words)

    terms = sorted(held, key=str.encode)
    assert [term.decode() for term in field.terms.all()] == terms
    assert field.words == sum(totals.values())
    assert np.array_equal(field.starts, starts)
    assert np.array_equal(field.sizes, sizes)
    assert [field.find(term) for term in (*terms, "", "zz", "\ud800")] == [*range(len(terms)), -1, -1, -1]

    for number, term in enumerate(terms):
        of = held[term]
        found = field.postings(number)
        assert found.owners.tolist() == list(of)
        assert found.counts.tolist() == [len(all_of) for all_of in of.values()]

        def expected(asked: set[int] | None, allowed: set[IndexedWord] | None, of: Any = of) -> list[int]:
            return [
                start_of[owner] + position
                for owner, all_of in of.items()
                if asked is None or owner in asked
                for position, word in all_of
                if allowed is None or word in allowed
            ]

        assert field.positions(SurfaceForms(number, None)).tolist() == expected(None, None)
        for _ in range(rounds):
            some = pick.sample(sorted(of), pick.randint(0, min(len(of), pick.choice([1, 2, len(of)]))))
            asked = {*some, *(pick.randrange(size) for _ in range(pick.randrange(4)))}
            owners = np.array(sorted(asked), pick.choice([np.int64, np.uint32]))
            assert field.positions(SurfaceForms(number, None), owners).tolist() == expected(asked, None)
            ours = [n for n, word in enumerate(forms) if word.term == term]
            chosen = pick.sample(ours, pick.randint(1, len(ours)))
            (chosen_forms,) = field.by_term(np.array(chosen, np.int64))
            assert chosen_forms.term == number
            assert (chosen_forms.numbers is None) == (len(chosen) == len(ours))
            wanted = {forms[n] for n in chosen}
            assert field.positions(chosen_forms).tolist() == expected(None, wanted)
            assert field.positions(chosen_forms, owners).tolist() == expected(asked, wanted)

    low, high = sorted((pick.randint(0, len(terms)), pick.randint(0, len(terms))))
    if low < high:
        check_postings_between(field, low, high, [held[term] for term in terms[low:high]])
    check_surface_forms(field, forms, totals, terms)


def check_postings_between(
    field: FieldReader, low: int, high: int, wanted: list[dict[int, list[tuple[int, IndexedWord]]]]
) -> None:
    owner_terms, owners, counts, positions, numbers = (
        array.tolist() for array in field.postings_between(low, high)
    )
    assert owner_terms == [low + n for n, of in enumerate(wanted) for _ in of]
    assert owners == [owner for of in wanted for owner in of]
    assert counts == [len(words) for of in wanted for words in of.values()]
    words = [(low + n, *word) for n, of in enumerate(wanted) for held in of.values() for word in held]
    assert positions == [position for _, position, _ in words]
    names = {
        (int(field.array("form.term")[n]), int(field.array("form.number")[n])): field.spelling(n)
        for n in range(len(field.array("form.term")))
    }
    assert [names[term, form] for (term, _, _), form in zip(words, numbers, strict=True)] == [
        word.form for _, _, word in words
    ]


def check_surface_forms(
    field: FieldReader, forms: list[IndexedWord], totals: Counter[IndexedWord], terms: list[str]
) -> None:
    folded = sorted({word.folded for word in forms}, key=str.encode)
    found = [
        IndexedWord(terms[int(field.array("form.term")[n])], of, field.spelling(n))
        for of in folded
        for n in field.forms_of(field.find_folded(of)).tolist()
    ]
    assert found == forms
    assert field.array("form.words").tolist() == [totals[word] for word in forms]
    by_folded: Counter[str] = Counter()
    for word, count in totals.items():
        by_folded[word.folded] += count
    for prefix in {"", "a", "b", "ñ", "日", "日1", "c0", "zzz", *folded[:3]}:
        expected = {of: by_folded[of] for of in folded if of.startswith(prefix)}
        parts = [part.items() for part in field.folded_with_prefix(prefix)]
        assert list(chain(*parts)) == list(expected.items())
    asked = np.arange(len(forms))
    assert sum(len(field.positions(of)) for of in field.by_term(asked)) == sum(totals.values())
    assert field.by_term(asked[:0]) == []


@given(
    st.lists(st.lists(st.integers(0, len(SURFACE_FORMS) - 1), max_size=9), max_size=9),
    st.integers(0, 9),
    st.sampled_from([0] * 6 + [65_529, 65_536]),
    st.sampled_from([2, 3, 64]),
    st.sampled_from([0, 1, 6]),
    RANDOMS,
)
@settings(max_examples=40 * THOROUGH, deadline=None, suppress_health_check=NO_LIMITS)
@example([], 0, 0, 64, 6, random.Random(0))
@example([[], [], []], 0, 0, 64, 6, random.Random(0))
@example([[0]], 0, 0, 64, 6, random.Random(0))
def test_a_field_is_a_dictionary_of_its_words(
    texts: list[list[int]], at: int, gap: int, stride: int, spread: int, pick: random.Random
) -> None:
    held = {
        n + (gap if n >= at else 0): [SURFACE_FORMS[number] for number in text]
        for n, text in enumerate(texts)
        if text
    }
    size = len(texts) + gap
    with small(POSTINGS_PER_OFFSET=stride, MAX_POSTINGS_PER_WANTED=spread):
        check_fields(held, size, pick)


def numbered(size: int, term: str) -> list[IndexedWord]:
    return [IndexedWord(term, f"{term}{n % 7}", f"{term}{n}") for n in range(size)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 16, 17, 256, 257, 300])
def test_a_term_may_have_any_number_of_surface_forms(size: int) -> None:
    pick = random.Random(size)
    words = [*numbered(size, "m"), *numbered(3, "a"), *numbered(5, "z")]
    texts = {n: pick.choices(words, k=20) for n in range(20)} | {20: words}
    check_fields(texts, 21, pick)


def test_a_term_may_have_more_surface_forms_than_16_bits_can_count() -> None:
    size = (1 << 16) + 2
    words = [IndexedWord("a", "a", f"a{n:06}") for n in range(size)]
    field = field_of({0: words}, 1)
    last = field.by_term(np.array([size - 1]))
    assert [field.positions(chosen_forms).tolist() for chosen_forms in last] == [[size - 1]]
    some = [5, 1 << 16, size - 1]
    assert TermUnion(field, np.array(some), NEVER).positions(0, 1).tolist() == some


def test_an_owner_may_have_a_word_more_than_255_times_and_others_behind_it() -> None:
    a, b = IndexedWord("a", "a", "a"), IndexedWord("b", "b", "b")
    counts = (254, 255, 256, 1, 700, 2)
    texts = {n: [a] * count + [b] for n, count in enumerate(counts * 40)}
    check_fields(texts, len(texts), random.Random(1), rounds=8)


def test_owners_may_be_many_pages_and_a_word_in_all_of_them() -> None:
    a, b, c = (IndexedWord(name, name, name) for name in "abc")
    size = 140_000
    texts = {n: [a, b] if n % 70_000 == 3 else [a] for n in range(size)} | {131_072: [c, a, c], 65_535: [b]}
    check_fields(texts, size, random.Random(1), rounds=2)


def test_positions_may_need_more_than_16_bits() -> None:
    a, b, c = (IndexedWord(name, name, name) for name in "abc")
    long = [a, *([b] * 299), a, *([b] * 66_000), a, c]
    for texts in ({0: long}, {0: [c], 1: long, 2: [a]}, {n: [a] * 200 for n in range(400)} | {400: long}):
        check_fields(texts, len(texts), random.Random(1), rounds=2)


@given(
    st.integers(0, 30),
    st.lists(st.integers(1, 300), min_size=1, max_size=5),
    RANDOMS,
)
@settings(max_examples=25 * THOROUGH, deadline=None, suppress_health_check=NO_LIMITS)
@example(0, [257], random.Random(0))
def test_few_words_may_be_far_from_the_beginning(few: int, sizes: list[int], pick: random.Random) -> None:
    words = numbered(5, "b") + numbered(2, "c")
    texts = {n: [pick.choice(words) for _ in range(size)] for n, size in enumerate(sizes)}
    texts[0] = [*([words[0]] * 256), *([IndexedWord("a", "a", "a")] * (few + 1))]
    check_fields(texts, len(texts), pick)


# ---- the surface forms of words in few bits


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3, 4, 5, 16, 17, 200, 256, 257, 65_536]), st.integers(0, 21)), max_size=9),
       RANDOMS)  # fmt: skip
@settings(max_examples=80 * THOROUGH, deadline=None)
def test_surface_forms_are_unpacked_as_they_were_packed(
    terms: list[tuple[int, int]], pick: random.Random
) -> None:
    form_counts = np.array([count for count, _ in terms], np.int64)
    first = np.array(list(accumulate((size for _, size in terms), initial=0)), np.int64)
    forms = [[pick.randrange(kind) for _ in range(size)] for kind, size in terms]
    flat = np.array([n for own in forms for n in own], np.int64)
    at = packed_starts(form_counts, np.diff(first))
    packed = np.zeros(int(at[-1]), np.uint8)
    pack(packed, at, flat, first, form_counts)
    assert unpack_all(packed, at, first, form_counts).tolist() == flat.tolist()
    low, high = sorted((pick.randint(0, len(terms)), pick.randint(0, len(terms))))
    some = unpack_all(packed, at[low : high + 1], first[low : high + 1], form_counts[low:high])
    assert some.tolist() == flat[first[low] : first[high]].tolist()
    for number, (kind, size) in enumerate(terms):
        assert unpack(packed[int(at[number]) :], kind, size).tolist() == forms[number]
