"""One segment of an index, read: its articles, its documents, and where words stand in them.

A *document* is a paragraph; an *owner* of words is a document or, for headlines, an article. A *place* is a word of a
segment: owners have theirs one behind the other, with one left free between two, so that words that stand side by
side have places side by side, and words of two owners never do. See :mod:`indexing.segment_builder` and :mod:`indexing.inverter` for what is
on disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from newssearch.article import Article
from newssearch.engines.embedded.storage.block_store import BlockStore
from newssearch.engines.embedded.storage.container import Array, Container, StringTable, item_view
from newssearch.engines.embedded.storage.sorted_sets import NO_INTS, Ints, Mask, run_starts
from newssearch.query import LEAD
from newssearch.results import SHOWN_FIELDS, ShownArticle
from newssearch.text.analysis import analysis_of

from .columns import NO_TIME
from .field import FieldReader, TextField, encoded
from .shingles import SampleTable
from .stored_fields import VALUES, article_of, date_of
from .story_columns import StoryColumns


class FieldColumn(NamedTuple):
    """A field of all articles: ``values[codes[a]]``; the first value is ``""``, for articles without it."""

    codes: Array
    values: list[str]


class Segment:
    """The arrays of one segment, each read when it is first asked for, which of its documents are deleted, and what is
    known of its stories."""

    def __init__(
        self, container: Container, deleted: Iterable[int] = (), stories: StoryColumns | None = None
    ) -> None:
        self.container = container
        self.stories = stories
        self.deleted = np.array(sorted(deleted), np.int64)
        self.fields: dict[TextField, FieldReader] = {
            "text": FieldReader(container, "text"),
            "title": FieldReader(container, "title"),
        }
        self._values: dict[str, FieldColumn] = {}

    @property
    def first(self) -> Ints:
        """The first document of each article, and one past the last document."""
        return self.fields["text"].first

    @property
    def articles(self) -> int:
        """How many articles there are, deleted ones counted."""
        return len(self.container["article.first"]) - 1

    @property
    def documents(self) -> int:
        """How many documents there are, deleted ones counted."""
        return int(self.container["article.first"][-1])

    @cached_property
    def article(self) -> Array:
        """The article of each document."""
        return self.container["document.article"]

    @cached_property
    def empty_articles(self) -> Array:
        """The articles without paragraphs."""
        return self.container["article.empty"]

    @property
    def lead(self) -> Array:
        """A row for each article: the numbers of the paragraphs that are its lead; 0 for one that there is not."""
        return self.container["article.lead"].reshape(-1, LEAD)

    def in_lead(self, documents: Array) -> Mask:
        """Which of some documents are in the lead of their article."""
        lead = self.lead[self.article[documents]]
        return np.asarray((lead == self.numbers(documents)[:, None]).any(axis=1), np.bool_)

    def numbers(self, documents: Array) -> Ints:
        """The number of each paragraph in its article; 0 for an article without any."""
        articles = self.article[documents]
        numbers = documents.astype(np.int64) - self.first[articles] + 1
        if len(self.empty_articles):
            numbers[np.isin(articles, self.empty_articles)] = 0
        return numbers

    @cached_property
    def live(self) -> Mask | None:
        """Which articles are not deleted; None where all are there."""
        if not len(self.deleted):
            return None
        live = np.ones(self.articles, np.bool_)
        live[self.article[self.deleted]] = False
        return live

    @property
    def live_documents(self) -> int:
        """How many documents there are, deleted ones left out."""
        return self.documents - len(self.deleted)

    def live_articles(self) -> Mask:
        """The articles that are not deleted."""
        return np.ones(self.articles, np.bool_) if self.live is None else self.live.copy()

    # ---- what all scores depend on

    @cached_property
    def paragraphs(self) -> int:
        """How many paragraphs there are, deleted ones left out."""
        if self.live is None:
            return self.documents - len(self.empty_articles)
        sizes = np.diff(self.first)
        sizes[self.empty_articles] = 0
        return int(sizes[self.live].sum())

    @cached_property
    def words(self) -> int:
        """How many words paragraphs have, deleted ones left out."""
        if self.live is None:
            return self.fields["text"].words
        return int(self.fields["text"].sizes[self.live[self.article]].sum(dtype=np.int64))

    @cached_property
    def titles(self) -> tuple[int, int]:
        """How many articles have a headline, and how many words these have, deleted ones left out."""
        sizes = self.fields["title"].sizes
        if self.live is not None:
            sizes = sizes[self.live]
        return int(np.count_nonzero(sizes)), int(sizes.sum(dtype=np.int64))

    # ---- values

    @property
    def local_time(self) -> Array:
        """The publication time of each article in microseconds, by the outlet's clock (its time zone is ignored), or NONE."""
        return self.container["article.local"]

    @property
    def instant(self) -> Array:
        """The same in universal time."""
        return self.container["article.instant"]

    @property
    def dated(self) -> Mask:
        """Which articles have a date."""
        return np.asarray(self.local_time != NO_TIME, np.bool_)

    def values(self, field: str) -> FieldColumn:
        """A field of each article."""
        if field not in self._values:
            values = StringTable(self.container, f"article.{field}.values").all()
            self._values[field] = FieldColumn(
                self.container[f"article.{field}"], [value.decode() for value in values]
            )
        return self._values[field]

    def keys(self, field: str) -> StringTable:
        """What a filter compares of each value of a field: sorted, as the values are."""
        return StringTable(self.container, f"article.{field}.keys")

    @cached_property
    def analyses(self) -> dict[str, Mask | None]:
        """The articles of each analysis, by its name; None for all of them."""
        codes, values = self.values("lang")
        names = [analysis_of(value) for value in values]
        if len(set(names)) == 1:
            return {names[0]: None}
        found: dict[str, Mask | None] = {}
        for name in sorted(set(names)):
            mask = np.isin(codes, [code for code, other in enumerate(names) if other == name])
            if mask.any():
                found[name] = mask
        return found

    # ---- single articles

    def find(self, article_id: str) -> int:
        """The article with an id, or -1."""
        order = self.container["article.id.order"]
        wanted = encoded(article_id)
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.id(int(order[middle])) < wanted else (low, middle)
        if low == len(order) or self.id(int(order[low])) != wanted:
            return -1
        found = int(order[low])
        return found if self.live is None or self.live[found] else -1

    def id(self, article: int) -> bytes:
        """The id of an article."""
        return self._ids[article]

    @cached_property
    def _ids(self) -> StringTable:
        return StringTable(self.container, "article.id")

    def ids(self, articles: Array) -> list[str]:
        """The ids of some articles."""
        if len(articles) * 4 > self.articles:
            ids = self._ids.all()
            return [ids[article].decode() for article in articles.tolist()]
        return [self.id(article).decode() for article in articles.tolist()]

    def state(self, article: int) -> str:
        """What an article was added with."""
        return StringTable(self.container, "article.state")[article].decode()

    @cached_property
    def shown_strings(self) -> StringTable:
        """Headline, address and date of each article: see :mod:`.stored_fields`."""
        return StringTable(self.container, "article.shown")

    def shown(self, article: int) -> ShownArticle:
        """Return the fields of an article that a hit shows."""
        title, url, date = json.loads(self.shown_strings[article])
        values: dict[str, str | None] = {}
        for name, codes, strings in self._valued:
            code = codes[article]
            values[name] = strings[code].decode() if code else None
        return ShownArticle(id=self.id(article).decode(), title=title, url=url, date=date_of(date), **values)

    @cached_property
    def _valued(self) -> list[tuple[str, Sequence[int], StringTable]]:
        return [
            (
                name,
                item_view(self.container[f"article.{name}"]),
                StringTable(self.container, f"article.{name}.values"),
            )
            for name in VALUES
        ]

    def header(self, article: int) -> dict[str, Any]:
        """All that is known of an article but its paragraphs, as JSON types; what it has not is left out."""
        shown = self.shown(article)
        header = {name: value for name in SHOWN_FIELDS if (value := getattr(shown, name)) is not None}
        if shown.date is not None:
            header["date"] = shown.date.isoformat()
        rest: dict[str, Any] = json.loads(self.rest[article])
        code = int(self.container["article.provenance"][article])
        provenance = StringTable(self.container, "article.provenance.values")[code].decode()
        return {**header, "provenance": provenance, "count": self.count(article), **rest}

    def read(self, article: int) -> Article:
        """An article, with its paragraphs."""
        first, count = int(self.first[article]), self.count(article)
        return article_of(self.header(article), (self.bodies[first + n] for n in range(count)))

    def count(self, article: int) -> int:
        """How many paragraphs an article has."""
        if len(self.empty_articles) and article in self.empty_articles:
            return 0
        return int(self.first[article + 1] - self.first[article])

    # ---- stories

    def story(self, article: int) -> int:
        """The number of an article's story; 0 for one that is alone in it."""
        return int(self.stories.story[article]) if self.stories is not None else 0

    @cached_property
    def storied(self) -> Ints:
        """The articles that are not alone in their story."""
        return np.flatnonzero(self.stories.story) if self.stories is not None else NO_INTS

    @cached_property
    def boilerplate(self) -> Mask | None:
        """Which documents are boilerplate; None where none is."""
        return _document_mask(self.stories.boilerplate, self.documents) if self.stories is not None else None

    @cached_property
    def novel(self) -> Mask:
        """Which documents are paragraphs that no earlier article has."""
        redundant = (
            _document_mask(self.stories.redundant, self.documents) if self.stories is not None else None
        )
        novel = np.ones(self.documents, np.bool_) if redundant is None else ~redundant
        novel[self.first[self.empty_articles]] = False
        return novel

    def first_of(self, chosen: Mask) -> Ints:
        """The first one of each article's documents that is among the chosen, or the first one."""
        documents = np.flatnonzero(chosen)
        articles = self.article[documents]
        new = run_starts(articles)
        first = self.first[:-1].copy()
        first[articles[new]] = documents[new]
        return first

    @cached_property
    def samples(self) -> SampleTable:
        """Samples of what its documents are made of."""
        return SampleTable(self.container)

    @cached_property
    def rest(self) -> BlockStore:
        """What else is known of each article, as JSON."""
        return BlockStore(self.container, "header")

    @cached_property
    def bodies(self) -> BlockStore:
        """The text of each document."""
        return BlockStore(self.container, "body")


def _document_mask(documents: Array, size: int) -> Mask | None:
    if not len(documents):
        return None
    mask = np.zeros(size, np.bool_)
    mask[documents] = True
    return mask
