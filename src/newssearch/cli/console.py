"""What the command line prints to, and how wide and colourful that is."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TextIO

import click

from newssearch._version import __version__
from newssearch.display import escape
from newssearch.query import Diagnostic

from . import render


class NobodyReads(Exception):  # noqa: N818  (no error: whoever was reading has seen enough)
    """Standard output was closed at its other end."""


def show_text(text: str) -> None:
    try:
        sys.stdout.write(text)
    except OSError as error:
        if is_closed(error):
            raise NobodyReads from None
        raise


def is_closed(error: OSError) -> bool:
    """Whether a pipe was closed at its other end: Windows calls that an invalid argument."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)


def show_line(text: str) -> None:
    show_text(f"{text}\n")


def show_lines(lines: Iterator[str]) -> None:
    for line in lines:
        show_line(line)


def width() -> int:
    import shutil  # slow to import, and only a terminal has a width

    return shutil.get_terminal_size().columns


def style() -> render.Style:
    terminal = sys.stdout.isatty()
    return render.Style(width() if terminal else None, color(sys.stdout))


def color(stream: TextIO) -> bool:
    """Whether to use colours: https://no-color.org and https://force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def clean(text: str) -> str:
    """An argument whose bytes are not all UTF-8, with U+FFFD in their place."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def print_diagnostics(diagnostics: Sequence[Diagnostic], text: str) -> None:
    for note in diagnostics:
        hint = f"; {note.suggestion}" if note.suggestion else ""
        click.echo(f"note: {escape.terminal(note.message + hint)}", err=True)
        print_caret(text, note.span.start, note.span.end)


def print_caret(text: str, start: int, end: int) -> None:
    """The part of ``text`` around a place, with a caret under it; nothing for a place of no length."""
    if start >= end:
        return
    room = max(width() - 4, 20)
    low = max(0, start - room // 2) if render.columns(text) > room else 0
    shown = escape.terminal(text[low : low + room])
    before = render.columns(escape.terminal(text[low:start]))
    under = render.columns(escape.terminal(text[start : min(end, low + room)]))
    click.echo(f"  {shown}\n  {' ' * before}{'^' * max(under, 1)}", err=True)


def print_bug(error: Exception) -> None:
    """Print a traceback and what to do with it."""
    import traceback  # only a bug needs it

    for line in "".join(traceback.format_exception(error)).splitlines():
        click.echo(f"{line[: len(line) - len(line.lstrip())]}{escape.terminal(line.lstrip())}", err=True)
    python = ".".join(map(str, sys.version_info[:3]))
    click.echo(
        "error: this is a bug in newssearch, please report it with the lines above"
        f" (newssearch {__version__}, Python {python}, {sys.platform})",
        err=True,
    )


def print_nowhere() -> None:
    """Let what is still to be printed go nowhere."""
    with contextlib.suppress(OSError):  # no file descriptor is left, say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
