"""Finds the best articles of a segment exactly, without scoring the paragraphs of articles that cannot be among them.

Each matching article has an upper bound of its score. The number of matches in the whole article, weightless
paragraphs included, bounds the part of the whole article. The maximum weight of each leaf in an article block (see
:class:`~indexing.inverter.ArticleBlocks`) bounds the part of the best paragraph. Articles are scored in descending
order of these bounds, until the worst score on the page is at least the bound of every remaining article.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from newssearch.engines import bm25f
from newssearch.engines.article_times import NO_TIME
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import (
    NO_INTS,
    Ints,
    Mask,
    ranges,
    run_sizes,
    run_starts,
    union,
    union_size,
)
from newssearch.query import Leaf
from newssearch.request import ResolvedRequest
from newssearch.system.kept import cached_property

from .doc_sets import Scores
from .evaluator import QueryEvaluator
from .exact_scores import ExactScores, sum_of_rows
from .reader import IndexReader
from .scored_leaf import FoundArticles, ScoredLeaf

MIN_FIRST_ARTICLES = 64
"""The smallest number of articles scored in the first step, large enough that a short page seldom needs a second."""
MAX_SCORED_AT_ONCE = 4096
"""The largest number of articles scored in one step."""
MAX_SCORED_CELLS = 1 << 20
"""The approximate limit of leaves times paragraphs in one step, which keeps the arrays of queries with many words small."""
MAX_ARTICLES_PER_SHARED = 10
"""If several leaves match in at least 1 in 10 articles, the paragraphs of all articles are read to count them, which
is faster than selecting some.
"""
ROUNDING_MARGIN = 1 + 1e-9
"""The factor by which upper bounds are raised, because rounding may make floating-point sums too low."""


class Ranked(NamedTuple):
    """Documents that may be on a page: their numbers, scores and times, and the matches in their articles.

    ``times`` are the times that the request sorts by (:func:`times_of`). ``matching`` is the number of matching
    paragraphs in the article of each document.
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


class Ranking:
    """Ranks the matching articles of a segment, which the mask ``found`` selects."""

    def __init__(self, evaluator: QueryEvaluator, segment: Segment, found: Mask, novel: bool = False) -> None:
        self._segment = segment
        self._novel = novel
        self._check = evaluator.check
        found_articles = FoundArticles(found)
        self._articles = found_articles.articles
        self._reader = reader = evaluator.reader
        lowered = _function_word_articles(evaluator, segment, self._articles)
        scored = evaluator.scored_leaves
        title_lengths, mean_title_words = segment.fields["title"].sizes, reader.mean_title_words
        self._leaves = [
            ScoredLeaf(
                evaluator.matches(segment, wanted.leaf, wanted.region, novel),
                (
                    wanted.boost * evaluator.article_idf(wanted.leaf),
                    wanted.boost * evaluator.paragraph_idf(wanted.leaf),
                ),
                lowered.get(wanted.leaf),
                found_articles,
                title_lengths,
                mean_title_words,
            )
            for wanted in evaluator.check.during(scored, 1)
        ]
        # Optional leaves come last. They score the article as a whole, not single paragraphs.
        self._deciding = self._leaves[: sum(not wanted.optional for wanted in scored)]
        self._exact = ExactScores(segment, reader, self._leaves, len(self._deciding))

    def paragraphs(self) -> int:
        """Return the number of paragraphs in the found articles in which a leaf that is not optional matches.

        Paragraphs are read only for articles in which several leaves match and may share them. For other articles,
        the sizes of the article blocks are added.
        """
        leaves = list({id(leaf.text): leaf for leaf in self._deciding}.values())
        if len(leaves) == 1:
            return leaves[0].count_paragraphs()
        leaves_of = np.zeros(
            len(self._articles), np.uint16
        )  # the number of leaves that match in each article
        for leaf in self._check.during(leaves, 1):
            leaves_of[leaf.indices] += 1
        several = leaves_of > 1
        if np.count_nonzero(several) * MAX_ARTICLES_PER_SHARED > len(leaves_of):
            found = [leaf.paragraphs() for leaf in self._check.during(leaves, 1)]
            return union_size(found, self._segment.documents)
        unshared = sum(leaf.count_paragraphs(~several[leaf.indices]) for leaf in leaves)
        shared = [leaf.paragraphs(several[leaf.indices]) for leaf in self._check.during(leaves, 1)]
        return unshared + union_size(shared, self._segment.documents)

    def best(self, request: ResolvedRequest, wanted: int | None, offset: int) -> Ranked:
        """Return the documents of the segment that may be among the first ``wanted`` results; None means all.

        ``offset`` is the number of the segment's first document in the index.
        """
        size = len(self._articles)
        if request.all_paragraphs:
            found = self._scored(request, None, each=False)
        elif wanted is None or size <= max(wanted, MIN_FIRST_ARTICLES):
            found = self._scored(request, None)
        elif request.sort == "relevance":
            found = self._best_by_score(request, wanted)
        else:
            keys, _ = sort_keys(
                np.empty(0), times_of(self._reader, self._segment, request)[self._articles], request
            )
            found = self._scored(request, (keys >= kth_greatest(keys, wanted)).nonzero()[0])
        return found._replace(documents=found.documents + offset) if offset else found

    def _best_by_score(self, request: ResolvedRequest, wanted: int) -> Ranked:
        bounds = self._score_bounds()
        threshold = kth_greatest(bounds, max(2 * wanted, MIN_FIRST_ARTICLES))
        found = self._scored(request, (bounds >= threshold).nonzero()[0])
        worst = kth_greatest(found.scores, wanted)
        if (
            worst < threshold
        ):  # more articles may be among the first; with them, the worst score can only be higher
            others = self._scored(request, ((bounds >= worst) & (bounds < threshold)).nonzero()[0])
            found = concat_ranked([found, others])
        return found

    def _score_bounds(self) -> Scores:
        """Return an upper bound of the score of each found article."""
        bounds = np.zeros(len(self._articles))
        norms, mean_words = self._reader.article_norms(self._segment), self._reader.mean_words
        for number, leaf in enumerate(self._check.during(self._leaves, 1)):
            leaf.add_bounds(bounds, norms, mean_words, optional=number >= len(self._deciding))
        bounds *= ROUNDING_MARGIN
        return bounds

    def _scored(self, request: ResolvedRequest, chosen: Ints | None, each: bool = True) -> Ranked:
        """Score articles, and return the best paragraph of each. If ``each`` is false, score all matching paragraphs.

        The best paragraph is the weighted one with the highest score, else the first aside. If only boilerplate or a
        repeated headline matches, or no paragraph at all, the article is represented by its first paragraph that is
        not weightless, with text weight 0. ``chosen`` are indices among the found articles; None means all.
        """
        size = len(self._articles) if chosen is None else len(chosen)
        if size <= self._scored_in_one_step:
            return self._scored_at_once(request, chosen, each)
        indices = np.arange(size) if chosen is None else chosen
        steps = ranges(0, size, self._scored_in_one_step)
        return concat_ranked([self._scored_at_once(request, indices[low:high], each) for low, high in steps])

    @cached_property
    def _scored_in_one_step(self) -> int:
        """The number of articles that are scored in one step."""
        cells = len(self._leaves) * self._segment.documents // max(self._segment.articles, 1)  # per article
        return min(MAX_SCORED_CELLS // max(cells, 1) + 1, MAX_SCORED_AT_ONCE)

    def _scored_at_once(self, request: ResolvedRequest, chosen: Ints | None, each: bool) -> Ranked:
        segment = self._segment
        articles = self._articles if chosen is None else self._articles[chosen]
        found = [leaf.postings_in(articles) for leaf in self._check.during(self._leaves, 1)]
        documents = union([owners for owners, _ in found[: len(self._deciding)]], segment.documents)
        index = articles.searchsorted(segment.article[documents].astype(np.int64))
        first = run_starts(index).nonzero()[0]
        empty = None
        if len(first) < len(articles):
            documents, index, empty = self._with_stand_ins(articles, documents, index)
            first = run_starts(index).nonzero()[0]
        self._check()
        parts = self._exact.contributions(found, articles, chosen, documents, index)
        scores = sum_of_rows(parts.best)
        sizes = run_sizes(first, len(index))
        matching = sizes if empty is None else sizes * ~empty[first]
        times = times_of(self._reader, segment, request)[articles]
        if not each:
            return Ranked(documents, scores, times[index], matching.repeat(sizes))
        shown, of_shown = self._best_of_each(articles, documents, index, first, scores)
        return Ranked(
            shown, bm25f.ARTICLE * sum_of_rows(parts.whole) + bm25f.PARAGRAPH * of_shown, times, matching
        )

    def _best_of_each(
        self, articles: Ints, documents: Ints, index: Ints, first: Ints, scores: Scores
    ) -> tuple[Ints, Scores]:
        """Return the document that represents each article, and the score of its best paragraph.

        ``index`` has, for each document, the index of its article in ``articles``; ``first`` has, for each article,
        the index of its first document.
        """
        weightless, hidden = self._segment.weightless, self._segment.hidden
        keys = scores if weightless is None else np.where(weightless[documents], -1.0, scores)
        out_of_sight = hidden[documents] if hidden is not None else None
        if out_of_sight is not None:
            keys[out_of_sight] = -2.0
        best = np.maximum.reduceat(keys, first) if len(first) else keys
        candidates = (keys == best[index]).nonzero()[0]
        top = candidates[run_starts(index[candidates])]  # of equal paragraphs, the first
        shown = documents[top]
        if out_of_sight is not None and (without := out_of_sight[top].nonzero()[0]).size:
            shown[without] = self._stand_ins[articles[without]]
        return shown, scores[top]

    def contributions(self, document: int) -> list[tuple[float, float]]:
        """Return for each leaf its contributions to D and P of :mod:`newssearch.engines.bm25f`, for the article of a
        document and for the document.

        An optional leaf contributes nothing to P.
        """
        article = self._segment.article[[document]].astype(np.int64)
        chosen = self._articles.searchsorted(article)
        found = [leaf.postings_in(article) for leaf in self._check.during(self._leaves)]
        documents = union(
            [np.array([document], np.int64), *(owners for owners, _ in found)], self._segment.documents
        )
        here = int(documents.searchsorted(document))
        index = np.zeros(len(documents), np.int64)
        parts = self._exact.contributions(found, article, chosen, documents, index)
        whole, best = parts.whole[:, 0].tolist(), parts.best[:, here].tolist()
        return list(zip_longest(whole, best, fillvalue=0.0))

    @cached_property
    def _stand_ins(self) -> Ints:
        """The document that represents each article of the segment that has no matching paragraph to show."""
        return self._segment.first_novel if self._novel else self._segment.first_own

    def _with_stand_ins(self, articles: Ints, matching: Ints, index: Ints) -> tuple[Ints, Ints, Mask]:
        """Add a document for each article without a matching document.

        ``index`` has, for each matching document, the index of its article in ``articles``. Returns all documents,
        ascending, the index of the article of each, and a mask of the added ones.
        """
        without = np.ones(len(articles), np.bool_)
        without[index] = False
        documents = np.concatenate((matching, self._stand_ins[articles[without]]))
        order = documents.argsort(kind="stable")
        indices = np.concatenate((index, without.nonzero()[0]))
        return documents[order], indices[order], order >= len(matching)


def _function_word_articles(evaluator: QueryEvaluator, segment: Segment, articles: Ints) -> dict[Leaf, Mask]:
    """Return, for each scored leaf that is a function word in a language, a mask of the articles in that language."""
    found: dict[Leaf, Mask] = {}
    for analysis, mask in segment.analyses.items():
        here = np.ones(len(articles), np.bool_) if mask is None else mask[articles]
        for leaf in evaluator.function_words(analysis):
            found[leaf] = found[leaf] | here if leaf in found else here
    return found


def times_of(reader: IndexReader, segment: Segment, request: ResolvedRequest) -> Array:
    """Return the time by which a request sorts each article of a segment: of publication, or of indexing.

    To sort by id, the rank of each id stands in for a time.
    """
    if request.sort == "id":
        return reader.id_ranks(segment)
    return segment.added if request.sort == "added" else segment.instant


def sort_keys(scores: Array, times: Array, request: ResolvedRequest) -> tuple[Array, Array]:
    """Return the primary and the secondary sort key of each document, both for descending order."""
    if request.sort == "relevance":
        return scores, times
    if request.sort == "id":
        return -times, np.zeros(len(times))  # the paragraphs of an article in their own order
    if request.sort in ("newest", "added"):
        return times, scores
    return np.where(times == NO_TIME, -np.iinfo(np.int64).max, -times), scores


def kth_greatest(values: Array, k: int) -> Any:
    """Return the ``k``-th greatest value: the smallest if there are fewer than ``k``, infinity if ``k`` is 0."""
    if not k:
        return np.inf
    return np.partition(values, len(values) - k)[len(values) - k] if len(values) > k else values.min()
