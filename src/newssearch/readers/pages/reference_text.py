"""A text that is known, and which pieces of a page are in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

MIN_SHARED_SHINGLES = 0.6
"""The part of a piece whose sequences of words are in the reference, from which on it is in it."""

SHINGLE_WORDS = 4
"""Words in a row that are compared."""

_WORD_OR_IDEOGRAPH = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
"""A word; in scripts that put no spaces between words, a letter."""

WordSequence = tuple[str, ...]


def words_of(text: str) -> WordSequence:
    """The words of a text, as they are compared."""
    return tuple(_WORD_OR_IDEOGRAPH.findall(text.casefold()))


def shingles_of(words: WordSequence) -> set[WordSequence]:
    """All sequences of :data:`SHINGLE_WORDS` words."""
    return {words[start : start + SHINGLE_WORDS] for start in range(len(words) - SHINGLE_WORDS + 1)}


class ReferenceText:
    """A text that is known, and what pieces of a page are in it."""

    def __init__(self, paragraphs: Iterable[str]) -> None:
        self.size = 0
        self._shingles: set[WordSequence] = set()
        self._short: set[WordSequence] = set()
        for paragraph in paragraphs:
            words = words_of(paragraph)
            self.size += len(paragraph)
            self._shingles |= shingles_of(words)
            if words and len(words) <= 2 * SHINGLE_WORDS:
                self._short.add(words)

    def has(self, words: WordSequence) -> bool:
        """Whether a piece is in it: a short one as a paragraph, others for the most part."""
        if len(words) < SHINGLE_WORDS:
            return words in self._short
        shingles = shingles_of(words)
        return sum(shingle in self._shingles for shingle in shingles) >= MIN_SHARED_SHINGLES * len(shingles)
