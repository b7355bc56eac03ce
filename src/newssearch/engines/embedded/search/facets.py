"""The facets of a search: which values of a field are listed, and which of them the request filters by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nsmallest
from typing import cast

import numpy as np

from newssearch.corpus.periods import Unit
from newssearch.engines.embedded.storage.sorted_sets import Mask
from newssearch.extra import number_of
from newssearch.facets import Facet, FacetValue, FacetValues
from newssearch.fields import DATE_FACETS, FIELDS, FILTER_FIELDS
from newssearch.filters import NONE
from newssearch.outlets import Aliases, outlets
from newssearch.query import And, Field, Node, Not, Or, Within
from newssearch.request import ResolvedRequest
from newssearch.stopping import NEVER
from newssearch.text.analysis import key

from .date_facets import periods_within
from .reader import IndexReader
from .value_counts import CountedValue, ValueCounts, group_of, value_counts


def filtered_by(facet: str) -> str:
    """Return the name of the field whose filters a disjunctive facet leaves out."""
    return "date" if facet in DATE_FACETS else facet


def count_facet(
    reader: IndexReader,
    facet: Facet,
    articles: Mask,
    aliases: Aliases,
    request: ResolvedRequest | None = None,
) -> FacetValues:
    """Return the values of a facet among the given articles: see :class:`~newssearch.Facet`.

    Values are selected if ``request`` filters by them.
    """
    check = NEVER if request is None else request.check
    counts = value_counts(reader, facet.name, articles, aliases, check)
    values = counts.values
    if wanted := key(facet.contains):
        values = [one for one in check.during(values) if _contains(one, counts, wanted)]
    chosen = _selected(reader, facet.name, values, request) if request is not None else set[str]()
    listed = values
    if facet.limit is not None and len(values) > facet.limit:
        # nsmallest is stable: of equal numbers, it keeps the first.
        most = nsmallest(facet.limit, values, key=lambda one: -one.articles)
        kept = {one.group for one in most} | chosen
        listed = [one for one in values if one.group in kept]
    others = {one.group for one in values} - {one.group for one in listed} if listed is not values else ()
    rows = [FacetValue(one.value, one.articles, one.group in chosen) for one in listed]
    if counts.without and not wanted:
        without = FacetValue(
            None, counts.without, request is not None and _none_is_selected(facet.name, request)
        )
        rows.insert(_place_of_none(reader, facet.name, listed, counts), without)
    return FacetValues(
        facet.name,
        tuple(rows),
        counted=int(np.count_nonzero(articles)),
        others=len(others),
        others_articles=counts.articles_with(set(others)) if others else 0,
    )


def _contains(one: CountedValue, counts: ValueCounts, folded: str) -> bool:
    """Whether a spelling of a value contains a text, which is folded."""
    return any(folded in key(spelling) for spelling in counts.spellings.get(one.group, (one.value,)))


def _place_of_none(
    reader: IndexReader, facet: str, listed: Sequence[CountedValue], counts: ValueCounts
) -> int:
    """Return the index among the listed values at which the articles without a value stand: last of equal numbers.

    Among periods, which are in order of time, they are last.
    """
    own = reader.own_fields.get(facet)
    if facet in DATE_FACETS or (own is not None and own.kind == "date"):
        return len(listed)
    return next((n for n, one in enumerate(listed) if one.articles < counts.without), len(listed))


def _selected(
    reader: IndexReader, facet: str, values: Sequence[CountedValue], request: ResolvedRequest
) -> set[str]:
    """Return the group keys of the values that a request filters by; keys of values that no article has may be among them."""
    if facet in DATE_FACETS:
        return periods_within(cast("Unit", facet), [one.value for one in values], request.start, request.end)
    own = reader.own_fields.get(facet)
    if own is None:
        field, names = FIELDS[facet], outlets(request.aliases)
        given = dict(request.filters).get(facet, ())
        return {group_of(field, value, names) for value in given if isinstance(value, str)}
    chosen = set[str]()
    for node in _alternatives(request.conditions[facet]) if facet in request.conditions else ():
        if isinstance(node, Field):
            chosen.add(group_of(own, node.value, outlets()))
        elif isinstance(node, Within) and node.kind == "number" and not node.is_none:
            chosen.update(one.group for one in values if number_of(one.value) in node.numbers)
        elif isinstance(node, Within) and not node.is_none:
            chosen |= periods_within("month", [one.value for one in values], node.start, node.end)
    return chosen


def _none_is_selected(facet: str, request: ResolvedRequest) -> bool:
    """Whether a request asks for the articles without a value."""
    if facet in FILTER_FIELDS:
        return NONE in dict(request.filters).get(facet, ())
    nodes = _alternatives(request.conditions[facet]) if facet in request.conditions else ()
    any_value = Field(facet, "*", pattern=True) if facet not in DATE_FACETS else None
    return any(
        node.is_none if isinstance(node, Within) else isinstance(node, Not) and node.operand == any_value
        for node in nodes
    )


def _alternatives(node: Node) -> Iterator[Node]:
    """Yield the conditions on single values that a condition on a field joins; excluded values are left out."""
    if isinstance(node, And | Or):
        for operand in node.operands:
            yield from _alternatives(operand)
    else:
        yield node
