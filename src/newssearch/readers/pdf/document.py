"""The format PDF: the articles of a document, usually one.

:mod:`.pages` reads the lines of its pages, :mod:`.edges` takes away headers and footers, :mod:`.lines` makes paragraphs,
:mod:`.printed` finds the headline and the article on a page that was printed from the web, and :mod:`.scans` reads scans.
What is left is the same as for documents of office programs.

Who made a PDF and when is who wrote the text and when only if a program for writing or layout made it. A browser states
the time of printing, which is never the date of the article.
"""

from __future__ import annotations

from collections.abc import Iterator

from newssearch.article import STATED, Provenance
from newssearch.readers.api import (
    EXPORTS_KIND,
    Format,
    Input,
    Origin,
    ReadOutcome,
    Skipped,
    UnreadableError,
    is_review,
    whole,
)
from newssearch.readers.article.headlines import is_made_by_program
from newssearch.readers.article.language import DETECTION_CHARACTERS, detect_language
from newssearch.readers.documents.articles import article_of_text, read_styled
from newssearch.readers.styled_text import FieldClaim, StyledText

from .edges import BrowserEdges, without_edges
from .lines import PdfLine, paragraphs_of_pages
from .pages import PdfDocument, read_pdf
from .printed import article_of_printed, is_web_printer, is_writing_program, printed_headline, styled
from .scans import read_scans

UNREAD_SCANS = "scanned pages of PDFs without text"
"""The kind under which reports count the pages of a document with text that are only images."""

FROM_PRINT = Provenance("inferred", "the edge of the printed page")
FROM_PDF_TITLE = Provenance("stated", "the PDF's title")


def _is_pdf(source: Input) -> bool:
    return b"%PDF-" in source.head[:1024]


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in a PDF; only a skip if it is a press review of newssearch.

    Raises UnreadableError for a PDF that cannot be read or has no text.
    """
    document = read_pdf(data)
    if is_review(document.keywords):
        yield Skipped(origin.path, EXPORTS_KIND)
        return
    scans, text_from = document.scans, STATED
    if scans and origin.options.ocr:
        document, text_from = read_scans(data, document, origin.options)
        scans = []
    if not any(any(map(str.isalnum, line.text)) for page in document.pages for line in page):
        raise UnreadableError(
            "a scan without text: --ocr reads it, with ocrmypdf" if scans else "a PDF without text"
        )
    kept, edges = without_edges(document.pages)
    yield from _articles_of_pdf(document, kept, edges, origin, text_from)
    for _ in scans:
        yield Skipped(origin.path, UNREAD_SCANS)


def _articles_of_pdf(
    document: PdfDocument,
    pages: list[list[PdfLine]],
    edges: BrowserEdges,
    origin: Origin,
    text_from: Provenance,
) -> Iterator[ReadOutcome]:
    is_printed = edges.is_printed or is_web_printer(document.program)
    paragraphs = paragraphs_of_pages(pages, hyphenates=not is_printed)
    title = "" if is_made_by_program(document.title) else document.title
    headline = printed_headline(paragraphs, (title, edges.title, edges.start_of_title), origin.options)
    claims = [FieldClaim("url", edges.url, FROM_PRINT)]
    if headline is None:
        claims += [FieldClaim("title", title, FROM_PDF_TITLE), FieldClaim("title", edges.title, FROM_PRINT)]
    if is_printed:
        sample = " ".join(one.text for one in paragraphs if one.linked == 0)
        lang = detect_language(sample[-DETECTION_CHARACTERS // 2 - len(sample) // 2 :]) or ""
        found, claims_in_text = article_of_printed(paragraphs, headline, origin.options, lang)
        claims += claims_in_text
    else:
        found = [styled(one, number == headline) for number, one in enumerate(paragraphs)]
    text = StyledText(
        found,
        title=title,
        creator=document.author,
        created=document.created if is_writing_program(document.program) else "",
        lang=document.lang,
        claims=tuple(claim for claim in claims if claim.value),
        text_from=text_from,
    )
    if is_printed:
        yield article_of_text(text, origin)
    else:
        yield from read_styled(text, origin)


FORMATS = (Format("a PDF", matches=_is_pdf, read=whole(parse), suffixes=frozenset({".pdf"})),)
