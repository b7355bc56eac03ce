"""Arrays of ascending numbers, each once, as sets: what two of them share, and what is in any of several.

One of two ways is taken, as is faster: the numbers of the shorter array are looked up in the longer one, or the two
are merged (NumPy's stable sort takes time in proportion to two runs that are sorted already).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .container import Array

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_INTS: Ints = np.empty(0, np.int64)

UNEQUAL = 12
"""An array that is so many times as long as another one is rather searched than gone through."""
DENSE = 32
"""One in so many numbers is enough for an array of all of them to be faster than a search for each."""


def changes(values: Array) -> Mask:
    """Where a value is another than the one before."""
    new = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return new


def paired(one: Array, other: Array) -> tuple[Ints, Ints]:
    """Where in each of two arrays there is what is in both; of numbers that are not negative.

    >>> [at.tolist() for at in paired(np.array([2, 3, 5, 9]), np.array([1, 3, 9]))]
    [[1, 3], [1, 2]]
    """
    if len(one) < len(other):
        there, here = paired(other, one)
        return here, there
    if not len(other):
        return NO_INTS, NO_INTS
    size = max(int(one[-1]), int(other[-1])) + 1
    if len(other) * UNEQUAL < len(one) or size > (len(one) + len(other)) * DENSE:
        at: Array = one.searchsorted(other.astype(one.dtype, copy=False))  # of one type, or all is converted
        at[at == len(one)] = 0
        found = one[at] == other
    else:
        places = np.full(size, -1, np.int32)
        places[one] = np.arange(len(one), dtype=np.int32)
        at = places[other]
        found = at >= 0
    return at[found].astype(np.int64, copy=False), np.flatnonzero(found)


def among(held: Array, wanted: Array) -> Ints:
    """Where in ``held`` there is what is in ``wanted``.

    >>> among(np.array([2, 3, 5, 9]), np.array([1, 3, 9])).tolist()
    [1, 3]
    """
    return paired(held, wanted)[0]


def common(one: Array, other: Array) -> Array:
    """What is in both.

    >>> common(np.array([2, 3, 5, 9]), np.array([1, 3, 9])).tolist()
    [3, 9]
    """
    short, long = (one, other) if len(one) < len(other) else (other, one)
    if len(short) * UNEQUAL < len(long):
        at = long.searchsorted(short.astype(long.dtype, copy=False))
        at[at == len(long)] = 0
        return np.asarray(short[long[at] == short])
    both = np.concatenate((one, other))
    both.sort(kind="stable")
    return np.asarray(both[:-1][both[1:] == both[:-1]])


def in_all(parts: Sequence[Array]) -> Array:
    """What is in each of some arrays, at least one, the shortest first."""
    first, *others = sorted(parts, key=len)
    for other in others:
        first = common(first, other)
    return first


def united(parts: Sequence[Array], size: int) -> Array:
    """What is in any of some arrays, of numbers below ``size``."""
    parts = [part for part in parts if len(part)]
    if len(parts) < 2:
        return parts[0] if parts else NO_INTS
    if sum(map(len, parts)) * DENSE < size:
        both = np.concatenate(parts)
        both.sort(kind="stable")
        return both[changes(both)]
    held = np.zeros(size, np.bool_)
    for part in parts:
        held[part] = True
    return np.flatnonzero(held)


def counted(parts: Sequence[Array], size: int) -> int:
    """How many numbers below ``size`` are in any of some arrays.

    >>> counted([np.array([2, 3]), np.array([3, 9])], 10)
    3
    """
    if len(parts) < 2 or sum(map(len, parts)) * DENSE < size:
        return len(united(parts, size))
    held = np.zeros(size, np.bool_)
    for part in parts:
        held[part] = True
    return int(np.count_nonzero(held))


def ramp(sizes: Array) -> Ints:
    """0, 1, … for each of the sizes.

    >>> ramp(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    return ranges(np.zeros(len(sizes), np.int64), sizes)


def ranges(begins: Array, sizes: Array) -> Ints:
    """From each of ``begins`` on, so many numbers.

    >>> ranges(np.array([7, 0, 3]), np.array([2, 0, 3])).tolist()
    [7, 8, 3, 4, 5]
    """
    ends = sizes.cumsum(dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    found = np.arange(total)
    found += (begins - ends + sizes).repeat(sizes)
    return found
