"""Rewrites a tree so that its bare words are joined by OR: for articles with only some of the words."""

from __future__ import annotations

from typing import NamedTuple

from newssearch.system.exhaustive import assert_never

from .leaves import Caps, Exact, Fuzzy, Name, PatternPhrase, Phrase, Regex, Wildcard, Word
from .tree import (
    And,
    AtLeast,
    Boost,
    Dated,
    Everything,
    Field,
    Near,
    Node,
    Not,
    Or,
    Region,
    Same,
    Synonyms,
    Tagged,
    Undated,
    Within,
)


class Relaxed(NamedTuple):
    """A tree of which at least one of the bare words must match, and everything else; and these words, each once."""

    tree: Node
    words: tuple[Node, ...]


def relaxed(tree: Node) -> Relaxed | None:
    """Return a tree with its bare words joined by OR; None if it has fewer than two different ones.

    Only operands of the outermost AND are relaxed. Phrases, patterns, fields, negations and other operators stay
    obligatory.

    >>> from newssearch.query import parse
    >>> print(relaxed(parse('iraq coalition "security forces" -syria date:2024').tree).tree)
    ("security forces" AND NOT syria AND date:2024 AND (iraq OR coalition))
    >>> relaxed(parse('iraq "security forces"').tree), relaxed(parse("iraq OR syria").tree)
    (None, None)
    """
    if not isinstance(tree, And):
        return None
    words = tuple(dict.fromkeys(operand for operand in tree.operands if is_bare_word(operand)))
    if len(set(map(str, words))) < 2:
        return None
    others = tuple(operand for operand in tree.operands if not is_bare_word(operand))
    some = Or(words)
    return Relaxed(And((*others, some), span=tree.span) if others else some, words)


def is_bare_word(node: Node) -> bool:
    """Whether a node is a word without an operator; a weight, ``~name`` and synonyms leave it one."""
    if isinstance(node, Word | Name):
        return True
    if isinstance(node, Synonyms):
        return is_bare_word(node.operands[0])
    if isinstance(node, Boost):
        return is_bare_word(node.operand)
    if isinstance(node, Phrase | Wildcard | Fuzzy | Regex | Exact | Caps | PatternPhrase | Near | Same):
        return False
    if isinstance(
        node, And | Or | Not | AtLeast | Region | Field | Tagged | Within | Dated | Undated | Everything
    ):
        return False
    assert_never(node)
