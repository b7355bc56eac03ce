"""The groups by which tables and samples count articles: values of a field, or periods.

The *entry* of an article in a grouping is what its document stores for it: the key and the value of a field, the
texts of an own field, or the day and the precision of the date. OpenSearch counts entries, or they are read from
documents; this module maps entries to groups by the rules of :mod:`newssearch.engines.value_groups`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Set
from typing import Any, cast

from newssearch.corpus.periods import Unit, first_day, period_number
from newssearch.engines.article_times import AMBIGUOUS
from newssearch.engines.value_groups import (
    contained_groups,
    group_of_key,
    most_frequent,
    shown_of_group,
    word_counts,
)
from newssearch.extra import number_of, texts_of
from newssearch.fields import FIELDS, ArticleField
from newssearch.outlets import Aliases, outlets

from .article_queries import place_of_key
from .documents import DocumentSource, extra_of
from .facets import COARSEST, FIRST_DAY, own_group

GroupEntry = tuple[Any, ...]
"""The stored values that decide the groups of an article."""
GroupKey = int | str
"""The key of a group: the key of a value, or the number of a period."""
GroupName = str | dt.date
"""The name of a group in a table: a value, or the first day of a period."""


class ArticleGroups:
    """The groups of one field, own field or unit of time. ``own`` maps the names of the index's own fields to their rows."""

    def __init__(self, name: str, own: Mapping[str, ArticleField], aliases: Aliases) -> None:
        self.name = name
        self._field = FIELDS.get(name) or own.get(name)
        self._is_own = name not in FIELDS and name in own
        self._names = outlets(aliases)

    @property
    def contains(self) -> bool:
        """Whether an article also belongs to the groups whose value is a sequence of words inside its own value."""
        return self._field is not None and self._field.kind == "words"

    @property
    def overlapping(self) -> bool:
        """Whether an article can belong to several groups."""
        return self.contains or self._is_own

    @property
    def in_time(self) -> bool:
        """Whether the groups are periods, listed in order of time."""
        return self._field is None or (self._is_own and self._field.kind == "date")

    # ---- entries

    @property
    def stored(self) -> tuple[str, ...]:
        """The OpenSearch fields that hold the entry of an article. Empty for an own field, whose values are read from
        documents.
        """
        if self._is_own:
            return ()
        return ("day", "precision") if self._field is None else (place_of_key(self.name), self.name)

    @property
    def sources(self) -> tuple[str, ...]:
        """The parts of the document source that :meth:`entry` needs."""
        return self.stored or ("header.extra",)

    def entry(self, source: DocumentSource) -> GroupEntry:
        """Return the entry of an article, given its document."""
        if self._is_own:
            value = extra_of(source["header"]).get(self.name) if "header" in source else None
            return () if value is None else texts_of(value)
        return tuple(source.get(name) for name in self.stored)

    # ---- groups

    def own_groups(self, entry: GroupEntry) -> list[tuple[GroupKey, GroupName]]:
        """Return the groups of an article's own values, without contained ones, each with the article's spelling of
        the value.
        """
        field = self._field
        if field is None:
            day, precision = entry
            unit = cast("Unit", self.name)
            if day is None or (precision & ~AMBIGUOUS) < COARSEST[unit]:
                return []
            number = period_number(unit, dt.date.fromordinal(day + FIRST_DAY))
            return [(number, first_day(unit, number))]
        if self._is_own:
            found = dict.fromkeys(own_group(field, text) for text in entry)
            if field.kind == "date":
                return [(group, dt.date.fromisoformat(f"{month}-01")) for group, month in found]
            return list(found)
        value_key, value = entry
        if value is None:
            return []
        plain_key = value_key.strip() if self.contains else value_key
        group = group_of_key(field, plain_key, value, self._names)
        return [(group, shown_of_group(field, group, value))]

    def with_contained(self, own: Iterable[GroupKey], known: Set[GroupKey]) -> set[GroupKey]:
        """Return the ``known`` groups of an article whose values are in the ``own`` groups: these, and those that
        they contain.
        """
        if not self.contains:
            return {group for group in own if group in known}
        sizes = self._sizes_of(known)
        return {inner for group in own for inner in contained_groups(str(group), sizes) if inner in known}

    def _sizes_of(self, known: Set[GroupKey]) -> list[int]:
        return word_counts(cast("Collection[str]", known))

    def named(self, weights: Mapping[GroupEntry, int]) -> dict[GroupKey, GroupName]:
        """Return the name of each group that has an entry with a positive weight: its most frequent spelling."""
        spellings: dict[GroupKey, Counter[GroupName]] = {}
        for entry, weight in weights.items():
            for group, shown in self.own_groups(entry) if weight else ():
                spellings.setdefault(group, Counter())[shown] += weight
        return {
            group: most_frequent(cast("Counter[str]", counts)) if not self.in_time else next(iter(counts))
            for group, counts in spellings.items()
        }

    def sort_key(self, name: GroupName) -> Any:
        """Return the key that orders equally frequent groups: numbers by size, other values as they are."""
        is_number = self._is_own and self._field is not None and self._field.kind == "number"
        return number_of(str(name)) if is_number else name
