"""The archive of an index: the folder to which the paths in the index are relative, with its configuration, tags and searches."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from newssearch.system.lazy_regex import Pattern
from newssearch.system.real_paths import real_path

from .config import CONFIG_FILE, PROJECT_FILE, has_settings

INDEX_MARKER = "newssearch.json"
"""The name of the file by which the folder of an index is known."""
SEARCHES = "searches"
"""The name of the folder of an archive with the files of its saved searches."""
SEARCH_SUFFIX = ".toml"
ALERTS = "alerts"
"""The name of the folder of an archive with the states of its alerts."""
STATE_SUFFIX = ".state"
STATE_LOCK_SUFFIX = ".lock"
OWN_FOLDERS = (SEARCHES, ALERTS)
"""The folders of an archive whose files only newssearch itself writes."""
TAGS_FILE = "tags.jsonl"
"""The name of the file of an archive with the tags and notes of its articles."""
TAGS_LOCK = ".tags.lock"
"""The name of the file beside it whose lock a process holds that changes the tags."""

TAGS_KEY = "newssearch_tags"
"""The key of the first line of the file of tags. Its value is the version of the format."""
_TAGS_OPENING = f'{{"{TAGS_KEY}"'.encode()
"""How a file of tags begins."""
_TEMPORARY_TAGS = Pattern(rf"{re.escape(TAGS_FILE)}\.[0-9a-f]{{16}}\.tmp")
"""Matches the name of a file in which the next state of the tags is written."""


class ArchiveFolder(NamedTuple):
    """The folder of an archive, with its tags, its saved searches and the states of its alerts.

    If the index is reached by a link, ``folder`` is where the index really is, so that an archive has one file of tags.
    """

    folder: Path
    root: Path
    """The folder with all links resolved. The name of a file in the index is its path relative to this."""
    settings: Path
    """The folder whose configuration holds, as it was given: another one only for an index that is reached by a link."""
    own_index: str = ""
    """The path of the index in the archive, with all links resolved, which no run reads; ``""`` if it is elsewhere."""
    link: Path | None = None
    """The folder with the link by which the index is reached, if that is another folder."""

    @property
    def beside_link(self) -> Path | None:
        """The folder with the link, if it holds no other index, so that its files can only be meant for this archive."""
        if self.link is None or any(_is_index(one) and not one.is_symlink() for one in _entries(self.link)):
            return None
        return self.link

    @property
    def tags_beside_link(self) -> Path | None:
        """A file of tags beside the link to the index. The archive does not use it."""
        if self.link is None or not (self.link / TAGS_FILE).is_file() or self.beside_link is None:
            return None
        return self.link / TAGS_FILE


def archive_around(index: Path) -> ArchiveFolder:
    """Return the archive of an index in a folder: the folder that really holds the folder ``index``.

    If ``index`` is a link from another folder, the configuration beside the link holds where the archive has none.
    """
    real = real_path(index)
    given, root = index.absolute().parent, Path(real).parent
    if real_path(given) == str(root):
        return ArchiveFolder(given, root, given, real)
    settings = given if has_settings(given) and not has_settings(root) else root
    return ArchiveFolder(root, root, settings, real, link=given)


def has_files_of_searches(archive: Path) -> bool:
    """Whether there are files of saved searches in the folder of an archive."""
    names = (one.name for one in _entries(archive / SEARCHES) if one.suffix == SEARCH_SUFFIX)
    return any(not name.startswith(".") for name in names)


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder; nothing if it is not there or cannot be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _is_index(folder: Path) -> bool:
    """Whether a folder is an index, or a link to one."""
    try:
        return (folder / INDEX_MARKER).exists()
    except OSError:
        return False


def archive_here() -> ArchiveFolder:
    """Return the archive that a person works in whose index is elsewhere.

    It is the innermost folder with a ``newssearch.toml`` among the working folder and those above it; without such a file,
    the working folder.
    """
    here = Path.cwd()
    folder = next((one for one in (here, *here.parents) if (one / CONFIG_FILE).is_file()), here)
    return ArchiveFolder(folder, Path(real_path(folder)), folder)


def is_own_file(root: str, file: str) -> bool:
    """Whether a file is one of the archive itself, which no run reads: its configuration, a saved search, or the tags.

    ``root`` is the archive's folder, and both paths have their links resolved.
    """
    folder, name = os.path.split(file)
    if folder == root and (name in (TAGS_FILE, TAGS_LOCK) or _TEMPORARY_TAGS.fullmatch(name)):
        return True
    return name == CONFIG_FILE or (name.endswith(SEARCH_SUFFIX) and folder == os.path.join(root, SEARCHES))  # noqa: PTH118


def why_no_output(file: Path, root: Path) -> str:
    """Return why no output of an alert may be a file, ``""`` if it may.

    It may not be in a folder in which the archive with the folder ``root`` keeps its own files, nor its ``pyproject.toml``,
    nor what :func:`why_no_result` refuses. All links are resolved.
    """
    real, archive = Path(real_path(file)), Path(real_path(root))
    inside = (
        [part.casefold() for part in real.relative_to(archive).parts] if real.is_relative_to(archive) else []
    )
    if inside[:1] and inside[0] in OWN_FOLDERS:
        return f"newssearch keeps its own files in {inside[0]}/: choose another folder"
    if inside == [PROJECT_FILE]:
        return f"{real.name} is the configuration of the archive: choose another name"
    return why_no_result(real, archive)


def why_no_result(file: Path, archive: Path | None = None) -> str:
    """Return why the results of a search may not be written to a file, ``""`` if they may.

    It may not be a file that any archive keeps: a configuration, its tags, a saved search, the state of an alert, a file of
    an index. All links are resolved. A folder is known to be an archive by its configuration or its index; ``archive`` is one
    that may have neither.
    """
    real = Path(real_path(file))
    name, folder = real.name.casefold(), real.parent
    if name == CONFIG_FILE:
        return f"{real.name} is the configuration of an archive: choose another name"
    if _begins_as_tags(real) or (
        name in (TAGS_FILE, TAGS_LOCK) and (folder == archive or _is_archive(folder))
    ):
        return f"newssearch keeps the tags of the archive in {real.name}: choose another name"
    if (
        folder.name.casefold() in OWN_FOLDERS
        and real.suffix in (SEARCH_SUFFIX, STATE_SUFFIX, STATE_LOCK_SUFFIX)
        and _is_archive(folder.parent)
    ):
        return f"newssearch keeps files of its own with such names in {folder}: choose another folder"
    if any((parent / INDEX_MARKER).exists() for parent in real.parents):
        return "the file would be in the folder of an index: choose another folder"
    return ""


def _is_archive(folder: Path) -> bool:
    """Whether a folder has a configuration or an index in it."""
    return any(one.name == CONFIG_FILE or _is_index(one) for one in _entries(folder))


def _begins_as_tags(file: Path) -> bool:
    try:
        if not file.is_file():  # a pipe would wait
            return False
        with file.open("rb") as opened:
            return opened.read(len(_TAGS_OPENING)) == _TAGS_OPENING
    except OSError:
        return False
