"""What an engine counts for a table: which values articles have, and how many articles and matches each cell has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from newssearch.query import Diagnostic
from newssearch.results import DateCounts


class MatchCounts(NamedTuple):
    """What a query finds in some articles. A number that was not asked for is 0.

    ``articles`` is the number of articles that match, ``paragraphs`` that of their paragraphs that match.
    ``occurrences`` counts the matches of the query's words, phrases and other units in these paragraphs; equal spans of
    words count once, and headlines do not count. ``sentences`` counts the sentences in which an occurrence begins.
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

    ``limit`` is the largest number of values that are told apart, those with most articles; None for all. All periods
    are told apart.
    """

    name: str
    limit: int | None = None


class TabulationRequest(NamedTuple):
    """What is counted: ``by`` at most two groupings, and which numbers besides those of articles."""

    by: tuple[Grouping, ...] = ()
    paragraphs: bool = False
    sentences: bool = False
    occurrences: bool = False
    extents: bool = False


class Groups(NamedTuple):
    """The values by which a grouping tells articles apart, in order. Cells refer to them by their indices.

    Values are texts, or the first days of periods. ``None`` stands for the articles without a value, or without a date
    that is fine enough. ``others`` is the number of further values, whose articles form one more group after the last
    value. ``overlapping`` is whether an article can be in several groups.
    """

    values: tuple[str | dt.date | None, ...]
    others: int = 0
    overlapping: bool = False


GroupIndices = tuple[int, ...]
"""The address of a cell: for each grouping, the index of one of its groups."""


class QueryCounts(NamedTuple):
    """What one query finds: in all, in each cell that has a match, and which articles its date conditions exclude.

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

    ``extents`` has the size of each cell that any article is in, whether or not a query matches there, for the values of
    ``groups``; ``extent`` is that of all articles that pass the filters. Both are empty if they were not asked for.
    """

    groups: tuple[Groups, ...]
    queries: tuple[QueryCounts, ...]
    extent: Extent
    extents: Mapping[GroupIndices, Extent]
