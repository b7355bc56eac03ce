"""Determines a page of results, reading the texts of only those articles that may be on it.

OpenSearch returns for each article an approximate score, or an upper bound if it does not count matches exactly, and
whether words are near each other. These bound the article's place among the results (:mod:`.page_bounds`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from newssearch.engines import bm25f
from newssearch.engines.article_times import MICROSECONDS_A_DAY, NO_TIME
from newssearch.engines.related import DATED_ARTICLES, NEARNESS, nearness
from newssearch.request import ResolvedRequest
from newssearch.stopping import NEVER, StopCheck

from . import scoring
from .answer_sizes import MAX_WORDS_OF_ANSWER
from .documents import DocumentSource
from .leaf_queries import finding_all
from .mapping import MAX_HITS_AT_ONCE
from .page_bounds import Bounds, Key, among_first, number_before, possible_on_page
from .proximity_bounds import ProximityBounds
from .scoring import APPROXIMATE, RankedHit

CANDIDATES_BEYOND_PAGE = 2
"""The number of articles to request beyond the end of the page, because the last score on the page must exceed theirs."""
MOST_TEXTS_AT_ONCE = 100
"""The largest number of articles whose texts one request reads."""
MAX_READ_PER_PLACE, MAX_READ_AT_ONCE = 2, 20
"""Candidates are read in batches if there are more than ``MAX_READ_AT_ONCE``, and more than ``MAX_READ_PER_PLACE`` for each place on
the page.
"""
KEPT_WORDS = 3_000_000
"""The number of words up to which results keep their texts: about 20 MB. Texts of further results are read again when
needed.
"""
_LARGE_PARTS = frozenset({"texts", "outline", "sampled"})
_MISSING = 1 << 62
"""OpenSearch sorts an article without the sort field by a number beyond this one, or below its negative."""


def without_texts(placed: RankedHit) -> RankedHit:
    """Return a result without the large parts of its document."""
    return placed._replace(
        source={name: part for name, part in placed.source.items() if name not in _LARGE_PARTS}
    )


def time_key(sort: str, instant: int, added: int) -> int:
    """Return the time by which an article is sorted, ascending."""
    if sort == "added":
        return -added
    if sort == "oldest":
        return instant if instant != NO_TIME else 1 << 62
    return -instant


def finding_ids(ids: Sequence[str]) -> dict[str, Any]:
    """Return a search for the whole documents of the articles with the given ids."""
    return {"size": len(ids), "track_total_hits": False, "query": finding_all([{"terms": {"id": ids}}])}


def documents_of(search: Callable[[dict[str, Any]], Any], ids: Sequence[str]) -> dict[str, DocumentSource]:
    """Return the whole documents of the articles with the given ids, by id."""
    hits = search(finding_ids(ids))["hits"]["hits"]
    return {hit["_source"]["id"]: hit["_source"] for hit in hits}


class _Seen(NamedTuple):
    """An article in a response: its score without proximity lies between ``least`` and ``most``.

    If it is among the first articles, proximity adds at most ``near``, and nearness in date multiplies the score by
    ``factor``.
    """

    id: str
    story: int | str
    time: int
    least: float
    most: float
    near: float
    factor: float
    words: int

    def key(self, sort: str, score: float, group: int) -> Key:
        """Return the sort key for a score. ``group`` is 0 for the first articles, whose scores are raised, and 1 for
        the rest.
        """
        if sort == "id":
            return (self.id,)
        if sort == "relevance":
            return (group, -score, self.time, self.id)
        return (self.time, -score, self.id)


class PageRequests(NamedTuple):
    """The requests of a page.

    ``search`` sends a search. ``body`` asks for all results in OpenSearch's order. The first search also has the
    parts in ``beside``, such as the totals.
    """

    search: Callable[[dict[str, Any]], Any]
    body: dict[str, Any]
    beside: dict[str, Any]
    largest: int
    """The number of words of the longest article."""
    check: StopCheck = NEVER


class PageRanking:
    """The results of a search in order, one for each article, or for each story if the request groups stories.

    ``placed`` returns the result of an article without proximity, ``raised`` with it. OpenSearch's scores are
    rounded, and too high by at most ``doubt``. If ``near_to`` is a time, nearness to it raises the scores of the
    first articles; otherwise ``proximity`` does, unless it is None.
    """

    def __init__(
        self,
        request: ResolvedRequest,
        requests: PageRequests,
        placed: Callable[[DocumentSource], RankedHit],
        raised: Callable[[RankedHit], RankedHit],
        *,
        doubt: float,
        is_scored: bool,
        near_to: int | None,
        proximity: ProximityBounds | None,
    ) -> None:
        self.first_answer: Any = None
        """The first response of OpenSearch; None before it."""
        self._sort, self._group = request.sort, request.group
        self._requests = requests
        self._placed, self._raised = placed, raised
        self._doubt, self._is_scored = doubt, is_scored
        self._near_to, self._proximity = near_to, proximity
        self._number = bm25f.PROXIMITY_ARTICLES if proximity is not None else 0
        if near_to is not None:
            self._number = DATED_ARTICLES
        self._seen: list[_Seen] = []
        self._sources: dict[int, DocumentSource] = {}
        """Documents that were read, but not scored yet."""
        self._scored: dict[int, RankedHit] = {}
        self._first: dict[int, RankedHit] = {}
        """Results with proximity, for articles that may be among the first."""
        self._after: list[Any] | None = None
        self._is_whole = False
        self._words = 0

    def between(self, offset: int, end: int) -> list[RankedHit]:
        """Return the results from ``offset`` up to but not including ``end``."""
        wanted_first = max(end, self._number) + CANDIDATES_BEYOND_PAGE
        self._see(wanted_first, with_texts=not (offset or self._number))
        while len(self._seen) < wanted_first and not self._is_whole:
            self._see(wanted_first - len(self._seen), with_texts=False)
        during = self._requests.check.during
        while True:
            first = self._among_first()
            bounds = [self._bounds(at, one, first[at]) for at, one in enumerate(during(self._seen))]
            possible = possible_on_page(bounds, offset, end)
            wanted = possible.articles
            if any(first[at] is None for at in wanted):
                wanted = sorted({*wanted, *(at for at, one in enumerate(first) if one is None)})
            if unread := [at for at in wanted if at not in self._scored]:
                if len(unread) > max(MAX_READ_PER_PLACE * (end - offset), MAX_READ_AT_ONCE):
                    unread = sorted(unread, key=lambda at: bounds[at].first)[
                        : max(end - offset + CANDIDATES_BEYOND_PAGE, len(unread) // 2)
                    ]
                self._read(unread, first)
            elif not self._is_whole and not self._covers(bounds, first, end):
                self._see(len(self._seen), with_texts=False)
            else:
                return self._page(possible.articles, first)[offset - possible.before : end - possible.before]

    # ---- what OpenSearch tells

    def _see(self, size: int, *, with_texts: bool) -> None:
        """Request the next articles in OpenSearch's order."""
        size = min(size, MAX_HITS_AT_ONCE)
        with_texts = (
            with_texts and size <= MOST_TEXTS_AT_ONCE and self._requests.largest * size <= MAX_WORDS_OF_ANSWER
        )
        body = {**self._requests.body, "size": size}
        if not with_texts:
            body["docvalue_fields"] = self._doc_value_fields
            body["stored_fields"] = "_none_"  # without this, the id would be read from the stored fields
        if self._proximity is not None and (named := self._proximity.queries()):
            body["post_filter"] = {"bool": {"filter": [{"match_all": {}}], "should": named}}
        if self._after is None:
            body |= self._requests.beside
        else:
            body["search_after"] = self._after
        answer = self._requests.search(body)
        if self.first_answer is None:
            self.first_answer = answer
        hits = answer["hits"]["hits"]
        for hit in hits:
            if with_texts:
                self._sources[len(self._seen)] = hit["_source"]
            self._seen.append(self._seen_in(hit))
        self._is_whole = len(hits) < size
        if hits:
            self._after = hits[-1]["sort"]

    @property
    def _doc_value_fields(self) -> list[str]:
        """The doc values to request of each article besides the sort fields."""
        found = ["words", "title_words"]
        if self._group:
            found.append("story")
        if self._proximity is not None:
            found.append("analysis")
        return found

    def _seen_in(self, hit: dict[str, Any]) -> _Seen:
        values: DocumentSource = hit.get("_source") or {
            name: values[0] for name, values in hit["fields"].items()
        }
        score, article_id, instant, added = 0.0, str(hit["sort"][-1]), NO_TIME, 0
        if self._sort == "relevance":
            score, instant, _ = hit["sort"]
        elif self._sort == "added":
            added, score, _ = hit["sort"]
        elif self._sort != "id":
            instant, score, _ = hit["sort"]
        if abs(instant) >= _MISSING:
            instant = NO_TIME
        least = most = 0.0
        if self._is_scored:
            most = score * (1 + APPROXIMATE)
            if _is_short(values):
                least = max(score * (1 - APPROXIMATE) - self._doubt, 0.0)
        near, factor = 0.0, 1.0
        if self._near_to is not None:
            factor = nearness_of(instant, self._near_to)
        elif self._proximity is not None:
            near = self._proximity.most(values["analysis"], hit.get("matched_queries", ()))
        story = values.get("story", article_id) if self._group else article_id
        time = time_key(self._sort, instant, added)
        return _Seen(article_id, story, time, least, most, near, factor, int(values["words"]))

    # ---- where results stand

    def _among_first(self) -> Sequence[bool | None]:
        """Return for each article whether it is among the first, whose scores are raised; None if that is undecided."""
        if not self._number:
            return [False] * len(self._seen)
        bounds = []
        for at, one in enumerate(self._requests.check.during(self._seen)):
            least, most = one.least, one.most
            if at in self._scored:
                least = most = self._scored[at].score
            first, last = one.key(self._sort, most, 0), one.key(self._sort, least, 0)
            bounds.append(Bounds(at, first, last))
        return among_first(bounds, self._number, None if self._is_whole else self._key_of_rest(0))

    def _key_of_rest(self, group: int) -> Key:
        """Return a lower bound of the sort keys of all articles not yet seen."""
        last = self._seen[-1]
        return last.key(self._sort, last.most, group)

    def _bounds(self, at: int, one: _Seen, is_first: bool | None) -> Bounds:
        if at in self._scored and is_first is not None:
            score = (self._first if is_first else self._scored)[at].score
            key = one.key(self._sort, score, 0 if is_first else 1)
            return Bounds(one.story, key, key)
        if is_first is False:
            return Bounds(one.story, one.key(self._sort, one.most, 1), one.key(self._sort, one.least, 1))
        most, least = one.most * one.factor + one.near, one.least * one.factor
        last = one.key(self._sort, least, 0) if is_first else one.key(self._sort, one.least, 1)
        return Bounds(one.story, one.key(self._sort, most, 0), last)

    def _covers(self, bounds: Sequence[Bounds], first: Sequence[bool | None], end: int) -> bool:
        """Whether no unseen article can precede the place ``end``."""
        rest = self._key_of_rest(1)
        if sum(one is True for one in first) < self._number:  # an unseen article may be among the first
            rest = (0, -self._most_raised(self._seen[-1].most))
        return number_before(bounds, rest) >= end

    def _most_raised(self, score: float) -> float:
        """Return the largest score to which the score of an article may be raised."""
        if self._near_to is not None:
            return score * (1 + NEARNESS)
        return score if self._proximity is None else score + self._proximity.largest

    # ---- texts

    def _read(self, wanted: Sequence[int], first: Sequence[bool | None]) -> None:
        """Read and score the wanted articles."""
        missing = [at for at in wanted if at not in self._sources]
        for some in self._in_answers(missing):
            by_id = documents_of(self._requests.search, [self._seen[at].id for at in some])
            self._score({at: by_id[self._seen[at].id] for at in some}, first)
        self._score({at: self._sources.pop(at) for at in wanted if at in self._sources}, first)

    def _score(self, sources: dict[int, DocumentSource], first: Sequence[bool | None]) -> None:
        for at, source in sources.items():
            self._words += self._seen[at].words
            placed = self._placed(source)
            raised = placed if first[at] is False else self._raised(placed)
            if self._words > KEPT_WORDS:
                placed, raised = without_texts(placed), without_texts(raised)
            self._scored[at], self._first[at] = placed, raised

    def _in_answers(self, wanted: Sequence[int]) -> Iterator[list[int]]:
        """Yield the articles in groups whose texts fit in one response."""
        some: list[int] = []
        words = 0
        for at in wanted:
            more = self._seen[at].words
            if some and (words + more > MAX_WORDS_OF_ANSWER or len(some) == MOST_TEXTS_AT_ONCE):
                yield some
                some, words = [], 0
            some.append(at)
            words += more
        if some:
            yield some

    def _page(self, articles: Sequence[int], first: Sequence[bool | None]) -> list[RankedHit]:
        """Return the results of the articles in order, one for each story."""
        found = sorted((self._bounds(at, self._seen[at], first[at]).first, at) for at in articles)
        results: dict[int | str, RankedHit] = {}
        for _, at in found:
            results.setdefault(self._seen[at].story, (self._first if first[at] else self._scored)[at])
        return list(results.values())


def nearness_of(instant: int, near_to: int) -> float:
    """Return the factor by which nearness in date raises the score of an article."""
    if NO_TIME in (instant, near_to):
        return 1.0
    return nearness(abs(instant - near_to) / MICROSECONDS_A_DAY)


def _is_short(values: DocumentSource) -> bool:
    """Whether an article is so short that the packed counts of text and headline matches are unambiguous: see
    :mod:`.scoring`.
    """
    unit = min(scoring.TITLE_UNIT, scoring.PARAGRAPH_TITLE_UNIT)
    return int(values["words"]) < unit and int(values["title_words"]) < (1 << 24) // scoring.TITLE_UNIT
