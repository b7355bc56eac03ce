"""Counts the words of chosen paragraphs of a segment by their surface forms, in one pass over the postings.

The postings are read in slices of about :data:`COUNTED_PER_SLICE` words, in stored order: by term, then by article.
For articles that are not chosen, only the numbers of postings and words are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.segment.field import FieldReader
from newssearch.engines.embedded.segment.format import RUN_BITS, packed_widths, unpack_at
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import NO_INTS, Ints, Mask, concat_ranges, run_starts
from newssearch.system.kept import cached_property

COUNTED_PER_SLICE = 1 << 20
"""The approximate number of words in a slice. It is exceeded only if an article block or a rare term does not fit."""
DENSE_RATIO = 4
"""If at least 1 in 4 of the runs of items is chosen, they are selected by a mask of all items; otherwise by a list."""

Classify = Callable[["ChosenWords", Ints], NDArray[np.uint8]]
"""A function that returns the class of each word, from 0, given the words and their slots."""


class ChosenParagraphs(NamedTuple):
    """The paragraphs of a segment to count: those of ``articles``, restricted to ``documents`` if given."""

    articles: Mask
    documents: Mask | None = None

    def owners(self, field: FieldReader) -> Mask:
        """Return a mask of the chosen documents."""
        chosen = self.articles[field.article]
        return chosen if self.documents is None else chosen & self.documents

    def words(self, field: FieldReader) -> int:
        """Return the number of words of the chosen documents."""
        return int(field.sizes[self.owners(field)].sum(dtype=np.int64))


class ChosenWords:
    """The chosen words of a slice, in the order of the postings.

    ``words`` are their numbers in the section of positions, ``owners`` the document of each posting, and ``counts`` the
    number of its words.
    """

    def __init__(self, field: FieldReader, words: Ints, owners: Ints, counts: Array) -> None:
        self._field = field
        self.words = words
        self._owners = owners
        self._counts = counts

    @property
    def documents(self) -> Ints:
        """The document of each word."""
        return self._owners.repeat(self._counts)

    @cached_property
    def positions(self) -> Ints:
        """The field-wide position of each word."""
        found = self._field.starts[self._owners].astype(np.int64).repeat(self._counts)
        found += self._field.patched("positions").at(self.words)
        return found


class _Slice(NamedTuple):
    """Consecutive terms (``low`` to ``high``), and those of their article blocks that are read together."""

    low: int
    high: int
    first_block: int
    last_block: int


class WordCounter:
    """Counts the words of the text of a segment by *slot*: the surface forms in the order of their terms."""

    def __init__(self, field: FieldReader, check: Callable[[], None]) -> None:
        self.field = field
        self._check = check

    @cached_property
    def _first_slots(self) -> Ints:
        """The first slot of each term, then the number of slots."""
        return np.concatenate(([0], self.field.array("term.forms").cumsum(dtype=np.int64)))

    @cached_property
    def slots(self) -> Ints:
        """The slot of each surface form."""
        slots = self._first_slots[self.field.array("form.term")]
        slots += self.field.array("form.number")
        return slots

    def count(self, chosen: ChosenParagraphs, classes: int = 1, classify: Classify | None = None) -> Ints:
        """Return the number of chosen words of each surface form, in rows: one for each class of words.

        ``classify`` may be None if there is only one class.
        """
        totals = np.zeros((int(self._first_slots[-1]), classes), np.int64)
        for piece, found in self._chosen(chosen, owned=classify is not None):
            slots = self._slots_of(piece, found.words)
            first, last = int(self._first_slots[piece.low]), int(self._first_slots[piece.high])
            of_words = classify(found, slots) if classify is not None else None
            slots -= first
            if of_words is not None:
                slots *= classes
                slots += of_words
            counts = np.bincount(slots, minlength=(last - first) * classes)
            totals[first:last] += counts.reshape(-1, classes)
        return totals[self.slots].T

    def _slots_of(self, piece: _Slice, words: Ints) -> Ints:
        """Return the slot of each of the given words of a slice."""
        field, low, high = self.field, piece.low, piece.high
        tokens = field.array("tokens")[low : high + 1].astype(np.int64)
        offsets = field.array("packed.offsets")[low : high + 1].astype(np.int64)
        packed = field.section("packed").between(int(offsets[0]), int(offsets[-1]))
        widths = packed_widths(field.array("term.forms")[low:high])
        starts = (offsets[:-1] - offsets[0]) * 8 - tokens[
            :-1
        ] * widths  # so that words count through all terms
        slots = self._first_slots[low:high]
        if high - low > 1:
            per_term = np.diff(words.searchsorted(tokens))
            starts, widths, slots = (array.repeat(per_term) for array in (starts, widths, slots))
        if not widths.any():
            return np.broadcast_to(slots, len(words)).copy()
        found = unpack_at(packed, starts, widths, words)
        found += slots
        return found

    # ---- the words of chosen paragraphs

    def _chosen(self, chosen: ChosenParagraphs, *, owned: bool) -> Iterator[tuple[_Slice, ChosenWords]]:
        """Yield the chosen words slice by slice. They have documents and positions only if ``owned``."""
        posting = word = 0
        low = -1
        for piece in self._slices():
            self._check()
            if piece.low != low:  # else it continues the term of the previous slice
                low = piece.low
                posting, word = int(self.field.array("first")[low]), int(self.field.array("tokens")[low])
            sizes = self.field.patched("block.sizes").between(piece.first_block, piece.last_block)
            end = posting + int(sizes.sum(dtype=np.int64))
            counts = self.field.patched("counts").between(posting, end)
            articles = self._articles_of(piece)
            blocks = np.flatnonzero(chosen.articles[articles])
            if len(blocks):
                postings, owners = _items(blocks, sizes, 0), NO_INTS
                if owned or chosen.documents is not None:
                    owners = self.field.first[articles[blocks]].repeat(sizes[blocks])
                    owners += self.field.patched("within").between(posting, end)[postings]
                if chosen.documents is not None:
                    kept = np.flatnonzero(chosen.documents[owners])
                    owners, postings = owners[kept], postings[kept]
                yield piece, ChosenWords(self.field, _items(postings, counts, word), owners, counts[postings])
            posting, word = end, word + int(counts.sum(dtype=np.int64))

    def _articles_of(self, piece: _Slice) -> Array:
        """Return the article of each block of a slice."""
        low, high = piece.first_block, piece.last_block
        articles = self.field.section("block.low").between(low, high)
        if len(self.field.first) <= 1 << RUN_BITS:
            return articles
        bounds = self.field.array("run.first")
        first = int(bounds.searchsorted(bounds.dtype.type(low), "right")) - 1
        last = int(bounds.searchsorted(bounds.dtype.type(high)))
        ends = np.minimum(bounds[first + 1 : last + 1].astype(np.int64), high)
        runs = self.field.array("run.high")[first:last].astype(np.int64) << RUN_BITS
        return np.asarray(articles + runs.repeat(np.diff(ends, prepend=low)))

    def _slices(self) -> Iterator[_Slice]:
        """Yield the slices of all terms. A frequent term has slices of its own, which divide its article blocks."""
        tokens = self.field.array("tokens").astype(np.int64)
        if len(tokens) < 2:
            return
        runs, bounds = self.field.array("runs"), self.field.array("run.first")
        new = run_starts(tokens[:-1] // COUNTED_PER_SLICE)
        frequent = np.diff(tokens) > COUNTED_PER_SLICE
        new |= frequent
        new[1:] |= frequent[:-1]
        for low, high in pairwise([*np.flatnonzero(new).tolist(), len(tokens) - 1]):
            first, last = int(bounds[runs[low]]), int(bounds[runs[high]])
            parts = -(-int(tokens[high] - tokens[low]) // COUNTED_PER_SLICE) if high - low == 1 else 1
            at = [first + (last - first) * part // parts for part in range(parts + 1)]
            yield from (_Slice(low, high, start, end) for start, end in pairwise(at) if start < end)


def _items(runs: Ints, sizes: Array, before: int) -> Ints:
    """Return the numbers of the items of the chosen runs, ascending.

    ``runs`` are the numbers of the runs, ascending, ``sizes`` the number of items of each run, chosen or not, and
    ``before`` the number of items before the first run.
    """
    if len(runs) * DENSE_RATIO > len(sizes):
        chosen = np.zeros(len(sizes), np.bool_)
        chosen[runs] = True
        found = np.flatnonzero(chosen.repeat(sizes))
        if before:
            found += before
        return found
    ends = sizes.cumsum(dtype=np.int64)
    of_chosen = sizes[runs]
    return concat_ranges(ends[runs] - of_chosen + before, of_chosen)
