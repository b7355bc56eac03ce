"""Counts the articles that contain words of the vocabulary, and the occurrences of each spelling."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from newssearch.engines.value_groups import most_frequent
from newssearch.text.tokenizer import TAG_PREFIX

from .article_queries import TEXT, TITLE, nested
from .evaluation import Evaluation
from .leaf_queries import finding_any
from .tokens import Spelled

FIRST_LEVELS = 4
"""The first request counts the texts that contain a word at least 1, 2, … up to this number of times; each further
request twice as many.
"""


class CountedSpellings:
    """Counts words of the articles of an index by folded form: the articles that contain them, and their spellings."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._spellings = evaluation.spellings

    def articles_with(self, words: Collection[Spelled]) -> dict[str, int]:
        """Return the number of articles that contain one of the given words, by folded form."""
        by_form: dict[str, list[Spelled]] = {}
        for word in words:
            by_form.setdefault(word.form, []).append(word)
        queries = [
            nested(finding_any(self._spellings.having(of_form, field) for field in (TEXT, TITLE)))
            for of_form in by_form.values()
        ]
        return dict(zip(by_form, self._evaluation.counts(queries), strict=True))

    def most_frequent(self, words: Iterable[Spelled]) -> dict[str, str]:
        """Return the most frequent spelling in texts and headlines, by folded form."""
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
        """Set the number of occurrences of each word.

        It is the sum over n of the number of texts that contain the word at least n times.
        """
        left = [(word, field) for word in words for field in (TEXT, TITLE)]
        low, levels = 1, FIRST_LEVELS
        while left:
            asked = [(word, field, level) for word, field in left for level in range(low, low + levels)]
            found = self._spellings.numbers_of_texts(
                [self._spellings.texts_with([word], field, times) for word, field, times in asked]
            )
            at_last = set()
            for (word, field, level), number in zip(asked, found, strict=True):
                words[word] += number
                if number and level == low + levels - 1:
                    at_last.add((word, field))
            left = [one for one in left if one in at_last]
            low, levels = low + levels, 2 * levels
