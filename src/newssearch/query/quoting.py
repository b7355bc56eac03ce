"""How words are written in a query so that nothing of them is an operator, and what is a pattern where they are not."""

from __future__ import annotations

import re
from functools import cache

from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import marks
from newssearch.text.spelling import IGNORABLE

MINUS = "−–-"
"""What means NOT in front of an operand: the hyphen, and what a word processor makes of it."""
QUOTES = '"“”„‟«»＂'
"""What begins and ends a phrase."""

INVISIBLE = IGNORABLE.replace("\u200b-\u200f", "\u200b\u200e\u200f")
"""Invisible characters, pasted along with a word, as ranges of a character class: all but the joiners, which some scripts
cannot be written without."""

_INVISIBLE_CHARACTER = Pattern(f"[{INVISIBLE}]")
_NEEDS_ESCAPE = Pattern(rf"[\\{QUOTES}*]|\?(?=\?*[^\s?])|~(?=(?:\d+|exact|name)[.,;:!?]*(?:\s|$))")
ESCAPE = Pattern(r"\\([\s\S])")
"""A backslash and the character that it takes literally."""
SURROGATE = Pattern("[\ud800-\udfff]")


def tidy(text: str) -> str:
    """``text`` without invisible characters, with one space between its words; half of a surrogate pair is U+FFFD.

    >>> tidy(" say\\u200f  hi ")
    'say hi'
    """
    return " ".join(without_invisible(SURROGATE.sub("\ufffd", text)).split())


def without_invisible(text: str) -> str:
    """``text`` without invisible characters."""
    return text if text.isascii() else _INVISIBLE_CHARACTER.sub("", text)


def quote(text: str) -> str:
    """``text`` between quotation marks, as words and nothing else.

    >>> print(quote('say "hi"'))
    "say \\"hi\\""
    """
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """``text`` as it is written between quotation marks, where nothing of it is a pattern."""
    return _NEEDS_ESCAPE.sub(r"\\\g<0>", tidy(text))


def has_wildcard(value: str) -> bool:
    """Whether a value holds a wildcard that is not escaped.

    >>> has_wildcard("fox*"), has_wildcard(r"E! \\*"), has_wildcard("What next?")
    (True, False, False)
    """
    return is_wildcard(ESCAPE.sub("x", value))


def escaped_quotes(value: str) -> str:
    """A value with its escapes as it is written between quotation marks."""
    return re.sub(
        rf"\\[\s\S]|[{QUOTES}]", lambda match: match[0] if len(match[0]) > 1 else f"\\{match[0]}", value
    )


def is_wildcard(word: str) -> bool:
    """Whether a word without escapes is a pattern: it holds ``*``, or ``?`` before its end."""
    return "*" in word or "?" in word.rstrip("?")


@cache
def wildcard() -> re.Pattern[str]:
    """A word of letters, digits and wildcards. Few queries have one, and the pattern takes milliseconds to make."""
    return re.compile(
        rf"(?:\[[^\[\]\s()/\\{QUOTES}{INVISIBLE}]{{1,64}}\]|[*?]|[^\W_][{marks()}]*|['’.](?=[\w*?\[])|(?<=[\d?\]]),(?=[\d?*\[]))+"
    )
