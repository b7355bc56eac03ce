"""Each fast path of the embedded engine, held to a slow and obvious twin.

What is found here is what an index is made of; that a search finds what it should is what ``contract/`` and
``test_exactness.py`` hold it to.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newssearch import Article
from newssearch.engines.embedded.indexing import inverter, lexicon, merge_policy, merge_source, merger
from newssearch.engines.embedded.indexing.inverter import Articles, invert
from newssearch.engines.embedded.indexing.lexicon import IndexedWord, Lexicon, WordTable
from newssearch.engines.embedded.indexing.segment_builder import SegmentBuilder, document_articles
from newssearch.engines.embedded.search import spans
from newssearch.engines.embedded.search.spans import Spans
from newssearch.engines.embedded.segment import bm25f
from newssearch.engines.embedded.segment import field as field_module
from newssearch.engines.embedded.segment import format as format_module
from newssearch.engines.embedded.segment import postings as term_module
from newssearch.engines.embedded.segment.compound_postings import Compounds, compound_sections, entry_of
from newssearch.engines.embedded.segment.field import FieldReader, SurfaceForms, TextField
from newssearch.engines.embedded.segment.format import IMPACT_BOUNDS, pack, packed_starts, unpack, unpack_all
from newssearch.engines.embedded.segment.levenshtein import within_distance
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.stored_fields import VALUES
from newssearch.engines.embedded.segment.tokens import Tokens
from newssearch.engines.embedded.storage import block_store, sorted_sets
from newssearch.engines.embedded.storage import patched_ints as small_module
from newssearch.engines.embedded.storage.container import (
    Array,
    Container,
    ContainerError,
    ContainerWriter,
    StringTable,
    narrow,
    string_sections,
)
from newssearch.engines.embedded.storage.patched_ints import PatchedInts
from newssearch.engines.embedded.storage.patched_ints import patched_sections as small_sections
from newssearch.engines.embedded.storage.sorted_sets import NO_INTS, Ints
from newssearch.query.patterns import within_edits
from newssearch.text.analysis import analyser, analysis_of
from newssearch.text.folding import spelled
from newssearch.text.sentences import sentence_starts
from support import article

NO_LIMITS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@contextmanager
def small(**sizes: int) -> Iterator[None]:
    """Constants of the engine's modules replaced, so that few words reach what many would."""
    modules = (
        sorted_sets,
        inverter,
        lexicon,
        merge_source,
        merger,
        field_module,
        format_module,
        small_module,
        block_store,
        term_module,
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, size in sizes.items():
            having = [module for module in modules if hasattr(module, name)]
            assert having, f"no module has {name}: was it renamed?"
            for module in having:
                patch.setattr(module, name, size)
        yield


def test_a_constant_that_no_module_has_is_not_replaced_in_silence() -> None:
    with pytest.raises(AssertionError, match="no module has STRIDES"), small(STRIDES=2):
        pass


# ---- sets as ascending arrays

SETS = st.lists(st.sets(st.integers(0, 40) | st.integers(0, 2_000), max_size=30), min_size=1, max_size=4)


@given(
    SETS, st.sampled_from([1, 2, 12]), st.sampled_from([0, 4, 10_000]), st.sampled_from([np.int64, np.uint32])
)
@settings(max_examples=300, deadline=None)
def test_ascending_arrays_are_sets(sets: list[set[int]], unequal: int, dense: int, dtype: Any) -> None:
    arrays = [np.array(sorted(one), dtype) for one in sets]
    with small(BINARY_SEARCH_RATIO=unequal, DENSE_UNIVERSE_RATIO=dense):
        both = sets[0] & sets[-1]
        one, other = sorted_sets.intersect_indices(arrays[0], arrays[-1])
        assert arrays[0][one].tolist() == arrays[-1][other].tolist() == sorted(both)
        assert sorted_sets.indices_in(arrays[0], arrays[-1]).tolist() == one.tolist()
        assert sorted_sets.intersect(arrays[0], arrays[-1]).tolist() == sorted(both)
        assert sorted_sets.intersect_all(arrays).tolist() == sorted(set.intersection(*sets))
        assert sorted_sets.union(arrays, 2_001).tolist() == sorted(set.union(*sets))
        assert sorted_sets.union_size(arrays, 2_001) == len(set.union(*sets))


@given(st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, 9)), max_size=9))
def test_ranges_count_on_from_where_they_begin(asked: list[tuple[int, int]]) -> None:
    begins, sizes = (np.array(part, np.int64) for part in (zip(*asked, strict=True) if asked else ((), ())))
    assert sorted_sets.concat_ranges(begins, sizes).tolist() == [
        n for b, size in asked for n in range(b, b + size)
    ]


# ---- words that are alike


@given(
    st.text("abé日", min_size=1, max_size=7),
    st.lists(st.text("abé日", min_size=1, max_size=9), max_size=9),
    st.sampled_from([1, 2]),
)
@settings(max_examples=300, deadline=None)
def test_words_that_are_alike_are_those_within_few_edits(word: str, others: list[str], edits: int) -> None:
    letters = np.array(others, "U9").view(np.uint32).reshape(len(others), 9)
    found = within_distance(word, letters, np.array([len(other) for other in others], np.int64), edits)
    assert found.tolist() == [within_edits(word, other, edits) for other in others]


@given(
    st.sets(st.text("abé日", min_size=1, max_size=6), min_size=1, max_size=12),
    st.text("abé日", min_size=1, max_size=6),
)
@settings(max_examples=100, deadline=None)
def test_a_field_finds_its_forms_that_are_alike(forms: set[str], word: str) -> None:
    held = {n: [IndexedWord(form, form, form)] * (n + 1) for n, form in enumerate(sorted(forms))}
    field = field_of(held, len(held))
    for edits in (1, 2):
        wanted = {form: n + 1 for n, form in enumerate(sorted(forms)) if within_edits(word, form, edits)}
        assert field.folded_within(word, edits) == wanted


# ---- numbers that are small


@given(
    st.lists(
        st.sampled_from([0, 1, 2, 254, 255, 256, 300, 70_000]) | st.integers(0, 9), min_size=1, max_size=40
    ),
    st.sampled_from([0, 5]),
    st.integers(0, 600),
    st.randoms(use_true_random=False),
)
@settings(max_examples=200, deadline=None)
def test_small_numbers_are_read_as_they_were_written(
    numbers: list[int], few: int, before: int, pick: random.Random
) -> None:
    numbers = [1] * before + numbers
    with small(MIN_INTS_PER_EXCEPTION=few):
        read = PatchedInts(Container(small_sections("n", np.array(numbers))), "n")
    places = sorted(pick.sample(range(len(numbers)), pick.randint(1, len(numbers))))
    low, high = places[0], places[-1]
    assert len(read) == len(numbers)
    assert read.between(low, high).tolist() == numbers[low:high]
    assert read.at(np.array(places)).tolist() == [numbers[place] for place in places]
    assert read.sums(low, np.array(places)).tolist() == [sum(numbers[low:place]) for place in places]


def test_small_numbers_add_up_behind_the_last_place_that_its_type_can_tell() -> None:
    numbers = [0] * 250 + [300] + [0] * 10
    read = PatchedInts(Container(small_sections("n", np.array(numbers))), "n")
    assert read.sums(0, np.array([255, 256, 260])).tolist() == [300, 300, 300]


# ---- lexicon: words by white space and by chunk

SNIPPETS = [
    "rain", "Rain", "rained", "US", "U.S.", "U.S", "e.g.", "Mr.", "(Mr.", "Sept.", "J.", "Iraq’s", "Iraq's", "'s", "don’t",
    "1,000", "3.5bn", "12,34", "2nd", "2", "x_y", "_", "—", "…", "...", "?!", ".", ".”", ")", "(", "“", "«", "»", "’", "a.b.c",
    "é", "e\u0301", "\u0301", "São", "STRASSE", "Straße", "ﬁre", "İ", "ı", "\u00ad", "\u200b", "\u200f", "\ufeff", "и\u0306",
    "日本", "日", "。", "！", "？", "」", "』", "ｶﾞ", "ｱ", "\u3099", "か\u3099", "〇", "々", "，",
    "العراق", "ـ", "عـراق", "مُحَمَّد", "؟", "שָׁלוֹם", "नमस्ते", "ไทย", "한국", "𝐀", "𠮷", "①", "²", "٣",
    " ", " ", " ", "\n", "\t", "\u3000", "\xa0", "\x1c", "\x85", "\u2028", "\u205f", "  ",
]  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ANY_TEXTS = st.lists(st.sampled_from(SNIPPETS) | ANY_TEXT, max_size=14).map("".join) | ANY_TEXT
LANGS = st.sampled_from([None, "en", "pt", "de", "ar", "zh", "tr", "ru", "fr", "it"])


def read(texts: Sequence[tuple[str, str | None]]) -> tuple[list[list[IndexedWord]], Tokens]:
    """The words of texts, as a lexicon has them, by text."""
    known = Lexicon()
    tokens = known.tokens([text.encode() for text, _ in texts], [analysis_of(lang) for _, lang in texts])
    found = [known.words[number] for number in tokens.words.tolist()]
    ends = list(accumulate(tokens.sizes.tolist(), initial=0))
    assert ends[-1] == len(found)
    return [found[low:high] for low, high in pairwise(ends)], tokens


def words_of(text: str, lang: str | None) -> list[IndexedWord]:
    """The words of one text, one by one."""
    analysis = analyser(lang)
    return [
        IndexedWord(token.term, analysis.form(token.word), spelled(token.word))
        for token in analysis.tokens(text)
    ]


def broken(texts: Sequence[tuple[str, str | None]]) -> list[bool]:
    """Of each word of some texts, whether a sentence begins between it and the one before, in the same text."""
    found: list[bool] = []
    for text, lang in texts:
        starts = sentence_starts(text, analysis_of(lang))
        numbers = [bisect_right(starts, token.start) for token in analyser(lang).tokens(text)]
        found += [number > before for before, number in pairwise([*numbers[:1], *numbers])]
    return found


def broken_by(tokens: Tokens) -> list[bool]:
    """The same of a lexicon's: what it says of the first word of a text makes no difference."""
    firsts = set(accumulate(tokens.sizes.tolist(), initial=0))
    breaks = set(tokens.breaks.tolist())
    return [place in breaks and place not in firsts for place in range(len(tokens.words))]


@given(st.lists(st.tuples(ANY_TEXTS, LANGS), max_size=4), st.sampled_from([1, 3, 64]))
@settings(max_examples=300, deadline=None)
def test_a_lexicon_has_the_words_of_the_whole_text(texts: list[tuple[str, str | None]], longest: int) -> None:
    with small(MAX_CHUNK_BYTES=longest):
        found, tokens = read(texts)
    assert found == [words_of(text, lang) for text, lang in texts]
    assert (np.diff(tokens.breaks) > 0).all()


@given(st.lists(st.tuples(ANY_TEXTS, LANGS), max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_lexicon_parts_sentences_as_the_whole_text_does(texts: list[tuple[str, str | None]]) -> None:
    assert broken_by(read(texts)[1]) == broken(texts)


JOINED = st.lists(
    st.sampled_from(["Al", "al-", "-", "Abbasi", "#", "@", "x", "G20", "-19", "’s", "l'", "sant’", "s", "NGO", "²", "\u200b", "日", "‑é", "É", "—", " ", "U.S.", "(", ",", "𝐀", "ĸ", "A"]),
    min_size=1,
    max_size=7,
).map("".join)  # fmt: skip


@given(st.lists(st.tuples(JOINED | ANY_TEXTS, LANGS), max_size=4))
@settings(max_examples=400, deadline=None)
def test_a_lexicon_knows_what_is_joined_as_the_analyser_does(texts: list[tuple[str, str | None]]) -> None:
    known = Lexicon()
    tokens = known.tokens([text.encode() for text, _ in texts], [analysis_of(lang) for _, lang in texts])
    begins = np.cumsum(tokens.sizes) - tokens.sizes
    expected = sorted(
        (int(begin) + first, entry_of(key, size))
        for (text, lang), begin in zip(texts, begins, strict=True)
        for first, size, key in analyser(lang).compounds(text)
    )
    entries = [known.words.compounds[number] for number in tokens.keys.tolist()]
    assert sorted(zip(tokens.compounds.tolist(), entries, strict=True)) == expected


@given(
    st.lists(st.tuples(st.text("abÿ日 ", max_size=3), st.integers(1, 8), st.integers(0, 30)), max_size=30),
    st.lists(st.text("abÿ日 ", max_size=3), min_size=1, max_size=9),
)
def test_a_compound_is_found_by_its_own_key_and_by_no_other(
    held: list[tuple[str, int, int]], asked: list[str]
) -> None:
    entries = [entry_of(key, size) for key, size, _ in held]
    places = np.array([place for *_, place in held], np.int64)
    read = Compounds(Container(compound_sections("f", entries, np.arange(len(held)), places)), "f")
    for key in asked:
        found = [(place, size) for starts, size in read.positions(key) for place in starts.tolist()]
        assert sorted(found) == sorted((place, size) for known, size, place in held if known == key)
    assert read.there_are(asked) == [key in {known for known, *_ in held} for key in asked]


@pytest.mark.parametrize("text", ["（我来了。） 然后", "foo。) bar", "foo。— Bar", "foo。. bar"])
def test_a_full_width_stop_ends_a_sentence_whatever_closes_behind_it(text: str) -> None:
    assert broken_by(read([(text, None)])[1]) == broken([(text, None)])


@pytest.mark.parametrize("text", ["Foo bar. _", "Foo。 —", "Foo. ـ"])
def test_no_sentence_begins_behind_the_last_word(text: str) -> None:
    _, tokens = read([(text, None)])
    assert all(place < len(tokens.words) for place in tokens.breaks.tolist())


# ---- inverting and segment.Field: postings, positions, surface forms

SURFACE_FORMS = [IndexedWord(f"{term}", f"{term}{n // 3}", f"{term}{n // 3}{'x' * (n % 3)}")
            for term, kinds in (("a", 1), ("b", 2), ("ñ", 3), ("c", 5), ("日", 17)) for n in range(kinds)]  # fmt: skip
SURFACE_FORMS += [IndexedWord("b", "a0", "a0"), IndexedWord("ab", "a0", "a0"), IndexedWord("ab", "a0", "A0")]
Texts = Mapping[int, Sequence[IndexedWord]]
"""The words of each owner that has any."""


def tokens_of(texts: Texts, size: int, breaks: Sequence[int] = ()) -> tuple[Tokens, WordTable]:
    """What a lexicon would say of ``size`` owners."""
    known = WordTable()
    words = [known.number(*word) for owner in sorted(texts) for word in texts[owner]]
    sizes = np.zeros(size, np.int64)
    for owner, held in texts.items():
        sizes[owner] = len(held)
    return Tokens(
        np.array(words, np.uint32), sizes, np.array(breaks, np.int64), NO_INTS, np.empty(0, np.uint64)
    ), known


def field_of(texts: Texts, size: int, articles: Sequence[int] | None = None) -> FieldReader:
    """The field of ``size`` owners with these words: articles, or the documents of articles that have so many each."""
    tokens, words = tokens_of(texts, size)
    if articles is None:
        return FieldReader(Container(invert("title", tokens, words)), "title")
    first = np.array([*accumulate(articles, initial=0)], np.uint32)
    of = document_articles(first)
    sections = invert("text", tokens, words, Articles(of, first, tokens.sizes))
    return FieldReader(Container({**sections, "article.first": first, "document.article": of}), "text")


def check_fields(texts: Texts, size: int, pick: random.Random, rounds: int = 3) -> None:
    """Hold both kinds of fields to a dictionary of their words."""
    check_field(field_of(texts, size), texts, size, pick, rounds)
    articles: list[int] = []
    while sum(articles) < size:
        articles.append(min(pick.choice([1, 1, 2, 3, 40, 300, 70_000]), size - sum(articles)))
    field = field_of(texts, size, articles)
    check_field(field, texts, size, pick, rounds)
    check_groups(field, texts, articles, pick)


def check_groups(field: FieldReader, texts: Texts, articles: Sequence[int], pick: random.Random) -> None:
    """Hold the articles of a field of documents to what its postings say."""
    bounds = [*accumulate(articles, initial=0)]
    for number in range(len(field.terms)):
        owners, counts = (array.tolist() for array in field.postings(number))
        of = [bisect_right(bounds, owner) - 1 for owner in owners]
        found = field.term(number)
        assert found.articles.tolist() == sorted(set(of))
        assert found.sizes.tolist() == [of.count(one) for one in sorted(set(of))]
        weights = bm25f.in_text(np.array(counts), field.sizes[np.array(owners)], field.mean)
        for article_number, step in zip(
            *(a.tolist() for a in (found.articles, found.block_max)), strict=True
        ):
            best = max(w for w, one in zip(weights.tolist(), of, strict=True) if one == article_number)
            assert IMPACT_BOUNDS[step] >= best
            assert step in (0, 255) or IMPACT_BOUNDS[step - 1] < best * (1 + 1e-9)
        some = sorted(pick.sample(range(len(articles)), min(len(articles), pick.choice([0, 1, 2, 9]))))
        wanted = [n for n, one in enumerate(of) if one in some]
        with small(MIN_BLOCKS_PER_WANTED=pick.choice([1, 8])):
            wanted_articles = np.array(some, pick.choice([np.int64, np.uint32]))
            chosen = field.term(number).of_blocks(sorted_sets.indices_in(found.articles, wanted_articles))
        assert chosen.owners.tolist() == [owners[n] for n in wanted]
        assert found.counts_of(chosen).tolist() == [counts[n] for n in wanted]


def check_field(field: FieldReader, texts: Texts, size: int, pick: random.Random, rounds: int = 3) -> None:
    """Hold a field to a dictionary of its words; ``pick`` chooses the owners and forms that are asked for."""
    held: dict[str, dict[int, list[tuple[int, IndexedWord]]]] = {}
    for owner in sorted(texts):
        for position, word in enumerate(texts[owner]):
            held.setdefault(word.term, {}).setdefault(owner, []).append((position, word))
    starts = _starts([len(texts.get(owner, ())) for owner in range(size)])
    forms = sorted(
        {w for t in texts.values() for w in t},
        key=lambda w: [p.encode() for p in (w.folded, w.form, w.term)],
    )
    totals = Counter(word for words in texts.values() for word in words)

    terms = sorted(held, key=str.encode)
    assert [term.decode() for term in field.terms.all()] == terms
    assert field.words == sum(totals.values())
    assert field.starts.tolist() == starts
    assert np.diff(field.starts.astype(np.int64)).tolist() == [n + 1 for n in field.sizes.tolist()]
    assert [field.find(term) for term in (*terms, "", "zz", "\ud800")] == [*range(len(terms)), -1, -1, -1]

    for number, term in enumerate(terms):
        of = held[term]
        found = field.postings(number)
        assert found.owners.tolist() == list(of)
        assert found.counts.tolist() == [len(all_of) for all_of in of.values()]

        def expected(asked: set[int] | None, allowed: set[IndexedWord] | None, of: Any = of) -> list[int]:
            return [
                starts[owner] + position
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
        assert field.folded_with_prefix(prefix) == expected
        assert list(field.folded_with_prefix(prefix)) == list(expected)
    asked = np.arange(len(forms))
    assert sum(len(field.positions(of)) for of in field.by_term(asked)) == sum(totals.values())
    assert field.by_term(asked[:0]) == []


def _starts(sizes: Sequence[int]) -> list[int]:
    return list(accumulate((size + 1 for size in sizes), initial=0))


@given(
    st.lists(st.lists(st.integers(0, len(SURFACE_FORMS) - 1), max_size=9), max_size=9),
    st.integers(0, 9),
    st.sampled_from([0] * 6 + [65_529, 65_536]),
    st.sampled_from([2, 3, 64]),
    st.sampled_from([0, 1, 6]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=200, deadline=None, suppress_health_check=NO_LIMITS)
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
    st.randoms(use_true_random=False),
)
@settings(max_examples=50, deadline=None, suppress_health_check=NO_LIMITS)
@example(0, [257], random.Random(0))
def test_few_words_may_be_far_from_the_beginning(few: int, sizes: list[int], pick: random.Random) -> None:
    words = numbered(5, "b") + numbered(2, "c")
    texts = {n: [pick.choice(words) for _ in range(size)] for n, size in enumerate(sizes)}
    texts[0] = [*([words[0]] * 256), *([IndexedWord("a", "a", "a")] * (few + 1))]
    check_fields(texts, len(texts), pick)


# ---- the surface forms of words in few bits


@given(st.lists(st.tuples(st.sampled_from([1, 2, 3, 4, 5, 16, 17, 200, 256, 257, 65_536]), st.integers(0, 21)), max_size=9),
       st.randoms(use_true_random=False))  # fmt: skip
@settings(max_examples=200, deadline=None)
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


# ---- spans: leaves in several owners at once

LETTERS = "abcd"
OWNERS = st.lists(st.text(LETTERS, max_size=9), min_size=1, max_size=5)
Span = tuple[int, int]


def letters(texts: Sequence[str], letter: str) -> Ints:
    starts = _starts([len(text) for text in texts])
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
    starts = _starts([len(text) for text in texts])
    return sorted(
        (starts[n] + low, starts[n] + high) for n in range(len(texts)) for low, high in one_by_one(n)
    )


def owners_of(texts: Sequence[str], dtype: type = np.uint32) -> Array:
    return np.array(_starts([len(text) for text in texts]), dtype)


def as_spans(matches: Sequence[Span]) -> Spans:
    pairs = np.array(sorted(matches), np.int64).reshape(-1, 2)
    return Spans(pairs[:, 0], pairs[:, 1])


def spans_of(found: Spans) -> list[Span]:
    return list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))


@given(OWNERS, st.text(LETTERS, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_phrase_is_words_side_by_side(texts: list[str], wanted: str) -> None:
    found = spans.adjacent_words([letters(texts, letter) for letter in wanted])
    size = len(wanted)
    expected = found_in(
        texts,
        lambda n: {(at, at + size) for at in range(len(texts[n])) if texts[n][at : at + size] == wanted},
    )
    assert spans_of(found) == expected


@given(OWNERS, st.text(LETTERS, min_size=1, max_size=4), st.integers(1, 8))
@settings(max_examples=200, deadline=None)
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


@st.composite
def leaf_matches(draw: st.DrawFn, sides: int) -> tuple[list[str], list[list[set[Span]]]]:
    """Draw texts, and for each side of an operator its matches in each text."""
    texts = draw(OWNERS)

    def matches(text: str) -> st.SearchStrategy[set[Span]]:
        every = [(low, high) for high in range(len(text) + 1) for low in range(max(high - 4, 0), high)]
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
@settings(max_examples=300, deadline=None)
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
@settings(max_examples=300, deadline=None)
def test_the_same_are_pairs_of_one_group(
    drawn: tuple[list[str], list[list[set[Span]]]], cuts: set[int]
) -> None:
    texts, (left, right) = drawn
    starts = _starts([len(text) for text in texts])
    groups = sorted([*starts, *(cut for cut in cuts if cut < starts[-1])])

    def one_group(n: int) -> Callable[[Span, Span], bool]:
        def group(span: Span) -> int:
            return bisect_right(groups, starts[n] + span[0])

        return lambda one, other: group(one) == group(other)

    found = spans.spans_in_same_unit(_all(texts, left), _all(texts, right), np.array(groups, np.uint32))
    assert spans_of(found) == found_in(texts, lambda n: partners(left[n], right[n], one_group(n)))


@given(leaf_matches(3))
@settings(max_examples=300, deadline=None)
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


# ---- storing: strings in compressed blocks

SOME_STRINGS = st.lists(st.text("ab é日\n", max_size=40), max_size=40)


def check_stored(stored: block_store.BlockStore, values: list[str], pick: random.Random) -> None:
    assert len(stored) == len(values)
    for number in pick.sample(range(len(values)), len(values)):
        assert stored[number] == values[number]
    whole = [value.decode() for block in range(len(stored.blocks)) for value in stored.values(block)]
    assert whole == values


@given(
    SOME_STRINGS, st.integers(1, 200), st.sampled_from([64, 128, 32_768]), st.randoms(use_true_random=False)
)
@settings(max_examples=100, deadline=None)
def test_what_is_stored_is_read_as_it_was(
    values: list[str], block: int, sample: int, pick: random.Random
) -> None:
    with small(BLOCK_SIZE=block, DICTIONARY_SIZE=sample):
        sections = block_store.block_sections("s", [value.encode() for value in values])
        check_stored(block_store.BlockStore(Container(sections), "s"), values, pick)


@given(
    st.lists(st.lists(st.text("ab é日\n", max_size=40), max_size=25), min_size=1, max_size=4),
    st.integers(1, 200),
    st.sampled_from([0, 100, 1 << 20]),
    st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None, suppress_health_check=NO_LIMITS)
def test_what_is_stored_is_merged_without_what_is_dropped(
    parts: list[list[str]], block: int, limit: int, dropped: float, pick: random.Random
) -> None:
    """Twice, so that blocks and dictionaries of several origins are merged with those of one more."""

    def some(values: list[str]) -> list[int]:
        return [n for n in range(len(values)) if pick.random() >= dropped]

    with (
        small(BLOCK_SIZE=block, DICTIONARY_SIZE=64, REPACK_SIZE=limit),
        tempfile.TemporaryDirectory() as folder,
    ):
        stores = [
            (
                block_store.BlockStore(
                    Container(block_store.block_sections("s", [v.encode() for v in part])), "s"
                ),
                part,
            )
            for part in parts
        ]
        for number in range(2):
            kept = [some(values) for _, values in stores]
            chosen = [
                (stored, np.array(own, np.int64)) for (stored, _), own in zip(stores, kept, strict=True)
            ]
            with writing(Path(folder) / f"{number}") as file:
                block_store.merge_blocks("s", chosen, file)
            values = [of[n] for (_, of), own in zip(stores, kept, strict=True) for n in own]
            merged = block_store.BlockStore(Container(Path(folder) / f"{number}"), "s")
            check_stored(merged, values, pick)
            stores = [(merged, values), *stores[: pick.randint(0, 1)]]


# ---- container: a file of arrays

DTYPES = [np.uint8, np.uint16, np.uint32, np.uint64, np.int8, np.int64, np.float64, np.dtype(">u4")]
SECTIONS = st.lists(
    st.tuples(st.sampled_from(DTYPES), st.lists(st.integers(0, 127), max_size=40), st.booleans()), max_size=6
)


@contextmanager
def writing(path: Path) -> Iterator[ContainerWriter]:
    """A container that is being written, instead of any of before."""
    path.unlink(missing_ok=True)
    file = ContainerWriter(path)
    try:
        yield file
        file.close()
    except BaseException:
        file.discard()
        raise


def write(path: Path, sections: Sequence[tuple[Any, list[int], bool]]) -> dict[str, Array]:
    """Arrays written whole, or allocated and filled later."""
    expected = {}
    later = []
    with writing(path) as file:
        for number, (dtype, values, whole) in enumerate(sections):
            name = f"section.{number}"
            expected[name] = np.array(values, dtype)
            if whole:
                file.add(name, expected[name])
            else:
                later.append((file.allocate(name, dtype, len(values)), expected[name]))
        for target, values_ in later:
            target.open()[:] = values_
    return expected


def test_a_section_that_is_filled_later_is_little_endian_too(tmp_path: Path) -> None:
    write(tmp_path / "c", [(np.dtype(">u4"), [1, 2], False)])
    assert Container(tmp_path / "c")["section.0"].tolist() == [1, 2]


@given(SECTIONS)
@settings(max_examples=60, deadline=None)
def test_a_container_has_the_arrays_that_were_written(sections: list[tuple[Any, list[int], bool]]) -> None:
    sections = [(dtype, values, whole or dtype == np.dtype(">u4")) for dtype, values, whole in sections]
    with tempfile.TemporaryDirectory() as folder:
        expected = write(Path(folder) / "c", sections)
        known = Container(Path(folder) / "c")
        found = dict(known.items())
        assert list(found) == list(expected)
        for name, values in expected.items():
            assert name in known
            assert found[name].dtype == values.dtype.newbyteorder("<")
            assert found[name].tolist() == values.tolist()
        known.check()
        assert "other" not in known


def test_damage_of_a_container_is_noticed_wherever_it_is(tmp_path: Path) -> None:
    path = tmp_path / "c"
    write(path, [(np.uint8, list(range(70)), True), (np.uint32, [1, 2, 3], False), (np.uint16, [], True)])
    whole = path.read_bytes()
    directory = 256
    assert whole[directory : directory + 1] == b"{"
    for at in range(len(whole)):
        for flipped in (0x01, 0x80, 0xFF):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ flipped]) + whole[at + 1 :])
            if at >= directory:
                with pytest.raises(ContainerError):
                    Container(path)
            else:
                with pytest.raises(ContainerError):
                    Container(path).check()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(ContainerError):
            Container(path)


@given(st.lists(st.binary(max_size=4), max_size=20), st.binary(max_size=3))
@settings(max_examples=100, deadline=None)
def test_sorted_strings_are_found_by_halving(values: list[bytes], wanted: bytes) -> None:
    values = sorted(set(values))
    known = StringTable(Container(string_sections("s", values)), "s")
    assert (len(known), known.all()) == (len(values), values)
    assert known.find(wanted) == (values.index(wanted) if wanted in values else -1)
    low, high = known.with_prefix(wanted)
    assert values[low:high] == [value for value in values if value.startswith(wanted)]
    assert known.slice(low, high) == values[low:high]


@given(st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32])))
@settings(max_examples=100, deadline=None)
def test_numbers_are_narrowed_to_the_smallest_type_that_holds_them(values: list[int]) -> None:
    found = narrow(np.array(values, np.uint64))
    assert found.tolist() == values
    assert found.dtype.itemsize == min(
        size for size in (1, 2, 4, 8) if max(values, default=0) < 1 << 8 * size
    )


# ---- merging: what is left of several segments, as if it had been one

SENTENCES = st.lists(
    st.sampled_from(["rain", "Rain", "rains", "US", "us", "U.S.", "São", "sao", "Iraq’s", "the", "日本。雨", "a", "b", "—"]).flatmap(
        lambda word: st.sampled_from(["", "", ".", "?", ","]).map(lambda mark: word + mark)
    ),
    max_size=9,
).map(" ".join)  # fmt: skip
PIECES_OF_NEWS = st.builds(
    lambda title, paragraphs, times, fields: article(
        title or "x", *[p * times for p in paragraphs], **fields
    ),
    st.none() | SENTENCES,
    st.lists(SENTENCES, max_size=3),
    st.sampled_from([1, 1, 1, 6]),
    st.fixed_dictionaries(
        {
            "date": st.sampled_from([None, dt.date(2024, 7, 25), dt.datetime(2023, 1, 1, 12)]),
            "outlet": st.sampled_from([None, "BBC", "bbc", "The Guardian"]),
            "byline": st.sampled_from([None, "Ana Silva", "ana silva"]),
            "lang": st.sampled_from([None, "en", "pt", "zh"]),
        }
    ),
)


def built(articles: Sequence[tuple[str, Article]]) -> dict[str, Array]:
    """The sections of a segment of articles under these ids."""
    builder = SegmentBuilder()
    for name, one in articles:
        named = Article(**{field: getattr(one, field) for field in one.__slots__} | {"id": name})
        builder.add(named, f"state of {name}")
    return builder.sections(Lexicon())


def parts_of(field: FieldReader) -> list[bool]:
    """Of each word, whether a sentence or an owner begins between it and the word before."""
    starts = field.starts.astype(np.int64)
    of = np.concatenate([np.arange(low, high - 1) for low, high in pairwise(starts.tolist())] or [starts[:0]])
    groups = np.searchsorted(field.sentence_starts, of, "right")
    return [step > 0 for step in np.diff(groups, prepend=-1).tolist()]


def portrait(one: Segment) -> dict[str, object]:
    """All that can be read of a segment."""
    seen: dict[str, object] = {
        "first": one.first.tolist(),
        "of": one.article.tolist(),
        "empty": one.empty_articles.tolist(),
        "local_time": one.local_time.tolist(),
        "instant": one.instant.tolist(),
        "counts": (one.articles, one.documents, one.paragraphs, one.words, one.titles),
        "numbers": one.numbers(np.arange(one.documents)).tolist(),
        "ids": one.ids(np.arange(one.articles)),
        "order": one.container["article.id.order"].tolist(),
        "states": [one.state(n) for n in range(one.articles)],
        "headers": [one.header(n) for n in range(one.articles)],
        "bodies": [one.bodies[n] for n in range(one.documents)],
        "analyses": {name: mask if mask is None else mask.tolist() for name, mask in one.analyses.items()},
    }
    for name in VALUES:
        codes, known = one.values(name)
        seen[name] = (codes.tolist(), known, one.keys(name).all())
    for field in one.fields.values():
        seen[field.name] = portrait_of(field)
    return seen


EQUAL = ("runs", "run.high", "run.first", "block.low", "tokens", "offsets", "term.forms", "packed", "packed.offsets",
         "folded.first", "form.term", "form.number", "form.words", "sizes", "starts")  # fmt: skip
"""The sections of a field that are the same however its words came together."""
OF_DOCUMENTS = ("first", "block.max", "mean")
"""Those of a field of documents."""


def portrait_of(field: FieldReader) -> dict[str, object]:
    documents = field.name == "text"
    names = (*EQUAL, *OF_DOCUMENTS) if documents else EQUAL
    seen: dict[str, object] = {name: field.array(name).tolist() for name in names}
    for name in ("counts", "positions", "within", "block.sizes") if documents else ("counts", "positions"):
        numbers = field.patched(name)
        seen[name] = numbers.between(0, len(numbers)).tolist()
    terms = field.terms.all()
    seen["terms"] = [
        (
            term,
            *(array.tolist() for array in field.postings(number)),
            field.positions(SurfaceForms(number, None)).tolist(),
        )
        for number, term in enumerate(terms)
    ]
    seen["postings"] = [array.tolist() for array in field.postings_between(0, len(terms))] if terms else []
    seen["forms"] = field.folded_with_prefix("")
    seen["names"] = [field.spelling(n) for n in range(len(field.array("form.term")))]
    seen["sentences"] = parts_of(field)
    return seen


def merged(segments: Sequence[Segment], folder: Path) -> Segment:
    """The segments made into one, on disk."""
    (folder / "merged").unlink(missing_ok=True)  # of the merge before
    with writing(folder / "merged") as file:
        size = merger.merge_segments(segments, file)
    one = Segment(Container(folder / "merged"))
    assert size == one.documents
    return one


def check_merged(batches: Sequence[Sequence[Article]], gone: set[int], folder: Path) -> None:
    """Hold a merge of a segment for each batch, without some articles, to one segment of those that are left."""
    number = iter(range(1_000))
    named = [[(f"{(n := next(number)) * 7 % 11:x}-{n}", n, one) for one in batch] for batch in batches]
    segments = []
    for batch in named:
        one = Segment(Container(built([(name, art) for name, _, art in batch])))
        dropped = [n for n, (_, known, _) in enumerate(batch) if known in gone]
        documents = [d for n in dropped for d in range(int(one.first[n]), int(one.first[n + 1]))]
        segments.append(Segment(one.container, documents))
    left = [(name, art) for batch in named for name, known, art in batch if known not in gone]
    found = merged(segments, folder)
    expected = Segment(Container(built(left)))
    seen, wanted = portrait(found), portrait(expected)
    for part in wanted:
        assert seen[part] == wanted[part], part
    for name, _ in left:
        assert found.ids(np.array([found.find(name)])) == [name]
    names: tuple[TextField, ...] = ("text", "title")
    assert found.fields.keys() == set(names)


@given(
    st.lists(st.lists(PIECES_OF_NEWS, min_size=1, max_size=4), min_size=1, max_size=4),
    st.sets(st.integers(0, 15)),
    st.sampled_from([1, 3, 10, 4_000_000]),
    st.sampled_from([2, 64]),
    st.sampled_from([0, 1 << 20]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=NO_LIMITS)
def test_a_merge_is_one_segment_of_what_is_left(
    batches: list[list[Article]], gone: set[int], slice_size: int, stride: int, limit: int
) -> None:
    sizes = small(
        WORDS_PER_SLICE=slice_size,
        POSTINGS_PER_OFFSET=stride,
        REPACK_SIZE=limit,
        BLOCK_SIZE=30,
        DICTIONARY_SIZE=64,
    )
    with sizes, tempfile.TemporaryDirectory() as folder:
        check_merged(batches, gone, Path(folder))


@pytest.mark.parametrize("slice_size", [50, 4_000_000])
def test_a_merge_of_long_paragraphs_and_many_variants(tmp_path: Path, slice_size: int) -> None:
    """Some of the segments have counts above 255, some wide positions, some neither; words over 255 times, 20 forms."""
    pick = random.Random(slice_size)
    cased = ["".join(pick.choice([c, c.upper()]) for c in "attacks") for _ in range(20)]

    def text(size: int) -> str:
        return " ".join(pick.choices([*cased, "b", "zz", "9"], k=size))

    long = article("l", text(2_000), url="l")
    mixed = [article("m", text(300), *(text(90) for _ in range(20)), "b " * 600, url="m")]
    short = [article("s", *(text(5) for _ in range(9)), url=f"s{n}") for n in range(9)]
    with small(WORDS_PER_SLICE=slice_size):
        for batches in ([mixed, short], [[long], short], [mixed, [long, *short]], [short, mixed, [long]]):
            for gone in (set[int](), {0}, {1, 3}, set(range(1, 9))):
                check_merged(batches, gone, tmp_path)


@pytest.mark.parametrize("text", ["Foo bar. _", "Foo。 —", "雨。 ■", "Foo. ـ"])
def test_a_last_paragraph_that_ends_without_a_word_can_be_merged(tmp_path: Path, text: str) -> None:
    check_merged([[article("x", "Foo", text)], [article("y", "Bar")]], set(), tmp_path)


# ---- tiers: which segments a commit makes one

SIZES = st.lists(st.one_of(st.integers(1, 50), st.integers(1, 2_000_000)), min_size=1, max_size=40)


@given(SIZES, st.integers(0, 2_000_000), st.sampled_from([0, 300, 3_000]))
@settings(max_examples=300, deadline=None)
def test_all_segments_are_chosen_in_order_and_no_more_than_a_commit_may_merge(
    documents: list[int], added: int, bytes_each: int
) -> None:
    sizes = [one * bytes_each for one in documents]
    groups = merge_policy.choose_merges(documents, sizes, added)
    assert all(
        high - low == 1 or sum(sizes[low:high]) <= merge_policy.MAX_MERGED_BYTES for low, high in groups
    )
    assert [n for low, high in groups for n in range(low, high)] == list(range(len(documents)))
    assert all(low < high for low, high in groups)
    rewritten = sum(sum(documents[low:high]) for low, high in groups if high - low > 1)
    if sum(size <= merge_policy.MAX_MERGED_BYTES // 2 for size in sizes) < merge_policy.MAX_SMALL_SEGMENTS:
        assert rewritten <= max(
            merge_policy.MIN_MERGE_BUDGET, merge_policy.MERGE_BUDGET_PER_ADDED_DOC * added
        )
    else:
        totals = [sum(documents[low:high]) for low, high in groups]
        assert all(
            documents[low - 1] > merge_policy.MERGE_RATIO * total
            or (documents[low - 1] + total) * bytes_each > merge_policy.MAX_MERGED_BYTES
            for (low, _), total in zip(groups[1:], totals[1:], strict=True)
        )


@pytest.mark.parametrize("most", [1, 30, 1_000, 30_000, 300_000])
def test_a_long_history_leaves_few_segments_and_writes_nothing_over_and_over(most: int) -> None:
    pick = random.Random(most)
    held: list[
        tuple[int, int]
    ] = []  # of each segment its documents, and how often the one written most often was
    total = commits = rewritten = 0
    for _ in range(3_000):
        added = min(pick.randint(1, most), int(pick.paretovariate(0.6)) + most // 10)
        held.append((added, 1))
        total, commits = total + added, commits + 1
        after = []
        for low, high in merge_policy.choose_merges(
            [size for size, _ in held], [330 * size for size, _ in held], added
        ):
            size = sum(size for size, _ in held[low:high])
            times = max(times for _, times in held[low:high])
            rewritten += size if high - low > 1 else 0
            after.append((size, times + (high - low > 1)))
        held = after
        assert sum(size for size, _ in held) == total
        assert len(held) <= merge_policy.MAX_SMALL_SEGMENTS + 2 * 330 * total / merge_policy.MAX_MERGED_BYTES
    assert rewritten <= 14 * total
    assert max(times for _, times in held) <= 60
