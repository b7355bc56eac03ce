"""A file or a stream to articles: what it is, is decided by its content before its name.

``encoding`` turns bytes into text; ``text``, ``jsonlines`` and ``records`` turn that into articles; ``dateline`` and
``fields`` are what they share. Nothing that a file holds or a file system does raises: it becomes a
:class:`~newssearch.article.Rejected`.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from newssearch.article import Article, Rejected

from .encoding import SAMPLE, decode, wide_encoding
from .fields import ReadOptions
from .jsonlines import LINE_LIMIT, json_problem, read_document, read_lines
from .text import read_text

__all__ = ["ReadOptions", "read_file", "read_stream"]

FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of the largest file that is read as a whole: any but JSON Lines."""

BINARY = tuple(
    (re.compile(magic, re.DOTALL), name)
    for magic, name in (
        (rb"%PDF-", "a PDF file"),
        (rb"PK\x03\x04|PK\x05\x06", "a ZIP archive or an office document"),
        (rb"\x1f\x8b", "a gzip archive"),
        (rb"\xfd7zXZ\x00", "an xz archive"),
        (rb"\x28\xb5\x2f\xfd", "a Zstandard archive"),
        (rb"BZh[1-9]1AY&SY", "a bzip2 archive"),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (rb"Rar!\x1a\x07", "a RAR archive"),
        (rb"\x89PNG\r\n\x1a\n", "a PNG image"),
        (rb"\xff\xd8\xff", "a JPEG image"),
        (rb"GIF8[79]a", "a GIF image"),
        (rb"RIFF....WEBP", "a WebP image"),
        (rb"II\*\x00|MM\x00\*", "a TIFF image"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
        (rb"\{\\rtf", "an RTF document"),
        (rb"%!PS", "a PostScript file"),
        (rb"SQLite format 3\x00", "an SQLite database"),
        (rb"\x7fELF", "a program"),
        (rb"ID3|OggS|fLaC|....ftyp", "audio or video"),
    )
)
"""First bytes of what is no text."""

LATER = tuple(
    (re.compile(opening, re.IGNORECASE), name)
    for opening, name in (
        (r"WARC/\d|filedesc://", "a web archive (WARC)"),
        (r"<!doctype html|<html[\s>]|<(?:head|body|meta|div|p)[\s>]", "an HTML page"),
        (
            r"<\?xml\s|<(?:rss|feed|nitf|newsml|newsmessage|newsitem|rdf:RDF)[\s>]",
            "an XML document or a feed",
        ),
        (r"<!--", "an HTML or XML document"),
        (
            r"---[ \t]*\r?\n(?:[ \t#].*\r?\n|\r?\n)*[\w-]+[ \t]*:|\+\+\+[ \t]*\r?\n",
            "Markdown with front matter",
        ),
        (
            r"(?:From \S+.*\r?\n)?(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*){0,40}?"
            r"(?:Return-Path|Received|Message-ID|Delivered-To|MIME-Version):",
            "a mail message",
        ),
    )
)
"""Openings of texts that take a reader of their own, which is still to come."""

LATER_BY_NAME = {
    ".csv": "a CSV table", ".tsv": "a TSV table", ".warc": "a web archive (WARC)", ".arc": "a web archive (WARC)",
    ".eml": "a mail message", ".mbox": "mail messages", ".html": "an HTML page", ".htm": "an HTML page",
    ".xhtml": "an HTML page", ".xml": "an XML document or a feed", ".rss": "a feed", ".atom": "a feed",
}  # fmt: skip
"""What has no opening of its own, by the name of the file."""

JSON_NAMES = (".json", ".jsonl", ".ndjson")

_JSON = re.compile(r"\{\s*[\"}]|\[\s*[{\]]")


def read_file(
    file: Path, path: str, options: ReadOptions, on_bytes: Callable[[int], None] | None = None
) -> Iterator[Article | Rejected]:
    """The articles in a file, which the index knows as ``path``; never raises.

    ``on_bytes`` is told of every few bytes consumed, in all the size of the file.
    """
    size = done = 0

    def progress(count: int) -> None:
        nonlocal done
        done += count
        if on_bytes is not None:
            on_bytes(count)

    try:
        status = file.stat()
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        yield Rejected(path, f"cannot be read: {getattr(error, 'strerror', None) or error}")
        return
    try:
        if not stat.S_ISREG(status.st_mode):  # not even opened: that could wait for ever, or have effects
            yield Rejected(path, f"not a regular file but {_kind_of_file(status.st_mode)}")
            return
        size = status.st_size
        with file.open("rb") as stream:
            yield from _OpenFile(stream, file.suffix.lower(), path, size, options, progress).read()
    except OSError as error:
        yield Rejected(path, f"cannot be read: {error.strerror or error}")
    if on_bytes is not None and done < size:
        on_bytes(size - done)


def read_stream(
    stream: BinaryIO, path: str, options: ReadOptions, *, line_limit: int = LINE_LIMIT
) -> Iterator[Article | Rejected]:
    """The articles in JSON Lines from a stream, as they come; never raises.

    ``path`` is :data:`~newssearch.article.STREAM`, so that a record with neither ``url`` nor ``id`` is known by its
    content. A line over ``line_limit`` bytes is rejected without being held.
    """
    try:
        yield from read_lines(stream, path, options, line_limit=line_limit)
    except (OSError, ValueError) as error:  # ValueError: the stream is closed
        yield Rejected(path, f"cannot be read: {getattr(error, 'strerror', None) or error}")


@dataclass(frozen=True, slots=True)
class _OpenFile:
    """A regular file, and what is known of it from outside."""

    stream: BinaryIO
    suffix: str
    path: str
    size: int
    options: ReadOptions
    progress: Callable[[int], None]

    def read(self) -> Iterator[Article | Rejected]:
        """Look at the beginning, and choose the reader."""
        head = self.stream.read(SAMPLE)
        self.stream.seek(0)
        for magic, name in BINARY:
            if magic.match(head):
                return iter([self._later(name)])
        wide = wide_encoding(head)
        if wide is None and b"\0" in head:
            return iter([self._rejected("looks like a binary file")])
        opening = head.decode(wide or "utf-8", "replace").removeprefix("\ufeff").lstrip()
        for pattern, name in LATER:
            if pattern.match(opening):
                return iter([self._later(name)])
        if self.suffix in LATER_BY_NAME and opening:
            return iter([self._later(LATER_BY_NAME[self.suffix])])
        if (self.suffix in JSON_NAMES and opening) or _JSON.match(opening):
            return self._read_json(opening, wide)
        return iter([self._read_text(wide)])

    def _read_text(self, wide: str | None) -> Article | Rejected:
        data = self.stream.read(FILE_LIMIT + 1)
        if len(data) > FILE_LIMIT:
            return self._rejected(f"a text of more than {FILE_LIMIT // 2**20} MiB")
        if wide is None and b"\0" in data:
            return self._rejected("looks like a binary file")
        return read_text(decode(data), self.path, self.options)

    def _read_json(self, opening: str, wide: str | None) -> Iterator[Article | Rejected]:
        """One document where the file is one, else JSON Lines.

        A first line that is an object by itself, or begins one and is too long to tell, makes it JSON Lines; so does
        any such line further down in a file that is not JSON as a whole (its first lines are broken).
        """
        first, line_feed, _ = opening.partition("\n")
        whole = bool(line_feed) or self.size <= SAMPLE
        if first.startswith("{") and (not whole or _is_object(first)):
            return self._read_lines(wide)
        data = self.stream.read(FILE_LIMIT + 1)
        if len(data) > FILE_LIMIT:
            if first.startswith("{") and len(first) > 1:
                return self._read_lines(wide)
            reason = f"a JSON document of more than {FILE_LIMIT // 2**20} MiB; write one record a line (JSON Lines)"
            return iter([self._rejected(reason)])
        text = decode(data)
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            if any(line.startswith("{") and _is_object(line) for line in text.split("\n")):
                return self._read_lines(wide)
            return iter([self._rejected(json_problem(error))])
        return read_document(document, self.path, self.options)

    def _read_lines(self, wide: str | None) -> Iterator[Article | Rejected]:
        self.stream.seek(0)
        return read_lines(self.stream, self.path, self.options, self.progress, encoding=wide)

    def _rejected(self, reason: str) -> Rejected:
        return Rejected(self.path, reason)

    def _later(self, name: str) -> Rejected:
        return self._rejected(f"looks like {name}, which is not supported yet")


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


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
