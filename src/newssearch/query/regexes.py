"""Compiles regular expressions in queries, which are matched against folded words."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Protocol

from newssearch.text.folding import fold

MAX_REGEX = 256
"""The largest number of characters in a regular expression."""


class _Compiled(Protocol):
    def fullmatch(self, string: str, /, *, timeout: float) -> object: ...


@lru_cache(maxsize=256)
def compile_regex(pattern: str) -> _Compiled:
    """Compile a regular expression for folded words. Raises ValueError with the reason if it is not valid.

    Uses the package ``regex``, which can limit the time of a match.
    """
    import regex  # slow to import, and few queries need it

    if len(pattern) > MAX_REGEX:
        raise ValueError(f"it has more than {MAX_REGEX} characters")
    try:
        compiled: _Compiled = regex.compile(fold_letters(pattern), regex.IGNORECASE | regex.VERSION0)
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise ValueError(str(error)) from None
    return compiled


def fold_letters(text: str) -> str:
    """Return a regular expression in which each letter and accent beyond ASCII is folded by itself.

    ASCII letters stay as they are; IGNORECASE handles their case.

    >>> fold_letters(r"\\W[À-Ö]"), fold_letters("cafe\u0301s?")
    ('\\\\W[a-o]', 'cafes?')
    """
    return "".join(
        fold(char) if not char.isascii() and unicodedata.category(char)[0] in "LMN" else char for char in text
    )
