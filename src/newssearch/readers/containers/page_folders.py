"""Recognises the folder that a browser saves beside a page (``Bridge_files/`` beside ``Bridge.html``), and the files
in it that belong to the page.

The name of the folder is that of the page with a word of the browser's language. A file in it belongs to the page if
the page, or another file that belongs to it, displays it, or if its kind is never an article. Any other file in it
was put there by somebody. A link does not count: the pages of a mirrored site link to each other.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import islice
from urllib.parse import unquote

from .skipped_files import skipped_kind

PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".xht", ".shtml")
"""The suffixes of pages that a browser saves with a folder."""

FOLDER_ENDINGS = frozenset(
    "_files .files _archivos _arquivos _bestanden _bylos -dateien _datoteke _dosyalar _elemei _failid _fails _fajlovi"
    " _ficheiros _fichiers _file -filer _fitxategiak _fitxers _pliki _soubory _tiedostot".split()
)
"""The endings, in lower case, by which Windows recognises the folder of a page. Folders with other endings need a
reference.
"""

LARGEST_REFERRING_FILE = 16 * 1024 * 1024
"""The number of bytes at the start of a page or a style sheet in which references are searched."""

MAX_REFERRING_BYTES = 32 * 1024 * 1024
"""The number of bytes of a page and the files that belong to it in which references are searched."""

MAX_REFERENCES = 100_000
"""The maximum number of addresses in a page or a style sheet that are examined."""

_ENDING = re.compile(r"[ ._-][^\\/\d]{2,20}")
_LINK_TAG = re.compile(rb"<a\s[^<>]*>", re.IGNORECASE)
_SHOWN_ADDRESS = re.compile(
    rb"""[=(]\s{0,9}(?:"([^"<>]{1,2000})"|'([^'<>]{1,2000})'|([^\s"'<>()]{1,2000}))|@import\s{1,9}["']([^"'<>]{1,2000})"""
)
"""A pattern for an address in a page or a style sheet: the value of an attribute, what is in ``url()``, or is imported."""
_BEHIND_PATH = re.compile(r"[?#].*", re.DOTALL)
_FRAME = re.compile(r"saved_resource(?:\(\d+\))?\.html?", re.IGNORECASE)
_REFERRING = (*PAGE_SUFFIXES, ".css")


def pages_of_folders(files: Iterable[str], folders: Iterable[str]) -> dict[str, str]:
    """Return for each possible folder of a saved page the name of the page. All names are in one folder.

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
        folders, shown = _references(content)
        self._belongs = name in folders or ending in FOLDER_ENDINGS
        self._shown = shown if name in folders else set()
        """The names of the files displayed by the page, or by a file that belongs to it."""
        if self._shown:
            self._find_parts_of_parts(files, read, MAX_REFERRING_BYTES - len(content))

    def _find_parts_of_parts(self, files: Iterable[str], read: Callable[[str], bytes], left: int) -> None:
        """Add the files displayed by files that belong to the page, reading about ``left`` bytes of these."""
        waiting: defaultdict[str, list[str]] = defaultdict(list)
        for file in files:
            if file.lower().endswith(_REFERRING):
                waiting[file.rpartition("/")[2]].append(file)
        found = [name for name in waiting if name in self._shown or _FRAME.fullmatch(name)]
        while found and left > 0:
            for file in waiting.pop(found.pop(), ()):
                content = read(file)
                left -= len(content)
                _, shown = _references(content)
                found += [name for name in shown - self._shown if name in waiting]
                self._shown |= shown

    def has(self, file: str) -> bool:
        """Whether a file, given by its path below the folder, belongs to the page."""
        if not self._belongs:
            return False
        name = file.rpartition("/")[2]
        return (
            skipped_kind(name) is not None
            or name.endswith(".download")
            or _FRAME.fullmatch(name) is not None
            or name in self._shown
        )


def _references(content: bytes) -> tuple[set[str], set[str]]:
    """Return the names of the folders and files that a page or a style sheet displays. Links do not count."""
    folders, files = set(), set()
    for found in islice(_SHOWN_ADDRESS.finditer(_LINK_TAG.sub(b"", content)), MAX_REFERENCES):
        address = html.unescape(found[found.lastindex or 0].decode("utf-8", "surrogateescape"))
        path = (
            unquote(_BEHIND_PATH.sub("", address), "utf-8", "surrogateescape").replace("\\", "/").split("/")
        )
        folders.update(path[:-1])
        files.add(path[-1])
    return folders, files
