"""Queries for texts that contain words of the vocabulary in given spellings, and counts of these texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from newssearch.stopping import StopCheck
from newssearch.text.analysis import analyser_named

from .article_queries import PARAGRAPHS, TEXT
from .leaf_queries import ClusterQuery, finding_all, finding_any, finding_one_of, having_one_of
from .tokens import Spelled, written_token

TEXTS_COUNTED_AT_ONCE = 300
"""The number of queries whose texts one request counts."""
ONE_PER_ARTICLE: ClusterQuery = {"term": {"paragraphs.stand_in": True}}


class SpellingQueries:
    """Makes queries for spellings of words in articles with the given analyses, and counts the matching texts.

    ``search`` sends a search of the articles. ``live`` is a query for those of the snapshot.
    """

    def __init__(
        self,
        search: Callable[[dict[str, Any], StopCheck], dict[str, Any]],
        live: ClusterQuery,
        analyses: Sequence[str],
        check: StopCheck,
    ) -> None:
        self._search = search
        self._live = live
        self._analyses = analyses
        self._check = check

    def having(self, words: Sequence[Spelled], field: str, times: int = 1) -> ClusterQuery:
        """Return a query for the paragraphs that contain one of the words in a field: their text, or their headline."""
        found = []
        for analyses, tokens in self._tokens(words).items():
            some = having_one_of(field, tokens)
            if times > 1:  # the score of a term is its number of occurrences
                count = {"term": {field: {"value": tokens[0]}}}
                some = {"function_score": {"query": count, "min_score": times - 0.5}}
            if analyses is not None:
                some = finding_all([some, {"terms": {"paragraphs.analysis": list(analyses)}}])
            found.append(some)
        return finding_any(found)

    def texts_with(self, words: Sequence[Spelled], field: str, times: int = 1) -> ClusterQuery:
        """Return a query for the texts of a field that contain one of the words: all paragraphs, or one for each headline."""
        query = self.having(words, field, times)
        return query if field == TEXT else finding_all([query, ONE_PER_ARTICLE])

    def _tokens(self, words: Sequence[Spelled]) -> Mapping[tuple[str, ...] | None, list[str]]:
        """Return the tokens of words by the analyses in which they stand for these words; the key None means all
        analyses.

        In a language with elision, a token with an apostrophe may also be a word with its elided beginning.
        """
        found: dict[tuple[str, ...] | None, list[str]] = {}
        for word in words:
            analyses = tuple(self._analyses_of(word)) if "'" in word.written else None
            found.setdefault(analyses, []).append(written_token(word.written))
        return found

    def _analyses_of(self, word: Spelled) -> Iterator[str]:
        for name in self._analyses:
            if (analyser_named(name).form(word.written) == word.form) != word.elided:
                yield name

    def numbers_of_texts(self, queries: Sequence[ClusterQuery]) -> list[int]:
        """Return the number of paragraphs of live articles that match each query."""
        found: list[int] = []
        for low in range(0, len(queries), TEXTS_COUNTED_AT_ONCE):
            some = {str(n): query for n, query in enumerate(queries[low : low + TEXTS_COUNTED_AT_ONCE])}
            # each paragraph is compared with each query: first leave out paragraphs that match none
            counted: dict[str, Any] = {"with": {"filters": {"filters": some}}}
            any_of = {"any": {"filter": finding_one_of(some.values()), "aggs": counted}}
            aggs = {"in": {"nested": {"path": PARAGRAPHS}, "aggs": any_of}}
            body = {"size": 0, "track_total_hits": True, "query": self._live, "aggs": aggs}
            answer = self._search(body, self._check)["aggregations"]
            buckets = answer["in"]["any"]["with"]["buckets"]
            found += [buckets[name]["doc_count"] for name in some]
        return found
