"""Decides which keys of records identify an article in all files, and which only within their file.

A key is global by its form, such as a UUID, or within a *scope*: the database that gave it, or the outlet. All other
keys, such as ``1`` or ``row 7``, identify an article only within its file: two files that number their rows from 1
have different articles.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from newssearch.identity import normal_key
from newssearch.system.lazy_regex import Pattern

MIN_GLOBAL_LENGTH = 16
"""The smallest length in letters and digits, which must be mixed, from which a key without a scope is global."""
MIN_ALTERNATIONS = 3
"""The smallest number of changes between letters and digits in such a key, unless it is hexadecimal."""


class KeyScope(NamedTuple):
    """The scope of a key: the ``name`` of the database or the kind of id. With ``of_outlet``, each outlet has its own
    keys.
    """

    name: str
    of_outlet: bool = False


_UUID = Pattern(
    r"(?:urn:uuid:)?\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?", re.IGNORECASE
)
_NAME_OF_ONE = Pattern(
    r"urn:[a-z0-9][a-z0-9-]+:\S.*|tag:[^\s,:]+,\d{4}[\d-]*:\S.*|[a-z][a-z0-9+.-]*://[^\s/].*", re.IGNORECASE
)
"""Matches URNs, tags and URLs."""
_NEWSML = Pattern(r"(urn:newsml:[^:]+:\d{8}[^:]*:.+):\d+[anu]?", re.IGNORECASE)
"""Matches a URN of NewsML with the number of a revision (RFC 3085), which names a version of an article."""
_MIXED = Pattern(r"[\w.:+=/-]+", re.ASCII)
_READABLE_WORD = Pattern(r"[A-Za-z][a-z]{4,}|[A-Z]{7,}")
_MOMENT = Pattern(r"\d{4}-?\d\d-?\d\d[T ]\d\d.*")
_ROW_NUMBER = Pattern(r"\d{1,5}")
_WHOLE_FLOAT = Pattern(r"(\d+)\.0+")


def identity_of(key: str, scope: KeyScope, outlet: str | None) -> str | None:
    """Return the identity that a key gives an article in all files, or None if it identifies only within its file.

    A short number could be that of a row: it is global only for an outlet.

    >>> identity_of("12345678", KeyScope("proquest"), None), identity_of("7", KeyScope("proquest"), None)
    ('proquest:12345678', None)
    >>> identity_of("7", KeyScope("key", of_outlet=True), "BBC"), identity_of("7", KeyScope(""), "BBC")
    ('key:bbc:7', None)
    """
    key = normal_key(key)
    if (named := _global_form(key)) is not None:
        return named
    if not scope.name:
        return None
    key = key.strip("<>")  # around the id of a message
    if (whole := _WHOLE_FLOAT.fullmatch(key)) is not None:  # as spreadsheets and data frames write integers
        key = whole[1]
    if scope.of_outlet and outlet:
        return f"{scope.name}:{outlet.casefold()}:{key}"
    return (
        None
        if _ROW_NUMBER.fullmatch(key)
        else f"{scope.name}::{key}"
        if scope.of_outlet
        else f"{scope.name}:{key}"
    )


def _global_form(key: str) -> str | None:
    """Return the common spelling of a key whose form is global, or None for another key.

    >>> _global_form("{0F8FAD5B-D9CB-469F-A165-70867728950E}"), _global_form("urn:newsml:x.org:20240725:A1:2N")
    ('0f8fad5b-d9cb-469f-a165-70867728950e', 'urn:newsml:x.org:20240725:A1')
    >>> _global_form("2024-07-25-rain-in-baghdad-3-dead"), _global_form("2024-07-25T14:30:00Z"), _global_form("row 7")
    (None, None, None)
    """
    if (uuid := _UUID.fullmatch(key)) is not None:
        return uuid[1].lower() if uuid[1].strip("0-") else None
    if (newsml := _NEWSML.fullmatch(key)) is not None:
        return newsml[1]
    if _NAME_OF_ONE.fullmatch(key) is not None:
        return key
    characters = "".join(filter(str.isalnum, key)) if _MIXED.fullmatch(key) else ""
    if len(characters) < MIN_GLOBAL_LENGTH or _MOMENT.fullmatch(key) is not None:
        return None
    alternations = sum(one.isdigit() != other.isdigit() for one, other in pairwise(characters))
    if not alternations:
        return None
    if not characters.lower().strip("0123456789abcdef") and key.isalnum():
        return key
    return key if alternations >= MIN_ALTERNATIONS and _READABLE_WORD.search(key) is None else None
