"""One file of named arrays, mapped into memory: what a segment of the index is kept in.

::

    +--------------------+  0
    | b"NEWSSEG2"        |  magic number and version of the layout
    +--------------------+  64
    | section            |  the bytes of an array, little-endian, from a multiple of 64 on
    | section            |
    | …                  |
    +--------------------+
    | directory          |  JSON: {name: [dtype, offset, items], …}
    | u32 …              |  a crc32 of each page of 4,096 bytes of all that is above the directory
    +--------------------+  end - 24
    | u64 u32 u32        |  offset and size of the directory, and the crc32 of it and of those of the pages
    | b"NEWSSEG2"        |
    +--------------------+  end

Opening reads the end of the file and its directory. A section is a view of the mapped file, read by the operating
system when it is touched, and compared with its checksums when it is asked for (:mod:`.mmap_file`). What is written is on
disk before :meth:`ContainerWriter.close` returns.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.system.atomic_files import new_file, sync
from newssearch.system.fault_points import fault_point

from .mmap_file import ALIGNMENT, MAGIC, Array, ContainerError, MappedFile, Section, checksums, trailer_bytes

__all__ = [
    "Allocation",
    "Array",
    "Bytes",
    "Container",
    "ContainerError",
    "ContainerWriter",
    "Section",
    "StringTable",
]

WRITE_BUFFER = 1 << 18
"""Bytes that are written at a time: each write lets go of the interpreter, which may take long to get back from threads
that search."""
HEAD_INTERVAL = 256
"""Of so many sorted strings, one is held in memory for searches."""
Bytes = NDArray[np.uint8]


class Allocation(NamedTuple):
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
        fault_point("arrays: begin")
        self._file = new_file(path, WRITE_BUFFER)
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

    def allocate(self, name: str, dtype: Any, size: int) -> Allocation:
        """A section of zeros to write into, until the container is closed."""
        kept = np.dtype(dtype).newbyteorder("<")
        offset = self._enter(name, kept, size)
        self._file.flush()
        _reserve(self._file.fileno(), self._end)
        return Allocation(self._path, kept, offset, size)

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
            sums = checksums(mapped, self._end)
        self._file.seek(self._end)
        self._file.write(trailer_bytes(self._directory, sums, self._end))
        self._file.flush()
        fault_point("arrays: written")
        sync(self._file.fileno())
        self._file.close()
        fault_point("arrays: on disk")

    def discard(self) -> None:
        """Drop what was written."""
        with contextlib.suppress(OSError):  # there was no room for what it still held
            self._file.close()
        with contextlib.suppress(OSError):  # it stays behind until a later commit
            self._path.unlink(missing_ok=True)


def _reserve(descriptor: int, size: int) -> None:
    """Let a file have so many bytes, and room for them: to write into a map of it must not fail, for that would end the
    process."""
    reserve = getattr(os, "posix_fallocate", None)
    if reserve is not None:
        reserve(descriptor, 0, size)
        return
    at = os.lseek(descriptor, 0, os.SEEK_END)
    while at < size:
        at += os.write(descriptor, bytes(min(size - at, WRITE_BUFFER)))


def write_container(path: Path, sections: Mapping[str, Array]) -> None:
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

    def __init__(self, source: Path | MappedFile | Mapping[str, Array]) -> None:
        self._sections: dict[str, Array] = {}
        self._opened: dict[str, Section] = {}
        self.path: Path | None = None
        self.mapped: MappedFile | None = None
        """The file that it is, unless it is none."""
        if isinstance(source, MappedFile):
            self.path, self.mapped = source.path, source
        elif isinstance(source, Path):
            self.path, self.mapped = source, MappedFile.of(source)
        else:
            self._sections.update(source)

    @property
    def _directory(self) -> Mapping[str, tuple[str, int, int]]:
        return self.mapped.directory if self.mapped is not None else {}

    def __contains__(self, name: str) -> bool:
        return name in self._sections or name in self._directory

    def __getitem__(self, name: str) -> Array:
        """A section, all of which is what was written. Raises :class:`ContainerError`."""
        found = self._sections.get(name)
        if found is None:
            found = self._sections[name] = self.section(name).all()
        return found

    def section(self, name: str) -> Section:
        """A section to read stretches of, that are looked at as they are asked for."""
        found = self._opened.get(name)
        if found is None:
            if self.mapped is None:
                found = Section(self._sections[name])
            elif name not in self._directory:
                raise ContainerError(self.mapped.path, f"it has no {name}")
            else:
                found = Section(self.mapped.array(name), self.mapped, self._directory[name][1])
            self._opened[name] = found
        return found

    def items(self) -> Iterator[tuple[str, Array]]:
        """All sections."""
        return ((name, self[name]) for name in {**self._sections, **self._directory})

    def check(self) -> None:
        """See to it that all of it is what was written. Raises :class:`ContainerError`."""
        if self.mapped is not None:
            self.mapped.check_all()

    def check_size(self) -> None:
        """See to it that no other program has cut its file. Raises :class:`ContainerError`."""
        if self.mapped is not None:
            self.mapped.check_size()


def item_view(array: Array) -> Sequence[int]:
    """An array to read single numbers of, which costs a third in a memory view."""
    view: Any = array.data if array.dtype.isnative else array
    return view  # type: ignore[no-any-return]


class StringTable:
    """Strings one behind the other: two sections, ``NAME`` with their bytes and ``NAME.at`` where each begins."""

    def __init__(self, container: Container, name: str) -> None:
        self._part = container.section(name)
        self._at: Array = container[f"{name}.at"]
        self._view = self._part.array.data
        self._begins = item_view(self._at)

    def __len__(self) -> int:
        return len(self._at) - 1

    def __getitem__(self, index: int) -> bytes:
        low, high = self._begins[index], self._begins[index + 1]
        self._part.check(low, high)
        return self._view[low:high].tobytes()

    def slice(self, low: int, high: int) -> list[bytes]:
        """Those from ``low`` up to but not including ``high``."""
        at = self._at[low : high + 1]
        whole = self._part.between(int(at[0]), int(at[-1])).tobytes()
        ends = (at - at[0]).tolist()
        return [whole[start:end] for start, end in pairwise(ends)]

    def span(self, low: int, high: int) -> tuple[Bytes, NDArray[np.int64]]:
        """The bytes of those from ``low`` up to but not including ``high``, and how many each has."""
        at = self._at[low : high + 1].astype(np.int64)
        return self._part.between(int(at[0]), int(at[-1])), np.diff(at)

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
        octets = self._part.all()
        return np.asarray(octets[np.minimum(places, len(octets) - 1)], np.uint32)

    @property
    def wide(self) -> NDArray[np.bool_]:
        """Which of them have more bytes than characters; none of them is empty."""
        if not len(self):
            return np.empty(0, np.bool_)
        return np.asarray(
            np.maximum.reduceat(self._part.all(), self._at[:-1].astype(np.int64)) > 127, np.bool_
        )

    # ---- of sorted ones

    def lower(self, wanted: bytes) -> int:
        """The first that is not less than ``wanted``."""
        heads = self._heads
        step = bisect_left(heads, wanted)
        return bisect_left(
            self, wanted, max(step - 1, 0) * HEAD_INTERVAL, min(step * HEAD_INTERVAL, len(self))
        )

    @cached_property
    def _heads(self) -> list[bytes]:
        """Every so many of them."""
        return [self[index] for index in range(0, len(self), HEAD_INTERVAL)]

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


def string_sections(name: str, values: list[bytes]) -> dict[str, Array]:
    """The sections of :class:`StringTable`."""
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
