"""The root element of an XML or HTML document, by which formats recognise it."""

from __future__ import annotations

import re
from typing import NamedTuple

_START_TAG = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]{0,100})(?=[\s/>])")
_DOCTYPE_START = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)


class RootElement(NamedTuple):
    """The root element of a document: its name without prefix, and the text of its start tag."""

    name: str
    tag: str


def root_of(opening: str) -> RootElement | None:
    """Return the root element of an XML or HTML document, given its first characters, or None.

    A declaration, processing instructions, comments and a document type may precede it.

    >>> root_of('<?xml version="1.0"?><!-- a > b --><!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0">…')
    RootElement(name='rss', tag='<rss version="2.0">')
    """
    place = 0
    while True:
        while place < len(opening) and opening[place].isspace():
            place += 1
        if opening.startswith("<?", place):
            end = opening.find("?>", place) + 2
        elif opening.startswith("<!--", place):
            end = opening.find("-->", place) + 3
        elif _DOCTYPE_START.match(opening, place):
            end = _end_of_doctype(opening, place)
        else:
            break
        if end <= place:
            return None
        place = end
    start = _START_TAG.match(opening, place)
    if start is None:
        return None
    end = opening.find(">", start.end())
    return RootElement(start[2], opening[place : end + 1] if end >= 0 else opening[place:])


def _end_of_doctype(opening: str, place: int) -> int:
    """Return the index after a document type, including the declarations inside it, or 0 if it is not closed."""
    end = opening.find(">", place) + 1
    bracket = opening.find("[", place, end)
    if bracket < 0:
        return end
    closing = re.compile(r"\]\s*>").search(opening, bracket)
    return closing.end() if closing else 0
