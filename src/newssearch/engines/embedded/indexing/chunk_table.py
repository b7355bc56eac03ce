"""A hash table of the pieces of text between white space (chunks), filled and read with array operations.

A *chunk* is a sequence of UTF-8 bytes, read as numbers of eight bytes. The table hashes these and compares all of them, so
that chunks with equal hashes are not confused.
"""

from __future__ import annotations

import random
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.storage.container import Bytes
from newssearch.engines.embedded.storage.mmap_file import Array
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask

MAX_CHUNK_BYTES = 64
"""The greatest size of a chunk that a table holds, in bytes."""
PADDING_BYTES = MAX_CHUNK_BYTES + 16
"""The bytes that must follow the last chunk of a text."""

Octets = NDArray[np.uint64]
"""Bytes of a text as little-endian numbers of eight bytes."""

_Kind = TypeVar("_Kind", bound=np.generic)
_LOW_BYTES = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
"""Masks that keep the lowest 0, 1, … 8 bytes of a number."""
_SHIFT = np.uint64(29)


def split_chunks(whole: bytes) -> tuple[Ints, Ints]:
    """Return the start and end offsets of the chunks of a text, which must begin and end with white space.

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
    """Mark the white space beyond ASCII that ``str.split`` recognises."""
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
    """Chunks of a text: the first eight bytes, the size and analysis packed into one number, and the hash of each.

    ``rest[n]`` has the next eight bytes of the chunks that are long enough, after the ascending indices of these chunks.
    """

    keys: Octets
    descriptors: NDArray[np.uint32]
    hashes: Octets
    rest: tuple[tuple[Ints, Octets], ...]

    def take(self, which: Ints) -> Chunks:
        """Return the chunks with the given indices, ascending."""
        rest = []
        for of, octets in self.rest:
            at = np.searchsorted(of, which)
            at[at == len(of)] = 0
            here = np.flatnonzero(of[at] == which) if len(of) else at[:0]
            rest.append((here, octets[at[here]]))
        return Chunks(self.keys[which], self.descriptors[which], self.hashes[which], tuple(rest))


class ChunkTable:
    """A hash table from chunks of at most :data:`MAX_CHUNK_BYTES` bytes to numbers."""

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
        """Return the chunks of a text, which must end with padding. Equal texts of a different ``analysis`` are different chunks."""
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
        """Return the number of each chunk, or -1 for a chunk that is not in the table."""
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
        """Return which chunks equal the entries at the same index; no chunk equals entry -1."""
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
        """Add new, distinct chunks with their numbers."""
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
        """Insert entries; of several entries with the same slot, all but one probe the next."""
        slots = self._slots_of(self._hashes[entries])
        while len(entries):
            free = np.flatnonzero(self._slots[slots] < 0)
            self._slots[slots[free]] = entries[free]
            going = np.flatnonzero(self._slots[slots] != entries)
            entries, slots = entries[going], (slots[going] + 1) & (len(self._slots) - 1)


def _read_octets(octets: Octets, starts: Ints, sizes: Ints) -> Octets:
    """Return up to eight bytes of a text from each start; a smaller size limits them."""
    at, bits = starts >> 3, (starts.astype(np.uint64) & np.uint64(7)) << np.uint64(3)
    # The upper half is shifted twice: a shift by 64 bits is undefined.
    found = octets[at] >> bits | octets[at + 1] << np.uint64(1) << (np.uint64(63) - bits)
    return np.asarray(found & _LOW_BYTES[np.minimum(sizes, 8)], np.uint64)


def _set_items(array: NDArray[_Kind], at: Ints, values: Array) -> NDArray[_Kind]:
    """Store values at the given indices of an array, which is doubled if it is too short; return the array."""
    most = int(at.max(initial=-1)) + 1
    if most > len(array):
        array = np.concatenate((array, np.empty(max(most - len(array), len(array)), array.dtype)))
    array[at] = values
    return array
