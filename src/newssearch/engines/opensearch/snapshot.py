"""The snapshot of an index in OpenSearch: searches the state of the index after one commit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from newssearch.article import Article
from newssearch.corpus.neighbours import Neighbours
from newssearch.engines.article_times import NO_TIME, ONLY_MONTH, ONLY_YEAR, moment_of, partial_date
from newssearch.engines.feedback import FEEDBACK_RESULTS, expansion_of
from newssearch.engines.protocol import (
    Contents,
    Found,
    FoundExpansion,
    FoundMore,
    FoundRelated,
    FoundScan,
    HitAddress,
)
from newssearch.engines.related import related_tree
from newssearch.engines.selected_values import chosen_by
from newssearch.errors import ArticleNotFoundError, HitNotFoundError, IndexNotFoundError
from newssearch.facets import Facet, FacetValue, FacetValues
from newssearch.fields import FIELD_NAMES, INFO_FACETS, by_name
from newssearch.identity import id_number
from newssearch.outlets import Aliases
from newssearch.query import Boost, Everything, Node, Relaxed, Word
from newssearch.request import HitContent, ResolvedRequest
from newssearch.results import Explanation, Hit, Rank
from newssearch.stopping import NEVER, StopCheck
from newssearch.system.frozen import FrozenDict
from newssearch.text.analysis import NO_ADDED, analyser_named
from newssearch.text.partial_dates import PartialDate

from .article_queries import EVERYTHING, excluding
from .client import JsonAnswer
from .commit_cache import CommitCache
from .condition_limit import ConditionLimit
from .corpus_queries import ClusterCorpusQueries
from .documents import document_id
from .evaluation import Evaluation, SearchCall
from .facets import FacetCounter
from .failures import PointInTimeLostError
from .leaf_queries import ClusterQuery, finding_all, finding_any, finding_one_of
from .mapping import MAX_HITS_AT_ONCE
from .query_notes import names_on, notes_on
from .ranking import ClusterRanking, with_texts
from .scoring import RankedHit, Statistics, light_words
from .searching import ClusterHits, clauses_of, explanation_of, page_and_totals, totals_of
from .statistics import statistics_of
from .stored_articles import Opened
from .story_copies import EARLIEST_FIRST, CopiesOf, copies_among, in_stories, stories_among
from .telling_words import ClusterTermCounts, feedback_of, weighty_texts
from .vocabulary import KnownWords

if TYPE_CHECKING:
    from newssearch.corpus.coverage import CoverageRequest, FoundCoverage
    from newssearch.corpus.stories import FoundStories, StoriesRequest

HITS_AT_ONCE = 200
"""The number of results that a scan ranks at first. The number doubles each time that the scan needs more."""


class OpenSearchSnapshot(ClusterCorpusQueries):
    """The state of an index after one commit: see :class:`newssearch.engines.protocol.Snapshot`."""

    # ---- what searches share

    def _search(
        self,
        opened: Opened,
        body: Mapping[str, Any],
        *,
        filter_path: str | None = None,
        check: StopCheck = NEVER,
    ) -> JsonAnswer:
        """Return the response to a search with any number of conditions: see :mod:`.condition_limit`."""
        whole = super()._search
        sets = self._shared_by_readers.sets
        if sets is None or sets[0] is not opened:
            sets = self._shared_by_readers.sets = opened, {}
        limit = ConditionLimit(lambda one, stop: whole(opened, one, check=stop), sets[1], check)
        return whole(opened, limit(body), filter_path=filter_path, check=check)

    def _shared(
        self, opened: Opened, check: StopCheck
    ) -> tuple[Statistics, KnownWords, CommitCache, dict[str, list[str]]]:
        """Return the statistics, the vocabulary, the cache and the keys of values of an opened commit."""
        known = self._shared_by_readers.known
        if known is None or known[0] is not opened:
            statistics = statistics_of(self._searcher(opened), opened.state.visible, check)
            vocabulary = KnownWords(lambda body, check: self._search_words(opened, body, check))
            known = self._shared_by_readers.known = (
                opened,
                statistics,
                vocabulary,
                CommitCache.empty(),
                {},
            )
        return known[1:]

    def _search_words(self, opened: Opened, body: JsonAnswer, check: StopCheck) -> JsonAnswer:
        """Return the response to a search of the index of words. Words are only ever added, so that it needs no point
        in time.
        """
        try:
            return self._client.search(body, index=opened.state.words_index, check=check)
        except IndexNotFoundError as error:  # a rebuild has removed it, with the articles
            raise PointInTimeLostError(str(error), self._client.place) from None

    def _search_again(self, opened: Opened, body: JsonAnswer, check: StopCheck = NEVER) -> JsonAnswer:
        """Return the response to a search, with another point in time of the same commit if this one is lost."""
        try:
            return self._search(opened, body, check=check)
        except PointInTimeLostError:
            again = self._opened_again(opened, check)
            if again.state.stamp != opened.state.stamp:
                raise
            return self._search(again, body, check=check)

    def _searcher(self, opened: Opened) -> Callable[[JsonAnswer, StopCheck], JsonAnswer]:
        return lambda body, check: self._search(opened, body, check=check)

    def _evaluation(self, opened: Opened, tree: Node, request: ResolvedRequest) -> Evaluation:
        statistics, vocabulary, known, keys = self._shared(opened, request.check)

        def keys_of(place: str) -> Sequence[str]:
            if place not in keys:
                keys[place] = list(self._keys(opened, place, request.check))
            return keys[place]

        return Evaluation(
            self._searcher(opened), opened.state.visible, vocabulary, statistics, by_name(self.own_fields),
            tree, request, known, keys_of,
        )  # fmt: skip

    def _keys(self, opened: Opened, place: str, check: StopCheck) -> Iterator[str]:
        asked: JsonAnswer = {"size": MAX_HITS_AT_ONCE, "sources": [{"key": {"terms": {"field": place}}}]}
        while True:
            body = {
                "size": 0, "track_total_hits": True, "query": opened.state.visible, "aggs": {"keys": {"composite": asked}}
            }  # fmt: skip
            answer = self._search(opened, body, check=check)["aggregations"]["keys"]
            yield from (bucket["key"]["key"] for bucket in answer["buckets"])
            if len(answer["buckets"]) < MAX_HITS_AT_ONCE:
                return
            asked = {**asked, "after": answer["after_key"]}

    # ---- the search

    @property
    def added_analyses(self) -> Mapping[str, str]:
        """The names of those analyses of its articles that other packages add, by language: none on a cluster."""
        return NO_ADDED

    def search(self, tree: Node, request: ResolvedRequest) -> Found:
        """Return the page of hits that ``request`` asks for, with the counts and facets of the search."""
        return self._whole(lambda opened: self._found(opened, tree, request), request.check)

    def _found(self, opened: Opened, tree: Node, request: ResolvedRequest) -> Found:
        search = self._searcher(opened)
        evaluation = self._evaluation(opened, tree, request)
        found = evaluation.found()
        page, totals = page_and_totals(search, evaluation, found)
        counter = FacetCounter(search, by_name(self.own_fields), request.aliases, request.check)
        facets: dict[str, FacetValues] = {}
        for facet in request.asked_facets:
            counted = found
            if facet.disjunctive:
                counted = evaluation.found(leaving_out=chosen_by(facet.name))
            facets[facet.name] = counter.count(facet, counted, request)
        hits = self._hits(opened, evaluation, page)
        notes = notes_on(evaluation, totals.articles)
        return Found(
            hits=hits,
            total_articles=totals.articles,
            total_paragraphs=totals.paragraphs,
            total_stories=totals.stories,
            facets=FrozenDict(facets),
            diagnostics=list(notes.diagnostics),
            corrections=FrozenDict(notes.corrections),
            clauses=clauses_of(evaluation) if request.explain or not totals.articles else (),
            names=FrozenDict(names_on(evaluation)),
            undated=evaluation.undated(found),
            imprecise=evaluation.imprecise(found),
            dates=totals.dates,
        )

    def _hits(
        self,
        opened: Opened,
        evaluation: Evaluation,
        page: Sequence[RankedHit],
        content: HitContent = "snippets",
        missing: Sequence[tuple[str, ...]] = (),
    ) -> tuple[Hit, ...]:
        request = evaluation.request

        def explain(placed: RankedHit) -> Explanation:
            return explanation_of(evaluation.scored, placed, of_paragraph=request.all_paragraphs)

        copies = CopiesOf(partial(self._search_again, opened), opened.state.visible, request.check)
        copies.expect(one.source["story"] for one in page if "story" in one.source)
        maker = ClusterHits(
            evaluation.tree,
            request.snippet,
            content,
            explain if request.explain else None,
            copies,
            request.check,
        )
        whole = with_texts(lambda body: self._search_again(opened, body, request.check), page)
        hits = []
        for at, placed in enumerate(request.check.during(whole, 1)):
            # a newer point in time was read, from which the next commit is removing the article
            if "texts" not in placed.source:
                raise PointInTimeLostError(
                    f"the cluster no longer has the snapshot in which {placed.source['id']} was found",
                    self._client.place,
                )
            hits.append(maker.hit(placed, missing[at] if missing else ()))
        return tuple(hits)

    def search_more(self, tree: Node, relaxed: Relaxed, request: ResolvedRequest, first: Found) -> FoundMore:
        """Return the page of articles that match the ``relaxed`` tree and pass the filters, but do not match ``tree``."""

        def work(opened: Opened) -> FoundMore:
            by_score = replace(request, sort="relevance")
            evaluation = self._evaluation(opened, tree, by_score)
            search = self._searcher(opened)
            query = self._more(search, evaluation, relaxed)
            total = evaluation.count(query)
            page = ClusterRanking(search, evaluation, query).page() if total else []
            ids = [placed.source["id"] for placed in page]
            having: list[tuple[Node, set[str]]] = [
                (word, self._among(opened, evaluation, word, ids)) for word in relaxed.words if page
            ]
            missing = [
                tuple(dict.fromkeys(str(word) for word, found in having if one not in found)) for one in ids
            ]
            return FoundMore(
                hits=self._hits(opened, evaluation, page, missing=missing),
                total_articles=total,
                total_stories=total - copies_among(search, query, request.check),
            )

        return self._whole(work, request.check)

    def _among(self, opened: Opened, evaluation: Evaluation, word: Node, ids: Sequence[str]) -> set[str]:
        """Return the given ids whose articles match a node."""
        query = finding_all([{"terms": {"id": list(ids)}}, evaluation.conditions(word)])
        body = {
            "size": len(ids), "query": query, "_source": False, "docvalue_fields": ["id"], "track_total_hits": False
        }  # fmt: skip
        hits = self._search(opened, body, check=evaluation.check)["hits"]["hits"]
        return {hit["fields"]["id"][0] for hit in hits}

    def _more(self, search: SearchCall, evaluation: Evaluation, relaxed: Relaxed) -> ClusterQuery:
        first = evaluation.found()
        wanted = [evaluation.found(relaxed.tree), excluding(first)]
        if evaluation.request.group:
            stories = [story for story, _ in stories_among(search, first, evaluation.check)]
            wanted.append(excluding(in_stories(stories)))
        by_analysis = []
        for name in evaluation.statistics.analyses:
            is_function_word = analyser_named(name).is_function_word
            content = [
                word
                for word in relaxed.words
                if not (isinstance(leaf := _bare_word(word), Word) and is_function_word(leaf.text))
            ]
            any_word = finding_one_of(evaluation.conditions(word) for word in content or relaxed.words)
            by_analysis.append(finding_all([{"term": {"analysis": name}}, any_word]))
        return finding_all([*wanted, finding_any(by_analysis)])

    def scan(
        self, tree: Node, request: ResolvedRequest, content: HitContent, after: HitAddress | None = None
    ) -> FoundScan:
        """Return all hits after the hit ``after``. They are made while the iterator is read."""
        opened, evaluation, order = self._order(tree, request)
        start = 0 if after is None else self._place_of(opened, order, after, request) + 1

        def hits() -> Iterator[Hit]:
            for low in range(start, len(order), HITS_AT_ONCE):
                yield from self._hits(opened, evaluation, order[low : low + HITS_AT_ONCE], content)

        return FoundScan(hits(), len(order), start)

    def _order(self, tree: Node, request: ResolvedRequest) -> tuple[Opened, Evaluation, list[RankedHit]]:
        def work(opened: Opened) -> tuple[Opened, Evaluation, list[RankedHit]]:
            evaluation = self._evaluation(opened, tree, request)
            ranking = ClusterRanking(self._searcher(opened), evaluation, evaluation.found())
            return opened, evaluation, ranking.first(None)

        return self._whole(work, request.check)

    def neighbours(
        self, tree: Node, request: ResolvedRequest, content: HitContent, address: HitAddress
    ) -> Neighbours:
        """Return a hit of :meth:`scan` with the hits before and after it."""
        opened, evaluation, order = self._order(tree, request)
        place = self._place_of(opened, order, address, request)
        before = max(place - 1, 0)
        hits = self._hits(opened, evaluation, order[before : place + 2], content)
        return Neighbours(
            hit=hits[place - before],
            previous=hits[0] if place else None,
            next=hits[-1] if place + 1 < len(order) else None,
            position=place + 1,
            total=len(order),
        )

    def _place_of(
        self, opened: Opened, order: Sequence[RankedHit], address: HitAddress, request: ResolvedRequest
    ) -> int:
        """Return the place of a hit among all results. If each article has only one hit, any of its paragraphs
        identifies it.

        Raises :class:`~newssearch.HitNotFoundError` if the search has no such hit.
        """
        number = id_number(address.id)
        for place, one in enumerate(order):
            same = not request.all_paragraphs or address.paragraph in (None, one.paragraph)
            if same and id_number(one.source["id"]) == number:
                return place
        story = self._story_of(opened, address.id) if request.group else None
        for one in order if story is not None else ():
            if one.source.get("story") == story:
                raise HitNotFoundError(str(address), str(HitAddress(one.source["id"], one.paragraph)))
        raise HitNotFoundError(str(address))

    def rank(self, tree: Node, request: ResolvedRequest) -> list[Rank]:
        """Return the article id, paragraph and score of each hit on the page that ``request`` asks for."""

        def work(opened: Opened) -> list[Rank]:
            evaluation = self._evaluation(opened, tree, request)
            page = ClusterRanking(self._searcher(opened), evaluation, evaluation.found()).page()
            return [Rank(one.source["id"], one.paragraph, one.score) for one in page]

        return self._whole(work, request.check)

    def count(self, tree: Node, request: ResolvedRequest) -> int:
        """Return the number of articles that match ``tree`` and pass the filters of ``request``."""

        def work(opened: Opened) -> int:
            evaluation = self._evaluation(opened, tree, request)
            return evaluation.count(evaluation.found())

        return self._whole(work, request.check)

    def ids_matching(self, tree: Node, request: ResolvedRequest) -> list[str]:
        """Return the sorted ids of all articles that match ``tree`` and pass the filters of ``request``."""

        def work(opened: Opened) -> list[str]:
            found = self._evaluation(opened, tree, request).found()
            return sorted(self._ids(opened, found, [{"id": "asc"}]))

        return self._whole(work, request.check)

    def story(self, article_id: str) -> list[str]:
        """Return the ids of all articles in the story of the given article, the earliest first."""

        def work(opened: Opened) -> list[str]:
            story = self._story_of(opened, article_id)
            if story is None:
                return [article_id]
            return list(self._ids(opened, {"term": {"story": story}}, EARLIEST_FIRST))

        return self._whole(work)

    def _story_of(self, opened: Opened, article_id: str) -> int | None:
        """Return the number of an article's story; None if the article belongs to none, or does not exist."""
        query = self._committed(opened, {"ids": {"values": [document_id(article_id)]}})
        hits = self._search_again(opened, {"query": query, "size": 1, "_source": ["story"]})["hits"]["hits"]
        return hits[0]["_source"].get("story") if hits else None

    def stories(self, tree: Node, request: ResolvedRequest, wanted: StoriesRequest) -> FoundStories:
        """Return a page of the stories with an article that matches ``tree`` and passes the filters of ``request``."""
        from .story_list import list_matched_stories  # a search needs none of it

        def work(opened: Opened) -> FoundStories:
            evaluation = self._evaluation(opened, tree, request)
            return list_matched_stories(self._searcher(opened), evaluation, opened.state.visible, wanted)

        return self._whole(work, request.check)

    def boilerplate_of(self, article_id: str) -> tuple[int, ...]:
        """Return the numbers of the paragraphs of an article that are boilerplate, ascending."""
        source = self._source_of(article_id, ("sampled.boilerplate",))
        return () if source is None else tuple(index + 1 for index in source["sampled"]["boilerplate"])

    def expansion(self, tree: Node, relaxed: Relaxed | None, request: ResolvedRequest) -> FoundExpansion:
        """Return the words that expand a query. ``relaxed`` adds results that contain only some of its words."""
        asked = replace(
            request, sort="relevance", limit=FEEDBACK_RESULTS, offset=0, all_paragraphs=False, group=True
        )

        def work(opened: Opened) -> FoundExpansion:
            evaluation = self._evaluation(opened, tree, asked)
            search = self._searcher(opened)
            results = ClusterRanking(search, evaluation, evaluation.found()).page()
            if relaxed is not None and len(results) < FEEDBACK_RESULTS:
                more = ClusterRanking(search, evaluation, self._more(search, evaluation, relaxed))
                results += more.first(FEEDBACK_RESULTS - len(results))
            return expansion_of(
                tree,
                list(feedback_of([*with_texts(lambda body: search(body, request.check), results)])),
                ClusterTermCounts(evaluation),
                lambda analysis: light_words(evaluation.scored, analysis),
                request.check,
            )

        return self._whole(work, request.check)

    def related(self, article: Article, request: ResolvedRequest) -> FoundRelated:
        """Return the page of articles related to an article, and the words that found them."""

        def work(opened: Opened) -> FoundRelated:
            search = self._searcher(opened)
            everything = self._evaluation(opened, Everything(), request)
            source = next(everything.texts({"terms": {"id": [article.id]}}), None)
            if source is None:
                raise ArticleNotFoundError(article.id)
            terms = ClusterTermCounts(everything)
            own = analyser_named(source["analysis"])
            tree = related_tree(article.title or "", weighty_texts(source), own, terms, request.check)
            evaluation = self._evaluation(opened, tree, replace(request, explain=True))
            same_story = in_stories([source["story"]] if "story" in source else [])
            without = [{"term": {"id": article.id}}, same_story]
            found = finding_all([evaluation.found(), *map(excluding, without)])
            time = int(source.get("instant", NO_TIME))
            page, totals = page_and_totals(search, evaluation, found, time, without)
            return FoundRelated(
                tree=tree,
                hits=self._hits(opened, evaluation, page),
                total_articles=totals.articles,
                total_paragraphs=totals.paragraphs,
                total_stories=totals.stories,
            )

        return self._whole(work, request.check)

    def coverage(self, tree: Node, request: ResolvedRequest, wanted: CoverageRequest) -> FoundCoverage:
        """Return the outlets with articles that match ``tree`` and pass the filters, or with articles of a story
        among them.
        """
        from .coverage import outlet_coverage  # a search needs none of it

        def work(opened: Opened) -> FoundCoverage:
            evaluation = self._evaluation(opened, tree, request)
            found = evaluation.found()
            among = None if wanted.story is None else self._in_same_story(opened, wanted.story)
            counter = FacetCounter(
                self._searcher(opened), by_name(self.own_fields), request.aliases, request.check
            )
            counted = found if among is None else finding_all([found, among])
            return outlet_coverage(counter, evaluation, counted, wanted)._replace(
                diagnostics=notes_on(evaluation, evaluation.count(found)).diagnostics,
                undated=evaluation.undated(found, among),
                imprecise=evaluation.imprecise(found, among),
            )

        return self._whole(work, request.check)

    def _in_same_story(self, opened: Opened, article_id: str) -> ClusterQuery:
        """Return a query for the articles in the story of an article."""
        story = self._story_of(opened, article_id)
        return {"ids": {"values": [document_id(article_id)]}} if story is None else in_stories([story])

    # ---- contents

    def contents(self, aliases: Aliases = ()) -> Contents:
        """Return the numbers of articles, paragraphs and words, the first and last date, and the values of fields."""
        return self._whole(lambda opened: self._contents(opened, aliases), is_long=True)

    def _contents(self, opened: Opened, aliases: Aliases) -> Contents:
        search = self._searcher(opened)
        everything = finding_all([opened.state.visible, EVERYTHING])
        own = by_name(self.own_fields)
        evaluation = self._evaluation(opened, Everything(), ResolvedRequest())
        totals = totals_of(search, evaluation, everything)
        statistics = evaluation.statistics
        counter = FacetCounter(search, own, aliases)
        return Contents(
            articles=statistics.articles,
            paragraphs=statistics.paragraphs,
            words=statistics.words,
            first_date=self._date_at(opened, "asc"),
            last_date=self._date_at(opened, "desc"),
            by_field=FrozenDict((name, counter.count(Facet(name), everything)) for name in INFO_FACETS),
            own_fields=FrozenDict((name, str(row.kind)) for name, row in own.items()),
            by_own_field=FrozenDict((name, counter.count(Facet(name), everything)) for name in own),
            known=FrozenDict(self._provenances(counter, everything)),
            dates=totals.dates,
        )

    def _date_at(self, opened: Opened, order: str) -> Any:
        """Return the first or last date of the articles; of equal ones, the most precise. None if no article has a date."""
        body = {
            "size": 1, "track_total_hits": False, "_source": False, "docvalue_fields": ["local", "precision"],
            "query": finding_all([opened.state.visible, {"exists": {"field": "local"}}]),
            "sort": [{"local": order}, {"fineness": "desc"}, {"id": "asc"}],
        }  # fmt: skip
        hits = self._search(opened, body)["hits"]["hits"]
        if not hits:
            return None
        local, precision = (hits[0]["fields"][name][0] for name in ("local", "precision"))
        coarse = precision & 7
        if coarse in (ONLY_YEAR, ONLY_MONTH):
            found: PartialDate = partial_date(local, coarse)
            return found
        return moment_of(local).date()

    def _provenances(
        self, counter: FacetCounter, everything: ClusterQuery
    ) -> dict[str, tuple[FacetValue, ...]]:
        counts: dict[str, Counter[str]] = {field: Counter() for field in FIELD_NAMES}
        for (text,), number in counter.buckets(everything, ("provenance",)):
            for field, provenance in json.loads(text or "{}").items():
                counts.setdefault(field, Counter())[provenance] += number
        return {
            field: tuple(
                FacetValue(*pair) for pair in sorted(ways.items(), key=lambda one: (-one[1], one[0]))
            )
            for field, ways in counts.items()
            if ways
        }


def _bare_word(node: Node) -> Node:
    while isinstance(node, Boost):
        node = node.operand
    return node
