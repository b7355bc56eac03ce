"""Joins any number of trees under one AND or OR."""

from __future__ import annotations

from collections.abc import Iterable

from newssearch import arguments

from .tree import NODES, And, Everything, Node, Not, Or


def all_of(operands: Node | Iterable[Node]) -> Node:
    """Join operands by AND. A single operand is returned unchanged; without operands, the tree finds everything.

    >>> from newssearch.query import Word
    >>> str(all_of([Word("rain"), Word("iraq")])), str(all_of([Word("rain")])), str(all_of([]))
    ('(rain AND iraq)', 'rain', '*')
    """
    given: tuple[Node, ...] = tuple(arguments.several("operands", operands, NODES, "a node of a query"))
    return And(given) if len(given) > 1 else given[0] if given else Everything()


def any_of(operands: Node | Iterable[Node]) -> Node:
    """Join operands by OR. A single operand is returned unchanged; without operands, the tree finds nothing.

    >>> from newssearch.query import Word
    >>> str(any_of([Word("rain"), Word("iraq")])), str(any_of([Word("rain")])), str(any_of([]))
    ('(rain OR iraq)', 'rain', 'NOT *')
    """
    given: tuple[Node, ...] = tuple(arguments.several("operands", operands, NODES, "a node of a query"))
    return Or(given) if len(given) > 1 else given[0] if given else Not(Everything())
