"""The writer of the embedded engine: it commits new segments, removals and merges of segments."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from newssearch.article import Article
from newssearch.commit import article_hash, sum_of_hashes
from newssearch.engines.analysis_choice import AnalysisChoice
from newssearch.engines.embedded.indexing.merger import Renumbered, merge_segments, renumbered
from newssearch.engines.embedded.integrity.diagnosis import diagnosed
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.story_columns import (
    SegmentKey,
    Stories,
    concat_columns,
)
from newssearch.engines.embedded.storage.container import Container, ContainerWriter
from newssearch.engines.embedded.whoosh_compat.codec import ArraySegment
from newssearch.engines.embedded.whoosh_compat.folder import Lock
from newssearch.engines.near_duplicates import (
    SegmentStories,
    StoryColumns,
    update_stories,
)
from newssearch.engines.protocol import KeptVersion, StoredHeader, with_own_fields
from newssearch.engines.shingles import Hashes
from newssearch.fields import ArticleField, by_name
from newssearch.system.atomic_files import remove_unused, writing
from newssearch.system.fault_points import fault_point
from newssearch.text.languages import language_of

from .index_folder import IndexFolder
from .indexing import merge_policy
from .new_segments import NewSegments
from .snapshot import EmbeddedSnapshot

_EARLIEST = dt.datetime.min.replace(tzinfo=dt.timezone.utc)


class _Merged(NamedTuple):
    """A segment after the merges of a commit, and the numbers of the segments that it was merged from.

    ``parts`` has the numbers of their articles and documents in the segment; it is None for a segment that was not merged.
    """

    segment: ArraySegment
    sources: Sequence[int]
    parts: Sequence[Renumbered] | None = None

    def stories(self, columns: Sequence[StoryColumns]) -> StoryColumns:
        """Return the stories of the segment's articles from those of all segments before the merges."""
        if self.parts is None:
            return columns[self.sources[0]]
        parts = zip(self.sources, self.parts, strict=True)
        return concat_columns([(columns[number], new.articles, new.documents) for number, new in parts])


class EmbeddedWriter:
    """The only writer of the index in ``folder``: see :class:`newssearch.engines.protocol.Writer`.

    It holds ``lock`` until it is closed. All its moments are later than ``after``.
    """

    def __init__(self, folder: IndexFolder, lock: Lock, after: dt.datetime | None = None) -> None:
        self._folder = folder
        self._lock = lock
        try:
            self._snapshot: EmbeddedSnapshot = folder.snapshot()
            self._own = by_name(self._snapshot.own_fields)
        except BaseException:
            self._lock.release()
            raise
        self._moment = after or _EARLIEST
        self._moment = self._next_moment()
        self._analyses = AnalysisChoice(lambda: self._snapshot.added_analyses, self._languages)
        self._new = NewSegments(folder.folder, self._analyses)
        self._new.keep(tuple(self._own.values()))
        # The segments merged by the current commit, which leaves their files behind if it fails.
        self._merged: list[ArraySegment] = []
        # By segment number: the documents removed since the last commit, and the sum of the hashes of their articles.
        self._removed: dict[int, set[int]] = {}
        self._removed_hashes: dict[int, int] = {}
        self._tidy = True  # whether the last commit could remove all files that it replaced
        self._unmerged = 0  # the number of documents added since segments were last merged

    @property
    def pending(self) -> int:
        """The number of paragraphs added since the last commit."""
        return self._new.paragraphs

    def states(self, path: str) -> dict[str, str]:
        """Return the ids of the committed articles read from ``path`` that are not removed, each with its state."""
        states = self._snapshot.states(path)
        if not any(self._removed.values()):
            return states
        return {one: state for one, state in states.items() if not self._is_removed(one)}

    def find(self, article_id: str) -> StoredHeader | None:
        """Return the id, state and place of a committed article that is not removed, or None."""
        found = self._snapshot.find(article_id)
        return None if found is None or self._is_removed(article_id) else found

    def article(self, article_id: str) -> Article | None:
        """Return a committed article that is not removed, or None."""
        return None if self._is_removed(article_id) else self._snapshot.article(article_id)

    def versions_of(self, shared: str) -> list[KeptVersion]:
        """Return the committed articles, not removed, that are versions of the article with the id ``shared``, in order."""
        return [one for one in self._snapshot.versions_of(shared) if not self._is_removed(one.id)]

    @property
    def own_fields(self) -> Mapping[str, ArticleField]:
        """The own fields of the index and those that the next commit adds, by name."""
        return self._own

    def keep(self, fields: Iterable[ArticleField]) -> None:
        """Give the index the own fields that it does not have yet: see :class:`newssearch.engines.protocol.Writer`."""
        self._own = with_own_fields(self._own, fields)
        self._new.keep(tuple(self._own.values()))

    def refusal(self, article: Article) -> str | None:
        """Return why an article cannot be analysed; None if it can: an index in a folder holds every article."""
        return self._analyses.refusal(article)

    def _languages(self) -> set[str]:
        """Return the languages of the live articles of the last commit."""
        found: set[str] = set()
        for segment in self._snapshot.segments:
            values = segment.values("lang").values
            in_use = segment.codes_in_use("lang", range(len(values)))
            found.update(language_of(values[code]) for code in in_use)
        return found

    def add(self, article: Article, state: str) -> None:
        """Add an article.

        ``state`` is a string by which the caller recognises later whether the article has changed.
        """
        if article.added is None:
            article = replace(article, added=self._moment)
        self._new.add(article, state)

    def _is_removed(self, article_id: str) -> bool:
        for number, documents in self._removed.items():
            segment = self._snapshot.segments[number]
            if (article := segment.find(article_id)) >= 0:
                return int(segment.first[article]) in documents
        return False

    @property
    def moment(self) -> dt.datetime:
        """The time, in UTC, that articles added before the next commit get."""
        return self._moment

    def _next_moment(self) -> dt.datetime:
        """Return the current time or, if the clock was set back, the next time after all moments of this and earlier
        writers.
        """
        before = max(self._moment, self._snapshot.last_added or _EARLIEST, self._snapshot.commit.time)
        return max(dt.datetime.now(dt.timezone.utc), before + dt.timedelta(microseconds=1))

    def remove(self, ids: Iterable[str]) -> int:
        """Remove the committed articles with the given ids, and return how many of them existed."""
        removed = 0
        segments = self._snapshot.segments
        for article_id in ids:
            with diagnosed(segments):
                removed += sum(
                    self._remove(number, segment, article_id) for number, segment in enumerate(segments)
                )
        return removed

    def _remove(self, number: int, segment: Segment, article_id: str) -> bool:
        """Remove an article from ``segment``, which has the given ``number``, if the segment has it.

        Returns whether it did. The documents of the article are deleted by the next commit.
        """
        article = segment.find(article_id)
        documents = self._removed.setdefault(number, set())
        if article < 0 or int(segment.first[article]) in documents:
            return False
        documents.update(range(int(segment.first[article]), int(segment.first[article + 1])))
        removed = article_hash(segment.id(article).decode(), segment.state(article))
        self._removed_hashes[number] = self._removed_hashes.get(number, 0) + removed
        return True

    def commit(self, *, last: bool = True) -> None:
        """Commit all changes since the last commit, and merge segments; only the ``last`` commit makes large merges.

        The commit is on disk when this returns. Raises :class:`~newssearch.IndexWriteError` if it cannot be written,
        and :class:`~newssearch.IndexDamagedError` if a segment of an earlier commit is damaged.
        """
        with writing(self._folder.folder), diagnosed(self._snapshot.segments):
            self._commit(last)

    def _commit(self, last: bool) -> None:
        self._new.build_all()
        if not self._new.built and not any(self._removed.values()) and not (last and self._unmerged):
            return
        self._lock.check()
        toc = self._folder.toc()
        for number, documents in self._removed.items():
            for document in documents:
                toc.segments[number].delete_document(document)
            toc.segments[number].subtract_hashes(self._removed_hashes.get(number, 0))
        fault_point("commit: deleted")
        toc.segments.extend(self._new.built)
        self._unmerged += sum(segment.doc_count() for segment in self._new.built)
        merged, (columns, boilerplate) = self._merge_and_stories(toc.segments, last)
        toc.segments = [one.segment for one in merged]
        if last:
            self._unmerged = 0
        keys = [SegmentKey(segment.file_name, segment.doc_count()) for segment in toc.segments]
        self._lock.check()
        stories = Stories(keys, [one.stories(columns) for one in merged], boilerplate)
        self._tidy = self._folder.put_toc(toc, self._moment, stories)
        self._new.clear()
        self._merged, self._removed, self._removed_hashes = [], {}, {}
        self._snapshot.close()
        self._snapshot = self._folder.snapshot()
        self._moment = self._next_moment()

    def _merge_and_stories(
        self, segments: Sequence[ArraySegment], last: bool
    ) -> tuple[list[_Merged], tuple[list[StoryColumns], Hashes]]:
        """Return the results of :meth:`_merge` and :meth:`_stories`, which need different parts of the segments."""
        if self._new.workers.number == 1:
            stories = self._stories()
            return self._merge(segments, last), stories
        with ThreadPoolExecutor(1) as beside:  # in a long run, worker processes do most of a merge
            updated = beside.submit(self._stories)
            return self._merge(segments, last), updated.result()

    def _stories(self) -> tuple[list[StoryColumns], Hashes]:
        """Return the stories of each segment, new segments last, and the sample hashes that are boilerplate now."""
        parts = []
        for number, segment in enumerate(self._snapshot.segments):
            removed = np.array(sorted(self._removed.get(number, ())), np.int64)
            parts.append(
                SegmentStories(segment, segment.stories, np.unique(segment.article[removed]).astype(np.int64))
            )
        for new in self._new.built:
            opened = Segment(Container(self._path(new)))
            parts.append(SegmentStories(opened, None, np.empty(0, np.int64)))
        return update_stories(parts, self._snapshot.boilerplate)

    def _merge(self, segments: Sequence[ArraySegment], last: bool) -> list[_Merged]:
        """Merge the segments that the merge policy chooses, and return all resulting segments, in order.

        Segments without live documents are left out. Only the ``last`` commit of a run makes large merges, and rewrites a
        segment that has many deleted documents.
        """
        left = []
        held = [(number, segment) for number, segment in enumerate(segments) if segment.doc_count()]
        added = self._unmerged if last else 0
        documents = [segment.doc_count() for _, segment in held]
        sizes = [self._live_size(segment) for _, segment in held]
        for low, high in merge_policy.choose_merges(documents, sizes, added):
            number, first = held[low]
            wasteful = last and merge_policy.is_wasteful(first.doc_count(), first.deleted_count())
            alone = high - low == 1 and not wasteful
            left.append(_Merged(first, [number]) if alone else self._merge_into_one(held[low:high]))
        return left

    def _live_size(self, segment: ArraySegment) -> int:
        """Return the size of a segment's file in bytes, times the share of live documents."""
        live: float = segment.doc_count() / max(segment.doc_count_all(), 1)
        return int(self._path(segment).stat().st_size * live)

    def _merge_into_one(self, held: Sequence[tuple[int, ArraySegment]]) -> _Merged:
        """Write one segment with the live articles of the given segments, each with its number, and return it."""
        fault_point("merge: begin")
        opened = [Segment(Container(self._path(one)), one.deleted_docs()) for _, one in held]
        segment = ArraySegment("MAIN", hash_sum=sum_of_hashes(one.hash_sum for _, one in held))
        container = ContainerWriter(self._path(segment))
        try:
            segment.set_doc_count(merge_segments(opened, container, self._new.workers))
            container.close()
        except BaseException:
            container.discard()
            raise
        fault_point("merge: done")
        self._merged.append(segment)
        return _Merged(segment, [number for number, _ in held], list(renumbered(opened)))

    def _path(self, segment: ArraySegment) -> Path:
        return self._folder.folder / segment.file_name

    def close(self) -> None:
        """Discard all uncommitted changes, stop the workers, and release the lock."""
        try:
            self._new.workers.shutdown()
            self._snapshot.close()
            with contextlib.suppress(OSError):  # a file that stays behind is harmless
                self._drop()
                if not self._tidy:
                    self._folder.remove_replaced()
        finally:
            self._lock.release()

    def _drop(self) -> None:
        """Remove the files of this writer's segments that are in no commit.

        This reads the table of contents, because a commit that raised an error may nevertheless be complete.
        """
        written = [*self._new.segments, *self._merged]
        if not written:
            return
        committed = {segment.segment_id() for segment in self._folder.toc().segments}
        for segment in written:
            if segment.segment_id() not in committed:
                remove_unused(self._path(segment))
