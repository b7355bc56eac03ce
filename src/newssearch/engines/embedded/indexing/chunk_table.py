"""A hash table of chunks, the pieces of text between white space. It is filled and read with array operations.

A chunk is a sequence of UTF-8 bytes, which the table handles as 64-bit numbers of eight bytes each. It hashes these
numbers, and compares all of them, so that chunks with equal hashes are not confused.
"""

from __future__ import annotations

import random
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.storage.container import Bytes
from newssearch.engines.sorted_sets import Array, Ints, Mask

MAX_CHUNK_BYTES = 64
"""A chunk table holds chunks of at most this size in bytes. Longer chunks are rare."""
PADDING_BYTES = MAX_CHUNK_BYTES + 16
"""At least this number of bytes must follow the last chunk of a text, because chunks are read eight bytes at a time."""

Octets = NDArray[np.uint64]
"""Bytes of text as 64-bit numbers: each is eight bytes, the first byte lowest."""

_Kind = TypeVar("_Kind", bound=np.generic)
_LOW_BYTES = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
"""Masks that keep the lowest 0, 1, … 8 bytes of a number."""
_SHIFT = np.uint64(29)


def split_chunks(whole: bytes) -> tuple[Ints, Ints]:
    """Return the start and end offsets in bytes of the chunks of a text, which must begin and end with white space.

    >>> starts, ends = split_chunks(" A b\\u3000 cd\\n".encode())
    >>> starts.tolist(), ends.tolist()
    ([1, 3, 8], [2, 4, 10])
    """
    text = np.frombuffer(whole, np.uint8)
    space = text == 32
    space |= (text - np.uint8(9)) <= 4
    space |= (text - np.uint8(28)) <= 3
    if not whole.isascii():
        _mark_wide(text, space)
    edges = np.flatnonzero(space[1:] != space[:-1]) + 1
    return edges[0::2], edges[1::2]


def _mark_wide(text: Bytes, space: Mask) -> None:
    """Set ``space`` for the bytes of each character beyond ASCII that is white space for ``str.split``."""
    lead = np.flatnonzero((text - np.uint8(0xC2) == 0) | (text - np.uint8(0xE1) <= 2))
    lead = lead[lead < len(text) - 2]  # in valid UTF-8 no later byte begins wide white space
    first, second, third = text[lead], text[lead + 1], text[lead + 2]
    two = lead[(first == 0xC2) & ((second == 0x85) | (second == 0xA0))]
    general = ((third - np.uint8(0x80)) <= 0x0A) | (third == 0xA8) | (third == 0xA9) | (third == 0xAF)
    three = lead[
        ((first == 0xE1) & (second == 0x9A) & (third == 0x80))
        | ((first == 0xE2) & (second == 0x80) & general)
        | ((first == 0xE2) & (second == 0x81) & (third == 0x9F))
        | ((first == 0xE3) & (second == 0x80) & (third == 0x80))
    ]
    for leads, size in ((two, 2), (three, 3)):
        for n in range(size):
            space[leads + n] = True


class Chunks(NamedTuple):
    """Chunks of a text as parallel arrays.

    ``keys`` has the first eight bytes of each chunk, ``descriptors`` its size in bytes (the lowest eight bits) and its
    analysis, ``hashes`` its hash. ``rest[n]`` has the chunks that are longer than ``8 * (n + 1)`` bytes: their indices,
    ascending, and their next eight bytes.
    """

    keys: Octets
    descriptors: NDArray[np.uint32]
    hashes: Octets
    rest: tuple[tuple[Ints, Octets], ...]

    def take(self, which: Ints) -> Chunks:
        """Return the chunks with the indices ``which``, which must be ascending."""
        rest = []
        for of, octets in self.rest:
            at = np.searchsorted(of, which)
            at[at == len(of)] = 0
            here = np.flatnonzero(of[at] == which) if len(of) else at[:0]
            rest.append((here, octets[at[here]]))
        return Chunks(self.keys[which], self.descriptors[which], self.hashes[which], tuple(rest))


class ChunkTable:
    """A hash table that maps chunks of at most :data:`MAX_CHUNK_BYTES` bytes to numbers, with linear probing."""

    def __init__(self) -> None:
        pick = random.SystemRandom()  # so that nobody can craft chunks that collide
        self._factors = np.array(
            [pick.getrandbits(64) | 1 for _ in range(MAX_CHUNK_BYTES // 8 + 2)], np.uint64
        )
        self._bits = 10
        self._slots = np.full(1 << self._bits, -1, np.int32)
        self._size = 0
        self._keys = np.empty(256, np.uint64)
        self._descriptors = np.empty(256, np.uint32)
        self._numbers = np.empty(256, np.uint32)
        self._hashes = np.empty(256, np.uint64)
        self._at = np.empty(256, np.uint32)
        self._rest = np.empty(256, np.uint64)
        self._rest_size = 0

    def chunks(self, whole: bytes, starts: Ints, sizes: Ints, analysis: int) -> Chunks:
        """Return chunks of the text ``whole``, given by their starts and sizes in bytes.

        The text must end with :data:`PADDING_BYTES`. ``analysis`` is the number of the analysis of the text: chunks
        with equal bytes but different analyses are different chunks.
        """
        octets = np.frombuffer(whole, "<u8", len(whole) // 8)
        keys = _read_octets(octets, starts, sizes)
        descriptors = (sizes + (analysis << 8)).astype(np.uint32)
        hashes = keys * self._factors[0]
        hashes ^= descriptors * self._factors[1]
        rest = []
        of = np.flatnonzero(sizes > 8)
        for n in range(1, MAX_CHUNK_BYTES // 8):
            if not len(of):
                break
            more = _read_octets(octets, starts[of] + 8 * n, sizes[of] - 8 * n)
            hashes[of] += more * self._factors[n + 1]
            rest.append((of, more))
            of = of[sizes[of] > 8 * (n + 1)]
        hashes ^= hashes >> _SHIFT
        hashes *= self._factors[-1]
        return Chunks(keys, descriptors, hashes, tuple(rest))

    def find(self, chunks: Chunks) -> Ints:
        """Return the number with which each chunk was added, or -1 for a chunk that is not in the table."""
        slots = self._slots_of(chunks.hashes)
        entries = self._slots[slots]
        found = np.full(len(slots), -1, np.int64)
        same = self._same(chunks, entries)
        found[same] = self._numbers[entries[same]]
        open_ = np.flatnonzero(~same & (entries >= 0))
        chunks, slots = chunks.take(open_), slots[open_]
        while len(open_):
            slots = (slots + 1) & (len(self._slots) - 1)
            entries = self._slots[slots]
            same = self._same(chunks, entries)
            found[open_[same]] = self._numbers[entries[same]]
            going = np.flatnonzero(~same & (entries >= 0))
            open_, chunks, slots = open_[going], chunks.take(going), slots[going]
        return found

    def _same(self, chunks: Chunks, entries: NDArray[np.int32]) -> Mask:
        """Return for each ``n`` whether chunk ``n`` equals entry ``entries[n]`` of the table; -1 stands for no entry."""
        same: Mask = self._keys[entries] == chunks.keys
        same &= self._descriptors[entries] == chunks.descriptors
        same &= entries >= 0
        for n, (of, octets) in enumerate(chunks.rest):
            alike = np.flatnonzero(same[of])
            which = of[alike]
            same[which] = self._rest[self._at[entries[which]] + np.uint32(n)] == octets[alike]
        return same

    def _slots_of(self, hashes: Octets) -> Ints:
        return (hashes >> np.uint64(64 - self._bits)).astype(np.int64)

    def add(self, chunks: Chunks, numbers: Ints) -> None:
        """Add chunks with their numbers. The chunks must be distinct and not in the table."""
        new = np.arange(self._size, self._size + len(numbers))
        self._size += len(numbers)
        self._keys = _set_items(self._keys, new, chunks.keys)
        self._descriptors = _set_items(self._descriptors, new, chunks.descriptors)
        self._hashes = _set_items(self._hashes, new, chunks.hashes)
        self._numbers = _set_items(self._numbers, new, numbers)
        longer = ((chunks.descriptors.astype(np.int64) & 0xFF) - 1) // 8
        at = np.cumsum(longer) - longer + self._rest_size
        self._at = _set_items(self._at, new, at)
        self._rest_size += int(longer.sum())
        for n, (of, octets) in enumerate(chunks.rest):
            self._rest = _set_items(self._rest, at[of] + n, octets)
        if 2 * self._size > len(self._slots):
            self._bits = (4 * self._size - 1).bit_length()
            self._slots = np.full(1 << self._bits, -1, np.int32)
            new = np.arange(self._size)
        self._enter(new)

    def _enter(self, entries: Ints) -> None:
        """Put the entries with the given indices into free slots of the hash table.

        If several entries want the same slot, one gets it and the others try the next.
        """
        slots = self._slots_of(self._hashes[entries])
        while len(entries):
            free = np.flatnonzero(self._slots[slots] < 0)
            self._slots[slots[free]] = entries[free]
            going = np.flatnonzero(self._slots[slots] != entries)
            entries, slots = entries[going], (slots[going] + 1) & (len(self._slots) - 1)


def _read_octets(octets: Octets, starts: Ints, sizes: Ints) -> Octets:
    """Return for each start in bytes the next eight bytes of a text, or as many as ``sizes`` says; the rest is zero."""
    at, bits = starts >> 3, (starts.astype(np.uint64) & np.uint64(7)) << np.uint64(3)
    # The upper half is shifted twice: a shift by 64 bits is undefined.
    found = octets[at] >> bits | octets[at + 1] << np.uint64(1) << (np.uint64(63) - bits)
    return np.asarray(found & _LOW_BYTES[np.minimum(sizes, 8)], np.uint64)


def _set_items(array: NDArray[_Kind], at: Ints, values: Array) -> NDArray[_Kind]:
    """Set ``array[at] = values`` and return the array, or a copy of at least twice the length if it is too short."""
    most = int(at.max(initial=-1)) + 1
    if most > len(array):
        array = np.concatenate((array, np.empty(max(most - len(array), len(array)), array.dtype)))
    array[at] = values
    return array
