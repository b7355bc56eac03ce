"""The lines of a concordance: all occurrences in order, found in the texts of the articles that match.

Only the places of occurrences are kept, as numbers. The texts of the page's lines, and of lines that are sorted by
adjacent words, are read a second time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.corpus.concordance import ConcordanceLine, LineOptions
from newssearch.corpus.sampling import sampling_keys, smallest
from newssearch.engines.article_times import NO_TIME
from newssearch.highlight.context import context_of, words_after, words_before
from newssearch.highlight.matcher import AnalysedText, Match
from newssearch.identity import id_number
from newssearch.system.kept import cached_property
from newssearch.text.analysis import analyser_named

from .documents import DocumentSource, shown_from
from .evaluation import VERIFIED_AT_ONCE, Evaluation, SearchCall
from .leaf_queries import ClusterQuery
from .occurrences import OccurrenceReader
from .ranking import ClusterRanking

LAST_DATE_KEY = 1 << 62
"""The sort key of undated articles, which come last in each order."""

IntColumn = NDArray[np.int64]


class _Article(NamedTuple):
    """An article with occurrences: its id, and its time, or :data:`~newssearch.engines.article_times.NO_TIME`."""

    id: str
    time: int

    def date_key(self, *, newest: bool) -> int:
        """Return the sort key by date."""
        return LAST_DATE_KEY if self.time == NO_TIME else -self.time if newest else self.time


class _Places(NamedTuple):
    """Places of occurrences, as parallel arrays: the index of the article, the paragraph, the first word, the end."""

    articles: IntColumn
    paragraphs: IntColumn
    firsts: IntColumn
    ends: IntColumn

    def at(self, chosen: IntColumn | slice) -> _Places:
        """Return the places at the given indices."""
        return _Places._make(column[chosen] for column in self)


class LineReader:
    """Reads the lines of a concordance. The request of ``evaluation`` must ask for all articles by relevance, ungrouped."""

    def __init__(
        self, search: SearchCall, evaluation: Evaluation, found: ClusterQuery, wanted: LineOptions
    ) -> None:
        self._search, self._evaluation, self._found, self._wanted = search, evaluation, found, wanted
        self._articles: list[_Article] = []
        columns = [array("q") for _ in _Places._fields]
        reader = OccurrenceReader(evaluation)
        self.paragraphs = 0
        """The number of paragraphs with an occurrence."""
        for source in reader.articles(search, found, "show words in context"):
            number = len(self._articles)
            self._articles.append(_Article(source["id"], int(source.get("instant", NO_TIME))))
            for one in reader.paragraphs(source):
                self.paragraphs += 1
                for match in one.matches:
                    for column, value in zip(columns, (number, one.number, *match), strict=True):
                        column.append(value)
        self._places = _Places._make(np.array(column, np.int64) for column in columns)

    @property
    def total(self) -> int:
        """The total number of occurrences."""
        return len(self._places.articles)

    @property
    def articles(self) -> int:
        """The number of articles with an occurrence in a paragraph."""
        return len(np.unique(self._places.articles))

    @cached_property
    def sample(self) -> int | None:
        """The size of the random sample of occurrences; None if all are used."""
        return self._wanted.drawn(self.total)

    def lines(self) -> tuple[ConcordanceLine, ...]:
        """Return the lines of the requested page, in order."""
        wanted = self._wanted
        end = self.total if self.sample is None else self.sample
        if wanted.limit is not None:
            end = min(end, wanted.offset + wanted.limit)
        if wanted.offset >= end:
            return ()
        places = self._places if self.sample is None else self._sampled(self.sample, wanted.seed or 0)
        if wanted.by_words:
            order = self._by_words(places)
        elif wanted.sort == "relevance":
            order = self._by_article(places, self._by_relevance(places, end))
        else:
            order = self._by_article(places, self._by_date(newest=wanted.sort == "newest"))
        return self._read(places.at(order[wanted.offset : end]))

    # ---- order

    def _sampled(self, size: int, seed: int) -> _Places:
        numbers = np.array([id_number(one.id) for one in self._articles], np.uint64)
        identity = (numbers[self._places.articles], *self._places[1:])
        return self._places.at(smallest(sampling_keys(seed, *identity), size, *identity))

    def _by_article(self, places: _Places, articles: Iterable[int]) -> IntColumn:
        """Return the indices of the places of the given articles, in the order of the articles."""
        rank = np.full(len(self._articles), len(self._articles))
        for at, number in enumerate(articles):
            rank[number] = at
        ranks = rank[places.articles]
        order: IntColumn = np.lexsort((places.ends, places.firsts, places.paragraphs, ranks))
        return order[ranks[order] < len(self._articles)]

    def _by_date(self, *, newest: bool) -> Sequence[int]:
        def key(number: int) -> tuple[int, str]:
            return self._articles[number].date_key(newest=newest), self._articles[number].id

        return sorted(range(len(self._articles)), key=key)

    def _by_relevance(self, places: _Places, end: int) -> Sequence[int]:
        """Return the first articles by relevance that together have at least ``end`` of the places."""
        lines = np.bincount(places.articles, minlength=len(self._articles))
        number_of = {one.id: number for number, one in enumerate(self._articles)}
        ranking = ClusterRanking(self._search, self._evaluation, self._found)
        most = end
        while True:
            ranked = ranking.first(most)
            found = [number_of[one.source["id"]] for one in ranked if one.source["id"] in number_of]
            if len(ranked) < most or int(lines[found].sum()) >= end:
                return found
            most *= 4

    def _by_words(self, places: _Places) -> IntColumn:
        """Return the indices of the places, sorted by the adjacent words, nearest word first."""
        words = words_before if self._wanted.sort == "left" else words_after
        rows = [
            (
                words(text, match, self._wanted.width), self._articles[number].date_key(newest=True), source["id"],
                paragraph, *match, at,
            )
            for at, number, source, paragraph, text, match in self._texts(places)
        ]  # fmt: skip
        return np.array([row[-1] for row in sorted(rows)], np.int64)

    # ---- texts

    def _read(self, places: _Places) -> tuple[ConcordanceLine, ...]:
        """Return the lines of the places, in the same order."""
        lines: list[tuple[int, ConcordanceLine]] = []
        for at, _, source, paragraph, text, match in self._texts(places):
            lines.append((at, concordance_line(source, paragraph, text, match, self._wanted.width)))
        return tuple(line for _, line in sorted(lines, key=lambda one: one[0]))

    def _texts(self, places: _Places) -> Iterator[tuple[int, int, DocumentSource, int, AnalysedText, Match]]:
        """Yield for each place its index, article, document, paragraph, text and words. Each article is read once."""
        of_article: dict[str, list[tuple[int, int, int, int]]] = {}
        rows = zip(*(column.tolist() for column in places), strict=True)
        for at, (number, paragraph, *match) in enumerate(rows):
            of_article.setdefault(self._articles[number].id, []).append((paragraph, *match, at))
        number_of = {one.id: number for number, one in enumerate(self._articles)}
        ids = sorted(of_article)
        for low in range(0, len(ids), VERIFIED_AT_ONCE):
            some = ids[low : low + VERIFIED_AT_ONCE]
            for source in self._evaluation.texts({"terms": {"id": some}}):
                analyser = analyser_named(source["analysis"])
                texts: dict[int, AnalysedText] = {}
                for paragraph, first, end, at in of_article[source["id"]]:
                    self._evaluation.check()
                    if paragraph not in texts:
                        texts[paragraph] = AnalysedText(source["texts"]["of"][paragraph - 1], analyser)
                    yield at, number_of[source["id"]], source, paragraph, texts[paragraph], (first, end)


def concordance_line(
    source: DocumentSource, paragraph: int, text: AnalysedText, match: Match, width: int
) -> ConcordanceLine:
    """Return the concordance line of a match in a paragraph, with ``width`` words on each side."""
    shown = shown_from(source)
    start, left, matched, right = context_of(text, match, width)
    return ConcordanceLine(
        id=shown["id"],
        paragraph=paragraph,
        date=shown["date"],
        outlet=shown["outlet"],
        title=shown["title"],
        left=left,
        match=matched,
        right=right,
        start=start,
    )
