"""Chooses and orders the counted words to list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from newssearch.corpus.association import AssociationScores
from newssearch.engines.sorted_sets import Ints
from newssearch.text.counted_words import has_letters

from .counted_words import INSIDE, RIGHT, WordCounts

MIN_BATCH = 20
"""The smallest number of words whose articles are counted together."""


def listed_words(counted: WordCounts, min_count: int, *, all_words: bool) -> Ints:
    """Return the numbers of the words with at least ``min_count`` occurrences inside.

    Unless ``all_words``, numbers and words that are mostly function words in the language of their article are left
    out.
    """
    inside = counted.counts[INSIDE] + counted.counts[RIGHT]
    kept = np.flatnonzero(inside >= min_count)
    if all_words:
        return kept
    kept = kept[counted.functional[kept] * 2 <= inside[kept]]
    return np.array(
        [number for number in kept.tolist() if has_letters(counted.words[number].decode())], np.int64
    )


class Shown(NamedTuple):
    """A word to list: its index, and its number of articles."""

    number: int
    articles: int


def shown_words(
    order: Sequence[int],
    counts: Ints,
    limit: int | None,
    min_articles: int,
    articles_with: Callable[[Sequence[int]], Sequence[int]],
) -> list[Shown]:
    """Return the first ``limit`` words that are in at least ``min_articles`` articles.

    ``order`` has the indices of the words in order, ``counts`` the number of occurrences of each word.
    ``articles_with`` returns the numbers of articles of words, and is called only for words that may be listed.
    """
    possible = [number for number in order if counts[number] >= min_articles]
    found: list[Shown] = []
    while possible and (limit is None or len(found) < limit):
        size = len(possible) if limit is None else max(limit - len(found), MIN_BATCH)
        batch, possible = possible[:size], possible[size:]
        counted = map(Shown, batch, articles_with(batch))
        found += (word for word in counted if word.articles >= min_articles)
    return found[:limit]


def ranked(words: Sequence[bytes], scores: AssociationScores, counts: Ints, limit: int | None) -> list[int]:
    """Return the indices of the first ``limit`` words by score, then by count, both descending, then by the word."""
    kept = np.arange(len(words))
    if limit is not None and limit < len(words):
        if not limit:
            return []
        kept = np.flatnonzero(scores >= np.partition(scores, len(words) - limit)[len(words) - limit])
    order = sorted(
        zip(
            (-scores[kept]).tolist(),
            (-counts[kept]).tolist(),
            [words[n] for n in kept.tolist()],
            kept.tolist(),
            strict=True,
        )
    )
    return [number for *_, number in order[:limit]]
