"""Walks over a query tree: yields its leaves with their context, and the names in a leaf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from newssearch.system.exhaustive import assert_never

from .leaves import AnyWord, Name, PatternPhrase, Phrase
from .tree import And, AtLeast, Boost, Dated, Everything, Field, Leaf, Node, Not, Or, Region, Undated, Within


class LeafUse(NamedTuple):
    """A leaf of a tree and its context: whether it is negated, the region it is limited to, its total boost.

    The total boost is the product of the boosts of the leaf and of all nodes above it.
    """

    leaf: Leaf
    negated: bool
    region: str | None
    boost: float


def leaves(tree: Node) -> Iterator[LeafUse]:
    """Yield the leaves of a tree in order, without the operands of leaves. A double negation cancels out.

    >>> from newssearch.query import Word
    >>> [(str(leaf), negated) for leaf, negated, _, _ in leaves(And((Word("a"), Not(Or((Word("b"), Not(Word("c"))))))))]
    [('a', False), ('b', True), ('c', False)]
    """
    stack: list[tuple[Node, bool, str | None, float]] = [(tree, False, None, 1.0)]
    while stack:
        node, negated, region, boost = stack.pop()
        if isinstance(node, Leaf):
            yield LeafUse(node, negated, region, boost)
        elif isinstance(node, Not):
            stack.append((node.operand, not negated, region, boost))
        elif isinstance(node, And | Or):
            stack.extend((operand, negated, region, boost) for operand in reversed(node.operands))
        elif isinstance(node, AtLeast):
            stack.append((node.operand, negated, region, boost))
        elif isinstance(node, Region):
            stack.append((node.operand, negated, narrower(region, node.name), boost))
        elif isinstance(node, Boost):
            stack.append((node.operand, negated, region, boost * node.factor))
        elif not isinstance(node, Field | Within | Dated | Undated | Everything):
            assert_never(node)


def names_in(node: Node) -> Iterator[Name]:
    """Yield the names in a leaf, or in an operand of one, that are searched in all spellings."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Phrase):
        yield from (part for part in node.parts if isinstance(part, Name))
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
