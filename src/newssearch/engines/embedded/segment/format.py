"""The constants of a segment's format, and the packing of surface forms."""

from __future__ import annotations

import numpy as np

from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import Ints, concat_aranges

RUN_BITS = 16
"""An article block stores this many low bits of its article number; its high-bits run stores the others."""


POSTINGS_PER_OFFSET = 64
"""The offset of the first word is stored for every 64th posting, and computed from counts for the others."""


PACKED_WIDTHS = (0, 1, 2, 4, 8, 16, 32)
"""The possible numbers of bits in which the surface form of a word is packed; each term has one of these widths."""


def packed_widths(form_counts: Array) -> Ints:
    """Return the packed width of a word, in bits, for each term, from the terms' numbers of surface forms.

    >>> packed_widths(np.array([1, 2, 3, 4, 5, 16, 17, 256, 257, 65_537])).tolist()
    [0, 1, 2, 2, 4, 4, 8, 8, 16, 32]
    """
    return np.array(PACKED_WIDTHS)[np.searchsorted([1, 2, 4, 16, 256, 65_536], form_counts)]


def packed_starts(form_counts: Array, sizes: Ints) -> Ints:
    """Return the offset in bytes of each term's packed surface forms, then their total size.

    ``form_counts`` has the number of surface forms of each term, ``sizes`` its number of words.
    """
    return np.concatenate(([0], np.cumsum((packed_widths(form_counts) * sizes + 7) // 8)))


def pack(packed: Array, offsets: Ints, forms: Ints, first: Ints, form_counts: Array) -> None:
    """Write the surface forms of the words of consecutive terms into ``packed``, in the fewest bits.

    ``forms[first[t]:first[t + 1]]`` are the numbers of the surface forms of the words of term t. Its bytes begin at
    ``offsets[t]``, and ``form_counts[t]`` is the number of its surface forms.
    """
    sizes = np.diff(first)
    by_term = packed_widths(form_counts)
    for width in PACKED_WIDTHS[1:]:
        chosen = np.flatnonzero(by_term == width)
        if not len(chosen):
            continue
        within = concat_aranges(sizes[chosen])
        values = forms[np.repeat(first[chosen], sizes[chosen]) + within]
        if width >= 8:
            byte = np.repeat(offsets[chosen], sizes[chosen]) + within * width // 8
            for n in range(width // 8):
                packed[byte + n] = values >> 8 * n & 0xFF
            continue
        # Write each value to a byte of its own, then combine the values of each packed byte.
        each = 8 // width
        taken = -(-sizes[chosen] // each)
        begins = np.cumsum(taken) - taken
        loose = np.zeros((int(taken.sum()), each), np.uint8)
        loose.reshape(-1)[np.repeat(begins * each, sizes[chosen]) + within] = values
        tight = loose[:, 0].copy()
        for slot in range(1, each):
            tight |= loose[:, slot] << np.uint8(slot * width)
        packed[np.repeat(offsets[chosen] - begins, taken) + np.arange(len(tight))] = tight


def unpack_all(packed: Array, offsets: Ints, first: Ints, form_counts: Array) -> Ints:
    """Return what :func:`pack` wrote: the number of the surface form of each word of consecutive terms."""
    forms = np.zeros(int(first[-1] - first[0]), np.int64)
    sizes = np.diff(first)
    by_term = packed_widths(form_counts)
    for width in PACKED_WIDTHS[1:]:
        chosen = np.flatnonzero(by_term == width)
        if not len(chosen):
            continue
        within = concat_aranges(sizes[chosen])
        bits = within * width
        byte = np.repeat(offsets[chosen], sizes[chosen]) + bits // 8
        values = packed[byte].astype(np.int64)
        for n in range(1, width // 8):
            values |= packed[byte + n].astype(np.int64) << 8 * n
        forms[np.repeat(first[chosen] - first[0], sizes[chosen]) + within] = (values >> bits % 8) & (
            (1 << width) - 1
        )
    return forms


def unpack(packed: Array, form_count: int, size: int) -> Array:
    """Return the numbers of the surface forms of the ``size`` words of a term that has ``form_count`` surface forms.

    ``packed`` begins at the term's first byte.
    """
    width = int(packed_widths(np.array([form_count]))[0])
    if width == 0:
        return np.zeros(size, np.uint8)
    raw = packed[: (width * size + 7) // 8]
    if width >= 8:
        return raw.copy().view(f"<u{width // 8}")
    each = 8 // width
    shifts = np.arange(0, 8, width, dtype=np.uint8)
    return ((raw[:, None] >> shifts) & np.uint8((1 << width) - 1)).reshape(len(raw) * each)[:size]


def unpack_at(packed: Array, starts: Ints, widths: Ints, words: Ints) -> Ints:
    """Return the number of the surface form of each given word, of one term or of several.

    ``packed`` holds what :func:`pack` wrote for these terms, and ``words`` the number of each word among those of its term.
    For each word, or as a single item for all, ``starts`` has the offset of its term's first bit in ``packed``, and
    ``widths`` the packed width of the term.
    """
    bits = words * widths
    bits += starts
    octets = bits >> 3
    found = packed.take(octets, mode="clip").astype(
        np.int64
    )  # clip: a term of width 0 may lie behind the last byte
    for n in range(1, int(widths.max(initial=0)) // 8):
        wide = np.flatnonzero(np.broadcast_to(widths > 8 * n, len(words)))
        found[wide] |= packed[octets[wide] + n].astype(np.int64) << 8 * n
    bits &= 7
    found >>= bits
    found &= (1 << widths) - 1
    return found


def at_least_16(values: Array) -> Array:
    """Return numbers in a type of at least 16 bits: bytes become 16-bit numbers, others stay as they are."""
    return values.astype(np.uint16) if values.dtype.itemsize < 2 else values


def at_least_32(values: Array) -> Array:
    """Return numbers as unsigned 32-bit numbers if all fit; otherwise return them as they are."""
    return values.astype(np.uint32) if int(values.max(initial=0)) <= np.iinfo(np.uint32).max else values
