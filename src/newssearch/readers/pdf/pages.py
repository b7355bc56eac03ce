"""Read the lines of the pages of a PDF, and what it states about itself, with pypdf."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from newssearch.readers.api import UnreadableError, is_review
from newssearch.text.paragraphs import squeeze

from .lines import ImageCollector, LineCollector, PdfLine, Rectangle

MAX_PDF_PAGES = 3_000
"""A PDF with more pages is rejected."""

MAX_PDF_SECONDS = 120
"""The number of seconds after which the reading of a PDF is given up."""

MAX_LINKS_ON_PAGE = 2_000
"""The maximum number of links of a page that are looked at."""

MIN_SCANNED_SHARE = 0.5
"""A page is a scan if images cover this share of it, and it has hardly any text."""

MAX_LETTERS_ON_SCAN = 20
"""The maximum number of letters and digits on a page that is a scan."""

LONGEST_METADATA = 1_000
"""The number of characters to which the values that a PDF states about itself are cut."""


class PdfDocument(NamedTuple):
    """The pages of a PDF as lines, and what it states about itself; ``""`` where it states nothing.

    ``scans`` are the numbers of the pages that are images without text, from 0. ``created`` is the time at which the
    file was made, in ISO 8601, and ``program`` the names of the programs that made it.
    """

    pages: list[list[PdfLine]]
    scans: list[int]
    title: str = ""
    author: str = ""
    created: str = ""
    program: str = ""
    lang: str = ""
    keywords: str = ""


def read_pdf(data: bytes) -> PdfDocument:
    """Return the pages of a PDF. Raises UnreadableError for one that is broken, encrypted, too long or too slow to read."""
    try:
        from pypdf import PdfReader  # an extra
        from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError  # an extra
    except ImportError:
        message = "a PDF: reading it needs pypdf (pip install 'newssearch[pdf]')"
        raise UnreadableError(message) from None
    import io  # only this format needs it
    import logging  # slow to import, and few inputs need it

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports its repairs on standard error
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("an encrypted PDF: save it without its password")
        count = len(reader.pages)
        if count > MAX_PDF_PAGES:
            raise UnreadableError(f"a PDF of {count:,} pages: at most {MAX_PDF_PAGES:,} are read")
        stated = _stated_values(reader)
        if is_review(stated["keywords"]):  # which is not read further
            return PdfDocument([], [], **stated)
        check = _time_limit()
        pages: list[list[PdfLine]] = []
        scans: list[int] = []
        for number, page in enumerate(reader.pages):
            check()
            lines, is_scan = _lines_of_page(page, check)
            pages.append(lines)
            if is_scan:
                scans.append(number)
        return PdfDocument(pages, scans, **stated)
    except FileNotDecryptedError:
        raise UnreadableError("an encrypted PDF: save it without its password") from None
    except DependencyError:
        message = "an encrypted PDF: reading it needs cryptography (pip install cryptography)"
        raise UnreadableError(message) from None
    except RecursionError:
        raise UnreadableError("a broken PDF: its parts are nested too deeply") from None
    except (PyPdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise UnreadableError(f"a broken PDF: {squeeze(str(error))[:120]}") from None


def _time_limit() -> Callable[[], None]:
    """Return a function that raises UnreadableError once the time for a PDF is over."""
    end = time.monotonic() + MAX_PDF_SECONDS

    def check() -> None:
        if time.monotonic() > end:
            raise UnreadableError(f"a PDF that takes more than {MAX_PDF_SECONDS} seconds to read")

    return check


def _lines_of_page(page: Any, check: Callable[[], None]) -> tuple[list[PdfLine], bool]:
    """Return the lines of a page, and whether it is a scan."""
    collector = LineCollector(list(islice(_links_of(page), MAX_LINKS_ON_PAGE)), check)
    page.extract_text(visitor_text=collector.visit)
    collector.finish_line()
    letters = sum(map(str.isalnum, "".join(line.text for line in islice(collector.lines, 100))))
    if letters > MAX_LETTERS_ON_SCAN:
        return collector.lines, False
    images = ImageCollector(check)
    page.extract_text(visitor_operand_before=images.operate)
    area = abs(float(page.mediabox.width) * float(page.mediabox.height))
    return collector.lines, images.area >= MIN_SCANNED_SHARE * area > 0


def _links_of(page: Any) -> Iterator[Rectangle]:
    annotations = page.get("/Annots")
    annotations = annotations.get_object() if annotations is not None else ()
    for reference in annotations if isinstance(annotations, Sequence) else ():
        one = reference.get_object()
        if not hasattr(one, "get") or one.get("/Subtype") != "/Link":
            continue
        corners = one.get("/Rect")
        corners = corners.get_object() if corners is not None else ()
        if isinstance(corners, Sequence) and len(corners) == 4:
            left, low, right, high = (float(corner.get_object()) for corner in corners)
            yield min(left, right), min(low, high), max(left, right), max(low, high)


def _stated_values(reader: Any) -> dict[str, str]:
    """Return what a PDF states about itself; a value that is broken counts as missing."""
    stated = reader.metadata or {}
    values = {
        name: _value_in_words(stated.get(key))
        for name, key in (("title", "/Title"), ("author", "/Author"), ("keywords", "/Keywords"))
    }
    values["program"] = " ".join(
        filter(None, (_value_in_words(stated.get(key)) for key in ("/Creator", "/Producer")))
    )
    try:
        created = getattr(stated, "creation_date", None)
        values["created"] = created.isoformat() if created is not None else ""
    except (ValueError, TypeError, AttributeError):
        values["created"] = ""
    root = reader.trailer["/Root"].get_object()
    values["lang"] = _value_in_words(root.get("/Lang"))
    return values


def _value_in_words(value: Any) -> str:
    found = value.get_object() if hasattr(value, "get_object") else value
    return squeeze(found[: 4 * LONGEST_METADATA])[:LONGEST_METADATA] if isinstance(found, str) else ""
