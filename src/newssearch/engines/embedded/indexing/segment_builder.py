"""The segment builder makes the sections of a segment from articles.

Articles and *documents* are numbered in the order in which they were added. Each paragraph of an article is a document;
an article without paragraphs has one document without words. A segment has the sections of two text fields, ``text``
(of documents) and ``title`` (of articles), see :mod:`.inverter`; the min-hash samples of :mod:`segment.shingles`; and:

======================  ===============================================================================================
``article.first``       the first document of each article, then the number of documents
``article.empty``       the articles without paragraphs
``article.lead``        two per article: the numbers of the paragraphs of its lead (:mod:`newssearch.lead`), or 0
``article.local``       the publication time of each article by the outlet's clock, in microseconds, or NO_TIME
``article.instant``     the publication time of each article in UTC, in microseconds, or NO_TIME
``article.precision``   whether the date of each article is a moment, a day, a month or a year: see :mod:`newssearch.engines.article_times`
``article.id``          the id of each article (:class:`~storage.container.StringTable`)
``article.id.order``    the articles, sorted by id
``article.digest``      the numbers of the digests of all ids (:func:`newssearch.identity.id_number`), sorted
``article.digest.order``  the article of each
``article.version``     the number of the version of each article, from 1
``version.identity``    for the articles that are one version each of an article (:attr:`Article.version_of`), the number
                        of the id that its versions share, ascending; empty unless an archive keeps all versions
``version.article``     the article of each
``article.added``       the time at which each article came into the index, in microseconds of UTC
``article.shown``       the headline, address, date and place of each article, see :mod:`segment.stored_fields`
``article.state``       the state with which each article was added; a different state shows that it has changed
``article.F``           for each field F of NUMBERED, the number of each article's value, 0 for no value;
                        ``article.F.values`` holds the values, sorted by ``article.F.keys``, which filters compare
``analysis.added``      the names of analyses that other packages add, see :mod:`segment.added_analyses`
``own.F.…``             the own fields F, see :mod:`segment.own_fields`
``document.article``    the article of each document
``document.aside``      the documents that are links, captions or notices (:func:`newssearch.lead.weightless_paragraphs`), ascending
``document.headline``   the documents that repeat the headline of their article, ascending
``header``, ``body``    the other fields of each article as JSON; the text of each document
                        (:class:`~storage.block_store.BlockStore`)
======================  ===============================================================================================
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np

from newssearch.article import Article
from newssearch.engines.article_times import added_time, date_columns
from newssearch.engines.embedded.segment.added_analyses import added_sections
from newssearch.engines.embedded.segment.own_fields import OwnValues
from newssearch.engines.embedded.segment.shingles import sample_sections
from newssearch.engines.embedded.segment.stored_fields import NUMBERED, numbered_of, rest_of, shown_of
from newssearch.engines.embedded.storage.block_store import block_sections
from newssearch.engines.embedded.storage.container import Array, narrow, string_sections
from newssearch.engines.shingles import sample_texts
from newssearch.extra import texts_of
from newssearch.fields import EXACT_FIELDS, WHOLE_FIELDS, WORD_FIELDS, ArticleField
from newssearch.identity import id_number, normal_key
from newssearch.lead import lead_and_weightless
from newssearch.query import LEAD
from newssearch.text.analysis import key, name_words

from .inverter import Articles, invert
from .lexicon import Lexicon


class SegmentBuilder:
    """Collects the articles of one segment, and makes the sections of the segment from them."""

    def __init__(self, own: Sequence[ArticleField] = ()) -> None:
        """Begin a segment with the given own fields."""
        self._own: dict[str, OwnValues] = {}
        self.keep(own)
        self._first = array("I", [0])
        self._empty = array("I")
        self._lead = array("I")
        self._asides = array("I")
        self._headlines = array("I")
        self._local = array("q")
        self._instant = array("q")
        self._precision = array("B")
        self._added = array("q")
        self._version = array("I")
        self._version_of: dict[int, str] = {}
        self._ids: list[bytes] = []
        self._states: list[bytes] = []
        self._values: dict[str, list[str]] = {name: [] for name in NUMBERED}
        self._shown: list[bytes] = []
        self._rest: list[bytes] = []
        self._titles: list[bytes] = []
        self._analyses: list[str] = []
        self._bodies: list[bytes] = []
        self._size = 0

    @property
    def documents(self) -> int:
        """The number of documents that were added: one for each paragraph; one for an article without paragraphs."""
        return len(self._bodies)

    @property
    def size(self) -> int:
        """The number of bytes of paragraph text that were added, in UTF-8."""
        return self._size

    def keep(self, own: Sequence[ArticleField]) -> None:
        """Let the segment have the given own fields besides those that it has."""
        self._own = {field.name: self._own.get(field.name) or OwnValues(field) for field in own}

    def add(self, article: Article, state: str, analysis: str) -> None:
        """Add an article, whose terms the named analysis makes.

        ``state`` is a string by which the caller recognises later whether the article has changed.
        """
        title = (article.title or "").encode()
        texts = [paragraph.text.encode() for paragraph in article.paragraphs]
        if not texts:
            self._empty.append(len(self._ids))
        numbers, weightless = lead_and_weightless(article)
        self._lead.extend((*numbers, *(0,) * (LEAD - len(numbers))))
        first = len(self._bodies)
        self._asides.extend(first + number - 1 for number in weightless.asides)
        self._headlines.extend(first + number - 1 for number in weightless.headlines)
        self._titles.append(title)
        self._bodies += texts or [b""]
        self._size += sum(map(len, texts))
        self._analyses.append(analysis)
        self._first.append(len(self._bodies))
        dated = date_columns(article.date, article.provenance.get("date"))
        self._local.append(dated.local)
        self._instant.append(dated.instant)
        self._precision.append(dated.precision)
        self._added.append(added_time(article))
        self._version.append(article.version)
        for name, value in article.extra.items():
            self._own[name].add(len(self._ids), texts_of(value))
        if article.version_of is not None:
            self._version_of[len(self._ids)] = article.version_of
        self._ids.append(article.id.encode())
        self._states.append(state.encode())
        for name, values in self._values.items():
            values.append(numbered_of(article, name))
        self._shown.append(shown_of(article))
        self._rest.append(rest_of(article))

    def sections(self, lexicon: Lexicon) -> dict[str, Array]:
        """Return all sections of the segment. ``lexicon`` turns texts into word numbers; new words are added to it."""
        first = np.array(self._first, np.uint32)
        sections: dict[str, Array] = {
            "article.first": first,
            "article.empty": np.array(self._empty, np.uint32),
            "article.lead": narrow(np.array(self._lead, np.int64)),
            "article.local": np.array(self._local, np.int64),
            "article.instant": np.array(self._instant, np.int64),
            "article.precision": np.array(self._precision, np.uint8),
            "article.version": narrow(np.array(self._version, np.int64)),
            "article.added": np.array(self._added, np.int64),
            "document.article": document_articles(first),
            "document.aside": np.array(self._asides, np.uint32),
            "document.headline": np.array(self._headlines, np.uint32),
            **id_sections(self._ids),
            **version_sections(
                np.array([id_number(shared) for shared in self._version_of.values()], np.uint64),
                np.array([*self._version_of], np.int64),
            ),
            **string_sections("article.shown", self._shown),
            **string_sections("article.state", self._states),
            **added_sections(self._analyses),
        }
        for name, values in self._values.items():
            sections |= value_sections(name, values)
        for own in self._own.values():
            sections |= own.sections()
        sections |= invert("title", lexicon.tokens(self._titles, self._analyses), lexicon.words)
        of_documents = [self._analyses[article] for article in sections["document.article"].tolist()]
        tokens = lexicon.tokens(self._bodies, of_documents)
        articles = Articles(sections["document.article"], first, tokens.sizes)
        sections |= invert("text", tokens, lexicon.words, articles)
        samples = sample_texts(lexicon.words.hashes()[tokens.words], tokens.sizes)
        sections |= sample_sections(samples, sections["document.article"], first)
        return sections | block_sections("header", self._rest) | block_sections("body", self._bodies)


def document_articles(first: Array) -> Array:
    """Return the article of each document.

    ``first`` has the first document of each article, then the number of all documents.
    """
    return np.repeat(np.arange(len(first) - 1, dtype=np.uint32), np.diff(first))


def id_sections(ids: list[bytes]) -> dict[str, Array]:
    """Return the sections of the ids of articles: the ids, their order, and the sorted numbers of their digests."""
    numbers = np.array([id_number(one.decode()) for one in ids], np.uint64)
    order = np.argsort(numbers, kind="stable")
    return {
        **string_sections("article.id", ids),
        "article.id.order": np.array(sorted(range(len(ids)), key=ids.__getitem__), np.uint32),
        "article.digest": numbers[order],
        "article.digest.order": order.astype(np.uint32),
    }


def version_sections(identities: Array, articles: Array) -> dict[str, Array]:
    """Return the sections of the articles that are one version each: their identities, and their numbers."""
    order = np.lexsort((articles, identities))
    return {"version.identity": identities[order], "version.article": articles[order].astype(np.uint32)}


# ---- values


def filter_key(name: str, value: str) -> str:
    """Return the key of a value of the field ``name``: filters do not distinguish values with equal keys."""
    if name in WORD_FIELDS:
        return " ".join(name_words(value))
    if name in EXACT_FIELDS:
        return normal_key(value)
    return key(value) if name in WHOLE_FIELDS else value


def value_sections(name: str, values: list[str]) -> dict[str, Array]:
    """Return the sections of the numbered field ``name``. ``values`` has the value of each article, ``""`` for none."""
    distinct = sorted((filter_key(name, value), value) for value in set(values) - {""})
    number = {value: n for n, (_, value) in enumerate(distinct, start=1)} | {"": 0}
    return {
        f"article.{name}": narrow(np.array([number[value] for value in values], np.int64)),
        **string_sections(f"article.{name}.values", [b"", *(value.encode() for _, value in distinct)]),
        **string_sections(f"article.{name}.keys", [b"", *(value_key.encode() for value_key, _ in distinct)]),
    }
