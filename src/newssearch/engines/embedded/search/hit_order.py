"""The order of all hits of a search, as arrays. The hits themselves are made in small batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.protocol import HitAddress
from newssearch.errors import HitNotFoundError
from newssearch.request import ResolvedRequest

from .reader import IndexReader
from .result_order import Ordered, Placed, ResultOrder

FIRST_RESULTS = 64
"""The number of results that are ranked first, which takes as long as one page. A sought hit is often among them."""
MIN_BATCH, MAX_BATCH = 16, 128
"""The number of hits made at once: in the first batch, and at most."""


class HitOrder:
    """The order of all hits of a search. The whole order is computed only when more than the first results are
    needed.

    ``total`` is the number of hits; None if it is known only from the whole order.
    """

    def __init__(self, reader: IndexReader, order: ResultOrder, total: int | None) -> None:
        self._reader = reader
        self._order: ResultOrder | None = order  # None once the order is whole, which frees its data
        self._known = self._first(FIRST_RESULTS if total is not None else None)
        self.total = len(self._known.documents) if total is None else total

    def _first(self, end: int | None) -> Ordered:
        assert self._order is not None, "the order is not whole"
        found = self._order.first(end)
        if end is None or len(found.documents) < end:
            self._order = None
        return found

    def between(self, start: int, end: int) -> list[Placed]:
        """Return the results from ``start`` up to but not including ``end``, counted from 0."""
        if end > len(self._known.documents) and self._order is not None:
            self._known = self._first(None)
        return self._known.placed(slice(start, end))

    def batches(self, start: int) -> Iterator[list[Placed]]:
        """Yield all results from ``start`` on, in small batches."""
        size = MIN_BATCH
        while start < self.total:
            yield self.between(start, start + size)
            start += size
            size = min(2 * size, MAX_BATCH)

    def place(self, segment: Segment, article: int, paragraph: int | None) -> int | None:
        """Return the place of the hit in an article, counted from 0; None if it is not among the results.

        ``paragraph`` is the number of the hit's paragraph, None for any.
        """
        offset = self._reader.document_offset(self._reader.segments.index(segment))
        low, high = int(segment.first[article]), int(segment.first[article + 1])
        if paragraph is not None:
            low += max(paragraph - 1, 0)
            if low >= high or segment.number_of(low) != paragraph:
                return None
            high = low + 1
        return self._place_between(offset + low, offset + high)

    def _place_between(self, low: int, high: int) -> int | None:
        """Return the place of the first result whose document is from ``low`` up to but not including ``high``."""
        while True:
            documents = self._known.documents
            found = np.flatnonzero((documents >= low) & (documents < high))
            if len(found):
                return int(found[0])
            if self._order is None:
                return None
            self._known = self._first(None)

    def place_of_story(self, story: int) -> int | None:
        """Return the place of the first hit of the story with this number; None if there is none."""
        for place, placed in enumerate(self.between(0, self.total)) if story else ():
            segment, document = self._reader.document(placed.document)
            if segment.story(segment.article_of(document)) == story:
                return place
        return None


def place_of(order: HitOrder, reader: IndexReader, address: HitAddress, request: ResolvedRequest) -> int:
    """Return the place of the hit with an address, counted from 0. The index must have its article.

    If each article has only one hit, the paragraph number is ignored. Raises :class:`~newssearch.HitNotFoundError` if
    the search has no such hit.
    """
    found = reader.article(address.id)
    assert found is not None, "an article of the snapshot"
    segment, article = found
    place = order.place(segment, article, address.paragraph if request.all_paragraphs else None)
    if place is not None:
        return place
    same = order.place_of_story(segment.story(article)) if request.group else None
    if same is None:
        raise HitNotFoundError(str(address))
    (placed,) = order.between(same, same + 1)
    segment, document = reader.document(placed.document)
    shown = HitAddress(segment.id(segment.article_of(document)).decode(), segment.number_of(document))
    raise HitNotFoundError(str(address), str(shown))
