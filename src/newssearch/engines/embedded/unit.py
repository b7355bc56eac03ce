"""A unit of a query in the paragraphs of one segment, by article: what is needed to rank few paragraphs, not all."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from . import ranking
from .container import Array
from .inverting import SCALE, changes
from .segment import Field, Mask, Postings, Segment


class Unit(Protocol):
    """The paragraphs in which a unit stands, none of them deleted."""

    @property
    def articles(self) -> Array:
        """The articles with it in a paragraph, ascending."""

    @property
    def sizes(self) -> Array:
        """How many paragraphs of each have it."""

    def bounds(self, mean: float) -> NDArray[np.float64]:
        """What it weighs at most in a paragraph of each article, where paragraphs have ``mean`` words on average."""

    def owners(self) -> Array:
        """All paragraphs with it, ascending."""

    def postings(self) -> Postings:
        """The same, and how often each has it."""

    def owners_in(self, articles: Array) -> Array:
        """The paragraphs with it of some articles that are not deleted, ascending."""

    def postings_in(self, articles: Array) -> Postings:
        """The same, and how often each has it."""


class Listed:
    """A unit whose paragraphs are known."""

    def __init__(self, postings: Postings, segment: Segment) -> None:
        self._postings = postings
        self._segment = segment
        self._of = segment.article[postings.owners]
        self._first = np.flatnonzero(changes(self._of))
        self.articles: Array = self._of[self._first]

    @cached_property
    def sizes(self) -> Array:
        """How many paragraphs of each article have it."""
        return np.diff(np.append(self._first, len(self._of)))

    def bounds(self, mean: float) -> NDArray[np.float64]:
        """What it weighs in the best paragraph of each article."""
        owners, counts = self._postings
        weights = ranking.in_text(counts, self._segment.fields["text"].sizes[owners], mean)
        return np.maximum.reduceat(weights, self._first) if len(weights) else weights

    def owners(self) -> Array:
        """All paragraphs with it."""
        return self._postings.owners

    def postings(self) -> Postings:
        """The same, and how often each has it."""
        return self._postings

    def owners_in(self, articles: Array) -> Array:
        """The paragraphs with it of some articles."""
        return self.postings_in(articles).owners

    def postings_in(self, articles: Array) -> Postings:
        """The same, and how often each has it."""
        wanted = np.zeros(self._segment.articles, np.bool_)
        wanted[articles] = True
        keep = wanted[self._of]
        return Postings(self._postings.owners[keep], self._postings.counts[keep])


class OneTerm:
    """A word that is one term: its paragraphs are read article by article."""

    def __init__(self, term: int, field: Field, among_articles: Mask | None) -> None:
        self._term = term
        self._field = field
        self._grouped = field.grouped(term)
        self._kept: Mask | None = None
        if among_articles is not None:
            self._kept = among_articles[self._grouped.articles]

    @cached_property
    def articles(self) -> Array:
        """The articles with it in a paragraph."""
        return self._grouped.articles if self._kept is None else self._grouped.articles[self._kept]

    @cached_property
    def sizes(self) -> Array:
        """How many paragraphs of each have it."""
        return self._grouped.sizes if self._kept is None else self._grouped.sizes[self._kept]

    def bounds(self, mean: float) -> NDArray[np.float64]:
        """What it weighs at most in a paragraph of each article."""
        best = self._grouped.best if self._kept is None else self._grouped.best[self._kept]
        # A weight is x / (1 - B + B·n/mean): with another mean it grows by the factor of the means at most.
        return np.asarray((SCALE * max(1.0, mean / self._field.mean))[best], np.float64)

    def owners(self) -> Array:
        """All paragraphs with it."""
        if self._kept is not None:
            return self.postings().owners
        return self._field.owners(self._term, self._grouped)

    def postings(self) -> Postings:
        """The same, and how often each has it."""
        found = self._field.postings(self._term)
        if self._kept is None:
            return found
        keep = np.repeat(self._kept, self._grouped.sizes)
        return Postings(found.owners[keep], found.counts[keep])

    def postings_in(self, articles: Array) -> Postings:
        """The paragraphs with it of some articles, and how often each has it."""
        return self._field.postings_in(self._term, articles)

    def owners_in(self, articles: Array) -> Array:
        """The paragraphs with it of some articles."""
        return self._field.owners_in(self._term, articles)
