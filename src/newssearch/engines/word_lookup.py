"""What the notes on the words of a query ask an engine: which words its articles have, and how many have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from newssearch.query import Leaf


class NearWord(NamedTuple):
    """A folded word near another one: the number of its occurrences, or of its articles, and its edit distance."""

    words: int
    distance: int


class WordLookup(Protocol):
    """Looks words up in the live articles of an index: in their paragraphs and headlines."""

    def prepare(self, leaves: Iterable[Leaf]) -> None:
        """Expect to be asked for these leaves, so that an engine may look them up together."""

    def occurs(self, leaf: Leaf) -> bool:
        """Whether a leaf has a match in an article."""

    def articles_with(self, leaf: Leaf, most: int) -> int:
        """Return the number of articles in which a leaf matches; if there are more than ``most``, any higher number."""

    def articles_with_form(self, folded: str) -> int:
        """Return the number of articles that have a folded word."""

    def near_words(self, word: str, edits: int, prefix: str = "") -> Mapping[str, NearWord]:
        """Return the folded words within some edits of a folded word, itself included.

        Each has its distance, and a number of which that of its articles is no higher. An exchange of two adjacent letters
        is one edit. With a ``prefix``, only words that begin with it are wanted. Words that no article has may be among them.
        """

    def usual_spelling(self, folded: str) -> str:
        """Return the most frequent spelling of a folded word, or the word itself if it has none."""
