"""Read a file or a stream and return its articles.

:mod:`.registry` lists the formats and detects the format of an input: by its content first, then by its name. Each
format is a module; :mod:`.api` defines what a format receives and returns. Most formats fill a
:class:`article.draft.Draft` for each article, and :meth:`~article.draft.Draft.build` turns it into an article in the
same way for all of them.

A file that cannot be read, because of its content or of an error of the file system, becomes a
:class:`~newssearch.article.Rejected`; it does not raise. Only a problem that affects every file raises, such as a full
disk: otherwise every file would be rejected, and the next run would not read them again.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from newssearch import arguments
from newssearch.article import STREAM
from newssearch.config import Config
from newssearch.errors import NewssearchError
from newssearch.readers.article.draft import Draft
from newssearch.readers.pdf.scans import has_ocr
from newssearch.readers.records.json import read_lines
from newssearch.system.entry_points import describe_error, is_order_to_stop
from newssearch.system.input_files import kind_of_file
from newssearch.text.paragraphs import Block, squeeze

from .api import (
    Budget,
    Document,
    Feed,
    Format,
    Input,
    Item,
    Origin,
    ReadOptions,
    ReadOutcome,
    Skipped,
    UnreadableError,
    whole,
)
from .registry import available_formats, detect_format, formats, plugin_location, versions

__all__ = [
    "Block", "Document", "Draft", "Feed", "Format", "Input", "Item", "Origin", "ReadOutcome", "ReadOptions", "Skipped",
    "UnreadableError", "chosen_settings", "parsed", "read_file", "read_items", "read_stream", "signature", "versions", "whole",
]  # fmt: skip


def read_file(
    file: Path, path: str, options: ReadOptions, on_bytes: Callable[[int], None] | None = None
) -> Iterator[ReadOutcome]:
    """Yield the articles, rejections and skips of ``file``, whose path in the index is ``path``, and a note of each feed.

    ``on_bytes`` is called with the number of bytes consumed since its last call; the numbers add up to the size of the
    file. Raises NewssearchError only if no file could be read, for example because the disk is full.
    """
    for item in read_items(file, path, options, on_bytes):
        if isinstance(item, Document):
            yield from parsed(item)
        else:
            yield item


def read_items(
    file: Path, path: str, options: ReadOptions, on_bytes: Callable[[int], None] | None = None
) -> Iterator[ReadOutcome | Document]:
    """Yield what :func:`read_file` yields, except that documents stay unparsed if their format allows that.

    :func:`parsed` parses them.
    """
    file = arguments.path("file", file)
    size = done = 0

    def progress(count: int) -> None:
        nonlocal done
        count = min(count, size - done)  # bytes read twice, or appended in the meantime, do not count
        done += count
        if on_bytes is not None and count:
            on_bytes(count)

    origin = Origin(path, options, file=file)
    try:
        status = file.stat()
        if not stat.S_ISREG(
            status.st_mode
        ):  # not opened: a pipe could block forever, a device could have side effects
            yield origin.rejected(f"not a regular file but {kind_of_file(status.st_mode)}")
            return
        size = status.st_size
        with file.open("rb") as stream:
            yield from _items_of_input(
                Input(_CountingStream(stream, progress), origin, Budget(size, options.limits))
            )
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have, such as one with a NUL
        yield origin.rejected(_reason_or_raise(error))
    progress(size)


def signature(options: ReadOptions) -> str:
    """Return a string that identifies what reading depends on besides the file: the options and the installed formats.

    While this string stays the same, reading the same file gives the same result. Raises NewssearchError if a format of
    another package cannot be loaded.
    """
    formats()
    return repr((options, available_formats(), has_ocr() if options.ocr else None))


def chosen_settings(
    default: Callable[[], Config], config: Config | None, options: ReadOptions | None
) -> tuple[Config, ReadOptions]:
    """Return the given configuration and options, with a default for each that is None.

    The default configuration is that which ``default`` returns, that of the archive; the default options are those in the configuration. Raises
    :class:`~newssearch.ConfigError` for an invalid configuration file, and TypeError for a value of the wrong type.
    """
    arguments.instance("config", config, (Config, type(None)), "a Config, or None")
    arguments.instance("options", options, (ReadOptions, type(None)), "ReadOptions, or None")
    chosen = config or default()
    read = (
        chosen.day_first,
        chosen.lang,
        chosen.columns,
        chosen.outlets,
        chosen.folders,
        chosen.limits,
        chosen.fields,
        chosen.ocr,
    )
    return chosen, options or ReadOptions(*read)


def read_stream(stream: BinaryIO, options: ReadOptions) -> Iterator[ReadOutcome]:
    """Yield an article, a rejection or a skip for each record in a stream of JSON Lines, as the records arrive.

    The ``path`` of the articles is :data:`~newssearch.article.STREAM`, so that a record with neither ``url`` nor ``id``
    is identified by its content. A line longer than the limit of a document is rejected without being held in memory.
    Raises NewssearchError as :func:`read_file` does.
    """
    origin = Origin(STREAM, options)
    try:
        yield from read_lines(stream, origin)
    except (OSError, ValueError) as error:  # ValueError: the stream is closed
        yield origin.rejected(_reason_or_raise(error))


def parsed(document: Document) -> Iterator[ReadOutcome]:
    """Parse a document and yield what :func:`read_file` yields. Raises as :func:`read_file` does."""
    try:
        for item in document.parse(document.data, document.origin):
            if isinstance(item, Input):
                for inner in _items_of_input(item):
                    yield from parsed(inner) if isinstance(inner, Document) else (inner,)
            else:
                yield item
    except UnreadableError as error:
        yield document.origin.rejected(str(error))
    except (
        BaseException
    ) as error:  # third-party parsers raise anything on input that they were not written for
        yield document.origin.rejected(_reason_or_raise(error))


def _items_of_input(source: Input) -> Iterator[ReadOutcome | Document]:
    """Yield the items in an input and in the inputs nested in it; documents are left unparsed."""
    origin = source.origin
    deepest = origin.options.limits.depth
    if origin.depth > deepest:
        yield origin.rejected(f"nested in more than {deepest} containers")
        return
    empty = True
    try:
        for item in detect_format(source).read(source):
            empty = False
            if isinstance(item, Input):
                yield from _items_of_input(item)
            else:
                yield item
    except UnreadableError as error:
        yield origin.rejected(str(error))
    except (
        BaseException
    ) as error:  # third-party parsers raise anything on input that they were not written for
        yield origin.rejected(_reason_or_raise(error))
    else:
        if empty:
            yield origin.rejected("nothing in it")


_EXHAUSTED_ERRNOS = frozenset(
    {
        getattr(errno, "EDQUOT", errno.ENOSPC),
        errno.ENOSPC,
        errno.EFBIG,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
    }
)
"""The ``errno`` values that mean that a resource of the machine is exhausted: every other file would fail, too."""


def _reason_or_raise(error: BaseException) -> str:
    """Return the reason for rejecting an input.

    Raises NewssearchError if ``error`` would affect every input, and ``error`` itself if it is an order to stop.
    """
    if isinstance(error, NewssearchError) or is_order_to_stop(error):
        raise error
    if isinstance(error, OSError) and error.errno in _EXHAUSTED_ERRNOS:
        raise NewssearchError(f"reading cannot go on: {error.strerror}") from error
    if isinstance(error, MemoryError):
        return "cannot be read: not enough memory"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    if location := plugin_location(error):
        return f"cannot be read: {describe_error(error)}{location}"
    if not isinstance(error, Exception):  # of SystemExit, the message is a number
        return f"cannot be read: {describe_error(error)}"
    return f"cannot be read: {squeeze(str(error))[:200] or type(error).__name__}"


class _CountingStream:
    """A stream that calls ``progress`` with the number of bytes that each read returned."""

    def __init__(self, stream: BinaryIO, progress: Callable[[int], None]) -> None:
        self._stream, self._progress = stream, progress

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._progress(len(data))
        return data
