"""Ranks the results of a search in their total order.

OpenSearch returns articles ordered by rounded scores, or by upper bounds if it does not count matches exactly. Their
texts are read in that order and scored here, until no remaining article can precede the last one of the page.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from newssearch.engines import bm25f
from newssearch.engines.article_times import NO_TIME
from newssearch.engines.related import DATED_ARTICLES
from newssearch.errors import QueryError
from newssearch.query import is_word
from newssearch.system.kept import cached_property

from .answer_sizes import MAX_WORDS_OF_ANSWER, AnswerSizes
from .condition_limit import MAX_CONDITIONS, MAX_LISTED, conditions_in, in_groups
from .documents import DocumentSource
from .evaluation import Evaluation, SearchCall
from .leaf_queries import ClusterQuery
from .mapping import MAX_HITS_AT_ONCE
from .page_ranking import (
    KEPT_WORDS,
    PageRanking,
    PageRequests,
    documents_of,
    finding_ids,
    nearness_of,
    time_key,
    without_texts,
)
from .proximity_bounds import ProximityBounds
from .scoring import APPROXIMATE, ArticleScores, RankedHit, ScoreQueries

FIRST_BATCH = 30
"""The number of articles in the first batch if match counts are not exact."""
ARTICLES_BEYOND_PAGE = 5
"""The number of articles to read beyond the end of the page if match counts are exact: the last score must exceed theirs."""
MAX_BATCH = 500
MAX_SCORED_CONDITIONS = 6 * MAX_CONDITIONS // 10
"""The number of conditions up to which one search computes the scores. The remaining conditions are left to the query
itself.
"""


def with_texts(search: Callable[[dict[str, Any]], Any], placed: Sequence[RankedHit]) -> Iterator[RankedHit]:
    """Yield results with the texts of their articles. Missing texts are read again, a few articles at a time."""
    some: list[RankedHit] = []
    words = 0
    for one in placed:
        more = int(one.source["words"])
        if some and (words + more > MAX_WORDS_OF_ANSWER or len(some) == MAX_BATCH):
            yield from _read_again(search, some)
            some, words = [], 0
        some.append(one)
        words += more
    yield from _read_again(search, some)


def _read_again(search: Callable[[dict[str, Any]], Any], placed: Sequence[RankedHit]) -> Iterator[RankedHit]:
    ids = {one.source["id"] for one in placed if "texts" not in one.source}
    found = documents_of(search, sorted(ids)) if ids else {}
    for one in placed:
        yield one._replace(source=found.get(one.source["id"], one.source))


class Candidate(NamedTuple):
    """An article, and an upper bound of its score."""

    source: DocumentSource
    bound: float


class ClusterRanking:
    """The results of one search in order. ``found`` is a query for the matching articles.

    With ``near_to``, a time as of :func:`newssearch.engines.article_times.instant`, nearness in date raises the
    scores of the first articles, instead of word proximity. ``beside`` has further parts for the same request.
    ``passed`` matches a superset of ``found`` whose other articles have no score.
    """

    def __init__(
        self,
        search: SearchCall,
        evaluation: Evaluation,
        found: ClusterQuery,
        near_to: int | None = None,
        beside: Mapping[str, Any] | None = None,
        passed: ClusterQuery | None = None,
    ) -> None:
        self.first_answer: Any = None
        """The response to ``beside``; None if no page was requested, or several requests were needed."""
        self._beside = dict(beside or {})
        self._near_to = near_to
        self._passed = passed
        self._search = search
        self._evaluation = evaluation
        self._request = evaluation.request
        self._check = evaluation.check
        self._found = found
        self._sizes = self._new_sizes()
        self._scores = ArticleScores(
            evaluation.scored,
            evaluation.weights,
            evaluation.statistics,
            evaluation.kept,
            evaluation.check,
            novel=evaluation.request.novel,
        )

    def page(self) -> list[RankedHit]:
        """Return the results of the requested page, in order."""
        offset, limit = self._request.offset, self._request.limit
        if limit is None or not self._is_bounded:
            return self.first(None if limit is None else offset + limit)[offset:]
        return self._between(offset, offset + limit)

    def first(self, end: int | None) -> list[RankedHit]:
        """Return the first ``end`` results, or all, whatever page the request asks for.

        If the request groups stories, each story has one result.
        """
        if end is not None and self._is_bounded:
            return self._between(0, end)
        if not self._request.group:
            return self._first(end)
        most = end
        while True:
            found = self._first(most)
            first_of_stories: dict[object, RankedHit] = {}
            for one in found:
                first_of_stories.setdefault(one.source.get("story", one.source["id"]), one)
            if most is None or end is None or len(first_of_stories) >= end or len(found) < most:
                return [*first_of_stories.values()][:end]
            most *= 2

    @cached_property
    def _is_bounded(self) -> bool:
        """Whether articles can be excluded from a page without reading their texts: see :mod:`.page_ranking`."""
        if self._request.all_paragraphs or len(self._score_parts) > 1:
            return False
        return self._near_to is None or self._request.sort == "relevance"

    def _between(self, offset: int, end: int) -> list[RankedHit]:
        if offset >= end:
            return []
        evaluation = self._evaluation
        asked = PageRequests(
            lambda body: self._search(body, self._check),
            self._in_order(),
            self._beside,
            evaluation.statistics.largest,
            self._check,
        )
        has_proximity = self._near_to is None and self._has_proximity
        pages = PageRanking(
            self._request, asked, self._placed, self._with_proximity if self._near_to is None else self._with_nearness,
            doubt=evaluation.doubt, is_scored=bool(self._score_parts), near_to=self._near_to,
            proximity=ProximityBounds(evaluation) if has_proximity else None,
        )  # fmt: skip
        found = pages.between(offset, end)
        if self._beside:
            self.first_answer = pages.first_answer
        return found

    def _placed(self, source: DocumentSource) -> RankedHit:
        self._check()
        scored = self._scores.of(source)
        return RankedHit(source, scored.shown, scored.score, scored)

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
        whole = with_texts(lambda body: self._search(body, self._check), found[:number])
        first = sorted(map(rescored, whole), key=self._sort_key)
        return (first + found[number:])[:end]

    def _with_nearness(self, placed: RankedHit) -> RankedHit:
        """Multiply the score of an article by the factor for its nearness in date."""
        if self._near_to is None:
            return placed
        factor = nearness_of(int(placed.source.get("instant", NO_TIME)), self._near_to)
        return placed._replace(score=placed.score * factor, factor=factor)

    @property
    def _has_proximity(self) -> bool:
        """Whether word proximity raises the scores of the first articles."""
        words = {
            use.leaf
            for use in self._evaluation.scored
            if is_word(use.leaf) and use.region is None and not use.optional
        }
        return self._request.sort == "relevance" and not self._request.all_paragraphs and len(words) > 1

    def _with_proximity(self, placed: RankedHit) -> RankedHit:
        scored = self._scores.with_proximity(placed.source, placed.scored)
        return placed._replace(score=scored.score, scored=scored)

    def _sorted(self, end: int | None) -> list[RankedHit]:
        """Return the first ``end`` results, or all, without proximity."""
        found: list[RankedHit] = []
        size, words = FIRST_BATCH, 0
        if end is not None and self._is_ordered:
            size = min(end + ARTICLES_BEYOND_PAGE, MAX_BATCH)
        self._sizes = self._new_sizes()
        after: list[Any] | None = None
        while True:
            batch, is_last = self._candidates(size, after)
            for candidate, _ in batch:
                self._check()
                words += int(candidate.source["words"])
                results = self._results_of(candidate.source)
                found += results if words <= KEPT_WORDS else map(without_texts, results)
            found.sort(key=self._sort_key)
            if is_last:
                return found[:end]
            after = batch[-1][1]
            if end is not None and len(found) >= end and self._is_settled(found[end - 1], *batch[-1]):
                return found[:end]
            size = min(2 * size, MAX_BATCH)

    def _new_sizes(self) -> AnswerSizes:
        largest = self._evaluation.statistics.largest
        return AnswerSizes(lambda body: self._search(body, self._check), largest, MAX_BATCH)

    @property
    def _is_ordered(self) -> bool:
        """Whether OpenSearch's order is that of the true scores, rounding aside."""
        return self._request.sort == "id" or (self._evaluation.is_counted and len(self._score_parts) < 2)

    def _is_settled(self, last: RankedHit, candidate: Candidate, after: Sequence[Any]) -> bool:
        """Whether no article after the candidate can precede the result ``last``."""
        if not self._evaluation.scored:
            return True  # all scores are 0: the order is exact
        if self._request.sort == "relevance":
            return last.score > candidate.bound * (1 + APPROXIMATE)
        if self._request.sort == "id":
            return bool(last.source["id"] < candidate.source["id"])
        if self._time_key(last.source) != self._time_key(candidate.source):
            return self._time_key(last.source) < self._time_key(candidate.source)
        return len(self._score_parts) == 1 and last.score > candidate.bound * (1 + APPROXIMATE)

    def _results_of(self, source: DocumentSource) -> Iterator[RankedHit]:
        scored = self._scores.of(source)
        if not self._request.all_paragraphs:
            yield RankedHit(source, scored.shown, scored.score, scored)
            return
        matching = [one for one in scored.paragraphs if one.matches]
        if not matching:
            by_number = {one.number: one.score for one in scored.paragraphs}
            yield RankedHit(source, scored.shown, by_number[scored.shown], scored)
        for one in matching:
            yield RankedHit(source, one.number, one.score, scored)

    def _candidates(
        self, size: int, after: list[Any] | None
    ) -> tuple[list[tuple[Candidate, list[Any]]], bool]:
        """Return the next articles in OpenSearch's order, each with its ``search_after`` values; and whether these
        are the last.

        There are ``size`` of them, or fewer if their texts are long.
        """
        sort = self._request.sort
        if len(self._score_parts) > 1 and sort == "relevance":
            found = self._next_of_bounds(size, 0 if after is None else int(after[0]))
            return found, not found or found[-1][1] == [len(self._bounds)]
        body = {**self._in_order(), "size": size}
        if after is not None:
            body["search_after"] = after
        asked = self._sizes.next_size(body)
        hits = self._search({**body, "size": asked}, self._check)["hits"]["hits"]
        place = (
            0 if sort == "relevance" else 1
        )  # the place of the score in the sort values: requested by itself, it would be computed twice
        found = [
            (Candidate(hit["_source"], 0.0 if sort == "id" else hit["sort"][place]), hit["sort"])
            for hit in hits
        ]
        return found, len(found) < asked

    def _in_order(self) -> dict[str, Any]:
        """Return the search for all results in OpenSearch's order, without its size."""
        parts = self._score_parts
        newest = {"instant": {"order": "desc", "missing": "_last"}}
        orders: dict[str, list[Any]] = {
            "relevance": [{"_score": "desc"}, newest],
            "newest": [newest, {"_score": "desc"}],
            "oldest": [{"instant": {"order": "asc", "missing": "_last"}}, {"_score": "desc"}],
            "added": [{"added": "desc"}, {"_score": "desc"}],
            "id": [],
        }
        order = [*orders[self._request.sort], {"id": "asc"}]
        found = self._scored_by(parts[0] if len(parts) == 1 else [], order, 0)
        if self._passed is not None and len(parts) == 1 and not self._request.all_paragraphs:
            *whole, best = parts[0]
            found["query"] = {"bool": {"filter": [self._passed], "must": [best], "should": whole}}
        return found

    def _scored_by(self, queries: Sequence[ClusterQuery], order: list[Any], size: int) -> dict[str, Any]:
        """Return a search for articles whose scores are the sums of the scores that ``queries`` give them."""
        return {
            "size": size, "track_total_hits": False, "sort": order,
            "query": {"bool": {"filter": [self._found], "should": list(queries)}},
        }  # fmt: skip

    @cached_property
    def _score_parts(self) -> list[list[ClusterQuery]]:
        """The queries whose scores add up to an upper bound of an article's score, in groups that fit in one search.

        The score of the best paragraph is at most the sum of its scores by each group.
        """
        if self._request.sort == "id" or not self._evaluation.scored:
            return []
        scores = self._evaluation.scores()
        whole = [*scores.of_article, *scores.best_paragraph()]
        if self._request.all_paragraphs:
            boost = 1 / bm25f.PARAGRAPH
            whole = [{"bool": {"must": [one], "boost": boost}} for one in scores.best_paragraph()]
        if sum(map(conditions_in, whole)) <= MAX_SCORED_CONDITIONS:
            return [whole] if whole else []
        parts = [] if self._request.all_paragraphs else scores.of_article
        found = list(in_groups(parts, MAX_SCORED_CONDITIONS))
        for some in in_groups(scores.of_paragraph, MAX_SCORED_CONDITIONS):
            best = ScoreQueries([], some).best_paragraph()
            if self._request.all_paragraphs:
                best = [{"bool": {"must": best, "boost": boost}}]
            found.append(best)
        return found

    @cached_property
    def _bounds(self) -> list[tuple[float, str]]:
        """Upper bounds of the scores of all articles, each with the article's id, in descending order."""
        found: dict[str, float] = {}
        for queries in self._score_parts:
            body = self._scored_by(queries, [{"id": "asc"}, {"_score": "desc"}], MAX_HITS_AT_ONCE)
            body |= {"_source": False}
            while True:
                self._check()
                hits = self._search(body, self._check)["hits"]["hits"]
                for hit in hits:
                    article_id, score = hit["sort"]
                    found[article_id] = found.get(article_id, 0.0) + score
                if len(found) > MAX_LISTED:
                    raise QueryError(
                        f"the scores of the query have more than {MAX_SCORED_CONDITIONS} conditions, and more than {MAX_LISTED:,} articles match",
                        suggestion="search for fewer words at once, or sort by date",
                    )
                if len(hits) < MAX_HITS_AT_ONCE:
                    break
                body["search_after"] = hits[-1]["sort"]
        return sorted(((bound, article_id) for article_id, bound in found.items()), reverse=True)

    def _next_of_bounds(self, size: int, start: int) -> list[tuple[Candidate, list[Any]]]:
        """Return the articles from the place ``start`` on in the order of their bounds, each with the place after it.

        There are ``size`` of them, or fewer at the end, or if their texts are long.
        """
        chosen = self._bounds[start : start + size]
        if not chosen:
            return []
        if self._evaluation.statistics.largest * len(chosen) > MAX_WORDS_OF_ANSWER:
            words = self._words_of([article_id for _, article_id in chosen])
            totals = itertools.accumulate(words[article_id] for _, article_id in chosen)
            chosen = chosen[: max(sum(total <= MAX_WORDS_OF_ANSWER for total in totals), 1)]
        ids = [article_id for _, article_id in chosen]
        by_id = documents_of(lambda body: self._search(body, self._check), ids)
        return [
            (Candidate(by_id[article_id], bound), [start + at + 1])
            for at, (bound, article_id) in enumerate(chosen)
        ]

    def _words_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the number of words of each article, by id."""
        body = {**finding_ids(ids), "_source": False, "docvalue_fields": ["id", "words"]}
        hits = self._search(body, self._check)["hits"]["hits"]
        return {hit["fields"]["id"][0]: int(hit["fields"]["words"][0]) for hit in hits}

    # ---- order

    def _time_key(self, source: DocumentSource) -> int:
        """Return the time by which the request sorts an article, ascending."""
        return time_key(self._request.sort, int(source.get("instant", NO_TIME)), int(source["added"]))

    def _sort_key(self, placed: RankedHit) -> tuple[float, float, str, int]:
        article_id, number = placed.source["id"], placed.paragraph
        if self._request.sort == "id":
            return 0.0, 0.0, article_id, number
        time = self._time_key(placed.source)
        if self._request.sort == "relevance":
            return -placed.score, time, article_id, number
        return time, -placed.score, article_id, number
