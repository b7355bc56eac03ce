"""Compare the pieces of a page with a reference text, by shingles of words."""

from __future__ import annotations

import re
from collections.abc import Iterable

MIN_SHARED_SHINGLES = 0.6
"""The minimum share of the shingles of a piece that must occur in the reference text for the piece to be part of it."""

SHINGLE_SIZE = 4
"""The number of consecutive words in a shingle."""

_WORD_OR_IDEOGRAPH = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
"""A pattern for a word, or for one letter in scripts without spaces between words."""

_ASCII_WORD = re.compile(r"\w+", re.ASCII)
"""What :data:`_WORD_OR_IDEOGRAPH` finds in ASCII text, faster."""

WordSequence = tuple[str, ...]


def words_of(text: str) -> WordSequence:
    """Return the words of a text in folded case; in scripts without spaces, each letter is a word."""
    words = _ASCII_WORD if text.isascii() else _WORD_OR_IDEOGRAPH
    return tuple(words.findall(text.casefold()))


def shingles_of(words: WordSequence) -> set[WordSequence]:
    """Return all sequences of :data:`SHINGLE_SIZE` consecutive words, without repetitions."""
    return set(zip(*(words[start:] for start in range(SHINGLE_SIZE)), strict=False))


class ReferenceText:
    """A reference text: its words decide which pieces of a page belong to the article."""

    def __init__(self, paragraphs: Iterable[str]) -> None:
        self.size = 0
        self._shingles: set[WordSequence] = set()
        self._short: set[WordSequence] = set()
        for paragraph in paragraphs:
            words = words_of(paragraph)
            self.size += len(paragraph)
            self._shingles |= shingles_of(words)
            if words and len(words) <= 2 * SHINGLE_SIZE:
                self._short.add(words)

    def has(self, words: WordSequence) -> bool:
        """Whether a piece, given its words, is part of the reference text.

        A piece with fewer words than a shingle must equal a paragraph of the reference; of any other piece, most
        shingles must occur in the reference.
        """
        if len(words) < SHINGLE_SIZE:
            return words in self._short
        shingles = shingles_of(words)
        return len(shingles & self._shingles) >= MIN_SHARED_SHINGLES * len(shingles)
