"""The paragraphs of XHTML in books and notes, with the levels of their headings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newssearch.readers.api import UnreadableError
from newssearch.readers.decoding.encoding import decode
from newssearch.readers.html_fragment import BLOCK_ELEMENTS, UNREAD_ELEMENTS, blocks_of
from newssearch.readers.styled_text import ParagraphRole, StyledParagraph
from newssearch.text.paragraphs import ParagraphKind

from .package import DEEPEST_NESTING, attribute_of, bounded_tree
from .rows import rows_or_paragraphs

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_KINDS_OF_XHTML: dict[str, ParagraphKind] = {
    "li": "list", "dt": "list", "dd": "list", "blockquote": "quote", "figcaption": "caption", "caption": "caption",
}  # fmt: skip
_NOTE_TYPES = frozenset({"footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes", "note"})
_UNREAD_TYPES = frozenset(
    {
        "noteref",
        "pagebreak",
        "doc-noteref",
        "doc-backlink",
        "doc-pagebreak",
        "backlink",
        "toc",
        "doc-toc",
        "landmarks",
        "page-list",
    }
)
_BLOCKS = (BLOCK_ELEMENTS | {"tr", "td", "th"}) - {"nav"}


def paragraphs_of_xhtml(content: bytes) -> list[StyledParagraph]:
    """Return the paragraphs of a page in XHTML, or of one in HTML that is no XML."""
    try:
        root = bounded_tree(content)
    except UnreadableError:
        return [
            StyledParagraph(one.text, one.kind, level=one.kind == "heading")
            for one in blocks_of(decode(content))
        ]
    body = root.find("body")
    return list(_paragraphs_in(root if body is None else body, "text", "", 0))


def _paragraphs_in(
    element: Element, kind: ParagraphKind, role: ParagraphRole, depth: int
) -> Iterator[StyledParagraph]:
    """Yield the paragraphs in an element, all of them of the given kind and role unless they say otherwise."""
    if depth > DEEPEST_NESTING:
        raise UnreadableError(f"a document with elements nested more than {DEEPEST_NESTING} deep")
    level = (
        int(element.tag[1])
        if len(element.tag) == 2 and element.tag[0] == "h" and element.tag[1] in "123456"
        else 0
    )
    kind = "heading" if level else _KINDS_OF_XHTML.get(element.tag, kind)
    if _types_of(element) & _NOTE_TYPES:
        kind, role = "text", "note"
    words = _WordsOfPage(kind, role, level)
    words.add(element.text)
    for child, tail in _flat(element, words, depth):
        if child is not None:
            yield from words.finish()
            if child.tag == "table":
                rows = (
                    [
                        list(_paragraphs_in(cell, "text", role, depth + 1))
                        for cell in row
                        if cell.tag in ("td", "th")
                    ]
                    for row in _rows_in_table(child, 0)
                )
                for caption in child.iterfind("caption"):
                    yield from _paragraphs_in(caption, "caption", role, depth + 1)
                yield from rows_or_paragraphs(rows)
            else:
                yield from _paragraphs_in(child, kind, role, depth + 1)
        words.add(tail)
    yield from words.finish()


def _rows_in_table(table: Element, depth: int) -> Iterator[Element]:
    """Yield the rows of a table, without those of tables in its cells."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot") and depth < DEEPEST_NESTING:
            yield from _rows_in_table(child, depth + 1)


class _WordsOfPage:
    """The words of a paragraph under construction."""

    def __init__(self, kind: ParagraphKind, role: ParagraphRole, level: int) -> None:
        self._means = kind, role, level
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.classes: list[str] = []
        self.bold = 0
        self._letters = self._bold_letters = 0

    def add(self, text: str | None) -> None:
        if text:
            self.pieces.append(text.replace("\n", " ").replace("\r", " "))
            letters = sum(map(str.isalnum, text))
            self._letters += letters
            self._bold_letters += letters if self.bold else 0

    def finish(self) -> Iterator[StyledParagraph]:
        """Yield the paragraph so far, if it has words, and begin the next one."""
        text = "".join(self.pieces).replace("\u00ad", "").strip()
        if text:
            kind, role, level = self._means
            bold, links = 0 < self._letters == self._bold_letters, tuple(dict.fromkeys(self.links))
            yield StyledParagraph(text, kind, role, level, bold=bold, links=links)
        self.pieces, self.links, self._letters, self._bold_letters = [], [], 0, 0


def _flat(element: Element, words: _WordsOfPage, depth: int) -> Iterator[tuple[Element | None, str | None]]:
    """Yield the blocks in an element, also those inside inline elements, each with the text behind it.

    The text of inline elements is added to ``words``, and what is behind them is yielded without a block.
    """
    if depth > DEEPEST_NESTING:
        raise UnreadableError(f"a document with elements nested more than {DEEPEST_NESTING} deep")
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else "script"
        if tag in UNREAD_ELEMENTS or _types_of(child) & _UNREAD_TYPES or tag in ("nav", "rt", "rp"):
            yield None, child.tail
        elif tag in ("br", "hr"):
            words.pieces.append("\n")
            yield None, child.tail
        elif tag in _BLOCKS:
            yield child, child.tail
        else:
            if tag == "a" and (link := child.get("href")):
                words.links.append(link)
            is_bold = tag in ("b", "strong")
            words.bold += is_bold
            words.add(child.text)
            yield from _flat(child, words, depth + 1)
            words.bold -= is_bold
            yield None, child.tail


def _types_of(element: Element) -> set[str]:
    """Return the semantic types of an element, as EPUB and ARIA state them."""
    return {*(attribute_of(element, "type") or "").split(), *(element.get("role") or "").split()}
