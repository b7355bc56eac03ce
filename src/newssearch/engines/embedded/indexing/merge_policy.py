"""Which segments a commit makes one: few are left for a search, and no document is written over and over."""

from __future__ import annotations

from collections.abc import Sequence

RATIO = 2
"""A segment is merged with those after it once it has at most so many times their documents."""
WASTE = 0.25
"""Share of deleted documents from which on a segment is written anew."""
ALWAYS = 20_000
"""Documents that a commit may merge, however little it adds: a fifth of a second's work."""
TIMES = 4
"""Documents that it may merge for each that it adds."""
MOST = 64
"""Segments from which on what is due is merged, however much it is."""
LARGEST = 512 * 1024 * 1024
"""Bytes of the largest segment that is made of several: what a merge holds in memory grows with what it writes, so that
it is this that bounds the memory of a run. (Lucene's TieredMergePolicy has such a bound, of 5 GB.)"""


def choose(documents: Sequence[int], sizes: Sequence[int], added: int) -> list[tuple[int, int]]:
    """From which to which the segments are to become one, all of them in order; a single one stays as it is.

    ``documents`` are those of each segment that are not deleted, ``sizes`` their bytes, ``added`` the documents that
    are new. Documents fall from the first segment to the last by more than :data:`RATIO`, except where one of
    :data:`LARGEST` would come of it, so that the number of segments grows with the logarithm of the documents up to
    there, and each document is written so many times at most; what a commit that adds little is not allowed waits for
    one that adds more, or until there are :data:`MOST` that are small.

    >>> choose([1000, 100, 30, 20], [10, 10, 10, 10], 20)
    [(0, 1), (1, 4)]
    >>> choose([100_000, 90_000, 1], [10, 10, 10], 1)
    [(0, 1), (1, 2), (2, 3)]
    >>> choose([3, 2, 2], [LARGEST // 2, LARGEST // 2, LARGEST // 2], 7)
    [(0, 1), (1, 3)]
    """
    small = sum(size <= LARGEST // 2 for size in sizes)
    budget = max(ALWAYS, TIMES * added) if small < MOST else sum(documents)
    groups: list[tuple[int, int]] = []
    high = len(documents)
    while high:
        low, total, size = high - 1, documents[high - 1], sizes[high - 1]
        while (
            low
            and documents[low - 1] <= RATIO * total
            and total + documents[low - 1] <= budget
            and size + sizes[low - 1] <= LARGEST
        ):
            low -= 1
            total += documents[low]
            size += sizes[low]
        if high - low > 1:
            budget -= total
        groups.append((low, high))
        high = low
    return groups[::-1]


def wasteful(documents: int, deleted: int) -> bool:
    """Whether so much of a segment is deleted that it is to be written anew.

    >>> wasteful(80, 20), wasteful(70, 30)
    (False, True)
    """
    return deleted > WASTE * (documents + deleted)
