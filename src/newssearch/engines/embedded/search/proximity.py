"""Raises the scores of articles in which the words of the query are near each other; see :mod:`newssearch.engines.bm25f`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from newssearch.engines import bm25f
from newssearch.engines.embedded.segment.postings import TermPostings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import (
    NO_INTS,
    Ints,
    distinct,
    indices_in,
    intersect,
    run_starts,
)
from newssearch.query import Leaf, LeafUse, is_word

from .doc_sets import Scores, TermDocs
from .evaluator import QueryEvaluator
from .spans import owner_of


def neighbours(words: Sequence[LeafUse], function_words: frozenset[Leaf]) -> list[tuple[LeafUse, LeafUse]]:
    """Return the distinct pairs of adjacent different words in a query, function words excluded."""
    content = [word for word in words if word.leaf not in function_words]
    pairs = {
        (one.leaf, other.leaf): (one, other) for one, other in pairwise(content) if one.leaf != other.leaf
    }
    return [*pairs.values()][: bm25f.MAX_PAIRS]


class _Occurrences:
    """The paragraphs with a match of a leaf, in articles of a segment with ascending numbers.

    Weightless paragraphs are left out.
    """

    def __init__(self, evaluator: QueryEvaluator, segment: Segment, leaf: Leaf, articles: Ints) -> None:
        self._evaluator, self._segment, self._leaf, self._articles = evaluator, segment, leaf, articles
        text = evaluator.matches(segment, leaf).text
        blocks = indices_in(text.articles, articles)
        # A word that is one term has postings, with which its positions are read.
        self._of_term = (text, text.subset_of(blocks)) if isinstance(text, TermDocs) else None
        documents = text.owners_of(blocks) if self._of_term is None else self._of_term[1].owners
        if segment.weightless is not None:
            documents = documents[~segment.weightless[documents]]
        self.documents: Ints = documents

    def positions(self, documents: Ints) -> _Positions:
        """Return the spans of the leaf in the given paragraphs, whose numbers are ascending."""
        if self._of_term is not None:
            term, postings = self._of_term
            starts, counts = term.positions_of(TermPostings.restrict(postings, documents))
            return self._spread(starts, starts + 1, documents, counts)
        if not len(documents):
            return self._spread(NO_INTS, NO_INTS, NO_INTS, NO_INTS)
        starts, ends, candidates = self._evaluator.spans(self._segment, self._leaf, documents)
        owners = owner_of(self._segment.fields["text"].starts, starts, candidates)
        at = np.minimum(documents.searchsorted(owners), len(documents) - 1)
        kept = documents[at] == owners
        counts = np.bincount(at[kept], minlength=len(documents))
        return self._spread(starts[kept], ends[kept], documents, counts)

    def _spread(self, starts: Ints, ends: Ints, documents: Ints, counts: Array) -> _Positions:
        """Return spans as positions. Each document, in order, has the given number of them."""
        articles = self._articles.searchsorted(self._segment.article[documents].astype(np.int64))
        shift = (documents * bm25f.WINDOW).repeat(counts)
        return _Positions(starts + shift, ends + shift, articles.repeat(counts))


class _Positions(NamedTuple):
    """The spans of a leaf, as parallel arrays: their ascending starts, their ends, and the index of the article.

    Positions count the words of the segment, with a gap of at least :data:`newssearch.engines.bm25f.WINDOW` between
    paragraphs: words of different paragraphs are never near each other.
    """

    starts: Ints
    ends: Ints
    articles: Ints

    def count_followed_by(self, other: _Positions, articles: int) -> Ints:
        """Return the number of spans in each article that a span of the other word follows directly."""
        at = other.starts.searchsorted(self.ends)
        at[at == len(other.starts)] = 0
        followed = (other.starts[at] == self.ends).nonzero()[0]
        return np.bincount(self.articles[followed], minlength=articles)

    def count_near(self, other: _Positions, articles: int) -> Ints:
        """Return the number of positions in each article near which the other word begins in the same paragraph."""
        low = other.starts.searchsorted(self.starts - (bm25f.WINDOW - 1))
        high = other.starts.searchsorted(self.starts + (bm25f.WINDOW - 1), "right")
        at = other.starts.searchsorted(self.starts)
        at[at == len(other.starts)] = 0
        near = (high - low > (other.starts[at] == self.starts)).nonzero()[0]
        return np.bincount(self.articles[near], minlength=articles)

    def distinct(self) -> _Positions:
        """Return the first span of those with the same start."""
        new = run_starts(self.starts)
        return self if new.all() else _Positions(self.starts[new], self.ends[new], self.articles[new])


class Proximity:
    """The part of the score from word proximity."""

    def __init__(self, evaluator: QueryEvaluator) -> None:
        self._evaluator = evaluator
        self._words = [
            wanted
            for wanted in evaluator.scored_leaves
            if is_word(wanted.leaf) and wanted.region is None and not wanted.optional
        ]

    def __bool__(self) -> bool:
        """Whether the query has two adjacent different words."""
        return len({word.leaf for word in self._words}) > 1

    def scores(self, segment: Segment, articles: Ints) -> Scores:
        """Return this part of the score of each article of a segment; the article numbers are ascending."""
        scores = np.zeros(len(articles))
        for analysis, mask in segment.analyses.items():
            here = np.arange(len(articles)) if mask is None else mask[articles].nonzero()[0]
            pairs = neighbours(self._words, self._evaluator.function_words(analysis))
            if len(here) and pairs:
                scores[here] = self._of_pairs(pairs, segment, articles[here])
        return scores

    def _of_pairs(self, pairs: Sequence[tuple[LeafUse, LeafUse]], segment: Segment, articles: Ints) -> Scores:
        evaluator = self._evaluator
        lengths = segment.article_words[articles] / evaluator.reader.mean_article_words
        norm = 1 - bm25f.B + bm25f.B * lengths
        positions = _positions_beside_neighbours(
            {
                leaf: _Occurrences(evaluator, segment, leaf, articles)
                for leaf in dict.fromkeys(word.leaf for pair in pairs for word in pair)
            },
            [(one.leaf, other.leaf) for one, other in pairs],
        )
        scores = np.zeros(len(articles))
        for one, other in pairs:
            idf = max(evaluator.article_idf(one.leaf), evaluator.article_idf(other.leaf))
            factor = min(one.boost, other.boost) * idf
            a, b = positions[one.leaf], positions[other.leaf]
            if not (len(a.starts) and len(b.starts)):
                continue
            ordered = a.count_followed_by(b, len(articles)) / norm
            a, b = a.distinct(), b.distinct()
            near = np.minimum(a.count_near(b, len(articles)), b.count_near(a, len(articles))) / norm
            scores += factor * (
                bm25f.ORDERED * ordered / (bm25f.K1 + ordered) + bm25f.NEAR * near / (bm25f.K1 + near)
            )
        return scores


def _positions_beside_neighbours(
    occurrences: Mapping[Leaf, _Occurrences], pairs: Sequence[tuple[Leaf, Leaf]]
) -> dict[Leaf, _Positions]:
    """Return the spans of each leaf in the paragraphs that it shares with an adjacent word of the query."""
    shared: dict[Leaf, list[Array]] = {leaf: [] for leaf in occurrences}
    for one, other in pairs:
        both = intersect(occurrences[one].documents, occurrences[other].documents)
        shared[one].append(both)
        shared[other].append(both)
    return {
        leaf: found.positions(
            shared[leaf][0] if len(shared[leaf]) == 1 else distinct(np.concatenate(shared[leaf]))
        )
        for leaf, found in occurrences.items()
    }
