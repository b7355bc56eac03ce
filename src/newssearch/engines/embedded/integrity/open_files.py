"""Opens all files of one commit before reading any, so that later commits cannot remove them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from newssearch.engines.embedded.segment.story_columns import newest_stories, story_path
from newssearch.engines.embedded.storage.mmap_file import ContainerError, MappedFile
from newssearch.engines.embedded.storage.toc import Toc, newest, read_toc, toc_path

_COMMIT_ATTEMPTS = 50
"""The files are opened at most this number of times: a writer may remove some of them while they are being opened."""

Outcome = MappedFile | ContainerError | OSError
"""An open file, or the error that was raised when the file was opened."""


class OpenedCommit(NamedTuple):
    """The opened files of one commit: its table of contents, and all other files by name.

    ``files`` has the files of the segments and the file of stories. ``stories`` is the generation of the file of
    stories, -1 if there is none. ``toc_size`` is the size of the table of contents in bytes.
    """

    toc: Toc
    toc_size: int
    files: dict[str, Outcome]
    stories: int


def open_commit(folder: Path, open_file: Callable[[Path], MappedFile]) -> OpenedCommit:
    """Open all files of the newest commit with ``open_file``.

    If a newer commit appears meanwhile, they are opened again. So a file that is missing in the result is missing from
    the index: a writer removes files only after a newer commit. Raises :class:`~newssearch.IndexDamagedError` or
    :class:`OSError` if the table of contents cannot be read.
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
    return OpenedCommit(toc, size, {path.name: open_or_error(path, open_file) for path in paths}, stories)


def open_or_error(path: Path, open_file: Callable[[Path], MappedFile]) -> Outcome:
    """Return the file that ``open_file`` opens, or the error that it raises."""
    try:
        return open_file(path)
    except (ContainerError, OSError) as error:
        return error
