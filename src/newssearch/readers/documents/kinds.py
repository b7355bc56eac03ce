"""Recognise documents among zip files by the names of their members."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newssearch.readers.api import Parse, UnreadableError

from . import docx

if TYPE_CHECKING:
    import zipfile

OFFICE_OPEN_XML = "[Content_Types].xml"
"""The member that every document of Office Open XML has."""

_PARSERS: tuple[tuple[re.Pattern[str], Parse], ...] = (
    (re.compile(r"word/document\d*\.xml", re.IGNORECASE), docx.parse),
)
_UNREAD = (
    (
        OFFICE_OPEN_XML,
        "an office document that is neither of Word nor of PowerPoint nor of Excel",
        "PDF or .docx",
    ),
    ("Index/Document.iwa", "a document of Pages, Numbers or Keynote", ".docx, .xlsx, .pptx or PDF"),
)


def parser_of(archive: zipfile.ZipFile) -> Parse | None:
    """Return the function that reads a zip file as a document, or None if it is an archive of files.

    Raises UnreadableError for a document that is not read; the message says what to do.
    """
    names = archive.namelist()
    if OFFICE_OPEN_XML in names:
        for pattern, parse in _PARSERS:
            if any(map(pattern.fullmatch, names)):
                return parse
    for member, what, other in _UNREAD:
        if member in names:
            raise UnreadableError(f"looks like {what}, which is not read: save it as {other}")
    return None
