"""Walks over a query tree: yields its leaves with their context, and the names in a leaf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from newssearch.system.exhaustive import assert_never

from .leaves import AnyWord, Name, PatternPhrase, Phrase, Word
from .tree import (
    And,
    AtLeast,
    Boost,
    Dated,
    Everything,
    Field,
    Leaf,
    Node,
    Not,
    Or,
    Region,
    Synonyms,
    Tagged,
    Undated,
    Within,
)


class LeafUse(NamedTuple):
    """A leaf of a tree and its context: whether it is negated, the region it is limited to, its total boost.

    The total boost is the product of the boosts of the leaf and of all nodes above it. ``optional`` is whether the leaf
    stands beside ``*`` below an OR, so that no article needs it.
    """

    leaf: Leaf
    negated: bool
    region: str | None
    boost: float
    optional: bool = False


def leaves(tree: Node) -> Iterator[LeafUse]:
    """Yield the leaves of a tree in order, without the operands of leaves. A double negation cancels out.

    >>> from newssearch.query import Word
    >>> [(str(use.leaf), use.negated) for use in leaves(And((Word("a"), Not(Or((Word("b"), Not(Word("c"))))))))]
    [('a', False), ('b', True), ('c', False)]
    """
    stack: list[tuple[Node, bool, str | None, float, bool]] = [(tree, False, None, 1.0, False)]
    while stack:
        node, negated, region, boost, optional = stack.pop()
        if isinstance(node, Leaf):
            yield LeafUse(node, negated, region, boost, optional)
        elif isinstance(node, Not):
            stack.append((node.operand, not negated, region, boost, optional))
        elif isinstance(node, And | Or):
            optional = optional or has_everything(node)
            stack.extend((operand, negated, region, boost, optional) for operand in reversed(node.operands))
        elif isinstance(node, AtLeast):
            stack.append((node.operand, negated, region, boost, optional))
        elif isinstance(node, Region):
            stack.append((node.operand, negated, narrower(region, node.name), boost, optional))
        elif isinstance(node, Boost):
            stack.append((node.operand, negated, region, boost * node.factor, optional))
        elif not isinstance(node, Field | Tagged | Within | Dated | Undated | Everything):
            assert_never(node)


def scored_leaves(tree: Node) -> list[LeafUse]:
    """Return the leaves of a tree that are not negated, in order, but optional ones last.

    Optional leaves add to the scores of articles; the others also decide which paragraphs match. If all leaves are
    optional, they decide, and none is returned as optional.

    >>> from newssearch.query import parse
    >>> [(str(use.leaf), use.optional) for use in scored_leaves(parse("(* OR rain^.5) storm -iraq").tree)]
    [('storm', False), ('rain', True)]
    >>> [(str(use.leaf), use.optional) for use in scored_leaves(parse("* OR rain").tree)]
    [('rain', False)]
    """
    found = [use for use in leaves(tree) if not use.negated]
    if all(use.optional for use in found):
        return [use._replace(optional=False) for use in found]
    return sorted(found, key=lambda use: use.optional)


def has_everything(node: Node) -> bool:
    """Whether a node is an OR with ``*`` as an operand, which all articles match."""
    return isinstance(node, Or) and any(isinstance(operand, Everything) for operand in node.operands)


def is_word(leaf: Leaf) -> bool:
    """Whether a leaf is a word, also one with synonyms: its nearness to its neighbours in the query adds to scores."""
    typed = leaf.operands[0] if isinstance(leaf, Synonyms) else leaf
    return isinstance(typed, Word)


def names_in(node: Node) -> Iterator[Name]:
    """Yield the names in a leaf, or in an operand of one, that are searched in all spellings."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Phrase):
        yield from (part for part in (node.parts if node.names else ()) if isinstance(part, Name))
    elif isinstance(node, PatternPhrase):
        for part in node.leaves:
            if not isinstance(part, AnyWord):
                yield from names_in(part)
    elif not isinstance(node, Not):  # its matches only exclude others
        for child in node.children:
            yield from names_in(child)


def narrower(outer: str | None, inner: str) -> str:
    """Return the narrower of two regions: the headline if either is the headline, else ``inner``."""
    return "title" if "title" in (outer, inner) else inner
