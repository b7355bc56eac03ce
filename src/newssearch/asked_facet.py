"""A facet as people write it, on a command line or in an address: ``FIELD``, ``FIELD:N``, ``FIELD:all``, ``FIELD~TEXT``."""

from __future__ import annotations

from typing import NamedTuple

from .facets import Facet
from .fields import DATE_FACETS

MAX_LIMIT_DIGITS = 18
"""The largest number of digits of the limit of a facet."""


class AskedFacet(NamedTuple):
    """A facet as it is written. ``limit`` is None if none is stated, and -1 for all values."""

    name: str
    contains: str
    limit: int | None

    def __str__(self) -> str:
        """Return the facet as it can be written."""
        contains = f"~{self.contains}" if self.contains else ""
        limit = "" if self.limit is None else ":all" if self.limit < 0 else f":{self.limit}"
        return f"{self.name}{contains}{limit}"

    def facet(self, *, default_limit: int | None, disjunctive: bool) -> Facet:
        """Return the facet. Those of dates have no default limit: a part of a series would mislead."""
        if self.limit is None:
            limit = default_limit if self.name not in DATE_FACETS else None
        else:
            limit = self.limit if self.limit >= 0 else None
        return Facet(self.name, limit, self.contains, disjunctive)


def asked_facet(text: str) -> AskedFacet | None:
    """Return the facet that a text states; None if it states none.

    >>> asked_facet("outlet~post:20"), str(asked_facet("month")), asked_facet("a:b:3")
    (AskedFacet(name='outlet', contains='post', limit=20), 'month', None)
    """
    named, colon, number = text.rpartition(":")
    if not colon or not (number == "all" or (number.isdecimal() and len(number) <= MAX_LIMIT_DIGITS)):
        named, number = text, ""
    name, tilde, contains = named.partition("~")
    if ":" in name or not name.strip() or (tilde and not contains.strip()):
        return None
    limit = None if not number else -1 if number == "all" else int(number)
    return AskedFacet(name, contains.strip(), limit)
