"""Looks up the words of a query on a cluster, for the notes on the query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from newssearch.engines.levenshtein import distances_of
from newssearch.engines.word_lookup import NearWord
from newssearch.query import And, AtLeast, Boost, Leaf, Near, Node, Not, Region, Same, Word

from .counted_spellings import CountedSpellings
from .evaluation import Evaluation
from .tokens import Spelled


class ClusterWordLookup:
    """Looks up words in the live articles: see :class:`newssearch.engines.word_lookup.WordLookup`.

    The search's own counts are used where it has them. ``found`` is whether the search finds an article, in which
    case all necessary leaves occur. ``few`` is whether it finds so few that words are counted nevertheless.
    """

    def __init__(self, evaluation: Evaluation, *, found: bool, few: bool) -> None:
        self._evaluation = evaluation
        self._spellings = CountedSpellings(evaluation)
        self._few = few
        self._certain = set(necessary_leaves(evaluation.tree)) if found else set[Leaf]()
        self._by_form: dict[str, list[Spelled]] = {}
        self._articles: dict[str, int] = {}

    # ---- leaves

    def prepare(self, leaves: Iterable[Leaf]) -> None:
        """Count the articles of each leaf that the search leaves undecided."""
        self._evaluation.hold(leaf for leaf in leaves if not self._is_known(leaf))

    def _is_known(self, leaf: Leaf) -> bool:
        if leaf in self._evaluation.holding:
            return True
        return leaf in self._certain and not (self._few and isinstance(leaf, Word))

    def occurs(self, leaf: Leaf) -> bool:
        """Whether a leaf has a match in an article."""
        if leaf in self._certain:
            return True
        return self.articles_with(leaf, 0) > 0

    def articles_with(self, leaf: Leaf, most: int) -> int:
        """Return the number of articles in which a leaf matches."""
        self._evaluation.hold([leaf])
        return self._evaluation.holding[leaf]

    # ---- folded words

    def articles_with_form(self, folded: str) -> int:
        """Return the folded words within an edit distance of a folded word, each with its number of articles."""
        self._learn([folded])
        return self._articles[folded]

    def near_words(self, word: str, edits: int, prefix: str = "") -> Mapping[str, NearWord]:
        """Return the folded words within some edits of a folded word, each with the number of its articles."""
        evaluation = self._evaluation
        known = evaluation.vocabulary.near(word, edits, prefix, evaluation.check)
        forms = [form for form in dict.fromkeys(one.form for one in known) if form.startswith(prefix)]
        far = distances_of(word, forms, edits, transpositions=True)
        near = {form: distance for form, distance in zip(forms, far, strict=True) if distance <= edits}
        self._count([one for one in known if one.form in near])
        return {form: NearWord(self._articles[form], distance) for form, distance in near.items()}

    def usual_spelling(self, folded: str) -> str:
        """Return the most frequent spelling of a folded word, or the word itself if it does not occur."""
        self._learn([folded])
        if not self._articles[folded]:
            return folded
        return self._spellings.most_frequent(self._by_form[folded])[folded]

    def _learn(self, folded: Collection[str]) -> None:
        """Read the spellings of words with the given folded forms, and count the articles that contain them."""
        evaluation = self._evaluation
        if unknown := [form for form in folded if form not in self._articles]:
            self._articles |= dict.fromkeys(unknown, 0)
            self._count(evaluation.vocabulary.with_forms(unknown, evaluation.check))

    def _count(self, words: Iterable[Spelled]) -> None:
        unknown = [word for word in words if word.form not in self._by_form]
        for word in unknown:
            self._by_form.setdefault(word.form, []).append(word)
        self._articles |= self._spellings.articles_with(unknown)


def necessary_leaves(tree: Node) -> Iterator[Leaf]:
    """Yield the leaves, and operands of leaves, that every matching article must contain."""
    if isinstance(tree, Leaf):
        yield tree
    if isinstance(tree, And | Near | Same):
        for operand in tree.children:
            if not isinstance(operand, Not):
                yield from necessary_leaves(operand)
    elif isinstance(tree, Boost | Region | AtLeast):
        yield from necessary_leaves(tree.operand)
