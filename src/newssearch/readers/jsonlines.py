"""JSON to articles: one record a line, or one document that is an article or holds several."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

from newssearch.article import Article, Rejected

from .encoding import Decoder
from .fields import ReadOptions
from .records import read_record, records

LINE_LIMIT = 64 * 1024 * 1024
"""Bytes of the longest line, and of the largest file that is read as one document."""

CHUNK = 1024 * 1024
"""Bytes at a time that an overlong line is skipped by, and that progress is reported after."""


def read_lines(
    stream: BinaryIO,
    path: str,
    options: ReadOptions,
    on_bytes: Callable[[int], None] | None = None,
    *,
    encoding: str | None = None,
    line_limit: int = LINE_LIMIT,
) -> Iterator[Article | Rejected]:
    """The articles in JSON Lines, one line in memory at a time; a bad line is rejected and the rest goes on.

    ``encoding`` is for UTF-16 and UTF-32, where a line feed is more than one byte; otherwise a line is UTF-8, or
    what its bytes look like. Records are numbered from 1; a blank line has no number. Whatever ``stream`` raises
    goes through.
    """
    number, pending, decoder = 0, 0, Decoder()
    for line, consumed in _lines(stream, line_limit, encoding):
        pending += consumed
        if on_bytes is not None and pending >= CHUNK:
            on_bytes(pending)
            pending = 0
        if line is None:
            number += 1
            yield Rejected(path, f"a line longer than {_size(line_limit)}", number)
            continue
        if line.isspace():
            continue
        try:
            document = json.loads(
                (decoder.decode(line) if isinstance(line, bytes) else line).removeprefix("\ufeff")
            )
        except (ValueError, RecursionError) as error:
            number += 1
            yield Rejected(path, json_problem(error), number)
            continue
        for record in records(document) if isinstance(document, dict) else (document,):
            number += 1
            yield read_record(record, path, number, options)
    if on_bytes is not None and pending:
        on_bytes(pending)


def read_document(document: object, path: str, options: ReadOptions) -> Iterator[Article | Rejected]:
    """The articles in one JSON document."""
    number = 0
    for number, record in enumerate(records(document), start=1):
        yield read_record(record, path, number, options)
    if number == 0:
        yield Rejected(path, "an empty JSON list")


def json_problem(error: ValueError | RecursionError) -> str:
    """Why a text is not JSON that we can read, for a person."""
    if isinstance(error, RecursionError):
        return "JSON nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        return f"not JSON: {error.msg} ({line}column {error.colno})"
    return "JSON with a number that is too long"


def _lines(stream: BinaryIO, limit: int, encoding: str | None) -> Iterator[tuple[bytes | str | None, int]]:
    """Each line with the number of its bytes; None for one over ``limit``, which is skipped piece by piece.

    The pieces of an overlong line come one by one, so that progress goes on: all but the last have a blank line's
    text.
    """
    if encoding is not None:
        text = io.TextIOWrapper(stream, encoding, "replace", newline="\n")
        try:
            yield from _wide_lines(text, limit, encoding)
        finally:
            text.detach()  # the stream is not ours to close
        return
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line, len(line)
            continue
        consumed = len(line)
        while (piece := stream.readline(min(limit, CHUNK))) and not piece.endswith(b"\n"):
            consumed += len(piece)
            if consumed >= CHUNK:
                yield b"\n", consumed
                consumed = 0
        yield None, consumed + len(piece)


def _wide_lines(
    stream: io.TextIOWrapper, limit: int, encoding: str
) -> Iterator[tuple[bytes | str | None, int]]:
    limit //= 2
    while line := stream.readline(limit + 1):
        consumed = len(line.encode(encoding, "surrogatepass"))
        if len(line) <= limit or line.endswith("\n"):
            yield line, consumed
            continue
        yield "\n", consumed
        while (piece := stream.readline(min(limit, CHUNK))) and not piece.endswith("\n"):
            yield "\n", len(piece.encode(encoding, "surrogatepass"))
        yield None, len(piece.encode(encoding, "surrogatepass"))


def _size(limit: int) -> str:
    return f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit} bytes"
