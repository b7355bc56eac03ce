"""What outlets are called: one name for the host name, the name and its other spellings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from newssearch.text.analysis import key

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
        for names in (_table(), own):
            for name, aliases in names:
                for alias in (name, *aliases):
                    self._names[_bare(key(alias))] = name

    def name(self, written: str) -> str:
        """The one name of an outlet, however it is written; as it is written, where nobody knows it.

        An archive that gives an outlet of the table another name gives it to all names of that outlet.
        """
        found, seen = written, set[str]()
        while (bare := _bare(key(found))) not in seen:
            seen.add(bare)
            found = self._names.get(bare, found)
        return found

    def group(self, known: str) -> str:
        """What all names of one outlet have in common, and no other name, of the :func:`~newssearch.text.analysis.key` of one.

        >>> outlets().group("guardian.co.uk") == outlets().group("the guardian") != outlets().group("guard.example")
        True
        """
        bare = _bare(known)
        return _bare(key(self.name(known))) if bare in self._names else bare


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


def _bare(known: str) -> str:
    """The key of a name without what makes an address of it."""
    host = known.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return host or known
