"""The format EPUB: books, and issues of newspapers and magazines, which are divided into their articles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newssearch.limits import DEFAULT_LIMITS, Limits
from newssearch.outlets import outlets
from newssearch.readers.api import Origin, ReadOutcome, UnreadableError
from newssearch.readers.styled_text import StyledParagraph, StyledText
from newssearch.readers.xml.tree import attribute, text_at
from newssearch.text.paragraphs import squeeze

from .articles import read_styled
from .package import Package, attribute_of, resolved
from .xhtml import paragraphs_of_xhtml

CHAPTERS_ASIDE = "chapters of books beside the text"
"""The kind under which reports count the chapters that a book leaves out of its order of reading."""

MISSING_CHAPTERS = "chapters of books that are missing"
"""The kind under which reports count the chapters that a book lists and does not have."""

_DRM = re.compile(rb"<(?:\w+:)?EncryptedData\b")
_FONT_OBFUSCATION = re.compile(
    rb"Algorithm=\"http://(?:www\.idpf\.org/2008/embedding|ns\.adobe\.com/pdf/enc#RC)\""
)
_END_OF_ISSUE = re.compile(r"\s*(?:[\[(][^\[\]()]*[\])]|[,–—-]\s+\S.*)$")


def text_of_epub(data: bytes, limits: Limits = DEFAULT_LIMITS) -> StyledText:
    """Return the text of a book, chapter by chapter. Raises UnreadableError if it is broken, protected or too large."""
    package = Package(data, limits)
    encrypted = package.part("META-INF/encryption.xml") or b""
    if len(_DRM.findall(encrypted)) > len(_FONT_OBFUSCATION.findall(encrypted)):
        raise UnreadableError("a book with copy protection (DRM)")
    container = package.tree("META-INF/container.xml")
    file = attribute(container, ".//rootfile", "full-path")
    book = package.tree(file) if file else None
    if book is None or file is None:
        raise UnreadableError("a broken book: it has no list of its parts")
    items = {item.get("id"): item for item in book.iterfind("manifest/item")}
    paragraphs: list[StyledParagraph] = []
    unread: list[str] = []
    for reference in book.iterfind("spine/itemref"):
        item = items.get(reference.get("idref"))
        if item is not None and "nav" in item.get("properties", "").split():
            continue
        content = package.part(resolved(file, item.get("href", ""))) if item is not None else None
        if reference.get("linear") == "no":
            unread.append(CHAPTERS_ASIDE)
        elif content is None:
            unread.append(MISSING_CHAPTERS)
        elif found := paragraphs_of_xhtml(content):
            paragraphs += [found[0]._replace(new_page=True), *found[1:]]
    title = text_at(book, "metadata/title") or ""
    return StyledText(
        paragraphs,
        title,
        ", ".join(
            dict.fromkeys(squeeze("".join(one.itertext())) for one in book.iterfind("metadata/creator"))
        ),
        lang=text_at(book, "metadata/language") or "",
        published=_date_of_book(book),
        publishers=tuple(filter(None, (text_at(book, "metadata/publisher"), _END_OF_ISSUE.sub("", title)))),
        bylines_divide=True,
        unread=tuple(unread),
    )


def _date_of_book(book: object) -> str:
    dates = [
        (attribute_of(one, "event") or "publication", squeeze("".join(one.itertext())))
        for one in book.iterfind("metadata/date")  # type: ignore[attr-defined]
    ]
    return next((text for event, text in dates if event == "publication" and not text.startswith("0101")), "")


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in a book, or a rejection."""
    text = text_of_epub(data, origin.options.limits)
    known = outlets(origin.options.outlets)
    outlet = next((name for name in text.publishers if known.knows(name)), "")
    yield from read_styled(text._replace(publishers=(outlet,) if outlet else ()), origin)
