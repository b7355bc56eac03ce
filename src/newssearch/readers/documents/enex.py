"""The format ENEX, the exports of Evernote, which other programs for notes write, too: each note is an article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newssearch.addresses import host_of
from newssearch.limits import in_words
from newssearch.readers.api import Document, Format, Input, Item, Origin, ReadOutcome
from newssearch.readers.styled_text import StyledParagraph, StyledText
from newssearch.readers.xml.tree import text_at

from .articles import article_of_text
from .package import bounded_tree
from .xhtml import paragraphs_of_xhtml

PIECE = 1024 * 1024
"""The number of bytes that are read at a time."""

_BETWEEN = (b"<note>", b"</note>")
_ATTACHED = (b"<resource>", b"</resource>")
_CLIPPED_ADDRESS = re.compile(rb"<source-url>([^<]{1,4000})")
_CLIPPED_TITLE = re.compile(rb"<title>([^<]{0,4000})")
_HOME_PAGE = re.compile(r"https?://[^/?#]+/?(?:[?#].*)?", re.IGNORECASE | re.DOTALL)
"""Matches the address of a front page, which has other articles each day."""

_DOCTYPE = re.compile(r"\s*(?:<\?xml[^>]{0,400}\?>)?\s*(?:<!DOCTYPE[^>\[]{0,400}>)?")


def _read_notes(source: Input) -> Iterator[Item]:
    """Yield each note as a document; its attachments are left out while it is read, and one note is in memory."""
    most = source.origin.options.limits.document
    titles: dict[bytes, bytes] = {}  # of the first clip of each page
    for number, note in enumerate(_notes_in(source, most), start=1):
        within = source.origin.within(f"note {number}")
        if note is None:
            yield within.rejected(f"a note of more than {in_words(most)}")
        elif not note:
            yield within.rejected("a note that is cut off: the file ends in the middle of it")
        else:
            address, title = (
                found[1] if (found := one.search(note)) else b"" for one in (_CLIPPED_ADDRESS, _CLIPPED_TITLE)
            )
            is_of_page = titles.setdefault(address, title) == title
            yield Document(parse if is_of_page else parse_part_of_page, note, within)


def _notes_in(source: Input, most: int) -> Iterator[bytes | None]:
    """Yield the XML of each note without its attachments, None for a note that is too large, and b"" for one that is cut off."""
    buffer = b""
    note: bytearray | None = None  # that is being read
    wanted = _BETWEEN[0]
    too_large = False
    while True:
        at = buffer.find(wanted)
        opening = buffer.find(_ATTACHED[0]) if wanted == _BETWEEN[1] else -1
        if opening >= 0 and (at < 0 or opening < at) and note is not None:
            note += buffer[:opening]
            buffer, wanted = buffer[opening:], _ATTACHED[1]
            continue
        if at < 0:
            keep = len(_ATTACHED[1])
            if note is not None and wanted == _BETWEEN[1]:
                note += buffer[:-keep]
                if len(note) > most:
                    too_large, note = True, bytearray()
            buffer = buffer[-keep:]
            piece = source.stream.read(PIECE)
            if not piece:
                if wanted != _BETWEEN[0]:
                    yield b""
                return
            buffer += piece
            continue
        end = at + len(wanted)
        if wanted == _BETWEEN[0]:
            note, too_large, wanted = bytearray(wanted), False, _BETWEEN[1]
        elif wanted == _ATTACHED[1]:
            wanted = _BETWEEN[1]
        else:
            assert note is not None
            note += buffer[:end]
            yield None if too_large or len(note) > most else bytes(note)
            note, wanted = None, _BETWEEN[0]
        buffer = buffer[end:]


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in a note."""
    yield _article_in(data, origin, is_of_page=True)


def parse_part_of_page(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in a note that was clipped from the same page as another one, whose address is not its own."""
    yield _article_in(data, origin, is_of_page=False)


def _article_in(data: bytes, origin: Origin, *, is_of_page: bool) -> ReadOutcome:
    note = bounded_tree(data)
    title = text_at(note, "title") or ""
    content = note.find("content")
    inner = "".join(content.itertext()) if content is not None else ""
    page = _DOCTYPE.sub("", inner, count=1)
    heading = [StyledParagraph(title, "heading", "title")] if title and title != "Untitled Note" else []
    address = text_at(note, "note-attributes/source-url") or ""
    host = host_of(address) if address else ""
    if not is_of_page or _HOME_PAGE.fullmatch(address):
        address = ""
    tags = [(one.text or "").strip() for one in note.iterfind("tag")]
    text = StyledText(
        [*heading, *paragraphs_of_xhtml(page.encode("utf-8", "replace"))],
        creator=text_at(note, "note-attributes/author") or "",
        created=text_at(note, "created") or "",
        url=address,
        site=host.removeprefix("www.") if not address else "",
        values={"tag": ", ".join(tags), "tags": ", ".join(tags)},
    )
    return article_of_text(text, origin)


def _is_enex(source: Input) -> bool:
    return re.search(r"<en-export[\s>]", source.opening[:2_000]) is not None


FORMATS = (
    Format("an export of Evernote", matches=_is_enex, read=_read_notes, suffixes=frozenset({".enex"})),
)
