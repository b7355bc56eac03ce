"""The state of a run: its counts, its progress in the current file, and the events of its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from newssearch.article import Rejected

from . import files
from .manifest import Entry
from .shared_keys import Sketch


@dataclass(slots=True)
class Tally:
    """The counts of a run so far.

    ``counts`` has them by their field names in :class:`~newssearch.reports.IndexReport`.
    """

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass
class FileRun:
    """The progress of a run in one file or stream: what was read so far, and which of its articles the index has.

    ``seen`` has the ids of the articles taken. ``twins`` are the paths of other files with the same bytes.
    """

    committed: Collection[str] | None
    """The ids of the articles of the file that are in the last commit; None for articles that have no file."""
    before: Entry | None = None
    """The manifest's entry for the file before this run; None if the manifest has none."""
    twins: tuple[str, ...] = ()
    seen: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    articles: int = 0
    rejected: list[tuple[int, str, str | None]] = field(default_factory=list)
    rejections: int = 0
    duplicates: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    feeds: set[str] = field(default_factory=set)
    """The members of the file that are feeds; ``""`` is the file itself."""
    keys: dict[str, list[Sketch]] = field(default_factory=dict)
    """The ids that the articles of the feeds have there, each with these articles."""
    moved_from: Counter[str] = field(default_factory=Counter)
    """The files that no longer exist, each with the number of its articles that are in this file now."""

    @property
    def is_unread(self) -> bool:
        """Whether the file as a whole was rejected."""
        return any(record == 0 and member is None for record, _, member in self.rejected)

    @property
    def is_readable(self) -> bool:
        """Whether neither the file was rejected, nor a part that was not rejected before."""
        parts = {rejected for rejected in self.rejected if rejected[0] == 0}
        return not self.is_unread and parts <= set(self.before.rejected if self.before else ())

    def entry(
        self, file: FileOpened, reading: str, feeds: tuple[str, ...], former_feeds: tuple[str, ...]
    ) -> Entry:
        """Return the entry of the file for the manifest, after it was read."""
        return Entry(
            file.size,
            file.mtime,
            file.digest,
            reading,
            self.articles,
            self.rejections,
            tuple(self.rejected),
            tuple(self.duplicates),
            tuple(sorted(self.skipped.items())),
            tuple(self.older),
            feeds,
            former_feeds,
        )


class FileUnchanged(NamedTuple):
    """An event: a file has not changed since it was last read, so it is not read again."""

    source: files.Source
    size: int
    mtime: int


class FileOpened(NamedTuple):
    """An event: the reading of a file begins. All events up to the next :class:`FileRead` belong to this file."""

    source: files.Source
    size: int
    mtime: int
    digest: str


class FileRead(NamedTuple):
    """An event: the end of a file was reached."""

    file: FileOpened
