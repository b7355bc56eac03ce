"""The values of own fields: what an article holds of them, as text and as JSON, and whether they fit a kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from newssearch.system.frozen import FrozenDict
from newssearch.system.lazy_regex import Pattern
from newssearch.text.numbers import MAX_DIGITS, Number, clean_number, number_key, parse_number
from newssearch.text.paragraphs import squeeze
from newssearch.text.spelling import IGNORABLE

from . import arguments
from .fields import MAX_OWN_FIELDS, ArticleField, OwnKind, own_field

ExtraValue = str | tuple[str, ...] | int | float | dt.date
"""The type of the value of an own field; of kind ``value`` or ``words``, an article may have several."""

_NOTHING = Pattern(rf"[\s{IGNORABLE}]*")
NO_EXTRA: FrozenDict[str, ExtraValue] = FrozenDict()


def clean_extra(given: Mapping[str, object] | None) -> FrozenDict[str, ExtraValue]:
    """Return the own fields of an article: each has a value, none twice.

    A list or tuple of strings becomes a tuple, or a string if it has one item. None, and empty strings, are left out.
    Raises ValueError for a name that no own field can have, for more than :data:`MAX_OWN_FIELDS`, and for a number that
    is not finite; TypeError for a value of another type.
    """
    if given is None:
        return NO_EXTRA
    arguments.instance("extra", given, Mapping, "a mapping, or None")
    found: dict[str, ExtraValue] = {}
    for name, value in sorted(given.items()):
        own_field(arguments.text("extra", name), "value")
        clean = _clean(f"extra[{name!r}]", value)
        if clean is not None:
            found[name] = clean
    if len(found) > MAX_OWN_FIELDS:
        raise ValueError(f"an article has at most {MAX_OWN_FIELDS} own fields, not {len(found)}")
    return FrozenDict(found)


def _clean(name: str, value: object) -> ExtraValue | None:
    wanted = "a string, several strings, a number or a date"
    if value is None:
        return None
    if isinstance(value, str):
        return _line(value) or None
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = clean_number(value)
        if number is None:
            raise ValueError(f"{name}: {value!r:.60} is not finite, or has more than {MAX_DIGITS} digits")
        return number
    if not isinstance(value, list | tuple):
        raise arguments.wrong(name, wanted, value)
    texts = dict.fromkeys(_line(one) for one in arguments.several(name, value, str, "a string"))
    texts.pop("", None)
    return tuple(texts) if len(texts) > 1 else next(iter(texts), None)


def _line(text: str) -> str:
    """Return a text on one line; ``""`` if it has no visible character."""
    line = squeeze(text)
    return "" if _NOTHING.fullmatch(line) else line


def kind_of(value: ExtraValue) -> OwnKind:
    """Return the kind of own field that a value is of by default."""
    if isinstance(value, dt.date):
        return "date"
    return "value" if isinstance(value, str | tuple) else "number"


def fits(value: ExtraValue, field: ArticleField) -> bool:
    """Whether a value is of the kind of an own field."""
    kind = kind_of(value)
    return kind == field.kind or (kind == "value" and field.kind == "words")


def texts_of(value: ExtraValue) -> tuple[str, ...]:
    """Return a value as texts, from which :func:`value_of` restores it."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, dt.date):
        return (value.isoformat(),)
    return (value if isinstance(value, str) else repr(value),)


def value_of(kind: str, texts: Iterable[str]) -> ExtraValue:
    """Return the value of an own field of a kind from its texts. Raises ValueError for texts that are no such value."""
    found = tuple(texts)
    if kind in ("value", "words") and found:
        return found if len(found) > 1 else found[0]
    (text,) = found
    if kind == "number":
        return number_of(text)
    return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)


def number_of(text: str) -> Number:
    """Return the number that a text of :func:`texts_of` or :func:`number_key` states. Raises ValueError for another text."""
    number = parse_number(text)
    if number is None:
        raise ValueError(f"not a number: {text!r:.60}")
    return number


def json_extra(extra: Mapping[str, ExtraValue]) -> dict[str, Any]:
    """Return the own fields of an article as JSON types: dates as ISO 8601, several values as a list."""
    return {name: _json(value) for name, value in extra.items()}


def _json(value: ExtraValue) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def shown(value: ExtraValue | None) -> str:
    """Return the value of an own field as text for people and for the cell of a table; ``""`` for None."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return number_key(value) if isinstance(value, int) else repr(value)
    return "; ".join(texts_of(value))
