"""A file lock between processes, which the system releases when the holder's process ends for any reason."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_SECONDS = 0.05
"""The number of seconds between two attempts to take a lock."""
_LOCKED_BYTE = 1 << 40
"""The place of the byte that is locked on Windows, which refuses to read and write a locked byte: behind any content."""


@contextmanager
def locked_file(path: Path, wait: float) -> Iterator[bool]:
    """Hold the lock of the file ``path`` inside the ``with`` block. Yield whether it could be taken.

    The file is made if it does not exist, and stays. If another process or another open file of this process holds the
    lock, this waits for up to ``wait`` seconds. Raises OSError if the file cannot be opened.
    """
    until = time.monotonic() + wait
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        taken = _take(descriptor)
        while not taken and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
            taken = _take(descriptor)
        yield taken
    finally:
        os.close(descriptor)  # which releases the lock


def _take(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt  # only Windows has it

            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl  # Windows has none

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
