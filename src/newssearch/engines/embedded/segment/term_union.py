"""The words of a field that are one of many surface forms: the postings of their terms, read together.

A pattern may stand for a thousand words. Reading each of them by itself takes a thousand times the overhead of the array
operations; here each operation is on all terms at once. So that no operation takes long, at most about
:data:`WORDS_AT_ONCE` words are read at a time: some of the terms in all articles, or all terms in some of the articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import (
    NO_INTS,
    Ints,
    Mask,
    concat_ranges,
    distinct,
    ranges,
    run_starts,
)
from newssearch.stopping import StopCheck
from newssearch.system.kept import cached_property

from .field import DENSE_OWNERS_RATIO, NO_POSTINGS, FieldReader, Postings, add_counts
from .format import RUN_BITS, packed_widths, unpack_at

WORDS_AT_ONCE = 1 << 18
"""The approximate number of words that are read at once."""
DENSE_POSITIONS_RATIO = 64
"""If at least 1 in 64 positions is wanted, sort them by marking an array of all positions; otherwise by comparison."""
MAX_UNREAD = 4096
"""Two ranges with at most this number of items between them are checked against checksums as one."""
MAX_KEPT_PLACES = 4
"""The number of places that a union keeps. Reading can continue from a kept place without starting over."""


class _Place(NamedTuple):
    """A place in the postings of all terms: the first block, posting and word of each term in ``article`` or after it."""

    article: int
    blocks: Ints
    postings: Ints
    words: Ints


class _Read(NamedTuple):
    """Postings of several terms: owners and counts of all, term by term, and the number of postings of each."""

    owners: Ints
    counts: Array
    postings: Ints


class TermUnion:
    """The words of a field that are one of the surface forms with the given numbers. Deleted articles are included.

    ``check`` is called before each read.
    """

    def __init__(self, field: FieldReader, forms: Ints, check: StopCheck) -> None:
        self._field = field
        self._check = check
        keys = distinct(
            (field.array("form.term")[forms].astype(np.int64) << 32) | field.array("form.number")[forms]
        )
        all_terms = keys >> 32
        first = run_starts(all_terms).nonzero()[0]
        self.terms: Ints = all_terms[first]
        """The terms of the surface forms, ascending."""
        self._forms = (keys & 0xFFFFFFFF, np.concatenate((first[1:], [len(keys)])) - first)
        self._form_counts = field.array("term.forms")[self.terms].astype(np.int64)
        self._partial = self._forms[1] < self._form_counts
        """A mask of the terms of which not all surface forms are wanted."""
        self._any_partial = bool(self._partial.any())
        tokens = field.array("tokens")
        self._first_word = tokens[self.terms].astype(np.int64)
        self._sizes = tokens[self.terms + 1].astype(np.int64) - self._first_word
        self._places: list[_Place] = []
        self._seen_postings = self._seen_positions = False

    @cached_property
    def _first_form(self) -> Ints:
        """The index of the first surface form of each term in :attr:`_wanted`."""
        return np.asarray(np.cumsum(self._form_counts) - self._form_counts)

    @cached_property
    def _wanted(self) -> Mask:
        """Whether each surface form of each term is wanted, one term after the other."""
        wanted = np.zeros(int(self._form_counts.sum()), np.bool_)
        numbers, sizes = self._forms
        wanted[self._first_form.repeat(sizes) + numbers] = True
        return wanted

    @cached_property
    def _packed(self) -> Ints:
        """The offset of the packed surface forms of each term."""
        return np.asarray(self._field.array("packed.offsets")[self.terms].astype(np.int64))

    @cached_property
    def _widths(self) -> Ints:
        """The number of bits of a packed surface form of each term."""
        return packed_widths(self._form_counts)

    @property
    def words(self) -> int:
        """The number of words of all terms: as many positions as there can be."""
        return int(self._sizes.sum())

    # ---- postings

    def postings(self) -> Postings:
        """Return the owners of the words, ascending, and the number of words in each."""
        if not len(self.terms):
            return NO_POSTINGS
        self._compare_postings()
        begin, end = self._begin, self._end
        owners = len(self._field.section("sizes"))
        dense = self.words * DENSE_OWNERS_RATIO > owners
        totals = np.zeros(owners if dense else 0)
        parts: list[Postings] = []
        for chosen in self._groups_of_terms():
            self._check()
            read = self._read(chosen, begin, end)
            counts = self._wanted_counts(chosen, read, begin)
            if dense:
                totals += np.bincount(read.owners, counts, owners)
            else:
                parts.append(Postings(read.owners, counts))
        if not dense:
            found = Postings(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
            if self._any_partial:
                kept = found.counts > 0
                found = Postings(found.owners[kept], found.counts[kept])
            return add_counts(*found)
        having = (totals > 0).nonzero()[0]
        return Postings(having, totals[having].astype(np.int64))

    def _groups_of_terms(self) -> Iterator[slice]:
        """Yield slices of consecutive terms that have about :data:`WORDS_AT_ONCE` words together."""
        if self.words <= WORDS_AT_ONCE:
            yield slice(0, len(self.terms))
            return
        groups = (np.cumsum(self._sizes) - self._sizes) // WORDS_AT_ONCE
        first = run_starts(groups).nonzero()[0].tolist()
        yield from map(slice, first, [*first[1:], len(groups)])

    def _wanted_counts(self, terms: slice, read: _Read, begin: _Place) -> Array:
        """Return the number of wanted words of each posting that was read."""
        if not (self._any_partial and self._partial[terms].any()):
            return read.counts
        partial = self._partial[terms].nonzero()[0]
        sizes = _sums(read.counts, read.postings)[partial]
        words = concat_ranges(begin.words[terms][partial], sizes)
        wanted = self._are_wanted(words, (partial + terms.start).repeat(sizes))
        of_partial = self._partial[terms].repeat(read.postings)
        counts = read.counts.astype(np.int64)
        counts[of_partial] = _sums(wanted, counts[of_partial])
        return counts

    def _are_wanted(self, words: Ints, terms: Ints) -> Mask:
        """Whether each word, given by its number in the field and the index of its term, has a wanted surface form."""
        field = self._field
        forms = unpack_at(
            field.section("packed").array,
            self._packed[terms] * 8,
            self._widths[terms],
            words - self._first_word[terms],
        )
        return np.asarray(self._wanted[self._first_form[terms] + forms], np.bool_)

    # ---- positions

    def positions(self, low: int, high: int, among: Mask | None = None) -> Ints:
        """Return the field-wide positions of the words in the articles from ``low`` up to ``high``, ascending.

        ``among``, if given, masks the owners in these articles in which positions are wanted. Reading ascending ranges
        of articles takes as long as reading all at once; a range before those takes longer.
        """
        if not len(self.terms) or low >= high:
            return NO_INTS
        self._compare_positions()
        found = []
        place = self._place(low)
        first_owner = self._first_owner(low)
        for _, end in self._check.during(ranges(low, high, self._articles_at_once), 1):
            read, after = self._read_to(end, place)
            found.append(self._positions(read, place, after, among, first_owner))
            place = after
        self._keep(place)
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _first_owner(self, article: int) -> int:
        return int(self._field.first[article]) if self._field.of_documents else article

    @cached_property
    def _articles(self) -> int:
        """The number of articles of the segment."""
        return len(self._field.first) - 1 if self._field.of_documents else len(self._field.section("sizes"))

    @property
    def _articles_at_once(self) -> int:
        """The number of articles that have about :data:`WORDS_AT_ONCE` words together."""
        return max(self._articles * WORDS_AT_ONCE // max(self.words, 1), 1)

    def _positions(
        self, read: _Read, begin: _Place, end: _Place, among: Mask | None, first_owner: int
    ) -> Ints:
        """Return the positions of the postings that were read from one place to another.

        ``among``, if given, masks the owners that are wanted, from ``first_owner`` on.
        """
        field = self._field
        owners, counts = read.owners, read.counts
        terms: Ints | None = None
        if self._any_partial:
            terms = np.arange(len(self.terms)).repeat(read.postings)
        if among is None:
            words = concat_ranges(begin.words, end.words - begin.words)
        else:
            kept = among[owners - first_owner].nonzero()[0]
            sizes = end.words - begin.words
            before = np.cumsum(sizes) - sizes
            first_word = counts.cumsum(dtype=np.int64)
            first_word -= counts
            first_word += (begin.words - before).repeat(read.postings)
            owners, counts = owners[kept], counts[kept]
            words = concat_ranges(first_word[kept], counts)
            terms = None if terms is None else terms[kept]
        positions = field.starts[owners].astype(np.int64).repeat(counts)
        positions += field.patched("positions").at_any(words)
        if terms is not None:
            terms = terms.repeat(counts)
            partial = self._partial[terms].nonzero()[0]
            wanted = np.ones(len(positions), np.bool_)
            wanted[partial] = self._are_wanted(words[partial], terms[partial])
            positions = positions[wanted]
        return _sorted(positions)

    # ---- reading

    def _read_to(self, article: int, begin: _Place) -> tuple[_Read, _Place]:
        """Read the postings of all terms from a place up to an article; return them, and the place of the article."""
        blocks = self._blocks_before(article)
        read = self._read(slice(None), begin, begin._replace(blocks=blocks))
        words = begin.words + _sums(read.counts, read.postings)
        return read, _Place(article, blocks, begin.postings + read.postings, words)

    def _read(self, terms: slice, begin: _Place, end: _Place) -> _Read:
        """Read the postings of some of the terms from one place to another, of which only the blocks are used."""
        field = self._field
        low, sizes = begin.blocks[terms], end.blocks[terms] - begin.blocks[terms]
        blocks = concat_ranges(low, sizes)
        articles = field.section("block.low").array[blocks].astype(np.int64)
        if self._articles > 1 << RUN_BITS:
            bounds = field.array("run.first")
            runs = bounds.searchsorted(blocks.astype(bounds.dtype), "right") - 1
            articles += field.array("run.high")[runs].astype(np.int64) << RUN_BITS
        if not field.of_documents:
            counts = field.patched("counts").at_any(blocks)
            return _Read(articles, counts, sizes)
        of_block = field.patched("block.sizes").at_any(blocks)
        postings = _sums(of_block, sizes)
        numbers = concat_ranges(begin.postings[terms], postings)
        owners = field.first[articles].repeat(of_block)
        owners += field.patched("within").at_any(numbers)
        counts = field.patched("counts").at_any(numbers)
        return _Read(owners, counts, postings)

    @cached_property
    def _begin(self) -> _Place:
        field = self._field
        blocks = self._block_bounds(self.terms)
        postings = field.array("first")[self.terms].astype(np.int64) if field.of_documents else blocks
        return _Place(0, blocks, postings, self._first_word)

    @cached_property
    def _end(self) -> _Place:
        blocks = self._block_bounds(self.terms + 1)
        return _Place(self._articles, blocks, NO_INTS, NO_INTS)

    def _block_bounds(self, terms: Ints) -> Ints:
        """Return the first block of each of the terms; of the number of all terms, the number of all blocks."""
        field = self._field
        return np.asarray(field.array("run.first")[field.array("runs")[terms]].astype(np.int64))

    def _place(self, article: int) -> _Place:
        """Return the place of an article; reads on from the last known place before it."""
        found = max(
            (one for one in self._places if one.article <= article), key=lambda one: one.article, default=None
        )
        if found is None:
            found = self._begin
        for _, to in self._check.during(ranges(found.article, article, self._articles_at_once), 1):
            _, found = self._read_to(to, found)
        self._keep(found)
        return found

    def _keep(self, place: _Place) -> None:
        if all(one.article != place.article for one in self._places):
            self._places = [*self._places[-(MAX_KEPT_PLACES - 1) :], place]

    def _blocks_before(self, article: int) -> Ints:
        """Return for each term the number of its first block in ``article`` or after it."""
        field = self._field
        runs, bounds, high_bits = field.array("runs"), field.array("run.first"), field.array("run.high")
        first, last = runs[self.terms].astype(np.int64), runs[self.terms + 1].astype(np.int64)
        high, wanted = article >> RUN_BITS, article & ((1 << RUN_BITS) - 1)
        run = _bisected(
            high_bits, first, last, high
        )  # the first run whose articles have these high bits or more
        found = bounds[run].astype(np.int64)
        same = (run < last) & (high_bits[np.minimum(run, last - 1)] == high)
        inside = same.nonzero()[0]
        found[inside] = _bisected(
            field.section("block.low").array,
            found[inside],
            bounds[run[inside] + 1].astype(np.int64),
            wanted,
        )
        return found

    # ---- checksums

    def _compare_postings(self) -> None:
        """Compare the postings of all terms with their checksums."""
        if self._seen_postings:
            return
        field, begin, end = self._field, self._begin, self._end
        self._compare(field.section("block.low").check, begin.blocks, end.blocks)
        postings = begin.blocks, end.blocks
        if field.of_documents:
            self._compare(field.patched("block.sizes").check, begin.blocks, end.blocks)
            postings = begin.postings, field.array("first")[self.terms + 1].astype(np.int64)
            self._compare(field.patched("within").check, *postings)
        self._compare(field.patched("counts").check, *postings)
        if self._any_partial:
            packed_end = field.array("packed.offsets")[self.terms + 1].astype(np.int64)
            self._compare(field.section("packed").check, self._packed, packed_end)
        self._seen_postings = True

    def _compare_positions(self) -> None:
        """Compare the postings and the positions of all terms with their checksums."""
        if not self._seen_positions:
            self._compare_postings()
            positions = self._field.patched("positions")
            self._compare(positions.check, self._first_word, self._first_word + self._sizes)
            self._seen_positions = True

    def _compare(self, check: Callable[[int, int], None], low: Ints, high: Ints) -> None:
        """Compare ascending ranges of a section with checksums; ranges that are near each other as one."""
        gaps = (low[1:] > high[:-1] + MAX_UNREAD).nonzero()[0].tolist()
        for first, last in self._check.during(zip([-1, *gaps], [*gaps, len(low) - 1], strict=True)):
            check(int(low[first + 1]), int(high[last]))


def _sums(values: Array, sizes: Array) -> Ints:
    """Return the sums of consecutive runs of values, given the size of each run, which may be 0."""
    sums = np.zeros(len(values) + 1, np.int64)
    values.cumsum(out=sums[1:])
    ends = sizes.cumsum(dtype=np.int64)
    return np.asarray(sums[ends] - sums[ends - sizes], np.int64)


def _bisected(values: Array, low: Ints, high: Ints, wanted: int) -> Ints:
    """Return for each range of ascending values the index of the first that is not less than ``wanted``, or its end."""
    while (low < high).any():
        middle = (low + high) >> 1
        less = (values[np.minimum(middle, len(values) - 1)] < wanted) & (low < high)
        low, high = np.where(less, middle + 1, low), np.where(less, high, middle)
    return low


def _sorted(positions: Ints) -> Ints:
    """Return distinct positions, ascending."""
    if not len(positions):
        return positions
    low, high = int(positions.min()), int(positions.max()) + 1
    if len(positions) * DENSE_POSITIONS_RATIO < high - low:
        return np.sort(positions)
    present = np.zeros(high - low, np.bool_)
    present[positions - low] = True
    found = present.nonzero()[0]
    found += low
    return found
