"""Finds keywords: the words that are relatively more frequent in the articles of a query than in others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newssearch.corpus.words import CorpusSize, FoundKeywords, KeywordOptions
from newssearch.engines.counted_words import INSIDE, WordTotals
from newssearch.engines.embedded.search.evaluator import QueryEvaluator
from newssearch.engines.sorted_sets import Mask, distinct
from newssearch.engines.word_comparison import ComparedWords, keyword_rows
from newssearch.engines.word_order import listed_words
from newssearch.request import ResolvedRequest

from .segment_words import SegmentWords
from .word_counts import ChosenParagraphs
from .word_details import Spellings, articles_having


class KeywordFinder:
    """Compares the words of a query's articles with those of other articles that pass the filters.

    ``against`` evaluates the query of the others; None stands for all others.
    """

    def __init__(
        self, evaluator: QueryEvaluator, against: QueryEvaluator | None, request: ResolvedRequest
    ) -> None:
        self._reader = evaluator.reader
        self._check = evaluator.check
        self._novel = request.novel
        self.articles = evaluator.found(request)
        # the dictionary has the counts of all articles: subtracting the target is faster than counting the others
        self._includes_target = against is None
        if against is not None:
            self._compared = against.found(request) & ~self.articles
        else:
            self._compared = evaluator.passed(request)
        self._words = [SegmentWords(segment, self._check) for segment in self._reader.segments]

    def found(self, options: KeywordOptions) -> FoundKeywords:
        """Return the keywords, by descending score."""
        totals = WordTotals()
        for words, chosen in self._selected(self.articles):
            totals.add(words.counts(chosen))
        counted = totals.counted
        kept = listed_words(counted, options.min_count, all_words=options.all_words)
        words_kept = [counted.words[number] for number in kept.tolist()]
        count = counted.counts[INSIDE][kept]
        reference = np.zeros(len(kept), np.int64)
        for words, chosen in self._selected(self._compared):
            reference += words.of_words(words_kept, chosen)
        target, compared = self._size(self.articles), self._size(self._compared)
        if self._includes_target:
            reference -= count
            compared = CorpusSize(compared.articles - target.articles, compared.words - target.words)
        spellings = Spellings(self._reader)
        total, rows = keyword_rows(
            ComparedWords(words_kept, count, reference, target, compared),
            options,
            lambda words: [self._articles_with(word) for word in words],
            spellings.most_frequent,
        )
        return FoundKeywords(target=target, reference=compared, total=total, words=rows)

    def _selected(self, articles: Mask) -> Iterator[tuple[SegmentWords, ChosenParagraphs]]:
        """Yield the words of each segment, with the counted paragraphs of the given articles."""
        for words, (segment, mask) in zip(self._words, self._reader.by_segment(articles), strict=True):
            yield words, ChosenParagraphs(mask, segment.novel if self._novel else None)

    def _size(self, articles: Mask) -> CorpusSize:
        return CorpusSize(
            int(np.count_nonzero(articles)),
            sum(chosen.words(words.field) for words, chosen in self._selected(articles)),
        )

    def _articles_with(self, word: str) -> int:
        """Return the number of matching articles that have a word."""
        self._check()
        return sum(
            len(distinct(articles_having(words.segment, words.field, word, chosen)))
            for words, chosen in self._selected(self.articles)
        )
