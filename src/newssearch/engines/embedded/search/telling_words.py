"""Term statistics and feedback texts from the segments, from which related articles and query expansion choose words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from newssearch.article import Article
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.feedback import FeedbackResult

from .reader import IndexReader
from .result_order import Placed


class SegmentTermCounts:
    """Counts the live articles that contain a term: see :class:`newssearch.engines.related.TermCounts`."""

    def __init__(self, reader: IndexReader) -> None:
        self._reader = reader

    @property
    def articles(self) -> int:
        """The number of live articles."""
        return self._reader.live_count

    def expect(self, terms: Iterable[str]) -> None:
        """Do nothing: each term is looked up on demand."""

    def articles_with(self, term: str) -> int:
        """Return the number of live articles whose text contains a term."""
        total = 0
        for segment in self._reader.segments:
            field = segment.fields["text"]
            number = field.find(term)
            if number >= 0:
                postings = field.term(number)
                low, high = postings.range
                live = segment.live
                total += high - low if live is None else int(np.count_nonzero(live[postings.articles]))
        return total


def weighty_paragraphs(article: Article, segment: Segment, number: int) -> Iterator[str]:
    """Yield the texts of an article's paragraphs that contribute to scores. ``number`` is its number in the segment."""
    weightless, first = segment.weightless, int(segment.first[number])
    for document, paragraph in enumerate(article.paragraphs, start=first):
        if weightless is None or not weightless[document]:
            yield paragraph.text


def feedback_results(reader: IndexReader, results: Sequence[Placed]) -> Iterator[FeedbackResult]:
    """Yield the feedback from the first results that expands a query."""
    for placed in results:
        segment, document = reader.document(placed.document)
        own = segment.analyser(segment.shown(int(segment.article[document]))["lang"])
        is_weighty = segment.weightless is None or not segment.weightless[document]
        yield FeedbackResult(placed.score, own, segment.bodies[document] if is_weighty else None)
