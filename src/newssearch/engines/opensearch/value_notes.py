"""Notes on the field values in a query or filter: those that no article has, and the matches of patterns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newssearch.engines.similar_values import shown_values, similar_keys, similar_values
from newssearch.engines.suggest import MAX_SUGGESTIONS, unknown_value
from newssearch.fields import FIELDS, ArticleField
from newssearch.filters import NoValue
from newssearch.identity import normal_key
from newssearch.query import (
    NOWHERE,
    And,
    Boost,
    Diagnostic,
    Field,
    Node,
    Not,
    Or,
    Region,
    Span,
    has_everything,
)
from newssearch.request import ResolvedRequest

from .article_queries import place_of_key, place_of_value
from .documents import key_of_own
from .evaluation import Evaluation
from .facets import FacetCounter
from .leaf_queries import MAX_VALUES_OF_SET, ClusterQuery, finding_all


class WantedValue(NamedTuple):
    """A condition on the value of a field. ``node`` is set if it comes from the query, where it may be a pattern or
    an address.

    ``is_necessary`` is whether all found articles must fulfil it.
    """

    field: str
    value: str
    node: Field | None
    span: Span
    is_necessary: bool


def wanted_values(tree: Node, request: ResolvedRequest) -> Iterator[WantedValue]:
    """Yield the conditions on values in a tree, then those of the filters, in the order of their notes."""
    yield from _values_in(tree, is_necessary=True)
    for filters, keeps in ((request.filters, True), (request.exclusions, False)):
        for field, values in filters:
            necessary = keeps and len(values) == 1
            for value in values:
                if not isinstance(value, NoValue):
                    yield WantedValue(field, value, None, NOWHERE, necessary)
    for conditions, keeps in ((request.conditions, True), (request.unwanted, False)):
        for condition in conditions.values():
            yield from _values_in(condition, is_necessary=keeps)


def _values_in(node: Node, *, is_necessary: bool) -> Iterator[WantedValue]:
    if isinstance(node, Field):
        yield WantedValue(node.name, node.value, node, node.span, is_necessary)
    elif isinstance(node, And):
        for operand in node.operands:
            yield from _values_in(operand, is_necessary=is_necessary)
    elif isinstance(node, Or):
        if not has_everything(node):
            for operand in node.operands:
                yield from _values_in(operand, is_necessary=False)
    elif isinstance(node, Not):
        yield from _values_in(node.operand, is_necessary=False)
    elif isinstance(node, Boost | Region):
        yield from _values_in(node.operand, is_necessary=is_necessary)


class ValueNotes:
    """Makes the notes on an evaluation's field values. ``found`` is whether its query finds an article."""

    def __init__(self, evaluation: Evaluation, *, found: bool) -> None:
        self._evaluation = evaluation
        self._check = evaluation.check
        self._counter = FacetCounter(
            evaluation.search, evaluation.own, evaluation.request.aliases, evaluation.check
        )
        self._found = found

    def notes(self) -> list[Diagnostic]:
        """Return the notes in order."""
        wanted = list(wanted_values(self._evaluation.tree, self._evaluation.request))
        doubtful = [one for one in wanted if not (self._found and one.is_necessary)]
        numbers = self._evaluation.counts([self._query(one) for one in doubtful])
        missing = {one for one, number in zip(doubtful, numbers, strict=True) if not number}
        noted = (self._note(one, is_missing=one in missing) for one in wanted)
        return [note for note in noted if note is not None]

    def _query(self, wanted: WantedValue) -> ClusterQuery:
        conditions = self._evaluation.conditions
        if wanted.node is not None:
            return conditions.matching(wanted.node)
        return conditions.with_value(wanted.field, wanted.value)

    def _note(self, wanted: WantedValue, *, is_missing: bool) -> Diagnostic | None:
        node = wanted.node
        if node is not None and node.name != "url" and node.pattern and not is_missing:
            if not node.value.strip("*"):
                return None
            shown = shown_values(self._values_like(node))
            return Diagnostic("values", f"{node} stands for {shown}", wanted.span)
        if not is_missing:
            return None
        if node is not None and node.name == "url":
            return Diagnostic("unknown-value", f"no article has an address like {node}", wanted.span)
        if node is not None and node.pattern:
            return Diagnostic("unknown-value", f"no article has a value like {node}", wanted.span)
        if wanted.field == "id":
            return Diagnostic("unknown-value", f"no article has the id {wanted.value!r}", wanted.span)
        row = self._evaluation.conditions.row_with_text(wanted.field)
        return unknown_value(row, wanted.value, self._similar(row, wanted.value), wanted.span)

    # ---- values

    def _values_like(self, node: Field) -> set[str]:
        """Return the values that match a pattern, of all articles."""
        row = self._evaluation.conditions.row_with_text(node.name)
        keys = self._evaluation.conditions.keys_like(row, node.value)
        place, chosen = place_of_key(row.name), frozenset(keys)
        found = self._evaluation.found_everywhere()
        if len(keys) <= MAX_VALUES_OF_SET:
            found = finding_all([found, {"terms": {place: keys}}])
        if row.name in FIELDS:
            pairs = self._counter.buckets(found, (place, place_of_value(row.name)))
            return {value for (value_key, value), _ in pairs if value_key in chosen}
        values = self._counter.buckets(found, (place_of_value(row.name),))
        return {value for (value,), _ in values if value is not None and key_of_own(row, value) in chosen}

    def _similar(self, row: ArticleField, wanted: str) -> Sequence[str]:
        """Return likely corrections of a mistyped value, the likeliest first."""
        everything = self._evaluation.found_everywhere()
        if row.kind == "exact":
            place, sought = place_of_key(row.name), normal_key(wanted)
            start = {"prefix": {place: {"value": sought, "case_insensitive": True}}}
            found = self._counter.buckets(finding_all([everything, start]), (place,))
            keys = (value.encode() for (value,), _ in found if value is not None)
            return similar_keys(keys, sought.encode("utf-8", "backslashreplace"), MAX_SUGGESTIONS)
        values = [one.value for one in self._counter.values(row.name, everything).values]
        return similar_values(values, wanted, MAX_SUGGESTIONS, self._check)
