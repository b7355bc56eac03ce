"""A hit among the results of a search: its place, and the hits before and after it."""

from __future__ import annotations

from newssearch.display.brief import brief, quoted
from newssearch.query import Diagnostic
from newssearch.results import Hit
from newssearch.system.late_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A hit of a search with its neighbours: see :meth:`Index.neighbours`.

    ``position`` is the place of ``hit`` among all ``total`` hits, counted from 1. ``previous`` is None for the first hit,
    ``next`` for the last. ``diagnostics`` are those about the query, and about a file of tags that cannot be read.
    """

    hit: Hit
    previous: Hit | None
    next: Hit | None
    position: int
    total: int
    diagnostics: tuple[Diagnostic, ...] = ()

    def __repr__(self) -> str:
        return brief(self, f"of {quoted(self.hit.address, 80)}, {self.position:,} of {self.total:,}")

    def to_dict(self) -> dict[str, object]:
        """Return the hits and the counts as JSON types."""
        return {
            "position": self.position,
            "total": self.total,
            "hit": self.hit.to_dict(),
            "previous": self.previous.to_dict() if self.previous is not None else None,
            "next": self.next.to_dict() if self.next is not None else None,
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
        }
