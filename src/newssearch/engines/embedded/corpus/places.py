"""Places of occurrences in all segments of an index: all, those in given articles, or a random sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.corpus.sampling import sampling_keys, smallest
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import NO_INTS, Ints, concat_ranges

from .occurrences import Occurrences, SegmentOccurrences


class Places(NamedTuple):
    """Places of occurrences, as parallel arrays: the number of the segment, the document in it, the first word in the
    document, and the word after the last.
    """

    segments: Ints
    documents: Ints
    firsts: Ints
    ends: Ints

    def at(self, chosen: Ints | slice) -> Places:
        """Return the places at the given indices."""
        return Places._make(array[chosen] for array in self)

    @property
    def total(self) -> int:
        """The number of places."""
        return len(self.segments)


def joined(parts: Sequence[Places]) -> Places:
    """Return the concatenation of places."""
    return Places._make(map(np.concatenate, zip(*parts, strict=True))) if parts else NO_PLACES


NO_PLACES = Places(NO_INTS, NO_INTS, NO_INTS, NO_INTS)


class PlaceReader:
    """Reads the places of occurrences, in the order of segments, documents, first words and ends. ``parts`` are the occurrences in each segment, ``check`` ends the search."""

    def __init__(
        self, reader: IndexReader, parts: Sequence[SegmentOccurrences], check: Callable[[], None]
    ) -> None:
        self._reader, self._parts, self._check = reader, parts, check

    def all(self) -> Places:
        """Return all places."""
        return joined(
            [
                self._places(number, found)
                for number, part in enumerate(self._parts)
                for found in part.slices()
            ]
        )

    def sampled(self, size: int, seed: int) -> Places:
        """Return a random sample of all places. It depends on the articles alone, not on their segments."""
        kept, keys = NO_PLACES, np.empty(0, np.uint64)
        for number, part in enumerate(self._parts):
            for found in part.slices():
                self._check()
                places = self._places(number, found)
                keys = np.concatenate((keys, sampling_keys(seed, *self._identity(places))))
                kept = joined([kept, places])
                best = smallest(keys, size, *self._identity(kept)) if len(keys) > size else slice(None)
                kept, keys = kept.at(best), keys[best]
        return kept

    def of_articles(self, articles: Ints) -> Places:
        """Return the places in the given articles of the index."""
        wanted = np.zeros(self._reader.articles, np.bool_)
        wanted[articles] = True
        found = []
        for number, (segment, mask) in enumerate(self._reader.by_segment(wanted)):
            here = np.flatnonzero(mask)
            if len(here):
                first = segment.first[here].astype(np.int64)
                documents = concat_ranges(first, segment.first[here + 1] - first)
                found.append(self._places(number, self._parts[number].within(documents)))
        return joined(found)

    def _places(self, number: int, found: Occurrences) -> Places:
        first = self._parts[number].segment.fields["text"].starts[found.documents].astype(np.int64)
        size = len(found.documents)
        return Places(np.full(size, number), found.documents, found.starts - first, found.ends - first)

    def _identity(self, places: Places) -> tuple[NDArray[np.uint64], Ints, Ints, Ints]:
        """Return the identity of each place: the number of the article's id, the paragraph, the first word, the end."""
        ids = np.empty(places.total, np.uint64)
        paragraphs = np.empty(places.total, np.int64)
        for segment, here in self.by_segment(places):
            documents = places.documents[here]
            ids[here] = segment.id_numbers[segment.article[documents]]
            paragraphs[here] = segment.numbers(documents)
        return ids, paragraphs, places.firsts, places.ends

    def by_segment(self, places: Places) -> Iterator[tuple[Segment, Ints]]:
        """Yield each segment with any of the places, and the indices of its places."""
        for number, segment in enumerate(self._reader.segments):
            here = np.flatnonzero(places.segments == number)
            if len(here):
                yield segment, here

    def of_each(self, places: Places, values: Array) -> Array:
        """Return for each place the value of its article; ``values`` has an item for each article of the index."""
        found = np.empty(places.total, values.dtype)
        for number, (segment, of_segment) in enumerate(self._reader.by_segment(values)):
            here = np.flatnonzero(places.segments == number)
            found[here] = of_segment[segment.article[places.documents[here]]]
        return found
