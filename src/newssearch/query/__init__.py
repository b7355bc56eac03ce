"""The query language: a string to a syntax tree, with what was understood and what was odd about it."""

from .parser import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, Diagnostic, Query, parse
from .tree import And, Everything, Node, Not, Nothing, Or, Phrase, Span, Word, leaves

__all__ = [
    "MAX_CLAUSES",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "And",
    "Diagnostic",
    "Everything",
    "Node",
    "Not",
    "Nothing",
    "Or",
    "Phrase",
    "Query",
    "Span",
    "Word",
    "leaves",
    "parse",
]
