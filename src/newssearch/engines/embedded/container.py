"""One file of named arrays, mapped into memory: what a segment of the index is kept in.

::

    +--------------------+  0
    | b"NEWSSEG1"        |  magic number and version of the layout
    +--------------------+  64
    | section            |  the bytes of an array, little-endian, from a multiple of 64 on
    | section            |
    | …                  |
    +--------------------+
    | directory          |  JSON: {name: [dtype, offset, items, crc32], …}
    +--------------------+  end - 24
    | u64 u32 u32        |  offset, size and crc32 of the directory
    | b"NEWSSEG1"        |
    +--------------------+  end

Opening reads the end of the file and its directory. A section is a view of the mapped file, read by the operating
system when it is touched. What is written is on disk before :meth:`ContainerWriter.close` returns.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import NewssearchError

MAGIC = b"NEWSSEG1"
ALIGNMENT = 64
BUFFER = 1 << 18
"""Bytes that are written at a time: each write lets go of the interpreter, which may take long to get back from threads
that search."""
_END = struct.Struct("<QII8s")
HEADS = 256
"""Of so many sorted strings, one is held in memory for searches."""
_STEP = 1 << 24
"""Bytes of which a checksum is made at a time."""

Bytes = NDArray[np.uint8]
Array = NDArray[Any]


class ContainerError(NewssearchError):
    """A file that is no container, or not the one that was written."""


class Place(NamedTuple):
    """Where in a file there is place for an array; another process may write it there."""

    path: Path
    dtype: np.dtype[Any]
    offset: int
    size: int

    def open(self) -> Array:
        """The array, to be written into."""
        if not self.size:
            return np.empty(0, self.dtype)
        return np.memmap(self.path, self.dtype, "r+", self.offset, (self.size,))


class ContainerWriter:
    """A container that is being written. Sections may be written whole, or allocated and filled later."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("w+b", buffering=BUFFER)
        self._file.write(MAGIC.ljust(ALIGNMENT, b"\0"))
        self._at = self._end = ALIGNMENT
        self._directory: dict[str, tuple[str, int, int]] = {}

    def add(self, name: str, array: Array) -> None:
        """Write a section."""
        self.add_joined(name, [array])

    def add_joined(self, name: str, arrays: Sequence[Array]) -> None:
        """Write a section that is several arrays of one type, one behind the other."""
        arrays = [np.ascontiguousarray(array) for array in arrays]
        offset = self._enter(name, arrays[0].dtype, sum(map(len, arrays)))
        if 0 <= offset - self._at < ALIGNMENT:  # a seek would write out what is buffered
            self._file.write(bytes(offset - self._at))
        else:
            self._file.seek(offset)
        self._at = offset
        for array in arrays:
            self._at += self._file.write(array.astype(array.dtype.newbyteorder("<"), copy=False).data)

    def allocate(self, name: str, dtype: Any, size: int) -> Place:
        """A section of zeros to write into, until the container is closed."""
        kept = np.dtype(dtype).newbyteorder("<")
        offset = self._enter(name, kept, size)
        self._file.truncate(self._end)
        self._file.flush()
        return Place(self._path, kept, offset, size)

    def _enter(self, name: str, dtype: np.dtype[Any], size: int) -> int:
        offset = self._end
        self._directory[name] = (dtype.newbyteorder("<").str, offset, size)
        self._end += -(-size * dtype.itemsize // ALIGNMENT) * ALIGNMENT
        return offset

    def close(self) -> None:
        """Write the directory, and see to it that all is on disk."""
        self._file.truncate(self._end)
        self._file.flush()
        with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            entries = {
                name: [dtype, offset, size, _checksum(mapped, offset, size * np.dtype(dtype).itemsize)]
                for name, (dtype, offset, size) in self._directory.items()
            }
        directory = json.dumps(entries, separators=(",", ":")).encode()
        self._file.seek(self._end)
        self._file.write(directory)
        self._file.write(_END.pack(self._end, len(directory), zlib.crc32(directory), MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Drop what was written."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def write(path: Path, sections: Mapping[str, Array]) -> None:
    """Write a whole container; where that fails, nothing is left."""
    container = ContainerWriter(path)
    try:
        for name, array in sections.items():
            container.add(name, array)
        container.close()
    except BaseException:
        container.discard()
        raise


class Container:
    """The sections of a file, or of a mapping from names to arrays."""

    def __init__(self, source: Path | Mapping[str, Array]) -> None:
        self._sections: dict[str, Array] = {}
        self._directory: dict[str, tuple[str, int, int, int]] = {}
        self._map: mmap.mmap | None = None
        self.path = source if isinstance(source, Path) else None
        if isinstance(source, Path):
            self._open(source)
        else:
            self._sections.update(source)

    def _open(self, path: Path) -> None:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < ALIGNMENT + _END.size:
                raise ContainerError(f"{path.name} is cut short")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        offset, length, checksum, magic = _END.unpack_from(self._map, size - _END.size)
        if magic != MAGIC or self._map[: len(MAGIC)] != MAGIC or offset + length != size - _END.size:
            raise ContainerError(f"{path.name} is no segment of this version, or cut short")
        directory = self._map[offset : offset + length]
        if zlib.crc32(directory) != checksum:
            raise ContainerError(f"{path.name}: the directory is damaged")
        self._directory = {name: tuple(entry) for name, entry in json.loads(directory).items()}

    @property
    def in_memory(self) -> bool:
        """Whether it is no file."""
        return self._map is None

    def __contains__(self, name: str) -> bool:
        return name in self._sections or name in self._directory

    def __getitem__(self, name: str) -> Array:
        found = self._sections.get(name)
        if found is None:
            dtype, offset, size, _ = self._directory[name]
            assert self._map is not None, "only a mapped container has a directory"
            found = self._sections[name] = np.frombuffer(self._map, dtype, size, offset)
        return found

    def items(self) -> Iterator[tuple[str, Array]]:
        """All sections."""
        return ((name, self[name]) for name in {**self._sections, **self._directory})

    def damaged(self) -> Iterator[str]:
        """The sections whose bytes are not those that were written. Reads the whole file."""
        for name, (dtype, offset, size, checksum) in self._directory.items():
            if _checksum(self._map, offset, size * np.dtype(dtype).itemsize) != checksum:
                yield name


def items(array: Array) -> Sequence[int]:
    """An array to read single numbers of, which costs a third in a memory view."""
    view: Any = array.data if array.dtype.isnative else array
    return view  # type: ignore[no-any-return]


class Strings:
    """Strings one behind the other: two sections, ``NAME`` with their bytes and ``NAME.at`` where each begins."""

    def __init__(self, container: Container, name: str) -> None:
        self._bytes: Bytes = container[name]
        self._at: Array = container[f"{name}.at"]
        self._view = self._bytes.data
        self._begins = items(self._at)

    def __len__(self) -> int:
        return len(self._at) - 1

    def __getitem__(self, index: int) -> bytes:
        begins = self._begins
        return self._view[begins[index] : begins[index + 1]].tobytes()

    def slice(self, low: int, high: int) -> list[bytes]:
        """Those from ``low`` up to but not including ``high``."""
        at = self._at[low : high + 1]
        whole = self._bytes[at[0] : at[-1]].tobytes()
        ends = (at - at[0]).tolist()
        return [whole[start:end] for start, end in pairwise(ends)]

    def span(self, low: int, high: int) -> tuple[Bytes, NDArray[np.int64]]:
        """The bytes of those from ``low`` up to but not including ``high``, and how many each has."""
        at = self._at[low : high + 1].astype(np.int64)
        return self._bytes[at[0] : at[-1]], np.diff(at)

    def all(self) -> list[bytes]:
        """All of them."""
        return self.slice(0, len(self))

    @property
    def sizes(self) -> NDArray[np.int64]:
        """The bytes of each."""
        return np.asarray(np.diff(self._at.astype(np.int64)), np.int64)

    def letters(self, numbers: NDArray[np.int64], width: int) -> NDArray[np.uint32]:
        """The first bytes of some of them, each a row; a shorter one is followed by anything."""
        places = self._at[numbers].astype(np.int64)[:, None] + np.arange(width)
        return np.asarray(self._bytes[np.minimum(places, len(self._bytes) - 1)], np.uint32)

    @property
    def wide(self) -> NDArray[np.bool_]:
        """Which of them have more bytes than characters; none of them is empty."""
        if not len(self):
            return np.empty(0, np.bool_)
        return np.asarray(np.maximum.reduceat(self._bytes, self._at[:-1].astype(np.int64)) > 127, np.bool_)

    # ---- of sorted ones

    def lower(self, wanted: bytes) -> int:
        """The first that is not less than ``wanted``."""
        heads = self._heads
        step = bisect_left(heads, wanted)
        return bisect_left(self, wanted, max(step - 1, 0) * HEADS, min(step * HEADS, len(self)))

    @cached_property
    def _heads(self) -> list[bytes]:
        """Every so many of them."""
        return [self[index] for index in range(0, len(self), HEADS)]

    def find(self, wanted: bytes) -> int:
        """The number of ``wanted``, or -1."""
        at = self.lower(wanted)
        return at if at < len(self) and self[at] == wanted else -1

    def with_prefix(self, prefix: bytes) -> tuple[int, int]:
        """From where to where they begin with ``prefix``."""
        low = self.lower(prefix)
        bare = prefix.rstrip(b"\xff")
        if not bare:
            return low, len(self)
        return low, self.lower(bare[:-1] + bytes([bare[-1] + 1]))


def strings(name: str, values: list[bytes]) -> dict[str, Array]:
    """The sections of :class:`Strings`."""
    sizes = np.fromiter(map(len, values), np.int64, len(values))
    at = np.concatenate(([0], np.cumsum(sizes)))
    return {name: np.frombuffer(b"".join(values), np.uint8), f"{name}.at": narrow(at)}


def narrow(values: Array) -> Array:
    """Numbers that are not negative in the smallest of the types that hold them all."""
    most = int(values.max(initial=0))
    for dtype in (np.uint8, np.uint16, np.uint32):
        if most <= np.iinfo(dtype).max:
            return values.astype(dtype)
    return values.astype(np.uint64)


def _checksum(mapped: mmap.mmap | None, offset: int, size: int) -> int:
    assert mapped is not None, "a section has bytes"
    checksum = 0
    with memoryview(mapped) as view:
        for start in range(offset, offset + size, _STEP):
            checksum = zlib.crc32(view[start : min(start + _STEP, offset + size)], checksum)
    return checksum
