"""Finds the date of publication that an HTML page shows: near its headline, or where a label or the markup says so."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import islice
from typing import NamedTuple

from newssearch.article import Provenance
from newssearch.readers.article.language import language_tag
from newssearch.readers.article.values import day_of
from newssearch.text.date_labels import says_published, says_updated
from newssearch.text.date_search import find_dates, may_have_date
from newssearch.text.dates import parse_published

from .date_lines import (
    WORD_BESIDE,
    dates_with_labels,
    has_other_word,
    is_about_other,
    is_of_header,
    is_sentence,
    says_other,
)
from .layout import OTHER_TEXT_CLASSES, Piece, headline_piece, visible_text
from .page import AUTHOR_CLASSES, Page
from .schemaorg import plausible_date

PIECES_ABOVE, PIECES_BELOW = 12, 25
"""The numbers of pieces of a page above and below its headline that may have its date."""

LONGEST_DATE_LINE = 140
"""The maximum number of characters of a line whose date may be that of the article."""

LONGEST_LINE_ABOUT_ARTICLE = 400
"""The maximum number of characters of such a line in an element that is marked as one about the article."""

LONGEST_DATE_AND_TOPIC = 5
"""The maximum number of words beside a date in a line above the headline."""

MAX_SHOWN_DATES = 60
"""The maximum number of elements marked as dates that are examined on a page."""

LINES_ABOVE = 3
"""The maximum number of pieces between a date in a line of its own and the headline below it."""

LONGEST_DATE_LABEL = 40
"""The maximum number of characters of a line that labels the date on the next."""

LARGEST_TEASER = 60
"""The maximum number of elements of the teaser of another story."""

LONG_PARAGRAPH = 100
"""The minimum number of characters of a paragraph that belongs to the text of an article."""

FROM_SHOWN_DATE = Provenance("stated", "date on the page")
FROM_DATE_UNDER_HEADLINE = Provenance("inferred", "a date under the headline")
FROM_ONLY_DATE = Provenance("inferred", "the only date on the page")
FROM_DATE_ABOVE_HEADLINE = Provenance("inferred", "a date above the headline")

_PUBLICATION_WORD = re.compile(r"publi|pubdate|entry-date|posted|created|issued", re.IGNORECASE)
_UPDATE_WORD = re.compile(r"updat|modif|aktualis|actualiz|edited|expir", re.IGNORECASE)
_HENTRY_UPDATED = re.compile(r"(?:^|\s)updated(?:$|\s)", re.IGNORECASE)
"""A pattern for a class of hAtom, which many themes give to the only date of an article."""

_OTHER_STORY = re.compile(
    rf"(?:^|[\s_-])(?:{OTHER_TEXT_CLASSES}|masthead|copyright|outbrain|taboola)(?:$|[\s_-])"
    r"|(?:^|\s)(?:sidebar|widgets?|promo\w*|ticker|nav|navigation|navbar|menu|events?|calendar|"
    r"popular|latest|carousel|slider|newsletter\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""A pattern for the classes and ids of elements with dates of comments, of other stories, or of events.

Words of the second part count only at the start of a class: ``article-header-sidebar`` may be the header of the article.
"""

_SITE_BAR = re.compile(r"(?:^|\s)(?:top-?bar|current-?date|today)(?:$|[\s_-])", re.IGNORECASE)
"""A pattern for the classes and ids of elements with the date of today, which stand above the headline."""

_ABOUT_ARTICLE = re.compile(
    r"(?:^|[\s_-])(?:post-?meta(?:data)?|entry-?meta(?:data)?|metadata|entry-?utility|submitted|post-?info|article-?info)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""A pattern for the classes of elements that say in a sentence when an article was published: ``This entry was posted on``."""

_ASIDE_TAGS = frozenset({"nav", "aside", "form", "menu", "dialog"})
_HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class _Trust(IntEnum):
    """The degrees of confidence that a date is that of publication, the highest first."""

    MARKED_NEAR = 0
    MARKED = 1
    LABELLED_NEAR = 2
    ELEMENT_BELOW = 3
    ELEMENT_ABOVE = 4
    LINE_BELOW = 5
    LABELLED = 6
    LINE_ABOVE = 7
    ELSEWHERE = 8


_PROVENANCES = {
    _Trust.MARKED_NEAR: FROM_SHOWN_DATE,
    _Trust.MARKED: FROM_SHOWN_DATE,
    _Trust.LABELLED_NEAR: FROM_SHOWN_DATE,
    _Trust.LABELLED: FROM_SHOWN_DATE,
    _Trust.ELEMENT_BELOW: FROM_DATE_UNDER_HEADLINE,
    _Trust.ELEMENT_ABOVE: FROM_DATE_ABOVE_HEADLINE,
    _Trust.LINE_BELOW: FROM_DATE_UNDER_HEADLINE,
    _Trust.LINE_ABOVE: FROM_DATE_ABOVE_HEADLINE,
    _Trust.ELSEWHERE: FROM_ONLY_DATE,
}


class _ShownDate(NamedTuple):
    """A date on a page: its forms, which all state it, the confidence that it is that of publication, and its
    distance from the headline.
    """

    values: tuple[str, ...]
    trust: _Trust
    distance: int


def shown_dates(page: Page, titles: Sequence[str]) -> Iterator[tuple[str, Provenance]]:
    """Yield the dates that a page shows as the date of publication, the most certain first, with their provenance.

    A date counts for the article if it is near the headline, above or below it, within the element of the article, or
    if an element or a label marks it as the date of publication. Dates of comments, other stories and updates do not
    count, nor do dates in sentences, or after a label of something else (``Open day: 14 December``).
    """
    finder = _Finder(page, titles)
    found = list(finder.found())
    days = {
        trust: {finder.day(shown) for shown in found if shown.trust == trust}
        for trust in (_Trust.MARKED, _Trust.ELSEWHERE)
    }
    found.sort(key=lambda shown: (shown.trust, shown.distance))
    for shown in found:
        if len(days.get(shown.trust, (None,))) == 1:
            for value in shown.values:
                yield value, _PROVENANCES[shown.trust]


class _Finder:
    """Finds the dates of one page."""

    def __init__(self, page: Page, titles: Sequence[str]) -> None:
        self._page = page
        self._titles = titles
        self._layout = page.layout
        self._lang = language_tag(page.lang) if page.lang else None
        self._headline = headline_piece(self._layout, titles)
        self._place_of: dict[int, int] = {}
        for place, piece in enumerate(self._layout.pieces):
            self._place_of.setdefault(piece.element, place)
        self._refused: dict[int, list[str]] = {}
        """The texts of elements in each piece whose dates are not that of the publication."""
        self._around: frozenset[int] = frozenset()
        self._scope = 0
        if self._headline is not None:
            around = list(self._layout.outwards(self._layout.pieces[self._headline].element))
            self._around = frozenset(around)
            self._scope = next((number for number in around if self._has_text(number)), 0)
        self._page_roots = frozenset(
            number
            for number in (0, *self._around)
            if number == 0 or self._layout.tag(number) in ("html", "body")
        )
        """The elements that contain the whole page: a date next to the headline there may belong to the site."""
        self._end = self._end_of_header()

    def found(self) -> Iterator[_ShownDate]:
        """Yield the dates that may be that of the publication."""
        seen: set[int] = set()
        for number in self._marked_elements():
            if any(
                self._layout.tag(inner) == "time" for inner in range(number + 1, self._layout.ends[number])
            ):
                continue  # the inner element is more precise
            shown = self._of_element(number)
            if shown is not None:
                seen.add(self._place(number))
                yield shown
        for place, piece in enumerate(self._layout.pieces):
            longest = LONGEST_LINE_ABOUT_ARTICLE if self._is_about_article(piece) else LONGEST_DATE_LINE
            if place not in seen and len(piece.text) <= longest and piece.kind != "caption":
                yield from self._of_line(place)

    def day(self, shown: _ShownDate) -> dt.date | None:
        """Return the day of a date, or None if it is only a month or a year."""
        read = next(filter(None, (parse_published(value, lang=self._lang) for value in shown.values)), None)
        return day_of(read.value) if read is not None and isinstance(read.value, dt.date) else None

    def _marked_elements(self) -> list[int]:
        """Return the elements marked as dates, those near the headline first."""
        numbers = self._page.dates
        if self._headline is not None:
            start = self._layout.pieces[self._headline].element
            numbers = sorted(numbers, key=lambda number: abs(number - start))
        return numbers[:MAX_SHOWN_DATES]

    def _of_element(self, number: int) -> _ShownDate | None:
        """Return the date of an element marked as one, or None if it has none that may be that of the article."""
        element = self._layout.elements[number]
        text = visible_text(element)
        if len(text) > LONGEST_DATE_LINE or self._is_of_another(number):
            return None
        words: tuple[str, ...] = ()
        marks = f"{self._layout.marks[number]} {element.get('itemprop', '')}"
        label = ""
        for found, before, after in dates_with_labels(text, self._lang):
            label = before if re.search(r"\w", before) else self._label_in_front(number, text)
            if not (
                says_other(label)
                or is_sentence(text, before, after)
                or is_about_other(before, after, self._lang)
            ):
                words = (found.text,)
                break
        else:
            if label:
                return None
            words, label = (), self._label_in_front(number, text)
        stated = next((value for key in ("datetime", "content", "title") if (value := element.get(key))), "")
        if says_updated(text):  # one element for both dates has the later in its attribute
            stated = ""
        if self._is_marked_updated(number) and not says_published(label):
            stated = ""
            if not (words and _UPDATE_WORD.search(element.get("itemprop") or "")):
                if not _HENTRY_UPDATED.search(marks):
                    self._refused.setdefault(self._place(number), []).append(text)
                return None
        if says_other(label) or self._is_in_sentence(number, text):
            return None
        values = tuple(value for value in (plausible_date(stated), *words) if value)
        if not values or not any(map(parse_published, values)):
            return None
        near = self._distance(self._place(number))
        if element.get("pubdate") is not None or _PUBLICATION_WORD.search(marks) or says_published(label):
            return _ShownDate(values, _Trust.MARKED if near is None else _Trust.MARKED_NEAR, abs(near or 0))
        if near is None:
            return None
        if (
            near < 0
            and self._common(number) in self._page_roots
            and not (words and near >= -2 and element.tag == "time")
        ):
            return None  # above the headline, on a page without an element of the article, it may be today's date
        above = _Trust.ELEMENT_ABOVE if self._is_in_scope(number) else _Trust.LINE_ABOVE
        return _ShownDate(values, _Trust.ELEMENT_BELOW if near > 0 else above, abs(near))

    def _is_in_sentence(self, number: int, text: str) -> bool:
        """Whether an element with a date is a part of a sentence: ``The show runs until <time>14 December</time>.``"""
        line = self._layout.pieces[self._place(number)].text if self._layout.pieces else ""
        before, found, after = line.partition(text) if text else ("", "", "")
        if not found or line == text or says_published(before):
            return False
        ends = after.rstrip().endswith((".", "!", "?", "…"))
        return is_sentence(line, before, after) or (ends and has_other_word(before, self._lang))

    def _of_line(self, place: int) -> Iterator[_ShownDate]:
        """Yield the first date in a line that may be that of the article."""
        piece = self._layout.pieces[place]
        near = self._distance(place)
        if not may_have_date(piece.text):
            return
        if self._is_of_another(piece.element):
            return
        for found, before, after in dates_with_labels(piece.text, self._lang):
            label = before if re.search(r"\w", before) else self._label_of_line_before(place)
            is_marked = self._is_about_article(piece) and says_published(label)
            if says_other(label) or (not is_marked and is_sentence(piece.text, before, after)):
                continue
            if is_about_other(before or label, after, self._lang):
                continue
            if any(found.text in text for text in self._refused.get(place, ())):
                continue
            if says_published(label):
                trust = _Trust.LABELLED if near is None else _Trust.LABELLED_NEAR
            elif near is None:
                if not self._may_be_elsewhere(place, before, after):
                    return
                trust = _Trust.ELSEWHERE
            elif near < 0 and (
                near < -LINES_ABOVE
                or self._common(piece.element) in self._page_roots
                or len(WORD_BESIDE.findall(before + after)) > LONGEST_DATE_AND_TOPIC
            ):
                return
            else:
                trust = _Trust.LINE_BELOW if near > 0 else _Trust.LINE_ABOVE
            yield _ShownDate((found.text,), trust, abs(near or 0))
            return

    def _is_about_article(self, piece: Piece) -> bool:
        """Whether a line is in an element that is marked as one about the article."""
        marks = (self._layout.marks[one] for one in islice(self._layout.outwards(piece.element), 2))
        return len(piece.text) > LONGEST_DATE_LABEL and any(map(_ABOUT_ARTICLE.search, marks))

    def _may_be_elsewhere(self, place: int, before: str, after: str) -> bool:
        """Whether a date far from the headline may be that of the article if it is the only one on the page.

        Above the headline, it may be today's date. Below the text, only a line that is nothing but a date counts: any
        other date may be that of a comment or of another story.
        """
        if self._headline is not None and place < self._headline:
            return False
        if place <= self._end:
            return len(WORD_BESIDE.findall(before + after)) <= LONGEST_DATE_AND_TOPIC
        piece = self._layout.pieces[place]
        is_own = piece.linked == 0 or (
            self._scope not in self._page_roots and self._is_in_scope(piece.element)
        )
        return is_own and all(is_of_header(word, self._lang) for word in WORD_BESIDE.findall(before + after))

    def _is_marked_updated(self, number: int) -> bool:
        """Whether an element is marked as the date of an update; ``published updated`` is the only date of an article."""
        marks, itemprop = self._layout.marks[number], self._layout.elements[number].get("itemprop") or ""
        if _UPDATE_WORD.search(itemprop):
            return True
        return _UPDATE_WORD.search(marks) is not None and not _PUBLICATION_WORD.search(f"{marks} {itemprop}")

    def _place(self, number: int) -> int:
        """Return the place among the pieces of the one that an element is in."""
        return next(
            (self._place_of[one] for one in self._layout.outwards(number) if one in self._place_of), 0
        )

    def _distance(self, place: int) -> int | None:
        """Return how many pieces a piece is below the headline, negative above it; None if it is not near it."""
        if self._headline is None:
            return None
        element = self._layout.pieces[place].element
        distance = place - self._headline
        if not self._is_in_scope(element):
            # Blogs have the date in front of the element of the article.
            above = -LINES_ABOVE <= distance < 0 and self._common(element) not in self._page_roots
            return distance if above else None
        near = -PIECES_ABOVE <= distance <= PIECES_BELOW and place <= self._end
        return distance if near and distance else None

    def _is_in_scope(self, number: int) -> bool:
        return self._scope <= number < self._layout.ends[self._scope]

    def _common(self, number: int) -> int:
        """Return the smallest element around both the headline and another element."""
        return next((around for around in self._layout.outwards(number) if around in self._around), 0)

    def _end_of_header(self) -> int:
        """Return the last place that is near the headline: before the second long paragraph, or before a heading
        after the first one.
        """
        long = 0
        pieces = self._layout.pieces
        start = len(pieces) if self._headline is None else self._headline + 1
        for place in range(start, min(start + PIECES_BELOW, len(pieces))):
            long += _is_long(pieces[place])
            if long == 2 or (long and pieces[place].kind == "heading"):
                return place
        return start + PIECES_BELOW

    def _has_text(self, number: int) -> bool:
        """Whether an element has two long paragraphs."""
        end = self._layout.ends[number]
        long = (piece for piece in self._layout.pieces if number <= piece.element < end and _is_long(piece))
        return sum(1 for _ in islice(long, 2)) == 2

    def _is_of_another(self, number: int) -> bool:
        """Whether an element is in a part of the page with comments, other stories or events."""
        inside = self._scope not in self._page_roots
        is_above = self._headline is None or number < self._layout.pieces[self._headline].element
        for around in self._layout.outwards(number):
            if around in self._around:
                return False
            marks = self._layout.marks[around]
            if self._layout.tag(around) in _ASIDE_TAGS or _OTHER_STORY.search(marks):
                return True
            if is_above and _SITE_BAR.search(marks):
                return True
            if not inside and (self._layout.tag(around) == "footer" or "footer" in marks):
                return True
            inside = inside and around > self._scope
            if self._is_teaser(around, number):
                return True
        return False

    def _is_teaser(self, around: int, number: int) -> bool:
        """Whether an element around a date has the linked headline of another story, and no text."""
        end = self._layout.ends[around]
        if end - around > LARGEST_TEASER:
            return False
        for one in range(around, end):
            element = self._layout.elements[one]
            if element.tag not in _HEADING_TAGS or one <= number < self._layout.ends[one]:
                continue
            inner = range(one, self._layout.ends[one])
            if AUTHOR_CLASSES.intersection(re.split(r"[\s_-]+", self._layout.marks[one].lower())):
                continue  # the name of the author, as a heading
            linked = any(
                self._layout.tag(each) == "a" for each in (*inner, *islice(self._layout.outwards(one), 4))
            )
            text = visible_text(element) if linked else ""
            if text and text not in self._titles and not any(find_dates(text, self._lang)):
                return not self._has_text(around)
        return False

    def _label_in_front(self, number: int, text: str) -> str:
        """Return the words in front of an element in its line, else those of the line before it if they are a label."""
        place = self._place(number)
        line = self._layout.pieces[place].text if self._layout.pieces else ""
        before, found, _ = line.partition(text) if text else ("", "", "")
        if found and re.search(r"\w", before):
            dates = [date.end for date in find_dates(before, self._lang)]
            return before[dates[-1] if dates else 0 :][-60:]
        return self._label_of_line_before(place)

    def _label_of_line_before(self, place: int) -> str:
        line = self._layout.pieces[place - 1].text if place > 0 and place - 1 != self._headline else ""
        is_label = len(line) <= LONGEST_DATE_LABEL and (
            line.rstrip().endswith((":", "：")) or says_updated(line)
        )
        return line if is_label and not any(map(str.isdigit, line)) else ""


def _is_long(piece: Piece) -> bool:
    """Whether a piece is a paragraph of the text rather than a deck that is a heading, or a caption."""
    return len(piece.text) >= LONG_PARAGRAPH and piece.kind not in ("heading", "caption")
