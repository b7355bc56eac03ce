"""The values of a field in an index: those that match a filter, and likely corrections of a mistyped value.

A filter on a byline or a place also finds the values that contain its words.
"""

from __future__ import annotations

from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.similar_values import similar_keys, similar_values
from newssearch.engines.suggest import MAX_SUGGESTIONS
from newssearch.engines.value_groups import subtags
from newssearch.fields import ArticleField
from newssearch.identity import normal_key
from newssearch.outlets import Aliases, Outlets
from newssearch.query.patterns import value_pattern, words_pattern
from newssearch.stopping import StopCheck
from newssearch.text.analysis import key, name_words

from .reader import IndexReader


def codes_of(segment: Segment, field: ArticleField, wanted: str, names: Outlets) -> list[int]:
    """Return the codes of the values of ``field`` in a segment that match a filter for ``wanted``, ascending.

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


# ---- suggestions for a value that no article has


def similar_values_of(
    reader: IndexReader, field: ArticleField, wanted: str, aliases: Aliases, check: StopCheck
) -> list[str]:
    """Return likely corrections of the mistyped value ``wanted`` of a field, the likeliest first."""
    if field.kind == "exact":
        keys = (one for segment in reader.segments for one in check.during(segment.keys(field.name).all()))
        return similar_keys(keys, normal_key(wanted).encode("utf-8", "backslashreplace"), MAX_SUGGESTIONS)
    from .value_counts import ValueCounts  # most searches need none of it

    counts = ValueCounts(reader, field.name, reader.live_articles().nonzero()[0], aliases, check)
    values = [one.value for one in counts.in_order(counts.groups)]
    return similar_values(values, wanted, MAX_SUGGESTIONS, check)
