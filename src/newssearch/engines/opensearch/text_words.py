"""The words of texts read from a cluster, each with its counted word, folded form and spelling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from newssearch.engines.counted_words import (
    CLASSES,
    INSIDE,
    LEFT,
    MATCH,
    OUTSIDE,
    RIGHT,
    WordCounts,
    function_word_bytes,
)
from newssearch.highlight.matcher import Match
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.counted_words import counted_word
from newssearch.text.folding import spelled, unelided
from newssearch.text.tokenizer import TAG_PREFIX

MAX_KNOWN_CHUNKS = 500_000
"""The number of chunks of text after which the cache of their words is emptied."""


class WrittenWord(NamedTuple):
    """A word of a text: the counted word, its folded form, and its spelling without an elided beginning."""

    counted: str
    folded: str
    spelling: str


class TextWords:
    """Divides texts into words, with a cache of analysed chunks."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[WrittenWord, ...]] = {}

    def of(self, text: str, analyser: Analyser) -> list[WrittenWord]:
        """Return the words of a text, in order."""
        known, name = self._known, analyser.name
        found: list[WrittenWord] = []
        for chunk in text.split(" "):  # no word contains a space
            words = known.get((name, chunk))
            if words is None:
                if len(known) >= MAX_KNOWN_CHUNKS:
                    known.clear()
                words = known[name, chunk] = tuple(_written_words(chunk, analyser))
            found += words
        return found


def _written_words(chunk: str, analyser: Analyser) -> Iterable[WrittenWord]:
    for token in analyser.tokens(chunk):
        folded = analyser.form(token.word)
        spelling = unelided(spelled(token.word), folded).lstrip(TAG_PREFIX)
        yield WrittenWord(counted_word(folded, token.term), folded, spelling)


def window_classes(size: int, matches: Sequence[Match], left: int, right: int) -> list[int]:
    """Return the class of each of the ``size`` words of a text: see :mod:`newssearch.engines.counted_words`.

    A word in the windows of several matches belongs to the nearest match; at equal distance, to the first.

    >>> window_classes(7, [(1, 2), (4, 5)], 1, 2)
    [1, 3, 2, 1, 3, 2, 2]
    """
    classes = [OUTSIDE] * size
    for start, end in matches:
        classes[start:end] = [MATCH] * (end - start)
    for distance in range(1, max(left, right) + 1):
        for _, end in matches if distance <= right else ():
            at = end - 1 + distance
            if at < size and classes[at] == OUTSIDE:
                classes[at] = RIGHT
        for start, _ in matches if distance <= left else ():
            at = start - distance
            if at >= 0 and classes[at] == OUTSIDE:
                classes[at] = LEFT
    return classes


class ClassCounts:
    """Counts words by class, and the articles that contain them inside, left or right of matches."""

    def __init__(self) -> None:
        self._by_class = [Counter[str]() for _ in range(CLASSES)]
        self._functional = Counter[str]()
        self.articles = Counter[str]()
        """The number of articles that have each word, headlines left out."""

    def add(self, paragraphs: Iterable[tuple[list[str], Sequence[int] | None]], analysis: str) -> None:
        """Count the words of an article, paragraph by paragraph. Without classes, all words count as inside."""
        common = function_word_bytes(analysis)
        here = set[str]()
        for words, classes in paragraphs:
            inside = words
            if classes is None:
                self._by_class[INSIDE].update(words)
            else:
                inside = []
                for word, of_word in zip(words, classes, strict=True):
                    if of_word != OUTSIDE:
                        self._by_class[of_word][word] += 1
                        if of_word != MATCH:
                            inside.append(word)
            self._functional.update([word for word in inside if word.encode() in common])
            here.update(inside)
        self.articles.update(here)

    @property
    def counted(self) -> WordCounts:
        """The words, with their numbers of occurrences."""
        found = sorted(set().union(*self._by_class))
        counts = np.array([[counted[word] for word in found] for counted in self._by_class], np.int64)
        functional = np.array([self._functional[word] for word in found], np.int64)
        return WordCounts([word.encode() for word in found], counts, functional)
