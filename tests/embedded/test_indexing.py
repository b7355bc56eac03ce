"""The lexicon that divides texts into words, the merger, and the merge policy."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import tempfile
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newssearch import Article
from newssearch.engines.embedded.indexing import merge_policy, merger
from newssearch.engines.embedded.indexing.lexicon import IndexedWord, Lexicon
from newssearch.engines.embedded.indexing.segment_builder import SegmentBuilder
from newssearch.engines.embedded.segment.compound_postings import Compounds, compound_sections, entry_of
from newssearch.engines.embedded.segment.field import FieldReader, SurfaceForms, TextField
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.stored_fields import VALUES
from newssearch.engines.embedded.segment.tokens import Tokens
from newssearch.engines.embedded.storage.container import (
    Array,
    Container,
)
from newssearch.text.analysis import analyser
from newssearch.text.folding import spelled
from newssearch.text.languages import analysis_of
from newssearch.text.sentences import sentence_starts
from support import THOROUGH, article

from .helpers import NO_LIMITS, small, writing

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


ADDED = dt.datetime(2024, 7, 25, tzinfo=dt.timezone.utc)
"""When the articles of these tests came into the index."""


def read(texts: Sequence[tuple[str, str | None]]) -> tuple[list[list[IndexedWord]], Tokens]:
    """Return the words of each text from a lexicon that reads all texts at once."""
    known = Lexicon()
    tokens = known.tokens([text.encode() for text, _ in texts], [analysis_of(lang) for _, lang in texts])
    found = [known.words[number] for number in tokens.words.tolist()]
    ends = list(accumulate(tokens.sizes.tolist(), initial=0))
    assert ends[-1] == len(found)
    return [found[low:high] for low, high in pairwise(ends)], tokens


def words_of(text: str, lang: str | None) -> list[IndexedWord]:
    """Return the words of one text, analysed one by one."""
    analysis = analyser(lang)
    return [
        IndexedWord(token.term, analysis.form(token.word), spelled(token.word))
        for token in analysis.tokens(text)
    ]


def broken(texts: Sequence[tuple[str, str | None]]) -> list[bool]:
    """Return for each word of the texts whether a sentence begins between it and the word before it in the same text."""
    found: list[bool] = []
    for text, lang in texts:
        starts = sentence_starts(text, analysis_of(lang))
        numbers = [bisect_right(starts, token.start) for token in analyser(lang).tokens(text)]
        found += [number > before for before, number in pairwise([*numbers[:1], *numbers])]
    return found


def broken_by(tokens: Tokens) -> list[bool]:
    """Return the same from a lexicon, whose value for the first word of a text is ignored."""
    firsts = set(accumulate(tokens.sizes.tolist(), initial=0))
    breaks = set(tokens.breaks.tolist())
    return [place in breaks and place not in firsts for place in range(len(tokens.words))]


@given(st.lists(st.tuples(ANY_TEXTS, LANGS), max_size=4), st.sampled_from([1, 3, 64]))
@settings(max_examples=120 * THOROUGH, deadline=None)
def test_a_lexicon_has_the_words_of_the_whole_text(texts: list[tuple[str, str | None]], longest: int) -> None:
    with small(MAX_CHUNK_BYTES=longest):
        found, tokens = read(texts)
    assert found == [words_of(text, lang) for text, lang in texts]
    assert (np.diff(tokens.breaks) > 0).all()


@given(st.lists(st.tuples(ANY_TEXTS, LANGS), max_size=4))
@settings(max_examples=120 * THOROUGH, deadline=None)
def test_a_lexicon_parts_sentences_as_the_whole_text_does(texts: list[tuple[str, str | None]]) -> None:
    assert broken_by(read(texts)[1]) == broken(texts)


JOINED = st.lists(
    st.sampled_from(["Al", "al-", "-", "Abbasi", "#", "@", "x", "G20", "-19", "’s", "l'", "sant’", "s", "NGO", "²", "\u200b", "日", "‑é", "É", "—", " ", "U.S.", "(", ",", "𝐀", "ĸ", "A"]),
    min_size=1,
    max_size=7,
).map("".join)  # fmt: skip


@given(st.lists(st.tuples(JOINED | ANY_TEXTS, LANGS), max_size=4))
@settings(max_examples=150 * THOROUGH, deadline=None)
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
    assert read.has_keys(asked) == [key in {known for known, *_ in held} for key in asked]


@pytest.mark.parametrize("text", ["（我来了。） 然后", "foo。) bar", "foo。— Bar", "foo。. bar"])
def test_a_full_width_stop_ends_a_sentence_whatever_closes_behind_it(text: str) -> None:
    assert broken_by(read([(text, None)])[1]) == broken([(text, None)])


@pytest.mark.parametrize("text", ["Foo bar. _", "Foo。 —", "Foo. ـ"])
def test_no_sentence_begins_behind_the_last_word(text: str) -> None:
    _, tokens = read([(text, None)])
    assert all(place < len(tokens.words) for place in tokens.breaks.tolist())


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
    """Return the sections of a segment of articles with the given ids."""
    builder = SegmentBuilder()
    for name, one in articles:
        named = Article(**{field: getattr(one, field) for field in one.__slots__} | {"id": name})
        builder.add(dataclasses.replace(named, added=ADDED), f"state of {name}", analysis_of(one.lang))
    return builder.sections(Lexicon())


def parts_of(field: FieldReader) -> list[bool]:
    """Return for each word whether a sentence or an owner begins between it and the word before it."""
    starts = field.starts.astype(np.int64)
    of = np.concatenate([np.arange(low, high - 1) for low, high in pairwise(starts.tolist())] or [starts[:0]])
    groups = np.searchsorted(field.sentence_starts, of, "right")
    return [step > 0 for step in np.diff(groups, prepend=-1).tolist()]


def portrait(one: Segment) -> dict[str, object]:
    """Return all data that can be read from a segment, for comparisons."""
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
         "folded.first", "form.term", "form.number", "form.words", "sizes")  # fmt: skip
"""The sections of a field that do not depend on the order in which its words were added."""
OF_DOCUMENTS = ("first", "block.impact", "block.extra", "block.extra.values", "mean")
"""Further such sections, which only a field of documents has."""


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
    seen["forms"] = list(field.folded_with_prefix(""))
    seen["names"] = [field.spelling(n) for n in range(len(field.array("form.term")))]
    seen["sentences"] = parts_of(field)
    return seen


def merged(segments: Sequence[Segment], folder: Path) -> Segment:
    """Return the segment on disk into which the given segments are merged."""
    (folder / "merged").unlink(missing_ok=True)  # of the merge before
    with writing(folder / "merged") as file:
        size = merger.merge_segments(segments, file)
    one = Segment(Container(folder / "merged"))
    assert size == one.documents
    return one


def check_merged(batches: Sequence[Sequence[Article]], gone: set[int], folder: Path) -> None:
    """Compare a merge of one segment for each batch, without deleted articles, with one segment of the live articles."""
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
@settings(max_examples=20 * THOROUGH, deadline=None, suppress_health_check=NO_LIMITS)
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
    """Segments have counts above 255, wide positions, or neither; words occur over 255 times, in 20 surface forms."""
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
@settings(max_examples=120 * THOROUGH, deadline=None)
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
