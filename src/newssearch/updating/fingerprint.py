"""Fingerprints that tell whether a file has changed: its size and modification time, and a digest of its content."""

from __future__ import annotations

import hashlib
from pathlib import Path


def size_and_time(file: Path) -> tuple[int, int]:
    """Return the size of a file in bytes and its modification time in nanoseconds; ``(-1, -1)`` if this fails."""
    try:
        status = file.stat()
    except OSError:
        return -1, -1
    return status.st_size, status.st_mtime_ns


def file_digest(file: Path) -> str:
    """Return a digest of the content of a regular file, as 32 hexadecimal digits.

    Returns ``""`` for anything but a regular file, and for a file that cannot be read.
    """
    try:
        if not file.is_file():
            return ""
        hashed = hashlib.blake2b(digest_size=16)
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                hashed.update(block)
        return hashed.hexdigest()
    except OSError:
        return ""
