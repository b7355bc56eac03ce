"""Adds optional words to a tree, which raise the scores of articles but need not match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from newssearch.errors import QueryError

from .leaf_parser import MAX_CLAUSES
from .leaves import Word
from .rewriting import MAX_DEPTH, depth
from .tree import And, Boost, Everything, Node, Or


class WeightedWord(NamedTuple):
    """A word by which a query is expanded, and its weight; a word of the query without a boost has weight 1."""

    text: str
    weight: float


class Expanded(NamedTuple):
    """A tree with optional words, and these words."""

    tree: Node
    words: tuple[WeightedWord, ...]


def expanded(tree: Node, words: Sequence[WeightedWord]) -> Expanded | None:
    """Return a tree with optional words, which finds the same articles in another order; None without words.

    The last words are left out if the tree would have more than :data:`MAX_CLAUSES`. Raises :class:`QueryError` if it
    would be nested too deeply to be parsed again.

    >>> from newssearch.query import parse
    >>> words = [WeightedWord("troops", 0.0312), WeightedWord("Baghdad", 0.02)]
    >>> print(expanded(parse("iraq coalition").tree, words).tree)
    (iraq AND coalition AND (* OR troops^0.0312 OR Baghdad^0.02))
    """
    added = tuple(words[: max(MAX_CLAUSES - _count_clauses(tree) - 1, 0)])
    if not added:
        return None
    optional = Or((Everything(), *(Boost(Word(word.text), word.weight) for word in added)))
    joined = And((tree, optional), span=tree.span)
    if depth(joined) > MAX_DEPTH:
        raise QueryError("the query is nested too deeply to be expanded")
    return Expanded(joined, added)


def _count_clauses(tree: Node) -> int:
    """Return the number of nodes without operands."""
    count, nodes = 0, [tree]
    while nodes:
        children = nodes.pop().children
        count += not children
        nodes.extend(children)
    return count
