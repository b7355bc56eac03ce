"""What is in a tree: its units as they count there, and the names among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .tree import And, AtLeast, Boost, Name, Near, Node, Not, Or, PatternPhrase, Phrase, Region, Same, Unit


class Wanted(NamedTuple):
    """A unit of a tree as it counts there: whether it is negated, in which region, and how its score is boosted."""

    unit: Unit
    negated: bool
    region: str | None
    boost: float


def units(tree: Node) -> Iterator[Wanted]:
    """The units of a tree in order; what stands inside one is part of it. Twice negated is not negated.

    >>> from newssearch.query import Word
    >>> [(str(unit), negated) for unit, negated, _, _ in units(And((Word("a"), Not(Or((Word("b"), Not(Word("c"))))))))]
    [('a', False), ('b', True), ('c', False)]
    """
    stack: list[tuple[Node, bool, str | None, float]] = [(tree, False, None, 1.0)]
    while stack:
        node, negated, region, boost = stack.pop()
        if isinstance(node, Unit):
            yield Wanted(node, negated, region, boost)
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


def names_in(unit: Node) -> Iterator[Name]:
    """The names that a unit looks for in all spellings."""
    if isinstance(unit, Name):
        yield unit
    elif isinstance(unit, Phrase):
        yield from (part for part in unit.parts if isinstance(part, Name))
    elif isinstance(unit, PatternPhrase):
        for part in unit.units:
            yield from names_in(part)
    elif isinstance(unit, Near | Same):
        yield from names_in(unit.left)
        yield from names_in(unit.right)
    elif isinstance(unit, And | Or):
        for operand in unit.operands:
            yield from names_in(operand)


def narrower(outer: str | None, inner: str) -> str:
    """The part of an article that is in both regions: the headline is part of the lead."""
    return "title" if "title" in (outer, inner) else inner
