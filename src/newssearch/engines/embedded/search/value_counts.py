"""Counts articles by the groups of a field or of a unit of time: see :mod:`search.dimensions`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, cast

import numpy as np

from newssearch.corpus.periods import Unit, period_name
from newssearch.engines.sorted_sets import NO_INTS, Ints, Mask, run_starts
from newssearch.fields import DATE_FACETS
from newssearch.outlets import Aliases
from newssearch.stopping import StopCheck
from newssearch.text.analysis import key

from .dimensions import NO_GROUP, Dimensions, ValueDimension
from .reader import IndexReader


class CountedValue(NamedTuple):
    """A value as a facet shows it, its group, and the number of articles that a filter for it finds."""

    group: int
    value: str
    articles: int


class ValueCounts:
    """Counts of articles by group.

    A group is shown by the spelling in most of the articles; at equal frequency, by the alphabetically first. Values
    are read only for requested groups, because an index may have very many.
    """

    def __init__(
        self, reader: IndexReader, facet: str, articles: Ints, aliases: Aliases, check: StopCheck
    ) -> None:
        check()
        self.articles = articles
        self._dimension = reader.kept(Dimensions).get(facet, aliases)
        self._unit = (
            cast("Unit", facet) if facet in DATE_FACETS else "month"
        )  # own dates are counted by month
        self._members, self._sizes = self._dimension.classes(self.articles, check)
        sizes = self._sizes[self._members.articles]
        self._counts = np.bincount(self._members.groups, sizes, NO_GROUP + 1).astype(np.int64)
        self._check = check
        self.groups: Ints = self._held()
        """The groups, ascending, that contain a value of one of the articles."""

    def _held(self) -> Ints:
        if (
            self._dimension.overlapping
        ):  # articles also belong to groups that contain none of their own values
            return self._dimension.held(self.articles)
        groups: Ints = self._counts.nonzero()[0]
        return groups[1:] if self.without else groups  # in order, and NO_GROUP is 0

    def mask(self, groups: Ints) -> Mask:
        """Return a mask over group numbers of those given groups that contain an article."""
        found = np.zeros(len(self._counts), np.bool_)
        found[groups[groups < len(found)]] = True
        return found

    @property
    def without(self) -> int:
        """The number of articles without a value."""
        return int(self._counts[NO_GROUP])

    @property
    def unit(self) -> Unit | None:
        """The unit of time of the values; None if they are not periods."""
        return self._unit if self._dimension.in_time else None

    def values(self, groups: Ints) -> list[str]:
        """Return the value that represents each group."""
        self._check()
        found = self._dimension.values(groups, self.articles, np.ones(len(self.articles), np.int64))
        return [one if isinstance(one, str) else period_name(self._unit, one) for one in found]

    def in_order(self, groups: Ints) -> list[CountedValue]:
        """Return the groups, which are ascending, by descending number of articles; periods by time.

        Ties are ordered by value, numbers by size.
        """
        counts = self._counts[groups].tolist()
        rows = map(CountedValue, groups.tolist(), self.values(groups), counts)
        if self._dimension.ordered:
            return list(rows)
        if self._dimension.in_time:
            return sorted(rows, key=lambda one: one.value)
        return sorted(rows, key=lambda one: (-one.articles, self._dimension.sort_key(one.value)))

    def most_frequent(self, groups: Ints, number: int) -> Ints:
        """Return the ``number`` groups with the most articles; ties in order of the groups."""
        if number == 0:
            return NO_INTS
        counts = self._counts[groups]
        least = int(np.partition(counts, -number)[-number])
        more, equal = groups[counts > least], groups[counts == least]
        wanted = number - len(more)
        if len(equal) > wanted:
            equal = np.array([one.group for one in self.in_order(equal)[:wanted]], np.int64)
        return np.concatenate((more, equal))

    def with_text(self, folded: str) -> Ints:
        """Return the groups with a value that contains a folded text."""
        each = zip(self.groups.tolist(), self._dimension.spellings(self.groups, self.articles), strict=True)
        found = [
            group for group, spelled in self._check.during(each) if any(folded in key(one) for one in spelled)
        ]
        return np.array(found, np.int64)

    def with_keys(self, group_keys: Iterable[str]) -> Ints:
        """Return the groups with the given keys. Keys that no value of the index has are left out."""
        dimension = cast("ValueDimension", self._dimension)  # periods have no keys
        found = {dimension.group_of(one) for one in group_keys} - {NO_GROUP}
        return np.array(sorted(found), np.int64)

    def articles_with(self, groups: Ints) -> int:
        """Return the number of articles in at least one of the groups."""
        if not len(groups):
            return 0
        if not self._dimension.overlapping:
            return int(self._counts[groups].sum())
        owners = self._members.articles[self.mask(groups)[self._members.groups]]
        return int(self._sizes[owners[run_starts(owners)]].sum())
