"""PDF: pages that were printed from the web, headlines, dates and bylines, hyphens at the ends of lines, and limits."""

from __future__ import annotations

import datetime as dt
import io
import zlib
from pathlib import Path

import pytest

from newssearch import Article, ReadOptions, Rejected, readers
from newssearch.readers import Skipped
from newssearch.readers.pdf import pages as pdf_pages
from newssearch.readers.pdf.hyphens import LineEnds
from pdf_files import Line, file_of, lines_down, pdf_of
from support import articles_in, read_bytes

CHROME = {"Creator": "Chromium", "Producer": "Skia/PDF m156", "CreationDate": "D:20261130101200Z"}
WORD = {"Creator": "Microsoft Word 2019", "Author": "Ines Varga", "CreationDate": "D:20240506101200+02'00'"}
FIRST = [
    "The river rose above its banks on Monday, and the council of the town closed two",
    "of its bridges until the water falls.",
]
SECOND = [
    "Nobody was hurt, a spokesman of the council said, but some of the houses by the",
    "river were empty when the water came in.",
]


def one(folder: Path, data: bytes) -> Article:
    (article,) = articles_in(read_bytes(folder, "a.pdf", data))
    return article


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def printed_page(*under: str) -> list[Line]:
    """Return a printed page: navigation, a headline, the given lines under it, two paragraphs, and what a site puts below."""
    return lines_down(
        ("THE ECHO", 30), ("", 10), ("Home News Sport Weather Subscribe", 9, True), ("", 10),
        ("Flood in Basra closes two bridges", 22), ("", 10),
        *[part for line in under for part in ((line, 8), ("", 8))],
        *[(line, 11) for line in FIRST], ("", 11),
        ("What happened in other towns by the river and on the coast this week", 11, True), ("", 11),
        ("Share", 9), ("", 11),
        ("A night without sleep", 14), ("", 11),
        *[(line, 11) for line in SECOND], ("", 11),
        ("More stories from the region and the world, chosen for you by our editors today", 9), ("", 9),
        ("Contact Imprint Privacy", 9, True),
    )  # fmt: skip


def test_navigation_of_a_printed_page_is_no_text(tmp_path: Path) -> None:
    article = one(tmp_path, pdf_of([printed_page()], CHROME))
    assert article.title == "Flood in Basra closes two bridges"
    assert texts(article) == [" ".join(FIRST), "A night without sleep", " ".join(SECOND)]
    assert article.paragraphs[1].kind == "heading"


def test_the_lines_under_the_headline_say_who_and_when(tmp_path: Path) -> None:
    article = one(tmp_path, pdf_of([printed_page("By Ines Varga", "May 6, 2024", "Share this")], CHROME))
    assert (article.byline, article.date) == ("Ines Varga", dt.date(2024, 5, 6))
    assert texts(article)[0] == " ".join(FIRST)


def test_the_time_of_printing_is_not_the_date(tmp_path: Path) -> None:
    page = [
        Line("30.11.26, 10:12 Flood in Basra closes two bridges", 820, 8),
        *printed_page(),
        Line("https://echo.example.org/flood 1/1", 20, 8),
    ]
    article = one(tmp_path, pdf_of([page], CHROME))
    assert (article.date, article.url) == (None, "https://echo.example.org/flood")
    assert article.title == "Flood in Basra closes two bridges"
    assert not any("10:12" in text or "1/1" in text for text in texts(article))


def test_the_edges_of_firefox_are_read_too(tmp_path: Path) -> None:
    page = [
        Line("Flood in Basra closes two bridges https://echo.example.org/flood", 820, 8),
        *lines_down(*[(line, 11) for line in FIRST], ("", 11), *[(line, 11) for line in SECOND]),
        Line("1 of 1 11/30/2026, 10:12 AM", 20, 8),
    ]
    article = one(tmp_path, pdf_of([page]))
    assert (article.title, article.url) == (
        "Flood in Basra closes two bridges",
        "https://echo.example.org/flood",
    )
    assert article.date is None
    assert texts(article) == [" ".join(FIRST), " ".join(SECOND)]


def test_the_headline_is_that_which_the_title_of_the_page_confirms(tmp_path: Path) -> None:
    page = lines_down(
        ("Sommerspiele", 30), ("", 10), ("Flood in Basra closes two bridges", 16), ("", 10),
        *[(line, 11) for line in FIRST],
    )  # fmt: skip
    title = {"Title": "Flood in Basra closes two bridges | The Echo", **CHROME}
    assert one(tmp_path, pdf_of([page], title)).title == "Flood in Basra closes two bridges"


@pytest.mark.parametrize("title", ["Microsoft Word - press.doc", "untitled", "Vorlage Pressemitteilung 2019"])
def test_the_headline_in_the_largest_letters_beats_a_stale_title(tmp_path: Path, title: str) -> None:
    page = lines_down(("Flood in Basra closes two bridges", 18), ("", 10), *[(line, 11) for line in FIRST])
    assert (
        one(tmp_path, pdf_of([page], {"Title": title, **WORD})).title == "Flood in Basra closes two bridges"
    )


def test_who_made_a_document_of_a_word_processor_and_when_is_inferred(tmp_path: Path) -> None:
    page = lines_down(("Flood in Basra", 18), ("", 10), *[(line, 11) for line in FIRST])
    article = one(tmp_path, pdf_of([page], WORD))
    assert article.byline == "Ines Varga"
    assert article.provenance["byline"] == ("inferred", "who made the document")
    assert str(article.date).startswith("2024-05-06")
    assert article.provenance["date"] == ("inferred", "when the document was made")


def test_the_author_of_a_text_beats_who_made_the_file(tmp_path: Path) -> None:
    page = lines_down(
        ("Flood in Basra", 18), ("", 10), ("By Tom Okafor", 9), ("", 10), ("5 May 2024", 9), ("", 10),
        *[(line, 11) for line in FIRST],
    )  # fmt: skip
    article = one(tmp_path, pdf_of([page], WORD))
    assert (article.byline, article.date) == ("Tom Okafor", dt.date(2024, 5, 5))


def test_a_press_review_is_its_articles(tmp_path: Path) -> None:
    pages = [
        lines_down(
            (title, 18),
            ("", 10),
            (citation, 9),
            ("", 10),
            *[(f"{title}: {line}", 11) for line in (*FIRST, *SECOND)],
        )
        for title, citation in (
            ("Flood in Basra", "The Guardian, 5 May 2024, p. 3"),
            ("The bridge is open", "Le Monde, 6 May 2024, p. 1"),
            ("No ferry before Friday", "The Guardian, 7 May 2024, p. 8"),
        )
    ]
    found = articles_in(read_bytes(tmp_path, "a.pdf", pdf_of(pages, WORD)))
    assert [(article.title, str(article.date)) for article in found] == [
        ("Flood in Basra", "2024-05-05"),
        ("The bridge is open", "2024-05-06"),
        ("No ferry before Friday", "2024-05-07"),
    ]


def test_teasers_below_the_article_are_no_text(tmp_path: Path) -> None:
    teasers = [
        part
        for name in ("Ferry", "Market", "School", "Harbour", "Station", "Museum")
        for part in (
            (f"{name} closed", 11, True), ("", 11), ("Photo by our reporter in the town", 8), ("", 8),
            ("1:37 min", 8), ("", 8), ("with video", 11), ("", 11), ("Politics", 9), ("", 9),
        )
    ]  # fmt: skip
    page = lines_down(
        ("Flood in Basra", 22), ("", 10), *[(line, 11) for line in FIRST], ("", 11), *[(line, 11) for line in SECOND],
        ("", 11), *teasers, ("Subscribers of our archive may read all of the articles of this year at no cost.", 11),
    )  # fmt: skip
    assert texts(one(tmp_path, pdf_of([page], CHROME))) == [" ".join(FIRST), " ".join(SECOND)]


def test_a_page_that_libreoffice_made_of_a_page_is_one(tmp_path: Path) -> None:
    article = one(tmp_path, pdf_of([printed_page()], {"Producer": "LibreOffice 7.4"}))
    assert texts(article)[0] == " ".join(FIRST)
    assert not any("Home" in text or "Imprint" in text for text in texts(article))


def test_two_texts_side_by_side_are_two_words(tmp_path: Path) -> None:
    page = [
        *lines_down(("Flood in Basra", 22)),
        Line("By Ines Varga", 700, 9),
        Line("Correspondent", 700, 9, x=115),
        *lines_down(*[(line, 11) for line in FIRST], start=680),
    ]
    assert one(tmp_path, pdf_of([page], CHROME)).byline == "Ines Varga Correspondent"


def test_a_name_in_the_title_is_no_headline(tmp_path: Path) -> None:
    page = lines_down(
        ("How the town of Basra lost its bridges", 16), ("", 10), *[(line, 11) for line in FIRST], ("", 11),
        ("Mayor Ines Varga", 11), ("", 11), *[(line, 11) for line in SECOND],
    )  # fmt: skip
    title = {"Title": "Mayor Ines Varga: what we know about the flood and the bridges of Basra", **CHROME}
    assert one(tmp_path, pdf_of([page], title)).title == "How the town of Basra lost its bridges"


def test_a_paragraph_goes_on_over_the_end_of_a_page_in_front_of_a_capital(tmp_path: Path) -> None:
    first = lines_down(
        ("Hochwasser in Lahr", 18), ("", 10), ("Der Fluss trat am Montag über seine Ufer, und der Rat der Stadt sperrte", 11),
        ("zwei seiner Brücken, bis das Wasser wieder fällt, sagte am Abend die", 11),
    )  # fmt: skip
    second = lines_down(("Sprecherin der Stadt.", 11), ("", 11), ("Niemand wurde verletzt.", 11))
    assert texts(one(tmp_path, pdf_of([first, second], WORD))) == [
        "Der Fluss trat am Montag über seine Ufer, und der Rat der Stadt sperrte zwei seiner Brücken, bis das Wasser"
        " wieder fällt, sagte am Abend die Sprecherin der Stadt.",
        "Niemand wurde verletzt.",
    ]


# ---- hyphens at the ends of lines


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("the well-", "known man", "the well-known man"),  # both halves are words of the document
        ("an anti-", "war march", "an anti-war march"),  # the word with its hyphen occurs
        ("the Regie-", "rung said", "the Regierung said"),
        ("the infor-", "mation", "the information"),
        ("the with-", "out", "the without"),  # function words are no halves
        ("Haupt-", "und Nebenstraßen", "Haupt- und Nebenstraßen"),
        ("in Nordrhein-", "Westfalen", "in Nordrhein-Westfalen"),
        ("Covid-", "19 in", "Covid-19 in"),
        ("the re\u00ad", "gion", "the region"),
        ("a man -", "known", "a man - known"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line(before: str, after: str, expected: str) -> None:
    lines = ["She is well and known, with or out of it, an anti-war march", before, after]
    assert LineEnds(lines).joined(before, after) == expected


def test_a_browser_divides_words_by_another_hyphen() -> None:
    ends = LineEnds(["twenty-", "first", "Regie\u2010", "rung"], hyphenates=False)
    assert ends.joined("twenty-", "first") == "twenty-first"
    assert ends.joined("Regie\u2010", "rung") == "Regierung"


# ---- limits


def encrypted(data: bytes, password: str) -> bytes:
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter(io.BytesIO(data))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def test_an_encrypted_pdf_is_read_if_it_opens_without_a_password(tmp_path: Path) -> None:
    page = lines_down(("Flood in Basra", 18), ("", 10), *[(line, 11) for line in FIRST])
    assert texts(one(tmp_path, encrypted(pdf_of([page]), ""))) == [" ".join(FIRST)]
    (item,) = read_bytes(tmp_path, "a.pdf", encrypted(pdf_of([page]), "secret"))
    assert str(item) == "a.pdf: an encrypted PDF: save it without its password"


def test_too_many_pages_are_rejected(tmp_path: Path) -> None:
    kids = b" ".join([b"3 0 R"] * 5_000)
    data = file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 5000 /Kids [%s] >>" % kids,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ],
        b"/Root 1 0 R",
    )
    (item,) = read_bytes(tmp_path, "a.pdf", data)
    assert str(item) == "a.pdf: a PDF of 5,000 pages: at most 3,000 are read"


def stream_pdf(content: bytes, entries: bytes = b"") -> bytes:
    return file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content),
        ],
        b"/Root 1 0 R",
    )


def test_a_page_of_a_million_characters_is_read(tmp_path: Path) -> None:
    shown = b"\n".join(
        b"1 0 0 1 50 %d Tm (%s) Tj" % (780 - number % 700, b"The river rose and fell. " * 400)
        for number in range(100)
    )
    article = one(tmp_path, stream_pdf(b"BT /F1 10 Tf " + shown + b" ET"))
    assert sum(map(len, texts(article))) > 990_000


def test_a_stream_without_end_is_rejected(tmp_path: Path) -> None:
    bomb = zlib.compress(b"q Q " * 30_000_000)
    (item,) = read_bytes(tmp_path, "a.pdf", stream_pdf(bomb, b"/Filter /FlateDecode"))
    assert isinstance(item, Rejected)
    assert item.reason.startswith("a broken PDF: ")


def test_a_pdf_that_is_slow_to_read_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_PDF_SECONDS", -1)
    (item,) = read_bytes(tmp_path, "a.pdf", pdf_of([printed_page()]))
    assert str(item) == "a.pdf: a PDF that takes more than -1 seconds to read"


def test_pages_that_are_scans_among_others_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of([printed_page(), []], CHROME, scans=[1]))
    article, skipped = readers.read_file(tmp_path / "a.pdf", "a.pdf", ReadOptions())
    assert isinstance(article, Article)
    assert skipped == Skipped("a.pdf", "scanned pages of PDFs without text")
