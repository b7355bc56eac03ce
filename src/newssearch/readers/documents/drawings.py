"""The words in the drawings of Office Open XML: in text boxes, in diagrams (SmartArt) and in charts, each a part of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from newssearch.readers.api import UnreadableError
from newssearch.readers.styled_text import StyledParagraph

from .package import DEEPEST_NESTING, Package, attribute_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DIAGRAMS = "charts and diagrams"
"""The kind under which reports count the charts and diagrams whose words cannot be read."""

DIAGRAM_RELATIONS = frozenset({"diagramData", "chart", "chartEx"})
"""The types of the relationships to the words of charts and diagrams."""

_TYPES_WITH_TEXT = frozenset({"node", "asst"})
"""The types of the points of a diagram that have its words: its boxes, and those of assistants."""


def relation_of(element: Element) -> str:
    """Return the id of a relationship; the element also has an id without a namespace."""
    return next((value for key, value in element.attrib.items() if key.endswith("}id")), "")


def paragraphs_of_drawn_text(body: Element | None, links: Mapping[str, str]) -> Iterator[StyledParagraph]:
    """Yield the paragraphs of a text in a drawing; ``links`` has the targets of its relationships."""
    for paragraph in body.iterfind("p") if body is not None else ():
        pieces: list[str] = []
        found: list[str] = []
        letters = bold = 0
        size = 0.0
        for child in paragraph:
            if child.tag == "br":
                pieces.append("\n")
            elif child.tag == "r" or (child.tag == "fld" and child.get("type") != "slidenum"):
                text = "".join(one.text or "" for one in child.iterfind("t"))
                pieces.append(text)
                properties = child.find("rPr")
                count = sum(map(str.isalnum, text))
                letters += count
                bold += count if attribute_of(properties, "b") in ("1", "true") else 0
                stated = attribute_of(properties, "sz") or ""
                size = max(size, int(stated) / 100 if stated.isdecimal() and len(stated) < 7 else 0.0)
                link = child.find("rPr/hlinkClick")
                if link is not None and (target := links.get(relation_of(link), "")):
                    found.append(target)
        if text := "".join(pieces).replace("\u00ad", "").strip():
            yield StyledParagraph(
                text, bold=0 < letters == bold, size=size, links=tuple(dict.fromkeys(found))
            )


def diagrams_in(drawing: Element) -> Iterator[tuple[bool, str]]:
    """Yield the charts and diagrams in a drawing: whether it is a chart, and the id of the relationship to its words.

    Those in its text boxes are left out.
    """
    waiting = [drawing]
    while waiting:
        element = waiting.pop()
        if element.tag == "chart":
            yield True, relation_of(element)
        elif element.tag == "relIds":
            yield False, attribute_of(element, "dm") or ""
        elif element.tag != "txbxContent":
            waiting += reversed(element)


def paragraphs_of_diagram(package: Package, part: str, *, is_chart: bool) -> list[StyledParagraph] | None:
    """Return the paragraphs of a chart or diagram, given its part; None if it cannot be read."""
    try:
        root = package.tree(part) if part else None
    except UnreadableError:
        if package.left < 0:  # the limit of the whole document
            raise
        return None
    if root is None:
        return None
    return list(_of_chart(root) if is_chart else _of_points(root))


def _of_points(model: Element) -> Iterator[StyledParagraph]:
    """Yield the paragraphs of a diagram in the order of its tree; a point that is in none comes last."""
    points = {attribute_of(one, "modelId") or "": one for one in model.iterfind("ptLst/pt")}
    inside: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in model.iterfind("cxnLst/cxn"):
        if attribute_of(one, "type") in (None, "parOf"):
            order = attribute_of(one, "srcOrd") or ""
            number = int(order) if order.isdecimal() and len(order) < 9 else 0
            inside[attribute_of(one, "srcId") or ""].append((number, attribute_of(one, "destId") or ""))
    waiting = [(key, 0) for key, one in points.items() if attribute_of(one, "type") == "doc"][::-1]
    kept: dict[str, None] = {}
    while waiting:
        key, depth = waiting.pop()
        if key in kept:
            continue
        kept[key] = None
        if depth < DEEPEST_NESTING:
            waiting += [(inner, depth + 1) for _, inner in sorted(inside[key], reverse=True)]
    for key in dict.fromkeys([*kept, *points]):
        point = points.get(key)
        if point is not None and (attribute_of(point, "type") or "node") in _TYPES_WITH_TEXT:
            yield from (one._replace(kind="list") for one in paragraphs_of_drawn_text(point.find("t"), {}))


def _of_chart(chart: Element) -> Iterator[StyledParagraph]:
    """Yield the titles of a chart and of its axes, then the names of its series and of its categories; not its numbers."""
    for title in chart.iter("title"):
        for text in title.iter("rich"):
            yield from (one._replace(kind="caption") for one in paragraphs_of_drawn_text(text, {}))
    series = list(chart.iter("ser"))
    names = [name for one in series for name in _cached_words(one.find("tx"))]
    categories = [name for one in series for name in _cached_words(one.find("cat"))]
    for words in (names, categories):
        if shown := " | ".join(dict.fromkeys(words)):
            yield StyledParagraph(shown, "list")


def _cached_words(element: Element | None) -> Iterator[str]:
    """Yield the words that a chart keeps of the cells of its table."""
    for cache in element.iter("strCache") if element is not None else ():
        for value in cache.iterfind("pt/v"):
            if word := " ".join((value.text or "").split()):
                yield word
