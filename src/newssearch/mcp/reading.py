"""The tools that read articles: ``article``, ``paragraphs``, ``story``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

from pydantic import Field

from newssearch.article import Article, Paragraph, utc
from newssearch.errors import ArticleNotFoundError, QueryError, TagFileError
from newssearch.extra import shown
from newssearch.fields import FIELD_NAMES
from newssearch.identity import without_slug
from newssearch.notes import Note
from newssearch.snippet import Snippet
from newssearch.story import CHANGED, Change, Version
from newssearch.tags.state import MAX_TAGS_OF_ARTICLE, UNTAGGED, ArticleTags

from .answers import (
    ChangedParagraph,
    MissingParagraph,
    QuotedParagraph,
    QuotedParagraphs,
    ReadArticle,
    ReadParagraph,
    StoryVersion,
    StoryVersions,
)
from .calls import (
    MAX_SKIPPED,
    MAX_TEXT,
    ArticleId,
    Call,
    Offset,
    Text,
    Texts,
    present,
    short,
    shown_date,
    shown_url,
)

MAX_PARAGRAPHS = 400
"""The largest number of paragraphs of an article in an answer: short ones have few characters."""
MAX_ADDRESSES = 20
MAX_VERSIONS = 30
SHOWN_MATCHES = 10
SHOWN_MATCHING = 500
SHOWN_NOTES = 10
MAX_NOTE_SHOWN = 1_000
"""The largest number of characters of a note in an answer."""


def read_article(
    call: Call,
    id: ArticleId,  # noqa: A002
    first: Annotated[
        int, Field(description="Number of the first paragraph: next_paragraph of the answer before")
    ] = 1,
    start: Annotated[
        int, Field(description="Characters of that paragraph to skip: next_start of the answer before")
    ] = 0,
    query: Annotated[
        Text, Field(description="Mark what matches this query, and list the paragraphs that do")
    ] = "",
) -> ReadArticle:
    """Read an article: its fields and its paragraphs, which are numbered from 1 and cited as ID#N.

    At most 20,000 characters; if there is more, next_paragraph is where to go on. provenance says where the value of a field
    comes from if the publication does not simply state it.
    """
    held = call.index.article(id)
    marked: Mapping[int, Snippet] = {}
    if query.strip():
        marked = call.index.highlights(held.id, query, timeout=call.timeout, stop=call.stop)
    matching = [number for number, snippet in marked.items() if snippet.highlights]
    if len(matching) > SHOWN_MATCHING:
        call.note(f"matching lists the first {SHOWN_MATCHING} of {len(matching):,} paragraphs")
    said = _tags_and_notes(call, held.id)
    first = call.within("first", first, max(len(held.paragraphs), 1))
    start = call.within("start", start, MAX_SKIPPED, 0)
    page = _page_of(held.paragraphs[first - 1 :], start, marked)
    answer = {
        **_fields(held),
        "version": held.version,
        "matching": matching[:SHOWN_MATCHING] if query.strip() else None,
        "boilerplate": list(call.index.boilerplate(held.id))[:SHOWN_MATCHING] or None,
        "next_paragraph": page.next_paragraph,
        "next_start": page.next_start or None,
        "tags": [*said.tags[:MAX_TAGS_OF_ARTICLE]] or None,
        "annotations": [_note_answer(note) for note in said.notes[:SHOWN_NOTES]] or None,
    }
    shown_article = {
        **present(answer),
        "total_paragraphs": len(held.paragraphs),
        "paragraphs": page.paragraphs,
    }
    return cast(ReadArticle, shown_article)


def _tags_and_notes(call: Call, article_id: str) -> ArticleTags:
    """Return the tags and notes of an article. If the file of tags is damaged, return none, and add a note to the answer."""
    try:
        said = call.index.tags_of(article_id)
    except TagFileError as error:
        call.note(f"tags and annotations are not shown: {error.without_folder}")
        return UNTAGGED
    if len(said.tags) > MAX_TAGS_OF_ARTICLE:  # a merge or an editor may have made more
        call.note(f"tags lists the first {MAX_TAGS_OF_ARTICLE} of {len(said.tags):,} tags")
    if len(said.notes) > SHOWN_NOTES:
        call.note(f"annotations lists the first {SHOWN_NOTES} of {len(said.notes):,} notes")
    return said


def _note_answer(note: Note) -> dict[str, object]:
    at = note.at.strftime("%Y-%m-%dT%H:%MZ")
    return {**present({"by": note.by or None}), "text": short(note.text, MAX_NOTE_SHOWN), "at": at}


class _Page:
    """A part of the paragraphs of an article, and where to go on."""

    def __init__(self) -> None:
        self.paragraphs: list[ReadParagraph] = []
        self.next_paragraph: int | None = None
        self.next_start = 0


def _page_of(paragraphs: Sequence[Paragraph], start: int, marked: Mapping[int, Snippet]) -> _Page:
    """Return the paragraphs that fit into an answer; of the first one, the text from ``start`` on."""
    page, room = _Page(), MAX_TEXT
    for paragraph in paragraphs:
        text = paragraph.text[start:]
        if page.paragraphs and (len(text) > room or len(page.paragraphs) == MAX_PARAGRAPHS):
            page.next_paragraph = paragraph.number
            break
        part = {
            "number": paragraph.number,
            "kind": paragraph.kind if paragraph.kind != "text" else None,
            "text": text[:room],
            "cut": len(text) > room or None,
            "matches": _matching_texts(marked.get(paragraph.number)),
        }
        page.paragraphs.append(cast(ReadParagraph, {"text": "", **present(part)}))
        if len(text) > room:
            page.next_paragraph, page.next_start = paragraph.number, start + room
            break
        room -= len(text)
        start = 0
    return page


def _matching_texts(snippet: Snippet | None) -> list[str]:
    """Return the different texts that match in a paragraph, in order."""
    if snippet is None:
        return []
    parts = (snippet.text[start:end] for start, end in snippet.highlights)
    return [short(part) or "" for part in list(dict.fromkeys(parts))[:SHOWN_MATCHES]]


def _fields(held: Article) -> dict[str, object]:
    """Return the fields of an article that have a value, and their provenance if it is not simply stated."""
    values = {name: short(getattr(held, name)) for name in FIELD_NAMES if name not in ("date", "url")}
    provenance = {
        name: short(str(found))
        for name, found in held.provenance.items()
        if str(found) != "stated" and found.known != "missing"
    }
    return {
        "id": without_slug(held.id),
        **values,
        "date": shown_date(held.date),
        "url": shown_url(held.url),
        "own_fields": {name: short(shown(value)) for name, value in held.extra.items()},
        "provenance": provenance,
        "added": utc(held.added) if held.added else None,
    }


def quote_paragraphs(
    call: Call,
    addresses: Annotated[Texts, Field(description=f"Addresses of paragraphs (ID#N), 1 to {MAX_ADDRESSES}")],
) -> QuotedParagraphs:
    """Return paragraphs by their addresses, word for word: to check each quotation before you write it down."""
    wanted = call.chosen("addresses", addresses, MAX_ADDRESSES)
    found: list[QuotedParagraph] = []
    missing: list[MissingParagraph] = []
    room = MAX_TEXT
    for at, address in enumerate(wanted):
        if room <= 0:
            return _quoted(found, missing, [*wanted[at:]])
        try:
            quoted = _quotation(call, address, room)
        except (ArticleNotFoundError, QueryError) as error:
            missing.append({"address": short(address) or "", "reason": str(error)})
        else:
            if found and quoted.get("cut"):  # the next call has room for all of it
                return _quoted(found, missing, [*wanted[at:]])
            room -= len(quoted["text"])
            found.append(quoted)
    return _quoted(found, missing, [])


def _quoted(
    found: list[QuotedParagraph], missing: list[MissingParagraph], left: list[str]
) -> QuotedParagraphs:
    return cast(QuotedParagraphs, {**present({"not_found": missing, "left": left}), "paragraphs": found})


def _quotation(call: Call, address: str, room: int) -> QuotedParagraph:
    """Return a paragraph, cut after ``room`` characters. Raises QueryError or ArticleNotFoundError if there is none."""
    article_id, _, number = address.strip().rpartition("#")
    if not article_id or not number.isascii() or not number.isdecimal():
        raise QueryError(f"{short(address)!r} is not the address of a paragraph, ID#N")
    held = call.index.article(article_id)
    paragraph = next((one for one in held.paragraphs if str(one.number) == number.lstrip("0")), None)
    if paragraph is None:
        raise QueryError(
            f"the article has {len(held.paragraphs):,} paragraphs, and none has the number {number[:20]}"
        )
    values = {
        "address": f"{without_slug(held.id)}#{paragraph.number}",
        "kind": paragraph.kind if paragraph.kind != "text" else None,
        "cut": len(paragraph.text) > room or None,
        "title": short(held.title),
        "date": shown_date(held.date),
        "outlet": short(held.outlet),
        "url": shown_url(held.url),
    }
    return cast(QuotedParagraph, {**present(values), "text": paragraph.text[:room]})


def compare_versions(
    call: Call,
    id: ArticleId,  # noqa: A002
    changes: Annotated[
        bool, Field(description="Also show the paragraphs that each version changed, cut or added")
    ] = False,
    limit: Annotated[int, Field(description=f"Number of versions, 1 to {MAX_VERSIONS}")] = MAX_VERSIONS,
    offset: Offset = 0,
) -> StoryVersions:
    """Show who published the text of an article, in whole or in part, earliest first, and how much of the first version
    each has kept. With changes, at most 20,000 characters of differences; next_offset is where to go on.
    """
    limit, offset = call.within("limit", limit, MAX_VERSIONS), call.offset(offset)
    told = call.index.story(id, timeout=call.timeout, stop=call.stop)
    found: list[StoryVersion] = []
    room = MAX_TEXT
    for version in told.versions[offset : offset + limit]:
        changed = list(map(_change_answer, _changed_paragraphs(version))) if changes else []
        size = sum(map(_characters_of, changed))
        if size > room and found:
            break
        if size > room:
            call.note(f"the differences of {without_slug(version.id)} are cut: read both articles")
            changed = _fitting(changed, room)
        room -= size
        found.append(_version_answer(version, changed if changes else None))
    reached = offset + len(found)
    answer = {"next_offset": reached if found and reached < len(told.versions) else None}
    return cast(StoryVersions, {**present(answer), "total_versions": len(told.versions), "versions": found})


def _changed_paragraphs(version: Version) -> list[Change]:
    return [change for change in version.changes if change.kind in CHANGED]


def _change_answer(change: Change) -> ChangedParagraph:
    values: dict[str, Any] = {
        "kind": change.kind,
        "first": change.first,
        "number": change.number,
        "edits": [{"kind": one.kind, "text": one.text} for one in change.edits if one.kind != "same"],
    }
    return cast(ChangedParagraph, {**present(values), "text": change.text})


def _characters_of(change: ChangedParagraph) -> int:
    """Return the number of characters of a changed paragraph."""
    return len(change["text"]) + sum(len(one["text"]) for one in change.get("edits", ()))


def _fitting(changed: list[ChangedParagraph], room: int) -> list[ChangedParagraph]:
    """Return the first changed paragraphs that fit into an answer."""
    fitting = []
    for one in changed:
        room -= _characters_of(one)
        if room < 0:
            break
        fitting.append(one)
    return fitting


def _version_answer(version: Version, changed: list[ChangedParagraph] | None) -> StoryVersion:
    values = {
        "id": without_slug(version.id),
        "title": short(version.title),
        "date": shown_date(version.date),
        "outlet": short(version.outlet),
        "source": short(version.source) if version.source != version.outlet else None,
        "url": shown_url(version.url),
    }
    counts = {kind: version.count(kind) for kind in ("kept", *CHANGED)}
    answer = {
        **present(values),
        "paragraphs": version.paragraphs,
        "share": round(version.share, 4),
        **counts,
    }
    return cast(StoryVersion, answer if changed is None else {**answer, "changes": changed})
