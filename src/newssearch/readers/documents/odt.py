"""The formats of OpenDocument for texts and presentations, as zip files and as flat XML.

Deleted text, comments, hidden text, headers and footers, page numbers and tables of contents are left out. Footnotes,
text boxes and the speaker's notes of a slide are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from newssearch.limits import DEFAULT_LIMITS, Limits
from newssearch.readers.api import Format, Input, Origin, ReadOutcome, UnreadableError, whole
from newssearch.readers.styled_text import (
    DEEPEST_HEADING,
    ParagraphStyle,
    StyledParagraph,
    StyledText,
    style_named,
)
from newssearch.readers.xml.tree import text_at

from .articles import read_styled
from .package import DEEPEST_NESTING, Package, attribute_of, bounded_tree
from .rows import rows_or_paragraphs

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SIZE_OF_OPENDOCUMENT = 12
"""The size of letters in points where a document states none."""

LONGEST_SPACE = 100
"""The maximum number of spaces that one element stands for."""

_UNREAD_ELEMENTS = frozenset(
    "tracked-changes annotation annotation-end page-number page-count title desc forms sequence-decls variable-decls"
    " user-field-decls dde-connection-decls object object-ole image note-citation script ruby-text soft-page-break"
    " hidden-text hidden-paragraph user-index-mark toc-mark toc-mark-start toc-mark-end alphabetical-index-mark"
    " page-variable-get note-ref event-listeners settings date-time footer header".split()
)
_CONTENTS_ELEMENTS = frozenset(
    "table-of-content illustration-index table-index object-index user-index alphabetical-index".split()
)
_SHAPES = frozenset(
    "frame custom-shape text-box g rect line polyline polygon regular-polygon path circle ellipse connector caption measure"
    " control page-thumbnail scene".split()
)
"""The drawings in a paragraph, whose words are paragraphs of their own."""

_ROW_GROUPS = frozenset({"table-header-rows", "table-rows", "table-row-group", "table-columns"})
_ENCODED = re.compile(r"_([0-9a-fA-F]{1,4})_")
_FONT_SIZE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)(pt|%)")


class _OpenStyle(NamedTuple):
    """The properties of a style; None where it leaves them to the style that it is based on."""

    name: str = ""
    means: ParagraphStyle | None = None
    bold: bool | None = None
    size: float | None = None
    hidden: bool | None = None
    new_page: bool | None = None


def text_of_odt(data: bytes, limits: Limits = DEFAULT_LIMITS) -> StyledText:
    """Return the text of a document in a zip. Raises UnreadableError if it is broken, encrypted or too large."""
    package = Package(data, limits)
    if b"encryption-data" in (package.part("META-INF/manifest.xml") or b""):
        raise UnreadableError("an encrypted document")
    content = package.tree("content.xml")
    if content is None:
        raise UnreadableError("a broken document: it has no text part")
    return _text_of_trees(content, [package.tree("styles.xml")], package.tree("meta.xml"))


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in a document, or a rejection."""
    yield from read_styled(text_of_odt(data, origin.options.limits), origin)


def parse_flat(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in a document in flat XML, or a rejection."""
    root = bounded_tree(data)
    yield from read_styled(_text_of_trees(root, [], root), origin)


def _text_of_trees(content: Element, others: Iterable[Element | None], about: Element | None) -> StyledText:
    body = content.find("body")
    if body is None:
        raise UnreadableError("a broken document: it has no text part")
    reader = _OpenReader(_open_styles(root for root in (*others, content) if root is not None))
    paragraphs = [one for one in reader.blocks(body, 0) if one.text]
    return StyledText(
        paragraphs,
        text_at(about, ".//meta/title") or "",
        text_at(about, ".//meta/initial-creator") or text_at(about, ".//meta/creator") or "",
        text_at(about, ".//meta/creation-date") or "",
        text_at(about, ".//meta/language") or "",
    )


class _OpenReader:
    """A reader of the blocks of a document, with its styles."""

    def __init__(self, styles: dict[str, _OpenStyle]) -> None:
        self._styles = styles
        self._new_page = False

    def blocks(self, parent: Element, depth: int) -> Iterator[StyledParagraph]:
        """Yield the paragraphs in an element of the document."""
        if depth > DEEPEST_NESTING:
            raise UnreadableError(f"a document with elements nested more than {DEEPEST_NESTING} deep")
        for child in parent:
            tag = child.tag
            if tag in ("p", "h"):
                yield from self._paragraph(child, depth)
            elif tag in ("list-item", "list-header"):
                for one in self.blocks(child, depth + 1):
                    yield one._replace(kind="list") if one.kind == "text" and not one.role else one
            elif tag == "table":
                rows = (
                    [list(self.blocks(cell, depth + 1)) for cell in row if cell.tag == "table-cell"]
                    for row in _open_rows(child, 0)
                )
                yield from rows_or_paragraphs(rows)
            elif tag in _CONTENTS_ELEMENTS:
                yield from (one._replace(role="contents") for one in self.blocks(child, depth + 1))
            elif tag == "notes":  # of the speaker
                yield from (one._replace(role="note", kind="text") for one in self.blocks(child, depth + 1))
            elif tag == "page":
                self._new_page = True
                yield from self.blocks(child, depth + 1)
            elif tag == "frame" and attribute_of(child, "class") in ("title", "subtitle"):
                role = attribute_of(child, "class")
                for one in self.blocks(child, depth + 1):
                    means = (
                        ParagraphStyle("heading", "", 1)
                        if role == "title"
                        else ParagraphStyle("text", "subtitle")
                    )
                    yield one._replace(kind=means.kind, role=means.role, level=means.level)
            elif isinstance(tag, str) and tag not in _UNREAD_ELEMENTS:
                yield from self.blocks(child, depth + 1)

    def _paragraph(self, element: Element, depth: int) -> Iterator[StyledParagraph]:
        name = attribute_of(element, "style-name") or ""
        style = self._styles.get(name) or _OpenStyle(means=_means_of_name(name))
        means = style.means or ParagraphStyle()
        level = attribute_of(element, "outline-level") or ""
        if element.tag == "h" and not means.role:
            number = int(level) if re.fullmatch(r"[1-9]\d?", level) else means.level or 1
            means = ParagraphStyle("heading", "", min(number, DEEPEST_HEADING))
        if style.new_page:
            self._new_page = True
        words = _OpenWords(self._styles)
        if not style.hidden:
            words.read(element, style, depth)
        text = "".join(words.pieces).replace("\u00ad", "").strip()
        if text:
            bold, links = 0 < words.letters == words.bold_letters, tuple(dict.fromkeys(words.links))
            yield StyledParagraph(
                text,
                means.kind,
                means.role,
                means.level,
                style.name,
                bold,
                words.largest,
                links,
                self._new_page,
            )
            self._new_page = False
        page, self._new_page = self._new_page, False
        for note in words.notes:
            yield from (one._replace(role="note", kind="text") for one in self.blocks(note, depth + 1))
        for box in words.boxes:
            yield from self.blocks(box, depth + 1)
        self._new_page = page


class _OpenWords:
    """A reader of the words of one paragraph, which collects the notes and text boxes in it."""

    def __init__(self, styles: dict[str, _OpenStyle]) -> None:
        self._styles = styles
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.notes: list[Element] = []
        self.boxes: list[Element] = []
        self.largest = 0.0
        self.letters = self.bold_letters = 0

    def read(self, element: Element, style: _OpenStyle, depth: int) -> None:
        """Read the content of an element, whose letters look as ``style`` says."""
        if depth > DEEPEST_NESTING:
            raise UnreadableError(f"a document with elements nested more than {DEEPEST_NESTING} deep")
        self._add(element.text, style)
        for child in element:
            tag = child.tag
            if tag == "s":
                count = attribute_of(child, "c") or "1"
                self.pieces.append(" " * min(int(count), LONGEST_SPACE) if count.isdecimal() else " ")
            elif tag == "tab":
                self.pieces.append(" ")
            elif tag == "line-break":
                self.pieces.append("\n")
            elif tag == "note":
                self.notes += child.iterfind("note-body")
            elif tag in _SHAPES:
                self.boxes.append(child)
            elif isinstance(tag, str) and tag not in _UNREAD_ELEMENTS:
                own = self._styles.get(attribute_of(child, "style-name") or "") if tag == "span" else None
                if tag == "a" and (link := attribute_of(child, "href")):
                    self.links.append(link)
                inner = style if own is None else _over(own, style)
                if not inner.hidden:
                    self.read(child, inner, depth + 1)
            self._add(child.tail, style)

    def _add(self, text: str | None, style: _OpenStyle) -> None:
        if text:
            self.pieces.append(" ".join(["", *text.split(), ""]) if text.isspace() else _on_one_line(text))
            letters = sum(map(str.isalnum, text))
            self.letters += letters
            self.bold_letters += letters if style.bold else 0
            if letters:
                self.largest = max(self.largest, style.size or SIZE_OF_OPENDOCUMENT)


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _over(own: _OpenStyle, base: _OpenStyle) -> _OpenStyle:
    """Return the style ``own``, with ``base`` where it leaves something open."""
    return _OpenStyle(
        own.name or base.name,
        base.means if own.means is None else own.means,
        base.bold if own.bold is None else own.bold,
        base.size if own.size is None else own.size,
        base.hidden if own.hidden is None else own.hidden,
        base.new_page if own.new_page is None else own.new_page,
    )


def _open_styles(roots: Iterable[Element]) -> dict[str, _OpenStyle]:
    """Return the styles of paragraphs and spans by their names, with all that they inherit."""
    found: dict[str, Element] = {}
    for root in roots:
        for element in root.iter("style"):
            if attribute_of(element, "family") in ("paragraph", "text", None):
                found[attribute_of(element, "name") or ""] = element
    styles: dict[str, _OpenStyle] = {}
    for name in found:
        chain = [name]
        while (
            base := attribute_of(found[chain[-1]], "parent-style-name") or ""
        ) in found and base not in chain:
            chain.append(base)
        style = _OpenStyle(means=_means_of_name(base))
        for one in reversed(chain[:DEEPEST_NESTING]):
            own = _open_style(one, found[one], style.size)
            style = _over(own._replace(means=own.means or style.means), style)
        styles[name] = style
    return styles


def _without_numbers(name: str) -> str:
    """Return the name of a style, in which other signs than letters and digits are written as their numbers."""
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), name)


def _means_of_name(name: str) -> ParagraphStyle | None:
    means = style_named(_without_numbers(name))
    return None if means == ParagraphStyle() else means


def _open_style(name: str, element: Element, base_size: float | None) -> _OpenStyle:
    shown = attribute_of(element, "display-name") or _without_numbers(name)
    means = style_named(shown)
    level = attribute_of(element, "default-outline-level") or ""
    if re.fullmatch("[1-9]", level) and not means.role:
        means = ParagraphStyle("heading", "", int(level))
    letters, page = element.find("text-properties"), element.find("paragraph-properties")
    weight = attribute_of(letters, "font-weight")
    shown_as = attribute_of(letters, "display")
    breaks = attribute_of(page, "break-before")
    is_automatic = re.fullmatch(r"[PT]\d+", shown) is not None
    master = attribute_of(element, "master-page-name")
    return _OpenStyle(
        "" if is_automatic else shown,
        None if means == ParagraphStyle() else means,
        None if weight is None else weight in ("bold", "600", "700", "800", "900"),
        _font_size(attribute_of(letters, "font-size") or "", base_size),
        None if shown_as is None else shown_as == "none",
        True if breaks == "page" or master else None if breaks is None else False,
    )


def _font_size(text: str, base: float | None) -> float | None:
    found = _FONT_SIZE.fullmatch(text)
    if found is None:
        return None
    return float(found[1]) if found[2] == "pt" else float(found[1]) / 100 * (base or SIZE_OF_OPENDOCUMENT)


def _open_rows(table: Element, depth: int) -> Iterator[Element]:
    for child in table:
        if child.tag == "table-row":
            yield child
        elif child.tag in _ROW_GROUPS and depth < DEEPEST_NESTING:
            yield from _open_rows(child, depth + 1)


def _is_flat(source: Input) -> bool:
    return re.match(r"(?:<\?xml[^>]{0,200}\?>\s*)?<office:document\s", source.opening) is not None


FORMATS = (
    Format(
        "an OpenDocument text",
        matches=_is_flat,
        read=whole(parse_flat),
        suffixes=frozenset({".fodt", ".fodp"}),
    ),
)
