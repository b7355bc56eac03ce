"""The best paragraphs of a segment, exactly, without a look at those that cannot be among them.

What an article's best paragraph can score at most follows from what each unit of the query weighs at most there (see
:class:`~.inverting.Groups`). Articles are looked at from the highest of these bounds down, until there are as many as
the page needs that score no less than the bounds of all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...request import SearchOptions
from . import ranking
from .container import Array
from .evaluation import Evaluation, Stands
from .inverting import changes
from .metadata import NONE
from .segment import NO_INTS, Ints, Mask, Segment

FIRST = 64
"""Articles that are looked at first, at least."""
DENSE = 16
"""One in so many numbers is enough for an array of all of them to be faster than a search for each."""
SLACK = 1 + 1e-9
"""By what a bound may be too low because sums of floating-point numbers are rounded."""

Scores = NDArray[np.float64]


class Ranked(NamedTuple):
    """Documents that may be on a page, their scores and moments, and how many of their articles' paragraphs match."""

    documents: Ints
    scores: Scores
    instants: Ints
    matching: Ints


class _Part(NamedTuple):
    """A unit that adds to scores: where it stands, and what its saturated weight is multiplied by."""

    stands: Stands
    factor: float


class Ranking:
    """The articles of a segment that a query has found, to be ranked."""

    def __init__(self, run: Evaluation, segment: Segment, found: Mask) -> None:
        self._segment = segment
        self._found = found
        self._mean = run.table.mean_words
        self._mean_title = run.table.mean_title_words
        self._parts = [
            _Part(run.stands(segment, wanted.unit, wanted.region), wanted.boost * run.weight(wanted.unit))
            for wanted in run.wanted()
        ]

    def paragraphs(self) -> int:
        """How many paragraphs of the articles hold a unit of the query."""
        texts = [part.stands.text for part in self._parts]
        if len(texts) == 1:
            (text,) = texts
            return int(text.sizes[self._found[text.articles]].sum(dtype=np.int64))
        articles = np.flatnonzero(self._found)
        held = np.zeros(self._segment.documents, np.bool_)
        for text in texts:
            everywhere = bool(self._found[text.articles].all())
            held[text.owners() if everywhere else text.owners_in(articles)] = True
        return int(np.count_nonzero(held))

    def best(self, options: SearchOptions, offset: int) -> Ranked:
        """Those that may be on the page; ``offset`` is the number of the segment's first document."""
        articles = np.flatnonzero(self._found)
        if options.all_paragraphs:
            found = self._exact(articles, each=False)
        elif options.limit is None or len(articles) <= max(most := options.offset + options.limit, FIRST):
            found = self._exact(articles)
        elif options.sort == "relevance":
            found = self._by_score(articles, most)
        else:
            keys, _ = sort_keys(np.empty(0), self._segment.instant[articles], options)
            found = self._exact(articles[keys >= _kth(keys, most)])
        return found._replace(documents=found.documents + offset)

    def _by_score(self, articles: Ints, most: int) -> Ranked:
        bounds = self._bounds(articles)
        least = _kth(bounds, max(2 * most, FIRST))
        while True:
            found = self._exact(articles[bounds >= least])  # at most all of them, whose worst is no less
            worst = _kth(found.scores, most)
            if worst >= least:
                return found
            least = worst

    def _bounds(self, articles: Ints) -> Scores:
        """What the best paragraph of each article scores at most."""
        bounds = np.zeros(len(articles))
        for stands, factor in self._parts:
            weights = np.zeros(len(articles))
            _put(
                weights,
                articles,
                stands.text.articles,
                stands.text.bounds(self._mean),
                self._segment.articles,
            )
            weights += self._in_titles(stands, articles)
            with np.errstate(invalid="ignore"):
                saturated = ranking.saturated(weights)
            bounds += factor * np.where(np.isinf(weights), 1.0, saturated)
        return bounds * SLACK

    def _in_titles(self, stands: Stands, articles: Ints) -> Scores:
        """What a unit weighs in the headline of each article."""
        weights = np.zeros(len(articles))
        owners, counts = stands.title
        if len(owners):
            lengths = self._segment.fields["title"].sizes[owners]
            found = ranking.in_title(counts, lengths, self._mean_title)
            _put(weights, articles, owners, found, self._segment.articles)
        return weights

    def _exact(self, articles: Ints, each: bool = True) -> Ranked:
        """All paragraphs of some articles that hold a unit, or with ``each`` the best of each article.

        Of an article in which no paragraph does, the first one stands for it.
        """
        segment = self._segment
        sizes = segment.fields["text"].sizes
        found = [part.stands.text.postings_in(articles) for part in self._parts]
        held = _united([postings.owners for postings in found], segment.documents).astype(np.int64)
        documents, holds = self._with_bare(articles, held)
        where = np.searchsorted(articles, segment.article[documents])
        scores = np.zeros(len(documents))
        for (stands, factor), postings in zip(self._parts, found, strict=True):
            weights = np.zeros(len(documents))
            own = ranking.in_text(postings.counts, sizes[postings.owners], self._mean)
            _put(weights, documents, postings.owners, own, segment.documents)
            weights += self._in_titles(stands, articles)[where]
            scores += factor * ranking.saturated(weights)
        first = np.flatnonzero(changes(where))
        matching = np.add.reduceat(holds.astype(np.int64), first) if len(first) else NO_INTS
        if not each:
            instants = segment.instant[articles][where]
            return Ranked(
                documents, scores, instants, np.repeat(matching, np.diff(np.append(first, len(where))))
            )
        best = np.maximum.reduceat(scores, first) if len(first) else scores
        places = np.flatnonzero(scores == best[where])
        chosen = places[changes(where[places])]  # of equals, the first paragraph
        return Ranked(documents[chosen], scores[chosen], segment.instant[articles], matching)

    def _with_bare(self, articles: Ints, held: Ints) -> tuple[Ints, Mask]:
        """The documents that hold a unit, with the first of each article in which none does; and which hold one."""
        without = np.ones(len(articles), np.bool_)
        without[np.searchsorted(articles, self._segment.article[held])] = False
        if not without.any():
            return held, np.ones(len(held), np.bool_)
        first = self._segment.first[articles[without]].astype(np.int64)
        documents = np.concatenate((held, first))
        order = np.argsort(documents)
        return documents[order], (np.arange(len(documents)) < len(held))[order]


def sort_keys(scores: Array, instants: Array, options: SearchOptions) -> tuple[Array, Array]:
    """What documents are ordered by first and then, greatest first."""
    if options.sort == "relevance":
        return scores, instants
    if options.sort == "newest":
        return instants, scores
    return np.where(instants == NONE, -np.iinfo(np.int64).max, -instants), scores


def _kth(values: Array, most: int) -> Any:
    """The last of so many greatest values."""
    if not most:
        return np.inf
    return (
        np.partition(values, len(values) - most)[len(values) - most] if len(values) > most else values.min()
    )


def _put(target: Scores, numbers: Ints, others: Array, values: Scores, size: int) -> None:
    """Write the values that belong to ``others`` where these are among ``numbers``; both ascending, below ``size``."""
    if len(numbers) == len(others) and np.array_equal(numbers, others):
        target[:] = values
    elif (len(numbers) + len(others)) * DENSE > size:
        dense = np.zeros(size)
        dense[others] = values
        target[:] = dense[numbers]
    elif len(others) < len(numbers):
        at = np.searchsorted(numbers, others.astype(numbers.dtype, copy=False))
        at[at == len(numbers)] = 0
        there = numbers[at] == others
        target[at[there]] = values[there]
    elif len(numbers):
        at = np.searchsorted(others, numbers.astype(others.dtype, copy=False))
        at[at == len(others)] = 0
        here = others[at] == numbers
        target[here] = values[at[here]]


def _united(parts: Sequence[Array], size: int) -> Array:
    """What is in any of the ascending parts, of numbers below ``size``, ascending."""
    parts = [part for part in parts if len(part)]
    if len(parts) < 2:
        return parts[0] if parts else NO_INTS
    if sum(map(len, parts)) * DENSE < size:
        both = np.sort(np.concatenate(parts))
        return both[changes(both)]
    held = np.zeros(size, np.bool_)
    for part in parts:
        held[part] = True
    return np.flatnonzero(held)
