"""The syntax tree of a query. Its nodes are frozen; nodes with the same meaning are equal, whatever their spans.

``str(node)`` is the canonical query: it shows every operator and all parentheses, and parses to an equal tree. A
program builds a query from these classes without quoting user input::

    And((words("iraq US"), Not(Field("outlet", "The Guardian"))))

A node without a meaning raises ValueError. :func:`all_of` and :func:`any_of` join any number of nodes, even none.

There are two kinds of nodes. A :data:`Leaf` has matches in one paragraph or in the headline: a word, a phrase, a
pattern, a proximity. The others hold or fail for an article as a whole. ``span`` is the place in the query where a node
was written.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from newssearch import arguments
from newssearch.fields import TIME_FIELDS, VALUE_FIELDS, TimeField, is_own_name
from newssearch.system.exhaustive import assert_never
from newssearch.system.late_dataclass import dataclass
from newssearch.system.lazy_regex import Pattern
from newssearch.text.numbers import NumberRange, parse_number_range
from newssearch.text.periods import parse_range, why_no_range

from .leaves import (
    MAX_DISTANCE,
    Caps,
    Exact,
    Fuzzy,
    Name,
    PatternPhrase,
    Phrase,
    Regex,
    Wildcard,
    Word,
    require_word,
)
from .node import NodeBase
from .quoting import escaped_quotes, has_wildcard, quote, tidy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_COUNT = 1_000_000
"""The largest number of matches that ``atleast`` can require."""
REGIONS = ("title", "hlead")
"""The regions of an article: the headline, or the headline and the lead together (:mod:`newssearch.lead`)."""
LEAD = 2
"""The largest number of paragraphs in the lead of an article."""


@dataclass(frozen=True, slots=True)
class Operator(NodeBase):
    """A node that may have operands."""

    operand_fields: ClassVar[tuple[str, ...]] = ()
    """The names of the fields that hold operands: fields of one node each, or a single field with a tuple of nodes."""

    @property
    def children(self) -> tuple[Node, ...]:
        """The operands, in order."""
        values = [getattr(self, name) for name in self.operand_fields]
        return values[0] if values and isinstance(values[0], tuple) else tuple(values)


# ---- leaves with operands


@dataclass(frozen=True, slots=True)
class Near(Operator):
    """Matches of either operand that have a match of the other operand at most ``distance`` words away.

    If ``ordered``, the match of ``left`` comes first. Adjacent words are one word apart. An operand is a :data:`Leaf`,
    an :class:`Or` of operands, or an :class:`And` of one operand and negated ones, whose matches are excluded.
    """

    left: Node
    right: Node
    distance: int
    ordered: bool = False

    operand_fields = ("left", "right")

    def __post_init__(self) -> None:
        _check_operands(self.left, self.right)
        if not 1 <= arguments.whole_number("distance", self.distance) <= MAX_DISTANCE:
            raise ValueError(f"a distance is from 1 to {MAX_DISTANCE} words")

    def __str__(self) -> str:
        return f"({self.left} {'pre' if self.ordered else 'w'}/{self.distance} {self.right})"


@dataclass(frozen=True, slots=True)
class Same(Operator):
    """Matches of either operand that have a match of the other operand in the same paragraph or sentence.

    A phrase that begins in one sentence and ends in the next is in neither.
    ``unit`` is ``"p"`` for a paragraph, ``"s"`` for a sentence. Operands must have matches in a text: see
    :class:`Near`.
    """

    left: Node
    right: Node
    unit: Literal["p", "s"]

    operand_fields = ("left", "right")

    def __post_init__(self) -> None:
        _check_operands(self.left, self.right)

    def __str__(self) -> str:
        return f"({self.left} w/{self.unit} {self.right})"


@dataclass(frozen=True, slots=True)
class Synonyms(Operator):
    """Matches of any of the operands, which stand for one thing: together they are as rare, and count as often, as one word.

    There are at least two operands; those of a nested :class:`Or` or Synonyms become operands of the outer one. Each must
    have matches in a text: see :class:`Near`. The first is what was typed.
    """

    operands: tuple[Node, ...]

    operand_fields = ("operands",)

    def __post_init__(self) -> None:
        _flatten(self)
        _check_operands(*self.operands)

    def __str__(self) -> str:
        return f"syn({' OR '.join(map(str, self.operands))})"


Leaf = Word | Phrase | Wildcard | Fuzzy | Regex | Name | Exact | Caps | PatternPhrase | Near | Same | Synonyms
"""A node that has matches in a text."""


# ---- articles


@dataclass(frozen=True, slots=True)
class And(Operator):
    """Articles that match every operand.

    There are at least two operands. Those of a nested And become operands of the outer one.
    """

    operands: tuple[Node, ...]

    operand_fields = ("operands",)

    def __post_init__(self) -> None:
        _flatten(self)

    def __str__(self) -> str:
        return f"({' AND '.join(map(str, self.operands))})"


@dataclass(frozen=True, slots=True)
class Or(Operator):
    """Articles that match at least one operand.

    There are at least two operands. Those of a nested Or become operands of the outer one.
    """

    operands: tuple[Node, ...]

    operand_fields = ("operands",)

    def __post_init__(self) -> None:
        _flatten(self)

    def __str__(self) -> str:
        return f"({' OR '.join(map(str, self.operands))})"


@dataclass(frozen=True, slots=True)
class Not(Operator):
    """Articles that the operand does not find."""

    operand: Node

    operand_fields = ("operand",)

    def __post_init__(self) -> None:
        _check_nodes(self.operand)

    def __str__(self) -> str:
        return f"NOT {self.operand}"


@dataclass(frozen=True, slots=True)
class AtLeast(Operator):
    """Articles in which the operand has at least ``count`` matches, headline included.

    The operand must have matches in a text: see :class:`Near`.
    """

    count: int
    operand: Node

    operand_fields = ("operand",)

    def __post_init__(self) -> None:
        _check_operands(self.operand)
        if not 1 <= arguments.whole_number("count", self.count) <= MAX_COUNT:
            raise ValueError(f"atleast counts from 1 to {MAX_COUNT:,}")

    def __str__(self) -> str:
        return f"atleast{self.count}{_parenthesised(self.operand)}"


@dataclass(frozen=True, slots=True)
class Region(Operator):
    """Articles that the operand finds within one region. ``name`` is one of :data:`REGIONS`."""

    name: str
    operand: Node

    operand_fields = ("operand",)

    def __post_init__(self) -> None:
        _check_nodes(self.operand)
        if arguments.text("name", self.name) not in REGIONS:
            raise ValueError(f"no part of an article: {self.name!r}; the parts are {', '.join(REGIONS)}")

    def __str__(self) -> str:
        inner = _parenthesised(self.operand)
        return f"title:{inner}" if self.name == "title" else f"{self.name}{inner}"


@dataclass(frozen=True, slots=True)
class Field(Operator):
    """A condition on a field: articles with the value, compared as filters compare it. It never changes a score.

    ``name`` is one of :data:`~newssearch.fields.VALUE_FIELDS`, or that of an own field of kind ``value`` or ``words``.
    If ``pattern``, ``*`` stands for any characters and ``?`` for one character, except at the end; a backslash takes
    the next character literally.
    """

    name: str
    value: str
    pattern: bool = False

    def __post_init__(self) -> None:
        is_own = is_own_name(arguments.text("name", self.name))
        if self.name not in VALUE_FIELDS and not is_own:
            raise ValueError(f"no such field: {self.name!r}; the fields are {', '.join(VALUE_FIELDS)}")
        if is_own and not self.pattern:
            object.__setattr__(self, "value", tidy(arguments.text("value", self.value)))
            if not self.value:
                raise ValueError(f"the value of {self.name} is empty")
            return
        if not self.pattern:
            require_word(self, "value")
            return
        value = escaped_quotes(tidy(arguments.text("value", self.value)))
        object.__setattr__(self, "value", value)
        if self.name == "id" or not has_wildcard(value) or not _VALID_ESCAPES.fullmatch(value):
            raise ValueError(f"not a pattern of a value: {self!r}")

    def __str__(self) -> str:
        return f'{self.name}:"{self.value}"' if self.pattern else f"{self.name}:{quote(self.value)}"


@dataclass(frozen=True, slots=True)
class Tagged(Operator):
    """Articles that people have given a tag. It never changes a score.

    Tags are compared without regard to capitals and accents. If ``pattern``, ``*`` and ``?`` are wildcards, as in
    :class:`Field`. ``articles`` are the numbers of the articles with the tag (:func:`newssearch.identity.id_number`),
    ascending. A search looks them up among the tags of the archive; a parsed query has None.
    """

    tag: str
    pattern: bool = False
    articles: NDArray[np.uint64] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.pattern:
            require_word(self, "tag")
            return
        tag = escaped_quotes(tidy(arguments.text("tag", self.tag)))
        object.__setattr__(self, "tag", tag)
        if not has_wildcard(tag) or not _VALID_ESCAPES.fullmatch(tag):
            raise ValueError(f"not a pattern of a tag: {self!r}")

    def __str__(self) -> str:
        return f'tag:"{self.tag}"' if self.pattern else f"tag:{quote(self.tag)}"


@dataclass(frozen=True, slots=True)
class Within(Operator):
    """Articles whose own field ``name`` has a number or a date in a range, or has none. It never changes a score.

    ``text`` is the range as written after the colon: one that :func:`newssearch.text.numbers.parse_number_range` reads
    if ``kind`` is ``"number"``, one that ``date:`` accepts if it is ``"date"``, or ``none``. ``start`` and ``end`` are
    the bounds of a range of dates, as in :class:`Dated`.
    """

    name: str
    text: str
    kind: Literal["number", "date"] = "number"
    start: dt.datetime | None = field(default=None, compare=False)
    end: dt.datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not is_own_name(arguments.text("name", self.name)):
            raise ValueError(f"no name of an own field: {self.name!r}")
        require_word(self, "text")
        if self.kind not in ("number", "date"):
            raise ValueError(f"neither number nor date: {self.kind!r}")
        if self.is_none:
            return
        if self.kind == "number":
            if self.numbers == NumberRange():
                raise ValueError(f"not a number, or a range of numbers: {self.text!r}")
            return
        bounds = parse_range(self.text)
        if bounds is None:
            raise ValueError(f"not a date: {self.text!r}")
        if self.start is None and self.end is None:
            object.__setattr__(self, "start", bounds[0])
            object.__setattr__(self, "end", bounds[1])
        if (reason := why_no_range(self.start, self.end)) is not None:
            raise ValueError(reason)

    @property
    def is_none(self) -> bool:
        """Whether the articles without a value are meant."""
        return self.text.lower() == "none"

    @property
    def numbers(self) -> NumberRange:
        """The range of numbers; one without bounds if the text states none."""
        return parse_number_range(self.text) or NumberRange()

    def __str__(self) -> str:
        return f"{self.name}:{self.text if _UNQUOTED_DATE.fullmatch(self.text) else quote(self.text)}"


@dataclass(frozen=True, slots=True)
class Dated(Operator):
    """Articles with a time from ``start`` up to but not including ``end``; either may be None.

    ``name`` is the time that is compared: ``"date"``, when the article was published, or ``"added"``, when it came into
    the index. An end of ``datetime.max`` is included. Bounds without a time zone are compared with dates by the
    outlet's clock, others with the moment of publication; for ``"added"``, bounds without a zone are in UTC. ``text``
    is the period as written after ``date:`` or ``added:``. If both bounds are None, they are computed from it, by the
    local clock or in UTC.
    """

    text: str
    start: dt.datetime | None = field(default=None, compare=False)
    end: dt.datetime | None = field(default=None, compare=False)
    name: TimeField = "date"

    def __post_init__(self) -> None:
        require_word(self, "text")
        if arguments.text("name", self.name) not in TIME_FIELDS:
            raise ValueError(f"no such time: {self.name!r}; there are {', '.join(TIME_FIELDS)}")
        bounds = parse_range(self.text, None if self.name == "date" else dt.datetime.now(dt.timezone.utc))
        if bounds is None:
            raise ValueError(f"not a date: {self.text!r}")
        start, end = bounds if self.start is None and self.end is None else (self.start, self.end)
        if self.name == "added":
            start, end = _in_utc(start), _in_utc(end)
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "end", end)
        if (reason := why_no_range(start, end)) is not None:
            raise ValueError(reason)

    def __str__(self) -> str:
        return f"{self.name}:{self.text if _UNQUOTED_DATE.fullmatch(self.text) else quote(self.text)}"


@dataclass(frozen=True, slots=True)
class Undated(Operator):
    """Articles without a date."""

    def __str__(self) -> str:
        return "date:none"


@dataclass(frozen=True, slots=True)
class Boost(Operator):
    """Articles that the operand finds; the scores of its leaves are multiplied by ``factor``."""

    operand: Node
    factor: float

    operand_fields = ("operand",)

    def __post_init__(self) -> None:
        _check_nodes(self.operand)
        if not (math.isfinite(arguments.number("factor", self.factor)) and 0 <= self.factor <= 1_000_000):
            raise ValueError("a boost is from 0 to 1,000,000")

    def __str__(self) -> str:
        from decimal import Decimal  # slow to import, and seldom needed

        return f"{_parenthesised(self.operand) if not isinstance(self.operand, Leaf) else self.operand}^{Decimal(repr(self.factor)):f}"


@dataclass(frozen=True, slots=True)
class Everything(Operator):
    """All articles, which an empty query finds."""

    def __str__(self) -> str:
        return "*"


Node = (
    Leaf | And | Or | Not | AtLeast | Region | Field | Tagged | Within | Dated | Undated | Boost | Everything
)
"""A node of the tree.

Every function that decides by its kind ends in ``assert_never``, so that mypy finds those that do not handle a new
kind."""

NodeWithoutMatches = Not | AtLeast | Region | Field | Tagged | Within | Dated | Undated | Boost | Everything
"""A node that holds or fails for an article as a whole. It has no matches in a text, and is no operand of a leaf."""

NODES: tuple[type[Node], ...] = get_args(Node)


_VALID_ESCAPES = Pattern(r"(?:\\.|[^\\])*")
_UNQUOTED_DATE = Pattern(r"(?:[<>]=?)?[-\w.:+]+")


def map_children(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return the node with ``change`` applied to each of its operands; the same object if no operand changes.

    >>> from newssearch.query import parse
    >>> print(map_children(parse("rain OR storm").tree, Not))
    (NOT rain OR NOT storm)
    """
    children = tuple(map(change, node.children))
    if all(new is old for new, old in zip(children, node.children, strict=True)):
        return node
    if isinstance(node, And | Or | Synonyms):
        return type(node)(children, span=node.span)
    assert isinstance(node, Operator), "a leaf without operands does not change"
    changes: dict[str, Any] = dict(zip(node.operand_fields, children, strict=True))
    return replace(node, **changes)


def _in_utc(bound: dt.datetime | None) -> dt.datetime | None:
    """Return a bound with UTC as its time zone, unless it has one."""
    return bound.replace(tzinfo=dt.timezone.utc) if bound is not None and bound.tzinfo is None else bound


def _parenthesised(node: Node) -> str:
    text = str(node)
    return text if isinstance(node, And | Or | Near | Same) else f"({text})"


def _flatten(node: And | Or | Synonyms) -> None:
    """Replace operands of the node's own kind by their operands: (a AND b) AND c becomes a AND b AND c."""
    flat: list[Node] = []
    kinds = (Or, Synonyms) if isinstance(node, Synonyms) else type(node)
    operands: Iterable[Node] = arguments.several("operands", node.operands, NODES, "a node of a query")
    for operand in operands:
        flat.extend(operand.operands if isinstance(operand, kinds) else (operand,))
    if len(flat) < 2:
        raise ValueError("an operator joins two or more: all_of() and any_of() take any number")
    object.__setattr__(node, "operands", tuple(flat))


def _check_nodes(*nodes: object) -> None:
    for node in nodes:
        if not isinstance(node, NODES):
            raise TypeError(f"not a node of a query: {node!r}; words() makes one of a string")


def _check_operands(*operands: Node) -> None:
    _check_nodes(*operands)
    for operand in operands:
        if (reason := why_no_operand(operand)) is not None:
            raise ValueError(reason)


def why_no_operand(node: Node) -> str | None:
    """Return the reason why a node cannot be an operand of a proximity or of ``atleast``.

    Returns None if it can, because it has matches in a text.
    """
    if isinstance(node, Leaf):
        return None
    if isinstance(node, Or):
        return next(filter(None, map(why_no_operand, node.operands)), None)
    if isinstance(node, And):
        kept = [operand for operand in node.operands if not isinstance(operand, Not)]
        if len(kept) > 1:
            return "AND says what an article holds, not where"
        if not kept:
            return "NOT alone has no matches in a text"
        inner = [*kept, *(operand.operand for operand in node.operands if isinstance(operand, Not))]
        return next(filter(None, map(why_no_operand, inner)), None)
    if isinstance(node, Not):
        return "NOT alone has no matches in a text"
    if isinstance(node, AtLeast | Region | Field | Tagged | Within | Dated | Undated | Boost | Everything):
        return f"{node} applies to the whole article"
    assert_never(node)
