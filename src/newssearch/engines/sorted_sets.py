"""Set operations on sorted arrays of distinct, non-negative integers.

An intersection looks up the numbers of the shorter array in the longer one, or merges the two arrays, whichever is
faster. NumPy's stable sort merges two sorted runs in linear time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_INTS: Ints = np.empty(0, np.int64)

BINARY_SEARCH_RATIO = 12
"""To intersect arrays, look up numbers in the longer one if it has over 12 times as many items; otherwise merge."""
MIN_VALUES_PER_SUM = 8
"""To sum values up to given indices, sum between the indices if there are at least 8 values for each; otherwise sum all."""
DENSE_UNIVERSE_RATIO = 32
"""Use a table of all possible numbers when at least 1 in 32 of them is in the sets; otherwise sort."""


def run_starts(values: Array) -> Mask:
    """Return a mask of the items that differ from the item before them; the first item counts as different."""
    new = np.empty(len(values), np.bool_)
    new[:1] = True
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new


def run_sizes(starts: Ints, total: int) -> Ints:
    """Return the sizes of runs of ``total`` items, given the indices at which they start: a fast :func:`numpy.diff`.

    >>> run_sizes(np.array([0, 2, 3]), 7).tolist()
    [2, 1, 4]
    """
    sizes = np.empty(len(starts), np.int64)
    np.subtract(starts[1:], starts[:-1], out=sizes[:-1])
    sizes[-1:] = total - starts[-1:]
    return sizes


def distinct(values: Array) -> Array:
    """Return the distinct values, ascending. Of sorted arrays, concatenated, that takes linear time.

    Since version 2.3 of NumPy, :func:`numpy.unique` takes fifty times as long for whole numbers.

    >>> distinct(np.array([3, 1, 3, 2])).tolist()
    [1, 2, 3]
    """
    ordered = np.sort(values, kind="stable")
    return np.asarray(ordered[run_starts(ordered)])


def intersect_indices(one: Array, other: Array) -> tuple[Ints, Ints]:
    """Return the indices in ``one``, and those in ``other``, of the numbers that are in both arrays.

    >>> [indices.tolist() for indices in intersect_indices(np.array([2, 3, 5, 9]), np.array([1, 3, 9]))]
    [[1, 3], [1, 2]]
    """
    if len(one) < len(other):
        in_other, in_one = intersect_indices(other, one)
        return in_one, in_other
    if not len(other):
        return NO_INTS, NO_INTS
    if (
        len(other) * BINARY_SEARCH_RATIO < len(one)
        or (size := max(int(one[-1]), int(other[-1])) + 1) > (len(one) + len(other)) * DENSE_UNIVERSE_RATIO
    ):
        indices: Array = one.searchsorted(
            other.astype(one.dtype, copy=False)
        )  # of one dtype: otherwise NumPy converts the longer array
        indices[indices == len(one)] = 0
        found = one[indices] == other
    else:
        index_of = np.full(size, -1, np.int32)
        index_of[one] = np.arange(len(one), dtype=np.int32)
        indices = index_of[other]
        found = indices >= 0
    there = found.nonzero()[0]
    return indices[there].astype(np.int64, copy=False), there


def indices_in(held: Array, wanted: Array) -> Ints:
    """Return the indices in ``held`` of the numbers that are also in ``wanted``.

    >>> indices_in(np.array([2, 3, 5, 9]), np.array([1, 3, 9])).tolist()
    [1, 3]
    """
    return intersect_indices(held, wanted)[0]


def intersect(one: Array, other: Array) -> Array:
    """Return the numbers that are in both arrays.

    >>> intersect(np.array([2, 3, 5, 9]), np.array([1, 3, 9])).tolist()
    [3, 9]
    """
    short, long = (one, other) if len(one) < len(other) else (other, one)
    if len(short) * BINARY_SEARCH_RATIO < len(long):
        at = long.searchsorted(short.astype(long.dtype, copy=False))
        at[at == len(long)] = 0
        return np.asarray(short[long[at] == short])
    both = np.concatenate((one, other))
    both.sort(kind="stable")
    return np.asarray(both[:-1][both[1:] == both[:-1]])


def intersect_all(arrays: Sequence[Array]) -> Array:
    """Return the numbers that are in all of the arrays. There must be at least one array."""
    first, *others = sorted(arrays, key=len)
    for other in others:
        first = intersect(first, other)
    return first


def union(arrays: Sequence[Array], size: int) -> Array:
    """Return the numbers that are in any of the arrays; all numbers are below ``size``."""
    arrays = [array for array in arrays if len(array)]
    if len(arrays) < 2:
        return arrays[0] if arrays else NO_INTS
    if sum(map(len, arrays)) * DENSE_UNIVERSE_RATIO < size:
        merged = np.concatenate(arrays)
        merged.sort(kind="stable")
        return merged[run_starts(merged)]
    present = np.zeros(size, np.bool_)
    for array in arrays:
        present[array] = True
    return present.nonzero()[0]


def union_size(arrays: Sequence[Array], size: int) -> int:
    """Return the number of distinct numbers in the arrays; all numbers are below ``size``.

    >>> union_size([np.array([2, 3]), np.array([3, 9])], 10)
    3
    """
    if len(arrays) < 2 or sum(map(len, arrays)) * DENSE_UNIVERSE_RATIO < size:
        return len(union(arrays, size))
    present = np.zeros(size, np.bool_)
    for array in arrays:
        present[array] = True
    return int(np.count_nonzero(present))


def concat_aranges(sizes: Array) -> Ints:
    """Concatenate ``arange(size)`` for each of the sizes.

    >>> concat_aranges(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    return concat_ranges(np.zeros(len(sizes), np.int64), sizes)


def ranges(low: int, high: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of consecutive ranges from ``low`` up to ``high`` that have at most ``size`` numbers each.

    >>> list(ranges(3, 8, 2)), list(ranges(3, 3, 2))
    ([(3, 5), (5, 7), (7, 8)], [])
    """
    for at in range(low, high, size):
        yield at, min(at + size, high)


def sums_before(values: Array, indices: Ints) -> Ints:
    """Return for each index the sum of the non-negative values before it. Indices are ascending, and may repeat.

    >>> sums_before(np.array([5, 1, 2]), np.array([0, 1, 1, 3])).tolist()
    [0, 5, 5, 8]
    """
    if not len(indices) or not indices[-1]:
        return np.zeros(len(indices), np.int64)
    end = int(indices[-1])
    if end < len(indices) * MIN_VALUES_PER_SUM:
        sums = np.zeros(end + 1, np.int64)
        values[:end].cumsum(out=sums[1:])
        return sums[indices]
    before = np.concatenate((indices[:1] * 0, indices[:-1]))
    inside = int(before.searchsorted(end))  # from there on, no item lies between two indices
    between = np.zeros(len(indices), np.int64)
    np.add.reduceat(values[:end], before[:inside], dtype=np.int64, out=between[:inside])
    between[before == indices] = 0  # where reduceat returns the value itself
    return between.cumsum()


def sums_of_runs(values: Array, sizes: Array) -> Ints:
    """Return the sums of consecutive runs of non-negative values, given the size of each run, which is at least 1.

    >>> sums_of_runs(np.array([1, 2, 3, 4]), np.array([2, 1, 1])).tolist()
    [3, 3, 4]
    """
    if not len(sizes):
        return NO_INTS
    sums = values.cumsum(dtype=np.int64)[
        sizes.cumsum(dtype=np.int64) - 1
    ]  # faster than reduceat for short runs
    sums[1:] -= sums[:-1].copy()
    return np.asarray(sums, np.int64)


def concat_ranges(starts: Array, sizes: Array) -> Ints:
    """Concatenate ``arange(start, start + size)`` for each pair of a start and a size.

    >>> concat_ranges(np.array([7, 0, 3]), np.array([2, 0, 3])).tolist()
    [7, 8, 3, 4, 5]
    """
    ends = sizes.cumsum(dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    found = np.arange(total)
    found += (starts - ends + sizes).repeat(sizes)
    return found
