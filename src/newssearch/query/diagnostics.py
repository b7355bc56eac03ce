"""Diagnostics: notes about a query that looks odd but is answered nevertheless."""

from __future__ import annotations

from newssearch.display.brief import brief, quoted
from newssearch.system.late_dataclass import dataclass

from .node import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A note about a query that looks odd but is answered nevertheless.

    ``kind`` is for programs, ``message`` for people. ``span`` is the part of the query that it is about. ``suggestion``
    says what to write instead, or is ``""``.
    """

    kind: str
    message: str
    span: Span = NOWHERE
    suggestion: str = ""

    def __repr__(self) -> str:
        return brief(self, self.kind, quoted(self.message, 120))

    def to_dict(self) -> dict[str, object]:
        """Return the diagnostic as a dict of JSON types; ``start`` and ``end`` are its span."""
        return {
            "kind": self.kind,
            "message": self.message,
            "start": self.span.start,
            "end": self.span.end,
            "suggestion": self.suggestion,
        }


class Notes:
    """Collects the diagnostics of a query while it is parsed, at most :attr:`MAX_OF_KIND` of each kind."""

    MAX_OF_KIND = 20

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self.counts: dict[str, int] = {}

    def add(self, kind: str, message: str, span: Span, suggestion: str = "") -> None:
        """Add a diagnostic, unless :attr:`MAX_OF_KIND` of its kind have been added."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= self.MAX_OF_KIND:
            self.found.append(Diagnostic(kind, message, span, suggestion))
