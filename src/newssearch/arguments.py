"""Checks of the arguments of public functions. Where a function takes a sequence, it also takes a single value.

A value of a wrong type is a TypeError; the message names the parameter, the type that it takes, and the value that was
given. A string is one name or one path, never a sequence of characters. An empty sequence means no values, never a
default.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from reprlib import repr as shortened
from typing import Any, TypeVar, cast

from .errors import NewssearchError

T = TypeVar("T")
Pair = tuple[str, str]


Paths = str | Path | Iterable[str | Path]
"""One path or several: files, folders or globs."""


def text(name: str, value: object) -> str:
    """Return the value if it is a string. Raises TypeError otherwise."""
    return instance(name, value, str, "a string")


def texts(name: str, value: object) -> tuple[str, ...]:
    """Return the given string or strings as a tuple, which is empty for None. Raises TypeError for other types.

    >>> texts("outlet", "BBC News"), texts("outlet", ["BBC News", "Fox News"]), texts("outlet", None)
    (('BBC News',), ('BBC News', 'Fox News'), ())
    """
    return () if value is None else tuple(several(name, value, str, "a string"))


def path(name: str, value: object) -> Path:
    """Return a string or a path as a :class:`~pathlib.Path`.

    Raises TypeError for other types, and :class:`~newssearch.NewssearchError` for an empty string.
    """
    return Path(_path(name, value, "a path (str or Path)"))


def paths(name: str, value: object) -> tuple[Path, ...]:
    """Return the given path or paths as a tuple. Raises TypeError for other types, and NewssearchError for ``""``."""
    wanted = "a path (str or Path)"
    if isinstance(value, str | os.PathLike):
        return (Path(_path(name, value, wanted)),)
    return tuple(Path(_path(name, item, wanted, of=value)) for item in _iterated(name, value, wanted))


def _path(name: str, value: object, wanted: str, of: object = None) -> str:
    if not isinstance(value, str | os.PathLike):
        raise wrong(name, wanted, value, of)
    given: object = os.fspath(value)
    if not isinstance(given, str):  # a path of bytes
        raise wrong(name, wanted, value, of)
    if not given:  # pathlib reads it as the working folder; it may come from a shell variable that is not set
        raise NewssearchError(f"{name}: an empty path names no file and no folder")
    return given


def several(name: str, value: object, kind: type[T] | tuple[type[Any], ...], wanted: str) -> Iterator[T]:
    """Return an iterator over ``value`` alone if it has the type ``kind``, or over the items of ``value``.

    Raises TypeError at once for a value of another type that is not iterable, and during the iteration for an item of
    another type. The message says what was ``wanted``.

    >>> list(several("ids", "x", str, "a string"))
    ['x']
    >>> several("ids", 5, str, "a string")
    Traceback (most recent call last):
    TypeError: ids: wanted a string, or several; got an int: 5
    """
    if isinstance(value, kind):
        return iter((value,))
    return (_checked_item(name, item, kind, wanted, value) for item in _iterated(name, value, wanted))


def _iterated(name: str, value: object, wanted: str) -> Iterator[object]:
    if isinstance(value, tuple | list):  # most are, and this check is quick
        return iter(value)
    if isinstance(value, str | bytes | bytearray | memoryview | Mapping) or not isinstance(value, Iterable):
        raise wrong(name, f"{wanted}, or several", value)
    return iter(value)


def _checked_item(
    name: str, value: object, kind: type[T] | tuple[type[T], ...], wanted: str, of: object
) -> T:
    if not isinstance(value, kind):
        raise wrong(name, wanted, value, of)
    return value


def pairs(name: str, value: object) -> tuple[Pair, ...]:
    """Return pairs of strings as a tuple. The value is one pair, a sequence of pairs, or a mapping.

    >>> pairs("columns", {"title": "Headline"}), pairs("columns", ("title", "Headline"))
    ((('title', 'Headline'),), (('title', 'Headline'),))
    """
    wanted = "a pair of strings"
    if isinstance(value, Mapping):
        value = tuple(value.items())
    if _is_pair(value):
        return (cast("Pair", tuple(cast("Iterable[str]", value))),)
    found = tuple(_iterated(name, value, wanted))
    for item in found:
        if not _is_pair(item):
            raise wrong(name, wanted, item, value)
    return cast("tuple[Pair, ...]", tuple(tuple(cast("Iterable[str]", item)) for item in found))


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and all(isinstance(v, str) for v in value)


def aliases(name: str, value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return pairs of a name and the tuple of its other names.

    The value is a mapping or a sequence of pairs; the other names of a name are one string or a sequence.

    >>> aliases("outlets", {"The Echo": "echo.example.org"})
    (('The Echo', ('echo.example.org',)),)
    """
    wanted = "a name and its other names"
    items = value.items() if isinstance(value, Mapping) else _iterated(name, value, wanted)
    found = []
    for item in items:
        if not (isinstance(item, tuple | list) and len(item) == 2 and isinstance(item[0], str)):
            raise wrong(name, wanted, item, value)
        found.append((item[0], tuple(several(name, item[1], str, "a string"))))
    return tuple(found)


def flag(name: str, value: object) -> bool:
    """Return the value if it is True or False. Raises TypeError otherwise."""
    return instance(name, value, bool, "True or False")


def whole_number(name: str, value: object) -> int:
    """Return an integer of Python or NumPy as an int. Raises TypeError for other types, including bool.

    >>> whole_number("limit", "10")
    Traceback (most recent call last):
    TypeError: limit: wanted a whole number; got a str: '10'
    """
    if not isinstance(value, bool):
        try:
            return operator.index(cast("int", value))  # an integer of NumPy too
        except TypeError:
            pass
    raise wrong(name, "a whole number", value)


def number(name: str, value: object, wanted: str = "a number") -> float:
    """Return the value if it is an int or a float. Raises TypeError for other types, including bool."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(name, wanted, value)
    return value


def seconds(name: str, value: object) -> float:
    """Return the value if it is a number of at least 0, for a duration in seconds.

    Raises TypeError if it is not a number, and :class:`~newssearch.NewssearchError` if it is negative or NaN.

    >>> seconds("wait", float("nan"))
    Traceback (most recent call last):
    newssearch.errors.NewssearchError: wait: wanted 0 seconds or more; got nan
    """
    given = number(name, value, "a number of seconds")
    if not given >= 0:  # also NaN, with which a wait would never end
        raise NewssearchError(f"{name}: wanted 0 seconds or more; got {given}")
    return given


def check_settings(settings: Any, limits: type) -> None:
    """Check the settings that :class:`Config` and :class:`ReadOptions` share, and turn mappings into pairs.

    ``settings`` is a new object of either class, which is changed in place; ``limits`` is the class :class:`Limits`.
    """
    flag("day_first", settings.day_first)
    flag("ocr", settings.ocr)
    if settings.lang is not None:
        text("lang", settings.lang)
    instance("limits", settings.limits, limits, "Limits")
    for name, read in (("columns", pairs), ("outlets", aliases), ("folders", pairs)):
        object.__setattr__(settings, name, read(name, getattr(settings, name)))


def choice(name: str, value: object, choices: Sequence[str]) -> str:
    """Return the value if it is one of the given strings. Raises TypeError for no string, and ValueError for another one."""
    if text(name, value) not in choices:
        *others, last = map(repr, choices)
        raise ValueError(f"{name} is {', '.join(others)} or {last}, not {value!r}")
    return str(value)


def function(name: str, value: object) -> None:
    """Raise TypeError unless the value is callable or None."""
    if value is not None and not callable(value):
        raise wrong(name, "a function, or None", value)


def stream(name: str, value: object) -> None:
    """Raise TypeError unless the value has a method ``read`` or is None."""
    if value is not None and not callable(getattr(value, "read", None)):
        raise wrong(name, "a stream of bytes, or None", value)


def instance(name: str, value: object, kind: type[T] | tuple[type[T], ...], wanted: str) -> T:
    """Return the value if it has the type ``kind``, or one of several. Raises TypeError otherwise."""
    if not isinstance(value, kind):
        raise wrong(name, wanted, value)
    return value


def wrong(name: str, wanted: str, value: object, of: object = None) -> TypeError:
    """Return a TypeError which says that the parameter ``name`` wanted ``wanted`` and got ``value``.

    ``of`` is the sequence that contains the value, or None.
    """
    kind = "None" if value is None else f"{_article(type(value).__name__)}: {shortened(value)}"
    within = "" if of is None else f" in {_article(type(of).__name__)}"
    return TypeError(f"{name}: wanted {wanted}; got {kind}{within}")


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
