"""Decides which articles a run removes because their files are missing, and which of them only after confirmation.

An unmounted share, an empty mount point and a folder that cannot be listed look like thousands of deleted files. So a
run removes only articles of files below the paths that it was given, and none below a missing path, a broken link, or
a folder that cannot be listed. The user must confirm the removal of articles whose folder is now empty, and of more
than half of the articles below a path.
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

MAX_EXAMPLES = 10
"""A :class:`~newssearch.reports.Removal` names at most this number of files as examples."""
EMPTY_FOLDER = "the folder is empty now"
"""This text is shown to users who are asked to confirm the removal of articles whose folder is now empty."""


Confirm = Callable[[Removal], bool]


@dataclass
class Plan:
    """The outcome of :func:`plan`: the files whose articles are to be removed, and the removals that were refused.

    ``kept`` is the number of articles that stay although their file is missing.
    """

    remove: list[str] = field(default_factory=list)
    refused: list[Removal] = field(default_factory=list)
    kept: int = 0


def plan(
    indexed: Mapping[str, int],
    listing: files.FileListing,
    archive: Path,
    exclude: Collection[str],
    confirm: Confirm | None,
    spared: Callable[[str, Collection[str]], int] = lambda path, missing: 0,
) -> Plan:
    """Decide from which of the ``indexed`` files to remove all articles, given a new ``listing`` of the files.

    ``indexed`` maps each file to the number of its articles. ``confirm`` is asked about each doubtful removal; without
    it all of them are refused. ``spared``, called with a missing file and all missing files, returns how many of its
    articles have a copy in a file that is not missing: these do not count as lost.
    """
    return _Planning(indexed, listing, archive, tuple(exclude), confirm, spared).plan()


class _Planning:
    def __init__(
        self,
        indexed: Mapping[str, int],
        listing: files.FileListing,
        archive: Path,
        exclude: tuple[str, ...],
        confirm: Confirm | None,
        spared: Callable[[str, Collection[str]], int],
    ) -> None:
        self._indexed, self._listing, self._archive = indexed, listing, archive
        self._exclude, self._confirm, self._spared = exclude, confirm, spared
        self._found = {source.path for source in listing.sources}
        self._moved: set[str] = set()
        self._folders: dict[str, tuple[str, str]] = {}

    def plan(self) -> Plan:
        made = Plan()
        articles: Counter[files.Scope] = Counter()
        missing: dict[files.Scope, dict[str, str]] = {}  # the empty folder of each file, or ""
        for path, number in self._indexed.items():
            scopes = self._listing.scopes_of(path)
            articles.update(dict.fromkeys(scopes, number))
            if path == STREAM or path in self._found or not scopes:
                continue
            state = "kept" if any(scope.problem for scope in scopes) else self._state(path)
            if state == "kept":
                made.kept += number
            elif state is not None:
                for scope in scopes:
                    missing.setdefault(scope, {})[path] = state
        refused: set[str] = set()
        for scope, below in missing.items():
            for removal, paths in self._doubtful(scope, articles[scope], below):
                if set(paths) <= refused:
                    continue
                if self._confirm is None or not self._confirm(removal):
                    made.refused.append(removal)
                    refused.update(paths)
        made.remove = list(dict.fromkeys(p for below in missing.values() for p in below if p not in refused))
        made.kept += sum(self._indexed[path] for path in refused)
        return made

    def _doubtful(
        self, scope: files.Scope, total: int, below: Mapping[str, str]
    ) -> Iterable[tuple[Removal, Collection[str]]]:
        """For one scope, yield each removal that the user must confirm, with the missing files that it concerns.

        ``total`` is the number of indexed articles in the scope; ``below`` maps each missing file to its empty folder,
        or to ``""``.
        """
        lost = {
            path: 0 if path in self._moved else self._indexed[path] - self._spared(path, below)
            for path in below
        }
        empty: dict[str, dict[str, int]] = {}
        for path, folder in below.items():
            if folder:
                empty.setdefault(folder, {})[path] = lost[path]
        if 2 * sum(lost.values()) > total:
            why = EMPTY_FOLDER if scope.path in empty else "more than half of the articles there are missing"
            yield _removal(scope.path, lost, total, why), below
            return
        for folder, inside in sorted(empty.items()):
            if any(inside.values()):
                yield _removal(folder, inside, sum(inside.values()), EMPTY_FOLDER), inside

    def _state(self, path: str) -> str | None:
        """Return one of four states of an indexed file:

        - None: the file exists.
        - ``"kept"``: this cannot be decided, so its articles stay.
        - ``""``: the file is missing or excluded.
        - the name in the index of a folder: the file is missing, and this folder, in which it was, is empty.
        """
        if path in self._listing.excluded or files.excluded(path, self._exclude):
            return ""
        if self._listing.is_unlisted(path):
            return "kept"
        file = files.file_of(path, self._archive)
        try:
            status = file.lstat()
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno not in (errno.ENOENT, errno.ENOTDIR):
                return "kept"
            problem, folder = self._folder(str(file.parent))
            return {"unlisted": "kept", "empty": folder}.get(problem, "")
        if stat.S_ISDIR(status.st_mode):  # a folder has the name of the file now
            return ""
        name = files.name_of(file, self._archive)  # a folder on the way may have become a link
        if name == path or name not in self._found:
            return None
        self._moved.add(path)
        return ""

    def _folder(self, folder: str) -> tuple[str, str]:
        """Return the state of a folder, or of its nearest existing parent, and the name in the index of that folder.

        The state is ``"empty"``, ``"unlisted"`` (the folder cannot be listed) or ``""`` (it has files).
        """
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


def _removal(path: str, lost: Mapping[str, int], total: int, reason: str) -> Removal:
    return Removal(path, sum(lost.values()), total, reason, len(lost), tuple(sorted(lost)[:MAX_EXAMPLES]))
