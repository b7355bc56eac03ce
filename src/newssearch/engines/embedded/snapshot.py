"""One commit of an index: what is found in it, in which order, and what it holds."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...article import Article, Paragraph
from ...errors import IndexDamagedError, NewssearchError, QueryError
from ...query import Diagnostic, Node
from ...request import FACET_FIELDS, FacetField, SearchOptions
from ...results import FacetValue
from .. import Contents, Found, FoundHit
from .evaluation import Evaluation
from .explain import explain
from .postings import Ints, Segments
from .schema import NONE, article_of
from .table import Mask, Table


class EmbeddedSnapshot:
    """One commit of an index; see :class:`newssearch.engines.Snapshot`."""

    def __init__(self, reader: Any, folder: Path) -> None:
        self._folder = folder
        self._reader = reader
        self._segments = Segments(reader)
        self._table = Table(self._segments)
        self._closed = False
        self._lock = threading.RLock()  # Whoosh's readers seek in files that threads would share

    def close(self) -> None:
        """Give back its files."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._reader.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One thread at a time; and what Whoosh stumbles over in its files, whatever it may be, is damage."""
        with self._lock:
            try:
                yield
            except NewssearchError:
                raise
            except RecursionError:
                raise QueryError("the query is nested too deeply") from None
            except Exception as error:
                message = f"{self._folder}: the index is damaged ({error!r}): make it anew with --rebuild"
                raise IndexDamagedError(message, self._folder) from error

    # ---- the search

    def search(self, tree: Node, options: SearchOptions) -> Found:
        """The page of hits that ``options`` asks for."""
        with self._reading():
            run = Evaluation(self._table, tree)
            articles = run.articles(tree) & run.filtered(options)
            docs, scores, holding = run.candidates(articles)
            matching = np.bincount(self._table.article[docs[holding]], minlength=len(articles))
            total = int(np.count_nonzero(articles))
            if not options.all_paragraphs:
                docs, scores = self._best_of_each(docs, scores)
            page = self._page(docs, scores, options)
            return Found(
                [
                    self._hit(int(docs[i]), float(scores[i]), int(matching[self._table.article[docs[i]]]))
                    for i in page
                ],
                total,
                int(np.count_nonzero(holding)),
                MappingProxyType({field: self._facet(field, articles) for field in options.facets}),
                _once([*run.notes, *run.unknown_words()]),
                explain(run, options) if options.explain or not total else (),
            )

    def _best_of_each(self, docs: Ints, scores: NDArray[np.float64]) -> tuple[Ints, NDArray[np.float64]]:
        """The best paragraph of each article: the highest score, then the first."""
        order = np.lexsort((docs, -scores, self._table.article[docs]))
        articles = self._table.article[docs[order]]
        best = order[np.append(True, articles[1:] != articles[:-1])] if len(order) else order
        return docs[best], scores[best]

    def _page(self, docs: Ints, scores: NDArray[np.float64], options: SearchOptions) -> list[int]:
        """The places in ``docs`` of the hits on the page, in the total order.

        By score, or date; then by date, or score; then by id; then by paragraph. Ids are read only of hits that
        nothing else tells apart, and that may be on the page.
        """
        instants = self._table.instant[self._table.article[docs]]
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
        articles = np.unique(self._table.article[docs[places]])
        rank = np.empty(len(articles), np.int64)
        ids = self._segments.texts("id", self._table.first[articles])
        rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
        ranks = rank[np.searchsorted(articles, self._table.article[docs[places]])]
        return places[np.lexsort((self._table.number[docs[places]], ranks))]

    def _hit(self, doc: int, score: float, matching: int) -> FoundHit:
        first = int(self._table.first[self._table.article[doc]])
        stored = self._segments.stored(first)
        article, count = article_of(stored)
        own = stored if doc == first else self._segments.stored(doc)
        paragraph = Paragraph(int(self._table.number[doc]), own["text"])
        return FoundHit(article, paragraph, score, count, matching)

    # ---- facets and contents

    def _facet(self, field: FacetField, articles: Mask) -> tuple[FacetValue, ...]:
        """The values of a field among ``articles``: most first, then by value; years and months in order."""
        if field in ("year", "month"):
            return self._date_facet(field, articles)
        codes, values = self._table.values(field)
        counts = np.bincount(codes[articles], minlength=len(values)).tolist()
        found = [FacetValue(value or None, n) for value, n in zip(values, counts, strict=True) if n]
        return tuple(
            sorted(found, key=lambda facet: (-facet.articles, facet.value is None, facet.value or ""))
        )

    def _date_facet(self, field: FacetField, articles: Mask) -> tuple[FacetValue, ...]:
        written = self._table.written[articles]
        dated = written[written != NONE]
        moments = np.datetime64("0001-01-01T00:00:00", "us") + dated.astype("timedelta64[us]")
        periods, counts = np.unique(
            moments.astype("datetime64[Y]" if field == "year" else "datetime64[M]"), return_counts=True
        )
        found = [FacetValue(str(period), n) for period, n in zip(periods, counts.tolist(), strict=True)]
        if len(dated) < len(written):
            found.append(FacetValue(None, len(written) - len(dated)))
        return tuple(found)

    def contents(self) -> Contents:
        """What there is in the index."""
        with self._reading():
            dates = self._table.written[self._table.alive & (self._table.written != NONE)]
            return Contents(
                articles=int(np.count_nonzero(self._table.alive)),
                paragraphs=self._table.paragraphs,
                words=int(self._table.words[self._table.is_paragraph].sum()),
                first_date=_day(dates.min()) if len(dates) else None,
                last_date=_day(dates.max()) if len(dates) else None,
                by_field=MappingProxyType(
                    {field: self._facet(field, self._table.alive) for field in FACET_FIELDS}
                ),
            )

    # ---- single articles

    def article(self, article_id: str) -> Article | None:
        """The article with that id, with its paragraphs."""
        with self._reading():
            docs = self._segments.docs("id", article_id)
            if not docs:
                return None
            stored = [self._segments.stored(doc) for doc in docs]
            paragraphs = tuple(Paragraph(fields["paragraph"], fields["text"]) for fields in stored)
            return article_of(stored[0], tuple(p for p in paragraphs if p.number))[0]

    def ids_ending(self, ending: str) -> list[str]:
        """The ids that end with ``ending``, sorted."""
        with self._reading():
            return sorted(
                found
                for found in self._table.ids(np.flatnonzero(self._table.alive))
                if found.endswith(ending)
            )

    def ids_matching(self, tree: Node, options: SearchOptions) -> list[str]:
        """The ids of all articles that a search finds, sorted."""
        with self._reading():
            run = Evaluation(self._table, tree)
            articles = run.articles(tree) & run.filtered(options)
            return sorted(self._table.ids(np.flatnonzero(articles)))

    def paths(self) -> list[str]:
        """The paths that articles were read from, sorted."""
        with self._reading():
            codes, values = self._table.values("path")
            return sorted(values[code] for code in np.unique(codes[self._table.alive]).tolist() if code)

    def ids_of(self, path: str) -> list[str]:
        """The ids of the articles that were read from ``path``, in the order of the index."""
        with self._reading():
            return self._table.ids(self._articles_of(path))

    # ---- for the writer

    def states(self, path: str) -> dict[str, str]:
        """The ids and states of the articles read from ``path``."""
        with self._reading():
            articles = self._articles_of(path)
            states = self._segments.texts("state", self._table.first[articles])
            return dict(zip(self._table.ids(articles), states, strict=True))

    def documents(self, article_id: str) -> list[int]:
        """The documents of an article."""
        with self._reading():
            return self._segments.docs("id", article_id)

    def state(self, article_id: str) -> str | None:
        """The state of an article, or None where there is none."""
        with self._reading():
            docs = self._segments.docs("id", article_id)
            return self._segments.texts("state", np.array(docs[:1]))[0] if docs else None

    def _articles_of(self, path: str) -> Ints:
        docs = np.array(self._segments.docs("path", path), np.int64)
        return self._table.article[docs[self._table.number[docs] <= 1]]


def _once(notes: list[Diagnostic]) -> list[Diagnostic]:
    """Each note once, in order: a clause may have been looked at several times."""
    return list(dict.fromkeys(notes))


def _day(passed: np.int64) -> dt.date:
    return (dt.datetime(1, 1, 1) + dt.timedelta(microseconds=int(passed))).date()
