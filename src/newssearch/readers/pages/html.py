"""The format of HTML pages: this module recognises them, and :mod:`.reader` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newssearch.readers.api import Format, Input, Origin, ReadOutcome, whole
from newssearch.readers.databases import recognition
from newssearch.system.lazy_regex import Pattern

_LEADING_COMMENTS = r"(?:<!--(?:(?!-->).){0,8000}-->\s*)*"
_PAGE_OPENING = Pattern(
    rf"{_LEADING_COMMENTS}(?:(?:<\?xml[^>]{{0,200}}\?>\s*{_LEADING_COMMENTS})?(?:<!doctype\s+html\b|<html[\s>])|"
    r"<(?:head|body|title|meta|div|p|h1|table|script|link|style)[\s>])",
    re.IGNORECASE | re.DOTALL,
)


def is_page(source: Input) -> bool:
    """Whether an input begins like an HTML page."""
    return source.opening.startswith("<") and _PAGE_OPENING.match(source.opening) is not None


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the article on an HTML page, the articles of an export of a database, or a rejection."""
    from .dom import decode_page  # slow to import, and only pages need it
    from .reader import read_page  # slow to import, and only pages need it

    text = decode_page(data, origin.charset)
    exported = recognition.exported_page(text, origin)
    if exported is None:
        yield read_page(text, origin)
    else:
        yield from exported


FORMATS = (
    Format(
        "an HTML page",
        matches=is_page,
        read=whole(parse),
        suffixes=frozenset({".html", ".htm", ".xhtml", ".shtml", ".asp", ".aspx", ".php"}),
    ),
)
