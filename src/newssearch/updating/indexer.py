"""The indexer brings an index up to date with files, a stream, or articles in memory.

Each article of a file is compared with the index: new articles are added, changed ones replaced, and missing ones
removed unless the file is a feed. So an interrupted run continues, and after an append only new articles are indexed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from newssearch.article import NO_RECORD, Article, Rejected
from newssearch.engines.protocol import Snapshot, Writer
from newssearch.errors import ArticleConflictError
from newssearch.readers import (
    Document,
    Feed,
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
from newssearch.system.kept import cached_property

from . import files
from .changes import Changes
from .feed_files import FeedFiles
from .feeds import note_key
from .fingerprint import file_digest, size_and_time
from .history import Recall
from .manifest import STALE_MTIME, UNOPENED_MTIME, Entry, Manifest
from .own_fields import Kinds, OwnFields, with_remembered
from .pruning import Confirm, plan
from .reconciler import OnConflict, Reconciler
from .run_state import FileOpened, FileRead, FileRun, FileUnchanged, Tally
from .same_bytes import SameBytes

MAX_PENDING_PARAGRAPHS = 1_000_000
"""A run commits whenever this number of added paragraphs is pending, because uncommitted paragraphs take memory."""
MAX_PENDING_SECONDS = 120.0
"""A run commits this long after its last commit, because a run that is killed loses what is not committed."""
MIN_SECONDS_PER_COMMIT = 20.0
"""A run commits by time only after this multiple of what its last commit took: commits take at most a twentieth of it."""


class Indexer:
    """One run that brings an index up to date with files or articles. The caller closes the ``writer``.

    ``save`` is called with the manifest after each commit, and before a commit that makes files stale. ``options`` set
    how files are read; ``own_kinds`` returns the configured own fields. ``stop`` is called after each article, and ends
    the run if it returns true. ``progress`` is called after each part of a file. With ``retry``, unchanged files are
    read again if parts of them were rejected. With ``keeps_feeds``, articles that are no longer in their feeds stay.
    ``earlier`` and ``earlier_manifest`` are those of the index that this one is rebuilt from.
    """

    def __init__(
        self,
        writer: Writer,
        manifest: Manifest,
        save: Callable[[Manifest], None],
        options: ReadOptions | None = None,
        *,
        archive: Path,
        retry: bool = False,
        stop: Callable[[], bool] | None = None,
        progress: Callable[[Progress], None] | None = None,
        recall: Recall = lambda article: None,
        on_conflict: OnConflict | None = None,
        keeps_versions: bool = False,
        keeps_feeds: bool = False,
        earlier: Snapshot | None = None,
        earlier_manifest: Manifest | None = None,
        own_kinds: Kinds = lambda: (),
    ) -> None:
        self._own = OwnFields(writer, options, own_kinds)
        self._options = with_remembered(options or ReadOptions(), writer)
        self._archive = archive
        self._retry = retry
        self._writer = writer
        self._manifest = manifest
        self._save = save
        self._stop = stop or (lambda: False)
        self._progress = progress or (lambda _: None)
        self._tally = Tally()
        self._refused: list[Removal] = []
        self._is_gone = files.GoneFiles(archive).__contains__
        self._changes = Changes(writer.moment if earlier is None else None, self._is_counted)
        self._reconciler = Reconciler(
            writer,
            is_gone=self._is_gone,
            displaced=self._displaced,
            changed=self._copies_are_stale,
            changes=self._changes,
            recall=recall,
            on_conflict=on_conflict,
            keeps_versions=keeps_versions,
            earlier=earlier,
        )
        self._feeds = FeedFiles(
            manifest, self._reconciler.feeds, earlier, earlier_manifest, self._is_gone, keeps=keeps_feeds
        )
        self._same_bytes = SameBytes(manifest, self._is_gone)
        self._current: tuple[str, FileRun] | None = None  # the file that is being read
        self._counted: dict[str, Counter[str]] = {}  # the outcomes of each file that was read
        self._copies: dict[str, set[str]] = {}  # the other files with a copy of an article, by its id
        for path, entry in manifest.entries.items():
            self._note_copies(path, entry)
        self._fresh: dict[str, Entry] = {}  # entries for the manifest after the next commit
        self._was_read: set[str] = set()
        self._was_counted: set[str] = set()  # the unchanged files, which were not read
        self._kept: set[str] = set()  # the articles of files that cannot be read now
        self._done = self._total = self._seen = 0
        self._stopped = False
        self._started = time.perf_counter()
        self._commit_due = self._started + MAX_PENDING_SECONDS

    @cached_property
    def _reading(self) -> str:
        """A string that identifies the conditions of reading: the options and the installed formats.

        While this string is the same, reading an unchanged file again would produce the same articles.
        """
        return signature(self._options)

    @cached_property
    def _reading_rejected(self) -> str:
        """Like :attr:`_reading`, for files with rejections: the string also has the versions of packages.

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
        run = FileRun(None)
        with Parsers() as parsers:
            event: FileUnchanged | FileOpened | FileRead | ReadOutcome
            for event in parsers.in_order(self._events(found)):
                if isinstance(event, FileUnchanged):
                    self._unchanged(event)
                elif isinstance(event, FileOpened):
                    self._tally.counts["files"] += 1
                    run = self._begin(event)
                elif isinstance(event, FileRead):
                    self._end(event.file, run)
                    self._was_read.add(event.file.source.path)
                else:
                    self._take(event, run)
                if self._stopped:
                    return

    def read_copies(self) -> None:
        """Read again the files that hold copies of removed articles, so that a copy replaces each removed article.

        The report counts the changed articles, but not these files.
        """
        self.commit()
        while stale := [item for item in self._manifest.entries.items() if item[1].mtime == STALE_MTIME]:
            for path, _ in stale:  # the next file may have a copy of what this one lost
                if self._stopped:
                    return
                file = files.file_of(path, self._archive)
                name = files.name_of(file, self._archive)
                if name != path:  # the path has become a link to a file with another name
                    self._manifest.drop(path)
                    if name in self._fresh or name in self._manifest.entries:
                        continue
                tally, self._tally = self._tally, Tally()
                self._read_now(files.Source(file, name))
                copied, self._tally = self._tally.counts, tally
                tally.counts["kept"] += copied["kept"]
                if (before := self._counted.get(path)) is not None:
                    for count in ("duplicates", "ignored"):
                        tally.counts[count] += copied[count] - before[count]
                    self._counted[path] = copied
            self.commit()

    def read_articles(self, items: Iterable[ReadOutcome], refuses_conflicts: bool = False) -> None:
        """Add articles that belong to no file. Each replaces the article of the same id, if the index has one.

        With ``refuses_conflicts``, raises :class:`ArticleConflictError`, and adds nothing, if the index has other
        content of one of them.
        """
        if refuses_conflicts:
            items = list(items)
            if conflicts := self._reconciler.conflicts(one for one in items if isinstance(one, Article)):
                raise ArticleConflictError(conflicts)
        run = FileRun(committed=None)
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
        exclude: Sequence[str],
        confirm: Confirm | None,
    ) -> None:
        """Remove the articles of indexed files that are now excluded, or missing below the paths of the run.

        ``indexed`` maps each file of the index to the number of its articles. A removal of most articles below a path
        is refused unless ``confirm`` agrees: see :mod:`newssearch.updating.pruning`.
        """
        copies = {
            path: 0 for path, entry in self._manifest.entries.items() if entry.duplicates or entry.older
        }
        made = plan({**copies, **indexed}, listing, self._archive, exclude, confirm, self._copied)
        self._refused += made.refused
        self._tally.counts["kept"] += made.kept
        for path in made.remove:
            if self._stop():
                self._stopped = True
                return
            self._remove(self._writer.states(path))
            entry = self._entry(path)
            self._forget(path, entry.duplicates if entry else ())
            self._fresh.pop(path, None)
            self._manifest.drop(path)

    def _copied(self, path: str, missing: Collection[str]) -> int:
        """Return the number of articles of the file ``path`` that have a copy in another file not among ``missing``."""
        if not self._copies:
            return 0
        copies = (self._copies.get(article_id, set()) for article_id in self._writer.states(path))
        return sum(any(other not in missing for other in others) for others in copies)

    def commit(self) -> None:
        """Commit all that was read so far, including changes that waited for a commit.

        The next file may lack such an article, which can be removed only once it is committed.
        """
        while self._commit():
            pass

    def add_from_earlier(self) -> None:
        """Add what the earlier index has and no file any more: versions of articles that files still have, and articles
        that have left their feeds.
        """
        self.commit()
        for path, article in self._feeds.from_earlier() if not self._stopped else ():
            self._own.keep(article)
            self._reconciler.keep(article, path)
            self._commit_if_due()
        for article in self._reconciler.lost_versions() if not self._stopped else ():
            self._own.keep(article)
            self._writer.add(article, article.state)
            self._changes.add(article, article.state)
            self._commit_if_due()

    def finish(self, refuse: Callable[[int], Iterable[Removal]] = lambda added: ()) -> IndexReport:
        """Commit the last changes, and return the report on the whole run.

        Unless the run was stopped, ``refuse`` is called with the number of added articles; the removals that it returns
        are reported as refused.
        """
        while self._commit(last=True):
            pass
        counts = self._tally.counts.copy()
        counts.update(self._changes.counts)
        if not self._stopped:
            self._refused += refuse(counts["added"])
        return IndexReport(
            **dict(counts, shared_keys=self._reconciler.shared_keys),
            left_feeds=len(self._reconciler.feeds.left),
            rejected=tuple(self._tally.rejected),
            refused=tuple(self._refused),
            skipped=FrozenDict(sorted(self._tally.skipped.items())),
            seconds=time.perf_counter() - self._started,
            interrupted=self._stopped,
        )

    # ---- files

    def _events(
        self, sources: Iterable[files.Source]
    ) -> Iterator[FileUnchanged | FileOpened | FileRead | ReadOutcome | Document]:
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
                yield FileUnchanged(source, size, mtime)
                self._advance(size)
                continue
            yield from self._events_of(FileOpened(source, size, mtime, file_digest(source.file)))

    def _events_of(self, file: FileOpened) -> Iterator[FileOpened | FileRead | ReadOutcome | Document]:
        reported = 0

        def advance(count: int) -> None:
            nonlocal reported
            reported += count
            self._advance(count)

        yield file
        yield from read_items(file.source.file, file.source.path, self._options, advance)
        self._advance(file.size - reported)
        yield FileRead(file)

    def _unchanged(self, file: FileUnchanged) -> None:
        self._tally.counts["files"] += 1
        path = file.source.path
        entry = self._entry(path)
        if entry is None or entry.mtime == STALE_MTIME:  # the run has made it stale since it was listed
            self._read_now(file.source)
            self._was_read.add(path)
            return
        if entry.mtime != file.mtime:
            entry = replace(entry, mtime=file.mtime)  # the content has not changed
            if path in self._fresh:
                self._fresh[path] = entry
            else:
                self._manifest.set(path, entry)
        self._tally.counts["unchanged"] += entry.articles
        kept = (
            max(self._reconciler.feeds.number_in_files(self._writer.states(path)) - entry.articles, 0)
            if entry.rejections
            else 0
        )
        self._tally.counts["rejected_before"] += entry.rejections
        self._tally.counts["kept"] += kept
        if not kept:
            self._was_counted.add(path)
        self._tally.skipped.update(dict(entry.skipped))

    def _read_now(self, source: files.Source) -> None:
        """Read a file and index its articles before returning, without worker processes."""
        file = FileOpened(source, *size_and_time(source.file), file_digest(source.file))
        run = self._begin(file)
        for item in read_file(source.file, source.path, self._options):
            self._take(item, run)
            if self._stopped:
                return
        self._end(file, run)

    def _begin(self, file: FileOpened) -> FileRun:
        self._tally.counts["files_read"] += 1
        path = file.source.path
        before = self._entry(path)
        self._fresh.pop(path, None)
        # the entry does not match the articles of the next commit
        self._feeds.drop(path, *((before.feeds, before.former_feeds) if before else ((), ())))
        run = FileRun(self._writer.states(path).keys(), before, self._same_bytes.as_in(path, file.digest))
        self._current = path, run
        return run

    def _end(self, file: FileOpened, run: FileRun) -> None:
        self._take_aside(run)
        self._current = None
        path = file.source.path
        # remove no article if the file cannot be read now, or if a part that was readable before no longer is
        if run.is_readable:
            gone = set(run.committed or ()) - run.seen
            obsolete = sorted(self._reconciler.obsolete(gone, path))
            others, left = self._feeds.leave(obsolete, path, run)
            self._remove(others)
            for article_id in left:  # another file may have it
                self._copies_are_stale(article_id)
            self._forget(path, set(run.before.duplicates if run.before else ()) - {*run.duplicates})
        else:
            kept = set(run.committed or ()) - run.seen
            self._tally.counts["kept"] += self._reconciler.feeds.number_in_files(kept)
            self._kept |= kept
        for old in self._feeds.end(path, run):
            if (entry := self._entry(old)) is not None:
                self._file_has_moved(old, entry)
        # a file that could not even be opened may be readable next time with the same modification time
        settled = bool(file.digest) or not run.is_unread
        self._counted[path] = run.counts
        if size_and_time(file.source.file) == (file.size, file.mtime):
            reading = self._reading_rejected if run.rejections else self._reading
            entry = run.entry(file, reading, *self._feeds.now(path, run))
            if not settled:
                entry = replace(entry, mtime=UNOPENED_MTIME)
            self._fresh[path] = entry
            self._note_copies(path, entry)
        else:  # it changed during the reading: the next run reads it again
            self._feeds.drop(path, *self._feeds.now(path, run))

    # ---- articles

    def _take(self, item: ReadOutcome, run: FileRun) -> None:
        if isinstance(item, Feed):
            run.feeds.add(item.member or "")
            return
        if isinstance(item, Skipped):
            run.skipped[item.kind] += 1
            self._tally.skipped[item.kind] += 1
        elif isinstance(item, Rejected):
            self._rejection(replace(item, article=None), run)
            if item.article is not None:
                self._article(item.article, run)
        elif not (item.paragraphs or item.title):
            self._take(
                Rejected(item.path or "-", "neither a title nor any text", item.record, item.member), run
            )
        else:
            self._article(item, run)
        self._seen += 1
        if self._stop():
            self._stopped = True
        self._commit_if_due()

    def _commit_if_due(self) -> None:
        """Commit if many paragraphs are pending, or any of them for a long time."""
        pending = self._reconciler.pending
        if pending >= MAX_PENDING_PARAGRAPHS or (pending and time.perf_counter() >= self._commit_due):
            self.commit()

    def _rejection(self, item: Rejected, run: FileRun) -> None:
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

    def _article(self, article: Article, run: FileRun) -> None:
        reason = self._writer.refusal(article)
        if reason is not None:
            self._rejection(Rejected(article.path or "-", reason, article.record, article.member), run)
            return
        self._own.keep(article)
        taken = (
            self._reconciler.take_loose(article)
            if run.committed is None
            else self._reconciler.take(article, run.seen, run.twins)
        )
        run.counts[taken.outcome] += 1
        if (article.member or "") in run.feeds:
            note_key(article, run.keys)
        is_change = taken.outcome in ("added", "updated", "moved")
        if not (is_change or (taken.outcome == "unchanged" and self._changes.read(taken.id))):
            self._tally.counts[taken.outcome] += 1
        if taken.is_aside:
            return
        run.seen.add(taken.id)
        if not taken.stored:
            (run.older if taken.outcome == "ignored" else run.duplicates).append(taken.id)
            return
        run.articles += 1

    def _take_aside(self, run: FileRun) -> None:
        """Take the articles that were deferred to the end of the file."""
        for article in self._reconciler.end_file():
            self._tally.counts["ignored"] -= 1
            run.seen.add(article.id)
            run.articles += 1

    def _is_counted(self, article: Article) -> bool:
        """Whether the run has counted an indexed article as unchanged."""
        path = article.place.path
        if article.record == NO_RECORD:
            return False
        if self._current is not None and path == self._current[0]:
            return article.id in self._current[1].seen
        return path in self._was_counted or (path in self._was_read and article.id not in self._kept)

    def _displaced(self, article_id: str, path: str, is_copy: bool) -> None:
        """Record that a file no longer provides an article, but holds a copy of it or an older version."""
        if self._current is not None and path == self._current[0]:
            run = self._current[1]
            run.articles -= 1
            run.older.append(article_id)
            return
        if self._current is not None and self._is_gone(path):
            self._current[1].moved_from[path] += 1
        entry = self._entry(path)
        if entry is None:
            return
        if self._is_gone(path):
            if entry.articles <= 1:
                self._file_has_moved(path, entry)
            else:
                self._fresh[path] = replace(entry, articles=entry.articles - 1)
            return
        entry = replace(entry, articles=entry.articles - 1)
        if is_copy:
            entry = replace(entry, duplicates=(*entry.duplicates, article_id))
        else:
            entry = replace(entry, older=(*entry.older, article_id))
        self._fresh[path] = entry
        self._note_copies(path, entry)

    def _file_has_moved(self, path: str, entry: Entry) -> None:
        """Record that all articles of a file that no longer exists are in other files now."""
        self._tally.counts["files_moved"] += 1
        self._fresh.pop(path, None)
        self._manifest.drop(path)
        self._forget(path, (*entry.duplicates, *entry.older))

    def _entry(self, path: str) -> Entry | None:
        """Return the entry that the manifest will have for a file after the next commit."""
        return self._fresh.get(path) or self._manifest.entries.get(path)

    def _remove(self, ids: Iterable[str]) -> None:
        removed = sorted(ids)
        self._reconciler.remove(removed)
        for article_id in removed:
            self._copies_are_stale(article_id)

    def _forget(self, path: str, ids: Iterable[str]) -> None:
        """Record that a file no longer holds copies of these articles."""
        for article_id in ids:
            self._reconciler.forget(article_id, path)
            self._copies.get(article_id, set()).discard(path)

    def _note_copies(self, path: str, entry: Entry) -> None:
        for article_id in (*entry.duplicates, *entry.older):
            self._copies.setdefault(article_id, set()).add(path)

    def _copies_are_stale(self, article_id: str) -> None:
        """Mark the files with copies and older versions of an article as stale, because it is being removed or changed."""
        for path in self._copies.pop(article_id, ()):
            self._make_stale(path)

    def _make_stale(self, path: str) -> None:
        """Mark a file to be read again, whatever its modification time."""
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

    def _commit(self, last: bool = False) -> bool:
        """Commit, and return whether changes that waited for the commit are pending now. ``last`` ends the run unless
        some are.
        """
        began = time.perf_counter()
        # mark stale files on disk before removing the articles that they have copies of
        if self._manifest.changed:
            self._save(self._manifest)
            self._manifest.changed = False
        self._writer.commit(last=last and not self._reconciler.is_waiting)
        for path, entry in self._fresh.items():
            self._manifest.set(path, entry)
        self._fresh.clear()
        if self._manifest.changed:
            self._save(self._manifest)
            self._manifest.changed = False
        ended = time.perf_counter()
        self._commit_due = ended + max(MAX_PENDING_SECONDS, MIN_SECONDS_PER_COMMIT * (ended - began))
        return self._reconciler.committed()
