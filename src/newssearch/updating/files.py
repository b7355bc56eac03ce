"""Finding the files that a run reads, and naming them: the index knows each file by its path relative to the archive.

The archive is a :class:`~newssearch.archive.ArchiveFolder`. "The name in the index" of a file or folder is defined by
:func:`name_of`, where an archive stands for its ``root``.
"""

from __future__ import annotations

import errno
import glob
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from newssearch.archive import INDEX_MARKER, ArchiveFolder, is_own_file
from newssearch.article import STREAM, Rejected
from newssearch.readers.containers.page_folders import (
    LARGEST_REFERRING_FILE,
    PAGE_SUFFIXES,
    PageFolder,
    pages_of_folders,
)
from newssearch.readers.containers.skipped_files import PARTS_OF_PAGES
from newssearch.system.kept import cached_property
from newssearch.system.real_paths import real_path


class Source(NamedTuple):
    """A file to read, and its name in the index."""

    file: Path
    path: str


class Scope(NamedTuple):
    """A folder whose files a run reads: all files below it, or those directly in it if ``recursive`` is false.

    ``path`` is the name of the folder in the index. A path that the user gave and that cannot be read is a scope too:
    it may have been a file or a folder.
    """

    path: str
    recursive: bool = True
    problem: str = ""
    """The reason why the path cannot be read (``"no such file or folder"``); ``""`` if it can."""


@dataclass
class FileListing:
    """The result of :func:`list_files`: the files to read, the paths that lead to no file, and counts of what was left
    out.

    ``skipped`` counts left-out items by kind; ``excluded`` has the names in the index of the files that an exclude
    pattern matches; ``scopes`` are the folders that were read.
    """

    sources: list[Source] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    excluded: set[str] = field(default_factory=set)
    scopes: list[Scope] = field(default_factory=list)
    unlisted: dict[str, str] = field(default_factory=dict)
    """The reason why a folder cannot be listed, for each such folder, by its name in the index."""
    broken_links: dict[str, str] = field(default_factory=dict)
    """The reason why a link below a folder cannot be followed, by its name in the index. It may lead to a folder."""

    def scopes_of(self, path: str) -> list[Scope]:
        """Return the scopes that contain a file, given by its name in the index.

        A path that could not be read may have been the file itself; then its scope is returned too.
        """
        found = [scope for scope in self._scopes.get(path, ()) if scope.problem]
        for number, folder in enumerate(_folders_of(path)):
            found += [scope for scope in self._scopes.get(folder, ()) if scope.recursive or number == 0]
        return found

    def is_unlisted(self, path: str) -> bool:
        """Whether a folder above a file cannot be listed or is a broken link, so that the file may still exist.

        ``path`` is the name of the file in the index.
        """
        if not (self.unlisted or self.broken_links):
            return False
        return any(folder in self.unlisted or folder in self.broken_links for folder in _folders_of(path))

    @cached_property
    def _scopes(self) -> dict[str, list[Scope]]:
        by_folder: dict[str, list[Scope]] = {}
        for scope in self.scopes:
            by_folder.setdefault(scope.path.rstrip("/"), []).append(scope)
        return by_folder


def _folders_of(path: str) -> Iterator[str]:
    """Yield the names in the index of all folders above a file, innermost first; ``"."`` is the archive."""
    inner = path
    while "/" in inner:
        inner = inner.rpartition("/")[0]
        yield inner
    if not (path.startswith("/") or path[1:2] == ":"):
        yield "."


class GoneFiles:
    """Looks up, once for each path, whether a file of an archive that articles were read from no longer exists."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._gone: dict[str, bool] = {}

    def __contains__(self, path: str) -> bool:
        if path not in self._gone:
            self._gone[path] = path not in ("", STREAM) and self._is_gone(path)
        return self._gone[path]

    def _is_gone(self, path: str) -> bool:
        try:
            file_of(path, self._archive).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except (OSError, ValueError):
            return False
        return False


def list_files(
    patterns: Iterable[str | Path], archive: ArchiveFolder, exclude: Sequence[str] = ()
) -> FileListing:
    """Find the files that ``patterns`` match, each once, in a stable order. A pattern is a file, a folder or a glob.

    A folder stands for all files below it, except hidden files, links to folders (which could form cycles, and are
    counted), files of a saved page (in ``a_files/`` beside ``a.html``; counted), the configuration of the archive,
    files that ``exclude`` matches (see :func:`excluded`), and the folder of the index itself. A pattern that matches
    nothing is rejected, and so is a folder that cannot be listed.
    """
    return _FileFinder(archive, exclude).find(patterns)


def reading_order(path: str) -> list[tuple[bool, str]]:
    """Return a key that sorts the paths of files below one folder as :func:`list_files` lists them.

    >>> sorted(["b.txt", "a/c.txt", "a/b/c.txt", "A.txt"], key=reading_order)
    ['A.txt', 'b.txt', 'a/c.txt', 'a/b/c.txt']
    """
    *folders, name = path.split("/")
    return [*((True, folder) for folder in folders), (False, name)]


class _FileFinder:
    """One search of the archive for files. It compares paths with all links resolved."""

    def __init__(self, archive: ArchiveFolder, exclude: Sequence[str]) -> None:
        self.root, self.unresolved_root = str(archive.root), str(archive.settings)
        self.skip = archive.own_index
        self.exclude = exclude
        self.found = FileListing()
        self.seen: set[str] = set()

    def find(self, patterns: Iterable[str | Path]) -> FileListing:
        """Find the files that the patterns match, and return them with the problems and counts of the search."""
        for pattern in patterns:
            self._expand(Path(pattern), str(pattern))
        self.found.scopes = list(dict.fromkeys(self.found.scopes))
        return self.found

    def _expand(self, path: Path, pattern: str) -> None:
        problem = _problem(path)
        if problem and glob.has_magic(pattern):
            matches = sorted(Path(match) for match in glob.glob(pattern, recursive=True))  # noqa: PTH207  (absolute ones too)
            if not matches:
                self.found.rejected.append(Rejected(self._name(path), "no file matches"))
            for match in matches:
                self._take(match, named=False)
        elif problem:
            self.found.rejected.append(Rejected(self._name(path), problem))
            places = {self._name(path), _name(_target(path), self.root)}  # the link itself, and its target
            self.found.scopes += [Scope(place, problem=problem) for place in sorted(places)]
        else:
            self._take(path, named=True)

    def _take(self, path: Path, *, named: bool) -> None:
        """Add a file to the result, or all files below a folder.

        If the user ``named`` the file itself, exclude patterns do not apply to it.
        """
        if os.path.isdir(path):  # noqa: PTH112  (false, not an error, if the system does not say)
            self.found.scopes.append(Scope(self._name(path)))
            self._take_folder(path)
            return
        real = real_path(path)
        self.found.scopes.append(Scope(_name(os.path.dirname(real), self.root), recursive=False))  # noqa: PTH120
        self._take_file(path, real, os.path.abspath(path), named=named)  # noqa: PTH100

    def _take_file(self, file: Path, real: str, unresolved: str, *, named: bool) -> None:
        path = _name(real, self.root)
        if path in self.seen:
            return
        if not named and self.exclude:
            names = {path, _name(unresolved, self.unresolved_root)}
            if any(excluded(name, self.exclude) for name in names):
                self.found.excluded.add(path)
                return
        self.seen.add(path)
        self.found.excluded.discard(path)
        self.found.sources.append(Source(file, path))

    def _take_folder(self, folder: Path) -> None:
        """Add all files below a folder: first the files directly in it, then folder by folder, each sorted by name."""
        under: list[_Waiting] = [
            _Waiting(str(folder), real_path(folder), os.path.abspath(folder))  # noqa: PTH100
        ]
        while under:
            waiting = under.pop()
            here, real, unresolved = waiting[:3]
            try:
                with os.scandir(here) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                reason = f"cannot be listed: {error.strerror or error}"
                self.found.unlisted[_name(real, self.root)] = reason
                self.found.rejected.append(Rejected(_name(real, self.root), reason))
                continue
            if (
                any(map(_TABLE.fullmatch, names := [entry.name for entry in entries]))
                and INDEX_MARKER in names
            ):
                self.found.skipped["files of an index"] += sum(map(_is_of_index, names))
                entries = [entry for entry in entries if not _is_of_index(entry.name)]
            pages = pages_of_folders(*_files_and_folders(entries))
            folders = []
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                inner = [os.path.join(place, entry.name) for place in (here, real, unresolved)]  # noqa: PTH118
                link = entry.is_symlink()
                if not link and entry.is_dir():
                    if inner[1] != self.skip:
                        page = pages.get(entry.name)
                        beside = _page_folder(here, entry.name, page) if page else waiting.page_folder
                        top = inner[0] if page else waiting.top
                        folders.append(_Waiting(inner[0], inner[1], inner[2], beside, top))
                elif link and os.path.isdir(inner[0]):  # noqa: PTH112
                    if real_path(inner[0]) != self.skip:
                        self.found.skipped["linked folders"] += 1
                elif waiting.page_folder is not None and waiting.page_folder.has(
                    os.path.relpath(inner[0], waiting.top).replace(os.sep, "/")
                ):
                    self.found.skipped[PARTS_OF_PAGES] += 1
                elif not is_own_file(self.root, inner[1]):
                    target = real_path(inner[0]) if link else inner[1]
                    if link and (problem := _problem(Path(inner[0]))):
                        self.found.broken_links[_name(target, self.root)] = problem
                    self._take_file(Path(inner[0]), target, inner[2], named=False)
            under.extend(reversed(folders))

    def _name(self, path: Path) -> str:
        return _name(real_path(path), self.root)


class _Waiting(NamedTuple):
    """A folder to be listed: its path, its real path and its path with links.

    ``page_folder`` is the folder of a saved page that it is or is in, or None, and ``top`` the path of that folder.
    """

    here: str
    real: str
    unresolved: str
    page_folder: PageFolder | None = None
    top: str = ""


def _files_and_folders(entries: Sequence[os.DirEntry[str]]) -> tuple[list[str], list[str]]:
    """Return the names of the files and of the folders in a listing. Folders are returned only if there are pages."""
    files = [entry.name for entry in entries if entry.name.lower().endswith(PAGE_SUFFIXES)]
    return files, [entry.name for entry in entries if entry.is_dir()] if files else []


def _page_folder(here: str, name: str, page: str) -> PageFolder:
    """Return the folder ``name`` beside a saved page; both are in ``here``."""
    top = os.path.join(here, name)  # noqa: PTH118
    files = (
        os.path.relpath(os.path.join(inner, file), top).replace(os.sep, "/")  # noqa: PTH118
        for inner, _, names in os.walk(top)
        for file in names
    )
    return PageFolder(name, page, _beginning(here, page), files, partial(_beginning, top))


def _beginning(folder: str, name: str) -> bytes:
    """Return the first bytes of a file, to be searched for references; none if it cannot be read."""
    try:
        with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123
            return file.read(LARGEST_REFERRING_FILE)
    except OSError:  # reading it as an article will report the problem
        return b""


_TABLE = re.compile(r"_MAIN_[0-9]+\.toc")
_OF_INDEX = re.compile(r"_?MAIN_.*|stories-[0-9]+\.nws|newssearch\.json|(?:files|run|copy)\.json")


def _is_of_index(name: str) -> bool:
    """Whether a file in the folder of an index belongs to the index, judged by its file name."""
    return _OF_INDEX.fullmatch(name) is not None


def _problem(path: Path) -> str:
    """Return the reason why no file or folder at a path can be read; ``""`` if one exists."""
    try:
        path.stat()
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        if isinstance(error, OSError) and error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return f"cannot be read: {error.strerror or error}"
        return "no such file or folder"
    return ""


def excluded(path: str, exclude: Sequence[str]) -> bool:
    """Whether one of the ``exclude`` patterns matches ``path``, the name of a file in the index.

    A pattern without a slash matches files and folders of that name anywhere. A pattern with a slash matches a path
    relative to the archive, and everything below that path. ``*`` matches any characters within a name, ``**`` any
    number of folders. On Windows, case is ignored, and a backslash is a slash.

    >>> excluded("a/drafts/1.txt", ["drafts"]), excluded("a/1.tmp", ["*.tmp"]), excluded("a/b/1.txt", ["b/*.txt"])
    (True, True, False)
    >>> excluded("a/b/1.txt", ["a/**/*.txt"]), excluded("a/b/1.txt", ["a/b"]), excluded("a/b/1.txt", ["a/*"])
    (True, True, True)
    """
    on_windows = os.path.sep == "\\"
    patterns = (pattern.replace("\\", "/") if on_windows else pattern for pattern in exclude)
    return any(_exclusion(pattern, on_windows).fullmatch(path) is not None for pattern in patterns)


@cache
def _exclusion(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    parts = pattern.strip("/").split("/")
    anywhere = "" if "/" in pattern.strip("/") or pattern.startswith("/") else "(?:.*/)?"
    expression = ""
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            expression += ".*" if last else "(?:[^/]*/)*"
            continue
        expression += "".join({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)) for char in part)
        expression += "" if last else "/"
    return re.compile(f"{anywhere}{expression}(?:/.*)?", re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _target(file: Path) -> str:
    """Return the absolute path of a file with all links resolved, broken ones too. The target need not exist."""
    try:
        return os.path.realpath(file)
    except (OSError, ValueError):
        return real_path(file)


def name_of(file: Path, archive: Path) -> str:
    """Return the name of a file in the index: its path relative to ``archive``, or its absolute path if outside it.

    The path has forward slashes, and links are resolved. So an archive can be moved with its index, and each file has
    one name. Bytes that are not UTF-8 are written ``\\\\xff``.
    """
    return _name(real_path(file), real_path(archive))


def all_names(paths: Iterable[str | Path], archive: Path) -> list[str]:
    """Return the names in the index of files and folders, and also the paths as given."""
    return [name for path in paths for name in (str(path), name_of(Path(path), archive))]


def _name(real: str, root: str) -> str:
    path = Path(real)
    if path.is_relative_to(root):
        path = path.relative_to(root)
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def file_of(path: str, archive: Path) -> Path:
    """Return the path of the file that has the name ``path`` in the index: the inverse of :func:`name_of`."""
    file = archive / path
    if "\\x" in path and not file.exists():
        raw = re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), path.encode())
        return archive / os.fsdecode(raw)
    return file
