"""The postings of one term of a field in one segment: its articles, its documents, and its positions in them.

Arrays are kept after they are read, so that the clauses of a query share them
(:class:`~search.segment_matcher.SegmentMatcher`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from newssearch.engines.embedded.storage.container import Array, Section
from newssearch.engines.embedded.storage.patched_ints import PatchedInts
from newssearch.engines.sorted_sets import (
    Ints,
    concat_ranges,
    indices_in,
    intersect_indices,
    run_starts,
)
from newssearch.system.kept import cached_property

from .block_impacts import extra_words
from .format import POSTINGS_PER_OFFSET, RUN_BITS, unpack

MAX_POSTINGS_PER_WANTED = 6
"""The largest average number of postings per wanted document at which article blocks are scanned. If there are more,
the blocks are searched by bisection."""


class FieldSections(Protocol):
    """The sections of a field from which the postings of a term are read; see :class:`~.field.FieldReader`."""

    @property
    def of_documents(self) -> bool: ...
    @property
    def first(self) -> Ints: ...
    @property
    def article(self) -> Array: ...
    @property
    def starts(self) -> Array: ...
    def array(self, name: str) -> Array: ...
    def section(self, name: str) -> Section: ...
    def patched(self, name: str) -> PatchedInts: ...
    @property
    def many_extra(self) -> tuple[Array, Array]: ...


class PostingSubset(NamedTuple):
    """A subset of the postings of a term: their numbers in the field, ascending, and their owners."""

    numbers: Ints
    owners: Ints


class TermPostings:
    """The postings of the term with a given number in a field. Its postings in one article are an *article block*."""

    def __init__(self, field: FieldSections, number: int) -> None:
        self._field = field
        self._number = number
        runs, first = field.array("runs"), field.array("run.first")
        start, end = int(runs[number]), int(runs[number + 1])
        self._runs = slice(start, end)
        self._low, self._high = int(first[start]), int(first[end])

    # ---- by article

    @property
    def range(self) -> tuple[int, int]:
        """The number of the term's first article block, and the number after that of its last."""
        return self._low, self._high

    @cached_property
    def articles(self) -> Ints:
        """The articles with the term, ascending: one for each article block."""
        field, runs = self._field, self._runs
        articles = field.section("block.low").between(self._low, self._high).astype(np.int64)
        high_bits = field.array("run.high")[runs].astype(np.int64) << RUN_BITS
        if len(high_bits) > 1:
            first = field.array("run.first")[runs.start : runs.stop + 1].astype(np.int64)
            articles += high_bits.repeat(np.diff(first))
        elif int(high_bits[0]):
            articles += high_bits
        return articles

    @cached_property
    def sizes(self) -> Array:
        """The number of postings of each article block. Only for a field whose owners are documents."""
        return self._field.patched("block.sizes").between(self._low, self._high)

    @cached_property
    def impacts(self) -> Array:
        """The impact of each article block: see :mod:`.block_impacts`. Only for a field whose owners are documents."""
        return self._field.section("block.impact").between(self._low, self._high)

    @cached_property
    def _begins(self) -> Ints:
        """The number of the first posting of each article block."""
        begins = self.sizes.cumsum(dtype=np.int64)
        begins -= self.sizes
        begins += self._postings[0]
        return begins

    # ---- by owner

    @cached_property
    def _postings(self) -> tuple[int, int]:
        """The number of the term's first posting, and the number after that of its last."""
        if not self._field.of_documents:
            return self._low, self._high
        first = self._field.array("first")
        return int(first[self._number]), int(first[self._number + 1])

    @property
    def total(self) -> int:
        """The number of owners with the term."""
        low, high = self._postings
        return high - low

    @cached_property
    def owners(self) -> Ints:
        """All owners with the term, ascending."""
        if not self._field.of_documents:
            return self.articles
        owners = self._field.first[self.articles].repeat(self.sizes)
        owners += self._field.patched("within").between(*self._postings)
        return owners

    @cached_property
    def counts(self) -> Array:
        """The number of occurrences of the term in each owner."""
        return self._field.patched("counts").between(*self._postings)

    @cached_property
    def block_counts(self) -> Ints:
        """The number of occurrences of the term in each article block. Only for a field whose owners are documents."""
        extra = extra_words(self.impacts, self._low, self._field.many_extra)
        extra += self.sizes
        return extra

    def counts_of(self, chosen: PostingSubset) -> Array:
        """Return the number of occurrences of the term in each owner of a subset."""
        return self._field.patched("counts").at(chosen.numbers)

    def of_blocks(self, blocks: Ints) -> PostingSubset:
        """Return the postings of the given article blocks. Only for a field whose owners are documents."""
        sizes = self.sizes[blocks]
        numbers = concat_ranges(self._begins[blocks], sizes)
        owners = self._field.first[self.articles[blocks]].repeat(sizes)
        owners += self._field.patched("within").at(numbers)
        return PostingSubset(numbers, owners)

    def of_owners(self, owners: Array) -> PostingSubset:
        """Return the postings of those of the given owners, which are ascending, that have the term."""
        if not self._field.of_documents:
            return self.restrict(PostingSubset(np.arange(self._low, self._high), self.articles), owners)
        of = self._field.article[owners].astype(np.int64)
        new = run_starts(of)
        blocks, here = intersect_indices(self.articles, of[new])
        if int(self.sizes[blocks].sum(dtype=np.int64)) <= len(owners) * MAX_POSTINGS_PER_WANTED:
            return self.restrict(self.of_blocks(blocks), owners)
        index_of = np.full(np.count_nonzero(new), -1, np.int64)
        index_of[here] = np.arange(len(blocks))
        index = index_of[np.cumsum(new) - 1]
        there = index >= 0
        owners = owners[there].astype(np.int64, copy=False)
        low, sizes = self._begins[blocks], self.sizes[blocks].astype(np.int64)
        index = index[there]
        return self._searched(low[index], sizes[index], owners, owners - self._field.first[of[there]])

    def _searched(self, low: Ints, sizes: Ints, owners: Ints, within: Ints) -> PostingSubset:
        """Binary-search the article block of each given owner for its posting; return the postings found.

        ``low`` has the first posting of the block, ``sizes`` the number of its postings, ``within`` the number of the
        owner in its article.
        """
        numbers = self._field.patched("within")
        end = low + sizes
        high, last = end, len(numbers) - 1
        numbers.check(*self._postings)
        while (low < high).any():
            middle = (low + high) >> 1
            less = (numbers.at_any(np.minimum(middle, last)) < within) & (low < high)
            low, high = np.where(less, middle + 1, low), np.where(less, high, middle)
        found = (low < end) & (numbers.at_any(np.minimum(low, last)) == within)
        return PostingSubset(low[found], owners[found])

    @staticmethod
    def restrict(chosen: PostingSubset, owners: Array) -> PostingSubset:
        """Return the postings of a subset that belong to the given owners."""
        here = indices_in(chosen.owners, owners)
        return PostingSubset(chosen.numbers[here], chosen.owners[here])

    # ---- positions

    def positions(
        self,
        numbers: Array | None = None,
        chosen: PostingSubset | None = None,
        counts: Array | None = None,
    ) -> Ints:
        """Return the field-wide positions of the term, ascending.

        If given, ``numbers`` restricts them to these surface forms of the term, and ``chosen`` to these postings;
        ``counts`` are then the results of :meth:`counts_of`, if they are known.
        """
        field = self._field
        start, end = self._words
        positions = field.patched("positions")
        words: Ints | None = None
        if chosen is None:
            found = field.starts[self.owners].astype(np.int64).repeat(self.counts)
            found += positions.between(start, end)
        else:
            counts = self.counts_of(chosen) if counts is None else counts
            words = concat_ranges(self._first_words(chosen.numbers), counts)
            found = field.starts[chosen.owners].astype(np.int64).repeat(counts)
            found += positions.at(words)
        if numbers is None:
            return found
        forms = self._forms if words is None else self._forms[words - start]
        return np.asarray(found[np.isin(forms, numbers)], np.int64)

    def form_counts(self, chosen: PostingSubset) -> Ints:
        """Return the number of words of a subset of the postings that have each surface form, by the form's number."""
        words = concat_ranges(self._first_words(chosen.numbers), self.counts_of(chosen))
        return np.bincount(
            self._forms[words - self._words[0]], minlength=int(self._field.array("term.forms")[self._number])
        )

    def with_forms(self, numbers: Sequence[int]) -> Ints:
        """Return the indices of the term's postings that have one of its surface forms with the given numbers."""
        forms = self._forms
        wanted = forms == numbers[0] if len(numbers) == 1 else np.isin(forms, numbers)
        postings = self._ends.searchsorted(wanted.nonzero()[0], "right")
        return np.asarray(postings[run_starts(postings)])

    @cached_property
    def _ends(self) -> Ints:
        """The number of words of the term up to the end of each posting."""
        return np.asarray(self.counts.cumsum(dtype=np.int64))

    @cached_property
    def _words(self) -> tuple[int, int]:
        """The number of the term's first word in the section of positions, and the number after that of its last."""
        start, end = self._field.array("tokens")[self._number : self._number + 2].tolist()
        return start, end

    @cached_property
    def _forms(self) -> Array:
        """The number of the surface form of each word."""
        field, (start, end) = self._field, self._words
        low, high = (int(at) for at in field.array("packed.offsets")[self._number : self._number + 2])
        packed = field.section("packed").between(low, high)
        return unpack(packed, int(field.array("term.forms")[self._number]), end - start)

    def _first_words(self, numbers: Ints) -> Ints:
        """Return the offset of each given posting's first word in the section of positions."""
        if not len(numbers):
            return numbers
        counts_of, offsets = self._field.patched("counts"), self._field.array("offsets")
        first, last = int(numbers[0]), int(numbers[-1])
        if len(numbers) * POSTINGS_PER_OFFSET * 4 > last - first:  # scanning all of them is cheaper
            start = first // POSTINGS_PER_OFFSET * POSTINGS_PER_OFFSET
            return counts_of.sums(start, numbers) + int(offsets[start // POSTINGS_PER_OFFSET])
        strides = numbers // POSTINGS_PER_OFFSET
        columns = strides[:, None] * POSTINGS_PER_OFFSET + np.arange(POSTINGS_PER_OFFSET - 1)
        counts_of.check(
            int(strides[0]) * POSTINGS_PER_OFFSET,
            min((int(strides[-1]) + 1) * POSTINGS_PER_OFFSET, len(counts_of)),
        )
        sizes = counts_of.at_any(np.minimum(columns, len(counts_of) - 1)).astype(np.int64)
        sizes[columns >= numbers[:, None]] = 0
        return np.asarray(offsets[strides].astype(np.int64) + sizes.sum(axis=1), np.int64)
