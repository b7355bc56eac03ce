"""HTML pages: what they are known by. :mod:`.reader` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newssearch.readers.api import Format, Found, Input, Origin, whole
from newssearch.system.lazy_regex import Pattern

_BEFORE = r"(?:<!--(?:(?!-->).){0,8000}-->\s*)*"
_OPENING = Pattern(
    rf"{_BEFORE}(?:(?:<\?xml[^>]{{0,200}}\?>\s*{_BEFORE})?(?:<!doctype\s+html\b|<html[\s>])|"
    r"<(?:head|body|title|meta|div|p|h1|table|script|link|style)[\s>])",
    re.IGNORECASE | re.DOTALL,
)


def matches(source: Input) -> bool:
    """Whether an input begins like an HTML page."""
    return source.opening.startswith("<") and _OPENING.match(source.opening) is not None


def parse(data: bytes, origin: Origin) -> Iterator[Found]:
    """The article on an HTML page."""
    from .dom import decode_page  # slow to import, and only pages need it
    from .reader import read_page  # slow to import, and only pages need it

    yield read_page(decode_page(data, origin.charset), origin)


FORMATS = (
    Format(
        "an HTML page",
        matches=matches,
        read=whole(parse),
        suffixes=frozenset({".html", ".htm", ".xhtml", ".shtml", ".asp", ".aspx", ".php"}),
    ),
)
