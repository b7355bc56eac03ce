"""A unit of a query in the paragraphs of one segment, by article: what is needed to rank few paragraphs, not all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.segment import bm25f
from newssearch.engines.embedded.segment.field import Postings
from newssearch.engines.embedded.segment.format import SCALE
from newssearch.engines.embedded.segment.postings import Term
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask, concat_ranges, run_starts

Scores = NDArray[np.float64]


class Unit(Protocol):
    """The paragraphs in which a unit stands, none of them deleted. Its *groups* are those of one article each."""

    @property
    def articles(self) -> Ints:
        """The articles with it in a paragraph, ascending: one a group."""

    @property
    def sizes(self) -> Array:
        """How many paragraphs of each have it."""

    @property
    def total(self) -> int:
        """How many paragraphs have it."""

    def bounds(self, mean: float, groups: Ints | None) -> Scores:
        """What it weighs at most in a paragraph of some groups, or of all.

        ``mean`` is the number of words that paragraphs have on average.
        """

    def postings(self) -> Postings:
        """All paragraphs with it, ascending, and how often each has it."""

    def owners_of(self, groups: Ints | None) -> Array:
        """The paragraphs of some groups, or of all, ascending."""

    def postings_of(self, groups: Ints) -> Postings:
        """The same, and how often each has it."""


class Listed:
    """A unit whose paragraphs are known."""

    def __init__(self, postings: Postings, segment: Segment) -> None:
        self._postings = postings
        self._lengths = segment.fields["text"].sizes
        of = segment.article[postings.owners]
        self._first = np.flatnonzero(run_starts(of))
        self.articles: Ints = of[self._first].astype(np.int64)

    @cached_property
    def sizes(self) -> Array:
        """How many paragraphs of each article have it."""
        return np.diff(self._first, append=self.total)

    @property
    def total(self) -> int:
        """How many paragraphs have it."""
        return len(self._postings.owners)

    def bounds(self, mean: float, groups: Ints | None) -> Scores:
        """What it weighs in the best paragraph of some groups, or of all."""
        owners, counts = self._postings
        if not len(owners):
            return np.empty(0)
        best = np.maximum.reduceat(bm25f.in_text(counts, self._lengths[owners], mean), self._first)
        return best if groups is None else np.asarray(best[groups])

    def postings(self) -> Postings:
        """All paragraphs with it, and how often each has it."""
        return self._postings

    def owners_of(self, groups: Ints | None) -> Array:
        """The paragraphs of some groups, or of all."""
        if groups is None:
            return self._postings.owners
        return self._postings.owners[concat_ranges(self._first[groups], self.sizes[groups])]

    def postings_of(self, groups: Ints) -> Postings:
        """The same, and how often each has it."""
        chosen = concat_ranges(self._first[groups], self.sizes[groups])
        return Postings(self._postings.owners[chosen], self._postings.counts[chosen])


class Several:
    """A unit that is another one in some articles than in all others; no article is of two of them."""

    def __init__(self, parts: Sequence[Unit]) -> None:
        self._opened = parts
        articles = np.concatenate([part.articles for part in parts])
        self._order = articles.argsort(kind="stable")
        self.articles: Ints = articles[self._order]
        self._begins = np.cumsum([0, *(len(part.articles) for part in parts)])

    @cached_property
    def sizes(self) -> Array:
        """How many paragraphs of each article have it."""
        return np.concatenate([part.sizes for part in self._opened])[self._order]

    @property
    def total(self) -> int:
        """How many paragraphs have it."""
        return sum(part.total for part in self._opened)

    def bounds(self, mean: float, groups: Ints | None) -> Scores:
        """What it weighs at most in a paragraph of some groups, or of all."""
        if groups is None:
            return np.concatenate([part.bounds(mean, None) for part in self._opened])[self._order]
        found = np.empty(len(groups))
        for part, of_part, where in self._of(groups):
            found[where] = part.bounds(mean, of_part)
        return found

    def postings(self) -> Postings:
        """All paragraphs with it, and how often each has it."""
        return _in_order([part.postings() for part in self._opened])

    def owners_of(self, groups: Ints | None) -> Array:
        """The paragraphs of some groups, or of all."""
        if groups is None:
            return self.postings().owners
        return np.sort(np.concatenate([part.owners_of(of_part) for part, of_part, _ in self._of(groups)]))

    def postings_of(self, groups: Ints) -> Postings:
        """The same, and how often each has it."""
        return _in_order([part.postings_of(of_part) for part, of_part, _ in self._of(groups)])

    def _of(self, groups: Ints) -> Iterator[tuple[Unit, Ints, Mask]]:
        """Some groups by the unit that they are of: by their numbers there, and which they are."""
        numbers = self._order[groups]
        for part, (low, high) in zip(self._opened, pairwise(self._begins.tolist()), strict=True):
            here = (numbers >= low) & (numbers < high)
            yield part, numbers[here] - low, here


def _in_order(parts: Sequence[Postings]) -> Postings:
    """Postings of different owners, by these."""
    owners = np.concatenate([part.owners for part in parts])
    order = owners.argsort(kind="stable")
    return Postings(owners[order], np.concatenate([part.counts for part in parts])[order])


class OneTerm:
    """A word that is one term, of which no more is read than is asked for."""

    def __init__(self, term: Term, mean: float, alive: Mask | None) -> None:
        self._term = term
        self._mean = mean
        self._groups: Ints | None = None if alive is None else np.flatnonzero(alive[term.articles])

    @cached_property
    def articles(self) -> Ints:
        """The articles with it in a paragraph."""
        return self._kept(self._term.articles)

    @cached_property
    def sizes(self) -> Array:
        """How many paragraphs of each have it."""
        return self._kept(self._term.sizes)

    @cached_property
    def total(self) -> int:
        """How many paragraphs have it."""
        return self._term.total if self._groups is None else int(self.sizes.sum(dtype=np.int64))

    def _kept(self, values: Array) -> Array:
        return values if self._groups is None else values[self._groups]

    def bounds(self, mean: float, groups: Ints | None) -> Scores:
        """What it weighs at most in a paragraph of some groups, or of all."""
        chosen = self._groups if groups is None else self._numbers(groups)
        best = self._term.best if chosen is None else self._term.best[chosen]
        # A weight is x / (1 - B + B·n/mean): with another mean it grows by the factor of the means at most.
        return np.asarray((SCALE * max(1.0, mean / self._mean))[best], np.float64)

    def postings(self) -> Postings:
        """All paragraphs with it, and how often each has it."""
        term = self._term
        return Postings(term.owners, term.counts) if self._groups is None else self._read(self._groups)

    def owners_of(self, groups: Ints | None) -> Array:
        """The paragraphs of some groups, or of all."""
        chosen = self._groups if groups is None else self._numbers(groups)
        return self._term.owners if chosen is None else self._term.of_groups(chosen).owners

    def postings_of(self, groups: Ints) -> Postings:
        """The same, and how often each has it."""
        return self._read(self._numbers(groups))

    def _numbers(self, groups: Ints) -> Ints:
        return groups if self._groups is None else self._groups[groups]

    def _read(self, numbers: Ints) -> Postings:
        chosen = self._term.of_groups(numbers)
        return Postings(chosen.owners, self._term.counts_of(chosen))
