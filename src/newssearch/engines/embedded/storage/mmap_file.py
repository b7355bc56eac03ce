"""A memory-mapped file of named arrays. Each page is compared with its checksum before it is read.

Data on disk may change: a bit flips, a copy is cut, a disk returns wrong data. So the file has a checksum of each
page. A page is compared with it on the first read only, because the operating system then caches the page.
:mod:`.container` draws the layout of the file.
"""

from __future__ import annotations

import errno
import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakValueDictionary

import numpy as np

from newssearch.engines.sorted_sets import Array
from newssearch.errors import IndexDamagedError
from newssearch.system.atomic_files import named

MAGIC = b"NEWSSEG2"
ALIGNMENT = 64
CHECKSUM_PAGE_BITS = 12
"""The number of low bits of a file offset that are the offset within a checksum page."""
CHECKSUM_PAGE = 1 << CHECKSUM_PAGE_BITS
"""The number of bytes of a page, which has one checksum: most disks read this many at once."""
TRAILER = struct.Struct("<QII8s")
SECTION_DTYPES = frozenset(f"{kind}{size}" for kind in ("<u", "<i", "<f") for size in (2, 4, 8)) | {
    "|u1",
    "|i1",
    "|b1",
}
"""The dtypes that a section may have."""
_POPULATE_READ = 22
"""The value of MADV_POPULATE_READ, which Linux 5.14 and later understand. Python has no name for it before 3.14."""


class ContainerError(IndexDamagedError):
    """Raised if a file is not a container, or is damaged; ``file`` is its name, ``what`` says what is wrong."""

    def __init__(self, path: Path, what: str) -> None:
        message = f"{path.parent}: the index is damaged ({path.name}: {what}); `newssearch verify` looks at all of it"
        super().__init__(message, path.parent)
        self.file = path.name
        self.what = what
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._path, self.what)


def checksums(mapped: mmap.mmap, end: int) -> Array:
    """Return the crc32 of each page of a file up to ``end``; the last page may be shorter."""
    with memoryview(mapped) as view:
        sums = [zlib.crc32(view[at : min(at + CHECKSUM_PAGE, end)]) for at in range(0, end, CHECKSUM_PAGE)]
    return np.array(sums, np.dtype("<u4"))


def trailer_bytes(sections: dict[str, tuple[str, int, int]], sums: Array, end: int) -> bytes:
    """Return the bytes of the directory, the checksums and the trailer of a file whose sections end at ``end``."""
    directory = json.dumps(sections, separators=(",", ":")).encode() + sums.tobytes()
    size = len(directory) - sums.nbytes
    return directory + TRAILER.pack(end, size, zlib.crc32(directory), MAGIC)


class MappedFile:
    """A container file mapped into memory, which remembers the pages that have been checked."""

    _open_files: ClassVar[WeakValueDictionary[tuple[str | int, ...], MappedFile]] = WeakValueDictionary()

    def __init__(self, path: Path, descriptor: int, size: int) -> None:
        self.path = path
        self._size = size
        if size < ALIGNMENT + TRAILER.size:
            raise ContainerError(path, "it is cut short")
        try:
            with named(path):
                self.map = mmap.mmap(descriptor, size, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise ContainerError(path, "it was cut while it was opened") from error
        end, length, checksum, magic = TRAILER.unpack_from(self.map, size - TRAILER.size)
        pages = -(-end // CHECKSUM_PAGE)
        if magic != MAGIC or end + length + 4 * pages + TRAILER.size != size:
            raise ContainerError(path, "it is cut short, or it is not a file of this version")
        directory = self.map[end : size - TRAILER.size]
        if zlib.crc32(directory) != checksum:
            raise ContainerError(path, "its directory is damaged")
        self.directory = _parse_directory(path, directory[:length], end)
        self._end = end
        self._sums = np.frombuffer(directory, np.dtype("<u4"), offset=length).copy()  # aligned
        self._unseen = bytearray(b"\1") * pages

    @classmethod
    def of(cls, path: Path) -> MappedFile:
        """Open the container at ``path``, or return the existing object if it is open.

        Raises :class:`ContainerError` if the file is malformed.
        """
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            key = (str(path), status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            found = cls._open_files.get(key)
            if found is None:
                found = cls._open_files[key] = cls(path, file.fileno(), status.st_size)
            return found

    @classmethod
    def unchecked(cls, path: Path) -> MappedFile:
        """Open a container whose pages are not compared with their checksums when they are read.

        Raises :class:`ContainerError` if it is malformed.
        """
        with path.open("rb") as file:
            found = cls(path, file.fileno(), os.fstat(file.fileno()).st_size)
        found._unseen = bytearray(len(found._unseen))
        return found

    def array(self, name: str) -> Array:
        """Return a section as an array, without checking it."""
        dtype, offset, size = self.directory[name]
        return np.frombuffer(self.map, dtype, size, offset)

    def check(self, low: int, high: int) -> None:
        """Compare the bytes from ``low`` up to but not including ``high`` with their checksums.

        Raises :class:`ContainerError` if one is wrong.
        """
        stop = (high + CHECKSUM_PAGE - 1) >> CHECKSUM_PAGE_BITS
        page = self._unseen.find(1, low >> CHECKSUM_PAGE_BITS, stop)
        if page >= 0:
            self._check(page, stop)

    def _check(self, page: int, stop: int) -> None:
        self._read(page << CHECKSUM_PAGE_BITS, min(stop << CHECKSUM_PAGE_BITS, self._end))
        sums: Any = self._sums.data if self._sums.dtype.isnative else self._sums  # its items are read faster
        crc32, unseen = zlib.crc32, self._unseen
        with memoryview(self.map) as whole, whole[: self._end] as view:
            while page >= 0:  # avoid slower code here: a query from the shell checks thousands of pages
                start = page << CHECKSUM_PAGE_BITS
                if crc32(view[start : start + CHECKSUM_PAGE]) != sums[page]:
                    what = f"byte {start} or one of the {CHECKSUM_PAGE} after it is not what was written"
                    raise ContainerError(self.path, what)
                unseen[page] = 0
                page = unseen.find(1, page + 1, stop)

    def _read(self, low: int, high: int) -> None:
        """Read the bytes from ``low`` up to but not including ``high`` into memory.

        A read error of the disk raises OSError here, if the system supports that (Linux). Otherwise the system ends the
        process with SIGBUS when the bytes are accessed.
        """
        low -= low % mmap.PAGESIZE
        try:
            self.map.madvise(_POPULATE_READ, low, high - low)
        except (OSError, AttributeError) as error:
            if getattr(error, "errno", None) not in _READ_ERRORS:
                return  # the system does not know this advice
            self.check_size()
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(self.path)) from error

    def check_all(self) -> None:
        """Compare the whole file with its checksums. Raises :class:`ContainerError` if one is wrong."""
        self.check(0, self._end)

    def check_size(self) -> None:
        """Raise :class:`ContainerError` if the file has been truncated.

        Reading a map beyond the end of its file would kill the process.
        """
        if self.map.size() != self._size:
            raise ContainerError(self.path, "it was cut, or written to, while it was open")

    def release(self) -> None:
        """Release the pages that have been read from the memory of this process. They are mapped again when read.

        They stay in the system's page cache. On systems without this call, they stay in the process, too.
        """
        advice = getattr(mmap, "MADV_DONTNEED", None)
        if advice is not None:
            self.map.madvise(advice)

    def damage(self) -> Iterator[tuple[int, int]]:
        """Yield the first byte of each damaged page and the byte after its last. Reads the whole file again."""
        self._read(0, self._end)
        bad = np.flatnonzero(checksums(self.map, self._end) != self._sums)
        for page in bad.tolist():
            yield page * CHECKSUM_PAGE, min((page + 1) * CHECKSUM_PAGE, self._end)

    def sections_in(self, low: int, high: int) -> list[str]:
        """Return the names of the sections that overlap the bytes from ``low`` up to but not including ``high``."""
        return [
            name
            for name, (dtype, offset, size) in self.directory.items()
            if offset < high and offset + size * np.dtype(dtype).itemsize > low
        ]


_READ_ERRORS = frozenset({errno.EFAULT, getattr(errno, "EHWPOISON", 133)})


def _parse_directory(path: Path, text: bytes, end: int) -> dict[str, tuple[str, int, int]]:
    """Return the dtype, the offset in bytes and the number of items of each section, by its name.

    Raises :class:`ContainerError` if the JSON ``text`` is malformed, or a section does not end before byte ``end``.
    """
    try:
        listed = json.loads(text)
        directory = {name: (str(dtype), offset, items) for name, (dtype, offset, items) in listed.items()}
        for name, (dtype, offset, items) in directory.items():
            whole = type(offset) is int and type(items) is int and offset >= 0 and items >= 0
            if dtype not in SECTION_DTYPES or not whole or offset + items * int(dtype[-1]) > end:
                raise ContainerError(path, f"its directory has no place for {name}")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ContainerError(path, "its directory cannot be read") from error
    return directory


class Section:
    """A section that is read slice by slice; each slice is compared with its checksums first."""

    __slots__ = ("_check", "_offset", "_size", "array")

    def __init__(self, array: Array, mapped: MappedFile | None = None, offset: int = 0) -> None:
        self.array = array
        """The whole section, unchecked."""
        self._check = mapped.check if mapped is not None else None
        self._offset = offset
        self._size = array.dtype.itemsize

    def __len__(self) -> int:
        return len(self.array)

    def check(self, low: int, high: int) -> None:
        """Compare the items from ``low`` up to but not including ``high`` with their checksums."""
        if self._check is not None and low < high:
            self._check(self._offset + low * self._size, self._offset + high * self._size)

    def between(self, low: int, high: int) -> Array:
        """Return the items from ``low`` up to but not including ``high``."""
        self.check(low, high)
        return self.array[low:high]

    def at(self, indices: Array) -> Array:
        """Return the items at the given indices, which are ascending."""
        if len(indices):
            self.check(int(indices[0]), int(indices[-1]) + 1)
        return self.array[indices]

    def all(self) -> Array:
        """Return all items."""
        return self.between(0, len(self.array))
