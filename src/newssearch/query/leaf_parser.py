"""Turns tokens of a query into leaves of its tree: words, phrases, patterns, names and regular expressions."""

from __future__ import annotations

import re

from newssearch.errors import QueryError
from newssearch.text.tokenizer import word_matches as words_of

from .borrowed import BOOLEAN_MARKS
from .diagnostics import Notes
from .leaves import (
    ANY,
    MAX_DISTANCE,
    MAX_UNORDERED,
    AnyWord,
    Caps,
    Exact,
    Fuzzy,
    Name,
    PatternPhrase,
    Phrase,
    Regex,
    Wildcard,
    Word,
    count_words,
)
from .lexer import QueryToken
from .names import core
from .node import Span
from .phrases import has_pattern, pieces
from .quoting import QUOTES, tidy
from .tree import Everything, Node

MAX_CLAUSES = 1_024
"""The largest number of words, phrases and values in a query."""
_OPERATORS_BETWEEN = re.compile(r"(?<=\S)\s+(AND|OR|NOT)\s+(?=\S)")


class LeafParser:
    """Turns tokens of one query into leaves, counts the leaves, and adds diagnostics about them to ``notes``."""

    def __init__(self, text: str, notes: Notes) -> None:
        self._text = text
        self._notes = notes
        self._clauses = 0

    def leaf(self, token: QueryToken) -> Node | None:
        """Return the leaf of a token, or Everything for a star; None, with a diagnostic, if it has no word.

        Raises QueryError for an invalid regular expression or phrase, and beyond :data:`MAX_CLAUSES`.
        """
        self.count(token.span)
        text, span = tidy(token.text), token.span
        if token.kind == "regex":
            return self._regex(token)
        if token.kind == "wildcard" and text == "*":
            return Everything(span=span)
        if token.raw and has_pattern(token.raw):
            return self._patterns(token)
        if next(words_of(text), None) is None:
            shown = text or "an empty phrase"
            message = f"{shown} has no letter or digit and was ignored"
            self._notes.add("no-word", message, span, BOOLEAN_MARKS.get(text, ""))
            return None
        if token.kind == "caps":
            self._note_operators(text, span)
            return Caps(text, span=span)
        if token.kind == "exact":
            return Exact(text, span=span)
        if token.kind == "name":
            return self._name(text, span)
        if token.kind == "fuzzy":
            return Fuzzy(text, int(token.number), span=span)
        if token.kind == "phrase" and (" " in text or token.number):
            within = int(token.number)
            if within > MAX_DISTANCE:
                raise self._error(f"a phrase spans at most {MAX_DISTANCE} words", span)
            if within and within < len(list(words_of(text))) - 1:
                self._notes.add(
                    "phrase", f"the words of the phrase do not fit within {within} of each other", span
                )
            return Phrase(text, within, span=span)
        return Phrase(text, span=span) if " " in text else Word(text, span=span)

    def count(self, span: Span) -> None:
        """Count a word, phrase or value at ``span``. Raises QueryError if there are more than :data:`MAX_CLAUSES`."""
        self._clauses += 1
        if self._clauses > MAX_CLAUSES:
            raise self._error(f"the query has more than {MAX_CLAUSES:,} words", span)

    def _patterns(self, token: QueryToken) -> Node | None:
        """Return the node of a token with patterns, such as ``iraq*``, ``"iraq* government"`` and ``caps(Secur*)``.

        Returns None, and adds a diagnostic, if it has no letter or digit.
        """
        span, within = token.span, int(token.number)
        parts, notes = pieces(token.raw, span)
        for message, hint in notes:
            self._notes.add("pattern", message, span, hint)
        for _ in parts[1:]:
            self.count(span)
        if all(part == ANY for part in parts):
            self._notes.add("no-word", f"{tidy(token.text)} has no letter or digit and was ignored", span)
            return None
        if ANY in parts:
            message = "a star alone stands for any one word"
            if within:
                parts = tuple(part for part in parts if part != ANY)
                message = f"a star alone was ignored: within {within}, any words may stand between the others"
            self._notes.add("pattern", message, span, "a backslash takes a star literally: \\*")
        if all(isinstance(part, Word) for part in parts):
            text = " ".join(part.text for part in parts if isinstance(part, Word))
            return self.leaf(QueryToken(token.kind, text, span, token.number))
        as_written = token.kind in ("exact", "caps")
        if as_written and any(isinstance(part, Fuzzy) for part in parts):
            raise self._error("a fuzzy word cannot be compared as written", span, "leave one of the two out")
        if len(parts) == 1 and not isinstance(parts[0], AnyWord):
            return self._pattern(parts[0], token)
        if within > MAX_DISTANCE:
            raise self._error(f"a phrase spans at most {MAX_DISTANCE} words", span)
        if within and count_words(parts) > MAX_UNORDERED:
            reason = f"a phrase with a pattern in it has at most {MAX_UNORDERED} words in any order"
            raise self._error(reason, span, "join some of them by w/5")
        mode = token.kind if token.kind in ("exact", "caps", "name") else ""
        return PatternPhrase(parts, within, mode, span=span)

    def _pattern(self, part: Word | Wildcard | Fuzzy, token: QueryToken) -> Node:
        """Return the node of a single pattern, compared as written if its token says so (``~exact``, ``caps(…)``)."""
        if token.kind == "name":
            self._notes.add("name", "a pattern is not searched in other spellings", token.span)
        if isinstance(part, Wildcard) and token.kind in ("exact", "caps"):
            return Wildcard(part.pattern, token.kind, span=token.span)
        return part

    def _name(self, text: str, span: Span) -> Name | Phrase | Word:
        if " " in text:
            return Phrase(text, names=True, span=span)
        if core(text) is not None:
            return Name(text, span=span)
        message = "only a name of four Latin letters or more is searched in other spellings"
        self._notes.add("name", message, span)
        return Word(text, span=span)

    def _regex(self, token: QueryToken) -> Regex:
        try:
            return Regex(token.text, span=token.span)
        except ValueError as error:
            raise self._error(f"the regular expression is wrong: {error}", token.span) from None

    def _note_operators(self, text: str, span: Span) -> None:
        """Add a diagnostic for ``caps(US OR UK)``, where OR is a word. In quotation marks, that is intended."""
        parts = _OPERATORS_BETWEEN.split(text)
        if len(parts) < 3 or self._text[span.start + len("caps(") :].lstrip()[:1] in QUOTES:
            return
        instead = " ".join(part if at % 2 else f"caps({part})" for at, part in enumerate(parts))
        self._notes.add("operator", f"{parts[1]} is taken as a word in caps(…)", span, f"write {instead}")

    def _error(self, reason: str, span: Span, suggestion: str = "") -> QueryError:
        return QueryError(reason, query=self._text, start=span.start, end=span.end, suggestion=suggestion)
