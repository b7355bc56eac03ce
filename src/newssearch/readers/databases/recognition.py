"""Recognise exports of news databases among texts, pages and office documents, and read them.

The criteria are at ``decide`` of the signs of each database: a mark that separates or ends documents, or an id, or a
length, together with several different labels at the starts of lines, and a date. In doubt, a text is read as a plain
text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from newssearch.readers.api import Origin, ReadOutcome
from newssearch.readers.html_fragment import blocks_of
from newssearch.readers.styled_text import StyledText
from newssearch.text.paragraphs import split_lines

from . import europresse, factiva, nexis, proquest
from .parts import Part, lines_of_parts, parts_of_text

LINES_TO_DECIDE = 5_000
"""The number of lines at the start of a text in which the signs of an export are looked for."""

CENTRE = "\ue001"
_BREAK = re.compile(r"<DOC NUMBER\s?=\s?\"?\d+\"?>", re.IGNORECASE)
_STATED = re.compile(r"<META [^<>]{0,100}\bDOCUMENTS=\"(\d{1,7})\"", re.IGNORECASE)
_CENTRED_CLASS = re.compile(r"\.(c\d{1,3})\s?\{[^{}]{0,80}text-align:\s?center", re.IGNORECASE)
_PARAGRAPH_CLASS = re.compile(r"<(?:P|DIV) CLASS=\"?(c\d{1,3})\"?>", re.IGNORECASE)
_PARAGRAPH_AT_CELL_START = re.compile(r"(<T[DH]\b[^<>]*>\s*)<P\b[^<>]*>", re.IGNORECASE)
_PARAGRAPH_AT_CELL_END = re.compile(r"</P>\s*(?=</T[DH]>)", re.IGNORECASE)
_PROQUEST_ANCHOR = re.compile(r"<a name=\"?DocID", re.IGNORECASE)
_PAGE_SIGNS = ("<DOCFULL", " DOCUMENTS<", "End of Document", "ProQuest", "Factiva")


def exported_text(text: str, origin: Origin) -> Iterator[ReadOutcome] | None:
    """Return the articles of a plain text that is an export, or None for any other text."""
    return _read_lines_or_parts(
        split_lines(text), lambda: parts_of_text(text, nexis.begins_part, nexis.stands_alone), origin
    )


def exported_parts(parts: Sequence[Part], origin: Origin) -> Iterator[ReadOutcome] | None:
    """Return the articles of a document's paragraphs that are an export, or None for any other document."""
    return _read_lines_or_parts(list(lines_of_parts(parts)), lambda: iter(parts), origin)


def exported_styled(text: StyledText, origin: Origin) -> Iterator[ReadOutcome] | None:
    """Return the articles of an office document's text that is an export, or None for any other text."""
    return exported_parts(
        [Part(one.text.strip(), kind=one.kind) for one in text.paragraphs if one.text.strip()], origin
    )


def exported_page(text: str, origin: Origin) -> Iterator[ReadOutcome] | None:
    """Return the articles of a page that is an export, or None for any other page."""
    if europresse.is_europresse(text):
        return europresse.read_europresse(text, origin)
    if not any(sign in text for sign in _PAGE_SIGNS):
        return None
    parts = list(_parts_of_page(text))
    if any(part.text == nexis.DOCUMENT_BREAK for part in parts):
        stated = _STATED.search(text[:20_000])
        return nexis.read_nexis(parts, origin, int(stated[1]) if stated is not None else None)
    return exported_parts(parts, origin)


def _read_lines_or_parts(
    lines: Sequence[str], parts: Callable[[], Iterable[Part]], origin: Origin
) -> Iterator[ReadOutcome] | None:
    of_factiva, of_proquest, of_nexis = factiva.FactivaSigns(), proquest.ProquestSigns(), nexis.NexisSigns()
    for line in lines[:LINES_TO_DECIDE]:
        if line and len(line) <= 4_000:
            of_factiva.add(line)
            of_proquest.add(line)
            of_nexis.add(line)
    if of_proquest.decide:
        return proquest.read_proquest(lines, origin)
    if of_factiva.decide:
        return factiva.read_factiva(lines, origin, with_codes=of_factiva.with_codes)
    if not of_nexis.decide:
        return None
    of_export = list(parts())
    return nexis.read_nexis(of_export, origin) if any(map(nexis.has_date_line, of_export)) else None


def _parts_of_page(text: str) -> Iterator[Part]:
    """Yield the paragraphs of a page; a document that the markup of Nexis begins is a part of its own."""
    centred = set(_CENTRED_CLASS.findall(text[:20_000]))

    def mark(tag: re.Match[str]) -> str:
        return f"{tag[0]}{CENTRE}" if tag[1] in centred else tag[0]

    stretches = _BREAK.split(text)
    for number, stretch in enumerate(stretches):
        if number:
            yield Part(nexis.DOCUMENT_BREAK)
            stretch = stretch.partition("-->")[2]  # noqa: PLW2901  (the break stands in a comment)
            stretch = _PARAGRAPH_AT_CELL_END.sub("", _PARAGRAPH_AT_CELL_START.sub(r"\1", stretch))  # noqa: PLW2901
        stretch = _PROQUEST_ANCHOR.sub(lambda found: f"<p>{proquest.RULE}</p>{found[0]}", stretch)  # noqa: PLW2901
        for one in blocks_of(_PARAGRAPH_CLASS.sub(mark, stretch) if centred else stretch):
            plain = one.text.replace(CENTRE, "").strip()
            if plain:
                yield Part(plain, centred=CENTRE in one.text[:3], kind=one.kind)
