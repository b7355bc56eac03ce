"""The format PDF: a document with text is one article.

:mod:`.pdf_lines` makes paragraphs of its lines. Its
creation date and its author are not used: they say when and by whom the file was made, not when the text was published
and who wrote it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence

from newssearch.article import Provenance
from newssearch.readers.api import Format, Input, Origin, ReadOutcome, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.headlines import is_made_by_program
from newssearch.text.paragraphs import squeeze

from .layout import take_text
from .pdf_lines import LineCollector, PdfLine, paragraphs_of_pages, without_edges

MAX_PDF_PAGES = 3_000
"""The maximum number of pages that are read of a PDF; the rest is ignored."""

MAX_PDF_SECONDS = 120
"""The number of seconds after which the reading of a PDF is given up."""

FROM_PRINT = Provenance("inferred", "the edge of the printed page")
FROM_PDF_TITLE = Provenance("stated", "the PDF's title")


def _is_pdf(source: Input) -> bool:
    return b"%PDF-" in source.head[:1024]


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article in a PDF, or a rejection. Raises UnreadableError for a PDF that is broken or has no text."""
    try:
        from pypdf import PdfReader  # an extra
        from pypdf.errors import FileNotDecryptedError, PyPdfError  # an extra
    except ImportError:
        message = "a PDF: reading it needs pypdf (pip install 'newssearch[pdf]')"
        raise UnreadableError(message) from None
    import io  # only this format needs it
    import logging  # slow to import, and few inputs need it

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports its repairs on standard error
    started = time.monotonic()
    pages: list[list[PdfLine]] = []
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("an encrypted PDF")
        title = reader.metadata.title if reader.metadata else None
        for page in reader.pages[:MAX_PDF_PAGES]:
            collector = LineCollector()
            page.extract_text(visitor_text=collector.visit)
            collector.finish_line()
            pages.append(collector.lines)
            if time.monotonic() - started > MAX_PDF_SECONDS:
                raise UnreadableError(f"a PDF that takes more than {MAX_PDF_SECONDS} seconds to read")
    except FileNotDecryptedError:
        raise UnreadableError("an encrypted PDF") from None
    except (
        PyPdfError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        ZeroDivisionError,
    ) as error:
        raise UnreadableError(f"a broken PDF: {squeeze(str(error))[:120]}") from None
    kept, edges = without_edges(pages)
    text = "\n\n".join(paragraphs_of_pages(kept))
    if not any(map(str.isalnum, text)):
        raise UnreadableError("a PDF without text: a scan needs OCR first")
    draft = Draft(origin)
    if isinstance(title, str) and not is_made_by_program(title):
        draft.claim("title", title, FROM_PDF_TITLE)
    _claim_from_browser(edges, draft)
    take_text(text, draft)
    yield draft.build()


_BROWSER_HEADER = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}[:.]\d\d(?:\s?[AP]M)?\s+(?P<title>\S.*)"
)
_BROWSER_FOOTER = re.compile(r"(?P<url>https?://\S+)\s+\d{1,4}\s?/\s?\d{1,4}")


def _claim_from_browser(edges: Sequence[str], draft: Draft) -> None:
    """Claim the address and the title that a browser printed at the edges of the pages.

    A browser cuts long ones with an ellipsis: these are not claimed.
    """
    for line in edges:
        footer, header = _BROWSER_FOOTER.fullmatch(line), _BROWSER_HEADER.fullmatch(line)
        if footer is not None and "…" not in footer["url"]:
            draft.claim("url", footer["url"], FROM_PRINT)
        elif header is not None and not header["title"].endswith("…"):
            draft.claim("title", header["title"], FROM_PRINT)


FORMATS = (Format("a PDF", matches=_is_pdf, read=whole(parse), suffixes=frozenset({".pdf"})),)
