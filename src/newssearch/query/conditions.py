"""Turns the text of a condition on an own field into a node: a value, a number, a period or a range."""

from __future__ import annotations

import datetime as dt

from newssearch.errors import QueryError
from newssearch.fields import ArticleField
from newssearch.text.numbers import parse_number_range
from newssearch.text.periods import parse_range, why_no_period, why_no_range

from .node import NOWHERE, Span
from .quoting import tidy
from .tree import Field, Within

PERIODS = 'write 2024, 2024-07, 2024-07-25, 2024-07..2024-09, >=2024-07-25, -7d, "July 2024" or "last month"'
"""What a period may be, as a suggestion for one that is none."""
RANGES = {
    "number": "write 500, 100..200, >=500, >500, <=500 or <500, without parentheses",
    "date": "write a period, or a range like 2024-07..2024-09, without parentheses",
}
"""What the value of an own field may be, by its kind."""


def condition(
    field: ArticleField, text: str, now: dt.datetime | None = None, span: Span = NOWHERE
) -> Field | Within:
    """Return the condition on an own field that a text states: a value, a number, a period or a range.

    Raises :class:`~newssearch.QueryError`.
    """
    kind = field.kind
    if kind == "number":
        return _number_condition(field.name, text, span)
    if kind != "date":
        if not tidy(text):
            raise QueryError(f"the value of {field.name} is empty")
        return Field(field.name, text, span=span)
    when = tidy(text)
    if when.lower() == "none":
        return Within(field.name, when, kind, span=span)
    bounds = parse_range(when, now)
    if bounds is None:
        raise QueryError(f"{text!r} is not a date", suggestion=why_no_period(when) or PERIODS)
    if (reason := why_no_range(*bounds)) is not None:
        raise QueryError(reason)
    return Within(field.name, when, kind, *bounds, span=span)


def _number_condition(name: str, text: str, span: Span) -> Within:
    when = tidy(text)
    found = parse_number_range(when)
    if found is None and when.lower() != "none":
        hint = "write 500, 100..200, >=500, >500, <=500 or <500"
        raise QueryError(f"{text!r} is not a number, and {name} has numbers", suggestion=hint)
    if found is not None and found.low is not None and found.high is not None and found.low > found.high:
        raise QueryError("the range ends before it begins")
    return Within(name, when, "number", span=span)
