"""The text output of ``show`` and ``story``, for people: articles, and the versions of stories."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from newssearch.article import NO_RECORD, Article, Place, history_of, json_values, place
from newssearch.display import escape
from newssearch.display.brief import many
from newssearch.extra import shown as shown_extra
from newssearch.fields import FIELD_NAMES
from newssearch.snippet import Snippet

from .hits import snippet_lines
from .layout import Style, in_width, wrap
from .tags import tags_lines

if TYPE_CHECKING:
    from newssearch.story import Change, Story, Version
    from newssearch.tags.state import ArticleTags


def text_article(
    article: Article,
    shown: Mapping[int, Snippet],
    style: Style,
    boilerplate: Collection[int] = (),
    said: ArticleTags | None = None,
) -> Iterator[str]:
    """Yield the lines of an article: its fields with their provenance, then the paragraphs in ``shown``, by number.

    ``boilerplate`` are the numbers of the paragraphs that are marked as such. ``said`` are the tags and notes of people,
    which stand after the fields.
    """
    yield style.title(escape.terminal(article.title or "(no title)"))
    fields = {
        **json_values(article, ("id", *FIELD_NAMES[1:])),
        "text": None,
        "path": _place_text(article.place) if article.path else None,
    }
    own = {name: shown_extra(value) for name, value in article.extra.items()}
    for name, value in {**fields, **own}.items():
        known = article.provenance.get(name)
        if value is None:
            if name == "text" and known is not None:
                yield style.faint(f"{name:>9}  {escape.terminal(str(known))}")
            elif name not in ("path", "text"):
                yield style.faint(f"{name:>9}  {escape.terminal(str(known or 'missing'))}")
            continue
        note = (
            style.faint(f"  [{escape.terminal(str(known))}]")
            if known is not None and str(known) != "stated"
            else ""
        )
        yield f"{name:>9}  {escape.terminal(value)}{note}"
    yield from _history(article)
    if said is not None:
        yield from tags_lines(said, style)
    kinds = {paragraph.number: paragraph.kind for paragraph in article.paragraphs}
    for number, snippet in shown.items():
        yield ""
        kind = "boilerplate" if number in boilerplate else kinds.get(number, "text")
        if kind != "text":
            yield style.faint(f"      [{kind}]")
        lines = snippet_lines(snippet, style, " " * 6)
        yield style.faint(f"{number:>4}") + "  " + lines[0][6:] if lines else style.faint(f"{number:>4}")
        yield from lines[1:]


def _place_text(held: Place) -> str:
    where = "no longer in this feed" if held.record == NO_RECORD else f"record {held.record}"
    return f"{place(held.path, held.member)} ({where})"


def _history(article: Article) -> Iterator[str]:
    """Yield the other places of an article, the time when it was added to the index, and its versions."""
    for other in article.other_places:
        yield f"{'also in':>9}  {escape.terminal(_place_text(other))}"
    if history := history_of(article):
        yield f"{'added':>9}  {history}"


def text_story(story: Story, style: Style, changes: bool) -> Iterator[str]:
    """Yield the lines of the versions of a story; ``changes`` adds the differences of each version from the first."""
    for number, version in enumerate(story.versions, start=1):
        if number > 1:
            yield ""
        day = version.date.isoformat()[:10] if version.date else "no date"
        outlet = escape.terminal(version.outlet or "no outlet")
        if version.source and version.source != version.outlet:
            outlet += f" ({escape.terminal(version.source)})"
        yield f"{number:>3}  {day}  {style.bold(outlet)}"
        headline = escape.terminal(version.title or "(no title)")
        lines = wrap(headline, style.width - 5) if style.width else [(0, len(headline))]
        yield from (f"     {style.title(headline[start:end])}" for start, end in lines)
        yield style.faint(f"     {version.id}")
        if number == 1:
            yield f"     {many(version.paragraphs, 'paragraph')}"
            continue
        yield from in_width(f"     {_kept(version)}", style)
        if changes:
            yield from _change_lines(version, style)
    if len(story.versions) == 1:
        yield "     no other article in the index has this story"


def _kept(version: Version) -> str:
    counts = [
        f"{version.count('changed'):,} changed",
        f"{version.count('cut'):,} cut",
        f"{version.count('added'):,} added",
    ]
    return f"has {version.kept:,} of {many(version.of_first, 'paragraph')} ({version.share:.0%}): {', '.join(counts)}"


_SIGNS = {"kept": "=", "changed": "~", "cut": "-", "added": "+"}


def _change_lines(version: Version, style: Style) -> Iterator[str]:
    """Yield the lines of the changes of a version. Adjacent kept paragraphs share one line; all others are in full."""
    at = 0
    while at < len(version.changes):
        change = version.changes[at]
        end = at + 1
        while change.kind == "kept" and end < len(version.changes) and version.changes[end].kind == "kept":
            end += 1
        if change.kind == "kept":
            numbers = f"{change.number}" + (f" to {version.changes[end - 1].number}" if end - at > 1 else "")
            yield style.faint(f"     =  {numbers} kept")
        else:
            yield from _changed(change, style)
        at = end


def _changed(change: Change, style: Style) -> Iterator[str]:
    """Yield the lines of a changed, cut or added paragraph.

    A cut paragraph is shown with its number in the first version, any other paragraph with its number in this version.
    """
    pieces = [(edit.kind, edit.text) for edit in change.edits] or [
        ("added" if change.kind == "added" else "cut", change.text)
    ]
    marks = {"same": ("", ""), "cut": ("[-", "-]"), "added": ("{+", "+}")}
    whole = change.kind != "changed"
    text, spans = "", []
    for kind, piece in pieces:
        before, behind = ("", "") if whole or style.color else marks[kind]
        clean = f"{before}{escape.terminal(piece)}{behind}"
        text += " " if text else ""
        spans.append((len(text), len(text) + len(clean), kind))
        text += clean
    number = change.first if change.kind == "cut" else change.number
    lead = f"     {_SIGNS[change.kind]}  {number:<4}"
    lines = wrap(text, style.width - len(lead)) if style.width else [(0, len(text))]
    for n, (start, end) in enumerate(lines):
        shown = ""
        for low, high, kind in spans:
            piece = text[max(low, start) : min(high, end)]
            if low < end and high > start:
                shown += (" " if shown and not shown.endswith(" ") else "") + style.change(
                    piece.strip(), kind
                )
        yield (lead if n == 0 else " " * len(lead)) + shown
