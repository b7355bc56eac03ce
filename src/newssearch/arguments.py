"""Arguments of public functions: one value where several may be given, and a TypeError for one of a wrong type.

A string is one name or one path, never the sequence of its characters. The message of each TypeError says which
parameter it is about, what was wanted, and what was given. An empty sequence is none at all, never a default.
"""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from reprlib import repr as shortened
from typing import Any, TypeVar, cast

from .errors import NewssearchError

T = TypeVar("T")
Pair = tuple[str, str]


def text(name: str, value: object) -> str:
    """A string."""
    return instance(name, value, str, "a string")


def texts(name: str, value: object) -> tuple[str, ...]:
    """One string or several.

    >>> texts("outlet", "BBC News"), texts("outlet", ["BBC News", "Fox News"]), texts("outlet", None)
    (('BBC News',), ('BBC News', 'Fox News'), ())
    """
    return () if value is None else tuple(several(name, value, str, "a string"))


def path(name: str, value: object) -> Path:
    """A path, given as a string or as a path. Raises :class:`~newssearch.NewssearchError` for an empty string."""
    return Path(_path(name, value, "a path (str or Path)"))


def paths(name: str, value: object) -> tuple[Path, ...]:
    """One path or several, as in :func:`path`."""
    wanted = "a path (str or Path)"
    if isinstance(value, str | os.PathLike):
        return (Path(_path(name, value, wanted)),)
    return tuple(Path(_path(name, item, wanted, of=value)) for item in _items(name, value, wanted))


def _path(name: str, value: object, wanted: str, of: object = None) -> str:
    if not isinstance(value, str | os.PathLike):
        raise wrong(name, wanted, value, of)
    given: object = os.fspath(value)
    if not isinstance(given, str):  # a path of bytes
        raise wrong(name, wanted, value, of)
    if (
        not given
    ):  # pathlib takes it for the working folder, and a variable of a shell that is not set for all of it
        raise NewssearchError(f"{name}: an empty path names no file and no folder")
    return given


def several(name: str, value: object, kind: type[T] | tuple[type[Any], ...], wanted: str) -> Iterator[T]:
    """One value of a type or several, one by one. What is no sequence is an error at once, an item when it comes.

    >>> list(several("ids", "x", str, "a string"))
    ['x']
    >>> several("ids", 5, str, "a string")
    Traceback (most recent call last):
    TypeError: ids: wanted a string, or several; got an int: 5
    """
    if isinstance(value, kind):
        return iter((value,))
    return (_item(name, item, kind, wanted, value) for item in _items(name, value, wanted))


def _items(name: str, value: object, wanted: str) -> Iterator[object]:
    if isinstance(value, str | bytes | bytearray | memoryview | Mapping) or not isinstance(value, Iterable):
        raise wrong(name, f"{wanted}, or several", value)
    return iter(value)


def _item(name: str, value: object, kind: type[T] | tuple[type[T], ...], wanted: str, of: object) -> T:
    if not isinstance(value, kind):
        raise wrong(name, wanted, value, of)
    return value


def pairs(name: str, value: object) -> tuple[Pair, ...]:
    """Pairs of strings: one, several, or a mapping.

    >>> pairs("columns", {"title": "Headline"}), pairs("columns", ("title", "Headline"))
    ((('title', 'Headline'),), (('title', 'Headline'),))
    """
    wanted = "a pair of strings"
    if isinstance(value, Mapping):
        value = tuple(value.items())
    if _is_pair(value):
        return (cast("Pair", tuple(cast("Iterable[str]", value))),)
    found = tuple(_items(name, value, wanted))
    for item in found:
        if not _is_pair(item):
            raise wrong(name, wanted, item, value)
    return cast("tuple[Pair, ...]", tuple(tuple(cast("Iterable[str]", item)) for item in found))


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and all(isinstance(v, str) for v in value)


def aliases(name: str, value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Names, each with one other name or several: pairs, or a mapping.

    >>> aliases("outlets", {"The Echo": "echo.example.org"})
    (('The Echo', ('echo.example.org',)),)
    """
    wanted = "a name and its other names"
    items = value.items() if isinstance(value, Mapping) else _items(name, value, wanted)
    found = []
    for item in items:
        if not (isinstance(item, tuple | list) and len(item) == 2 and isinstance(item[0], str)):
            raise wrong(name, wanted, item, value)
        found.append((item[0], tuple(several(name, item[1], str, "a string"))))
    return tuple(found)


def flag(name: str, value: object) -> bool:
    """True or False."""
    return instance(name, value, bool, "True or False")


def whole_number(name: str, value: object) -> int:
    """An integer; a truth value is none.

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
    """A number; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(name, wanted, value)
    return value


def seconds(name: str, value: object) -> float:
    """A number of seconds, 0 or more.

    >>> seconds("wait", float("nan"))
    Traceback (most recent call last):
    newssearch.errors.NewssearchError: wait: wanted 0 seconds or more; got nan
    """
    given = number(name, value, "a number of seconds")
    if not given >= 0:  # or NaN, with which a wait would never end
        raise NewssearchError(f"{name}: wanted 0 seconds or more; got {given}")
    return given


def check_settings(settings: Any, limits: type) -> None:
    """Check what the settings of an archive and the options of reading have in common; mappings become pairs."""
    flag("day_first", settings.day_first)
    if settings.lang is not None:
        text("lang", settings.lang)
    instance("limits", settings.limits, limits, "Limits")
    for name, read in (("columns", pairs), ("outlets", aliases), ("folders", pairs)):
        object.__setattr__(settings, name, read(name, getattr(settings, name)))


def function(name: str, value: object) -> None:
    """A function, or None."""
    if value is not None and not callable(value):
        raise wrong(name, "a function, or None", value)


def stream(name: str, value: object) -> None:
    """A stream to read bytes from, or None."""
    if value is not None and not callable(getattr(value, "read", None)):
        raise wrong(name, "a stream of bytes, or None", value)


def instance(name: str, value: object, kind: type[T] | tuple[type[T], ...], wanted: str) -> T:
    """A value of a type."""
    if not isinstance(value, kind):
        raise wrong(name, wanted, value)
    return value


def wrong(name: str, wanted: str, value: object, of: object = None) -> TypeError:
    """The error for a value of a wrong type; ``of`` is the sequence that it is an item of."""
    kind = "None" if value is None else f"{_article(type(value).__name__)}: {shortened(value)}"
    within = "" if of is None else f" in {_article(type(of).__name__)}"
    return TypeError(f"{name}: wanted {wanted}; got {kind}{within}")


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
