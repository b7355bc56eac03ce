"""The merge policy chooses which segments a commit merges. It keeps segments few without rewriting documents often."""

from __future__ import annotations

from collections.abc import Sequence

MERGE_RATIO = 2
"""A segment is merged with the segments after it if it has at most twice as many documents as they have together."""
MAX_DELETED_SHARE = 0.25
"""A segment is rewritten if a larger fraction of its documents than this is deleted."""
MIN_MERGE_BUDGET = 20_000
"""Any commit may merge up to this number of documents, however few it adds. That takes about 0.2 seconds."""
MERGE_BUDGET_PER_ADDED_DOC = 4
"""A commit may merge up to this number of documents for each document that it adds, but at least the minimum budget."""
MAX_SMALL_SEGMENTS = 64
"""If an index has at least this number of small segments, a commit may merge any number of documents.

A segment is small if its size is at most half of :data:`MAX_MERGED_BYTES`.
"""
MAX_MERGED_BYTES = 512 * 1024 * 1024
"""The sources of a merge have at most this size in bytes together.

The memory of a merge grows with its output, so this bounds the memory of a run. (Lucene's TieredMergePolicy has such a
bound, of 5 GB.)
"""


def choose_merges(documents: Sequence[int], sizes: Sequence[int], added: int) -> list[tuple[int, int]]:
    """Divide the segments into ranges ``(low, high)``, in order; the segments of each range are to be merged.

    A range of one segment stays as it is. ``documents`` is the number of live documents of each segment, ``sizes`` the
    size of each in bytes, and ``added`` the number of documents that were added since the last merges.

    After the merges each segment has more than :data:`MERGE_RATIO` times the documents of the next one, unless merging
    the two would exceed :data:`MAX_MERGED_BYTES`. Up to that size, both the number of segments and the number of times
    that a document is written grow with the logarithm of the number of documents. A merge beyond the budget of a commit
    waits for a commit that adds more, or for :data:`MAX_SMALL_SEGMENTS` small segments.

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
    """Whether a segment with the given numbers of live and deleted documents should be rewritten to free space.

    >>> is_wasteful(80, 20), is_wasteful(70, 30)
    (False, True)
    """
    return deleted > MAX_DELETED_SHARE * (documents + deleted)
