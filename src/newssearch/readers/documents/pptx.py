"""The format PPTX, PowerPoint's presentations: the text of each slide under its title, then the speaker's notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newssearch.limits import DEFAULT_LIMITS, Limits
from newssearch.readers.api import Origin, ReadOutcome, UnreadableError
from newssearch.readers.styled_text import ParagraphRole, StyledParagraph, StyledText

from .articles import read_styled
from .docx import properties_of
from .drawings import (
    DIAGRAMS,
    diagrams_in,
    paragraphs_of_diagram,
    paragraphs_of_drawn_text,
    relation_of,
)
from .package import DEEPEST_NESTING, Package, attribute_of
from .rows import rows_or_paragraphs

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

HIDDEN_SLIDES = "hidden slides"
"""The kind under which reports count the slides that a presentation hides or does not have."""

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
        _, target = targets.get(relation_of(entry), ("", ""))
        slide = package.tree(target) if target else None
        if slide is None or slide.get("show") in ("0", "false"):
            unread.append(HIDDEN_SLIDES)
            continue
        reader = _SlideReader(package, target)
        found = reader.paragraphs_of(slide)
        if number == 0 and found and found[0].level:
            found[0] = found[0]._replace(role="title", level=0)
        if reader.notes and (tree := package.tree(reader.notes)) is not None:
            of_notes = _SlideReader(package, reader.notes).paragraphs_of(tree)
            found += [one._replace(role="note", kind="text", level=0) for one in of_notes]
        unread += reader.unread
        if found:
            paragraphs += [found[0]._replace(new_page=True), *found[1:]]
    return StyledText(paragraphs, *properties_of(package), unread=tuple(unread))


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in a presentation, or a rejection."""
    yield from read_styled(text_of_pptx(data, origin.options.limits), origin)


class _SlideReader:
    """A reader of the shapes of one slide, or of its notes, given the name of its part."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        targets = package.targets(part)
        self._links = {key: link for key, (_, link) in targets.items()}
        self.notes = next((name for kind, name in targets.values() if kind == "notesSlide"), "")
        self.unread: list[str] = []

    def paragraphs_of(self, slide: Element) -> list[StyledParagraph]:
        """Return the paragraphs of a slide, its title first."""
        shapes = slide.find("cSld/spTree")
        found = list(self._of_shapes(shapes, 0)) if shapes is not None else []
        return sorted((one for one in found if one.text), key=lambda one: not one.level)

    def _of_shapes(self, parent: Element, depth: int) -> Iterator[StyledParagraph]:
        if depth > DEEPEST_NESTING:
            raise UnreadableError(f"a document with elements nested more than {DEEPEST_NESTING} deep")
        for child in parent:
            if child.tag == "grpSp":
                yield from self._of_shapes(child, depth + 1)
            elif child.tag == "AlternateContent":
                yield from self._of_shapes(next(iter(child), child), depth + 1)
            elif child.tag == "graphicFrame":
                rows = (
                    [
                        list(paragraphs_of_drawn_text(cell.find("txBody"), self._links))
                        for cell in row.iterfind("tc")
                    ]
                    for row in child.iterfind("graphic/graphicData/tbl/tr")
                )
                yield from rows_or_paragraphs(rows)
                yield from self._of_diagrams(child)
            elif child.tag == "sp":
                yield from self._of_shape(child)

    def _of_diagrams(self, frame: Element) -> Iterator[StyledParagraph]:
        for is_chart, relation in diagrams_in(frame):
            found = paragraphs_of_diagram(self._package, self._links.get(relation, ""), is_chart=is_chart)
            if found is None:
                self.unread.append(DIAGRAMS)
            yield from found or ()

    def _of_shape(self, shape: Element) -> Iterator[StyledParagraph]:
        place = attribute_of(shape.find("nvSpPr/nvPr/ph"), "type") or ""
        if place in _UNREAD_PLACES:
            return
        paragraphs = list(paragraphs_of_drawn_text(shape.find("txBody"), self._links))
        if place in _TITLE_PLACES:
            text = " ".join(one.text for one in paragraphs)
            links = tuple(link for one in paragraphs for link in one.links)
            yield StyledParagraph(text, "heading", "", 1, links=links)
        else:
            role: ParagraphRole = "subtitle" if place == "subTitle" else ""
            several = len(paragraphs) > 1 and not role
            yield from (one._replace(role=role, kind="list" if several else "text") for one in paragraphs)
