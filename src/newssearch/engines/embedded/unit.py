"""A unit of a query in the paragraphs of one segment, by article: what is needed to rank few paragraphs, not all."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from . import ranking
from .ascending import Ints, Mask, among, changes, ranges
from .container import Array
from .inverting import SCALE
from .segment import Postings, Segment
from .term import Chosen, Term

Scores = NDArray[np.float64]


class Unit(Protocol):
    """The paragraphs in which a unit stands, none of them deleted."""

    @property
    def articles(self) -> Ints:
        """The articles with it in a paragraph, ascending."""

    @property
    def sizes(self) -> Array:
        """How many paragraphs of each have it."""

    def bounds(self, mean: float, groups: Ints) -> Scores:
        """What it weighs at most in a paragraph of some of its articles, by their numbers among these.

        ``mean`` is the number of words that paragraphs have on average.
        """

    def saturated(self, mean: float) -> Scores:
        """The same of all of its articles, and saturated."""

    def postings(self) -> Postings:
        """All paragraphs with it, ascending, and how often each has it."""

    def owners_in(self, articles: Mask) -> Array:
        """The paragraphs with it of some articles, ascending."""

    def postings_in(self, articles: Ints) -> Postings:
        """The same of articles by their numbers, ascending, and how often each paragraph has it."""


class Listed:
    """A unit whose paragraphs are known."""

    def __init__(self, postings: Postings, segment: Segment) -> None:
        self._postings = postings
        self._segment = segment
        self._of = segment.article[postings.owners]
        self._first = np.flatnonzero(changes(self._of))
        self.articles: Ints = self._of[self._first].astype(np.int64)

    @cached_property
    def sizes(self) -> Array:
        """How many paragraphs of each article have it."""
        return np.diff(self._first, append=len(self._of))

    def bounds(self, mean: float, groups: Ints) -> Scores:
        """What it weighs in the best paragraph of some of its articles."""
        return self._weights(mean)[groups]

    def saturated(self, mean: float) -> Scores:
        """The same of all of its articles, and saturated."""
        return ranking.saturated(self._weights(mean))

    def _weights(self, mean: float) -> Scores:
        owners, counts = self._postings
        weights = ranking.in_text(counts, self._segment.fields["text"].sizes[owners], mean)
        return np.maximum.reduceat(weights, self._first) if len(weights) else weights

    def postings(self) -> Postings:
        """All paragraphs with it, and how often each has it."""
        return self._postings

    def owners_in(self, articles: Mask) -> Array:
        """The paragraphs with it of some articles."""
        return self._postings.owners[articles[self._of]]

    def postings_in(self, articles: Ints) -> Postings:
        """The same of articles by their numbers, and how often each has it."""
        groups = among(self.articles, articles)
        first, sizes = self._first[groups], self.sizes[groups]
        chosen = ranges(first, sizes)
        return Postings(self._postings.owners[chosen], self._postings.counts[chosen])


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

    def _kept(self, values: Array) -> Array:
        return values if self._groups is None else values[self._groups]

    def bounds(self, mean: float, groups: Ints) -> Scores:
        """What it weighs at most in a paragraph of some of its articles."""
        return np.asarray(self._scale(mean)[self._kept(self._term.best)[groups]], np.float64)

    def saturated(self, mean: float) -> Scores:
        """The same of all of its articles, and saturated."""
        steps = ranking.saturated(self._scale(mean))
        return np.asarray(steps[self._kept(self._term.best)], np.float64)

    def _scale(self, mean: float) -> Scores:
        """What each step weighs at most, but for the last one, which has no bound."""
        # A weight is x / (1 - B + B·n/mean): with another mean it grows by the factor of the means at most.
        return SCALE * max(1.0, mean / self._mean)

    def postings(self) -> Postings:
        """All paragraphs with it, and how often each has it."""
        term = self._term
        if self._groups is None:
            return Postings(term.owners, term.counts)
        return self._read(term.of_groups(self._groups))

    def owners_in(self, articles: Mask) -> Array:
        """The paragraphs with it of some articles."""
        wanted = articles[self.articles]
        if self._groups is None and wanted.all():
            return self._term.owners
        return self._term.of_groups(self._numbers(np.flatnonzero(wanted))).owners

    def postings_in(self, articles: Ints) -> Postings:
        """The same of articles by their numbers, and how often each has it."""
        return self._read(self._term.of_groups(self._numbers(among(self.articles, articles))))

    def _numbers(self, groups: Ints) -> Ints:
        return groups if self._groups is None else self._groups[groups]

    def _read(self, chosen: Chosen) -> Postings:
        return Postings(chosen.owners, self._term.counts_of(chosen))
