"""The manifest of an index: the files that it was built from, so that unchanged files need not be read again.

The manifest saves work. It is written after the commit that it describes. If it is missing or lacks entries, files
are read again, and their articles are found unchanged.

Besides, only the manifest says which files are or were feeds. If it is lost while a feed has become something else, the
next run cannot know that the file was a feed. It removes the articles that the feed still listed, but not those that had
left it before. A manifest that another version of the readers wrote still says which files are feeds.

A file is *stale* if it has changed, or if it holds a copy of an article that is removed or changed. The entry of a
stale file is removed or marked before the commit that makes it stale. The reason is that the run may be interrupted
after the commit, and a changed file may change back. Its old entry would then wrongly say that it need not be read.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields

from newssearch.system.atomic_files import sealed, unsealed

FILE_NAME = "files.json"
READERS_VERSION = 4
"""The version of the readers, raised when they make different articles from the same file. Then the next run reads all
files again, changed or not."""
STALE_MTIME = -2
"""Stands for the modification time of a stale file, which must be read again though unchanged."""
UNOPENED_MTIME = -3
"""Stands for the modification time of a file that could not be opened. Each run tries again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The manifest's entry for one file: the file as it was when last read, and what the reading produced.

    ``size`` is in bytes, ``mtime`` (the modification time) in nanoseconds. ``reading`` is a string that stands for the
    options and formats that the file was read with. ``articles`` is the number of articles.

    The manifest on disk has the fields in this order. New ones go to the end, because other versions of the readers look
    for the feeds by position.
    """

    size: int
    mtime: int
    digest: str
    reading: str
    articles: int
    rejections: int = 0
    """The number of rejected records and parts of the file; :attr:`rejected` lists only the first ones."""
    rejected: tuple[tuple[int, str, str | None], ...] = ()
    """The record number, reason and member of the first rejected parts: see :class:`~newssearch.article.Rejected`."""
    duplicates: tuple[str, ...] = ()
    """The ids of the file's articles that the index already had from another file."""
    skipped: tuple[tuple[str, int], ...] = ()
    """How many items were skipped because they are not articles: pairs of a kind and a count, sorted by kind."""
    older: tuple[str, ...] = ()
    """The ids of articles of which the file holds a version that another file has superseded."""
    feeds: tuple[str, ...] = ()
    """The members of the file that are feeds; ``""`` is the file itself. A feed that cannot be read now stays one."""
    former_feeds: tuple[str, ...] = ()
    """The members of the file that were feeds, and are something else now."""

    @classmethod
    def to_read(cls, feeds: tuple[str, ...], former_feeds: tuple[str, ...]) -> Entry:
        """Return an entry that knows only the feeds of a file, so that the file is read again."""
        return cls(0, UNOPENED_MTIME, "", "", 0, feeds=feeds, former_feeds=former_feeds)


_FEEDS = [one.name for one in fields(Entry)].index("feeds")
"""The position of :attr:`Entry.feeds` in the manifest on disk; :attr:`Entry.former_feeds` comes next."""


@dataclass
class Manifest:
    """The manifest in memory: an entry for each file, by the file's name in the index.

    ``changed`` is true if it differs from the manifest on disk.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    changed: bool = False

    @classmethod
    def load(cls, content: str | None) -> Manifest:
        """Return the manifest that :meth:`dump` wrote as ``content``.

        If the content is missing (None) or damaged, the manifest is empty. If another version of the readers wrote it, it
        only says which files are or were feeds, and all files must be read again.
        """
        try:
            loaded = json.loads(unsealed(content or ""))
            made = _manifest_entry if loaded["version"] == READERS_VERSION else _entry_to_read
            entries = {path: made(values) for path, values in loaded["files"].items()}
            return cls({path: entry for path, entry in entries.items() if entry is not None})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls()

    def dump(self) -> str:
        """Return the manifest as JSON with a checksum."""
        files = {path: list(asdict(entry).values()) for path, entry in self.entries.items()}
        return sealed(json.dumps({"version": READERS_VERSION, "files": files}, separators=(",", ":")))

    def set(self, path: str, entry: Entry) -> None:
        """Add or replace the entry of the file ``path``."""
        if self.entries.get(path) != entry:
            self.entries[path] = entry
            self.changed = True

    def drop(self, path: str) -> None:
        """Remove the entry of the file ``path``, if there is one."""
        if self.entries.pop(path, None) is not None:
            self.changed = True


def _manifest_entry(values: list[object]) -> Entry:
    (
        size,
        mtime,
        digest,
        reading,
        articles,
        rejections,
        rejected,
        duplicates,
        skipped,
        older,
        feeds,
        former,
    ) = values
    if not (isinstance(size, int) and isinstance(mtime, int) and isinstance(articles, int)):
        raise TypeError("not numbers")
    if not isinstance(rejections, int):
        raise TypeError("not a number")
    if not (
        isinstance(rejected, list)
        and isinstance(duplicates, list)
        and isinstance(skipped, list)
        and isinstance(older, list)
        and isinstance(feeds, list)
        and isinstance(former, list)
    ):
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
        tuple(map(str, older)),
        tuple(map(str, feeds)),
        tuple(map(str, former)),
    )


def _entry_to_read(values: list[object]) -> Entry | None:
    """Return the entry of a file from the manifest of another version; None if the file was never a feed."""
    feeds, former = values[_FEEDS : _FEEDS + 2]
    if not (isinstance(feeds, list) and isinstance(former, list)):
        raise TypeError("not lists")
    return Entry.to_read(tuple(map(str, feeds)), tuple(map(str, former))) if feeds or former else None
