"""Strategies of Hypothesis for articles and for queries of the whole language, with few words, so that they often match."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from newssearch.query import (
    And,
    AnyWord,
    AtLeast,
    Boost,
    Caps,
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
    Synonyms,
    Wildcard,
    Word,
    parse,
)
from newssearch.query.leaves import ANY, PhraseWord
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
    lambda title, paragraphs, number, repeated, **fields: article(
        title if title or paragraphs else "rain",
        *paragraphs,
        *([title] if repeated and title else []),
        url=f"u{number}",
        **fields,
    ),
    title=st.none() | TEXTS,
    paragraphs=st.lists(TEXTS | TEXTS.map(lambda text: f"Read more: {text}"), max_size=4),
    repeated=st.booleans(),
    number=st.integers(0, 30),
    date=st.sampled_from(
        [
            None,
            "2023-12-31",
            "2024-07-25",
            "2024-07-25T23:30:00-04:00",
            "2024-07-26T01:00:00",
            "2024-07",
            "2024",
        ]
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
    """Return a phrase of the given parts, in the plain mode if they do not allow the given mode."""
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
    """Return a strategy for the operands of a proximity operator."""
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
        st.lists(sides, min_size=2, max_size=3).map(lambda nodes: Synonyms(tuple(nodes))),
    )


UNITS: st.SearchStrategy[Node] = st.recursive(SIMPLE, _near, max_leaves=3)
FIELDS = st.sampled_from(
    [Field("outlet", "bbc"), Field("outlet", "THE guardian"), Field("byline", "silva"), Field("lang", "en")]
)
DATES = st.sampled_from(
    [
        "2024",
        "2024-07",
        "2024-Q3",
        "2024-W30",
        "2024-07-25",
        "2024-07-25..2024-07-26",
        ">=2024-07-26",
        "<2024",
        "2024-07-26T03:00Z..2024-07-26T04:00Z",
        "none",
        '"july 2024"',
    ]
).map(lambda text: parse(f"date:{text}").tree)
ADDED_TIMES = st.sampled_from(
    [
        "2024",
        "2024-07-25",
        "2024-07-26",
        ">=2024-07-26",
        "2024-07-26T01:00:01..",
        "..2024-07-26T01:59+02:00",
        '"last month"',
    ]
).map(lambda text: parse(f"added:{text}").tree)


def _larger(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def several(kind: type[And] | type[Or]) -> st.SearchStrategy[Node]:
        operands = below.filter(lambda node: not isinstance(node, kind))
        return st.lists(operands, min_size=2, max_size=3).map(lambda nodes: kind(tuple(nodes)))

    return st.one_of(
        below.map(Not),
        below.map(lambda node: Or((Everything(), node))),
        several(And),
        several(Or),
        st.builds(Region, st.sampled_from(["title", "hlead"]), below),
        st.builds(Boost, below.filter(lambda n: not isinstance(n, Boost)), st.sampled_from([0.0, 0.5, 2.0])),
        st.builds(AtLeast, st.integers(1, 5), _operands(UNITS)),
    )


TREES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(UNITS, UNITS, UNITS, FIELDS, DATES, ADDED_TIMES), _larger, max_leaves=4
)
STEPS = st.lists(st.lists(ARTICLES, min_size=1, max_size=4) | st.integers(0, 20), min_size=1, max_size=4)
"""The steps of an index: a list adds articles in one batch, a number removes the article with that number."""
