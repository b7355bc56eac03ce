"""The groups of a field's values: values that no filter can distinguish form one group.

They share a *group key*: for an outlet or a source, the key of the name to which its aliases are mapped; for a
language, its primary subtag (``en`` of ``en-GB``); for other fields, the key of the value
(:func:`newssearch.text.analysis.key`, or its words). A filter on a byline or a place also finds longer values that
contain its words. An article is therefore also in the groups of shorter values that its own value contains.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from newssearch.fields import ArticleField
from newssearch.outlets import Outlets
from newssearch.text.analysis import key, name_words

WORDLESS_PREFIX = "\0"
"""The first character of the group key of a value without words, such as a single accent. No key of words begins with it."""


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
    """Return the group key of an article's value, given the key stored with it."""
    if field.kind == "outlet":
        return names.group(value_key) or WORDLESS_PREFIX
    if field.kind == "language":
        return subtags(value_key)[0] or WORDLESS_PREFIX
    return value_key or WORDLESS_PREFIX + key(value)


def shown_of_group(field: ArticleField, group: str, value: str) -> str:
    """Return what shows a group: for a language its subtag, else a value of the group."""
    return group if field.kind == "language" and group != WORDLESS_PREFIX else value


def most_frequent(spellings: Mapping[str, int]) -> str:
    """Return the most frequent spelling; at equal frequency, the alphabetically first."""
    if len(spellings) == 1:  # most groups have one spelling, and there may be very many groups
        return next(iter(spellings))
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))


def word_counts(groups: Collection[str]) -> list[int]:
    """Return the distinct numbers of words in the groups, ascending."""
    return sorted({len(group.split()) for group in groups})


def contained_groups(group: str, sizes: Sequence[int]) -> set[str]:
    """Return a group and all runs of its words that have one of the given sizes."""
    words = group.split() if not group.startswith(WORDLESS_PREFIX) else []
    contained = {group}
    for start in range(len(words)):
        for size in sizes:
            if start + size > len(words):
                break
            contained.add(" ".join(words[start : start + size]))
    return contained
