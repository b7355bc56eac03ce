"""Files that people name as inputs of a command, or that lie in an archive: read whole, without waiting for anybody."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

from .lazy_regex import Pattern

_DESCRIPTOR = Pattern(r"/dev/stdin|/(?:dev|proc/self)/fd/(\d{1,7})", re.ASCII)
"""Matches the name of a file that the process has been given open, such as ``/dev/fd/63`` for the shell's ``<(command)``."""


def read_input_file(file: Path, most: int = -1) -> bytes:
    """Return the content of a file, or its first ``most`` bytes.

    A named pipe is refused, because its writer may never come; so are devices, sockets and folders. What the process has been
    given open is read to its end, as standard input is, also from a pipe: the shell has begun its writer already. Raises
    OSError.
    """
    with _opened_input(file) as stream:
        return stream.read(most)


def is_open_input(file: Path) -> bool:
    """Whether a file is a pipe or another input that the process has been given open, by the name of its descriptor."""
    return _descriptor_of(file) is not None and file.exists() and not file.is_dir()


def kind_of_file(mode: int) -> str:
    """Return in words what a file is that has the given mode (:attr:`os.stat_result.st_mode`) and is no regular one."""
    for test, name in (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    ):
        if test(mode):
            return name
    return "something else"


def _opened_input(file: Path) -> BinaryIO:
    descriptor = _descriptor_of(file)
    if descriptor is not None:
        # Not opened again: that would wait for another writer, if the one of a named pipe has gone.
        return os.fdopen(os.dup(descriptor), "rb")
    mode = file.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    if not stat.S_ISREG(mode):  # not opened: a pipe could block forever, a device could have side effects
        raise OSError(errno.ENXIO, f"not a regular file but {kind_of_file(mode)}", str(file))
    return file.open("rb")


def _descriptor_of(file: Path) -> int | None:
    found = _DESCRIPTOR.fullmatch(str(file)) if os.name == "posix" else None
    return None if found is None else int(found[1] or 0)
