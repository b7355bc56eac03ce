"""Quoting words so that nothing in them is an operator, and recognising wildcards in words that are not quoted."""

from __future__ import annotations

import re
from functools import cache

from newssearch.system.lazy_regex import Pattern
from newssearch.text.spelling import IGNORABLE
from newssearch.text.tokenizer import combining_marks

MINUS = "−–-"
"""Characters that mean NOT before an operand: the hyphen, and what word processors turn it into."""
QUOTES = '"“”„‟«»＂'
"""Characters that begin and end a phrase."""

INVISIBLE = IGNORABLE.replace("\u200b-\u200f", "\u200b\u200e\u200f")
"""Invisible characters that are pasted along with a word, as ranges of a character class. The joiners are excluded,
because some scripts need them."""

_INVISIBLE_CHARACTER = Pattern(f"[{INVISIBLE}]")
_NEEDS_ESCAPE = Pattern(rf"[\\{QUOTES}*]|\?(?=\?*[^\s?])|~(?=(?:\d+|exact|name)[.,;:!?]*(?:\s|$))")
ESCAPE = Pattern(r"\\([\s\S])")
"""A backslash and the character that it takes literally."""
SURROGATE = Pattern("[\ud800-\udfff]")


def tidy(text: str) -> str:
    """Return ``text`` without invisible characters, with one space between words and U+FFFD for lone surrogates.

    >>> tidy(" say\\u200f  hi ")
    'say hi'
    """
    return " ".join(without_invisible(SURROGATE.sub("\ufffd", text)).split())


def without_invisible(text: str) -> str:
    """Return ``text`` without invisible characters."""
    return text if text.isascii() else _INVISIBLE_CHARACTER.sub("", text)


def quote(text: str) -> str:
    """Return ``text`` between quotation marks, with nothing in it a pattern.

    >>> print(quote('say "hi"'))
    "say \\"hi\\""
    """
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """Return ``text`` escaped for quotation marks, with nothing in it a pattern."""
    return _NEEDS_ESCAPE.sub(r"\\\g<0>", tidy(text))


def has_wildcard(value: str) -> bool:
    """Whether a value holds an unescaped wildcard.

    >>> has_wildcard("fox*"), has_wildcard(r"E! \\*"), has_wildcard("What next?")
    (True, False, False)
    """
    return is_wildcard(ESCAPE.sub("x", value))


def escaped_quotes(value: str) -> str:
    """Escape the quotation marks in a value, and leave its other escapes as they are."""
    return re.sub(
        rf"\\[\s\S]|[{QUOTES}]", lambda match: match[0] if len(match[0]) > 1 else f"\\{match[0]}", value
    )


def is_wildcard(word: str) -> bool:
    """Whether a word without escapes is a pattern: it holds ``*``, or ``?`` before its end."""
    return "*" in word or "?" in word.rstrip("?")


@cache
def wildcard() -> re.Pattern[str]:
    """Return the expression for a word with wildcards, compiled on first use: that takes milliseconds, and few need it."""
    return re.compile(
        rf"(?:\[[^\[\]\s()/\\{QUOTES}{INVISIBLE}]{{1,64}}\]|[*?]|[^\W_][{combining_marks()}]*|['’.](?=[\w*?\[])|(?<=[\d?\]]),(?=[\d?*\[]))+"
    )
