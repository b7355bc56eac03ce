"""A press review in HTML, printed by a browser: which lines share a page."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support import article, index_of
from test_review_layout import long_and_longer

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def printed_pages(chromium: Browser, file: Path) -> list[list[str]]:
    """Return the lines of each page of a review that a browser prints, without its header and its number."""
    pypdf = pytest.importorskip("pypdf")
    page = chromium.new_page()
    page.goto(file.as_uri())
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    page.close()
    pages = [page.extract_text().splitlines() for page in printed.pages]
    header = re.compile(r"\s*(Press review)?\s*(\d+ / \d+)?\s*")
    return [[line.strip() for line in lines if not header.fullmatch(line)] for lines in pages[1:]]


@pytest.mark.parametrize("excerpt", [0, 1])
def test_no_page_ends_with_a_heading_or_within_an_entry(
    chromium: Browser, tmp_path: Path, excerpt: int
) -> None:
    made = [
        article(f"Headline {n}", f"It rained on day {n}.", date=f"2024-05-{n * 2 // 3 + 1:02d}", outlet=f"Paper {n}", url=f"https://e.org/{n}")
        for n in range(45)
    ]  # fmt: skip
    file = tmp_path / "review.html"
    with index_of(tmp_path / "index", *made) as index:
        index.review("", file, excerpt=excerpt, each_copy=True)
    ends = [lines[-1] for lines in printed_pages(chromium, file)]
    assert len(ends) > 4
    assert [line for line in ends if re.fullmatch(r"\w+day, \d+ May 2024|(\d+\. )?Headline \d+", line)] == []


def test_the_lines_below_a_text_are_on_a_page_with_its_end(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "review.html"
    with index_of(tmp_path / "index", *long_and_longer()) as index:
        index.review("", file, full=True, each_copy=True)
    ends = [lines for lines in printed_pages(chromium, file) if any(one.startswith("Id: ") for one in lines)]
    assert len(ends) == 35
    for lines in ends:
        assert "It rained." in lines
        assert any(line.startswith("Link: ") for line in lines)
