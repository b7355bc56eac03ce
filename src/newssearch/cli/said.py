"""The tags of articles and the notes on them, for commands that go on without them if their file is damaged."""

from __future__ import annotations

import click

from newssearch.display import escape
from newssearch.errors import TagFileError
from newssearch.index import Index
from newssearch.tags.state import UNTAGGED, ArticleTags


def tags_and_notes_of(opened: Index, *article_ids: str) -> dict[str, ArticleTags]:
    """Return the tags and notes of articles by id; none, with one note on standard error, if their file is damaged."""
    try:
        return {one: opened.tags_of(one) for one in article_ids}
    except TagFileError as error:
        click.echo(f"note: tags and notes are not shown: {escape.terminal(str(error))}", err=True)
        return dict.fromkeys(article_ids, UNTAGGED)
