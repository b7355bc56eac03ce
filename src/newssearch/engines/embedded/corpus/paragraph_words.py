"""The counted words of single paragraphs, read from their texts: for few paragraphs, faster than from the postings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.sorted_sets import Ints
from newssearch.text.analysis import analyser_named
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.counted_words import counted_word

CHECKED_TEXTS = 64
"""The search may be stopped before each 64th text."""


class ParagraphWords:
    """The words of the texts of a segment, in UTF-8, with a cache of analysed chunks."""

    def __init__(self, segment: Segment, check: Callable[[], None]) -> None:
        self._segment = segment
        self._check = check
        self._known: dict[str, dict[str, tuple[bytes, ...]]] = {}

    def of(self, documents: Ints) -> Iterator[tuple[str, list[bytes]]]:
        """Yield for each document the name of its analysis, and its words in order."""
        analyses = list(self._segment.analyses.items())
        codes = np.zeros(self._segment.articles, np.uint8)
        for code, (_, articles) in enumerate(analyses):
            if articles is not None:
                codes[articles] = code
        names = [name for name, _ in analyses]
        for number, document in enumerate(documents.tolist()):
            if not number % CHECKED_TEXTS:
                self._check()
            name = names[codes[self._segment.article_of(document)]]
            yield name, self._words(self._segment.bodies[document], analyser_named(name))

    def _words(self, text: str, analyser: Analyser) -> list[bytes]:
        known = self._known.setdefault(analyser.name, {})
        found: list[bytes] = []
        for chunk in text.split(" "):  # no word contains a space
            words = known.get(chunk)
            if words is None:
                words = known[chunk] = tuple(
                    [
                        counted_word(analyser.form(token.word), token.term).encode()
                        for token in analyser.tokens(chunk)
                    ]
                )
            found += words
        return found
