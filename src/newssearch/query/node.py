"""The base class of all nodes of a query tree, and the position in the query where a node was written."""

from __future__ import annotations

from dataclasses import field
from typing import NamedTuple

from newssearch.system.late_dataclass import dataclass


class Span(NamedTuple):
    """A range of the query's text: ``text[start:end]``, in characters."""

    start: int
    end: int


NOWHERE = Span(0, 0)
"""The span of a node that was not parsed from a text."""


@dataclass(frozen=True, slots=True)
class NodeBase:
    """The base class of all nodes. The union :data:`newssearch.query.Node` lists the kinds of nodes that exist."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)
