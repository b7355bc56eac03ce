"""Evaluates a query on a snapshot: the articles that it finds, and the matches and weights that scores depend on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import NamedTuple

import numpy as np

from newssearch.engines import bm25f
from newssearch.engines.embedded.segment.field import NO_POSTINGS, TEXT_FIELDS, Postings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.selected_values import FilterPart
from newssearch.engines.similar_words import RARE_ARTICLES
from newssearch.engines.sorted_sets import Ints, Mask, indices_in
from newssearch.engines.suggest import WordSuggester
from newssearch.filters import FilterValue
from newssearch.outlets import Aliases
from newssearch.query import (
    And,
    AtLeast,
    Boost,
    Dated,
    Diagnostic,
    Everything,
    Field,
    Leaf,
    LeafUse,
    Name,
    Node,
    Not,
    Or,
    Region,
    Tagged,
    Undated,
    Within,
    Word,
    has_everything,
    names_in,
    narrower,
    of_any_date,
    scored_leaves,
    with_dates,
)
from newssearch.request import ResolvedRequest
from newssearch.results import NameSpelling
from newssearch.stopping import NEVER, StopCheck
from newssearch.system.exhaustive import assert_never
from newssearch.system.kept import cached_property
from newssearch.system.late_dataclass import dataclass
from newssearch.text.analysis import analyser_named

from .conditions import ArticleConditions
from .doc_sets import ListedDocs, ScoredDocSet
from .reader import IndexReader
from .segment_matcher import SegmentMatcher
from .segment_words import SegmentWordLookup
from .spans import Spans
from .term_expansion import TermExpansion


class LeafMatches(NamedTuple):
    """The matches of a leaf in a segment: ``text`` in paragraphs, ``title`` in headlines, given by article."""

    text: ScoredDocSet
    title: Postings


class Selection(NamedTuple):
    """The live articles that match a tree, and a mask of the articles that pass for each part of the filters."""

    matching: Mask
    filters: Mapping[FilterPart, Mask]

    def articles(self, leaving_out: FilterPart | None = None) -> Mask:
        """Return a mask of the articles that pass all filters, without the part ``leaving_out``."""
        masks = [mask for part, mask in self.filters.items() if part != leaving_out]
        return _intersection([self.matching, *masks])


@dataclass(frozen=True, slots=True)
class DatedInPart(Dated):
    """Like :class:`Dated`, but a month or year that overlaps the period partly also matches."""


class QueryEvaluator:
    """Evaluates one query tree on the segments of a reader. ``notes`` collects the diagnostics that need the index.

    ``check`` is called for each node, and more often during long reads: it ends a search at its time limit.
    """

    def __init__(
        self, reader: IndexReader, tree: Node, aliases: Aliases = (), check: StopCheck = NEVER
    ) -> None:
        self.check = check
        self.reader = reader
        self.tree = tree
        self.notes: list[Diagnostic] = []
        self._conditions = ArticleConditions(reader, aliases, self.notes, check)
        self._expansion = TermExpansion(reader, self.notes, check)
        self._matchers = {
            segment: SegmentMatcher(segment, self._expansion, check) for segment in reader.segments
        }
        self._paragraph_idf: dict[Node, float] = {}
        self._article_idf: dict[Node, float] = {}
        self._holding: dict[tuple[Segment, Node], int] = {}  # the number of articles in which a leaf matches
        self._matches: dict[tuple[Segment, Node, str | None], LeafMatches] = {}
        self._function_words: dict[str, frozenset[Leaf]] = {}  # by analysis

    # ---- articles

    def articles(self, node: Node, region: str | None = None) -> Mask:
        """Return a mask of the live articles that match a node.

        ``region`` is the part of an article in which leaves must match; None means the whole article.
        """
        self.check()
        if isinstance(node, Leaf):
            return self.reader.per_segment(lambda segment: self._with_match(segment, node, region))
        if isinstance(node, Not):
            return self.reader.live_articles() & ~self.articles(node.operand, region)
        if isinstance(node, And):
            return _intersection(self.articles(operand, region) for operand in node.operands)
        if isinstance(node, Or):
            if has_everything(node):
                return self.articles(Everything(), region)
            return _union(self.articles(operand, region) for operand in node.operands)
        if isinstance(node, Boost):
            return self.articles(node.operand, region)
        if isinstance(node, Region):
            return self.articles(node.operand, narrower(region, node.name))
        if isinstance(node, AtLeast):
            return self.reader.per_segment(lambda segment: self._with_count(segment, node, region))
        if isinstance(node, Field):
            return self.reader.live_articles() & self._conditions.matching(node)
        if isinstance(node, Dated):
            if node.name == "added":
                return self.reader.live_articles() & self._conditions.added(node.start, node.end)
            in_part = isinstance(node, DatedInPart)
            return self.reader.live_articles() & self._conditions.dated(node.start, node.end, in_part=in_part)
        if isinstance(node, Tagged):
            return self.reader.live_articles() & self._conditions.tagged(node)
        if isinstance(node, Within):
            return self.reader.live_articles() & self._conditions.within(node)
        if isinstance(node, Undated):
            return self.reader.live_articles() & self._conditions.undated()
        if isinstance(node, Everything):
            live = self.reader.live_articles()
            return live & self.reader.per_segment(_with_headline) if region == "title" else live
        assert_never(node)

    def _with_match(self, segment: Segment, leaf: Leaf, region: str | None) -> Mask:
        """Return a mask of the articles of a segment in which a leaf matches within the region."""
        matches = self.matches(segment, leaf, region)
        mask = np.zeros(segment.articles, np.bool_)
        mask[matches.text.articles] = True
        mask[matches.title.owners] = True
        if region is None:
            self._holding[segment, leaf] = int(np.count_nonzero(mask))
        return mask

    def _with_count(self, segment: Segment, node: AtLeast, region: str | None) -> Mask:
        """Return a mask of the articles of a segment with at least as many matches as an ``atleast`` node requires."""
        text, title = self.matches(segment, node.operand, region)
        owners, counts = text.postings()
        totals = np.bincount(segment.article[owners], counts, segment.articles)
        totals[title.owners] += title.counts
        return np.asarray(totals >= node.count, np.bool_)

    def matches(
        self, segment: Segment, node: Node, region: str | None = None, novel: bool = False
    ) -> LeafMatches:
        """Return the matches of a leaf, or of an operand of one, in a segment, within the region.

        With ``novel``, paragraphs that an earlier article has are left out.
        """
        found = self._matches.get((segment, node, region))
        if found is None:
            self.check()
            found = self._matches[segment, node, region] = self._matches_in_region(segment, node, region)
        return found._replace(text=_restricted(found.text, segment, segment.novel)) if novel else found

    def _matches_in_region(self, segment: Segment, node: Node, region: str | None) -> LeafMatches:
        matcher = self._matchers[segment]
        title = matcher.postings(node, "title")
        if region == "title":
            return LeafMatches(ListedDocs(NO_POSTINGS, segment), title)
        text = matcher.doc_set(node)
        if region == "hlead":
            owners, counts = text.postings()
            keep = segment.in_lead(owners)
            text = ListedDocs(Postings(owners[keep], counts[keep]), segment)
        return LeafMatches(text, title)

    def filter_masks(self, request: ResolvedRequest, *, in_part: bool = False) -> dict[FilterPart, Mask]:
        """Return for each part of a request's filters a mask of the articles that pass; it may include deleted ones.

        ``date`` is the filter on the date of publication, ``added`` that on the time of indexing. With ``in_part``, a
        month or year that overlaps the period of the request partly also passes.
        """
        masks: dict[FilterPart, Mask] = {}
        for field, values in request.filters:
            masks[FilterPart(field)] = self._with_one_of(field, values)
        for field, values in request.exclusions:
            masks[FilterPart(field, excludes=True)] = ~self._with_one_of(field, values)
        for field, condition in request.conditions.items():
            masks[FilterPart(field)] = self.articles(condition)
        for field, condition in request.unwanted.items():
            masks[FilterPart(field, excludes=True)] = ~self.articles(condition)
        if request.start is not None or request.end is not None:
            masks[FilterPart("date")] = self._conditions.dated(request.start, request.end, in_part=in_part)
        if request.added_since is not None:
            masks[FilterPart("added")] = self._conditions.added(request.added_since)
        return masks

    def _with_one_of(self, field: str, values: Sequence[FilterValue]) -> Mask:
        return _union(self._conditions.with_value(field, value) for value in self.check.during(values, 1))

    def filtered(self, request: ResolvedRequest) -> Mask | None:
        """Return a mask of the live articles that pass all filters of a request; None if it has no filters."""
        masks = self.filter_masks(request)
        return _intersection(masks.values()) & self.reader.live_articles() if masks else None

    def selection(
        self, request: ResolvedRequest, tree: Node | None = None, *, in_part: bool = False
    ) -> Selection:
        """Return the live articles that match the tree, and which of them pass each filter of a request.

        ``tree`` may be another tree with the same leaves. With ``in_part``, a month or year that overlaps the period
        of the request partly also passes.
        """
        articles = self.articles(self.tree if tree is None else tree)
        filters = self.filter_masks(request, in_part=in_part)
        if request.novel:
            articles = articles & self.reader.per_segment(self._with_novel_match)
        return Selection(articles, filters)

    def found(self, request: ResolvedRequest) -> Mask:
        """Return a mask of the live articles that match the tree and pass all filters of a request."""
        return self.selection(request).articles()

    def passed(self, request: ResolvedRequest) -> Mask:
        """Return a mask of the live articles that pass all filters of a request, whether or not they match the tree.

        If the request asks for novel paragraphs only, the articles must have one.
        """
        if request.novel:
            return QueryEvaluator(self.reader, Everything(), request.aliases, self.check).found(request)
        passed = self.filtered(request)
        return self.reader.live_articles() if passed is None else passed

    def found_by(self, tree: Node, request: ResolvedRequest, *, in_part: bool = False) -> Mask:
        """Return the result of :meth:`found` for another tree with the same leaves. For ``in_part``, see
        :meth:`selection`.
        """
        return self.selection(request, tree, in_part=in_part).articles()

    def count_undated(self, request: ResolvedRequest, found: Mask, among: Mask | None = None) -> int:
        """Return the number of undated articles that only a condition on dates excludes.

        They pass all other filters, and match the tree without its date conditions, except negated ones. ``found`` is
        a mask of the articles that the search finds; with ``among``, only articles of this mask count.
        """
        tree = of_any_date(self.tree)
        if request.start is None and request.end is None and tree is self.tree:
            return 0
        excluded = self.reader.live_articles() & ~found & self._conditions.undated()
        if among is not None:
            excluded &= among
        if not excluded.any():
            return 0
        excluded &= self.found_by(tree, replace(request, start=None, end=None))
        return int(np.count_nonzero(excluded))

    def count_imprecise(self, request: ResolvedRequest, found: Mask, among: Mask | None = None) -> int:
        """Return the number of articles that the search excludes only because they are dated by month or year.

        The month or year overlaps the period of each date condition that excludes the article, and all other
        conditions hold. ``found`` masks the articles that the search finds. With ``among``, only articles of this
        mask count.
        """
        tree = with_dates(
            self.tree, lambda node: DatedInPart(node.text, node.start, node.end, span=node.span)
        )
        if request.start is None and request.end is None and tree is self.tree:
            return 0
        excluded = self.reader.live_articles() & ~found & self._conditions.partly_dated()
        if among is not None:
            excluded &= among
        if not excluded.any():
            return 0
        excluded &= self.found_by(tree, request, in_part=True)
        return int(np.count_nonzero(excluded))

    def _with_novel_match(self, segment: Segment) -> Mask:
        """Return a mask of the articles of a segment with a novel paragraph in which a scored leaf matches.

        Optional leaves do not count. A paragraph is novel if no earlier article contains it. If no leaf is scored,
        any novel paragraph is enough.
        """
        mask = np.zeros(segment.articles, np.bool_)
        deciding = [wanted for wanted in self.scored_leaves if not wanted.optional]
        if not deciding:
            mask[segment.article[segment.novel]] = True
        for wanted in self.check.during(deciding, 1):
            mask[self.matches(segment, wanted.leaf, wanted.region, novel=True).text.articles] = True
        return mask

    # ---- scores

    @cached_property
    def scored_leaves(self) -> list[LeafUse]:
        """The leaves of the tree that contribute to scores: see :func:`newssearch.query.scored_leaves`."""
        return scored_leaves(self.tree)

    def paragraph_idf(self, leaf: Leaf) -> float:
        """Return the inverse document frequency of a leaf over all paragraphs."""
        if leaf not in self._paragraph_idf:
            matchers = self.check.during(self._matchers.values(), 1)
            holding = sum(matcher.doc_set(leaf).total for matcher in matchers)
            self._paragraph_idf[leaf] = bm25f.idf(self.reader.paragraphs, holding)
        return self._paragraph_idf[leaf]

    def article_idf(self, leaf: Leaf) -> float:
        """Return the inverse document frequency of a leaf over all articles."""
        if leaf not in self._article_idf:
            holding = 0
            for segment, matcher in self.check.during(self._matchers.items(), 1):
                known = self._holding.get((segment, leaf))
                if known is None:
                    text, title = matcher.doc_set(leaf).articles, matcher.postings(leaf, "title").owners
                    known = len(text) + len(title) - len(indices_in(title, text))
                holding += known
            self._article_idf[leaf] = bm25f.idf(self.reader.live_count, holding)
        return self._article_idf[leaf]

    def function_words(self, analysis: str) -> frozenset[Leaf]:
        """Return the scored leaves that are function words in an analysis.

        Their weight in articles with this analysis is lower. If all leaves that are not optional are function words,
        the result is empty.
        """
        if analysis not in self._function_words:
            self._function_words[analysis] = self._function_words_in(analysis)
        return self._function_words[analysis]

    def _function_words_in(self, analysis: str) -> frozenset[Leaf]:
        deciding = {wanted.leaf for wanted in self.scored_leaves if not wanted.optional}
        is_function_word = analyser_named(analysis).is_function_word
        found = frozenset(
            wanted.leaf
            for wanted in self.scored_leaves
            if isinstance(wanted.leaf, Word) and is_function_word(wanted.leaf.text)
        )
        return found - deciding if deciding <= found else found

    def with_content_word(self, words: Sequence[Node]) -> Mask:
        """Return a mask of the live articles in which one of the bare words matches that is not a function word.

        Function words depend on the language of an article. If all the words are function words in it, any of them is
        enough.
        """
        masks = [[mask for _, mask in self.reader.by_segment(self.articles(word))] for word in words]
        parts: list[Mask] = []
        for segment, *here in zip(self.reader.segments, *masks, strict=True):
            found = np.zeros(segment.articles, np.bool_)
            for analysis, articles in segment.analyses.items():
                is_function_word = analyser_named(analysis).is_function_word
                content = [
                    mask
                    for word, mask in zip(words, here, strict=True)
                    if not (isinstance(leaf := _without_boost(word), Word) and is_function_word(leaf.text))
                ]
                any_word = _union(content or here)
                found |= any_word if articles is None else any_word & articles
            parts.append(found)
        return np.concatenate(parts) if parts else np.empty(0, np.bool_)

    def spans(self, segment: Segment, leaf: Leaf, documents: Ints | None) -> Spans:
        """Return the spans of a leaf in the ascending paragraphs ``documents``; possibly also spans in others.

        None stands for all paragraphs.
        """
        return self._matchers[segment].spans(leaf, "text", documents)

    # ---- notes on the words of the query

    def suggester(self, total: int) -> WordSuggester:
        """Return the suggester of words for a query that finds ``total`` articles."""
        lookup = SegmentWordLookup(tuple(self._matchers.values()), self._expansion, self.check)
        return WordSuggester(lookup, total <= RARE_ARTICLES, self.reader.live_count, self.check)

    def names(self) -> dict[str, tuple[NameSpelling, ...]]:
        """Return the spellings in the index of each name in the query, by name.

        Each spelling has its number of articles; the most frequent comes first.
        """
        found: dict[str, tuple[NameSpelling, ...]] = {}
        for wanted in self.scored_leaves:
            for name in names_in(wanted.leaf):
                if name.text not in found:
                    found[name.text] = self._name_spellings(name)
        return found

    def _name_spellings(self, name: Name) -> tuple[NameSpelling, ...]:
        """Return the most frequent spelling of each folded form of a name, by descending number of articles."""
        words = sorted({word for field in TEXT_FIELDS for word in self._expansion(name, field)})
        counted: list[NameSpelling] = []
        for word in self.check.during(words, 1):
            spellings = Counter[str]()
            articles = 0
            for matcher in self._matchers.values():
                articles += matcher.count_name_spelling(name, word, spellings)
            if articles:
                text = min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
                counted.append(NameSpelling(text, articles))
        return tuple(sorted(counted, key=lambda one: (-one.articles, one.text)))


def _restricted(text: ScoredDocSet, segment: Segment, documents: Mask) -> ScoredDocSet:
    """Return the part of a doc set that lies in the documents that the mask ``documents`` selects."""
    owners, counts = text.postings()
    kept = documents[owners]
    return ListedDocs(Postings(owners[kept], counts[kept]), segment)


def _without_boost(node: Node) -> Node:
    while isinstance(node, Boost):
        node = node.operand
    return node


def _with_headline(segment: Segment) -> Mask:
    """Return a mask of the articles of a segment that have a word in the headline."""
    return np.asarray(segment.fields["title"].sizes > 0, np.bool_)


def _intersection(masks: Iterable[Mask]) -> Mask:
    return reduce(np.bitwise_and, masks)


def _union(masks: Iterable[Mask]) -> Mask:
    return reduce(np.bitwise_or, masks)
