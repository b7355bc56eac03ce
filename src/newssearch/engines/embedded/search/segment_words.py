"""Looks up the words of a query in all segments, for the notes on the query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from newssearch.engines.sorted_sets import indices_in
from newssearch.engines.value_groups import most_frequent
from newssearch.engines.word_lookup import NearWord
from newssearch.query import Leaf
from newssearch.stopping import StopCheck

from .segment_matcher import SegmentMatcher
from .term_expansion import TermExpansion


class SegmentWordLookup:
    """Looks up words with the matchers of all segments: see :class:`newssearch.engines.word_lookup.WordLookup`.

    ``check`` is called for each segment.
    """

    def __init__(
        self, matchers: Sequence[SegmentMatcher], expansion: TermExpansion, check: StopCheck
    ) -> None:
        self._matchers = matchers
        self._expansion = expansion
        self._check = check

    def prepare(self, leaves: Iterable[Leaf]) -> None:
        """Do nothing: looking up several leaves together is no faster."""

    def occurs(self, leaf: Leaf) -> bool:
        """Whether a leaf has a match in a paragraph or a headline of a live article."""
        return any(matcher.occurs(leaf) for matcher in self._check.during(self._matchers, 1))

    def articles_with(self, leaf: Leaf, most: int) -> int:
        """Return the number of live articles in which a leaf matches; if it exceeds ``most``, any larger number may
        be returned.
        """
        found = [(one.doc_set(leaf).articles, one.postings(leaf, "title").owners) for one in self._matchers]
        fewest = sum(max(len(text), len(title)) for text, title in found)
        if fewest > most:
            return fewest
        return sum(len(text) + len(title) - len(indices_in(title, text)) for text, title in found)

    def articles_with_form(self, folded: str) -> int:
        """Return the number of live articles that have a folded word."""
        return sum(matcher.count_folded(folded) for matcher in self._matchers)

    def near_words(self, word: str, edits: int, prefix: str = "") -> Mapping[str, NearWord]:
        """Return the folded words within an edit distance of a folded word, each with its number of occurrences."""
        return self._expansion.near_words(word, edits, prefix)

    def usual_spelling(self, folded: str) -> str:
        """Return the most frequent spelling of a folded word, or the word itself if it has none."""
        spellings = Counter[str]()
        for matcher in self._matchers:
            matcher.count_spellings(folded, spellings)
        return most_frequent(spellings) if spellings else folded
