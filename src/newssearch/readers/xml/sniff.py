"""The root element of an XML or HTML document, by which formats recognise the document."""

from __future__ import annotations

import re
from typing import NamedTuple

_START_TAG = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]{0,100})(?=[\s/>])")
_DOCTYPE_START = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)


class RootElement(NamedTuple):
    """The root element of a document: its name without a prefix, and the text of its start tag."""

    name: str
    tag: str


def root_of(opening: str) -> RootElement | None:
    """Return the root element of an XML or HTML document, or None; ``opening`` is the start of the document.

    A declaration, processing instructions, comments and a document type declaration may precede the root element.

    >>> root_of('<?xml version="1.0"?><!-- a > b --><!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0">…')
    RootElement(name='rss', tag='<rss version="2.0">')
    """
    position = 0
    while True:
        while position < len(opening) and opening[position].isspace():
            position += 1
        if opening.startswith("<?", position):
            end = opening.find("?>", position) + 2
        elif opening.startswith("<!--", position):
            end = opening.find("-->", position) + 3
        elif _DOCTYPE_START.match(opening, position):
            end = _end_of_doctype(opening, position)
        else:
            break
        if end <= position:
            return None
        position = end
    start = _START_TAG.match(opening, position)
    if start is None:
        return None
    end = opening.find(">", start.end())
    return RootElement(start[2], opening[position : end + 1] if end >= 0 else opening[position:])


def _end_of_doctype(opening: str, position: int) -> int:
    """Return the index after the document type declaration at ``position``, or 0 if it is not closed."""
    end = opening.find(">", position) + 1
    bracket = opening.find("[", position, end)
    if bracket < 0:
        return end
    closing = re.compile(r"\]\s*>").search(opening, bracket)
    return closing.end() if closing else 0
