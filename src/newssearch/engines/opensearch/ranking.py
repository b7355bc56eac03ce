"""Puts the results of a search in their total order.

OpenSearch gives the articles in the order of scores that are rounded, or too high where the number of matches is not known.
Their texts are read in that order and scored here, until no article that is left can come before the last of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from newssearch.engines import bm25f
from newssearch.engines.article_times import MICROSECONDS_A_DAY, NO_TIME
from newssearch.engines.related import DATED_ARTICLES, nearness
from newssearch.query import Word

from .documents import DocumentSource
from .evaluation import Evaluation, SearchCall
from .leaf_queries import ClusterQuery
from .scoring import APPROXIMATE, ArticleScores, ScoredArticle

BATCH = 60
"""The number of articles that are read at once, so that one request is enough for the first page."""
MAX_BATCH = 500


class RankedHit(NamedTuple):
    """A result: the document of an article, the number of its paragraph, its score, and how the score came about."""

    source: DocumentSource
    paragraph: int
    score: float
    scored: ScoredArticle
    factor: float = 1.0
    """The factor by which the nearness in date has raised the other parts of the score."""

    @property
    def proximity(self) -> float:
        """The part of the score that the nearness of words gives."""
        return self.scored.proximity


class Candidate(NamedTuple):
    """An article, and the largest value that its score may have by what OpenSearch knows."""

    source: DocumentSource
    bound: float


class ClusterRanking:
    """The results of one search in order. ``found`` is a query for the articles that it finds.

    With ``near_to``, a time as :func:`newssearch.engines.article_times.instant` has it, the scores of the first articles
    depend on how near their dates are to it, instead of on how near their words are to each other.
    """

    def __init__(
        self, search: SearchCall, evaluation: Evaluation, found: ClusterQuery, near_to: int | None = None
    ) -> None:
        self._near_to = near_to
        self._search = search
        self._evaluation = evaluation
        self._request = evaluation.request
        self._check = evaluation.check
        self._found = found
        self._scores = ArticleScores(
            evaluation.scored,
            evaluation.weights,
            evaluation.statistics,
            evaluation.check,
            novel=evaluation.request.novel,
        )

    def page(self) -> list[RankedHit]:
        """Return the results on the requested page, in order."""
        offset, limit = self._request.offset, self._request.limit
        return self.first(None if limit is None else offset + limit)[offset:]

    def first(self, end: int | None) -> list[RankedHit]:
        """Return the first ``end`` results, or all, whatever page the request asks for.

        If the request groups stories, each story has only one result.
        """
        if not self._request.group:
            return self._first(end)
        most = end
        while True:
            found = self._first(most)
            told: dict[object, RankedHit] = {}
            for one in found:
                told.setdefault(one.source.get("story", one.source["id"]), one)
            if most is None or end is None or len(told) >= end or len(found) < most:
                return [*told.values()][:end]
            most *= 2

    def _first(self, end: int | None) -> list[RankedHit]:
        """Return the first ``end`` results, or all, without grouping stories."""
        if end == 0:
            return []
        number = 0
        if self._near_to is not None:
            number = DATED_ARTICLES
        elif self._has_proximity:
            number = bm25f.PROXIMITY_ARTICLES
        found = self._sorted(None if end is None else max(end, number))
        rescored = self._with_proximity if self._near_to is None else self._with_nearness
        first = sorted(map(rescored, found[:number]), key=self._sort_key)
        return (first + found[number:])[:end]

    def _with_nearness(self, placed: RankedHit) -> RankedHit:
        """Raise the score of an article by the nearness of its date."""
        time = int(placed.source.get("instant", NO_TIME))
        if self._near_to is None or NO_TIME in (time, self._near_to):
            return placed
        factor = nearness(abs(time - self._near_to) / MICROSECONDS_A_DAY)
        return placed._replace(score=placed.score * factor, factor=factor)

    @property
    def _has_proximity(self) -> bool:
        """Whether the nearness of words raises the scores of the first articles."""
        words = {
            use.leaf
            for use in self._evaluation.scored
            if isinstance(use.leaf, Word) and use.region is None and not use.optional
        }
        return self._request.sort == "relevance" and not self._request.all_paragraphs and len(words) > 1

    def _with_proximity(self, placed: RankedHit) -> RankedHit:
        scored = self._scores.of(placed.source)
        return placed._replace(score=scored.score, scored=scored)

    def _sorted(self, end: int | None) -> list[RankedHit]:
        """Return the first ``end`` results, or all, without proximity."""
        found: list[RankedHit] = []
        size = BATCH
        after: list[Any] | None = None
        while True:
            batch = self._candidates(size, after)
            for candidate, _ in batch:
                self._check()
                found += self._results_of(candidate.source)
            found.sort(key=self._sort_key)
            if len(batch) < size:
                return found[:end]
            after = batch[-1][1]
            if end is not None and len(found) >= end and self._is_settled(found[end - 1], *batch[-1]):
                return found[:end]
            size = min(2 * size, MAX_BATCH)

    def _is_settled(self, last: RankedHit, candidate: Candidate, after: Sequence[Any]) -> bool:
        """Whether no article after the candidate comes before the result ``last``."""
        if self._request.sort == "relevance":
            if not self._evaluation.scored:
                return True  # all scores are 0: the order is exact
            return last.score > candidate.bound * (1 + APPROXIMATE)
        if self._request.sort == "id":
            return bool(last.source["id"] < candidate.source["id"])
        return self._time_key(last.source) < self._time_key(candidate.source)

    def _results_of(self, source: DocumentSource) -> Iterator[RankedHit]:
        scored = self._scores.of(source, proximity=False)
        if not self._request.all_paragraphs:
            yield RankedHit(source, scored.shown, scored.score, scored)
            return
        matching = [one for one in scored.paragraphs if one.matches]
        if not matching:
            by_number = {one.number: one.score for one in scored.paragraphs}
            yield RankedHit(source, scored.shown, by_number[scored.shown], scored)
        for one in matching:
            yield RankedHit(source, one.number, one.score, scored)

    def _candidates(self, size: int, after: list[Any] | None) -> list[tuple[Candidate, list[Any]]]:
        """Return the next articles in the order of OpenSearch, each with its place in that order."""
        evaluation, sort = self._evaluation, self._request.sort
        newest = {"instant": {"order": "desc", "missing": "_last"}}
        orders: dict[str, list[Any]] = {
            "relevance": [{"_score": "desc"}, newest],
            "newest": [newest, {"_score": "desc"}],
            "oldest": [{"instant": {"order": "asc", "missing": "_last"}}, {"_score": "desc"}],
            "added": [{"added": "desc"}, {"_score": "desc"}],
            "id": [],
        }
        body: dict[str, Any] = {
            "size": size,
            "track_total_hits": False,
            "track_scores": True,
            "query": {"bool": {"filter": [self._found], "should": self._scoring()}},
            "sort": [*orders[sort], {"id": "asc"}],
        }
        if after is not None:
            body["search_after"] = after
        hits = self._search(body, evaluation.check)["hits"]["hits"]
        return [(Candidate(hit["_source"], hit["_score"] or 0.0), hit["sort"]) for hit in hits]

    def _scoring(self) -> list[ClusterQuery]:
        if self._request.sort == "id" or not self._evaluation.scored:
            return []
        scores = self._evaluation.scores()
        if self._request.all_paragraphs:
            deciding = any(not use.optional for use in self._evaluation.scored)
            return [{"bool": {"must": scores[-1:], "boost": 1 / bm25f.PARAGRAPH}}] if deciding else []
        return scores

    # ---- order

    def _time_key(self, source: DocumentSource) -> int:
        """Return the time of an article as the request sorts by it: what comes first is less."""
        if self._request.sort == "added":
            return -int(source["added"])
        time = int(source.get("instant", NO_TIME))
        if self._request.sort == "oldest":
            return time if time != NO_TIME else 1 << 62
        return -time

    def _sort_key(self, placed: RankedHit) -> tuple[float, float, str, int]:
        article_id, number = placed.source["id"], placed.paragraph
        if self._request.sort == "id":
            return 0.0, 0.0, article_id, number
        time = self._time_key(placed.source)
        if self._request.sort == "relevance":
            return -placed.score, time, article_id, number
        return time, -placed.score, article_id, number
