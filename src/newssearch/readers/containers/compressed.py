"""The compression formats gzip, bzip2, xz and Zstandard, read as streams; the content may be in any format."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol

from newssearch.readers.api import Format, Input, Item, Readable, UnreadableError

DECOMPRESSION_CHUNK = 64 * 1024
"""The number of compressed bytes that are read at a time."""

MAX_DECOMPRESSOR_MEMORY = 256 * 1024 * 1024
"""The maximum number of bytes of memory of a decompressor; the usual levels of xz and zstd need up to 64 MiB."""

ZSTD_WINDOW_LOG = 27
"""The binary logarithm of the largest window, in bytes, that a Zstandard file may need: 128 MiB."""


class Decompressor(Protocol):
    """The interface that the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Decompress ``data`` and return up to ``max_length`` bytes."""


class _GzipMember:
    """A decompressor for one member of a gzip file, with the interface of :class:`Decompressor`."""

    def __init__(self) -> None:
        import zlib  # only a compressed file needs it

        self._inner = zlib.decompressobj(wbits=31)
        self._wants = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._wants

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        found = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self._wants = not self._inner.unconsumed_tail and len(found) < max_length
        return found


def _bzip2() -> Decompressor:
    import bz2  # only a compressed file needs it

    return bz2.BZ2Decompressor()


def _xz() -> Decompressor:
    import lzma  # only a compressed file needs it

    return lzma.LZMADecompressor(memlimit=MAX_DECOMPRESSOR_MEMORY)


def _zstandard() -> Decompressor:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd  # only a compressed file needs it
        else:
            from backports import zstd  # an extra
    except ImportError:
        message = "a Zstandard file: reading it needs backports.zstd (pip install 'newssearch[zst]')"
        raise UnreadableError(message) from None
    made: Decompressor = zstd.ZstdDecompressor(
        options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}
    )
    return made


class DecompressedStream(io.RawIOBase):
    """A stream of the decompressed bytes of a compressed stream, which may consist of several members in a row.

    If the compressed stream is broken or cut off, all bytes before the break are returned, then reading raises
    UnreadableError.
    """

    def __init__(self, stream: Readable, new: Callable[[], Decompressor], magic: bytes) -> None:
        self._stream, self._new, self._magic = stream, new, magic
        self._decompressor = new()
        self._rest = b""
        self._begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        found = self._next(len(view))
        view[: len(found)] = found
        return len(found)

    def _next(self, size: int) -> bytes:
        while True:
            if self._decompressor.eof and not self._start_next_member():
                return b""
            data, self._rest = self._rest, b""
            if not data and self._decompressor.needs_input:
                data = self._stream.read(DECOMPRESSION_CHUNK)
                if not data:
                    raise UnreadableError("cut off: the rest of a compressed file is missing")
            try:
                found = self._decompressor.decompress(data, size)
            except UnreadableError:
                raise
            except MemoryError:
                raise UnreadableError("a compressed file that takes too much memory to expand") from None
            except Exception as error:  # each module raises its own exceptions
                raise UnreadableError(f"a broken compressed file: {error}") from None
            if found:
                return found

    def _start_next_member(self) -> bool:
        """Start the next member. Return False if there is none; trailing bytes are then ignored, as by ``gzip -d``."""
        rest = self._decompressor.unused_data or self._stream.read(DECOMPRESSION_CHUNK)
        while rest and not rest.strip(b"\0"):
            rest = self._stream.read(DECOMPRESSION_CHUNK)
        rest = rest.lstrip(b"\0")
        if len(rest) < len(self._magic):
            rest += self._stream.read(DECOMPRESSION_CHUNK)
        if not rest.startswith(self._magic):
            return False
        self._decompressor, self._rest = self._new(), rest
        return True


def _read_compressed(
    source: Input, new: Callable[[], Decompressor], magic: bytes, endings: dict[str, str]
) -> Iterator[Item]:
    name = source.origin.name
    for ending, instead in endings.items():
        if name.lower().endswith(ending):
            name = name[: -len(ending)] + instead
            break
    expanded = io.BufferedReader(DecompressedStream(source.stream, new, magic), DECOMPRESSION_CHUNK)
    yield source.member(expanded, source.origin.within(name))


def _compressed_format(
    name: str, magic: bytes, new: Callable[[], Decompressor], endings: dict[str, str]
) -> Format:
    return Format(
        name,
        matches=lambda source: source.head.startswith(magic),
        read=partial(_read_compressed, new=new, magic=magic, endings=endings),
    )


FORMATS = (
    _compressed_format("a gzip file", b"\x1f\x8b", _GzipMember, {".tgz": ".tar", ".gz": ""}),
    _compressed_format("a bzip2 file", b"BZh", _bzip2, {".tbz2": ".tar", ".tbz": ".tar", ".bz2": ""}),
    _compressed_format("an xz file", b"\xfd7zXZ\x00", _xz, {".txz": ".tar", ".xz": ""}),
    _compressed_format(
        "a Zstandard file", b"\x28\xb5\x2f\xfd", _zstandard, {".tzst": ".tar", ".zst": "", ".zstd": ""}
    ),
)
