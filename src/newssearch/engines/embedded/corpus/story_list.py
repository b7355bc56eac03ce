"""Lists the stories of the articles that a query finds, the largest or the newest first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from newssearch.corpus.stories import FoundStories, ListedStory, StoriesRequest
from newssearch.engines.article_times import NO_TIME
from newssearch.engines.embedded.search.dimensions import NO_GROUP, Dimension, Dimensions
from newssearch.engines.embedded.search.hits import articles_of_story
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.sorted_sets import NO_INTS, Ints, Mask, run_starts
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck

from .publication import UNDATED, publication_of


class _Stories(NamedTuple):
    """Stories, as parallel arrays: the number, the matching articles, their outlets, all articles, the numbers of the
    first and the last matching article, and their times.
    """

    numbers: Ints
    articles: Ints
    outlets: Ints
    of: Ints
    first: Ints
    last: Ints
    begins: Ints
    ends: Ints
    ids: Ints

    def at(self, chosen: Ints) -> _Stories:
        """Return the stories at the given indices."""
        return _Stories(*(array[chosen] for array in self))

    def in_order(self, sort: str) -> Ints:
        """Return the indices of the stories sorted by ``sort``.

        Ties are broken by the number of matching articles, then of all articles, then by the newest first article,
        then by its id.
        """
        spread = np.where(self.begins == NO_TIME, 0, self.ends - self.begins)
        keys = {"size": self.articles, "outlets": self.outlets, "newest": self.begins, "spread": spread}
        return np.lexsort((self.ids, -self.begins, -self.of, -self.articles, -keys[sort]))


def list_stories(
    reader: IndexReader, found: Mask, request: ResolvedRequest, wanted: StoriesRequest
) -> FoundStories:
    """Return a page of the stories of the articles in the mask ``found``, without notes on the query."""
    outlets = reader.kept(Dimensions).get("outlet", request.aliases)
    stories = _stories_of(reader, outlets, np.flatnonzero(found), request.check)
    stories = stories.at((stories.outlets >= wanted.min_outlets).nonzero()[0])
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    page = stories.at(stories.in_order(wanted.sort)[wanted.offset : end])
    return FoundStories(
        stories=tuple(_listed(reader, page, at, request.check) for at in range(len(page.numbers))),
        total_stories=len(stories.numbers),
        story_articles=int(stories.articles.sum()),
        total_articles=int(np.count_nonzero(found)),
    )


def story_numbers(reader: IndexReader, articles: Ints) -> Ints:
    """Return the number of each article's story, or 0. Articles are given by ascending numbers."""
    parts = [NO_INTS]
    for segment, _, local in reader.by_article(articles):
        stories = segment.stories
        parts.append(
            np.zeros(len(local), np.int64) if stories is None else stories.story[local].astype(np.int64)
        )
    return np.concatenate(parts)


def _stories_of(reader: IndexReader, outlets: Dimension, articles: Ints, check: StopCheck) -> _Stories:
    """Return the stories of the articles, in the order of their numbers."""
    numbers = story_numbers(reader, articles)
    articles, numbers = articles[numbers > 0], numbers[numbers > 0]
    published = publication_of(reader, articles)
    order = published.order(numbers)
    in_order, classes = numbers[order], published.classes[order]
    starts = run_starts(in_order).nonzero()[0]
    sizes = np.diff(starts, append=len(order))
    # the last article is the latest one whose date has the same class as that of the first
    same = classes == classes[starts].repeat(sizes)
    last = starts + np.add.reduceat(same, starts, dtype=np.int64) - 1 if len(starts) else starts
    members = outlets.own_members(articles, check)
    groups = int(members.groups.max(initial=NO_GROUP)) + 1
    pairs = np.unique(numbers[members.articles] * groups + members.groups)
    counted = pairs[pairs % groups != NO_GROUP] // groups  # the story of each outlet that published it
    live = np.flatnonzero(reader.live_articles())
    of, size_of = np.unique(story_numbers(reader, live), return_counts=True)
    first, stories = order[starts], in_order[starts]
    dated = published.classes[first] != UNDATED
    return _Stories(
        stories,
        sizes,
        counted.searchsorted(stories, "right") - counted.searchsorted(stories, "left"),
        size_of[of.searchsorted(stories)],
        articles[first],
        articles[order[last]],
        np.where(dated, published.times[first], NO_TIME),
        np.where(dated, published.times[order[last]], NO_TIME),
        published.ids[first],
    )


def _listed(reader: IndexReader, page: _Stories, at: int, check: StopCheck) -> ListedStory:
    """Return a story of the page as a value."""
    check()
    segment, article = reader.article_at(int(page.first[at]))
    lead = segment.shown(article)
    other, latest = reader.article_at(int(page.last[at]))
    return ListedStory(
        story=articles_of_story(reader, int(page.numbers[at]))[0].id,
        articles=int(page.articles[at]),
        outlets=int(page.outlets[at]),
        of=int(page.of[at]),
        lead=lead["id"],
        title=lead["title"],
        outlet=lead["outlet"],
        url=lead["url"],
        first=lead["date"],
        last=other.shown(latest)["date"],
    )
