"""Atomic replacement, checksums and syncing of files, so that a crash leaves a file either old or new."""

from __future__ import annotations

import os
import re
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from newssearch.errors import IndexWriteError
from newssearch.system.lazy_regex import Pattern

from .fault_points import fault_point

RETRY_SECONDS = 2.0
"""The number of seconds for which an operation on a file is retried while another program has the file open on
Windows."""
SYNCS_FOLDERS = os.name != "nt"
"""Whether folders can be synced. Windows cannot open a folder as a file, and syncs folders itself."""
_SETS_MODES = os.name != "nt"
_WINDOWS_BUSY_ERRORS = (5, 32, 33, 1224)
"""The Windows error codes for a file in use: access denied, sharing violation, lock violation, user-mapped section
open."""

_SEAL = re.compile(r',"crc32":([0-9]{1,10})\}\Z', re.ASCII)


def sealed(content: str) -> str:
    """Return a JSON object with its checksum added as its last item.

    >>> sealed('{"format":8}')
    '{"format":8,"crc32":2128377968}'
    """
    return f'{content[:-1]},"crc32":{zlib.crc32(_octets(content))}}}'


def unsealed(content: str) -> str:
    """Return a sealed JSON object without its checksum. Raises :class:`ValueError` if the checksum does not match."""
    seal = _SEAL.search(content)
    if seal is not None:
        whole = f"{content[: seal.start()]}}}"
        if sealed(whole) == content:
            return whole
    raise ValueError("its checksum does not match")


def _octets(content: str) -> bytes:
    return content.encode("utf-8", "surrogatepass")


def unused_name(path: Path) -> Path:
    """Return a temporary name beside ``path`` that no other process, thread or call uses.

    The name ends in ``.tmp``, and :data:`TEMPORARY_NAME` matches it. Its random part comes from the operating system: a
    program that seeds :mod:`random` would make the same names in each run.
    """
    return path.with_name(f"{path.name}.{os.urandom(8).hex()}.tmp")


TEMPORARY_NAME = Pattern(r"(_MAIN_[0-9]+\.toc|(newssearch|files|run|writer)\.json)(\.[0-9a-f]{16})?\.tmp")
"""Matches the name of a temporary file of :func:`replace`, with or without a random part."""


def is_busy(error: OSError) -> bool:
    """Whether Windows refused an operation because a program has the file open or mapped."""
    return getattr(error, "winerror", None) in _WINDOWS_BUSY_ERRORS


def patiently(operation: Callable[[], object]) -> None:
    """Do an operation on a file. Retry it for up to :data:`RETRY_SECONDS` while Windows reports the file as in use."""
    until = time.monotonic() + RETRY_SECONDS
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
    """Remove a file that no commit needs any more. Return whether it is gone.

    A file that cannot be removed, such as one that is open on Windows, stays for a later commit or for
    ``newssearch verify --clean``.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def new_file(path: Path, buffering: int = -1) -> BinaryIO:
    """Create a file for writing and reading. Raises :class:`FileExistsError` if the name is taken.

    No file is overwritten and no link is followed: in an index from an untrusted source, a link may lead anywhere.
    """
    return path.open("x+b", buffering=buffering)


def _new_private_file(path: Path, mode: int) -> BinaryIO:
    """Create a file like :func:`new_file`, with its final permissions from the beginning."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR), "r+b")
    if _SETS_MODES:
        os.fchmod(file.fileno(), mode)
    return file


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Replace an :class:`OSError` of the ``with`` block by an :class:`~newssearch.IndexWriteError` about ``folder``."""
    try:
        yield
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> IndexWriteError:
    """Return the error to raise when ``error`` kept the index in ``folder`` from being written to."""
    why = error.strerror or str(error)
    message = f"the index in {folder} cannot be written to: {why}; committed articles are safe"
    return IndexWriteError(message, folder)


@contextmanager
def named(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """Give an :class:`OSError` of the ``with`` block the file name ``path``, unless it names a file.

    It also takes the place of ``temporary``, the file that becomes the one at ``path``.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None or str(error.filename) == str(temporary):
            error.filename = str(path)
        raise


def replace(path: Path, content: bytes, mode: int | None = None) -> None:
    """Replace a file atomically: after a crash, it has either its old or its new content.

    When the function returns, the content is on disk. The file's name is on disk only after :func:`sync_folder`.
    ``mode`` are the permission bits, which apply from the first byte on; None stands for the system's default. Raises
    OSError, which names the file.
    """
    temporary = unused_name(path)
    with named(path, temporary):
        _replace(path, temporary, content, mode)


def _replace(path: Path, temporary: Path, content: bytes, mode: int | None) -> None:
    kind = path.suffix.removeprefix(".")
    fault_point(f"{kind}: begin")
    file = new_file(temporary) if mode is None else _new_private_file(temporary, mode)
    try:
        with file:
            file.write(content)
            file.flush()
            fault_point(f"{kind}: written")
            sync(file.fileno())
        fault_point(f"{kind}: on disk")
        try:
            patiently(
                lambda: temporary.replace(path)
            )  # on Windows, a reader may have the file open for a moment
        except (
            PermissionError
        ):  # Windows replaces no read-only file, such as one copied from a read-only disk
            if path.stat().st_mode & stat.S_IWUSR:
                raise
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)
            patiently(lambda: temporary.replace(path))
    except BaseException:
        with suppress(OSError):  # a leftover file does no harm
            temporary.unlink(missing_ok=True)
        raise
    fault_point(f"{kind}: in place")


def sync(descriptor: int) -> None:
    """Write an open file or folder through to the disk.

    On macOS, ``fsync`` leaves the data in the drive's cache, and ``F_FULLFSYNC`` also empties the cache (fsync(2) of
    macOS). As in SQLite, ``fsync`` is used on file systems without ``F_FULLFSYNC``, such as network shares.
    """
    if not _sync_fully(descriptor):
        os.fsync(descriptor)


def _sync_fully(descriptor: int) -> bool:
    """Sync a file and empty the drive's cache, if the system has a call for that. Return whether it succeeded."""
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
    """Write the names of the files in a folder through to the disk, if :data:`SYNCS_FOLDERS`."""
    if not SYNCS_FOLDERS:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)
