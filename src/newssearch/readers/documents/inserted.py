"""The whole files that a DOCX may hold in the place of paragraphs (``altChunk``): HTML, MHTML, RTF, plain text and DOCX."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from newssearch.readers.decoding.encoding import decode
from newssearch.readers.styled_text import StyledParagraph

from .rtf_scan import text_of_rtf
from .xhtml import paragraphs_of_xhtml

_GAP_OF_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n")


def paragraphs_of_inserted(
    data: bytes, name: str, of_docx: Callable[[bytes], Sequence[StyledParagraph]]
) -> Sequence[StyledParagraph] | None:
    """Return the paragraphs of an inserted file of the given name, or None for a format that is not read.

    ``of_docx`` reads a file that is a DOCX itself. Raises UnreadableError for a file that is broken.
    """
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1000]
    if start.startswith(b"{\\rtf"):
        return text_of_rtf(data).paragraphs
    if data.startswith(b"PK\x03\x04"):
        return of_docx(data)
    if re.match(rb"(?:MIME-Version|Content-Type|From|Date|Subject|X-[\w-]+)\s*:", start, re.IGNORECASE):
        return _paragraphs_of_mhtml(data)
    if name.lower().endswith((".htm", ".html", ".xhtml", ".xml")) or re.match(
        rb"<(?:!doctype|\?xml|html|head|body|div|p|h1)\b", start, re.IGNORECASE
    ):
        return paragraphs_of_xhtml(data)
    if name.lower().endswith(".txt"):
        return [
            StyledParagraph(text) for one in _GAP_OF_PARAGRAPHS.split(decode(data)) if (text := one.strip())
        ]
    return None


def _paragraphs_of_mhtml(data: bytes) -> Sequence[StyledParagraph] | None:
    """Return the paragraphs of the first page in a web archive of one file, or None if it has none."""
    from email import message_from_bytes, policy  # slow to import, and few documents need it

    for part in message_from_bytes(data, policy=policy.default).walk():
        if part.get_content_type() == "text/html":
            raw = part.get_payload(decode=True)
            return paragraphs_of_xhtml(raw) if isinstance(raw, bytes) else None
    return None
