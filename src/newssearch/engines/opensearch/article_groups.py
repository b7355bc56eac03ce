"""The groups that articles are counted by, as tables and samples tell them apart: values of a field, or periods.

What is stored of an article for a grouping is its *entry*: the key and the value of a field, the texts of an own field, or
the day and the precision of the date. Entries are counted by OpenSearch or read from documents; to which groups an entry
belongs is decided here, by the rules of :mod:`newssearch.engines.value_groups`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Set
from typing import Any, cast

from newssearch.corpus.periods import Unit, first_day, period_number
from newssearch.engines.article_times import AMBIGUOUS
from newssearch.engines.value_groups import contained_groups, group_of_key, most_frequent, word_counts
from newssearch.extra import number_of, texts_of
from newssearch.fields import FIELDS, ArticleField
from newssearch.outlets import Aliases, outlets

from .article_queries import place_of_key
from .documents import DocumentSource, extra_of
from .facets import COARSEST, FIRST_DAY, own_group

GroupEntry = tuple[Any, ...]
"""What is stored of an article for a grouping."""
GroupKey = int | str
"""The key of a group: that of a value, or the number of a period."""
GroupName = str | dt.date
"""How a table names a group: a value, or the first day of a period."""


class ArticleGroups:
    """The groups of a field, of an own field or of a unit of time. ``own`` are the own fields of the index."""

    def __init__(self, name: str, own: Mapping[str, ArticleField], aliases: Aliases) -> None:
        self.name = name
        self._field = FIELDS.get(name) or own.get(name)
        self._is_own = name not in FIELDS and name in own
        self._names = outlets(aliases)

    @property
    def contains(self) -> bool:
        """Whether an article is also in the groups of the values that its own value contains, word by word."""
        return self._field is not None and self._field.kind == "words"

    @property
    def overlapping(self) -> bool:
        """Whether an article can be in several groups."""
        return self.contains or self._is_own

    @property
    def in_time(self) -> bool:
        """Whether groups are periods, which are in order of time."""
        return self._field is None or (self._is_own and self._field.kind == "date")

    # ---- entries

    @property
    def stored(self) -> tuple[str, ...]:
        """The fields of OpenSearch that have the entry of an article; none for an own field: its values are counted together."""
        if self._is_own:
            return ()
        return ("day", "precision") if self._field is None else (place_of_key(self.name), self.name)

    @property
    def sources(self) -> tuple[str, ...]:
        """The parts of a document that :meth:`entry` needs."""
        return self.stored or ("header.extra",)

    def entry(self, source: DocumentSource) -> GroupEntry:
        """Return the entry of the article of a document."""
        if self._is_own:
            value = extra_of(source["header"]).get(self.name) if "header" in source else None
            return () if value is None else texts_of(value)
        return tuple(source.get(name) for name in self.stored)

    # ---- groups

    def own_groups(self, entry: GroupEntry) -> list[tuple[GroupKey, GroupName]]:
        """Return the groups of the values that an article has itself, each with how the article spells it."""
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
        return [(group, group if field.kind == "language" else value)]

    def with_contained(self, own: Iterable[GroupKey], known: Set[GroupKey]) -> set[GroupKey]:
        """Return those of the ``known`` groups that an article with values of its ``own`` groups is in."""
        if not self.contains:
            return {group for group in own if group in known}
        sizes = self._sizes_of(known)
        return {inner for group in own for inner in contained_groups(str(group), sizes) if inner in known}

    def _sizes_of(self, known: Set[GroupKey]) -> list[int]:
        return word_counts(cast("Collection[str]", known))

    def named(self, weights: Mapping[GroupEntry, int]) -> dict[GroupKey, GroupName]:
        """Return how each group is named that entries of some weight have: by its most frequent spelling."""
        spellings: dict[GroupKey, Counter[GroupName]] = {}
        for entry, weight in weights.items():
            for group, shown in self.own_groups(entry) if weight else ():
                spellings.setdefault(group, Counter())[shown] += weight
        return {
            group: most_frequent(cast("Counter[str]", counts)) if not self.in_time else next(iter(counts))
            for group, counts in spellings.items()
        }

    def sort_key(self, name: GroupName) -> Any:
        """Return the key by which equally frequent groups are ordered: numbers by size."""
        is_number = self._is_own and self._field is not None and self._field.kind == "number"
        return number_of(str(name)) if is_number else name
