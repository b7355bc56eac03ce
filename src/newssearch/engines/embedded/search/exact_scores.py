"""Scores articles of a segment exactly: see :mod:`newssearch.engines.bm25f`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from newssearch.engines import bm25f
from newssearch.engines.embedded.segment.field import Postings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import NO_INTS, Ints

from .doc_sets import Scores
from .reader import IndexReader
from .scored_leaf import ScoredLeaf, saturate


class Contributions(NamedTuple):
    """The contributions of each leaf to D of articles, and to P of their documents.

    ``whole`` has a row for each leaf and a column for each article. ``best`` has a row for each leaf that is not
    optional and a column for each document.
    """

    whole: Scores
    best: Scores


class ExactScores:
    """Scores articles of a segment. ``leaves`` are all leaves that contribute to scores, optional ones last.

    ``deciding`` is the number of leaves that are not optional; only these contribute to P.
    """

    def __init__(
        self, segment: Segment, reader: IndexReader, leaves: Sequence[ScoredLeaf], deciding: int
    ) -> None:
        self._segment = segment
        self._reader = reader
        self._leaves = leaves
        self._deciding = deciding
        self._factors = np.array(
            [(leaf.article_factor, leaf.paragraph_factor) for leaf in leaves], np.float64
        ).reshape(-1, 2)

    def contributions(
        self, found: Sequence[Postings], articles: Ints, chosen: Ints | None, documents: Ints, index: Ints
    ) -> Contributions:
        """Return what each leaf contributes to the scores of ``articles`` and of ``documents`` of these.

        ``found`` has the postings of each leaf in the articles. ``chosen`` has the indices of these articles among
        all found ones; None means all. ``documents`` are ascending and include all owners of postings of leaves that
        are not optional. ``index`` has, for each document, the index of its article in ``articles``.
        """
        segment, reader, deciding = self._segment, self._reader, self._deciding
        sizes = [len(owners) for owners, _ in found]
        owners = _concatenated(part.owners for part in found)
        counts = _concatenated(part.counts for part in found)
        leaf = np.arange(len(found)).repeat(sizes)
        of_title = self._title_weights(articles)
        lowered = self._function_factors(chosen, len(articles))

        counted = counts
        weightless = None if segment.weightless is None else segment.weightless[owners].nonzero()[0]
        if weightless is not None:
            counted = counts.copy()
            counted[weightless] = 0
        cell = leaf * len(articles)
        cell += articles.searchsorted(segment.article[owners].astype(np.int64))
        shape = (len(found), len(articles))
        in_article = np.bincount(cell, counted, len(found) * len(articles)).reshape(shape)
        whole = bm25f.in_article(in_article, segment.article_words[articles], reader.mean_article_words)
        whole += bm25f.TITLE_ARTICLE * of_title
        saturate(whole, self._factors[:, :1], bm25f.K1_ARTICLE)

        size = sum(sizes[:deciding])
        owners, counted, leaf = owners[:size], counted[:size], leaf[:size]
        best = np.zeros((deciding, len(documents)))
        lengths = segment.fields["text"].sizes[owners]
        column = documents.searchsorted(owners)
        best[leaf, column] = bm25f.in_text(counted, lengths, reader.mean_words)
        best += (bm25f.TITLE * of_title[:deciding])[:, index]
        saturate(best, self._factors[:deciding, 1:], bm25f.K1)
        if lowered is not None:
            whole *= lowered
            best *= lowered[:deciding, index]
        return Contributions(whole, best)

    def _title_weights(self, articles: Ints) -> Scores:
        """Return the weight of each leaf in the headline of each article: a row for each leaf."""
        weights = np.zeros((len(self._leaves), len(articles)))
        for row, leaf in zip(weights, self._leaves, strict=True):
            titled, of_title = leaf.title_weights(articles)
            row[titled] = of_title
        return weights

    def _function_factors(self, chosen: Ints | None, size: int) -> Scores | None:
        """Return the factor of each leaf in each article, which is lower for function words; None if there are none."""
        if all(leaf.function_factors is None for leaf in self._leaves):
            return None
        factors = np.ones((len(self._leaves), size))
        for row, leaf in zip(factors, self._leaves, strict=True):
            if leaf.function_factors is not None:
                row[:] = leaf.function_factors if chosen is None else leaf.function_factors[chosen]
        return factors


def sum_of_rows(contributions: Scores) -> Scores:
    """Return the sum of the contributions of all leaves, added in the same order whatever the number of columns."""
    total = np.zeros(contributions.shape[1])
    for row in contributions:
        total += row
    return total


def _concatenated(parts: Iterable[Array]) -> Array:
    arrays = list(parts)
    return arrays[0] if len(arrays) == 1 else np.concatenate([NO_INTS, *arrays])
