"""Values on one line: what ``repr()`` tells of an article or of results, however long they are."""

from __future__ import annotations

MOST = 60
"""Characters of a text that are shown, escapes counted."""
LONGEST = 199
"""Characters of the whole line."""


def brief(value: object, *facts: str) -> str:
    """A value as its type and what matters most of it: see :func:`quoted` for what comes from an article.

    >>> brief(Exception(), "of", quoted("rain\\x1b and storm"))
    "<Exception of 'rain\\\\x1b and storm'>"
    """
    line = " ".join([type(value).__name__, *filter(None, facts)])
    return f"<{line if len(line) <= LONGEST - 2 else line[: LONGEST - 3] + '…'}>"


def quoted(text: object, most: int = MOST) -> str:
    """The beginning of a text between quotation marks, its control characters escaped.

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


def shortened(line: str, most: int = MOST) -> str:
    """The beginning of a line."""
    return line if len(line) <= most else f"{line[: most - 1]}…"


def many(number: int, noun: str, nouns: str = "") -> str:
    """A number of things.

    >>> many(1, "article"), many(1200, "story", "stories")
    ('1 article', '1,200 stories')
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
