"""Counts articles by the values of a field.

Values that no filter can tell apart count as one. They share a *group key*: for an outlet or a source, the key of the
name that its aliases lead to; for a language, its primary subtag (``en`` of ``en-GB``); for other fields, the key of
the value (:func:`indexing.segment_builder.filter_key`). A filter on a byline or a place also finds the values that
contain its words, so that the count of a value includes theirs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from typing import NamedTuple, cast

import numpy as np

from newssearch.corpus.periods import Unit
from newssearch.engines.embedded.segment.own_fields import OwnColumn
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask, concat_aranges, distinct
from newssearch.extra import number_of
from newssearch.fields import DATE_FACETS, FIELDS, ArticleField
from newssearch.outlets import Aliases, Outlets, outlets
from newssearch.stopping import NEVER, StopCheck
from newssearch.text.analysis import key, name_words

from .date_facets import count_periods
from .reader import IndexReader

WORDLESS_PREFIX = "\0"
"""The first character of the group key of a byline or a place without words, which no key of words begins with."""


class CountedValue(NamedTuple):
    """A value as a facet shows it, its group key, and the number of articles that a filter on it finds."""

    group: str
    value: str
    articles: int


class ValueCounts(NamedTuple):
    """The values of a facet among some articles."""

    values: list[CountedValue]
    """Ordered by descending number of articles; periods by time. Equal numbers are ordered by value, numbers by size."""
    without: int
    """The number of articles without a value."""
    spellings: Mapping[str, Collection[str]]
    """All spellings of the values of each group."""
    articles_with: Callable[[Set[str]], int]
    """Returns the number of articles that have a value in one of the given groups."""


def value_counts(
    reader: IndexReader, facet: str, articles: Mask, aliases: Aliases = (), check: StopCheck = NEVER
) -> ValueCounts:
    """Return the values of a facet, each with the number of the given articles that have it.

    Of several spellings of one group, the one in most of the articles is shown, or the alphabetically first of equally
    frequent ones.
    """
    check()
    if facet in DATE_FACETS:
        periods, without = count_periods(reader, cast("Unit", facet), articles)
        found = [CountedValue(period, period, count) for period, count in periods.items()]
        return ValueCounts(found, without, {}, lambda groups: sum(periods[group] for group in groups))
    if (own := reader.own_fields.get(facet)) is not None:
        return _own_value_counts(reader, own, articles, check)
    return _field_value_counts(reader, FIELDS[facet], articles, outlets(aliases), check)


def group_of(field: ArticleField, value: str, names: Outlets) -> str:
    """Return the group key of a value of a field, or of the value of a filter on it."""
    if field.kind == "words":
        return " ".join(name_words(value)) or WORDLESS_PREFIX + key(value)
    if field.kind == "language":
        return "-".join(subtags(key(value)))
    return names.group(key(value)) if field.kind == "outlet" else key(value)


def subtags(tag: str) -> tuple[str, ...]:
    """Return the subtags of a language tag.

    >>> subtags("en-gb"), subtags("pt_br"), subtags("--")
    (('en', 'gb'), ('pt', 'br'), ('--',))
    """
    return tuple(filter(None, map(str.strip, re.split("[-_]", tag)))) or (tag,)


# ---- fields of all articles


def _field_value_counts(
    reader: IndexReader, field: ArticleField, articles: Mask, names: Outlets, check: StopCheck
) -> ValueCounts:
    held = Counter[str]()  # the number of articles whose own value is in each group
    spellings: dict[str, dict[str, int]] = {}
    without = 0
    for value, value_key, count in check.during(_counts_by_segment(reader, field.name, articles)):
        if not value:
            without += count
            continue
        group = group_of_key(field, value_key, value, names)
        held[group] += count
        spelled = spellings.setdefault(group, {})
        shown = group if field.kind == "language" else value
        spelled[shown] = spelled.get(shown, 0) + count
    totals = _with_containing(held, check) if field.kind == "words" else held
    found = [CountedValue(group, most_frequent(spellings[group]), count) for group, count in totals.items()]
    found.sort(key=lambda one: (-one.articles, one.value))
    return ValueCounts(found, without, spellings, lambda groups: _articles_with(groups, held, field, check))


def _counts_by_segment(reader: IndexReader, field: str, articles: Mask) -> Iterator[tuple[str, str, int]]:
    """Yield each value of each segment (``""`` for no value), its key, and its number of the given ``articles``."""
    for segment, mask in reader.by_segment(articles):
        codes, values = segment.values(field)
        counts = np.bincount(codes[mask], minlength=len(values))
        keys = segment.keys(field).all()
        for code in np.flatnonzero(counts).tolist():
            yield values[code], keys[code].decode(), int(counts[code])


def group_of_key(field: ArticleField, value_key: str, value: str, names: Outlets) -> str:
    """Return the group key of a value of an article, given the key that is stored beside it."""
    if field.kind == "outlet":
        return names.group(value_key)
    if field.kind == "language":
        return subtags(value_key)[0]
    return value_key or WORDLESS_PREFIX + key(value)


def most_frequent(spellings: Mapping[str, int]) -> str:
    if len(spellings) == 1:  # most groups have one, and there may be very many
        return next(iter(spellings))
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))


def _with_containing(held: Counter[str], check: StopCheck) -> Counter[str]:
    """Add to the count of each value the counts of all values that contain its words side by side.

    A filter on the value also finds the articles with those values. Values are given and returned as group keys.
    """
    sizes = word_counts(held)
    counts = Counter[str]()
    for group, count in check.during(held.items()):
        for inner in contained_groups(group, sizes):
            if inner in held:
                counts[inner] += count
    return counts


def _articles_with(groups: Set[str], held: Counter[str], field: ArticleField, check: StopCheck) -> int:
    """Return the number of articles whose value is in one of the groups, or contains such a value."""
    if field.kind != "words":
        return sum(held[group] for group in groups)
    sizes = word_counts(held)
    return sum(
        count
        for group, count in check.during(held.items())
        if group in groups or not groups.isdisjoint(contained_groups(group, sizes))
    )


def word_counts(groups: Collection[str]) -> list[int]:
    """Return the numbers of words that groups have, ascending."""
    return sorted({len(group.split()) for group in groups})


def contained_groups(group: str, sizes: Sequence[int]) -> set[str]:
    """Return the group, and all of its runs of words that have one of the given sizes."""
    words = group.split() if not group.startswith(WORDLESS_PREFIX) else []
    contained = {group}
    for start in range(len(words)):
        for size in sizes:
            if start + size > len(words):
                break
            contained.add(" ".join(words[start : start + size]))
    return contained


# ---- own fields


def _own_value_counts(
    reader: IndexReader, field: ArticleField, articles: Mask, check: StopCheck
) -> ValueCounts:
    """Count the values of an own field: an article with several of them counts once for each.

    The values of a date are months.
    """
    parts: list[tuple[Ints, Ints, list[str], list[str]]] = []  # articles, codes, keys and values of a segment
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    without = int(np.count_nonzero(articles))
    for segment, mask in reader.by_segment(articles):
        column = segment.own_fields.get(field.name)
        if column is None:
            continue
        held = mask[column.articles]
        owners, codes = column.articles[held].astype(np.int64), column.codes[held].astype(np.int64)
        without -= len(distinct(owners))
        values, keys = own_groups(column)
        parts.append((owners, codes, keys, values))
        counts = np.bincount(codes, minlength=len(values))
        for code in check.during(np.flatnonzero(counts).tolist()):
            spellings[keys[code]][values[code]] += int(counts[code])
    numbers = {group: number for number, group in enumerate(spellings)}
    sizes = word_counts(spellings) if field.kind == "words" else ()
    pairs = [_pairs_of(owners, codes, keys, numbers, sizes, check) for owners, codes, keys, _ in parts]
    totals = np.zeros(len(numbers), np.int64)
    for _, groups in pairs:
        totals += np.bincount(groups, minlength=len(numbers))
    found = [
        CountedValue(group, most_frequent(spellings[group]), int(totals[n])) for group, n in numbers.items()
    ]
    if field.kind == "date":
        found.sort(key=lambda one: one.value)
    elif field.kind == "number":
        found.sort(key=lambda one: (-one.articles, number_of(one.value)))
    else:
        found.sort(key=lambda one: (-one.articles, one.value))

    def articles_with(groups: Set[str]) -> int:
        wanted = np.zeros(len(numbers), np.bool_)
        wanted[[numbers[group] for group in groups]] = True
        return sum(len(distinct(owners[wanted[numbered]])) for owners, numbered in pairs)

    return ValueCounts(found, without, spellings, articles_with)


def _pairs_of(
    owners: Ints,
    codes: Ints,
    keys: Sequence[str],
    numbers: Mapping[str, int],
    sizes: Sequence[int],
    check: StopCheck,
) -> tuple[Ints, Ints]:
    """Return each pair of an article of a segment and the number of a group that it has a value of, once.

    ``owners`` and ``codes`` are the articles and their values, ``keys`` the group key of each value; the groups that it
    contains count too.
    """
    found: list[list[int]] = [[]] * len(keys)
    for code in check.during(distinct(codes).tolist()):
        inner = contained_groups(keys[code], sizes)
        found[code] = sorted(numbers[group] for group in inner if group in numbers)
    each = np.array(list(map(len, found)), np.int64)
    first = np.cumsum(each) - each
    flat = np.array([number for groups in found for number in groups], np.int64)
    groups_of = flat[np.repeat(first[codes], each[codes]) + concat_aranges(each[codes])]
    size = max(len(numbers), 1)
    pairs = distinct(np.repeat(owners, each[codes]) * size + groups_of)
    return pairs // size, pairs % size


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
