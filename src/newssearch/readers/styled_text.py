"""The text of a word-processor document, as paragraphs with their styles.

:mod:`.documents` makes it from each format, and :mod:`.documents.articles` makes articles from it. Readers of exports
that come as such documents can use it, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from newssearch.article import STATED, Provenance
from newssearch.text.paragraphs import ParagraphKind

ParagraphRole = Literal["", "title", "subtitle", "byline", "date", "note", "contents"]
"""The role that the style of a paragraph gives it: the title of the document, a line under the title, a footnote, or
a line of the table of contents; ``""`` for all others.
"""

DEEPEST_HEADING = 9
"""The deepest level of a heading."""


class ParagraphStyle(NamedTuple):
    """The meaning of a paragraph style's name: the kind and the role of the paragraph, and its level as a heading.

    ``level`` is 1 to 9 for headings, and 0 for all others.
    """

    kind: ParagraphKind = "text"
    role: ParagraphRole = ""
    level: int = 0


class StyledParagraph(NamedTuple):
    """A paragraph of a document, or a row of a table, whose cells are separated by ``" | "``.

    A line break within ``text`` is a newline. ``style`` is the name of the style as the document states it. ``bold`` is
    set if all letters are bold, ``size`` is the largest size of its letters in points, 0 if unknown, and ``links`` are
    the addresses that it links to. ``new_page`` is set if a page begins with it.
    """

    text: str
    kind: ParagraphKind = "text"
    role: ParagraphRole = ""
    level: int = 0
    style: str = ""
    bold: bool = False
    size: float = 0
    links: tuple[str, ...] = ()
    new_page: bool = False


class FieldClaim(NamedTuple):
    """A value that a document states for a field of its article, with its provenance."""

    field: str
    value: str
    provenance: Provenance = STATED


class StyledText(NamedTuple):
    """The paragraphs of a document in order, and what the document states about itself; ``""`` where it states nothing.

    Each footnote follows the paragraph that refers to it, with the role ``note``. ``creator`` is who made the document,
    and ``created`` when that was; ``published`` is a date of publication, ``url`` where the text was taken from.
    ``publishers`` are the names of who published it, which may be outlets. With ``bylines_divide``, headlines with a
    byline are those of articles of their own. ``values`` are those that an archive may keep as own fields. ``unread`` has the
    kind of each part of the document that was not read, under which reports count it. ``site`` is the host of the page that
    the text was taken from, where its address is not that of an article. ``claims`` precede all values that are found in the
    paragraphs, and ``text_from`` is the provenance of the text.
    """

    paragraphs: Sequence[StyledParagraph]
    title: str = ""
    creator: str = ""
    created: str = ""
    lang: str = ""
    published: str = ""
    url: str = ""
    publishers: tuple[str, ...] = ()
    bylines_divide: bool = False
    values: Mapping[str, str] = MappingProxyType({})
    unread: tuple[str, ...] = ()
    site: str = ""
    claims: Sequence[FieldClaim] = ()
    text_from: Provenance = STATED


_HEADING_NAME = re.compile(
    r"(?:heading|titre|überschrift|título|titolo|kop|rubrik|nagłówek|заголовок)[ _]?([1-9])"
)
_STYLES: dict[str, ParagraphStyle] = {
    "title": ParagraphStyle("heading", "title"), "subtitle": ParagraphStyle("text", "subtitle"),
    "author": ParagraphStyle("text", "byline"), "byline": ParagraphStyle("text", "byline"),
    "date": ParagraphStyle("text", "date"), "toc heading": ParagraphStyle("heading", "contents"),
    "contents heading": ParagraphStyle("heading", "contents"), "caption": ParagraphStyle("caption"),
    "image caption": ParagraphStyle("caption"), "table caption": ParagraphStyle("caption"),
    "illustration": ParagraphStyle("caption"), "figure": ParagraphStyle("caption"),
    "quote": ParagraphStyle("quote"), "intense quote": ParagraphStyle("quote"), "quotations": ParagraphStyle("quote"),
    "block text": ParagraphStyle("quote"), "list paragraph": ParagraphStyle("text"),
    "footnote text": ParagraphStyle("text", "note"), "endnote text": ParagraphStyle("text", "note"),
    "footnote": ParagraphStyle("text", "note"), "endnote": ParagraphStyle("text", "note"),
}  # fmt: skip


def style_named(name: str) -> ParagraphStyle:
    """Return the meaning of a style's name in Word, LibreOffice or Pandoc.

    >>> style_named("Heading 2"), style_named("toc 1").role, style_named("Body Text")
    (ParagraphStyle(kind='heading', role='', level=2), 'contents', ParagraphStyle(kind='text', role='', level=0))
    """
    folded = name.strip().lower()
    if (found := _HEADING_NAME.fullmatch(folded)) is not None:
        return ParagraphStyle("heading", "", int(found[1]))
    if re.fullmatch(r"(?:toc|contents) \d+", folded):
        return ParagraphStyle("text", "contents")
    if re.fullmatch(r"list (?:bullet|number)(?: \d+)?", folded):
        return ParagraphStyle("list")
    return _STYLES.get(folded, ParagraphStyle())
