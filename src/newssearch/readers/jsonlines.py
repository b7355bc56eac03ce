"""JSON to articles: one record a line, or one document that is an article or holds several."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from .encoding import SAMPLE, Decoder, decode, wide_encoding
from .envelopes import records
from .lines import CHUNK, lines_of
from .origin import (
    DOCUMENT_LIMIT,
    Again,
    Document,
    Format,
    Found,
    Input,
    Item,
    Origin,
    UnreadableError,
    read_up_to,
)
from .records import read_record

LINE_LIMIT = DOCUMENT_LIMIT
"""Bytes of the longest line."""


def read(source: Input) -> Iterator[Item]:
    """The articles in one JSON document, where the input is one, else in JSON Lines.

    A first line that is an object by itself, or begins one and is too long to tell, makes it JSON Lines; so does
    any such line further down in a file that is not JSON as a whole (its first lines are broken).
    """
    first, line_feed, _ = source.opening.partition("\n")
    complete = bool(line_feed) or source.is_whole
    if first.startswith("{") and (not complete or _is_object(first)):
        yield from read_lines(source.stream, source.origin, encoding=source.wide)
        return
    data = read_up_to(source.stream, DOCUMENT_LIMIT + 1)
    if len(data) > DOCUMENT_LIMIT:
        if first.startswith("{") and len(first) > 1:
            again = io.BufferedReader(Again(data, source.stream), CHUNK)
            yield from read_lines(again, source.origin, encoding=source.wide)
            return
        limit = f"{DOCUMENT_LIMIT // 2**20} MiB"
        raise UnreadableError(f"a JSON document of more than {limit}; write one record a line (JSON Lines)")
    yield Document(parse, data, source.origin)


def parse(data: bytes, origin: Origin) -> Iterator[Found]:
    """The articles in one JSON document, or in what turns out to be JSON Lines."""
    text = decode(data)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        if any(line.startswith("{") and _is_object(line) for line in text.split("\n")):
            yield from read_lines(io.BytesIO(data), origin, encoding=wide_encoding(data[:SAMPLE]))
            return
        raise UnreadableError(json_problem(error)) from None
    number = 0
    for number, record in enumerate(records(document), start=1):
        yield read_record(record, origin, number)
    if number == 0:
        raise UnreadableError("an empty JSON list")


def read_lines(
    stream: BinaryIO, origin: Origin, *, encoding: str | None = None, line_limit: int = LINE_LIMIT
) -> Iterator[Found]:
    """The articles in JSON Lines, one line in memory at a time; a bad line is rejected and the rest goes on.

    ``encoding`` is for UTF-16 and UTF-32, where a line feed is more than one byte; otherwise a line is UTF-8, or
    what its bytes look like. Records are numbered from 1; a blank line has no number. Whatever ``stream`` raises
    goes through.
    """
    number, decoder = 0, Decoder()
    for line in lines_of(stream, line_limit, encoding):
        if line is None:
            number += 1
            yield origin.rejected(f"a line longer than {_size(line_limit)}", number)
            continue
        if line.isspace():
            continue
        try:
            document = json.loads(
                (decoder.decode(line) if isinstance(line, bytes) else line).removeprefix("\ufeff")
            )
        except (ValueError, RecursionError) as error:
            number += 1
            yield origin.rejected(json_problem(error), number)
            continue
        for record in records(document) if isinstance(document, dict) else (document,):
            number += 1
            yield read_record(record, origin, number)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def json_problem(error: ValueError | RecursionError) -> str:
    """Why a text is not JSON that we can read, for a person."""
    if isinstance(error, RecursionError):
        return "JSON nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        return f"not JSON: {error.msg} ({line}column {error.colno})"
    return "JSON with a number that is too long"


def _size(limit: int) -> str:
    return f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit} bytes"


_OPENING = re.compile(r"\{\s*[\"}]|\[\s*[{\]]")

FORMATS = (
    Format(
        "JSON",
        matches=lambda source: _OPENING.match(source.opening) is not None,
        read=read,
        suffixes=frozenset({".json", ".jsonl", ".ndjson"}),
    ),
)
