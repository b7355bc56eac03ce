"""The syntax tree of a query. Its nodes are frozen, and equal where they ask for the same, wherever they stand.

``str(node)`` is the canonical query: it shows every operator and every pair of parentheses, and parses to an equal
tree. ``span`` is the place in the text that a node came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """A place in the query's text: ``text[start:end]``, in characters."""

    start: int
    end: int


NOWHERE = Span(0, 0)
OPERATORS = frozenset({"AND", "OR", "NOT"})
MINUS = "−–-"
"""What means NOT in front of an operand: the hyphen, and what a word processor makes of it."""
QUOTES = '"“”„‟«»＂'
"""What begins and ends a phrase."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a query."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Word(Node):
    """Articles with this word, in the headline or in a paragraph. What the analyser splits is a phrase."""

    text: str

    def __str__(self) -> str:
        if (
            self.text in OPERATORS
            or self.text.startswith(tuple(MINUS))
            or not _NEEDS_QUOTES.isdisjoint(self.text)
        ):
            return f'"{self.text}"'
        return self.text


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Articles with these words side by side, in the headline or in one paragraph."""

    text: str

    def __str__(self) -> str:
        return f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class And(Node):
    """Articles that each of the operands finds."""

    operands: tuple[Node, ...]

    def __str__(self) -> str:
        return f"({' AND '.join(map(str, self.operands))})"


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Articles that any of the operands finds."""

    operands: tuple[Node, ...]

    def __str__(self) -> str:
        return f"({' OR '.join(map(str, self.operands))})"


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Articles that the operand does not find."""

    operand: Node

    def __str__(self) -> str:
        return f"NOT {self.operand}"


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """All articles: the empty query."""

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """No article: a query in which there is nothing to look for."""

    def __str__(self) -> str:
        return "()"


_NEEDS_QUOTES = frozenset("() \t\n\r")


def leaves(node: Node, *, negated: bool = False) -> Iterator[tuple[Word | Phrase, bool]]:
    """The words and phrases of a tree in order, and whether each is negated (twice negated is not).

    >>> [(str(leaf), negated) for leaf, negated in leaves(And((Word("a"), Not(Or((Word("b"), Not(Word("c"))))))))]
    [('a', False), ('b', True), ('c', False)]
    """
    stack: list[tuple[Node, bool]] = [(node, negated)]
    while stack:
        here, minus = stack.pop()
        if isinstance(here, Not):
            stack.append((here.operand, not minus))
        elif isinstance(here, And | Or):
            stack.extend((operand, minus) for operand in reversed(here.operands))
        elif isinstance(here, Word | Phrase):
            yield here, minus
