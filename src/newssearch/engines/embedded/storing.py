"""Strings kept in compressed blocks, of which one is unpacked to read one of them.

Each block is compressed by itself with zlib (raw DEFLATE, RFC 1951), with a *dictionary*: a sample of all strings that
it can refer to as if it stood before them. Sections, for strings stored as ``NAME``:

======================  ===============================================================================================
``NAME``                the blocks (:class:`~.container.Strings`)
``NAME.first``          the first string of each block, and the end
``NAME.sizes``          the bytes of each string
``NAME.known``          the dictionaries (:class:`~.container.Strings`)
``NAME.known.first``    the first block of each dictionary
======================  ===============================================================================================
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .container import Array, Container, ContainerWriter, Strings, items, narrow, strings
from .inverting import Ints

BLOCK = 3072
"""Bytes that are compressed together, at least."""
LEVEL = 4
"""Of zlib."""
SAMPLE = 32_768
"""Bytes of a dictionary: as far as zlib looks back."""
SMALL = 1 << 20
"""Bytes of strings up to which a merge packs them anew, instead of copying their blocks."""


def store(name: str, values: Sequence[bytes]) -> dict[str, Array]:
    """The sections of some strings."""
    piece = _packed(values)
    return {
        **strings(name, list(piece.raw())),
        f"{name}.first": np.cumsum([0, *piece.counts]).astype(np.uint32),
        f"{name}.sizes": narrow(np.fromiter(map(len, values), np.int64, len(values))),
        **strings(f"{name}.known", [piece.known]),
        f"{name}.known.first": np.zeros(1, np.uint32),
    }


class Stored:
    """Strings in blocks, read one by one."""

    REMEMBERED = 16
    """Blocks that are kept unpacked, for what stands beside what was just read."""

    def __init__(self, container: Container, name: str) -> None:
        self.blocks = Strings(container, name)
        self.first = container[f"{name}.first"]
        self.sizes = container[f"{name}.sizes"]
        self._firsts, self._lengths = items(self.first), items(self.sizes)
        self._known = Strings(container, f"{name}.known")
        self._known_first: list[int] = container[f"{name}.known.first"].tolist()
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
        """What a block is compressed with the knowledge of."""
        return self._known[bisect_right(self._known_first, block) - 1]

    def dictionaries(self) -> Iterator[tuple[bytes, int, int]]:
        """Each dictionary, with the first block that has it and the first that no longer does."""
        bounds = pairwise([*self._known_first, len(self.blocks)])
        return ((self._known[number], start, end) for number, (start, end) in enumerate(bounds))

    def unpacked(self, block: int) -> bytes:
        """The strings of a block, one behind the other."""
        known = self.dictionary(block)
        unpacker = (
            zlib.decompressobj(-zlib.MAX_WBITS, known) if known else zlib.decompressobj(-zlib.MAX_WBITS)
        )
        return unpacker.decompress(self.blocks[block])

    def values(self, block: int) -> list[bytes]:
        """The strings of a block."""
        whole = self.unpacked(block)
        ends = np.cumsum(self.sizes[self.first[block] : self.first[block + 1]], dtype=np.int64).tolist()
        return [whole[start:end] for start, end in pairwise([0, *ends])]


class _Piece(NamedTuple):
    """Blocks with one dictionary: packed ones, or the numbers of those that are copied from ``source``."""

    blocks: Sequence[bytes | int]
    counts: Sequence[int]
    known: bytes
    source: Stored | None = None

    def raw(self) -> Iterator[bytes]:
        """The blocks as they are kept."""
        for block in self.blocks:
            if isinstance(block, bytes):
                yield block
            elif self.source is not None:
                yield self.source.blocks[block]


def merge(name: str, parts: Sequence[tuple[Stored, Ints]], container: ContainerWriter) -> None:
    """Write the strings of several, of each those with the numbers given, ascending, as one."""
    pieces: list[_Piece] = []
    loose: list[bytes] = []
    for stored, kept in parts:
        if int(stored.sizes.sum(dtype=np.int64)) <= SMALL:
            values = [value for block in range(len(stored.blocks)) for value in stored.values(block)]
            loose.extend(values[number] for number in kept.tolist())
            continue
        pieces.append(_packed(loose))
        loose = []
        pieces.extend(_kept(stored, kept))
    pieces.append(_packed(loose))
    pieces = [piece for piece in pieces if piece.blocks] or pieces[:1]
    sizes = [stored.sizes[kept].astype(np.int64) for stored, kept in parts]
    container.add(f"{name}.sizes", narrow(np.concatenate(sizes)))
    _write(name, pieces, container)


def _packed(values: Sequence[bytes]) -> _Piece:
    """Strings in new blocks."""
    ends = np.cumsum([0, *map(len, values)], dtype=np.int64)
    first = [0]
    while first[-1] < len(values):
        first.append(min(int(np.searchsorted(ends, ends[first[-1]] + BLOCK)), len(values)))
    known = _sample(values) if ends[-1] > 4 * SAMPLE else b""
    packed = _Packer(known)
    blocks = [packed(b"".join(values[low:high])) for low, high in pairwise(first)]
    return _Piece(blocks, [high - low for low, high in pairwise(first)], known)


def _kept(stored: Stored, kept: Ints) -> Iterator[_Piece]:
    """Some of the strings of a store: whole blocks as they are, others packed anew."""
    at = np.searchsorted(kept, stored.first.astype(np.int64)).tolist()
    for known, start, end in stored.dictionaries():
        packed = _Packer(known)
        blocks: list[bytes | int] = []
        counts: list[int] = []
        for number in range(start, end):
            low, size = int(stored.first[number]), int(stored.first[number + 1]) - int(stored.first[number])
            wanted = kept[at[number] : at[number + 1]]
            if not len(wanted):
                continue
            counts.append(len(wanted))
            if len(wanted) == size:
                blocks.append(number)
            else:
                values = stored.values(number)
                blocks.append(packed(b"".join(values[n - low] for n in wanted.tolist())))
        yield _Piece(blocks, counts, known, stored)


def _write(name: str, pieces: Sequence[_Piece], container: ContainerWriter) -> None:
    at = np.cumsum([0, *(len(block) for piece in pieces for block in piece.raw())], dtype=np.int64)
    target = container.allocate(name, np.uint8, int(at[-1]))
    bounds = iter(pairwise(at.tolist()))
    for piece in pieces:
        for block in piece.raw():
            low, high = next(bounds)
            target[low:high] = np.frombuffer(block, np.uint8)
    container.add(f"{name}.at", narrow(at))
    counts = [count for piece in pieces for count in piece.counts]
    container.add(f"{name}.first", np.cumsum([0, *counts]).astype(np.uint32))
    for section, array in strings(f"{name}.known", [piece.known for piece in pieces]).items():
        container.add(section, array)
    blocks = np.cumsum([0, *(len(piece.blocks) for piece in pieces)])
    container.add(f"{name}.known.first", blocks[:-1].astype(np.uint32))


class _Packer:
    """Compresses blocks with a dictionary, which is taken in once."""

    def __init__(self, known: bytes) -> None:
        how = (LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_DEFAULT_STRATEGY)
        self._empty = zlib.compressobj(*how, known) if known else zlib.compressobj(*how)

    def __call__(self, whole: bytes) -> bytes:
        packer = self._empty.copy()
        return packer.compress(whole) + packer.flush()


def _sample(values: Sequence[bytes]) -> bytes:
    """The beginnings of strings from all over."""
    most = 512
    mean = sum(min(len(value), most) for value in values) / len(values)
    step = max(int(len(values) * mean / SAMPLE), 1)
    return b"".join(value[:most] for value in values[::step])[:SAMPLE]
