"""The format of plain text: scraped pages, saved stories, press releases."""

from __future__ import annotations

from collections.abc import Iterator

from newssearch.article import Article, Rejected
from newssearch.readers.api import Format, Origin, ReadOutcome, Skipped, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.databases import recognition
from newssearch.readers.decoding.encoding import ENCODING_SAMPLE, decode, wide_encoding

from .layout import take_text
from .not_prose import reason_against_prose, skipped_text


def read_text(text: str, origin: Origin) -> Article | Rejected:
    """Return the article in a plain text, or a rejection; :func:`take_text` finds its parts."""
    draft = Draft(origin)
    take_text(text, draft)
    if not draft.text and not draft.has("title"):
        return origin.rejected("no text in it" if text.strip() else "empty file")
    return draft.build()


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in a plain text, or the articles of an export. Raises UnreadableError for what is no prose."""
    if wide_encoding(data[:ENCODING_SAMPLE]) is None and b"\0" in data:
        raise UnreadableError("looks like a binary file")
    text = decode(data)
    kind = skipped_text(text, origin.suffix)
    if kind is not None:
        yield Skipped(origin.path, kind)
        return
    reason = reason_against_prose(text)
    if reason is not None:
        raise UnreadableError(reason)
    exported = recognition.exported_text(text, origin)
    if exported is None:
        yield read_text(text, origin)
    else:
        yield from exported


FORMATS = (Format("a plain text", matches=lambda _: True, read=whole(parse)),)
