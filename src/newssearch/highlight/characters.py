"""User-perceived characters, which a cut must not divide."""

from __future__ import annotations

import unicodedata


def is_inside(text: str, at: int) -> bool:
    """Whether a position is inside a user-perceived character, such as a letter with combining accents.

    >>> is_inside("e\\u0301a", 1), is_inside("e\\u0301a", 2)
    (True, False)
    """
    if not 0 < at < len(text):
        return False
    char = text[at]
    joined = char == "\u200d" or text[at - 1] == "\u200d"
    return joined or unicodedata.category(char)[0] == "M" or "\U0001f3fb" <= char <= "\U0001f3ff"
