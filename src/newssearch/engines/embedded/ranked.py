"""The best paragraphs of a segment, exactly, without a look at those that cannot be among them.

What an article's best paragraph can score at most follows from what each unit of the query weighs at most there (see
:class:`~.inverting.Groups`). Articles are looked at from the highest of these bounds down, until there are as many as
the page needs that score no less than the bounds of all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...request import SearchOptions
from . import ranking
from .ascending import NO_INTS, Ints, Mask, among, changes, united
from .container import Array
from .evaluation import Evaluation, Stands
from .schema import NONE
from .segment import Segment
from .unit import Unit

FIRST = 64
"""Articles that are looked at first, at least."""
SLACK = 1 + 1e-9
"""By what a bound may be too low because sums of floating-point numbers are rounded."""

Scores = NDArray[np.float64]


class Ranked(NamedTuple):
    """Documents that may be on a page, their scores and moments, and how many of their articles' paragraphs match."""

    documents: Ints
    scores: Scores
    instants: Ints
    matching: Ints


def joined_ranks(parts: Sequence[Ranked]) -> Ranked:
    """Those of several segments."""
    if not parts:
        return Ranked(NO_INTS, np.empty(0), NO_INTS, NO_INTS)
    return Ranked(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


class _Part:
    """A unit that adds to scores: where it stands, and what its saturated weight is multiplied by."""

    def __init__(self, stands: Stands, factor: float, segment: Segment, mean_title: float) -> None:
        self.text = stands.text
        self.factor = factor
        self._title = stands.title
        self._lengths = segment.fields["title"].sizes
        self._mean_title = mean_title

    @cached_property
    def _in_titles(self) -> Scores:
        """What it weighs in each headline that has it."""
        owners, counts = self._title
        return ranking.in_title(counts, self._lengths[owners], self._mean_title)

    def in_titles(self, articles: Ints) -> Scores | None:
        """What it weighs in the headline of each of some articles; None where it is in none."""
        owners = self._title.owners
        here = among(articles, owners)
        if not len(here):
            return None
        weights = np.zeros(len(articles))
        weights[here] = self._in_titles[among(owners, articles)]
        return weights

    def add_bounds(self, target: Scores, mean: float) -> None:
        """Add to an item for each article of the segment what it adds to a score there at most."""
        articles, owners = self.text.articles, self._title.owners
        most = self.text.saturated(mean)
        if len(owners):  # instead of what it adds there without the headline
            weights = self._in_titles.copy()
            both = among(articles, owners)
            weights[among(owners, articles)] += self.text.bounds(mean, both)
            target[owners] += self.factor * ranking.saturated(weights)
            most[both] = 0.0
        most *= self.factor
        target[articles] += most


class Ranking:
    """The articles of a segment that a query has found, to be ranked."""

    def __init__(self, run: Evaluation, segment: Segment, found: Mask) -> None:
        self._segment = segment
        self._found = found
        self._mean = run.table.mean_words
        self._parts = [
            _Part(
                run.stands(segment, wanted.unit, wanted.region),
                wanted.boost * run.weight(wanted.unit),
                segment,
                run.table.mean_title_words,
            )
            for wanted in run.wanted()
        ]

    @cached_property
    def _articles(self) -> Ints:
        return np.flatnonzero(self._found)

    def paragraphs(self) -> int:
        """How many paragraphs of the articles hold a unit of the query.

        Where an article has one unit alone, it is known how many; only where it has several, these may share some.
        """
        texts: list[Unit] = list({id(part.text): part.text for part in self._parts}.values())
        if len(texts) == 1:
            (text,) = texts
            kept = self._found[text.articles]
            sizes = text.sizes if kept.all() else text.sizes[kept]
            return int(sizes.sum(dtype=np.int64))
        units = np.zeros(self._segment.articles, np.uint16)
        for text in texts:
            units[text.articles] += 1
        units *= self._found
        shared = units > 1
        alone = units == 1
        total = sum(_counted(text, alone) for text in texts)
        if shared.any():
            total += len(united([text.owners_in(shared) for text in texts], self._segment.documents))
        return total

    def best(self, options: SearchOptions, offset: int) -> Ranked:
        """Those that may be on the page; ``offset`` is the number of the segment's first document."""
        articles = self._articles
        if options.all_paragraphs:
            found = self._exact(articles, each=False)
        elif options.limit is None or len(articles) <= max(most := options.offset + options.limit, FIRST):
            found = self._exact(articles)
        elif options.sort == "relevance":
            found = self._by_score(articles, most)
        else:
            keys, _ = sort_keys(np.empty(0), self._segment.instant[articles], options)
            found = self._exact(articles[keys >= _kth(keys, most)])
        return found._replace(documents=found.documents + offset) if offset else found

    def _by_score(self, articles: Ints, most: int) -> Ranked:
        bounds = self._bounds()[articles]
        least = _kth(bounds, max(2 * most, FIRST))
        while True:
            found = self._exact(articles[bounds >= least])  # at most all of them, whose worst is no less
            worst = _kth(found.scores, most)
            if worst >= least:
                return found
            least = worst

    def _bounds(self) -> Scores:
        """What the best paragraph of each article of the segment scores at most."""
        bounds = np.zeros(self._segment.articles)
        for part in self._parts:
            part.add_bounds(bounds, self._mean)
        bounds *= SLACK
        return bounds

    def _exact(self, articles: Ints, each: bool = True) -> Ranked:
        """All paragraphs of some articles that hold a unit, or with ``each`` the best of each article.

        Of an article in which no paragraph does, the first one stands for it.
        """
        segment = self._segment
        found = [part.text.postings_in(articles) for part in self._parts]
        held = united([postings.owners for postings in found], segment.documents)
        documents, bare = self._with_bare(articles, held)
        where = articles.searchsorted(segment.article[documents])
        scores = np.zeros(len(documents))
        for part, (owners, counts) in zip(self._parts, found, strict=True):
            weights = np.zeros(len(documents))
            if len(owners):
                lengths = segment.fields["text"].sizes[owners]
                own = ranking.in_text(counts, lengths, self._mean)
                if owners is documents:
                    weights = own
                else:
                    weights[documents.searchsorted(owners)] = own
            in_titles = part.in_titles(articles)
            if in_titles is not None:
                weights += in_titles[where]
            weights /= ranking.K1 + weights
            weights *= part.factor
            scores += weights
        first = np.flatnonzero(changes(where))
        sizes = np.diff(first, append=len(where))
        matching = sizes if bare is None else sizes * ~bare[first]
        instants = segment.instant[articles]
        if not each:
            return Ranked(documents, scores, instants[where], matching.repeat(sizes))
        best = np.maximum.reduceat(scores, first) if len(first) else scores
        places = np.flatnonzero(scores == best[where])
        chosen = places[changes(where[places])]  # of equals, the first paragraph
        return Ranked(documents[chosen], scores[chosen], instants, matching)

    def _with_bare(self, articles: Ints, held: Ints) -> tuple[Ints, Mask | None]:
        """The documents that hold a unit, with the first of each article in which none does; and which are such."""
        without = np.ones(len(articles), np.bool_)
        without[articles.searchsorted(self._segment.article[held])] = False
        if not without.any():
            return held, None
        first = self._segment.first[articles[without]]
        documents = np.concatenate((held, first))
        order = documents.argsort(kind="stable")
        return documents[order], order >= len(held)


def _counted(text: Unit, articles: Mask) -> int:
    """How many paragraphs of some articles have a unit."""
    return int(text.sizes[articles[text.articles]].sum(dtype=np.int64))


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
