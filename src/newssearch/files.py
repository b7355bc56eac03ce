"""Which files there are to read, and under which names an index knows them."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from .article import Rejected


class Source(NamedTuple):
    """A file to read: where it is, and its name in the index."""

    file: Path
    path: str


def find(patterns: Iterable[str | Path], archive: Path, skip: Path) -> Iterator[Source | Rejected]:
    """The files that ``patterns`` mean, each once, in a stable order: files, folders with all below them, globs.

    Left out of folders are hidden files, links to folders (which could go in circles), and the folder ``skip``,
    which is the index itself. A pattern that means nothing is rejected.
    """
    seen: set[str] = set()
    for pattern in patterns:
        expanded = [Path(pattern)]
        if not expanded[0].exists() and glob.has_magic(str(pattern)):
            expanded = sorted(Path(match) for match in glob.glob(str(pattern), recursive=True))  # noqa: PTH207  (absolute ones too)
        if not expanded or not (expanded[0].exists() or expanded[0].is_symlink()):
            reason = "no file matches" if glob.has_magic(str(pattern)) else "no such file or folder"
            yield Rejected(name_of(Path(pattern), archive), reason)
            continue
        for file in expanded:
            for found in _below(file, skip) if file.is_dir() else (file,):
                path = name_of(found, archive)
                if path not in seen:
                    seen.add(path)
                    yield Source(found, path)


def _below(folder: Path, skip: Path) -> Iterator[Path]:
    ignored = os.path.realpath(skip)
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and os.path.realpath(Path(here, name)) != ignored
        )
        yield from (Path(here, name) for name in sorted(names) if not name.startswith("."))


def name_of(file: Path, archive: Path) -> str:
    """The name of a file in an index: relative to ``archive``, the folder that holds the index, or else absolute.

    So an archive may be moved with its index. Bytes of the name that are not UTF-8 are written ``\\\\xff``.
    """
    absolute = Path(os.path.abspath(file))  # noqa: PTH100  (a link keeps the name that it was given)
    root = Path(os.path.abspath(archive))  # noqa: PTH100
    path = absolute.relative_to(root) if absolute.is_relative_to(root) else absolute
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def file_of(path: str, archive: Path) -> Path:
    """The file that :func:`name_of` gave a name."""
    file = archive / path
    if "\\x" in path and not file.exists():
        raw = re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), path.encode())
        return archive / os.fsdecode(raw)
    return file
