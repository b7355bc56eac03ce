"""Parses tokens into a syntax tree, by recursive descent. ``docs/query-language.md`` describes the language for users.

::

    query    = [ either ]
    either   = all { "OR" all }
    all      = negated { [ "AND" ] negated }
    negated  = { "NOT" | "-" } near
    near     = boosted { ( "w/" n | "pre/" n | "w/p" | "w/s" ) boosted }
    boosted  = operand { "^" number }
    operand  = word | "*" | wildcard | word "~" n | "/" regex "/" | '"' pieces '"' [ "~" n ]
             | ( word | wildcard | '"' pieces '"' ) "~" ( "exact" | "name" )
             | "(" either ")" | "caps(" pieces ")" | "atleast" n "(" either ")" | "hlead(" either ")"
             | "syn(" either ")" | ( field | "syn" ) ":" operand | ( "date:" | "added:" ) range
    pieces   = { word | wildcard | word "~" n | "*" }

Almost any input parses: the parser ignores parts that do not fit the grammar, or takes them as words, and adds a
diagnostic. It raises an error for parts that would silently find nothing (an unknown field, an impossible date, a field
without a value that has a letter or digit), for parts without a meaning (AND between the operands of w/5), and beyond the
limits below. Its time is linear in the length of the query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from newssearch import arguments
from newssearch.display.brief import brief, many, quoted
from newssearch.errors import QueryError
from newssearch.fields import (
    LITERAL_FIELDS,
    NO_TAG,
    SYNONYMS,
    TAG,
    TIME_FIELDS,
    WORD_FIELDS,
    ArticleField,
    TimeField,
    by_name,
)
from newssearch.system.exhaustive import assert_never
from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern
from newssearch.text.periods import parse_range, why_no_period, why_no_range
from newssearch.text.tokenizer import word_matches as words_of
from newssearch.thesaurus import Thesaurus

from .borrowed import note_borrowed
from .conditions import PERIODS, RANGES, condition
from .diagnostics import Diagnostic, Notes
from .joining import all_of
from .leaf_parser import MAX_CLAUSES, LeafParser
from .leaves import MAX_DISTANCE, Fuzzy, PatternPhrase, Phrase, Wildcard, Word
from .lexer import QueryToken, tokens
from .node import Span
from .quoting import QUOTES, SURROGATE, escaped, has_wildcard, tidy
from .rewriting import MAX_DEPTH
from .tree import (
    MAX_COUNT,
    And,
    AtLeast,
    Boost,
    Dated,
    Everything,
    Field,
    Leaf,
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
    why_no_operand,
)
from .widening import widened

GRAMMAR_VERSION = 3
"""The version of the grammar. It is raised when a change gives an existing query another meaning."""
MAX_LENGTH = 65_536
"""The largest number of characters in a query."""
_QUESTION_MARK = Pattern(r"(?<!\\)\?")
"""Matches a question mark without a backslash before it."""


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: its ``text`` as given, its syntax ``tree``, and ``diagnostics`` about parts that look odd."""

    text: str
    tree: Node
    diagnostics: tuple[Diagnostic, ...] = ()

    def __repr__(self) -> str:
        return brief(
            self,
            quoted(self.text),
            f"meaning {quoted(str(self))}",
            many(len(self.diagnostics), "note") if self.diagnostics else "",
        )

    def __str__(self) -> str:
        """Return the query as it was understood, fully parenthesised; ``""`` if it finds everything."""
        return "" if isinstance(self.tree, Everything) else str(self.tree)


def parse(
    text: str,
    *,
    now: dt.datetime | None = None,
    fields: Iterable[ArticleField] = (),
    thesaurus: Thesaurus | None = None,
) -> Query:
    """Parse a query. Relative dates count from ``now``, by default the local clock.

    ``fields`` are the own fields of the index (:attr:`newssearch.Index.own_fields`), which the query can name. ``syn:``
    looks synonyms up in ``thesaurus``; without one, it adds none.

    Raises :class:`~newssearch.QueryError`, with the position and a suggestion.

    >>> str(parse('iraq (coalition OR "security forces") -syria'))
    '(iraq AND (coalition OR "security forces") AND NOT syria)'
    """
    text = _check_length(text)
    arguments.instance("now", now, (dt.datetime, type(None)), "a datetime, or None")
    arguments.instance("thesaurus", thesaurus, (Thesaurus, type(None)), "a Thesaurus, or None")
    notes = Notes()
    own = by_name(arguments.several("fields", fields, ArticleField, "an own field"))
    found = tokens(text, notes, own)
    parser = _Parser(text, notes, found, now, own, thesaurus)
    tree = parser.parse()
    note_borrowed(text, found, notes, own)
    return Query(text, tree, tuple(sorted(notes.found, key=lambda note: note.span)))


def literal(text: str) -> Query:
    """Return a query for all words of ``text`` in any order, in which no word is an operator.

    >>> str(literal('say "hi" OR title:x*'))
    '(say AND "\\\\"hi\\\\"" AND "OR" AND "title:x\\\\*")'
    """
    text = _check_length(text)
    return Query(text, words(text))


def words(text: str) -> Node:
    """Return a tree that finds the articles with all words of ``text``, in any order. No word is an operator."""
    arguments.text("text", text)
    pieces = [Word(piece) for piece in text.split() if next(words_of(piece), None) is not None]
    if len(pieces) > MAX_CLAUSES:
        raise QueryError(f"the query has more than {MAX_CLAUSES:,} words", query=text)
    return Not(Everything()) if text.strip() and not pieces else all_of(pieces)


def _check_length(text: str) -> str:
    """Return ``text`` with its lone surrogates, which cannot be printed, replaced by U+FFFD.

    Raises QueryError if it is longer than :data:`MAX_LENGTH`.
    """
    arguments.text("text", text)
    if len(text) > MAX_LENGTH:
        reason = f"the query has {len(text):,} characters; {MAX_LENGTH:,} are the most"
        raise QueryError(reason, query=text, start=MAX_LENGTH, end=len(text))
    return SURROGATE.sub("\ufffd", text)


class _Parser:
    def __init__(
        self,
        text: str,
        notes: Notes,
        found: list[QueryToken],
        now: dt.datetime | None,
        own: Mapping[str, ArticleField],
        thesaurus: Thesaurus | None,
    ) -> None:
        self.own = own
        self.thesaurus = thesaurus
        self.text = text
        self.notes = notes
        self.tokens = found
        self.now = now
        self.leaves = LeafParser(text, notes)
        self.room = MAX_CLAUSES - len(found)  # for synonyms
        self.at = self.depth = 0

    def parse(self) -> Node:
        """Return the tree of the whole text."""
        if not self.text.strip():
            return Everything()
        parts = [self._either()]
        while self._here.kind == "close":  # an unpaired one
            self.notes.add(
                "unbalanced",
                "a closing parenthesis without an opening one was ignored",
                self._take().span,
            )
            parts.append(self._either())
        whole = Span(0, len(self.text))
        return _join_nodes(And, [part for part in parts if part is not None]) or Not(
            Everything(span=whole), span=whole
        )

    @property
    def _here(self) -> QueryToken:
        return self.tokens[self.at]

    def _take(self) -> QueryToken:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def _is(self, operator: str) -> bool:
        return self._here.kind == "operator" and self._here.text == operator

    def _starts_operand(self, offset: int = 0) -> bool:
        """Whether an operand can begin at the token ``offset`` tokens after the current one.

        That is so unless this token closes a parenthesis or ends the query.
        """
        return self.tokens[min(self.at + offset, len(self.tokens) - 1)].kind not in ("close", "end")

    def _error(self, reason: str, span: Span, suggestion: str = "") -> QueryError:
        return QueryError(reason, query=self.text, start=span.start, end=span.end, suggestion=suggestion)

    def _as_word(self) -> Node | None:
        token = self._take()
        self.notes.add("operator", f"{token.text} lacks an operand and was taken as a word", token.span)
        return self.leaves.leaf(QueryToken("word", token.text, token.span))

    def _deeper(self, span: Span) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"the query is nested deeper than {MAX_DEPTH} levels", span)

    # ---- grammar: each returns None if there is nothing to search for

    def _either(self) -> Node | None:
        branches = [self._all()]
        while self._is("OR"):  # an operand follows: _all() takes any other OR as a word
            self._take()
            branches.append(self._all())
        return _join_nodes(Or, [branch for branch in branches if branch is not None])

    def _all(self) -> Node | None:
        operands: list[Node | None] = []
        if self._is("OR") or self._is("AND"):
            operands.append(self._as_word())
        while self._starts_operand() and not (self._is("OR") and self._starts_operand(1)):
            if self._is("AND") and self._starts_operand(1):
                self._take()
            operands.append(self._negated())
        return _join_nodes(And, [operand for operand in operands if operand is not None])

    def _negated(self) -> Node | None:
        token = self._here
        if not (token.kind == "minus" or (self._is("NOT") and self._starts_operand(1))):
            return self._near()
        self._take()
        self._deeper(token.span)
        operand = self._negated()
        self.depth -= 1
        return Not(operand, span=Span(token.span.start, operand.span.end)) if operand is not None else None

    def _near(self) -> Node | None:
        left = self._boosted()
        chain = 0
        while self._here.kind == "near":
            operator = self._here
            if left is None or not self._starts_operand(1):
                left = _join_nodes(And, [node for node in (left, self._as_word()) if node is not None])
                continue
            self._take()
            right = self._boosted()
            if right is None:
                self.notes.add(
                    "operator", f"{operator.text} has no operand after it and was ignored", operator.span
                )
                continue
            chain += 1
            if self.depth + chain > MAX_DEPTH:
                raise self._error(f"the query is nested deeper than {MAX_DEPTH} levels", operator.span)
            left = self._proximity(left, operator, right)
        return left

    def _proximity(self, left: Node, operator: QueryToken, right: Node) -> Node:
        span = Span(left.span.start, right.span.end)
        left, right = self._side(left, operator), self._side(right, operator)
        if operator.text in ("w/p", "w/s"):
            return Same(left, right, "p" if operator.text == "w/p" else "s", span=span)
        distance = int(operator.number)
        if not 1 <= distance <= MAX_DISTANCE:
            raise self._error(f"a distance is from 1 to {MAX_DISTANCE} words", operator.span)
        return Near(left, right, distance, operator.text.startswith("pre"), span=span)

    def _side(self, side: Node, operator: QueryToken) -> Node:
        """Return an operand of a proximity operator, without the boost that it may have.

        Raises QueryError if it has no matches in a text.
        """
        if isinstance(side, Boost):
            message = f"a boost beside {operator.text} was ignored: put the whole in parentheses"
            self.notes.add("boost", message, side.span)
            side = side.operand
        if (reason := why_no_operand(side)) is not None:
            hint = "use OR, or join the parts by AND outside of it"
            raise self._error(
                f"{operator.text} needs operands with matches in the text: {reason}", side.span, hint
            )
        return side

    def _boosted(self) -> Node | None:
        node = self._operand()
        factor, span = 1.0, self._here.span
        boosted = False
        while self._here.kind == "boost":
            token = self._take()
            factor, boosted, span = factor * token.number, True, Span(span.start, token.span.end)
        if node is None or not boosted:
            return node
        if not 0 <= factor <= 1_000_000:
            raise self._error("a boost is from 0 to 1,000,000", span)
        return Boost(node, factor, span=Span(node.span.start, span.end))

    def _operand(self) -> Node | None:
        token = self._here
        if token.kind in ("close", "end"):  # after an operator whose operand was ignored
            return None
        if token.kind == "minus" or (self._is("NOT") and self._starts_operand(1)):
            return self._negated()  # after a field, or beside w/5, which refuses it
        if token.kind in ("operator", "near", "boost"):
            return self._as_word()
        if token.kind == "open":
            return self._group()
        self._take()
        if token.kind == "function":
            return self._function(token)
        if token.kind == "field":
            return self._field(token)
        return self.leaves.leaf(token)

    def _group(self) -> Node | None:
        opening = self._take()
        self._deeper(opening.span)
        node = self._either()
        self.depth -= 1
        if self._here.kind != "close":
            self.notes.add("unbalanced", "an opening parenthesis was closed at the end", opening.span)
            return node
        closing = self._take()
        if node is None:
            span = Span(opening.span.start, closing.span.end)
            self.notes.add("empty", "parentheses with nothing in them were ignored", span)
        return node

    def _function(self, token: QueryToken) -> Node | None:
        node = self._group()
        if node is None:
            return None
        span = Span(token.span.start, node.span.end)
        if token.text == "hlead":
            return Region("hlead", node, span=span)
        if token.text == SYNONYMS:
            return self._synonyms(node, span)
        reason = why_no_operand(node)
        if reason is not None:
            raise self._error(
                f"atleast counts matches in the text: {reason}", node.span, "use OR for any of several"
            )
        if not 1 <= token.number <= MAX_COUNT:
            raise self._error(f"atleast counts from 1 to {MAX_COUNT:,}", token.span)
        return AtLeast(int(token.number), node, span=span)

    # ---- synonyms

    def _synonyms(self, node: Node, span: Span) -> Node:
        """Return ``syn(…)``: the alternatives of an OR as synonyms of each other; without OR, what ``syn:(…)`` means."""
        if not isinstance(node, Or):
            return self._widened(node)
        for operand in node.operands:
            if (reason := why_no_operand(operand)) is not None:
                hint = "join words and phrases by OR in it"
                raise self._error(f"syn(…) joins matches in the text: {reason}", operand.span, hint)
        return Synonyms(node.operands, span=span)

    def _widened(self, node: Node) -> Node:
        """Return a node with the archive's synonyms of its words and phrases, if they are known."""
        if self.thesaurus is None:
            return node
        wide = widened(node, self.thesaurus, self.text, room=self.room, asked=True)
        self.room -= wide.added
        for note in wide.notes:
            self.notes.add(note.kind, note.message, note.span, note.suggestion)
        return wide.tree

    # ---- fields

    def _field(self, token: QueryToken) -> Node | None:
        name = token.text
        time = next((one for one in TIME_FIELDS if one == name), None)
        if time is not None:
            return self._dated(token, time)
        value = self._here
        between = self.text[token.span.end : value.span.start]
        apart = any(char.isspace() for char in between) and not tidy(between)  # after invisible characters
        if not self._starts_operand() or apart:
            raise self._no_value(token, token.span)
        if name == SYNONYMS:
            operand = self._operand()
            return None if operand is None else self._widened(operand)
        self._check_whole(token)
        if name in self.own:
            condition = self._own_field(self.own[name], token)
            if condition is not None:
                return condition
        if name in LITERAL_FIELDS and value.kind == "phrase":
            return self._literal_value(token)
        if (
            name not in ("title", "id")
            and has_wildcard(value.raw)
            and value.kind in ("phrase", "wildcard")
            and not value.number
        ):
            self._take()
            self.leaves.count(value.span)
            return self._values(name, Everything(span=value.span), token)
        self._deeper(token.span)
        node = self._operand()
        self.depth -= 1
        if node is None:  # no value finds nothing: without the condition, the search would find more
            end = max(value.span.end, self.tokens[self.at - 1].span.end)
            raise self._no_value(token, Span(value.span.start, end))
        if name == "title":
            return Region("title", node, span=Span(token.span.start, node.span.end))
        return self._values(name, node, token)

    def _no_value(self, token: QueryToken, span: Span) -> QueryError:
        """Return the error that the value at ``span`` of the field ``token`` has no letter or digit."""
        shown = tidy(self.text[span.start : span.end]) if span != token.span else ""
        reason = f"{token.text}: needs a value with a letter or digit"
        return self._error(f"{reason}, and {shown} has none" if shown else reason, span)

    def _check_whole(self, token: QueryToken) -> None:
        """Raise QueryError if the value of the field ``token`` goes on after a colon in quotation marks or parentheses."""
        value, following = self._here, self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        end = value.span.end
        if (
            token.text == "title"
            or self.text[end - 1] != ":"
            or self.text[end : end + 1] not in (*QUOTES, "(")
        ):
            return
        if following.kind == "phrase" and following.span.start == end:
            rest, stop = following.raw or escaped(following.text), following.span.end
        else:
            rest, stop = "…", end + 1
        hint = (
            f'put the whole value in quotation marks: {token.text}:"{value.raw or escaped(value.text)}{rest}"'
        )
        around = "parentheses" if self.text[end] == "(" else "quotation marks"
        reason = f"only a part of the value of {token.text} is in {around}"
        raise self._error(reason, Span(value.span.start, stop), hint)

    def _own_field(self, field: ArticleField, token: QueryToken) -> Node | None:
        """Return the condition on an own field that a single value, number or period states; None for anything else."""
        value = self._here
        span = Span(token.span.start, value.span.end)
        if field.kind in ("number", "date"):
            if value.kind not in ("date", "phrase"):
                raise self._error(f"{field.name}: takes no group", token.span, RANGES[field.kind])
            self._take()
            self.leaves.count(span)
            try:
                return condition(field, value.text, self.now, span=span)
            except QueryError as error:
                raise self._error(error.reason, value.span, error.suggestion) from None
        if value.kind not in ("word", "phrase") or value.number or has_wildcard(value.raw):
            return None
        self._take()
        self.leaves.count(span)
        if not tidy(value.text):
            raise self._error(f"{field.name}: has an empty value", span, f"{field.name}:* finds any value")
        return Field(field.name, value.text, span=span)

    def _values(self, name: str, node: Node, token: QueryToken) -> Node:
        """Return ``node`` with its words and phrases replaced by conditions on the field ``name``."""
        span = Span(token.span.start, node.span.end)
        if isinstance(node, Word | Phrase) and not (isinstance(node, Phrase) and (node.within or node.names)):
            return self._with_tag(node.text, span) if name == TAG else Field(name, node.text, span=span)
        if self._is_pattern_of_value(name, node):
            source = self.text[node.span.start : node.span.end].strip(QUOTES)
            if name == TAG:
                return Tagged(source, pattern=True, span=span)
            return Field(name, source, pattern=True, span=span)
        if isinstance(node, Not):
            return Not(self._values(name, node.operand, token), span=span)
        if isinstance(node, Or):
            return Or(tuple(self._values(name, operand, token) for operand in node.operands), span=span)
        if isinstance(node, And):
            kept = [operand for operand in node.operands if not isinstance(operand, Not)]
            if len(kept) > 1 and name not in (*WORD_FIELDS, TAG) and name not in self.own:
                hint = f'put the whole name in quotation marks, as in {name}:"…", or write OR'
                raise self._error(f"no article has two values of {name}", span, hint)
            return And(tuple(self._values(name, operand, token) for operand in node.operands), span=span)
        if isinstance(
            node, Leaf | AtLeast | Region | Field | Tagged | Within | Dated | Undated | Boost | Everything
        ):
            raise self._error(f"{name}: takes words and phrases, not {node}", span)
        assert_never(node)

    def _with_tag(self, tag: str, span: Span) -> Node:
        """Return the condition to have a tag; for ``none``, the one to have no tag."""
        if tag.lower() == NO_TAG:
            return Not(Tagged("*", pattern=True, span=span), span=span)
        return Tagged(tag, span=span)

    def _literal_value(self, token: QueryToken) -> Field:
        """Return the condition on the address or the key after ``token``, its field. Raises QueryError if it has no word.

        Stars in it are wildcards, question marks are not.
        """
        value = self._take()
        self.leaves.count(value.span)
        span = Span(token.span.start, value.span.end)
        pattern = _QUESTION_MARK.sub(r"\\?", value.raw)
        if has_wildcard(pattern):
            return Field(token.text, pattern, pattern=True, span=span)
        if next(words_of(tidy(value.text)), None) is None:
            kind = "an address" if token.text == "url" else "a key"
            raise self._error(f"{tidy(value.text) or 'an empty phrase'} is not {kind}", value.span)
        return Field(token.text, value.text, span=span)

    def _is_pattern_of_value(self, name: str, node: Node) -> bool:
        """Whether a node was written as a wildcard pattern of a value, without a suffix such as ``~exact``."""
        if name == "id" or not has_wildcard(self.text[node.span.start : node.span.end].strip(QUOTES)):
            return False
        if isinstance(node, PatternPhrase):
            return not (node.mode or node.within or any(isinstance(part, Fuzzy) for part in node.parts))
        return isinstance(node, Everything) or (isinstance(node, Wildcard) and not node.written)

    def _dated(self, token: QueryToken, name: TimeField) -> Node | None:
        if self._here.kind not in ("date", "phrase"):
            hint = "write a period, or a range like 2024-07..2024-09, without parentheses"
            raise self._error(f"{name}: takes no group", token.span, hint)
        value = self._take()
        span = Span(token.span.start, value.span.end)
        self.leaves.count(span)
        when = tidy(value.text)
        if when.lower() == "none":
            if name == "added":
                hint = "date:none finds the articles without a date"
                raise self._error("every article has a time at which it was added", span, hint)
            return Undated(span=span)
        bounds = parse_range(when, self.now if name == "date" else _utc_now(self.now))
        if bounds is None:
            hint = why_no_period(when) or PERIODS
            raise self._error(f"{value.text!r} is not a date", value.span, hint)
        if name == "date" and (reason := why_no_range(*bounds)) is not None:
            raise self._error(reason, value.span)
        try:
            return Dated(when, *bounds, name, span=span)
        except ValueError as error:  # the range is empty, with its bounds in UTC
            raise self._error(str(error), value.span) from None


def _utc_now(now: dt.datetime | None) -> dt.datetime:
    """Return the moment that relative times of UTC count from. A ``now`` without a zone is a time of the local clock."""
    if now is None:
        return dt.datetime.now(dt.timezone.utc)
    try:
        return now.astimezone(dt.timezone.utc)
    except (OverflowError, ValueError, OSError):  # at an end of the calendar
        return now


def _join_nodes(kind: type[And] | type[Or], operands: list[Node]) -> Node | None:
    """Return one node over ``operands``; the operand if there is one, None if there are none."""
    if len(operands) < 2:
        return operands[0] if operands else None
    return kind(tuple(operands), span=Span(operands[0].span.start, operands[-1].span.end))
