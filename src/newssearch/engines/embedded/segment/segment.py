"""One segment of an index, read: its articles, documents, words and stories.

A *document* is a paragraph as the engine numbers it. An *owner* of words is a document or, for headlines, an article.
*Field-wide positions* count the words of a field through all owners, with one unused position between two owners: so
the positions of adjacent words are adjacent, and those of words of different owners never are.
:mod:`indexing.segment_builder` and :mod:`indexing.inverter` list the sections on disk.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from newssearch.article import Article
from newssearch.engines.article_times import (
    AMBIGUOUS,
    NO_DATE,
    NO_TIME,
    ONLY_MONTH,
    ONLY_YEAR,
    end_of,
    moment_of,
)
from newssearch.engines.embedded.storage.block_store import BlockStore
from newssearch.engines.embedded.storage.container import Array, Container, StringTable, item_view
from newssearch.engines.near_duplicates import StoryColumns
from newssearch.engines.shingles import Signatures
from newssearch.engines.sorted_sets import NO_INTS, Ints, Mask, distinct, run_starts
from newssearch.extra import NO_EXTRA, ExtraValue, value_of
from newssearch.fields import ArticleField
from newssearch.identity import id_number
from newssearch.query import LEAD
from newssearch.results import SHOWN_FIELDS, ShownFields
from newssearch.system.frozen import FrozenDict
from newssearch.system.kept import cached_property
from newssearch.text.analysis import analyser, analysis_in
from newssearch.text.built_in_analyser import Analyser

from .added_analyses import articles_by_analysis, read_added
from .field import FieldReader, TextField
from .own_fields import OwnColumn, own_kinds
from .shingles import SIGNATURE_SECTIONS, SampleTable
from .stored_fields import VALUES, article_of, date_of


class FieldColumn(NamedTuple):
    """A field of all articles. Article ``a`` has the value ``values[codes[a]]``; ``values[0]`` is ``""``, for none."""

    codes: Array
    values: list[str]


class DateGroups(NamedTuple):
    """The articles whose date is not simply a day or a moment, by the reason."""

    missing: Ints
    only_month: Ints
    only_year: Ints
    ambiguous: Ints


class Segment:
    """One segment: its arrays, each read when it is first needed; its deleted documents; and its story columns."""

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
        """The number of the first document of each article, then the number of all documents."""
        return self.fields["text"].first

    @property
    def articles(self) -> int:
        """The number of articles, deleted ones included."""
        return len(self.container["article.first"]) - 1

    @property
    def documents(self) -> int:
        """The number of documents, deleted ones included."""
        return int(self.container["article.first"][-1])

    @cached_property
    def article(self) -> Array:
        """The number of the article of each document."""
        return self.container["document.article"]

    @cached_property
    def empty_articles(self) -> Array:
        """The numbers of the articles without paragraphs, ascending."""
        return self.container["article.empty"]

    @property
    def lead(self) -> Array:
        """A row for each article: the numbers of the two paragraphs of its lead; 0 stands for a missing paragraph."""
        return self.container["article.lead"].reshape(-1, LEAD)

    def in_lead(self, documents: Array) -> Mask:
        """Return a mask of the given documents that are in the lead of their article."""
        lead = self.lead[self.article[documents]]
        return np.asarray((lead == self.numbers(documents)[:, None]).any(axis=1), np.bool_)

    def numbers(self, documents: Array) -> Ints:
        """Return the number of each given document in its article, from 1; 0 for the document of an article without
        paragraphs.
        """
        articles = self.article[documents]
        numbers = documents.astype(np.int64) - self.first[articles] + 1
        if len(self.empty_articles):
            numbers[np.isin(articles, self.empty_articles)] = 0
        return numbers

    @cached_property
    def live(self) -> Mask | None:
        """A mask of the live articles; None if all articles are live."""
        if not len(self.deleted):
            return None
        live = np.ones(self.articles, np.bool_)
        live[self.article[self.deleted]] = False
        return live

    @property
    def live_documents(self) -> int:
        """The number of live documents."""
        return self.documents - len(self.deleted)

    def live_articles(self) -> Mask:
        """Return a new mask of the live articles."""
        return np.ones(self.articles, np.bool_) if self.live is None else self.live.copy()

    # ---- what all scores depend on

    @cached_property
    def paragraphs(self) -> int:
        """The number of paragraphs of live articles."""
        if self.live is None:
            return self.documents - len(self.empty_articles)
        sizes = np.diff(self.first)
        sizes[self.empty_articles] = 0
        return int(sizes[self.live].sum())

    @cached_property
    def words(self) -> int:
        """The number of words of the paragraphs of live articles."""
        if self.live is None:
            return self.fields["text"].words
        return int(self.fields["text"].sizes[self.live[self.article]].sum(dtype=np.int64))

    @cached_property
    def titles(self) -> tuple[int, int]:
        """The number of live articles with a headline, and the number of words of their headlines."""
        sizes = self.fields["title"].sizes
        if self.live is not None:
            sizes = sizes[self.live]
        return int(np.count_nonzero(sizes)), int(sizes.sum(dtype=np.int64))

    # ---- single documents

    def article_of(self, document: int) -> int:
        """Return the number of the article of a document."""
        return self._article_view[document]

    def number_of(self, document: int) -> int:
        """Return the number of a document in its article, from 1; 0 for the document of an article without paragraphs."""
        article = self._article_view[document]
        return document - self._first_view[article] + 1 if self.count(article) else 0

    def is_in_lead(self, article: int, number: int) -> bool:
        """Whether a paragraph, given by its number in its article, is in the lead of the article."""
        return number in self._lead_view[article * LEAD : article * LEAD + LEAD]

    @cached_property
    def _article_view(self) -> Sequence[int]:
        return item_view(self.article)

    @cached_property
    def _first_view(self) -> Sequence[int]:
        return item_view(self.container["article.first"])

    @cached_property
    def _lead_view(self) -> Sequence[int]:
        return item_view(self.container["article.lead"])

    @cached_property
    def _added_view(self) -> Sequence[int]:
        return item_view(self.added)

    # ---- values

    @property
    def local_time(self) -> Array:
        """The publication time of each article by the outlet's clock, in microseconds since the beginning of year 1,
        or NO_TIME.
        """
        return self.container["article.local"]

    @property
    def instant(self) -> Array:
        """The publication time of each article in UTC, in microseconds since the beginning of year 1, or NO_TIME."""
        return self.container["article.instant"]

    @property
    def precision(self) -> Array:
        """Whether the date of each article is a moment, a day, a month or a year: see :mod:`newssearch.engines.article_times`."""
        return self.container["article.precision"]

    @cached_property
    def date_groups(self) -> DateGroups:
        """The articles without a date, dated only by month or year, and with an ambiguous date."""
        dates = self.precision & ~np.uint8(AMBIGUOUS)
        return DateGroups(
            missing=np.flatnonzero(dates == NO_DATE),
            only_month=np.flatnonzero(dates == ONLY_MONTH),
            only_year=np.flatnonzero(dates == ONLY_YEAR),
            ambiguous=np.flatnonzero(self.precision & AMBIGUOUS),
        )

    @cached_property
    def partly_dated(self) -> tuple[Ints, Ints]:
        """The articles dated only by month or year, and the first moment after the month or year of each."""
        articles = np.sort(np.concatenate([self.date_groups.only_month, self.date_groups.only_year]))
        dates = list(zip(self.local_time[articles].tolist(), self.precision[articles].tolist(), strict=True))
        ends = {date: end_of(*date) for date in set(dates)}
        return articles, np.array([ends[date] for date in dates], np.int64)

    @property
    def added(self) -> Array:
        """The time at which each article came into the index, in microseconds of UTC."""
        return self.container["article.added"]

    @property
    def version(self) -> Array:
        """The number of the version of each article, from 1."""
        return self.container["article.version"]

    @property
    def version_identities(self) -> Array:
        """The number of the id that the versions of an article share, for each article that is one version, ascending."""
        return self.container["version.identity"]

    @property
    def version_articles(self) -> Array:
        """The article of each of :attr:`version_identities`."""
        return self.container["version.article"]

    @property
    def dated(self) -> Mask:
        """A mask of the articles with a date."""
        return np.asarray(self.local_time != NO_TIME, np.bool_)

    def values(self, field: str) -> FieldColumn:
        """Return the values of a field in all articles."""
        if field not in self._values:
            values = StringTable(self.container, f"article.{field}.values").all()
            self._values[field] = FieldColumn(
                self.container[f"article.{field}"], [value.decode() for value in values]
            )
        return self._values[field]

    @cached_property
    def own_fields(self) -> dict[str, OwnColumn]:
        """The own fields that articles of this segment may have, by name, in alphabetical order."""
        return {name: OwnColumn(self.container, name, row) for name, row in own_kinds(self.container)}

    @property
    def own_rows(self) -> tuple[ArticleField, ...]:
        """The rows of :attr:`own_fields`."""
        return tuple(column.field for column in self.own_fields.values())

    def extra(self, article: int) -> FrozenDict[str, ExtraValue]:
        """The own fields of an article."""
        if not self.own_fields:
            return NO_EXTRA
        found = {name: column.texts(article) for name, column in self.own_fields.items()}
        kinds = self.own_fields
        return FrozenDict((name, value_of(kinds[name].kind, texts)) for name, texts in found.items() if texts)

    def keys(self, field: str) -> StringTable:
        """Return the filter key of each value of a field, in the order of the values, which are sorted by these keys.

        Filters compare keys, not values.
        """
        own = self.own_fields.get(field)
        return own.keys if own is not None else StringTable(self.container, f"article.{field}.keys")

    def distinct(self, field: str) -> list[str]:
        """The distinct values of a field, after ``""``."""
        own = self.own_fields.get(field)
        return own.values if own is not None else self.values(field).values

    def codes_in_use(self, field: str, codes: Sequence[int]) -> Sequence[int]:
        """Return those of the numbered values of a field that live articles have."""
        if self.live is None:
            return codes
        own = self.own_fields.get(field)
        held = self.values(field).codes[self.live] if own is None else own.codes[self.live[own.articles]]
        in_use = set(distinct(held).tolist())
        return [code for code in codes if code in in_use]

    def has_field(self, field: str) -> bool:
        """Whether articles of this segment may have the field."""
        return field in self.own_fields or f"article.{field}" in self.container

    def with_codes(self, field: str, codes: Sequence[int]) -> Mask:
        """Return a mask of the articles that have one of the numbered values of a field, deleted ones included."""
        if field in self.own_fields:
            return self.own_fields[field].mask(codes, self.articles)
        if not codes:
            return np.zeros(self.articles, np.bool_)
        of_articles = self.values(field).codes
        if len(codes) == 1:
            return np.asarray(of_articles == codes[0], np.bool_)
        return np.isin(of_articles, np.array(codes, np.int64))

    @cached_property
    def added_analyses(self) -> dict[str, str]:
        """The analysers from other packages that its live articles were analysed with: their names by language."""
        every = read_added(self.container)
        return {language: every[language] for language in every if every[language] in self.analyses}

    def analyser(self, lang: str | None) -> Analyser:
        """Return the analyser of its live articles in a language."""
        return analyser(lang, self.added_analyses)

    @cached_property
    def analyses(self) -> dict[str, Mask | None]:
        """A mask of the articles of each analysis, by its name: see :func:`articles_by_analysis`."""
        codes, values = self.values("lang")
        added = read_added(self.container)
        return articles_by_analysis(codes, [analysis_in(value, added) for value in values], self.live)

    # ---- single articles

    def find(self, article_id: str) -> int:
        """Return the number of the live article whose id ends with the digest of the given id, or -1 if there is none."""
        digests = self.container["article.digest"]
        number = id_number(article_id)
        at = int(np.searchsorted(digests, np.uint64(number)))
        if at == len(digests) or int(digests[at]) != number:
            return -1
        found = int(self.container["article.digest.order"][at])
        return found if self.live is None or self.live[found] else -1

    def with_id_numbers(self, wanted: NDArray[np.uint64]) -> Mask:
        """Return a mask of the articles whose :attr:`id_numbers` are among the wanted ones, which are ascending.

        Deleted articles may be among them.
        """
        digests = self.container["article.digest"]
        mask = np.zeros(self.articles, np.bool_)
        if len(digests) and len(wanted):
            at = np.searchsorted(wanted, digests)
            at[at == len(wanted)] = 0
            mask[self.container["article.digest.order"]] = wanted[at] == digests
        return mask

    @cached_property
    def id_numbers(self) -> NDArray[np.uint64]:
        """The number that identifies each article: see :func:`newssearch.identity.id_number`."""
        numbers = np.empty(self.articles, np.uint64)
        numbers[self.container["article.digest.order"]] = self.container["article.digest"]
        return numbers

    def id(self, article: int) -> bytes:
        """Return the id of an article, in UTF-8."""
        return self._ids[article]

    @cached_property
    def _ids(self) -> StringTable:
        return StringTable(self.container, "article.id")

    def ids(self, articles: Array) -> list[str]:
        """Return the id of each given article, in the given order."""
        if len(articles) * 4 > self.articles:
            ids = self._ids.all()
            return [ids[article].decode() for article in articles.tolist()]
        return [self.id(article).decode() for article in articles.tolist()]

    def state(self, article: int) -> str:
        """Return the state with which an article was added, which tells the indexer whether it has changed since."""
        return StringTable(self.container, "article.state")[article].decode()

    @cached_property
    def shown_strings(self) -> StringTable:
        """The headline, address and date of each article as a JSON array, by article number."""
        return StringTable(self.container, "article.shown")

    def shown(self, article: int) -> ShownFields:
        """Return the fields of an article that a hit shows."""
        title, url, date, *place = json.loads(self.shown_strings[article].decode())
        member, record = place or (None, 1)
        fields: dict[str, Any] = {
            "id": self._ids[article].decode(),
            "title": title,
            "url": url,
            "date": date_of(date),
            "member": member,
            "record": record,
            "added": moment_of(self._added_view[article]),
            "extra": self.extra(article),
        }
        for name, codes, text in self._valued:
            code = codes[article]
            fields[name] = text(code) if code else None
        return cast("ShownFields", fields)

    @cached_property
    def _valued(self) -> list[tuple[str, Sequence[int], Callable[[int], str]]]:
        return [
            (
                name,
                item_view(self.container[f"article.{name}"]),
                StringTable(self.container, f"article.{name}.values").text,
            )
            for name in VALUES
        ]

    def header(self, article: int) -> dict[str, Any]:
        """Return the stored fields of an article, except its paragraphs, as JSON types; missing ones are omitted."""
        shown = cast("dict[str, Any]", self.shown(article))
        header = {name: shown[name] for name in SHOWN_FIELDS if shown[name] is not None}
        header |= {name: header[name].isoformat() for name in ("date", "added") if name in header}
        del header["extra"]
        if own := {
            name: texts for name, column in self.own_fields.items() if (texts := column.texts(article))
        }:
            header["extra"] = {name: [self.own_fields[name].kind, texts] for name, texts in own.items()}
        rest: dict[str, Any] = json.loads(self.rest[article])
        code = int(self.container["article.provenance"][article])
        provenance = StringTable(self.container, "article.provenance.values")[code].decode()
        if (version := int(self.version[article])) != 1:
            header["version"] = version
        return {**header, "provenance": provenance, "count": self.count(article), **rest}

    def read(self, article: int) -> Article:
        """Return an article with its paragraphs."""
        first, count = int(self.first[article]), self.count(article)
        return article_of(self.header(article), (self.bodies[first + n] for n in range(count)))

    def count(self, article: int) -> int:
        """Return the number of paragraphs of an article."""
        if len(self.empty_articles) and article in self.empty_articles:
            return 0
        return self._first_view[article + 1] - self._first_view[article]

    # ---- stories

    def story(self, article: int) -> int:
        """Return the number of an article's story; 0 for an article that is the only one of its story."""
        return int(self.stories.story[article]) if self.stories is not None else 0

    @cached_property
    def storied(self) -> Ints:
        """The numbers, ascending, of the articles that share their story with other articles."""
        return np.flatnonzero(self.stories.story) if self.stories is not None else NO_INTS

    @cached_property
    def boilerplate(self) -> Mask | None:
        """A mask of the documents that are boilerplate; None if there are none."""
        return _document_mask(self.stories.boilerplate, self.documents) if self.stories is not None else None

    def boilerplate_of(self, article: int) -> tuple[int, ...]:
        """Return the numbers, from 1, of the paragraphs of an article that are boilerplate, ascending."""
        if self.stories is None:
            return ()
        first, end = self._first_view[article], self._first_view[article + 1]
        low, high = self.stories.boilerplate.searchsorted((first, end)).tolist()
        return tuple((self.stories.boilerplate[low:high].astype(np.int64) - first + 1).tolist())

    @property
    def asides(self) -> Array:
        """The documents that are links, captions or notices, ascending."""
        return self.container["document.aside"]

    @property
    def headlines(self) -> Array:
        """The documents that repeat the headline of their article, ascending."""
        return self.container["document.headline"]

    @cached_property
    def hidden(self) -> Mask | None:
        """A mask of the documents that no hit shows if its article has others: boilerplate and repeated headlines.

        None if there are none.
        """
        return _with_documents(self.boilerplate, self.headlines, self.documents)

    @cached_property
    def weightless(self) -> Mask | None:
        """A mask of the documents that add nothing to a score: boilerplate, asides and repeated headlines.

        None if there are none.
        """
        return _with_documents(self.hidden, self.asides, self.documents)

    @cached_property
    def article_words(self) -> Ints:
        """The number of words in all paragraphs of each article that are not weightless."""
        sizes = self.fields["text"].sizes
        if not len(sizes):
            return NO_INTS
        if self.weightless is not None:
            sizes = np.where(self.weightless, sizes.dtype.type(0), sizes)
        return np.add.reduceat(sizes, self.first[:-1], dtype=np.int64)

    @cached_property
    def counted_words(self) -> int:
        """The number of words in all paragraphs of live articles that are not weightless."""
        words = self.article_words
        return int((words if self.live is None else words[self.live]).sum())

    @cached_property
    def live_count(self) -> int:
        """The number of live articles."""
        return self.articles if self.live is None else int(np.count_nonzero(self.live))

    @cached_property
    def novel(self) -> Mask:
        """A mask of the novel documents: paragraphs that are not redundant."""
        redundant = (
            _document_mask(self.stories.redundant, self.documents) if self.stories is not None else None
        )
        novel = np.ones(self.documents, np.bool_) if redundant is None else ~redundant
        novel[self.first[self.empty_articles]] = False
        return novel

    @cached_property
    def first_novel(self) -> Ints:
        """The first document of each article that is novel and not weightless; without any, its first novel one that may
        be shown, or else the one of :attr:`first_own`.
        """
        if self.weightless is None:
            return self._first_of(self.novel)
        shown = self.novel if self.hidden is None else self.novel & ~self.hidden
        return self._first_of(self.novel & ~self.weightless, self._first_of(shown, self.first_own))

    @cached_property
    def first_own(self) -> Ints:
        """The first document of each article that is not weightless, or its very first if it has none."""
        return self.first[:-1] if self.weightless is None else self._first_of(~self.weightless)

    def _first_of(self, chosen: Mask, otherwise: Ints | None = None) -> Ints:
        """Return for each article its first document that ``chosen`` selects; if none is selected, the one of
        ``otherwise``, or its very first.
        """
        documents = np.flatnonzero(chosen)
        articles = self.article[documents]
        new = run_starts(articles)
        first = (self.first[:-1] if otherwise is None else otherwise).copy()
        first[articles[new]] = documents[new]
        return first

    @cached_property
    def samples(self) -> SampleTable:
        """The min-hash samples of the documents."""
        return SampleTable(self.container)

    @property
    def signatures(self) -> Signatures:
        """The signatures of the articles."""
        return Signatures(*(self.container[name] for name in SIGNATURE_SECTIONS))

    @cached_property
    def rest(self) -> BlockStore:
        """The stored fields of each article that no other section has, as a JSON object, by article number."""
        return BlockStore(self.container, "header")

    @cached_property
    def bodies(self) -> BlockStore:
        """The text of each document, by document number."""
        return BlockStore(self.container, "body")


def _document_mask(documents: Array, size: int) -> Mask | None:
    if not len(documents):
        return None
    mask = np.zeros(size, np.bool_)
    mask[documents] = True
    return mask


def _with_documents(mask: Mask | None, documents: Array, size: int) -> Mask | None:
    """Return a mask, None if it selects nothing, with documents added to it. ``size`` is the number of all documents."""
    added = _document_mask(documents, size)
    if mask is None or added is None:
        return added if mask is None else mask
    return mask | added
