"""Text without characters that a reader cannot see, for readers that see them all: language models."""

from __future__ import annotations

import re
import unicodedata

from newssearch.system.lazy_regex import Pattern

JOINERS = "\u200c\u200d"
"""Characters that join or separate letters of Persian, Hindi and other scripts, and the parts of an emoji."""
_HIDDEN_RANGES = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    r"\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Soft hyphens, fillers, marks and overrides of the writing direction, zero-width spaces and operators, tags."""
_CONTROL_CLASS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
"""Control characters without tabs and line breaks, and lone surrogates."""
_NEVER_SEEN = Pattern(f"[{_HIDDEN_RANGES}]+")
_CONTROLS = Pattern(f"[{_CONTROL_CLASS}]")
_SOMETIMES_SEEN = Pattern(r"[\u200c\u200d\ufe00-\ufe0f]+")
"""Joiners, and variation selectors, which choose a form of the character before: text or picture, for example."""


def visible(text: str) -> str:
    r"""Return ``text`` without characters that are not seen, with U+FFFD for control characters and lone surrogates.

    Tabs and line breaks stay. A variation selector stays after a character that is seen, and a joiner between two beyond
    ASCII, one of each at most. So nobody can hide a text in a text, and Persian, Hindi and emoji are as they were.

    >>> visible("a\x1b[31m\u200bb\U000e0041\u202ec\n")
    'a\ufffd[31mbc\n'
    >>> visible("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645") == "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    True
    """
    if text.isascii() and text.isprintable():
        return text
    return _SOMETIMES_SEEN.sub(_with_an_effect, _CONTROLS.sub("\ufffd", _NEVER_SEEN.sub("", text)))


def _with_an_effect(run: re.Match[str]) -> str:
    """Return the characters of a run of joiners and variation selectors that have an effect."""
    characters, text = run.group(), run.string
    before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
    selector = characters[0] if characters[0] not in JOINERS and _is_drawn(before) else ""
    joiner = next((char for char in characters if char in JOINERS), "")
    joins = before > "\x7f" and after > "\x7f" and _is_drawn(before) and _is_drawn(after)
    return selector + (joiner if joins else "")


def _is_drawn(char: str) -> bool:
    """Whether a character is a letter, a mark, a digit or a sign."""
    return bool(char) and unicodedata.category(char)[0] in "LMNPS"
