"""What all nodes of a query's tree have: the position where they were written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """A range of the query's text: ``text[start:end]``, in characters."""

    start: int
    end: int


NOWHERE = Span(0, 0)
"""The span of a node that was not parsed from a text."""


@dataclass(frozen=True, slots=True)
class NodeBase:
    """What all nodes have. The nodes that exist are those of the closed union :data:`newssearch.query.Node`."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)
