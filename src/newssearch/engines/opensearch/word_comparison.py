"""Collocates and keywords: counts words near matches, and in articles, in texts that are read from the cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from newssearch.corpus.words import (
    CollocateOptions,
    CorpusSize,
    FoundCollocates,
    FoundKeywords,
    KeywordOptions,
)
from newssearch.engines.counted_words import INSIDE, LEFT, RIGHT
from newssearch.engines.sorted_sets import Ints
from newssearch.engines.word_comparison import ComparedWords, NearWords, collocate_rows, keyword_rows
from newssearch.engines.word_order import listed_words
from newssearch.text.analysis import analyser_named

from .article_queries import NOVEL, PARAGRAPHS, excluding
from .documents import DocumentSource
from .evaluation import Evaluation, SearchCall
from .leaf_queries import ClusterQuery, finding_all
from .occurrences import OccurrenceReader, check_readable
from .outline import paragraphs_of
from .text_words import ClassCounts, TextWords, window_classes
from .word_table import CommitWords

PURPOSE = "count words"


class WordComparison:
    """Compares the words of one commit's articles. ``table`` returns the counts of all its words."""

    def __init__(self, search: SearchCall, evaluation: Evaluation, table: Callable[[], CommitWords]) -> None:
        self._search = search
        self._evaluation = evaluation
        self._request = evaluation.request
        self._table = table
        self._words = TextWords()

    def collocates(self, found: ClusterQuery, options: CollocateOptions) -> FoundCollocates:
        """Return the words near the matches of a query, by descending score. ``found`` is a query for the matching
        articles.
        """
        counts, occurrences = ClassCounts(), 0
        reader = OccurrenceReader(self._evaluation)
        for source in reader.articles(self._search, found, PURPOSE):
            analyser = analyser_named(source["analysis"])
            paragraphs = []
            for one in reader.paragraphs(source):
                words = self._counted(one.text.text, source["analysis"])
                classes = window_classes(len(words), one.matches, options.left, options.right)
                paragraphs.append((words, classes))
                occurrences += len(one.matches)
            counts.add(paragraphs, analyser.name)
        counted = counts.counted
        kept = listed_words(counted, options.min_count, all_words=options.all_words)
        passed = self._evaluation.passed()
        frequency = self._frequencies([counted.words[number] for number in kept.tolist()], passed)
        corpus = self._size(passed)
        total, rows = collocate_rows(
            NearWords(counted, kept, frequency, corpus.words, occurrences),
            options,
            lambda words: [counts.articles[word] for word in words],
            lambda word: self._table().spelling(word),
        )
        return FoundCollocates(
            occurrences=occurrences,
            window_words=int(counted.counts[[LEFT, RIGHT]].sum()),
            corpus=corpus,
            total=total,
            words=rows,
        )

    def keywords(
        self, found: ClusterQuery, against: ClusterQuery | None, options: KeywordOptions
    ) -> FoundKeywords:
        """Return the words that are relatively more frequent in the articles that match ``found``.

        They are compared with the articles that match ``against``, or with all that pass the filters.
        """
        compared = self._evaluation.passed() if against is None else against
        others = finding_all([compared, excluding(found)])
        target, reference = self._size(found), self._size(others)
        counts = ClassCounts()
        check_readable(self._search, self._evaluation, found, PURPOSE)
        for source in self._evaluation.texts(found):
            counts.add(
                [(self._counted(text, source["analysis"]), None) for text in self._texts(source)],
                source["analysis"],
            )
        counted = counts.counted
        kept = listed_words(counted, options.min_count, all_words=options.all_words)
        words = [counted.words[number] for number in kept.tolist()]
        count = counted.counts[INSIDE][kept]
        if against is None:  # the table may have the counts
            frequency = self._frequencies(words, compared) - count
        else:
            frequency = self._frequencies(words, others)
        total, rows = keyword_rows(
            ComparedWords(words, count, frequency, target, reference),
            options,
            lambda some: [counts.articles[word] for word in some],
            lambda word: self._table().spelling(word),
        )
        return FoundKeywords(target=target, reference=reference, total=total, words=rows)

    def _texts(self, source: DocumentSource) -> list[str]:
        """Return the texts of an article's paragraphs; only of novel ones if the request asks for these."""
        both = zip(source["texts"]["of"], paragraphs_of(source), strict=False)
        return [text for text, one in both if not self._request.novel or one.novel]

    def _counted(self, text: str, analysis: str) -> list[str]:
        return [word.counted for word in self._words.of(text, analyser_named(analysis))]

    def _frequencies(self, words: Sequence[bytes], query: ClusterQuery) -> Ints:
        """Return the number of occurrences of each word in the paragraphs of the articles that match ``query``."""
        counts: Mapping[str, int] = {}
        if words:
            is_all = query == self._evaluation.found_everywhere()
            counts = self._table().counts if is_all else self._counts_in(query)
        return np.array([counts.get(word.decode(), 0) for word in words], np.int64)

    def _counts_in(self, query: ClusterQuery) -> Counter[str]:
        check_readable(self._search, self._evaluation, query, PURPOSE)
        found = Counter[str]()
        for source in self._evaluation.texts(query):
            for text in self._texts(source):
                found.update(self._counted(text, source["analysis"]))
        return found

    def _size(self, query: ClusterQuery) -> CorpusSize:
        """Return the number of articles that match ``query``, and the number of words in their paragraphs."""
        words: dict[str, Any] = {"words": {"sum": {"field": "words"}}}
        if self._request.novel:
            sums = {"words": {"sum": {"field": "paragraphs.words"}}}
            words = {
                "in": {"nested": {"path": PARAGRAPHS}, "aggs": {"novel": {"filter": NOVEL, "aggs": sums}}}
            }
        body = {"size": 0, "track_total_hits": True, "query": query, "aggs": words}
        answer = self._search(body, self._evaluation.check)
        summed = answer["aggregations"]
        summed = summed["in"]["novel"] if self._request.novel else summed
        return CorpusSize(int(answer["hits"]["total"]["value"]), int(summed["words"]["value"]))
