"""The names of outlets: a lookup from the host name of an outlet, and each spelling of its name, to one main name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from newssearch.text.analysis import key

OUTLETS_FILE = Path(__file__).with_name("outlets.txt")
"""The built-in table of outlets. A line has the main name of an outlet and then its other names, separated by ``|``."""

MAX_KEPT_GROUPS = 65_536
"""The groups of at most this number of names are kept: a facet looks up those of all outlets of an index."""

Aliases = tuple[tuple[str, tuple[str, ...]], ...]
"""The type of a table of outlets: pairs of the main name of an outlet and its other names."""


class Outlets:
    """A lookup of the main names of outlets, from the built-in table and the names of an archive, which override it.

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
        self._group = lru_cache(MAX_KEPT_GROUPS)(self._group_of)

    def name(self, spelled: str) -> str:
        """Return the main name of the outlet that has the name ``spelled``, or ``spelled`` itself if no outlet has it.

        If an archive gives an outlet of the built-in table another main name, all names of that outlet have that main
        name.
        """
        found, seen = spelled, set[str]()
        while (bare := _without_address(key(found))) not in seen:
            seen.add(bare)
            found = self._names.get(bare, found)
        return found

    def knows(self, spelled: str) -> bool:
        """Whether ``spelled`` is a name of an outlet.

        >>> outlets().knows("The Guardian"), outlets().knows("Berlin")
        (True, False)
        """
        return _without_address(key(spelled)) in self._names

    def group(self, folded: str) -> str:
        """Return a key that is equal for all names of the same outlet, and different for names of different outlets.

        ``folded`` is a name that :func:`newssearch.text.analysis.key` has folded.

        >>> outlets().group("guardian.co.uk") == outlets().group("the guardian") != outlets().group("guard.example")
        True
        """
        return self._group(folded)

    def _group_of(self, folded: str) -> str:
        bare = _without_address(folded)
        return _without_address(key(self.name(folded))) if bare in self._names else bare


@cache
def outlets(of_archive: Aliases = ()) -> Outlets:
    """Return the :class:`Outlets` with the names of an archive. Results are cached."""
    return Outlets(of_archive)


def aliases_of(table: Mapping[str, Iterable[str]]) -> Aliases:
    """Return a mapping from main names to other names as nested tuples, in the same order."""
    return tuple((name, tuple(others)) for name, others in table.items())


@cache
def _table_names() -> Aliases:
    lines = OUTLETS_FILE.read_text(encoding="utf-8").splitlines()
    rows = ([name.strip() for name in line.split("|")] for line in lines if line and not line.startswith("#"))
    return tuple((name, tuple(others)) for name, *others in rows)


def _without_address(folded: str) -> str:
    """Return a folded name without ``http://`` or ``https://``, ``www.`` and slashes at its end."""
    host = folded.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return host or folded
