"""Recognise the folder that a browser saves beside a page (``Bridge_files/`` beside ``Bridge.html``), and what in it is of the page.

Its name is that of the page and a word of the browser's language. A file in it belongs to the page if the page, or a file
that belongs to it, shows it, or if it is of a kind that is no article; any other file in it was put there by somebody. A
link does not count: the pages of a mirrored site link to each other.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote_to_bytes

from .skipped_files import skipped_kind

PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".xht", ".shtml")
"""The suffixes of pages that a browser saves with a folder."""

FOLDER_ENDINGS = frozenset(
    "_files .files _archivos _arquivos _bestanden _bylos -dateien _datoteke _dosyalar _elemei _failid _fails _fajlovi"
    " _ficheiros _fichiers _file -filer _fitxategiak _fitxers _pliki _soubory _tiedostot".split()
)
"""The endings, in lower case, by which Windows itself takes a folder for that of a page; others need a reference to it."""

LARGEST_REFERRING_FILE = 16 * 1024 * 1024
"""The number of bytes at the start of a page or a style sheet in which references are searched."""

MAX_REFERRING_BYTES = 32 * 1024 * 1024
"""The number of bytes of a page and the files that belong to it in which references are searched."""

_ENDING = re.compile(r"[ ._-][^\\/\d]{2,20}")
_LINK_TAG = re.compile(rb"<a\s[^<>]*>", re.IGNORECASE)
_FRAME = re.compile(r"saved_resource(?:\(\d+\))?\.html?", re.IGNORECASE)
_REFERRING = (*PAGE_SUFFIXES, ".css")


def pages_of_folders(files: Iterable[str], folders: Iterable[str]) -> dict[str, str]:
    """Return for each folder that may be that of a saved page the name of the page; all names are of one place.

    >>> pages_of_folders(["a.html", "b.txt"], ["a_files", "a-Dateien", "b_files", "a2"])
    {'a_files': 'a.html', 'a-Dateien': 'a.html'}
    """
    stems = {name.rpartition(".")[0]: name for name in files if name.lower().endswith(PAGE_SUFFIXES)}
    found = {}
    for folder in folders if stems else ():
        for at in range(len(folder) - 2, 0, -1):
            if folder[:at] in stems and _ENDING.fullmatch(folder, at):
                found[folder] = stems[folder[:at]]
                break
    return found


class PageFolder:
    """The folder beside a saved page.

    ``name`` is its name, ``page`` that of the page, ``content`` the content of the page, ``files`` are the paths of its
    files below it, with slashes, and ``read`` returns the first bytes of one of them.
    """

    def __init__(
        self, name: str, page: str, content: bytes, files: Iterable[str], read: Callable[[str], bytes]
    ) -> None:
        ending = name[len(page.rpartition(".")[0]) :].lower()
        content = _references(content)
        self._refers = any(spelled + b"/" in content for spelled in _spellings(name))
        self._belongs = self._refers or ending in FOLDER_ENDINGS
        self._texts = [content] if self._refers else []
        self._read = read
        self._referring = (
            [file for file in files if file.lower().endswith(_REFERRING)] if self._belongs else []
        )
        self._find_referring_parts()

    def _find_referring_parts(self) -> None:
        """Add the texts of those files that belong to the page and may themselves refer to files."""
        waiting = self._referring
        while found := [file for file in waiting if self.has(file)]:
            for file in found:
                if sum(map(len, self._texts)) < MAX_REFERRING_BYTES:
                    self._texts.append(_references(self._read(file)))
            waiting = [file for file in waiting if file not in found]

    def has(self, file: str) -> bool:
        """Whether a file, given by its path below the folder, belongs to the page."""
        if not self._belongs:
            return False
        name = file.rpartition("/")[2]
        suffix = name.rpartition(".")[1]
        if (
            skipped_kind(name) is not None
            or not suffix
            or name.endswith(".download")
            or _FRAME.fullmatch(name)
        ):
            return True
        if not self._refers:
            return name.lower().endswith(PAGE_SUFFIXES)
        return any(spelled in text for spelled in _spellings(name) for text in self._texts)


def _references(content: bytes) -> bytes:
    """Return a page or a style sheet without its links, and with the addresses in it not percent-encoded."""
    return unquote_to_bytes(_LINK_TAG.sub(b"", content))


def _spellings(name: str) -> set[bytes]:
    """Return the forms in which a page may write the name of a file, percent encoding apart."""
    return {spelled.encode("utf-8", "surrogateescape") for spelled in (name, html.escape(name))}
