"""Finds the matches of a query's leaves in the texts of an article.

Most leaves are words. Their occurrences are counted by chunks (:class:`newssearch.text.built_in_analyser.Chunk`), for all
words of a query at once. Texts are fully analysed only if other leaves may match in them, or for word proximity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter

from newssearch.highlight.matcher import AnalysedText, Match, WantedWords, find_matches
from newssearch.query import Leaf, Phrase, Word
from newssearch.query.alternatives import alternatives_of
from newssearch.system.kept import cached_property
from newssearch.text.built_in_analyser import Analyser, Chunk

MANY_LEAVES = 3
"""From this number of phrases on, an index from words to the texts of an article is made once for all of them."""
_KEYS_OF_CHUNK = attrgetter("keys")


class WantedKeys:
    """The keys of which a text must contain at least one for a leaf to match: terms, and keys of compounds, in one
    language.

    ``of_leaf`` has them by leaf. Only words and phrases of plain words have such keys.
    """

    def __init__(self, leaves: Iterable[Leaf], analyser: Analyser) -> None:
        self.of_leaf: dict[Leaf, frozenset[str]] = {}
        for leaf in leaves:
            if isinstance(leaf, Word) or (isinstance(leaf, Phrase) and not (leaf.names or leaf.within)):
                inside = leaf.inside if isinstance(leaf, Word) else ()
                wanted = alternatives_of(analyser, leaf.text, inside)
                others = [other.terms[0] if other.terms else other.key for other in wanted.others]
                self.of_leaf[leaf] = frozenset([*wanted.terms[:1], *others])
        self.all: frozenset[str] = frozenset().union(*self.of_leaf.values())
        self._chunks = analyser.chunks

    def may_be_in(self, text: str) -> bool:
        """Whether a text contains one of the keys."""
        chunks = self._chunks(text.split(" "))
        return not self.all.isdisjoint(chain.from_iterable(map(_KEYS_OF_CHUNK, chunks)))


class PreparedLeaves:
    """The leaves of a query, prepared for counting matches in texts of one language."""

    def __init__(self, leaves: Iterable[Leaf], analyser: Analyser) -> None:
        self.words: list[Leaf] = []
        """The leaves whose matches are single words, or compounds within a chunk."""
        others: list[Leaf] = []
        self._wanted = WantedWords()
        for leaf in dict.fromkeys(leaves):
            wanted = alternatives_of(analyser, leaf.text, leaf.inside) if isinstance(leaf, Word) else None
            if wanted is None or len(wanted.terms) != 1 or any(len(one.terms) > 1 for one in wanted.others):
                others.append(leaf)
            else:
                self._wanted.add(len(self.words), wanted)
                self.words.append(leaf)
        self.keys = WantedKeys(others, analyser)
        """The keys of the other leaves."""
        self._chunks = analyser.chunks

    def counts_in(self, texts: Sequence[str]) -> dict[Leaf, dict[int, int]]:
        """Return for each leaf of :attr:`words` its number of matches by the index of the text, texts without matches
        left out.
        """
        disjoint = self._wanted.keys.isdisjoint
        found: list[dict[int, int]] = [{} for _ in self.words]
        for at, text in enumerate(texts):
            for chunk in [one for one in self._chunks(text.split(" ")) if not disjoint(one[3])]:
                for number in self._matched_by(chunk):
                    found[number][at] = found[number].get(at, 0) + 1
        return dict(zip(self.words, found, strict=True))

    def _matched_by(self, chunk: Chunk) -> Iterable[int]:
        """Return the index of a leaf for each of its matches in a chunk."""
        by_term, by_key = self._wanted.by_term, self._wanted.by_key
        terms, _, compounds, _ = chunk
        if not compounds:
            return [number for term in terms for number in by_term.get(term, ())]
        matches = {(number, at, 1) for at, term in enumerate(terms) for number in by_term.get(term, ())}
        matches.update(
            (number, first, size) for first, size, key in compounds for number in by_key.get(key, ())
        )
        return [number for number, _, _ in matches]


class TextMatches:
    """Texts of one language, whose matches are cached. ``divide`` analyses a text."""

    def __init__(
        self, texts: Sequence[str], divide: Callable[[str], AnalysedText], leaves: PreparedLeaves
    ) -> None:
        self._texts = texts
        self._divide = divide
        self._leaves = leaves
        self._divided: dict[int, AnalysedText] = {}
        self._others: dict[Leaf, dict[int, int]] = {}

    def counts(self, leaf: Leaf) -> dict[int, int]:
        """Return the number of matches of a leaf by the index of the text, ascending, texts without matches left out."""
        if leaf in self._words:
            return self._words[leaf]
        if leaf not in self._others:
            found = {at: len(self.matches(leaf, at)) for at in self._having(leaf)}
            self._others[leaf] = {at: number for at, number in found.items() if number}
        return self._others[leaf]

    def matches(self, leaf: Leaf, at: int) -> list[Match]:
        """Return the matches of a leaf in the text with the given index."""
        return find_matches(leaf, self._words_of(at))

    @cached_property
    def _words(self) -> dict[Leaf, dict[int, int]]:
        return self._leaves.counts_in(self._texts) if self._leaves.words else {}

    def _words_of(self, at: int) -> AnalysedText:
        if at not in self._divided:
            self._divided[at] = self._divide(self._texts[at])
        return self._divided[at]

    def _having(self, leaf: Leaf) -> Iterable[int]:
        """Return the indices of the texts in which a leaf that is not a single word may match."""
        keys = self._leaves.keys.of_leaf.get(leaf)
        if keys is None:
            return range(len(self._texts))
        if len(self._leaves.keys.of_leaf) < MANY_LEAVES:
            return self._with_keys
        return sorted({at for key in keys for at in self._places.get(key, ())})

    @cached_property
    def _with_keys(self) -> list[int]:
        """The indices of the texts that contain one of the keys."""
        return [at for at, text in enumerate(self._texts) if self._leaves.keys.may_be_in(text)]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """The indices of the texts that contain each key."""
        places: dict[str, list[int]] = {}
        for at in self._with_keys:
            text = self._words_of(at)
            for key in self._leaves.keys.all.intersection(chain(text.terms, text.all_compounds)):
                places.setdefault(key, []).append(at)
        return places
