"""Parse XML documents safely, look up elements by local names, and convert their content to blocks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from newssearch.readers.api import UnreadableError
from newssearch.readers.decoding.encoding import decode
from newssearch.readers.html_fragment import blocks_of
from newssearch.text.paragraphs import Block, squeeze

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

HTML_ELEMENT_OF = {
    "bq": "blockquote", "block": "div", "note": "div", "media": "figure", "media-caption": "figcaption", "hl1": "h2",
    "hl2": "h3", "body.content": "div", "body.end": "div", "abstract": "div", "tagline": "p", "DataContent": "div",
}  # fmt: skip
"""The HTML elements that have the same meaning as elements of NITF and NewsML, keyed by those elements."""

UNREAD_XML_ELEMENTS = frozenset(
    {"media-metadata", "media-reference", "media-producer", "media-object", "head", "docdata"}
)
"""The elements inside the content of NITF whose text is not part of the article."""

_ENTITY_DECLARATIONS = tuple("<!ENTITY".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([a-zA-Z]\w{1,30};)")
_XML_DECLARATION_BYTES = re.compile(rb"\s*<\?xml\b[^>]*\?>")
_XML_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")


def xml_tree(data: bytes) -> Element:
    """Return the root element of an XML document; namespaces are removed from the names of all elements.

    Named entities of HTML are resolved. Raises UnreadableError for broken XML, and for a document that declares
    entities, which could expand without end.
    """
    from xml.etree import ElementTree  # slow to import, and few inputs need it

    if any(entity in data for entity in _ENTITY_DECLARATIONS):
        raise UnreadableError("an XML document that declares entities of its own")
    try:
        root = ElementTree.fromstring(_as_utf8(data))
    except (ElementTree.ParseError, LookupError, ValueError):
        text = _NAMED_ENTITY.sub(lambda match: html.unescape(match[0]).replace("<", "&lt;"), decode(data))
        try:
            root = ElementTree.fromstring(_XML_DECLARATION.sub("", text).encode())
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise UnreadableError(f"broken XML: {error}") from None
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
    return root


def _as_utf8(data: bytes) -> bytes:
    """Return an XML document, without its declaration if the document is UTF-8 but declares another encoding."""
    declared = _XML_DECLARATION_BYTES.match(data)
    if declared is None or data.isascii() or b"utf-8" in declared[0].lower():
        return data
    try:
        data.decode()
    except UnicodeDecodeError:
        return data
    return data[declared.end() :]


def text_at(element: Element | None, path: str) -> str | None:
    """Return the text of the first element at a path that has text, on one line, or None."""
    if element is None:
        return None
    texts = (squeeze("".join(found.itertext())) for found in element.iterfind(path))
    return next((text for text in texts if text), None)


def attribute(element: Element | None, path: str, name: str) -> str | None:
    """Return the attribute ``name`` of the first element at a path that has it, or None; namespaces are ignored.

    An empty path stands for ``element`` itself.
    """
    if element is None:
        return None
    for found in element.iterfind(path) if path else (element,):
        for key, value in found.attrib.items():
            if key.rpartition("}")[2] == name and value.strip():
                return value.strip()
    return None


def blocks_in(element: Element) -> list[Block]:
    """Return the content of an XHTML or NITF element as blocks."""
    return blocks_of("".join(_as_html(element)))


def _as_html(element: Element) -> Iterator[str]:
    """Yield an XML element as HTML, in parts; there is no recursion, so that any depth of nesting works."""
    waiting: list[Element | str] = [element]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
            continue
        if not isinstance(item.tag, str) or item.tag in UNREAD_XML_ELEMENTS:
            yield html.escape(item.tail or "")
            continue
        tag = HTML_ELEMENT_OF.get(item.tag, item.tag)
        yield f"<{tag}>"
        yield html.escape(item.text or "")
        waiting.append(f"</{tag}>{html.escape(item.tail or '')}")
        waiting.extend(reversed(item))
