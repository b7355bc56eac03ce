"""The merge policy: keep the number of segments small without rewriting documents over and over."""

from __future__ import annotations

from collections.abc import Sequence

MERGE_RATIO = 2
"""A segment is merged with those after it when it has at most twice their documents."""
MAX_DELETED_SHARE = 0.25
"""The share of deleted documents above which a segment is rewritten."""
MIN_MERGE_BUDGET = 20_000
"""The documents that any commit may merge, however little it adds: a fifth of a second's work."""
MERGE_BUDGET_PER_ADDED_DOC = 4
"""The documents that a commit may merge for each document that it adds."""
MAX_SMALL_SEGMENTS = 64
"""From this many small segments on, merges have no budget."""
MAX_MERGED_BYTES = 512 * 1024 * 1024
"""The bytes of the largest merged segment. The memory of a merge grows with its output, so this bounds the memory of a
run. (Lucene's TieredMergePolicy has such a bound, of 5 GB.)"""


def choose_merges(documents: Sequence[int], sizes: Sequence[int], added: int) -> list[tuple[int, int]]:
    """From which to which the segments are to become one, all of them in order; a single one stays as it is.

    ``documents`` are those of each segment that are not deleted, ``sizes`` their bytes, ``added`` the documents that
    are new. Documents fall from the first segment to the last by more than :data:`MERGE_RATIO`, except where one of
    :data:`MAX_MERGED_BYTES` would come of it, so that the number of segments grows with the logarithm of the documents up to
    there, and each document is written so many times at most; what a commit that adds little is not allowed waits for
    one that adds more, or until there are :data:`MAX_SMALL_SEGMENTS` that are small.

    >>> choose_merges([1000, 100, 30, 20], [10, 10, 10, 10], 20)
    [(0, 1), (1, 4)]
    >>> choose_merges([100_000, 90_000, 1], [10, 10, 10], 1)
    [(0, 1), (1, 2), (2, 3)]
    >>> choose_merges([3, 2, 2], [MAX_MERGED_BYTES // 2] * 3, 7)
    [(0, 1), (1, 3)]
    """
    small = sum(size <= MAX_MERGED_BYTES // 2 for size in sizes)
    budget = (
        max(MIN_MERGE_BUDGET, MERGE_BUDGET_PER_ADDED_DOC * added)
        if small < MAX_SMALL_SEGMENTS
        else sum(documents)
    )
    groups: list[tuple[int, int]] = []
    high = len(documents)
    while high:
        low, total, size = high - 1, documents[high - 1], sizes[high - 1]
        while (
            low
            and documents[low - 1] <= MERGE_RATIO * total
            and total + documents[low - 1] <= budget
            and size + sizes[low - 1] <= MAX_MERGED_BYTES
        ):
            low -= 1
            total += documents[low]
            size += sizes[low]
        if high - low > 1:
            budget -= total
        groups.append((low, high))
        high = low
    return groups[::-1]


def is_wasteful(documents: int, deleted: int) -> bool:
    """Whether a segment has so many deleted documents that it should be rewritten.

    >>> is_wasteful(80, 20), is_wasteful(70, 30)
    (False, True)
    """
    return deleted > MAX_DELETED_SHARE * (documents + deleted)
