"""Quotes words so that nothing in them is an operator, and recognises wildcards in unquoted words."""

from __future__ import annotations

import re
from functools import cache

from newssearch.system.lazy_regex import Pattern
from newssearch.text.spelling import IGNORABLE
from newssearch.text.tokenizer import combining_marks

MINUS = "−–-"
"""Characters that mean NOT before an operand: the hyphen, and the dashes into which word processors turn it."""
QUOTES = '"“”„‟«»＂'
"""Quotation marks. Any of them begins a phrase, and any of them ends it."""

INVISIBLE = IGNORABLE.replace("\u200b-\u200f", "\u200b\u200e\u200f")
"""Invisible characters that are often copied together with a word, as ranges of a character class.

The joiners are excluded, because some scripts need them."""

_INVISIBLE_CHARACTER = Pattern(f"[{INVISIBLE}]")
_NEEDS_ESCAPE = Pattern(rf"[\\{QUOTES}*]|\?(?=\?*[^\s?])|~(?=(?:\d+|exact|name)[.,;:!?]*(?:\s|$))")
ESCAPE = Pattern(r"\\([\s\S])")
"""Matches a backslash and the character after it, which is meant literally."""
SURROGATE = Pattern("[\ud800-\udfff]")


def tidy(text: str) -> str:
    """Return ``text`` without invisible characters, with single spaces between words.

    Lone surrogates are replaced by U+FFFD.

    >>> tidy(" say\\u200f  hi ")
    'say hi'
    """
    if text.isascii():
        return " ".join(text.split())
    return " ".join(without_invisible(SURROGATE.sub("\ufffd", text)).split())


def without_invisible(text: str) -> str:
    """Return ``text`` without invisible characters."""
    return text if text.isascii() else _INVISIBLE_CHARACTER.sub("", text)


def quote(text: str) -> str:
    """Return ``text`` in quotation marks, escaped so that nothing in it is a pattern.

    >>> print(quote('say "hi"'))
    "say \\"hi\\""
    """
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """Return ``text`` escaped so that nothing in it is a pattern when quotation marks are put around it."""
    return _NEEDS_ESCAPE.sub(r"\\\g<0>", tidy(text))


def has_wildcard(value: str) -> bool:
    """Whether a value has a wildcard that is not escaped.

    >>> has_wildcard("fox*"), has_wildcard(r"E! \\*"), has_wildcard("What next?")
    (True, False, False)
    """
    return is_wildcard(ESCAPE.sub("x", value))


def escaped_quotes(value: str) -> str:
    """Return a value with its quotation marks escaped and its other escapes unchanged."""
    return re.sub(
        rf"\\[\s\S]|[{QUOTES}]", lambda match: match[0] if len(match[0]) > 1 else f"\\{match[0]}", value
    )


def is_wildcard(word: str) -> bool:
    """Whether a word without escapes is a wildcard pattern: it has ``*``, or ``?`` before its end."""
    return "*" in word or "?" in word.rstrip("?")


@cache
def wildcard() -> re.Pattern[str]:
    """Return the regular expression of a wildcard pattern.

    It is compiled on first use, because that takes milliseconds and few queries need it.
    """
    return re.compile(
        rf"(?:\[[^\[\]\s()/\\{QUOTES}{INVISIBLE}]{{1,64}}\]|[*?]|[^\W_][{combining_marks()}]*|['’.](?=[\w*?\[])|(?<=[\d?\]]),(?=[\d?*\[]))+"
    )
