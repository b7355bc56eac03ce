"""Entry points: what other packages add to newssearch, and how an error in one of them is described."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def entry_points_of(group: str) -> list[EntryPoint]:
    """Return the entry points of a group that the installed packages have, sorted by name."""
    from importlib.metadata import entry_points  # slow to import, and a search needs none of it

    return sorted(entry_points(group=group), key=lambda entry: entry.name)


def described_entry(entry: EntryPoint) -> str:
    """Return the object that an entry point refers to and, if known, its package: ``MODULE:NAME, of PACKAGE VERSION``."""
    package = f", of {entry.dist.name} {entry.dist.version}" if entry.dist is not None else ""
    return f"{entry.value}{package}"


def is_order_to_stop(error: BaseException) -> bool:
    """Whether an exception says that the program is to stop, as Ctrl-C does. All others are failures of what raised them.

    Whatever another package raises otherwise is a failure, ``sys.exit()`` too: it must not end the program in silence.

    >>> is_order_to_stop(KeyboardInterrupt()), is_order_to_stop(SystemExit(0)), is_order_to_stop(ValueError())
    (True, False, False)
    """
    return isinstance(error, (KeyboardInterrupt, GeneratorExit))


def describe_error(error: BaseException) -> str:
    """Return the type and the message of an exception on one line.

    >>> describe_error(KeyError("title"))
    "KeyError: 'title'"
    """
    try:
        text = str(error)
    except Exception:  # a class of another package may have a broken __str__
        text = ""
    message = " ".join(text.split()).encode("utf-8", "replace").decode()
    return f"{type(error).__name__}: {message[:200]}".removesuffix(": ")


def error_location(error: BaseException, entries: Iterable[EntryPoint]) -> str:
    """Return ``" (FILE, line N)"`` if an exception was raised in the code of one of the entry points, else ``""``."""
    theirs = {entry.value.partition(":")[0].partition(".")[0] for entry in entries}
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({error.filename}, line {error.lineno})"
    location, trace = "", error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in theirs - {"newssearch"}:
            location = f" ({trace.tb_frame.f_code.co_filename}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return location
