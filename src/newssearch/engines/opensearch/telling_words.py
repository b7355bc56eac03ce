"""What telling words are found by in OpenSearch: numbers of articles by term, and the best paragraphs of results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from newssearch.engines.feedback import FeedbackResult
from newssearch.text.analysis import analyser_named

from .article_queries import TEXT, nested
from .documents import DocumentSource
from .evaluation import Evaluation, SearchCall
from .leaf_queries import ClusterQuery
from .scoring import RankedHit
from .tokens import term_token

TERMS_AT_ONCE = 300
"""The number of terms whose articles one request counts."""


class ClusterTermCounts:
    """Knows in how many articles terms are: see :class:`newssearch.engines.related.TermCounts`.

    ``live`` is a query for all articles of the snapshot.
    """

    def __init__(self, search: SearchCall, evaluation: Evaluation, live: ClusterQuery) -> None:
        self._search = search
        self._statistics = evaluation.statistics
        self._check = evaluation.check
        self._live = live
        self._known: dict[str, int] = {}

    @property
    def articles(self) -> int:
        """The number of all articles."""
        return self._statistics.articles

    def expect(self, terms: Iterable[str]) -> None:
        """Count the articles of the given terms, many at once."""
        unknown = [term for term in dict.fromkeys(terms) if term not in self._known]
        for low in range(0, len(unknown), TERMS_AT_ONCE):
            some = unknown[low : low + TERMS_AT_ONCE]
            filters = {str(number): self._articles_with(term) for number, term in enumerate(some)}
            body = {
                "size": 0, "track_total_hits": True, "query": self._live,
                "aggs": {"with": {"filters": {"filters": filters}}},
            }  # fmt: skip
            buckets = self._search(body, self._check)["aggregations"]["with"]["buckets"]
            self._known.update(
                (term, int(buckets[str(number)]["doc_count"])) for number, term in enumerate(some)
            )

    def articles_with(self, term: str) -> int:
        """Return the number of articles that have a term in their text."""
        self.expect([term])
        return self._known[term]

    def _articles_with(self, term: str) -> ClusterQuery:
        tokens = [term_token(name, term) for name in self._statistics.analyses]
        return nested({"terms": {TEXT: tokens}})


def weighty_texts(source: DocumentSource) -> Iterator[str]:
    """Yield the texts of those paragraphs of the article of a document that add to scores."""
    for text, one in zip(source["texts"]["of"], source["paragraphs"], strict=False):
        if one["weight"]:
            yield text


def feedback_of(results: Sequence[RankedHit]) -> Iterator[FeedbackResult]:
    """Yield what the expansion of a query reads of its first results."""
    for placed in results:
        source = placed.source
        texts = {
            one["number"]: text
            for text, one in zip(source["texts"]["of"], source["paragraphs"], strict=False)
            if one["weight"]
        }
        # An article without paragraphs has an empty one.
        text = texts.get(placed.paragraph) if source["texts"]["of"] else ""
        yield FeedbackResult(placed.score, analyser_named(source["analysis"]), text)
