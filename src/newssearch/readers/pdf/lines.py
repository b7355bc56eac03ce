"""Makes paragraphs from the lines of a PDF, which records the positions of letters, not the structure of the text.

A paragraph ends where the gap to the next line is larger than usual between lines of this size, where the size
changes, before an indented line, and after a line that ends a sentence and leaves much of its width free. It goes on
over the end of a column or a page if its last line does not end a sentence, and is as wide as the others or a small
letter follows.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from newssearch.text.paragraphs import SENTENCE_ENDS, squeeze

from .hyphens import LineEnds

WIDEST_GAP = 1.2
"""A gap between lines that is larger than the usual one by this factor ends a paragraph."""

SMALLEST_INDENT, LARGEST_INDENT = 0.7, 6.0
"""An indent of the first line of a paragraph, in multiples of the size of the letters, lies between these."""

LETTER_WIDTH = 0.47
"""The usual width of a letter, as a multiple of the size of the letters; those of East Asian scripts are twice as wide."""

_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)

LIGATURES = {
    ord("ﬀ"): "ff",
    ord("ﬁ"): "fi",
    ord("ﬂ"): "fl",
    ord("ﬃ"): "ffi",
    ord("ﬄ"): "ffl",
    ord("ﬅ"): "st",
    ord("ﬆ"): "st",
}
"""The letters that a ligature stands for."""

Rectangle = tuple[float, float, float, float]
"""The left, lower, right and upper edge of a part of a page, in points from its lower left corner."""


class PdfLine(NamedTuple):
    """A line of a page: its text, where it begins, in points from the lower left corner, and the size of its letters.

    ``linked`` is the number of its characters that are links, as far as the width of the links shows that; ``bold`` is
    set if all of its letters are bold.
    """

    text: str
    x: float
    y: float
    size: float
    linked: int = 0
    bold: bool = False


class PdfParagraph(NamedTuple):
    """A paragraph: its text, the size of its letters, the share of links among its characters, and its page, from 0.

    ``bold`` is set if all of its letters are bold, and ``begins_page`` if it is the first on its page.
    """

    text: str
    size: float
    linked: float = 0
    bold: bool = False
    page: int = 0
    begins_page: bool = False


class LineCollector:
    """A visitor of pypdf that collects the lines of one page, in the order in which the page draws them.

    ``links`` are the rectangles of the page's links. ``check`` is called at intervals, and may raise an exception.
    """

    def __init__(self, links: Sequence[Rectangle] = (), check: Callable[[], None] = lambda: None) -> None:
        self.lines: list[PdfLine] = []
        self._links, self._check = links, check
        self._pieces: list[str] = []
        self._start = (0.0, 0.0, 0.0)
        self._bold = True

    def visit(self, text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        """Take a piece of text with the matrices of the page and of the text."""
        self._check()
        for number, part in enumerate(re.split(r"[\r\n]+", text)):
            if number:
                self.finish_line()
            if not part.strip():
                if self._pieces:
                    self._pieces.append(part)
                continue
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            scale = math.hypot(tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3])
            here = (x, y, abs(size * scale))
            if not self._pieces:
                self._start = here
            elif abs(y - self._start[1]) > 0.6 * max(here[2], self._start[2]):
                self.finish_line()
                self._start = here
            if self._pieces and self._pieces[-1][-1:].islower() and part[0].isupper():
                self._pieces.append(" ")  # two texts side by side
            self._pieces.append(part)
            if self._bold:
                self._bold = _is_bold(font)

    def finish_line(self) -> None:
        """End the line that has begun."""
        text = squeeze("".join(self._pieces).replace("\0", "")).translate(LIGATURES)
        if text:
            linked = self._linked(text) if self._links else 0
            self.lines.append(PdfLine(text, *self._start, linked, self._bold))
        self._pieces, self._bold = [], True

    def _linked(self, text: str) -> int:
        """Return the number of characters of the line that are links, by the width of the links in it."""
        x, y, size = self._start
        width = LETTER_WIDTH * size * (len(text) + sum(char >= "\u2e80" for char in text))
        middle, end = y + 0.3 * size, x + width
        covered = sum(
            min(right, end) - max(left, x)
            for left, low, right, high in self._links
            if low <= middle <= high and left < end and right > x
        )
        return min(len(text), round(len(text) * covered / width)) if width else 0


class ImageCollector:
    """A visitor of pypdf that adds up the area of the images of a page, in square points; ``check`` may raise an exception."""

    def __init__(self, check: Callable[[], None]) -> None:
        self.area = 0.0
        self._check = check

    def operate(self, operator: bytes, operands: Any, cm: Sequence[float], tm: Sequence[float]) -> None:
        """Take an operation of the page, of which those that draw images count."""
        self._check()
        if operator in (b"Do", b"INLINE IMAGE"):  # a form is drawn like an image, but as one of its own units
            self.area += abs(cm[0] * cm[3] - cm[1] * cm[2])


def _is_bold(font: Any) -> bool:
    name = font.get("/BaseFont", "") if hasattr(font, "get") else ""
    return isinstance(name, str) and _is_bold_name(name)


@lru_cache(1_000)
def _is_bold_name(name: str) -> bool:
    return _BOLD.search(name) is not None


def paragraphs_of_pages(pages: Sequence[Sequence[PdfLine]], *, hyphenates: bool = True) -> list[PdfParagraph]:
    """Return the paragraphs on pages, given the lines of each page without headers and footers.

    ``hyphenates`` is whether the program that made the pages may divide words by a plain hyphen: see :mod:`.hyphens`.
    """
    pitch = _usual_pitch(pages)
    groups: list[list[PdfLine]] = []
    places: list[tuple[int, bool]] = []
    for page, lines in enumerate(pages):
        for number, line in enumerate(lines):
            before = lines[number - 1] if number else None
            if before is None or not _goes_on(groups[-1], before, line, pitch):
                is_next_part = before is None or line.y > before.y
                if groups and is_next_part and _is_broken_off(groups[-1], line):
                    groups[-1].append(line)
                else:
                    groups.append([line])
                    places.append((page, number == 0))
            else:
                groups[-1].append(line)
    ends = LineEnds([line.text for lines in pages for line in lines], hyphenates=hyphenates)
    return [
        _paragraph_of(group, ends, page, begins_page)
        for group, (page, begins_page) in zip(groups, places, strict=True)
    ]


def _paragraph_of(group: Sequence[PdfLine], ends: LineEnds, page: int, begins_page: bool) -> PdfParagraph:
    text = ""
    for line in group:
        text = ends.joined(text, line.text) if text else line.text
    linked = sum(line.linked for line in group) / sum(len(line.text) for line in group)
    bold = all(line.bold for line in group)
    return PdfParagraph(squeeze(text), max(line.size for line in group), linked, bold, page, begins_page)


def _usual_pitch(pages: Sequence[Sequence[PdfLine]]) -> dict[int, float]:
    """Return the smallest frequent distance between lines, for each size of letters, rounded to points."""
    seen: defaultdict[int, Counter[float]] = defaultdict(Counter)
    for lines in pages:
        for one, other in pairwise(lines):
            gap = one.y - other.y
            if is_same_size(one.size, other.size) and 0.8 * one.size < gap < 2.5 * one.size:
                seen[round(one.size)][round(gap * 2) / 2] += 1
    return {
        size: min(gap for gap, count in gaps.items() if 3 * count >= max(gaps.values()))
        for size, gaps in seen.items()
    }


def is_same_size(one: float, other: float) -> bool:
    """Whether two sizes of letters differ only as much as those of one text do."""
    return abs(one - other) <= 0.06 * max(one, other)


def _goes_on(group: Sequence[PdfLine], before: PdfLine, line: PdfLine, pitch: dict[int, float]) -> bool:
    """Whether a line belongs to the paragraph that the line before it belongs to."""
    gap = before.y - line.y
    if abs(gap) < 0.3 * line.size:  # the same line, drawn in pieces
        return True
    if not is_same_size(before.size, line.size) or gap <= 0:
        return False
    if gap > WIDEST_GAP * pitch.get(round(line.size), 1.5 * line.size):
        return False
    indent = (line.x - min(one.x for one in group[1:] or group)) / line.size
    is_first_indented = len(group) == 1 and before.x > line.x
    if SMALLEST_INDENT < indent < LARGEST_INDENT and not is_first_indented:
        return len(group) == 1 and before.x < line.x and not _ends_a_sentence(before.text)
    width = max(len(one.text) for one in group)
    return not (_ends_a_sentence(before.text) and len(before.text) < 0.8 * width and len(group) > 1)


def _ends_a_sentence(text: str) -> bool:
    return text.rstrip("\"'”’»)]」』")[-1:] in SENTENCE_ENDS


def _is_broken_off(group: Sequence[PdfLine], line: PdfLine) -> bool:
    last = group[-1]
    if not is_same_size(last.size, line.size) or _ends_a_sentence(last.text):
        return False
    is_full = len(group) > 1 and len(last.text) >= 0.8 * max(len(one.text) for one in group)
    return is_full or line.text[:1].islower()
