"""The entries of the file of tags: one line for each tag of an article, each note, and each removal of one.

A line is a JSON object::

    {"article": "ID", "tag": "checked", "at": "2026-11-30T18:29:49.123456Z", "by": "Ada"}
    {"article": "ID", "tag": "todo", "removed": true, "at": "…"}
    {"article": "ID", "note": "Second source?", "at": "…", "by": "Ada"}
    {"article": "ID", "removed_note": "k4mz2vq7p3xa", "at": "…"}

Entries about the same thing are joined by :func:`later`, which is commutative, associative and idempotent. So the union of
two files is the same in any order, a removal is not undone by an older copy, and duplicate lines do no harm.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, NamedTuple, TypeAlias

from newssearch.errors import TagError
from newssearch.identity import id_digest, without_slug
from newssearch.system.lazy_regex import Pattern

from .names import checked_author, checked_note, checked_tag, tag_key

MAX_ID_CHARS = 500
"""The largest number of characters of an id in the file."""
_MOMENT_OF_LINE = Pattern(
    r"(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,6}))?Z",
    re.ASCII,
)
LAST_YEAR = "9000"
"""Moments of this year and later are refused: a change could not come after them."""

EntryKey: TypeAlias = "tuple[str, str, str]"
"""What an entry is about: an article, ``tag`` or ``note``, and the tag as it is compared or the digest of the note."""


_code_of = lru_cache(maxsize=16)(without_slug)
"""Returns the digest at the end of an id. The lines about one article stand together."""


class TagEntry(NamedTuple):
    """An article has a tag since the moment ``at``; or has it no more, if it was ``removed``."""

    article: str
    tag: str
    at: str
    by: str = ""
    removed: bool = False

    @property
    def key(self) -> EntryKey:
        return _code_of(self.article), "tag", tag_key(self.tag)

    @property
    def rank(self) -> tuple[str, ...]:
        # At the same moment, a tag is rather kept than lost.
        return self.at, "" if self.removed else "present", self.tag, self.by, self.article

    def to_dict(self) -> dict[str, object]:
        """Return the line of the entry, without what is empty."""
        removed: dict[str, object] = {"removed": True} if self.removed else {}
        return {"article": self.article, "tag": self.tag, **removed, **_moment_and_author(self.at, self.by)}


class NoteEntry(NamedTuple):
    """Somebody has written a note on an article. A note does not change: what replaces it is another one."""

    article: str
    text: str
    at: str
    by: str = ""

    @property
    def digest(self) -> str:
        """What identifies the note: a digest of its article, text, moment and author."""
        return id_digest("\n".join((without_slug(self.article), self.at, self.by, self.text)))

    @property
    def key(self) -> EntryKey:
        return _code_of(self.article), "note", self.digest

    @property
    def rank(self) -> tuple[str, ...]:
        return "", self.article, self.text

    def to_dict(self) -> dict[str, object]:
        """Return the line of the entry, without what is empty."""
        return {"article": self.article, "note": self.text, **_moment_and_author(self.at, self.by)}


class NoteRemoval(NamedTuple):
    """A note, which its digest identifies, was removed or replaced. Its text is not kept."""

    article: str
    note: str
    at: str
    by: str = ""

    @property
    def key(self) -> EntryKey:
        return _code_of(self.article), "note", self.note

    @property
    def rank(self) -> tuple[str, ...]:
        return "removed", self.at, self.by, self.article

    def to_dict(self) -> dict[str, object]:
        """Return the line of the entry, without what is empty."""
        return {"article": self.article, "removed_note": self.note, **_moment_and_author(self.at, self.by)}


TagLine: TypeAlias = "TagEntry | NoteEntry | NoteRemoval"


def _moment_and_author(at: str, by: str) -> dict[str, object]:
    shown = at.replace(".000000Z", "Z")
    return {"at": shown, "by": by} if by else {"at": shown}


def later(one: TagLine, other: TagLine) -> TagLine:
    """Return which of two entries about the same thing holds.

    Of a tag, the later one. Of a note, its removal, which is for good.
    """
    return one if one.rank >= other.rank else other


def written_line(entry: TagLine) -> str:
    """Return an entry as a line of the file."""
    parts = (
        f'"{name}": {encode_basestring(value) if isinstance(value, str) else json.dumps(value)}'
        for name, value in entry.to_dict().items()
    )
    return f"{{{', '.join(parts)}}}"  # what json.dumps() of it all returns, but that takes twice the time


_KEYS_OF_LINES = {
    "tag": frozenset({"article", "tag", "removed", "at", "by"}),
    "note": frozenset({"article", "note", "at", "by"}),
    "removed_note": frozenset({"article", "removed_note", "at", "by"}),
}
_USUAL_LINE = Pattern(
    r'\{"article": "([\w-]{1,500})", "tag": "([^"\\\x00-\x1f]{1,64})", ("removed": true, )?"at": "([0-9TZ:.-]{20,27})"'
    r'(?:, "by": "([^"\\\x00-\x1f]{1,100})")?\}',
    re.ASCII,
)
"""Matches a line about a tag in which no character is escaped."""
_DIGEST = Pattern(r"[a-z2-7]{12}")


def read_line(value: object) -> TagLine:
    """Return the entry that a line states. Raises ValueError with what is wrong."""
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
    kind = "tag" if "tag" in value else "note" if "note" in value else "removed_note"
    if unknown := value.keys() - _KEYS_OF_LINES[kind]:
        names = ", ".join(sorted(map(str, unknown)))
        raise ValueError(f"it has {names}, which this version of newssearch does not know")
    article, said = _text_of_line(value, "article"), _text_of_line(value, kind)
    at, by = _checked_moment(_text_of_line(value, "at")), _text_of_line(value, "by", "")
    if not 0 < len(article) <= MAX_ID_CHARS or not article.isprintable():
        raise ValueError("article is no id")
    try:
        author = checked_author(by) if by else ""
        if kind == "tag":
            return TagEntry(article, checked_tag(said), at, author, _removed(value))
        if kind == "note":
            note = checked_note(said)
            if not note:
                raise ValueError("note is empty")
            return NoteEntry(article, note, at, author)
    except TagError as error:
        raise ValueError(str(error)) from None
    if not _DIGEST.fullmatch(said):
        raise ValueError("removed_note is no digest of a note")
    return NoteRemoval(article, said, at, author)


def read_usual_line(line: str) -> TagEntry | None:
    """Return the entry of a line about a tag, if it has the form that :func:`written_line` gives it.

    None for all other lines, and for those with a mistake: :func:`read_line` reads them, which takes five times as long.
    """
    found = _USUAL_LINE.fullmatch(line)
    if found is None:
        return None
    article, tag, removed, at, by = found.groups()
    try:
        author = checked_author(by) if by else ""
        return TagEntry(article, checked_tag(tag), _checked_moment(at), author, removed is not None)
    except (TagError, ValueError):
        return None


def _text_of_line(value: dict[str, Any], name: str, default: str | None = None) -> str:
    found = value.get(name, default)
    if not isinstance(found, str):
        raise ValueError(f"it has no {name}" if found is None else f"{name} is no text")
    return found


def _removed(value: dict[str, Any]) -> bool:
    removed = value.get("removed", False)
    if not isinstance(removed, bool):
        raise ValueError("removed is true or false")
    return removed


@lru_cache(maxsize=4096)
def _checked_moment(text: str) -> str:
    """Return a moment with six digits of the second's fraction, so that moments compare as texts."""
    found = _MOMENT_OF_LINE.fullmatch(text)
    if found is None or text >= LAST_YEAR or not _is_day(found[1][:10]):
        raise ValueError(f"{text[:40]!r} is no moment in UTC, such as 2026-11-30T18:29:49Z")
    return f"{found[1]}.{found[2] or '':0<6}Z"


@lru_cache(maxsize=4096)
def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
