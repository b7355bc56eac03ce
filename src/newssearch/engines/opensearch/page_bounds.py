"""Which articles may stand on a page of results, as long as the scores of some are known only within bounds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from typing import NamedTuple

Key = tuple[float | str, ...]
"""What results are sorted by: those with the least key come first."""


class Bounds(NamedTuple):
    """An article among the results: its key is not less than ``first`` and not greater than ``last``.

    Of all articles with the same ``story``, only the one with the least key is a result.
    """

    story: Hashable
    first: Key
    last: Key


class Possible(NamedTuple):
    """The articles that may be results on a page, by index, and the number of results that surely stand before them."""

    articles: list[int]
    before: int


def possible_on_page(found: Sequence[Bounds], offset: int, end: int) -> Possible:
    """Return which articles may be among the results from the place ``offset`` up to but not including ``end``.

    If the keys of these are known exactly, the page is known, whatever the keys of the others are.

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
        if bisect_right(firsts, last) - 1 < offset:  # so few may stand before it
            before += 1
        elif bisect_left(lasts, first) < end:  # so many surely stand before it
            chosen.add(story)
    return Possible(
        [at for at, one in enumerate(found) if one.story in chosen and one.first <= stories[one.story][1]],
        before,
    )


def number_before(found: Sequence[Bounds], key: Key) -> int:
    """Return the number of results that surely stand before all articles whose key is not less than the given one."""
    return len({one.story for one in found if one.last < key})


def among_first(found: Sequence[Bounds], number: int, key: Key | None) -> list[bool | None]:
    """Return for each article whether it is among the first ``number``, ignoring stories, or None if that is still unknown.

    There may be more articles, none of which has a key less than ``key``; with None, there are no more.
    """
    firsts = sorted(one.first for one in found)
    lasts = sorted(one.last for one in found)
    told: list[bool | None] = []
    for _, first, last in found:
        if bisect_left(lasts, first) >= number:
            told.append(False)
        elif bisect_right(firsts, last) <= number and (key is None or last < key):
            told.append(True)
        else:
            told.append(None)
    return told
