"""Descriptions of limited length on one line, such as the ``repr()`` of articles and results."""

from __future__ import annotations

MAX_QUOTED_CHARS = 60
"""The largest number of characters of a quotation, including quotation marks and escapes."""
MAX_BRIEF_CHARS = 199
"""The largest number of characters of a description, including its angle brackets."""


def brief(value: object, *facts: str) -> str:
    """Return the type of a value and the given facts, in angle brackets.

    A fact that is text from an article must be :func:`quoted`.

    >>> brief(Exception(), "of", quoted("rain\\x1b and storm"))
    "<Exception of 'rain\\\\x1b and storm'>"
    """
    line = " ".join([type(value).__name__, *filter(None, facts)])
    return f"<{line if len(line) <= MAX_BRIEF_CHARS - 2 else line[: MAX_BRIEF_CHARS - 3] + '…'}>"


def quoted(text: object, most: int = MAX_QUOTED_CHARS) -> str:
    """Return a text as ``repr()`` does, but in at most ``most`` characters: an ellipsis replaces the rest.

    >>> quoted("It rained on Baghdad.", 12), quoted(None)
    ("'It rained…'", 'None')
    """
    if not isinstance(text, str):
        return shortened(repr(text), most)
    shown = repr(text[:most])
    if len(text) <= most and len(shown) <= most:
        return shown
    end = most
    while end and len(repr(f"{text[:end].rstrip()}…")) > most:
        end -= 1
    return repr(f"{text[:end].rstrip()}…")


def shortened(line: str, most: int = MAX_QUOTED_CHARS) -> str:
    """Return a line in at most ``most`` characters: an ellipsis replaces the rest."""
    return line if len(line) <= most else f"{line[: most - 1]}…"


def many(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun, in the singular or the plural.

    >>> many(1, "article"), many(1200, "story", "stories")
    ('1 article', '1,200 stories')
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def value_label(value: str | None) -> str:
    """Return the value of a field as people read it in a list: ``(none)`` if there is none, and a value that reads so in quotes.

    >>> value_label("News"), value_label(None), value_label("(none)")
    ('News', '(none)', '"(none)"')
    """
    if value is None:
        return "(none)"
    return f'"{value}"' if value == "(none)" else value
