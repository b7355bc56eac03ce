"""The best paragraphs of a segment, exactly, without a look at those that cannot be among them.

What an article's best paragraph can score at most follows from what each unit of the query weighs at most there (see
:class:`~indexing.inverter.Groups`). Articles are looked at from the highest of these bounds down, until there are as many as
the page needs that score no less than the bounds of all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.segment import bm25f
from newssearch.engines.embedded.segment.columns import NONE
from newssearch.engines.embedded.segment.field import Postings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import (
    BINARY_SEARCH_RATIO,
    NO_INTS,
    Ints,
    Mask,
    indices_in,
    intersect_indices,
    run_starts,
    union,
    union_size,
)
from newssearch.request import ResolvedRequest

from .evaluator import Evaluation, Stands

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


class _Places:
    """The articles of a segment that were found, each with its place among them."""

    def __init__(self, found: Mask) -> None:
        self._found = found
        self.articles: Ints = np.flatnonzero(found)

    def __len__(self) -> int:
        return len(self.articles)

    @cached_property
    def _places(self) -> Ints:
        places = self._found.cumsum(dtype=np.int64)
        places -= 1
        return places

    def of(self, articles: Ints) -> tuple[Ints | None, Ints | None]:
        """Which of some articles were found, and their places; None for all of them, and for all places."""
        if len(self) * BINARY_SEARCH_RATIO < len(articles):
            return intersect_indices(articles, self.articles)
        kept = self._found[articles]
        if not kept.all():
            groups = np.flatnonzero(kept)
            return groups, self._places[articles[groups]]
        return None, None if len(articles) == len(self) else self._places[articles]


class _Part:
    """A unit that adds to scores, in the articles that were found."""

    def __init__(self, stands: Stands, factor: float, found: _Places) -> None:
        self.text, self._title = stands
        self.factor = factor
        self._found = found

    @cached_property
    def _groups(self) -> tuple[Ints | None, Ints | None]:
        return self._found.of(self.text.articles)

    @property
    def groups(self) -> Ints | None:
        """The groups of the unit that were found; None for all of them."""
        return self._groups[0]

    @property
    def places(self) -> Ints:
        """The places of their articles."""
        places = self._groups[1]
        return np.arange(len(self._found)) if places is None else places

    def in_titles(self, lengths: Array, mean: float) -> Scores | None:
        """What it weighs in the headline of each article; None where it is in none."""
        owners, counts = self._title
        postings, places = intersect_indices(owners, self._found.articles)
        if not len(postings):
            return None
        weights = np.zeros(len(self._found))
        weights[places] = bm25f.in_title(counts[postings], lengths[owners[postings]], mean)
        return weights

    def at_most(self, mean: float) -> Scores:
        """What it weighs at most in a paragraph of each article."""
        groups, places = self._groups
        bounds = self.text.bounds(mean, groups)
        if places is None:
            return bounds
        weights = np.zeros(len(self._found))
        weights[places] = bounds
        return weights

    def sizes(self, chosen: Mask | None = None) -> int:
        """How many paragraphs of the articles, or of some of them, have it."""
        if self.groups is None and chosen is None:
            return self.text.total
        sizes = self.text.sizes if self.groups is None else self.text.sizes[self.groups]
        return int((sizes if chosen is None else sizes[chosen]).sum(dtype=np.int64))

    def owners(self, chosen: Mask | None = None) -> Array:
        """The paragraphs of the articles, or of some of them, that have it."""
        groups = self.groups
        if chosen is not None:
            groups = np.flatnonzero(chosen) if groups is None else groups[chosen]
        return self.text.owners_of(groups)

    def postings_in(self, articles: Ints) -> Postings:
        """The paragraphs of some articles, by their own numbers, and how often each has it."""
        return self.text.postings_of(indices_in(self.text.articles, articles))


class Ranking:
    """The articles of a segment that a query has found, to be ranked."""

    def __init__(self, run: Evaluation, segment: Segment, found: Mask, novel: bool = False) -> None:
        self._segment = segment
        self._repeated = segment.repeated
        self._novel = novel
        places = _Places(found)
        self._articles = places.articles
        self._lengths = segment.fields["text"].sizes
        self._mean, self._mean_title = run.table.mean_words, run.table.mean_title_words
        self._opened = [
            _Part(
                run.stands(segment, wanted.leaf, wanted.region, novel),
                wanted.boost * run.weight(wanted.leaf),
                places,
            )
            for wanted in run.wanted()
        ]

    def paragraphs(self) -> int:
        """How many paragraphs of the articles hold a unit of the query.

        Where an article has one unit alone, it is known how many; only where it has several, these may share some.
        """
        parts = list({id(part.text): part for part in self._opened}.values())
        if len(parts) == 1:
            return parts[0].sizes()
        units = np.zeros(len(self._articles), np.uint16)
        for part in parts:
            units[part.places] += 1
        several = units > 1
        if 2 * np.count_nonzero(several) > len(units):  # then it is less work to look at all of them
            return union_size([part.owners() for part in parts], self._segment.documents)
        alone = sum(part.sizes(~several[part.places]) for part in parts)
        shared = [part.owners(several[part.places]) for part in parts]
        return alone + union_size(shared, self._segment.documents)

    def best(self, request: ResolvedRequest, offset: int) -> Ranked:
        """Those that may be on the page; ``offset`` is the number of the segment's first document."""
        size = len(self._articles)
        if request.all_paragraphs:
            found = self._exact(None, each=False)
        elif request.limit is None or size <= max(most := request.offset + request.limit, FIRST):
            found = self._exact(None)
        elif request.sort == "relevance":
            found = self._by_score(most)
        else:
            keys, _ = sort_keys(np.empty(0), self._segment.instant[self._articles], request)
            found = self._exact(np.flatnonzero(keys >= kth(keys, most)))
        return found._replace(documents=found.documents + offset) if offset else found

    def _by_score(self, most: int) -> Ranked:
        bounds = self._bounds()
        least = kth(bounds, max(2 * most, FIRST))
        while True:
            found = self._exact(np.flatnonzero(bounds >= least))  # at most all, whose worst is no less
            worst = kth(found.scores, most)
            if worst >= least:
                return found
            least = worst

    @cached_property
    def _in_titles(self) -> list[Scores | None]:
        """What each part weighs in the headline of each article."""
        lengths = self._segment.fields["title"].sizes
        return [part.in_titles(lengths, self._mean_title) for part in self._opened]

    def _bounds(self) -> Scores:
        """What the best paragraph of each article scores at most."""
        bounds = np.zeros(len(self._articles))
        for part, in_titles in zip(self._opened, self._in_titles, strict=True):
            weights = part.at_most(self._mean)
            if in_titles is not None:
                weights += in_titles
            bounds += _saturated(weights, part.factor * SLACK)
        return bounds

    def _exact(self, chosen: Ints | None, each: bool = True) -> Ranked:
        """All paragraphs of some articles that hold a unit, or with ``each`` the best of each article.

        Of an article in which no paragraph does, the first one stands for it, that is no boilerplate, which weighs
        nothing. Articles are chosen by their places
        among those found; None chooses all.
        """
        segment = self._segment
        articles = self._articles if chosen is None else self._articles[chosen]
        found = [part.postings_in(articles) for part in self._opened]
        documents = union([postings.owners for postings in found], segment.documents)
        where = articles.searchsorted(segment.article[documents].astype(np.int64))
        first = np.flatnonzero(run_starts(where))
        bare = None
        if len(first) < len(articles):
            documents, where, bare = self._with_bare(articles, documents, where)
            first = np.flatnonzero(run_starts(where))
        repeated = self._repeated[documents] if self._repeated is not None else None
        scores = np.zeros(len(documents))
        for part, in_titles, postings in zip(self._opened, self._in_titles, found, strict=True):
            weights = self._weights(postings, documents)
            if repeated is not None:
                weights[repeated] = 0
            if in_titles is not None:
                weights += in_titles[where if chosen is None else chosen[where]]
            scores += _saturated(weights, part.factor)
        sizes = np.diff(first, append=len(where))
        matching = sizes if bare is None else sizes * ~bare[first]
        instants = segment.instant[articles]
        if not each:
            return Ranked(documents, scores, instants[where], matching.repeat(sizes))
        keys = scores if repeated is None else np.where(repeated, -1.0, scores)
        best = np.maximum.reduceat(keys, first) if len(first) else keys
        places = np.flatnonzero(keys == best[where])
        top = places[run_starts(where[places])]  # of equals, the first paragraph
        shown = documents[top]
        if repeated is not None and (hidden := np.flatnonzero(repeated[top])).size:
            shown[hidden] = self._stand_ins[articles[hidden]]
        return Ranked(shown, scores[top], instants, matching)

    @cached_property
    def _stand_ins(self) -> Ints:
        """The document that stands for each article of which none is to be shown."""
        segment = self._segment
        if self._novel:
            return segment.first_of(segment.novel)
        return segment.first[:-1] if self._repeated is None else segment.first_of(~self._repeated)

    def _weights(self, postings: Postings, documents: Ints) -> Scores:
        """What a unit weighs in each of some documents, those with it among them."""
        owners, counts = postings
        own = bm25f.in_text(counts, self._lengths[owners], self._mean)
        if owners is documents:
            return own
        weights = np.zeros(len(documents))
        weights[documents.searchsorted(owners)] = own
        return weights

    def _with_bare(self, articles: Ints, held: Ints, where: Ints) -> tuple[Ints, Ints, Mask]:
        """The documents that hold a unit, with the first of each article in which none does; and which are such."""
        without = np.ones(len(articles), np.bool_)
        without[where] = False
        documents = np.concatenate((held, self._stand_ins[articles[without]]))
        order = documents.argsort(kind="stable")
        places = np.concatenate((where, np.flatnonzero(without)))
        return documents[order], places[order], order >= len(held)


def _saturated(weights: Scores, factor: float) -> Scores:
    """What weights add to a score. Takes their place."""
    weights /= bm25f.K1 + weights
    weights *= factor
    return weights


def sort_keys(scores: Array, instants: Array, request: ResolvedRequest) -> tuple[Array, Array]:
    """What documents are ordered by first and then, greatest first."""
    if request.sort == "relevance":
        return scores, instants
    if request.sort == "newest":
        return instants, scores
    return np.where(instants == NONE, -np.iinfo(np.int64).max, -instants), scores


def kth(values: Array, most: int) -> Any:
    """The last of so many greatest values."""
    if not most:
        return np.inf
    return (
        np.partition(values, len(values) - most)[len(values) - most] if len(values) > most else values.min()
    )
