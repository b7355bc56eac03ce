"""The merge policy keeps the number of segments small without rewriting documents over and over."""

from __future__ import annotations

from collections.abc import Sequence

MERGE_RATIO = 2
"""A segment is merged with the segments after it if it has at most twice as many documents as they have together."""
MAX_DELETED_SHARE = 0.25
"""The share of deleted documents above which a segment is rewritten."""
MIN_MERGE_BUDGET = 20_000
"""The number of documents that any commit may merge, however few it adds: about 0.2 seconds of work."""
MERGE_BUDGET_PER_ADDED_DOC = 4
"""The number of documents that a commit may merge for each document that it adds."""
MAX_SMALL_SEGMENTS = 64
"""The number of small segments from which on merges have no budget. Small: up to half of MAX_MERGED_BYTES."""
MAX_MERGED_BYTES = 512 * 1024 * 1024
"""The maximum bytes of a merged segment. The memory of a merge grows with its output, so this bounds the memory
of a run. (Lucene's TieredMergePolicy has such a bound, of 5 GB.)"""


def choose_merges(documents: Sequence[int], sizes: Sequence[int], added: int) -> list[tuple[int, int]]:
    """Return the ranges of consecutive segments to merge, in order; a range of one segment stays as it is.

    ``documents`` is the number of live documents of each segment, ``sizes`` their size in bytes, ``added`` the count of
    new documents. After the merges each segment has more than :data:`MERGE_RATIO` times the documents of the next one,
    unless merging the two would exceed :data:`MAX_MERGED_BYTES`. Up to that size, both the number of segments and the
    number of times that a document is written grow with the logarithm of the number of documents. A merge beyond the
    budget of a commit waits for a commit that adds more, or for :data:`MAX_SMALL_SEGMENTS` small segments.

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
    """Whether a segment should be rewritten because of its share of deleted documents.

    >>> is_wasteful(80, 20), is_wasteful(70, 30)
    (False, True)
    """
    return deleted > MAX_DELETED_SHARE * (documents + deleted)
