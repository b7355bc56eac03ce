"""The files of one commit, all opened first, so that later commits cannot remove any of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from newssearch.engines.embedded.segment.story_columns import newest_stories, story_path
from newssearch.engines.embedded.storage.mmap_file import ContainerError, MappedFile
from newssearch.engines.embedded.storage.toc import Toc, newest, read_toc, toc_path

_COMMIT_ATTEMPTS = 50
"""How often the files are opened again because a writer removed some of them meanwhile."""

Outcome = MappedFile | ContainerError | OSError
"""An open file, or the error that it cannot be read."""


class OpenedCommit(NamedTuple):
    """A table of contents, and the files of its segments by name.

    ``stories`` is the generation of the file of stories, -1 if there is none; that file is in ``files`` too.
    ``toc_size`` is the size of the table of contents in bytes.
    """

    toc: Toc
    toc_size: int
    files: dict[str, Outcome]
    stories: int


def open_commit(folder: Path, open_file: Callable[[Path], MappedFile]) -> OpenedCommit:
    """Open the files of the newest commit.

    A file that is missing is missing from this very commit: a writer removes files only once a newer commit is there.
    Raises :class:`~newssearch.IndexDamagedError` or :class:`OSError` for a table of contents that cannot be read.
    """
    for attempt in range(_COMMIT_ATTEMPTS):
        last = attempt == _COMMIT_ATTEMPTS - 1
        try:
            found = _open_once(folder, open_file)
        except FileNotFoundError:
            if last or newest(folder) < 0:
                raise
        else:
            if last or newest(folder) == found.toc.generation:
                return found
        time.sleep(0.001 * attempt)
    raise AssertionError("unreachable")


def _open_once(folder: Path, open_file: Callable[[Path], MappedFile]) -> OpenedCommit:
    toc = read_toc(folder)
    size = toc_path(folder, toc.generation).stat().st_size
    stories = newest_stories(folder, toc.generation)
    paths = [folder / entry.file_name for entry in toc.entries]
    if stories >= 0:
        paths.append(story_path(folder, stories))
    return OpenedCommit(toc, size, {path.name: opened(path, open_file) for path in paths}, stories)


def opened(path: Path, open_file: Callable[[Path], MappedFile]) -> Outcome:
    """Return the open file, or the error that it cannot be read."""
    try:
        return open_file(path)
    except (ContainerError, OSError) as error:
        return error
