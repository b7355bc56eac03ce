"""What pages show of the tags and notes of articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from newssearch.errors import TagFileError
from newssearch.index import Index
from newssearch.notes import Note
from newssearch.tags.state import whole_note

from .links import Links


class ShownTag(NamedTuple):
    """A tag of an article, and the address of all articles that have it."""

    tag: str
    address: str


class ShownNote(NamedTuple):
    """What one author has noted: the text, when the last of it was written, in UTC, and who wrote it; "" if that is not known."""

    text: str
    at: dt.datetime
    by: str


class ShownTags(NamedTuple):
    """The tags of an article, and the notes on it. ``fault`` is why they are not known, "" if they are."""

    tags: tuple[ShownTag, ...] = ()
    notes: tuple[ShownNote, ...] = ()
    fault: str = ""


def shown_tags(index: Index, article_id: str, links: Links) -> ShownTags:
    """Return the tags and notes of an article. A damaged file of tags keeps nobody from reading the article."""
    try:
        found = index.tags_of(article_id)
    except (TagFileError, OSError):
        hint = "`newssearch tag` says why, on the machine of the server"
        return ShownTags(fault=f"the tags of the archive cannot be read; {hint}")
    by_author: dict[str, list[Note]] = {}
    for note in found.notes:
        by_author.setdefault(note.by, []).append(note)
    return ShownTags(
        tuple(ShownTag(tag, links.bare("/", tag=tag)) for tag in found.tags),
        tuple(ShownNote(whole_note(notes), notes[-1].at, by) for by, notes in by_author.items()),
    )


def tags_by_id(index: Index, ids: Iterable[str], links: Links) -> dict[str, ShownTags]:
    """Return the tags and notes of those of the given articles that have any."""
    found = ((one, shown_tags(index, one, links)) for one in ids)
    return {one: shown for one, shown in found if shown.tags or shown.notes}
