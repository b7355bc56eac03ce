"""The lines of a concordance: occurrences in order. Texts are read only where needed.

The order by date or relevance needs the number of occurrences in each article. Positions are then read for the
articles on the page, and texts for its lines. The order by adjacent words needs the text of each line: if there are
too many, a random sample is sorted, and only sort keys are kept while texts are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np

from newssearch.corpus.concordance import ConcordanceLine, LineOptions
from newssearch.engines.embedded.search.evaluator import QueryEvaluator
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.sorted_sets import Ints, Mask
from newssearch.highlight.context import context_of, words_after, words_before
from newssearch.highlight.matcher import AnalysedText, Match
from newssearch.request import ResolvedRequest
from newssearch.system.kept import cached_property
from newssearch.text.languages import ADDED

from .article_order import by_date, by_relevance, date_keys, ids_of
from .occurrences import occurrences_by_segment
from .places import PlaceReader, Places


class ConcordanceReader:
    """Reads the lines of a concordance. ``found`` masks the articles of the index that the query finds."""

    def __init__(
        self, evaluator: QueryEvaluator, found: Mask, request: ResolvedRequest, wanted: LineOptions
    ) -> None:
        self._evaluator, self._found, self._request, self._wanted = evaluator, found, request, wanted
        self._parts = list(occurrences_by_segment(evaluator, found, request))
        self._places = PlaceReader(evaluator.reader, self._parts, request.check)

    # ---- counts

    @cached_property
    def total(self) -> int:
        """The total number of occurrences."""
        return sum(part.total for part in self._parts)

    @cached_property
    def paragraphs(self) -> int:
        """The number of paragraphs with an occurrence."""
        return sum(int(part.paragraphs_by_article.counts.sum()) for part in self._parts)

    @cached_property
    def without_lines(self) -> int:
        """The number of matching articles without an occurrence in a paragraph."""
        with_lines = sum(len(part.by_article.articles) for part in self._parts)
        return int(np.count_nonzero(self._found)) - with_lines

    @cached_property
    def sample(self) -> int | None:
        """The size of the random sample of occurrences; None if all are used."""
        return self._wanted.drawn(self.total)

    # ---- lines

    def lines(self) -> tuple[ConcordanceLine, ...]:
        """Return the lines of the requested page, in order."""
        wanted = self._wanted
        end = self.total if self.sample is None else self.sample
        if wanted.limit is not None:
            end = min(end, wanted.offset + wanted.limit)
        if wanted.offset >= end:
            return ()
        chosen = None if self.sample is None else self._places.sampled(self.sample, wanted.seed or 0)
        if wanted.by_words:
            places = self._places.all() if chosen is None else chosen
            return self._read(places.at(self._by_words(places)[wanted.offset : end]))
        return self._read(self._by_article(chosen, wanted.offset, end))

    def _by_article(self, chosen: Places | None, low: int, high: int) -> Places:
        """Return the places of the lines from ``low`` up to but not including ``high``, in order of their articles.

        With ``chosen``, only these places count.
        """
        reader = self._evaluator.reader
        counts = self._counts() if chosen is None else self._counts_of(chosen)
        if self._wanted.sort == "relevance":
            page = by_relevance(self._evaluator, self._found, self._request, counts, low, high)
        else:
            page = by_date(reader, counts, low, high, newest=self._wanted.sort == "newest")
        rank = np.full(reader.articles, -1)
        rank[page.articles] = np.arange(len(page.articles))
        places = self._places.of_articles(page.articles) if chosen is None else chosen
        ranks = self._places.of_each(places, rank)
        order = ranks.argsort(kind="stable")[np.count_nonzero(ranks < 0) :]
        return places.at(order[low - page.passed : high - page.passed])

    def _counts(self) -> Ints:
        """Return the number of occurrences in each article of the index."""
        counts = np.zeros(self._evaluator.reader.articles, np.int64)
        parts = zip(self._parts, self._evaluator.reader.by_segment(counts), strict=True)
        for part, (_, of_segment) in parts:
            of_segment[part.by_article.articles] = part.by_article.counts
        return counts

    def _counts_of(self, places: Places) -> Ints:
        """Return the number of places in each article of the index."""
        return np.bincount(self._articles_of(places), minlength=self._evaluator.reader.articles)

    def _articles_of(self, places: Places) -> Ints:
        """Return the number of the article of each place among all articles of the index."""
        return self._places.of_each(places, np.arange(self._evaluator.reader.articles))

    # ---- texts

    def _by_words(self, places: Places) -> Ints:
        """Return the indices of the places, sorted by the adjacent words, nearest word first.

        Ties are ordered by date, newest first, then by id, paragraph and position.
        """
        words = words_before if self._wanted.sort == "left" else words_after
        articles = self._articles_of(places)
        several, which = np.unique(articles, return_inverse=True)
        dates = date_keys(self._evaluator.reader, several, newest=True)[which].tolist()
        ids = ids_of(self._evaluator.reader, several)
        rows = [
            (words(text, match, self._wanted.width), dates[at], ids[which[at]], document, *match, at)
            for at, _, document, text, match in self._texts(places)
        ]
        return np.array([row[-1] for row in sorted(rows)], np.int64)

    def _read(self, places: Places) -> tuple[ConcordanceLine, ...]:
        """Return the lines of the places, in the same order."""
        lines: list[tuple[int, ConcordanceLine]] = []
        read: tuple[Segment, int] | None = None
        for at, segment, document, text, match in self._texts(places):
            if read != (place := (segment, segment.article_of(document))):
                read, shown = place, segment.shown(place[1])
            start, left, matched, right = context_of(text, match, self._wanted.width)
            line = ConcordanceLine(
                id=shown["id"],
                paragraph=segment.number_of(document),
                date=shown["date"],
                outlet=shown["outlet"],
                title=shown["title"],
                left=left,
                match=matched,
                right=right,
                start=start,
            )
            lines.append((at, line))
        return tuple(line for _, line in sorted(lines, key=lambda one: one[0]))

    def _texts(self, places: Places) -> Iterator[tuple[int, Segment, int, AnalysedText, Match]]:
        """Yield the index of each place, its segment, document, text and words. Each text is read once, in stored order."""
        for segment, here in self._places.by_segment(places):
            languages = segment.values("lang")
            documents = places.documents[here]
            order = documents.argsort(kind="stable")
            rows = zip(
                documents[order].tolist(), here[order].tolist(),
                places.firsts[here[order]].tolist(), places.ends[here[order]].tolist(), strict=True,
            )  # fmt: skip
            for document, of_document in groupby(rows, key=lambda row: row[0]):
                self._request.check()
                lang = languages.values[languages.codes[segment.article_of(document)]]
                text = AnalysedText(segment.bodies[document], segment.analyser(lang))
                for _, at, first, end in of_document:
                    _require_word_count(text, end)
                    yield at, segment, document, text, (first, end)


def _require_word_count(text: AnalysedText, end: int) -> None:
    """Raise AnalyserError if a package divides a text into fewer than ``end`` words, where a match in the index ends."""
    if end > len(text.terms) and ADDED in text.analyser.name:
        from newssearch.text.added_analyser import AddedAnalyser  # few indexes have one

        assert isinstance(text.analyser, AddedAnalyser), "its name says so"
        raise text.analyser.fewer_words()
