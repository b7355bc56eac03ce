"""Press reviews on paper: marks, and which page has what."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from newssearch import Article
from printed import pdf
from support import article, index_of

ARABIC = article("انتخابات العراق تنطلق اليوم", "قال مسؤول إن انتخابات العراق تجري في موعدها، وإن الناخبين مستعدون.", lang="ar")  # fmt: skip
ACCENTED = article("ÉLECTIONS à Ỗng: gypsy votes", "Élections, élections et gypsy ÉLECTIONS dans la ville, et encore une fois des élections.", lang="fr")  # fmt: skip


def pdf_of(folder: Path, query: str, *articles: Article, **options: Any) -> Any:
    """Return a press review of articles as a reader of pypdf."""
    with index_of(folder / "index", *articles) as index:
        return pdf(index, query, each_copy=True, **options)


# ---- marks


class Mark(NamedTuple):
    """A mark in a PDF: how far it reaches above and below the line that its letters stand on, by the size of the letters."""

    above: float
    below: float


_MARK = re.compile(
    rb"cm/c1 cs 1 0\.94\S+ 0\.65\S+ scn 0 0 m \S+ 0 l \S+ (?P<height>\S+) l.*?"
    rb"1 0 0 -1 \S+ (?P<line>\S+) cm.*?Tr/f\d+ (?P<size>\S+) Tf",
    re.DOTALL,
)


def marks(page: Any) -> list[Mark]:
    """Return the marks of a page of a PDF in their order."""
    found = []
    content = page.get_contents().get_data()
    for match in _MARK.finditer(content):
        top = float(re.findall(rb"1 0 0 -1 \S+ (\S+) $", content[: match.start()])[0])
        height, line, size = (float(match[name]) for name in ("height", "line", "size"))
        found.append(Mark((top - line) / size, (height - top + line) / size))
    return found


@pytest.mark.parametrize(
    ("written", "query", "count"), [(ARABIC, "انتخابات", 2), (ACCENTED, "elections OR gypsy", 7)]
)
@pytest.mark.parametrize("options", [{"full": True}, {"excerpt": 1}])
def test_a_mark_is_as_high_as_its_letters_and_reaches_into_no_other_line(
    tmp_path: Path, written: Article, query: str, count: int, options: dict[str, Any]
) -> None:
    found = marks(pdf_of(tmp_path, query, written, **options).pages[2])
    assert len(found) == count
    for mark in found:
        assert 0.88 <= round(mark.above, 3) < 1
        assert 0.28 <= round(mark.below, 3) < 0.4


def test_marks_of_one_line_have_one_height(tmp_path: Path) -> None:
    found = marks(pdf_of(tmp_path, "elections OR gypsy", ACCENTED).pages[2])
    assert len({(round(mark.above, 2), round(mark.below, 2)) for mark in found}) == 1


# ---- long words


def test_a_word_that_is_longer_than_a_line_is_broken(tmp_path: Path) -> None:
    long = "x" * 300
    written = article(long, f"It rained. https://e.org/{long}", outlet=long, byline=long, section=long, url=f"https://e.org/{long}")  # fmt: skip
    read = pdf_of(tmp_path, "rained", written, title=long, note=long, group_by="outlet")
    pages = [page.extract_text() for page in read.pages]
    assert max(len(line) for text in pages for line in text.splitlines()) < 120
    assert pages[2].count("x") >= 8 * 300  # eight texts, and a part in the id
    assert read.metadata.title == long


def test_a_word_that_fits_into_a_line_can_be_copied(tmp_path: Path) -> None:
    word = "Donaudampfschifffahrtselektrizitäten"
    read = pdf_of(tmp_path, "", article(word, f"Die {word} ruhen.", lang="de"))
    assert word in read.pages[2].extract_text().replace("\n", "")


# ---- headlines alone


def heights(page: Any) -> dict[str, float]:
    """Return the texts of a page of a PDF with the height at which they stand, in points."""
    found: dict[str, float] = {}

    def visit(text: str, matrix: Any, text_matrix: list[float], font: Any, size: float) -> None:
        if text.strip():
            found.setdefault(text.strip(), matrix[5] + text_matrix[5])

    page.extract_text(visitor_text=visit)
    return found


def test_headlines_alone_stand_apart_from_each_other(tmp_path: Path) -> None:
    made = [article(f"Rain{n}", "It rained.", date=f"2024-07-0{n // 2 + 1}", url=f"u{n}") for n in range(4)]
    found = heights(pdf_of(tmp_path, "", *made, excerpt=0, sort="id", title="Wet").pages[2])
    tops = sorted((height, text) for text, height in found.items() if text.startswith("Rain"))
    ids = sorted((height, text) for text, height in found.items() if text.startswith("Id"))
    assert len(tops) == len(ids) == 4
    for (below, _), (above, _) in zip(tops, ids[1:], strict=False):
        assert above - below > 30


# ---- the lines below a text


def long_and_longer() -> list[Article]:
    """Return articles that are each a line longer than the one before, so that some of them just fill a page."""
    return [article(f"Rain {n}", *["It rained."] * n, url=f"https://e.org/{n}") for n in range(25, 60)]


def test_the_lines_below_a_text_are_on_a_page_with_its_end(tmp_path: Path) -> None:
    pages = [page.extract_text() for page in pdf_of(tmp_path, "", *long_and_longer(), full=True).pages]
    ends = [text for text in pages if "Id: " in text]
    assert len(ends) == 35
    assert len(pages) > 45
    for text in ends:
        assert "It rained." in text
        assert "Link: " in text


def test_a_document_keeps_the_lines_below_a_text_with_its_end(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    stream = io.BytesIO()
    made = article("Rain", "It rained.", "The sun came.", url="https://e.org/1")
    with index_of(tmp_path / "index", made, article("Long", "It rained. " * 400, url="u")) as index:
        index.review("", stream, format="docx", full=True, sort="id")
    kept = {one.text: one._p.pPr.keepNext is not None for one in docx.Document(stream).paragraphs}
    assert [kept["It rained."], kept["The sun came."], kept["Link: https://e.org/1"]] == [False, True, True]
    assert not any(is_kept for text, is_kept in kept.items() if len(text) > 1_500 or text.startswith("Id: "))
