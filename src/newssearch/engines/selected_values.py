"""The values that a request filters by, which a facet marks as selected, and which a disjunctive facet ignores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from newssearch.fields import DATE_FACETS, FILTER_FIELDS
from newssearch.filters import NONE
from newssearch.query import Field, Node, Not, Or, Within
from newssearch.request import ResolvedRequest


class FilterPart(NamedTuple):
    """A filter of a request on one field: articles must have one of the values or, if it ``excludes``, none of them."""

    field: str
    excludes: bool = False


def chosen_by(facet: str) -> FilterPart:
    """Return the filter that a disjunctive facet ignores: the chosen values of its field. Excluded values stay excluded."""
    return FilterPart("date" if facet in DATE_FACETS else facet)


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
    """Yield the conditions on single values of an own field that a request joins by OR."""
    if facet in request.conditions:
        yield from _alternatives(request.conditions[facet])


def _alternatives(node: Node) -> Iterator[Node]:
    if isinstance(node, Or):
        for operand in node.operands:
            yield from _alternatives(operand)
    else:
        yield node
