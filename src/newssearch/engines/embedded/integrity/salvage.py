"""Salvage: reads a damaged index article by article.

Checksums of the file are not used here, because one wrong byte would condemn all articles of its page. An article is
whole if its state equals the one that was stored when the article was indexed.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Container
from newssearch.engines.embedded.storage.mmap_file import ContainerError, MappedFile
from newssearch.engines.embedded.storage.toc import EXTENSION, SegmentEntry, newest, toc_path
from newssearch.engines.protocol import LostArticle, StoredArticle
from newssearch.errors import IndexDamagedError
from newssearch.reports import Problem, unread

from .invariants import UNREADABLE
from .open_files import Outcome, open_commit, open_or_error


def salvaged(folder: Path) -> Iterator[StoredArticle | LostArticle | Problem]:
    """Yield all articles of an index, readable or lost, and all other problems.

    All files are opened first, so that later commits make no difference. If the table of contents is damaged or
    Whoosh wrote it, all segments in the folder are read, and articles that were deleted come back.

    Raises :class:`OSError` for a file that the system refuses to read (for lack of permission, say): its articles are
    not lost, and can be read another time.
    """
    try:
        toc, _, files, _ = open_commit(folder, MappedFile.unchecked)
    except (IndexDamagedError, OSError) as error:
        if isinstance(error, OSError):
            _refuse(error)
        name = toc_path(folder, newest(folder)).name
        lost = Problem(
            name, f"{error.__cause__ or error}; articles that were removed or replaced may be back"
        )
        left = sorted(folder.glob(f"MAIN_*{EXTENSION}"), key=lambda path: -path.stat().st_mtime_ns)
        entries = [SegmentEntry(path.name, frozenset(), 0, 0) for path in left]
        found = {path.name: open_or_error(path, MappedFile.unchecked) for path in left}
        _refuse(*found.values())
        return chain([lost], *(_segment(folder, one, found[one.file_name]) for one in entries))
    _refuse(*(files[entry.file_name] for entry in toc.entries))
    return chain.from_iterable(_segment(folder, entry, files[entry.file_name]) for entry in toc.entries)


def _refuse(*files: Outcome) -> None:
    """Raise the first error of a file that the system refuses to read. Missing files and disk errors are not raised."""
    for file in files:
        if isinstance(file, OSError) and file.errno not in (errno.EIO, errno.ENOENT):
            raise file


def _segment(
    folder: Path, entry: SegmentEntry, file: Outcome
) -> Iterator[StoredArticle | LostArticle | Problem]:
    path = folder / entry.file_name
    had = f": none of its {entry.documents:,} paragraphs can be read" if entry.documents else ""
    if isinstance(file, ContainerError):
        yield Problem(path.name, f"{file.what}{had}")
        return
    if isinstance(file, OSError):
        problem = unread(path, file)
        yield replace(problem, what=f"{problem.what}{had}")
        return
    try:
        segment = Segment(Container(file), entry.deleted)
        number, deleted = segment.articles, entry.deleted
    except ContainerError as error:
        yield Problem(path.name, f"{error.what}{had}")
        return
    except UNREADABLE as error:
        yield Problem(path.name, f"{error}{had}")
        return
    for article in range(number):
        try:
            if int(segment.first[article]) in deleted:
                continue
            found, state = segment.read(article), segment.state(article)
        except UNREADABLE:
            yield LostArticle(path.name)
        else:
            whole = found.state == state
            yield StoredArticle(found, state, segment.own_rows) if whole else LostArticle(path.name)
