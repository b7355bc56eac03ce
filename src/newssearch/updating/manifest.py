"""What is known of the files that were read, so that an unchanged one need not be read again.

The manifest only saves work: it is written after the commit that it tells of, and where it is missing, or tells of
less than there is, files are read again, and their articles found unchanged. That a file must be read again is written
before the commit that makes it so: because it has changed (and might change back, should the run be broken off), or
because a copy in it has lost the article that it was left out for.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from newssearch.system.atomic_files import sealed, unsealed

FILE_NAME = "files.json"
READERS_VERSION = 3
"""Counts up when the readers make something else of the same file: all are then read again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as it was when it was last read: its size, time of change (ns) and digest; how it was read; what it gave."""

    size: int
    mtime: int
    digest: str
    reading: str
    articles: int
    rejections: int = 0
    """How many records and parts were rejected, of which ``rejected`` has the first."""
    rejected: tuple[tuple[int, str, str | None], ...] = ()
    """The record, the reason and the part of the file, as a :class:`~newssearch.article.Rejected` has them."""
    duplicates: tuple[str, ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()
    """How many of each kind of thing, that is no article, were skipped."""


@dataclass
class Manifest:
    """The files of an index by their names there."""

    entries: dict[str, Entry] = field(default_factory=dict)
    changed: bool = False

    @classmethod
    def load(cls, content: str | None) -> Manifest:
        """Read a manifest; one that is missing or damaged is an empty one."""
        try:
            loaded = json.loads(unsealed(content or ""))
            if loaded["version"] != READERS_VERSION:
                return cls()
            return cls({path: _entry(values) for path, values in loaded["files"].items()})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls()

    def dump(self) -> str:
        """The manifest as JSON."""
        files = {path: list(asdict(entry).values()) for path, entry in self.entries.items()}
        return sealed(json.dumps({"version": READERS_VERSION, "files": files}, separators=(",", ":")))

    def set(self, path: str, entry: Entry) -> None:
        """Note a file."""
        if self.entries.get(path) != entry:
            self.entries[path] = entry
            self.changed = True

    def drop(self, path: str) -> None:
        """Forget a file."""
        if self.entries.pop(path, None) is not None:
            self.changed = True


def _entry(values: list[object]) -> Entry:
    size, mtime, digest, reading, articles, rejections, rejected, duplicates, skipped = values
    if not (isinstance(size, int) and isinstance(mtime, int) and isinstance(articles, int)):
        raise TypeError("not numbers")
    if not isinstance(rejections, int):
        raise TypeError("not a number")
    if not (isinstance(rejected, list) and isinstance(duplicates, list) and isinstance(skipped, list)):
        raise TypeError("not lists")
    reasons = tuple(
        (int(record), str(reason), None if member is None else str(member))
        for record, reason, member in rejected
    )
    counts = tuple((str(what), int(count)) for what, count in skipped)
    return Entry(
        size,
        mtime,
        str(digest),
        str(reading),
        articles,
        rejections,
        reasons,
        tuple(map(str, duplicates)),
        counts,
    )
