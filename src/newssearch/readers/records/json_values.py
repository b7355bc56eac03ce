"""What is done to the names and values of a record, whichever dialect it is in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from newssearch.article import Provenance
from newssearch.readers.html_fragment import blocks_of, has_markup, line_of
from newssearch.text.paragraphs import Block

RecordValues = dict[str, object]
"""A record by the normal names of its keys."""

RecordText = str | list[str | Block]

FROM_UPDATED = Provenance("stated", "when it was updated")
FROM_SUMMARY = Provenance("stated", "only a summary")
FROM_CUT_TEXT = Provenance("stated", "cut by the service")

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|h[1-6]|ul|ol|li|blockquote|figure|table|article|section)\b[^<>]*>", re.IGNORECASE
)
_CUT_MARK = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+?\d+ chars\]\s*")
_BY_PREFIX = re.compile(r"by[:\s]\s*(?=\S)", re.IGNORECASE)


@lru_cache(4096)
def normal_name(name: str) -> str:
    """The name of a key or column as all are compared: letters and digits, small, without accents.

    >>> normal_name("datePublished") == normal_name("Date published") == normal_name("date_published"), normal_name("Título")
    (True, 'titulo')
    """
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return _NOT_ALPHANUMERIC.sub("", plain)


def values_of(record: Mapping[object, object]) -> RecordValues:
    """A record by the normal names of its keys; of keys that become one, the first that has a value stays."""
    values: RecordValues = {}
    for key, value in record.items():
        name = normal_name(str(key)[:200])
        if values.get(name) in (None, "", []):
            values[name] = value
    return values


def inner(value: object, *path: str) -> object:
    """What lies within objects under these normal names; None where nothing does."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = values_of(value).get(name)
    return value


def string(value: object) -> str | None:
    """A string that says something."""
    return value if isinstance(value, str) and value.strip() else None


def objects(value: object) -> list[RecordValues]:
    """The objects in a list, or in an object of objects, or the one that there is."""
    if isinstance(value, dict):
        inside = [item for item in value.values() if isinstance(item, dict)]
        return [values_of(item) for item in inside] if len(inside) == len(value) else [values_of(value)]
    if isinstance(value, list):
        return [values_of(item) for item in value if isinstance(item, dict)]
    return []


def first(values: RecordValues, *names: str) -> str | None:
    """The first of these that is a string that says something."""
    return next((text for name in names if (text := string(values.get(name)))), None)


def listed_names(value: object, *keys: str) -> list[str]:
    """The names of persons or things: strings, objects with a name, or a list of either."""
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        name = first(values_of(item), *keys, "name", "title") if isinstance(item, dict) else string(item)
        if name and name not in found:
            found.append(name)
    return found


def without_by(byline: str | None) -> str | None:
    """A byline without the ``By`` in front.

    >>> without_by("By Jane Doe"), without_by("Byron Katz")
    ('Jane Doe', 'Byron Katz')
    """
    return _BY_PREFIX.sub("", byline, count=1) if byline and _BY_PREFIX.match(byline) else byline


def plain_headline(value: object) -> str | None:
    """A headline that may have markup and entities in it."""
    text = string(value)
    return line_of(text) if text and has_markup(text) else text


def html_blocks(value: object) -> list[str | Block]:
    """The paragraphs of a value that is HTML."""
    text = string(value)
    return list(blocks_of(text)) if text else []


def prose(text: str) -> RecordText:
    """A text that may be HTML: it is where it has tags that part paragraphs."""
    return html_blocks(text) if "<" in text and _BLOCK_TAG.search(text) else text


def uncut(text: str) -> tuple[str, bool]:
    """A text without what a service writes where it cut it, and whether it did.

    >>> uncut("It rained… [+1234 chars]")
    ('It rained', True)
    """
    tail = text[-60:]
    match = next((match for match in _CUT_MARK.finditer(tail) if match.end() == len(tail)), None)
    return (text[: len(text) - len(tail) + match.start()], True) if match else (text, False)


def value_at(record: Mapping[object, object], column: str) -> object:
    """What a record has under a key as a person writes it, in any case; with dots also within objects."""
    wanted = normal_name(column)
    exact = record.get(column)
    if exact is not None:
        return exact
    value = values_of(record).get(wanted)
    if value is None and "." in column:
        return inner(record, *map(normal_name, column.split(".")))
    return value


def filled(values: Iterable[object]) -> object:
    """The first that is not empty."""
    return next((value for value in values if value not in (None, "", [], {})), None)
