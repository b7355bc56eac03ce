"""Puts the results of a search in their total order, and cuts the requested page out of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import NamedTuple

import numpy as np

from newssearch.engines import bm25f
from newssearch.engines.article_times import MICROSECONDS_A_DAY, NO_TIME
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.related import DATED_ARTICLES, nearness
from newssearch.engines.sorted_sets import NO_INTS, Ints, Mask
from newssearch.query import Region
from newssearch.request import ResolvedRequest
from newssearch.results import Explanation, TermScore
from newssearch.stopping import NEVER, StopCheck

from .doc_sets import Scores
from .evaluator import QueryEvaluator
from .proximity import Proximity
from .top_k import Ranking, concat_ranked, kth_greatest, sort_keys

MAX_TIES_BY_READING = 1000
"""The number of ties up to which they are broken by reading ids; beyond it, by the rank of all ids."""


class Placed(NamedTuple):
    """A result: its document in the index, its score, and the number of matching paragraphs in its article.

    ``proximity`` is the part of the score from word proximity, ``factor`` the factor by which nearness in date has
    multiplied the other parts.
    """

    document: int
    score: float
    matching: int
    proximity: float = 0.0
    factor: float = 1.0


class Ordered(NamedTuple):
    """Results in order, as parallel arrays: see :class:`Placed`. ``times`` are as in :class:`~.top_k.Ranked`."""

    documents: Ints
    scores: Scores
    times: Array
    matching: Ints
    proximity: Scores
    factors: Scores

    def at(self, chosen: slice | Ints) -> Ordered:
        """Return the results at the given indices."""
        return Ordered._make(array[chosen] for array in self)

    def followed_by(self, others: Ordered) -> Ordered:
        """Return these results followed by others."""
        return Ordered._make(map(np.concatenate, zip(self, others, strict=True)))

    def placed(self, chosen: slice | Ints, check: StopCheck = NEVER) -> list[Placed]:
        """Return the results at the given indices as a list. ``check`` is called at intervals."""
        documents, scores, _, *rest = (array[chosen].tolist() for array in check.during(self, 1))
        return list(map(Placed, check.during(documents), scores, *rest))


_NONE = np.empty(0)
NO_RESULTS = Ordered(NO_INTS, _NONE, NO_INTS, NO_INTS, _NONE, _NONE)


class ResultOrder:
    """The results of one search in order. ``articles`` masks the articles of the index that the search finds.

    Results are ordered by score or by time, as requested. Ties are broken by time or score, then by id, then by
    paragraph number. If the request groups stories, each story has one result. With ``near_to``, a time as in
    ``segment.instant``, nearness in date raises the scores of the first articles, instead of word proximity.
    """

    def __init__(
        self, evaluator: QueryEvaluator, articles: Mask, request: ResolvedRequest, near_to: int | None = None
    ) -> None:
        self._near_to = near_to
        self._reader = evaluator.reader
        self._request = request
        self._check = request.check
        self._rankings = {  # by segment number; segments without matching articles have none
            number: Ranking(evaluator, segment, mask, request.novel)
            for number, (segment, mask) in enumerate(self._reader.by_segment(articles))
            if mask.any()
        }
        self._proximity = Proximity(evaluator)
        self._leaves = [
            str(Region(wanted.region, wanted.leaf) if wanted.region else wanted.leaf)
            for wanted in evaluator.scored_leaves
        ]

    def paragraphs(self) -> int:
        """Return the number of matching paragraphs in all articles found."""
        return sum(ranking.paragraphs() for ranking in self._rankings.values())

    def page(self) -> list[Placed]:
        """Return the results of the requested page, in order."""
        offset, limit = self._request.offset, self._request.limit
        first = self.first(None if limit is None else offset + limit)
        return first.placed(slice(offset, None), self._check)

    def first(self, end: int | None) -> Ordered:
        """Return the first ``end`` results, or all, whatever page the request asks for."""
        if not self._request.group or not any(len(segment.storied) for segment in self._reader.segments):
            return self._first(end)
        most = end
        while True:
            found = self._first(most)
            first = self._first_of_stories(found.documents)
            if most is None or end is None or len(first) >= end or len(found.documents) < most:
                return found.at(first[:end])
            most *= 2

    def _first_of_stories(self, documents: Ints) -> Ints:
        """Return the indices of the documents that are the first of their story."""
        stories = np.zeros(len(documents), np.int64)
        for segment, here, local in self._reader.by_document(documents):
            if segment.stories is not None:
                stories[here] = segment.stories.story[segment.article[local]]
        numbers, first = np.unique(stories, return_index=True)
        return np.sort(np.concatenate((first[numbers != 0], np.flatnonzero(stories == 0))))

    def _first(self, end: int | None) -> Ordered:
        """Return the first ``end`` results, or all, without grouping stories."""
        request = self._request
        if not end and end is not None:
            return NO_RESULTS
        if self._near_to is not None:
            return self._rescored(end, DATED_ARTICLES, partial(self._by_date, self._near_to))
        if request.sort != "relevance" or request.all_paragraphs or not self._proximity:
            return self._sorted(end)
        return self._rescored(end, bm25f.PROXIMITY_ARTICLES, self._by_proximity)

    def _rescored(self, end: int | None, number: int, rescored: Callable[[Ordered], Ordered]) -> Ordered:
        """Return the first ``end`` results, or all, after rescoring and reordering the first ``number``."""
        found = self._sorted(None if end is None else max(end, number))
        first = rescored(found.at(slice(number)))
        first = first.at(self._in_order(first.documents, first.scores, first.times, number))
        rest = found.at(slice(number, None))
        return first.at(slice(end)) if not len(rest.documents) else first.followed_by(rest).at(slice(end))

    def _by_proximity(self, found: Ordered) -> Ordered:
        """Add the part of the score from word proximity."""
        added = np.zeros(len(found.documents))
        for segment, here, local in self._reader.by_document(found.documents):
            articles = segment.article[local].astype(np.int64)
            ascending = articles.argsort()
            added[here[ascending]] = self._proximity.scores(segment, articles[ascending])
        return found._replace(scores=found.scores + added, proximity=added)

    def _by_date(self, near_to: int, found: Ordered) -> Ordered:
        """Multiply the scores of articles by the factors for nearness in date."""
        factors = np.array(
            [
                1.0 if NO_TIME in (time, near_to) else nearness(abs(time - near_to) / MICROSECONDS_A_DAY)
                for time in found.times.tolist()
            ],
            np.float64,
        )
        return found._replace(scores=found.scores * factors, factors=factors)

    def explain(self, placed: Placed) -> Explanation:
        """Return how the score of a result is composed."""
        segment, document = self._reader.document(placed.document)
        parts = self._rankings[self._reader.segments.index(segment)].contributions(document)
        article, paragraph = (0.0, 1.0) if self._request.all_paragraphs else (bm25f.ARTICLE, bm25f.PARAGRAPH)
        terms = (
            TermScore(text, placed.factor * article * whole, placed.factor * paragraph * best)
            for text, (whole, best) in zip(self._leaves, parts, strict=True)
        )
        return Explanation(tuple(terms), placed.proximity)

    def _sorted(self, end: int | None) -> Ordered:
        """Return the first ``end`` results, or all, in order of the score without proximity, or of time."""
        request = self._request
        ranked = [
            one.best(request, end, self._reader.document_offset(number))
            for number, one in self._rankings.items()
        ]
        documents, scores, times, matching = ranked[0] if len(ranked) == 1 else concat_ranked(ranked)
        first, second = sort_keys(scores, times, request)
        size = len(documents) if end is None else min(end, len(documents))
        order = self._in_order(documents, first, second, size)
        nothing, unchanged = np.zeros(size), np.ones(size)
        return Ordered(documents[order], scores[order], times[order], matching[order], nothing, unchanged)

    def _in_order(self, documents: Ints, first: Array, second: Array, size: int) -> Ints:
        """Return the indices of the first ``size`` results by two keys in descending order.

        Only ties among results that can be on the page are broken by id.
        """
        total = len(documents)
        kept = (first >= kth_greatest(first, size)).nonzero()[0] if size < total else np.arange(total)
        order = self._by_keys(kept, documents, -second, -first)
        one, other = first[order], second[order]
        tied = ((one[1:] == one[:-1]) & (other[1:] == other[:-1])).nonzero()[0]
        if not len(tied):
            return order[:size]
        if len(tied) > MAX_TIES_BY_READING:
            ids = np.zeros(total, np.int64)
            ids[kept] = self._reader.all_id_ranks[self._reader.article_numbers(documents[kept])]
            return self._by_keys(kept, documents, ids, -second, -first)[:size]
        page: list[int] = []
        ranked = zip(self._check.during(order.tolist()), one.tolist(), other.tolist(), strict=True)
        for _, equal in groupby(ranked, key=lambda one: one[1:]):
            indices = [index for index, _, _ in equal]
            page.extend(indices if len(indices) == 1 else self._by_id(indices, documents))
            if len(page) >= size:
                break
        return np.array(page[:size], np.int64)

    def _by_keys(self, indices: Ints, *keys: Array) -> Ints:
        """Return the indices sorted by several keys, the last one first, as :func:`numpy.lexsort` does.

        ``check`` is called before each key.
        """
        for key in self._check.during(keys, 1):
            indices = indices[key[indices].argsort(kind="stable")]
        return indices

    def _by_id(self, indices: list[int], documents: Ints) -> list[int]:
        def name(index: int) -> tuple[bytes, int]:
            segment, document = self._reader.document(int(documents[index]))
            return segment.id(int(segment.article[document])), document

        names = {index: name(index) for index in self._check.during(indices)}
        return sorted(indices, key=names.__getitem__)
