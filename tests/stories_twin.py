"""A simple and slow reference for near duplicates: it compares sets of samples for every pair of articles.

It shares the analysis of words and the thresholds with the program.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import combinations
from typing import NamedTuple

from newssearch import Article
from newssearch.engines import near_duplicates
from newssearch.engines.shingles import MIN_SAMPLES, SHINGLE_WORDS, SHINGLES_PER_SAMPLE
from newssearch.text.analysis import analyser

FACTORS = (
    0x9E3779B97F4A7C15,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0xD6E8FEB86659FD93,
    0xA0761D6478BD642F,
)
MASK = (1 << 64) - 1

Paragraph = tuple[str, int]
"""The id of an article, and the number of a paragraph of it."""


class StoriesAndRepeats(NamedTuple):
    """The stories of more than one article, the boilerplate paragraphs, and the redundant paragraphs."""

    stories: set[frozenset[str]]
    boilerplate: set[Paragraph]
    redundant: set[Paragraph]


def samples(text: str, lang: str | None) -> set[int]:
    """Return the min-hash sample of a paragraph."""
    words = [
        int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")
        for term in analyser(lang).terms(text)
    ]
    if not words:
        return set()
    shingles = [words[n : n + SHINGLE_WORDS] for n in range(max(len(words) - SHINGLE_WORDS + 1, 1))]
    hashes = sorted({mixed(sum(w * f for w, f in zip(s, FACTORS, strict=False)) & MASK) for s in shingles})
    return {
        value for n, value in enumerate(hashes) if n < MIN_SAMPLES or value < (1 << 32) // SHINGLES_PER_SAMPLE
    }


def mixed(value: int) -> int:
    """Return the upper 32 bits of a hash after mixing."""
    value ^= value >> 29
    value = value * 0xBF58476D1CE4E5B9 & MASK
    value ^= value >> 31
    return value >> 32


def expected_stories(articles: Sequence[Article]) -> StoriesAndRepeats:
    """Return the stories of the given articles, and their boilerplate and redundant paragraphs."""
    of = {a.id: {p.number: samples(p.text, a.lang) for p in a.paragraphs} for a in articles}
    whole = {name: set().union(*paragraphs.values()) for name, paragraphs in of.items()}
    boilerplate = common(articles, of)
    remaining = {name: held - boilerplate for name, held in whole.items()}
    outlets = {a.id: a.outlet for a in articles}
    pairs = [
        (one.id, other.id)
        for one, other in combinations(articles, 2)
        if are_copies(
            remaining[one.id], remaining[other.id], outlets[one.id] and outlets[one.id] == outlets[other.id]
        )
    ]
    boilerplate_paragraphs = {
        (name, n) for name, held in of.items() for n, mine in held.items() if mine and mine <= boilerplate
    }
    redundant = set(boilerplate_paragraphs)
    for later in articles:
        for n, mine in of[later.id].items():
            for earlier in articles:
                shared = (mine & remaining[earlier.id]) - boilerplate
                if (
                    is_earlier(earlier, later)
                    and shared
                    and len(shared) >= near_duplicates.MIN_SHARE_OF_DOCUMENT * len(mine)
                ):
                    redundant.add((later.id, n))
    return StoriesAndRepeats(connected(pairs), boilerplate_paragraphs, redundant)


def common(articles: Iterable[Article], of: dict[str, dict[int, set[int]]]) -> set[int]:
    """Return the samples that are boilerplate."""
    signatures: dict[tuple[int, str], set[int]] = defaultdict(set)
    for article in articles:
        least = {
            n: min(v * 0x9E3779B1 & 0xFFFFFFFF for v in mine) for n, mine in of[article.id].items() if mine
        }
        seen: set[int] = set()
        for n, mine in of[article.id].items():
            lowest = min(((signature, other) for other, signature in least.items()), default=(0, 0))
            others = [signature for other, signature in least.items() if other != lowest[1]]
            for value in mine - seen:
                signature = lowest[0] if n != lowest[1] else min(others, default=0)
                signatures[value, article.outlet or ""].add(signature)
            seen |= mine
    return {
        value
        for (value, _), found in signatures.items()
        if len(found) >= near_duplicates.BOILERPLATE_ARTICLES_OF_OUTLET
    }


def are_copies(one: set[int], other: set[int], at_home: object) -> bool:
    """Whether two articles with these samples are copies."""
    shared = len(one & other)
    if shared < near_duplicates.MIN_SHARED_SAMPLES:
        return False
    both = shared / len(one) + shared / len(other)
    least = near_duplicates.MIN_SUM_OF_SHARES_IN_OUTLET if at_home else near_duplicates.MIN_SUM_OF_SHARES
    return (
        shared >= near_duplicates.MIN_SHARE_OF_SMALLER * min(len(one), len(other)) and both >= least - 1e-12
    )


def is_earlier(one: Article, other: Article) -> bool:
    """Whether an article is earlier than another one."""
    return one.id != other.id and order(one) < order(other)


def order(article: Article) -> tuple[bool, dt.date, bytes]:
    """Return the sort key of an article; articles without a date come last. (The dates of these tests are days.)"""
    assert article.date is None or type(article.date) is dt.date
    return article.date is None, article.date or dt.date.max, article.id.encode()


def connected(pairs: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    """Return the connected components of the graph with these pairs as edges."""
    groups: list[set[str]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched] + [set(pair).union(*touched)]
    return {frozenset(group) for group in groups}
