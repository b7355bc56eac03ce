"""The syntax tree of a query. Its nodes are frozen, and equal where they ask for the same, wherever they stand.

``str(node)`` is the canonical query: it shows every operator and every pair of parentheses, and parses to an equal
tree. A program builds a query from these classes, and never needs to quote what a user typed::

    And((words("iraq US"), Not(Field("outlet", "The Guardian"))))

What means nothing cannot be built: a class raises ValueError for it. :func:`all_of` and :func:`any_of` join any number
of nodes, none and one too.

There are two kinds. A *unit* has occurrences, places in one paragraph or in the headline: :class:`Word`,
:class:`Phrase`, :class:`Wildcard`, :class:`Fuzzy`, :class:`Regex`, :class:`Name`, :class:`Exact`, :class:`Caps`,
:class:`PatternPhrase`, :class:`Near`, :class:`Same`. The
others hold or fail for an article as a whole. ``span`` is the place in the text that a node came from.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal, NamedTuple

from newssearch import arguments
from newssearch.fields import VALUE_FIELDS, ValueField
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import fold
from newssearch.text.analysis import words as words_of
from newssearch.text.dates import parse_range, why_no_range

from .names import ARTICLES, core
from .quoting import escaped, escaped_quotes, has_wildcard, plain, quoted, wildcard
from .regexes import compile_regex


class Span(NamedTuple):
    """A place in the query's text: ``text[start:end]``, in characters."""

    start: int
    end: int


NOWHERE = Span(0, 0)
OPERATORS = frozenset({"AND", "OR", "NOT"})
MAX_EDITS = 2
"""Letters by which a fuzzy word may differ."""
MAX_COUNT = 1_000_000
"""Occurrences that atleast may ask for."""
MAX_DISTANCE = 1_000
"""Words that a proximity operator may span."""
MAX_UNORDERED = 8
"""Words and patterns that a phrase may hold in any order."""

Written = Literal["", "exact", "caps"]
_AS_WRITTEN: dict[str, str] = {"": "{}", "exact": "{}~exact", "caps": "caps({})"}

REGIONS = ("title", "hlead")
"""Parts of an article: the headline; the headline and the lead (:mod:`newssearch.lead`)."""
LEAD = 2
"""Paragraphs that are the lead, at most."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a query."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


# ---- units


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A word. What the analyser splits (``Al-Abbasi``) is a phrase. ``text`` has no white space.

    ``inside`` are words side by side, this among them, that may be written as one with capitals inside, where this is
    found too: see :func:`newssearch.query.side_by_side`.
    """

    text: str
    inside: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _clean(self, "text")
        if " " in self.text:
            raise ValueError(f"not one word: {self.text!r}; words() makes a query of several")

    def __str__(self) -> str:
        return (
            self.text
            if _BARE.fullmatch(self.text) and self.text.upper() not in OPERATORS
            else quoted(self.text)
        )


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Words side by side; with ``within``, all of them in any order, the first and the last so many words apart.

    With ``names``, each of them that can be a :class:`Name` is one.
    """

    text: str
    within: int = 0
    names: bool = False

    def __post_init__(self) -> None:
        _clean(self, "text")
        if " " not in self.text and not self.within:
            raise ValueError(f"not a phrase: {self.text!r}")
        if not 0 <= arguments.whole_number("within", self.within) <= MAX_DISTANCE:
            raise ValueError(f"a phrase spans at most {MAX_DISTANCE} words")
        if self.names and self.within:
            raise ValueError("the words of a phrase are names side by side, or words in any order")

    def __str__(self) -> str:
        return quoted(self.text) + (f"~{self.within}" if self.within else "~name" if self.names else "")

    @property
    def parts(self) -> list[Word | Name]:
        """The words one by one."""
        pieces = [piece for piece in self.text.split() if next(words_of(piece), None) is not None]
        if not self.names:
            return [Word(piece) for piece in pieces]
        parts: list[Word | Name] = []
        for piece in pieces:
            if core(piece) is None:
                parts.append(Word(piece))
                continue
            if parts and fold(parts[-1].text) in ARTICLES and len(list(words_of(piece))) == 1:
                parts.pop()
            parts.append(Name(piece))
        return parts


@dataclass(frozen=True, slots=True)
class Wildcard(Node):
    """Words of a pattern: ``*`` is any letters or none, ``?`` one letter but not at the end, ``[a-c]`` one of some.

    ``written`` says what makes a difference: ``"exact"`` accents, ``"caps"`` capitals too, ``""`` neither.
    """

    pattern: str
    written: Written = ""

    def __post_init__(self) -> None:
        if self.written not in _AS_WRITTEN:
            raise ValueError(f"no way to be written: {self.written!r}")
        starred = "*" in arguments.text("pattern", self.pattern) or "?" in self.pattern
        if not (starred and wildcard().fullmatch(self.pattern) and any(map(str.isalnum, self.pattern))):
            raise ValueError(f"not a pattern of one word: {self.pattern!r}")
        if self.pattern.endswith("?"):
            raise ValueError("a question mark at the end of a word is punctuation")

    def __str__(self) -> str:
        return _AS_WRITTEN[self.written].format(self.pattern)


@dataclass(frozen=True, slots=True)
class Fuzzy(Node):
    """Words that differ from ``text`` in at most ``edits`` letters (Levenshtein distance)."""

    text: str
    edits: int = 1

    def __post_init__(self) -> None:
        arguments.whole_number("edits", self.edits)
        found = [match.group() for match in words_of(arguments.text("text", self.text))]
        if not (found == [self.text] and 1 <= self.edits <= MAX_EDITS):
            raise ValueError(f"not a word that may differ in 1 to {MAX_EDITS} letters: {self!r}")

    def __str__(self) -> str:
        return f"{self.text}~{self.edits}"


@dataclass(frozen=True, slots=True)
class Regex(Node):
    """Words that a regular expression matches as a whole."""

    pattern: str

    def __post_init__(self) -> None:
        if not _REGEX.fullmatch(arguments.text("pattern", self.pattern)):
            raise ValueError(f"not a regular expression for one word: {self.pattern!r}")
        compile_regex(self.pattern)

    def __str__(self) -> str:
        return f"/{self.pattern}/"


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A word, and a name in Latin letters in other spellings with a capital: see :mod:`newssearch.query.names`.

    The article in front of it (Al-Abbasi) is part of each occurrence.
    """

    text: str

    def __post_init__(self) -> None:
        _clean(self, "text")
        if " " in self.text or core(self.text) is None:
            raise ValueError(f"not a name of one word in Latin letters, with two consonants: {self.text!r}")

    def __str__(self) -> str:
        return f"{quoted(self.text)}~name"

    @property
    def word(self) -> Word:
        """The name as a word, without the article in front of it."""
        *_, last = words_of(self.text)
        return Word(last.group())


@dataclass(frozen=True, slots=True)
class Exact(Node):
    """Words side by side with just these letters and accents: neither folded nor stemmed, whatever their capitals."""

    text: str

    def __post_init__(self) -> None:
        _clean(self, "text")

    def __str__(self) -> str:
        return f"{quoted(self.text)}~exact"


@dataclass(frozen=True, slots=True)
class Caps(Node):
    """Words side by side, written with just these capitals and small letters."""

    text: str

    def __post_init__(self) -> None:
        _clean(self, "text")

    def __str__(self) -> str:
        return f"caps({quoted(self.text)})"


@dataclass(frozen=True, slots=True)
class AnyWord(Node):
    """One word of a phrase, whichever it is."""

    def __str__(self) -> str:
        return "*"


ANY = AnyWord()

Part = Word | Wildcard | Fuzzy | AnyWord
"""What a phrase with patterns is made of."""


@dataclass(frozen=True, slots=True)
class PatternPhrase(Node):
    """Words and patterns side by side; with ``within``, all of them in any order, as of :class:`Phrase`.

    With ``mode``, its words are :class:`Name` where they can be (``"name"``), or words and patterns are as written
    (``"exact"``, ``"caps"``). With ``within``, each part has a word of its own, and there are at most
    :data:`MAX_UNORDERED`.
    """

    parts: tuple[Part, ...]
    within: int = 0
    mode: Literal["", "name", "exact", "caps"] = ""

    def __post_init__(self) -> None:
        kinds_of_part = (Word, Wildcard, Fuzzy, AnyWord)
        parts: tuple[Part, ...] = tuple(
            arguments.several("parts", self.parts, kinds_of_part, "a word or a pattern")
        )
        object.__setattr__(self, "parts", parts)
        kinds = set(map(type, parts))
        if len(self.parts) < 2 or kinds in ({AnyWord}, {Word}):
            raise ValueError("a phrase with patterns has two parts or more, and a pattern among them")
        if self.mode not in ("", "name", "exact", "caps"):
            raise ValueError(f"no mode of a phrase: {self.mode!r}")
        if any(isinstance(part, Wildcard) and part.written for part in self.parts):
            raise ValueError("the phrase as a whole is as written, or is not")
        if self.mode and (self.within or (Fuzzy in kinds and self.mode != "name")):
            raise ValueError("a phrase in any order, or with a fuzzy word, is not as written")
        if self.within and (AnyWord in kinds or len(self.parts) > MAX_UNORDERED):
            raise ValueError(f"a phrase in any order has at most {MAX_UNORDERED} parts, and none is any word")
        if not 0 <= arguments.whole_number("within", self.within) <= MAX_DISTANCE:
            raise ValueError(f"a phrase spans at most {MAX_DISTANCE} words")

    def __str__(self) -> str:
        inner = " ".join(escaped(part.text) if isinstance(part, Word) else str(part) for part in self.parts)
        if self.mode == "caps":
            return f'caps("{inner}")'
        return f'"{inner}"' + (f"~{self.within}" if self.within else f"~{self.mode}" if self.mode else "")

    @property
    def words(self) -> str:
        """The words that are no patterns, one behind the other."""
        return " ".join(part.text for part in self.parts if isinstance(part, Word))

    @property
    def units(self) -> tuple[Unit | AnyWord, ...]:
        """What stands side by side: the words between two patterns as one unit."""
        found: list[Unit | AnyWord] = []
        for is_word, run in groupby(self.parts, lambda part: isinstance(part, Word)):
            if is_word:
                found.append(self._run(" ".join(part.text for part in run if isinstance(part, Word))))
            elif self.mode in ("exact", "caps"):
                found += [
                    Wildcard(part.pattern, self.mode, span=self.span) if isinstance(part, Wildcard) else part
                    for part in run
                ]  # fmt: skip
            else:
                found += run
        return tuple(found)

    def _run(self, text: str) -> Unit:
        """Words side by side, as the mode looks for them."""
        if self.mode == "exact":
            return Exact(text, span=self.span)
        if self.mode == "caps":
            return Caps(text, span=self.span)
        named = self.mode == "name"
        if " " in text:
            return Phrase(text, names=named, span=self.span)
        return Name(text, span=self.span) if named and core(text) is not None else Word(text, span=self.span)


@dataclass(frozen=True, slots=True)
class Near(Node):
    """Occurrences of either side that have one of the other at most ``distance`` words away; ``ordered``: behind it.

    The words next to each other are one word away. An operand is a unit, an :class:`Or` of operands, or an
    :class:`And` of one operand and of negated ones, whose occurrences do not count.
    """

    left: Node
    right: Node
    distance: int
    ordered: bool = False

    def __post_init__(self) -> None:
        _check_operands(self.left, self.right)
        if not 1 <= arguments.whole_number("distance", self.distance) <= MAX_DISTANCE:
            raise ValueError(f"a distance is from 1 to {MAX_DISTANCE} words")

    def __str__(self) -> str:
        return f"({self.left} {'pre' if self.ordered else 'w'}/{self.distance} {self.right})"


@dataclass(frozen=True, slots=True)
class Same(Node):
    """Occurrences of either side that have one of the other in the same paragraph or sentence; operands as of Near."""

    left: Node
    right: Node
    unit: Literal["p", "s"]

    def __post_init__(self) -> None:
        _check_operands(self.left, self.right)

    def __str__(self) -> str:
        return f"({self.left} w/{self.unit} {self.right})"


Unit = Word | Phrase | Wildcard | Fuzzy | Regex | Name | Exact | Caps | PatternPhrase | Near | Same
"""What has occurrences."""


# ---- articles


@dataclass(frozen=True, slots=True)
class And(Node):
    """Articles that each of the operands finds, two or more; those of an And among them are operands too."""

    operands: tuple[Node, ...]

    def __post_init__(self) -> None:
        _flatten(self)

    def __str__(self) -> str:
        return f"({' AND '.join(map(str, self.operands))})"


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Articles that any of the operands finds, two or more; those of an Or among them are operands too."""

    operands: tuple[Node, ...]

    def __post_init__(self) -> None:
        _flatten(self)

    def __str__(self) -> str:
        return f"({' OR '.join(map(str, self.operands))})"


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Articles that the operand does not find."""

    operand: Node

    def __post_init__(self) -> None:
        _check_nodes(self.operand)

    def __str__(self) -> str:
        return f"NOT {self.operand}"


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    """Articles with ``count`` occurrences or more of a unit, or of any of several, headline included."""

    count: int
    operand: Node

    def __post_init__(self) -> None:
        _check_operands(self.operand)
        if not 1 <= arguments.whole_number("count", self.count) <= MAX_COUNT:
            raise ValueError(f"atleast counts from 1 to {MAX_COUNT:,}")

    def __str__(self) -> str:
        return f"atleast{self.count}{_parenthesised(self.operand)}"


@dataclass(frozen=True, slots=True)
class Region(Node):
    """Articles that the operand finds when only a part of each is looked at: one of :data:`REGIONS`."""

    name: str
    operand: Node

    def __post_init__(self) -> None:
        _check_nodes(self.operand)
        if arguments.text("name", self.name) not in REGIONS:
            raise ValueError(f"no part of an article: {self.name!r}; there are {', '.join(REGIONS)}")

    def __str__(self) -> str:
        inner = _parenthesised(self.operand)
        return f"title:{inner}" if self.name == "title" else f"{self.name}{inner}"


@dataclass(frozen=True, slots=True)
class Field(Node):
    """Articles whose field has this value, compared as filters are: it never changes a score.

    Of a ``pattern``, ``*`` is any characters and ``?`` one, but not at the end; a backslash takes the next one as it is.
    """

    name: ValueField
    value: str
    pattern: bool = False

    def __post_init__(self) -> None:
        if arguments.text("name", self.name) not in VALUE_FIELDS:
            raise ValueError(f"no such field: {self.name!r}; there are {', '.join(VALUE_FIELDS)}")
        if not self.pattern:
            _clean(self, "value")
            return
        value = escaped_quotes(plain(arguments.text("value", self.value)))
        object.__setattr__(self, "value", value)
        if self.name == "id" or not has_wildcard(value) or not _ESCAPED_WELL.fullmatch(value):
            raise ValueError(f"not a pattern of a value: {self!r}")

    def __str__(self) -> str:
        return f'{self.name}:"{self.value}"' if self.pattern else f"{self.name}:{quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class Dated(Node):
    """Articles with a date from ``start`` up to but not including ``end``; either may be None.

    An end of ``datetime.max``, behind which there is nothing, is included.
    Without a zone, the bounds are compared with the date as the outlet's clock had it; with one, as moments. ``text``
    is what was asked for, as behind ``date:``; without bounds, they are those of the text, by the local clock.
    """

    text: str
    start: dt.datetime | None = field(default=None, compare=False)
    end: dt.datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _clean(self, "text")
        bounds = parse_range(self.text)
        if bounds is None:
            raise ValueError(f"not a date: {self.text!r}")
        if self.start is None and self.end is None:
            object.__setattr__(self, "start", bounds[0])
            object.__setattr__(self, "end", bounds[1])
        if (reason := why_no_range(self.start, self.end)) is not None:
            raise ValueError(reason)

    def __str__(self) -> str:
        return f"date:{self.text if _BARE_DATE.fullmatch(self.text) else quoted(self.text)}"


@dataclass(frozen=True, slots=True)
class Undated(Node):
    """Articles without a date."""

    def __str__(self) -> str:
        return "date:none"


@dataclass(frozen=True, slots=True)
class Boost(Node):
    """What the operand finds, its score multiplied by ``factor``."""

    operand: Node
    factor: float

    def __post_init__(self) -> None:
        _check_nodes(self.operand)
        if not (math.isfinite(arguments.number("factor", self.factor)) and 0 <= self.factor <= 1_000_000):
            raise ValueError("a boost is from 0 to 1,000,000")

    def __str__(self) -> str:
        from decimal import Decimal  # slow to import, and seldom needed

        return f"{_parenthesised(self.operand) if not isinstance(self.operand, Unit) else self.operand}^{Decimal(repr(self.factor)):f}"


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """All articles: what an empty query finds."""

    def __str__(self) -> str:
        return "*"


_BARE = Pattern(r"[^\W_]+(?:[-'’.,&@][^\W_]+)*\.?")
_REGEX = Pattern(r"(?:\\.|[^/\\\s\ud800-\udfff])+")
_ESCAPED_WELL = Pattern(r"(?:\\.|[^\\])*")
_BARE_DATE = Pattern(r"(?:[<>]=?)?[-\w.:+]+")


def _parenthesised(node: Node) -> str:
    text = str(node)
    return text if isinstance(node, And | Or | Near | Same) else f"({text})"


def _clean(node: Node, name: str) -> None:
    """Let a text of a node be :func:`plain`; there must be a word in it."""
    text = plain(arguments.text(name, getattr(node, name)))
    object.__setattr__(node, name, text)
    if next(words_of(text), None) is None:
        raise ValueError(f"no word in {text!r}")


def _flatten(node: And | Or) -> None:
    """Let the operands be those of the operands of the same kind too: (a AND b) AND c is a AND b AND c."""
    flat: list[Node] = []
    for operand in arguments.several("operands", node.operands, Node, "a node of a query"):
        flat.extend(operand.operands if isinstance(operand, type(node)) else (operand,))
    if len(flat) < 2:
        raise ValueError("an operator joins two or more: all_of() and any_of() take any number")
    object.__setattr__(node, "operands", tuple(flat))


def _check_nodes(*nodes: object) -> None:
    for node in nodes:
        if not isinstance(node, Node):
            raise TypeError(f"not a node of a query: {node!r}; words() makes one of a string")


def _check_operands(*operands: Node) -> None:
    _check_nodes(*operands)
    for operand in operands:
        if (reason := why_no_operand(operand)) is not None:
            raise ValueError(reason)


def why_no_operand(node: Node) -> str | None:
    """Why a node has no occurrences, or None where it has."""
    if isinstance(node, Unit):
        return None
    if isinstance(node, Or):
        return next(filter(None, map(why_no_operand, node.operands)), None)
    if isinstance(node, And):
        kept = [operand for operand in node.operands if not isinstance(operand, Not)]
        if len(kept) > 1:
            return "AND says what an article holds, not where"
        if not kept:
            return "NOT alone stands nowhere"
        inner = [*kept, *(operand.operand for operand in node.operands if isinstance(operand, Not))]
        return next(filter(None, map(why_no_operand, inner)), None)
    if isinstance(node, Not):
        return "NOT alone stands nowhere"
    return f"{node} says something of the whole article"
