"""The errors that newssearch raises on purpose, as one tree of exceptions.

Each carries the data that a program needs to react, and the exit code that the command line ends with::

    NewssearchError                 1
    ├── IndexFolderError            1   about the folder of an index
    │   ├── IndexNotFoundError      3   there is no index in it
    │   ├── IndexExistsError        1   there is one already, and it is not to be overwritten
    │   ├── IndexVersionError       3   made by a newer newssearch, or by another program
    │   ├── IndexDamagedError       3   a check of its contents fails, a file is missing, or Whoosh wrote to it
    │   ├── IndexLockedError        1   another process is writing to it
    │   └── IndexWriteError         1   the disk is full, or the folder may not be written to
    ├── ArticleNotFoundError        1   no article has that id, or several do
    ├── ConfigError                 2   the configuration of an archive has an invalid value
    └── QueryError                  2   a query or a filter that would silently find nothing

A file that cannot be read is no exception but a value, :class:`newssearch.Rejected`, so that the rest goes on.

Where the system does not let an index or a configuration be read (no permission, no file descriptors left, a read
error of the disk), its own :class:`OSError` is raised, with the name of the file: :class:`PermissionError`, say. Nothing
is said about the index then, and exit code is 1; so it is for :class:`MemoryError`. Any other exception is a bug of
newssearch. The command line prints its traceback and asks to report it, with exit code 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

SHOWN_CANDIDATES = 10
"""The largest number of ids that the message of an error lists."""


class NewssearchError(Exception):
    """The root of all errors that newssearch raises on purpose."""

    exit_code: ClassVar[int] = 1


class IndexFolderError(NewssearchError):
    """An error about the folder of an index, ``folder``."""

    def __init__(self, message: str, folder: Path) -> None:
        super().__init__(message)
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        """Make the error picklable: worker processes return it."""
        return type(self), (str(self), self.folder)


class IndexNotFoundError(IndexFolderError):
    """There is no index in ``folder``."""

    exit_code = 3


class IndexExistsError(IndexFolderError):
    """``folder`` holds an index already, and creating one there would erase it."""


class IndexVersionError(IndexFolderError):
    """The index in ``folder`` has a format that this version does not know; ``found`` is its number, if any."""

    exit_code = 3

    def __init__(self, message: str, folder: Path, found: int | None = None) -> None:
        super().__init__(message, folder)
        self.found = found

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.folder, self.found)


class IndexDamagedError(IndexFolderError):
    """The index in ``folder`` is not as newssearch wrote it.

    A checksum or a check of its structure fails, a file that the table of contents names is missing, or another program
    (Whoosh) committed to it.
    """

    exit_code = 3


class IndexLockedError(IndexFolderError):
    """Another process or thread is writing to the index in ``folder``.

    ``holder`` names it if possible, and ``waited`` is the number of seconds waited for it.
    """

    def __init__(self, message: str, folder: Path, holder: str = "", waited: float = 0.0) -> None:
        super().__init__(message, folder)
        self.holder = holder
        self.waited = waited

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.folder, self.holder, self.waited)


class IndexWriteError(IndexFolderError):
    """The index in ``folder`` cannot be written to: the disk is full, say. What was committed before stays."""


class ConfigError(NewssearchError):
    """The configuration of an archive, or a variable of the environment, has an invalid value."""

    exit_code = 2


class ArticleNotFoundError(NewssearchError):
    """No article has the id ``wanted``, or more than one does: then ``candidates`` lists their ids."""

    def __init__(self, wanted: str, candidates: Sequence[str] = ()) -> None:
        self.wanted = wanted
        self.candidates = tuple(candidates)
        if self.candidates:
            shown = ", ".join(self.candidates[:SHOWN_CANDIDATES])
            more = len(self.candidates) - SHOWN_CANDIDATES
            message = f"{wanted!r} could be any of: {shown}" + (f" … and {more:,} more" if more > 0 else "")
        else:
            message = f"no article has the id {wanted!r}"
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.wanted, self.candidates)


class QueryError(NewssearchError):
    """A query or a filter that cannot be answered.

    ``query`` is the text as given, ``start`` and ``end`` the place in it (in characters, end excluded),
    ``reason`` what is wrong and ``suggestion`` what to write instead, or ``""``.
    """

    exit_code = 2

    def __init__(
        self, reason: str, *, query: str = "", start: int = 0, end: int = 0, suggestion: str = ""
    ) -> None:
        self.reason = reason
        self.query = query
        self.start = start
        self.end = end
        self.suggestion = suggestion
        super().__init__(f"{reason}; {suggestion}" if suggestion else reason)

    def __reduce__(self) -> tuple[Any, ...]:
        known = {name: getattr(self, name) for name in ("query", "start", "end", "suggestion")}
        return partial(type(self), **known), (self.reason,)

    def placed(self, query: str, start: int, end: int) -> QueryError:
        """Return the error with the given position in the text of the query, unless it has one."""
        if self.end:
            start, end = self.start, self.end
        return QueryError(
            self.reason, query=self.query or query, start=start, end=end, suggestion=self.suggestion
        )
