"""Numbers of the words that are compared: which occurrences are counted, and the sums of several parts of an archive."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.sorted_sets import Ints
from newssearch.text.counted_words import function_words

Classes = NDArray[np.uint8]

OUTSIDE, INSIDE, RIGHT, MATCH = range(4)
"""The classes of words that are marked: those outside of what is counted; those inside, which for windows are those to
the left of a match; those to the right; those of the match itself."""
LEFT = INSIDE
CLASSES = 4


class WordCounts(NamedTuple):
    """Words, and the numbers of their occurrences: a row of ``counts`` for each of the :data:`CLASSES`.

    ``functional`` are those of the occurrences inside, left and right, that are function words in the language of their
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
    """Words of several segments, numbered in the order in which they are added, and the sums of their counts."""

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
