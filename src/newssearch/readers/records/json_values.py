"""Normalise the keys and convert the values of a record, whatever its dialect."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from newssearch.article import Provenance
from newssearch.readers.html_fragment import blocks_of, has_markup, line_of
from newssearch.text.paragraphs import Block

RecordValues = dict[str, object]
"""The values of a record, keyed by its keys in normal form (:func:`normal_name`)."""

RecordText = str | list[str | Block]

FROM_UPDATED = Provenance("stated", "when it was updated")
FROM_SUMMARY = Provenance("stated", "only a summary")
FROM_CUT_TEXT = Provenance("stated", "cut by the service")

_PLAIN_LETTERS = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe"})
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|figure|table|article|section)\b[^<>]*>", re.IGNORECASE
)
_CUT_MARK = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+?\d+ chars\]\s*")
_BY_PREFIX = re.compile(r"by[:\s]\s*(?=\S)", re.IGNORECASE)


@lru_cache(4096)
def normal_name(name: str) -> str:
    """Return the name of a key or column in normal form: letters and digits in lower case, without accents.

    >>> normal_name("datePublished") == normal_name("Date published") == normal_name("date_published"), normal_name("Título")
    (True, 'titulo')
    """
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
        plain = plain.translate(_PLAIN_LETTERS)
    return _NOT_ALPHANUMERIC.sub("", plain)


def values_of(record: Mapping[object, object]) -> RecordValues:
    """Return the values of a record, keyed by normal names.

    If several keys have the same normal name, the first of them with a value counts.
    """
    values: RecordValues = {}
    for key, value in record.items():
        name = normal_name(str(key)[:200])
        if values.get(name) in (None, "", []):
            values[name] = value
    return values


def inner(value: object, *path: str) -> object:
    """Return the value at a path in nested objects, or None; the path consists of keys in normal form."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = values_of(value).get(name)
    return value


def string(value: object) -> str | None:
    """Return the value if it is a string that is not blank, else None."""
    return value if isinstance(value, str) and value.strip() else None


def objects(value: object) -> list[RecordValues]:
    """Return the objects in a value, with their keys in normal form.

    They are those in a list, those in an object that holds only objects, or any other object alone.
    """
    if isinstance(value, dict):
        inside = [item for item in value.values() if isinstance(item, dict)]
        return [values_of(item) for item in inside] if len(inside) == len(value) else [values_of(value)]
    if isinstance(value, list):
        return [values_of(item) for item in value if isinstance(item, dict)]
    return []


def first(values: RecordValues, *names: str) -> str | None:
    """Return the first value under the given normal names that is a string and not blank, or None."""
    return next((text for name in names if (text := string(values.get(name)))), None)


def listed_names(value: object, *keys: str) -> list[str]:
    """Return the names in a value, which is a string, an object with a name, or a list of either, without repetitions.

    ``keys`` are looked up in an object before ``name`` and ``title``.
    """
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        name = first(values_of(item), *keys, "name", "title") if isinstance(item, dict) else string(item)
        if name and name not in found:
            found.append(name)
    return found


def without_by(byline: str | None) -> str | None:
    """Return a byline without a leading ``By``.

    >>> without_by("By Jane Doe"), without_by("Byron Katz")
    ('Jane Doe', 'Byron Katz')
    """
    return _BY_PREFIX.sub("", byline, count=1) if byline and _BY_PREFIX.match(byline) else byline


def plain_headline(value: object) -> str | None:
    """Return a headline without markup and HTML entities, or None if the value is not a string or is blank."""
    text = string(value)
    return line_of(text) if text and has_markup(text) else text


def html_blocks(value: object) -> list[str | Block]:
    """Return the blocks of a value that is a string of HTML; an empty list for any other value."""
    text = string(value)
    return list(blocks_of(text)) if text else []


def prose(text: str) -> RecordText:
    """Return a text unchanged, or its blocks if it contains a tag of an HTML block element."""
    return html_blocks(text) if "<" in text and _BLOCK_TAG.search(text) else text


def uncut(text: str) -> tuple[str, bool]:
    """Return a text without the mark with which a service shows that it cut the text, and whether there was one.

    >>> uncut("It rained… [+1234 chars]")
    ('It rained', True)
    """
    tail = text[-60:]
    match = next((match for match in _CUT_MARK.finditer(tail) if match.end() == len(tail)), None)
    return (text[: len(text) - len(tail) + match.start()], True) if match else (text, False)


def value_at(record: Mapping[object, object], column: str) -> object:
    """Return the value under the key that a user named as ``column``, or None if there is none.

    The key may be in any case, and dots lead into nested objects.
    """
    wanted = normal_name(column)
    exact = record.get(column)
    if exact is not None:
        return exact
    value = values_of(record).get(wanted)
    if value is None and "." in column:
        return inner(record, *map(normal_name, column.split(".")))
    return value


def filled(values: Iterable[object]) -> object:
    """Return the first value that is not empty, or None if all are empty."""
    return next((value for value in values if value not in (None, "", [], {})), None)
