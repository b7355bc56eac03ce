"""Finds the words that are more frequent in the articles of a query than in others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from newssearch.corpus.association import CRITICAL_LL, DIGITS, log_likelihood, log_ratio
from newssearch.corpus.words import CorpusSize, FoundKeywords, Keyword, KeywordOptions
from newssearch.engines.embedded.search.evaluator import QueryEvaluator
from newssearch.engines.sorted_sets import Ints, Mask, distinct
from newssearch.request import ResolvedRequest

from .segment_words import INSIDE, SegmentWords, WordTotals
from .word_counts import ChosenParagraphs
from .word_details import Spellings, articles_having
from .word_order import listed_words, ranked, shown_words

PER = 1_000_000


class KeywordFinder:
    """Compares the words of the articles that a query finds with those of others that pass the filters.

    ``against`` evaluates the query of the others; None if they are all others.
    """

    def __init__(
        self, evaluator: QueryEvaluator, against: QueryEvaluator | None, request: ResolvedRequest
    ) -> None:
        self._reader = evaluator.reader
        self._check = evaluator.check
        self._novel = request.novel
        self.articles = evaluator.found(request)
        # The dictionary has the counts of all articles: to subtract the target is faster than to count the others.
        self._includes_target = against is None
        if against is not None:
            self._compared = against.found(request) & ~self.articles
        else:
            self._compared = evaluator.passed(request)
        self._words = [SegmentWords(segment, self._check) for segment in self._reader.segments]

    def found(self, options: KeywordOptions) -> FoundKeywords:
        """Return the keywords, those with the highest score first."""
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
        total, rows = self._rows(words_kept, count, reference, target, compared, options)
        return FoundKeywords(target=target, reference=compared, total=total, words=rows)

    def _selected(self, articles: Mask) -> Iterator[tuple[SegmentWords, ChosenParagraphs]]:
        """Yield the words of each segment, and its paragraphs that are counted of the given articles."""
        for words, (segment, mask) in zip(self._words, self._reader.by_segment(articles), strict=True):
            yield words, ChosenParagraphs(mask, segment.novel if self._novel else None)

    def _size(self, articles: Mask) -> CorpusSize:
        return CorpusSize(
            int(np.count_nonzero(articles)),
            sum(chosen.words(words.field) for words, chosen in self._selected(articles)),
        )

    def _rows(
        self,
        words: Sequence[bytes],
        count: Ints,
        reference: Ints,
        target: CorpusSize,
        compared: CorpusSize,
        options: KeywordOptions,
    ) -> tuple[int, tuple[Keyword, ...]]:
        """Return the number of keywords, and those within the limit. The arrays have the counts of the given words."""
        if not target.words or not compared.words:
            return 0, ()
        ll, ratio = (
            measure(count, target.words, reference, compared.words) for measure in (log_likelihood, log_ratio)
        )
        kept = np.flatnonzero(ratio > 0)
        scores = ll
        if options.measure == "logratio":
            kept, scores = kept[ll[kept] >= CRITICAL_LL], ratio
        order = kept[
            ranked(
                [words[number] for number in kept.tolist()],
                scores[kept],
                count[kept],
                options.limit if options.min_articles <= 1 else None,
            )
        ]
        shown = shown_words(
            order.tolist(),
            count,
            options.limit,
            options.min_articles,
            lambda numbers: [self._articles_with(words[number].decode()) for number in numbers],
        )
        spellings = Spellings(self._reader)
        return len(kept), tuple(
            Keyword(
                word=spellings.most_frequent(words[number].decode()),
                count=int(count[number]),
                articles=articles,
                per_million=round(int(count[number]) * PER / target.words, DIGITS),
                reference_count=int(reference[number]),
                reference_per_million=round(int(reference[number]) * PER / compared.words, DIGITS),
                ll=float(ll[number]),
                log_ratio=float(ratio[number]),
            )
            for number, articles in shown
        )

    def _articles_with(self, word: str) -> int:
        """Return the number of matching articles that have a word."""
        self._check()
        return sum(
            len(distinct(articles_having(words.segment, words.field, word, chosen)))
            for words, chosen in self._selected(self.articles)
        )
