"""A file or a stream to articles: what it is, is decided by its content before its name.

:mod:`.registry` knows the formats, each of which has a module: what that is given, and gives, is in :mod:`.api`.
Most make a :class:`article.draft.Draft` of each article, which :meth:`~article.draft.Draft.finish` makes an article of, alike for
all formats. Nothing that a file holds or a file system does raises: it becomes a
:class:`~newssearch.article.Rejected`. Only what no file can help ends a run, as an error: that there is no room left for
temporary files, say, for then each file would be rejected, and not be read again.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from newssearch import arguments
from newssearch.article import STREAM
from newssearch.config import Config, load_config
from newssearch.errors import NewssearchError
from newssearch.readers.article.draft import Draft
from newssearch.readers.records.json import read_lines
from newssearch.text.paragraphs import Block, squeeze

from .api import (
    Budget,
    Document,
    Format,
    Found,
    Input,
    Item,
    Origin,
    ReadOptions,
    Skipped,
    UnreadableError,
    whole,
)
from .registry import abilities, described, format_of, formats, raised_in_added, versions

__all__ = [
    "Block", "Document", "Draft", "Format", "Found", "Input", "Item", "Origin", "ReadOptions", "Skipped",
    "UnreadableError", "chosen_settings", "parsed", "read_file", "read_items", "read_stream", "signature", "versions", "whole",
]  # fmt: skip


def read_file(
    file: Path, path: str, options: ReadOptions, on_bytes: Callable[[int], None] | None = None
) -> Iterator[Found]:
    """The articles in a file, which the index knows as ``path``; never raises.

    ``on_bytes`` is told of every few bytes consumed, in all the size of the file.
    """
    for item in read_items(file, path, options, on_bytes):
        if isinstance(item, Document):
            yield from parsed(item)
        else:
            yield item


def read_items(
    file: Path, path: str, options: ReadOptions, on_bytes: Callable[[int], None] | None = None
) -> Iterator[Found | Document]:
    """The same, with what :func:`parsed` is to parse, where a format leaves it to others; never raises."""
    file = arguments.path("file", file)
    size = done = 0

    def progress(count: int) -> None:
        nonlocal done
        count = min(count, size - done)  # what is read twice, or was appended meanwhile, does not count
        done += count
        if on_bytes is not None and count:
            on_bytes(count)

    origin = Origin(path, options, file=file)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):  # not even opened: that could wait for ever, or have effects
            yield origin.rejected(f"not a regular file but {_kind_of_file(status.st_mode)}")
            return
        size = status.st_size
        with file.open("rb") as stream:
            yield from _items(Input(_Counted(stream, progress), origin, Budget(size, options.limits)))
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        yield origin.rejected(_cannot(error))
    progress(size)


def signature(options: ReadOptions) -> str:
    """What an outcome of reading depends on beside the file: the same twice, the same outcome.

    Raises NewssearchError where a format that another package adds cannot be loaded.
    """
    formats()
    return repr((options, abilities()))


def chosen_settings(
    archive: Path, config: Config | None, options: ReadOptions | None
) -> tuple[Config, ReadOptions]:
    """The configuration of an archive unless one is given, and what it says of reading unless options are given.

    Raises :class:`~newssearch.ConfigError`, and TypeError for a value of a wrong type.
    """
    arguments.instance("config", config, (Config, type(None)), "a Config, or None")
    arguments.instance("options", options, (ReadOptions, type(None)), "ReadOptions, or None")
    chosen = config or load_config(archive)
    read = (chosen.day_first, chosen.lang, chosen.columns, chosen.outlets, chosen.folders, chosen.limits)
    return chosen, options or ReadOptions(*read)


def read_stream(stream: BinaryIO, options: ReadOptions) -> Iterator[Found]:
    """The articles in JSON Lines from a stream, as they come; never raises.

    Its ``path`` is :data:`~newssearch.article.STREAM`, so that a record with neither ``url`` nor ``id`` is known by
    its content. A line that is longer than a document may be is rejected without being held.
    """
    origin = Origin(STREAM, options)
    try:
        yield from read_lines(stream, origin)
    except (OSError, ValueError) as error:  # ValueError: the stream is closed
        yield origin.rejected(_cannot(error))


def parsed(document: Document) -> Iterator[Found]:
    """What is in a document; never raises."""
    try:
        for item in document.parse(document.data, document.origin):
            if isinstance(item, Input):
                for inner in _items(item):
                    yield from parsed(inner) if isinstance(inner, Document) else (inner,)
            else:
                yield item
    except UnreadableError as error:
        yield document.origin.rejected(str(error))
    except Exception as error:  # whatever a parser of others makes of what it was not made for
        yield document.origin.rejected(_cannot(error))


def _items(source: Input) -> Iterator[Found | Document]:
    """What is in an input, and in the inputs in it, with their documents unparsed."""
    origin = source.origin
    deepest = origin.options.limits.depth
    if origin.depth > deepest:
        yield origin.rejected(f"within more than {deepest} archives, one in the other")
        return
    nothing = True
    try:
        for item in format_of(source).read(source):
            nothing = False
            if isinstance(item, Input):
                yield from _items(item)
            else:
                yield item
    except UnreadableError as error:
        yield origin.rejected(str(error))
    except Exception as error:  # whatever a parser of others makes of what it was not made for
        yield origin.rejected(_cannot(error))
    else:
        if nothing:
            yield origin.rejected("nothing in it")


_EXHAUSTED = frozenset(
    {
        getattr(errno, "EDQUOT", errno.ENOSPC),
        errno.ENOSPC,
        errno.EFBIG,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
    }
)


def _cannot(error: Exception) -> str:
    """Why something cannot be read, for a person. Raises NewssearchError where nothing can."""
    if isinstance(error, NewssearchError):
        raise error
    if isinstance(error, OSError) and error.errno in _EXHAUSTED:
        raise NewssearchError(f"reading cannot go on: {error.strerror}") from error
    if isinstance(error, MemoryError):
        return "cannot be read: not enough memory"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    if place := raised_in_added(error):
        return f"cannot be read: {described(error)}{place}"
    return f"cannot be read: {squeeze(str(error))[:200] or type(error).__name__}"


class _Counted:
    """A stream that tells how much of it was read."""

    def __init__(self, stream: BinaryIO, progress: Callable[[int], None]) -> None:
        self._stream, self._progress = stream, progress

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._progress(len(data))
        return data


def _kind_of_file(mode: int) -> str:
    for test, name in (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    ):
        if test(mode):
            return name
    return "something else"
