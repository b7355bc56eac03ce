"""Counts in how many articles, and how often, the words of an archive are written in some way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from newssearch.engines.value_groups import most_frequent
from newssearch.text.analysis import analyser_named
from newssearch.text.tokenizer import TAG_PREFIX

from .article_queries import PARAGRAPHS, TEXT, TITLE, nested
from .evaluation import COUNTED_AT_ONCE, Evaluation
from .leaf_queries import ClusterQuery, finding_all, finding_any
from .tokens import Spelled, written_token

FIRST_LEVELS = 4
"""The first request counts the texts that have a word once, twice and so on up to this; each further one twice as many."""
ONE_PER_ARTICLE: ClusterQuery = {"term": {"paragraphs.stand_in": True}}


class CountedSpellings:
    """Counts words of the articles of an index by their folded forms: the articles that have them, and their spellings."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def articles_with(self, words: Collection[Spelled]) -> dict[str, int]:
        """Return the number of articles that have one of the given words, by folded form."""
        by_form: dict[str, list[Spelled]] = {}
        for word in words:
            by_form.setdefault(word.form, []).append(word)
        queries = [
            nested(finding_any(self._having(of_form, field) for field in (TEXT, TITLE)))
            for of_form in by_form.values()
        ]
        return dict(zip(by_form, self._evaluation.counts(queries), strict=True))

    def most_frequent(self, words: Iterable[Spelled]) -> dict[str, str]:
        """Return the spelling that occurs most often in texts and headlines, by folded form."""
        by_form: dict[str, dict[str, list[Spelled]]] = {}
        for word in words:
            shown = word.written.lstrip(TAG_PREFIX)
            by_form.setdefault(word.form, {}).setdefault(shown, []).append(word)
        several = {
            word: 0
            for spellings in by_form.values()
            if len(spellings) > 1
            for ways in spellings.values()
            for word in ways
        }
        self._count(several)
        return {
            form: most_frequent(
                {shown: sum(several.get(word, 0) for word in ways) for shown, ways in spellings.items()}
            )
            for form, spellings in by_form.items()
        }

    def _count(self, words: dict[Spelled, int]) -> None:
        """Set the number of occurrences of each of the given words.

        It is the sum of the numbers of texts that have the word at least once, at least twice, and so on.
        """
        left = [(word, field) for word in words for field in (TEXT, TITLE)]
        low, levels = 1, FIRST_LEVELS
        while left:
            asked = [(word, field, level) for word, field in left for level in range(low, low + levels)]
            found = self._numbers_of_texts([self._at_least(*one) for one in asked])
            at_last = set()
            for (word, field, level), number in zip(asked, found, strict=True):
                words[word] += number
                if number and level == low + levels - 1:
                    at_last.add((word, field))
            left = [one for one in left if one in at_last]
            low, levels = low + levels, 2 * levels

    def _at_least(self, word: Spelled, field: str, times: int) -> ClusterQuery:
        """Return a query for the texts of a field that have a word at least some times."""
        query = self._having([word], field, times)
        return query if field == TEXT else finding_all([query, ONE_PER_ARTICLE])

    def _having(self, words: Sequence[Spelled], field: str, times: int = 1) -> ClusterQuery:
        """Return a query for the paragraphs in which, or in whose headline, one of some words is written."""
        found = []
        for analyses, tokens in self._tokens(words).items():
            some: ClusterQuery = {"terms": {field: tokens}}
            if times > 1:  # the score of a term is the number of times that it occurs
                count = {"term": {field: {"value": tokens[0]}}}
                some = {"function_score": {"query": count, "min_score": times - 0.5}}
            if analyses is not None:
                some = finding_all([some, {"terms": {"paragraphs.analysis": list(analyses)}}])
            found.append(some)
        return finding_any(found)

    def _tokens(self, words: Sequence[Spelled]) -> Mapping[tuple[str, ...] | None, list[str]]:
        """Return the tokens of words, by the analyses in which they stand for these words; None is all of them.

        A token with an apostrophe may also be a word with its elided beginning, in a language that elides it.
        """
        found: dict[tuple[str, ...] | None, list[str]] = {}
        for word in words:
            analyses = tuple(self._analyses_of(word)) if "'" in word.written else None
            found.setdefault(analyses, []).append(written_token(word.written))
        return found

    def _analyses_of(self, word: Spelled) -> Iterator[str]:
        for name in self._evaluation.statistics.analyses:
            if analyser_named(name).form(word.written) == word.form:
                yield name

    def _numbers_of_texts(self, queries: Sequence[ClusterQuery]) -> list[int]:
        """Return the number of paragraphs of live articles that each query finds."""
        evaluation = self._evaluation
        found: list[int] = []
        for low in range(0, len(queries), COUNTED_AT_ONCE):
            some = {str(n): query for n, query in enumerate(queries[low : low + COUNTED_AT_ONCE])}
            counted: dict[str, Any] = {"with": {"filters": {"filters": some}}}
            aggs = {"in": {"nested": {"path": PARAGRAPHS}, "aggs": counted}}
            body = {"size": 0, "track_total_hits": True, "query": evaluation.live, "aggs": aggs}
            answer = evaluation.search(body, evaluation.check)["aggregations"]
            buckets = answer["in"]["with"]["buckets"]
            found += [buckets[name]["doc_count"] for name in some]
        return found
