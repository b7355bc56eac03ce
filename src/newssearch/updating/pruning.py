"""What a run may remove because its file is gone, and what it must not without being told to.

A share that is not mounted, an empty mount point and a folder that cannot be listed look like thousands of deleted
files. So only files below the paths that a run was given are removed, and none below a path that is missing, a link
that leads nowhere, or a folder that cannot be listed. What an empty folder held, and more than half of what is known
below a path, is removed only if somebody agrees.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newssearch.article import STREAM
from newssearch.reports import Removal

from . import files

SHOWN = 10
"""Files that a removal names."""

EMPTY = "the folder is empty now"


Confirm = Callable[[Removal], bool]


@dataclass
class Plan:
    """The files whose articles are to be removed, and what was refused; ``kept`` articles stay though their file is gone."""

    remove: list[str] = field(default_factory=list)
    refused: list[Removal] = field(default_factory=list)
    kept: int = 0


def plan(
    known: Mapping[str, int],
    look: files.Look,
    archive: Path,
    exclude: Collection[str],
    confirm: Confirm | None,
    spared: Callable[[str, Collection[str]], int] = lambda path, gone: 0,
) -> Plan:
    """Which of the ``known`` files (with the articles of each) are to be removed after a ``look`` at the archive.

    ``spared`` says how many articles of a file that goes have a copy in one that stays.
    """
    return _Planning(known, look, archive, tuple(exclude), confirm, spared).plan()


class _Planning:
    def __init__(
        self,
        known: Mapping[str, int],
        look: files.Look,
        archive: Path,
        exclude: tuple[str, ...],
        confirm: Confirm | None,
        spared: Callable[[str, Collection[str]], int],
    ) -> None:
        self._known, self._look, self._archive = known, look, archive
        self._exclude, self._confirm, self._spared = exclude, confirm, spared
        self._found = {source.path for source in look.sources}
        self._moved: set[str] = set()
        self._folders: dict[str, tuple[str, str]] = {}

    def plan(self) -> Plan:
        made = Plan()
        articles: Counter[files.Scope] = Counter()
        gone: dict[files.Scope, dict[str, str]] = {}  # each with the empty folder that it was in, or ""
        for path, number in self._known.items():
            scopes = self._look.scopes_of(path)
            articles.update(dict.fromkeys(scopes, number))
            if path == STREAM or path in self._found or not scopes:
                continue
            state = "kept" if any(scope.problem for scope in scopes) else self._state(path)
            if state == "kept":
                made.kept += number
            elif state is not None:
                for scope in scopes:
                    gone.setdefault(scope, {})[path] = state
        refused: set[str] = set()
        for scope, below in gone.items():
            for removal, paths in self._doubtful(scope, articles[scope], below):
                if set(paths) <= refused:
                    continue
                if self._confirm is None or not self._confirm(removal):
                    made.refused.append(removal)
                    refused.update(paths)
        made.remove = list(dict.fromkeys(p for below in gone.values() for p in below if p not in refused))
        made.kept += sum(self._known[path] for path in refused)
        return made

    def _doubtful(
        self, scope: files.Scope, known: int, below: Mapping[str, str]
    ) -> Iterable[tuple[Removal, Collection[str]]]:
        """What of the files that are gone below a path is not to be removed unasked."""
        lost = {
            path: 0 if path in self._moved else self._known[path] - self._spared(path, below)
            for path in below
        }
        empty: dict[str, dict[str, int]] = {}
        for path, folder in below.items():
            if folder:
                empty.setdefault(folder, {})[path] = lost[path]
        if 2 * sum(lost.values()) > known:
            why = EMPTY if scope.path in empty else "more than half of what is known there is gone"
            yield _removal(scope.path, lost, known, why), below
            return
        for folder, inside in sorted(empty.items()):
            if any(inside.values()):
                yield _removal(folder, inside, sum(inside.values()), EMPTY), inside

    def _state(self, path: str) -> str | None:
        """None for a file that is there; ``"kept"`` where nobody can tell; else it is gone, and from which empty folder."""
        if path in self._look.excluded or files.excluded(path, self._exclude):
            return ""
        if self._look.is_unlisted(path):
            return "kept"
        file = files.file_of(path, self._archive)
        try:
            status = file.lstat()
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno not in (errno.ENOENT, errno.ENOTDIR):
                return "kept"
            problem, folder = self._folder(str(file.parent))
            return {"unlisted": "kept", "empty": folder}.get(problem, "")
        if stat.S_ISDIR(status.st_mode):  # a folder has taken the name of the file
            return ""
        name = files.name_of(file, self._archive)  # a folder on the way may have become a link
        if name == path or name not in self._found:
            return None
        self._moved.add(path)
        return ""

    def _folder(self, folder: str) -> tuple[str, str]:
        """What is wrong with the nearest folder that there is, and its name in the index."""
        if folder not in self._folders:
            self._folders[folder] = self._look_into(folder)
        return self._folders[folder]

    def _look_into(self, folder: str) -> tuple[str, str]:
        try:
            with os.scandir(folder) as entries:
                empty = all(entry.name.startswith(".") for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            parent = os.path.dirname(folder)  # noqa: PTH120
            return self._folder(parent) if parent != folder else ("", "")
        except OSError:
            return "unlisted", ""
        return "empty" if empty else "", files.name_of(Path(folder), self._archive)


def _removal(path: str, lost: Mapping[str, int], known: int, reason: str) -> Removal:
    return Removal(path, sum(lost.values()), known, reason, len(lost), tuple(sorted(lost)[:SHOWN]))
