"""The occurrences of a query: counts them in each article and paragraph, and enumerates them as spans of words.

An *occurrence* is a match, in a paragraph of a matching article, of a leaf that is neither negated nor optional. Equal
spans of several leaves are one occurrence. So the paragraphs with an occurrence are those that a search counts as
matching. Headlines have no occurrences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.search.doc_sets import ScoredDocSet
from newssearch.engines.embedded.search.evaluator import QueryEvaluator
from newssearch.engines.embedded.search.spans import NO_SPANS, Spans, owner_of, union_spans
from newssearch.engines.embedded.segment.field import NO_POSTINGS, Postings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import (
    Ints,
    Mask,
    indices_in,
    intersect,
    run_starts,
)
from newssearch.query import Fuzzy, Leaf, Regex, Wildcard
from newssearch.request import ResolvedRequest
from newssearch.system.kept import cached_property

OCCURRENCES_PER_SLICE = 1 << 18
"""The approximate number of occurrences in a slice. A slice consists of whole paragraphs."""

MAX_DOCUMENTS_PER_WANTED = 16
"""Patterns are searched in the whole segment if at least 1 in 16 of its paragraphs is wanted."""


class Occurrences(NamedTuple):
    """Occurrences in paragraphs of a segment, ordered by start, then by end.

    ``documents`` are the paragraphs, ``starts`` and ``ends`` (exclusive) the field-wide positions of the words.
    """

    documents: Ints
    starts: Ints
    ends: Ints


class ArticleCounts(NamedTuple):
    """Articles of a segment, ascending, each with a number greater than 0."""

    articles: Ints
    counts: Ints


class _LeafBlocks(NamedTuple):
    """The matches of a leaf in the found articles: its article blocks, with the article and the number of matches of each."""

    leaf: Leaf
    text: ScoredDocSet
    blocks: Ints
    articles: Ints
    counts: Ints


def occurrences_by_segment(
    evaluator: QueryEvaluator, found: Mask, request: ResolvedRequest
) -> Iterator[SegmentOccurrences]:
    """Yield the occurrences in each segment. ``found`` masks the articles of the index that the search finds."""
    for segment, mask in evaluator.reader.by_segment(found):
        yield SegmentOccurrences(evaluator, segment, mask, novel=request.novel)


class SegmentOccurrences:
    """The occurrences of a query in those articles of a segment that the mask ``found`` selects.

    With ``novel``, only occurrences in novel paragraphs count.
    """

    def __init__(
        self, evaluator: QueryEvaluator, segment: Segment, found: Mask, *, novel: bool = False
    ) -> None:
        self.segment = segment
        self._evaluator = evaluator
        self._leaves: list[_LeafBlocks] = []
        self._whole: dict[Leaf, Spans] = {}  # patterns, whose many words are looked up once for all slices
        for use in dict.fromkeys(
            (use.leaf, use.region) for use in evaluator.scored_leaves if not use.optional
        ):
            evaluator.check()
            text = evaluator.matches(segment, *use, novel).text
            blocks = np.flatnonzero(found[text.articles])
            if len(blocks):
                articles, counts = text.articles[blocks], text.block_counts(blocks)
                self._leaves.append(_LeafBlocks(use[0], text, blocks, articles, counts))

    # ---- counts

    @property
    def total(self) -> int:
        """The number of occurrences."""
        return int(self.by_article.counts.sum())

    @cached_property
    def by_article(self) -> ArticleCounts:
        """The number of occurrences in each article that has any."""
        return self._summed([leaf.counts for leaf in self._leaves], self._shared.counts)

    @cached_property
    def paragraphs_by_article(self) -> ArticleCounts:
        """The number of paragraphs with an occurrence in each article that has any."""
        sizes = [leaf.text.block_sizes[leaf.blocks] for leaf in self._leaves]
        return self._summed(sizes, np.ones(len(self._shared.owners), np.int64))

    @cached_property
    def postings(self) -> Postings:
        """The paragraphs with an occurrence, ascending, and the number of occurrences in each."""
        return self._merged([leaf.blocks for leaf in self._leaves])

    @cached_property
    def _shared_articles(self) -> Mask:
        """A mask of the articles in which several leaves match, which may therefore share paragraphs and spans."""
        once, several = (np.zeros(self.segment.articles, np.bool_) for _ in range(2))
        for leaf in self._leaves:
            several[leaf.articles[once[leaf.articles]]] = True
            once[leaf.articles] = True
        return several

    @cached_property
    def _shared(self) -> Postings:
        """The postings in the articles in which several leaves match."""
        return self._merged([leaf.blocks[self._shared_articles[leaf.articles]] for leaf in self._leaves])

    def _summed(self, of_leaves: Sequence[Array], of_shared: Array) -> ArticleCounts:
        """Return the numbers of the leaves by article. In articles that several leaves match, the sum of
        ``of_shared`` replaces them.
        """
        totals = np.zeros(self.segment.articles, np.int64)
        for leaf, numbers in zip(self._leaves, of_leaves, strict=True):
            totals[leaf.articles] = numbers
        totals[self._shared_articles] = 0
        if len(of_shared):
            owners = self.segment.article[self._shared.owners]
            totals += np.bincount(owners, of_shared, len(totals)).astype(np.int64)
        articles = np.flatnonzero(totals)
        return ArticleCounts(articles, totals[articles])

    def _merged(self, blocks: Sequence[Ints]) -> Postings:
        """Return the paragraphs of the given blocks of each leaf, and the number of occurrences in each."""
        matching = self._matching(blocks)
        if len(self._leaves) < 2 or not len(matching.owners):
            return matching
        leaves_of = np.zeros(self.segment.documents, np.uint16)
        for leaf, chosen in zip(self._leaves, blocks, strict=True):
            leaves_of[leaf.text.owners_of(chosen)] += 1
        several = leaves_of[matching.owners] > 1
        counts = np.asarray(matching.counts, np.int64)
        counts[several] = np.concatenate(
            [
                np.diff(run_starts(found.documents).nonzero()[0], append=len(found.documents))
                for found in self._slices(matching.owners[several], counts[several])
            ]
            or [counts[:0]]
        )
        return Postings(matching.owners, counts)

    def _matching(self, blocks: Sequence[Ints]) -> Postings:
        """Return the paragraphs of the given blocks of each leaf, and the sum of the matches of all leaves in each."""
        parts = [
            leaf.text.postings() if len(chosen) == len(leaf.text.articles) else leaf.text.postings_of(chosen)
            for leaf, chosen in zip(self._leaves, blocks, strict=True)
        ]
        if len(parts) < 2:
            return parts[0] if parts else NO_POSTINGS
        totals = np.zeros(self.segment.documents, np.int64)
        for owners, counts in parts:
            totals[owners] += counts
        owners = totals.nonzero()[0]
        return Postings(owners, totals[owners])

    # ---- spans

    def slices(self) -> Iterator[Occurrences]:
        """Yield all occurrences in slices, in order."""
        yield from self._slices(*self._matching([leaf.blocks for leaf in self._leaves]))

    def within(self, documents: Ints) -> Occurrences:
        """Return the occurrences in the given paragraphs, whose numbers are ascending."""
        articles = self.segment.article[documents].astype(np.int64)
        articles = articles[run_starts(articles)]
        parts = []
        for leaf in self._leaves:
            self._evaluator.check()
            held = leaf.text.owners_of(leaf.blocks[indices_in(leaf.articles, articles)])
            owners = intersect(documents, held.astype(np.int64, copy=False))
            if len(owners):
                parts.append(self._spans(leaf.leaf, owners))
        starts, ends, candidates = union_spans(parts)
        return Occurrences(owner_of(self.segment.fields["text"].starts, starts, candidates), starts, ends)

    def _slices(self, documents: Ints, counts: Array) -> Iterator[Occurrences]:
        """Yield the occurrences in the given paragraphs in slices. ``counts`` has an upper bound for each paragraph."""
        before = counts.cumsum(dtype=np.int64) - counts
        bounds = run_starts(before // OCCURRENCES_PER_SLICE).nonzero()[0].tolist()
        for leaf in self._leaves:
            is_pattern = isinstance(leaf.leaf, Wildcard | Fuzzy | Regex) and leaf.leaf not in self._whole
            if is_pattern and len(documents) * MAX_DOCUMENTS_PER_WANTED > leaf.text.total:
                self._evaluator.check()
                self._whole[leaf.leaf] = self._evaluator.spans(self.segment, leaf.leaf, None)
        for low, high in pairwise([*bounds, len(documents)]):
            yield self.within(documents[low:high])

    def _spans(self, leaf: Leaf, owners: Ints) -> Spans:
        """Return the spans of a leaf in the given ascending paragraphs, all of which match."""
        owner_starts = self.segment.fields["text"].starts
        whole = self._whole.get(leaf)
        if whole is None:
            starts, ends, candidates = self._evaluator.spans(self.segment, leaf, owners)
        else:
            low, high = (
                int(whole.starts.searchsorted(int(owner_starts[at])))
                for at in (int(owners[0]), int(owners[-1]) + 1)
            )
            starts, ends, candidates = whole.starts[low:high], whole.ends[low:high], None
        documents = owner_of(owner_starts, starts, candidates)
        at = owners.searchsorted(documents)
        at[at == len(owners)] = 0
        kept = owners[at] == documents
        return Spans(starts[kept], ends[kept], owners) if len(starts) else NO_SPANS
