"""How a segment writes numbers: the constants and the packing of its format, which writing and reading share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import Ints, concat_aranges

if TYPE_CHECKING:
    pass


PAGE = 16
"""Bits of an article that are kept for each group."""


STRIDE = 64
"""Postings for which the first word is kept."""


_LEAST = -6.0
"""The weight of step 0, as a power of two."""


_PER_OCTAVE = 16


def steps(weights: Array) -> Array:
    """Weights rounded up to 256 steps, sixteen for each factor of two; what is beyond the last of them is the last."""
    with np.errstate(divide="ignore"):
        found = np.ceil((np.log2(weights) - _LEAST) * _PER_OCTAVE)
    return np.clip(found, 0, 255).astype(np.uint8)


def _scale() -> NDArray[np.float64]:
    scale = np.exp2(np.arange(256) / _PER_OCTAVE + _LEAST) * (1 + 1e-12)
    scale[255] = 1e300  # no weight is near it, and what it is part of is no infinity
    return scale


SCALE = _scale()
"""What no weight of a step is above.

>>> weights = np.array([0.0, 0.001, 0.2, 1.0, 3.7, 1e9])
>>> bool((SCALE[steps(weights)] >= weights).all())
True
"""


WIDTHS = (0, 1, 2, 4, 8, 16, 32)
"""The bits that the variant of a word may have."""


def widths(kinds: Array) -> Ints:
    """The bits for a word of terms that have so many variants.

    >>> widths(np.array([1, 2, 3, 4, 5, 16, 17, 256, 257, 65_537])).tolist()
    [0, 1, 2, 2, 4, 4, 8, 8, 16, 32]
    """
    return np.array(WIDTHS)[np.searchsorted([1, 2, 4, 16, 256, 65_536], kinds)]


def packed_starts(kinds: Array, sizes: Ints) -> Ints:
    """The first byte of each term, and the end, where terms have so many variants and words."""
    return np.concatenate(([0], np.cumsum((widths(kinds) * sizes + 7) // 8)))


def pack(packed: Array, at: Ints, variants: Ints, first: Ints, kinds: Array) -> None:
    """Write the variants of all words into ``packed``; those of term t are ``variants[first[t]:first[t + 1]]``."""
    sizes = np.diff(first)
    by_term = widths(kinds)
    for width in WIDTHS[1:]:
        chosen = np.flatnonzero(by_term == width)
        if not len(chosen):
            continue
        within = concat_aranges(sizes[chosen])
        values = variants[np.repeat(first[chosen], sizes[chosen]) + within]
        if width >= 8:
            byte = np.repeat(at[chosen], sizes[chosen]) + within * width // 8
            for n in range(width // 8):
                packed[byte + n] = values >> 8 * n & 0xFF
            continue
        # Each value in a byte of its own, those of one byte of the result side by side.
        each = 8 // width
        taken = -(-sizes[chosen] // each)
        begins = np.cumsum(taken) - taken
        loose = np.zeros((int(taken.sum()), each), np.uint8)
        loose.reshape(-1)[np.repeat(begins * each, sizes[chosen]) + within] = values
        tight = loose[:, 0].copy()
        for slot in range(1, each):
            tight |= loose[:, slot] << np.uint8(slot * width)
        packed[np.repeat(at[chosen] - begins, taken) + np.arange(len(tight))] = tight


def unpack_all(packed: Array, at: Ints, first: Ints, kinds: Array) -> Ints:
    """The variants of all words, as :func:`pack` was given them."""
    variants = np.zeros(int(first[-1] - first[0]), np.int64)
    sizes = np.diff(first)
    by_term = widths(kinds)
    for width in WIDTHS[1:]:
        chosen = np.flatnonzero(by_term == width)
        if not len(chosen):
            continue
        within = concat_aranges(sizes[chosen])
        bits = within * width
        byte = np.repeat(at[chosen], sizes[chosen]) + bits // 8
        values = packed[byte].astype(np.int64)
        for n in range(1, width // 8):
            values |= packed[byte + n].astype(np.int64) << 8 * n
        variants[np.repeat(first[chosen] - first[0], sizes[chosen]) + within] = (values >> bits % 8) & (
            (1 << width) - 1
        )
    return variants


def unpack(packed: Array, kinds: int, size: int) -> Array:
    """The variants of the ``size`` words of a term that has so many ``kinds``; ``packed`` begins with its first byte."""
    width = int(widths(np.array([kinds]))[0])
    if width == 0:
        return np.zeros(size, np.uint8)
    raw = packed[: (width * size + 7) // 8]
    if width >= 8:
        return raw.copy().view(f"<u{width // 8}")
    each = 8 // width
    shifts = np.arange(0, 8, width, dtype=np.uint8)
    return ((raw[:, None] >> shifts) & np.uint8((1 << width) - 1)).reshape(len(raw) * each)[:size]


def at_least_16(values: Array) -> Array:
    """In a type of at least 16 bits."""
    return values.astype(np.uint16) if values.dtype.itemsize < 2 else values


def at_least_32(values: Array) -> Array:
    """In a type of at least 32 bits, and no more than is needed."""
    return values.astype(np.uint32) if int(values.max(initial=0)) <= np.iinfo(np.uint32).max else values
