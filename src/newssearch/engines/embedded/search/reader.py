"""Reads the segments of one commit as one index: numbers articles and documents across segments, sums statistics."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from newssearch.engines import bm25f
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array, item_view
from newssearch.engines.sorted_sets import Ints, Mask, distinct
from newssearch.fields import ArticleField
from newssearch.system.kept import cached_property

OfReader = TypeVar("OfReader")


class IndexReader:
    """Reads the segments of one commit. Articles and documents are numbered consecutively in the order of the segments."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = tuple(segments)
        self._first_articles = _first_numbers([segment.articles for segment in segments])
        self._first_documents = _first_numbers([segment.documents for segment in segments])
        self._document_offsets: list[int] = self._first_documents.tolist()
        self._article_norms: dict[Segment, NDArray[np.float64]] = {}
        self._kept: dict[Callable[[IndexReader], Any], Any] = {}

    def release(self) -> None:
        """Release the file pages that have been read from the memory of this process. They are mapped again when read."""
        for segment in self.segments:
            segment.container.release()

    @property
    def articles(self) -> int:
        """The number of articles, deleted ones included."""
        return int(self._first_articles[-1])

    @cached_property
    def own_fields(self) -> dict[str, ArticleField]:
        """The own fields of all segments, by name, in alphabetical order."""
        found = {row.name: row for segment in self.segments for row in segment.own_rows}
        return dict(sorted(found.items()))

    @cached_property
    def added_analyses(self) -> dict[str, str]:
        """The names of those analyses of live articles that other packages add, by language."""
        found: dict[str, str] = {}
        for segment in self.segments:
            found |= segment.added_analyses
        return dict(sorted(found.items()))

    def kept(self, make: Callable[[IndexReader], OfReader]) -> OfReader:
        """Return the result of calling ``make`` with this reader, cached."""
        if make not in self._kept:
            self._kept[make] = make(self)
        return cast("OfReader", self._kept[make])

    def by_segment(self, values: Array) -> Iterator[tuple[Segment, Array]]:
        """Yield each segment with its slice of an array that has one item for each article of the index."""
        for number, segment in enumerate(self.segments):
            yield segment, values[self._first_articles[number] : self._first_articles[number + 1]]

    def per_segment(self, mask_of: Callable[[Segment], Mask]) -> Mask:
        """Return a mask of all articles, concatenated from the masks that ``mask_of`` returns for each segment."""
        masks = [mask_of(segment) for segment in self.segments]
        return np.concatenate(masks) if masks else np.empty(0, np.bool_)

    def live_articles(self) -> Mask:
        """Return a mask that selects the live articles among all articles."""
        return self.per_segment(Segment.live_articles)

    def document_offset(self, number: int) -> int:
        """Return the number of the first document of a segment, given by its index."""
        return self._document_offsets[number]

    def document(self, document: int) -> tuple[Segment, int]:
        """Return the segment that holds a document, and the document's number within this segment."""
        number = bisect_right(self._document_offsets, document) - 1
        return self.segments[number], document - self._document_offsets[number]

    def by_document(self, documents: Ints) -> Iterator[tuple[Segment, Ints, Ints]]:
        """Yield each segment that holds any of the documents, with their indices, and their numbers in the segment."""
        numbers = self._first_documents.searchsorted(documents, "right") - 1
        for number in dict.fromkeys(numbers.tolist()):
            here = (numbers == number).nonzero()[0]
            yield self.segments[number], here, documents[here] - self._first_documents[number]

    def article_number(self, document: int) -> int:
        """Return the number of the article of a document, among all articles of the index."""
        number = bisect_right(self._document_offsets, document) - 1
        local = document - self._document_offsets[number]
        return int(self._first_articles[number]) + int(self.segments[number].article[local])

    def article_at(self, number: int) -> tuple[Segment, int]:
        """Return the segment that holds the article with this number in the index, and its number in the segment."""
        at = int(self._first_articles.searchsorted(number, "right")) - 1
        return self.segments[at], number - int(self._first_articles[at])

    def article_numbers(self, documents: Ints) -> Ints:
        """Return the number of the article of each document, among all articles of the index."""
        found = np.empty(len(documents), np.int64)
        for segment, here, local in self.by_document(documents):
            first = int(self._first_articles[self.segments.index(segment)])
            found[here] = segment.article[local].astype(np.int64) + first
        return found

    @cached_property
    def all_id_ranks(self) -> Ints:
        """The rank of each article's id among all ids, from 0, deleted articles included.

        The ids of a segment are stored in order. Each is looked up in every larger segment by binary search.
        """
        orders = [segment.container["article.id.order"] for segment in self.segments]
        ranks = [np.empty(len(order), np.int64) for order in orders]
        for rank, order in zip(ranks, orders, strict=True):
            rank[order] = np.arange(len(order))
        by_size = sorted(range(len(orders)), key=lambda number: len(orders[number]))
        for small, large in combinations(by_size, 2):
            places = _places_of_ids(self.segments[small], self.segments[large])
            ranks[small][orders[small]] += places
            ranks[large][orders[large]] += places.searchsorted(np.arange(len(orders[large])), "right")
        return np.concatenate([np.empty(0, np.int64), *ranks])

    def id_ranks(self, segment: Segment) -> Ints:
        """Return the part of :attr:`all_id_ranks` that belongs to the articles of a segment."""
        number = self.segments.index(segment)
        return self.all_id_ranks[self._first_articles[number] : self._first_articles[number + 1]]

    def article(self, article_id: str) -> tuple[Segment, int] | None:
        """Return the segment of the article with an id and its number there; None if there is no such article."""
        for segment in self.segments:
            if (article := segment.find(article_id)) >= 0:
                return segment, article
        return None

    def by_article(self, articles: Ints) -> Iterator[tuple[Segment, Ints, Ints]]:
        """Yield each segment that holds any of the articles, with their indices, and their numbers in the segment."""
        numbers = self._first_articles.searchsorted(articles, "right") - 1
        for number in distinct(numbers).tolist():
            here = (numbers == number).nonzero()[0]
            yield self.segments[number], here, articles[here] - self._first_articles[number]

    # ---- corpus statistics, which all scores depend on

    @cached_property
    def paragraphs(self) -> int:
        """The number of paragraphs in live articles."""
        return sum(segment.paragraphs for segment in self.segments)

    @cached_property
    def words(self) -> int:
        """The number of words in all paragraphs of live articles."""
        return sum(segment.words for segment in self.segments)

    @property
    def mean_words(self) -> float:
        """The mean length of a paragraph, in words."""
        return self.words / self.paragraphs if self.words else 1.0

    @cached_property
    def live_count(self) -> int:
        """The number of live articles."""
        return sum(segment.live_count for segment in self.segments)

    @cached_property
    def mean_article_words(self) -> float:
        """The mean length of an article, in words, without weightless paragraphs."""
        words = sum(segment.counted_words for segment in self.segments)
        return words / self.live_count if words else 1.0

    def article_norms(self, segment: Segment) -> NDArray[np.float64]:
        """Return the norm of the length of each article of a segment: see :func:`newssearch.engines.bm25f.article_norms`."""
        found = self._article_norms.get(segment)
        if found is None:
            found = bm25f.article_norms(segment.article_words, self.mean_article_words)
            self._article_norms[segment] = found
        return found

    @cached_property
    def mean_title_words(self) -> float:
        """The mean length of a headline, in words, over the articles that have one."""
        titled = sum(segment.titles[0] for segment in self.segments)
        words = sum(segment.titles[1] for segment in self.segments)
        return words / titled if titled else 1.0


def _places_of_ids(segment: Segment, other: Segment) -> Ints:
    """Return, for each id of a segment in their order, the number of smaller ids in the other segment."""
    order, others = (item_view(one.container["article.id.order"]) for one in (segment, other))
    places = np.empty(len(order), np.int64)
    place = 0
    for number, article in enumerate(order):
        wanted = segment.id(article)
        place = bisect_left(others, wanted, place, key=other.id)
        places[number] = place
    return places


def _first_numbers(sizes: Sequence[int]) -> Ints:
    return np.concatenate(([0], np.cumsum(np.array(sizes, np.int64))))
