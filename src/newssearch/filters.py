"""The filters of a search: the values of fields that articles must have, and those that they must not have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Final

from newssearch.system.frozen import FrozenDict
from newssearch.text.analysis import key
from newssearch.text.partial_dates import PartialDate
from newssearch.text.periods import is_empty, parse_period, why_no_period

from . import arguments
from .errors import QueryError
from .fields import FILTER_FIELDS, ArticleField, is_own_name
from .query import Field, Node, Not, Tagged, Within, any_of, condition, unknown_field


class NoValue(Enum):
    """The type of :data:`NONE`."""

    NONE = "(none)"
    """Its value is how the command line writes it."""

    def __repr__(self) -> str:
        return self.name

    def __str__(self) -> str:
        return self.value


NONE: Final = NoValue.NONE
"""Stands in a filter for having no value: ``outlet=newssearch.NONE`` finds the articles without an outlet.

It can be one of several values, ``section=["World", NONE]``, and it can be excluded: ``outlet_not=NONE`` finds the
articles with an outlet.
"""

FilterValue = str | NoValue
"""A value of a filter: a text, or :data:`NONE`."""
Names = FilterValue | Iterable[FilterValue] | None
"""The type of a filter option: one value or several. An article passes the filter if it has one of them."""

OwnValue = str | int | float | dt.date | NoValue
"""The type of a value of a filter on an own field."""
Where = Mapping[str, OwnValue | Iterable[OwnValue]]
"""The type of the filters on own fields: the name of each field, and one value or several."""


def filter_values(name: str, given: Names) -> tuple[FilterValue, ...]:
    """Return the values of the filter option ``name`` as a tuple.

    Raises TypeError for a wrong type, and :class:`~newssearch.QueryError` for an empty text.
    """
    several: Iterator[FilterValue] = arguments.several(
        name, () if given is None else given, (str, NoValue), "a string"
    )
    values = tuple(several)
    if any(isinstance(value, str) and not value.strip() for value in values):
        raise QueryError(f"the filter on {name} is empty")
    return values


def own_filter_values(option: str, given: Where | None) -> FrozenDict[str, tuple[FilterValue, ...]]:
    """Return the filters on own fields of the option ``where`` or ``where_not``, each as a tuple, sorted by name.

    Raises TypeError for a wrong type, and :class:`~newssearch.QueryError` for a name that no own field can have and for an
    empty text.
    """
    wanted = "a mapping from names of own fields to values"
    mapping = arguments.instance(option, {} if given is None else given, Mapping, wanted)
    found: dict[str, tuple[FilterValue, ...]] = {}
    for name, values in sorted(mapping.items()):
        if name in FILTER_FIELDS:
            filter_option = name if option == "where" else f"{name}_not"
            hint = f"give {filter_option} outside of {option}"
            raise QueryError(f"{name} is a filter of its own", suggestion=hint)
        if not is_own_name(arguments.text(option, name)):
            raise QueryError(f"{name!r} is not the name of an own field")
        kinds = (str, int, float, dt.date, NoValue)
        texts = map(_own_text, arguments.several(f"{option}[{name!r}]", values, kinds, "a value"))
        found[name] = several = tuple(texts)
        if not several or any(isinstance(value, str) and not value.strip() for value in several):
            raise QueryError(f"the filter on {name} is empty")
    return FrozenDict(found)


def _own_text(value: OwnValue) -> FilterValue:
    if isinstance(value, NoValue):
        return value
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def check_contradiction(field: str, wanted: Iterable[FilterValue], excluded: Iterable[FilterValue]) -> None:
    """Raise :class:`~newssearch.QueryError` if a value of a filter is excluded too: it would have no effect."""
    folded = {_compared(value) for value in excluded}
    for value in wanted:
        if _compared(value) in folded:
            shown = value.value if isinstance(value, NoValue) else repr(value)
            raise QueryError(
                f"{field}: {shown} is both wanted and excluded", suggestion="leave out one of them"
            )


def _compared(value: FilterValue) -> FilterValue:
    return value if isinstance(value, NoValue) else key(value)


def own_conditions(
    filters: Mapping[str, tuple[FilterValue, ...]], now: dt.datetime, own: Mapping[str, ArticleField]
) -> FrozenDict[str, Node]:
    """Return for each own field in ``filters`` the condition to have one of its values, as a node of a query.

    ``own`` are the own fields of the index. Raises :class:`~newssearch.QueryError` for another field, and for a value that
    is no number, date or range where it must be one.
    """
    found: dict[str, Node] = {}
    for name, values in filters.items():
        if name not in own:
            raise unknown_field(name, own)
        found[name] = any_of([_condition(own[name], value, now) for value in values])
    return FrozenDict(found)


def _condition(field: ArticleField, value: FilterValue, now: dt.datetime) -> Node:
    if not isinstance(value, NoValue):
        return condition(field, value, now)
    if field.kind in ("number", "date"):
        return Within(field.name, "none", field.kind)
    return Not(Field(field.name, "*", pattern=True))


def tag_condition(tags: Iterable[FilterValue]) -> Node:
    """Return the condition to have one of the given tags; :data:`NONE` stands for having none.

    Raises :class:`~newssearch.QueryError` for a text without a letter or digit, which is no tag.
    """
    found: list[Node] = []
    for tag in tags:
        try:
            found.append(Not(Tagged("*", pattern=True)) if isinstance(tag, NoValue) else Tagged(tag))
        except ValueError:
            raise QueryError(f"{tag!r} is no tag: it has no letter or digit") from None
    return any_of(found)


# ---- dates

When = str | dt.date | dt.datetime | PartialDate
"""The type of a date option: a day, a moment, a month, a year, or a period as text (``2024-W30``, ``last month``)."""


def period_bounds(
    since: When | None, until: When | None, on: When | None, now: dt.datetime | None
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return the first moment of the period that the options give, and the first moment after it; None for an open end.

    Raises :class:`QueryError` if ``on`` is combined with the others, if a text is no date, or if the period is empty.
    """
    if on is not None and (since is not None or until is not None):
        raise QueryError("give either on, or since and until, but not both")
    if on is not None:
        return _period("on", on, now)
    start = _period("since", since, now)[0] if since is not None else None
    end = _period("until", until, now)[1] if until is not None else None
    comparable = start is not None and end is not None and (start.tzinfo is None) == (end.tzinfo is None)
    if comparable and start is not None and end is not None and is_empty(start, end):
        raise QueryError(f"no date is both since {since} and until {until}", suggestion="swap them")
    return start, end


def _period(name: str, when: When, now: dt.datetime | None) -> tuple[dt.datetime, dt.datetime]:
    """Return the first moment of the period ``when``, and the first moment after it.

    Raises TypeError and :class:`QueryError` with the ``name`` of the option.
    """
    arguments.instance(name, when, (str, dt.date, PartialDate), "a date, or a string")
    if isinstance(when, dt.datetime):
        return when, _after(when)
    text = when if isinstance(when, str) else when.isoformat()
    period = parse_period(text, now)
    if period is None:
        hint = why_no_period(text) or (
            'write 2024, 2024-07, 2024-W30, 2024-Q3, 2024-07-25, 2024-07-25T14:30, -7d or "last month"'
        )
        raise QueryError(f"{name}: {text!r} is not a date", query=text, end=len(text), suggestion=hint)
    return period.start, period.end


def _after(moment: dt.datetime) -> dt.datetime:
    """Return the moment one microsecond later; the last moment that a datetime can have is returned unchanged."""
    try:
        return moment + dt.timedelta(microseconds=1)
    except OverflowError:
        return moment
