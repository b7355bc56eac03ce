"""The engine newssearch in two forms: as users have it, and with each paragraph as an article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import newssearch
from newssearch import Article, Hit, Index
from newssearch.query import And, Node, Or, Phrase, Wildcard, Word

from ..corpus import Story
from ..queries import Query
from .base import SNIPPET, Answer, Engine, Mode


class NewssearchArticles(Engine):
    """newssearch with one result an article; boolean operators apply to an article as a whole, headline included.

    The count is the number of matching paragraphs, so that it equals the other engines' count for queries without AND.
    """

    _articles: list[Article]
    _index: Index

    def load(self, stories: Sequence[Story]) -> None:
        self._articles = [article for story in stories for article in self._parsed(story)]

    def build(self, folder: Path) -> None:
        with newssearch.create(folder) as index:
            index.add(self._articles)

    def open(self, folder: Path) -> None:
        self._index = newssearch.open(folder)

    def search(self, query: Query, mode: Mode, limit: int) -> Answer:
        if mode == "top":
            ranks = self._index.rank(
                _tree(query),
                limit=limit,
                outlet=query.outlet,
                since=query.since,
                until=query.until,
                group=False,  # as no other engine does
            )
            return Answer(None, [f"{rank.id}#{rank.paragraph}" for rank in ranks])
        results = self._index.search(
            _tree(query),
            limit=limit,
            outlet=query.outlet,
            since=query.since,
            until=query.until,
            group=False,
            strict=True,  # without a second part, which no other engine has
            snippet=_snippet_length(mode),
        )
        if mode == "shown":
            for hit in results:
                hit.snippet.html()
        return Answer(results.total_paragraphs, [self._address(hit) for hit in results])

    def add(self, story: Story) -> None:
        self._index.add(self._parsed(story))

    def close(self) -> None:
        self._index.close()

    def _parsed(self, story: Story) -> Iterator[Article]:
        yield Article.create(
            title=story.title, text=story.paragraphs, date=story.date, outlet=story.outlet, url=story.id
        )

    def _address(self, hit: Hit) -> str:
        return f"{hit.url}#{hit.paragraph}"


class NewssearchParagraphs(NewssearchArticles):
    """newssearch with each paragraph as an article, so that operators apply to a paragraph, as in the other engines.

    As in these, the headline is stored with each paragraph, and is not searched. The only field that allows this is the
    dateline.
    """

    def _parsed(self, story: Story) -> Iterator[Article]:
        for address, _, text in story.addresses():
            yield Article.create(
                text=[text], date=story.date, outlet=story.outlet, dateline=story.title, url=address
            )

    def _address(self, hit: Hit) -> str:
        return hit.url or ""


def _snippet_length(mode: Mode) -> int:
    """Return the option ``snippet`` of a search in a mode; 0 gives the whole text."""
    return SNIPPET if mode == "shown" else 0


def _tree(query: Query) -> Node:
    """Return the query as a tree of newssearch."""
    if query.kind.startswith("phrase"):
        return Phrase(" ".join(query.words))
    if query.kind == "prefix":
        return Wildcard(f"{query.words[0]}*")
    words = tuple(Word(word) for word in query.words)
    if len(words) == 1:
        return words[0]
    return And(words) if query.kind.startswith("and") else Or(words)
