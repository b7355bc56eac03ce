"""Counts of the words that are compared: by class of occurrence, summed over segments."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.sorted_sets import Ints
from newssearch.text.counted_words import function_words

Classes = NDArray[np.uint8]

OUTSIDE, INSIDE, RIGHT, MATCH = range(4)
"""The classes of marked words: outside the counted text; inside, or left of a match; right of a match; part of a match."""
LEFT = INSIDE
CLASSES = 4


class WordCounts(NamedTuple):
    """Words, and the numbers of their occurrences: one row of ``counts`` for each of the :data:`CLASSES`.

    ``functional`` counts the occurrences inside, left or right that are function words in the language of their
    article.
    """

    words: list[bytes]
    counts: Ints
    functional: Ints


@cache
def function_word_bytes(analysis: str) -> frozenset[bytes]:
    """Return the function words of an analysis as counted words, in UTF-8."""
    return frozenset(word.encode() for word in function_words(analysis))


class WordTotals:
    """The words of several segments, numbered in the order of addition, with the sums of their counts."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._counts = np.zeros((CLASSES + 1, 0), np.int64)

    @property
    def counted(self) -> WordCounts:
        """The words by their numbers, with the sums of their counts."""
        return WordCounts(list(self._numbers), self._counts[:CLASSES], self._counts[CLASSES])

    def add(self, counted: WordCounts) -> None:
        """Add the words of a segment."""
        known = self._numbers
        numbers = np.fromiter(
            (known.setdefault(word, len(known)) for word in counted.words), np.int64, len(counted.words)
        )
        grown = np.zeros((CLASSES + 1, len(known) - self._counts.shape[1]), np.int64)
        self._counts = np.concatenate((self._counts, grown), axis=1)
        for row, counts in enumerate((*counted.counts, counted.functional)):
            np.add.at(self._counts[row], numbers, counts)
