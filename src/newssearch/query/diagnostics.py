"""What was odd about a query that is answered all the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from newssearch.display.brief import brief, quoted

from .node import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something odd about a query that was answered all the same.

    ``kind`` names it for programs, ``message`` tells a person, ``span`` is its place in the query, and
    ``suggestion`` what could be meant, or ``""``.
    """

    kind: str
    message: str
    span: Span = NOWHERE
    suggestion: str = ""

    def __repr__(self) -> str:
        return brief(self, self.kind, quoted(self.message, 120))

    def to_dict(self) -> dict[str, object]:
        """The diagnostic as JSON types."""
        return {
            "kind": self.kind,
            "message": self.message,
            "start": self.span.start,
            "end": self.span.end,
            "suggestion": self.suggestion,
        }


@dataclass(slots=True)
class Notes:
    """The diagnostics of a query while it is read; of many of one kind, the first few."""

    MOST = 20
    found: list[Diagnostic] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, message: str, span: Span, suggestion: str = "") -> None:
        """Note something."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= self.MOST:
            self.found.append(Diagnostic(kind, message, span, suggestion))
