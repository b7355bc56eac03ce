"""The text of the article on an HTML page, in the blocks that the page shows it in.

The page is cut into pieces, in its own order (:mod:`.markup`). Which of them are the article's is told by a
*reference*: the text as the page gives it to search engines (JSON-LD), where most of that stands on the page; else
what trafilatura makes of the page. A reference need only be nearly right: it shows which element holds the article,
and what it lacks or has too much of is put right by what surrounds it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newssearch.article import STATED, Provenance
from newssearch.paragraphs import Block, Kind, split_paragraphs

from .markup import HUMP, Piece
from .origin import UnreadableError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_ELEMENTS = 200_000
"""Elements of a page that are looked at."""

MOST_FOR_TRAFILATURA = 30_000
"""Elements of a page, and thousands of characters of its text, beyond which trafilatura would take too long."""

SHORTEST_BODY = 200
"""Characters of a text below which it is not believed to be all of an article."""

HOLDS = 0.8
"""The part of the reference that the element holds which is taken for the article's."""

COVERED = 0.6
"""The part of a piece whose sequences of words are in the reference, from which on it is in it."""

LEADS = 0.4
"""The part of a page's paragraphs that a publisher's own text is, where it is believed to be all of the text."""

SHINGLE = 4
"""Words in a row that are compared."""

SHORTEST_FILL = 60
"""Characters of a paragraph that is believed to be one though the reference lacks it."""

NOT_THE_ARTICLE = frozenset({"nav", "aside", "footer", "form", "menu", "dialog"})
"""Elements that hold what goes with an article."""

_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|footer|foot|nav|navigation|navbar|menu|sidebar|breadcrumbs?|related|recirc\w*|"
    r"recommend(?:ed|ations?|s)?|teasers?|newsletter\w*|subscri\w+|sign-?up|social|share|sharing|sharebar|promo\w*|"
    r"advert\w*|ads?|adv|sponsor\w*|taboola|outbrain|cookies?|consent|paywall|popup|modal|toolbar|tags?|topics|byline|"
    r"\w*author\w*|bio|meta|most-?(?:read|popular|viewed)|trending|popular|more-?(?:news|stories|on|from|links)|"
    r"read-?(?:more|next|also)|login|register|copyright|disclaimer|disclosure|affiliate|skip|widgets?|banner|"
    r"placeholder|embed|print|rating|poll|player|toc)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Names of classes of what goes with an article."""

_CAPTION = re.compile(r"(?:^|[\s_-])(?:\w*captions?|credits?|lightbox|bildunterschrift)(?:$|[\s_-])", re.IGNORECASE)
"""Names of classes of what is said of a picture."""

_PICTURE = re.compile(
    rf"{_CAPTION.pattern}|(?:^|[\s_-])(?:\w*image\w*|img|media-?info|photo-?\w*|gallery|slideshow|picture|figure)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Names of classes of what goes with a picture."""

_WORD = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
"""A word; in scripts that put no spaces between words, a letter."""

Words = tuple[str, ...]


@dataclass(slots=True)
class Body:
    """The text found, and how it is known where it is not simply what the page shows."""

    blocks: list[Block] = field(default_factory=list)
    known: Provenance = STATED


@dataclass(slots=True)
class Hints:
    """What else is known of the page's article: its headlines, its summary, and its text in JSON-LD."""

    titles: Sequence[str] = ()
    summary: str = ""
    said: str = ""


def words_of(text: str) -> Words:
    """The words of a text, as they are compared."""
    return tuple(_WORD.findall(text.casefold()))


def shingles_of(words: Words) -> set[Words]:
    """All sequences of :data:`SHINGLE` words."""
    return {words[start : start + SHINGLE] for start in range(len(words) - SHINGLE + 1)}


class Reference:
    """A text that is known, and what pieces of a page are in it."""

    def __init__(self, paragraphs: Iterable[str]) -> None:
        self.size = 0
        self._shingles: set[Words] = set()
        self._short: set[Words] = set()
        for paragraph in paragraphs:
            words = words_of(paragraph)
            self.size += len(paragraph)
            self._shingles |= shingles_of(words)
            if words and len(words) <= 2 * SHINGLE:
                self._short.add(words)

    def has(self, words: Words) -> bool:
        """Whether a piece is in it: a short one as a paragraph, others for the most part."""
        if len(words) < SHINGLE:
            return words in self._short
        shingles = shingles_of(words)
        return sum(shingle in self._shingles for shingle in shingles) >= COVERED * len(shingles)


def body_of(root: HtmlElement, pieces: list[Piece], hints: Hints) -> Body:
    """The text of the article on a page, whose pieces are given."""
    page = _Page(pieces, hints)
    marks = page.said(Reference([hints.said]))
    by_publisher = bool(marks)
    if not marks:
        marks = page.marks(Reference(_by_trafilatura(root, page)))
    blocks = page.article(root, marks, by_publisher) if any(marks) else []
    body = Body(blocks)
    shown = sum(len(block.text) for block in blocks if block.kind != "caption")
    if len(hints.said) > max(2 * shown, SHORTEST_BODY):
        # A page that shows less than it tells search engines: a barrier, or a program that is to fill it.
        return Body([Block(text) for text in split_paragraphs(hints.said)], Provenance("stated", "JSON-LD articleBody"))
    return body


def _by_trafilatura(root: HtmlElement, page: _Page) -> list[str]:
    """The paragraphs that trafilatura finds; those of all plain paragraphs where it finds none or must not look."""
    try:
        from trafilatura import bare_extraction  # noqa: PLC0415  (of an extra, and slow to import)
    except ImportError as error:
        raise UnreadableError(f"an HTML page: reading it takes trafilatura ({error})") from None
    length = sum(len(piece.text) for piece in page.pieces)
    if len(page.pieces) < MOST_FOR_TRAFILATURA and length < 1000 * MOST_FOR_TRAFILATURA:
        for precise in (True, False):
            try:
                found = bare_extraction(copy(root), include_comments=False, favor_precision=precise)
            except Exception:  # whatever it makes of what nobody foresaw: the plain paragraphs are left
                continue
            if found is None or found.body is None:
                continue
            paragraphs = [" ".join(element.itertext()) for element in found.body]
            if sum(map(len, paragraphs)) >= max(SHORTEST_BODY, page.plain // 3) or not precise:
                return paragraphs
    return [piece.text for piece in page.pieces if page.is_paragraph(piece)]


class _Page:
    """The pieces of a page, and which of them are the article's."""

    def __init__(self, pieces: list[Piece], hints: Hints) -> None:
        self.pieces = pieces
        self.words = [words_of(piece.text) for piece in pieces]
        self.titles = {words for title in hints.titles if (words := words_of(title))}
        self.summary = words_of(hints.summary)
        self._beside: dict[HtmlElement, HtmlElement | None] = {}
        self._held, self._total = _held(piece for piece in pieces if _looks_plain(piece))
        self.plain = sum(len(piece.text) for piece in pieces if self.is_paragraph(piece))

    def marks(self, reference: Reference) -> list[bool]:
        """Of each piece, whether it is in a reference."""
        return [reference.has(words) for words in self.words]

    def said(self, reference: Reference) -> list[bool]:
        """What pieces are in the text that the publisher gives, or nothing where the page does not show that text.

        What is only the beginning of the text is no reference: it is much shorter than the paragraphs of the page.
        """
        if reference.size < SHORTEST_BODY:
            return []
        marks = self.marks(reference)
        shown = sum(len(piece.text) for piece, mark in zip(self.pieces, marks) if mark)
        if shown < COVERED * reference.size:
            return []
        return marks if shown >= LEADS * self.plain else []

    def is_paragraph(self, piece: Piece) -> bool:
        """Whether a piece is a paragraph by its looks alone."""
        return _looks_plain(piece) and piece.cloak is None and self.beside(piece.home) is None

    def article(self, root: HtmlElement, marks: Sequence[bool], headings: bool) -> list[Block]:
        """The blocks of the article, given which pieces are in a reference, and whether that lacks the ``headings``."""
        home = self._home(root, marks)
        inside = set(home.iter())
        numbers = [n for n, piece in enumerate(self.pieces) if marks[n] and piece.home in inside]
        if not numbers:
            return []
        first, last = numbers[0], numbers[-1]
        often = Counter(self.words[n] for n in range(first, last + 1))
        headline = max((n for n in range(first) if self.words[n] in self.titles), default=None)
        chosen: list[tuple[int, Block]] = []
        for n in range(len(self.pieces) if headline is None else headline, first):
            if self._opens(n, marks[n]):
                chosen.append((n, Block(self.pieces[n].text)))
        if not chosen and headline is None and (n := self._standfirst(first)) is not None:
            chosen.append((n, Block(self.pieces[n].text)))
        captions: set[str] = set()
        lists = {self.pieces[n].home.getparent() for n in numbers if self.pieces[n].kind == "list"}
        for n in range(first, last + 1):
            piece = self.pieces[n]
            if piece.home not in inside or (piece.cloak is not None and piece.cloak in inside and piece.cloak is not home):
                continue
            if self._is_title(n) or piece.linked > (0.8 if marks[n] and piece.kind == "text" else 0.5) * len(piece.text):
                continue
            beside = self.beside(piece.home)
            apart = beside is not None and beside is not home and beside in inside
            kind = self._kind(piece, home, marks[n])
            if kind == "caption":
                if (apart and not marks[n]) or piece.text in captions:
                    continue
                captions.add(piece.text)
            elif marks[n]:
                if apart and often[self.words[n]] >= 3:
                    continue
            elif apart or not self._fills(piece, kind, headings, lists):
                continue
            chosen.append((n, Block(piece.text, kind)))
        return _without_loose_headings(chosen)

    def _fills(self, piece: Piece, kind: Kind, headings: bool, lists: set[HtmlElement | None]) -> bool:
        """Whether a piece within the article that the reference lacks is believed to be part of it."""
        if kind == "text":
            return len(piece.text) >= SHORTEST_FILL and not _is_links(piece, 3)
        if kind == "list":
            return piece.linked == 0 and piece.home.getparent() in lists
        return piece.linked == 0 and kind == "heading" and headings

    def _home(self, root: HtmlElement, marks: Sequence[bool]) -> HtmlElement:
        """The deepest element that holds nearly all that is marked."""
        held, total = _held(
            piece for piece, mark in zip(self.pieces, marks) if mark and piece.kind != "caption"
        )
        home = root
        while total:
            inner = next((child for child in home if held.get(child, 0) >= HOLDS * total), None)
            if inner is None:
                break
            home = inner
        return home

    def _opens(self, n: int, marked: bool) -> bool:
        """Whether a piece between the headline and the text opens the article."""
        piece = self.pieces[n]
        if piece.cloak is not None or piece.kind == "caption" or _is_links(piece, 2) or self._is_title(n):
            return False
        if self._is_summary(n):
            return True
        return marked and piece.kind == "text" and len(piece.text) >= SHORTEST_FILL and self.beside(piece.home) is None

    def _standfirst(self, first: int) -> int | None:
        return next((n for n in range(first) if self._is_summary(n) and self.pieces[n].cloak is None), None)

    def _is_summary(self, n: int) -> bool:
        """Whether a piece is what the page calls its description, or begins like it."""
        words = self.words[n]
        if len(words) < SHINGLE or not self.summary:
            return False
        return words == self.summary or (
            words[: 2 * SHINGLE] == self.summary[: 2 * SHINGLE] and len(words) < 2 * len(self.summary)
        )

    def _is_title(self, n: int) -> bool:
        """Whether a piece is the headline, or a headline with something before or after it."""
        words = self.words[n]
        if words in self.titles:
            return True
        if self.pieces[n].kind != "heading" or self.pieces[n].home.tag != "h1":
            return False
        return any(len(title) > 2 and (title == words[: len(title)] or title == words[-len(title) :]) for title in self.titles)

    def _kind(self, piece: Piece, home: HtmlElement, marked: bool) -> Kind:
        """What a piece is, where its element says so, or where the classes around it do."""
        pattern = _CAPTION if marked else _PICTURE
        element: HtmlElement | None = piece.home
        for _ in range(3):
            if element is None or element is home:
                break
            if (name := element.get("class")) and pattern.search(name):
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
            name = HUMP.sub("-", f"{element.get('class', '')} {element.get('id', '')}")
            if element.tag in NOT_THE_ARTICLE or (name != " " and _BESIDE.search(name)):
                found = element
                break
            element = element.getparent()
        for passed in way:
            self._beside[passed] = found
        return found


def _held(pieces: Iterable[Piece]) -> tuple[dict[HtmlElement, int], int]:
    """How many characters of some pieces each element holds, and how many there are."""
    held: dict[HtmlElement, int] = {}
    total = 0
    for piece in pieces:
        total += len(piece.text)
        element: HtmlElement | None = piece.home
        while element is not None:
            held[element] = held.get(element, 0) + len(piece.text)
            element = element.getparent()
    return held, total


def _looks_plain(piece: Piece) -> bool:
    """Whether a piece is a paragraph, wherever it stands."""
    return piece.kind in ("text", "quote") and len(piece.text) >= SHORTEST_FILL and not _is_links(piece, 3)


def _is_links(piece: Piece, part: int) -> bool:
    """Whether more than one ``part``-th of a piece is links."""
    return piece.linked * part > len(piece.text)


def _without_loose_headings(chosen: list[tuple[int, Block]]) -> list[Block]:
    """The blocks without headings that lead to nothing: the last, and those above what was left out."""
    kept: list[Block] = []
    following: int | None = None
    for n, block in reversed(chosen):
        if block.kind == "heading" and (following is None or following - n > 3):
            continue
        following = n
        kept.append(block)
    return kept[::-1]
