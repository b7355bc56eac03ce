"""Recognise documents among zip files by the names of their members."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newssearch.readers.api import Parse, UnreadableError

from . import docx, epub, odt, pptx, spreadsheets

if TYPE_CHECKING:
    import zipfile

_OTHER_FILES = re.compile(
    r"(?!__MACOSX/).*\.(?:txt|md|html?|xhtml|docx?|odt|rtf|pdf|eml|msg|mbox|json[l]?|csv|tsv|epub|zip|gz)",
    re.IGNORECASE | re.DOTALL,
)
"""Files that may have articles; outside the folders of a document, they make its zip an archive of files."""

_FOLDERS_OF_OFFICE = tuple(
    "_rels/ docProps/ customXml/ customUI/ word/ ppt/ xl/ visio/ package/ docMetadata/".split()
)

OFFICE_OPEN_XML = "[Content_Types].xml"
"""The member that every document of Office Open XML has."""

_PARSERS: tuple[tuple[re.Pattern[str], Parse], ...] = (
    (re.compile(r"word/document\d*\.xml", re.IGNORECASE), docx.parse),
    (re.compile(r"ppt/presentation\.xml", re.IGNORECASE), pptx.parse),
    (re.compile(r"xl/workbook\d*\.xml", re.IGNORECASE), spreadsheets.parse_xlsx),
)
_PARSERS_BY_TYPE: tuple[tuple[str, Parse], ...] = (
    ("application/epub+zip", epub.parse),
    ("application/vnd.oasis.opendocument.text", odt.parse),
    ("application/vnd.oasis.opendocument.presentation", odt.parse),
    ("application/vnd.oasis.opendocument.spreadsheet", spreadsheets.parse_ods),
)
_UNREAD_DOCUMENTS = (
    ("xl/workbook.bin", "a binary workbook of Excel (.xlsb)", ".xlsx or CSV"),
    (
        OFFICE_OPEN_XML,
        "an office document that is neither of Word nor of PowerPoint nor of Excel",
        "PDF or .docx",
    ),
    ("Index/Document.iwa", "a document of Pages, Numbers or Keynote", ".docx, .xlsx, .pptx or PDF"),
    ("mimetype", "an OpenDocument file that is neither a text nor a presentation nor a table", "PDF or .odt"),
)

LONGEST_TYPE = 200
"""The maximum number of characters of the type that a document states in its first member."""


def parser_of(archive: zipfile.ZipFile) -> Parse | None:
    """Return the function that reads a zip file if the file is a document such as DOCX, or None if it is an ordinary archive.

    Raises UnreadableError for a document that is not read; the message says what to do.
    """
    names = archive.namelist()
    if OFFICE_OPEN_XML in names and _is_whole(names, _FOLDERS_OF_OFFICE):
        for pattern, parse in _PARSERS:
            if any(map(pattern.fullmatch, names)):
                return parse
    if names and names[0] == "mimetype":
        with archive.open(names[0]) as stream:
            stated = stream.read(LONGEST_TYPE).decode("ascii", "replace").strip()
        for kind, parse in _PARSERS_BY_TYPE:
            if stated.startswith(kind):
                return parse
    elif "META-INF/container.xml" in names and _is_book(names):
        return epub.parse
    for member, what, other in _UNREAD_DOCUMENTS:
        if member == OFFICE_OPEN_XML and not _is_whole(names, _FOLDERS_OF_OFFICE):
            continue
        if member in names and (member != "mimetype" or names[0] == member):
            raise UnreadableError(f"looks like {what}, which is not read: save it as {other}")
    return None


def _is_whole(names: list[str], folders: tuple[str, ...]) -> bool:
    """Whether all members that may have articles are in the folders of a document, and no others beside one that was unpacked."""
    return all(name.startswith(folders) or _OTHER_FILES.fullmatch(name) is None for name in names)


def _is_book(names: list[str]) -> bool:
    """Whether a zip without a type is a book, and not an archive of other files beside one that was unpacked.

    The texts of a book are in or below the folder of its list of parts.
    """
    lists = [name for name in names if name.lower().endswith(".opf")]
    folders = {name.rpartition("/")[0] + "/" for name in lists if "/" in name}
    if any("/" not in name for name in lists):  # a book without folders may have pages beside its list
        return not any(
            _OTHER_FILES.fullmatch(name) and not name.lower().endswith((".html", ".htm", ".xhtml", ".txt"))
            for name in names
        )
    return bool(lists) and _is_whole(names, ("META-INF/", *folders))
