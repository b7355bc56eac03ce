"""The changes of tags and notes that clients may make, by forms of pages and over the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from newssearch.errors import NoteChangedError, TagError
from newssearch.identity import without_slug
from newssearch.index import Index
from newssearch.tags.names import checked_author
from newssearch.tags.state import whole_note

from .problems import ChangeRefusedError
from .searches.changes import MAX_WAIT_FOR_ALERT, refusing_unwritable


class AskedTagging(NamedTuple):
    """What a client asks for: tags of articles, or a note on them.

    ``note`` is None if it is not about notes. ``before`` is the note that the new one replaces. With ``""``, the note is a new one;
    None, which no form sends, replaces any.
    """

    articles: tuple[str, ...]
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    note: str | None = None
    before: str | None = ""
    by: str = ""


def change_tags(index: Index, asked: AskedTagging) -> None:
    """Change tags, or write, replace or remove a note.

    A note that the form has not shown is never replaced: a new note by an author who has one is added to it, and a change of a
    note that has been changed meanwhile is refused. Raises :class:`ChangeRefusedError`, and
    :class:`~newssearch.ArticleNotFoundError`.
    """
    with refusing_changes_of_tags():
        if asked.note is None:
            index.tag(asked.articles, asked.add, asked.remove, author=asked.by, wait=MAX_WAIT_FOR_ALERT)
            return
        present = _present_note(index, asked)
        while True:
            note = _note_to_write(asked.note, asked.before or "", present)
            try:
                index.tag(
                    asked.articles, note=note, author=asked.by, replacing=present, wait=MAX_WAIT_FOR_ALERT
                )
                return
            except NoteChangedError:
                before, present = present, _present_note(index, asked)
                if present == before:
                    raise  # it is not that somebody has written a note meanwhile


def _present_note(index: Index, asked: AskedTagging) -> str:
    by = checked_author(asked.by)
    return whole_note(one for one in index.tags_of(asked.articles[0]).notes if one.by == by)


def _note_to_write(note: str, shown: str, present: str) -> str:
    """Return the text of a note that takes the place of the present one, of which the form has shown ``shown``."""
    if not shown:
        return f"{present}\n\n{note}" if present else note
    if _lines_of_note(shown) != _lines_of_note(present):
        hint = "go back and keep your text, load the article again, and write it there"
        raise ChangeRefusedError(409, "somebody has changed the note since this form was loaded", hint)
    return note


def _lines_of_note(text: str) -> list[str]:
    """Return the lines of a text: a form sends other line breaks than a page has."""
    return [line.rstrip() for line in text.strip().splitlines()]


@contextmanager
def refusing_changes_of_tags() -> Iterator[None]:
    """Raise what keeps tags from being changed as :class:`ChangeRefusedError`, without a path of this machine."""
    try:
        with refusing_unwritable():
            yield
    except NoteChangedError as error:
        hint = f"GET /api/tags/{without_slug(error.article)} has the present one"
        raise ChangeRefusedError(409, str(error), hint, "replacing") from None
    except TagError as error:
        raise ChangeRefusedError(400, str(error)) from None
