"""Suggests words of the index for a misspelt word of a query."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping

from newssearch.stopping import StopCheck
from newssearch.text.analysis import analyser_named
from newssearch.text.languages import PLAIN_ANALYSIS
from newssearch.text.tokenizer import word_matches as words_of

from .word_lookup import NearWord, WordLookup

SHORT_WORD = 3
"""The smallest number of letters of a word with suggestions. An edit changes too much of a shorter one."""
LONG_WORD = 5
"""The smallest number of letters of a word whose suggestions may be two edits away, instead of one."""
EDIT_COST = 1.6
"""The cost of one edit, in powers of 10 of the number of articles: a word one edit further away must be in 40 times
as many.
"""
FIRST_LETTER_COST = 0.8
"""The cost of a different first letter, which writers seldom mistake."""
MAX_SCORE_GAP = 1.5
"""The largest difference between the score of a suggestion and the best one."""
RARE_ARTICLES = 5
"""A word in more articles than this is never corrected automatically."""
RARE_SHARE = 1 / 2000
"""In a large index, a word in at most this share of the articles may be a misspelling, too."""
RARE_RATIO = 20
"""A word that occurs is a misspelling if a word one edit away is in at least this many times as many articles."""


class SimilarWords:
    """Finds words of live articles that are similar to a word, by edit distance and number of articles.

    ``check`` is called for each word whose articles are counted.
    """

    def __init__(self, lookup: WordLookup, check: StopCheck) -> None:
        self._lookup = lookup
        self._check = check
        self._near: dict[str, Mapping[str, NearWord]] = {}

    def of_unknown(self, word: str, most: int) -> list[str]:
        """Return at most ``most`` likely corrections of a word that occurs in no article, the likeliest first.

        A word that is one edit further away, or has another first letter, must be much more frequent. An edit adds,
        removes or replaces a letter, or transposes two adjacent ones.
        """
        return self._best(folded_word(word), self.near(word), most)

    def near(self, word: str) -> Mapping[str, NearWord]:
        """Return the folded words of the index that differ from a word by at most two edits, by fewer if it is short."""
        folded = folded_word(word)
        if folded not in self._near:
            edits = 0 if len(folded) < SHORT_WORD else 1 if len(folded) < LONG_WORD else 2
            self._near[folded] = self._lookup.near_words(folded, edits) if edits else {}
        return self._near[folded]

    def of_rare(self, word: str, articles: int, most: int) -> list[str]:
        """Return the likely corrections of a word that occurs in only ``articles`` articles; usually none.

        They are one edit away, neither at the first letter nor at the end, and in at least :data:`RARE_RATIO` times
        as many articles. A word that articles capitalise is only corrected to words that are capitalised, too: the
        name Sater not to safer.
        """
        folded = folded_word(word)
        if len(folded) < LONG_WORD or not folded.isalpha():
            return []
        near = self._lookup.near_words(folded, 1, prefix=folded[0])
        wanted = {
            other: found
            for other, found in near.items()
            if found.words >= RARE_RATIO * articles
            and not (other.startswith(folded) or folded.startswith(other))
        }
        best = self._best(folded, wanted, most)
        found = [other for other in best if self.articles_with(other) >= RARE_RATIO * articles]
        if found and not self._lookup.usual_spelling(folded).islower():
            found = [other for other in found if not self._lookup.usual_spelling(other).islower()]
        return found

    def articles_with(self, folded: str) -> int:
        """Return the number of live articles that have a folded word."""
        self._check()
        return self._lookup.articles_with_form(folded)

    def shown(self, folded: str, written: str) -> str:
        """Return the form of a folded word to suggest for ``written``.

        If ``written`` has a capital, it is the most frequent spelling in the index, otherwise the folded word itself.
        """
        return folded if written.islower() else self._lookup.usual_spelling(folded)

    def _best(self, folded: str, near: Mapping[str, NearWord], most: int) -> list[str]:
        """Return the words with the highest scores, ``folded`` excluded; ties in alphabetical order.

        The counts of near words are upper bounds of their numbers of articles. Articles are counted only for words
        that can be among the best.
        """
        bounds = [
            (-self._score(folded, other, found.distance, found.words), other, found.distance)
            for other, found in near.items()
            if other != folded and found.words
        ]
        heapq.heapify(bounds)
        best: list[tuple[float, str]] = []
        while bounds and (len(best) < most or bounds[0][:2] < best[most - 1]):
            _, other, distance = heapq.heappop(bounds)
            if articles := self.articles_with(other):
                best = sorted([*best, (-self._score(folded, other, distance, articles), other)])
        return [other for score, other in best[:most] if score <= best[0][0] + MAX_SCORE_GAP]

    @staticmethod
    def _score(folded: str, other: str, distance: int, articles: int) -> float:
        """Return the score of ``other`` as a correction of ``folded``: ``distance`` edits away, in ``articles`` articles."""
        other_first = FIRST_LETTER_COST if other[:1] != folded[:1] else 0.0
        return math.log10(articles) - EDIT_COST * distance - other_first


def folded_word(word: str) -> str:
    """Return a word of a query as the index folds it; if it has several parts, the last one."""
    *_, last = words_of(word)
    return analyser_named(PLAIN_ANALYSIS).form(last.group())
