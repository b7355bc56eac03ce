"""The protocol by which notes on a query look words up: whether they occur, and in how many articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from newssearch.query import Leaf


class NearWord(NamedTuple):
    """A folded word near another one: its edit distance, and its number of occurrences or of articles."""

    words: int
    distance: int


class WordLookup(Protocol):
    """Looks up words in the paragraphs and headlines of live articles."""

    def prepare(self, leaves: Iterable[Leaf]) -> None:
        """Announce the leaves that will be looked up, for engines that look up many at once."""

    def occurs(self, leaf: Leaf) -> bool:
        """Whether a leaf has a match in an article."""

    def articles_with(self, leaf: Leaf, most: int) -> int:
        """Return the number of articles in which a leaf matches; if it exceeds ``most``, any larger number may be
        returned.
        """

    def articles_with_form(self, folded: str) -> int:
        """Return the number of articles that have a folded word."""

    def near_words(self, word: str, edits: int, prefix: str = "") -> Mapping[str, NearWord]:
        """Return the folded words within an edit distance of a folded word, itself included.

        Each has its distance and an upper bound of its number of articles. A transposition of adjacent letters is one
        edit. With a ``prefix``, only words that begin with it are returned. Some may occur in no live article.
        """

    def usual_spelling(self, folded: str) -> str:
        """Return the most frequent spelling of a folded word, or the word itself if it has none."""
