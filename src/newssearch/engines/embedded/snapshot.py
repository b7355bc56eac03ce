"""One commit of an index, evaluated as arrays.

Documents are paragraphs, and those of one article stand side by side, so that an article is a run of documents:
``_first[a]`` to ``_first[a + 1]``. A query is evaluated in two steps: which articles (a mask over articles for each
node of the tree), then which of their paragraphs, with what score.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...analysis import analyser_named, analysis_of, key, name_words
from ...article import Article, Paragraph
from ...query import And, Diagnostic, Everything, Node, Not, Or, Phrase, Word, leaves
from ...request import FACET_FIELDS, FacetField, FilterField, SearchOptions
from ...results import FacetValue
from .. import Contents, Found, FoundHit
from . import ranking
from .postings import NO_POSTINGS, Ints, Postings, Segments, merge
from .schema import BY_WORDS, NONE, article_of, seconds

Mask = NDArray[np.bool_]


class _Leaf(NamedTuple):
    """A word or phrase of the query: where it stands in paragraphs (by document) and in headlines (by article)."""

    text: Postings
    title: Postings


class _Values(NamedTuple):
    """A field of all articles: ``values[codes[a]]``; the first value is ``""``, for articles without it."""

    codes: Ints
    values: list[str]


class EmbeddedSnapshot:
    """One commit of an index; see :class:`newssearch.engines.Snapshot`."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._segments = Segments(reader)
        self._closed = False
        self._lock = threading.RLock()  # Whoosh's readers seek in files that threads would share
        self._fields: dict[str, _Values] = {}

    def close(self) -> None:
        """Give back its files."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._reader.close()

    # ---- what is known of all articles, read when first asked for

    @cached_property
    def _number(self) -> Ints:
        return self._segments.numbers("number")

    @cached_property
    def _first(self) -> Ints:
        """The first document of each article, and the end: an article's paragraphs count up from 1 (or 0)."""
        return np.append(np.flatnonzero(self._number <= 1), self._segments.size)

    @cached_property
    def _article(self) -> Ints:
        """The article of each document."""
        return np.repeat(np.arange(len(self._first) - 1), np.diff(self._first))

    @cached_property
    def _alive(self) -> Mask:
        """Which articles are not deleted."""
        alive = np.ones(len(self._first) - 1, np.bool_)
        alive[self._article[self._segments.deleted]] = False
        return alive

    @cached_property
    def _is_paragraph(self) -> Mask:
        """Which documents are paragraphs of articles that are not deleted."""
        mask: Mask = (self._number > 0) & self._alive[self._article]
        return mask

    @cached_property
    def _paragraphs(self) -> int:
        return int(np.count_nonzero(self._is_paragraph))

    @cached_property
    def _words(self) -> Ints:
        return self._segments.numbers("words")

    @cached_property
    def _title_words(self) -> Ints:
        return self._segments.numbers("title_words")[self._first[:-1]]

    @cached_property
    def _mean_words(self) -> float:
        return float(self._words[self._is_paragraph].mean()) if self._paragraphs else 1.0

    @cached_property
    def _mean_title_words(self) -> float:
        titled = self._title_words[self._alive & (self._title_words > 0)]
        return float(titled.mean()) if len(titled) else 1.0

    @cached_property
    def _written(self) -> Ints:
        return self._segments.numbers("written")[self._first[:-1]]

    @cached_property
    def _instant(self) -> Ints:
        return self._segments.numbers("instant")[self._first[:-1]]

    def _values(self, field: str) -> _Values:
        if field not in self._fields:
            texts = self._segments.texts(field, self._first[:-1])
            values = ["", *sorted(set(texts) - {""})]
            code = {value: number for number, value in enumerate(values)}
            self._fields[field] = _Values(np.array([code[text] for text in texts], np.int64), values)
        return self._fields[field]

    @cached_property
    def _analysis(self) -> dict[str, Mask]:
        """The articles of each analysis."""
        langs = self._values("lang")
        names = [analysis_of(value) for value in langs.values]
        found: dict[str, Mask] = {}
        for name in sorted(set(names)):
            mask = np.isin(langs.codes, [code for code, other in enumerate(names) if other == name])
            if mask.any():
                found[name] = mask
        return found

    # ---- words and phrases

    def _leaf(self, leaf: Word | Phrase) -> _Leaf:
        """Where a word or phrase stands, analysed for each language as its articles were."""
        by_terms: dict[tuple[str, ...], list[Mask]] = {}
        for name, mask in self._analysis.items():
            by_terms.setdefault(tuple(analyser_named(name).terms(leaf.text)), []).append(mask)
        texts, titles = [], []
        for terms, masks in by_terms.items():
            allowed = self._alive & (_any_of(masks) if len(by_terms) > 1 else True)
            text = self._postings("text", terms)
            keep = allowed[self._article[text.docs]]
            texts.append(Postings(text.docs[keep], text.counts[keep]))
            title = self._postings("title", terms)
            keep = self._number[title.docs] <= 1
            articles, counts = self._article[title.docs[keep]], title.counts[keep]
            keep = allowed[articles]
            titles.append(Postings(articles[keep], counts[keep]))
        return _Leaf(merge(texts), merge(titles))

    def _postings(self, field: str, terms: tuple[str, ...]) -> Postings:
        if not terms:
            return NO_POSTINGS
        return (
            self._segments.term(field, terms[0]) if len(terms) == 1 else self._segments.phrase(field, terms)
        )

    # ---- articles

    def _articles(self, node: Node, found: dict[Word | Phrase, _Leaf]) -> Mask:
        """The articles that a node finds, deleted ones left out."""
        if isinstance(node, Word | Phrase):
            mask = np.zeros(len(self._alive), np.bool_)
            mask[self._article[found[node].text.docs]] = True
            mask[found[node].title.docs] = True
            return mask
        if isinstance(node, Not):
            return self._alive & ~self._articles(node.operand, found)
        if isinstance(node, And):
            return _all_of([self._articles(operand, found) for operand in node.operands])
        if isinstance(node, Or):
            return _any_of([self._articles(operand, found) for operand in node.operands])
        return self._alive.copy() if isinstance(node, Everything) else np.zeros(len(self._alive), np.bool_)

    def _filtered(self, options: SearchOptions, notes: list[Diagnostic]) -> Mask:
        """The articles that pass all filters."""
        mask = np.ones(len(self._alive), np.bool_)
        for field, wanted in options.filters:
            any_of = np.zeros(len(mask), np.bool_)
            for value in wanted:
                codes = self._codes(field, value)
                if codes:
                    any_of |= np.isin(self._values(field).codes, codes)
                else:
                    notes.append(self._unknown(field, value))
            mask &= any_of
        if options.start is not None:
            mask &= self._written >= seconds_up(options.start)
        if options.end is not None:
            mask &= (self._written != NONE) & (self._written < seconds_up(options.end))
        return mask

    def _codes(self, field: FilterField, wanted: str) -> list[int]:
        """The codes of the values that a filter means: a name as a whole, some words of it, or a language's variants."""
        values = enumerate(self._values(field).values[1:], start=1)
        if field in BY_WORDS:
            words = name_words(wanted)
            return [code for code, value in values if words and _contains(name_words(value), words)]
        name = key(wanted)
        if field == "lang":
            tag = name.replace("_", "-")
            return [
                code for code, value in values if f"{key(value).replace('_', '-')}-".startswith(f"{tag}-")
            ]
        return [code for code, value in values if key(value) == name]

    def _unknown(self, field: FilterField, wanted: str) -> Diagnostic:
        values = self._values(field).values[1:]
        keys = {key(value): value for value in values}
        near = (
            get_close_matches(key(wanted), keys, 3, 0.6) or [name for name in keys if key(wanted) in name][:3]
        )
        hint = f"did you mean {' or '.join(keys[name] for name in near)}?" if near else ""
        return Diagnostic("unknown-value", f"no article has the {field} {wanted!r}", suggestion=hint)

    # ---- the search

    def search(self, tree: Node, options: SearchOptions) -> Found:
        """The page of hits that ``options`` asks for."""
        with self._lock:
            notes: list[Diagnostic] = []
            found = {leaf: self._leaf(leaf) for leaf, _ in leaves(tree)}
            articles = self._articles(tree, found) & self._filtered(options, notes)
            docs, scores, holding = self._candidates(tree, found, articles)
            matching = np.bincount(self._article[docs[holding]], minlength=len(articles))
            if not options.all_paragraphs:
                docs, scores = self._best_of_each(docs, scores)
            page = self._page(docs, scores, options)
            return Found(
                [
                    self._hit(int(docs[i]), float(scores[i]), int(matching[self._article[docs[i]]]))
                    for i in page
                ],
                int(np.count_nonzero(articles)),
                int(np.count_nonzero(holding)),
                MappingProxyType({field: self._facet(field, articles) for field in options.facets}),
                notes,
            )

    def _candidates(
        self, tree: Node, found: dict[Word | Phrase, _Leaf], articles: Mask
    ) -> tuple[Ints, NDArray[np.float64], Mask]:
        """The documents to rank, ascending, with their scores; and which hold a word or phrase of the query.

        Those that do not stand for articles in which no paragraph does: their first one.
        """
        wanted = [found[leaf] for leaf, negated in leaves(tree) if not negated]
        holds = np.zeros(self._segments.size, np.bool_)
        for leaf in wanted:
            holds[leaf.text.docs] = True
        holds &= articles[self._article]
        candidates = holds.copy()
        bare = articles.copy()
        bare[self._article[holds]] = False
        candidates[self._first[:-1][bare]] = True
        docs = np.flatnonzero(candidates)
        return docs, self._scores(docs, tree, found), holds[docs]

    def _scores(self, docs: Ints, tree: Node, found: dict[Word | Phrase, _Leaf]) -> NDArray[np.float64]:
        """The score of each of ``docs``: see :mod:`.ranking`."""
        scores = np.zeros(len(docs))
        articles = self._article[docs]
        for node, negated in leaves(tree):
            if negated:
                continue
            leaf = found[node]
            weights = np.zeros(len(docs))
            here, there = _common(docs, leaf.text.docs)
            weights[here] = ranking.in_text(
                leaf.text.counts[there], self._words[docs[here]], self._mean_words
            )
            if len(leaf.title.docs):
                lengths = self._title_words[leaf.title.docs]
                in_titles = np.zeros(len(self._alive))
                in_titles[leaf.title.docs] = ranking.in_title(
                    leaf.title.counts, lengths, self._mean_title_words
                )
                weights += in_titles[articles]
            scores += ranking.idf(self._paragraphs, len(leaf.text.docs)) * ranking.saturated(weights)
        return scores

    def _best_of_each(self, docs: Ints, scores: NDArray[np.float64]) -> tuple[Ints, NDArray[np.float64]]:
        """The best paragraph of each article: the highest score, then the first."""
        order = np.lexsort((docs, -scores, self._article[docs]))
        articles = self._article[docs[order]]
        best = order[np.append(True, articles[1:] != articles[:-1])] if len(order) else order
        return docs[best], scores[best]

    def _page(self, docs: Ints, scores: NDArray[np.float64], options: SearchOptions) -> list[int]:
        """The places in ``docs`` of the hits on the page, in the total order.

        By score, or date; then by date, or score; then by id; then by paragraph. Ids are read only of hits that
        nothing else tells apart, and that may be on the page.
        """
        instants = self._instant[self._article[docs]]
        first: NDArray[Any] = -scores
        second: NDArray[Any] = -instants
        if options.sort != "relevance":
            last = np.iinfo(np.int64).max
            first = np.where(instants == NONE, last, -instants if options.sort == "newest" else instants)
            second = -scores
        order = np.lexsort((docs, second, first))
        end = len(order) if options.limit is None else min(options.offset + options.limit, len(order))
        if options.offset >= end:
            return []
        changes = (np.diff(first[order]) != 0) | (np.diff(second[order]) != 0)
        starts = np.flatnonzero(np.append(True, changes))
        ends = np.append(starts[1:], len(order))
        page: list[int] = []
        for low, high in zip(starts.tolist(), ends.tolist(), strict=True):
            if high <= options.offset:
                continue
            if low >= end:
                break
            tied = order[low:high]
            if high - low > 1:
                tied = self._by_id(tied, docs)
            page.extend(tied[max(options.offset - low, 0) : end - low].tolist())
        return page

    def _by_id(self, places: Ints, docs: Ints) -> Ints:
        articles = np.unique(self._article[docs[places]])
        rank = np.empty(len(articles), np.int64)
        ids = self._segments.texts("id", self._first[articles])
        rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
        ranks = rank[np.searchsorted(articles, self._article[docs[places]])]
        return places[np.lexsort((self._number[docs[places]], ranks))]

    def _hit(self, doc: int, score: float, matching: int) -> FoundHit:
        first = int(self._first[self._article[doc]])
        stored = self._segments.stored(first)
        article, count = article_of(stored)
        own = stored if doc == first else self._segments.stored(doc)
        paragraph = Paragraph(int(self._number[doc]), own["text"])
        return FoundHit(article, paragraph, score, count, matching)

    # ---- facets and contents

    def _facet(self, field: FacetField, articles: Mask) -> tuple[FacetValue, ...]:
        """The values of a field among ``articles``: most first, then by value; years and months in order."""
        if field in ("year", "month"):
            return self._date_facet(field, articles)
        codes, values = self._values(field)
        counts = np.bincount(codes[articles], minlength=len(values)).tolist()
        found = [FacetValue(value or None, n) for value, n in zip(values, counts, strict=True) if n]
        return tuple(
            sorted(found, key=lambda facet: (-facet.articles, facet.value is None, facet.value or ""))
        )

    def _date_facet(self, field: FacetField, articles: Mask) -> tuple[FacetValue, ...]:
        written = self._written[articles]
        dated = written[written != NONE]
        moments = np.datetime64("0001-01-01T00:00:00", "s") + dated.astype("timedelta64[s]")
        periods, counts = np.unique(
            moments.astype("datetime64[Y]" if field == "year" else "datetime64[M]"), return_counts=True
        )
        found = [FacetValue(str(period), n) for period, n in zip(periods, counts.tolist(), strict=True)]
        if len(dated) < len(written):
            found.append(FacetValue(None, len(written) - len(dated)))
        return tuple(found)

    def contents(self) -> Contents:
        """What there is in the index."""
        with self._lock:
            dates = self._written[self._alive & (self._written != NONE)]
            return Contents(
                articles=int(np.count_nonzero(self._alive)),
                paragraphs=self._paragraphs,
                words=int(self._words[self._is_paragraph].sum()),
                first_date=_day(dates.min()) if len(dates) else None,
                last_date=_day(dates.max()) if len(dates) else None,
                by_field=MappingProxyType({field: self._facet(field, self._alive) for field in FACET_FIELDS}),
            )

    # ---- single articles

    def article(self, article_id: str) -> Article | None:
        """The article with that id, with its paragraphs."""
        with self._lock:
            docs = self._segments.docs("id", article_id)
            if not docs:
                return None
            stored = [self._segments.stored(doc) for doc in docs]
            paragraphs = tuple(Paragraph(fields["paragraph"], fields["text"]) for fields in stored)
            return article_of(stored[0], tuple(p for p in paragraphs if p.number))[0]

    def ids_ending(self, ending: str) -> list[str]:
        """The ids that end with ``ending``, sorted."""
        with self._lock:
            return sorted(found for found in self._ids(np.flatnonzero(self._alive)) if found.endswith(ending))

    def ids_matching(self, tree: Node, options: SearchOptions) -> list[str]:
        """The ids of all articles that a search finds, sorted."""
        with self._lock:
            found = {leaf: self._leaf(leaf) for leaf, _ in leaves(tree)}
            articles = self._articles(tree, found) & self._filtered(options, [])
            return sorted(self._ids(np.flatnonzero(articles)))

    def paths(self) -> list[str]:
        """The paths that articles were read from, sorted."""
        with self._lock:
            codes, values = self._values("path")
            return sorted(values[code] for code in np.unique(codes[self._alive]).tolist() if code)

    def ids_of(self, path: str) -> list[str]:
        """The ids of the articles that were read from ``path``, in the order of the index."""
        with self._lock:
            return self._ids(self._articles_of(path))

    # ---- for the writer

    def states(self, path: str) -> dict[str, str]:
        """The ids and states of the articles read from ``path``."""
        with self._lock:
            articles = self._articles_of(path)
            states = self._segments.texts("state", self._first[articles])
            return dict(zip(self._ids(articles), states, strict=True))

    def documents(self, article_id: str) -> list[int]:
        """The documents of an article."""
        with self._lock:
            return self._segments.docs("id", article_id)

    def state(self, article_id: str) -> str | None:
        """The state of an article, or None where there is none."""
        with self._lock:
            docs = self._segments.docs("id", article_id)
            return self._segments.texts("state", np.array(docs[:1]))[0] if docs else None

    def _articles_of(self, path: str) -> Ints:
        docs = np.array(self._segments.docs("path", path), np.int64)
        return self._article[docs[self._number[docs] <= 1]]

    def _ids(self, articles: Ints) -> list[str]:
        return self._segments.texts("id", self._first[articles])


def seconds_up(moment: dt.datetime) -> int:
    """Whole seconds to a moment, a started one counted: dates have no fractions, so that both bounds hold."""
    return seconds(moment) + (1 if moment.microsecond else 0)


def _all_of(masks: list[Mask]) -> Mask:
    return np.asarray(np.logical_and.reduce(masks), np.bool_)


def _any_of(masks: list[Mask]) -> Mask:
    return np.asarray(np.logical_or.reduce(masks), np.bool_)


def _common(docs: Ints, others: Ints) -> tuple[Ints, Ints]:
    """The places in each of two ascending arrays of what is in both."""
    if not len(others):
        return others, others
    places = np.searchsorted(others, docs)
    places[places == len(others)] = 0
    here = np.flatnonzero(others[places] == docs)
    return here, places[here]


def _contains(words: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return any(list(words[i : i + size]) == list(wanted) for i in range(len(words) - size + 1))


def _day(passed: np.int64) -> dt.date:
    return (dt.datetime(1, 1, 1) + dt.timedelta(seconds=int(passed))).date()
