"""Reads the first lines of a concordance from the page's articles alone, while OpenSearch counts all occurrences.

This requires a query of one word or phrase with exact match counts, and lines in order of articles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from newssearch.corpus.concordance import ConcordanceLine, LineOptions

from .article_queries import PARAGRAPHS, nested
from .concordance import concordance_line
from .documents import DocumentSource
from .evaluation import VERIFIED_AT_ONCE, Evaluation, SearchCall
from .leaf_queries import FINDS_NOTHING, ClusterQuery
from .mapping import MAX_HITS_AT_ONCE
from .occurrences import OccurrenceReader
from .ranking import ClusterRanking, with_texts

SPARE_ARTICLES = 5
"""The number of articles to rank beyond the average number that fills a page."""


class CountedLines:
    """Reads the lines of a concordance. The request of ``evaluation`` must ask for all articles by relevance, ungrouped."""

    sample = None
    """Lines of a sample are never read here."""

    def __init__(
        self, search: SearchCall, evaluation: Evaluation, found: ClusterQuery, wanted: LineOptions
    ) -> None:
        self._search, self._evaluation, self._found, self._wanted = search, evaluation, found, wanted
        self._reader = OccurrenceReader(evaluation)
        self._counted = nested(self._reader.counted(), "sum")
        text = evaluation.matching_paragraphs()
        body: dict[str, Any] = {
            "size": 0, "track_total_hits": True, "query": {"bool": {"filter": [found], "must": [self._counted]}},
            "aggs": {
                "occurrences": {"sum": {"script": {"source": "_score"}}},
                "in": {"nested": {"path": PARAGRAPHS}, "aggs": {"matching": {"filter": text}}},
            },
        }  # fmt: skip
        answer = search(body, evaluation.check)
        self.articles = int(answer["hits"]["total"]["value"])
        """The number of articles with an occurrence in a paragraph."""
        self.total = int(answer["aggregations"]["occurrences"]["value"])
        """The total number of occurrences."""
        self.paragraphs = int(answer["aggregations"]["in"]["matching"]["doc_count"])
        """The number of paragraphs with an occurrence."""

    @classmethod
    def can_read(cls, evaluation: Evaluation, wanted: LineOptions) -> bool:
        """Whether OpenSearch can count the occurrences of a query, and the wanted lines are a page in order of articles."""
        if wanted.by_words or wanted.sample is not None or wanted.limit is None:
            return False
        return OccurrenceReader(evaluation).counted() is not FINDS_NOTHING

    def lines(self) -> tuple[ConcordanceLine, ...]:
        """Return the lines of the requested page, in order."""
        offset, end = self._wanted.offset, self.total
        if self._wanted.limit is not None:
            end = min(end, offset + self._wanted.limit)
        if offset >= end:
            return ()
        if self._wanted.sort == "relevance":
            return tuple(self._lines_of(self._by_relevance(end), 0))
        return tuple(self._by_date(offset, end, newest=self._wanted.sort == "newest"))

    def _by_relevance(self, end: int) -> Iterator[DocumentSource]:
        """Yield articles by relevance until they have at least ``end`` occurrences."""
        ranking = ClusterRanking(self._search, self._evaluation, self._found)
        most = end * self.articles // self.total + SPARE_ARTICLES
        done = 0
        while True:
            ranked = ranking.first(most)
            for placed in with_texts(lambda body: self._search(body, self._evaluation.check), ranked[done:]):
                yield placed.source
            if len(ranked) < most:
                return
            done, most = len(ranked), 2 * most

    def _by_date(self, offset: int, end: int, *, newest: bool) -> Iterator[ConcordanceLine]:
        """Yield the lines from ``offset`` to ``end`` in order of the articles' dates; undated articles come last."""
        body: dict[str, Any] = {
            "size": min(end, MAX_HITS_AT_ONCE), "track_total_hits": False, "stored_fields": "_none_", "track_scores": True,
            "query": {"bool": {"filter": [self._found], "must": [self._counted]}},
            "sort": [{"instant": {"order": "desc" if newest else "asc", "missing": "_last"}}, {"id": "asc"}],
        }  # fmt: skip
        ids: list[str] = []
        before = passed = 0
        while passed < end:
            hits = self._search(body, self._evaluation.check)["hits"]["hits"]
            for hit in hits:
                passed += round(hit["_score"])
                if passed <= offset:
                    before = passed
                elif passed - round(hit["_score"]) < end:
                    ids.append(hit["sort"][-1])
            if len(hits) < body["size"]:
                break
            body["search_after"] = hits[-1]["sort"]
        yield from self._lines_of(self._sources(ids), before)

    def _sources(self, ids: list[str]) -> Iterator[DocumentSource]:
        for low in range(0, len(ids), VERIFIED_AT_ONCE):
            some = ids[low : low + VERIFIED_AT_ONCE]
            by_id = {source["id"]: source for source in self._evaluation.texts({"terms": {"id": some}})}
            yield from (by_id[article_id] for article_id in some)

    def _lines_of(self, sources: Iterable[DocumentSource], at: int) -> Iterator[ConcordanceLine]:
        """Yield the lines of the page from consecutive articles. ``at`` is the index of their first occurrence among all."""
        offset, end = self._wanted.offset, self.total
        if self._wanted.limit is not None:
            end = min(end, offset + self._wanted.limit)
        for source in sources:
            for one in self._reader.paragraphs(source):
                for match in one.matches:
                    if at >= offset:
                        yield concordance_line(source, one.number, one.text, match, self._wanted.width)
                    at += 1
                    if at >= end:
                        return
