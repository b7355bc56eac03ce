"""The counts that a table needs from an engine: the values of articles, and the articles and matches of each cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from newssearch.query import Diagnostic
from newssearch.results import DateCounts


class MatchCounts(NamedTuple):
    """The counts of a query in a set of articles. A number that was not requested is 0.

    ``articles`` is the number of articles that match, ``paragraphs`` that of their paragraphs that match.
    ``occurrences`` counts the matches of the query's words, phrases and other units in these paragraphs; equal spans
    of words count once, and headlines do not count. ``sentences`` counts the sentences in which an occurrence begins.
    """

    articles: int = 0
    paragraphs: int = 0
    sentences: int = 0
    occurrences: int = 0


class Extent(NamedTuple):
    """The size of a part of the archive: the articles that pass the filters, and the words of their paragraphs.

    With ``novel``, only articles with a paragraph that no earlier article has, and the words of such paragraphs.
    """

    articles: int = 0
    words: int = 0


class Grouping(NamedTuple):
    """A field, a unit of time or an own field, by whose values articles are grouped.

    ``limit`` is the number of values to distinguish, the most frequent ones; None for all. Periods are not limited.
    """

    name: str
    limit: int | None = None


class TabulationRequest(NamedTuple):
    """The counts to compute: ``by`` at most two groupings, and the numbers besides those of articles."""

    by: tuple[Grouping, ...] = ()
    paragraphs: bool = False
    sentences: bool = False
    occurrences: bool = False
    extents: bool = False


class Groups(NamedTuple):
    """The values of a grouping, in order. Cells refer to them by their indices.

    Values are texts, or the first days of periods. ``None`` stands for articles without a value, or whose date is too
    coarse. ``others`` is the number of further values, whose articles form one more group after the last value.
    ``overlapping`` is whether an article can be in several groups.
    """

    values: tuple[str | dt.date | None, ...]
    others: int = 0
    overlapping: bool = False


GroupIndices = tuple[int, ...]
"""The address of a cell: for each grouping, the index of one of its groups."""


class QueryCounts(NamedTuple):
    """The counts of one query: in total, in each cell with a match, and of the articles that its date conditions
    exclude.

    ``undated``, ``imprecise`` and ``dates`` are as in :class:`~newssearch.Results`.
    """

    total: MatchCounts
    cells: Mapping[GroupIndices, MatchCounts]
    diagnostics: tuple[Diagnostic, ...] = ()
    undated: int = 0
    imprecise: int = 0
    dates: DateCounts = DateCounts()


class Tabulation(NamedTuple):
    """The counts of several queries, by the same groups.

    ``extents`` has the size of each cell that contains any article, matching or not, for the values of ``groups``.
    ``extent`` is the size of all articles that pass the filters. Both are empty if they were not requested.
    """

    groups: tuple[Groups, ...]
    queries: tuple[QueryCounts, ...]
    extent: Extent
    extents: Mapping[GroupIndices, Extent]
