"""Files that are on disk before what depends on them, and that are whole or as they were."""

from __future__ import annotations

import os
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from newssearch.errors import IndexWriteError

from .fault_points import reach

PATIENCE = 2.0
"""Seconds to retry what Windows refuses because another program has the file open for a moment."""
SYNCS_FOLDERS = os.name != "nt"
"""Whether a folder can be brought to disk: Windows opens none, and does that by itself."""
_BUSY = (5, 32, 33, 1224)
"""Windows errors for a file in use: access denied, sharing violation, lock violation, user-mapped section open."""

_SEAL = re.compile(r',"crc32":([0-9]{1,10})\}\Z', re.ASCII)


def sealed(content: str) -> str:
    """A JSON object with its own checksum as its last item.

    >>> sealed('{"format":8}')
    '{"format":8,"crc32":2128377968}'
    """
    return f'{content[:-1]},"crc32":{zlib.crc32(_octets(content))}}}'


def unsealed(content: str) -> str:
    """What was sealed. Raises :class:`ValueError` where that is not what it was."""
    seal = _SEAL.search(content)
    if seal is not None:
        whole = f"{content[: seal.start()]}}}"
        if sealed(whole) == content:
            return whole
    raise ValueError("it is not what was written")


def _octets(content: str) -> bytes:
    return content.encode("utf-8", "surrogatepass")


def unused_name(path: Path) -> Path:
    """A temporary name beside ``path`` that no other process, thread or call uses.

    It ends in ``.tmp`` and :data:`TEMPORARY` matches it. The random part comes from the system: a program that seeds
    :mod:`random` makes the same "random" names in each run.
    """
    return path.with_name(f"{path.name}.{os.urandom(8).hex()}.tmp")


TEMPORARY = re.compile(r"(_MAIN_[0-9]+\.toc|(newssearch|files|writer)\.json)(\.[0-9a-f]{16})?\.tmp")
"""The names of temporary files of :func:`replace`, with or without a random part."""


def is_busy(error: OSError) -> bool:
    """Whether Windows refused an operation because somebody has the file open or mapped."""
    return getattr(error, "winerror", None) in _BUSY


def patiently(operation: Callable[[], object]) -> None:
    """Do something to a file, again and again for up to :data:`PATIENCE` seconds while Windows says that it is in use."""
    until = time.monotonic() + PATIENCE
    delay = 0.005
    while True:
        try:
            operation()
            return
        except OSError as error:
            if not is_busy(error) or time.monotonic() + delay > until:
                raise
        time.sleep(delay)
        delay = min(2 * delay, 0.1)


def remove_unused(path: Path) -> bool:
    """Remove a file that no commit needs any more; whether it is gone.

    Where that cannot be, as for a file that somebody has open on Windows, it is left for a later commit, or for
    ``newssearch verify --clean``.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def new_file(path: Path, buffering: int = -1) -> BinaryIO:
    """Create a file to write to and read from. Raises :class:`FileExistsError` where the name is taken.

    Nothing is overwritten, and no link is followed: in the index of a stranger it may lead to somebody else's file.
    """
    return path.open("x+b", buffering=buffering)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Whatever the system does not let us write to an index is an :class:`~newssearch.IndexWriteError`."""
    try:
        yield
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> IndexWriteError:
    """The error that the system does not let us write to an index."""
    why = error.strerror or str(error)
    message = f"the index in {folder} cannot be written to: {why}; what was committed before stays"
    return IndexWriteError(message, folder)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Let an :class:`OSError` say which file it is about."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def replace(path: Path, content: bytes) -> None:
    """Write a file so that it has either its old content or its new one, whatever happens.

    What is in it is on disk; that it has its name is sure only after :func:`sync_folder`.
    """
    temporary = unused_name(path)
    kind = path.suffix.removeprefix(".")
    reach(f"{kind}: begin")
    file = new_file(temporary)
    try:
        with file:
            file.write(content)
            file.flush()
            reach(f"{kind}: written")
            sync(file.fileno())
        reach(f"{kind}: on disk")
        patiently(lambda: temporary.replace(path))  # on Windows, a reader may have it open for a moment
    except BaseException:
        with suppress(OSError):  # it stays behind, and harms nobody
            temporary.unlink(missing_ok=True)
        raise
    reach(f"{kind}: in place")


def sync(descriptor: int) -> None:
    """Bring an open file or folder to disk.

    On macOS, ``fsync`` leaves the data in the cache of the drive: fsync(2) there names ``F_FULLFSYNC``, which also
    empties that. File systems that do not have it, such as network shares, get ``fsync``, as in SQLite.
    """
    if not _sync_fully(descriptor):
        os.fsync(descriptor)


def _sync_fully(descriptor: int) -> bool:
    """Let the drive write out its cache, where the system has a call for that; whether it did."""
    try:
        import fcntl  # Windows has none
    except ImportError:
        return False
    command = getattr(fcntl, "F_FULLFSYNC", None)
    if command is None:
        return False
    try:
        fcntl.fcntl(descriptor, command)
    except OSError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Bring the names of the files in a folder to disk, where a system has that."""
    if not SYNCS_FOLDERS:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)
