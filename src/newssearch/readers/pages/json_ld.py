"""Parse the JSON-LD in the scripts of a page, and repair common mistakes in it."""

from __future__ import annotations

import html
import json
import re

LONGEST_JSON_LD = 4 * 1024 * 1024
"""The maximum number of characters of a script that is parsed as JSON-LD."""


_SCRIPT_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)+|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|;)\s*$"
)


_TRAILING_COMMA = re.compile(r",(\s*[\]}])")


_BAD_ESCAPE = re.compile(r'\\(?:u(?![0-9a-fA-F]{4})|[^"\\/bfnrtu])')


_LINE_COMMENT = re.compile(r"^[ \t]*//.*$|(?<=[,{\[])[ \t]*//.*$", re.MULTILINE)


def load_json_ld(text: str) -> object:
    """Return the JSON value in a script, or None if it cannot be parsed even after simple repairs.

    >>> load_json_ld('<!-- {"headline": "Rain", "author": ["Jane Doe",],} -->')
    {'headline': 'Rain', 'author': ['Jane Doe']}
    """
    if len(text) > LONGEST_JSON_LD:
        return None
    text = text.removeprefix("\ufeff").strip()
    for mend in (lambda it: it, _unwrap_script, _mend_json):
        text = mend(text)
        try:
            return _concatenated_values(text)
        except (ValueError, RecursionError):
            continue
    return None


def _concatenated_values(text: str) -> object:
    """Return the JSON value in a text, or a list of the values if several follow one another.

    Raises ValueError if the text does not begin with a JSON value.
    """
    decoder = json.JSONDecoder(strict=False)
    value, end = decoder.raw_decode(text)
    values = [value]
    while end < len(text):
        rest = text[end:].lstrip(" \t\r\n,;")
        if not rest:
            break
        try:
            value, more = decoder.raw_decode(rest)
        except ValueError:
            break
        values.append(value)
        end = len(text) - len(rest) + more
    return values[0] if len(values) == 1 else values


def _unwrap_script(text: str) -> str:
    for _ in range(3):
        text = _SCRIPT_WRAPPING.sub("", text).strip()
    return text


def _mend_json(text: str) -> str:
    """Return JSON without trailing commas, comments and invalid escapes.

    If all its quotation marks are written as entities, they are resolved.
    """
    if "&quot;" in text and '"' not in text:
        text = html.unescape(text)
    text = _BAD_ESCAPE.sub(lambda match: match[0][1:], text)
    return _TRAILING_COMMA.sub(r"\1", _LINE_COMMENT.sub("", text))
