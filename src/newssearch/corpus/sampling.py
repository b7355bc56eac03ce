"""Random samples that depend only on the items and a seed, not on how an index stores the items.

The key of an item is a hash of its identifying numbers and the seed. A sample of size n has the n items with the
smallest keys. Indexes with the same articles therefore give the same sample, a larger sample with the same seed
includes a smaller one, and a new item changes the sample only if it is drawn itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def sampling_keys(seed: int, *numbers: NDArray[np.integer]) -> Keys:
    """Return the key of each item. ``numbers`` are arrays of equal length, which together identify an item.

    The hash is the output function of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
    generators", OOPSLA 2014), applied to one number after the other.

    >>> sampling_keys(7, np.array([1, 2])).tolist() == sampling_keys(7, np.array([1, 2])).tolist()
    True
    """
    keys = _mixed(np.full(len(numbers[0]), seed, np.uint64))
    for column in numbers:
        keys = _mixed(keys ^ column.astype(np.uint64))
    return keys


def _mixed(keys: Keys) -> Keys:
    keys = keys + _GAMMA
    keys = (keys ^ (keys >> np.uint64(30))) * _MULTIPLIERS[0]
    keys = (keys ^ (keys >> np.uint64(27))) * _MULTIPLIERS[1]
    return keys ^ (keys >> np.uint64(31))


def smallest(keys: Keys, number: int, *ties: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the indices, ascending, of the ``number`` smallest keys; the arrays ``ties`` order items with equal keys.

    >>> smallest(np.array([5, 3, 9, 3], np.uint64), 2, np.array([1, 2, 3, 4])).tolist()
    [1, 3]
    """
    if len(keys) <= number:
        return np.arange(len(keys))
    bound = np.partition(keys, number - 1)[number - 1]
    found = np.flatnonzero(keys <= bound)
    if len(found) > number:
        found = np.sort(
            found[np.lexsort([*(column[found] for column in reversed(ties)), keys[found]])[:number]]
        )
    return found
