"""Files that are on disk before what depends on them, and that are whole or as they were."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .errors import IndexWriteError
from .faults import reach

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


def new_file(path: Path, buffering: int = -1) -> BinaryIO:
    """Open a file to write to and read from, in the place of whatever has its name.

    What is there is not written to: in an index from a stranger it may be a link to a file of somebody else.
    """
    path.unlink(missing_ok=True)
    return path.open("x+b", buffering=buffering)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Whatever the system does not let us write to an index is an :class:`~newssearch.IndexWriteError`."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        message = f"the index in {folder} cannot be written to: {why}; what was committed before stays"
        raise IndexWriteError(message, folder) from error


def replace(path: Path, content: bytes) -> None:
    """Write a file so that it has either its old content or its new one, whatever happens.

    What is in it is on disk; that it has its name is sure only after :func:`sync_folder`.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    kind = path.suffix.removeprefix(".")
    reach(f"{kind}: begin")
    try:
        with new_file(temporary) as file:
            file.write(content)
            file.flush()
            reach(f"{kind}: written")
            os.fsync(file.fileno())
        reach(f"{kind}: on disk")
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    reach(f"{kind}: in place")


def sync_folder(folder: Path) -> None:
    """See to it that the names of the files in a folder are on disk, where a system has that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
