"""What a tag, a note and the name of their author may be."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from newssearch import arguments
from newssearch.display.brief import shortened
from newssearch.errors import TagError
from newssearch.fields import NO_TAG
from newssearch.text.analysis import key

MAX_TAG_CHARS = 64
"""The largest number of characters of a tag."""
MAX_NOTE_CHARS = 20_000
"""The largest number of characters of a note."""
MAX_AUTHOR_CHARS = 100
"""The largest number of characters of the name of an author."""

_SIGNS_OF_TAGS = frozenset(" -_./:'’&#@\u200c\u200d")
"""The characters besides letters, digits, emoji and symbols such as ★ that a tag may have. The last two shape letters of some scripts."""
_LETTERS_OF_TAGS = frozenset({"Ll", "Lu", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Nl", "No", "So"})
"""The categories of Unicode of the other characters of a tag. Signs of currencies and of mathematics (``€ + =``) are not among them."""

KEPT_TAGS = 1 << 16
"""The number of different tags whose spellings and keys are kept. Beyond this number, a file is read much more slowly."""


@lru_cache(maxsize=KEPT_TAGS)
def tag_key(tag: str) -> str:
    """Return what is compared of a tag: it without capitals and accents.

    >>> tag_key("Checked") == tag_key("checked"), tag_key("Überprüft")
    (True, 'uberpruft')
    """
    return key(tag)


@lru_cache(maxsize=KEPT_TAGS)
def checked_tag(tag: str) -> str:
    """Return a tag in the composed form of Unicode, with single spaces.

    Raises :class:`~newssearch.TagError` for what is no tag.

    >>> checked_tag("  to  check ")
    'to check'
    """
    given = arguments.text("tag", tag)
    text = " ".join(unicodedata.normalize("NFC", given[: 4 * MAX_TAG_CHARS]).split())
    reason = _why_no_tag(text)
    if reason:
        raise TagError(f"{shortened(ascii_if_odd(given), 80)!r} cannot be a tag: {reason}")
    return text


def _why_no_tag(text: str) -> str:
    """Return why a text is no tag; ``""`` if it is one."""
    if not text:
        return "it is empty"
    if len(text) > MAX_TAG_CHARS:
        return f"it has more than {MAX_TAG_CHARS} characters"
    for char in text:
        if char not in _SIGNS_OF_TAGS and unicodedata.category(char) not in _LETTERS_OF_TAGS:
            shown = repr(char) if char.isprintable() else f"U+{ord(char):04X}"
            return f"{shown} is in it; tags have letters, digits, emoji and symbols such as ★, spaces, and the signs - _ . / : ' & # @"
    if text[0] in _SIGNS_OF_TAGS or text[-1] in " \u200c\u200d":
        return "it begins with a letter, a digit or a symbol"
    if not any(map(str.isalnum, text)) or not tag_key(text):
        return "it has no letter or digit"
    if tag_key(text) == NO_TAG:
        return f"tag:{NO_TAG} finds the articles without a tag"
    return ""


def ascii_if_odd(text: str) -> str:
    """Return a text with characters that cannot be printed replaced by a question mark."""
    return "".join(char if char.isprintable() else "?" for char in text[:1000])


def checked_note(note: str) -> str:
    """Return a note in the composed form of Unicode, without white space around it; ``""`` for none.

    Lines may end as on any system. Raises :class:`~newssearch.TagError` for control characters, and for a note of more
    than :data:`MAX_NOTE_CHARS`.
    """
    given = arguments.text("note", note)
    if len(given) > 4 * MAX_NOTE_CHARS:
        raise TagError(f"a note has at most {MAX_NOTE_CHARS:,} characters, not {len(given):,}")
    text = composed_note(given)
    if len(text) > MAX_NOTE_CHARS:
        raise TagError(f"a note has at most {MAX_NOTE_CHARS:,} characters, not {len(text):,}")
    if (odd := _control_in(text, "\n\t")) is not None:
        raise TagError(f"a note cannot have the control character U+{ord(odd):04X}")
    return text


def composed_note(note: str) -> str:
    """Return a text as it is kept as a note: in the composed form of Unicode, its lines ended by ``\\n``, without white space around it."""
    lines = unicodedata.normalize("NFC", note).replace("\r\n", "\n").replace("\r", "\n")
    return lines.strip()


@lru_cache(maxsize=4096)
def checked_author(author: str) -> str:
    """Return the name of an author, with single spaces; ``""`` if it is not known. Raises :class:`~newssearch.TagError`."""
    given = arguments.text("author", author)
    text = " ".join(unicodedata.normalize("NFC", given[: 4 * MAX_AUTHOR_CHARS]).split())
    if len(text) > MAX_AUTHOR_CHARS:
        raise TagError(f"the name of an author has at most {MAX_AUTHOR_CHARS} characters")
    if (odd := _control_in(text, "")) is not None:
        raise TagError(f"the name of an author cannot have the control character U+{ord(odd):04X}")
    return text


def _control_in(text: str, allowed: str) -> str | None:
    """Return a control character, or half of a surrogate pair, in a text, unless it is ``allowed``; None if there is none."""
    odd = (char for char in text if char not in allowed and unicodedata.category(char) in ("Cc", "Cs"))
    return next(odd, None)
