"""The snapshot of the embedded engine: it searches the state of an index after one commit, and reads its articles."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from heapq import merge
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from newssearch.article import Article, Place
from newssearch.engines.article_times import moment_of
from newssearch.engines.embedded.search.date_facets import count_dates, first_and_last_date
from newssearch.engines.embedded.search.evaluator import QueryEvaluator, Selection
from newssearch.engines.embedded.search.explain import explain
from newssearch.engines.embedded.search.facets import count_facet
from newssearch.engines.embedded.search.hit_order import HitOrder, place_of
from newssearch.engines.embedded.search.hits import HitMaker, articles_of_story
from newssearch.engines.embedded.search.result_order import ResultOrder
from newssearch.engines.embedded.search.telling_words import (
    SegmentTermCounts,
    feedback_results,
    weighty_paragraphs,
)
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.stored_fields import provenance_of
from newssearch.engines.embedded.storage.container import item_view
from newssearch.engines.feedback import FEEDBACK_RESULTS, expansion_of
from newssearch.engines.protocol import (
    Contents,
    Found,
    FoundExpansion,
    FoundMore,
    FoundRelated,
    FoundScan,
    HitAddress,
    KeptVersion,
    StoredArticle,
    StoredHeader,
)
from newssearch.engines.related import related_tree
from newssearch.engines.selected_values import chosen_by
from newssearch.engines.sorted_sets import NO_INTS, Ints, Mask, distinct, run_starts
from newssearch.facets import Facet, FacetValue, FacetValues
from newssearch.fields import FIELD_NAMES, INFO_FACETS
from newssearch.identity import id_number
from newssearch.outlets import Aliases
from newssearch.query import Node, Relaxed
from newssearch.request import HitContent, ResolvedRequest
from newssearch.results import Hit, Rank
from newssearch.system.frozen import FrozenDict

from .corpus_queries import CorpusQueries, without_repetitions

if TYPE_CHECKING:
    from newssearch.corpus.neighbours import Neighbours


def _only(segment: Segment, article: int | None) -> Mask:
    """Return a mask of the articles of a segment that contains only ``article``, or none."""
    mask = np.zeros(segment.articles, np.bool_)
    if article is not None:
        mask[article] = True
    return mask


_QUOTED = re.compile(r"'[^']*'")
"""Matches a quotation from the article within the text of a provenance."""


BATCHES_TO_RELEASE = 2
"""The number of batches of hits after which a scan releases the file pages it has read from memory."""


class _Evaluated(NamedTuple):
    """The evaluator of a search, with the cached matches of its leaves, and a mask of the articles found."""

    evaluator: QueryEvaluator
    found: Mask


class EmbeddedSnapshot(CorpusQueries):
    """The state of an index after one commit: see :class:`newssearch.engines.protocol.Snapshot`."""

    def of_one_commit(self) -> EmbeddedSnapshot:
        """Return the snapshot itself: its files do not change while it is open."""
        return self

    # ---- the search

    def search(self, tree: Node, request: ResolvedRequest) -> Found:
        """Return the page of hits that ``request`` asks for, with the counts and facets of the search."""
        with self._reading(tree):
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            selection = evaluator.selection(request)
            articles = selection.articles()
            order = ResultOrder(evaluator, articles, request)
            total = int(np.count_nonzero(articles))
            suggester = evaluator.suggester(total)
            return Found(
                hits=HitMaker(self._reader, tree, request.snippet, check=request.check).hits(
                    order.page(), explain=order.explain if request.explain else None
                ),
                total_articles=total,
                total_paragraphs=order.paragraphs(),
                total_stories=total - self._copies_among(articles),
                facets=self._facets(selection, articles, request),
                diagnostics=without_repetitions([*evaluator.notes, *suggester.unknown_words(tree)]),
                corrections=FrozenDict(suggester.corrections),
                clauses=explain(evaluator, request) if request.explain or not total else (),
                names=FrozenDict(evaluator.names()),
                undated=evaluator.count_undated(request, articles),
                imprecise=evaluator.count_imprecise(request, articles),
                dates=count_dates(self._reader, articles),
                evaluated=_Evaluated(evaluator, articles),
            )

    def search_more(self, tree: Node, relaxed: Relaxed, request: ResolvedRequest, first: Found) -> FoundMore:
        """Return the page of articles that match the ``relaxed`` tree and pass the filters, but do not match ``tree``."""
        with self._reading(tree):
            evaluator, found = cast("_Evaluated", first.evaluated)
            articles = self._more(evaluator, found, relaxed, request)
            order = ResultOrder(evaluator, articles, replace(request, sort="relevance"))
            page = order.page()
            total = int(np.count_nonzero(articles))
            having = [(word, evaluator.articles(word)) for word in relaxed.words]
            numbers = [self._reader.article_number(placed.document) for placed in page]
            missing = [
                tuple(dict.fromkeys(str(word) for word, mask in having if not mask[number]))
                for number in numbers
            ]
            return FoundMore(
                hits=HitMaker(self._reader, tree, request.snippet, check=request.check).hits(
                    page, missing, order.explain if request.explain else None
                ),
                total_articles=total,
                total_stories=total - self._copies_among(articles),
            )

    def _more(
        self, evaluator: QueryEvaluator, first: Mask, relaxed: Relaxed, request: ResolvedRequest
    ) -> Mask:
        """Return a mask of the articles that match the ``relaxed`` tree and pass the filters, but are not among ``first``.

        A function word alone is not enough, unless all words that may be missing are function words.
        If the request groups stories, those of articles among ``first`` are left out.
        """
        articles = evaluator.found_by(relaxed.tree, request) & ~first
        articles &= evaluator.with_content_word(relaxed.words)
        if request.group:
            self._remove_stories_of(first, articles)
        return articles

    def expansion(self, tree: Node, relaxed: Relaxed | None, request: ResolvedRequest) -> FoundExpansion:
        """Return the words that expand a query. ``relaxed`` adds results that contain only some of its words."""
        with self._reading(tree):
            asked = replace(
                request, sort="relevance", limit=FEEDBACK_RESULTS, offset=0, all_paragraphs=False, group=True
            )
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            first = evaluator.found(asked)
            results = ResultOrder(evaluator, first, asked).page()
            if relaxed is not None and len(results) < FEEDBACK_RESULTS:
                rest = replace(asked, limit=FEEDBACK_RESULTS - len(results))
                results += ResultOrder(evaluator, self._more(evaluator, first, relaxed, rest), rest).page()
            return expansion_of(
                tree,
                list(request.check.during(feedback_results(self._reader, results), 1)),
                SegmentTermCounts(self._reader),
                evaluator.function_words,
                request.check,
            )

    def related(self, article: Article, request: ResolvedRequest) -> FoundRelated:
        """Return the page of articles related to an article, and the words that found them."""
        with self._reading():
            found = self._reader.article(article.id)
            assert found is not None, "an article of the snapshot"
            segment, number = found
            texts = weighty_paragraphs(article, segment, number)
            terms = SegmentTermCounts(self._reader)
            tree = related_tree(
                article.title or "", texts, segment.analyser(article.lang), terms, request.check
            )
            own = self._reader.per_segment(lambda other: _only(other, number if other is segment else None))
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            articles = evaluator.found(request) & ~own
            self._remove_stories_of(own, articles)
            order = ResultOrder(evaluator, articles, request, int(segment.instant[number]))
            total = int(np.count_nonzero(articles))
            return FoundRelated(
                tree=tree,
                hits=HitMaker(self._reader, tree, request.snippet, check=request.check).hits(
                    order.page(), explain=order.explain
                ),
                total_articles=total,
                total_paragraphs=order.paragraphs(),
                total_stories=total - self._copies_among(articles),
            )

    def _remove_stories_of(self, first: Mask, articles: Mask) -> None:
        """Remove from the mask ``articles`` the other articles of the stories that ``first`` belongs to."""
        told = distinct(np.concatenate([NO_INTS, *self._stories_among(first)]))
        for segment, mask in self._reader.by_segment(articles) if len(told) else ():
            if segment.stories is not None:
                storied = segment.storied[mask[segment.storied]]
                mask[storied[np.isin(segment.stories.story[storied], told)]] = False

    def _stories_among(self, articles: Mask) -> Iterator[Ints]:
        """Yield, for each segment, the story numbers of the given articles that belong to a story."""
        for segment, mask in self._reader.by_segment(articles):
            if segment.stories is not None:
                yield segment.stories.story[segment.storied[mask[segment.storied]]].astype(np.int64)

    def scan(
        self, tree: Node, request: ResolvedRequest, content: HitContent, after: HitAddress | None = None
    ) -> FoundScan:
        """Return all hits from the one after the hit ``after`` on; they are made while the iterator is read."""
        with self._reading(tree):
            order = self._hit_order(tree, request)
            start = 0 if after is None else place_of(order, self._reader, after, request) + 1
            batches, maker = order.batches(start), self._hit_maker(tree, request, content)

        def hits() -> Iterator[Hit]:
            for number, batch in enumerate(batches, 1):
                request.check()
                with self._reading(tree):
                    made = maker.hits(batch)
                if number % BATCHES_TO_RELEASE == 0:
                    self._reader.release()
                yield from made

        return FoundScan(hits(), order.total, start)

    def neighbours(
        self, tree: Node, request: ResolvedRequest, content: HitContent, address: HitAddress
    ) -> Neighbours:
        """Return a hit of :meth:`scan`, and those before and after it."""
        from newssearch.corpus.neighbours import Neighbours  # a search needs none of it

        with self._reading(tree):
            order = self._hit_order(tree, request)
            place = place_of(order, self._reader, address, request)
            before, after = max(place - 1, 0), place + 2
            hits = self._hit_maker(tree, request, content).hits(order.between(before, after))
            return Neighbours(
                hit=hits[place - before],
                previous=hits[0] if place else None,
                next=hits[-1] if place + 1 < order.total else None,
                position=place + 1,
                total=order.total,
            )

    def _hit_order(self, tree: Node, request: ResolvedRequest) -> HitOrder:
        evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
        articles = evaluator.found(request)
        total = None
        if not request.all_paragraphs:
            copies = self._copies_among(articles) if request.group else 0
            total = int(np.count_nonzero(articles)) - copies
        return HitOrder(self._reader, ResultOrder(evaluator, articles, request), total)

    def _hit_maker(self, tree: Node, request: ResolvedRequest, content: HitContent) -> HitMaker:
        snippet = request.snippet if content == "snippets" else None
        return HitMaker(self._reader, tree, snippet, texts=content != "fields", check=request.check)

    def rank(self, tree: Node, request: ResolvedRequest) -> list[Rank]:
        """Return the article id, paragraph and score of each hit on the page that ``request`` asks for."""
        with self._reading(tree):
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            order = ResultOrder(evaluator, evaluator.found(request), request)
            page = request.check.during(order.page())
            return [self._rank(placed.document, placed.score) for placed in page]

    def _copies_among(self, articles: Mask) -> int:
        """Return the number of the given articles that are redundant copies: all except one of each story."""
        stories = np.sort(np.concatenate([NO_INTS, *self._stories_among(articles)]))
        return int(np.count_nonzero(~run_starts(stories)))

    def _rank(self, document: int, score: float) -> Rank:
        segment, local = self._reader.document(document)
        return Rank(segment.id(segment.article_of(local)).decode(), segment.number_of(local), score)

    # ---- facets and contents

    def _facets(
        self, selection: Selection, articles: Mask, request: ResolvedRequest
    ) -> FrozenDict[str, FacetValues]:
        """Return the facets of a search whose articles are ``articles``."""
        found: dict[str, FacetValues] = {}
        all_found = articles.nonzero()[0] if request.facets else NO_INTS
        for facet in request.asked_facets:
            request.check()
            chosen = chosen_by(facet.name)
            disjunctive = facet.disjunctive and chosen in selection.filters
            counted = selection.articles(leaving_out=chosen).nonzero()[0] if disjunctive else all_found
            found[facet.name] = count_facet(self._reader, facet, counted, request.aliases, request)
        return FrozenDict(found)

    @property
    def added_analyses(self) -> Mapping[str, str]:
        """The analysers from other packages that its live articles were analysed with: their names by language."""
        return self._reader.added_analyses

    def contents(self, aliases: Aliases = ()) -> Contents:
        """Return the numbers of articles, paragraphs and words, the first and last date, and the values of fields.

        All names of one outlet, also those in ``aliases``, count as one.
        """
        with self._reading():
            live = self._reader.live_articles()
            articles = live.nonzero()[0]
            first, last = first_and_last_date(self._reader, live)
            return Contents(
                articles=int(np.count_nonzero(live)),
                paragraphs=self._reader.paragraphs,
                words=self._reader.words,
                first_date=first,
                last_date=last,
                by_field=FrozenDict(
                    (name, count_facet(self._reader, Facet(name), articles, aliases)) for name in INFO_FACETS
                ),
                own_fields=FrozenDict((row.name, str(row.kind)) for row in self.own_fields),
                by_own_field=FrozenDict(
                    (row.name, count_facet(self._reader, Facet(row.name), articles, aliases))
                    for row in self.own_fields
                ),
                known=FrozenDict(self._provenances(live)),
                dates=count_dates(self._reader, live),
            )

    def _provenances(self, articles: Mask) -> dict[str, tuple[FacetValue, ...]]:
        """Return for each field its provenances among the given articles, each with the number of articles.

        The most frequent provenance is first.
        """
        counts: dict[str, Counter[str]] = {field: Counter() for field in FIELD_NAMES}
        for segment, mask in self._reader.by_segment(articles):
            codes, values = segment.values("provenance")
            for code, count in enumerate(np.bincount(codes[mask]).tolist()):
                if count:
                    for field, provenance in provenance_of(values[code]).items():
                        counts.setdefault(field, Counter())[_QUOTED.sub("…", str(provenance))] += count
        return {
            field: tuple(
                FacetValue(*pair) for pair in sorted(ways.items(), key=lambda pair: (-pair[1], pair[0]))
            )
            for field, ways in counts.items()
            if ways
        }

    # ---- single articles

    def article(self, article_id: str) -> Article | None:
        """Return the article with the given id and all its paragraphs; None if the index has no such article."""
        with self._reading():
            found = self._reader.article(article_id)
            return found[0].read(found[1]) if found is not None else None

    def articles_with(self, ids: Iterable[str]) -> Iterator[Article | None]:
        """Yield the article with each of the given ids, in their order; None for one that the index does not have."""
        return map(self.article, ids)

    def story(self, article_id: str) -> list[str]:
        """Return the ids of all articles of the story that the given article belongs to, the earliest first."""
        with self._reading():
            found = self._reader.article(article_id)
            copies = articles_of_story(self._reader, found[0].story(found[1])) if found is not None else []
            return [copy.id for copy in copies] or [article_id]

    def boilerplate_of(self, article_id: str) -> tuple[int, ...]:
        """Return the numbers of the paragraphs of an article that are boilerplate, ascending."""
        with self._reading():
            found = self._reader.article(article_id)
            return found[0].boilerplate_of(found[1]) if found is not None else ()

    def ids_ending(self, ending: str) -> list[str]:
        """Return all article ids that end with ``ending``, sorted."""
        with self._reading():
            return sorted(
                found for found in self._ids(self._reader.live_articles()) if found.endswith(ending)
            )

    def ids_matching(self, tree: Node, request: ResolvedRequest) -> list[str]:
        """Return the ids, sorted, of all articles that match ``tree`` and pass the filters of ``request``."""
        with self._reading(tree):
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            return sorted(request.check.during(self._ids(evaluator.found(request))))

    def count(self, tree: Node, request: ResolvedRequest) -> int:
        """Return the number of articles that match ``tree`` and pass the filters of ``request``."""
        with self._reading(tree):
            evaluator = QueryEvaluator(self._reader, tree, request.aliases, request.check)
            return int(np.count_nonzero(evaluator.found(request)))

    def __len__(self) -> int:
        """Return the number of articles."""
        return self._reader.live_count

    def articles(self) -> Iterator[Article]:
        """Yield all articles in the order of their ids, reading one at a time."""
        segments = self._reader.segments
        for _, number, article in merge(*map(_in_order_of_ids, segments, range(len(segments)))):
            with self._reading():
                read = segments[number].read(article)
            yield read

    def stored(self) -> Iterator[StoredArticle]:
        """Yield all articles with their states, in the order in which they were indexed, reading one at a time."""
        for segment in self._reader.segments:
            for article in range(segment.articles):
                if segment.live is None or segment.live[article]:
                    with self._reading():
                        read = StoredArticle(segment.read(article), segment.state(article), self.own_fields)
                    yield read

    def _ids(self, articles: Mask) -> Iterator[str]:
        for segment, mask in self._reader.by_segment(articles):
            yield from segment.ids(np.flatnonzero(mask))

    def paths(self) -> dict[str, int]:
        """Return the paths that the articles were read from, sorted, each with the number of articles read from it."""
        with self._reading():
            found: Counter[str] = Counter()
            for segment, mask in self._reader.by_segment(self._reader.live_articles()):
                codes, values = segment.values("path")
                counts = np.bincount(codes[mask])
                found.update({values[code]: int(counts[code]) for code in np.flatnonzero(counts) if code})
            return dict(sorted(found.items()))

    def ids_of(self, path: str) -> list[str]:
        """Return the ids of the articles that were read from ``path``, in the order in which they were indexed."""
        with self._reading():
            return [segment.id(article).decode() for segment, article in self._articles_of(path)]

    # ---- for the writer

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments of the commit, in the order of the table of contents."""
        return self._reader.segments

    def states(self, path: str) -> dict[str, str]:
        """Return the ids of the articles that were read from ``path``, each with its state."""
        with self._reading():
            return {
                segment.id(article).decode(): segment.state(article)
                for segment, article in self._articles_of(path)
            }

    def find(self, article_id: str) -> StoredHeader | None:
        """Return the id, state and place of the article with an id; None if there is none."""
        with self._reading():
            found = self._reader.article(article_id)
            return _stored_header(*found) if found is not None else None

    def versions_of(self, shared: str) -> list[KeptVersion]:
        """Return the articles that are versions of the article with the id ``shared``, in the order of their numbers."""
        wanted = np.uint64(id_number(shared))
        found = []
        with self._reading():
            for segment in self._reader.segments:
                low, high = (
                    int(segment.version_identities.searchsorted(wanted, side)) for side in ("left", "right")
                )
                for article in segment.version_articles[low:high].tolist():
                    if segment.live is None or segment.live[article]:
                        found.append(KeptVersion(int(segment.version[article]), segment.id(article).decode()))
        return sorted(found)

    @property
    def last_added(self) -> dt.datetime | None:
        """The latest time at which an article was added to the index, in UTC; None if there are no articles.

        Removed articles whose segment is not merged yet count.
        """
        latest = max((int(segment.added.max(initial=0)) for segment in self._reader.segments), default=0)
        return moment_of(latest) if latest else None

    def _articles_of(self, path: str) -> Iterator[tuple[Segment, int]]:
        for segment in self._reader.segments:
            code = segment.keys("path").find(path.encode("utf-8", "backslashreplace"))
            if code <= 0:
                continue
            having = segment.container["article.path"] == code
            if segment.live is not None:
                having &= segment.live
            for article in np.flatnonzero(having).tolist():
                yield segment, article


def _stored_header(segment: Segment, article: int) -> StoredHeader:
    shown = segment.shown(article)
    return StoredHeader(
        id=shown["id"],
        state=segment.state(article),
        place=Place(shown["path"] or "", shown["member"], shown["record"]),
        added=moment_of(int(segment.added[article])),
        version=int(segment.version[article]),
    )


def _in_order_of_ids(segment: Segment, number: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield ``(id, segment number, article number in the segment)`` of each live article of a segment, sorted by id."""
    live = segment.live
    for article in item_view(segment.container["article.id.order"]):
        if live is None or live[article]:
            yield segment.id(article), number, article
