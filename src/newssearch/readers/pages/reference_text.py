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
    """A reference text, given the words of its paragraphs: they decide which pieces of a page belong to the article.

    ``size`` is its number of characters.
    """

    def __init__(self, paragraphs: Iterable[WordSequence], size: int) -> None:
        self.size = size
        self._paragraphs = {words for words in paragraphs if words}
        self._shingles: set[WordSequence] = set().union(*map(shingles_of, self._paragraphs))

    def has(self, words: WordSequence) -> bool:
        """Whether a piece, given its words, is part of the reference text.

        A piece with fewer words than a shingle must equal a paragraph of the reference; of any other piece, most
        shingles must occur in the reference.
        """
        if words in self._paragraphs:
            return True
        if len(words) < SHINGLE_SIZE:
            return False
        shingles = shingles_of(words)
        return len(shingles & self._shingles) >= MIN_SHARED_SHINGLES * len(shingles)
