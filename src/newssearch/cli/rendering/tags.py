"""The text output of tags and notes, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from newssearch.display import escape
from newssearch.display.brief import many

from .layout import Style, in_width
from .tables import Column

if TYPE_CHECKING:
    from newssearch.notes import Note
    from newssearch.tags.counts import TagCounts, TagMerge
    from newssearch.tags.state import ArticleTags, TagReport

TAG_COLUMNS = (Column("tag", whole=True), Column("articles"), Column("missing", "not in the index"))
"""The columns of the list of tags."""


def text_counts(counts: TagCounts) -> str:
    """Return the line under the list of tags: how many articles have a tag or a note."""
    line = f"{many(counts.articles, 'article')} with a tag or a note, {counts.noted:,} with a note"
    missing = f"; {counts.missing:,} more not in the index now" if counts.missing else ""
    return line + missing


def text_changes(report: TagReport) -> Iterator[str]:
    """Yield the lines about a change of tags and notes."""
    for one in report.tags:
        did, already = ("removed from", "without it") if one.removed else ("added to", "with it already")
        same = f", {one.unchanged:,} {already}" if one.unchanged else ""
        yield f"{escape.terminal(one.tag)}: {did} {many(one.articles, 'article')}{same}"
    if report.notes:
        replaced = len(report.replaced)
        before = f", {many(replaced, 'note')} replaced" if replaced else ""
        yield f"note: written on {many(report.notes, 'article')}{before}"
    elif report.replaced:
        yield f"note: removed from {many(len({article for article, _ in report.replaced}), 'article')}"
    elif not report.tags:
        yield "note: no change"


def text_merge(merged: TagMerge) -> str:
    """Return the line about a merge."""
    parts = [
        f"{many(merged.tagged, 'tag')} added",
        f"{merged.untagged:,} removed",
        f"{many(merged.noted, 'note')} added",
        f"{merged.unnoted:,} removed",
    ]
    return f"merged: {', '.join(parts)}"


def note_lines(note: Note, style: Style, indent: str) -> Iterator[str]:
    """Yield the lines of a note: who wrote it when, and its text, indented by ``indent``."""
    who = f"{escape.terminal(note.by)}, " if note.by else ""
    head = style.faint(f"{who}{note.at:%Y-%m-%d %H:%M} UTC")
    yield f"{'note':>{max(len(indent) - 2, 4)}}  {head}"
    for line in note.text.split("\n"):
        yield from in_width(f"{indent}{escape.terminal(line)}", style)


def tags_lines(tags: ArticleTags, style: Style) -> Iterator[str]:
    """Yield the lines about the tags of an article and the notes on it, as ``show`` prints the fields of an article."""
    if tags.tags:
        yield f"{'tags':>9}  {style.bold(escape.terminal(', '.join(tags.tags)))}"
    for note in tags.notes:
        yield from note_lines(note, style, " " * 11)


def text_tags(found: Iterable[tuple[str, ArticleTags]], style: Style) -> Iterator[str]:
    """Yield the tags and notes of articles, each under its id."""
    for number, (article, tags) in enumerate(found):
        if number:
            yield ""
        yield f"{'id':>9}  {escape.terminal(article)}"
        if tags:
            yield from tags_lines(tags, style)
        else:
            yield style.faint(f"{'tags':>9}  none")
