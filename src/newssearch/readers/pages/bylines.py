"""Find the byline of an HTML page: in ``<meta>``, in elements marked as authors, or in a line under the headline."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from newssearch.article import Article, Date, Provenance
from newssearch.press.agencies import agency_named
from newssearch.press.bylines import AUTHOR_INTRODUCTION, end_of_by_words, without_by_words
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import is_domain
from newssearch.text.date_labels import says_updated
from newssearch.text.dates import Published
from newssearch.text.paragraphs import Block

from . import schemaorg
from .date_lines import WORD_BESIDE, dates_with_labels, is_of_header
from .layout import OTHER_TEXT_CLASSES, Layout, Piece, headline_piece, visible_text
from .name_ends import is_day, is_month, names_before_date
from .page import AUTHOR_CLASSES, Page, meta_source

META_AUTHORS = (
    "author", "article:author", "og:article:author", "og:author", "articleauthor", "article.author", "byl", "byline",
    "parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator", "creator",
    "citation_author",
)  # fmt: skip
"""The names of ``<meta>`` elements that hold authors, the most trusted first."""

LONGEST_PAGE_BYLINE = 160
"""The maximum number of characters of a byline on a page, and of one author in ``<meta>``."""

MAX_AUTHOR_ELEMENTS = 8
"""The maximum number of elements marked as authors that are examined; those further down belong to other articles."""

MAX_META_AUTHORS = 10
"""The maximum number of authors in ``<meta>`` elements of one name that are read."""

SHORTEST_TEXT = 60
"""The minimum number of characters of a paragraph of the article or of a comment."""

LONGEST_DATE = 60
"""The maximum number of characters of a date in front of a byline."""

PIECES_UNDER_HEADLINE = 15
"""The maximum number of pieces of a page directly under its headline that are examined."""

LINES_ABOUT_ARTICLE = 4
"""The maximum number of lines at the start of a text that only say by whom and when it was published."""

_NOT_A_NAME = re.compile(
    r"\*|\b(?:twitter|facebook|instagram|whatsapp|linkedin|e-?mail|follow(?:ing|ers?)?|folgen|shares?|comments?|kommentare?|minut(?:es?|en)"
    r"|read (?:more|next|time|also|full|the|this|article|story)|min read|about|über den|profile?|no author|unknown|unbekannt|themen|subscribe"
    r"|reply|antworten|log ?in|edit|(?:more|all|other|view) (?:posts|articles|stories))\b"
    r"|(?:alle|mehr|weitere) (?:beiträge|artikel)|\bbearbeiten|\babonnieren",
    re.IGNORECASE,
)
"""A pattern for words in and beside bylines that are not part of a name."""

_OTHER_TEXT_CLASS = re.compile(
    rf"(?:^|[\s_-])(?:{OTHER_TEXT_CLASSES}|popular|up-?next|next-?(?:story|article|up)|promo\w*|carousel|latest)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""A pattern for the classes and ids of elements with comments or other stories, whose authors are others."""

_INITIAL = re.compile(r"(?:\w\.)+|[A-Z]\w{1,3}\.")
_IN_NAMES = frozenset(
    "von van der den de du del della di da dos das do la le el al bin ibn zu zur und and et y e og och i en en &amp; & for in of with"
    " für im aus unserem our unser ter ten af av ja a à".split()
)
"""The words in lower case that may stand within the names of a byline."""

_UNSPACED_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}")
"""A pattern for a name in a script that writes names without spaces."""


def claim_bylines(draft: Draft, page: Page, titles: Sequence[str], outlet_names: Sequence[str]) -> None:
    """Claim the bylines of a page, the most trusted first; a byline that only names the outlet is claimed last."""
    later: list[tuple[str, Provenance]] = []
    for value, provenance in _stated_bylines(page, titles):
        if schemaorg.is_outlet_name(value, outlet_names, 0.6):
            later.append((value, provenance))
        else:
            draft.claim("byline", value, provenance)
    for value, provenance in later:
        draft.claim("byline", value, provenance)


_DATED = re.compile(r"\d{1,2}[./:]\d|\b(?:19|20)\d\d\b")


def _stated_bylines(page: Page, titles: Sequence[str]) -> Iterator[tuple[str, Provenance]]:
    for name in META_AUTHORS:
        values = schemaorg.names_of(
            [without_by_words(value, page.lang) for value in page.meta.get(name, [])[:MAX_META_AUTHORS]]
        )
        authors = ", ".join(
            dict.fromkeys(
                names_before_date(value, page.lang) if _DATED.search(value) else value
                for value in values
                if _is_author_name(value) and len(value) <= LONGEST_PAGE_BYLINE
            )
        )
        if authors:
            yield authors, Provenance("stated", meta_source(name))
    shown = _ShownAuthors(page, titles)
    linked = [_names_in_byline(text, page.lang, linked=True) for text in shown.texts(linked=True)]
    authors = ", ".join(dict.fromkeys(names for names in linked if names))
    if authors and len(authors) <= LONGEST_PAGE_BYLINE:
        yield authors, Provenance("stated", "rel=author")
    lines = (
        piece.text
        for piece in below_headline(page.layout, titles)
        if AUTHOR_INTRODUCTION.match(piece.text)
        and _is_line_of_names(piece.text)
        and not shown.is_beside(piece.element)
    )
    for texts, where in ((shown.texts(), "byline on the page"), (lines, "a line under the headline")):
        if first := next((names for text in texts if (names := _names_in_byline(text, page.lang))), None):
            yield first, Provenance("stated", where)


class _ShownAuthors:
    """The elements of a page that name the authors of its article, with their texts; authors of other texts are left out.

    Those of comments, of related stories and the like are left out: what is in an element with such a class, and what
    follows the article without a word like "by" and has a text of its own behind it.
    """

    def __init__(self, page: Page, titles: Sequence[str]) -> None:
        self._layout = page.layout
        pieces = page.layout.pieces
        headline = headline_piece(page.layout, titles, or_first_h1=False)
        self._headline = pieces[headline].element if headline is not None else None
        below = pieces[headline + 1 :] if headline is not None else []
        self._text = next((piece.element for piece in below if _is_of_text(piece)), None)
        self._authors = page.authors

    def texts(self, *, linked: bool = False) -> Iterator[str]:
        """Yield the texts of the elements, or only of those that link to an author, at most 8."""
        elements = self._layout.elements
        own = (
            text
            for number in self._authors
            if not linked or elements[number].get("rel") == "author"
            if not self._is_of_another_text(number, text := visible_text(elements[number]))
        )
        yield from islice(own, MAX_AUTHOR_ELEMENTS)

    def _is_of_another_text(self, number: int, text: str) -> bool:
        layout = self._layout
        if self.is_beside(number):
            return True
        if (
            self._text is None
            or number < self._text
            or AUTHOR_INTRODUCTION.match(text)
            or layout.elements[number].get("rel")
        ):
            return False
        parent = layout.parents[number]
        if AUTHOR_CLASSES.intersection(re.split(r"[\s_-]+", layout.marks[parent].lower())):
            return False
        if parent <= self._text < layout.ends[parent]:
            return False
        ends = layout.ends[parent]
        return any(number < piece.element < ends and _is_of_text(piece) for piece in layout.pieces)

    def is_beside(self, number: int) -> bool:
        """Whether an element is in one with comments, other stories or the like, which does not hold the headline."""
        layout, headline = self._layout, self._headline
        for outer in layout.outwards(number):
            if headline is not None and outer <= headline < layout.ends[outer]:
                return False
            tag, name = layout.tag(outer), layout.marks[outer]
            if tag in ("nav", "aside", "footer") or (name and _OTHER_TEXT_CLASS.search(name)):
                return True
        return False


def _is_of_text(piece: Piece) -> bool:
    return (
        piece.kind in ("text", "list", "quote")
        and len(piece.text) >= SHORTEST_TEXT
        and piece.linked * 2 < len(piece.text)
    )


def _is_line_of_names(text: str) -> bool:
    """Whether a line that begins with a word like "by" has only names up to its first comma, and is no sentence."""
    found = AUTHOR_INTRODUCTION.match(text)
    names = re.split(r"[,|(•·–—]|\d", text[found.end() :] if found else text)[0].split()
    return all(
        word[0].lower() == word[0].upper() or word[0].isupper() or word.lower() in _IN_NAMES for word in names
    )


def below_headline(layout: Layout, titles: Sequence[str]) -> Sequence[Piece]:
    """Return the pieces under the headline, at most :data:`PIECES_UNDER_HEADLINE`.

    The headline is the first piece that is one of ``titles``, preferably an ``<h1>``.
    """
    start = headline_piece(layout, titles, or_first_h1=False)
    return layout.pieces[start + 1 : start + 1 + PIECES_UNDER_HEADLINE] if start is not None else []


def _is_author_name(value: str) -> bool:
    """Whether an author in ``<meta>`` is a name rather than a user name, a picture credit or "None"."""
    if value == "None" or "(" in value or schemaorg.PICTURE_CREDIT.match(value):
        return False
    return " " in value or value != value.lower() or not value.isascii() or "." in value


def _names_in_byline(text: str, lang: str | None, *, linked: bool = False) -> str | None:
    """Return the names in a byline, or None if the text is not a byline: ``By Jane Doe, 3 May 2024`` gives Jane Doe.

    Without a word like "by", the text must look like names: a few capitalised words, or a few letters of a script
    without capitals. If it is the text of a link to an author (``linked``), any one word is a name.
    """
    if len(text) > 2 * LONGEST_PAGE_BYLINE:
        return None
    begins = end_of_by_words(text, lang)
    if not begins and (found := _by_after_date(text)):
        begins = found.end()
    names = _without_numbered_parts(names_before_date(text[begins:], lang))
    words = names.split()
    if not 0 < len(words) <= 14 or len(names) > LONGEST_PAGE_BYLINE or names.endswith(("!", "?")):
        return None
    if names.endswith(".") and not _INITIAL.fullmatch(words[-1]):
        return None
    if schemaorg.PICTURE_CREDIT.match(names) or _NOT_A_NAME.search(names) or is_domain(names):
        return None
    if not any(map(str.isalpha, names)) or any(map(str.isdigit, names)):
        return None
    if not begins and any(agency_named(" ".join(words[:size])) for size in range(1, len(words))):
        return None  # an agency and then a name: two elements side by side
    return names if (linked and len(words) == 1) or _looks_like_names(names, words, begins > 0) else None


def _without_numbered_parts(names: str) -> str:
    """Return names without the parts after them that have digits, such as the outlet in ``Ines Varga, g1``."""
    first, *parts = names.split(", ")
    return ", ".join([first, *(part for part in parts if not any(map(str.isdigit, part)))])


def _by_after_date(text: str) -> re.Match[str] | None:
    """Return the word like "by" after a date at the start of a byline, or None."""
    for found in AUTHOR_INTRODUCTION.finditer(text):
        before = text[: found.start()]
        if before[-1:].isspace() and len(before) <= LONGEST_DATE and any(map(str.isdigit, before)):
            return (
                found
                if before[:1].isdigit() or not names_before_date(before, None) or _begins_with_day(before)
                else None
            )
    return None


def _begins_with_day(text: str) -> bool:
    first = text.split(maxsplit=1)[0].strip(".,").lower()
    return is_day(first, None) or is_month(first, None)


def _looks_like_names(names: str, words: Sequence[str], introduced: bool) -> bool:
    cased = [word for word in words if word[0].lower() != word[0].upper()]
    if introduced:
        return not cased or cased[0][0].isupper()
    if cased:
        return 2 <= len(words) <= 5 and sum(word[0].isupper() for word in cased) >= len(cased) - 1
    return (2 <= len(words) <= 4 and len(names) <= 30) or _UNSPACED_NAME.fullmatch(names) is not None


def without_lines_about(blocks: Sequence[Block], article: Article) -> list[Block]:
    """Return the text of a page without the lines at its start that only say by whom and when it was published.

    These are the lines whose dates and names ``article``, made of the same page, has in its fields. A date that stands
    over a part of the text, as others do below it, is text.
    """
    start = 0
    while start < min(LINES_ABOUT_ARTICLE, len(blocks) - 1) and _is_only_about_article(
        blocks[start], article
    ):
        start += 1
    first = blocks[0] if start else None
    if first is not None and _is_bare_date(first, article.lang):
        others = (block for block in blocks[1:] if block.text != first.text)
        if any(_is_bare_date(block, article.lang) for block in others):
            return list(blocks)
    return list(blocks[start:])


def _is_only_about_article(block: Block, article: Article) -> bool:
    """Whether a paragraph is nothing but the date, the byline, or both, of an article."""
    if block.kind not in ("text", "list") or len(block.text) > LONGEST_PAGE_BYLINE:
        return False
    lang, rest, dated = article.lang, block.text, False
    for found, before, _ in dates_with_labels(block.text, lang):
        if not (_is_day_of(article.date, found.published) or says_updated(before)):
            return False
        rest, dated = rest.replace(found.text, " | ", 1), True
    parts = [part for part in re.split(r"[|,·•–—]", rest) if any(map(str.isalnum, part))]
    names = [part for part in parts if AUTHOR_INTRODUCTION.match(part.strip())]
    if not dated and not names:
        return False
    if names and not _are_in_byline(_names_in_byline(names[0].strip(), lang), article.byline):
        return False
    others = [part for part in parts if part not in names]
    return (dated or not others) and all(
        is_of_header(word, lang) for part in others for word in WORD_BESIDE.findall(part)
    )


def _is_day_of(date: Date | None, found: Published) -> bool:
    """Whether a date is that of an article, which may be a day off in another zone, or have day and month swapped."""
    one, other = (value.date() if isinstance(value, dt.datetime) else value for value in (date, found.value))
    if not (isinstance(one, dt.date) and isinstance(other, dt.date)):
        return one == other
    if found.ambiguous and (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return abs((one - other).days) <= 1


def _is_bare_date(block: Block, lang: str | None) -> bool:
    """Whether a paragraph or a heading is a date, and no label says what happened then."""
    if len(block.text) > LONGEST_DATE:
        return False
    dates = list(dates_with_labels(block.text, lang))
    return len(dates) == 1 and not WORD_BESIDE.search(dates[0][1] + dates[0][2])


def _are_in_byline(names: str | None, byline: str | None) -> bool:
    """Whether an article has names in its byline."""
    if not names or not byline:
        return False
    return set(WORD_BESIDE.findall(names.casefold())) <= set(WORD_BESIDE.findall(byline.casefold()))
