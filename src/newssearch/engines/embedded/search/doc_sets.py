"""Doc sets: the paragraphs of a segment in which a leaf matches, in one block per article.

Ranking reads only those blocks that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newssearch.engines import bm25f
from newssearch.engines.embedded.segment.block_impacts import LEVEL_BOUNDS, levels_of
from newssearch.engines.embedded.segment.field import Postings
from newssearch.engines.embedded.segment.postings import PostingSubset, TermPostings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array, narrow
from newssearch.engines.sorted_sets import (
    Ints,
    Mask,
    concat_ranges,
    run_sizes,
    run_starts,
    sums_of_runs,
)
from newssearch.system.kept import cached_property

Scores = NDArray[np.float64]
MAX_WIDE_POSTINGS = 1 << 16
"""Above this number, postings are converted to the smallest types that hold them; below it, the copy costs more than it saves."""


class ScoredDocSet(Protocol):
    """The live paragraphs in which a leaf matches, in article blocks.

    An *article block* holds the paragraphs of one article. Blocks are numbered from 0, in order of article number.
    """

    @property
    def articles(self) -> Ints:
        """The article number of each block, ascending."""

    @property
    def block_sizes(self) -> Array:
        """The number of paragraphs in each block."""

    @property
    def total(self) -> int:
        """The number of paragraphs in all blocks."""

    def map_max_weights(
        self, function: Callable[[Scores], Scores], mean_words: float, blocks: Ints | None
    ) -> Scores:
        """Apply ``function`` to an upper bound of the leaf's weight in each of the given blocks, and return the results.

        ``function`` maps an array of weights item by item, perhaps in place. ``mean_words`` is the mean length of a
        paragraph, in words; ``blocks`` None means all blocks.
        """

    def block_counts(self, blocks: Ints | None) -> Ints:
        """Return the number of matches in the paragraphs of each given block; None means all blocks."""

    def postings(self) -> Postings:
        """Return all paragraphs, ascending, and the number of matches in each."""

    def owners_of(self, blocks: Ints | None) -> Array:
        """Return the paragraphs of the given blocks, ascending; None means all blocks."""

    def postings_of(self, blocks: Ints) -> Postings:
        """Return the paragraphs of the given blocks, ascending, and the number of matches in each."""


class ListedDocs:
    """A doc set whose postings are in memory; its upper bounds of weights are exact.

    Many postings are held in the smallest types, since a query may have a thousand leaves that match everywhere.
    """

    def __init__(self, postings: Postings, segment: Segment) -> None:
        self._held = postings
        if len(postings.owners) > MAX_WIDE_POSTINGS:
            self._held = Postings(narrow(postings.owners), narrow(postings.counts))
        self._lengths = segment.fields["text"].sizes
        article = segment.article[postings.owners]
        self._first = run_starts(article).nonzero()[0]
        self.articles: Ints = article[self._first].astype(np.int64)
        self._known_max: tuple[float, Scores] | None = None

    @cached_property
    def block_sizes(self) -> Array:
        """The number of paragraphs in each block."""
        return run_sizes(self._first, self.total)

    @property
    def total(self) -> int:
        """The number of paragraphs in all blocks."""
        return len(self._held.owners)

    def map_max_weights(
        self, function: Callable[[Scores], Scores], mean_words: float, blocks: Ints | None
    ) -> Scores:
        """Return ``function`` of the leaf's highest weight in the paragraphs of each given block."""
        block_max = self._block_max(mean_words)
        return function(block_max.copy() if blocks is None else block_max[blocks])

    def _block_max(self, mean_words: float) -> Scores:
        """Return the leaf's highest weight in the paragraphs of each block, cached."""
        if self._known_max is None or self._known_max[0] != mean_words:
            owners, counts = self._held
            weights = bm25f.in_text(counts, self._lengths[owners], mean_words)
            self._known_max = (
                mean_words,
                (np.maximum.reduceat(weights, self._first) if len(owners) else weights),
            )
        return self._known_max[1]

    def block_counts(self, blocks: Ints | None) -> Ints:
        """Return the number of matches in the paragraphs of each given block; None means all blocks."""
        counts = sums_of_runs(self._held.counts, self.block_sizes)
        return counts if blocks is None else counts[blocks]

    def postings(self) -> Postings:
        """Return all paragraphs, ascending, and the number of matches in each."""
        return _widened(self._held)

    def owners_of(self, blocks: Ints | None) -> Array:
        """Return the paragraphs of the given blocks, ascending; None means all blocks."""
        owners = self._held.owners
        if blocks is not None:
            owners = owners[concat_ranges(self._first[blocks], self.block_sizes[blocks])]
        return owners.astype(np.int64, copy=False)

    def postings_of(self, blocks: Ints) -> Postings:
        """Return the paragraphs of the given blocks, ascending, and the number of matches in each."""
        chosen = concat_ranges(self._first[blocks], self.block_sizes[blocks])
        return _widened(Postings(self._held.owners[chosen], self._held.counts[chosen]))


def _widened(postings: Postings) -> Postings:
    """Return postings whose numbers have 64 bits, so that sums and differences of them do not overflow."""
    return Postings(*(array.astype(np.int64, copy=False) for array in postings))


class UnionDocs:
    """The union of doc sets over disjoint sets of articles."""

    def __init__(self, doc_sets: Sequence[ScoredDocSet]) -> None:
        self._doc_sets = doc_sets
        articles = np.concatenate([one.articles for one in doc_sets])
        self._order = articles.argsort(kind="stable")
        self.articles: Ints = articles[self._order]
        self._offsets = np.cumsum([0, *(len(one.articles) for one in doc_sets)])

    @cached_property
    def block_sizes(self) -> Array:
        """The number of paragraphs in each block."""
        return np.concatenate([one.block_sizes for one in self._doc_sets])[self._order]

    @property
    def total(self) -> int:
        """The number of paragraphs in all blocks."""
        return sum(one.total for one in self._doc_sets)

    def map_max_weights(
        self, function: Callable[[Scores], Scores], mean_words: float, blocks: Ints | None
    ) -> Scores:
        """Apply ``function`` to an upper bound of the leaf's weight in each of the given blocks, and return the results."""
        if blocks is None:
            found = [one.map_max_weights(function, mean_words, None) for one in self._doc_sets]
            return np.concatenate(found)[self._order]
        mapped = np.empty(len(blocks))
        for doc_set, its_blocks, where in self._by_doc_set(blocks):
            mapped[where] = doc_set.map_max_weights(function, mean_words, its_blocks)
        return mapped

    def block_counts(self, blocks: Ints | None) -> Ints:
        """Return the number of matches in the paragraphs of each given block; None means all blocks."""
        if blocks is None:
            return np.concatenate([one.block_counts(None) for one in self._doc_sets])[self._order]
        counts = np.empty(len(blocks), np.int64)
        for doc_set, its_blocks, where in self._by_doc_set(blocks):
            counts[where] = doc_set.block_counts(its_blocks)
        return counts

    def postings(self) -> Postings:
        """Return all paragraphs, ascending, and the number of matches in each."""
        return _interleave([one.postings() for one in self._doc_sets])

    def owners_of(self, blocks: Ints | None) -> Array:
        """Return the paragraphs of the given blocks, ascending; None means all blocks."""
        if blocks is None:
            return self.postings().owners
        return np.sort(np.concatenate([one.owners_of(own) for one, own, _ in self._by_doc_set(blocks)]))

    def postings_of(self, blocks: Ints) -> Postings:
        """Return the paragraphs of the given blocks, ascending, and the number of matches in each."""
        return _interleave([one.postings_of(own) for one, own, _ in self._by_doc_set(blocks)])

    def _by_doc_set(self, blocks: Ints) -> Iterator[tuple[ScoredDocSet, Ints, Mask]]:
        """Split the given blocks of the union by doc set.

        Yields each doc set, the numbers that its blocks have in it, and a mask that selects these blocks in ``blocks``.
        """
        numbers = self._order[blocks]
        for doc_set, (low, high) in zip(self._doc_sets, pairwise(self._offsets.tolist()), strict=True):
            here = (numbers >= low) & (numbers < high)
            yield doc_set, numbers[here] - low, here


def _interleave(parts: Sequence[Postings]) -> Postings:
    """Merge postings that have no owner in common into one, ordered by owner."""
    owners = np.concatenate([part.owners for part in parts])
    order = owners.argsort(kind="stable")
    return Postings(owners[order], np.concatenate([part.counts for part in parts])[order])


class TermDocs:
    """A doc set of one term, whose postings are read when they are needed.

    ``live`` is a mask of the articles to include; None means all. ``mean_words`` is the mean length of a paragraph that
    was used to compute the block maxima of the term.
    """

    def __init__(self, term: TermPostings, mean_words: float, live: Mask | None) -> None:
        self._term = term
        self._stored_mean_words = mean_words  # with which the term's block maxima were computed
        self._live_blocks: Ints | None = None if live is None else live[term.articles].nonzero()[0]

    @cached_property
    def articles(self) -> Ints:
        """The article number of each block, ascending."""
        return self._in_live_blocks(self._term.articles)

    @cached_property
    def block_sizes(self) -> Array:
        """The number of paragraphs in each block."""
        return self._in_live_blocks(self._term.sizes)

    @cached_property
    def total(self) -> int:
        """The number of paragraphs in all blocks."""
        if self._live_blocks is None:
            return self._term.total
        return int(self.block_sizes.sum(dtype=np.int64))

    def _in_live_blocks(self, values: Array) -> Array:
        return values if self._live_blocks is None else values[self._live_blocks]

    def map_max_weights(
        self, function: Callable[[Scores], Scores], mean_words: float, blocks: Ints | None
    ) -> Scores:
        """Apply ``function`` to an upper bound of the term's weight in each of the given blocks, and return the results.

        The function is applied to the levels of block maxima, which are fewer than blocks.
        """
        numbers = self._live_blocks if blocks is None else self._term_blocks(blocks)
        impacts = self._term.impacts if numbers is None else self._term.impacts[numbers]
        # A weight is x / (1 - B + B·n/mean): another mean increases it by at most the ratio of the means.
        levels = function(LEVEL_BOUNDS * max(1.0, mean_words / self._stored_mean_words))
        return levels[levels_of(impacts)]

    def block_counts(self, blocks: Ints | None) -> Ints:
        """Return the number of occurrences in the paragraphs of each given block; None means all blocks."""
        numbers = self._live_blocks if blocks is None else self._term_blocks(blocks)
        counts = self._term.block_counts
        return counts if numbers is None else counts[numbers]

    def postings(self) -> Postings:
        """Return all paragraphs, ascending, and the number of occurrences in each."""
        term = self._term
        return (
            Postings(term.owners, term.counts) if self._live_blocks is None else self._read(self._live_blocks)
        )

    def owners_of(self, blocks: Ints | None) -> Array:
        """Return the paragraphs of the given blocks, ascending; None means all blocks."""
        numbers = self._live_blocks if blocks is None else self._term_blocks(blocks)
        return self._term.owners if numbers is None else self._term.of_blocks(numbers).owners

    def postings_of(self, blocks: Ints) -> Postings:
        """Return the paragraphs of the given blocks, ascending, and the number of occurrences in each."""
        return self._read(self._term_blocks(blocks))

    def subset_of(self, blocks: Ints) -> PostingSubset:
        """Return the postings of the given blocks without their counts."""
        return self._term.of_blocks(self._term_blocks(blocks))

    def positions_of(self, chosen: PostingSubset) -> tuple[Ints, Array]:
        """Return the field-wide positions of the term in some of its postings, ascending, and their number in each."""
        counts = self._term.counts_of(chosen)
        return self._term.positions(chosen=chosen, counts=counts), counts

    def _term_blocks(self, blocks: Ints) -> Ints:
        """Convert block numbers of this doc set to those of the term, which also number excluded articles."""
        return blocks if self._live_blocks is None else self._live_blocks[blocks]

    def _read(self, term_blocks: Ints) -> Postings:
        chosen = self._term.of_blocks(term_blocks)
        return Postings(chosen.owners, self._term.counts_of(chosen))
