"""PDF: its text, without headers and footers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch import Article, Rejected
from newssearch.readers.pdf import edges
from newssearch.readers.pdf.lines import LineCollector, PdfLine, paragraphs_of_pages
from support import articles_in, read_bytes

STORY = [
    "Flood in Basra closes two bridges",
    "",
    "July 25, 2024",
    "",
    "The river rose above its banks on Monday, and the council closed two bridges to traf-",
    "fic until the water falls. Nobody was hurt, a spokesman of the council said, but some of",
    "the houses by the river were empty.",
    "On Tuesday the water fell again, and the council opened one of the bridges, which is the",
    "older one of the two. The other one stays closed until somebody has looked at its pillars,",
    "which the water has washed around for two days and a night, and that may take another week",
    "or two, the spokesman said.",
]


def pdf(pages: list[list[str]], title: str | None = None) -> bytes:
    """Return a PDF with the given lines on each page."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        shown = "".join(f"({line.translate({40: None, 41: None})}) Tj 0 -14 Td\n" for line in lines)
        stream = f"BT /F1 10 Tf 50 780 Td\n{shown}ET".encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            % len(objects)
        )
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    trailer = b"/Root 1 0 R"
    if title is not None:
        objects.append(b"<< /Title (%s) /CreationDate (D:20200101000000Z) >>" % title.encode("latin-1"))
        trailer += b" /Info %d 0 R" % len(objects)
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, trailer, len(data),
    )  # fmt: skip


def one(folder: Path, data: bytes) -> Article:
    (article,) = articles_in(read_bytes(folder, "a.pdf", data))
    return article


def test_a_pdf_is_an_article(tmp_path: Path) -> None:
    article = one(tmp_path, pdf([STORY]))
    assert article.title == "Flood in Basra closes two bridges"
    texts = [paragraph.text for paragraph in article.paragraphs]
    assert " ".join(texts).startswith(
        "The river rose above its banks on Monday, and the council closed two bridges to traffic"
    )
    assert len(texts) == 2


def test_when_the_file_was_made_is_no_date_of_publication(tmp_path: Path) -> None:
    assert one(tmp_path, pdf([["Flood in Basra", "The river rose."]], "Flood")).date is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The flood of Basra", "The flood of Basra"),
        ("Microsoft Word - x.doc", STORY[0]),
        ("story_final.indd", STORY[0]),
        ("x", STORY[0]),
    ],
)
def test_a_title_is_believed_unless_a_program_made_it(tmp_path: Path, title: str, expected: str) -> None:
    assert one(tmp_path, pdf([STORY], title)).title == expected


def test_headers_footers_and_numbers_of_pages_are_left_out(tmp_path: Path) -> None:
    words = ("river", "bridge", "council", "water", "house")
    pages = [
        [
            f"THE ECHO, page {n}",
            f"The {word} was there long ago.",
            f"A {word} is a {word}.",
            f"No {word} then.",
            f"{n}",
        ]
        for n, word in enumerate(words, start=1)
    ]
    text = " ".join(paragraph.text for paragraph in one(tmp_path, pdf(pages)).paragraphs)
    assert "THE ECHO" not in text
    assert all(f"A {word} is a {word}. No {word} then." in text for word in words)
    assert not text.endswith("5")


PARTS = (
    [
        "The river rose above its banks on Monday, and the council of the town closed two",
        "bridges until the water falls.",
    ],
    [
        "Nobody was hurt, a spokesman of the council said, but some of the houses by the",
        "river were empty when the water came in.",
    ],
)


def test_a_page_that_a_browser_printed_has_its_address_and_its_title(tmp_path: Path) -> None:
    pages = [
        ["5/6/24, 10:30 AM The flood of Basra, hour by hour", "", *lines, "", f"https://e.org/a?b=1 {n}/2"]
        for n, lines in enumerate(PARTS, start=1)
    ]
    article = one(tmp_path, pdf(pages))
    assert (article.title, article.url) == ("The flood of Basra, hour by hour", "https://e.org/a?b=1")
    assert article.provenance["url"] == ("inferred", "the edge of the printed page")
    assert [paragraph.text for paragraph in article.paragraphs] == [" ".join(lines) for lines in PARTS]


def test_an_address_that_the_browser_cut_is_none(tmp_path: Path) -> None:
    article = one(
        tmp_path, pdf([["Flood in Basra", "", *PARTS[0], "", "https://e.org/a/very-long\\205 1/1"]])
    )
    assert article.url is None


def test_gaps_and_indents_separate_paragraphs_and_pages_do_not(tmp_path: Path) -> None:
    first, second = PARTS
    gaps = one(
        tmp_path, pdf([["Flood in Basra", "", *first, "", second[0]], [second[1], "", "It rained on."]])
    )
    assert [paragraph.text for paragraph in gaps.paragraphs] == [
        " ".join(first),
        " ".join(second),
        "It rained on.",
    ]


def test_a_header_on_two_pages_is_left_out(tmp_path: Path) -> None:
    pages = [["The Echo of Basra", "", *lines] for lines in PARTS]
    article = one(tmp_path, pdf(pages))
    assert [paragraph.text for paragraph in article.paragraphs] == [" ".join(lines) for lines in PARTS]


def lines_at(*places: tuple[str, float, float, float]) -> list[PdfLine]:
    return [PdfLine(*place) for place in places]


def test_larger_letters_an_indent_and_a_column_begin_paragraphs() -> None:
    page = lines_at(
        ("Flood in Basra", 50, 780, 20),
        ("The river rose above its banks on Monday and the", 60, 750, 10),
        ("council closed two of the bridges for a week.", 50, 738, 10),
        ("Nobody was hurt, a spokesman of the council told", 60, 726, 10),
        ("us on the phone, but houses were", 50, 714, 10),
        ("empty when the water came.", 300, 750, 10),
        ("On Tuesday it fell.", 310, 738, 10),
    )
    assert [paragraph.text for paragraph in paragraphs_of_pages([page])] == [
        "Flood in Basra",
        "The river rose above its banks on Monday and the council closed two of the bridges for a week.",
        "Nobody was hurt, a spokesman of the council told us on the phone, but houses were empty when the water came.",
        "On Tuesday it fell.",
    ]


def test_ligatures_are_letters_and_pieces_of_a_line_are_joined() -> None:
    collector = LineCollector()
    matrix = [1, 0, 0, 1, 0, 0]
    for text, x, y in (("The o\ufb03ce\0 of ", 50, 700), ("\ufb01re", 120, 700), ("\nnext", 50, 688)):
        collector.visit(text, matrix, [1, 0, 0, 1, x, y], None, 10)
    collector.finish_line()
    assert [line.text for line in collector.lines] == ["The office of fire", "next"]


@given(st.data())
def test_nothing_that_is_broken_raises(tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject) -> None:
    data = pdf([STORY], "The flood of Basra")
    at, length = draw.draw(st.integers(0, len(data) - 1)), draw.draw(st.integers(0, 40))
    broken = data[:at] + draw.draw(st.binary(max_size=10)) + data[at + length :]
    for item in read_bytes(tmp_path_factory.mktemp("any"), "a.pdf", broken):
        assert isinstance(item, (Article, Rejected))


@pytest.mark.parametrize(("line", "is_number"), [("12", True), ("- 12 -", True), ("Page 3 of 12", True), ("Seite 7", True), ("2024.", False), ("in 2024", False)])  # fmt: skip
def test_the_end_of_a_sentence_is_no_number_of_a_page(line: str, is_number: bool) -> None:
    assert (edges._NUMBER_OF_PAGE.fullmatch(line) is not None) == is_number
