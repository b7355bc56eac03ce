"""Conversions from values of an input to values of the own fields of an archive."""

from __future__ import annotations

from newssearch.extra import ExtraValue
from newssearch.fields import KeptField, OwnKind
from newssearch.readers.api import ReadOptions
from newssearch.text.numbers import MAX_DIGITS, clean_number, parse_number
from newssearch.text.paragraphs import squeeze
from newssearch.text.partial_dates import PartialDate

from .values import NAME_KEYS, NULL_STRINGS, first_date, json_type, quote_value


class WrongValueError(Exception):
    """Raised for a value that an own field cannot have; the message is the reason that users see."""


def own_value(value: object, field: KeptField, options: ReadOptions) -> ExtraValue | None:
    """Return a value of an input as a value of an own field; None for one that is empty.

    Only a field of kind ``value`` or ``words`` has several values, those of a list. Raises :class:`WrongValueError`.

    >>> own_value(["Economy", "", "Economy"], KeptField("theme", "Theme"), ReadOptions())
    'Economy'
    """
    items = list(value) if isinstance(value, list | tuple) else [value]
    found = [one for item in items if (one := _one(item, field.kind, options, field.name)) is not None]
    if field.kind in ("value", "words"):
        texts = tuple(dict.fromkeys(map(str, found)))
        return texts if len(texts) > 1 else next(iter(texts), None)
    if len(set(found)) > 1:
        raise WrongValueError(f"{field.name}: a list is not a {field.kind}")
    return found[0] if found else None


def _one(value: object, kind: OwnKind, options: ReadOptions, name: str) -> ExtraValue | None:
    if isinstance(value, str):
        value = squeeze(value)
        if not value or value in NULL_STRINGS:
            return None
    if value is None:
        return None
    if kind == "date":
        date, _ = first_date([value], options)
        if date is None:
            raise WrongValueError(f"{name}: {_shown(value)} is not a date")
        if isinstance(date, PartialDate):
            raise WrongValueError(f"{name}: {_shown(value)} is not a whole date")
        return date
    if kind == "number":
        number = parse_number(value) if isinstance(value, str) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = clean_number(value)
        if number is None:
            limit = f" of at most {MAX_DIGITS} digits" if isinstance(value, int) else ""
            raise WrongValueError(f"{name}: {_shown(value)} is not a number{limit}, as 1234 or 1.5")
        return number
    if isinstance(value, dict):
        named = next(
            (text for key in NAME_KEYS if isinstance(text := value.get(key), str) and text.strip()), None
        )
        if named is None:
            raise WrongValueError(f"{name}: an object is not a value; name a key inside it, as {name}.name")
        return squeeze(named)
    if isinstance(value, list | tuple):
        raise WrongValueError(f"{name}: a list inside a list is not a value")
    return squeeze(str(value).lower() if isinstance(value, bool) else str(value)) or None


def _shown(value: object) -> str:
    return (
        quote_value(value)
        if isinstance(value, str | int | float) and not isinstance(value, bool)
        else json_type(value)
    )
