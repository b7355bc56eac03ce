"""The terminal: its width and colours, and the functions with which all commands print."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import click

from newssearch._version import __version__
from newssearch.display import escape
from newssearch.query import Diagnostic

from .rendering.layout import Style, columns

EXIT_REJECTED = 4
"""The exit code of a command that did its work, but had to reject or lose a part of its input."""
EXIT_INTERRUPTED = 130
"""The exit code of a command that Ctrl-C interrupted: the one that a shell reports for SIGINT."""


class OutputClosed(BrokenPipeError):  # noqa: N818  (not an error: a reader such as `head` may stop early)
    """The reader of standard output has closed the pipe, so that there is nothing left to do.

    It is a BrokenPipeError on every system, so that other packages let it pass without importing the command line.
    """


def show_text(text: str) -> None:
    """Write text to standard output. Raises :class:`OutputClosed` if its reader has gone."""
    try:
        sys.stdout.write(text)
    except OSError as error:
        if is_closed(error):
            raise OutputClosed from None
        raise


def flush_output() -> None:
    """Write to standard output what waits to be written. Raises :class:`OutputClosed` if its reader has gone."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if is_closed(error):
            raise OutputClosed from None
        raise


def is_closed(error: OSError) -> bool:
    """Whether an error means that the reader closed the pipe. Windows reports an invalid argument."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)


class StandardOutputBytes(io.RawIOBase):
    """Standard output as a stream of bytes. Raises :class:`OutputClosed` if its reader has gone."""

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Write bytes."""
        sys.stdout.flush()
        try:
            return sys.stdout.buffer.write(data)
        except OSError as error:
            if is_closed(error):
                raise OutputClosed from None
            raise


def show_line(text: str) -> None:
    """Write a line to standard output."""
    show_text(f"{text}\n")


def show_lines(lines: Iterator[str]) -> None:
    """Write lines to standard output, each as soon as the iterator yields it."""
    for line in lines:
        show_line(line)


def width() -> int:
    """Return the number of columns of the terminal."""
    import shutil  # slow to import, and only a terminal has a width

    return shutil.get_terminal_size().columns


def style() -> Style:
    """Return the style for standard output. Lines are wrapped only on a terminal."""
    terminal = sys.stdout.isatty()
    return Style(width() if terminal else None, color(sys.stdout))


def color(stream: TextIO) -> bool:
    """Whether output to a stream is coloured: see https://no-color.org and https://force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def without_surrogates(text: str) -> str:
    """Return a command-line argument with U+FFFD in place of each byte sequence that is not UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def print_diagnostics(diagnostics: Sequence[Diagnostic], text: str) -> None:
    """Print the diagnostics of the query ``text`` to standard error, each with its place in the query."""
    for note in diagnostics:
        hint = f"; {note.suggestion}" if note.suggestion else ""
        click.echo(f"note: {escape.terminal(note.message + hint)}", err=True)
        print_caret(text, note.span.start, note.span.end)


def print_caret(text: str, start: int, end: int) -> None:
    """Print a part of ``text`` with carets under the range from ``start`` to ``end``; nothing for an empty range."""
    if start >= end:
        return
    room = max(width() - 4, 20)
    low = max(0, start - room // 2) if columns(text) > room else 0
    shown = escape.terminal(text[low : low + room])
    before = columns(escape.terminal(text[low:start]))
    under = columns(escape.terminal(text[start : min(end, low + room)]))
    click.echo(f"  {shown}\n  {' ' * before}{'^' * max(under, 1)}", err=True)


def print_bug(error: Exception) -> None:
    """Print the traceback of a bug, and ask to report it."""
    import traceback  # only a bug needs it

    for line in "".join(traceback.format_exception(error)).splitlines():
        click.echo(f"{line[: len(line) - len(line.lstrip())]}{escape.terminal(line.lstrip())}", err=True)
    python = ".".join(map(str, sys.version_info[:3]))
    click.echo(
        "error: this is a bug in newssearch, please report it with the lines above"
        f" (newssearch {__version__}, Python {python}, {sys.platform})",
        err=True,
    )


def discard_output() -> None:
    """Discard everything that is still to be written to standard output."""
    with contextlib.suppress(OSError):  # for example: no file descriptor is left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
