"""Paths of files with their links resolved."""

from __future__ import annotations

import os
from pathlib import Path


def real_path(file: str | Path) -> str:
    """Return the absolute path of a file, with links and ``..`` resolved.

    If the file is itself a broken link, the path of the link is returned.
    """
    try:
        if os.path.islink(file) and not (os.path.isfile(file) or os.path.isdir(file)):  # noqa: PTH112, PTH113, PTH114
            parent, name = os.path.split(os.path.abspath(file))  # noqa: PTH100
            return os.path.join(os.path.realpath(parent), name)  # noqa: PTH118
        return os.path.realpath(file)
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return os.path.abspath(file)  # noqa: PTH100


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, which need not exist: by ``..``, by links, or because the system ignores case."""
    try:
        return os.path.realpath(one) == os.path.realpath(other) or one.samefile(other)
    except (OSError, ValueError):  # one of them does not exist, or has a name that no file can have
        return False
