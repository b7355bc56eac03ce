"""DEFLATE (RFC 1951) for blocks of a few kilobytes, with a preset dictionary.

`ISA-L <https://github.com/intel/isa-l>`_ does it about twice as fast as zlib and is used where its package ``isal`` is
installed. Each reads what the other writes; their compressed bytes differ.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from itertools import count
from types import ModuleType
from typing import Any

LEVEL = 2
"""The compression level, on the scales of both: zlib's from 0 to 9 and that of ISA-L from 0 to 3."""

FIRST_WITH_ZLIB = 64
"""The first 64 blocks of a process are decompressed by zlib, because the import of ISA-L costs more than it would save."""


class DeflateError(ValueError):
    """A block is damaged, or was compressed with another dictionary."""


class Codec:
    """DEFLATE by one implementation: ``zlib``, or ``isal.isal_zlib``, which has the same interface."""

    def __init__(self, implementation: ModuleType) -> None:
        self._of = implementation

    def compressor(self, dictionary: bytes) -> Callable[[bytes], bytes]:
        """Return a function that compresses a block. An empty ``dictionary`` stands for none."""
        of = self._of

        def prepared() -> Any:
            how = (LEVEL, of.DEFLATED, -of.MAX_WBITS, of.DEF_MEM_LEVEL, of.Z_DEFAULT_STRATEGY)
            return of.compressobj(*how, dictionary) if dictionary else of.compressobj(*how)

        # A copy saves zlib from processing the dictionary again. ISA-L has no copies, and processes it quickly.
        new = getattr(prepared(), "copy", prepared)

        def compress(block: bytes) -> bytes:
            packer = new()
            return bytes(packer.compress(block) + packer.flush())

        return compress

    def decompress(self, block: bytes, dictionary: bytes) -> bytes:
        """Return the decompressed block. ``dictionary`` must be that of the compression; ``b""`` stands for none.
        Raises DeflateError.
        """
        wbits = -self._of.MAX_WBITS
        unpacker = self._of.decompressobj(wbits, dictionary) if dictionary else self._of.decompressobj(wbits)
        try:
            return bytes(unpacker.decompress(block))
        except self._of.error as error:
            raise DeflateError(f"not DEFLATE: {error}") from error


ZLIB = Codec(zlib)


@cache
def fastest() -> Codec:
    """Return the codec of ISA-L, or :data:`ZLIB` where it is not installed."""
    try:
        from isal import isal_zlib  # it is optional
    except ImportError:
        return ZLIB
    return Codec(isal_zlib)


_decompressed = count()


def decompress(block: bytes, dictionary: bytes) -> bytes:
    """Return the decompressed block. ``dictionary`` must be that of the compression; ``b""`` stands for none. Raises
    DeflateError.
    """
    codec = ZLIB if next(_decompressed) < FIRST_WITH_ZLIB else fastest()
    return codec.decompress(block, dictionary)


def compressor(dictionary: bytes) -> Callable[[bytes], bytes]:
    """Return a function that compresses a block. An empty ``dictionary`` stands for none."""
    return fastest().compressor(dictionary)
