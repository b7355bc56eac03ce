"""Find the text of the article on an HTML page, in the blocks that the page shows.

The page is divided into pieces in its own order (:mod:`.layout`). A *reference* text decides which pieces belong to the
article: the text that the page gives to search engines (JSON-LD) if the page shows most of it, else the text that
trafilatura extracts. The reference need not be exact. It locates the element that contains the article; rules about the
pieces inside that element then add text that the reference lacks and remove text that it has in excess.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from newssearch.article import STATED, Provenance
from newssearch.text.paragraphs import Block, ParagraphKind, split_paragraphs

from .layout import Layout, Piece
from .reference_text import MIN_SHARED_SHINGLES, SHINGLE_SIZE, ReferenceText, words_of
from .trafilatura_text import trafilatura_paragraphs

SHORTEST_BODY = 200
"""The minimum number of characters of a text that may be a whole article."""

MIN_SHARE_IN_ELEMENT = 0.8
"""The minimum share of the reference's text, in characters, that the element of the article must contain."""

MIN_SHARE_IN_FRAME = 0.9
"""The minimum share of the text of a page, in characters, in the part that trafilatura is given."""

MIN_PUBLISHER_SHARE = 0.4
"""The minimum share of a page's paragraphs, in characters, that its text in JSON-LD must cover to be a reference."""

SHORTEST_PARAGRAPH = 60
"""The minimum number of characters of a piece that counts as a paragraph although the reference text lacks it."""

MAX_LINKED_SHARE = 0.8
"""The maximum share of links, in characters, in a paragraph that the reference text contains."""

SIDE_ELEMENTS = frozenset({"nav", "aside", "footer", "form", "menu", "dialog"})
"""The HTML elements whose content accompanies an article and is not part of it."""

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
"""A pattern for the classes and ids of elements that accompany an article and are not part of it."""

_COMPOUND_CLASS = re.compile(
    r"(?:\w+[_-])*?(?:sidebar|nav|navigation|navbar|menu|footer|toolbar|toc|banner|social|share|topics|meta|print|widgets?)[_-]",
    re.IGNORECASE,
)
"""A pattern for classes in which the name of a part that accompanies an article is the first part of a compound."""

_CAPTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:\w*captions?|credits?|lightbox|bildunterschrift)(?:$|[\s_-])", re.IGNORECASE
)
"""A pattern for the classes and ids of captions of pictures."""

_PICTURE_CLASS = re.compile(
    rf"{_CAPTION_CLASS.pattern}|(?:^|[\s_-])(?:\w*image\w*|img|media-?info|photo-?\w*|gallery|slideshow|picture|figure)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""A pattern for the classes and ids of captions and of other elements around pictures."""


_BREADCRUMBS = re.compile(r"[^»›>]{1,60}(?: [»›>] [^»›>]{1,60}){2,}")
"""A pattern for a line that shows the place of a page on its site, such as "News » Europe » Bridge closed"."""


@dataclass(slots=True)
class PageBody:
    """The text of an article that :func:`find_body` found; its provenance says if the page does not show it."""

    blocks: list[Block] = field(default_factory=list)
    provenance: Provenance = STATED


@dataclass(slots=True)
class BodyHints:
    """The metadata that helps to find the text of an article.

    ``titles`` are all forms of its headline, ``summary`` is its description, and ``stated_text`` its text in JSON-LD; a
    missing value is empty.
    """

    titles: Sequence[str] = ()
    summary: str = ""
    stated_text: str = ""


def find_body(layout: Layout, hints: BodyHints) -> PageBody:
    """Return the text of the article on a page, given its layout and its metadata.

    Removes elements from the tree of the page that are not part of the article.
    """
    page = _PagePieces(layout, hints)
    marks = page.publisher_marks(page.reference([hints.stated_text]))
    by_publisher = bool(marks)
    if not marks:
        enough, most = (max(SHORTEST_BODY, page.plain * thirds // 3) for thirds in (1, 2))
        extracted = trafilatura_paragraphs(layout, page.frame(), enough, most)
        marks = page.marks(page.reference(extracted or page.paragraphs()))
        if 0 < sum(map(len, extracted)) < enough:
            marks = page.with_alike_containers(marks)
    blocks = page.article(marks, headings=by_publisher)
    if not blocks:
        blocks = (
            page.article(page.marks(page.reference(page.paragraphs())), headings=True) or page.short_text()
        )
    shown = sum(len(block.text) for block in blocks if block.kind != "caption")
    if len(hints.stated_text) > max(2 * shown, SHORTEST_BODY):
        # The page shows less than it gives to search engines: it has a paywall, or a script has yet to fill it.
        return PageBody([Block(text) for text in split_paragraphs(hints.stated_text)], FROM_HIDDEN_BODY)
    return PageBody(blocks)


class _ArticleRegion(NamedTuple):
    """The region of a page that contains the article.

    ``element`` is the element around the article, ``end`` the first element behind it, and ``first`` and ``last`` are
    the indices of the first and the last piece in it that the reference text contains.
    """

    element: int
    end: int
    first: int
    last: int

    def has(self, element: int | None) -> bool:
        """Whether an element is inside the element of the article, and is not that element itself."""
        return element is not None and self.element < element < self.end

    def shows(self, piece: Piece) -> bool:
        """Whether a piece is in the element of the article and not hidden inside it; the element may be hidden."""
        return self.element <= piece.element < self.end and not self.has(piece.hidden_by)


class _PagePieces:
    """The pieces of a page, and the rules that choose those of the article."""

    def __init__(self, layout: Layout, hints: BodyHints) -> None:
        self._layout = layout
        self.pieces = layout.pieces
        self._words_of = {piece.text: words_of(piece.text) for piece in layout.pieces}
        self.words = [self._words_of[piece.text] for piece in layout.pieces]
        self.titles = {words for title in hints.titles if (words := words_of(title))}
        self.summary = words_of(hints.summary)
        self._side_elements: dict[int, int | None] = {}
        self._held_by_class: dict[str, int] = {}
        self._frame_classes: dict[str, bool] = {}
        self._held, self._total = self._characters_by_element(
            piece for piece in layout.pieces if _looks_like_paragraph(piece)
        )
        self.plain = sum(len(piece.text) for piece in layout.pieces if self.is_paragraph(piece))

    def frame(self) -> int:
        """Return the deepest element that contains all paragraphs, hidden ones too, and nearly all of the text.

        Links, captions and what accompanies the article do not count. Without paragraphs, it is the first element.
        """
        text = [
            piece
            for piece in self.pieces
            if piece.kind != "caption"
            and not _is_mostly_links(piece, 3)
            and self.side_element(piece.element) is None
        ]
        paragraphs = [piece.element for piece in text if _looks_like_paragraph(piece)]
        if not paragraphs:
            return 0
        held, total = self._characters_by_element(text)
        ends, last = self._layout.ends, max(paragraphs)
        around = self._layout.outwards(min(paragraphs))
        return next((n for n in around if ends[n] > last and held.get(n, 0) >= MIN_SHARE_IN_FRAME * total), 0)

    def reference(self, paragraphs: Sequence[str]) -> ReferenceText:
        """Return a reference text; most of its paragraphs are also pieces of the page, whose words are known."""
        words = (self._words_of.get(text) or words_of(text) for text in paragraphs)
        return ReferenceText(words, sum(map(len, paragraphs)))

    def marks(self, reference: ReferenceText) -> list[bool]:
        """Return for each piece of the page, in order, whether the reference text contains it."""
        return [reference.has(words) for words in self.words]

    def paragraphs(self) -> list[str]:
        """Return the texts of all paragraphs, or of the long items of lists and tables if there are no paragraphs."""
        plain = [piece.text for piece in self.pieces if self.is_paragraph(piece)]
        long = (piece for piece in self.pieces if len(piece.text) >= SHORTEST_PARAGRAPH)
        return plain or [
            piece.text for piece in long if piece.kind == "list" and not _is_mostly_links(piece, 3)
        ]

    def publisher_marks(self, reference: ReferenceText) -> list[bool]:
        """Return for each piece whether the publisher's text (JSON-LD) contains it, or ``[]`` if that is unusable.

        The text is unusable as a reference if the page does not show most of it. It is also unusable if it is much
        shorter than the paragraphs of the page, because it is then only the beginning of the article.
        """
        if reference.size < SHORTEST_BODY:
            return []
        marks = self.marks(reference)
        shown = sum(len(piece.text) for piece, mark in zip(self.pieces, marks, strict=True) if mark)
        if shown < MIN_SHARED_SHINGLES * reference.size:
            return []
        return marks if shown >= MIN_PUBLISHER_SHARE * self.plain else []

    def with_alike_containers(self, marks: Sequence[bool]) -> list[bool]:
        """Return ``marks`` with all paragraphs added whose container has the class of one with a marked paragraph.

        Some pages divide an article among several such containers, of which trafilatura finds only one.
        """
        parents, names = self._layout.parents, self._layout.marks
        containers = [parents[piece.element] for piece in self.pieces]
        alike = {
            names[container]
            for container, piece, mark in zip(containers, self.pieces, marks, strict=True)
            if mark and container >= 0 and names[container] and self.is_paragraph(piece)
        }
        return [
            mark or (container >= 0 and names[container] in alike and self.is_paragraph(piece))
            for container, piece, mark in zip(containers, self.pieces, marks, strict=True)
        ]

    def short_text(self) -> list[Block]:
        """Return the text of a page without a paragraph of the usual length: what is below the headline.

        Sentences count, and what stands in ``<p>``.
        """
        headline = max((n for n in range(len(self.pieces)) if self._is_title(n)), default=len(self.pieces))
        return [
            Block(piece.text, piece.kind)
            for piece in self.pieces[headline + 1 :]
            if piece.kind in ("text", "quote")
            and piece.linked == 0
            and piece.hidden_by is None
            and (self._layout.tag(piece.element) == "p" or piece.text.endswith((".", "!", "?", "。")))
            and self.side_element(piece.element) is None
        ]

    def is_paragraph(self, piece: Piece) -> bool:
        """Whether a piece looks like a paragraph, is visible, and is in no element that accompanies the article."""
        return (
            _looks_like_paragraph(piece)
            and piece.hidden_by is None
            and self.side_element(piece.element) is None
        )

    def article(self, marks: Sequence[bool], *, headings: bool) -> list[Block]:
        """Return the blocks of the article; ``marks`` says for each piece whether the reference text contains it.

        ``headings`` says that the reference has no headings, so that those between its paragraphs are added.
        """
        if not any(marks):
            return []
        container = self._first_of_articles(self._article_element(marks))
        end = self._layout.ends[container]
        numbers = [n for n, piece in enumerate(self.pieces) if marks[n] and container <= piece.element < end]
        if not numbers:
            return []
        region = _ArticleRegion(container, end, numbers[0], numbers[-1])
        chosen = [(n, Block(self.pieces[n].text)) for n in self._opening_pieces(region.first, marks)]
        chosen += [
            (n, Block(self.pieces[n].text, kind))
            for n, kind in self._pieces_in_region(region, marks, headings)
        ]
        return _without_loose_headings(chosen, marks)

    def _opening_pieces(self, first: int, marks: Sequence[bool]) -> list[int]:
        """Return the indices of the pieces of the article from its headline up to the piece with index ``first``.

        ``first`` is the first piece in the element of the article that the reference contains. Without a headline, at
        most the summary is returned.
        """
        headline = max((n for n in range(first) if self.words[n] in self.titles), default=None)
        if headline is not None:
            return [n for n in range(headline, first) if self._opens(n, marks[n])]
        seen = (n for n in range(first) if self._is_summary(n) and self.pieces[n].hidden_by is None)
        return list(islice(seen, 1))

    def _opens(self, n: int, marked: bool) -> bool:
        piece = self.pieces[n]
        if (
            piece.hidden_by is not None
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
            and self.side_element(piece.element) is None
        )

    def _pieces_in_region(
        self, region: _ArticleRegion, marks: Sequence[bool], headings: bool
    ) -> Iterator[tuple[int, ParagraphKind]]:
        """Yield in order the index and the kind of each piece of the article in its region.

        ``marks`` says for each piece of the page whether the reference text contains it, and ``headings`` whether the
        headings between its paragraphs are added.
        """
        span = range(region.first, region.last + 1)
        often = Counter(self.words[n] for n in span)
        parents = self._layout.parents
        lists = {parents[self.pieces[n].element] for n in span if marks[n] and self.pieces[n].kind == "list"}
        captions: set[str] = set()
        for n in span:
            piece = self.pieces[n]
            if not region.shows(piece) or self._is_title(n) or _is_breadcrumbs(piece):
                continue
            links = MAX_LINKED_SHARE if marks[n] and piece.kind == "text" else 0.5
            if piece.linked > links * len(piece.text):
                continue
            apart = region.has(self.side_element(piece.element))
            kind = self._kind(piece, region.element, marks[n])
            if kind == "caption":
                chosen = piece.text not in captions and (marks[n] or not apart)
                captions.add(piece.text)
            elif marks[n]:
                chosen = not (apart and often[self.words[n]] >= 3)
            else:
                chosen = not apart and self._fills_gap(piece, kind, headings, lists)
            if chosen:
                yield n, kind

    def _fills_gap(self, piece: Piece, kind: ParagraphKind, headings: bool, lists: set[int]) -> bool:
        """Whether a piece in the element of the article belongs to the article although the reference text lacks it.

        ``lists`` contains the list elements with an item in the reference; ``headings`` says that headings are added.
        """
        if kind == "text":
            return len(piece.text) >= SHORTEST_PARAGRAPH and not _is_mostly_links(piece, 3)
        if kind == "list":
            return piece.linked == 0 and self._layout.parents[piece.element] in lists
        return piece.linked == 0 and kind == "heading" and headings

    def _article_element(self, marks: Sequence[bool]) -> int:
        """Return the deepest element that contains nearly all of the text for which ``marks`` is true."""
        held, total = self._characters_by_element(
            piece for piece, mark in zip(self.pieces, marks, strict=True) if mark and piece.kind != "caption"
        )
        # The elements that contain most of a text contain one another: the last one is the deepest.
        containing = (number for number, size in held.items() if size >= MIN_SHARE_IN_ELEMENT * total)
        return max(containing, default=0)

    def _characters_by_element(self, pieces: Iterable[Piece]) -> tuple[dict[int, int], int]:
        """Return how many characters of the given pieces each element around them contains, and their total number."""
        held: dict[int, int] = {}
        for piece in pieces:
            held[piece.element] = held.get(piece.element, 0) + len(piece.text)
        total = sum(held.values())
        parents = self._layout.parents
        for element in range(max(held, default=0), 0, -1):
            if size := held.get(element):
                parent = parents[element]
                held[parent] = held.get(parent, 0) + size
        return held, total

    def _first_of_articles(self, container: int) -> int:
        """Return the element of the article with the headline if ``container`` holds several articles, else ``container``.

        Another article is in an element beside it with the same tag and class, and has a headline of the same level: an
        ``<h1>``, or any heading in an ``<article>``. Other elements within one ``<article>`` are its sections.
        """
        headline = next(
            (
                piece.element
                for n, piece in enumerate(self.pieces)
                if piece.kind == "heading" and self._is_title(n)
            ),
            None,
        )
        if headline is None or not container < headline < self._layout.ends[container]:
            return container
        level = self._layout.tag(headline)
        for own in self._layout.outwards(headline):
            if own == container:
                break
            tag = self._layout.tag(own)
            if (
                (tag == "article" or (level == "h1" and not self._is_in_article(own)))
                and self._held.get(own, 0)
                and self._has_twin(own, tag, level)
            ):
                return own
        return container

    def _is_in_article(self, number: int) -> bool:
        """Whether an element is within an ``<article>``."""
        return any(self._layout.tag(around) == "article" for around in self._layout.outwards(number))

    def _has_twin(self, own: int, tag: str, level: str) -> bool:
        """Whether an element with the tag and class of element ``own`` follows it, and has a heading and paragraphs."""
        layout = self._layout
        classes = layout.elements[own].get("class")
        twin = layout.ends[own]
        while twin < layout.ends[layout.parents[own]]:
            if (
                layout.tag(twin) == tag
                and layout.elements[twin].get("class") == classes
                and self._held.get(twin, 0)
            ):
                return any(layout.tag(inner) == level for inner in range(twin, layout.ends[twin]))
            twin = layout.ends[twin]
        return False

    def _is_summary(self, n: int) -> bool:
        """Whether the piece with index ``n`` is the description in the metadata of the page, or begins like it."""
        words = self.words[n]
        if len(words) < SHINGLE_SIZE or not self.summary:
            return False
        return words == self.summary or (
            words[: 2 * SHINGLE_SIZE] == self.summary[: 2 * SHINGLE_SIZE]
            and len(words) < 2 * len(self.summary)
        )

    def _is_title(self, n: int) -> bool:
        """Whether the piece with index ``n`` is the headline, or an ``<h1>`` that begins or ends with the headline."""
        words = self.words[n]
        if words in self.titles:
            return True
        if self.pieces[n].kind != "heading" or self._layout.tag(self.pieces[n].element) != "h1":
            return False
        return any(
            len(title) > 2 and (title == words[: len(title)] or title == words[-len(title) :])
            for title in self.titles
        )

    def _kind(self, piece: Piece, container: int, marked: bool) -> ParagraphKind:
        """Return the kind of a piece: "caption" if the class of an element around it says so, else its own kind.

        ``marked`` pieces are in the reference text; for others, the class of a picture is enough.
        """
        pattern = _CAPTION_CLASS if marked else _PICTURE_CLASS
        for element in islice(self._layout.outwards(piece.element), 3):
            if element == container:
                break
            if (name := self._layout.marks[element]) and pattern.search(name):
                return "caption"
        return piece.kind

    def side_element(self, element: int) -> int | None:
        """Return the nearest element, from ``element`` outwards, that only accompanies an article, or None.

        The search stops at an element that contains the article.
        """
        visited: list[int] = []
        found: int | None = None
        for outer in self._layout.outwards(element):
            if outer in self._side_elements:
                found = self._side_elements[outer]
                break
            visited.append(outer)
            tag = self._layout.tag(outer)
            if tag in ("article", "main", "body") or self._held.get(outer, 0) * 2 > self._total:
                break
            name = self._layout.marks[outer]
            if tag in SIDE_ELEMENTS or (name and _SIDE_CLASS.search(name) and not self._frames(name)):
                found = outer
                break
        for passed in visited:
            self._side_elements[passed] = found
        return found

    def _frames(self, name: str) -> bool:
        if name not in self._frame_classes:
            self._frame_classes[name] = self._is_frame_class(name)
        return self._frame_classes[name]

    def _is_frame_class(self, name: str) -> bool:
        """Whether a class names what is in a side bar or the like only as part of a compound, and frames the article.

        The elements of the class ``sidebar-grid`` have most of the text of a page together: it is a grid with a side bar.
        """
        classes = _compound_side_classes(name)
        if not classes:
            return False
        if not self._held_by_class:
            parents, marks = self._layout.parents, self._layout.marks
            for element, size in self._held.items():
                mark = marks[element]
                if mark and (element == 0 or marks[parents[element]] != mark):
                    self._held_by_class[mark] = self._held_by_class.get(mark, 0) + size
        held_by_class = self._held_by_class.items()
        return all(
            2 * sum(size for mark, size in held_by_class if part in mark.split()) > self._total
            for part in classes
        )


@lru_cache(4096)
def _compound_side_classes(name: str) -> tuple[str, ...]:
    """Return the classes of an element that name a part beside an article, or ``()`` if not all are compounds of such a name."""
    classes = tuple(part for part in name.split() if _SIDE_CLASS.search(part))
    if any(
        not _COMPOUND_CLASS.match(part) or _SIDE_CLASS.search(re.split("[_-]", part)[-1]) for part in classes
    ):
        return ()
    return classes


def _looks_like_paragraph(piece: Piece) -> bool:
    """Whether a piece looks like a paragraph, judged by its kind, its length and its share of links."""
    return (
        piece.kind in ("text", "quote")
        and len(piece.text) >= SHORTEST_PARAGRAPH
        and not _is_mostly_links(piece, 3)
    )


def _is_mostly_links(piece: Piece, part: int) -> bool:
    """Whether more than 1/``part`` of the characters of a piece are links."""
    return piece.linked * part > len(piece.text)


def _is_breadcrumbs(piece: Piece) -> bool:
    return piece.linked > 0 and _BREADCRUMBS.fullmatch(piece.text) is not None


def _without_loose_headings(chosen: list[tuple[int, Block]], marks: Sequence[bool]) -> list[Block]:
    """Return the blocks in order, without headings that are not followed closely by another block.

    ``chosen`` pairs each block with the index of its piece. A heading is removed if it is the last block, or if pieces
    that were not chosen lie between it and the next block: any piece or, for a heading in the reference, more than two.
    """
    kept: list[Block] = []
    following: int | None = None
    for n, block in reversed(chosen):
        if block.kind == "heading" and (following is None or following - n > (3 if marks[n] else 1)):
            continue
        following = n
        kept.append(block)
    return kept[::-1]
