"""The values of a field: which of them a filter means, how many articles have each, and which are like a mistyped one.

Values that no filter can tell apart are one. A *group* is what such values have in common: of an outlet and a source the
name that all its names lead to, of a language its first part (``en`` of ``en-GB``), of the others their key
(:func:`indexing.segment_builder.key_of`). A filter on a byline or a place also means the values that hold its words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from newssearch.display.brief import many
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.sorted_sets import Mask
from newssearch.fields import LANGUAGE_FIELDS, OUTLET_FIELDS, WORD_FIELDS
from newssearch.outlets import Aliases, Outlets, outlets
from newssearch.query.patterns import value_pattern, words_pattern
from newssearch.results import FacetValue
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import key, name_words

from .reader import IndexReader

_NO_WORD = Pattern(r"[\W_]+")
WORDLESS = "\0"
"""What the group of a byline or a place without a word begins with."""
LIKE_A_NAME = 0.6
"""How like a value a mistyped one is at least, from 0 to 1, to be offered in its stead."""


def codes_of(segment: Segment, field: str, wanted: str, names: Outlets) -> list[int]:
    """The numbers of the values that a filter means."""
    keys = segment.keys(field)
    if field in WORD_FIELDS:
        words = " ".join(name_words(wanted))
        if words:
            return [code for code, name in enumerate(keys.all()) if f" {words} " in f" {name.decode()} "]
        whole, values = key(wanted), segment.values(field).values
        return [code for code in range(1, keys.lower(b"\0")) if key(values[code]) == whole]
    name = key(wanted)
    if field in LANGUAGE_FIELDS:
        tag = subtags(name)
        known = enumerate(keys.slice(1, len(keys)), 1)
        return [code for code, value in known if subtags(value.decode())[: len(tag)] == tag]
    if field in OUTLET_FIELDS:
        group = names.group(name)
        known = enumerate(keys.slice(1, len(keys)), 1)
        return [code for code, value in known if names.group(value.decode()) == group]
    sought = name.encode("utf-8", "backslashreplace")
    low = high = keys.lower(sought)
    while high < len(keys) and keys[high] == sought:
        high += 1
    return [code for code in range(low, high) if code]


def codes_like(reader: IndexReader, field: str, pattern: str, names: Outlets) -> dict[Segment, list[int]]:
    """The numbers of the values of a pattern; of an outlet and a source also all other names of the same one."""
    known = {
        segment: [(code, name.decode()) for code, name in enumerate(keys.slice(1, len(keys)), 1)]
        for segment in reader.segments
        for keys in [segment.keys(field)]
    }
    values = {value for of_segment in known.values() for _, value in of_segment}
    if field in WORD_FIELDS:
        fits = words_pattern(pattern) if pattern.strip("*") else lambda name: True
    else:
        fits = value_pattern(pattern)
    chosen = {value for value in values if fits(value)}
    if field in OUTLET_FIELDS:
        groups = {names.group(value) for value in values if value in chosen or fits(key(names.name(value)))}
        chosen = {value for value in values if names.group(value) in groups}
    return {
        segment: [code for code, value in of_segment if value in chosen]
        for segment, of_segment in known.items()
    }


def shown_values(found: Collection[str], most: int = 10) -> str:
    """The number of some values, and the first of them.

    >>> shown_values({"Fox News", "fox.example"})
    '2 values: Fox News, fox.example'
    """
    first = ", ".join(sorted(found, key=lambda value: (value.casefold(), value))[:most])
    more = "" if len(found) <= most else " and others"
    return f"{many(len(found), 'value')}: {first}{more}"


def subtags(key: str) -> tuple[str, ...]:
    """The parts of a language tag.

    >>> subtags("en-gb"), subtags("pt_br"), subtags("--")
    (('en', 'gb'), ('pt', 'br'), ('--',))
    """
    return tuple(filter(None, map(str.strip, re.split("[-_]", key)))) or (key,)


# ---- counting


def counted(reader: IndexReader, field: str, articles: Mask, aliases: Aliases) -> tuple[FacetValue, ...]:
    """How many of ``articles`` have each value of a field: most first, then by value; None for those without one.

    Each value is counted as a filter on it finds it, and stands once, as most of the articles write it, then in the
    order of its spellings.
    """
    named = outlets(aliases)
    totals = Counter[str]()
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    without = 0
    for value, known, count in _found(reader, field, articles):
        if not value:
            without += count
            continue
        group = _group(field, known, value, named)
        totals[group] += count
        spellings[group][(field in LANGUAGE_FIELDS and group) or value] += count
    if field in WORD_FIELDS:
        totals = _holding(totals)
    facets = [FacetValue(_most_used(spellings[group]), count) for group, count in totals.items()]
    if without:
        facets.append(FacetValue(None, without))
    return tuple(sorted(facets, key=lambda facet: (-facet.articles, facet.value is None, facet.value or "")))


def _found(reader: IndexReader, field: str, articles: Mask) -> Iterator[tuple[str, str, int]]:
    """The values of a field among ``articles`` by segment, each with its key and its count; ``""`` for none."""
    for segment, mask in reader.parts(articles):
        codes, values = segment.values(field)
        found = np.bincount(codes[mask], minlength=len(values))
        keys = segment.keys(field).all()
        for code in np.flatnonzero(found).tolist():
            yield values[code], keys[code].decode(), int(found[code])


def _group(field: str, known: str, value: str, names: Outlets) -> str:
    if field in OUTLET_FIELDS:
        return names.group(known)
    if field in LANGUAGE_FIELDS:
        return subtags(known)[0]
    return known or WORDLESS + key(value)


def _most_used(spellings: Mapping[str, int]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))


def _holding(totals: Counter[str]) -> Counter[str]:
    """How many articles a filter on each value finds: those whose value holds its words side by side."""
    sizes = sorted({len(group.split()) for group in totals})
    counts = Counter[str]()
    for group, count in totals.items():
        words = group.split() if not group.startswith(WORDLESS) else []
        held = {group}
        for start in range(len(words)):
            for size in sizes:
                if start + size > len(words):
                    break
                held.add(" ".join(words[start : start + size]))
        for inner in held:
            if inner in totals:
                counts[inner] += count
    return counts


# ---- for a name that no article has


def near(reader: IndexReader, field: str, wanted: str, aliases: Aliases, most: int) -> list[str]:
    """The values that a mistyped one may stand for, the likeliest first.

    First those that begin with its words, those that hold them, those whose words it holds, those that hold its
    letters, and those that differ in few letters; among equals those that more articles have.
    """
    values = [one for one in counted(reader, field, reader.everything(), aliases) if one.value is not None]
    sought = key(wanted)
    keys = [key(one.value or "") for one in values]
    tests: Sequence[Callable[[str], bool]] = (
        lambda name: f"{name} ".startswith(f"{sought} "),
        lambda name: f" {sought} " in f" {_NO_WORD.sub(' ', name)} ",
        lambda name: f" {name} " in f" {sought} ",
        lambda name: name.startswith(sought),
        lambda name: f" {sought}" in f" {name}",
        lambda name: sought in name,
    )
    found: dict[int, None] = {}
    for test in tests if sought else ():
        found.update(dict.fromkeys(at for at, name in enumerate(keys) if at not in found and test(name)))
    if len(found) < most:
        found.update(dict.fromkeys(_alike(sought, keys)))
    return [values[at].value or "" for at in islice(found, most)]


def _alike(sought: str, keys: Iterable[str]) -> list[int]:
    """The numbers of the keys that differ in few letters from what is sought, the most alike first."""
    from difflib import SequenceMatcher  # slow to import, and seldom needed

    matcher = SequenceMatcher(b=sought)
    close: list[tuple[float, int]] = []
    for at, name in enumerate(keys):
        matcher.set_seq1(name)
        if min(matcher.real_quick_ratio(), matcher.quick_ratio()) >= LIKE_A_NAME:
            ratio = matcher.ratio()
            if ratio >= LIKE_A_NAME:
                close.append((-ratio, at))
    return [at for _, at in sorted(close)]
