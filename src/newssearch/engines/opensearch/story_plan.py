"""Plans the changes that a commit makes to stories, boilerplate and redundant paragraphs.

The rules are those of :mod:`newssearch.engines.near_duplicates`. Of the committed articles, only those are read that
share a sample with an article that is new, removed, or changed as a consequence. A hash that is boilerplate stays so
unless a removed article contains it: articles are not read only because they share such a hash.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from newssearch.engines.near_duplicates import NO_HASHES, SegmentStories, StoryUpdate, are_in
from newssearch.engines.shingles import Hashes
from newssearch.engines.sorted_sets import NO_INTS

from .sampled_article import (
    SAMPLED_PARTS,
    ArticlesInMemory,
    ComparedArticle,
    StoryMarks,
    compared_article,
    packed,
    unpacked,
)

VALUES_AT_ONCE = 20_000
"""The number of hashes, ids or stories in one request."""
SAMPLED_AT_ONCE = 500
"""The number of articles in one response."""
ARTICLES_FOR_PROOF = 500
"""The number of articles that are read at first to check whether hashes of removed articles are still boilerplate."""
SLOWNESS_OF_VALUES = 8
"""The estimated ratio between the time of a request for :data:`VALUES_AT_ONCE` values and that of the next page of
all articles.
"""

DocumentNumbers = npt.NDArray[np.uint64]
NONE_WRITTEN: DocumentNumbers = np.empty(0, np.uint64)

ReadArticles = Callable[[dict[str, Any], Sequence[str], int | None], Iterator[dict[str, Any]]]
"""Yields the hits of a query among the committed articles, with the given parts of their documents, up to a limit."""


class Unfinished(NamedTuple):
    """The changes that a commit is about to make, recorded in advance: if it is killed, the next writer can complete
    them.

    ``numbers`` are the document ids of articles whose stories may change. ``hashes`` are those of removed articles,
    and ``stories`` the previous stories of articles. ``written`` are the ids, as ascending numbers, of all committed
    documents that the commit replaces, deletes or marks, whether or not its requests have arrived.
    """

    numbers: tuple[str, ...] = ()
    hashes: Hashes = NO_HASHES
    stories: tuple[int, ...] = ()
    written: DocumentNumbers = NONE_WRITTEN

    def writing(self, ids: Iterable[str]) -> Unfinished:
        """Return a record that also contains further ids of documents to be written."""
        more = np.array([int(one, 16) for one in ids], np.uint64)
        return self._replace(written=np.union1d(self.written, more))

    def joined(self, other: Unfinished) -> Unfinished:
        """Return the union of two records."""
        return Unfinished(
            tuple(sorted({*self.numbers, *other.numbers})),
            _distinct_hashes([self.hashes, other.hashes]),
            tuple(sorted({*self.stories, *other.stories})),
            np.union1d(self.written, other.written),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON types."""
        written = b64encode(self.written.astype("<u8").tobytes()).decode()
        return {
            "numbers": list(self.numbers), "hashes": packed(self.hashes), "stories": list(self.stories), "written": written
        }  # fmt: skip

    @classmethod
    def from_json(cls, source: dict[str, Any]) -> Unfinished:
        """Return the record from the result of :meth:`to_json`."""
        written = np.frombuffer(b64decode(source["written"]), "<u8").astype(np.uint64)
        return cls(tuple(source["numbers"]), unpacked(source["hashes"]), tuple(source["stories"]), written)


class StoryPlan(NamedTuple):
    """The changes by a commit: the new marks by the ids of documents, and the hashes that are boilerplate."""

    marks: dict[str, StoryMarks]
    boilerplate: Hashes
    unfinished: Unfinished


class StoryPlanner:
    """Plans one commit. ``boilerplate`` are the previous boilerplate hashes, ascending.

    ``read`` reads committed articles; there are ``committed`` of them. New stories are numbered from ``first_story``
    on.
    """

    def __init__(self, read: ReadArticles, committed: int, boilerplate: Hashes, first_story: int) -> None:
        self._read = read
        self._committed = committed
        self._before = boilerplate
        self._first_story = first_story
        self._held: dict[str, ComparedArticle] = {}
        self._removed: frozenset[str] = frozenset()
        self._looked_up: Hashes = NO_HASHES
        self._read_stories: set[int] = set()
        self._read_versions: set[str] = set()

    def plan(
        self,
        new: Iterable[ComparedArticle],
        removed: Iterable[str],
        left: Unfinished = Unfinished(),  # noqa: B008
    ) -> StoryPlan:
        """Return the plan for adding and removing articles, and for completing a killed commit's ``left`` changes.

        A replaced article is both new and removed. ``removed`` has ids of documents.
        """
        self._removed = frozenset(removed)
        gone = [*self._articles("_id", sorted(self._removed), removed=True)]
        self._held = {one.number: one for one in new}
        dirty = set(self._held)
        self._load("_id", left.numbers)
        dirty.update(number for number in left.numbers if number in self._held)
        touched = _distinct_hashes([left.hashes, *(one.hashes for one in gone)])
        of_gone = {one.marks.story for one in gone if one.marks.story}
        dirty |= self._load_stories(of_gone | set(left.stories))
        certain = self._certain(touched)
        while True:
            while more := self._load_stories(self._stories_of(dirty)) - dirty:
                dirty |= more
            self._load_versions(dirty)
            self._load_hashes(dirty, touched, certain)
            articles = [*self._held.values()]
            view = ArticlesInMemory(articles)
            update = StoryUpdate([SegmentStories(view, view.columns(), NO_INTS)], self._before, certain)
            update.mark_dirty(np.array([one.number in dirty for one in articles], np.bool_), touched)
            if not update.spread():
                break
            dirty = {articles[at].number for at in np.flatnonzero(update.dirty).tolist()}
        (columns,), boilerplate = update.compare()
        known = dict(enumerate(view.stories, start=1))
        added = range(len(known) + 1, int(columns.story.max(initial=0)) + 1)
        known.update((place, self._first_story + at) for at, place in enumerate(added))
        found = dict(zip((one.number for one in articles), view.marks(columns, known), strict=True))
        self._renumber(found)
        marks = {number: one for number, one in found.items() if one != self._held[number].marks}
        of_dirty = {found[number].story for number in dirty}
        stories = sorted((of_gone | self._stories_of(dirty) | of_dirty | set(left.stories)) - {0})
        noted = Unfinished(tuple(sorted(dirty | marks.keys())), touched, tuple(stories))
        return StoryPlan(marks, boilerplate, noted)

    def _renumber(self, found: dict[str, StoryMarks]) -> None:
        """Add the unread articles of stories whose number changes, with the new number."""
        numbers: dict[int, int] = {}
        for number, marks in found.items():
            before = self._held[number].marks.story
            if before and before not in self._read_stories and marks.story != before:
                numbers[before] = marks.story
        for number in self._load_stories(numbers):
            if number not in found:
                marks = self._held[number].marks
                found[number] = marks._replace(story=numbers[marks.story])

    def _stories_of(self, numbers: Iterable[str]) -> set[int]:
        return {self._held[number].marks.story for number in numbers} - {0}

    # ---- hashes

    def _certain(self, touched: Hashes) -> Hashes:
        """Return the previous boilerplate hashes that are still boilerplate, although ``touched`` ones belong to
        removed articles.
        """
        doubtful = np.intersect1d(self._before, touched)
        certain = np.setdiff1d(self._before, doubtful)
        if not len(doubtful):
            return certain
        for values in _in_requests(doubtful.tolist()):
            for one in self._articles("samples", values, ARTICLES_FOR_PROOF):
                self._held.setdefault(one.number, one)
        view = ArticlesInMemory([*self._held.values()])
        update = StoryUpdate([SegmentStories(view, view.columns(), NO_INTS)], self._before)
        return _distinct_hashes([certain, doubtful[update.boilerplate_among(doubtful)]])

    def _load_hashes(self, dirty: set[str], touched: Hashes, certain: Hashes) -> None:
        """Read the articles that contain a hash of a dirty or removed article."""
        wanted = _distinct_hashes([touched, *(self._held[number].hashes for number in dirty)])
        wanted = np.setdiff1d(np.setdiff1d(wanted, certain), self._looked_up)
        if self._reads_all_for(len(wanted)):
            for one in self._matching({"match_all": {}}, None):
                if are_in(one.hashes, wanted).any():
                    self._held.setdefault(one.number, one)
        else:
            self._load("samples", wanted.tolist())
        self._looked_up = _distinct_hashes([self._looked_up, wanted])

    def _reads_all_for(self, hashes: int) -> bool:
        """Whether reading all committed articles is faster than searching those that contain one of ``hashes``
        hashes.

        A search takes one request for each :data:`VALUES_AT_ONCE` hashes. It returns an article again in each request
        with one of its hashes, and is evaluated again for each page.
        """
        return SLOWNESS_OF_VALUES * hashes * SAMPLED_AT_ONCE > self._committed * VALUES_AT_ONCE

    # ---- reading

    def _load_stories(self, stories: Iterable[int]) -> set[str]:
        """Read all articles of the given stories, and return the ids of their documents."""
        wanted = set(stories)
        self._load("story", sorted(wanted - self._read_stories))
        self._read_stories |= wanted
        return {number for number, one in self._held.items() if one.marks.story in wanted}

    def _load_versions(self, dirty: set[str]) -> None:
        """Read all versions of the dirty articles."""
        found = (self._held[number].version_of for number in dirty)
        wanted = {shared for shared in found if shared is not None} - self._read_versions
        self._load("version_of", sorted(wanted))
        self._read_versions |= wanted

    def _load(self, field: str, values: Sequence[Any]) -> None:
        """Read the committed articles that have one of the values in a field, removed ones excluded."""
        for one in self._articles(field, values):
            self._held.setdefault(one.number, one)

    def _articles(
        self, field: str, values: Sequence[Any], limit: int | None = None, *, removed: bool = False
    ) -> Iterator[ComparedArticle]:
        for some in _in_requests(values):
            yield from self._matching({"terms": {field: some}}, limit, removed=removed)

    def _matching(
        self, query: dict[str, Any], limit: int | None, *, removed: bool = False
    ) -> Iterator[ComparedArticle]:
        for hit in self._read(query, SAMPLED_PARTS, limit):
            if (hit["_id"] in self._removed) == removed:
                yield compared_article(hit["_id"], hit["_source"])


def _in_requests(values: Sequence[Any]) -> Iterator[list[Any]]:
    for low in range(0, len(values), VALUES_AT_ONCE):
        yield list(values[low : low + VALUES_AT_ONCE])


def _distinct_hashes(hashes: Sequence[Hashes]) -> Hashes:
    """Return the sorted union of hashes."""
    return np.asarray(np.unique(np.concatenate([NO_HASHES, *hashes])), np.uint32)
