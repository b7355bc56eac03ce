"""Lists the stories of the articles that a query finds, the largest or the newest first."""

from __future__ import annotations

from typing import NamedTuple

from newssearch.corpus.stories import FoundStories, ListedStory, StoriesRequest
from newssearch.engines.article_times import AMBIGUOUS, DAY, NO_DATE, NO_TIME
from newssearch.outlets import outlets
from newssearch.text.partial_dates import from_iso

from .documents import DocumentSource, document_id
from .evaluation import Evaluation, SearchCall
from .leaf_queries import ClusterQuery, finding_all
from .mapping import MAX_HITS_AT_ONCE
from .query_notes import notes_on
from .story_copies import CopiesOf, in_stories, stories_among

_PARTS_FOR_LIST = ("id", "story", "instant", "precision", "outlet_key")


class PublicationKey(NamedTuple):
    """Orders articles by publication.

    ``coarseness`` is 0 for a date with a day, 1 for a month or a year, 2 for no date. Coarser dates come later.
    """

    coarseness: int
    instant: int
    id: str


class _MatchedStory(NamedTuple):
    """A story: its number, its matching articles, their outlets, all of its articles, the first and the last matching one."""

    number: int
    articles: int
    outlets: int
    of: int
    first: PublicationKey
    last: PublicationKey

    def sort_key(self, sort: str) -> tuple[int, int, int, int, str]:
        """Return the key that sorts stories by ``sort``."""
        dated = self.first.instant != NO_TIME
        values = {
            "size": self.articles,
            "outlets": self.outlets,
            "newest": self.first.instant,
            "spread": self.last.instant - self.first.instant if dated else 0,
        }
        return -values[sort], -self.articles, -self.of, -self.first.instant, self.first.id


def publication_key(source: DocumentSource) -> PublicationKey:
    """Return the publication key of the article of a document."""
    precision = source["precision"] & ~AMBIGUOUS
    coarseness = 0 if precision >= DAY else 2 if precision == NO_DATE else 1
    return PublicationKey(coarseness, source.get("instant", NO_TIME), source["id"])


def list_matched_stories(
    search: SearchCall, evaluation: Evaluation, live: ClusterQuery, wanted: StoriesRequest
) -> FoundStories:
    """Return a page of the stories to which the articles found by an evaluation belong.

    ``live`` is a query for all articles of the snapshot. The date and outlet of each matching article that belongs to
    a story are read.
    """
    found = evaluation.found()
    stories = [
        one for one in _matched_stories(search, evaluation, live, found) if one.outlets >= wanted.min_outlets
    ]
    stories.sort(key=lambda one: one.sort_key(wanted.sort))
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    page = stories[wanted.offset : end]
    headers = _headers_by_id(
        search, evaluation, live, [one.id for story in page for one in (story.first, story.last)]
    )
    copies = CopiesOf(search, live, evaluation.check)
    total = evaluation.count(found)
    return FoundStories(
        stories=tuple(_story_on_list(one, headers, copies) for one in page),
        total_stories=len(stories),
        story_articles=sum(one.articles for one in stories),
        total_articles=total,
        diagnostics=notes_on(evaluation, total).diagnostics,
        undated=evaluation.undated(found),
        imprecise=evaluation.imprecise(found),
    )


def _matched_stories(
    search: SearchCall, evaluation: Evaluation, live: ClusterQuery, found: ClusterQuery
) -> list[_MatchedStory]:
    names = outlets(evaluation.request.aliases)
    articles: dict[int, list[PublicationKey]] = {}
    groups: dict[int, set[str]] = {}
    storied = finding_all([found, {"exists": {"field": "story"}}])
    for source in evaluation.sources(storied, _PARTS_FOR_LIST, MAX_HITS_AT_ONCE):
        story = source["story"]
        articles.setdefault(story, []).append(publication_key(source))
        outlets_of = groups.setdefault(story, set())
        if "outlet_key" in source:
            outlets_of.add(names.group(source["outlet_key"]))
    sizes = dict(stories_among(search, finding_all([live, in_stories([*articles])]), evaluation.check))
    return [
        _MatchedStory(
            story,
            len(of),
            len(groups[story]),
            sizes[story],
            first := min(of),
            max(one for one in of if one.coarseness == first.coarseness),
        )
        for story, of in articles.items()
    ]


def _headers_by_id(
    search: SearchCall, evaluation: Evaluation, live: ClusterQuery, ids: list[str]
) -> dict[str, DocumentSource]:
    """Return the headers of the articles with the given ids, by id."""
    numbers = [document_id(one) for one in dict.fromkeys(ids)]
    found = {}
    for low in range(0, len(numbers), MAX_HITS_AT_ONCE):
        query = finding_all([live, {"ids": {"values": numbers[low : low + MAX_HITS_AT_ONCE]}}])
        body = {"size": MAX_HITS_AT_ONCE, "query": query, "_source": ["header"], "track_total_hits": False}
        for hit in search(body, evaluation.check)["hits"]["hits"]:
            header = hit["_source"]["header"]
            found[header["id"]] = header
    return found


def _story_on_list(one: _MatchedStory, headers: dict[str, DocumentSource], copies: CopiesOf) -> ListedStory:
    lead, latest = headers[one.first.id], headers[one.last.id]
    return ListedStory(
        story=copies({"story": one.number}).first[0].id,
        articles=one.articles,
        outlets=one.outlets,
        of=one.of,
        lead=lead["id"],
        title=lead.get("title"),
        outlet=lead.get("outlet"),
        url=lead.get("url"),
        first=from_iso(lead["date"]) if lead.get("date") else None,
        last=from_iso(latest["date"]) if latest.get("date") else None,
    )
