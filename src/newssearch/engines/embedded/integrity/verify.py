"""The check of a whole index (checksums, stored texts, internal consistency), and the leftovers of interrupted runs."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from newssearch.commit import article_hash, sum_of_hashes
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.story_columns import newest_stories, segment_keys, story_path
from newssearch.engines.embedded.storage.container import Container
from newssearch.engines.embedded.storage.mmap_file import ContainerError, MappedFile
from newssearch.engines.embedded.storage.toc import (
    EXTENSION,
    HOLDER,
    LOCKS,
    MARKER,
    SegmentEntry,
    Toc,
    newest,
    read_toc,
    toc_path,
)
from newssearch.errors import AnalyserError, IndexDamagedError
from newssearch.reports import Leftover, Problem, unread
from newssearch.system.atomic_files import remove_unused, unsealed

from . import invariants
from .open_files import Outcome, open_commit, open_or_error

MAX_NAMED_RANGES = 20
"""A check reports at most this number of damaged byte ranges of a file one by one, and only counts the others."""
MAX_NAMED_ARTICLES = 20
"""A check reports at most this number of unreadable articles of a segment one by one, and only counts the others."""
_ENGINE_FILE = re.compile(
    r"_MAIN_[0-9]+\.toc(\..*)?|MAIN_[0-9a-z]+\..+|stories-[0-9]+\.nws"
    r"|(newssearch|files|run|writer)\.json(\.[0-9a-f]{16})?\.tmp|rebuild(\.[0-9a-f]{16})?\.tmp"
    r"|MAIN\.c?tmp|[0-9a-z]{28}\.(c?tmp|run)"
)
"""Matches the name of a file or folder that newssearch or Whoosh may have written into the folder of an index."""


class EmbeddedCheck:
    """One check of the index in ``folder``: see :class:`newssearch.engines.protocol.Check`.

    For ``sample`` articles of each segment, it compares the indexed words with the stored text.
    """

    def __init__(self, folder: Path, sample: int) -> None:
        self._folder = folder
        self._sample = sample
        self.files = self.size = self.articles = self.paragraphs = self.sampled = 0
        self.unchecked: dict[str, None] = {}

    def problems(self) -> Iterator[Problem]:
        """Run the check, and yield each problem found: all that is damaged, missing or inconsistent."""
        yield from self._marker()
        path = toc_path(self._folder, newest(self._folder))
        try:
            toc, toc_size, files, stories = open_commit(self._folder, MappedFile.of)
            self.files, self.size = self.files + 1, self.size + toc_size
        except (IndexDamagedError, OSError) as error:
            yield (
                unread(path, error)
                if isinstance(error, OSError)
                else Problem(path.name, str(error.__cause__ or error))
            )
            for left in sorted(self._folder.glob(f"*{EXTENSION}")):  # any of these segments may be in use
                yield from self._file(left, open_or_error(left, MappedFile.of))
            return
        segments: list[Segment | None] = []
        for entry in toc.entries:
            yield from self._segment(entry, files[entry.file_name], segments)
        yield from self._stories(toc, files, stories, segments)
        yield from self._repeated(toc, segments)

    def _count(self, path: Path) -> None:
        self.files += 1
        self.size += path.stat().st_size

    def _marker(self) -> Iterator[Problem]:
        path = self._folder / MARKER
        try:
            unsealed(path.read_text(encoding="utf-8"))
            self._count(path)
        except OSError as error:
            yield unread(path, error)
        except ValueError as error:
            yield Problem(MARKER, str(error))

    def _file(self, path: Path, mapped: Outcome) -> Iterator[Problem]:
        """Yield a problem for each range of bytes in a container file whose checksum is wrong."""
        try:
            if not isinstance(mapped, MappedFile):
                raise mapped
            self.files, self.size = self.files + 1, self.size + len(mapped.map)
            ranges = list(_joined(mapped.damage()))
        except ContainerError as error:
            yield Problem(path.name, error.what)
        except OSError as error:
            yield unread(path, error)
        else:
            for low, high in ranges[:MAX_NAMED_RANGES]:
                sections = ", ".join(mapped.sections_in(low, high)[:4]) or "nothing that is read"
                yield Problem(
                    path.name, f"bytes {low:,} to {high - 1:,} are not what was written ({sections})"
                )
            if len(ranges) > MAX_NAMED_RANGES:
                yield Problem(path.name, f"and {len(ranges) - MAX_NAMED_RANGES:,} more ranges of bytes")

    def _segment(
        self, entry: SegmentEntry, file: Outcome, segments: list[Segment | None]
    ) -> Iterator[Problem]:
        """Yield the problems of a segment, and append it to ``segments``; append None if it is damaged."""
        name = entry.file_name
        damage = list(self._file(self._folder / name, file))
        segments.append(None)
        if damage or not isinstance(file, MappedFile):
            yield from damage
            return
        try:
            segment = Segment(Container(file), entry.deleted)
            found = [Problem(name, what) for what in invariants.inconsistencies(segment, entry)]
            if not found:
                found = list(self._texts(entry, segment))
                segments[-1] = segment
        except OSError as error:
            found = [unread(self._folder / name, error)]
        yield from found

    def _texts(self, entry: SegmentEntry, segment: Segment) -> Iterator[Problem]:
        """Yield the problems of the live articles of a segment.

        Each article must be readable and unchanged, and all together must match the commit's digest. For a sample of
        them, the indexed words must be the words of their texts.
        """
        name = entry.file_name
        live = np.flatnonzero(segment.live_articles())
        self.paragraphs += segment.paragraphs
        self.articles += len(live)
        lost = [what for _, what in invariants.unreadable(segment, live)]
        yield from (Problem(name, what) for what in lost[:MAX_NAMED_ARTICLES])
        if len(lost) > MAX_NAMED_ARTICLES:
            yield Problem(name, f"and {len(lost) - MAX_NAMED_ARTICLES:,} more articles")
        ids, states = segment.ids(live), map(segment.state, live.tolist())
        if not lost and sum_of_hashes(map(article_hash, ids, states)) != entry.hash_sum:
            yield Problem(name, "its articles are not those of which the table of contents has the digest")
        chosen = live[:: max(len(live) // max(self._sample, 1), 1)][: self._sample]
        for article in chosen.tolist():
            try:
                yield from (Problem(name, what) for what in invariants.wrongly_indexed(segment, article))
                self.sampled += 1
            except AnalyserError as error:
                self.unchecked[str(error)] = None

    def _stories(
        self, toc: Toc, files: dict[str, Outcome], newest_one: int, segments: list[Segment | None]
    ) -> Iterator[Problem]:
        """Yield the problems of the file of stories. Only an index without segments may lack this file.

        ``newest_one`` is the generation of the newest file of stories, -1 if there is none.
        """
        path = story_path(self._folder, newest_one)
        if newest_one != toc.generation:
            if toc.entries:
                yield Problem(story_path(self._folder, toc.generation).name, "it is missing")
            return
        file = files[path.name]
        damage = list(self._file(path, file))
        yield from damage
        if damage or not isinstance(file, MappedFile):
            return
        try:
            named = segment_keys(Container(file))
        except ContainerError as error:
            yield Problem(path.name, error.what)
            return
        except OSError as error:
            yield unread(path, error)
            return
        for entry, segment, key in zip(toc.entries, segments, named, strict=False):
            if segment is not None and key != (entry.file_name, segment.live_documents):
                yield Problem(path.name, f"it has no stories of {entry.file_name}")
        if len(named) != len(toc.entries):
            yield Problem(path.name, "it has the stories of other segments")

    def _repeated(self, toc: Toc, segments: list[Segment | None]) -> Iterator[Problem]:
        """Yield one problem if articles are live in more than one segment."""
        counts: Counter[str] = Counter()
        for segment in filter(None, segments):
            counts.update(segment.ids(np.flatnonzero(segment.live_articles())))
        twice = [one for one, count in counts.items() if count > 1]
        path = toc_path(self._folder, toc.generation)
        if twice:
            yield Problem(path.name, f"{len(twice):,} articles are there more than once, as {twice[0]}")


def _joined(ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the given ``(low, high)`` ranges, which are in order; adjacent ones are joined into one."""
    low = high = -1
    for start, end in ranges:
        if start != high:
            if high > 0:
                yield low, high
            low = start
        high = end
    if high > 0:
        yield low, high


# ---- leftovers


def leftovers(folder: Path, extras: frozenset[str]) -> list[Leftover]:
    """Return the files of newssearch and Whoosh in the folder that do not belong to the last commit.

    ``extras`` are the names of further files that belong to the index.
    """
    if newest(folder) < 0:
        return []
    toc = read_toc(folder)
    kept = {*extras, *LOCKS, HOLDER, MARKER, toc_path(folder, toc.generation).name}
    kept.add(story_path(folder, newest_stories(folder, toc.generation)).name)
    kept.update(entry.file_name for entry in toc.entries)
    return [
        Leftover(path.name, _size(path))
        for path in sorted(folder.iterdir())
        if path.name not in kept and _ENGINE_FILE.fullmatch(path.name)
    ]


def _size(path: Path) -> int:
    if path.is_dir() and not path.is_symlink():
        return sum(inner.lstat().st_size for inner in path.rglob("*") if not inner.is_dir())
    return path.lstat().st_size


def remove(folder: Path, names: list[str]) -> list[str]:
    """Remove the leftovers with the given names, and return the names of those that are gone now.

    The caller must hold the lock, because files that another process is writing look like leftovers.
    """
    removed = []
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            remove_unused(path)
        if not os.path.lexists(path):
            removed.append(name)
    return removed
