"""Regular expressions that are compiled when they are first used.

Compiling one takes longer than answering a query, and a query needs few of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from newssearch.system.kept import cached_property


class Pattern:
    """A regular expression that is compiled at its first use, with the methods of :class:`re.Pattern` used here."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._pattern = pattern
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._pattern, self._flags)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match that begins at ``start``, or None."""
        return self._compiled.match(text, start)

    def fullmatch(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Return the match of the whole text from ``start`` on, or None."""
        return self._compiled.fullmatch(text, start)

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """Return the first match between ``start`` and ``end``, or None."""
        return self._compiled.search(text, start, len(text) if end is None else end)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return an iterator over all matches, in order."""
        return self._compiled.finditer(text)

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """Return ``text`` with the first ``count`` matches replaced; 0 stands for all."""
        return self._compiled.sub(replacement, text, count)

    def split(self, text: str) -> list[str]:
        """Return the parts of ``text`` between the matches of a pattern without groups."""
        found: list[str] = self._compiled.split(text)
        return found
