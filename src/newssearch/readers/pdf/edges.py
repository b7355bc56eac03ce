"""Separates the headers and footers of pages from their text, and reads those that browsers print.

Chrome and its relatives print ``06.05.24, 10:12 Title`` above each page and ``https://… 1/2`` below it; Firefox
prints the title and the address above, and ``1 of 2`` with the date below. The date is that of printing, not that of
the article.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from .lines import PdfLine

LINES_AT_EDGE = 2
"""The number of lines at the top and at the bottom of a page that may be headers, footers or page numbers."""

_NUMBER_OF_PAGE = re.compile(
    r"\W*(?:page|seite|p\.)?\s*\d{1,4}(?:\s*(?:/|of|von|de)\s*\d{1,4})?[^\w.]*", re.IGNORECASE
)
"""The number of a page alone in a line. With a full stop after it, it is the end of a sentence."""
_TIME_OF_PRINT = (
    r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{2,4}\.?,?\s(?:[AP]M\s)?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[AP]\.?M\.?)?"
)
_CHROME_HEADER = re.compile(rf"{_TIME_OF_PRINT}\s+(?P<title>\S.*)", re.IGNORECASE)
_CHROME_FOOTER = re.compile(r"(?P<url>(?:https?|file)://\S+)\s+\d{1,4}\s?/\s?\d{1,4}")
_FIREFOX_HEADER = re.compile(r"(?P<title>\S.{0,300}?)\s+(?P<url>(?:https?|file)://\S+)")
_FIREFOX_FOOTER = re.compile(
    rf"\d{{1,4}}\s(?:of|von|de|sur|di|van|av|af|z|из|/)\s\d{{1,4}}\s+{_TIME_OF_PRINT}", re.IGNORECASE
)
_CUT = ("…", "...")


class BrowserEdges(NamedTuple):
    """What a browser printed at the edges of the pages: the title and the address, ``""`` where it cut them.

    ``start_of_title`` is the title without the end that was cut off. ``is_printed`` is set if a browser printed the
    pages at all.
    """

    title: str = ""
    url: str = ""
    start_of_title: str = ""
    is_printed: bool = False


def without_edges(pages: Sequence[Sequence[PdfLine]]) -> tuple[list[list[PdfLine]], BrowserEdges]:
    """Return the lines of each page without page numbers, headers and footers, and what a browser printed there.

    A line at the edge of a page is a header or footer if the same line, apart from one number, is at the edge of another
    page, and at that of at least half of the pages; or if a browser has printed it.
    """
    edges = [_edge_lines(lines) for lines in pages]
    repeated = _repeated(edges, max(2, len(pages) // 2))
    by_browser = _lines_of_browser([line.text for edge in edges for line in edge])
    kept: list[list[PdfLine]] = []
    for lines, edge in zip(pages, edges, strict=True):
        out = {
            line
            for line in edge
            if _without_digits(line.text) in repeated
            or line.text in by_browser
            or _NUMBER_OF_PAGE.fullmatch(line.text)
        }
        kept.append([line for line in lines if line not in out])
    return kept, _read_edges(by_browser)


def _repeated(edges: Sequence[Sequence[PdfLine]], often: int) -> set[str]:
    """Return the lines, with each number as 0, that are at the edges of many pages and in which at most one number varies.

    In the lines below the headlines of a press review, the day varies, and so does the page.
    """
    pages: defaultdict[str, set[int]] = defaultdict(set)
    numbers: defaultdict[str, list[list[str]]] = defaultdict(list)
    for page, found in enumerate(edges):
        for line in found:
            key = _without_digits(line.text)
            pages[key].add(page)
            numbers[key].append(re.findall(r"\d+", line.text))
    return {
        key
        for key, seen in numbers.items()
        if len(pages[key]) >= often and sum(len(set(column)) > 1 for column in zip(*seen, strict=True)) <= 1
    }


def _lines_of_browser(lines: Sequence[str]) -> dict[str, re.Match[str]]:
    """Return the lines that a browser printed, with their matches. A footer must occur, and for Firefox a header, too."""
    found: dict[str, re.Match[str]] = {}
    for header, footer in ((_CHROME_HEADER, _CHROME_FOOTER), (_FIREFOX_HEADER, _FIREFOX_FOOTER)):
        above = {line: match for line in lines if (match := header.fullmatch(line)) is not None}
        below = {line: match for line in lines if (match := footer.fullmatch(line)) is not None}
        if below and (above or header is _CHROME_HEADER):
            found |= above | below
    return found


def _read_edges(by_browser: dict[str, re.Match[str]]) -> BrowserEdges:
    title = url = start = ""
    for match in by_browser.values():
        groups = match.groupdict()
        named, address = groups.get("title") or "", groups.get("url") or ""
        if named.endswith(_CUT):
            start = start or named.rstrip(".… ")
        else:
            title = title or named
        if address.startswith("http") and "…" not in address and not address.endswith("..."):
            url = url or address
    return BrowserEdges(title, url, start or title, bool(by_browser))


def _edge_lines(lines: Sequence[PdfLine]) -> list[PdfLine]:
    heights = sorted({round(line.y) for line in lines})
    outer = {*heights[:LINES_AT_EDGE], *heights[-LINES_AT_EDGE:]}
    return [line for line in lines if round(line.y) in outer]


def _without_digits(line: str) -> str:
    return re.sub(r"\d+", "0", line)
