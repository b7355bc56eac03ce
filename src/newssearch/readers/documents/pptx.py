"""The format PPTX, PowerPoint's presentations: the text of each slide under its title, then the speaker's notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newssearch.limits import DEFAULT_LIMITS, Limits
from newssearch.readers.api import Origin, ReadOutcome, UnreadableError
from newssearch.readers.styled_text import ParagraphRole, StyledParagraph, StyledText

from .articles import read_styled
from .docx import properties_of
from .package import DEEPEST_NESTING, Package, attribute_of
from .rows import rows_or_paragraphs

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

HIDDEN_SLIDES = "hidden slides"
"""The kind under which reports count the slides that a presentation hides or does not have."""

DIAGRAMS = "charts and diagrams"
"""The kind under which reports count the drawings of slides whose words are not read."""

_UNREAD_PLACES = frozenset({"dt", "ftr", "hdr", "sldNum", "sldImg"})
_TITLE_PLACES = frozenset({"title", "ctrTitle"})


def text_of_pptx(data: bytes, limits: Limits = DEFAULT_LIMITS) -> StyledText:
    """Return the text of a presentation. Raises UnreadableError if it is broken, encrypted or too large."""
    package = Package(data, limits)
    main = package.main_part("ppt/presentation.xml")
    root = package.tree(main)
    if root is None:
        raise UnreadableError("a broken document: it has no list of slides")
    targets = package.targets(main)
    paragraphs: list[StyledParagraph] = []
    unread: list[str] = []
    for number, entry in enumerate(root.iterfind("sldIdLst/sldId")):
        _, target = targets.get(_relation(entry), ("", ""))
        slide = package.tree(target) if target else None
        if slide is None or slide.get("show") in ("0", "false"):
            unread.append(HIDDEN_SLIDES)
            continue
        unread += [DIAGRAMS] * sum(1 for _ in _diagrams_in(slide))
        found = list(_of_slide(slide, {key: link for key, (_, link) in package.targets(target).items()}))
        if number == 0 and found and found[0].level:
            found[0] = found[0]._replace(role="title", level=0)
        notes = next((name for kind, name in package.targets(target).values() if kind == "notesSlide"), "")
        if notes and (tree := package.tree(notes)) is not None:
            found += [one._replace(role="note", kind="text", level=0) for one in _of_slide(tree, {})]
        if found:
            paragraphs += [found[0]._replace(new_page=True), *found[1:]]
    return StyledText(paragraphs, *properties_of(package), unread=tuple(unread))


def _diagrams_in(slide: Element) -> Iterator[Element]:
    """Yield the charts and diagrams of a slide, whose words stand in parts of their own."""
    for data in slide.iter("graphicData"):
        if any(one.tag in ("relIds", "chart") for one in data):
            yield data


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in a presentation, or a rejection."""
    yield from read_styled(text_of_pptx(data, origin.options.limits), origin)


def _relation(element: Element) -> str:
    """Return the id of a relationship; the element also has an id without a namespace."""
    return next((value for key, value in element.attrib.items() if key.endswith("}id")), "")


def _of_slide(slide: Element, links: dict[str, str]) -> Iterator[StyledParagraph]:
    """Yield the paragraphs of a slide, its title first."""
    shapes = slide.find("cSld/spTree")
    found = list(_of_shapes(shapes, links, 0)) if shapes is not None else []
    yield from sorted((one for one in found if one.text), key=lambda one: not one.level)


def _of_shapes(parent: Element, links: dict[str, str], depth: int) -> Iterator[StyledParagraph]:
    if depth > DEEPEST_NESTING:
        raise UnreadableError(f"a document with elements nested more than {DEEPEST_NESTING} deep")
    for child in parent:
        if child.tag == "grpSp":
            yield from _of_shapes(child, links, depth + 1)
        elif child.tag == "AlternateContent":
            yield from _of_shapes(next(iter(child), child), links, depth + 1)
        elif child.tag == "graphicFrame":
            rows = (
                [list(_of_text(cell.find("txBody"), links)) for cell in row.iterfind("tc")]
                for row in child.iterfind("graphic/graphicData/tbl/tr")
            )
            yield from rows_or_paragraphs(rows)
        elif child.tag == "sp":
            place = attribute_of(child.find("nvSpPr/nvPr/ph"), "type") or ""
            if place in _UNREAD_PLACES:
                continue
            paragraphs = list(_of_text(child.find("txBody"), links))
            if place in _TITLE_PLACES:
                text = " ".join(one.text for one in paragraphs)
                yield StyledParagraph(
                    text, "heading", "", 1, links=tuple(x for one in paragraphs for x in one.links)
                )
            else:
                role: ParagraphRole = "subtitle" if place == "subTitle" else ""
                several = len(paragraphs) > 1 and not role
                yield from (one._replace(role=role, kind="list" if several else "text") for one in paragraphs)


def _of_text(body: Element | None, links: dict[str, str]) -> Iterator[StyledParagraph]:
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
                if link is not None and (target := links.get(_relation(link), "")):
                    found.append(target)
        if text := "".join(pieces).replace("\u00ad", "").strip():
            yield StyledParagraph(
                text, bold=0 < letters == bold, size=size, links=tuple(dict.fromkeys(found))
            )
