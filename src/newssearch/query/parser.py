"""From a string to a syntax tree.

::

    query    = either
    either   = all { "OR" all }
    all      = negated { [ "AND" ] negated }
    negated  = { "NOT" | "-" } operand
    operand  = word | '"' words '"' | "(" either ")"

Everything that a person can type parses: what has no place is passed over, or taken as a word, with a diagnostic.
An error is raised only for what is beyond the bounds below. The time is linear in the length of the query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from ..analysis import words
from ..errors import QueryError
from .tree import (
    MINUS,
    NOWHERE,
    OPERATORS,
    QUOTES,
    And,
    Everything,
    Node,
    Not,
    Nothing,
    Or,
    Phrase,
    Span,
    Word,
)

MAX_LENGTH = 65_536
"""Characters of a query."""
MAX_DEPTH = 100
"""Parentheses and negations inside each other."""
MAX_CLAUSES = 4_096
"""Words and phrases of a query."""

_UNSEEN = (
    "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"  # direction marks and the like, pasted along with a word
)
_TOKEN = re.compile(
    rf"""
      (?P<space>[\s{_UNSEEN}]+)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<quote>[{QUOTES}])
    | (?P<minus>[{MINUS}](?=[^\s){MINUS}]))
    | (?P<word>[^\s{_UNSEEN}(){QUOTES}]+)
    """,
    re.VERBOSE,
)
_HIDDEN = re.compile(f"[{_UNSEEN}]")
_QUOTE = re.compile(f"[{QUOTES}]")

Kind = Literal["space", "open", "close", "quote", "phrase", "minus", "word", "end"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something odd about a query that was answered all the same.

    ``kind`` names it for programs, ``message`` tells a person, ``span`` is its place in the query, and
    ``suggestion`` what could be meant, or ``""``.
    """

    kind: str
    message: str
    span: Span = NOWHERE
    suggestion: str = ""

    def to_dict(self) -> dict[str, object]:
        """The diagnostic as JSON types."""
        return {
            "kind": self.kind,
            "message": self.message,
            "start": self.span.start,
            "end": self.span.end,
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: its ``text`` as given, its syntax ``tree``, and what was odd about it."""

    text: str
    tree: Node
    diagnostics: tuple[Diagnostic, ...] = ()

    def __str__(self) -> str:
        """What was understood, in full parentheses."""
        return str(self.tree)


@dataclass(slots=True)
class _Token:
    kind: Kind
    text: str
    span: Span


def parse(text: str) -> Query:
    """Parse a query. Raises :class:`~newssearch.QueryError` where it is longer or deeper than the bounds.

    >>> str(parse('iraq (coalition OR "security forces") -syria'))
    '(iraq AND (coalition OR "security forces") AND NOT syria)'
    """
    if len(text) > MAX_LENGTH:
        reason = f"the query has {len(text):,} characters; {MAX_LENGTH:,} are the most"
        raise QueryError(reason, query=text, start=MAX_LENGTH, end=len(text))
    parser = _Parser(text)
    tree = parser.parse()
    return Query(text, tree, tuple(sorted(parser.diagnostics, key=lambda d: d.span)))


@dataclass
class _Parser:
    text: str
    diagnostics: list[Diagnostic] = field(default_factory=list)
    at: int = 0
    depth: int = 0
    clauses: int = 0

    def parse(self) -> Node:
        self.tokens = self._tokens()
        if len(self.tokens) == 1 and not self.text.strip():
            return Everything()
        parts = [self._either()]
        while self.tokens[self.at].kind == "close":  # one without its partner
            self._note("unbalanced", "a closing parenthesis without an opening one was passed over")
            self.at += 1
            parts.append(self._either())
        tree = _join(And, [part for part in parts if part is not None])
        return tree if tree is not None else Nothing(span=Span(0, len(self.text)))

    # ---- tokens

    def _tokens(self) -> list[_Token]:
        found: list[_Token] = []
        at = 0
        while at < len(self.text):
            match = _TOKEN.match(self.text, at)
            assert match is not None, "each character begins a token"
            kind: Kind = match.lastgroup  # type: ignore[assignment]
            span = Span(*match.span())
            if kind == "quote":
                closing = _QUOTE.search(self.text, match.end())
                if closing is None:
                    message = "a quotation mark without its partner was passed over"
                    self.diagnostics.append(Diagnostic("unbalanced", message, span))
                else:
                    span = Span(span.start, closing.end())
                    found.append(_Token("phrase", self.text[match.end() : closing.start()], span))
            elif kind != "space":
                found.append(_Token(kind, match.group(), span))
            at = span.end
        found.append(_Token("end", "", Span(len(self.text), len(self.text))))
        return found

    def _is(self, operator: str) -> bool:
        token = self.tokens[self.at]
        return token.kind == "word" and token.text == operator

    def _starts_operand(self, offset: int = 0) -> bool:
        """Whether an operand begins at that token: an operator before anything else is a word."""
        return self.tokens[min(self.at + offset, len(self.tokens) - 1)].kind not in ("close", "end")

    def _note(self, kind: str, message: str, span: Span | None = None) -> None:
        self.diagnostics.append(Diagnostic(kind, message, span or self.tokens[self.at].span))

    # ---- grammar: each returns None where there was nothing to look for

    def _either(self) -> Node | None:
        branches = [self._all()]
        while self._is("OR"):  # with an operand behind it: _all() has taken any other as a word
            self.at += 1
            branches.append(self._all())
        return _join(Or, [branch for branch in branches if branch is not None])

    def _all(self) -> Node | None:
        operands: list[Node] = []
        if (self._is("OR") or self._is("AND")) and (node := self._operator_as_word()) is not None:
            operands.append(node)
        while self._starts_operand() and not (self._is("OR") and self._starts_operand(1)):
            if self._is("AND") and self._starts_operand(1):
                self.at += 1
            node = self._negated()
            if node is not None:
                operands.append(node)
        return _join(And, operands)

    def _negated(self) -> Node | None:
        token = self.tokens[self.at]
        if not (token.kind == "minus" or (self._is("NOT") and self._starts_operand(1))):
            return self._operand()
        self.at += 1
        self._deeper(token.span)
        operand = self._negated()
        self.depth -= 1
        return Not(operand, span=Span(token.span.start, operand.span.end)) if operand is not None else None

    def _operand(self) -> Node | None:
        token = self.tokens[self.at]
        if token.kind in ("close", "end"):  # behind a minus, where all else was passed over
            return None
        if token.kind == "open":
            return self._group(token)
        if token.text in OPERATORS and token.kind == "word":
            return self._operator_as_word()
        self.at += 1
        return self._leaf(token)

    def _group(self, opening: _Token) -> Node | None:
        self.at += 1
        self._deeper(opening.span)
        node = self._either()
        self.depth -= 1
        closing = self.tokens[self.at]
        if closing.kind == "close":
            self.at += 1
            if node is None:
                span = Span(opening.span.start, closing.span.end)
                self._note("empty", "parentheses with nothing in them were passed over", span)
        else:
            self._note("unbalanced", "an opening parenthesis was closed at the end", opening.span)
        return node

    def _operator_as_word(self) -> Node | None:
        token = self.tokens[self.at]
        self._note("operator", f"{token.text} has nothing to work on here and was taken as a word")
        self.at += 1
        return self._leaf(token)

    def _leaf(self, token: _Token) -> Node | None:
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            reason = f"the query has more than {MAX_CLAUSES:,} words"
            raise QueryError(reason, query=self.text, start=token.span.start, end=token.span.end)
        if next(words(token.text), None) is None:
            shown = token.text.strip()
            self._note(
                "no-word",
                f"{shown or 'an empty phrase'} has no letter or digit and was passed over",
                token.span,
            )
            return None
        line = " ".join(_HIDDEN.sub("", token.text).split())
        if token.kind == "phrase" and " " in line:
            return Phrase(line, span=token.span)
        return Word(line, span=token.span)

    def _deeper(self, span: Span) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            reason = f"the query is nested deeper than {MAX_DEPTH} levels"
            raise QueryError(reason, query=self.text, start=span.start, end=span.end)


def _join(kind: type[And] | type[Or], operands: list[Node]) -> Node | None:
    """``operands`` under one node, those of the same kind flattened: (a AND b) AND c asks for a AND b AND c."""
    flat: list[Node] = []
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, kind) else (operand,))
    if not flat:
        return None
    if len(flat) == 1:
        return flat[0]
    return kind(tuple(flat), span=Span(flat[0].span.start, flat[-1].span.end))
