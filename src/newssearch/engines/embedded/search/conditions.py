"""Finds the articles that fulfil a condition on a field or a date, from a filter or the query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from newssearch.engines.article_times import NO_TIME, instant
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.similar_values import shown_values
from newssearch.engines.sorted_sets import Mask
from newssearch.engines.suggest import unknown_value
from newssearch.errors import QueryError
from newssearch.fields import FIELDS, ArticleField
from newssearch.filters import FilterValue, NoValue
from newssearch.outlets import Aliases, outlets
from newssearch.query import NOWHERE, Diagnostic, Field, Span, Tagged, Within, unknown_field
from newssearch.stopping import StopCheck
from newssearch.text.periods import is_last_moment

from .addresses import with_address
from .field_values import codes_like, codes_of, similar_values_of
from .reader import IndexReader


class ArticleConditions:
    """Evaluates conditions on fields and dates for all articles of an index, deleted ones included.

    Appends diagnostics to ``notes``: the values that each pattern matches, and the wanted values that no article has.
    ``check`` is called at intervals.
    """

    def __init__(
        self, reader: IndexReader, aliases: Aliases, notes: list[Diagnostic], check: StopCheck
    ) -> None:
        self._reader = reader
        self._aliases = aliases
        self._notes = notes
        self._check = check

    def with_value(self, field: str, wanted: FilterValue, span: Span = NOWHERE) -> Mask:
        """Return a mask of the articles that pass a filter on ``field`` for the value ``wanted``.

        :data:`~newssearch.NONE` stands for articles without a value. A byline or a place matches by some of its
        words; a language also by its variants; an outlet or a source by any of its names. Any other value must match
        whole.
        """
        if isinstance(wanted, NoValue):
            return self._reader.per_segment(lambda segment: segment.with_codes(field, (0,)))
        if field == "id":
            mask = self._reader.per_segment(lambda segment: _with_id(segment, wanted))
            if not mask.any():
                self._notes.append(Diagnostic("unknown-value", f"no article has the id {wanted!r}", span))
            return mask
        row = self._row_with_text(field)
        names = outlets(self._aliases if row.kind == "outlet" else ())
        segments = self._check.during(self._reader.segments, 1)
        codes = {segment: codes_of(segment, row, wanted, names) for segment in segments}
        mask = self._with_codes(field, codes)
        if not self._is_found(mask):
            similar = similar_values_of(self._reader, row, wanted, self._aliases, self._check)
            self._notes.append(unknown_value(row, wanted, similar, span))
        return mask

    def _is_found(self, mask: Mask) -> bool:
        """Whether a mask contains a live article."""
        return bool((mask & self._reader.live_articles()).any())

    def _row(self, name: str) -> ArticleField:
        """Return the row of a field in the table of fields. Raises QueryError for an own field that the index lacks."""
        row = FIELDS.get(name) or self._reader.own_fields.get(name)
        if row is None:
            raise unknown_field(name, self._reader.own_fields)
        return row

    def _row_with_text(self, name: str) -> ArticleField:
        """Return the row of a field with text values. Raises QueryError for any other field."""
        row = self._row(name)
        if row.kind in ("number", "date"):
            raise QueryError(f"{name} is a field of kind {row.kind}, and not compared with texts")
        return row

    def matching(self, node: Field) -> Mask:
        """Return a mask of the articles that match a field node: an address, a pattern of values, or a value."""
        if node.name == "url":
            mask = self._reader.per_segment(lambda segment: with_address(segment, node))
            if not self._is_found(mask):
                message = f"no article has an address like {node}"
                self._notes.append(Diagnostic("unknown-value", message, node.span))
            return mask
        if not node.pattern:
            return self.with_value(node.name, node.value, node.span)
        row = self._row_with_text(node.name)
        names = outlets(self._aliases if row.kind == "outlet" else ())
        codes = codes_like(self._reader, row, node.value, names, self._check)
        found = {
            segment.distinct(node.name)[code]
            for segment, matching in codes.items()
            for code in segment.codes_in_use(node.name, matching)
        }
        if found and not node.value.strip("*"):
            return self._with_codes(node.name, codes)  # any value: a list of all of them is not informative
        note = Diagnostic("values", f"{node} stands for {shown_values(found)}", node.span)
        if not found:
            note = Diagnostic("unknown-value", f"no article has a value like {node}", node.span)
        if note not in self._notes:
            self._notes.append(note)
        return self._with_codes(node.name, codes)

    def _with_codes(self, field: str, codes: Mapping[Segment, Sequence[int]]) -> Mask:
        return self._reader.per_segment(lambda segment: segment.with_codes(field, codes.get(segment, ())))

    def tagged(self, node: Tagged) -> Mask:
        """Return a mask of the articles with a tag, whose numbers were looked up."""
        numbers = node.articles
        assert numbers is not None, "the tags of the archive are looked up before an engine searches"
        if not len(numbers):
            return self._reader.per_segment(lambda segment: np.zeros(segment.articles, np.bool_))
        return self._reader.per_segment(lambda segment: segment.with_id_numbers(numbers))

    def within(self, node: Within) -> Mask:
        """Return a mask of the articles that match a condition on an own field that has numbers or dates."""
        row = self._row(node.name)
        if row.kind != node.kind:
            raise QueryError(f"{row.name} is a field of kind {row.kind}: {node} compares a {node.kind}")

        def mask(segment: Segment) -> Mask:
            column = segment.own_fields.get(node.name)
            if column is None:
                return np.full(segment.articles, node.is_none, np.bool_)
            if node.is_none:
                return ~column.having(segment.articles)
            if node.kind == "number":
                return column.mask(column.codes_within(node.numbers), segment.articles)
            chosen = np.ones(len(column.local), np.bool_)
            chosen[0] = False
            for bound, is_end in ((node.start, False), (node.end, True)):
                if bound is not None:
                    times = column.local if bound.tzinfo is None else column.instant
                    limit = _column_value(bound)
                    chosen &= times < limit + is_last_moment(bound) if is_end else times >= limit
            return column.mask(np.flatnonzero(chosen), segment.articles)

        return self._reader.per_segment(mask)

    def dated(self, start: dt.datetime | None, end: dt.datetime | None, *, in_part: bool = False) -> Mask:
        """Return a mask of the articles dated from ``start`` up to but not including ``end``.

        :class:`newssearch.query.Dated` explains the bounds. An article dated by month or year matches if the whole
        period lies between them; with ``in_part``, if any of it does.
        """

        def between(segment: Segment) -> Mask:
            mask = segment.dated
            if start is not None:
                mask &= _moments(segment, start) >= _column_value(start)
            if end is not None:
                mask &= _moments(segment, end) < _excluded_value(end)
            partial, ends = segment.partly_dated
            if len(partial) and in_part and start is not None:
                begins = segment.local_time[partial] < (_excluded_value(end) if end is not None else ends)
                mask[partial] = begins & (ends > _column_value(start))
            elif len(partial) and not in_part and end is not None:
                mask[partial] &= ends <= _excluded_value(end)
            return mask

        return self._reader.per_segment(between)

    def added(self, start: dt.datetime | None, end: dt.datetime | None = None) -> Mask:
        """Return a mask of the articles added to the index from ``start`` up to but not including ``end``.

        Both have a time zone.
        """

        def between(segment: Segment) -> Mask:
            mask = np.ones(segment.articles, np.bool_)
            if start is not None:
                mask &= segment.added >= instant(start)
            if end is not None:
                mask &= segment.added < instant(end) + is_last_moment(end)
            return mask

        return self._reader.per_segment(between)

    def undated(self) -> Mask:
        """Return a mask of the articles without a date."""
        return ~self._reader.per_segment(lambda segment: segment.dated)

    def partly_dated(self) -> Mask:
        """Return a mask of the articles dated only by month or year."""
        return self._reader.per_segment(_partly_dated)


def _with_id(segment: Segment, wanted: str) -> Mask:
    mask = np.zeros(segment.articles, np.bool_)
    if (article := segment.find(wanted)) >= 0:
        mask[article] = True
    return mask


def _partly_dated(segment: Segment) -> Mask:
    mask = np.zeros(segment.articles, np.bool_)
    mask[segment.partly_dated[0]] = True
    return mask


def _moments(segment: Segment, bound: dt.datetime) -> Array:
    """Return the date column to compare a bound with: local dates if the bound has no time zone, otherwise instants."""
    return segment.local_time if bound.tzinfo is None else segment.instant


def _column_value(bound: dt.datetime) -> int:
    """Return a bound in the unit of the date columns, always above the value that marks undated articles."""
    return max(instant(bound), NO_TIME + 1)


def _excluded_value(end: dt.datetime) -> int:
    """Return the first moment after a period that ends with ``end``, in the unit of the date columns."""
    return _column_value(end) + is_last_moment(end)
