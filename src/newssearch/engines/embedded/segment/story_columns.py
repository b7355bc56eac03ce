"""What is known of the stories of a commit, in a file beside its segments: ``stories-GENERATION.nws``.

A segment is never written to again, but its articles' copies may come later. So this file is written anew by each
commit, before the table of contents that it belongs to. Where Whoosh itself has written the newest table of contents,
what an earlier file says of the segments that are as they were still holds. It is a :mod:`storage.container` with, for the
segment of number N in ``segments`` (JSON: the names of their files, and how many documents each has that are not
deleted):

======================  ===============================================================================================
``N.story``             the number of each article's story; 0 for one that is alone in it
``N.own``               how many of its samples are no boilerplate; see :mod:`indexing.near_duplicates`
``N.repeated``          the documents that are repeated, ascending
``N.known``             the documents that an earlier article has, ascending
``boilerplate``         the hashes of samples that are boilerplate, ascending
======================  ===============================================================================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.storage.container import (
    Array,
    Container,
    ContainerError,
    narrow,
    write_container,
)
from newssearch.system.atomic_files import patiently, remove_unused

_NAME = "stories-{}.nws"
_NAMED = re.compile(r"stories-(\d+)\.nws")


class Known(NamedTuple):
    """What is known of the stories in one segment: see above."""

    story: Array
    own: Array
    repeated: Array
    known: Array


class Named(NamedTuple):
    """A segment as the file knows it: the name of its own file, and how many documents it has that are not deleted."""

    name: str
    documents: int


class Stories(NamedTuple):
    """The stories of a commit.

    ``names`` and ``parts`` are of its segments, None for one of which nothing is known; ``boilerplate`` are hashes.
    ``generation`` is the number of the commit that they were written with.
    """

    names: Sequence[Named | None]
    parts: Sequence[Known | None]
    boilerplate: NDArray[np.uint32]
    generation: int = 0


def write_stories(folder: Path, generation: int, stories: Stories) -> None:
    """Write the stories that the commit of that number will have."""
    sections: dict[str, Array] = {
        "segments": np.frombuffer(json.dumps(stories.names).encode(), np.uint8),
        "boilerplate": stories.boilerplate,
    }
    for n, known in enumerate(stories.parts):
        if known is not None:
            sections |= {f"{n}.{name}": narrow(array) for name, array in known._asdict().items()}
    path = story_path(folder, generation)
    patiently(lambda: path.unlink(missing_ok=True))  # of a commit of that number that failed
    write_container(path, sections)


def read_stories(folder: Path, generation: int, names: Sequence[Named | None]) -> Stories:
    """The stories of a commit with segments of these names.

    They are copied, so that the file need not stay open: it is small.
    """
    newest = newest_stories(folder, generation)
    if newest < 0:
        return Stories(names, [None] * len(names), np.empty(0, np.uint32))
    container = Container(story_path(folder, newest))
    number = {known: n for n, known in enumerate(named_in(container)) if known is not None}
    parts: list[Known | None] = []
    for name in names:
        n = number.get(name) if name is not None else None
        there = f"{n}.story" in container
        parts.append(Known(*(container[f"{n}.{field}"].copy() for field in Known._fields)) if there else None)
    return Stories(names, parts, container["boilerplate"].copy(), newest)


def newest_stories(folder: Path, generation: int) -> int:
    """The commit with the newest file up to that commit, or -1."""
    return max((number for number in _files(folder) if number <= generation), default=-1)


def named_in(container: Container) -> list[Named | None]:
    """The segments that a file of stories tells of. Raises :class:`~storage.container.ContainerError` where that is no list."""
    try:
        listed = json.loads(container["segments"].tobytes())
        return [None if known is None else Named(str(known[0]), int(known[1])) for known in listed]
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        assert container.path is not None, "it is a file"
        raise ContainerError(container.path, "its list of segments cannot be read") from error


def story_path(folder: Path, generation: int) -> Path:
    """The file of the stories of a commit."""
    return folder / _NAME.format(generation)


def keep_stories(old: Path, new: Path, generation: int) -> None:
    """Let the newest stories of one folder be those that the commit of that number will have in another one."""
    files = _files(old)
    if files:
        patiently(lambda: files[max(files)].replace(story_path(new, generation)))


def remove_stories(folder: Path, generation: int) -> bool:
    """Remove the files of all commits but that one; whether they are gone. The lock must be held."""
    removed = [remove_unused(path) for number, path in _files(folder).items() if number != generation]
    return all(removed)


def _files(folder: Path) -> dict[int, Path]:
    """The files of stories, by the number of their commit."""
    found = ((_NAMED.fullmatch(path.name), path) for path in folder.glob("stories-*.nws"))
    return {int(match[1]): path for match, path in found if match is not None}
