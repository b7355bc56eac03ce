"""The text of the article on an HTML page, in the blocks that the page shows it in.

The page is cut into pieces, in its own order (:mod:`.dom`). Which of them are the article's is told by a
*reference*: the text as the page gives it to search engines (JSON-LD), where most of that stands on the page; else
what trafilatura makes of the page. A reference need only be nearly right: it shows which element holds the article,
and what it lacks or has too much of is put right by what surrounds it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from newssearch.article import STATED, Provenance
from newssearch.text.paragraphs import Block, Kind, split_paragraphs

from .dom import Piece, class_and_id
from .reference_text import MIN_SHARED_SHINGLES, SHINGLE_WORDS, ReferenceText, words_of
from .trafilatura_text import trafilatura_paragraphs

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_BODY_ELEMENTS = 200_000
"""Elements of a page that are looked at."""

SHORTEST_BODY = 200
"""Characters of a text below which it is not believed to be all of an article."""

MIN_SHARE_IN_ELEMENT = 0.8
"""The part of the reference that the element holds which is taken for the article's."""

MIN_PUBLISHER_SHARE = 0.4
"""The part of a page's paragraphs that a publisher's own text is, where it is believed to be all of the text."""

SHORTEST_PARAGRAPH = 60
"""Characters of a paragraph that is believed to be one though the reference lacks it."""

MAX_LINKED_SHARE = 0.8
"""The part of a paragraph in the reference that may be links."""

SIDE_ELEMENTS = frozenset({"nav", "aside", "footer", "form", "menu", "dialog"})
"""Elements that hold what goes with an article."""

FROM_HIDDEN_BODY = Provenance("stated", "articleBody of schema.org, which the page does not show")

_SIDE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|footer|foot|nav|navigation|navbar|menu|sidebar|breadcrumbs?|related|recirc\w*|"
    r"recommend(?:ed|ations?|s)?|teasers?|newsletter\w*|subscri\w+|sign-?up|social|share|sharing|sharebar|promo\w*|"
    r"advert\w*|ads?|adv|sponsor\w*|taboola|outbrain|cookies?|consent|paywall|popup|modal|toolbar|tags?|topics|byline|"
    r"\w*author\w*|bio|meta|most-?(?:read|popular|viewed)|trending|popular|more-?(?:news|stories|on|from|links)|"
    r"read-?(?:more|next|also)|login|register|copyright|disclaimer|disclosure|affiliate|skip|widgets?|banner|"
    r"placeholder|embed|print|rating|poll|player|toc)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Names of classes of what goes with an article."""

_CAPTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:\w*captions?|credits?|lightbox|bildunterschrift)(?:$|[\s_-])", re.IGNORECASE
)
"""Names of classes of what is said of a picture."""

_PICTURE_CLASS = re.compile(
    rf"{_CAPTION_CLASS.pattern}|(?:^|[\s_-])(?:\w*image\w*|img|media-?info|photo-?\w*|gallery|slideshow|picture|figure)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Names of classes of what goes with a picture."""


@dataclass(slots=True)
class PageBody:
    """The text found, and how it is known where it is not simply what the page shows."""

    blocks: list[Block] = field(default_factory=list)
    provenance: Provenance = STATED


@dataclass(slots=True)
class BodyHints:
    """What else is known of the page's article: its headlines, its summary, and its text in JSON-LD."""

    titles: Sequence[str] = ()
    summary: str = ""
    said: str = ""


def find_body(root: HtmlElement, pieces: list[Piece], hints: BodyHints) -> PageBody:
    """The text of the article on a page, whose pieces are given."""
    page = _PagePieces(root, pieces, hints)
    marks = page.said(ReferenceText([hints.said]))
    by_publisher = bool(marks)
    if not marks:
        extracted = trafilatura_paragraphs(root, pieces, max(SHORTEST_BODY, page.plain // 3))
        marks = page.marks(ReferenceText(extracted or page.paragraphs()))
    blocks = page.article(marks, headings=by_publisher)
    if not blocks:
        blocks = page.article(page.marks(ReferenceText(page.paragraphs())), headings=True)
    shown = sum(len(block.text) for block in blocks if block.kind != "caption")
    if len(hints.said) > max(2 * shown, SHORTEST_BODY):
        # A page that shows less than it tells search engines: a barrier, or a program that is to fill it.
        return PageBody([Block(text) for text in split_paragraphs(hints.said)], FROM_HIDDEN_BODY)
    return PageBody(blocks)


class _ArticleRegion(NamedTuple):
    """Where the article is: its element, what is in that, and the first and last of its pieces."""

    home: HtmlElement
    inside: set[HtmlElement]
    first: int
    last: int

    def has(self, element: HtmlElement | None) -> bool:
        """Whether an element is within that of the article."""
        return element is not None and element is not self.home and element in self.inside

    def shows(self, piece: Piece) -> bool:
        """Whether a piece is within the article and seen there, though all of it be hidden as the page is."""
        return piece.home in self.inside and not self.has(piece.cloak)


class _PagePieces:
    """The pieces of a page, and which of them are the article's."""

    def __init__(self, root: HtmlElement, pieces: list[Piece], hints: BodyHints) -> None:
        self.pieces = pieces
        self._elements = list(root.iter())
        self.words = [words_of(piece.text) for piece in pieces]
        self.titles = {words for title in hints.titles if (words := words_of(title))}
        self.summary = words_of(hints.summary)
        self._beside: dict[HtmlElement, HtmlElement | None] = {}
        self._held, self._total = self._holding(piece for piece in pieces if _looks_like_paragraph(piece))
        self.plain = sum(len(piece.text) for piece in pieces if self.is_paragraph(piece))

    def marks(self, reference: ReferenceText) -> list[bool]:
        """Of each piece, whether it is in a reference."""
        return [reference.has(words) for words in self.words]

    def paragraphs(self) -> list[str]:
        """All plain paragraphs, or what stands in lists and tables where there are none."""
        plain = [piece.text for piece in self.pieces if self.is_paragraph(piece)]
        long = (piece for piece in self.pieces if len(piece.text) >= SHORTEST_PARAGRAPH)
        return plain or [
            piece.text for piece in long if piece.kind == "list" and not _is_mostly_links(piece, 3)
        ]

    def said(self, reference: ReferenceText) -> list[bool]:
        """What pieces are in the text that the publisher gives, or nothing where the page does not show that text.

        What is only the beginning of the text is no reference: it is much shorter than the paragraphs of the page.
        """
        if reference.size < SHORTEST_BODY:
            return []
        marks = self.marks(reference)
        shown = sum(len(piece.text) for piece, mark in zip(self.pieces, marks, strict=True) if mark)
        if shown < MIN_SHARED_SHINGLES * reference.size:
            return []
        return marks if shown >= MIN_PUBLISHER_SHARE * self.plain else []

    def is_paragraph(self, piece: Piece) -> bool:
        """Whether a piece is a paragraph by its looks alone."""
        return _looks_like_paragraph(piece) and piece.cloak is None and self.beside(piece.home) is None

    def article(self, marks: Sequence[bool], *, headings: bool) -> list[Block]:
        """The blocks of the article, given which pieces are in a reference, and whether that lacks the ``headings``."""
        if not any(marks):
            return []
        home = self._home(marks)
        inside = set(home.iter())
        numbers = [n for n, piece in enumerate(self.pieces) if marks[n] and piece.home in inside]
        if not numbers:
            return []
        place = _ArticleRegion(home, inside, numbers[0], numbers[-1])
        chosen = [(n, Block(self.pieces[n].text)) for n in self._opening(place.first, marks)]
        chosen += [(n, Block(self.pieces[n].text, kind)) for n, kind in self._within(place, marks, headings)]
        return _without_loose_headings(chosen, marks)

    def _opening(self, first: int, marks: Sequence[bool]) -> list[int]:
        """The pieces that open the article between its headline and the element that holds it."""
        headline = max((n for n in range(first) if self.words[n] in self.titles), default=None)
        if headline is not None:
            return [n for n in range(headline, first) if self._opens(n, marks[n])]
        seen = (n for n in range(first) if self._is_summary(n) and self.pieces[n].cloak is None)
        return list(islice(seen, 1))

    def _opens(self, n: int, marked: bool) -> bool:
        piece = self.pieces[n]
        if (
            piece.cloak is not None
            or piece.kind == "caption"
            or _is_mostly_links(piece, 2)
            or self._is_title(n)
        ):
            return False
        if self._is_summary(n):
            return True
        return (
            marked
            and piece.kind == "text"
            and len(piece.text) >= SHORTEST_PARAGRAPH
            and self.beside(piece.home) is None
        )

    def _within(
        self, place: _ArticleRegion, marks: Sequence[bool], headings: bool
    ) -> Iterator[tuple[int, Kind]]:
        """The pieces of the article within its element, each with its kind."""
        span = range(place.first, place.last + 1)
        often = Counter(self.words[n] for n in span)
        lists = {self.pieces[n].home.getparent() for n in span if marks[n] and self.pieces[n].kind == "list"}
        captions: set[str] = set()
        for n in span:
            piece = self.pieces[n]
            if not place.shows(piece) or self._is_title(n):
                continue
            links = MAX_LINKED_SHARE if marks[n] and piece.kind == "text" else 0.5
            if piece.linked > links * len(piece.text):
                continue
            apart = place.has(self.beside(piece.home))
            kind = self._kind(piece, place.home, marks[n])
            if kind == "caption":
                chosen = piece.text not in captions and (marks[n] or not apart)
                captions.add(piece.text)
            elif marks[n]:
                chosen = not (apart and often[self.words[n]] >= 3)
            else:
                chosen = not apart and self._fills(piece, kind, headings, lists)
            if chosen:
                yield n, kind

    def _fills(self, piece: Piece, kind: Kind, headings: bool, lists: set[HtmlElement | None]) -> bool:
        """Whether a piece within the article that the reference lacks is believed to be part of it."""
        if kind == "text":
            return len(piece.text) >= SHORTEST_PARAGRAPH and not _is_mostly_links(piece, 3)
        if kind == "list":
            return piece.linked == 0 and piece.home.getparent() in lists
        return piece.linked == 0 and kind == "heading" and headings

    def _home(self, marks: Sequence[bool]) -> HtmlElement:
        """The deepest element that holds nearly all that is marked."""
        held, total = self._holding(
            piece for piece, mark in zip(self.pieces, marks, strict=True) if mark and piece.kind != "caption"
        )
        home = self._elements[0]
        while total:
            inner = next(
                (child for child in home if held.get(child, 0) >= MIN_SHARE_IN_ELEMENT * total), None
            )
            if inner is None:
                break
            home = inner
        return home

    def _holding(self, pieces: Iterable[Piece]) -> tuple[dict[HtmlElement, int], int]:
        """How many characters of some pieces each element holds, and how many there are."""
        held: dict[HtmlElement, int] = {}
        for piece in pieces:
            held[piece.home] = held.get(piece.home, 0) + len(piece.text)
        total = sum(held.values())
        for element in reversed(self._elements):
            if (size := held.get(element)) and (parent := element.getparent()) is not None:
                held[parent] = held.get(parent, 0) + size
        return held, total

    def _is_summary(self, n: int) -> bool:
        """Whether a piece is what the page calls its description, or begins like it."""
        words = self.words[n]
        if len(words) < SHINGLE_WORDS or not self.summary:
            return False
        return words == self.summary or (
            words[: 2 * SHINGLE_WORDS] == self.summary[: 2 * SHINGLE_WORDS]
            and len(words) < 2 * len(self.summary)
        )

    def _is_title(self, n: int) -> bool:
        """Whether a piece is the headline, or a headline with something before or after it."""
        words = self.words[n]
        if words in self.titles:
            return True
        if self.pieces[n].kind != "heading" or self.pieces[n].home.tag != "h1":
            return False
        return any(
            len(title) > 2 and (title == words[: len(title)] or title == words[-len(title) :])
            for title in self.titles
        )

    def _kind(self, piece: Piece, home: HtmlElement, marked: bool) -> Kind:
        """What a piece is, where its element says so, or where the classes around it do."""
        pattern = _CAPTION_CLASS if marked else _PICTURE_CLASS
        element: HtmlElement | None = piece.home
        for _ in range(3):
            if element is None or element is home:
                break
            if (name := class_and_id(element)) and pattern.search(name):
                return "caption"
            element = element.getparent()
        return piece.kind

    def beside(self, element: HtmlElement | None) -> HtmlElement | None:
        """The nearest element around that holds what goes with an article; None within the article itself."""
        way: list[HtmlElement] = []
        found: HtmlElement | None = None
        while element is not None:
            if element in self._beside:
                found = self._beside[element]
                break
            way.append(element)
            if element.tag in ("article", "main", "body") or self._held.get(element, 0) * 2 > self._total:
                break
            name = class_and_id(element)
            if element.tag in SIDE_ELEMENTS or (name and _SIDE_CLASS.search(name)):
                found = element
                break
            element = element.getparent()
        for passed in way:
            self._beside[passed] = found
        return found


def _looks_like_paragraph(piece: Piece) -> bool:
    """Whether a piece is a paragraph, wherever it stands."""
    return (
        piece.kind in ("text", "quote")
        and len(piece.text) >= SHORTEST_PARAGRAPH
        and not _is_mostly_links(piece, 3)
    )


def _is_mostly_links(piece: Piece, part: int) -> bool:
    """Whether more than one ``part``-th of a piece is links."""
    return piece.linked * part > len(piece.text)


def _without_loose_headings(chosen: list[tuple[int, Block]], marks: Sequence[bool]) -> list[Block]:
    """The blocks without headings that lead to nothing: the last, and those above what was left out."""
    kept: list[Block] = []
    following: int | None = None
    for n, block in reversed(chosen):
        if block.kind == "heading" and (following is None or following - n > (3 if marks[n] else 1)):
            continue
        following = n
        kept.append(block)
    return kept[::-1]
