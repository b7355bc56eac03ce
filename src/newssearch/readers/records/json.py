"""The format JSON: one record per line (JSON Lines), or one document that is an article or contains several."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from newssearch.limits import in_words
from newssearch.readers.api import (
    Document,
    Feed,
    Format,
    Input,
    Item,
    Origin,
    PrefixedStream,
    ReadOutcome,
    UnreadableError,
    read_up_to,
)
from newssearch.readers.decoding.encoding import ENCODING_SAMPLE, Decoder, decode, wide_encoding
from newssearch.readers.decoding.lines import SKIP_CHUNK, lines_of

from .envelopes import is_json_feed, records_in
from .record import read_record

CHUNK_OF_LINES = 256 * 1024
"""The maximum number of bytes of lines that are parsed together as one document, unless one line is longer."""


def read(source: Input) -> Iterator[Item]:
    """Yield the items in one JSON document or in JSON Lines.

    The input is JSON Lines if its first line is a complete object, or begins an object and is longer than the sample. A
    document that is not valid JSON, but has a line that is a complete object, is JSON Lines whose first lines are
    broken. A JSON feed on one line is a document, unless more lines follow.
    """
    first, line_feed, _ = source.opening.partition("\n")
    complete = bool(line_feed) or source.is_whole
    if (
        first.startswith("{")
        and (not complete or _is_json_object(first))
        and not _FEED_OPENING.search(source.opening)
    ):
        yield from _read_chunks(source.stream, source.origin, source.wide)
        return
    most = source.origin.options.limits.document
    data = read_up_to(source.stream, most + 1)
    if len(data) > most:
        if first.startswith("{") and len(first) > 1:
            again = io.BufferedReader(PrefixedStream(data, source.stream), SKIP_CHUNK)
            yield from _read_chunks(again, source.origin, source.wide)
            return
        raise UnreadableError(
            f"a JSON document of more than {in_words(most)}; write one record a line (JSON Lines)"
        )
    yield Document(parse, data, source.origin)


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in one JSON document, or in JSON Lines if only single lines of it are valid JSON.

    A note precedes those of a JSON feed.
    """
    text = decode(data)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        if any(line.startswith("{") and _is_json_object(line) for line in text.split("\n")):
            yield from read_lines(io.BytesIO(data), origin, encoding=wide_encoding(data[:ENCODING_SAMPLE]))
            return
        raise UnreadableError(json_problem(error)) from None
    number = 0
    if is_json_feed(document):
        yield Feed(origin.path, origin.member)
    for number, record in enumerate(records_in(document), start=1):
        yield read_record(record, origin, number)
    if number == 0:
        raise UnreadableError("an empty JSON list")


def _read_chunks(stream: BinaryIO, origin: Origin, encoding: str | None) -> Iterator[Item]:
    """Yield JSON Lines as documents of up to :data:`CHUNK_OF_LINES` bytes, and rejections of lines that are too long.

    If ``encoding`` is given, as for UTF-16, the articles are yielded instead, parsed at once.
    """
    if encoding is not None:
        yield from read_lines(stream, origin, encoding=encoding)
        return
    number, size = 0, 0
    most = origin.options.limits.document
    lines: list[bytes] = []
    for line in lines_of(stream, most, None):
        assert not isinstance(line, str), "lines of bytes"
        if line is not None and line.isspace():
            continue
        if lines and (line is None or size + len(line) > CHUNK_OF_LINES):
            yield Document(partial(_parse_chunk, before=number - len(lines)), b"".join(lines), origin)
            lines, size = [], 0
        number += 1
        if line is None:
            yield origin.rejected(f"a line longer than {in_words(most)}", number)
        else:
            lines.append(line)
            size += len(line)
    if lines:
        yield Document(partial(_parse_chunk, before=number - len(lines)), b"".join(lines), origin)


def _parse_chunk(data: bytes, origin: Origin, before: int) -> Iterator[ReadOutcome]:
    """Yield the articles in JSON Lines from the middle of a file; ``before`` is the number of records above them."""
    yield from read_lines(io.BytesIO(data), origin, before=before)


def read_lines(
    stream: BinaryIO,
    origin: Origin,
    *,
    encoding: str | None = None,
    before: int = 0,
) -> Iterator[ReadOutcome]:
    """Yield the articles in JSON Lines, with one line in memory at a time; a bad line is rejected, and reading goes on.

    ``encoding`` is given for UTF-16 and UTF-32, in which a line feed takes more than one byte; otherwise the encoding
    of each line is detected. The number of a record is that of its line, blank lines not counted, plus ``before``. If a
    line contains several records, each is a member of its own. Exceptions of ``stream`` are not caught.
    """
    number, decoder = before, Decoder()
    most = origin.options.limits.document
    for line in lines_of(stream, most, encoding):
        if line is not None and line.isspace():
            continue
        number += 1
        if line is None:
            yield origin.rejected(f"a line longer than {in_words(most)}", number)
            continue
        try:
            document = json.loads(
                (decoder.decode(line) if isinstance(line, bytes) else line).removeprefix("\ufeff")
            )
        except (ValueError, RecursionError) as error:
            yield origin.rejected(json_problem(error), number)
            continue
        found = list(records_in(document)) if isinstance(document, dict) else [document]
        for part, record in enumerate(found, start=1):
            within = origin if len(found) == 1 else origin.within(f"record {part}")
            yield read_record(record, within, number)


def _is_json_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def json_problem(error: ValueError | RecursionError) -> str:
    """Return the reason, as users see it, why a text could not be parsed as JSON."""
    if isinstance(error, RecursionError):
        return "JSON nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        return f"not JSON: {error.msg} ({line}column {error.colno})"
    return "JSON with a number that is too long"


_FEED_OPENING = re.compile(r'"version"\s*:\s*"https:\\?/\\?/jsonfeed\.org\\?/version\\?/')
"""Matches the version that a JSON feed states, in which the slashes may be escaped."""

_JSON_OPENING = re.compile(r"\{\s*[\"}]|\[\s*[{\]]")

FORMATS = (
    Format(
        "JSON",
        matches=lambda source: _JSON_OPENING.match(source.opening) is not None,
        read=read,
        suffixes=frozenset({".json", ".jsonl", ".ndjson"}),
    ),
)
