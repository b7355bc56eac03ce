"""Finds the text of an article in the data that a page holds for its scripts, such as ``__NEXT_DATA__``.

Some pages have their text nowhere else until a script runs. It is the longest text in an object that has the
headline, nested objects of other stories left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from newssearch.article import Provenance
from newssearch.readers.html_fragment import blocks_of
from newssearch.text.paragraphs import Block, squeeze

MAX_DATA_CHARACTERS = 8 * 1024 * 1024
"""The maximum number of characters of data that are parsed."""

MIN_DATA_TEXT = 200
"""The minimum number of characters of a text in the data that may be an article."""

MAX_DATA_VALUES = 100_000
"""The maximum number of values in the data that are examined."""

MAX_LEVELS_BELOW_HEADLINE = 5
"""The maximum number of levels between the object with the headline and the text."""

PART_KEYS = ("text", "content", "html", "value", "body", "data")
"""The keys under which an object that stands for a paragraph holds its text."""

HEADLINE_KEYS = ("headline", "title", "headlineText", "name")
"""The keys under which an object that stands for another story holds its headline."""

MIN_HEADLINE_WORDS = 2
"""The minimum number of words of the headline of another story; the title of a part of an article is often one word."""

FROM_DATA = Provenance("stated", "data for the programs of the page, which it does not show")


def text_in_data(scripts: Iterable[str], titles: Sequence[str]) -> list[Block]:
    """Return the blocks of the longest text in an object that has one of the titles, or an empty list."""
    best: list[Block] = []
    length = MIN_DATA_TEXT - 1
    left = [MAX_DATA_VALUES]
    for script in scripts:
        if len(script) > MAX_DATA_CHARACTERS:
            continue
        try:
            found = list(_texts(json.loads(script), frozenset(titles), 0, left))
        except (ValueError, RecursionError):
            continue
        for blocks in found:
            size = sum(len(block.text) for block in blocks)
            if size > length:
                best, length = blocks, size
    return best


def _texts(value: object, titles: frozenset[str], near: int, left: list[int]) -> Iterator[list[Block]]:
    """Yield the texts in a value; ``near`` is the number of further levels at which the headline is still near.

    ``left[0]`` is the number of values that may still be examined.
    """
    left[0] -= 1
    if left[0] < 0:
        return
    if isinstance(value, str):
        if near and len(value) >= MIN_DATA_TEXT and value.count(" ") * 20 > len(value):
            yield blocks_of(value)
    elif isinstance(value, list):
        if near and len(parts := [part for part in map(_part, value) if part]) > 1:
            yield [block for part in parts for block in blocks_of(part)]
        for item in value:
            yield from _texts(item, titles, max(0, near - 1), left)
    elif isinstance(value, Mapping):
        has_title = any(isinstance(item, str) and squeeze(item[:1000]) in titles for item in value.values())
        if not has_title and _is_other_story(value):
            near = 0
        near = MAX_LEVELS_BELOW_HEADLINE if has_title else max(0, near - 1)
        for item in value.values():
            yield from _texts(item, titles, near, left)


def _is_other_story(value: Mapping[str, object]) -> bool:
    """Whether an object has a headline of its own, of several words: a related story rather than a part of the article."""
    return any(
        isinstance(headline := value.get(key), str) and len(headline.split()) >= MIN_HEADLINE_WORDS
        for key in HEADLINE_KEYS
    )


def _part(value: object) -> str | None:
    """Return the text of a value that stands for a paragraph, or None."""
    if isinstance(value, str):
        return value if " " in value.strip() else None
    if not isinstance(value, Mapping):
        return None
    for key in PART_KEYS:
        inner = value.get(key)
        if isinstance(inner, Mapping):
            inner = next((inner[name] for name in PART_KEYS if isinstance(inner.get(name), str)), None)
        if isinstance(inner, str) and " " in inner.strip():
            return inner
    return None
