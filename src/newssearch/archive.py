"""The archive of an index: the folder to which the paths in the index are relative, and whose configuration holds."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from newssearch.system.lazy_regex import Pattern
from newssearch.system.real_paths import real_path

from .config import CONFIG_FILE

SEARCHES = "searches"
"""The name of the folder of an archive with the files of its saved searches."""
SEARCH_SUFFIX = ".toml"
TAGS_FILE = "tags.jsonl"
"""The name of the file of an archive with the tags and notes of its articles."""
TAGS_LOCK = ".tags.lock"
"""The name of the file beside it whose lock a process holds that changes the tags."""

_TEMPORARY_TAGS = Pattern(rf"{re.escape(TAGS_FILE)}\.[0-9a-f]{{16}}\.tmp")
"""Matches the name of a file in which the next state of the tags is written."""


class ArchiveFolder(NamedTuple):
    """The folder of an archive. Its configuration is that in ``folder``, whose links are not resolved."""

    folder: Path
    root: Path
    """The folder with all links resolved. The name of a file in the index is its path relative to this."""
    own_index: str = ""
    """The path of the index in the archive, with all links resolved, which no run reads; ``""`` if it is elsewhere."""


def archive_around(index: Path) -> ArchiveFolder:
    """Return the archive of an index in a folder: the folder that holds the folder ``index``."""
    real = real_path(index)
    return ArchiveFolder(index.absolute().parent, Path(real).parent, real)


def archive_here() -> ArchiveFolder:
    """Return the archive that a person works in whose index is elsewhere.

    It is the innermost folder with a ``newssearch.toml`` among the working folder and those above it; without such a file,
    the working folder.
    """
    here = Path.cwd()
    folder = next((one for one in (here, *here.parents) if (one / CONFIG_FILE).is_file()), here)
    return ArchiveFolder(folder, Path(real_path(folder)))


def is_own_file(root: str, file: str) -> bool:
    """Whether a file is one of the archive itself, which no run reads: its configuration, a saved search, or the tags.

    ``root`` is the archive's folder, and both paths have their links resolved.
    """
    folder, name = os.path.split(file)
    if folder == root and (name in (TAGS_FILE, TAGS_LOCK) or _TEMPORARY_TAGS.fullmatch(name)):
        return True
    return name == CONFIG_FILE or (name.endswith(SEARCH_SUFFIX) and folder == os.path.join(root, SEARCHES))  # noqa: PTH118
