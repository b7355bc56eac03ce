"""Words are counted the same from texts and from postings, in slices of any size, and whatever the segments."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newssearch import Article, Index, SearchStoppedError
from newssearch.engines.counted_words import CLASSES, INSIDE, OUTSIDE, WordCounts, WordTotals
from newssearch.engines.embedded.corpus import segment_words, vocabulary, word_counts
from newssearch.engines.embedded.corpus.segment_words import SegmentWords
from newssearch.engines.embedded.corpus.word_counts import ChosenParagraphs, ChosenWords, WordCounter
from newssearch.engines.embedded.indexing.lexicon import IndexedWord
from newssearch.engines.embedded.segment.field import FieldReader
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.snapshot import EmbeddedSnapshot
from newssearch.engines.embedded.storage.container import Array
from support import RANDOMS, THOROUGH, article, index_of, without_boilerplate
from test_exactness import indexes

from .test_segment import SURFACE_FORMS, Texts, field_of, numbered

__all__ = ["without_boilerplate"]  # a fixture of all tests here

NO_LIMITS = list(HealthCheck)


@contextmanager
def limits(**sizes: int) -> Iterator[None]:
    """Replace constants, so that few words use the code for many, or the reverse."""
    with pytest.MonkeyPatch.context() as patch:
        for name, size in sizes.items():
            having = [one for one in (segment_words, vocabulary, word_counts) if hasattr(one, name)]
            assert having, f"no module has {name}: was it renamed?"
            for module in having:
                patch.setattr(module, name, size)
        yield


SIZES = st.fixed_dictionaries(
    {"COUNTED_PER_SLICE": st.sampled_from([1, 2, 5, 1 << 20]), "DENSE_RATIO": st.sampled_from([0, 4, 1000])}
)


def never() -> None:
    """Let a count go on."""


# ---- the words of a field


def check_counts(field: FieldReader, texts: Texts, articles: Sequence[int], pick: random.Random) -> None:
    """Compare the counts of random paragraphs of a field with those of a dictionary of its words."""
    bounds = [*accumulate(articles, initial=0)]
    of_article = np.array([pick.random() < pick.choice([0.1, 0.6, 1]) for _ in articles], np.bool_)
    of_document = np.array([pick.random() < 0.6 for _ in range(bounds[-1])], np.bool_)
    documents = of_document if pick.random() < 0.5 else None
    owners = np.repeat(of_article, articles)
    owners = owners if documents is None else owners & documents
    chosen = ChosenParagraphs(of_article, documents)
    assert np.array_equal(chosen.owners(field), owners)
    assert chosen.words(field) == sum(len(text) for owner, text in texts.items() if owners[owner])
    marks = np.array([pick.randrange(3) for _ in range(int(field.starts[-1]) + 1)], np.uint8)
    class_of: dict[IndexedWord, Counter[int]] = {}
    for owner, text in texts.items():
        for position, word in enumerate(text):
            if owners[owner]:
                class_of.setdefault(word, Counter())[int(marks[int(field.starts[owner]) + position])] += 1
    forms = sorted(
        {word for text in texts.values() for word in text},
        key=lambda word: [part.encode() for part in (word.folded, word.form, word.term)],
    )
    counter = WordCounter(field, never)
    expected = [[class_of.get(word, Counter())[n] for word in forms] for n in range(3)]
    assert counter.count(chosen).tolist() == [np.sum(expected, axis=0).tolist()]

    def classify(found: ChosenWords, slots: Array) -> Array:
        assert [field.article[document] for document in found.documents.tolist()] == [
            field.article[np.searchsorted(field.starts, position, "right") - 1]
            for position in found.positions.tolist()
        ]
        assert len(slots) == len(found.positions)
        return marks[found.positions]

    assert counter.count(chosen, 3, classify).tolist() == expected


@given(st.lists(st.lists(st.integers(0, len(SURFACE_FORMS) - 1), max_size=9), max_size=9), SIZES, RANDOMS)
@settings(max_examples=60 * THOROUGH, deadline=None, suppress_health_check=NO_LIMITS)
@example([], {"COUNTED_PER_SLICE": 1, "DENSE_RATIO": 4}, random.Random(0))
def test_the_words_of_chosen_paragraphs_are_counted_by_surface_form(
    texts: list[list[int]], sizes: dict[str, int], pick: random.Random
) -> None:
    held = {n: [SURFACE_FORMS[number] for number in text] for n, text in enumerate(texts)}
    articles: list[int] = []
    while sum(articles) < len(held):
        articles.append(min(pick.choice([1, 1, 2, 3]), len(held) - sum(articles)))
    with limits(**sizes):
        check_counts(field_of(held, len(held), articles), held, articles, pick)


@pytest.mark.parametrize("forms", [1, 2, 3, 5, 17, 257, 300])
def test_a_counted_term_may_have_any_number_of_surface_forms(forms: int) -> None:
    pick = random.Random(forms)
    words = [*numbered(forms, "m"), *numbered(3, "a"), *numbered(5, "z")]
    texts = {n: pick.choices(words, k=20) for n in range(20)} | {20: words}
    for size in (1, 1 << 20):
        with limits(COUNTED_PER_SLICE=size):
            check_counts(field_of(texts, 21, [7, 7, 7]), texts, [7, 7, 7], pick)


def test_a_counted_term_may_have_more_surface_forms_than_16_bits_can_count() -> None:
    size = (1 << 16) + 2
    words = [IndexedWord("a", "a", f"a{n:06}") for n in range(size)]
    field = field_of({0: words, 1: words[-1:]}, 2, [1, 1])
    (counts,) = WordCounter(field, never).count(ChosenParagraphs(np.array([False, True])))
    assert np.flatnonzero(counts).tolist() == [size - 1]


def test_counted_words_may_be_in_more_articles_than_16_bits_can_number() -> None:
    a, b, c = (IndexedWord(name, name, name) for name in "abc")
    size = 140_000
    texts = {n: [a, b] if n % 70_000 == 3 else [a] for n in range(size)} | {131_072: [c, a, c], 65_535: [b]}
    field = field_of(texts, size, [1] * size)
    articles = np.zeros(size, np.bool_)
    articles[[3, 65_535, 65_536, 70_003, 131_072, 139_999]] = True
    for words in (9_000, 1 << 20):
        with limits(COUNTED_PER_SLICE=words):
            (counts,) = WordCounter(field, never).count(ChosenParagraphs(articles))
        assert counts.tolist() == [5, 3, 2]


# ---- the words of a segment


TEXTS = st.lists(
    st.sampled_from(
        ["rain", "Rain", "rains", "the", "die", "os", "war", "War’s", "US", "us", "U.S.", "U.N.", "UN", "WHO", "who", "1,000", "l'OTAN", "日本", "#StopWar"]
    ),
    max_size=9,
).map(" ".join)  # fmt: skip
ARTICLES = st.lists(
    st.builds(
        lambda number, texts, lang: article(f"t{number}", *texts, url=f"u{number}", lang=lang),
        number=st.integers(0, 20),
        texts=st.lists(TEXTS, max_size=4),
        lang=st.sampled_from([None, "en", "de", "pt", "ar"]) | st.just("en"),
    ),
    min_size=1,
    max_size=5,
)


def segments(index: Index) -> Sequence[Segment]:
    """Return the segments of an index."""
    with index._reading() as snapshot:
        assert isinstance(snapshot, EmbeddedSnapshot)
        return snapshot.segments


def by_word(counted: WordCounts) -> dict[bytes, tuple[list[int], int]]:
    """Return counts by word, of words that may come repeatedly, without those that do not occur."""
    totals = WordTotals()
    totals.add(counted)
    once = totals.counted
    rows = zip(once.words, once.counts.T.tolist(), once.functional.tolist(), strict=True)
    return {word: (counts, functional) for word, counts, functional in rows if any(counts)}


def choices(segment: Segment, pick: random.Random) -> ChosenParagraphs:
    """Return random paragraphs of a segment."""
    share = pick.choice([0.2, 0.7, 1])
    articles = np.array([pick.random() < share for _ in range(segment.articles)], np.bool_)
    documents = np.array([pick.random() < 0.7 for _ in range(segment.documents)], np.bool_)
    return ChosenParagraphs(articles, documents if pick.random() < 0.5 else None)


@given(st.lists(ARTICLES | st.integers(0, 20), min_size=1, max_size=3), SIZES, RANDOMS)
@settings(max_examples=10 * THOROUGH, deadline=None, suppress_health_check=NO_LIMITS)
def test_counts_from_texts_equal_those_from_postings(
    steps: list[list[Article] | int], sizes: dict[str, int], pick: random.Random
) -> None:
    with indexes(steps) as (_, one, many), limits(**sizes):
        for segment in [*segments(one), *segments(many)]:
            words, chosen = SegmentWords(segment, never), choices(segment, pick)
            texts = words.counts_from_texts(chosen)
            assert by_word(words.counts_from_postings(chosen)) == by_word(texts)
            of_positions = range(int(segment.fields["text"].starts[-1]))
            marks = np.array([pick.randrange(CLASSES) for _ in of_positions], np.uint8)
            marked = by_word(words.counts_from_texts(chosen, marks))
            assert by_word(words.counts_from_postings(chosen, marks)) == marked
            assert all(not counts[OUTSIDE] for counts, _ in marked.values())

            counted = {word: counts[INSIDE] for word, (counts, _) in by_word(texts).items()}
            wanted = [*pick.sample(sorted(counted), min(len(counted), 9)), b"absent", b"u.s", b"un", b"who"]
            wanted = list(dict.fromkeys(wanted))
            for text_ratio in (0, 1 << 40):
                for lookup_ratio in (0, 1 << 40):
                    with limits(MAX_TEXT_RATIO=text_ratio, MAX_LOOKUP_RATIO=lookup_ratio):
                        found = words.of_words(wanted, chosen)
                    assert found.tolist() == [counted.get(word, 0) for word in wanted]


@given(st.lists(ARTICLES | st.integers(0, 20), min_size=1, max_size=3), RANDOMS)
@settings(max_examples=15 * THOROUGH, deadline=None, suppress_health_check=NO_LIMITS)
def test_words_are_the_same_whatever_the_segments(
    steps: list[list[Article] | int], pick: random.Random
) -> None:
    asked: list[Callable[[Index], object]] = [
        lambda index: index.collocates("rain OR us", min_count=1, all_words=True).to_dict(),
        lambda index: index.collocates("*a*", min_count=2, min_articles=2, limit=3).to_dict(),
        lambda index: index.keywords("war", min_count=1).to_dict(),
        lambda index: index.keywords("rain", against="us OR who", measure="logratio", min_count=1).to_dict(),
        lambda index: index.words("", 9),
    ]
    with indexes(steps) as (_, one, many):
        for ask in asked:
            first, second = ask(one), ask(many)
            for found in (first, second):
                if isinstance(found, dict):
                    del found["commit"]
            assert first == second


@pytest.mark.parametrize("ratio", [0, 1 << 40])
def test_counts_can_be_stopped(tmp_path: Path, ratio: int) -> None:
    texts = [f"rain and wind {n}" for n in range(99)]
    with index_of(tmp_path / "index", article("Rain", *texts), article("Wind", *texts, url="u")) as index:
        for ask in (
            lambda stop: index.collocates("rain", stop=stop),
            lambda stop: index.keywords("title:rain", stop=stop),
            lambda stop: index.words("", stop=stop),
        ):
            calls = 0

            def stops(at: int) -> Callable[[], bool]:
                nonlocal calls
                calls = 0

                def stop() -> bool:
                    nonlocal calls
                    calls += 1
                    return calls >= at

                return stop

            with limits(MAX_TEXT_RATIO=ratio, COUNTED_PER_SLICE=9):
                ask(stops(1 << 40))
                for at in range(1, calls + 1):
                    with pytest.raises(SearchStoppedError):
                        ask(stops(at))
                assert calls >= 3
