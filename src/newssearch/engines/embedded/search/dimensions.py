"""The groups by which articles are counted: values of a field, or periods.

The groups of a dimension are numbered from 1; group 0 has the articles without a value. Values that no filter can
distinguish form one group: see :mod:`newssearch.engines.value_groups`.
"""

from __future__ import annotations

import datetime as dt
import weakref
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

import numpy as np

from newssearch.corpus.periods import Unit, first_day, period_name
from newssearch.engines.embedded.segment.own_fields import OwnColumn
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.sorted_sets import (
    NO_INTS,
    Ints,
    Mask,
    concat_ranges,
    distinct,
    run_starts,
)
from newssearch.engines.value_groups import (
    WORDLESS_PREFIX,
    contained_groups,
    group_of_key,
    most_frequent,
    shown_of_group,
    word_counts,
)
from newssearch.extra import number_of
from newssearch.fields import FIELDS, ArticleField
from newssearch.outlets import Aliases, outlets
from newssearch.stopping import StopCheck
from newssearch.system.kept import cached_property
from newssearch.text.analysis import key

from .date_facets import has_period, period_numbers
from .reader import IndexReader

NO_GROUP = 0
"""The number of the group of the articles without a value."""


_UNKNOWN = -1


class Members(NamedTuple):
    """Distinct pairs of an article and one of its groups, in order of the articles.

    Articles are given by their indices in the input. Each has at least one pair, possibly with :data:`NO_GROUP`.
    """

    articles: Ints
    groups: Ints


class ArticleClasses(NamedTuple):
    """Classes of articles with the same groups: distinct pairs of a class and a group, and the size of each class.

    For most fields there are far fewer classes than articles.
    """

    members: Members
    sizes: Ints


class Dimension(Protocol):
    """A field or a unit of time that groups the articles of a snapshot. It is immutable."""

    @property
    def overlapping(self) -> bool:
        """Whether an article can be in several groups."""

    @property
    def in_time(self) -> bool:
        """Whether the groups are periods, listed in order of time."""

    @property
    def ordered(self) -> bool:
        """Whether ascending group numbers are already the order of the groups."""

    def members(self, articles: Ints, check: StopCheck) -> Members:
        """Return the groups of the given articles, whose numbers in the index are ascending."""

    def classes(self, articles: Ints, check: StopCheck) -> ArticleClasses:
        """Return the given articles as classes with the same groups."""

    def own_members(self, articles: Ints, check: StopCheck) -> Members:
        """Return the result of :meth:`members` for the articles' own values only, without contained ones."""

    def held(self, articles: Ints) -> Ints:
        """Return the groups, ascending, that contain an own value of one of the articles.

        An article also belongs to the groups of values that its own value contains; these are not included.
        :data:`NO_GROUP` is left out.
        """

    def values(self, groups: Ints, articles: Ints, weights: Ints) -> list[str | dt.date]:
        """Return the value that represents each group; for a period, its first day.

        Of several spellings, the one in most of the given articles is chosen, counted with their weights.
        """

    def spellings(self, groups: Ints, articles: Ints) -> list[Collection[str]]:
        """Return, for each group, the values in it that the articles have; for a period, its name."""

    def sort_key(self, value: str | dt.date) -> Any:
        """Return the key by which equally frequent values are ordered."""


class DateDimension:
    """The periods in which articles are dated."""

    overlapping = False
    in_time = True
    ordered = True

    def __init__(self, reader: IndexReader, unit: Unit) -> None:
        self._reader = reader
        self._unit: Unit = unit

    @cached_property
    def _groups(self) -> tuple[Ints, int]:
        """The group of each article of the index, and the number of the period of group 1."""
        numbers = [period_numbers(self._unit, segment.local_time) for segment in self._reader.segments]
        dated = [has_period(self._unit, segment.precision) for segment in self._reader.segments]
        if not any(mask.any() for mask in dated):
            return np.zeros(self._reader.articles, np.int64), 0
        first = min(int(n[mask].min()) for n, mask in zip(numbers, dated, strict=True) if mask.any())
        groups = [np.where(mask, n - first + 1, NO_GROUP) for n, mask in zip(numbers, dated, strict=True)]
        return np.concatenate(groups), first

    def members(self, articles: Ints, check: StopCheck) -> Members:
        """Return the periods of the given articles."""
        return Members(np.arange(len(articles)), self._groups[0][articles])

    own_members = members

    def classes(self, articles: Ints, check: StopCheck) -> ArticleClasses:
        """Return the given articles by period."""
        return _classes_of(self._groups[0][articles])

    def held(self, articles: Ints) -> Ints:
        """Return the periods of the given articles."""
        return distinct_groups(self._groups[0][articles])

    def values(self, groups: Ints, articles: Ints, weights: Ints) -> list[str | dt.date]:
        """Return the first day of each of the given periods."""
        return [*self._days(groups)]

    def _days(self, groups: Ints) -> list[dt.date]:
        first = self._groups[1] - 1
        return [first_day(self._unit, first + group) for group in groups.tolist()]

    def spellings(self, groups: Ints, articles: Ints) -> list[Collection[str]]:
        """Return the name of each of the given periods."""
        return [(period_name(self._unit, day),) for day in self._days(groups)]

    def sort_key(self, value: str | dt.date) -> Any:
        """Return the value: periods are ordered by time."""
        return value


class _SegmentValues(NamedTuple):
    """The distinct values of a field in a segment: the group of each, and the text to show."""

    groups: Ints
    shown: Sequence[str]


class ValueDimension:
    """The values of a field, or of an own field, of which an article may have several.

    With ``contains``, an article also belongs to the groups of values that are sequences of words in its own value.
    """

    in_time = False
    ordered = False

    def __init__(self, reader: IndexReader, field: ArticleField, aliases: Aliases) -> None:
        self._reader = reader
        self._field = field
        self._is_own = field.name not in FIELDS
        self.in_time = self._is_own and field.kind == "date"
        self._contains = field.kind == "words"
        self._numbers: dict[str, int] = {"": NO_GROUP}  # of each group, by its key
        self._names = outlets(aliases)
        self._tables = {segment: self._table(segment) for segment in reader.segments}
        self._inner: dict[int, Ints] = {}  # the groups that a group contains, cached on first use

    @property
    def overlapping(self) -> bool:
        """Whether an article can be in several groups: with several values, or with a value that contains others."""
        return self._contains or self._is_own

    def _table(self, segment: Segment) -> _SegmentValues:
        """Return the group and the shown text of each value of a segment. New groups get the next numbers."""
        keys: list[str]
        shown: Sequence[str]
        if self._is_own:
            column = segment.own_fields.get(self._field.name)
            shown, keys = ([""], [""]) if column is None else own_groups(column)
        else:
            shown = segment.values(self._field.name).values
            stored = segment.keys(self._field.name).all()
            keys = [""]
            for value, value_key in zip(shown[1:], stored[1:], strict=True):
                keys.append(group_of_key(self._field, value_key.decode(), value, self._names))
            shown = [shown_of_group(self._field, one, value) for one, value in zip(keys, shown, strict=True)]
        numbers = self._numbers
        groups = [NO_GROUP, *(numbers.setdefault(one, len(numbers)) for one in keys[1:])]
        return _SegmentValues(np.array(groups, np.int64), shown)

    def _by_segment(self, articles: Ints) -> list[tuple[_SegmentValues, Ints, Ints]]:
        """Return for each segment its values, and pairs of an index among the given articles and a value number.

        Articles without a value of an own field have no pair.
        """
        found = []
        for segment, here, local in self._reader.by_article(articles):
            table = self._tables[segment]
            if not self._is_own:
                codes = segment.values(self._field.name).codes[local].astype(np.int64)
                found.append((table, here, codes))
                continue
            column = segment.own_fields.get(self._field.name)
            if column is not None:
                first, last = (
                    column.articles.searchsorted(local.astype(column.articles.dtype), side)
                    for side in ("left", "right")
                )
                sizes = last - first
                found.append(
                    (table, here.repeat(sizes), column.codes[concat_ranges(first, sizes)].astype(np.int64))
                )
        return found

    @cached_property
    def _groups(self) -> Ints:
        """The group of each article of the index, for a field of which an article has at most one value."""
        parts = [
            table.groups[segment.values(self._field.name).codes] for segment, table in self._tables.items()
        ]
        return np.concatenate([NO_INTS, *parts])

    def members(self, articles: Ints, check: StopCheck) -> Members:
        """Return the groups of the given articles."""
        own = self.own_members(articles, check)
        return self._with_contained(own, check) if self._contains else own

    def classes(self, articles: Ints, check: StopCheck) -> ArticleClasses:
        """Return the given articles as classes; for an own field, each article is a class of its own."""
        check()
        if self._is_own:
            return ArticleClasses(self.members(articles, check), np.ones(len(articles), np.int64))
        own = _classes_of(self._groups[articles])
        return own._replace(members=self._with_contained(own.members, check)) if self._contains else own

    def own_members(self, articles: Ints, check: StopCheck) -> Members:
        """Return the groups of the values that articles have themselves."""
        check()
        if not self._is_own:
            return Members(np.arange(len(articles)), self._groups[articles])
        parts = [(at, table.groups[codes]) for table, at, codes in self._by_segment(articles)]
        at = np.concatenate([NO_INTS, *(part[0] for part in parts)])
        groups = np.concatenate([NO_INTS, *(part[1] for part in parts)])
        missing = np.ones(len(articles), np.bool_)
        missing[at] = False
        at = np.concatenate((at, missing.nonzero()[0]))
        groups = np.concatenate((groups, np.full(len(at) - len(groups), NO_GROUP)))
        return distinct_members(at, groups, len(self._numbers))

    def _with_contained(self, own: Members, check: StopCheck) -> Members:
        """Return the given pairs, and further pairs of the articles with the groups contained in their groups."""
        sizes = self._inner_sizes
        held = np.bincount(own.groups, minlength=1).nonzero()[0]
        for group in check.during(held[sizes[held] == _UNKNOWN].tolist(), 1024):
            sizes[group] = self._contained_in(group)
        if not sizes[held].any():
            return own
        held = held[sizes[held] > 0]
        flat = np.concatenate([self._inner[group] for group in held.tolist()])
        first = np.empty(len(sizes), np.int64)
        first[held] = np.cumsum(sizes[held]) - sizes[held]
        wide = (sizes[own.groups] > 0).nonzero()[0]
        groups = own.groups[wide]
        inner = flat[concat_ranges(first[groups], sizes[groups])]
        articles = np.concatenate((own.articles, own.articles[wide].repeat(sizes[groups])))
        return distinct_members(articles, np.concatenate((own.groups, inner)), len(self._numbers))

    @cached_property
    def _inner_sizes(self) -> Ints:
        """The number of other groups that each group contains; :data:`_UNKNOWN` until computed."""
        return np.full(len(self._numbers), _UNKNOWN, np.int64)

    def _contained_in(self, group: int) -> int:
        """Compute and cache the other groups that a group contains, and return their number."""
        inside = contained_groups(self._keys[group], self._sizes)
        found = {self._numbers[one] for one in inside if one in self._numbers} - {group}
        if found:
            self._inner[group] = np.array(sorted(found), np.int64)
        return len(found)

    @cached_property
    def _keys(self) -> list[str]:
        return list(self._numbers)

    @cached_property
    def _sizes(self) -> list[int]:
        return word_counts(self._keys[1:])

    def group_of(self, group_key: str) -> int:
        """Return the group with a key (:mod:`search.field_values`); :data:`NO_GROUP` if no value has it."""
        return self._numbers.get(group_key, NO_GROUP)

    def held(self, articles: Ints) -> Ints:
        """Return the groups of which some of the given articles have a value of their own."""
        if not self._is_own:
            return distinct_groups(self._groups[articles])
        parts = [table.groups[distinct(codes)] for table, _, codes in self._by_segment(articles)]
        return distinct_groups(np.concatenate([NO_INTS, *parts]))

    def values(self, groups: Ints, articles: Ints, weights: Ints) -> list[str | dt.date]:
        """Return the value that stands for each of the given groups; of an own date, the first day of the month."""
        if self.in_time:
            return [dt.date.fromisoformat(f"{self._keys[group]}-01") for group in groups.tolist()]
        several = groups[self._has_spellings[groups]]
        found = dict(zip(several.tolist(), self._spelled(several, articles, weights), strict=True))
        spelling = self._spelling
        return [
            most_frequent(found[group]) if group in found else spelling[group] for group in groups.tolist()
        ]

    def spellings(self, groups: Ints, articles: Ints) -> list[Collection[str]]:
        """Return, for each group, the values in it that some of the articles have."""
        return list(self._spelled(groups, articles, np.ones(len(articles), np.int64)))

    @cached_property
    def _spelling(self) -> list[str]:
        """One of the values in each group, over all segments."""
        found = [""] * len(self._numbers)
        for table in self._tables.values():
            for group, value in zip(table.groups.tolist(), table.shown, strict=True):
                found[group] = value
        return found

    @cached_property
    def _has_spellings(self) -> Mask:
        """A mask of the groups that have several values."""
        found = np.zeros(len(self._numbers), np.bool_)
        one = self._spelling
        for table in self._tables.values():
            groups = table.groups.tolist()
            found[[g for g, value in zip(groups, table.shown, strict=True) if value != one[g]]] = True
        return found

    def _spelled(self, groups: Ints, articles: Ints, weights: Ints) -> list[Mapping[str, int]]:
        """Return the values in each of the given groups, each with the sum of the weights of the articles that have it."""
        wanted = np.zeros(len(self._numbers), np.bool_)
        wanted[groups] = True
        found: dict[int, dict[str, int]] = {group: {} for group in groups.tolist()}
        if not found:
            return []
        if not self._is_own:
            here = wanted[self._groups[articles]]
            articles, weights = articles[here], weights[here]
        for table, at, codes in self._by_segment(articles):
            sums = np.bincount(codes, weights[at], len(table.groups))
            there = (wanted[table.groups] & (sums > 0)).nonzero()[0]
            for code, group, weight in zip(
                there.tolist(), table.groups[there].tolist(), sums[there].tolist(), strict=True
            ):
                spelled, value = found[group], table.shown[code]
                spelled[value] = spelled.get(value, 0) + int(weight)
        return list(found.values())

    def sort_key(self, value: str | dt.date) -> Any:
        """Return the key by which equally frequent values are ordered: numbers by size."""
        return number_of(str(value)) if self._is_own and self._field.kind == "number" else value


def _classes_of(groups: Ints) -> ArticleClasses:
    """Return the classes of articles with one group each, given these groups."""
    sizes = np.bincount(groups)
    held = sizes.nonzero()[0]
    return ArticleClasses(Members(np.arange(len(held)), held), sizes[held])


def distinct_groups(groups: Ints) -> Ints:
    """Return the distinct groups, ascending, without :data:`NO_GROUP`."""
    present = np.bincount(groups, minlength=1)
    present[NO_GROUP] = 0
    return present.nonzero()[0]


def distinct_members(articles: Ints, groups: Ints, size: int) -> Members:
    """Return the distinct pairs of an article and a group, in order. All groups are less than ``size``."""
    pairs = articles * size + groups
    pairs.sort()
    pairs = pairs[run_starts(pairs)]
    return Members(pairs // size, pairs % size)


MAX_KEPT_DIMENSIONS = 16
"""The number of dimensions that a snapshot caches. When it is exceeded, the cache is emptied."""


class Dimensions:
    """The dimensions of a snapshot, made on first use and cached: see :data:`MAX_KEPT_DIMENSIONS`."""

    def __init__(self, reader: IndexReader) -> None:
        # a strong reference would make a cycle, which keeps files open until the garbage collector runs
        self._reader: IndexReader = weakref.proxy(reader)
        self._kept: dict[tuple[str, Aliases], Dimension] = {}
        self._words: dict[bool, Ints] = {}

    def get(self, name: str, aliases: Aliases) -> Dimension:
        """Return the dimension of a field, of an own field of the index, or of a unit of time."""
        row = FIELDS.get(name) or self._reader.own_fields.get(name)
        asked = (name, aliases if row is not None and row.kind == "outlet" else ())
        found = self._kept.get(asked)
        if found is None:
            if len(self._kept) >= MAX_KEPT_DIMENSIONS:
                self._kept.clear()
            if row is None:
                found = DateDimension(self._reader, cast("Unit", name))
            else:
                found = ValueDimension(self._reader, row, asked[1])
            self._kept[asked] = found
        return found

    def words(self, *, novel: bool) -> Ints:
        """Return the number of words of all paragraphs of each article of the index, or of its novel paragraphs."""
        found = self._words.get(novel)
        if found is None:
            parts = [_words_by_article(segment, novel) for segment in self._reader.segments]
            found = self._words[novel] = np.concatenate([NO_INTS, *parts])
        return found


def _words_by_article(segment: Segment, novel: bool) -> Ints:
    sizes = segment.fields["text"].sizes
    if novel:
        sizes = np.where(segment.novel, sizes, sizes.dtype.type(0))
    return np.add.reduceat(sizes, segment.first[:-1], dtype=np.int64) if len(sizes) else NO_INTS


def own_groups(column: OwnColumn) -> tuple[list[str], list[str]]:
    """Return each value of an own field, as a facet shows it, and its group key. The values of a date are months."""
    values = column.values
    if column.kind == "date":
        moments = np.datetime64("0001-01-01T00:00:00", "us") + column.local.astype("timedelta64[us]")
        months = list(map(str, moments.astype("datetime64[M]")))
        return months, months
    keys = [one.decode() for one in column.keys.all()]
    if column.kind == "number":
        return keys, keys
    return values, [one or WORDLESS_PREFIX + key(value) for one, value in zip(keys, values, strict=True)]
