"""What can still be read of a damaged index, article by article.

Checksums are of no use here: one bad byte would condemn what stands beside it. An article is taken if it is, to the last
letter, the one that its digest was made of when it was indexed.
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
from newssearch.engines.embedded.storage.toc import EXTENSION, Listed, Toc, newest, toc_path
from newssearch.engines.protocol import LostArticle, StoredArticle
from newssearch.errors import IndexDamagedError
from newssearch.reports import Problem, unread

from .invariants import UNREADABLE
from .open_files import Outcome, open_commit, opened
from .verify import Adopted


def salvaged(folder: Path, adopted: Adopted) -> Iterator[StoredArticle | LostArticle | Problem]:
    """All articles of an index, whole or lost, and what else is amiss.

    Opens all files first: what is written meanwhile makes no difference. Where the table of contents is lost, so is what
    it says of deleted articles: they are back.

    Raises :class:`OSError` for a file that the system does not let be read (for lack of permission, say): it is not
    lost, and may be read another time.
    """
    try:
        toc, _, files, _ = open_commit(folder, MappedFile.unchecked)
    except (IndexDamagedError, OSError) as error:
        if isinstance(error, OSError):
            _refuse(error)
        name = toc_path(folder, newest(folder)).name
        lost = Problem(
            name, f"{error.__cause__ or error}: articles that were removed or replaced may be back"
        )
        left = sorted(folder.glob(f"MAIN_*{EXTENSION}"), key=lambda path: -path.stat().st_mtime_ns)
        listed = [Listed(path.name, frozenset(), 0) for path in left]
        found = {path.name: opened(path, MappedFile.unchecked) for path in left}
        _refuse(*found.values())
        return chain([lost], *(_segment(folder, one, found[one.file_name]) for one in listed))
    _refuse(*(files[one.file_name] for one in toc.listed if one is not None))
    return chain.from_iterable(
        _segment(folder, one, files[one.file_name])
        if one is not None
        else _adopted(folder, toc, number, adopted)
        for number, one in enumerate(toc.listed)
    )


def _refuse(*files: Outcome) -> None:
    """Raise the error of a file that the system does not let be read, unless it is gone or the disk has lost it."""
    for file in files:
        if isinstance(file, OSError) and file.errno not in (errno.EIO, errno.ENOENT):
            raise file


def _segment(folder: Path, listed: Listed, file: Outcome) -> Iterator[StoredArticle | LostArticle | Problem]:
    path = folder / listed.file_name
    had = f": none of its {listed.documents:,} paragraphs can be read" if listed.documents else ""
    if isinstance(file, ContainerError):
        yield Problem(path.name, f"{file.what}{had}")
        return
    if isinstance(file, OSError):
        problem = unread(path, file)
        yield replace(problem, what=f"{problem.what}{had}")
        return
    try:
        segment = Segment(Container(file), listed.deleted)
        number, deleted = segment.articles, listed.deleted
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
            yield StoredArticle(found, state) if found.digest == state else LostArticle(path.name)


def _adopted(
    folder: Path, toc: Toc, number: int, adopted: Adopted
) -> Iterator[StoredArticle | LostArticle | Problem]:
    """What Whoosh wrote, which has neither checksums nor digests."""
    name = toc_path(folder, toc.generation).name
    try:
        segment = adopted(toc, number)
    except IndexDamagedError as error:
        what = f"segment {number + 1}, which Whoosh wrote, cannot be read: {error.__cause__ or error!r}"
        yield Problem(name, what)
    except OSError as error:
        yield unread(Path(error.filename or name), error)
    else:
        yield from (StoredArticle(segment.read(n), segment.state(n)) for n in range(segment.articles))
