"""The manifest of an index: the files that it was built from, so that unchanged files need not be read again.

The manifest only saves work. It is written after the commit that it describes. If it is missing or lacks files, these
are read again, and their articles are found unchanged. Stale files are the exception: their entries are removed or marked
before the commit that makes them stale. A file is stale if it has changed (it might change back after an interrupted
run), or if it holds a copy of an article that is removed or changed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from newssearch.system.atomic_files import sealed, unsealed

FILE_NAME = "files.json"
READERS_VERSION = 3
"""The version of what the readers make of a file. A new version makes the next run read all files again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file at its last reading: its size in bytes, time of change in nanoseconds and digest, how it was read, and the outcome."""

    size: int
    mtime: int
    digest: str
    reading: str
    articles: int
    rejections: int = 0
    """The number of rejected records and parts. ``rejected`` lists the first ones."""
    rejected: tuple[tuple[int, str, str | None], ...] = ()
    """The record, reason and member of each :class:`~newssearch.article.Rejected`."""
    duplicates: tuple[str, ...] = ()
    """The ids of articles that are indexed from another file."""
    skipped: tuple[tuple[str, int], ...] = ()
    """The number of skipped items that are not articles, by kind."""


@dataclass
class Manifest:
    """The entries of the files of an index, by their names in the index."""

    entries: dict[str, Entry] = field(default_factory=dict)
    changed: bool = False

    @classmethod
    def load(cls, content: str | None) -> Manifest:
        """Read a manifest. A missing or damaged one, or one of another version, is read as empty."""
        try:
            loaded = json.loads(unsealed(content or ""))
            if loaded["version"] != READERS_VERSION:
                return cls()
            return cls({path: _manifest_entry(values) for path, values in loaded["files"].items()})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls()

    def dump(self) -> str:
        """Return the manifest as JSON with a checksum."""
        files = {path: list(asdict(entry).values()) for path, entry in self.entries.items()}
        return sealed(json.dumps({"version": READERS_VERSION, "files": files}, separators=(",", ":")))

    def set(self, path: str, entry: Entry) -> None:
        """Set the entry of a file."""
        if self.entries.get(path) != entry:
            self.entries[path] = entry
            self.changed = True

    def drop(self, path: str) -> None:
        """Remove the entry of a file."""
        if self.entries.pop(path, None) is not None:
            self.changed = True


def _manifest_entry(values: list[object]) -> Entry:
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
