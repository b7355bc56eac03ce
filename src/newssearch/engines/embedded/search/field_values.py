"""The values of a field in an index: finds those that a filter means, and suggests similar ones for a mistyped one.

A filter on a byline or a place also finds the values that contain its words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice

from newssearch.display.brief import many
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.value_groups import subtags
from newssearch.fields import ArticleField
from newssearch.identity import normal_key
from newssearch.outlets import Aliases, Outlets
from newssearch.query.patterns import value_pattern, words_pattern
from newssearch.stopping import StopCheck
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import key, name_words

from .reader import IndexReader

_NON_WORD = Pattern(r"[\W_]+")
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
    reader: IndexReader, field: ArticleField, pattern: str, names: Outlets, check: StopCheck
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
    chosen = {value for value in check.during(values) if fits(value)}
    if field.kind == "outlet":
        groups = {
            names.group(value)
            for value in check.during(values)
            if value in chosen or fits(key(names.name(value)))
        }
        chosen = {value for value in check.during(values) if names.group(value) in groups}
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


# ---- suggestions for a value that no article has


def similar_values(
    reader: IndexReader, field: ArticleField, wanted: str, aliases: Aliases, most: int, check: StopCheck
) -> list[str]:
    """Return at most ``most`` values of a field that the mistyped value ``wanted`` may stand for, the most likely first.

    First come the values that begin with the words of ``wanted``, then those that contain these words, those whose
    words ``wanted`` contains, and those that contain its letters, each group with the most frequent first; last come
    those that differ in few letters, the most similar first.
    """
    if field.kind == "exact":
        return _similar_keys(reader, field.name, wanted, most, check)
    from .value_counts import ValueCounts  # most searches need none of it

    counts = ValueCounts(reader, field.name, reader.live_articles().nonzero()[0], aliases, check)
    values = [one.value for one in counts.in_order(counts.groups)]
    sought = key(wanted)
    keys = [key(value) for value in check.during(values)]
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
        each = enumerate(check.during(keys))
        found.update(dict.fromkeys(n for n, name in each if n not in found and test(name)))
    if len(found) < most:
        found.update(dict.fromkeys(_by_similarity(sought, check.during(keys))))
    return [values[number] for number in islice(found, most)]


def _similar_keys(reader: IndexReader, field: str, wanted: str, most: int, check: StopCheck) -> list[str]:
    """Return values that differ from ``wanted`` in capitals, or begin with it; the index may have one for each article."""
    sought = normal_key(wanted).encode("utf-8", "backslashreplace").lower()
    found = {
        value
        for segment in reader.segments
        for value in check.during(segment.keys(field).all())
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
