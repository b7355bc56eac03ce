"""What XML a document is, by its first tag; and the last resort for XML that no format reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from newssearch.readers.api import Format, Input, Item, UnreadableError

_START = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]{0,100})(?=[\s/>])")
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)


class Root(NamedTuple):
    """The element that a document consists of: its name, without prefix, and the text of its tag."""

    name: str
    tag: str


def root_of(opening: str) -> Root | None:
    """The root of a document of XML or HTML, by its first characters; None where they are none.

    In front of it may stand a declaration, instructions, comments and a document type.

    >>> root_of('<?xml version="1.0"?><!-- a > b --><!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0">…')
    Root(name='rss', tag='<rss version="2.0">')
    """
    place = 0
    while True:
        while place < len(opening) and opening[place].isspace():
            place += 1
        if opening.startswith("<?", place):
            end = opening.find("?>", place) + 2
        elif opening.startswith("<!--", place):
            end = opening.find("-->", place) + 3
        elif _DOCTYPE.match(opening, place):
            end = _end_of_doctype(opening, place)
        else:
            break
        if end <= place:
            return None
        place = end
    start = _START.match(opening, place)
    if start is None:
        return None
    end = opening.find(">", start.end())
    return Root(start[2], opening[place : end + 1] if end >= 0 else opening[place:])


def _end_of_doctype(opening: str, place: int) -> int:
    """Behind a document type, and behind the declarations within it."""
    end = opening.find(">", place) + 1
    bracket = opening.find("[", place, end)
    if bracket < 0:
        return end
    closing = re.compile(r"\]\s*>").search(opening, bracket)
    return closing.end() if closing else 0


def is_xml(source: Input) -> bool:
    """Whether an input is XML, but not a page."""
    opening = source.opening
    if not opening.startswith("<"):
        return False
    root = root_of(opening)
    if root is None:
        return opening.startswith("<?xml")
    if root.name.lower() == "html":
        return False
    return opening.startswith("<?xml") or "xmlns" in root.tag or source.origin.suffix == ".xml"


def refuse(source: Input) -> Iterator[Item]:
    """Say what a document of XML is, where no format reads it."""
    root = root_of(source.opening)
    raise UnreadableError(
        f"an XML document of no format that is read (its root is <{root.name}>)"
        if root is not None
        else "an XML document without an element in sight"
    )
    yield  # a generator, as every read of a format


FORMATS = (Format("an XML document", matches=is_xml, read=refuse),)
