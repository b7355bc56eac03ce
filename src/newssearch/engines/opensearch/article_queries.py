"""Translates a query tree and filters to an OpenSearch query for articles: operators, regions, conditions on fields
and dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from newssearch.engines.article_addresses import comparable_wanted, without_scheme
from newssearch.engines.article_times import NO_TIME, instant
from newssearch.engines.selected_values import FilterPart
from newssearch.errors import QueryError
from newssearch.fields import FIELDS, ArticleField
from newssearch.filters import FilterValue, NoValue
from newssearch.outlets import Aliases, outlets
from newssearch.query import (
    And,
    AtLeast,
    Boost,
    Dated,
    Everything,
    Field,
    Leaf,
    Node,
    Not,
    Or,
    Region,
    Tagged,
    Undated,
    Within,
    has_everything,
    narrower,
    unknown_field,
)
from newssearch.query.patterns import value_pattern, value_wildcard, words_pattern
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck
from newssearch.system.exhaustive import assert_never
from newssearch.text.analysis import key, name_words
from newssearch.text.periods import is_last_moment

from .documents import cut, document_id, key_of
from .leaf_queries import ClusterQuery, finding_all, finding_any, finding_one_of, having_one_of
from .mapping import COUNTED_FIELDS

EVERYTHING: ClusterQuery = {"match_all": {}}
PARAGRAPHS = "paragraphs"
TEXT, TITLE = "paragraphs.text", "paragraphs.title"
IN_LEAD: ClusterQuery = {"term": {"paragraphs.lead": True}}
NOVEL: ClusterQuery = {"term": {"paragraphs.novel": True}}


def nested(query: ClusterQuery, score_mode: str = "none") -> ClusterQuery:
    """Return a query for the articles with a paragraph that matches ``query``."""
    return {"nested": {"path": PARAGRAPHS, "score_mode": score_mode, "query": query}}


def excluding(query: ClusterQuery) -> ClusterQuery:
    """Return a query for the articles that do not match ``query``."""
    return {"bool": {"must_not": [query]}}


class ArticleQueries:
    """Translates nodes of a query tree to queries for articles.

    ``paragraphs_with`` returns a query for the paragraphs in which a leaf matches, in the text or the headline,
    within a region. ``with_count`` returns a query for the articles with at least as many matches as an ``atleast``
    asks for. ``keys_of`` returns all keys of a field's values.
    """

    def __init__(
        self,
        own: Mapping[str, ArticleField],
        aliases: Aliases,
        check: StopCheck,
        *,
        paragraphs_with: Callable[[Leaf, str | None], ClusterQuery],
        with_count: Callable[[AtLeast, str | None], ClusterQuery],
        keys_of: Callable[[str], Sequence[str]],
    ) -> None:
        self._own = own
        self._aliases = aliases
        self._check = check
        self._paragraphs_with = paragraphs_with
        self._with_count = with_count
        self._keys_of = keys_of

    def __call__(
        self, node: Node, region: str | None = None, *, in_part: bool = False, negated: bool = False
    ) -> ClusterQuery:
        """Return a query for the articles that match a node. For ``in_part``, see :meth:`dated`.

        ``negated`` is whether the node stands below an odd number of negations. ``in_part`` has no effect on a
        negated date.
        """
        self._check()
        if isinstance(node, Leaf):
            return nested(self._paragraphs_with(node, region))
        if isinstance(node, Not):
            return excluding(self(node.operand, region, in_part=in_part, negated=not negated))
        if isinstance(node, And):
            return finding_all(
                [self(operand, region, in_part=in_part, negated=negated) for operand in node.operands]
            )
        if isinstance(node, Or):
            if has_everything(node):
                return self(Everything(), region)
            return finding_one_of(
                [self(operand, region, in_part=in_part, negated=negated) for operand in node.operands]
            )
        if isinstance(node, Boost):
            return self(node.operand, region, in_part=in_part, negated=negated)
        if isinstance(node, Region):
            return self(node.operand, narrower(region, node.name), in_part=in_part, negated=negated)
        if isinstance(node, AtLeast):
            return self._with_count(node, region)
        if isinstance(node, Field):
            return self.matching(node)
        if isinstance(node, Dated):
            if node.name == "added":
                return self.added(node.start, node.end)
            return self.dated(node.start, node.end, in_part=in_part and not negated)
        if isinstance(node, Tagged):
            return tagged(node)
        if isinstance(node, Within):
            return self.within(node)
        if isinstance(node, Undated):
            return excluding({"exists": {"field": "local"}})
        if isinstance(node, Everything):
            return {"range": {"title_words": {"gt": 0}}} if region == "title" else EVERYTHING
        assert_never(node)

    # ---- fields

    def row(self, name: str) -> ArticleField:
        """Return the row of a field in the table of fields. Raises QueryError for an own field that the index lacks."""
        row = FIELDS.get(name) or self._own.get(name)
        if row is None:
            raise unknown_field(name, self._own)
        return row

    def row_with_text(self, name: str) -> ArticleField:
        """Return the row of a field with text values. Raises QueryError if its values are numbers or dates."""
        row = self.row(name)
        if row.kind in ("number", "date"):
            raise QueryError(f"{name} is a field of kind {row.kind}, and not compared with texts")
        return row

    def with_value(self, field: str, wanted: FilterValue) -> ClusterQuery:
        """Return a query for the articles that pass a filter for one value of a field."""
        if isinstance(wanted, NoValue):
            return excluding({"exists": {"field": place_of_key(field)}})
        if field == "id":
            return {"ids": {"values": [document_id(wanted)]}}
        row = self.row_with_text(field)
        place = place_of_key(field)
        if row.kind == "words":
            words = " ".join(name_words(wanted))
            if not words:
                whole, values = key(wanted), place_of_value(field)
                known = self._keys_of(values)
                return having_one_of(
                    values, [one for one in known if key(one) == whole and not name_words(one)]
                )
            return {"wildcard": {place: {"value": f"*{_escaped(f' {words} ')}*"}}}
        if row.kind == "language":
            tag = key_of("lang", wanted)
            return finding_any([{"term": {place: tag}}, {"prefix": {place: f"{tag}-"}}])
        if row.kind == "outlet":
            names = outlets(self._aliases)
            group = names.group(key(wanted))
            return having_one_of(place, [one for one in self._keys_of(place) if names.group(one) == group])
        return {"term": {place: key_of(field, wanted)}}

    def matching(self, node: Field) -> ClusterQuery:
        """Return a query for the articles that match a field node: a value, or a pattern of values."""
        if node.name == "url":
            return _with_address(node)
        if not node.pattern:
            return self.with_value(node.name, node.value)
        row = self.row_with_text(node.name)
        place = place_of_key(node.name)
        if not node.value.strip("*"):
            return {"exists": {"field": place}}
        return having_one_of(place, self.keys_like(row, node.value))

    def keys_like(self, row: ArticleField, pattern: str) -> list[str]:
        """Return the keys of a field's values that match a pattern. The pattern must have a character other than ``*``."""
        known = self._keys_of(place_of_key(row.name))
        if row.kind == "words":
            fits = words_pattern(pattern)
            return [one for one in self._check.during(known) if fits(one.strip())]
        fits = value_pattern(pattern, exact=row.kind == "exact")
        chosen = {one for one in self._check.during(known) if fits(one)}
        if row.kind == "outlet":
            names = outlets(self._aliases)
            groups = {names.group(one) for one in known if one in chosen or fits(key(names.name(one)))}
            chosen = {one for one in known if names.group(one) in groups}
        return sorted(chosen)

    def within(self, node: Within) -> ClusterQuery:
        """Return a query for the articles whose own field has a number or a date within a range."""
        row = self.row(node.name)
        if row.kind != node.kind:
            raise QueryError(f"{row.name} is a field of kind {row.kind}: {node} compares a {node.kind}")
        place = f"own.{node.name}"
        if node.is_none:
            return excluding({"exists": {"field": f"{place}.value"}})
        if node.kind == "number":
            numbers = node.numbers
            bounds: dict[str, Any] = {}
            if numbers.low is not None:
                bounds["gte" if numbers.with_low else "gt"] = numbers.low
            if numbers.high is not None:
                bounds["lte" if numbers.with_high else "lt"] = numbers.high
            return {"range": {f"{place}.number": bounds}}
        found: list[ClusterQuery] = [{"exists": {"field": f"{place}.local"}}]
        for bound, is_end in ((node.start, False), (node.end, True)):
            if bound is not None:
                time = f"{place}.{'local' if bound.tzinfo is None else 'instant'}"
                limit = {"lt": _excluded(bound)} if is_end else {"gte": _bound_value(bound)}
                found.append({"range": {time: limit}})
        return finding_all(found)

    # ---- dates

    def dated(
        self, start: dt.datetime | None, end: dt.datetime | None, *, in_part: bool = False
    ) -> ClusterQuery:
        """Return a query for the articles dated from ``start`` up to but not including ``end``.

        An article that is dated by month or year matches if the whole period lies in the range; with ``in_part``, if
        the periods overlap.
        """
        found: list[ClusterQuery] = [{"exists": {"field": "local"}}]
        coarse: ClusterQuery = {"exists": {"field": "end"}}
        if start is not None:
            begun: ClusterQuery = {"range": {_time(start): {"gte": _bound_value(start)}}}
            if in_part:
                begun = finding_any(
                    [begun, finding_all([coarse, {"range": {"end": {"gt": _bound_value(start)}}}])]
                )
            found.append(begun)
        if end is not None:
            found.append({"range": {_time(end): {"lt": _excluded(end)}}})
            if not in_part:
                over: ClusterQuery = {"range": {"end": {"lte": _excluded(end)}}}
                found.append(finding_any([excluding(coarse), over]))
        return finding_all(found)

    def added(self, start: dt.datetime | None, end: dt.datetime | None = None) -> ClusterQuery:
        """Return a query for the articles added to the index from ``start`` up to but not including ``end``."""
        bounds: dict[str, int] = {}
        if start is not None:
            bounds["gte"] = instant(start)
        if end is not None:
            bounds["lt"] = instant(end) + is_last_moment(end)
        return {"range": {"added": bounds}} if bounds else EVERYTHING

    # ---- requests

    def filters(self, request: ResolvedRequest, *, in_part: bool = False) -> dict[FilterPart, ClusterQuery]:
        """Return a query for each filter of a request, by the part of the filters.

        ``date`` is the filter on the date of publication, ``added`` that on the time of indexing.
        """
        found: dict[FilterPart, ClusterQuery] = {}
        for field, values in request.filters:
            found[FilterPart(field)] = finding_any(self.with_value(field, value) for value in values)
        for field, values in request.exclusions:
            unwanted = finding_any(self.with_value(field, value) for value in values)
            found[FilterPart(field, excludes=True)] = excluding(unwanted)
        for field, condition in request.conditions.items():
            found[FilterPart(field)] = self(condition)
        for field, condition in request.unwanted.items():
            found[FilterPart(field, excludes=True)] = excluding(self(condition))
        if request.start is not None or request.end is not None:
            found[FilterPart("date")] = self.dated(request.start, request.end, in_part=in_part)
        if request.added_since is not None:
            found[FilterPart("added")] = self.added(request.added_since)
        return found


def tagged(node: Tagged) -> ClusterQuery:
    """Return a query for the articles with a tag, whose numbers were looked up."""
    assert node.articles is not None, "the tags of the archive are looked up before an engine searches"
    return having_one_of("_id", [f"{number:x}" for number in node.articles.tolist()])


def place_of_value(field: str) -> str:
    """Return the name of the OpenSearch field that holds the values of a field of articles."""
    return field if field in COUNTED_FIELDS else f"own.{field}.value"


def place_of_key(field: str) -> str:
    """Return the name of the OpenSearch field that holds the keys of a field's values."""
    if field == "path":
        return "path"
    return f"{field}_key" if field in COUNTED_FIELDS else f"own.{field}.key"


def _with_address(node: Field) -> ClusterQuery:
    """Return a query for the articles whose address is a page, lies below a section or a host, or matches a pattern."""
    if node.pattern:
        pattern = value_wildcard(without_scheme(node.value))
        return finding_any([{"wildcard": {place: {"value": pattern}}} for place in ("url", "given_url")])
    sought = comparable_wanted(node.value)
    if "/" in sought:
        below = [{"prefix": {"url": f"{sought}{mark}"}} for mark in "/?"]
        return finding_any([{"term": {"url": cut(sought)}}, *below])
    host = sought[::-1]
    under: list[ClusterQuery] = [{"term": {"reversed_host": host}}, {"prefix": {"reversed_host": f"{host}."}}]
    return finding_any([{"term": {"url": sought}}, *under])


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "*?\\" else char for char in text)


def _time(bound: dt.datetime) -> str:
    return "local" if bound.tzinfo is None else "instant"


def _bound_value(bound: dt.datetime) -> int:
    return max(instant(bound), NO_TIME + 1)


def _excluded(end: dt.datetime) -> int:
    """Return the first moment after a period that ends with ``end``."""
    return _bound_value(end) + is_last_moment(end)
