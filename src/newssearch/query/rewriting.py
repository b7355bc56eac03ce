"""Rewrites a tree: names in other spellings, adjacent words written as one, no conditions on dates."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from newssearch.text.compounds import MAX_JOINED_WORDS
from newssearch.text.function_words import FUNCTION_WORDS

from .leaves import Name, PatternPhrase, Phrase, Word
from .names import core
from .tree import And, AtLeast, Dated, Everything, Leaf, Node, Not, Synonyms, Tagged, map_children

MAX_DEPTH = 50
"""The deepest nesting of parentheses, negations and proximity operators."""


def with_spellings(tree: Node) -> Node:
    """Return the tree in which each word that can be a name is a :class:`Name`, also inside phrases.

    >>> from newssearch.query import parse
    >>> print(with_spellings(parse('the qaddafi OR "colonel al-qaddafi"').tree))
    ((the AND "qaddafi"~name) OR "colonel al-qaddafi"~name)
    """
    if isinstance(tree, Word):
        return Name(tree.text, span=tree.span) if may_be_name(tree.text) else tree
    if isinstance(tree, Phrase):
        named = not tree.within and any(map(may_be_name, tree.text.split()))
        return dataclasses.replace(tree, names=True) if named else tree
    if isinstance(tree, PatternPhrase):
        named = not (tree.within or tree.mode) and any(map(may_be_name, tree.words.split()))
        return dataclasses.replace(tree, mode="name") if named else tree
    return map_children(tree, with_spellings)


def side_by_side(tree: Node) -> Node:
    """Return the tree in which adjacent words joined by AND also match where a text writes them as one word.

    >>> from newssearch.query import parse
    >>> [word.inside for word in side_by_side(parse("minister al Abbasi").tree).operands]
    [('minister al', 'minister al Abbasi'), ('minister al', 'minister al Abbasi', 'al Abbasi'), ('minister al Abbasi', 'al Abbasi')]
    """
    if isinstance(tree, And):
        return And(
            tuple(_with_neighbours(tree.operands, at) for at in range(len(tree.operands))), span=tree.span
        )
    if isinstance(tree, Leaf | AtLeast):  # their operands are not rewritten
        return tree
    return map_children(tree, side_by_side)


def with_dates(tree: Node, change: Callable[[Dated], Node], negated: bool = False) -> Node:
    """Return the tree with its conditions on dates changed, except negated ones; the same object if it has none.

    Conditions on the time at which articles came into the index stay.

    ``negated`` is whether the tree stands below an odd number of negations.
    """
    if isinstance(tree, Dated):
        return tree if negated or tree.name != "date" else change(tree)
    negated = negated != isinstance(tree, Not)
    return map_children(tree, lambda operand: with_dates(operand, change, negated))


def of_any_date(tree: Node) -> Node:
    """Return the tree without its conditions on dates, except negated ones; the same object if it has none.

    >>> from newssearch.query import parse
    >>> print(of_any_date(parse("rain date:2024 (storm OR date:2023) -date:2022").tree))
    (rain AND * AND (storm OR *) AND NOT date:2022)
    """
    return with_dates(tree, lambda _: Everything())


def with_tags(tree: Node, change: Callable[[Tagged], Node]) -> Node:
    """Return the tree with its conditions on tags changed; the same object if it has none."""
    if isinstance(tree, Tagged):
        return change(tree)
    return map_children(tree, lambda operand: with_tags(operand, change)) if tree.children else tree


def has_tags(tree: Node) -> bool:
    """Whether a tree has a condition on tags."""
    return isinstance(tree, Tagged) or any(map(has_tags, tree.children))


def _with_neighbours(operands: tuple[Node, ...], at: int) -> Node:
    """Return the operand of an And at index ``at``; a word gets all runs of adjacent words that include it."""
    node = _typed_word(operands[at])
    if node is None:
        return side_by_side(operands[at])
    inside = []
    for first in range(max(at - MAX_JOINED_WORDS + 1, 0), at + 1):
        words: list[str] = []
        for operand in operands[first : first + MAX_JOINED_WORDS]:
            other = _typed_word(operand)
            if other is None:
                break
            words.append(other.text)
            if len(words) > max(at - first, 1):
                inside.append(" ".join(words))
    word = Word(node.text, tuple(inside), span=node.span)
    whole = operands[at]
    return Synonyms((word, *whole.operands[1:]), span=whole.span) if isinstance(whole, Synonyms) else word


def _typed_word(node: Node) -> Word | None:
    """Return a word as it was typed, also one that has synonyms; None for another node."""
    typed = node.operands[0] if isinstance(node, Synonyms) else node
    return typed if isinstance(typed, Word) else None


def may_be_name(word: str) -> bool:
    """Whether a word can be a name (see :func:`~newssearch.query.names.core`) and is not a function word."""
    found = core(word)
    return found is not None and not any(found in words for words in FUNCTION_WORDS.values())


def depth(tree: Node) -> int:
    """Return the number of levels of a tree: 1 for a single node."""
    levels, level = 0, [tree]
    while level:
        levels += 1
        level = list({id(child): child for node in level for child in node.children}.values())
    return levels
