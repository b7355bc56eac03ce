"""What a press review consists of, whatever its format."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import NamedTuple

from newssearch.results import Hit
from newssearch.snippet import Snippet
from newssearch.system.late_dataclass import dataclass
from newssearch.text.paragraphs import ParagraphKind

from .labels import Labels

LONGEST_KEPT = 1_500
"""The largest number of characters of a last paragraph that is kept on a page with the lines below it. A longer one would leave
too much of the page before it empty.
"""


def direction_mark(text: str) -> str:
    """Return what stands behind a text in a line that is written from left to right: a mark of this direction, or "".

    Letters that are written from right to left would take a number that follows them to their other side.

    >>> direction_mark("Reuters"), direction_mark("الرياض") == "\\N{LEFT-TO-RIGHT MARK}"
    ('', True)
    """
    if text.isascii():
        return ""
    kinds = map(unicodedata.bidirectional, text)
    return "\N{LEFT-TO-RIGHT MARK}" if any(kind in ("R", "AL") for kind in kinds) else ""


class Fact(NamedTuple):
    """A line about a search or an article: its label and its value. ``is_code`` is whether the value is a query or a digest."""

    label: str
    value: str
    is_code: bool = False


class ReviewEntry(NamedTuple):
    """An article in the contents: its number in the review, its hit, its headline, its outlet, its date."""

    number: int
    hit: Hit
    title: str
    outlet: str
    date: str

    @property
    def anchor(self) -> str:
        """The name of the place in the document to which the contents lead."""
        return f"article-{self.number}"


class ReviewGroup(NamedTuple):
    """The articles under one heading, which is empty if the articles are not grouped."""

    heading: str
    entries: tuple[ReviewEntry, ...]


class ReviewedParagraph(NamedTuple):
    """A paragraph with its matches. ``after_gap`` and ``before_gap`` are whether text in front of it, and behind it, is left out.

    Only the last paragraph of an article stands before a gap.
    """

    text: Snippet
    kind: ParagraphKind
    after_gap: bool
    before_gap: bool


class ReviewedCopy(NamedTuple):
    """Another article of the same story: its outlet, its date, its address on the web or ""."""

    outlet: str
    date: str
    link: str


class ReviewedArticle(NamedTuple):
    """An article as a press review shows it.

    ``byline`` and ``section`` stand below its headline, ``facts`` below its text. ``copies`` are those that are listed of its copies, ``more_copies`` the number of the others.
    """

    entry: ReviewEntry
    lang: str
    headline: Snippet
    byline: str
    section: str
    paragraphs: tuple[ReviewedParagraph, ...]
    copies: tuple[ReviewedCopy, ...]
    more_copies: int
    rights: str
    source: str
    link: str
    address: str

    @property
    def id(self) -> str:
        """The id of the article in the archive."""
        return self.entry.hit.id

    def is_kept(self, paragraph: ReviewedParagraph) -> bool:
        """Whether a paragraph is the last one, and is on a page with the lines below the text."""
        return paragraph is self.paragraphs[-1] and len(paragraph.text.text) <= LONGEST_KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A press review without the articles themselves, which are read one by one.

    ``made`` is the time that the properties of a document state, and ``summary`` is the record of the search on the last
    page. ``has_texts`` is whether articles have more than their headlines.
    """

    title: str
    labels: Labels
    made: dt.datetime
    cover: tuple[Fact, ...]
    note: tuple[str, ...]
    groups: tuple[ReviewGroup, ...]
    summary: tuple[Fact, ...]
    has_texts: bool

    @property
    def is_grouped(self) -> bool:
        """Whether the articles stand under headings."""
        return any(group.heading for group in self.groups)
