"""The stories of a commit, in one file beside its segments: ``stories-GENERATION.nws``.

A segment never changes after it is written, but copies of its articles may be added later. So each commit writes this
file again, before its table of contents. It is a :mod:`storage.container` with these sections, where ``N`` is the index
of a segment in the commit, from 0:

======================  ===============================================================================================
``segments``            JSON: for each segment the name of its file and the number of its live documents
``N.story``             the number of each article's story; 0 for an article that is the only one of its story
``N.samples``           the number of each article's samples that are not boilerplate; see
                        :mod:`newssearch.engines.near_duplicates`
``N.boilerplate``       the documents that are boilerplate, ascending
``N.redundant``         the documents that are boilerplate or also occur in an earlier article, ascending
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
from newssearch.engines.near_duplicates import StoryColumns
from newssearch.engines.sorted_sets import Ints
from newssearch.system.atomic_files import patiently, remove_unused

_FILE_NAME = "stories-{}.nws"
_FILE_PATTERN = re.compile(r"stories-(\d+)\.nws")


class SegmentKey(NamedTuple):
    """Identifies a segment in a file of stories, by the name of its file and the number of its live documents."""

    name: str
    documents: int


class Stories(NamedTuple):
    """The stories of a commit: its segments, the story columns of each, and the ascending hashes of boilerplate."""

    segments: Sequence[SegmentKey]
    columns: Sequence[StoryColumns]
    boilerplate: NDArray[np.uint32]


def write_stories(folder: Path, generation: int, stories: Stories) -> None:
    """Write the stories of the commit with the given generation."""
    sections: dict[str, Array] = {
        "segments": np.frombuffer(json.dumps(stories.segments).encode(), np.uint8),
        "boilerplate": stories.boilerplate,
    }
    for n, columns in enumerate(stories.columns):
        sections |= {f"{n}.{name}": narrow(array) for name, array in columns._asdict().items()}
    path = story_path(folder, generation)
    patiently(lambda: path.unlink(missing_ok=True))  # left by a failed commit with this generation
    write_container(path, sections)


def read_stories(folder: Path, generation: int, segments: Sequence[SegmentKey]) -> Stories:
    """Return the stories of the commit with the given generation and segments, empty if there are no segments.

    The arrays are copied, so that the file need not stay open: it is small. Raises :class:`FileNotFoundError` if there
    is no file, and :class:`~storage.container.ContainerError` if it is damaged or lists other segments.
    """
    path = story_path(folder, generation)
    if not segments and not path.exists():
        return Stories([], [], np.empty(0, np.uint32))
    container = Container(path)
    if segment_keys(container) != list(segments):
        raise ContainerError(path, "it lists other segments than the table of contents")
    columns = [
        StoryColumns(*(container[f"{n}.{name}"].copy() for name in StoryColumns._fields))
        for n in range(len(segments))
    ]
    return Stories(segments, columns, container["boilerplate"].copy())


def newest_stories(folder: Path, generation: int) -> int:
    """Return the greatest generation up to the given one that has a file of stories; -1 if none has."""
    return max((number for number in _story_files(folder) if number <= generation), default=-1)


def segment_keys(container: Container) -> list[SegmentKey]:
    """Return the segments that a file of stories lists.

    Raises :class:`~storage.container.ContainerError` if the list is malformed.
    """
    try:
        return [
            SegmentKey(str(name), int(documents))
            for name, documents in json.loads(container["segments"].tobytes())
        ]
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        assert container.path is not None, "it is a file"
        raise ContainerError(container.path, "its list of segments cannot be read") from error


def story_path(folder: Path, generation: int) -> Path:
    """Return the path of the file of stories of a generation."""
    return folder / _FILE_NAME.format(generation)


def keep_stories(old: Path, new: Path, generation: int) -> None:
    """Move the newest file of stories, if any, from one folder to another, as the stories of the given generation."""
    files = _story_files(old)
    if files:
        patiently(lambda: files[max(files)].replace(story_path(new, generation)))


def remove_stories(folder: Path, generation: int) -> bool:
    """Remove the files of stories of all generations except the given one. The lock must be held.

    Returns whether all could be removed.
    """
    removed = [remove_unused(path) for number, path in _story_files(folder).items() if number != generation]
    return all(removed)


def _story_files(folder: Path) -> dict[int, Path]:
    """Return the paths of the files of stories in a folder, by generation."""
    found = ((_FILE_PATTERN.fullmatch(path.name), path) for path in folder.glob("stories-*.nws"))
    return {int(match[1]): path for match, path in found if match is not None}


def concat_columns(parts: Sequence[tuple[StoryColumns, Ints, Ints]]) -> StoryColumns:
    """Return the story columns of a merged segment.

    ``parts`` has for each source segment: its story columns, and two arrays with the number of each of its articles and
    of each of its documents in the merged segment; -1 for deleted ones.
    """

    def documents(name: str) -> Array:
        found = np.concatenate([new[getattr(columns, name)] for columns, _, new in parts])
        return found[found >= 0].astype(np.uint32)

    return StoryColumns(
        np.concatenate([columns.story[new >= 0] for columns, new, _ in parts]),
        np.concatenate([columns.samples[new >= 0] for columns, new, _ in parts]),
        documents("boilerplate"),
        documents("redundant"),
    )
