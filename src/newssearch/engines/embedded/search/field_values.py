"""The values of a field in an index: finds those that a filter means, counts articles by value, suggests similar ones.

Values that no filter can tell apart count as one. They share a *group key*: for an outlet or a source, the key of the
name that its aliases lead to; for a language, its primary subtag (``en`` of ``en-GB``); for other fields, the key of
the value (:func:`indexing.segment_builder.filter_key`). A filter on a byline or a place also finds the values that
contain its words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from newssearch.display.brief import many
from newssearch.engines.embedded.segment.own_fields import OwnColumn
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask, concat_aranges
from newssearch.extra import number_of
from newssearch.fields import FIELDS, ArticleField
from newssearch.identity import normal_key
from newssearch.outlets import Aliases, Outlets, outlets
from newssearch.query.patterns import value_pattern, words_pattern
from newssearch.results import FacetValue
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import key, name_words

from .reader import IndexReader

_NON_WORD = Pattern(r"[\W_]+")
WORDLESS_PREFIX = "\0"
"""The first character of the group key of a byline or a place without words, which no key of words begins with."""
MIN_SIMILARITY = 0.6
"""The lowest similarity, from 0 to 1, at which a value is suggested in place of a mistyped one."""
MAX_SHOWN_VALUES = 10
"""The largest number of values that a diagnostic lists."""


def codes_of(segment: Segment, field: ArticleField, wanted: str, names: Outlets) -> list[int]:
    """Return, ascending, the codes of those values of ``field`` in a segment that match a filter on ``wanted``.

    A value's code is its number in the segment's dictionary of the field.
    """
    if not segment.has_field(field.name):
        return []
    keys = segment.keys(field.name)
    if field.kind == "words":
        words = " ".join(name_words(wanted))
        if words:
            return [code for code, name in enumerate(keys.all()) if f" {words} " in f" {name.decode()} "]
        whole, values = key(wanted), segment.distinct(field.name)
        return [code for code in range(1, keys.lower(b"\0")) if key(values[code]) == whole]
    name = normal_key(wanted) if field.kind == "exact" else key(wanted)
    if field.kind == "language":
        tag = subtags(name)
        coded = enumerate(keys.slice(1, len(keys)), 1)
        return [code for code, value in coded if subtags(value.decode())[: len(tag)] == tag]
    if field.kind == "outlet":
        group = names.group(name)
        coded = enumerate(keys.slice(1, len(keys)), 1)
        return [code for code, value in coded if names.group(value.decode()) == group]
    sought = name.encode("utf-8", "backslashreplace")
    low = high = keys.lower(sought)
    while high < len(keys) and keys[high] == sought:
        high += 1
    return [code for code in range(low, high) if code]


def codes_like(
    reader: IndexReader, field: ArticleField, pattern: str, names: Outlets
) -> dict[Segment, list[int]]:
    """Return the codes of the values in each segment that match a pattern.

    All aliases of an outlet or a source match if one of them does.
    """
    coded = {
        segment: [(code, name.decode()) for code, name in enumerate(keys.slice(1, len(keys)), 1)]
        for segment in reader.segments
        if segment.has_field(field.name)
        for keys in [segment.keys(field.name)]
    }
    values = {value for in_segment in coded.values() for _, value in in_segment}
    if field.kind == "words":
        fits = words_pattern(pattern) if pattern.strip("*") else lambda name: True
    else:
        fits = value_pattern(pattern, exact=field.kind == "exact")
    chosen = {value for value in values if fits(value)}
    if field.kind == "outlet":
        groups = {names.group(value) for value in values if value in chosen or fits(key(names.name(value)))}
        chosen = {value for value in values if names.group(value) in groups}
    return {
        segment: [code for code, value in in_segment if value in chosen]
        for segment, in_segment in coded.items()
    }


def shown_values(found: Collection[str]) -> str:
    """Return a text with the number of values and the first :data:`MAX_SHOWN_VALUES` in alphabetical order.

    >>> shown_values({"Fox News", "fox.example"})
    '2 values: Fox News, fox.example'
    """
    first = ", ".join(sorted(found, key=lambda value: (value.casefold(), value))[:MAX_SHOWN_VALUES])
    more = "" if len(found) <= MAX_SHOWN_VALUES else " and others"
    return f"{many(len(found), 'value')}: {first}{more}"


def subtags(tag: str) -> tuple[str, ...]:
    """Return the subtags of a language tag.

    >>> subtags("en-gb"), subtags("pt_br"), subtags("--")
    (('en', 'gb'), ('pt', 'br'), ('--',))
    """
    return tuple(filter(None, map(str.strip, re.split("[-_]", tag)))) or (tag,)


# ---- facets


def count_values(
    reader: IndexReader, field: ArticleField, articles: Mask, aliases: Aliases
) -> tuple[FacetValue, ...]:
    """Return for each value of a field the number of the given articles with it; None stands for no value.

    The highest counts come first; equal counts are ordered by value. A count is the number of articles that a filter
    on the value finds. Of several spellings that no filter can tell apart, the one in most of the articles is shown,
    or the alphabetically first of equally frequent ones.
    """
    names = outlets(aliases)
    totals = Counter[str]()
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    without = 0
    for value, value_key, count in _counts_by_segment(reader, field.name, articles):
        if not value:
            without += count
            continue
        group = _group_key(field, value_key, value, names)
        totals[group] += count
        spellings[group][(field.kind == "language" and group) or value] += count
    if field.kind == "words":
        totals = _with_containing(totals)
    facets = [FacetValue(_most_frequent(spellings[group]), count) for group, count in totals.items()]
    if without:
        facets.append(FacetValue(None, without))
    return tuple(sorted(facets, key=lambda facet: (-facet.articles, facet.value is None, facet.value or "")))


def _counts_by_segment(reader: IndexReader, field: str, articles: Mask) -> Iterator[tuple[str, str, int]]:
    """Yield each value of each segment (``""`` for no value), its key, and its number of the given ``articles``."""
    for segment, mask in reader.by_segment(articles):
        codes, values = segment.values(field)
        counts = np.bincount(codes[mask], minlength=len(values))
        keys = segment.keys(field).all()
        for code in np.flatnonzero(counts).tolist():
            yield values[code], keys[code].decode(), int(counts[code])


def _group_key(field: ArticleField, value_key: str, value: str, names: Outlets) -> str:
    if field.kind == "outlet":
        return names.group(value_key)
    if field.kind == "language":
        return subtags(value_key)[0]
    return value_key or WORDLESS_PREFIX + key(value)


def _most_frequent(spellings: Mapping[str, int]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))


def count_own_values(reader: IndexReader, field: ArticleField, articles: Mask) -> tuple[FacetValue, ...]:
    """Return the number of the masked articles with each value of an own field, as :func:`count_values` does.

    An article with several values counts once for each; the values of a date are months. Equal counts are ordered by
    value, numbers by size.
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
        without -= len(np.unique(owners))
        values, keys = _own_groups(column)
        parts.append((owners, codes, keys, values))
        counts = np.bincount(codes, minlength=len(values))
        for code in np.flatnonzero(counts).tolist():
            spellings[keys[code]][values[code]] += int(counts[code])
    numbers = {group: number for number, group in enumerate(spellings)}
    sizes = sorted({len(group.split()) for group in spellings}) if field.kind == "words" else ()
    totals = np.zeros(len(numbers), np.int64)
    for owners, codes, keys, _ in parts:
        found: list[list[int]] = [[]] * len(keys)
        for code in np.unique(codes).tolist():
            inner = _contained(keys[code], sizes)
            found[code] = sorted(numbers[group] for group in inner if group in numbers)
        each = np.array(list(map(len, found)), np.int64)
        first = np.cumsum(each) - each
        flat = np.array([number for groups in found for number in groups], np.int64)
        groups_of = flat[np.repeat(first[codes], each[codes]) + concat_aranges(each[codes])]
        pairs = np.unique(np.repeat(owners, each[codes]) * max(len(numbers), 1) + groups_of)
        totals += np.bincount(pairs % max(len(numbers), 1), minlength=len(numbers))
    facets = [FacetValue(_most_frequent(spellings[group]), int(totals[n])) for group, n in numbers.items()]
    if field.kind == "date":
        facets.sort(key=lambda facet: facet.value or "")
    elif field.kind == "number":
        facets.sort(key=lambda facet: (-facet.articles, number_of(facet.value or "0")))
    else:
        facets.sort(key=lambda facet: (-facet.articles, facet.value or ""))
    if without:
        place = len(facets)
        if field.kind != "date":
            place = next((n for n, facet in enumerate(facets) if facet.articles < without), place)
        facets.insert(place, FacetValue(None, without))
    return tuple(facets)


def _own_groups(column: OwnColumn) -> tuple[list[str], list[str]]:
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


def _contained(group: str, sizes: Sequence[int]) -> set[str]:
    """Return the group, and all of its runs of words that have one of the given sizes."""
    words = group.split() if not group.startswith(WORDLESS_PREFIX) else []
    contained = {group}
    for start in range(len(words)):
        for size in sizes:
            if start + size > len(words):
                break
            contained.add(" ".join(words[start : start + size]))
    return contained


def _with_containing(totals: Counter[str]) -> Counter[str]:
    """Add to the count of each value the counts of all values that contain its words side by side.

    A filter on the value also finds the articles with those values. Values are given and returned as group keys.
    """
    sizes = sorted({len(group.split()) for group in totals})
    counts = Counter[str]()
    for group, count in totals.items():
        for inner in _contained(group, sizes):
            if inner in totals:
                counts[inner] += count
    return counts


# ---- suggestions for a value that no article has


def similar_values(
    reader: IndexReader, field: ArticleField, wanted: str, aliases: Aliases, most: int
) -> list[str]:
    """Return at most ``most`` values of a field that the mistyped value ``wanted`` may stand for, the most likely first.

    First come the values that begin with the words of ``wanted``, then those that contain these words, those whose
    words ``wanted`` contains, and those that contain its letters, each group with the most frequent first; last come
    those that differ in few letters, the most similar first.
    """
    if field.kind == "exact":
        return _similar_keys(reader, field.name, wanted, most)
    live = reader.live_articles()
    counted = (
        count_values(reader, field, live, aliases)
        if field.name in FIELDS
        else count_own_values(reader, field, live)
    )
    values = [facet.value for facet in counted if facet.value is not None]
    sought = key(wanted)
    keys = [key(value) for value in values]
    tests: Sequence[Callable[[str], bool]] = (
        lambda name: f"{name} ".startswith(f"{sought} "),
        lambda name: f" {sought} " in f" {_NON_WORD.sub(' ', name)} ",
        lambda name: f" {name} " in f" {sought} ",
        lambda name: name.startswith(sought),
        lambda name: f" {sought}" in f" {name}",
        lambda name: sought in name,
    )
    found: dict[int, None] = {}
    for test in tests if sought else ():
        found.update(dict.fromkeys(n for n, name in enumerate(keys) if n not in found and test(name)))
    if len(found) < most:
        found.update(dict.fromkeys(_by_similarity(sought, keys)))
    return [values[number] for number in islice(found, most)]


def _similar_keys(reader: IndexReader, field: str, wanted: str, most: int) -> list[str]:
    """Return values that differ from ``wanted`` in capitals, or begin with it; the index may have one for each article."""
    sought = normal_key(wanted).encode("utf-8", "backslashreplace").lower()
    found = {
        value
        for segment in reader.segments
        for value in segment.keys(field).all()
        if value.lower().startswith(sought)
    }
    return [value.decode() for value in sorted(found, key=lambda value: (len(value), value))[:most]]


def _by_similarity(sought: str, keys: Iterable[str]) -> list[int]:
    """Return the indices of the keys whose similarity to ``sought`` is enough for a suggestion, highest first."""
    from difflib import SequenceMatcher  # slow to import, and seldom needed

    matcher = SequenceMatcher(b=sought)
    similar: list[tuple[float, int]] = []
    for number, name in enumerate(keys):
        matcher.set_seq1(name)
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= MIN_SIMILARITY:
            ratio = matcher.ratio()
            if ratio >= MIN_SIMILARITY:
                similar.append((-ratio, number))
    return [number for _, number in sorted(similar)]
