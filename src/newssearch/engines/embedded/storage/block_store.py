"""A store of strings in compressed blocks; reading a string decompresses one block.

Each block is compressed by itself with DEFLATE (:mod:`newssearch.system.deflate`) and a preset *dictionary*: the
beginnings of a sample of the strings. Strings stored as ``NAME`` have these sections:

=========================  ============================================================================================
``NAME``                   the blocks (:class:`~.container.StringTable`)
``NAME.first``             the number of the first string of each block, then the number of strings
``NAME.sizes``             the number of bytes of each string
``NAME.dictionary``        the dictionaries (:class:`~.container.StringTable`)
``NAME.dictionary.first``  the number of the first block of each dictionary
=========================  ============================================================================================
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from newssearch.engines.sorted_sets import Ints
from newssearch.system.deflate import compressor, decompress

from .container import (
    Array,
    Bytes,
    Container,
    ContainerWriter,
    StringTable,
    item_view,
    narrow,
    string_sections,
)

BLOCK_SIZE = 3072
"""A block has at least this many bytes before compression; only the last one may have fewer."""
DICTIONARY_SIZE = 32_768
"""The greatest size of a dictionary in bytes: the window of DEFLATE."""
REPACK_SIZE = 1 << 20
"""A merge compresses the strings of a source again if they have at most this many bytes; otherwise it copies blocks."""


def block_sections(name: str, values: Sequence[bytes]) -> dict[str, Array]:
    """Return the sections of a block store with the given strings, in their order."""
    piece = _pack(values)
    return {
        name: np.frombuffer(piece.blocks[0], np.uint8),
        f"{name}.offsets": narrow(_offsets_of(piece.sizes)),
        f"{name}.first": _offsets_of(piece.counts).astype(np.uint32),
        f"{name}.sizes": narrow(np.fromiter(map(len, values), np.int64, len(values))),
        **string_sections(f"{name}.dictionary", [piece.dictionary]),
        f"{name}.dictionary.first": np.zeros(1, np.uint32),
    }


class BlockStore:
    """A list of strings in compressed blocks, read by index."""

    REMEMBERED = 16
    """The number of cached decompressed blocks, for reads of neighbouring strings, and of cached dictionaries."""

    def __init__(self, container: Container, name: str) -> None:
        self.blocks = StringTable(container, name)
        self.first = container[f"{name}.first"]
        self.sizes = container[f"{name}.sizes"]
        self._firsts, self._lengths = item_view(self.first), item_view(self.sizes)
        self._dictionaries = StringTable(container, f"{name}.dictionary")
        self._dictionary_first: list[int] = container[f"{name}.dictionary.first"].tolist()
        self._known_dictionaries: dict[int, bytes] = {}
        self._open: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, index: int) -> str:
        number = bisect_right(self._firsts, index) - 1
        block = self._open.get(number)
        if block is None:
            block = self.unpacked(number)
            if len(self._open) >= self.REMEMBERED:
                self._open.clear()
            self._open[number] = block
        start = sum(self._lengths[self._firsts[number] : index])
        return block[start : start + self._lengths[index]].decode()

    def dictionary(self, block: int) -> bytes:
        """Return the dictionary of a block."""
        number = bisect_right(self._dictionary_first, block) - 1
        known = self._known_dictionaries.get(number)
        if known is None:
            if len(self._known_dictionaries) >= self.REMEMBERED:
                self._known_dictionaries.clear()
            known = self._known_dictionaries[number] = self._dictionaries[number]
        return known

    def dictionaries(self) -> Iterator[tuple[bytes, int, int]]:
        """Return each dictionary with the number of its first block and the number after that of its last block."""
        bounds = pairwise([*self._dictionary_first, len(self.blocks)])
        return ((self._dictionaries[number], start, end) for number, (start, end) in enumerate(bounds))

    def unpacked(self, block: int) -> bytes:
        """Decompress a block and return its strings, concatenated."""
        return decompress(self.blocks[block], self.dictionary(block))

    def values(self, block: int) -> list[bytes]:
        """Decompress a block and return its strings as a list."""
        whole = self.unpacked(block)
        ends = np.cumsum(self.sizes[self.first[block] : self.first[block + 1]], dtype=np.int64).tolist()
        return [whole[start:end] for start, end in pairwise([0, *ends])]


class _BlockRun(NamedTuple):
    """Consecutive blocks with one dictionary: their bytes, the size of each, and the number of strings of each."""

    dictionary: bytes
    blocks: Sequence[bytes | Bytes]
    sizes: Ints
    counts: Ints

    @classmethod
    def of(cls, dictionary: bytes, blocks: Sequence[bytes], counts: Sequence[int]) -> _BlockRun:
        """Return a run of the given compressed blocks; ``counts`` has the number of strings of each."""
        sizes = np.fromiter(map(len, blocks), np.int64, len(blocks))
        return cls(dictionary, [b"".join(blocks)], sizes, np.array(counts, np.int64))


def merge_blocks(name: str, parts: Sequence[tuple[BlockStore, Ints]], container: ContainerWriter) -> None:
    """Write a block store merged from ``parts``: from each store, the strings with the given ascending numbers."""
    pieces: list[_BlockRun] = []
    loose: list[bytes] = []
    for stored, kept in parts:
        if int(stored.sizes.sum(dtype=np.int64)) <= REPACK_SIZE:
            values = [value for block in range(len(stored.blocks)) for value in stored.values(block)]
            loose.extend(values[number] for number in kept.tolist())
            continue
        pieces.append(_pack(loose))
        loose = []
        pieces.extend(_kept_blocks(stored, kept))
    pieces.append(_pack(loose))
    pieces = [piece for piece in pieces if len(piece.sizes)] or pieces[:1]
    sizes = [stored.sizes[kept].astype(np.int64) for stored, kept in parts]
    container.add(f"{name}.sizes", narrow(np.concatenate(sizes)))
    _write_sections(name, pieces, container)


def _pack(values: Sequence[bytes]) -> _BlockRun:
    """Return strings compressed into new blocks, with a new dictionary if they are long enough for one."""
    ends = _offsets_of(np.fromiter(map(len, values), np.int64, len(values))).tolist()
    first = [0]
    while first[-1] < len(values):
        first.append(min(bisect_left(ends, ends[first[-1]] + BLOCK_SIZE), len(values)))
    dictionary = _make_dictionary(values) if ends[-1] > 4 * DICTIONARY_SIZE else b""
    packed = compressor(dictionary)
    blocks = [packed(b"".join(values[low:high])) for low, high in pairwise(first)]
    return _BlockRun.of(dictionary, blocks, [high - low for low, high in pairwise(first)])


def _kept_blocks(stored: BlockStore, kept: Ints) -> Iterator[_BlockRun]:
    """Yield the strings of a store with the numbers ``kept`` (ascending), as one run of blocks for each dictionary.

    Blocks that are kept whole are copied; the kept strings of the others are compressed again.
    """
    first = stored.first.astype(np.int64)
    wanted = np.diff(np.searchsorted(kept, first))
    whole = wanted == np.diff(first)
    for dictionary, start, end in stored.dictionaries():
        pieces = []
        # The bounds of runs of blocks that are either all kept whole, or all not.
        bounds = np.flatnonzero(np.diff(whole[start:end])) + start + 1
        for low, high in pairwise([start, *bounds.tolist(), end]):
            if high > low and whole[low]:
                data, sizes = stored.blocks.span(low, high)
                pieces.append(_BlockRun(dictionary, [data], sizes, wanted[low:high]))
            else:
                pieces.append(_repack(stored, dictionary, kept, range(low, high)))
        yield _BlockRun(
            dictionary,
            [block for piece in pieces for block in piece.blocks],
            np.concatenate([piece.sizes for piece in pieces]),
            np.concatenate([piece.counts for piece in pieces]),
        )


def _repack(stored: BlockStore, dictionary: bytes, kept: Ints, numbers: range) -> _BlockRun:
    """Return the kept strings of the given blocks, compressed again with their dictionary."""
    packed = compressor(dictionary)
    blocks: list[bytes] = []
    counts: list[int] = []
    for number in numbers:
        low, end = int(stored.first[number]), int(stored.first[number + 1])
        wanted = kept[np.searchsorted(kept, low) : np.searchsorted(kept, end)] - low
        if len(wanted):
            values = stored.values(number)
            blocks.append(packed(b"".join(values[n] for n in wanted.tolist())))
            counts.append(len(wanted))
    return _BlockRun.of(dictionary, blocks, counts)


def _write_sections(name: str, pieces: Sequence[_BlockRun], container: ContainerWriter) -> None:
    container.add_joined(name, [np.frombuffer(block, np.uint8) for piece in pieces for block in piece.blocks])
    container.add(f"{name}.offsets", narrow(_offsets_of(np.concatenate([piece.sizes for piece in pieces]))))
    counts = np.concatenate([piece.counts for piece in pieces])
    container.add(f"{name}.first", _offsets_of(counts).astype(np.uint32))
    for section, array in string_sections(
        f"{name}.dictionary", [piece.dictionary for piece in pieces]
    ).items():
        container.add(section, array)
    blocks = _offsets_of(np.array([len(piece.sizes) for piece in pieces], np.int64))
    container.add(f"{name}.dictionary.first", blocks[:-1].astype(np.uint32))


def _offsets_of(sizes: Ints) -> Ints:
    """Return the offset of each item, then the total size, from the sizes of consecutive items."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))


def _make_dictionary(values: Sequence[bytes]) -> bytes:
    """Return a dictionary: the beginnings of strings sampled at even intervals, concatenated."""
    most = 512
    sizes = np.fromiter(map(len, values), np.int64, len(values))
    mean = int(np.minimum(sizes, most).sum()) / len(values)
    step = max(int(len(values) * mean / DICTIONARY_SIZE), 1)
    return b"".join([value[:most] for value in values[::step]])[:DICTIONARY_SIZE]
