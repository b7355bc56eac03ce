"""What outlets are called: one name for the host name, the name and its other spellings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("outlets.txt")
"""The table that comes with newssearch: a line has a name, and what else it is called."""

Aliases = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of outlets, each with what else it is called."""


class Outlets:
    """The names of outlets: those of the table, and before them those of an archive.

    >>> outlets = Outlets()
    >>> outlets.name("www.guardian.co.uk"), outlets.name("theguardian.com"), outlets.name("almaalomah.me")
    ('The Guardian', 'The Guardian', 'almaalomah.me')
    """

    def __init__(self, own: Aliases = ()) -> None:
        self._names: dict[str, str] = {}
        self._aliases: dict[str, tuple[str, ...]] = {}
        for names in (_table(), own):
            for name, aliases in names:
                self._aliases[name] = (*self._aliases.get(name, ()), *aliases)
                for alias in (name, *aliases):
                    self._names[_key(alias)] = name

    def name(self, written: str) -> str:
        """The one name of an outlet, however it is written; as it is written, where nobody knows it."""
        return self._names.get(_key(written), written)

    def alike(self, written: str) -> list[str]:
        """All names of an outlet that we know, that one included."""
        name = self.name(written)
        return list(dict.fromkeys((written, name, *self._aliases.get(name, ()))))


@cache
def outlets(own: Aliases = ()) -> Outlets:
    """The names of outlets, with those of an archive."""
    return Outlets(own)


def aliases_of(table: Mapping[str, Iterable[str]]) -> Aliases:
    """A table of names and other names as it is kept."""
    return tuple((name, tuple(others)) for name, others in table.items())


@cache
def _table() -> Aliases:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = ([name.strip() for name in line.split("|")] for line in lines if line and not line.startswith("#"))
    return tuple((name, tuple(others)) for name, *others in rows)


def _key(name: str) -> str:
    key = " ".join(name.split()).casefold()
    return key.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
