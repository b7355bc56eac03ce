"""The impact of an article block: an upper bound of the weights of its postings, and how many words it has, in one byte.

``F.block.impact`` has a byte for each block. Its five high bits are the *block max*, a level of :data:`LEVEL_BOUNDS`. Its
three low bits are the *extra words*: the number of the term's occurrences in the article beyond one in each posting. If
there are :data:`MANY_EXTRA` or more, ``F.block.extra`` has the index of the block, and ``F.block.extra.values`` their
number.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.storage.container import Array, item_view
from newssearch.engines.sorted_sets import NO_INTS, Ints

_LEVELS = 32
_LOWEST_EXPONENT = -2.5
"""The binary logarithm of the lowest level of a weight."""
_STEPS_PER_OCTAVE = 5
_EXTRA_BITS = 3
MANY_EXTRA = (1 << _EXTRA_BITS) - 1
"""The value of the low bits that stands for this number of extra words or more."""


def _level_bounds() -> NDArray[np.float64]:
    bounds = np.exp2(np.arange(_LEVELS) / _STEPS_PER_OCTAVE + _LOWEST_EXPONENT) * (1 + 1e-12)
    bounds[-1] = 1e300  # above any weight, and small enough that sums stay finite
    return bounds


LEVEL_BOUNDS = _level_bounds()
"""The greatest weight of each of the 32 levels: five levels double a weight; the last is above all.

>>> weights = np.array([0.0, 0.001, 0.2, 1.0, 3.7, 1e9])
>>> impacts = block_impacts(weights, np.zeros(6, np.int64))
>>> bool((LEVEL_BOUNDS[levels_of(impacts)] >= weights).all())
True
"""


class ManyExtra(NamedTuple):
    """The blocks with many extra words, ascending, and the number of extra words of each."""

    blocks: Ints
    values: Ints


NONE_EXTRA = ManyExtra(NO_INTS, NO_INTS)


def block_impacts(weights: Array, extra: Ints) -> NDArray[np.uint8]:
    """Return the bytes of article blocks with the given highest weights and numbers of extra words."""
    with np.errstate(divide="ignore"):
        steps = np.ceil((np.log2(weights) - _LOWEST_EXPONENT) * _STEPS_PER_OCTAVE)
    levels = np.clip(steps, 0, _LEVELS - 1).astype(np.uint8)
    levels <<= _EXTRA_BITS
    levels |= np.minimum(extra, MANY_EXTRA).astype(np.uint8)
    return levels


def many_extra(extra: Ints) -> ManyExtra:
    """Return the blocks with many extra words, given the numbers of extra words of all."""
    blocks = np.flatnonzero(extra >= MANY_EXTRA)
    return ManyExtra(blocks, extra[blocks])


def levels_of(impacts: Array) -> NDArray[np.uint8]:
    """Return the block max of each of the given bytes, as a level of :data:`LEVEL_BOUNDS`."""
    return np.asarray(impacts >> _EXTRA_BITS, np.uint8)


def extra_words(impacts: Array, low: int, many: tuple[Array, Array]) -> Ints:
    """Return the numbers of extra words of consecutive blocks, given their bytes and the number of the first one.

    ``many`` are the two sections about all blocks of the field with many extra words.
    """
    extra = (impacts & MANY_EXTRA).astype(np.int64)
    blocks, values = many
    start, end = (bisect_left(item_view(blocks), bound) for bound in (low, low + len(impacts)))
    extra[blocks[start:end].astype(np.int64) - low] = values[start:end]
    return extra
