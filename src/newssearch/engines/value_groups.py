"""The groups of the values of a field: values that no filter can tell apart are one group.

They share a *group key*: for an outlet or a source, the key of the name that its aliases lead to; for a language, its
primary subtag (``en`` of ``en-GB``); for other fields, the key of the value
(:func:`newssearch.text.analysis.key`, or its words). A filter on a byline or a place also finds the values that contain its
words, so that articles are also in the groups that the group of their value contains.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from newssearch.fields import ArticleField
from newssearch.outlets import Outlets
from newssearch.text.analysis import key, name_words

WORDLESS_PREFIX = "\0"
"""The first character of the group key of a byline or a place without words, which no key of words begins with."""


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


def group_of_key(field: ArticleField, value_key: str, value: str, names: Outlets) -> str:
    """Return the group key of a value of an article, given the key that is stored beside it."""
    if field.kind == "outlet":
        return names.group(value_key)
    if field.kind == "language":
        return subtags(value_key)[0]
    return value_key or WORDLESS_PREFIX + key(value)


def most_frequent(spellings: Mapping[str, int]) -> str:
    """Return the most frequent of some spellings; of equally frequent ones, the alphabetically first."""
    if len(spellings) == 1:  # most groups have one, and there may be very many
        return next(iter(spellings))
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))


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
