"""Decides which articles may be on a page of results while some scores are only known within bounds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from typing import NamedTuple

Key = tuple[float | str, ...]
"""The sort key of results, in ascending order."""


class Bounds(NamedTuple):
    """The bounds of an article's sort key: not less than ``first``, not greater than ``last``.

    Of the articles with the same ``story``, only the one with the least key is a result.
    """

    story: Hashable
    first: Key
    last: Key


class Possible(NamedTuple):
    """The indices of the articles that may be on a page, and the number of results that certainly precede them."""

    articles: list[int]
    before: int


def possible_on_page(found: Sequence[Bounds], offset: int, end: int) -> Possible:
    """Return the articles that may be among the results from ``offset`` up to but not including ``end``.

    Once the keys of these are exact, the page is determined, whatever the keys of the others.

    >>> found = [Bounds("a", (1,), (2,)), Bounds("b", (3,), (6,)), Bounds("c", (5,), (5,)), Bounds("d", (7,), (9,))]
    >>> possible_on_page(found, 0, 2)
    Possible(articles=[0, 1, 2], before=0)
    >>> possible_on_page(found, 1, 2)
    Possible(articles=[1, 2], before=1)
    """
    stories: dict[Hashable, tuple[Key, Key]] = {}
    for story, first, last in found:
        held = stories.get(story)
        stories[story] = (first, last) if held is None else (min(first, held[0]), min(last, held[1]))
    firsts = sorted(first for first, _ in stories.values())
    lasts = sorted(last for _, last in stories.values())
    chosen = set[Hashable]()
    before = 0
    for story, (first, last) in stories.items():
        if bisect_right(firsts, last) - 1 < offset:  # fewer than `offset` results can precede it
            before += 1
        elif bisect_left(lasts, first) < end:  # fewer than `end` results certainly precede it
            chosen.add(story)
    return Possible(
        [at for at, one in enumerate(found) if one.story in chosen and one.first <= stories[one.story][1]],
        before,
    )


def number_before(found: Sequence[Bounds], key: Key) -> int:
    """Return the number of results that certainly precede all articles whose key is at least ``key``."""
    return len({one.story for one in found if one.last < key})


def among_first(found: Sequence[Bounds], number: int, key: Key | None) -> list[bool | None]:
    """Return for each article whether it is among the first ``number``, stories ignored; None if that is undecided.

    Further articles may follow, with keys of at least ``key``; None means that there are no more.
    """
    firsts = sorted(one.first for one in found)
    lasts = sorted(one.last for one in found)
    decided: list[bool | None] = []
    for _, first, last in found:
        if bisect_left(lasts, first) >= number:
            decided.append(False)
        elif bisect_right(firsts, last) <= number and (key is None or last < key):
            decided.append(True)
        else:
            decided.append(None)
    return decided
