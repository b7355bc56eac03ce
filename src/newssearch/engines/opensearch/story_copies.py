"""Counts the stories of articles, and finds all copies in a story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from newssearch.engines.protocol import MAX_LISTED_COPIES
from newssearch.results import Copy
from newssearch.stopping import StopCheck
from newssearch.text.partial_dates import from_iso

from .documents import DocumentSource
from .evaluation import SearchCall
from .leaf_queries import ClusterQuery, finding_all, finding_any
from .mapping import MAX_HITS_AT_ONCE

MAX_STORIES_OF_SET = 60_000
"""The largest number of stories in a set (a ``terms`` query)."""
STORIES_AT_ONCE = 50
"""The number of stories whose first articles one request reads."""
EARLIEST_FIRST: list[dict[str, Any]] = [{"instant": {"order": "asc", "missing": "_last"}}, {"id": "asc"}]
"""The sort order of the articles in a story."""


def counting_stories(after: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the aggregation with the exact number of articles of each story, in pages of stories."""
    composite: dict[str, Any] = {
        "size": MAX_HITS_AT_ONCE,
        "sources": [{"story": {"terms": {"field": "story"}}}],
    }
    return {"composite": composite if after is None else {**composite, "after": after}}


def stories_among(
    search: SearchCall, found: ClusterQuery, check: StopCheck, counted: Mapping[str, Any] | None = None
) -> Iterator[tuple[int, int]]:
    """Yield each story of the articles that match ``found``, with its number of these articles.

    ``counted`` is the response to :func:`counting_stories`, if it was already requested.
    """
    while True:
        if counted is None:
            body = {
                "size": 0, "track_total_hits": True, "query": found, "aggs": {"stories": counting_stories()}
            }  # fmt: skip
            counted = search(body, check)["aggregations"]["stories"]
        yield from ((bucket["key"]["story"], bucket["doc_count"]) for bucket in counted["buckets"])
        if len(counted["buckets"]) < MAX_HITS_AT_ONCE:
            return
        aggs = {"stories": counting_stories(counted["after_key"])}
        body = {"size": 0, "track_total_hits": True, "query": found, "aggs": aggs}
        counted = search(body, check)["aggregations"]["stories"]


def copies_among(
    search: SearchCall, found: ClusterQuery, check: StopCheck, counted: Mapping[str, Any] | None = None
) -> int:
    """Return the number of matching articles that are redundant copies: all except one of each story."""
    return sum(number - 1 for _, number in stories_among(search, found, check, counted))


def in_stories(stories: list[int]) -> ClusterQuery:
    """Return a query for the articles of the given stories."""
    return finding_any(
        {"terms": {"story": stories[low : low + MAX_STORIES_OF_SET]}}
        for low in range(0, len(stories), MAX_STORIES_OF_SET)
    )


class Copies(NamedTuple):
    """The first articles of a story, the earliest first, and the number of all its articles."""

    first: tuple[Copy, ...]
    total: int


class CopiesOf:
    """Reads the copies of articles, with a cache. ``live`` is a query for all articles of the snapshot."""

    def __init__(self, search: SearchCall, live: ClusterQuery, check: StopCheck) -> None:
        self._search = search
        self._live = live
        self._check = check
        self._known: dict[int, Copies] = {}

    def __call__(self, source: DocumentSource) -> Copies:
        """Return the articles in the story of a document's article; none if it belongs to no story."""
        story = source.get("story")
        if story is None:
            return Copies((), 0)
        self.expect([story])
        return self._known[story]

    def expect(self, stories: Iterable[int]) -> None:
        """Read the articles of the given stories, many in one request."""
        unknown = [story for story in dict.fromkeys(stories) if story not in self._known]
        for low in range(0, len(unknown), STORIES_AT_ONCE):
            self._known.update(self._read(unknown[low : low + STORIES_AT_ONCE]))

    def _read(self, stories: list[int]) -> Iterator[tuple[int, Copies]]:
        first = {
            "size": MAX_LISTED_COPIES + 1, "sort": EARLIEST_FIRST,
            "_source": ["header.id", "header.outlet", "header.date"],
        }  # fmt: skip
        by_story = {"terms": {"field": "story", "size": len(stories)}, "aggs": {"first": {"top_hits": first}}}
        body: dict[str, Any] = {
            "size": 0, "track_total_hits": True, "query": finding_all([self._live, in_stories(stories)]),
            "aggs": {"stories": by_story},
        }  # fmt: skip
        for bucket in self._search(body, self._check)["aggregations"]["stories"]["buckets"]:
            headers = (hit["_source"]["header"] for hit in bucket["first"]["hits"]["hits"])
            yield (
                bucket["key"],
                Copies(
                    tuple(
                        Copy(one["id"], one.get("outlet"), from_iso(one["date"]) if one.get("date") else None)
                        for one in headers
                    ),
                    bucket["doc_count"],
                ),
            )
