"""The indexer brings an index up to date with files, a stream, or articles in memory.

Each article of a file is compared with the index: new articles are added, changed ones replaced, missing ones removed.
So an interrupted run continues where it stopped, and after an append to a long file only the new articles are indexed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NamedTuple

from newssearch.article import Article, Rejected
from newssearch.engines.protocol import Writer
from newssearch.readers import (
    Document,
    ReadOptions,
    ReadOutcome,
    Skipped,
    read_file,
    read_items,
    read_stream,
    signature,
    versions,
)
from newssearch.readers.parallel import Parsers
from newssearch.reports import KEPT_REJECTIONS, IndexReport, Progress, Removal
from newssearch.system.frozen import FrozenDict

from . import files
from .fingerprint import file_digest, size_and_time
from .manifest import Entry, Manifest
from .pruning import Confirm, plan

MAX_PENDING_PARAGRAPHS = 500_000
"""A run commits whenever this number of added paragraphs is pending, because uncommitted paragraphs take memory, and an
interrupted run loses them."""
STALE_MTIME = -2
"""In the manifest, this stands for the modification time of a stale file, which must be read again though unchanged."""
UNOPENED_MTIME = -3
"""In the manifest, this stands for the modification time of a file that could not be opened. Each run tries again."""
COUNTS_OF_CHANGES = ("added", "updated", "removed", "kept", "paragraphs")
"""The counts of the report that grow when a file is read again only so that copies in it replace removed articles."""


@dataclass(slots=True)
class _Tally:
    """The counts of a run so far.

    ``counts`` has them by their field names in :class:`~newssearch.reports.IndexReport`.
    """

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass
class _FileRun:
    """The progress of a run in one file or stream: what has been read so far, and which of its articles the index has.

    ``seen`` has the ids of the committed articles that were found again.
    """

    committed: dict[str, str] | None
    """The digest of each article of the file that is in the last commit, by id; None for articles that have no file."""
    before: Entry | None = None
    """The manifest's entry for the file before this run; None if the manifest has none."""
    seen: set[str] = field(default_factory=set)
    articles: int = 0
    rejected: list[tuple[int, str, str | None]] = field(default_factory=list)
    rejections: int = 0
    duplicates: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


class _Unchanged(NamedTuple):
    """An event: a file has not changed since it was last read, so it is not read again."""

    source: files.Source
    size: int
    mtime: int


class _Opened(NamedTuple):
    """An event: the reading of a file begins. All events up to the next :class:`_Read` belong to this file."""

    source: files.Source
    size: int
    mtime: int
    digest: str


class _Read(NamedTuple):
    """An event: the end of a file was reached."""

    file: _Opened


class Indexer:
    """One run that brings an index up to date with files or articles. The caller closes the ``writer``.

    ``save`` is called with the manifest after each commit, and before a commit that makes files stale. ``options`` set
    how files are read. ``stop`` is called after each article, and ends the run if it returns true. ``progress`` is
    called after each part of a file. With ``retry``, unchanged files are read again if parts of them were rejected.
    """

    def __init__(
        self,
        writer: Writer,
        manifest: Manifest,
        save: Callable[[Manifest], None],
        options: ReadOptions | None = None,
        *,
        retry: bool = False,
        stop: Callable[[], bool] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._retry = retry
        self._writer = writer
        self._manifest = manifest
        self._save = save
        self._options = options or ReadOptions()
        self._stop = stop or (lambda: False)
        self._progress = progress or (lambda _: None)
        self._tally = _Tally()
        self._refused: list[Removal] = []
        self._pending: dict[str, str] = {}
        # for the id of an article, the other files that hold a copy of it
        self._copies: dict[str, set[str]] = {}
        for path, entry in manifest.entries.items():
            self._note_copies(path, entry)
        self._fresh: dict[str, Entry] = {}  # entries for the manifest after the next commit
        self._was_read: set[str] = set()
        self._removed: set[str] = set()  # the ids removed since the last commit
        self._done = self._total = self._seen = 0
        self._stopped = False
        self._started = time.perf_counter()

    @cached_property
    def _reading(self) -> str:
        """A string that stands for what decides how files are read: the options and the installed formats.

        While this string is the same, reading an unchanged file again would produce the same articles.
        """
        return signature(self._options)

    @cached_property
    def _reading_rejected(self) -> str:
        """The same as :attr:`_reading`, for files with rejections: this string also has the versions of packages.

        Another version of a package may be able to read what was rejected.
        """
        return f"{self._reading} {versions()}"

    def _is_current(self, entry: Entry) -> bool:
        """Whether a file need not be read again if it has not changed, given its entry in the manifest.

        It must have been read with the same options and formats. With ``retry``, no file with rejections is current.
        """
        if not entry.rejections:
            return entry.reading == self._reading
        return not self._retry and entry.reading == self._reading_rejected

    # ---- sources

    def read_files(self, listing: files.FileListing) -> None:
        """Bring the index up to date with the listed files: read the changed ones, and count all of them."""
        found = listing.sources
        for rejected in listing.rejected:
            self._reject(rejected)
        self._tally.skipped += listing.skipped
        self._total = sum(max(size_and_time(source.file)[0], 0) for source in found)
        run = _FileRun(None)
        with Parsers() as parsers:
            event: _Unchanged | _Opened | _Read | ReadOutcome
            for event in parsers.in_order(self._events(found)):
                if isinstance(event, _Unchanged):
                    self._unchanged(event)
                elif isinstance(event, _Opened):
                    self._tally.counts["files"] += 1
                    run = self._begin(event)
                elif isinstance(event, _Read):
                    self._end(event.file, run)
                    self._was_read.add(event.file.source.path)
                else:
                    self._take(event, run)
                if self._stopped:
                    return

    def read_copies(self, archive: Path) -> None:
        """Read again the files that hold copies of removed articles, so that a copy replaces each removed article.

        The report counts the changed articles, but not these files.
        """
        self._commit()
        while stale := [item for item in self._manifest.entries.items() if item[1].mtime == STALE_MTIME]:
            for path, entry in stale:  # the next file may have a copy of what this one lost
                if self._stopped:
                    return
                file = files.file_of(path, archive)
                name = files.name_of(file, archive)
                if name != path:  # the path has become a link to a file with another name
                    self._manifest.drop(path)
                    if name in self._fresh or name in self._manifest.entries:
                        continue
                tally, self._tally = self._tally, _Tally()
                self._read_now(files.Source(file, name))
                copied, self._tally = self._tally.counts, tally
                for count in COUNTS_OF_CHANGES:
                    tally.counts[count] += copied[count]
                if path in self._was_read:
                    tally.counts["duplicates"] += copied["duplicates"] - len(entry.duplicates)
            self._commit()

    def read_articles(self, items: Iterable[ReadOutcome]) -> None:
        """Add articles that belong to no file. Each replaces the article of the same id, if the index has one."""
        run = _FileRun(committed=None)
        for item in items:
            self._take(item, run)
            if self._stopped:
                return

    def read_stream(self, stream: BinaryIO) -> None:
        """Add the articles of a stream of JSON Lines."""
        self.read_articles(read_stream(stream, self._options))

    def prune(
        self,
        indexed: Mapping[str, int],
        listing: files.FileListing,
        archive: Path,
        exclude: Sequence[str],
        confirm: Confirm | None,
    ) -> None:
        """Remove the articles of indexed files that are now excluded, or missing below the paths of the run.

        ``indexed`` maps each file of the index to the number of its articles. A removal of most articles below a path
        is refused unless ``confirm`` agrees: see :mod:`newssearch.updating.pruning`.
        """
        made = plan(indexed, listing, archive, exclude, confirm, self._copied)
        self._refused += made.refused
        self._tally.counts["kept"] += made.kept
        for path in made.remove:
            if self._stop():
                self._stopped = True
                return
            self._remove(self._writer.states(path))
            self._manifest.drop(path)

    def _copied(self, path: str, missing: Collection[str]) -> int:
        """Return the number of articles of the file ``path`` that have a copy in another file not among ``missing``."""
        if not self._copies:
            return 0
        copies = (self._copies.get(article_id, set()) for article_id in self._writer.states(path))
        return sum(any(other not in missing for other in others) for others in copies)

    def finish(self, refuse: Callable[[int], Iterable[Removal]] = lambda added: ()) -> IndexReport:
        """Commit the last changes, and return the report on the whole run.

        Unless the run was stopped, ``refuse`` is called with the number of added articles; the removals that it returns
        are reported as refused.
        """
        self._commit(last=True)
        if not self._stopped:
            self._refused += refuse(self._tally.counts["added"])
        return IndexReport(
            **self._tally.counts,
            rejected=tuple(self._tally.rejected),
            refused=tuple(self._refused),
            skipped=FrozenDict(sorted(self._tally.skipped.items())),
            seconds=time.perf_counter() - self._started,
            interrupted=self._stopped,
        )

    # ---- files

    def _events(
        self, sources: Iterable[files.Source]
    ) -> Iterator[_Unchanged | _Opened | _Read | ReadOutcome | Document]:
        """Yield the events of all files: one for an unchanged file; beginning, contents and end for a file that is read.

        Worker processes parse the documents meanwhile, so this generator is ahead of the indexing.
        """
        for source in sources:
            size, mtime = size_and_time(source.file)
            entry = self._manifest.entries.get(source.path)
            same = (
                entry is not None
                and entry.size == size
                and entry.mtime != UNOPENED_MTIME
                and self._is_current(entry)
            )
            if same and entry and (entry.mtime == mtime or file_digest(source.file) == entry.digest):
                yield _Unchanged(source, size, mtime)
                self._advance(size)
                continue
            yield from self._events_of(_Opened(source, size, mtime, file_digest(source.file)))

    def _events_of(self, file: _Opened) -> Iterator[_Opened | _Read | ReadOutcome | Document]:
        reported = 0

        def advance(count: int) -> None:
            nonlocal reported
            reported += count
            self._advance(count)

        yield file
        yield from read_items(file.source.file, file.source.path, self._options, advance)
        self._advance(file.size - reported)
        yield _Read(file)

    def _unchanged(self, file: _Unchanged) -> None:
        self._tally.counts["files"] += 1
        path = file.source.path
        entry = self._manifest.entries.get(path)
        if entry is None or entry.mtime == STALE_MTIME:  # the run has made it stale since it was listed
            self._read_now(file.source)
            self._was_read.add(path)
            return
        if entry.mtime != file.mtime:
            self._manifest.set(path, replace(entry, mtime=file.mtime))  # the content has not changed
        self._tally.counts["unchanged"] += entry.articles
        if entry.rejections:
            self._tally.counts["rejected_before"] += entry.rejections
            self._tally.counts["kept"] += max(
                len(self._writer.states(path).keys() - self._removed) - entry.articles, 0
            )
        self._tally.skipped.update(dict(entry.skipped))

    def _read_now(self, source: files.Source) -> None:
        """Read a file and index its articles before returning, without worker processes."""
        file = _Opened(source, *size_and_time(source.file), file_digest(source.file))
        run = self._begin(file)
        for item in read_file(source.file, source.path, self._options):
            self._take(item, run)
            if self._stopped:
                return
        self._end(file, run)

    def _begin(self, file: _Opened) -> _FileRun:
        self._tally.counts["files_read"] += 1
        path = file.source.path
        before = self._manifest.entries.get(path)
        self._manifest.drop(path)  # the entry does not match the articles of the next commit
        states = self._writer.states(path)
        committed = {key: state for key, state in states.items() if key not in self._removed}
        return _FileRun(committed, before)

    def _end(self, file: _Opened, run: _FileRun) -> None:
        # No article is removed if the file cannot be read now, or if a part that was readable before no longer is.
        unread = any(record == 0 and member is None for record, _, member in run.rejected)
        parts = {rejected for rejected in run.rejected if rejected[0] == 0}
        if not unread and parts <= set(run.before.rejected if run.before else ()):
            self._remove(set(run.committed or ()) - run.seen)
        else:
            self._tally.counts["kept"] += len(set(run.committed or ()) - run.seen)
        # A file that could not even be opened may be readable next time, without a change of its time.
        settled = bool(file.digest) or not unread
        path, stat = file.source.path, (file.size, file.mtime)
        if size_and_time(file.source.file) == stat:
            entry = Entry(
                file.size,
                file.mtime if settled else UNOPENED_MTIME,
                file.digest,
                self._reading_rejected if run.rejections else self._reading,
                run.articles,
                run.rejections,
                tuple(run.rejected),
                tuple(run.duplicates),
                tuple(sorted(run.skipped.items())),
            )
            self._fresh[path] = entry
            self._note_copies(path, entry)
        else:  # it changed during the reading: the next run reads it again
            self._manifest.drop(path)

    # ---- articles

    def _take(self, item: ReadOutcome, run: _FileRun) -> None:
        if isinstance(item, Skipped):
            run.skipped[item.kind] += 1
            self._tally.skipped[item.kind] += 1
        elif isinstance(item, Rejected):
            self._rejection(item, run)
        elif not (item.paragraphs or item.title):
            self._take(
                Rejected(item.path or "-", "neither a title nor any text", item.record, item.member), run
            )
        else:
            self._article(item, run)
        self._seen += 1
        if self._stop():
            self._stopped = True
        if self._writer.pending >= MAX_PENDING_PARAGRAPHS:
            self._commit()

    def _rejection(self, item: Rejected, run: _FileRun) -> None:
        rejected = (item.record, item.reason, item.member)
        run.rejections += 1
        if len(run.rejected) < KEPT_REJECTIONS:
            run.rejected.append(rejected)
        if (
            run.before
            and run.before.mtime == UNOPENED_MTIME
            and rejected in run.before.rejected
            and not self._retry
        ):
            self._tally.counts["rejected_before"] += 1
        else:
            self._reject(item)

    def _article(self, article: Article, run: _FileRun) -> None:
        state = article.digest
        old = self._old(article.id, run)
        taken = self._digest_of_other(article.id, run, old)
        if taken is not None:
            self._take_with_taken_id(article, taken, run)
            return
        run.articles += 1
        if run.committed is not None and old is not None:
            run.seen.add(article.id)
        if old == state:
            self._tally.counts["unchanged"] += 1
            return
        if old is None:
            self._tally.counts["added"] += 1
        else:
            self._tally.counts["updated"] += 1
            self._writer.remove([article.id])
            self._copies_are_stale(article.id)
        self._writer.add(article, state)
        self._pending[article.id] = state
        self._tally.counts["paragraphs"] += len(article.paragraphs)

    def _digest_of_other(self, article_id: str, run: _FileRun, old: str | None) -> str | None:
        """Return the digest of another article that has the given id; None if no other article has it.

        ``old`` is the digest of the committed article that would be replaced, or None: see :meth:`_old`.
        """
        if article_id in self._pending:
            return self._pending[article_id]
        if old is not None and article_id not in run.seen:
            return None
        return self._writer.state(article_id) if article_id not in self._removed else None

    def _take_with_taken_id(self, article: Article, taken: str, run: _FileRun) -> None:
        """Take an article whose id another article already has, with the digest ``taken``.

        If the digests are equal, it is a duplicate. Otherwise it gets a unique id; if that is impossible, it is
        rejected. An article that belongs to no file replaces the other one.
        """
        if taken == article.digest:
            self._tally.counts["duplicates"] += 1
            run.duplicates.append(article.id)
        elif run.committed is None:  # no file: the later version replaces the earlier, pending one
            self._commit()
            self._article(article, run)
        elif (renamed := article.with_unique_id()).id != article.id:
            self._article(renamed, run)
        else:
            self._take(
                Rejected(
                    article.path or "-",
                    f"another article has its id {article.id}",
                    article.record,
                    article.member,
                ),
                run,
            )

    def _old(self, article_id: str, run: _FileRun) -> str | None:
        """Return the digest of the committed article that an article with this id replaces; None if there is none."""
        if run.committed is not None:
            return run.committed.get(article_id)
        return self._writer.state(article_id) if article_id not in self._pending else None

    def _remove(self, ids: Iterable[str]) -> None:
        removed = sorted(ids)
        self._tally.counts["removed"] += self._writer.remove(removed)
        self._removed.update(removed)
        for article_id in removed:
            self._copies_are_stale(article_id)

    def _note_copies(self, path: str, entry: Entry) -> None:
        for article_id in entry.duplicates:
            self._copies.setdefault(article_id, set()).add(path)

    def _copies_are_stale(self, article_id: str) -> None:
        """Mark all files that hold a copy of an article as stale, because the article is removed or changed."""
        for path in self._copies.pop(article_id, ()):
            if path in self._fresh:
                self._fresh[path] = replace(self._fresh[path], mtime=STALE_MTIME, digest="")
            elif path in self._manifest.entries:
                self._manifest.set(path, replace(self._manifest.entries[path], mtime=STALE_MTIME, digest=""))

    def _reject(self, rejected: Rejected) -> None:
        self._tally.counts["rejections"] += 1
        if len(self._tally.rejected) < KEPT_REJECTIONS:
            self._tally.rejected.append(rejected)

    def _advance(self, count: int) -> None:
        self._done += count
        self._progress(Progress(self._done, self._total, self._seen))

    def _commit(self, last: bool = False) -> None:
        # Before articles are removed, the files that hold copies of them are marked as stale on disk.
        if self._manifest.changed:
            self._save(self._manifest)
            self._manifest.changed = False
        self._writer.commit(last=last)
        self._pending.clear()
        self._removed.clear()
        for path, entry in self._fresh.items():
            self._manifest.set(path, entry)
        self._fresh.clear()
        if self._manifest.changed:
            self._save(self._manifest)
            self._manifest.changed = False
