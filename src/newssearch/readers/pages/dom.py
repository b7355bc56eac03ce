"""Decode an HTML page, and parse it into a tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from newssearch.readers.api import UnreadableError
from newssearch.readers.decoding.encoding import ENCODING_SAMPLE, decode, wide_encoding

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

_META_CHARSET = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_NESTING_START = re.compile(r"<(?!/|img|iframe|link|meta|style|!|br)")
_NOSCRIPT_END = re.compile(r"</(?:noscript|NOSCRIPT)\s*>")
_UNPARSED = (("<!--", "-->"), ("<script", "</script"))
"""The starts and ends of content that HTML parsers do not read as elements."""
_NESTING_TAG = re.compile(
    r"</?(?!(?:html|head|title|meta|link|body|p|br|h[1-6]|li|time|script|style|noscript)\b)[a-zA-Z][^<>]*>"
)


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


MAX_NOSCRIPT = 100
"""A page with more ``<noscript>`` elements is read with all of them as they are."""


def without_noscript(text: str) -> tuple[str, list[str]]:
    """Return a page without its ``<noscript>`` elements, and their contents.

    As in a browser that runs scripts, such an element is text up to the first ``</noscript>``, so that an unclosed
    tag in it does not swallow the rest of the page. One in a comment or in a script is not an element. One that does
    not end is left as it is.
    """
    openings = [opening for opening in ("<noscript", "<NOSCRIPT") if opening in text]
    if len(text) > LONGEST_PAGE or sum(map(text.count, openings)) > MAX_NOSCRIPT:
        return text, []
    kept: list[str] = []
    contents: list[str] = []
    done = at = 0
    while starts := [start for opening in openings if (start := text.find(opening, at)) >= 0]:
        start = min(starts)
        end = _NOSCRIPT_END.search(text, start)
        if end is None:
            break
        if _NESTING_START.search(text, start + 1, end.start()) is None:
            at = end.end()  # only pictures and the like: nothing is left open
            continue
        if any(_ends_before_it_begins(text, start, *marks) for marks in _UNPARSED):
            at = start + 1
            continue
        kept.append(text[done:start])
        contents.append(text[text.find(">", start) + 1 : end.start()])
        done = at = end.end()
    return "".join([*kept, text[done:]]) if kept else text, contents


def _ends_before_it_begins(text: str, start: int, opening: str, closing: str) -> bool:
    """Whether something ends after ``start`` before another one begins, which means that ``start`` is inside it."""
    end = text.find(closing, start)
    return end >= 0 and text.find(opening, start, end) < 0


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


def remove_elements(root: HtmlElement, tags: Iterable[str]) -> None:
    """Remove the elements with the given tags from an element, but not the text after them."""
    from lxml import etree  # of an extra, and slow to import

    etree.strip_elements(root, *tags, with_tail=False)


def attach_shadow_roots(templates: Iterable[HtmlElement]) -> None:
    """Move the content of each ``<template>`` that is a shadow root into its host, where a browser shows it.

    The children of the host replace the content of the shadow root's ``<slot>`` elements. Programs that save pages
    write shadow roots as such templates.
    """
    for template in templates:
        host = template.getparent()
        if host is None:
            continue
        template.tag = "div"
        filled: list[HtmlElement] = []
        slots = {slot.get("name") or "": slot for slot in reversed(list(template.iter("slot")))}
        for child in list(host):
            slot = slots.get(child.get("slot") or "") if child is not template else None
            if slot is None:
                continue
            if slot not in filled:
                del slot[:]
                slot.text = None
                filled.append(slot)
            slot.append(child)  # with the text behind it


def _parse_page(text: str) -> tuple[HtmlElement | None, bool]:
    """Return the root element of a page, or None, and whether the parser read the page to its end."""
    try:
        from lxml import etree, html  # of an extra, and slow to import
    except ImportError:
        raise UnreadableError(TRAFILATURA_MISSING) from None
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # The default lookup makes special elements of forms, which nothing here needs, and it calls Python for each element.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))
    data = text.encode("utf-8", "replace").replace(b"\0", b"")
    try:
        root = html.document_fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        root = None
    deep = any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log)
    return root, not deep
