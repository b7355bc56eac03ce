"""Finds the articles that meet a condition on a field or on the date, given by a filter or in the query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from newssearch.engines.embedded.segment.columns import NO_TIME, instant
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import Mask
from newssearch.fields import OUTLET_FIELDS
from newssearch.outlets import Aliases, outlets
from newssearch.query import NOWHERE, Diagnostic, Field, Span
from newssearch.text.dates import is_last_moment

from .addresses import with_address
from .field_values import codes_like, codes_of, shown_values
from .reader import IndexReader
from .suggest import unknown_value


class ArticleConditions:
    """Evaluates conditions on fields and dates for all articles of an index, deleted ones included.

    Appends diagnostics to ``notes``: the values that each pattern matches, and the wanted values that no article has.
    """

    def __init__(self, reader: IndexReader, aliases: Aliases, notes: list[Diagnostic]) -> None:
        self._reader = reader
        self._aliases = aliases
        self._notes = notes

    def with_value(self, field: str, wanted: str, span: Span = NOWHERE) -> Mask:
        """Return a mask of the articles that a filter on ``field`` with the value ``wanted`` finds.

        Some words of a byline or a place are enough; a language also finds its variants; an outlet or a source is found
        by any of its names. Any other value must be whole.
        """
        if field == "id":
            mask = self._reader.per_segment(lambda segment: _with_id(segment, wanted))
            if not mask.any():
                self._notes.append(Diagnostic("unknown-value", f"no article has the id {wanted!r}", span))
            return mask
        names = outlets(self._aliases if field in OUTLET_FIELDS else ())
        codes = {segment: codes_of(segment, field, wanted, names) for segment in self._reader.segments}
        if not any(map(len, codes.values())):
            self._notes.append(unknown_value(self._reader, field, wanted, self._aliases, span))
        return self._with_codes(field, codes)

    def matching(self, node: Field) -> Mask:
        """Return a mask of the articles that match a field node: an address, a pattern of values, or a value."""
        if node.name == "url":
            mask = self._reader.per_segment(lambda segment: with_address(segment, node))
            if not mask.any():
                message = f"no article has an address like {node}"
                self._notes.append(Diagnostic("unknown-value", message, node.span))
            return mask
        if not node.pattern:
            return self.with_value(node.name, node.value, node.span)
        names = outlets(self._aliases if node.name in OUTLET_FIELDS else ())
        segments = self._reader.segments
        codes = codes_like(self._reader, node.name, node.value, names)
        found = {segment.values(node.name).values[code] for segment in segments for code in codes[segment]}
        note = Diagnostic("values", f"{node} stands for {shown_values(found)}", node.span)
        if not found:
            note = Diagnostic("unknown-value", f"no article has a value like {node}", node.span)
        if note not in self._notes:
            self._notes.append(note)
        return self._with_codes(node.name, codes)

    def _with_codes(self, field: str, codes: dict[Segment, list[int]]) -> Mask:
        return self._reader.per_segment(
            lambda segment: _is_any_of(segment.values(field).codes, codes[segment])
        )

    def dated(self, start: dt.datetime | None, end: dt.datetime | None) -> Mask:
        """Return a mask of the articles dated from ``start`` up to but not including ``end``.

        :class:`newssearch.query.Dated` explains the bounds.
        """

        def between(segment: Segment) -> Mask:
            mask = segment.dated
            if start is not None:
                mask &= _moments(segment, start) >= _column_value(start)
            if end is not None:
                mask &= _moments(segment, end) < _column_value(end) + is_last_moment(end)
            return mask

        return self._reader.per_segment(between)

    def undated(self) -> Mask:
        """Return a mask of the articles without a date."""
        return ~self._reader.per_segment(lambda segment: segment.dated)


def _with_id(segment: Segment, wanted: str) -> Mask:
    mask = np.zeros(segment.articles, np.bool_)
    if (article := segment.find(wanted)) >= 0:
        mask[article] = True
    return mask


def _is_any_of(codes: Array, wanted: Sequence[int]) -> Mask:
    if len(wanted) == 1:
        return np.asarray(codes == wanted[0], np.bool_)
    return np.isin(codes, np.array(wanted, np.int64))


def _moments(segment: Segment, bound: dt.datetime) -> Array:
    """Return the date column to compare a bound with: local dates if the bound has no time zone, otherwise instants."""
    return segment.local_time if bound.tzinfo is None else segment.instant


def _column_value(bound: dt.datetime) -> int:
    """Return a bound in the unit of the date columns, always above the value that marks undated articles."""
    return max(instant(bound), NO_TIME + 1)
