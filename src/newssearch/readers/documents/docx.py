"""The format DOCX, Word's documents in Office Open XML.

Deleted or moved text, comments, hidden text, headers and footers, page numbers and tables of contents are left out.
Inserted text, footnotes, text boxes, formulas, the words of charts and diagrams, and the results of fields are read,
even if a field is not closed. Files inserted in place of paragraphs are read, or counted if their format is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from newssearch.limits import DEFAULT_LIMITS, Limits
from newssearch.readers.api import EXPORTS_KIND, Origin, ReadOutcome, Skipped, UnreadableError, is_review
from newssearch.readers.styled_text import (
    DEEPEST_HEADING,
    ParagraphStyle,
    StyledParagraph,
    StyledText,
    style_named,
)
from newssearch.readers.xml.tree import text_at
from newssearch.text.paragraphs import SENTENCE_ENDS

from .articles import read_styled
from .drawings import DIAGRAM_RELATIONS, DIAGRAMS, diagrams_in, paragraphs_of_diagram
from .fields import CONTENTS_FIELDS, UNREAD_FIELDS, field_link, field_name
from .inserted import paragraphs_of_inserted
from .package import DEEPEST_NESTING, Package, attribute_of, is_on
from .rows import rows_or_paragraphs

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SIZE_WITHOUT_STYLE = 10
"""The size of letters in points where a document states none."""

LONGEST_ENTRY = 250
"""The maximum number of characters of an entry of a table of contents that ends as a sentence does."""

PAGE_BREAK = "\f"

UNREAD_INSERTED = "files inside documents that are not read"
"""The kind under which reports count the files that stand in the place of paragraphs and have another format."""

_SIGNS_OF_FORMULA = {"den": "/", "sup": "^"}
"""The signs between the parts of a formula that stand above one another."""

_AROUND_BLOCKS = frozenset(
    {"ins", "moveTo", "customXml", "sdtContent", "smartTag", "Choice", "body", "txbxContent"}
)
_AROUND_RUNS = (
    _AROUND_BLOCKS
    | {"hyperlink", "fldSimple", "bdo", "dir", "oMath", "oMathPara", "sdt"}
    | frozenset(
        "f num den e sup sub sSup sSub sSubSup sPre rad deg d nary func fName limLow limUpp lim m mr acc bar box borderBox"
        " groupChr eqArr".split()
    )
)


class _Look(NamedTuple):
    """The look of the letters of a run; None where the run leaves it to its style."""

    bold: bool | None = None
    size: float | None = None
    hidden: bool | None = None

    def over(self, other: _Look) -> _Look:
        """Return this look, with ``other`` where this one leaves something open."""
        return _Look(
            other.bold if self.bold is None else self.bold,
            other.size if self.size is None else self.size,
            other.hidden if self.hidden is None else self.hidden,
        )


class _Style(NamedTuple):
    name: str
    means: ParagraphStyle
    look: _Look
    page_before: bool = False


def text_of_docx(data: bytes, limits: Limits = DEFAULT_LIMITS) -> StyledText:
    """Return the text of a document. Raises UnreadableError if it is broken, encrypted or too large."""
    package = Package(data, limits)
    main = package.main_part("word/document.xml")
    root = package.tree(main)
    body = root.find("body") if root is not None else None
    if body is None:
        raise UnreadableError("a broken document: it has no text part")
    reader = _BodyReader(package, main)
    paragraphs = [one for one in reader.flow(body, 0) if one.text]
    return StyledText(paragraphs, *properties_of(package), unread=tuple(reader.unread))


def properties_of(package: Package) -> tuple[str, str, str, str]:
    """Return the title, the creator, the time of creation and the language that a document of Office Open XML states."""
    core = next((target for kind, target in package.targets("").values() if kind == "core-properties"), "")
    about = package.tree(core or "docProps/core.xml")
    return (
        text_at(about, "title") or "",
        text_at(about, "creator") or "",
        text_at(about, "created") or "",
        text_at(about, "language") or "",
    )


def _description_of(data: bytes, limits: Limits) -> str:
    """Return the description among the properties of a document."""
    package = Package(data, limits)
    core = next((target for kind, target in package.targets("").values() if kind == "core-properties"), "")
    return text_at(package.tree(core or "docProps/core.xml"), "description") or ""


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in a document, or a rejection; only a skip if the document is a press review of newssearch."""
    if is_review(_description_of(data, origin.options.limits)):
        yield Skipped(origin.path, EXPORTS_KIND)
        return
    yield from read_styled(text_of_docx(data, origin.options.limits), origin)


class _BodyReader:
    """A reader of the blocks of a document, with its styles, links and notes."""

    def __init__(self, package: Package, main: str) -> None:
        targets = package.targets(main)
        self.links = {key: target for key, (kind, target) in targets.items() if kind == "hyperlink"}
        parts = dict(targets.values())
        self.styles, self.default = _styles_of(package.tree(parts.get("styles", "word/styles.xml")))
        self._notes: dict[tuple[str, str], Element] = {}
        for kind in ("footnote", "endnote"):
            root = package.tree(parts.get(f"{kind}s", f"word/{kind}s.xml"))
            for note in root.iter(kind) if root is not None else ():
                if attribute_of(note, "type") in (None, "normal"):
                    self._notes[kind, attribute_of(note, "id") or ""] = note
        self._package = package
        self._diagrams = {key: target for key, (kind, target) in targets.items() if kind in DIAGRAM_RELATIONS}
        self._inserted = {key: target for key, (kind, target) in targets.items() if kind == "aFChunk"}
        self.unread: list[str] = []
        self.fields: list[_Field] = []
        self._joined: _Unfinished | None = None  # a paragraph whose end was deleted
        self._new_page = False

    def flow(self, parent: Element, depth: int) -> Iterator[StyledParagraph]:
        """Yield the paragraphs of the body, of a cell, a note or a text box, of which the last one ends with it."""
        outer, self._joined = self._joined, None
        yield from self.blocks(parent, depth)
        yield from self._end_joined()
        self._joined = outer

    def blocks(self, parent: Element, depth: int) -> Iterator[StyledParagraph]:
        """Yield the paragraphs in an element of the document."""
        if depth > DEEPEST_NESTING:
            raise UnreadableError(f"a document with elements nested more than {DEEPEST_NESTING} deep")
        for child in parent:
            tag = child.tag
            if tag == "p":
                yield from self._paragraph(child, depth)
            elif tag == "tbl":
                yield from self._end_joined()
                rows = (
                    [list(self.flow(cell, depth + 1)) for cell in _children(row, "tc")]
                    for row in _children(child, "tr")
                    if row.find("trPr/del") is None
                )
                yield from rows_or_paragraphs(rows)
            elif tag == "sdt":
                content = child.find("sdtContent")
                if content is not None:
                    gallery = attribute_of(child.find("sdtPr/docPartObj/docPartGallery"))
                    inner = self.blocks(content, depth + 1)
                    if gallery == "Table of Contents":
                        inner = (one._replace(role="contents") for one in inner)
                    yield from inner
            elif tag == "altChunk":
                yield from self._end_joined()
                yield from self._of_inserted(self._inserted.get(attribute_of(child, "id") or "", ""))
            elif tag == "AlternateContent":
                yield from self.blocks(next(iter(child), child), depth + 1)
            elif tag in _AROUND_BLOCKS:
                yield from self.blocks(child, depth + 1)

    def _paragraph(self, element: Element, depth: int) -> Iterator[StyledParagraph]:
        properties = element.find("pPr")
        style = self.styles.get(attribute_of(_child(properties, "pStyle")) or "", self.default)
        means = _means_with_properties(style.means, properties)
        if means.level or _is_prose(element):  # no table of contents has a heading of the text, or sentences
            self.fields = [one for one in self.fields if one.name not in CONTENTS_FIELDS]
        runs = _RunReader(self, style, depth)
        if self._joined is not None:
            runs.go_on(self._joined.runs)
        runs.read(element, 0)
        # A field that was not closed hides nothing behind its paragraph; only tables of contents have several.
        self.fields = [one for one in self.fields if one.in_result and one.name not in UNREAD_FIELDS]
        if style.page_before or is_on(_child(properties, "pageBreakBefore")):
            self._new_page = True
        self._joined = _Unfinished(runs, style, means)
        if properties is None or properties.find("rPr/del") is None:
            yield from self._end_joined()
        if attribute_of(_child(properties, "sectPr/type")) in (None, "nextPage", "oddPage", "evenPage"):
            self._new_page = self._new_page or _child(properties, "sectPr") is not None

    def _end_joined(self) -> Iterator[StyledParagraph]:
        """Yield the paragraph that was read last, if it did not end yet, and what stands in its boxes and notes."""
        if self._joined is None:
            return
        (runs, style, means), self._joined = self._joined, None
        if runs.is_contents():
            means = means._replace(role="contents")
        for number, part in enumerate("".join(runs.pieces).split(PAGE_BREAK)):
            self._new_page = self._new_page or number > 0
            if cleaned := part.replace("\u00ad", "").strip():
                links = tuple(dict.fromkeys(runs.links))
                look = style.name, runs.is_bold(), runs.largest, links, self._new_page
                yield StyledParagraph(cleaned, means.kind, means.role, means.level, *look)
                self._new_page = False
        yield from runs.boxes

    def _of_inserted(self, name: str) -> Iterator[StyledParagraph]:
        """Yield the paragraphs of a file that stands in the place of paragraphs; one that cannot be read is counted."""
        data = self._package.part(name) if name else None
        found = None
        if data is not None:
            limits = replace(self._package.limits, document=max(1, self._package.left))
            try:
                found = paragraphs_of_inserted(
                    data, name, lambda inner: text_of_docx(inner, limits).paragraphs
                )
            except UnreadableError:
                found = None
        if found is None:
            self.unread.append(UNREAD_INSERTED)
        yield from found or ()

    def of_diagrams(self, drawing: Element) -> Iterator[StyledParagraph]:
        """Yield the words of the charts and diagrams in a drawing; one that cannot be read is counted."""
        for is_chart, relation in diagrams_in(drawing):
            found = paragraphs_of_diagram(self._package, self._diagrams.get(relation, ""), is_chart=is_chart)
            if found is None:
                self.unread.append(DIAGRAMS)
            yield from found or ()

    def note(self, kind: str, number: str, depth: int) -> Iterator[StyledParagraph]:
        """Yield the paragraphs of a footnote or endnote; a note is read once."""
        note = self._notes.pop((kind, number), None)
        if note is not None:
            page, self._new_page = self._new_page, False
            fields, self.fields = self.fields, []
            yield from (one._replace(role="note", kind="text") for one in self.flow(note, depth + 1))
            self._new_page, self.fields = page, fields


class _Field:
    """A field that has begun: its instruction, and whether its result has begun."""

    def __init__(self) -> None:
        self.instruction = ""
        self.in_result = False

    @property
    def name(self) -> str:
        return field_name(self.instruction)


class _Unfinished(NamedTuple):
    """A paragraph that was read, and that the next one may go on."""

    runs: _RunReader
    style: _Style
    means: ParagraphStyle


class _RunReader:
    """A reader of the runs of one paragraph: their text, and the paragraphs of notes and text boxes in them."""

    def __init__(self, body: _BodyReader, style: _Style, depth: int) -> None:
        self._body, self._style, self._depth = body, style, depth
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.boxes: list[StyledParagraph] = []
        self.largest = 0.0
        self._letters = self._bold_letters = self._contents_letters = 0

    def go_on(self, before: _RunReader) -> None:
        """Begin with what another paragraph has, whose end was deleted."""
        self.pieces, self.links, self.boxes = before.pieces, before.links, before.boxes
        self.largest, self._letters = before.largest, before._letters
        self._bold_letters, self._contents_letters = before._bold_letters, before._contents_letters

    def is_bold(self) -> bool:
        """Whether all letters are bold."""
        return 0 < self._letters == self._bold_letters

    def is_contents(self) -> bool:
        """Whether all letters are in a table of contents."""
        return 0 < self._letters == self._contents_letters

    def read(self, parent: Element, level: int) -> None:
        """Read the runs in a paragraph, or in an element around runs."""
        if level > DEEPEST_NESTING:
            raise UnreadableError(f"a document with elements nested more than {DEEPEST_NESTING} deep")
        for child in parent:
            tag = child.tag
            if tag == "r":
                self._run(child, level)
            elif tag == "AlternateContent":
                self.read(next(iter(child), child), level + 1)
            elif tag == "fldSimple" and _unread(attribute_of(child, "instr") or ""):
                continue
            elif tag in ("del", "moveFrom"):
                self._marks_in(child)
            elif tag in _AROUND_RUNS:
                if sign := _SIGNS_OF_FORMULA.get(tag):
                    self.pieces.append(sign)
                if tag == "hyperlink" and (link := self._body.links.get(attribute_of(child, "id") or "")):
                    self.links.append(link)
                self.read(child, level + 1)

    def _run(self, run: Element, level: int) -> None:
        properties = run.find("rPr")
        look = _look_of(properties)
        style = self._body.styles.get(attribute_of(_child(properties, "rStyle")) or "")
        if style is not None:
            look = look.over(style.look)
        look = look.over(self._style.look)
        for child in run:
            tag = child.tag
            if tag == "fldChar":
                self._field_mark(attribute_of(child, "fldCharType"))
            elif tag == "instrText":
                if self._body.fields and not self._body.fields[-1].in_result:
                    self._body.fields[-1].instruction += child.text or ""
            elif look.hidden or self._is_unread():
                continue
            elif tag in ("footnoteReference", "endnoteReference"):
                kind = tag.removesuffix("Reference")
                self.boxes += self._body.note(kind, attribute_of(child, "id") or "", self._depth)
            elif tag in ("drawing", "pict", "object"):
                self._text_boxes(child)
            elif tag == "AlternateContent":
                self._text_boxes(next(iter(child), child))
            elif tag == "ruby":
                for base in child.iter("rubyBase"):
                    self.read(base, level + 1)
            else:
                self._add(_text_of_run_part(child), look)

    def _add(self, text: str, look: _Look) -> None:
        if text:
            self.pieces.append(text)
            letters = sum(map(str.isalnum, text))
            self._letters += letters
            if look.bold:
                self._bold_letters += letters
            if any(field.name in CONTENTS_FIELDS for field in self._body.fields):
                self._contents_letters += letters
            if letters and look.size:
                self.largest = max(self.largest, look.size)

    def _marks_in(self, deleted: Element) -> None:
        """Follow the marks of fields in deleted text, because the deletion may hold only the end of a field."""
        for mark in deleted.iter("fldChar"):
            self._field_mark(attribute_of(mark, "fldCharType"))

    def _field_mark(self, kind: str | None) -> None:
        fields = self._body.fields
        if kind == "begin" and len(fields) < DEEPEST_NESTING:
            fields.append(_Field())
        elif kind == "separate" and fields:
            fields[-1].in_result = True
            if link := field_link(fields[-1].instruction):
                self.links.append(link)
        elif kind == "end" and fields:
            fields.pop()

    def _is_unread(self) -> bool:
        """Whether the text at this place is the instruction of a field, or the result of one that is not read."""
        return any(not field.in_result or field.name in UNREAD_FIELDS for field in self._body.fields)

    def _text_boxes(self, drawing: Element) -> None:
        page, self._body._new_page = self._body._new_page, False
        fields, self._body.fields = self._body.fields, []
        for box in _text_boxes_in(drawing):
            self.boxes += self._body.flow(box, self._depth + 1)
        self.boxes += self._body.of_diagrams(drawing)
        self._body._new_page, self._body.fields = page, fields


def _text_boxes_in(drawing: Element) -> Iterator[Element]:
    """Yield the outermost text boxes in a drawing, of two alternatives only the first."""
    waiting = [drawing]
    while waiting:
        element = waiting.pop()
        if element.tag == "txbxContent":
            yield element
        elif element.tag == "AlternateContent":
            waiting += list(element)[:1]
        else:
            waiting += reversed(element)


def _text_of_run_part(element: Element) -> str:
    match element.tag:
        case "t":
            return element.text or ""
        case "tab" | "ptab":
            return " "
        case "br":
            return PAGE_BREAK if attribute_of(element, "type") == "page" else "\n"
        case "cr":
            return "\n"
        case "noBreakHyphen":
            return "-"
        case "sym":
            return _symbol(attribute_of(element, "char") or "")
    return ""


def _symbol(code: str) -> str:
    """Return the character with a code in hexadecimal digits; those of symbol fonts (F000 to F0FF) mean nothing."""
    number = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code) else 0
    return chr(number) if number > 32 and not 0xD800 <= number <= 0xF8FF else ""


def _is_prose(paragraph: Element) -> bool:
    """Whether a paragraph is longer than an entry of a table of contents, and ends as a sentence does."""
    text = "".join(one.text or "" for one in paragraph.iter("t")).rstrip()
    return len(text) > LONGEST_ENTRY and text[-1] in SENTENCE_ENDS


def _unread(instruction: str) -> bool:
    return field_name(instruction) in UNREAD_FIELDS | CONTENTS_FIELDS


def _children(parent: Element, tag: str, depth: int = 0) -> Iterator[Element]:
    """Yield the rows of a table or the cells of a row, also those inside elements that only mark them."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif (child.tag in _AROUND_BLOCKS or child.tag == "sdt") and depth < DEEPEST_NESTING:
            yield from _children(child, tag, depth + 1)


def _child(parent: Element | None, path: str) -> Element | None:
    return None if parent is None else parent.find(path)


def _look_of(properties: Element | None) -> _Look:
    if properties is None:
        return _Look()
    bold, size = properties.find("b"), attribute_of(properties.find("sz")) or ""
    hidden = properties.find("vanish")
    return _Look(
        None if bold is None else is_on(bold),
        int(size) / 2 if re.fullmatch(r"\d{1,4}", size) else None,
        None if hidden is None else is_on(hidden),
    )


def _means_with_properties(means: ParagraphStyle, properties: Element | None) -> ParagraphStyle:
    """Return the meaning of a style, changed by the properties of a paragraph or of another style."""
    level = attribute_of(_child(properties, "outlineLvl")) or ""
    if re.fullmatch(r"\d", level) and not means.role:
        number = int(level) + 1
        means = ParagraphStyle("heading", "", number) if number <= DEEPEST_HEADING else ParagraphStyle()
    number_id = attribute_of(_child(properties, "numPr/numId"))
    if number_id is not None and means.kind == "text" and not means.role:
        means = means._replace(kind="text" if number_id == "0" else "list")
    return means


def _styles_of(root: Element | None) -> tuple[dict[str, _Style], _Style]:
    """Return the styles of a document by their ids, and that of paragraphs without a style."""
    found = {
        attribute_of(one, "styleId") or "": one for one in (root.iter("style") if root is not None else ())
    }
    defaults = _look_of(root.find("docDefaults/rPrDefault/rPr") if root is not None else None)
    default_look = defaults.over(_Look(size=SIZE_WITHOUT_STYLE))
    styles: dict[str, _Style] = {}
    for key, element in found.items():
        chain = [key]
        while (base := attribute_of(found[chain[-1]].find("basedOn")) or "") in found and base not in chain:
            chain.append(base)
        is_paragraph = attribute_of(element, "type") != "character"
        style = _Style("", ParagraphStyle(), default_look if is_paragraph else _Look())
        for one in reversed(chain[:DEEPEST_NESTING]):
            style = _derived_style(style, found[one])
        styles[key] = style
    normal = next((key for key, one in found.items() if _is_default_paragraph(one)), None)
    return styles, styles[normal] if normal is not None else _Style("", ParagraphStyle(), default_look)


def _is_default_paragraph(style: Element) -> bool:
    return attribute_of(style, "type") == "paragraph" and attribute_of(style, "default") in ("1", "true")


def _derived_style(base: _Style, element: Element) -> _Style:
    name = attribute_of(element.find("name")) or ""
    own = style_named(name)
    means = own if own != ParagraphStyle() or name.lower() == "normal" else base.means
    properties = element.find("pPr")
    before = _child(properties, "pageBreakBefore")
    return _Style(
        name,
        _means_with_properties(means, properties),
        _look_of(element.find("rPr")).over(base.look),
        base.page_before if before is None else is_on(before),
    )
