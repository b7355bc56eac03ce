"""Read the lines of a stream, with a limit on their length."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

SKIP_CHUNK = 1024 * 1024
"""The number of bytes of an overlong line that are skipped at a time."""


def lines_of(stream: BinaryIO, limit: int, encoding: str | None) -> Iterator[bytes | str | None]:
    """Yield each line, or None for a line longer than ``limit`` bytes, which is skipped without being held in memory.

    Lines are bytes; if an ``encoding`` with several bytes per character is given, such as UTF-16, lines are strings.
    """
    if encoding is not None:
        text = io.TextIOWrapper(stream, encoding, "replace", newline="\n")
        try:
            yield from _wide_lines(text, limit // 2)
        finally:
            text.detach()  # the caller closes the stream
        return
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        while (piece := stream.readline(min(limit, SKIP_CHUNK))) and not piece.endswith(b"\n"):
            pass
        yield None


def _wide_lines(stream: io.TextIOWrapper, limit: int) -> Iterator[str | None]:
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith("\n"):
            yield line
            continue
        while (piece := stream.readline(min(limit, SKIP_CHUNK))) and not piece.endswith("\n"):
            pass
        yield None
