"""The names of outlets: one name for an outlet's host name, its name, and the other spellings of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from newssearch.text.analysis import key

OUTLETS_FILE = Path(__file__).with_name("outlets.txt")
"""The table that comes with newssearch. A line has the name of an outlet and its other names."""

Aliases = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of outlets, each with the other names of the same outlet."""


class Outlets:
    """The names of outlets: those of the table, overridden by those of an archive.

    >>> outlets = Outlets()
    >>> outlets.name("www.guardian.co.uk"), outlets.name("theguardian.com"), outlets.name("almaalomah.me")
    ('The Guardian', 'The Guardian', 'almaalomah.me')
    """

    def __init__(self, of_archive: Aliases = ()) -> None:
        self._names: dict[str, str] = {}
        for names in (_table_names(), of_archive):
            for name, aliases in names:
                for alias in (name, *aliases):
                    self._names[_without_address(key(alias))] = name

    def name(self, spelled: str) -> str:
        """Return the main name of an outlet, by any of its names; a name that is in no table is returned as it is.

        If an archive gives an outlet of the table another main name, all names of that outlet lead to it.
        """
        found, seen = spelled, set[str]()
        while (bare := _without_address(key(found))) not in seen:
            seen.add(bare)
            found = self._names.get(bare, found)
        return found

    def group(self, folded: str) -> str:
        """Return a key that is the same for all names of one outlet, and for no other name.

        ``folded`` is a name as :func:`newssearch.text.analysis.key` folds it.

        >>> outlets().group("guardian.co.uk") == outlets().group("the guardian") != outlets().group("guard.example")
        True
        """
        bare = _without_address(folded)
        return _without_address(key(self.name(folded))) if bare in self._names else bare


@cache
def outlets(of_archive: Aliases = ()) -> Outlets:
    """Return the names of outlets, with those of an archive."""
    return Outlets(of_archive)


def aliases_of(table: Mapping[str, Iterable[str]]) -> Aliases:
    """Return a mapping of names to other names as nested tuples."""
    return tuple((name, tuple(others)) for name, others in table.items())


@cache
def _table_names() -> Aliases:
    lines = OUTLETS_FILE.read_text(encoding="utf-8").splitlines()
    rows = ([name.strip() for name in line.split("|")] for line in lines if line and not line.startswith("#"))
    return tuple((name, tuple(others)) for name, *others in rows)


def _without_address(folded: str) -> str:
    """Return a folded name without ``https://``, ``www.`` and the last slash."""
    host = folded.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return host or folded
