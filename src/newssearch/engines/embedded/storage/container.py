"""The file of a segment: named arrays in one file, mapped into memory.

::

    +--------------------+  0
    | b"NEWSSEG2"        |  magic number and version of the layout
    +--------------------+  64
    | section            |  the bytes of an array, little-endian, from a multiple of 64 on
    | section            |
    | …                  |
    +--------------------+
    | directory          |  JSON: {name: [dtype, offset, items], …}
    | u32 …              |  a crc32 of each page of 4,096 bytes above the directory
    +--------------------+  end - 24
    | u64 u32 u32        |  offset and size of the directory, and one crc32 of directory and page checksums
    | b"NEWSSEG2"        |
    +--------------------+  end

Opening reads the end of the file and its directory. A section is a view of the mapped file, which the operating system
reads when it is accessed; it is compared with its checksums first (:mod:`.mmap_file`). All data are on disk when
:meth:`ContainerWriter.close` returns.
"""

from __future__ import annotations

import contextlib
import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.sorted_sets import Array
from newssearch.system.atomic_files import new_file, sync
from newssearch.system.fault_points import fault_point
from newssearch.system.kept import cached_property

from .mmap_file import ALIGNMENT, MAGIC, ContainerError, MappedFile, Section, checksums, trailer_bytes

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
"""The size of the write buffer in bytes: large, because each write gives the interpreter lock to searching threads."""
HEAD_INTERVAL = 256
"""Every 256th string of a sorted table is kept in memory, so that binary searches read few pages of the file."""
Bytes = NDArray[np.uint8]


class Allocation(NamedTuple):
    """The space allocated for an array in an unfinished file; another process may fill it.

    ``offset`` is in bytes, ``size`` in items.
    """

    path: Path
    dtype: np.dtype[Any]
    offset: int
    size: int

    def open(self) -> Array:
        """Return the array, mapped from the file for writing."""
        if not self.size:
            return np.empty(0, self.dtype)
        return np.memmap(self.path, self.dtype, "r+", self.offset, (self.size,))


class ContainerWriter:
    """Writes a container file. A section is written whole, or allocated and filled before the file is closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        fault_point("arrays: begin")
        self._file = new_file(path, WRITE_BUFFER)
        self._file.write(MAGIC.ljust(ALIGNMENT, b"\0"))
        self._at = self._end = ALIGNMENT
        self._directory: dict[str, tuple[str, int, int]] = {}

    def add(self, name: str, array: Array) -> None:
        """Write an array as a section."""
        self.add_joined(name, [array])

    def add_joined(self, name: str, arrays: Sequence[Array]) -> None:
        """Write a section from consecutive arrays of one type."""
        arrays = [np.ascontiguousarray(array) for array in arrays]
        offset = self._enter(name, arrays[0].dtype, sum(map(len, arrays)))
        if 0 <= offset - self._at < ALIGNMENT:  # a seek would flush the buffer
            self._file.write(bytes(offset - self._at))
        else:
            self._file.seek(offset)
        self._at = offset
        for array in arrays:
            self._at += self._file.write(array.astype(array.dtype.newbyteorder("<"), copy=False).data)

    def allocate(self, name: str, dtype: Any, size: int) -> Allocation:
        """Allocate a section of ``size`` zeros, to be filled before the container is closed."""
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
        """Write the directory, sync the file to disk, and close it."""
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
        """Remove the unfinished file."""
        with contextlib.suppress(OSError):  # the disk has no space for the buffered bytes
            self._file.close()
        with contextlib.suppress(OSError):  # a later commit will remove it
            self._path.unlink(missing_ok=True)


def _reserve(descriptor: int, size: int) -> None:
    """Extend a file to ``size`` bytes of reserved disk space: writing to a map without space would kill the process."""
    reserve = getattr(os, "posix_fallocate", None)
    if reserve is not None:
        reserve(descriptor, 0, size)
        return
    at = os.lseek(descriptor, 0, os.SEEK_END)
    while at < size:
        at += os.write(descriptor, bytes(min(size - at, WRITE_BUFFER)))


def write_container(path: Path, sections: Mapping[str, Array]) -> None:
    """Write a container with the given sections; if that fails, remove the file."""
    container = ContainerWriter(path)
    try:
        for name, array in sections.items():
            container.add(name, array)
        container.close()
    except BaseException:
        container.discard()
        raise


class Container:
    """The sections of a container file, or of a mapping from names to arrays."""

    def __init__(self, source: Path | MappedFile | Mapping[str, Array]) -> None:
        self._sections: dict[str, Array] = {}
        self._opened: dict[str, Section] = {}
        self.path: Path | None = None
        self.mapped: MappedFile | None = None
        """The mapped file; None for a mapping from names to arrays."""
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
        """Return a section as an array, after comparing it with its checksums.

        Raises :class:`ContainerError` if the file does not have it, or a checksum is wrong.
        """
        found = self._sections.get(name)
        if found is None:
            found = self._sections[name] = self.section(name).all()
        return found

    def section(self, name: str) -> Section:
        """Return a section whose slices are compared with their checksums as they are read.

        Raises :class:`ContainerError` if the file does not have it.
        """
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

    def names(self) -> Iterator[str]:
        """Return the names of all sections."""
        return iter({**self._sections, **self._directory})

    def items(self) -> Iterator[tuple[str, Array]]:
        """Return all sections with their names."""
        return ((name, self[name]) for name in {**self._sections, **self._directory})

    def check(self) -> None:
        """Compare the whole file with its checksums. Raises :class:`ContainerError` if one is wrong."""
        if self.mapped is not None:
            self.mapped.check_all()

    def release(self) -> None:
        """Take the pages of the file that have been read out of the memory of this process."""
        if self.mapped is not None:
            self.mapped.release()

    def check_size(self) -> None:
        """Raise :class:`ContainerError` if another program has truncated the file."""
        if self.mapped is not None:
            self.mapped.check_size()


def item_view(array: Array) -> Sequence[int]:
    """Return a view of an array for reading single numbers: a memory view if possible, which is three times as fast."""
    view: Any = array.data if array.dtype.isnative else array
    return view  # type: ignore[no-any-return]


MAX_KEPT_TEXTS = 1024
"""The number of decoded strings that a table caches. When it is exceeded, the cache is emptied."""


class StringTable:
    """A table of strings in two sections: ``NAME`` has their bytes, ``NAME.offsets`` the offset of each, then the
    total size.
    """

    def __init__(self, container: Container, name: str) -> None:
        self._bytes = container.section(name)
        self._offsets: Array = container[f"{name}.offsets"]
        self._view = self._bytes.array.data
        self._texts: dict[int, str] = {}
        self._offset_view = item_view(self._offsets)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, index: int) -> bytes:
        low, high = self._offset_view[index], self._offset_view[index + 1]
        self._bytes.check(low, high)
        return self._view[low:high].tobytes()

    def text(self, index: int) -> str:
        """Return the string with the given index, decoded from UTF-8, and cache it."""
        found = self._texts.get(index)
        if found is None:
            if len(self._texts) >= MAX_KEPT_TEXTS:
                self._texts.clear()
            found = self._texts[index] = self[index].decode()
        return found

    def slice(self, low: int, high: int) -> list[bytes]:
        """Return the strings with the indices from ``low`` up to but not including ``high``."""
        at = self._offsets[low : high + 1]
        whole = self._bytes.between(int(at[0]), int(at[-1])).tobytes()
        ends = (at - at[0]).tolist()
        return [whole[start:end] for start, end in pairwise(ends)]

    def span(self, low: int, high: int) -> tuple[Bytes, NDArray[np.int64]]:
        """Return the strings from ``low`` up to but not including ``high``: their bytes, concatenated, and the size of
        each.
        """
        at = self._offsets[low : high + 1].astype(np.int64)
        return self._bytes.between(int(at[0]), int(at[-1])), np.diff(at)

    def all(self) -> list[bytes]:
        """Return all strings."""
        return self.slice(0, len(self))

    def sizes_between(self, low: int, high: int) -> NDArray[np.int64]:
        """Return the sizes in bytes of the strings from ``low`` up to but not including ``high``."""
        return np.asarray(np.diff(self._offsets[low : high + 1].astype(np.int64)), np.int64)

    def letters(self, numbers: NDArray[np.int64], width: int) -> NDArray[np.uint32]:
        """Return the first ``width`` bytes of each given string, a row each; bytes after its end are arbitrary."""
        indices = self._offsets[numbers].astype(np.int64)[:, None] + np.arange(width)
        octets = self._bytes.all()
        return np.asarray(octets[np.minimum(indices, len(octets) - 1)], np.uint32)

    def wide_between(self, low: int, high: int) -> NDArray[np.bool_]:
        """Return a mask of the strings from ``low`` up to ``high`` with characters beyond ASCII. None may be empty."""
        if low >= high:
            return np.empty(0, np.bool_)
        octets, sizes = self.span(low, high)
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        return np.asarray(np.maximum.reduceat(octets, starts) > 127, np.bool_)

    # ---- sorted strings

    def lower(self, wanted: bytes) -> int:
        """Return the index of the first string that is at least ``wanted``; the number of strings if there is none."""
        heads = self._heads
        step = bisect_left(heads, wanted)
        return bisect_left(
            self, wanted, max(step - 1, 0) * HEAD_INTERVAL, min(step * HEAD_INTERVAL, len(self))
        )

    @cached_property
    def _heads(self) -> list[bytes]:
        """Every 256th string, from the first on."""
        return [self[index] for index in range(0, len(self), HEAD_INTERVAL)]

    def find(self, wanted: bytes) -> int:
        """Return the index of ``wanted``, or -1 if the table does not have it."""
        at = self.lower(wanted)
        return at if at < len(self) and self[at] == wanted else -1

    def find_between(self, wanted: bytes, low: int, high: int) -> int:
        """Return the index of ``wanted`` from ``low`` up to but not including ``high``; -1 if it is not there."""
        at = bisect_left(self, wanted, low, high)
        return at if at < high and self[at] == wanted else -1

    def with_prefix(self, prefix: bytes) -> tuple[int, int]:
        """Return the index of the first string that begins with ``prefix``, and the index after the last one."""
        low = self.lower(prefix)
        stripped = prefix.rstrip(b"\xff")
        if not stripped:
            return low, len(self)
        return low, self.lower(stripped[:-1] + bytes([stripped[-1] + 1]))


def string_sections(name: str, values: list[bytes]) -> dict[str, Array]:
    """Return the sections of a :class:`StringTable` with the given strings, in their order."""
    sizes = np.fromiter(map(len, values), np.int64, len(values))
    at = np.concatenate(([0], np.cumsum(sizes)))
    return {name: np.frombuffer(b"".join(values), np.uint8), f"{name}.offsets": narrow(at)}


def narrow(values: Array) -> Array:
    """Convert non-negative numbers to the smallest unsigned type that holds them all."""
    most = int(values.max(initial=0))
    for dtype in (np.uint8, np.uint16, np.uint32):
        if most <= np.iinfo(dtype).max:
            return values.astype(dtype)
    return values.astype(np.uint64)
