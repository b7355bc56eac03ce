"""Finds the best articles of a segment exactly, without scoring the paragraphs of those that cannot be among them.

Each article that is found has an upper bound of its score. The number of matches in the whole article, weightless
paragraphs included, bounds the part of the score that the whole article gives; the maximum weight of each leaf in an
article block (see :class:`~indexing.inverter.ArticleBlocks`) bounds the part that the best paragraph gives. Articles are
scored in descending order of these bounds, until the worst score of the page is no less than the bound of every article
left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from newssearch.engines.embedded.segment import bm25f
from newssearch.engines.embedded.segment.columns import NO_TIME
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
from newssearch.query import Leaf
from newssearch.request import ResolvedRequest
from newssearch.system.kept import cached_property

from .doc_sets import Scores
from .evaluator import LeafMatches, QueryEvaluator
from .reader import IndexReader

MIN_FIRST_ARTICLES = 64
"""The smallest number of articles that are scored in the first step, so that a short page seldom needs a second."""
ROUNDING_MARGIN = 1 + 1e-9
"""The factor by which upper bounds are raised, because rounded sums of floating-point numbers may be too low."""


class Ranked(NamedTuple):
    """Documents that may be on a page: their numbers, scores and times, and the matches in their articles.

    ``times`` are those that the request sorts by (:func:`times_of`). ``matching`` is the number of matching paragraphs
    in the article of each document.
    """

    documents: Ints
    scores: Scores
    times: Ints
    matching: Ints


def concat_ranked(parts: Sequence[Ranked]) -> Ranked:
    """Concatenate the ranked documents of several segments."""
    if not parts:
        return Ranked(NO_INTS, np.empty(0), NO_INTS, NO_INTS)
    return Ranked(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


class _FoundArticles:
    """The articles of a segment that a query finds, with indices 0, 1, … in order of article number."""

    def __init__(self, found: Mask) -> None:
        self._found = found
        self.articles: Ints = np.flatnonzero(found)

    def __len__(self) -> int:
        return len(self.articles)

    @cached_property
    def _index_of(self) -> Ints:
        """For each article of the segment, its index among the found articles; meaningless if it is not found."""
        index = self._found.cumsum(dtype=np.int64)
        index -= 1
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
            which = np.flatnonzero(kept)
            return which, self._index_of[articles[which]]
        return None, None if len(articles) == len(self) else self._index_of[articles]


class _ScoredLeaf:
    """A leaf that adds to scores: its matches in the found articles, and its factors in the two parts of the score.

    ``lowered`` masks the found articles in whose language the leaf is a function word; None means none.
    """

    def __init__(
        self,
        matches: LeafMatches,
        article_factor: float,
        paragraph_factor: float,
        lowered: Mask | None,
        found: _FoundArticles,
    ) -> None:
        self.text, self._title = matches
        self.article_factor = article_factor
        self.paragraph_factor = paragraph_factor
        self._function_factors = None if lowered is None else np.where(lowered, bm25f.FUNCTION_WORD, 1.0)
        self._found = found

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

    def lower(self, scores: Scores, chosen: Ints | None) -> Scores:
        """Multiply scores of found articles by the factor of a function word where the leaf is one, in place.

        ``chosen`` are the indices of these articles among all found ones; None means that these are all.
        """
        if self._function_factors is not None:
            scores *= self._function_factors if chosen is None else self._function_factors[chosen]
        return scores

    def title_weights(self, articles: Ints, lengths: Array, mean_words: float) -> tuple[Ints, Scores]:
        """Return the leaf's weight in the headlines of some articles: the indices of those in which it matches, and its
        weight in each.

        ``lengths`` are the lengths of all headlines of the segment in words, ``mean_words`` is the mean length.
        """
        owners, counts = self._title
        postings, indices = intersect_indices(owners, articles)
        return indices, bm25f.in_title(counts[postings], lengths[owners[postings]], mean_words)

    def add_bounds(
        self,
        bounds: Scores,
        article_lengths: Array,
        reader: IndexReader,
        titles: tuple[Ints, Scores],
        optional: bool,
    ) -> None:
        """Add upper bounds of what the leaf adds to the score of each found article to ``bounds``.

        ``article_lengths`` are the lengths of all articles of the segment in words, ``titles`` the leaf's weights in the
        headlines of the found articles. An ``optional`` leaf adds to the part of the whole article only.

        Matches in weightless paragraphs are counted.
        """
        blocks, indices = self._blocks_and_indices
        articles = self._found.articles if indices is None else self._found.articles[indices]
        counts = self.text.block_counts(blocks)
        of_article = bm25f.in_article(counts, article_lengths[articles], reader.mean_article_words)
        of_paragraph = None if optional else self.text.max_weights(reader.mean_words, blocks)
        titled, of_title = titles
        if not len(titled):
            bounds[slice(None) if indices is None else indices] += self.lower(
                self._bound(of_article, of_paragraph), indices
            )
            return
        if indices is not None:
            of_article = _spread(of_article, indices, len(bounds))
            of_paragraph = None if of_paragraph is None else _spread(of_paragraph, indices, len(bounds))
        of_article[titled] += bm25f.TITLE_ARTICLE * of_title
        if of_paragraph is not None:
            of_paragraph[titled] += bm25f.TITLE * of_title
        bounds += self.lower(self._bound(of_article, of_paragraph), None)

    def _bound(self, of_article: Scores, of_paragraph: Scores | None) -> Scores:
        """Turn the highest weights of articles and of their paragraphs into bounds of the leaf's part of scores."""
        part = _saturate(of_article, bm25f.ARTICLE * self.article_factor, bm25f.K1_ARTICLE)
        if of_paragraph is not None:
            part += _saturate(of_paragraph, bm25f.PARAGRAPH * self.paragraph_factor, bm25f.K1)
        return part

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
            blocks = np.flatnonzero(chosen) if blocks is None else blocks[chosen]
        return self.text.owners_of(blocks)

    def postings_in(self, articles: Ints) -> Postings:
        """Return the matching paragraphs of the given articles of the segment, and the number of matches in each."""
        return self.text.postings_of(indices_in(self.text.articles, articles))


class Ranking:
    """Ranks the articles of a segment that a query finds. ``found`` is a mask that selects these articles."""

    def __init__(self, evaluator: QueryEvaluator, segment: Segment, found: Mask, novel: bool = False) -> None:
        self._segment = segment
        self._weightless = segment.weightless
        self._novel = novel
        found_articles = _FoundArticles(found)
        self._articles = found_articles.articles
        self._lengths = segment.fields["text"].sizes
        self._reader = evaluator.reader
        self._mean_words = evaluator.reader.mean_words
        lowered = _function_word_articles(evaluator, segment, self._articles)
        scored = evaluator.scored_leaves
        self._leaves = [
            _ScoredLeaf(
                evaluator.matches(segment, wanted.leaf, wanted.region, novel),
                wanted.boost * evaluator.article_idf(wanted.leaf),
                wanted.boost * evaluator.paragraph_idf(wanted.leaf),
                lowered.get(wanted.leaf),
                found_articles,
            )
            for wanted in scored
        ]
        # Optional leaves, which are last, add to the part of the score that the whole article gives, and to no other.
        self._deciding = self._leaves[: sum(not wanted.optional for wanted in scored)]

    def paragraphs(self) -> int:
        """Return the number of paragraphs in the found articles in which a leaf matches that is not optional.

        Paragraphs are read only for articles in which several leaves match and may share paragraphs; for the other
        articles, the sizes of the article blocks are added.
        """
        leaves = list({id(leaf.text): leaf for leaf in self._deciding}.values())
        if len(leaves) == 1:
            return leaves[0].count_paragraphs()
        leaves_of = np.zeros(len(self._articles), np.uint16)  # how many leaves match in each article
        for leaf in leaves:
            leaves_of[leaf.indices] += 1
        several = leaves_of > 1
        if 2 * np.count_nonzero(several) > len(leaves_of):  # reading all is less work than selecting
            return union_size([leaf.paragraphs() for leaf in leaves], self._segment.documents)
        unshared = sum(leaf.count_paragraphs(~several[leaf.indices]) for leaf in leaves)
        shared = [leaf.paragraphs(several[leaf.indices]) for leaf in leaves]
        return unshared + union_size(shared, self._segment.documents)

    def best(self, request: ResolvedRequest, offset: int) -> Ranked:
        """Return the documents of the segment that may be on the requested page.

        ``offset`` is the number of the segment's first document in the index.
        """
        size = len(self._articles)
        if request.all_paragraphs:
            found = self._scored(request, None, each=False)
        elif request.limit is None or size <= max(
            wanted := request.offset + request.limit, MIN_FIRST_ARTICLES
        ):
            found = self._scored(request, None)
        elif request.sort == "relevance":
            found = self._best_by_score(request, wanted)
        else:
            keys, _ = sort_keys(np.empty(0), times_of(self._segment, request)[self._articles], request)
            found = self._scored(request, np.flatnonzero(keys >= kth_greatest(keys, wanted)))
        return found._replace(documents=found.documents + offset) if offset else found

    def _best_by_score(self, request: ResolvedRequest, wanted: int) -> Ranked:
        bounds = self._score_bounds()
        threshold = kth_greatest(bounds, max(2 * wanted, MIN_FIRST_ARTICLES))
        while True:
            # Ends at the latest once all articles are scored, for the worst score is then no less than the threshold.
            found = self._scored(request, np.flatnonzero(bounds >= threshold))
            worst = kth_greatest(found.scores, wanted)
            if worst >= threshold:
                return found
            threshold = worst

    def _title_weights(self, articles: Ints) -> list[tuple[Ints, Scores]]:
        """Return the weights of each leaf in the headlines of some articles: see :meth:`_ScoredLeaf.title_weights`."""
        lengths, mean = self._segment.fields["title"].sizes, self._reader.mean_title_words
        return [leaf.title_weights(articles, lengths, mean) for leaf in self._leaves]

    def _score_bounds(self) -> Scores:
        """Return an upper bound of the score of each found article."""
        bounds = np.zeros(len(self._articles))
        titles = self._title_weights(self._articles)
        for number, (leaf, of_title) in enumerate(zip(self._leaves, titles, strict=True)):
            optional = number >= len(self._deciding)
            leaf.add_bounds(bounds, self._segment.article_words, self._reader, of_title, optional)
        bounds *= ROUNDING_MARGIN
        return bounds

    def _scored(self, request: ResolvedRequest, chosen: Ints | None, each: bool = True) -> Ranked:
        """Score articles, and return the best paragraph of each. If ``each`` is false, score all matching paragraphs.

        The best paragraph is the one with the highest score of those with weight; without any, the first aside. If only
        boilerplate or the headline repeated matches, or no paragraph at all, the article is represented by its first
        paragraph that is not weightless, whose text has weight 0. ``chosen`` are indices among the found articles; None
        means all.
        """
        segment = self._segment
        articles = self._articles if chosen is None else self._articles[chosen]
        found = [leaf.postings_in(articles) for leaf in self._leaves]
        documents = union([owners for owners, _ in found[: len(self._deciding)]], segment.documents)
        index = articles.searchsorted(segment.article[documents].astype(np.int64))
        first = np.flatnonzero(run_starts(index))
        empty = None
        if len(first) < len(articles):
            documents, index, empty = self._with_stand_ins(articles, documents, index)
            first = np.flatnonzero(run_starts(index))
        weightless = self._weightless_in(found)
        scores = _sum(self._paragraph_parts(found, documents, index, chosen, weightless), len(documents))
        sizes = np.diff(first, append=len(index))
        matching = sizes if empty is None else sizes * ~empty[first]
        times = times_of(segment, request)[articles]
        if not each:
            return Ranked(documents, scores, times[index], matching.repeat(sizes))
        keys = scores if self._weightless is None else np.where(self._weightless[documents], -1.0, scores)
        hidden = segment.hidden[documents] if segment.hidden is not None else None
        if hidden is not None:
            keys[hidden] = -2.0
        best = np.maximum.reduceat(keys, first) if len(first) else keys
        candidates = np.flatnonzero(keys == best[index])
        top = candidates[run_starts(index[candidates])]  # of equal paragraphs, the first
        shown = documents[top]
        if hidden is not None and (without := np.flatnonzero(hidden[top])).size:
            shown[without] = self._stand_ins[articles[without]]
        whole = _sum(self._article_parts(found, chosen, weightless), len(articles))
        return Ranked(shown, bm25f.ARTICLE * whole + bm25f.PARAGRAPH * scores[top], times, matching)

    def _article_parts(
        self, found: Sequence[Postings], chosen: Ints | None, weightless: Sequence[Mask | None]
    ) -> Iterator[Scores]:
        """Yield what each leaf contributes to D of each article (see :mod:`segment.bm25f`).

        ``found`` has the postings of each leaf in the articles, whose indices among the found articles are ``chosen``;
        None means all. ``weightless`` masks the owners of these postings that are so; None means none.
        """
        articles = self._articles if chosen is None else self._articles[chosen]
        lengths, mean = self._segment.article_words[articles], self._reader.mean_article_words
        titles = self._title_weights(articles)
        for leaf, (titled, of_title), (owners, counts), out in zip(
            self._leaves, titles, found, weightless, strict=True
        ):
            index = articles.searchsorted(self._segment.article[owners].astype(np.int64))
            counted = counts if out is None else np.where(out, 0, counts)
            weights = bm25f.in_article(np.bincount(index, counted, len(articles)), lengths, mean)
            weights[titled] += bm25f.TITLE_ARTICLE * of_title
            yield leaf.lower(_saturate(weights, leaf.article_factor, bm25f.K1_ARTICLE), chosen)

    def _paragraph_parts(
        self,
        found: Sequence[Postings],
        documents: Ints,
        index: Ints,
        chosen: Ints | None,
        weightless: Sequence[Mask | None],
    ) -> Iterator[Scores]:
        """Yield what each leaf that is not optional contributes to P of each document (see :mod:`segment.bm25f`).

        ``documents`` includes all owners of the postings ``found`` of these leaves; ``index`` has the index of the
        article of each document in ``chosen``. The others are as in :meth:`_article_parts`.
        """
        articles = self._articles if chosen is None else self._articles[chosen]
        among = index if chosen is None else chosen[index]
        for leaf, (titled, of_title), (owners, counts), out in zip(
            self._deciding, self._title_weights(articles), found, weightless, strict=False
        ):
            weights = bm25f.in_text(counts, self._lengths[owners], self._mean_words)
            if out is not None:
                weights[out] = 0
            if owners is not documents:
                of_owners, weights = weights, np.zeros(len(documents))
                weights[documents.searchsorted(owners)] = of_owners
            if len(titled):
                of_articles = np.zeros(len(articles))
                of_articles[titled] = bm25f.TITLE * of_title
                weights += of_articles[index]
            yield leaf.lower(_saturate(weights, leaf.paragraph_factor, bm25f.K1), among)

    def contributions(self, document: int) -> list[tuple[float, float]]:
        """Return, for each leaf, its contributions to D and to P of :mod:`segment.bm25f`: for the article of a document,
        and for the document itself. An optional leaf contributes nothing to P.
        """
        article = self._segment.article[[document]].astype(np.int64)
        chosen = self._articles.searchsorted(article)
        found = [leaf.postings_in(article) for leaf in self._leaves]
        weightless = self._weightless_in(found)
        documents = union(
            [np.array([document], np.int64), *(owners for owners, _ in found)], self._segment.documents
        )
        here = int(documents.searchsorted(document))
        index = np.zeros(len(documents), np.int64)
        whole = [float(part[0]) for part in self._article_parts(found, chosen, weightless)]
        best = [
            float(part[here]) for part in self._paragraph_parts(found, documents, index, chosen, weightless)
        ]
        return list(zip_longest(whole, best, fillvalue=0.0))

    def _weightless_in(self, found: Sequence[Postings]) -> list[Mask | None]:
        """Return a mask of the owners of postings that are weightless, for each leaf; None means none."""
        weightless = self._weightless
        return [None if weightless is None else weightless[postings.owners] for postings in found]

    @cached_property
    def _stand_ins(self) -> Ints:
        """The document that represents each article of the segment if the article has no matching paragraph to show."""
        return self._segment.first_novel if self._novel else self._segment.first_own

    def _with_stand_ins(self, articles: Ints, matching: Ints, index: Ints) -> tuple[Ints, Ints, Mask]:
        """Add a document for each article without a matching document.

        ``index`` is the index in ``articles`` of the article of each matching document. Return all documents,
        ascending, the index of the article of each, and a mask of the added ones.
        """
        without = np.ones(len(articles), np.bool_)
        without[index] = False
        documents = np.concatenate((matching, self._stand_ins[articles[without]]))
        order = documents.argsort(kind="stable")
        indices = np.concatenate((index, np.flatnonzero(without)))
        return documents[order], indices[order], order >= len(matching)


def _function_word_articles(evaluator: QueryEvaluator, segment: Segment, articles: Ints) -> dict[Leaf, Mask]:
    """Return, for each scored leaf that is a function word in a language, a mask of those articles with the language."""
    found: dict[Leaf, Mask] = {}
    for analysis, mask in segment.analyses.items():
        here = np.ones(len(articles), np.bool_) if mask is None else mask[articles]
        for leaf in evaluator.function_words(analysis):
            found[leaf] = found[leaf] | here if leaf in found else here
    return found


def _spread(values: Scores, indices: Ints, size: int) -> Scores:
    """Return an array with the values at the given indices, and 0 elsewhere."""
    spread = np.zeros(size)
    spread[indices] = values
    return spread


def _sum(parts: Iterable[Scores], size: int) -> Scores:
    total = np.zeros(size)
    for part in parts:
        total += part
    return total


def _saturate(weights: Scores, factor: float, k1: float) -> Scores:
    """Turn a leaf's weights into its contributions to scores, in place: w becomes factor · w / (k1 + w)."""
    weights /= k1 + weights
    weights *= factor
    return weights


def times_of(segment: Segment, request: ResolvedRequest) -> Array:
    """Return the time of each article of a segment by which a request sorts: of publication, or of coming into the index."""
    return segment.added if request.sort == "added" else segment.instant


def sort_keys(scores: Array, times: Array, request: ResolvedRequest) -> tuple[Array, Array]:
    """Return the primary and the secondary sort key of each document, both for descending order."""
    if request.sort == "relevance":
        return scores, times
    if request.sort in ("newest", "added"):
        return times, scores
    return np.where(times == NO_TIME, -np.iinfo(np.int64).max, -times), scores


def kth_greatest(values: Array, k: int) -> Any:
    """Return the ``k``-th greatest value: the smallest if there are fewer than ``k``, infinity if ``k`` is 0."""
    if not k:
        return np.inf
    return np.partition(values, len(values) - k)[len(values) - k] if len(values) > k else values.min()
