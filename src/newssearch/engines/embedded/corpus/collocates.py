"""Finds the words near the matches of a query: its collocates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from newssearch.corpus.words import CollocateOptions, CorpusSize, FoundCollocates
from newssearch.engines.counted_words import LEFT, MATCH, OUTSIDE, RIGHT, Classes, WordTotals
from newssearch.engines.embedded.search.evaluator import QueryEvaluator
from newssearch.engines.embedded.segment.field import FieldReader
from newssearch.engines.sorted_sets import concat_ranges, distinct
from newssearch.engines.word_comparison import NearWords, collocate_rows
from newssearch.engines.word_order import listed_words
from newssearch.request import ResolvedRequest

from .occurrences import Occurrences, SegmentOccurrences, occurrences_by_segment
from .segment_words import SegmentWords
from .word_counts import ChosenParagraphs
from .word_details import Spellings, articles_having


class Windows(NamedTuple):
    """The windows around the matches of a query in a segment.

    A window consists of words to the left and right of a match in the same paragraph. A word in several windows
    belongs to the nearest match; at equal distance, to the first. The words of matches are in no window.

    ``matches`` is the number of matches, ``selection`` the paragraphs with a match. ``marks`` has the class of each
    field-wide position.
    """

    matches: int
    selection: ChosenParagraphs
    marks: Classes

    @classmethod
    def of(cls, occurrences: SegmentOccurrences, left: int, right: int) -> Windows:
        """Return the windows of ``left`` and ``right`` words around occurrences."""
        segment = occurrences.segment
        field = segment.fields["text"]
        matches = 0
        articles, documents = (np.zeros(size, np.bool_) for size in (segment.articles, segment.documents))
        marks = np.zeros(int(field.starts[-1]) if len(field.starts) else 0, np.uint8)
        for found in occurrences.slices():
            matches += len(found.documents)
            documents[found.documents] = True
            articles[segment.article[found.documents]] = True
            _mark(marks, found, field, left, right)
        return cls(matches, ChosenParagraphs(articles, documents), marks)


def _mark(marks: Classes, found: Occurrences, field: FieldReader, left: int, right: int) -> None:
    """Mark the positions of the occurrences and of the words around them. ``found`` must have all occurrences of its
    paragraphs.
    """
    first = field.starts[found.documents].astype(np.int64)
    after = first + field.sizes[found.documents]
    marks[concat_ranges(found.starts, found.ends - found.starts)] = MATCH
    for distance in range(1, max(left, right) + 1):
        if distance <= right:
            positions = found.ends - 1 + distance
            positions = positions[positions < after]
            marks[positions[marks[positions] == OUTSIDE]] = RIGHT
        if distance <= left:
            positions = found.starts - distance
            positions = positions[positions >= first]
            marks[positions[marks[positions] == OUTSIDE]] = LEFT


class CollocateFinder:
    """Counts the words of the windows around the matches of a query."""

    def __init__(
        self, evaluator: QueryEvaluator, request: ResolvedRequest, options: CollocateOptions
    ) -> None:
        self._reader = evaluator.reader
        self._check = evaluator.check
        self._novel = request.novel
        self._options = options
        self.articles = evaluator.found(request)
        self._passed = evaluator.passed(request)
        self._occurrences = list(occurrences_by_segment(evaluator, self.articles, request))
        self._words = [SegmentWords(segment, self._check) for segment in self._reader.segments]
        self._last: tuple[int, Windows] | None = None

    def found(self) -> FoundCollocates:
        """Return the collocates, by descending score."""
        totals = WordTotals()
        occurrences = 0
        for number, words in enumerate(self._words):
            windows = self._windows_of(number)
            occurrences += windows.matches
            if windows.matches:
                totals.add(words.counts(windows.selection, windows.marks))
        counted = totals.counted
        kept = listed_words(counted, self._options.min_count, all_words=self._options.all_words)
        words_kept = [counted.words[number] for number in kept.tolist()]
        frequency, corpus_words = np.zeros(len(kept), np.int64), 0
        for words, (segment, mask) in zip(self._words, self._reader.by_segment(self._passed), strict=True):
            passed = ChosenParagraphs(mask, segment.novel if self._novel else None)
            frequency += words.of_words(words_kept, passed)
            corpus_words += passed.words(words.field)
        near = NearWords(counted, kept, frequency, corpus_words, occurrences)
        spellings = Spellings(self._reader)
        total, rows = collocate_rows(near, self._options, self._articles_with, spellings.most_frequent)
        return FoundCollocates(
            occurrences=occurrences,
            window_words=int(counted.counts[[LEFT, RIGHT]].sum()),
            corpus=CorpusSize(int(np.count_nonzero(self._passed)), corpus_words),
            total=total,
            words=rows,
        )

    def _articles_with(self, words: Sequence[str]) -> list[int]:
        """Return the number of articles in which each word is in a window."""
        found = [0] * len(words)
        for number in reversed(
            range(len(self._words))
        ):  # in reverse, because the last segment's windows are still cached
            windows = self._windows_of(number) if words else None
            if windows is None or not windows.matches:
                continue
            segment, field = self._words[number].segment, self._words[number].field
            for at, word in enumerate(words):
                self._check()
                articles = articles_having(segment, field, word, windows.selection, windows.marks)
                found[at] += len(distinct(articles))
        return found

    def _windows_of(self, number: int) -> Windows:
        """Return the windows of a segment. Those of the last segment are cached."""
        if self._last is None or self._last[0] != number:
            self._last = None
            occurrences = self._occurrences[number]
            self._last = number, Windows.of(occurrences, self._options.left, self._options.right)
        return self._last[1]
