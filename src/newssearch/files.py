"""Which files there are to read, and under which names an index knows them."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .article import Rejected
from .config import FILE

PAGES = (".html", ".htm", ".xhtml")
"""Endings of saved pages, which browsers put a folder beside."""


class Source(NamedTuple):
    """A file to read: where it is, and its name in the index."""

    file: Path
    path: str


def find(
    patterns: Iterable[str | Path], archive: Path, skip: Path, exclude: Sequence[str] = ()
) -> Iterator[Source | Rejected]:
    """The files that ``patterns`` mean, each once, in a stable order: files, folders with all below them, globs.

    Left out of folders are hidden files, links to folders (which could go in circles), what belongs to a saved page
    (``a_files/`` beside ``a.html``), the configuration of the archive, what ``exclude`` says (see :func:`excluded`),
    and the folder ``skip``, which is the index itself. A pattern that means nothing is rejected.
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
            named = file.exists() and len(expanded) == 1 and file == Path(pattern) and not file.is_dir()
            for found in _below(file, skip) if file.is_dir() else (file,):
                path = name_of(found, archive)
                if path not in seen and (named or not excluded(path, exclude)):
                    seen.add(path)
                    yield Source(found, path)


def _below(folder: Path, skip: Path) -> Iterator[Path]:
    ignored = os.path.realpath(skip)
    for here, folders, names in os.walk(folder):
        pages = {f"{name.rpartition('.')[0]}_files" for name in names if name.lower().endswith(PAGES)}
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in pages
            and os.path.realpath(Path(here, name)) != ignored
        )
        yield from (Path(here, name) for name in sorted(names) if not name.startswith(".") and name != FILE)


def excluded(path: str, exclude: Sequence[str]) -> bool:
    """Whether one of some patterns means a file, by its name in the index.

    A pattern without a slash means files and folders of such a name anywhere; one with a slash a path from the
    archive's folder, with all that lies in it. ``*`` stands for anything within a name, ``**`` for folders too.

    >>> excluded("a/drafts/1.txt", ["drafts"]), excluded("a/1.tmp", ["*.tmp"]), excluded("a/b/1.txt", ["b/*.txt"])
    (True, True, False)
    >>> excluded("a/b/1.txt", ["a/**/*.txt"]), excluded("a/b/1.txt", ["a/b"]), excluded("a/b/1.txt", ["a/*"])
    (True, True, True)
    """
    return any(_exclusion(pattern).fullmatch(path) is not None for pattern in exclude)


@cache
def _exclusion(pattern: str) -> re.Pattern[str]:
    parts = pattern.strip("/").split("/")
    anywhere = "" if "/" in pattern.strip("/") or pattern.startswith("/") else "(?:.*/)?"
    expression = ""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            expression += ".*" if last else "(?:[^/]*/)*"
            continue
        expression += "".join({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)) for char in part)
        expression += "" if last else "/"
    return re.compile(f"{anywhere}{expression}(?:/.*)?", re.DOTALL)


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
