"""The own fields of a segment: its columns that the archive asked to keep.

An own field F of kind K has these sections. Its values are numbered from 1; an article may have several of them, or
none.

======================  ===============================================================================================
``own.F.K``             the numbers of the values of all articles, in the order of the articles and of their values
``own.F.article``       the article of each of these
``own.F.values``        the distinct values, as text; the first is ``""``, which no article has
``own.F.keys``          for each, what filters compare: the key of a ``value``, the words of ``words``, a number or date
``own.F.local``         only of a date: the time of each value by its own clock, in microseconds
``own.F.instant``       only of a date: the time of each value in UTC, in microseconds
======================  ===============================================================================================

Values are sorted by their keys, numbers by size, and dates by time in UTC. Equal numbers may be written differently.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from newssearch.article import Date
from newssearch.engines.article_times import instant, local_time, microseconds
from newssearch.engines.embedded.storage.container import (
    Array,
    Container,
    StringTable,
    narrow,
    string_sections,
)
from newssearch.engines.sorted_sets import Ints, Mask
from newssearch.errors import IndexVersionError
from newssearch.extra import number_of, value_of
from newssearch.fields import OWN_KINDS, ArticleField, own_field, why_rebuild
from newssearch.system.kept import cached_property
from newssearch.text.analysis import key, name_words
from newssearch.text.numbers import Number, NumberRange, number_key

PREFIX = "own."


def own_kinds(container: Container) -> Iterator[tuple[str, ArticleField]]:
    """Yield the name and the row of each own field of a segment, in alphabetical order.

    Raises ValueError for a name that no own field can have, and :class:`~newssearch.IndexVersionError` for one that is
    reserved now.
    """
    parted = [
        section.removeprefix(PREFIX).rpartition(".")
        for section in sorted(name for name in container.names() if name.startswith(PREFIX))
    ]
    if parted and (reason := why_rebuild(name for name, _, _ in parted)):
        folder = container.path.parent if container.path is not None else Path()
        raise IndexVersionError(f"{folder}: {reason}", folder)
    for name, _, last in parted:
        for kind in OWN_KINDS:
            if last == kind:
                yield name, own_field(name, kind)


def own_key(kind: str, value: str) -> str:
    """Return the key of a value; a filter does not distinguish values with equal keys."""
    if kind == "words":
        return " ".join(name_words(value))
    if kind == "number":
        return number_key(number_of(value))
    return key(value) if kind == "value" else value


def date_value(value: str) -> Date:
    """Return the date that a value of kind ``date`` states."""
    found = value_of("date", (value,))
    assert not isinstance(found, str | int | float | tuple), "a date has the kind of a date"
    return found


class OwnValues:
    """Collects the values of an own field of a new segment."""

    def __init__(self, field: ArticleField) -> None:
        self._field = field
        self._articles = array("I")
        self._values: list[str] = []

    def add(self, article: int, values: Iterable[str]) -> None:
        """Add the values of an article. Articles are added in ascending order."""
        for value in values:
            self._articles.append(article)
            self._values.append(value)

    def sections(self) -> dict[str, Array]:
        """Return the sections of the field."""
        kind, name = str(self._field.kind), f"{PREFIX}{self._field.name}"
        keys = {value: own_key(kind, value) for value in set(self._values)}
        order: dict[str, Callable[[str], object]] = {
            "number": lambda value: (number_of(value), value),
            "date": lambda value: (instant(date_value(value)), value),
        }
        distinct = sorted(keys, key=order.get(kind, lambda value: (keys[value], value)))  # type: ignore[arg-type]
        numbers = {value: number for number, value in enumerate(distinct, start=1)}
        sections = {
            f"{name}.{kind}": narrow(np.array([numbers[value] for value in self._values], np.int64)),
            f"{name}.article": narrow(np.array(self._articles, np.int64)),
            **string_sections(f"{name}.values", [b"", *(value.encode() for value in distinct)]),
            **string_sections(f"{name}.keys", [b"", *(keys[value].encode() for value in distinct)]),
        }
        if kind == "date":
            dates = [date_value(value) for value in distinct]
            local = [0, *(microseconds(local_time(date)) for date in dates)]
            sections[f"{name}.local"] = np.array(local, np.int64)
            sections[f"{name}.instant"] = np.array([0, *map(instant, dates)], np.int64)
        return sections


class OwnColumn:
    """An own field of a segment, read."""

    def __init__(self, container: Container, name: str, field: ArticleField) -> None:
        self.field = field
        self._container = container
        self._name = f"{PREFIX}{name}"

    @property
    def kind(self) -> str:
        """The kind of the field."""
        return self.field.kind

    @property
    def codes(self) -> Array:
        """The numbers of the values of all articles, in the order of the articles."""
        return self._container[f"{self._name}.{self.kind}"]

    @property
    def articles(self) -> Array:
        """The article of each of :attr:`codes`."""
        return self._container[f"{self._name}.article"]

    @cached_property
    def values(self) -> list[str]:
        """The distinct values, after ``""``."""
        return [value.decode() for value in StringTable(self._container, f"{self._name}.values").all()]

    @cached_property
    def keys(self) -> StringTable:
        """What filters compare of each of :attr:`values`."""
        return StringTable(self._container, f"{self._name}.keys")

    @property
    def local(self) -> Array:
        """The time of each value of a field of kind ``date``, by its own clock."""
        return self._container[f"{self._name}.local"]

    @property
    def instant(self) -> Array:
        """The time of each value of a field of kind ``date``, in UTC."""
        return self._container[f"{self._name}.instant"]

    def texts(self, article: int) -> list[str]:
        """Return the values of an article, as text."""
        articles = self.articles
        if not len(articles) or article > int(articles[-1]):  # which its type may be too small for
            return []
        low = int(np.searchsorted(articles, articles.dtype.type(article)))
        found = []
        table = self._table
        while low < len(articles) and int(articles[low]) == article:
            found.append(table[int(self.codes[low])].decode())
            low += 1
        return found

    @cached_property
    def _table(self) -> StringTable:
        return StringTable(self._container, f"{self._name}.values")

    def mask(self, codes: Sequence[int] | Array, articles: int) -> Mask:
        """Return a mask of the articles, of the given number of them, that have one of the values with these numbers."""
        found = np.zeros(articles, np.bool_)
        wanted = np.asarray(codes, np.int64)
        if len(wanted):
            chosen = self.codes == wanted[0] if len(wanted) == 1 else np.isin(self.codes, wanted)
            found[self.articles[chosen]] = True
        return found

    def having(self, articles: int) -> Mask:
        """Return a mask of the articles, of the given number of them, that have a value."""
        found = np.zeros(articles, np.bool_)
        found[self.articles] = True
        return found

    def codes_within(self, wanted: NumberRange) -> Ints:
        """Return the numbers of the values of a field of kind ``number`` that lie in a range."""
        low, high = 1, len(self.keys)
        if wanted.low is not None:
            low = self._bound(wanted.low, after=not wanted.with_low)
        if wanted.high is not None:
            high = self._bound(wanted.high, after=wanted.with_high)
        return np.arange(low, max(low, high), dtype=np.int64)

    def _bound(self, number: Number, *, after: bool) -> int:
        """Return the first value that is not less than a number, or, with ``after``, that is greater."""
        low, high = 1, len(self.keys)
        while low < high:
            middle = (low + high) // 2
            here = number_of(self.keys[middle].decode())
            if here < number or (after and here == number):
                low = middle + 1
            else:
                high = middle
        return low


def merged_own_sections(parts: Sequence[tuple[Mapping[str, OwnColumn], Ints]]) -> dict[str, Array]:
    """Return the sections of all own fields of a merged segment.

    ``parts`` has the own fields of each segment, and the new numbers of its articles; -1 for deleted ones.
    """
    merged: dict[str, OwnValues] = {}
    for columns, _ in parts:
        for name, column in columns.items():
            merged.setdefault(name, OwnValues(column.field))
    for columns, numbers in parts:
        for name, column in columns.items():
            values = column.values
            for article, code in zip(numbers[column.articles].tolist(), column.codes.tolist(), strict=True):
                if article >= 0:
                    merged[name].add(article, (values[code],))
    return {section: array for own in merged.values() for section, array in own.sections().items()}
