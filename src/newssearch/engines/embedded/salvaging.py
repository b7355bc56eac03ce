"""What can still be read of a damaged index, article by article.

Checksums are of no use here: one bad byte would condemn what stands beside it. An article is taken if it is, to the last
letter, the one that its digest was made of when it was indexed.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ...article import Article
from ...errors import IndexDamagedError
from ...verification import Problem
from .container import Container
from .mapped import ContainerError, Mapped
from .segment import Segment
from .structure import UNREADABLE
from .trust import EXTENSION, Listed, Toc, newest, read_toc, toc_path
from .verifying import Adopted, unread


class Saved(NamedTuple):
    """An article that is whole, and what it was added with."""

    article: Article
    state: str


class Lost(NamedTuple):
    """An article that is not."""

    file: str


def salvaged(folder: Path, adopted: Adopted) -> Iterator[Saved | Lost | Problem]:
    """All articles of an index, whole or lost, and what else is amiss.

    Where the table of contents is lost, so is what it says of deleted articles: they are back.
    """
    try:
        toc = read_toc(folder)
    except (IndexDamagedError, OSError) as error:
        if (
            isinstance(error, OSError) and error.errno != errno.EIO
        ):  # it is whole, and may be read another time
            raise
        name = toc_path(folder, newest(folder)).name
        yield Problem(name, f"{error.__cause__ or error}: articles that were removed or replaced may be back")
        for path in sorted(folder.glob(f"MAIN_*{EXTENSION}"), key=lambda path: -path.stat().st_mtime_ns):
            yield from _segment(folder, Listed(path.name, frozenset(), 0))
        return
    for number, listed in enumerate(toc.listed):
        if listed is not None:
            yield from _segment(folder, listed)
        else:
            yield from _adopted(folder, toc, number, adopted)


def _segment(folder: Path, listed: Listed) -> Iterator[Saved | Lost | Problem]:
    path = folder / listed.file_name
    had = f": none of its {listed.documents:,} paragraphs can be read" if listed.documents else ""
    try:
        segment = Segment(Container(Mapped.unchecked(path)), listed.deleted)
        number, deleted = segment.articles, listed.deleted
    except ContainerError as error:
        yield Problem(path.name, f"{error.what}{had}")
        return
    except OSError as error:
        problem = unread(path, error)
        yield replace(problem, what=f"{problem.what}{had}")
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
            yield Lost(path.name)
        else:
            yield Saved(found, state) if found.digest == state else Lost(path.name)


def _adopted(folder: Path, toc: Toc, number: int, adopted: Adopted) -> Iterator[Saved | Lost | Problem]:
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
        yield from (Saved(segment.read(n), segment.state(n)) for n in range(segment.articles))
