"""Divide a page into pieces, one for each block of text, in one walk over its elements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from newssearch.text.paragraphs import ParagraphKind, squeeze

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LONGEST_CLASS = 300
"""The number of characters at the start of a class, an id or a style that are examined."""

SOFT_HYPHEN = "\u00ad"

UNSEEN_ELEMENTS = frozenset({
    "audio", "button", "canvas", "datalist", "head", "iframe", "input", "map", "math", "noscript", "object", "option",
    "script", "select", "style", "svg", "template", "textarea", "video",
})  # fmt: skip
"""The HTML elements whose text is invisible or not part of the running text."""

INLINE_ELEMENTS = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span",
    "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
"""The HTML elements that stand within a line of text (inline elements); all others start a new block."""

TEXT_KIND_OF_TAG: dict[str, ParagraphKind] = {
    "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "blockquote": "quote", "li": "list", "dt": "list", "dd": "list", "tr": "list", "figcaption": "caption",
    "figure": "caption", "caption": "caption",
}  # fmt: skip
"""The kinds of blocks inside certain HTML elements; in all others, the kind is that of the element around them."""

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDDEN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|u-hidden|is-hidden|hidden-text|offscreen)(?:$|\s)",
    re.IGNORECASE,
)
_CAMEL_CASE_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])")


# What an element does to the text around it.
_BREAK, _LINK, _CELL, _INLINE, _BLOCK = range(5)
# The text behind a skipped element continues the text before it; what is inside does nothing.
_SKIPPED, _INSIDE_SKIPPED = 5, 6

_ROLES: dict[str, int] = {
    **dict.fromkeys(INLINE_ELEMENTS, _INLINE),
    **dict.fromkeys(UNSEEN_ELEMENTS, _SKIPPED),
    **dict.fromkeys(("td", "th"), _CELL),
    "br": _BREAK,
    "a": _LINK,
}
"""The roles of HTML elements; all others are blocks."""


@dataclass(slots=True)
class Piece:
    """A block of text on a page.

    ``linked`` is the number of its characters that are links, ``element`` the number of the element that contains the
    block, and ``hidden_by`` that of the innermost hidden element around the block, or None.
    """

    text: str
    kind: ParagraphKind
    linked: int
    element: int
    hidden_by: int | None


@dataclass(slots=True)
class Layout:
    """The elements of a page or of a part of it, in their order, and its text as pieces.

    An element is denoted by its number in that order. ``parents`` has the number of the element around it, -1 for the
    first; ``ends`` has the number of the first element behind it, so that the elements inside element ``n`` are those
    from ``n + 1`` up to ``ends[n]``; ``marks`` has its class and its id,
    joined by a space and with camelCase as camel-Case, or nothing if it has neither.
    ``nesting`` is the largest number of elements around the element of a piece.
    """

    elements: list[HtmlElement] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    nesting: int = 0

    def outwards(self, number: int) -> Iterator[int]:
        """Yield an element and the elements around it, from the inside outwards."""
        while number >= 0:
            yield number
            number = self.parents[number]

    def tag(self, number: int) -> str:
        """Return the tag of an element."""
        tag: str = self.elements[number].tag
        return tag


def layout_of(root: HtmlElement, limit: int) -> Layout:
    """Return the layout of an element; only the first ``limit`` elements in it are read."""
    layout = Layout()
    elements, parents, ends, marks = layout.elements, layout.parents, layout.ends, layout.marks
    text = _PieceCollector(layout)
    opened: list[HtmlElement] = []
    numbers, roles = [-1], [_BLOCK]
    for number, element in enumerate(islice(root.iter(), limit)):
        if opened:
            parent = element.getparent()
            while opened[-1] is not parent:
                ends[numbers.pop()] = number
                text.end(roles.pop(), opened.pop().tail)
        name, ident = element.get("class"), element.get("id")
        mark, hiding = _read_marks(name, ident) if name or ident else ("", False)
        role = _INSIDE_SKIPPED
        if roles[-1] < _SKIPPED:
            tag = element.tag
            role = _ROLES.get(tag, _BLOCK)
            if role >= _INLINE:
                hidden = hiding or element.get("hidden") is not None or _hides(element.get("style"))
                if role == _BLOCK:
                    text.begin_block(tag, number, hidden, len(opened))
                elif hidden:
                    role = _SKIPPED
            if role != _SKIPPED:
                text.begin(role, element.text)
        elements.append(element)
        parents.append(numbers[-1])
        ends.append(0)
        marks.append(mark)
        opened.append(element)
        numbers.append(number)
        roles.append(role)
    whole = len(elements) < limit
    while len(opened) > 1 and whole:
        ends[numbers.pop()] = len(elements)
        text.end(roles.pop(), opened.pop().tail)
    for number in numbers[1:]:
        ends[number] = len(elements)
    text.flush()
    return layout


class _PieceCollector:
    """Collects the pieces of a page; it is given the starts and ends of the elements in order."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._blocks: list[tuple[int, int, ParagraphKind, int | None]] = [(0, 0, "text", None)]
        self._links = 0
        self._text: list[str] = []  # white space only behind other text
        self._linked = 0
        self._breaks = 0

    def begin_block(self, tag: str, number: int, hidden: bool, depth: int) -> None:
        self.flush()
        _, _, kind, hidden_by = self._blocks[-1]
        self._blocks.append((number, depth, TEXT_KIND_OF_TAG.get(tag, kind), number if hidden else hidden_by))

    def begin(self, role: int, text: str | None) -> None:
        """Begin an element that is not skipped; ``text`` is its text before the first element in it."""
        if role == _LINK:
            self._links += 1
        elif role == _BREAK:
            self._breaks += 1
            if self._breaks == 2:
                self.flush()
            self._space()
        elif role == _CELL:
            self._space()
        if text:
            self.add(text)

    def end(self, role: int, tail: str | None) -> None:
        """End an element; ``tail`` is the text between its end and the next start or end."""
        if role == _BLOCK:
            self.flush()
            self._blocks.pop()
        elif role == _LINK:
            self._links -= 1
        elif role == _CELL:
            self._space()
        elif role == _INSIDE_SKIPPED:
            return
        if tail:
            self.add(tail)

    def add(self, text: str) -> None:
        if text.isspace():
            self._space()
            return
        self._text.append(text)
        self._breaks = 0
        if self._links:
            self._linked += len(text)

    def flush(self) -> None:
        self._breaks = 0
        if self._text:
            number, depth, kind, hidden_by = self._blocks[-1]
            text = squeeze("".join(self._text))
            if SOFT_HYPHEN in text:
                text = shown_line(text)
            self._layout.pieces.append(Piece(text, kind, self._linked, number, hidden_by))
            self._layout.nesting = max(self._layout.nesting, depth)
            self._text.clear()
            self._linked = 0

    def _space(self) -> None:
        if self._text:
            self._text.append(" ")


def _hides(style: str | None) -> bool:
    return style is not None and _HIDDEN_STYLE.search(style[:LONGEST_CLASS]) is not None


@lru_cache(4096)  # a page has many elements but few classes
def _read_marks(name: str | None, ident: str | None) -> tuple[str, bool]:
    """Return the marks of an element with a class and an id, and whether its class hides it."""
    name, ident = (name or "")[:LONGEST_CLASS], (ident or "")[:LONGEST_CLASS]
    marks = f"{name} {ident}"
    folded = marks.lower()
    if folded != marks:
        marks = _CAMEL_CASE_BOUNDARY.sub("-", marks)
    # Most classes have none of these words, and the pattern is slow.
    may_hide = "hidden" in folded or "sr-only" in folded or "reader" in folded or "offscreen" in folded
    return marks, may_hide and _HIDDEN_CLASS.search(name) is not None


def shown_line(text: str) -> str:
    """Return a text on one line, without soft hyphens, which only say where a word may be divided."""
    return squeeze(text.replace(SOFT_HYPHEN, "") if SOFT_HYPHEN in text else text)


def visible_text(element: HtmlElement) -> str:
    """Return the visible text of an element on one line."""
    return " ".join(piece.text for piece in layout_of(element, 5000).pieces)


OTHER_TEXT_CLASSES = (
    r"comments?|commentlist|responses?|respond|repl(?:y|ies)|disqus|kommentare?|comentarios?|commentaires?|commenti|reacties|reactions?"
    r"|related|recirc\w*|recommend\w*|teasers?|most-?(?:read|popular|viewed)|trending|more-?(?:news|stories|on|from)"
    r"|read-?(?:more|next|also)"
)
"""A pattern for the parts of classes and ids of elements with comments or other stories, whose dates and authors are theirs."""


def headline_piece(layout: Layout, titles: Sequence[str], *, or_first_h1: bool = True) -> int | None:
    """Return the place of the headline: the first piece that is one of ``titles``, preferably an ``<h1>``.

    If none is, it is the first ``<h1>`` with ``or_first_h1``, else None.
    """
    found = [place for place, piece in enumerate(layout.pieces) if piece.text in titles]
    of_h1 = next((place for place in found if layout.tag(layout.pieces[place].element) == "h1"), None)
    if of_h1 is not None or found:
        return of_h1 if of_h1 is not None else found[0]
    pieces = enumerate(layout.pieces if or_first_h1 else ())
    return next((place for place, piece in pieces if layout.tag(piece.element) == "h1"), None)
