"""Pieces of text between white space, found and looked up by arrays.

Text is UTF-8, and a *chunk* is its bytes, taken eight at a time as numbers. These are hashed to a place in a table, and
compared there one by one, so that no two chunks are taken for one, however they are hashed.
"""

from __future__ import annotations

import random
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

LONGEST = 64
"""Bytes of a chunk that a table can hold."""
ROOM = LONGEST + 16
"""Bytes that there must be behind the last chunk of a text."""

Array = NDArray[Any]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Octets = NDArray[np.uint64]
"""Bytes of a text, eight of them a number, the first one the lowest."""

_Kind = TypeVar("_Kind", bound=np.generic)
_FIRST = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
"""What leaves so many bytes of eight."""
_SHIFT = np.uint64(29)


def parted(whole: bytes) -> tuple[Ints, Ints]:
    """Where the chunks of a text begin and end that begins and ends with white space.

    >>> starts, ends = parted(" A b\\u3000 cd\\n".encode())
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
    """Mark all white space that is no ASCII, as ``str.split`` knows it."""
    lead = np.flatnonzero((text - np.uint8(0xC2) == 0) | (text - np.uint8(0xE1) <= 2))
    lead = lead[lead < len(text) - 2]  # of a text that is whole none is further behind
    first, second, third = text[lead], text[lead + 1], text[lead + 2]
    two = lead[(first == 0xC2) & ((second == 0x85) | (second == 0xA0))]
    general = ((third - np.uint8(0x80)) <= 0x0A) | (third == 0xA8) | (third == 0xA9) | (third == 0xAF)
    three = lead[
        ((first == 0xE1) & (second == 0x9A) & (third == 0x80))
        | ((first == 0xE2) & (second == 0x80) & general)
        | ((first == 0xE2) & (second == 0x81) & (third == 0x9F))
        | ((first == 0xE3) & (second == 0x80) & (third == 0x80))
    ]
    for places, size in ((two, 2), (three, 3)):
        for n in range(size):
            space[places + n] = True


class Chunks(NamedTuple):
    """Chunks of a text: their first bytes, their sizes and what else tells them apart, and their hashes.

    ``rest`` has for the second and each further eight bytes which chunks are so long, ascending, and the bytes.
    """

    keys: Octets
    kinds: NDArray[np.uint32]
    hashes: Octets
    rest: tuple[tuple[Ints, Octets], ...]

    def take(self, which: Ints) -> Chunks:
        """Some of them, by their numbers, ascending."""
        rest = []
        for of, octets in self.rest:
            at = np.searchsorted(of, which)
            at[at == len(of)] = 0
            here = np.flatnonzero(of[at] == which) if len(of) else at[:0]
            rest.append((here, octets[at[here]]))
        return Chunks(self.keys[which], self.kinds[which], self.hashes[which], tuple(rest))


class Table:
    """The numbers of chunks of at most LONGEST bytes."""

    def __init__(self) -> None:
        pick = random.SystemRandom()  # so that nobody can write a text whose chunks all have one place
        self._factors = np.array([pick.getrandbits(64) | 1 for _ in range(LONGEST // 8 + 2)], np.uint64)
        self._bits = 10
        self._slots = np.full(1 << self._bits, -1, np.int32)
        self._size = 0
        self._keys = np.empty(256, np.uint64)
        self._kinds = np.empty(256, np.uint32)
        self._numbers = np.empty(256, np.uint32)
        self._hashes = np.empty(256, np.uint64)
        self._at = np.empty(256, np.uint32)
        self._rest = np.empty(256, np.uint64)
        self._rest_size = 0

    def chunks(self, whole: bytes, starts: Ints, sizes: Ints, kind: int) -> Chunks:
        """Chunks of a text behind which there is ROOM; those of one ``kind`` are not those of another."""
        octets = np.frombuffer(whole, "<u8", len(whole) // 8)
        keys = _octets(octets, starts, sizes)
        kinds = (sizes + (kind << 8)).astype(np.uint32)
        hashes = keys * self._factors[0]
        hashes ^= kinds * self._factors[1]
        rest = []
        of = np.flatnonzero(sizes > 8)
        for n in range(1, LONGEST // 8):
            if not len(of):
                break
            more = _octets(octets, starts[of] + 8 * n, sizes[of] - 8 * n)
            hashes[of] += more * self._factors[n + 1]
            rest.append((of, more))
            of = of[sizes[of] > 8 * (n + 1)]
        hashes ^= hashes >> _SHIFT
        hashes *= self._factors[-1]
        return Chunks(keys, kinds, hashes, tuple(rest))

    def find(self, chunks: Chunks) -> Ints:
        """The number of each of some chunks, or -1."""
        places = self._places(chunks.hashes)
        entries = self._slots[places]
        found = np.full(len(places), -1, np.int64)
        same = self._same(chunks, entries)
        found[same] = self._numbers[entries[same]]
        open_ = np.flatnonzero(~same & (entries >= 0))
        chunks, places = chunks.take(open_), places[open_]
        while len(open_):
            places = (places + 1) & (len(self._slots) - 1)
            entries = self._slots[places]
            same = self._same(chunks, entries)
            found[open_[same]] = self._numbers[entries[same]]
            going = np.flatnonzero(~same & (entries >= 0))
            open_, chunks, places = open_[going], chunks.take(going), places[going]
        return found

    def _same(self, chunks: Chunks, entries: NDArray[np.int32]) -> Mask:
        """Which chunks are those of some entries; none is that of -1."""
        same: Mask = self._keys[entries] == chunks.keys
        same &= self._kinds[entries] == chunks.kinds
        same &= entries >= 0
        for n, (of, octets) in enumerate(chunks.rest):
            alike = np.flatnonzero(same[of])
            which = of[alike]
            same[which] = self._rest[self._at[entries[which]] + np.uint32(n)] == octets[alike]
        return same

    def _places(self, hashes: Octets) -> Ints:
        return (hashes >> np.uint64(64 - self._bits)).astype(np.int64)

    def add(self, chunks: Chunks, numbers: Ints) -> None:
        """Give chunks that it does not have their numbers, each of them once."""
        new = np.arange(self._size, self._size + len(numbers))
        self._size += len(numbers)
        self._keys = _held(self._keys, new, chunks.keys)
        self._kinds = _held(self._kinds, new, chunks.kinds)
        self._hashes = _held(self._hashes, new, chunks.hashes)
        self._numbers = _held(self._numbers, new, numbers)
        longer = ((chunks.kinds.astype(np.int64) & 0xFF) - 1) // 8
        at = np.cumsum(longer) - longer + self._rest_size
        self._at = _held(self._at, new, at)
        self._rest_size += int(longer.sum())
        for n, (of, octets) in enumerate(chunks.rest):
            self._rest = _held(self._rest, at[of] + n, octets)
        if 2 * self._size > len(self._slots):
            self._bits = (4 * self._size - 1).bit_length()
            self._slots = np.full(1 << self._bits, -1, np.int32)
            new = np.arange(self._size)
        self._enter(new)

    def _enter(self, entries: Ints) -> None:
        """Put entries into the table: of several that would have one place, all but one go on to the next."""
        places = self._places(self._hashes[entries])
        while len(entries):
            free = np.flatnonzero(self._slots[places] < 0)
            self._slots[places[free]] = entries[free]
            going = np.flatnonzero(self._slots[places] != entries)
            entries, places = entries[going], (places[going] + 1) & (len(self._slots) - 1)


def _octets(octets: Octets, starts: Ints, sizes: Ints) -> Octets:
    """The eight bytes of a text from some places on, or as many of them as the sizes say."""
    at, bits = starts >> 3, (starts.astype(np.uint64) & np.uint64(7)) << np.uint64(3)
    # The upper half is shifted twice: a shift by 64 bits means nothing.
    found = octets[at] >> bits | octets[at + 1] << np.uint64(1) << (np.uint64(63) - bits)
    return np.asarray(found & _FIRST[np.minimum(sizes, 8)], np.uint64)


def _held(array: NDArray[_Kind], at: Ints, values: Array) -> NDArray[_Kind]:
    """An array with values at some places, twice as long if that is needed."""
    most = int(at.max(initial=-1)) + 1
    if most > len(array):
        array = np.concatenate((array, np.empty(max(most - len(array), len(array)), array.dtype)))
    array[at] = values
    return array
