"""Term statistics and feedback texts from OpenSearch, from which related articles and query expansion choose words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from newssearch.engines.feedback import FeedbackResult
from newssearch.text.analysis import analyser_named

from .article_queries import TEXT, nested
from .documents import DocumentSource
from .evaluation import Evaluation
from .leaf_queries import ClusterQuery
from .outline import paragraphs_of
from .scoring import RankedHit
from .tokens import term_token

MAX_KNOWN_TERMS = 200_000
"""The number of terms after which a commit's cache of article counts is emptied."""


class ClusterTermCounts:
    """Counts the live articles that contain a term: see :class:`newssearch.engines.related.TermCounts`.

    The counts are cached for all searches of the commit.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._statistics = evaluation.statistics
        self._known: dict[str, int] = {}

    @property
    def articles(self) -> int:
        """The number of all articles."""
        return self._statistics.articles

    def expect(self, terms: Iterable[str]) -> None:
        """Count the articles of the given terms in few requests."""
        kept = self._evaluation.known_terms
        asked = {term: kept.get(term) for term in terms}  # another thread may empty the cache meanwhile
        self._known.update((term, number) for term, number in asked.items() if number is not None)
        unknown = [term for term in asked if term not in self._known]
        counted = self._evaluation.counts([self._articles_with(term) for term in unknown])
        found = dict(zip(unknown, counted, strict=True))
        self._known |= found
        if len(kept) + len(found) > MAX_KNOWN_TERMS:
            kept.clear()
        kept.update(found)

    def articles_with(self, term: str) -> int:
        """Return the number of articles whose text contains a term."""
        self.expect([term])
        return self._known[term]

    def _articles_with(self, term: str) -> ClusterQuery:
        tokens = [term_token(name, term) for name in self._statistics.analyses]
        return nested({"terms": {TEXT: tokens}})


def weighty_texts(source: DocumentSource) -> Iterator[str]:
    """Yield the texts of the weighted paragraphs of an article."""
    for text, one in zip(source["texts"]["of"], paragraphs_of(source), strict=False):
        if one.weight:
            yield text


def feedback_of(results: Sequence[RankedHit]) -> Iterator[FeedbackResult]:
    """Yield the feedback from the first results that expands a query."""
    for placed in results:
        source = placed.source
        texts = {
            one.number: text
            for text, one in zip(source["texts"]["of"], paragraphs_of(source), strict=False)
            if one.weight
        }
        # an article without paragraphs has an empty one
        text = texts.get(placed.paragraph) if source["texts"]["of"] else ""
        yield FeedbackResult(placed.score, analyser_named(source["analysis"]), text)
