"""Parse an HTML page into a tree, and divide its text into pieces, one for each block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from newssearch.readers.api import UnreadableError
from newssearch.readers.decoding.encoding import ENCODING_SAMPLE, decode, wide_encoding
from newssearch.text.paragraphs import ParagraphKind, squeeze

if TYPE_CHECKING:
    from lxml.html import HtmlElement

TRAFILATURA_MISSING = "an HTML page: reading it needs trafilatura (pip install 'newssearch[html]')"

BROWSER_ENCODINGS = {
    "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030",
    "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932",
    "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "korean": "cp949", "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "x-euc-jp": "euc_jp", "unicode": "utf-8",
}  # fmt: skip
"""The codecs for encoding labels that browsers read as a larger encoding: see https://encoding.spec.whatwg.org."""

LONGEST_PAGE = 16 * 1024 * 1024
"""The maximum number of characters of a page; a larger page is rejected."""

MAX_PAGE_TAGS = 1_000_000
"""The maximum number of tags of a page: each takes a hundred bytes of memory or more."""

LONGEST_CLASS = 300
"""The number of characters at the start of a class, an id or a style that are examined."""

_META_CHARSET = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_NESTING_TAG = re.compile(
    r"</?(?!(?:html|head|title|meta|link|body|p|br|h[1-6]|li|time|script|style|noscript)\b)[a-zA-Z][^<>]*>"
)

_CAMEL_CASE_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])")

UNSEEN_ELEMENTS = frozenset({
    "audio", "button", "canvas", "datalist", "head", "iframe", "input", "map", "math", "noscript", "object", "option",
    "script", "select", "style", "svg", "template", "textarea", "video",
})  # fmt: skip
"""The HTML elements whose text is invisible or not part of the running text."""

INLINE_ELEMENTS = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
"""The HTML elements inside a line; all others start a new block."""

TEXT_KIND_OF_TAG: dict[str, ParagraphKind] = {
    "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "blockquote": "quote", "li": "list", "dt": "list", "dd": "list", "tr": "list", "figcaption": "caption",
    "figure": "caption", "caption": "caption",
}  # fmt: skip
"""The kinds of blocks inside certain HTML elements; in all others, the kind is that of the element around them."""

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDDEN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|u-hidden|is-hidden|hidden-text|offscreen)(?:$|\s)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Piece:
    """A block of text on a page.

    ``linked`` is the number of its characters that are links, ``element`` the element that contains the block, and
    ``hidden_by`` the innermost hidden element around the block, or None.
    """

    text: str
    kind: ParagraphKind
    linked: int
    element: HtmlElement
    hidden_by: HtmlElement | None


def decode_page(data: bytes, charset: str | None = None) -> str:
    """Decode a page and return its text; ``charset`` is the encoding in the HTTP header, if known.

    The encoding is that of the byte order mark, else UTF-8 if the bytes are valid, else the one in the HTTP header,
    else the one that the page declares, else a detected one. Valid UTF-8 overrides a declaration because programs that
    save pages convert them to UTF-8 and leave the old declaration.
    """
    if wide_encoding(data[:ENCODING_SAMPLE]) is not None:
        return decode(data)
    head = data[:ENCODING_SAMPLE]
    if b"\x1b" not in head or "iso2022_jp" not in _page_encodings(head, charset):
        try:
            return data.decode().removeprefix("\ufeff")
        except UnicodeDecodeError:
            pass
    for name in _page_encodings(head, charset):
        if name is None or name == "utf-8":
            continue
        text = data.decode(name, "replace")
        if text.count("\ufffd") * 200 <= len(text):
            return text
    return decode(data)


def _page_encodings(head: bytes, charset: str | None) -> list[str | None]:
    """Return the encodings that the HTTP header and the beginning of a page state; None for an unknown one."""
    return [_python_name(charset), *map(_python_name, _declared_charsets(head))]


def _declared_charsets(head: bytes) -> Iterator[str]:
    for pattern in (_META_CHARSET, _XML_CHARSET):
        match = pattern.search(head)
        if match:
            yield match[1].decode("ascii", "replace")


def _python_name(label: str | None) -> str | None:
    """Return the name of Python's codec for an encoding label as browsers read it, or None for an unknown label."""
    import codecs  # only pages that are not UTF-8 need it

    if not label:
        return None
    name = label.strip(" \"'").lower()
    try:
        found = codecs.lookup(BROWSER_ENCODINGS.get(name, name))
    except (LookupError, ValueError):
        return None
    return found.name if found._is_text_encoding and not found.name.startswith("utf-16") else None


def page_tree(text: str) -> HtmlElement:
    """Return the root element of a page. Raises UnreadableError if the page is too large or empty.

    If unclosed tags nest too deeply for the parser, the page is read again without the tags that nest.
    """
    if len(text) > LONGEST_PAGE:
        raise UnreadableError(f"an HTML page of more than {LONGEST_PAGE // 2**20} MiB")
    if len(text) > MAX_PAGE_TAGS and text.count("<") > MAX_PAGE_TAGS:
        raise UnreadableError(f"an HTML page of more than {MAX_PAGE_TAGS:,} tags")
    root, whole = _parse_page(text)
    if not whole:
        root, _ = _parse_page(_NESTING_TAG.sub(" ", text))
    if root is None:
        raise UnreadableError("an HTML page with nothing in it")
    return root


def _parse_page(text: str) -> tuple[HtmlElement | None, bool]:
    """Return the root element of a page, or None, and whether the parser read the page to its end."""
    try:
        from lxml import etree, html  # of an extra, and slow to import
    except ImportError:
        raise UnreadableError(TRAFILATURA_MISSING) from None
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # The default lookup makes special elements of forms, which nothing here needs, and it calls Python for each element.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    data = text.replace("\0", "").encode("utf-8", "replace")
    try:
        root = html.document_fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        root = None
    deep = any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)
    return root, not deep


def pieces_of(root: HtmlElement, limit: int) -> list[Piece]:
    """Return the text of an element as pieces, in the order of the page; only the first ``limit`` elements are read."""
    from lxml import etree  # of an extra, and slow to import

    walk = etree.iterwalk(root, events=("start", "end"))
    gathering = _PieceCollector(root)
    for event, element in walk:
        tag = element.tag
        if event == "start":
            limit -= 1
            if limit < 0:
                break
            if tag in UNSEEN_ELEMENTS or not gathering.start(tag, element):
                walk.skip_subtree()
                gathering.skipped = element
        elif element is gathering.skipped and element is not None:
            gathering.skipped = None
            if tag not in INLINE_ELEMENTS and tag not in UNSEEN_ELEMENTS:
                gathering.flush()
            if element is not root:
                gathering.add(element.tail)
        elif element is not root:
            gathering.end(tag, element)
    gathering.flush()
    return gathering.pieces


class _PieceCollector:
    """Collects the pieces of a page; it is given the starts and ends of the elements in order."""

    def __init__(self, root: HtmlElement) -> None:
        self.pieces: list[Piece] = []
        self.skipped: HtmlElement | None = None
        self._kinds: list[ParagraphKind] = ["text"]
        self._elements: list[HtmlElement] = [root]
        self._links = 0
        self._hidden: list[HtmlElement] = []
        self._text: list[str] = []
        self._linked = 0
        self._breaks = 0

    def start(self, tag: str, element: HtmlElement) -> bool:
        """Begin an element. Return False if it is hidden, so that its content must be skipped."""
        if tag == "br":
            self._breaks += 1
            self._text.append("\n")
            if self._breaks == 2:
                self.flush()
        elif tag == "a":
            self._links += 1
        elif tag in ("td", "th"):
            self._text.append(" ")
        elif tag in INLINE_ELEMENTS:
            if is_hidden(element):
                return False
        else:
            self.flush()
            self._elements.append(element)
            self._kinds.append(TEXT_KIND_OF_TAG.get(tag, self._kinds[-1]))
            if is_hidden(element):
                self._hidden.append(element)
        self.add(element.text)
        return True

    def end(self, tag: str, element: HtmlElement) -> None:
        if tag == "a":
            self._links -= 1
        elif tag in ("td", "th"):
            self._text.append(" ")
        elif tag not in INLINE_ELEMENTS and tag != "br":
            self.flush()
            self._elements.pop()
            self._kinds.pop()
            if self._hidden and element is self._hidden[-1]:
                self._hidden.pop()
        self.add(element.tail)

    def add(self, text: str | None) -> None:
        if not text:
            return
        self._text.append(text)
        if not text.isspace():
            self._breaks = 0
            if self._links:
                self._linked += len(text)

    def flush(self) -> None:
        text = squeeze("".join(self._text))
        if text:
            hidden_by = self._hidden[-1] if self._hidden else None
            self.pieces.append(Piece(text, self._kinds[-1], self._linked, self._elements[-1], hidden_by))
        self._text, self._linked, self._breaks = [], 0, 0


def is_hidden(element: HtmlElement) -> bool:
    """Whether an element is hidden by its attributes, style or class."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    if style and _HIDDEN_STYLE.search(style[:LONGEST_CLASS]):
        return True
    name = element.get("class")
    return bool(name) and _is_hiding_class(name[:LONGEST_CLASS])


@lru_cache(4096)  # a page has many elements but few classes
def _is_hiding_class(name: str) -> bool:
    return _HIDDEN_CLASS.search(name) is not None


def class_and_id(element: HtmlElement) -> str:
    """Return the class and the id of an element, joined by a space; camelCase becomes camel-Case."""
    name, ident = element.get("class"), element.get("id")
    if not name and not ident:
        return ""
    return _hyphenated(f"{(name or '')[:LONGEST_CLASS]} {(ident or '')[:LONGEST_CLASS]}")


@lru_cache(4096)
def _hyphenated(marks: str) -> str:
    return _CAMEL_CASE_BOUNDARY.sub("-", marks)


def visible_text(element: HtmlElement) -> str:
    """Return the visible text of an element on one line."""
    return " ".join(piece.text for piece in pieces_of(element, 5000))
