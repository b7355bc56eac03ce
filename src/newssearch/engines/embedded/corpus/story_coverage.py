"""Finds the outlets that published a story, and the outlets of a list that did not."""

from __future__ import annotations

from collections.abc import Container
from typing import cast

import numpy as np

from newssearch.corpus.coverage import CoverageRequest, FoundCoverage, OutletCoverage
from newssearch.corpus.time_span import span_between
from newssearch.engines.embedded.search.dimensions import NO_GROUP, Dimensions, ValueDimension
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.sorted_sets import Ints, Mask, run_starts
from newssearch.outlets import outlets as outlet_names
from newssearch.request import ResolvedRequest
from newssearch.text.analysis import key

from .publication import publication_of
from .story_list import story_numbers


def find_coverage(
    reader: IndexReader,
    found: Mask,
    request: ResolvedRequest,
    wanted: CoverageRequest,
) -> FoundCoverage:
    """Return the coverage by outlets of the articles that the mask ``found`` selects, without notes on the query.

    If a story is wanted, only its articles count.
    """
    articles = np.flatnonzero(found)
    if wanted.story is not None:
        articles = _of_story(reader, articles, wanted.story)
    outlets = _OutletGroups(reader, request)
    listed: dict[int | str, str] = {}
    for name in wanted.outlets:
        listed.setdefault(outlets.group_of(name), name)
    ran = _that_ran(reader, articles, outlets, listed)
    missing = (
        OutletCoverage(outlets.name_of(group, name), 0, outlets.size_of(group), is_listed=True)
        for group, name in listed.items()
        if group not in ran
    )
    return FoundCoverage(outlets=(*ran.values(), *missing))


class _OutletGroups:
    """The outlets of an index, numbered as groups of a dimension. An outlet without articles is represented by its key."""

    def __init__(self, reader: IndexReader, request: ResolvedRequest) -> None:
        self._names = outlet_names(request.aliases)
        self._dimension = cast("ValueDimension", reader.kept(Dimensions).get("outlet", request.aliases))
        self._check = request.check
        live = np.flatnonzero(reader.live_articles())
        self._sizes = np.bincount(self.groups(live), minlength=1)
        present = np.flatnonzero(self._sizes)
        present = present[present != NO_GROUP]
        shown = self._dimension.values(present, live, np.ones(len(live), np.int64))
        self._shown = dict(zip(present.tolist(), map(str, shown), strict=True))

    def groups(self, articles: Ints) -> Ints:
        """Return the group of each article."""
        return self._dimension.own_members(articles, self._check).groups

    def group_of(self, name: str) -> int | str:
        """Return the group of the outlet with a name, or the key of the name if it has no articles."""
        group = self._names.group(key(name))
        return self._dimension.group_of(group) or group

    def size_of(self, group: int | str) -> int:
        """Return the number of articles of an outlet in the index."""
        return int(self._sizes[group]) if isinstance(group, int) and group < len(self._sizes) else 0

    def name_of(self, group: int | str, asked: str = "") -> str | None:
        """Return the outlet's most frequent name in its articles; without articles, the main name for the one requested."""
        if group == NO_GROUP:
            return None
        shown = self._shown.get(group) if isinstance(group, int) else None
        return shown or self._names.name(asked)


def mask_of_story(reader: IndexReader, article_id: str) -> Mask:
    """Return a mask of the live articles that belong to the story of an article, which is in the index."""
    live = reader.live_articles()
    mask = np.zeros(len(live), np.bool_)
    mask[_of_story(reader, np.flatnonzero(live), article_id)] = True
    return mask


def _of_story(reader: IndexReader, articles: Ints, article_id: str) -> Ints:
    """Return the given articles that belong to the story of an article of the index."""
    found = reader.article(article_id)
    assert found is not None, "an article of the snapshot"
    segment, article = found
    number = segment.story(article)
    if number:
        return articles[np.flatnonzero(story_numbers(reader, articles) == number)]
    offset = reader.document_offset(reader.segments.index(segment))
    return np.intersect1d(articles, reader.article_number(offset + int(segment.first[article])))


def _that_ran(
    reader: IndexReader, articles: Ints, outlets: _OutletGroups, listed: Container[int | str]
) -> dict[int, OutletCoverage]:
    """Return the outlets of the given articles by their groups, in order of their first articles."""
    groups = outlets.groups(articles)
    published = publication_of(reader, articles)
    order = published.order(groups)
    starts = run_starts(groups[order]).nonzero()[0]
    sizes = np.diff(starts, append=len(order)).tolist()
    firsts = order[starts]
    by_time = np.lexsort((published.ids[firsts], published.times[firsts], published.classes[firsts])).tolist()
    rows: dict[int, OutletCoverage] = {}
    earliest = None
    for at in by_time:
        group = int(groups[firsts[at]])
        segment, article = reader.article_at(int(articles[firsts[at]]))
        shown = segment.shown(article)
        earliest = earliest or shown["date"]
        rows[group] = OutletCoverage(
            outlet=outlets.name_of(group),
            articles=sizes[at],
            in_index=outlets.size_of(group),
            is_listed=group in listed,
            id=shown["id"],
            title=shown["title"],
            url=shown["url"],
            date=shown["date"],
            after=span_between(earliest, shown["date"]),
        )
    return rows
