"""The leaves that contribute to scores: upper bounds of each contribution, and the matches."""

from __future__ import annotations

import numpy as np

from newssearch.engines import bm25f
from newssearch.engines.embedded.segment.field import Postings
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import (
    BINARY_SEARCH_RATIO,
    Ints,
    Mask,
    indices_in,
    intersect_indices,
)
from newssearch.system.kept import cached_property

from .doc_sets import Scores
from .evaluator import LeafMatches


class FoundArticles:
    """The articles of a segment that match a query, indexed 0, 1, … in order of article number."""

    def __init__(self, found: Mask) -> None:
        self._found = found
        self.articles: Ints = found.nonzero()[0]

    def __len__(self) -> int:
        return len(self.articles)

    @cached_property
    def _index_of(self) -> Ints:
        """For each article of the segment, its index among the found articles; arbitrary if it is not found."""
        index = np.empty(len(self._found), np.int64)
        index[self.articles] = np.arange(len(self.articles))
        return index

    def among(self, articles: Ints) -> tuple[Ints | None, Ints | None]:
        """Return the positions in ``articles`` of the found ones, and their indices among all found articles.

        The positions are None if all of ``articles`` are found, the indices if all found articles are among
        ``articles``.
        """
        if len(self) * BINARY_SEARCH_RATIO < len(articles):
            return intersect_indices(articles, self.articles)
        kept = self._found[articles]
        if not kept.all():
            which = kept.nonzero()[0]
            return which, self._index_of[articles[which]]
        return None, None if len(articles) == len(self) else self._index_of[articles]


class ScoredLeaf:
    """A leaf that contributes to scores: its matches in the found articles, and its factors in both parts of the
    score.

    ``lowered`` masks the found articles in whose language the leaf is a function word; None means none.
    ``title_lengths`` are the lengths of all headlines of the segment in words, ``mean_title_words`` is the mean
    length.
    """

    def __init__(
        self,
        matches: LeafMatches,
        factors: tuple[float, float],
        lowered: Mask | None,
        found: FoundArticles,
        title_lengths: Array,
        mean_title_words: float,
    ) -> None:
        self.text, title = matches
        self.article_factor, self.paragraph_factor = factors
        self.function_factors = None if lowered is None else np.where(lowered, bm25f.FUNCTION_WORD, 1.0)
        self._found = found
        self._titled: Ints = title.owners  # the articles of the segment in whose headline the leaf matches
        self._of_title = bm25f.in_title(title.counts, title_lengths[title.owners], mean_title_words)

    @cached_property
    def _blocks_and_indices(self) -> tuple[Ints | None, Ints | None]:
        return self._found.among(self.text.articles)

    @property
    def blocks(self) -> Ints | None:
        """The article blocks of the leaf that belong to found articles; None means all blocks."""
        return self._blocks_and_indices[0]

    @property
    def indices(self) -> Ints:
        """The index among the found articles of the article of each of :attr:`blocks`."""
        indices = self._blocks_and_indices[1]
        return np.arange(len(self._found)) if indices is None else indices

    def title_weights(self, articles: Ints) -> tuple[Ints, Scores]:
        """Return the leaf's weight in the headlines of articles of the segment, whose numbers are ascending.

        The first array has the indices of the articles with a weight, the second the weights.
        """
        if not len(self._titled):
            return self._titled, self._of_title
        postings, indices = intersect_indices(self._titled, articles)
        return indices, self._of_title[postings]

    def add_bounds(self, bounds: Scores, norms: Scores, mean_words: float, optional: bool) -> None:
        """Add upper bounds of the leaf's contribution to the score of each found article to ``bounds``.

        ``norms`` are the length norms of all articles of the segment
        (:func:`newssearch.engines.bm25f.article_norms`), ``mean_words`` is the mean length of a paragraph. An
        ``optional`` leaf contributes only to the part of the whole article.

        Matches in weightless paragraphs are counted.
        """
        blocks, indices = self._blocks_and_indices
        articles = self.text.articles if blocks is None else self.text.articles[blocks]
        counts = self.text.block_counts(blocks)
        of_article = norms[articles]  # counts / norm / (K1 + counts / norm), in fewer steps
        of_article *= bm25f.K1_ARTICLE
        of_article += counts
        parts: Scores = np.divide(counts, of_article, out=of_article)
        parts *= bm25f.ARTICLE * self.article_factor
        if not optional:
            parts += self.text.map_max_weights(self._of_paragraph, mean_words, blocks)
        self._add_titles(parts, bounds, articles, counts, norms, mean_words, optional)
        if self.function_factors is not None:
            parts *= self.function_factors if indices is None else self.function_factors[indices]
        if indices is None:
            bounds += parts
        else:
            bounds[indices] += parts

    def _of_paragraph(self, weights: Scores) -> Scores:
        return saturate(weights, bm25f.PARAGRAPH * self.paragraph_factor, bm25f.K1)

    def _add_titles(
        self,
        parts: Scores,
        bounds: Scores,
        articles: Ints,
        counts: Ints,
        norms: Scores,
        mean_words: float,
        optional: bool,
    ) -> None:
        """Replace the ``parts`` of the ``articles`` in whose headline the leaf also matches.

        Add to ``bounds`` for found articles in which it matches only in the headline.
        """
        kept, indices = self._found.among(self._titled)
        titled = self._titled if kept is None else self._titled[kept]
        if not len(titled):
            return
        of_title = self._of_title if kept is None else self._of_title[kept]
        here, there = intersect_indices(articles, titled)
        of_article = np.zeros(len(titled))
        of_article[there] = counts[here] / norms[titled[there]]
        of_article += bm25f.TITLE_ARTICLE * of_title
        whole = saturate(of_article, bm25f.ARTICLE * self.article_factor, bm25f.K1_ARTICLE)
        if not optional:
            of_paragraph = np.zeros(len(titled))
            blocks = here if self.blocks is None else self.blocks[here]
            of_paragraph[there] = self.text.map_max_weights(np.copy, mean_words, blocks)
            of_paragraph += bm25f.TITLE * of_title
            whole += self._of_paragraph(of_paragraph)
        parts[here] = whole[there]
        alone = np.ones(len(titled), np.bool_)
        alone[there] = False
        if alone.any():
            where = alone.nonzero()[0] if indices is None else indices[alone]
            added = whole[alone]
            if self.function_factors is not None:
                added *= self.function_factors[where]
            bounds[where] += added

    def count_paragraphs(self, chosen: Mask | None = None) -> int:
        """Return the number of matching paragraphs in :attr:`blocks`, or only in the blocks that ``chosen`` selects."""
        if self.blocks is None and chosen is None:
            return self.text.total
        sizes = self.text.block_sizes if self.blocks is None else self.text.block_sizes[self.blocks]
        return int((sizes if chosen is None else sizes[chosen]).sum(dtype=np.int64))

    def paragraphs(self, chosen: Mask | None = None) -> Array:
        """Return the matching paragraphs in :attr:`blocks`, or only in the blocks that ``chosen`` selects."""
        blocks = self.blocks
        if chosen is not None:
            blocks = chosen.nonzero()[0] if blocks is None else blocks[chosen]
        return self.text.owners_of(blocks)

    def postings_in(self, articles: Ints) -> Postings:
        """Return the matching paragraphs of the given articles of the segment, and the number of matches in each."""
        return self.text.postings_of(indices_in(self.text.articles, articles))


def saturate(weights: Scores, factor: float | Scores, k1: float) -> Scores:
    """Turn a leaf's weights into its contributions to scores, in place: w becomes factor · w / (k1 + w)."""
    weights /= k1 + weights
    weights *= factor
    return weights
