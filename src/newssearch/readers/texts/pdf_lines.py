"""Make paragraphs of the lines of a PDF, which records where letters stand, not what belongs together.

A paragraph ends where the gap to the next line is larger than usual between lines of this size, where the size changes,
before an indented line, and after a line that ends a sentence and leaves much of its width free. It goes on over the
end of a column or a page if its last line does not end a sentence and the next line begins with a small letter.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from newssearch.text.paragraphs import SENTENCE_ENDS, squeeze

LINES_AT_EDGE = 2
"""The number of lines at the top and at the bottom of a page that may be headers, footers or page numbers."""

WIDEST_GAP = 1.2
"""A gap between lines that is larger than the usual one by this factor ends a paragraph."""

SMALLEST_INDENT, LARGEST_INDENT = 0.7, 6.0
"""An indent of the first line of a paragraph, in multiples of the size of the letters, lies between these."""

_NUMBER_OF_PAGE = re.compile(
    r"\W*(?:page|seite|p\.)?\s*\d{1,4}(?:\s*(?:/|of|von|de)\s*\d{1,4})?\W*", re.IGNORECASE
)
_HYPHEN_AT_END = re.compile(r"(?<=[^\W\d_])[-\u00ad]$")


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


class PdfLine(NamedTuple):
    """A line of a page: its text, where it begins, in points from the lower left corner, and the size of its letters."""

    text: str
    x: float
    y: float
    size: float


class LineCollector:
    """A visitor of pypdf that collects the lines of one page, in the order in which the page draws them."""

    def __init__(self) -> None:
        self.lines: list[PdfLine] = []
        self._pieces: list[str] = []
        self._start = (0.0, 0.0, 0.0)

    def visit(self, text: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        """Take a piece of text with the matrices of the page and of the text."""
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
            self._pieces.append(part)

    def finish_line(self) -> None:
        """End the line that has begun."""
        text = squeeze("".join(self._pieces)).translate(LIGATURES)
        self._pieces = []
        if text:
            self.lines.append(PdfLine(text, *self._start))


def paragraphs_of_pages(pages: Sequence[Sequence[PdfLine]]) -> list[str]:
    """Return the paragraphs on pages, given the lines of each page without headers and footers."""
    pitch = _usual_pitch(pages)
    groups: list[list[PdfLine]] = []
    for lines in pages:
        for number, line in enumerate(lines):
            before = lines[number - 1] if number else None
            if before is None or not _goes_on(groups[-1], before, line, pitch):
                is_next_part = before is None or line.y > before.y
                if groups and is_next_part and _is_broken_off(groups[-1][-1], line):
                    groups[-1].append(line)
                else:
                    groups.append([line])
            else:
                groups[-1].append(line)
    return [_text_of_group(group) for group in groups]


def _usual_pitch(pages: Sequence[Sequence[PdfLine]]) -> dict[int, float]:
    """Return the smallest frequent distance between lines, for each size of letters, rounded to points."""
    seen: defaultdict[int, Counter[float]] = defaultdict(Counter)
    for lines in pages:
        for one, other in pairwise(lines):
            gap = one.y - other.y
            if _same_size(one, other) and 0.8 * one.size < gap < 2.5 * one.size:
                seen[round(one.size)][round(gap * 2) / 2] += 1
    return {
        size: min(gap for gap, count in gaps.items() if 3 * count >= max(gaps.values()))
        for size, gaps in seen.items()
    }


def _same_size(one: PdfLine, other: PdfLine) -> bool:
    return abs(one.size - other.size) <= 0.06 * max(one.size, other.size)


def _goes_on(group: Sequence[PdfLine], before: PdfLine, line: PdfLine, pitch: dict[int, float]) -> bool:
    """Whether a line belongs to the paragraph that the line before it belongs to."""
    gap = before.y - line.y
    if abs(gap) < 0.3 * line.size:  # the same line, drawn in pieces
        return True
    if not _same_size(before, line) or gap <= 0:
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


def _is_broken_off(last: PdfLine, line: PdfLine) -> bool:
    return _same_size(last, line) and not _ends_a_sentence(last.text) and line.text[:1].islower()


def _text_of_group(group: Sequence[PdfLine]) -> str:
    """Return the lines of a paragraph as one line; a hyphen at the end of a line joins the parts of a word."""
    text = ""
    for line in group:
        if _HYPHEN_AT_END.search(text) and line.text[:1].islower():
            text = text[:-1] + line.text
        else:
            text = f"{text} {line.text}" if text else line.text
    return squeeze(text)


def without_edges(pages: Sequence[Sequence[PdfLine]]) -> tuple[list[list[PdfLine]], list[str]]:
    """Return the lines of each page without page numbers, headers and footers, and the lines that were left out.

    A line at the edge of a page is a header or footer if the same line, apart from digits, is at the edge of another
    page, and at that of at least half of the pages.
    """
    edges = [_edge_lines(lines) for lines in pages]
    seen = Counter(key for found in edges for key in {_without_digits(line.text) for line in found})
    often = max(2, len(pages) // 2)
    kept: list[list[PdfLine]] = []
    removed: list[str] = []
    for lines, edge in zip(pages, edges, strict=True):
        out = {
            line
            for line in edge
            if seen[_without_digits(line.text)] >= often or _NUMBER_OF_PAGE.fullmatch(line.text)
        }
        kept.append([line for line in lines if line not in out])
        removed += [line.text for line in lines if line in out]
    return kept, removed


def _edge_lines(lines: Sequence[PdfLine]) -> list[PdfLine]:
    heights = sorted({round(line.y) for line in lines})
    outer = {*heights[:LINES_AT_EDGE], *heights[-LINES_AT_EDGE:]}
    return [line for line in lines if round(line.y) in outer]


def _without_digits(line: str) -> str:
    return re.sub(r"\d+", "0", line)
