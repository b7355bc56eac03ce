"""Find the byline of an HTML page: in ``<meta>``, in elements marked as authors, or in a line under the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newssearch.article import Provenance
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.values import is_domain

from . import schemaorg
from .layout import Layout, Piece, visible_text
from .page import Page, meta_source

META_AUTHORS = (
    "author", "article:author", "og:article:author", "og:author", "articleauthor", "article.author", "byl", "byline",
    "parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator", "creator",
    "citation_author",
)  # fmt: skip
"""The names of ``<meta>`` elements that hold authors, the most trusted first."""

LONGEST_PAGE_BYLINE = 160
"""The maximum number of characters of a byline on a page."""

MAX_AUTHOR_ELEMENTS = 8
"""The maximum number of elements marked as authors that are examined; those further down belong to other articles."""

PIECES_UNDER_HEADLINE = 15
"""The maximum number of pieces of a page directly under its headline that are examined."""

_BYLINE_WORD = re.compile(
    r"(?:written |reported |story |text |words )?by\s*:?\s+|(?:von|por|par|di|af|av|door|oleh|text|autor(?:in)?)\s*:?\s+",
    re.IGNORECASE,
)
_MONTH_WORD = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
)
_AFTER_NAMES = re.compile(
    rf"\s*(?:[|•·–—]|\d{{1,2}}[.:/]|\d{{1,2}}\.?\s+{_MONTH_WORD}|\b{_MONTH_WORD}\s+\d|\b(?:19|20)\d\d\b|"
    r"\b(?:published|posted|updated|stand|publicado|actualizado|veröffentlicht)\b).*",
    re.IGNORECASE | re.DOTALL,
)
_NOT_A_NAME = re.compile(
    r"\*|twitter|facebook|instagram|whatsapp|linkedin|e-?mail|follow|folgen|share|comments?\b|kommentar|minute|read\b|about|über den|profile?\b",
    re.IGNORECASE,
)
"""A pattern for words in and beside bylines that are not part of a name."""

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


def _stated_bylines(page: Page, titles: Sequence[str]) -> Iterator[tuple[str, Provenance]]:
    for name in META_AUTHORS:
        values = page.meta.get(name, [])[
            : 1 if name == "author" else 10
        ]  # later values may be the authors of pictures
        authors = ", ".join(value for value in schemaorg.names_of(list(values)) if _is_author_name(value))
        if authors and len(authors) <= LONGEST_PAGE_BYLINE:
            yield authors, Provenance("stated", meta_source(name))
    linked = [
        _names_in_byline(visible_text(element)) for element in page.authors if element.get("rel") == "author"
    ]
    authors = ", ".join(dict.fromkeys(names for names in linked if names))
    if authors and len(authors) <= LONGEST_PAGE_BYLINE:
        yield authors, Provenance("stated", "rel=author")
    marked = (visible_text(element) for element in page.authors[:MAX_AUTHOR_ELEMENTS])
    lines = (piece.text for piece in below_headline(page.layout, titles) if _BYLINE_WORD.match(piece.text))
    for texts, where in ((marked, "byline on the page"), (lines, "a line under the headline")):
        if first := next((names for text in texts if (names := _names_in_byline(text))), None):
            yield first, Provenance("stated", where)


def below_headline(layout: Layout, titles: Sequence[str]) -> Sequence[Piece]:
    """Return the pieces under the headline, at most :data:`PIECES_UNDER_HEADLINE`.

    The headline is the first piece that is one of ``titles``, preferably an ``<h1>``.
    """
    pieces = layout.pieces
    found = [n for n, piece in enumerate(pieces) if piece.text in titles]
    of_h1 = (n for n in found if layout.tag(pieces[n].element) == "h1")
    start = next(of_h1, found[0] if found else len(pieces))
    return pieces[start + 1 : start + 1 + PIECES_UNDER_HEADLINE]


def _is_author_name(value: str) -> bool:
    """Whether an author in ``<meta>`` is a name rather than a user name, a picture credit or "None"."""
    if value == "None" or "(" in value or schemaorg.PICTURE_CREDIT.match(value):
        return False
    return " " in value or value != value.lower() or not value.isascii() or "." in value


def _names_in_byline(text: str) -> str | None:
    """Return the names in a byline, or None if the text is not a byline: ``By Jane Doe, 3 May 2024`` gives Jane Doe.

    Without a word like "by", the text must look like names: a few capitalised words, or a few letters of a script
    without capitals.
    """
    if len(text) > 2 * LONGEST_PAGE_BYLINE:
        return None
    begins = _BYLINE_WORD.match(text)
    names = _AFTER_NAMES.sub("", text[begins.end() :] if begins else text).strip(" ,;:-")
    words = names.split()
    if not 0 < len(words) <= 14 or len(names) > LONGEST_PAGE_BYLINE or names.endswith((".", "!", "?")):
        return None
    if schemaorg.PICTURE_CREDIT.match(names) or _NOT_A_NAME.search(names) or is_domain(names):
        return None
    if not any(map(str.isalpha, names)) or any(map(str.isdigit, names)):
        return None
    return names if _looks_like_names(names, words, begins is not None) else None


def _looks_like_names(names: str, words: Sequence[str], introduced: bool) -> bool:
    cased = [word for word in words if word[0].lower() != word[0].upper()]
    if introduced:
        return not cased or cased[0][0].isupper()
    if cased:
        return 2 <= len(words) <= 5 and sum(word[0].isupper() for word in cased) >= len(cased) - 1
    return (2 <= len(words) <= 4 and len(names) <= 30) or _UNSPACED_NAME.fullmatch(names) is not None
