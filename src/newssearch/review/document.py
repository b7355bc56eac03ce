"""Press reviews as DOCX, for Word, LibreOffice and Pages.

python-docx makes the parts around the text. The text itself is written article by article, because python-docx has the whole of a
document in memory. The contents are lines with a link and a PAGEREF field each, and no TOC field: LibreOffice computes the pages of
the former when it opens a document, and leaves those of the latter as they are; Word would make a TOC field anew from the headings,
without outlets and dates. Groups and headlines are headings, which programs list beside the text.
"""

from __future__ import annotations

import datetime as dt
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import IO, Any, BinaryIO

from newssearch.corpus.concordance import is_right_to_left
from newssearch.readers.api import REVIEW_GENERATOR

from .content import Fact, Review, ReviewedArticle, ReviewedParagraph, ReviewEntry, direction_mark
from .wordprocessing import (
    MAIN_NAMESPACE,
    NAMESPACES,
    RELATIONS_NAMESPACE,
    WORD_BREAK,
    WORD_TAB,
    word_field,
    word_paragraph,
    word_snippet,
    word_text,
    xml_text,
)

_SPOOLED_BYTES = 1 << 23
"""The text of a document is in memory up to this number of bytes, and in a temporary file beyond it."""
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time that the members of the zip file state: the first one that the format knows."""
_MAIN_PART = "word/document.xml"
_A4 = {"page_width": 11906, "page_height": 16838, "left_margin": 1134, "right_margin": 1134, "top_margin": 1361, "bottom_margin": 1247}  # fmt: skip
"""The size of A4 and its margins, in twentieths of a point. ``styles.xml`` has the tabs for it."""
_ABOVE_IN_LIST = 400
"""The space above headings that begin no page, in twentieths of a point."""
_KIND_STYLES = {"heading": "Heading3", "quote": "Quote", "caption": "Caption"}
_BULLET = "•\u00a0"


def write_docx(stream: BinaryIO, review: Review, articles: Iterator[ReviewedArticle]) -> None:
    """Write a press review as DOCX to a stream. ``articles`` are those of its contents, in this order."""
    with tempfile.SpooledTemporaryFile(_SPOOLED_BYTES) as body:
        shell = _shell(review)
        for part in _Body(review, shell).parts(articles):
            body.write(part.encode("utf-8"))
        body.seek(0)
        _write_package(stream, shell, body)


def _write_package(stream: BinaryIO, shell: Any, body: IO[bytes]) -> None:
    """Write the parts of a document with ``body`` as its text. No part states a time: equal reviews have equal bytes."""
    parts = io.BytesIO()
    shell.save(parts)
    with zipfile.ZipFile(parts) as made, zipfile.ZipFile(stream, "w") as written:
        for name in sorted(made.namelist()):  # [Content_Types].xml comes first
            member = zipfile.ZipInfo(name, _FIRST_MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            with written.open(member, "w", force_zip64=name == _MAIN_PART) as part:
                shutil.copyfileobj(body if name == _MAIN_PART else made.open(name), part)


# ---- the parts around the text


def _shell(review: Review) -> Any:
    """Return a document of python-docx with styles, properties, the page, its header and its footer, and without text."""
    import docx  # an extra, and slow to import
    from docx.oxml import parse_xml  # the same
    from docx.shared import Twips  # the same

    shell = docx.Document()
    styles = shell.styles.element
    styles[:] = list(parse_xml(_style_part()))
    _change_settings(shell.settings.element)
    made = review.made.astimezone(dt.timezone.utc).replace(tzinfo=None, microsecond=0)
    about = shell.core_properties
    about.title = _property_text(review.title)
    about.author = about.last_modified_by = "newssearch"
    about.comments = about.keywords = REVIEW_GENERATOR  # a PDF that LibreOffice makes of it has the keywords
    about.language = review.labels.lang
    about.created = about.modified = made
    section = shell.sections[0]
    for name, size in _A4.items():
        setattr(section, name, Twips(size))
    section.different_first_page_header_footer = True
    header = word_paragraph("Header", word_text(review.title), declared=True)
    footer = f"{word_field('PAGE', '1')}{word_text(' / ')}{word_field('NUMPAGES', '1')}"
    section.header._element[:] = [parse_xml(header)]
    section.footer._element[:] = [parse_xml(word_paragraph("Footer", footer, declared=True))]
    for relation in [one for one in shell.part.package.rels.values() if one.reltype.endswith("/thumbnail")]:
        del shell.part.package.rels[relation.rId]  # a picture of an empty page
    return shell


@cache
def _style_part() -> bytes:
    return files(__package__).joinpath("styles.xml").read_bytes()


def _change_settings(settings: Any) -> None:
    """Have programs compute the fields when they open the document, and lay it out as those of Word 2013 and later."""
    from docx.oxml import parse_xml  # an extra, and slow to import

    for name in ("savePreviewPicture", "rsids"):
        for child in settings.findall(f"{{{MAIN_NAMESPACE}}}{name}"):
            settings.remove(child)
    compatible = parse_xml(
        f'<w:compat {NAMESPACES}><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"'
        ' w:val="15"/></w:compat>'
    )
    before = settings.find(f"{{{MAIN_NAMESPACE}}}compat")
    before.addprevious(
        parse_xml(f'<w:updateFields {NAMESPACES} w:val="true"/>')
    )  # the schema prescribes the order
    settings.replace(before, compatible)


def _property_text(text: str) -> str:
    """Return a text without the characters that XML cannot have, as long as a property can be."""
    from html import unescape  # seldom needed

    return unescape(xml_text(text))[:255]


# ---- the text


class _Body:
    """Makes the text of a document. The addresses that it links to become relationships of ``shell``."""

    def __init__(self, review: Review, shell: Any) -> None:
        self._review = review
        self._labels = review.labels
        self._shell = shell
        self._links: dict[str, str] = {}

    def parts(self, articles: Iterator[ReviewedArticle]) -> Iterator[str]:
        """Yield the main part of the document in parts."""
        review, labels = self._review, self._labels
        yield f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document {NAMESPACES}><w:body>'
        yield word_paragraph("Title", word_text(review.title), rtl=is_right_to_left(review.title))
        yield from map(_fact_paragraph, review.cover)
        if review.note:
            yield word_paragraph("Normal", "")
        for one in review.note:
            yield word_paragraph("ReviewNote", word_text(one), rtl=is_right_to_left(one))
        yield from self._contents()
        for group in review.groups:
            first = group.entries[0].number == 1
            if group.heading:
                new_page = review.has_texts or first
                yield word_paragraph(
                    "Heading1",
                    word_text(group.heading),
                    new_page=new_page,
                    above=0 if new_page else _ABOVE_IN_LIST,
                    rtl=is_right_to_left(group.heading),
                )
            for place, article in enumerate(islice(articles, len(group.entries))):
                follows_heading = bool(group.heading) and place == 0
                begins = review.has_texts or article.entry.number == 1
                above = 0 if begins or follows_heading else _ABOVE_IN_LIST
                yield from self._article(article, begins and not follows_heading, above)
        yield word_paragraph("Heading1", word_text(labels.search_summary), new_page=True)
        yield from map(_fact_paragraph, review.summary)
        yield f"{self._section()}</w:body></w:document>"

    def _section(self) -> str:
        """Return the size of the page, its header and its footer, which stand at the end of a text."""
        from lxml import etree  # python-docx needs it

        return etree.tostring(self._shell.element.body.sectPr, encoding="unicode")  # type: ignore[no-any-return]

    def _contents(self) -> Iterator[str]:
        labels = self._labels
        yield word_paragraph("TOCHeading", word_text(labels.contents))
        if not self._review.groups:
            yield word_paragraph("Normal", word_text(labels.nothing))
        for group in self._review.groups:
            if group.heading:
                yield word_paragraph("TOC1", word_text(group.heading))
            yield from map(_contents_line, group.entries)

    def _article(self, article: ReviewedArticle, new_page: bool, above: int) -> Iterator[str]:
        entry, lang = article.entry, article.lang
        headline = word_snippet(article.headline, lang) or word_text(entry.title)
        mark = f'w:id="{entry.number}"'
        yield word_paragraph(
            "Heading2",
            f'<w:bookmarkStart {mark} w:name="{_bookmark(entry)}"/>{headline}<w:bookmarkEnd {mark}/>',
            new_page=new_page,
            above=above,
            rtl=is_right_to_left(article.headline.text),
        )
        yield word_paragraph("ArticleOrigin", self._origin(article))
        for paragraph in article.paragraphs:
            yield _text_paragraph(paragraph, lang, with_next=article.is_kept(paragraph))
        lines = list(self._footer(article))
        for place, line in enumerate(lines, start=1):
            style = "ArticleFooterFirst" if place == 1 else "ArticleFooter"
            yield word_paragraph(style, line, with_next=place < len(lines))

    def _origin(self, article: ReviewedArticle) -> str:
        labels, entry = self._labels, article.entry
        byline = (
            f"{word_text(f' · {labels.by} ')}{word_text(article.byline)}{word_text(direction_mark(article.byline))}"
            if article.byline
            else ""
        )
        section = f"{word_text(' · ')}{word_text(article.section)}" if article.section else ""
        return (
            f"{word_text(f'{entry.number} · ')}{word_text(entry.outlet, 'Outlet')}"
            f"{word_text(f'{direction_mark(entry.outlet)} · {labels.moment_text(entry.hit.date)}')}{byline}{section}"
        )

    def _footer(self, article: ReviewedArticle) -> Iterator[str]:
        """Yield the lines below the text of an article."""
        labels = self._labels
        if article.copies:
            copies = [
                self._linked_run(f"{one.outlet}{direction_mark(one.outlet)}, {one.date}", one.link)
                for one in article.copies
            ]
            if article.more_copies:
                copies.append(word_text(labels.more_copies.format(number=labels.number(article.more_copies))))
            yield f"{word_text(f'{labels.also_in}: ')}{word_text('; ').join(copies)}"
        if article.source:
            yield f"{word_text(f'{labels.source}: ')}{word_text(article.source)}"
        if article.rights:
            yield f"{word_text(f'{labels.rights}: ')}{word_text(article.rights)}"
        if article.address:
            yield f"{word_text(f'{labels.link}: ')}{self._linked_run(article.address, article.link)}"
        yield f"{word_text(f'{labels.id}: ')}{word_text(article.id)}"

    def _linked_run(self, text: str, link: str) -> str:
        if not link:
            return word_text(text)
        if link not in self._links:
            self._links[link] = f"rIdLink{len(self._links) + 1}"
            kind = f"{RELATIONS_NAMESPACE}/hyperlink"
            self._shell.part.rels.add_relationship(kind, link, self._links[link], is_external=True)
        return f'<w:hyperlink r:id="{self._links[link]}" w:history="1">{word_text(text, "Hyperlink")}</w:hyperlink>'


def _bookmark(entry: ReviewEntry) -> str:
    return f"_Article{entry.number}"


def _contents_line(entry: ReviewEntry) -> str:
    anchor = _bookmark(entry)
    title = word_text(entry.title, lang=entry.hit.lang or "")
    page = word_field(f"PAGEREF {anchor} \\h", " ")
    origin = f"{word_text(entry.outlet, 'Origin')}{word_text(f'{direction_mark(entry.outlet)}, {entry.date}', 'Origin')}"
    return word_paragraph(
        "TOC2",
        f'{word_text(str(entry.number))}{WORD_TAB}<w:hyperlink w:anchor="{anchor}" w:history="1">{title}</w:hyperlink>'
        f"{WORD_TAB}{page}{WORD_BREAK}{origin}",
    )


def _text_paragraph(paragraph: ReviewedParagraph, lang: str, *, with_next: bool) -> str:
    text = word_snippet(paragraph.text, lang)
    bullet = word_text(_BULLET) if paragraph.kind == "list" else ""
    style = _KIND_STYLES.get(paragraph.kind, "Normal")
    rtl = is_right_to_left(paragraph.text.text)
    before = word_text("[…] ", "LeftOut", in_rtl=rtl) if paragraph.after_gap else ""
    after = word_text(" […]", "LeftOut", in_rtl=rtl) if paragraph.before_gap else ""
    return word_paragraph(style, f"{bullet}{before}{text}{after}", with_next=with_next, rtl=rtl)


def _fact_paragraph(fact: Fact) -> str:
    value = word_text(fact.value, "Code" if fact.is_code else "")
    return word_paragraph("ReviewFact", f"{word_text(fact.label, 'FactLabel')}{WORD_TAB}{value}")
