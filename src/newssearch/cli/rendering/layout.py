"""The layout of text on a terminal: columns, line breaks, emphasis and colours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

_BOLD, _FAINT, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[22m"
_CUT, _ADDED, _UNCHANGED = "\x1b[31;9m", "\x1b[32m", "\x1b[39;29m"
_TITLE, _NO_TITLE = "\x1b[1;34m", "\x1b[22;39m"


class Style:
    """The layout of text. ``width`` is the number of columns, or None for no limit; ``color`` allows colours."""

    def __init__(self, width: int | None, color: bool) -> None:
        self.width = max(width, 20) if width is not None else None
        self.color = color

    def bold(self, text: str) -> str:
        """Return text in bold, if colours are allowed."""
        return f"{_BOLD}{text}{_PLAIN}" if self.color and text else text

    def faint(self, text: str) -> str:
        """Return text in a faint colour, if colours are allowed."""
        return f"{_FAINT}{text}{_PLAIN}" if self.color and text else text

    def change(self, text: str, kind: str) -> str:
        """Return text in the colour of its ``kind``, ``cut``, ``added`` or ``same``, if colours are allowed."""
        if not (self.color and text) or kind == "same":
            return text
        return f"{_CUT if kind == 'cut' else _ADDED}{text}{_UNCHANGED}"

    def title(self, text: str) -> str:
        """Return text in the style of a headline, if colours are allowed."""
        return f"{_TITLE}{text}{_NO_TITLE}" if self.color and text else text


@lru_cache(maxsize=65_536)
def _columns(char: str) -> int:
    """Return the number of terminal columns that a character takes."""
    if char.isascii() and char.isprintable():
        return 1
    from wcwidth import wcwidth  # slow to import, and seldom needed

    return max(wcwidth(char), 0)


def columns(text: str) -> int:
    """Return the number of columns of ``text`` on a terminal."""
    return len(text) if text.isascii() else sum(_columns(char) for char in text)


def shorten(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` columns; an ellipsis replaces an end that does not fit."""
    if columns(text) <= width:
        return text
    taken = 0
    for at, char in enumerate(text):
        taken += _columns(char)
        if taken > width - 1:
            return f"{text[:at].rstrip()}…" if width > 0 else ""
    return text


def shorten_start(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` columns; an ellipsis replaces a beginning that does not fit.

    >>> shorten_start("rain over Baghdad", 8)
    '…Baghdad'
    """
    if columns(text) <= width:
        return text
    taken, at = 0, len(text)
    while at and taken + _columns(text[at - 1]) < width:
        at -= 1
        taken += _columns(text[at])
    while at < len(text) and not _columns(text[at]):  # an accent without its letter
        at += 1
    return f"…{text[at:].lstrip()}" if width > 0 else ""


def wrap(text: str, width: int) -> list[tuple[int, int]]:
    """Return the offsets at which each line of the wrapped ``text`` begins and ends.

    A line has at most ``width`` columns. Lines break at spaces; only a longer word is split.
    """
    lines: list[tuple[int, int]] = []
    start, space, taken = 0, -1, 0
    for at, char in enumerate(text):
        size = _columns(char)
        if char == " ":
            space = at
        if taken + size > width and size:
            if char == " ":
                lines.append((start, at))
                start, taken = at + 1, 0
                continue
            end = space if space > start else at
            lines.append((start, end))
            start = end + 1 if end == space else end
            taken = columns(text[start:at])
        taken += size
    if start < len(text):
        lines.append((start, len(text)))
    return lines


def in_width(line: str, style: Style, indent: int = 0) -> Iterator[str]:
    """Yield the parts of a line as wide as the style allows, less ``indent`` columns that the caller puts before each."""
    for start, end in wrap(line, style.width - indent) if style.width else [(0, len(line))]:
        yield line[start:end]
