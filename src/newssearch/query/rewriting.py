"""A tree in which all words are looked for in other spellings too: what ``names=True`` asks for."""

from __future__ import annotations

import dataclasses

from ..analysis import FUNCTION_WORDS
from .names import core
from .tree import And, AtLeast, Boost, Name, Near, Node, Not, Or, Phrase, Region, Same, Word


def with_spellings(tree: Node) -> Node:
    """The tree in which each word that can be a name is one, by itself and in a phrase.

    >>> from newssearch.query import parse
    >>> print(with_spellings(parse('the qaddafi OR "colonel al-qaddafi"').tree))
    ((the AND "qaddafi"~name) OR "colonel al-qaddafi"~name)
    """
    if isinstance(tree, Word):
        return Name(tree.text, span=tree.span) if may_be_name(tree.text) else tree
    if isinstance(tree, Phrase):
        named = not tree.within and any(map(may_be_name, tree.text.split()))
        return dataclasses.replace(tree, names=True) if named else tree
    if isinstance(tree, And | Or):
        operands = tuple(map(with_spellings, tree.operands))
        return type(tree)(operands, span=tree.span)
    if isinstance(tree, Not | AtLeast | Region | Boost):
        return dataclasses.replace(tree, operand=with_spellings(tree.operand))
    if isinstance(tree, Near | Same):
        return dataclasses.replace(tree, left=with_spellings(tree.left), right=with_spellings(tree.right))
    return tree


def may_be_name(word: str) -> bool:
    """Whether a word is long enough to be a name, and no word that only joins others."""
    found = core(word)
    return found is not None and not any(found in words for words in FUNCTION_WORDS.values())
