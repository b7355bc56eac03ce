"""Claim the fields of an article from a ``nitf`` element, which is a whole document or a part of a NewsML document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newssearch.article import STATED, Provenance
from newssearch.readers.article.dateline import natural_case
from newssearch.readers.article.draft import Draft
from newssearch.text.paragraphs import MAX_WRAP_CHARS, squeeze

from .tree import attribute, blocks_in, text_at

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


FROM_ABSTRACT = Provenance("stated", "only its abstract")


MIN_LINES = 5
"""The smallest number of ``p`` elements that may be the lines of wrapped paragraphs."""


_ONLY_DIGITS = re.compile(r"[\dTZ:+. -]+")


_BYLINE_PREPOSITION = re.compile(r"^(?:by|par|por|von)\s+", re.IGNORECASE)


def claim_nitf(root: Element, draft: Draft) -> None:
    """Claim the fields that a ``nitf`` element states, and set the text of the draft if it has none yet."""
    head, body = root.find("head"), root.find("body")
    top = None if body is None else body.find("body.head")
    data = None if head is None else head.find("docdata")
    draft.claim("title", text_at(top, "hedline/hl1"))
    draft.claim("title", text_at(head, "title"))
    draft.claim("title", attribute(head, "pubdata", "headline"))
    draft.claim("byline", _nitf_byline(top))
    dateline = text_at(top, "dateline")
    if dateline and not _ONLY_DIGITS.fullmatch(dateline):
        draft.claim("dateline", dateline)
    for path in ("dateline/location/city", "dateline/location", "dateline/city"):
        draft.claim("located", natural_case(text_at(top, path) or ""))
    for path, name in (("date.issue", "norm"), ("date.release", "norm")):
        draft.claim("date", attribute(data, path, name))
    draft.claim("date", attribute(head, "pubdata", "date.publication"))
    draft.claim("date", attribute(top, "dateline/story.date", "norm"))
    distributor = text_at(top, "distributor")
    holder = attribute(data, "doc.copyright", "holder")
    draft.claim("outlet", attribute(head, "pubdata", "name"))
    draft.claim("outlet", distributor, Provenance("inferred", "its distributor"))
    draft.claim("outlet", holder, Provenance("inferred", "its copyright"))
    draft.claim(
        "outlet", attribute(data, "del-list/from-src", "src-name"), Provenance("inferred", "who sent it")
    )
    draft.claim("source", text_at(top, "rights/rights.agent"))
    draft.claim("source", distributor, Provenance("stated", "its distributor"))
    draft.claim("source", holder, Provenance("inferred", "its copyright"))
    draft.claim("section", attribute(head, "tobject/tobject.subject", "tobject.subject.type"))
    draft.claim("section", attribute(head, "pubdata", "position.section"))
    draft.claim("lang", attribute(root, "", "lang"))
    draft.claim("lang", attribute(body, "", "lang"))
    draft.claim("url", attribute(head, "pubdata", "ex-ref"))
    registrar = attribute(data, "doc-id", "regsrc")
    draft.claim_key(
        attribute(data, "doc-id", "id-string"), f"nitf {registrar or ''}".strip(), of_outlet=not registrar
    )
    if not draft.text and body is not None:
        for part in body.iterfind("body.content"):
            _join_lines(part)
        content = [
            block
            for path in ("body.content", "body.end")
            for part in body.iterfind(path)
            for block in blocks_in(part)
        ]
        abstract = [block for part in body.iterfind("body.head/abstract") for block in blocks_in(part)]
        draft.text, draft.text_provenance = (
            (content, STATED) if content else (abstract, FROM_ABSTRACT if abstract else STATED)
        )


def _nitf_byline(top: Element | None) -> str | None:
    """Return the names in the bylines of an article, without job titles, joined by commas, or None."""
    names = []
    for byline in [] if top is None else top.iterfind("byline"):
        pieces = [byline.text or ""]
        for child in byline:
            pieces += (
                [child.tail or ""] if child.tag == "byttl" else ["".join(child.itertext()), child.tail or ""]
            )
        names.append(_BYLINE_PREPOSITION.sub("", squeeze("".join(pieces))))
    return ", ".join(name for name in names if name) or None


def _join_lines(content: Element) -> None:
    """Join the ``p`` elements of a text in which each of them is a line: an indented line begins a paragraph.

    This is so if some are indented, most are not, and all are short enough for lines.
    """
    for parent in [content, *content.iter("block")]:
        lines = parent.findall("p")
        texts = ["".join(line.itertext()) for line in lines]
        indented = [text[:1].isspace() and bool(text.strip()) for text in texts]
        if (
            len(lines) < MIN_LINES
            or not 0 < 2 * sum(indented) < len(lines)
            or max(map(len, texts)) > MAX_WRAP_CHARS
        ):
            continue
        first = None
        for line, text, begins in zip(lines, texts, indented, strict=True):
            if first is None or begins or not text.strip():
                first = line if text.strip() else None
                continue
            for inner in list(first):
                first.remove(inner)
            first.text = f"{''.join(texts[lines.index(first)])} {text}"
            texts[lines.index(first)] = first.text
            parent.remove(line)
