"""The fields of Word, whose text is computed: links, page numbers, tables of contents. DOCX and RTF write them alike."""

from __future__ import annotations

import re

UNREAD_FIELDS = frozenset(
    {"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "XE", "TC", "TA", "RD", "SET", "PRIVATE"}
)
"""The fields whose result is not text of the document, such as page numbers."""

CONTENTS_FIELDS = frozenset({"TOC", "INDEX", "TOA"})
"""The fields whose result is a table of contents or an index."""

_NAME_OF_FIELD = re.compile(r"\s*([A-Za-z]+)")
_LINK_OF_FIELD = re.compile(r"""\s*HYPERLINK\s+["']?([^"'\s]{1,2000})""", re.IGNORECASE)


def field_name(instruction: str) -> str:
    """Return the name of a field in capitals, given its instruction; ``""`` if it has none.

    >>> field_name(' HYPERLINK "https://e.org/a" '), field_link(' HYPERLINK "https://e.org/a" ')
    ('HYPERLINK', 'https://e.org/a')
    """
    found = _NAME_OF_FIELD.match(instruction)
    return found[1].upper() if found else ""


def field_link(instruction: str) -> str:
    """Return the address that a field links to, given its instruction; ``""`` for other fields and links in the document."""
    found = _LINK_OF_FIELD.match(instruction)
    return found[1] if found and not found[1].startswith("\\") else ""
