"""The format PDF: a document with text is one article.

A PDF records the positions of letters, not paragraphs: lines are joined by the rule for texts without blank lines. Its
creation date and its author are not used: they say when and by whom the file was made, not when the text was published
and who wrote it.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from newssearch.article import Provenance
from newssearch.readers.api import Format, Input, Origin, ReadOutcome, UnreadableError, whole
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.headlines import is_made_by_program
from newssearch.text.paragraphs import squeeze

from .layout import take_text

MAX_PDF_PAGES = 3_000
"""The maximum number of pages that are read of a PDF; the rest is ignored."""

MAX_PDF_SECONDS = 120
"""The number of seconds after which the reading of a PDF is given up."""

EDGE_LINES = 2
"""The number of lines at the top and at the bottom of a page that may be headers, footers or page numbers."""

FROM_PDF_TITLE = Provenance("stated", "the PDF's title")

_PAGE_NUMBER = re.compile(
    r"\W*(?:page|seite|p\.)?\s*\d{1,4}(?:\s*(?:/|of|von|de)\s*\d{1,4})?\W*", re.IGNORECASE
)
_LINE_END_HYPHEN = re.compile(r"(?<=[^\W\d_])-\n([a-zà-ÿ]\S*) ?")


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
    pages: list[list[str]] = []
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("an encrypted PDF")
        title = reader.metadata.title if reader.metadata else None
        for page in reader.pages[:MAX_PDF_PAGES]:
            pages.append((page.extract_text() or "").splitlines())
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
    text = _LINE_END_HYPHEN.sub(r"\1\n", "\n".join(line for lines in _without_edges(pages) for line in lines))
    if not any(map(str.isalnum, text)):
        raise UnreadableError("a PDF without text: a scan needs OCR first")
    draft = Draft(origin)
    if isinstance(title, str) and not is_made_by_program(title):
        draft.claim("title", title, FROM_PDF_TITLE)
    take_text(text, draft)
    yield draft.build()


def _without_edges(pages: Sequence[list[str]]) -> Iterator[list[str]]:
    """Yield the lines of each page without page numbers, headers and footers.

    A line at the edge of a page is a header or footer if the same line, apart from digits, is at the edges of many
    pages.
    """
    cleaned = [[squeeze(line) for line in lines if line.strip()] for lines in pages]
    seen = Counter(
        key
        for lines in cleaned
        for key in {_line_pattern(line) for line in (*lines[:EDGE_LINES], *lines[-EDGE_LINES:])}
    )
    often = max(3, len(pages) // 2)
    for lines in cleaned:
        kept = [
            line
            for number, line in enumerate(lines)
            if EDGE_LINES <= number < len(lines) - EDGE_LINES
            or not (seen[_line_pattern(line)] >= often or _PAGE_NUMBER.fullmatch(line))
        ]
        yield kept


def _line_pattern(line: str) -> str:
    return re.sub(r"\d+", "0", line)


FORMATS = (Format("a PDF", matches=_is_pdf, read=whole(parse), suffixes=frozenset({".pdf"})),)
