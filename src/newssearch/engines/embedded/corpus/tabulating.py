"""Counts the articles and matches of several queries in the cells of a table: see :mod:`newssearch.corpus.tabulation`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from newssearch.corpus.tabulation import (
    Extent,
    GroupIndices,
    Grouping,
    Groups,
    MatchCounts,
    QueryCounts,
    Tabulation,
    TabulationRequest,
)
from newssearch.engines.embedded.search.date_facets import count_dates
from newssearch.engines.embedded.search.dimensions import (
    NO_GROUP,
    Dimension,
    Dimensions,
    Members,
    distinct_members,
)
from newssearch.engines.embedded.search.evaluator import QueryEvaluator
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import NO_INTS, Ints, Mask, concat_ranges, run_starts
from newssearch.query import Diagnostic, Node
from newssearch.request import ResolvedRequest

from .occurrences import ArticleCounts, SegmentOccurrences, occurrences_by_segment

DENSE_CELLS = 1 << 16
"""The number of cells up to which counts are an array of all cells. Beyond it, pairs are sorted."""
DENSE_CELLS_PER_PAIR = 4
"""Counts are an array, too, if there are at most this number of cells for each pair of an article and a cell."""
DROPPED = -1
"""The index of groups whose articles are not counted."""


class _Matches(NamedTuple):
    """The articles that match a query, as a mask, and the numbers of matches of each article."""

    found: Mask
    paragraphs: Ints | None
    sentences: Ints | None
    occurrences: Ints | None


class _GroupIndex(NamedTuple):
    """The groups of a table in one dimension. For each group of the dimension, its index in the table, or :data:`DROPPED`."""

    groups: Groups
    index_of: Ints

    @property
    def size(self) -> int:
        """The number of groups of the table."""
        return len(self.groups.values) + bool(self.groups.others)


def tabulate(
    reader: IndexReader,
    trees: Sequence[Node],
    request: ResolvedRequest,
    wanted: TabulationRequest,
) -> Tabulation:
    """Count the articles that match each tree, and their matches, in the cells that ``wanted`` asks for."""
    evaluators = [QueryEvaluator(reader, tree, request.aliases, request.check) for tree in trees]
    matches = [_matches(evaluator, request, wanted) for evaluator in evaluators]
    allowed = None
    if wanted.extents:
        allowed = evaluators[0].passed(request)
    tally = _CellCounter(reader, matches, allowed, request, wanted)
    return Tabulation(
        groups=tuple(index.groups for index in tally.indices),
        queries=tuple(
            QueryCounts(
                total=tally.total(one),
                cells=tally.cells(one),
                diagnostics=_diagnostics(evaluator, one),
                undated=evaluator.count_undated(request, one.found),
                imprecise=evaluator.count_imprecise(request, one.found),
                dates=count_dates(reader, one.found),
            )
            for evaluator, one in zip(evaluators, matches, strict=True)
        ),
        extent=tally.extent(),
        extents=tally.extents(),
    )


def _diagnostics(evaluator: QueryEvaluator, matches: _Matches) -> tuple[Diagnostic, ...]:
    suggester = evaluator.suggester(int(np.count_nonzero(matches.found)))
    return tuple(dict.fromkeys([*evaluator.notes, *suggester.unknown_words(evaluator.tree)]))


# ---- matches by article


def _matches(evaluator: QueryEvaluator, request: ResolvedRequest, wanted: TabulationRequest) -> _Matches:
    """Return the articles that match a query, and the requested numbers of each."""
    found = evaluator.found(request)
    numbers: list[list[Ints]] = [[], [], []]
    countings: Sequence[tuple[bool, Callable[[SegmentOccurrences], ArticleCounts]]] = (
        (wanted.paragraphs, lambda part: part.paragraphs_by_article),
        (wanted.sentences, _sentences_by_article),
        (wanted.occurrences, lambda part: part.by_article),
    )
    if any(is_wanted for is_wanted, _ in countings):
        for part in occurrences_by_segment(evaluator, found, request):
            for here, (is_wanted, counted) in zip(numbers, countings, strict=True):
                if is_wanted:
                    here.append(_by_article(part.segment, counted(part)))
    return _Matches(found, *(np.concatenate([NO_INTS, *here]) if here else None for here in numbers))


def _by_article(segment: Segment, counted: ArticleCounts) -> Ints:
    """Return the number of each article of a segment."""
    numbers = np.zeros(segment.articles, np.int64)
    numbers[counted.articles] = counted.counts
    return numbers


def _sentences_by_article(part: SegmentOccurrences) -> ArticleCounts:
    """Return the number of sentences in which an occurrence begins, in each article that has any."""
    segment = part.segment
    sentence_starts = segment.fields["text"].sentence_starts
    totals = np.zeros(segment.articles, np.int64)
    for documents, starts, _ in part.slices():
        sentences = sentence_starts.searchsorted(starts.astype(sentence_starts.dtype), "right")
        new = run_starts(sentences)
        totals += np.bincount(segment.article[documents[new]], minlength=segment.articles)
    articles = totals.nonzero()[0]
    return ArticleCounts(articles, totals[articles])


# ---- cells


class _CellCounter:
    """Counts articles by the groups of at most two dimensions.

    ``allowed`` masks the articles that pass the filters; None if extents are not requested.
    """

    def __init__(
        self,
        reader: IndexReader,
        matches: Sequence[_Matches],
        allowed: Mask | None,
        request: ResolvedRequest,
        wanted: TabulationRequest,
    ) -> None:
        self._reader = reader
        self._request = request
        self._allowed = allowed
        self._matches = matches
        counted = allowed if allowed is not None else reduce(np.bitwise_or, (one.found for one in matches))
        self._articles: Ints = counted.nonzero()[0]
        self._words = reader.kept(Dimensions).words(novel=request.novel) if allowed is not None else NO_INTS
        self.indices: list[_GroupIndex] = []
        pairs: list[Members] = []
        for grouping in wanted.by:
            dimension = reader.kept(Dimensions).get(grouping.name, request.aliases)
            members = dimension.members(self._articles, request.check)
            index = self._group_index(dimension, grouping, members)
            self.indices.append(index)
            pairs.append(_grouped(members, index))
        self._columns = self.indices[1].size if len(self.indices) > 1 else 1
        at, self._cells = _crossed(pairs, self._columns) if pairs else (NO_INTS, NO_INTS)
        self._owners = self._articles[at]

    def _group_index(self, dimension: Dimension, grouping: Grouping, members: Members) -> _GroupIndex:
        """Return the groups of a dimension in the table. ``members`` are those of all counted articles."""
        weights = reduce(np.add, (one.found[self._articles].astype(np.int64) for one in self._matches))
        counts = np.bincount(members.groups, weights[members.articles], NO_GROUP + 1)
        kept = dimension.held(self._articles[weights > 0])
        if dimension.in_time and self._allowed is not None:
            kept = dimension.held(self._articles)
        values = dimension.values(kept, self._articles, weights)
        order: Sequence[int] = range(len(kept))
        if not dimension.ordered:
            frequency = [0] * len(kept) if dimension.in_time else counts[kept].tolist()
            order = sorted(order, key=lambda at: (-frequency[at], dimension.sort_key(values[at])))
        end = len(order) if dimension.in_time or grouping.limit is None else grouping.limit
        others, kept = kept[[*order[end:]]], kept[[*order[:end]]]
        index_of = np.full(len(counts), DROPPED, np.int64)
        index_of[kept] = np.arange(len(kept))
        with_none: list[str | dt.date | None] = [values[at] for at in order[:end]]
        if counts[NO_GROUP]:
            index_of[NO_GROUP] = len(with_none)
            with_none.append(None)
        index_of[others] = len(with_none)
        return _GroupIndex(Groups(tuple(with_none), len(others), dimension.overlapping), index_of)

    # ---- counts

    def total(self, matches: _Matches) -> MatchCounts:
        """Return the counts of all articles that match a query."""
        numbers = (0 if numbers is None else int(numbers[matches.found].sum()) for numbers in matches[1:])
        return MatchCounts(int(np.count_nonzero(matches.found)), *numbers)

    def cells(self, matches: _Matches) -> dict[GroupIndices, MatchCounts]:
        """Return the counts of matching articles for each cell that has any."""
        here = matches.found[self._owners]
        codes, owners = self._cells[here], self._owners[here]
        cells, sums = self._summed(codes, [None if n is None else n[owners] for n in matches[1:]])
        return dict(zip(self._addresses(cells), map(MatchCounts, *sums), strict=True))

    def extent(self) -> Extent:
        """Return the size of all articles that pass the filters."""
        if self._allowed is None:
            return Extent()
        return Extent(len(self._articles), int(self._words[self._articles].sum()))

    def extents(self) -> dict[GroupIndices, Extent]:
        """Return the size of each cell with an article that passes the filters."""
        if self._allowed is None:
            return {}
        cells, sums = self._summed(self._cells, [self._words[self._owners]])
        return dict(zip(self._addresses(cells), map(Extent, *sums), strict=True))

    def _summed(self, codes: Ints, weights: Sequence[Ints | None]) -> tuple[Ints, list[list[int]]]:
        """Return the distinct codes, ascending, the number of each, and the sums of its weights; 0 for None."""
        self._request.check()
        size = self.indices[0].size * self._columns if self.indices else 0
        if size <= max(DENSE_CELLS, DENSE_CELLS_PER_PAIR * len(codes)):
            cells = np.bincount(codes, minlength=size).nonzero()[0]
            at = np.empty(size, np.int64)
            at[cells] = np.arange(len(cells))
            at = at[codes]
        else:
            cells, at = np.unique(codes, return_inverse=True)
        sums = [np.bincount(at, minlength=len(cells)).tolist()]
        for one in weights:
            summed = [0] * len(cells) if one is None else _whole(np.bincount(at, one, len(cells)))
            sums.append(summed)
        return cells, sums

    def _addresses(self, cells: Ints) -> Iterator[GroupIndices]:
        if len(self.indices) < 2:
            return zip(cells.tolist())
        rows, columns = np.divmod(cells, self._columns)
        return zip(rows.tolist(), columns.tolist(), strict=True)


def _whole(sums: Array) -> list[int]:
    """Return integer sums that NumPy has added as exact floating-point numbers."""
    found: list[int] = sums.astype(np.int64).tolist()
    return found


def _grouped(members: Members, index: _GroupIndex) -> Members:
    """Return the distinct pairs of an article and its group in a table."""
    groups = index.index_of[members.groups]
    kept = groups != DROPPED
    found = Members(members.articles[kept], groups[kept])
    # an article may be in several of the groups that the last one combines
    return distinct_members(*found, index.size) if index.groups.overlapping and index.groups.others else found


def _crossed(pairs: Sequence[Members], columns: int) -> tuple[Ints, Ints]:
    """Return the pairs of an article and a cell. ``columns`` is the number of groups of the second dimension."""
    articles, rows = pairs[0]
    if len(pairs) < 2:
        return articles, rows
    others, column_of = pairs[1]
    low, high = (others.searchsorted(articles, side) for side in ("left", "right"))
    sizes = high - low
    return articles.repeat(sizes), rows.repeat(sizes) * columns + column_of[concat_ranges(low, sizes)]
