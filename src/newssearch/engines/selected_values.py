"""Which single values a request filters by: what a facet marks as selected, whatever the engine."""

from __future__ import annotations

from collections.abc import Iterator

from newssearch.fields import DATE_FACETS, FILTER_FIELDS
from newssearch.filters import NONE
from newssearch.query import And, Field, Node, Not, Or, Within
from newssearch.request import ResolvedRequest


def none_is_selected(facet: str, request: ResolvedRequest) -> bool:
    """Whether a request asks for the articles without a value."""
    if facet in FILTER_FIELDS:
        return NONE in dict(request.filters).get(facet, ())
    any_value = Field(facet, "*", pattern=True) if facet not in DATE_FACETS else None
    return any(
        node.is_none if isinstance(node, Within) else isinstance(node, Not) and node.operand == any_value
        for node in selected_conditions(facet, request)
    )


def selected_conditions(facet: str, request: ResolvedRequest) -> Iterator[Node]:
    """Yield the conditions on single values of an own field that a request joins; excluded values are left out."""
    if facet in request.conditions:
        yield from _alternatives(request.conditions[facet])


def _alternatives(node: Node) -> Iterator[Node]:
    if isinstance(node, And | Or):
        for operand in node.operands:
            yield from _alternatives(operand)
    else:
        yield node
