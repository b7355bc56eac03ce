"""Settings as TOML text. Python reads TOML, and does not write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_DELETE = "\x7f"


def toml_text(settings: Mapping[str, object]) -> str:
    """Return settings as TOML: strings, whole numbers, booleans, lists of them, and one level of tables.

    >>> print(toml_text({"query": '"a b" c', "limit": 5, "to": ["stdout"], "where": {"theme": ["oil"]}}), end="")
    query = '"a b" c'
    limit = 5
    to = ["stdout"]
    <BLANKLINE>
    [where]
    theme = ["oil"]
    """
    return "".join(f"{line}\n" for line in _toml_lines(settings))


def _toml_lines(settings: Mapping[str, object]) -> Iterator[str]:
    tables = {name: value for name, value in settings.items() if isinstance(value, Mapping)}
    for name, value in settings.items():
        if name not in tables:
            yield f"{_key(name)} = {_toml_literal(value)}"
    for name, table in tables.items():
        yield from ("", f"[{_key(name)}]")
        for key, value in table.items():
            yield f"{_key(key)} = {_toml_literal(value)}"


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _string(name)


def _toml_literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_literal, value))}]"
    if isinstance(value, str):
        return _string(value)
    raise TypeError(f"not a value of a setting: {value!r}")


def _string(text: str) -> str:
    """Return a string of TOML: one that is literal if it has quotation marks, so that people read a query as it is."""
    text = text.encode("utf-8", "replace").decode("utf-8")  # TOML has no lone surrogates
    if ('"' in text or "\\" in text) and "'" not in text and text.isprintable():
        return f"'{text}'"
    # The escapes of JSON are those of TOML, which allows no DEL either.
    return json.dumps(text, ensure_ascii=False).replace(_DELETE, "\\u007f")
