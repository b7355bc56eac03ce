"""The whole query language, held to the twin: what is found, which paragraphs, what they score, what is marked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import newssearch
import reference
import twin
from newssearch import Article, Query
from newssearch.query import (
    VALUE_FIELDS,
    And,
    AnyWord,
    AtLeast,
    Boost,
    Caps,
    Dated,
    Everything,
    Exact,
    Field,
    Fuzzy,
    Name,
    Near,
    Node,
    Not,
    Or,
    PatternPhrase,
    Phrase,
    Regex,
    Region,
    Same,
    Wildcard,
    Word,
    all_of,
    any_of,
    parse,
    side_by_side,
    words,
)
from newssearch.query.leaves import ANY, PhraseWord
from newssearch.text.analysis import analyser
from support import article

VOCABULARY = [
    "rain",
    "rains",
    "train",
    "US",
    "us",
    "Iraq",
    "Iraqi",
    "Iraq’s",
    "São",
    "sao",
    "U.S.",
    "the",
    "Al-Abbasi",
    "Abassi",
    "al",
    "AlAbbasi",
    "alabbasi",
    "rain-train",
    "raintrain",
    "#RainTrain",
]
MARKS = ["", "", "", ",", ".", "?", " –"]
TEXTS = st.lists(
    st.tuples(st.sampled_from(VOCABULARY), st.sampled_from(MARKS)).map("".join), min_size=1, max_size=9
).map(" ".join)
ARTICLES = st.builds(
    lambda title, paragraphs, number, **fields: article(
        title if title or paragraphs else "rain", *paragraphs, url=f"u{number}", **fields
    ),
    title=st.none() | TEXTS,
    paragraphs=st.lists(TEXTS, max_size=4),
    number=st.integers(0, 30),
    date=st.sampled_from(
        [None, "2023-12-31", "2024-07-25", "2024-07-25T23:30:00-04:00", "2024-07-26T01:00:00"]
    ),
    outlet=st.sampled_from([None, "BBC", "The Guardian"]),
    byline=st.sampled_from([None, "Ana Silva", "Maria Silva"]),
    lang=st.sampled_from([None, "en", "en-GB", "pt"]),
)

WORDS = st.sampled_from([Word(word) for word in VOCABULARY])
PARTS: st.SearchStrategy[PhraseWord] = st.one_of(
    WORDS,
    st.sampled_from(["rain*", "*rain", "*a*", "ir*", "u*", "*i?i", "*"]).map(
        lambda text: Wildcard(text) if len(text) > 1 else ANY
    ),
    st.sampled_from([Fuzzy("rain"), Fuzzy("us", 1)]),
)


def _pattern_phrase(parts: list[PhraseWord], within: int, mode: Any) -> Node:
    """A phrase of these parts, in its plain form where the mode does not go with them."""
    if within:
        parts = [part for part in parts if part != ANY]
    if {*map(type, parts)} <= {Word, AnyWord} and (within or ANY not in parts):
        parts = [Wildcard("*a*"), *parts]
    if len(parts) < 2 or {*map(type, parts)} == {AnyWord}:
        parts = [Word("rain"), *parts, Wildcard("i*")]
    fuzzy = any(isinstance(part, Fuzzy) for part in parts)
    return PatternPhrase(tuple(parts), within, "" if within or (fuzzy and mode != "name") else mode)


PATTERN_PHRASES = st.builds(
    _pattern_phrase,
    st.lists(PARTS, min_size=2, max_size=4),
    st.sampled_from([0, 0, 1, 2, 3, 5]),
    st.sampled_from(["", "", "", "name", "exact", "caps"]),
)
SIMPLE = st.one_of(
    WORDS,
    WORDS,
    st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=3).map(lambda words: Phrase(" ".join(words))),
    st.tuples(st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=3), st.integers(1, 5)).map(
        lambda both: Phrase(" ".join(both[0]), both[1])
    ),
    st.sampled_from(["rain*", "*rain", "r?in", "ir*", "*a*", "[rt]r*", "SA*", "u*", "?s*", "*i?i"]).map(
        Wildcard
    ),
    st.tuples(
        st.sampled_from(["S*", "s*", "*A*", "U?*", "?a*", "Ira*", "*ã*", "*o"]),
        st.sampled_from(["exact", "caps"]),
    ).map(
        lambda both: Wildcard(*both)  # type: ignore[arg-type]
    ),
    PATTERN_PHRASES,
    PATTERN_PHRASES,
    st.sampled_from([Fuzzy("rain"), Fuzzy("iraq", 2), Fuzzy("us", 1), Fuzzy("São", 1), Fuzzy("trains", 2)]),
    st.sampled_from(["r.in", "iraq.?", "u.*", "(t|)rains?", "[a-s]+"]).map(Regex),
    st.sampled_from(["US", "us", "Iraq", "US us", "São"]).map(Caps),
    st.sampled_from(["US", "us", "Iraq", "US us", "São"]).map(Exact),
    st.sampled_from(["Al-Abbasi", "Abassi", "rain", "Iraq"]).map(Name),
    st.lists(st.sampled_from(VOCABULARY), min_size=2, max_size=3).map(
        lambda words: Phrase(" ".join(words), names=True)
    ),
)


def _operands(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """What may stand beside a proximity operator."""
    either = st.lists(below.filter(lambda n: not isinstance(n, Or)), min_size=2, max_size=3).map(
        lambda n: Or(tuple(n))
    )
    without = st.tuples(below, below).map(lambda pair: And((pair[0], Not(pair[1])))).filter(
        lambda node: not isinstance(node.operands[0], And)
    )  # fmt: skip
    return st.one_of(below, below, either, without)


def _near(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    sides = _operands(below)
    return st.one_of(
        st.builds(Near, sides, sides, st.integers(1, 4), st.booleans()),
        st.builds(Same, sides, sides, st.sampled_from(["p", "s"])),
    )


UNITS: st.SearchStrategy[Node] = st.recursive(SIMPLE, _near, max_leaves=3)
FIELDS = st.sampled_from(
    [Field("outlet", "bbc"), Field("outlet", "THE guardian"), Field("byline", "silva"), Field("lang", "en")]
)
DATES = st.sampled_from(
    [
        "2024",
        "2024-07-25",
        "2024-07-25..2024-07-26",
        ">=2024-07-26",
        "<2024",
        "2024-07-26T03:00Z..2024-07-26T04:00Z",
        "none",
        '"july 2024"',
    ]
).map(lambda text: parse(f"date:{text}").tree)


def _larger(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def several(kind: type[And] | type[Or]) -> st.SearchStrategy[Node]:
        operands = below.filter(lambda node: not isinstance(node, kind))
        return st.lists(operands, min_size=2, max_size=3).map(lambda nodes: kind(tuple(nodes)))

    return st.one_of(
        below.map(Not),
        several(And),
        several(Or),
        st.builds(Region, st.sampled_from(["title", "hlead"]), below),
        st.builds(Boost, below.filter(lambda n: not isinstance(n, Boost)), st.sampled_from([0.0, 0.5, 2.0])),
        st.builds(AtLeast, st.integers(1, 5), _operands(UNITS)),
    )


TREES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(UNITS, UNITS, UNITS, FIELDS, DATES), _larger, max_leaves=4
)
STEPS = st.lists(st.lists(ARTICLES, min_size=1, max_size=4) | st.integers(0, 20), min_size=1, max_size=4)
"""What was done to an index: articles added in one batch, or the article with that number removed."""


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, trees=st.lists(TREES, min_size=1, max_size=12))
def test_every_query_finds_scores_and_marks_what_the_twin_does(
    steps: list[list[Article] | int], trees: list[Node]
) -> None:
    held: dict[str, Article] = {}
    with tempfile.TemporaryDirectory() as folder, newssearch.create(folder) as index:
        for step in steps:
            if isinstance(step, int):
                for gone in sorted(held)[step : step + 1]:
                    index.remove([gone])
                    del held[gone]
            else:
                index.add(step)
                held |= {one.id: one for one in step}
        for tree in trees:
            event(type(tree).__name__)
            expected = reference.search(
                held.values(), tree, reference.Request(limit=None, all_paragraphs=True)
            )
            found = index.search(tree, limit=None, all_paragraphs=True, snippet=0)
            assert (found.total_articles, found.total_paragraphs) == (
                expected.total_articles,
                expected.total_paragraphs,
            )
            assert [h.score for h in found] == pytest.approx([h.score for h in expected.hits], abs=1e-9)
            assert {(h.id, h.paragraph, h.matching) for h in found} == {
                (h.id, h.paragraph, h.matching) for h in expected.hits
            }
            assert index.find(Query("", tree)) == expected.ids
            for hit in found:
                assert list(hit.snippet.highlights) == list(
                    marked(tree, hit.text, index.article(hit.id), hit.paragraph)
                )


def marked(tree: Node, text: str, article: Article, number: int) -> Iterator[tuple[int, int]]:
    """What a snippet marks: the places of the units that count there, but of words that only join others."""
    lang = article.lang
    words = analyser(lang)
    wanted = [
        found.leaf
        for found in twin.positives(side_by_side(tree))
        if number and twin.allowed_in(article, number, found.regions)
    ]
    telling = [unit for unit in wanted if not (isinstance(unit, Word) and words.joins(unit.text))]
    tokens = words.tokens(text)
    spans = sorted(
        (tokens[low].start, tokens[high - 1].end)
        for unit in set(telling or wanted)
        for low, high in twin.places(unit, text, lang)
    )
    end = -1
    merged: list[tuple[int, int]] = []
    for low, high in spans:
        if merged and low <= end:
            merged[-1] = (merged[-1][0], max(end, high))
        else:
            merged.append((low, high))
        end = merged[-1][1]
    yield from merged


@given(TREES)
@settings(max_examples=300, deadline=None)
def test_every_tree_can_be_written_as_a_query_that_means_the_same(tree: Node) -> None:
    query = parse(str(tree))
    assert query.tree == tree
    assert str(query) == str(tree)


ANYTHING = (
    st.sampled_from(
        ["", "rain", "AND", "w/5", "caps", "date", "Al-Abbasi", "don’t", "…", "— —", "1,0*", "1,*", "[(]*", "[a-c]x*", "*", "?",
         "a*?", "x?", "~1", "rain~1", "a^2", "a:b", "(", "(a+)+", ".*", "a/b", "\\", "\\*", "say “hi”", "\u200fal\u200e x", "\ud800",
         "ｆｕｌｌ", "日本", "2024-07", "last  month", ">=2024", "..", "2025..2024", "2024-02-30", "e\u0301", " a\x1c b ", "/", "-7d"]
    )
    | st.text(max_size=6)
)  # fmt: skip
_LEAVES: list[Callable[[str, int], Node]] = [
    lambda text, number: Word(text),
    Phrase,
    lambda text, number: Wildcard(text),
    Fuzzy,
    lambda text, number: Regex(text),
    lambda text, number: Caps(text),
    lambda text, number: Exact(text),
    lambda text, number: Name(text),
    lambda text, number: Field(VALUE_FIELDS[number % len(VALUE_FIELDS)], text),
    lambda text, number: Dated(text),
    lambda text, number: Everything(),
    lambda text, number: words(text),
]
_JOINTS: list[Callable[[list[Node], int], Node]] = [
    lambda nodes, number: And(tuple(nodes)),
    lambda nodes, number: Or(tuple(nodes)),
    lambda nodes, number: all_of(nodes),
    lambda nodes, number: any_of(nodes),
    lambda nodes, number: Not(nodes[0]),
    lambda nodes, number: AtLeast(number, nodes[0]),
    lambda nodes, number: Region(["title", "hlead", "text"][number % 3], nodes[0]),
    lambda nodes, number: Boost(nodes[0], number / 3),
    lambda nodes, number: Near(nodes[0], nodes[-1], number, ordered=number % 2 > 0),
    lambda nodes, number: Same(nodes[0], nodes[-1], "s" if number % 2 else "p"),
]


def _built(kind: Callable[[Any, int], Node], what: object, number: int) -> Node | None:
    try:
        return kind(what, number)
    except ValueError:
        return None


def _leaf_of(kinds: list[Any], what: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    built = st.builds(_built, st.sampled_from(kinds), what, st.integers(0, 7))
    return built.filter(lambda node: node is not None)  # type: ignore[return-value]


@given(
    st.recursive(
        _leaf_of(_LEAVES, ANYTHING),
        lambda below: _leaf_of(_JOINTS, st.lists(below, min_size=1, max_size=3)),
        max_leaves=6,
    )
)
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_can_be_built_can_be_written_as_a_query_that_means_the_same(tree: Node) -> None:
    query = parse(str(tree))
    assert query.tree == tree
    assert parse(str(query)).tree == tree
