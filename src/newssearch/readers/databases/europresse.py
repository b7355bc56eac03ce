"""Exports of Europresse and Eureka in HTML, in both of their layouts.

The newer one has an ``article`` element for each document; the older one a table. Both mark the outlet, the line of the
date, and the headline by classes, and end with the number of the document, ``news·20131005·CB·2040056000``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from newssearch.readers.api import Origin, ReadOutcome
from newssearch.readers.html_fragment import blocks_of, line_of
from newssearch.text.date_search import find_dates
from newssearch.text.paragraphs import Block

from .exported import Exported, difference, stated_count
from .parts import TailKind, is_prose, tail_start

SIGN = "DocPublicationName"
"""The class of the outlet, by which an export is recognised."""

_ROLE_OF_CLASS = {
    "docpublicationname": "outlet", "docheader": "header", "titrearticlevisu": "title", "titrearticle": "title",
    "docauthors": "byline", "docauthor": "byline", "doctext": "text",
}  # fmt: skip
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,30})(?![a-zA-Z0-9])(?P<rest>[^<>]*)>")
_CLASS = re.compile(r"class\s*=\s*[\"']?([^\"'>]*)", re.IGNORECASE)
_LINE_BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
_VOID = frozenset({"br", "img", "hr", "input", "meta", "link", "col"})
_DOCUMENT_KEY = re.compile(r"news[·•‧∙.]\d{8}[·•‧∙.][A-Za-z0-9_-]{1,16}[·•‧∙.][\w-]{1,40}")
_END_OF_TEXT = re.compile(
    r"(?:©|\(c\)|copyright)\s?(?:©\s?)?(?:(?:19|20)\d\d\b|[A-ZÀ-Þ][^.!?]{1,100}(?:19|20)\d\d\b)"
    r"|(?:Num[ée]ro de document|Document number|N[úu]mero de documento)\s?:"
    r"|(?:(?:Ce|Le présent) certificat|Certificat|This certificate|Este certificado)\s(?:est |a été |is |se )?(?:émis|délivré|issued|emit)"
    r"|Le présent document[^.!?]{0,80}(?:protégé|émis|délivré)"
    r"|(?:Tous droits réservés|All rights reserved|Todos los derechos reservados)\W*$",
    re.IGNORECASE,
)
_NOTICES = ("©", "Ce certificat est ")
_NUMBER_BEHIND = re.compile(r",?\s*\b(?:no|n°|nº|nr|num)\.?\s?\d.*$", re.IGNORECASE)
_PAGE_BEHIND = re.compile(r"\b(?:p|pp|page|pages)\.?\s?(?P<page>[\w-]{1,12})", re.IGNORECASE)
LONGEST_BYLINE = 120


class _Piece(NamedTuple):
    """A stretch of an export: the role of its class, and its HTML."""

    role: str
    html: str


def is_europresse(text: str) -> bool:
    """Whether a page is an export: it marks an outlet and a headline with the classes of Europresse."""
    return SIGN in text and ("itreArticle" in text or "DocHeader" in text)


def read_europresse(text: str, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles of an export, and a rejection if their number is not the one that it states.

    It states it on its cover, or above each document.
    """
    number = 0
    stated: int | None = None
    document: list[_Piece] = []
    for piece in [*_stretches(text), _Piece("outlet", "")]:
        roles = {one.role for one in document}
        begins = piece.role == "outlet" and not roles.isdisjoint(("outlet", "title"))
        if begins or (piece.role in ("header", "title") and {"title", "text"} <= roles):
            number += 1
            yield _read_europresse(document, origin, number)
            document = []
        if stated is None and not piece.role and not number and "title" not in roles:
            lines = (block.text for part in _LINE_BREAK.split(piece.html) for block in blocks_of(part))
            stated = next((count for line in lines if (count := stated_count(line)) is not None), None)
        document.append(piece)
    yield from difference(origin, stated, number)


def _stretches(text: str) -> Iterator[_Piece]:
    """Yield the stretches of a page in order; an element with a class of Europresse is one, with its children."""
    start, role, inside, depth = 0, "", "", 0
    for tag in _TAG.finditer(text):
        name = tag["name"].lower()
        if role and name == inside:
            depth += -1 if tag["end"] else 1
            if depth == 0:
                yield _Piece(role, text[start : tag.start()])
                start, role = tag.end(), ""
        elif role and name in ("article", "body", "html"):  # an element that is never closed
            yield _Piece(role, text[start : tag.start()])
            start, role = tag.start(), ""
        if role or tag["end"] or name in _VOID:
            continue
        found = "footer" if name == "footer" else "aside" if name == "aside" else _role_of(tag["rest"])
        if found:
            yield _Piece("", text[start : tag.start()])
            start, role, inside, depth = tag.end(), found, name, 1
    yield _Piece(role, text[start:])


def _role_of(attributes: str) -> str:
    classes = _CLASS.search(attributes) if "lass" in attributes or "LASS" in attributes else None
    if classes is None:
        return ""
    return next((role for name in classes[1].lower().split() if (role := _ROLE_OF_CLASS.get(name))), "")


def _read_europresse(pieces: list[_Piece], origin: Origin, number: int) -> ReadOutcome:
    item = Exported(origin, number)
    outlet = next((place for place, piece in enumerate(pieces) if piece.role == "outlet"), None)
    if outlet is not None:
        pieces = pieces[outlet:]
        item.set("outlet", _NUMBER_BEHIND.sub("", line_of(pieces[0].html)))
    header = " ".join(line_of(piece.html) for piece in pieces if piece.role == "header")
    _take_header(" ".join(header.split()), item)
    for role in ("title", "byline"):
        item.set(
            role, next((line for piece in pieces if piece.role == role and (line := line_of(piece.html))), "")
        )
    key = next((found for piece in pieces for found in _DOCUMENT_KEY.finditer(piece.html)), None)
    item.set("key", key[0] if key is not None else "")
    if item.get("date") is None and key is not None:
        item.set("date", re.split(r"\D", key[0].removeprefix("news"))[1], basis="the number of the document")
    texts = [piece for piece in pieces if piece.role == "text"]
    title = next((place for place, piece in enumerate(pieces) if piece.role == "title"), -1)
    if texts:
        _take_byline_above(pieces[title + 1 : pieces.index(texts[0])], item)
        for piece in pieces[pieces.index(texts[0]) :]:
            blocks = _without_end(blocks_of(piece.html)) if piece.role in ("", "text") else []
            item.blocks += [block for block in blocks if piece.role or is_prose(block.text)]
    else:
        _take_older(pieces[title + 1 :], item)
    for piece in pieces:
        if piece.role == "aside" and texts:
            item.blocks += [block._replace(kind="caption") for block in _without_end(blocks_of(piece.html))]
    return item.build("europresse")


def _take_header(line: str, item: Exported) -> None:
    """Enter the section, the date and the page of a line such as ``Politique, jeudi 5 octobre 2013, p. 7``."""
    found = next(find_dates(line), None)
    if found is None:
        item.set("section", line)
        return
    item.set("date", found.text)
    front = [part.strip() for part in line[: found.start].split(",") if part.strip()]
    if front and len(front[-1].split()) == 1 and not line[: found.start].rstrip().endswith(","):
        front.pop()  # the weekday
    item.set("section", ", ".join(front))
    behind = line[found.end :]
    page = _PAGE_BEHIND.search(behind)
    item.set("page", page["page"] if page is not None else "")
    item.set("time", behind.strip(" ,") if ":" in behind and page is None else "")


def _take_byline_above(pieces: list[_Piece], item: Exported) -> None:
    lines = [block.text for piece in pieces if not piece.role for block in blocks_of(piece.html)]
    if item.get("byline") is None and lines and len(lines[-1]) <= LONGEST_BYLINE:
        item.set("byline", lines.pop())
    item.blocks += [Block(line) for line in lines]


def _take_older(pieces: list[_Piece], item: Exported) -> None:
    """Enter the author and the text of the older layout, in which they follow the headline without a class."""
    html = "".join(piece.html for piece in pieces)
    blocks = _without_end(blocks_of(html))
    opening = re.match(r"(?:\s|<br\s*/?>)*(?P<line>[^<>]{2,120})<br\s*/?>\s*<p>", html, re.IGNORECASE)
    if opening is not None and blocks and blocks[0].text == line_of(opening["line"]):
        line = blocks[0].text
        if item.get("byline") is None and line[-1:] not in ".!?:" and len(line.split()) <= 10:
            item.set("byline", line)
            blocks.pop(0)
    item.blocks += blocks


def _without_end(blocks: list[Block]) -> list[Block]:
    """Return paragraphs without the notice of copyright, the number of the document and the certificate at their end.

    A notice and a certificate in front of other prose are no text either, but the prose is.
    """

    def kind(place: int) -> TailKind:
        text = blocks[place].text
        if len(text) <= 300:
            key = _DOCUMENT_KEY.search(text)
            if key is not None and len(text) <= len(key[0]) + 40:
                return TailKind.SURE
            if _END_OF_TEXT.match(text) is not None:
                return TailKind.LABEL
        return TailKind.PROSE if is_prose(text) else TailKind.LOOSE

    text = blocks[: tail_start(0, len(blocks), kind)]
    return [
        one
        for place, one in enumerate(text)
        if not (one.text.startswith(_NOTICES) and kind(place) is TailKind.LABEL)
    ]
