"""A file system on Linux that refuses, as Windows does, to remove or rename a file that is open or mapped.

Windows allows a program to remove or replace an open file only if the program that opened it has allowed that, which
Python's ``open`` and ``mmap`` do not: https://learn.microsoft.com/windows/win32/fileio/creating-and-opening-files. The files
that are open in this process and its child processes are read from ``/proc``. ``NEWSSEARCH_WINDOWS=1`` runs any tests on
such a file system.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from newssearch.system import atomic_files

Name = str | bytes | os.PathLike[str] | os.PathLike[bytes]

ACCESS_DENIED, SHARING_VIOLATION, ALREADY_EXISTS = 5, 32, 183


class RefusedError(PermissionError):
    """The error that Windows raises, with its number on Windows."""

    def __init__(self, winerror: int, path: str) -> None:
        super().__init__(13, f"[WinError {winerror}] refused", path)
        self.winerror = winerror


@dataclass
class Refusals:
    """The names of the files that could not be removed or renamed; ``then`` is called with each."""

    names: list[str] = field(default_factory=list)
    then: Callable[[str], object] = lambda _: None

    def refuse(self, winerror: int, path: str) -> RefusedError:
        self.names.append(os.path.basename(path))
        self.then(path)
        return RefusedError(winerror, path)


@contextmanager
def file_system() -> Iterator[Refusals]:
    """Replace the functions of :mod:`os` that remove and rename files by ones that refuse what Windows refuses."""
    refusals = Refusals()
    unlink, rename, replace, open_ = os.unlink, os.rename, os.replace, os.open

    def new_unlink(path: Name, *, dir_fd: int | None = None) -> None:
        named = _named(path, dir_fd)
        _check_removable(named, refusals)
        unlink(path, dir_fd=dir_fd)

    def new_rename(src: Name, dst: Name, **folders: Any) -> None:
        if _in_use(_named(src)):
            raise refusals.refuse(SHARING_VIOLATION, _named(src))
        if os.path.lexists(dst):
            raise FileExistsError(17, f"[WinError {ALREADY_EXISTS}] already exists", _named(dst))
        rename(src, dst, **folders)

    def new_replace(src: Name, dst: Name, **folders: Any) -> None:
        if _in_use(_named(src)):
            raise refusals.refuse(SHARING_VIOLATION, _named(src))
        if os.path.lexists(dst):
            _check_removable(_named(dst), refusals, ACCESS_DENIED)
        replace(src, dst, **folders)

    def new_open(path: Name, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if os.path.isdir(_named(path, dir_fd)):  # a folder cannot be opened, and so not brought to disk
            raise PermissionError(13, "Permission denied", _named(path))
        return open_(path, flags, mode, dir_fd=dir_fd)

    with pytest.MonkeyPatch.context() as patch:
        for name, function in (
            ("unlink", new_unlink),
            ("remove", new_unlink),
            ("rename", new_rename),
            ("replace", new_replace),
        ):
            patch.setattr(os, name, function)
        accessor = getattr(
            __import__("pathlib"), "_NormalAccessor", None
        )  # of Python 3.10, which keeps the functions
        if accessor is not None:
            for name, function in (("unlink", new_unlink), ("rename", new_rename), ("replace", new_replace)):
                patch.setattr(accessor, name, staticmethod(function))
        patch.setattr(os, "open", new_open)
        patch.setattr(shutil, "_use_fd_functions", False)
        patch.setattr(
            tempfile, "TemporaryFile", tempfile.NamedTemporaryFile
        )  # as there: removed when it is closed
        patch.setattr(atomic_files, "SYNCS_FOLDERS", False)
        yield refusals


def _named(path: Name, dir_fd: int | None = None) -> str:
    """Return the real path of a name, without following a link in its last part."""
    named = os.fsdecode(path)
    folder, name = os.path.split(named)
    if dir_fd is not None:
        folder = os.path.join(os.readlink(f"/proc/self/fd/{dir_fd}"), folder)
    return os.path.join(os.path.realpath(folder or "."), name)


def _check_removable(named: str, refusals: Refusals, winerror: int = SHARING_VIOLATION) -> None:
    if _in_use(named):
        raise refusals.refuse(winerror, named)
    with suppress(FileNotFoundError):
        mode = os.lstat(named).st_mode
        if stat.S_ISREG(mode) and not mode & stat.S_IWUSR:  # it has the attribute "read-only"
            raise refusals.refuse(ACCESS_DENIED, named)


def _in_use(named: str) -> bool:
    """Whether a file, or any file in a folder, is open or mapped in this process or its child processes."""
    return any(
        path == named or path.startswith(f"{named}/") for pid in _processes("self") for path in _used_by(pid)
    )


def _used_by(pid: str) -> Iterator[str]:
    """Return the files that a process has open or mapped."""
    with suppress(OSError):  # it has ended
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                yield os.readlink(f"/proc/{pid}/fd/{descriptor}")
        with open(f"/proc/{pid}/maps", encoding="utf-8", errors="surrogateescape") as maps:
            for line in maps:
                _, slash, path = line.rstrip("\n").partition("/")
                yield slash + path


def _processes(pid: str) -> Iterator[str]:
    """Return a process and its child processes."""
    yield pid
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text("ascii").split():
                yield from _processes(child)
