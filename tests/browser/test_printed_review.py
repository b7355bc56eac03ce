"""A press review in HTML, printed by a browser: which lines share a page."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support import article, index_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("excerpt", [0, 1])
def test_no_page_ends_with_a_heading_or_within_an_entry(
    chromium: Browser, tmp_path: Path, excerpt: int
) -> None:
    pypdf = pytest.importorskip("pypdf")
    made = [
        article(f"Headline {n}", f"It rained on day {n}.", date=f"2024-05-{n * 2 // 3 + 1:02d}", outlet=f"Paper {n}", url=f"https://e.org/{n}")
        for n in range(45)
    ]  # fmt: skip
    file = tmp_path / "review.html"
    with index_of(tmp_path / "index", *made) as index:
        index.review("", file, excerpt=excerpt, each_copy=True)
    page = chromium.new_page()
    page.goto(file.as_uri())
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    page.close()
    pages = [
        [line.strip() for line in page.extract_text().splitlines() if line.strip()] for page in printed.pages
    ]
    ends = [
        next(line for line in reversed(lines) if not re.fullmatch(r"(Press review )?\d+ / \d+", line))
        for lines in pages
    ]
    assert len(ends) > 4
    assert [line for line in ends if re.fullmatch(r"\w+day, \d+ May 2024|(\d+\. )?Headline \d+", line)] == []
