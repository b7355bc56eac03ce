"""Puts the results of a search in their total order, and cuts the requested page out of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment import bm25f
from newssearch.engines.embedded.segment.columns import NO_TIME
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask
from newssearch.query import Region
from newssearch.request import ResolvedRequest
from newssearch.results import Explanation, TermScore

from .evaluator import QueryEvaluator
from .proximity import Proximity
from .related import DATED_ARTICLES, nearness
from .top_k import Ranking, concat_ranked, kth_greatest, sort_keys

MICROSECONDS_A_DAY = 86_400_000_000


class Placed(NamedTuple):
    """A result on a page: its document in the index, its score, and its article's number of matching paragraphs.

    ``proximity`` is the part of the score that the nearness of words gives, ``factor`` that by which the nearness in
    date has raised the other parts.
    """

    document: int
    score: float
    matching: int
    proximity: float = 0.0
    factor: float = 1.0


class ResultOrder:
    """The results of one search in order. ``articles`` masks the articles of the index that the search finds.

    Results are ordered by score or by time, as requested; equal ones by time or score, then by id, then by paragraph
    number. If the request groups stories, each story has only one result. With ``near_to``, a time as in
    ``segment.instant``, the scores of the first articles depend on how near their dates are to it, instead of on how
    near their words are to each other.
    """

    def __init__(
        self, evaluator: QueryEvaluator, articles: Mask, request: ResolvedRequest, near_to: int | None = None
    ) -> None:
        self._near_to = near_to
        self._reader = evaluator.reader
        self._request = request
        self._rankings = [
            Ranking(evaluator, segment, mask, request.novel)
            for segment, mask in self._reader.by_segment(articles)
        ]
        self._proximity = Proximity(evaluator)
        self._leaves = [
            str(Region(wanted.region, wanted.leaf) if wanted.region else wanted.leaf)
            for wanted in evaluator.scored_leaves
        ]

    def paragraphs(self) -> int:
        """Return the number of paragraphs in which the query matches, in all articles found."""
        return sum(ranking.paragraphs() for ranking in self._rankings)

    def page(self) -> list[Placed]:
        """Return the results on the requested page, in order."""
        request = self._request
        end = None if request.limit is None else request.offset + request.limit
        if not request.group or not any(len(segment.storied) for segment in self._reader.segments):
            return self._first(end)[request.offset :]
        most = end
        while True:
            found = self._first(most)
            first = self._first_of_stories(found)
            if most is None or end is None or len(first) >= end or len(found) < most:
                return first[request.offset : end]
            most *= 2

    def _first_of_stories(self, placed: list[Placed]) -> list[Placed]:
        seen: set[int] = set()
        first = []
        for one in placed:
            segment, local = self._reader.document(one.document)
            story = segment.story(int(segment.article[local]))
            if not story or story not in seen:
                first.append(one)
                seen.add(story)
        return first

    def _first(self, end: int | None) -> list[Placed]:
        """Return the first ``end`` results, or all, without grouping stories."""
        request = self._request
        if not end and end is not None:
            return []
        if self._near_to is not None:
            found = self._sorted(None if end is None else max(end, DATED_ARTICLES))
            return [*self._by_date(found[:DATED_ARTICLES], self._near_to), *found[DATED_ARTICLES:]][:end]
        if request.sort != "relevance" or request.all_paragraphs or not self._proximity:
            return self._sorted(end)
        nearest = bm25f.PROXIMITY_ARTICLES
        found = self._sorted(None if end is None else max(end, nearest))
        return [*self._by_proximity(found[:nearest]), *found[nearest:]][:end]

    def _by_proximity(self, placed: list[Placed]) -> list[Placed]:
        """Add the part of the score that the nearness of words gives, and return the results in their new order."""
        added = np.zeros(len(placed))
        documents = np.array([one.document for one in placed], np.int64)
        for segment, here, local in self._reader.by_document(documents):
            articles = segment.article[local].astype(np.int64)
            ascending = articles.argsort()
            added[here[ascending]] = self._proximity.scores(segment, articles[ascending])
        return self._reordered(
            [
                one._replace(score=one.score + more, proximity=more)
                for one, more in zip(placed, added.tolist(), strict=True)
            ]
        )

    def _by_date(self, placed: list[Placed], near_to: int) -> list[Placed]:
        """Raise the scores of articles by the nearness of their dates, and return the results in their new order."""
        factors = [
            1.0 if NO_TIME in (time, near_to) else nearness(abs(time - near_to) / MICROSECONDS_A_DAY)
            for time in self._times(placed).tolist()
        ]
        return self._reordered(
            [
                one._replace(score=one.score * factor, factor=factor)
                for one, factor in zip(placed, factors, strict=True)
            ]
        )

    def _reordered(self, placed: list[Placed]) -> list[Placed]:
        """Return results whose scores have changed in the order of their new scores."""
        documents = np.array([one.document for one in placed], np.int64)
        scores = np.array([one.score for one in placed])
        return [placed[n] for n in self._in_order(documents, scores, self._times(placed), len(placed))]

    def _times(self, placed: list[Placed]) -> Ints:
        """Return the times of publication of the articles of results."""
        times = np.zeros(len(placed), np.int64)
        documents = np.array([one.document for one in placed], np.int64)
        for segment, here, local in self._reader.by_document(documents):
            times[here] = segment.instant[segment.article[local]]
        return times

    def explain(self, placed: Placed) -> Explanation:
        """Return how the score of a result came about."""
        segment, document = self._reader.document(placed.document)
        parts = self._rankings[self._reader.segments.index(segment)].contributions(document)
        article, paragraph = (0.0, 1.0) if self._request.all_paragraphs else (bm25f.ARTICLE, bm25f.PARAGRAPH)
        terms = (
            TermScore(text, placed.factor * article * whole, placed.factor * paragraph * best)
            for text, (whole, best) in zip(self._leaves, parts, strict=True)
        )
        return Explanation(tuple(terms), placed.proximity)

    def _sorted(self, end: int | None) -> list[Placed]:
        """Return the first ``end`` results, or all, in order of the score without proximity, or of time."""
        request = replace(self._request, offset=0, limit=end)
        ranked = [
            one.best(request, self._reader.document_offset(number))
            for number, one in enumerate(self._rankings)
        ]
        documents, scores, times, matching = ranked[0] if len(ranked) == 1 else concat_ranked(ranked)
        first, second = sort_keys(scores, times, request)
        size = len(documents) if end is None else min(end, len(documents))
        order = self._in_order(documents, first, second, size)
        return [Placed(int(documents[n]), float(scores[n]), int(matching[n])) for n in order]

    def _in_order(self, documents: Ints, first: Array, second: Array, size: int) -> list[int]:
        """Return the indices of the first ``size`` results, which have a first and a second key in descending order.

        Ids are read only to break ties among results that can be on the page.
        """
        total = len(documents)
        kept = np.flatnonzero(first >= kth_greatest(first, size)) if size < total else np.arange(total)
        order = kept[np.lexsort((documents[kept], -second[kept], -first[kept]))]
        page: list[int] = []
        ranked = zip(order.tolist(), first[order].tolist(), second[order].tolist(), strict=True)
        for _, tied in groupby(ranked, key=lambda one: one[1:]):
            indices = [index for index, _, _ in tied]
            page.extend(indices if len(indices) == 1 else self._by_id(indices, documents))
            if len(page) >= size:
                break
        return page[:size]

    def _by_id(self, indices: list[int], documents: Ints) -> list[int]:
        def name(index: int) -> tuple[bytes, int]:
            segment, document = self._reader.document(int(documents[index]))
            return segment.id(int(segment.article[document])), document

        return sorted(indices, key=name)
