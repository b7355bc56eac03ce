"""The errors that newssearch raises on purpose, as one tree of exceptions.

Each exception carries the data that a program needs to react, and the exit code of the command line::

    NewssearchError                 1
    ├── IndexFolderError            1   about the folder of an index
    │   ├── IndexNotFoundError      3   there is no index in it
    │   ├── IndexExistsError        1   there is one already, which creating a new one would erase
    │   ├── IndexVersionError       3   made by another version of newssearch, or by another program
    │   ├── IndexDamagedError       3   a check of its contents fails, a file is missing, or Whoosh wrote to it
    │   ├── IndexUnreachableError   3   no server of it answers, or none for all of it, or not to this user
    │   ├── IndexLockedError        1   another process is writing to it
    │   ├── IndexCopyError          1   it is not as the index that it was copied from
    │   └── IndexWriteError         1   the disk is full, or the folder may not be written to
    ├── ArticleNotFoundError        1   no article has that id or key, or several do
    ├── HitNotFoundError            1   a search has no hit with that address
    ├── ArticleConflictError        1   an article to add is in the index with other content
    ├── SearchStoppedError          5   a search took longer than its time limit, or its caller stopped it
    ├── OwnFieldError               2   an own field of another kind than the index has, or one too many
    ├── ReceiptError                1   a file that is no receipt, or a damaged one, or one that cannot be run again
    ├── SavedSearchError            2   a saved search that is not there, or already there, or has a wrong name
    ├── TagError                    2   a tag, a note or a change of them that is not allowed
    │   └── NoteChangedError        2   the note that was to be replaced is another one now
    ├── TagFileError                1   the file of tags is damaged, or another process holds it
    ├── AnalyserError               3   an analyser of another package is missing, has another version, or fails
    ├── AlertError                  1   the state of an alert is damaged, or another run holds it
    ├── ConfigError                 2   the configuration of an archive, or an address, has an invalid value
    └── QueryError                  2   a query or a filter that would silently find nothing

An input file that cannot be read raises nothing: it is reported as a :class:`newssearch.Rejected`, and the run
continues.

If the system cannot read a file of an index or a configuration (no permission, no file descriptors left, a read error
of the disk), Python's own :class:`OSError` is raised, such as :class:`PermissionError`, with the name of the file. This
does not mean that the index is damaged. The exit code is 1, as for :class:`MemoryError`. Any other exception is a bug
of newssearch: the command line prints its traceback, asks the user to report it, and ends with exit code 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

SHOWN_CANDIDATES = 10
"""The largest number of ids that the message of an :class:`ArticleNotFoundError` lists."""


class NewssearchError(Exception):
    """The base class of all errors that newssearch raises on purpose."""

    exit_code: ClassVar[int] = 1


class IndexFolderError(NewssearchError):
    """The base class of errors about an index, which is in ``folder``."""

    def __init__(self, message: str, folder: Path) -> None:
        super().__init__(message)
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        """Make the error picklable, so that worker processes can return it."""
        return type(self), (str(self), self.folder)


class IndexNotFoundError(IndexFolderError):
    """There is no index in ``folder``."""

    exit_code = 3


class IndexExistsError(IndexFolderError):
    """``folder`` holds an index already, and creating one there would erase it."""


class IndexVersionError(IndexFolderError):
    """This version of newssearch cannot read the format of the index in ``folder``.

    ``found`` is the number of that format, or None if the index does not state one.
    """

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


class IndexUnreachableError(IndexFolderError):
    """The servers of the index at the address ``folder`` do not answer, not for all of it, or not to this user.

    This is for an index on a cluster. The message says which: a server that is down, a certificate that is not
    believed, a user that is not known or may not search, or a part of the index that is lost.
    """

    exit_code = 3


class IndexLockedError(IndexFolderError):
    """Another process or thread is writing to the index in ``folder``.

    ``holder`` describes that process (``""`` if it is unknown); ``waited`` is the number of seconds waited for it.
    """

    def __init__(self, message: str, folder: Path, holder: str = "", waited: float = 0.0) -> None:
        super().__init__(message, folder)
        self.holder = holder
        self.waited = waited

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.folder, self.holder, self.waited)


class IndexCopyError(IndexFolderError):
    """The index in ``folder`` is not as the index that it was copied from: its digest, its files or its contents differ."""


class IndexWriteError(IndexFolderError):
    """The index in ``folder`` cannot be written to: the disk is full, for example. The last commit stays intact."""


class ConfigError(NewssearchError):
    """The configuration of an archive, an environment variable, or the address of an index has an invalid value."""

    exit_code = 2


class OwnFieldError(NewssearchError):
    """An own field has another kind than the index keeps it with, or the index would have too many of them."""

    exit_code = 2


class ArticleNotFoundError(NewssearchError):
    """No article has the id or the key ``wanted``, or several do; ``candidates`` lists their ids.

    ``what`` is ``"id"`` or ``"key"``.
    """

    def __init__(self, wanted: str, candidates: Sequence[str] = (), what: str = "id") -> None:
        self.wanted = wanted
        self.candidates = tuple(candidates)
        self.what = what
        if self.candidates:
            shown = ", ".join(self.candidates[:SHOWN_CANDIDATES])
            more = len(self.candidates) - SHOWN_CANDIDATES
            message = f"{wanted!r} could be any of: {shown}" + (f" … and {more:,} more" if more > 0 else "")
        else:
            message = f"no article has the {what} {wanted!r}"
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.wanted, self.candidates, self.what)


class ReceiptError(NewssearchError):
    """A text that is no receipt of a search, a damaged one, or one whose search cannot be run again."""


class SavedSearchError(NewssearchError):
    """A saved search that does not exist, or exists already, or has a name that is not allowed."""

    exit_code = 2


class TagError(NewssearchError):
    """A tag, a note or a change of them that is not allowed."""

    exit_code = 2


class NoteChangedError(TagError):
    """The note on ``article`` that was to be replaced is another one now: ``present``; ``""`` if there is none."""

    def __init__(self, article: str, present: str) -> None:
        super().__init__(f"somebody has changed the note on {article} meanwhile")
        self.article = article
        self.present = present

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.article, self.present)


class TagFileError(NewssearchError):
    """The ``file`` of the tags of an archive is damaged, too large or of a newer version, or another process holds it."""

    def __init__(self, message: str, file: Path | None = None) -> None:
        super().__init__(message)
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.file)

    @property
    def without_folder(self) -> str:
        """The message with the name of the file in place of its path, for readers who should not see folders."""
        return str(self) if self.file is None else str(self).replace(str(self.file), self.file.name)


class AnalyserError(NewssearchError):
    """An analyser of another package cannot be used.

    It is not installed, or not in the version that the index was made with; it cannot be loaded; or it fails at a text.
    """

    exit_code = 3


class AlertError(NewssearchError):
    """An alert of a saved search cannot run: its state is damaged, or another run holds it.

    What it has seen and what it owes is as before.
    """


class ArticleConflictError(NewssearchError):
    """The index, or the same call of ``add``, has other content of articles to add; ``ids`` lists their ids.

    Nothing was added.
    """

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        shown = ", ".join(self.ids[:SHOWN_CANDIDATES])
        more = len(self.ids) - SHOWN_CANDIDATES
        super().__init__(
            f"in the index, or among the articles to add, with other content: {shown}"
            + (f" … and {more:,} more" if more > 0 else "")
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.ids,)


class HitNotFoundError(NewssearchError):
    """A search has no hit with the address ``address`` (``ID#3``).

    ``instead`` is the address of the hit that tells the same story, if that has another article as its best copy;
    otherwise None.
    """

    def __init__(self, address: str, instead: str | None = None) -> None:
        self.address = address
        self.instead = instead
        hint = f"; the best copy of its story is {instead}" if instead else ""
        super().__init__(f"{address} is not among the results of the search{hint}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.address, self.instead)


class SearchStoppedError(NewssearchError):
    """A search was stopped before it had an answer: at its time limit, or by its caller.

    ``timeout`` is the time limit in seconds; None if the caller stopped the search.
    """

    exit_code = 5

    def __init__(self, message: str, timeout: float | None = None) -> None:
        super().__init__(message)
        self.timeout = timeout

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.timeout)


class QueryError(NewssearchError):
    """A query or a filter that cannot be answered.

    ``query`` is the text as given; ``start`` and ``end`` delimit the faulty part of it (in characters, end excluded).
    ``reason`` describes the mistake, and ``suggestion`` says what to write instead (``""`` if there is no suggestion).
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
        """Return a copy of the error with the given query and position, except where the error already has its own."""
        if self.end:
            start, end = self.start, self.end
        return QueryError(
            self.reason, query=self.query or query, start=start, end=end, suggestion=self.suggestion
        )
