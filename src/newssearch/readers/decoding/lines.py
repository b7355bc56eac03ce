"""The lines of a stream, each of them bounded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 1024 * 1024
"""Bytes at a time that an overlong line is passed over by."""


def lines_of(stream: BinaryIO, limit: int, encoding: str | None) -> Iterator[bytes | str | None]:
    """Each line; None for one over ``limit``, which is passed over piece by piece."""
    if encoding is not None:
        text = io.TextIOWrapper(stream, encoding, "replace", newline="\n")
        try:
            yield from _wide_lines(text, limit // 2)
        finally:
            text.detach()  # the stream is not ours to close
        return
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith(b"\n"):
            yield line
            continue
        while (piece := stream.readline(min(limit, CHUNK))) and not piece.endswith(b"\n"):
            pass
        yield None


def _wide_lines(stream: io.TextIOWrapper, limit: int) -> Iterator[str | None]:
    while line := stream.readline(limit + 1):
        if len(line) <= limit or line.endswith("\n"):
            yield line
            continue
        while (piece := stream.readline(min(limit, CHUNK))) and not piece.endswith("\n"):
            pass
        yield None
