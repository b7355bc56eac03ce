"""Documents of word processors: the text that a reader sees, its parts, and press reviews of several articles."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import OFFICE, docx, epub, field, open_document, packed, para, pptx, rtf, run, shape
from newssearch import Article, ReadOptions, Rejected, readers
from newssearch.fields import KeptField
from newssearch.limits import Limits
from newssearch.readers import Skipped
from support import articles_in, read_bytes

RIVER = "The river rose above its banks on Monday, and the council closed two bridges until the water falls."
FERRY = (
    "The ferry stays in its harbour because its engine does not run, the owner of the boat said on Tuesday."
)
MARKET = (
    "The market on the square was held all the same, though only half of the dealers came with their goods."
)


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def written(folder: Path, name: str, data: bytes) -> Path:
    """Write a file and return its path."""
    (folder / name).write_bytes(data)
    return folder / name


def only(tmp_path: Path, data: bytes, name: str = "a.docx") -> Article:
    """Read a document, which must have exactly one article, and return the article."""
    (article,) = articles_in(read_bytes(tmp_path, name, data))
    return article


# ---- DOCX: what is text


def test_a_document_of_word_has_title_headings_quotes_and_lists(tmp_path: Path) -> None:
    article = only(
        tmp_path,
        docx(
            para("Flood in Basra", style="Titel")
            + para("By Ines Varga")
            + para("May 5, 2024")
            + para(RIVER)
            + para("What comes next", style="berschrift2")
            + para(FERRY, style="Zitat")
            + para(MARKET, properties='<w:numPr><w:numId w:val="3"/></w:numPr>')
        ),
    )
    assert (article.title, article.byline, str(article.date)) == (
        "Flood in Basra",
        "Ines Varga",
        "2024-05-05",
    )
    assert [(one.kind, one.text) for one in article.paragraphs] == [
        ("text", RIVER), ("heading", "What comes next"), ("quote", FERRY), ("list", MARKET),
    ]  # fmt: skip


def test_deleted_moved_and_hidden_text_is_no_text_and_inserted_text_is(tmp_path: Path) -> None:
    article = only(
        tmp_path,
        docx(
            para(
                "It rained on ",
                "<w:del><w:r><w:delText>Monday</w:delText></w:r></w:del>",
                f"<w:ins>{run('Tuesday')}</w:ins>",
                f"<w:moveFrom>{run(' gone')}</w:moveFrom>",
                run(" secret", "<w:vanish/>"),
                run(" hidden", '<w:rStyle w:val="Geheim"/>'),
                run(" shown", '<w:vanish w:val="0"/>'),
                " in Basra.",
            )
            + f"<w:moveFrom>{para('Moved away.')}</w:moveFrom><w:moveTo>{para('It stopped in the evening.')}</w:moveTo>"
        ),
    )
    assert texts(article) == ["It rained on Tuesday shown in Basra.", "It stopped in the evening."]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next(tmp_path: Path) -> None:
    article = only(
        tmp_path, docx(para("It rained ", properties="<w:rPr><w:del/></w:rPr>") + para("all day in Basra."))
    )
    assert texts(article) == ["It rained all day in Basra."]


def test_links_and_computed_text_are_read_and_page_numbers_and_instructions_are_not(tmp_path: Path) -> None:
    article = only(
        tmp_path,
        docx(
            para(
                "The ",
                field('HYPERLINK "https://e.org/a"', run("council")),
                f'<w:hyperlink r:id="r1">{run(" of Basra")}</w:hyperlink>',
                f'<w:fldSimple w:instr=" PAGE ">{run("17")}</w:fldSimple>',
                f'<w:fldSimple w:instr=" DOCPROPERTY Town ">{run(" met")}</w:fldSimple>',
                field("PAGEREF _Toc1", run("18")),
                " on Monday.",
            ),
            links={"r1": "https://e.org/b"},
        ),
    )
    assert texts(article) == ["The council of Basra met on Monday."]


def test_a_table_of_contents_is_no_text(tmp_path: Path) -> None:
    contents = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    article = only(
        tmp_path,
        docx(
            para("Flood in Basra", style="Titel")
            + para(contents, "The beginning of the end\t2")
            + para("The end\t3")
            + para('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
            + para("The end of it ..... 4")  # written by hand
            + para(RIVER)
            + para("The end of it", style="berschrift1")
            + para(FERRY)
        ),
    )
    assert texts(article) == [RIVER, "The end of it", FERRY]


def test_footnotes_are_read_last_and_comments_headers_and_separators_not(tmp_path: Path) -> None:
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    notes = (
        f'<w:footnotes xmlns:w="w"><w:footnote w:type="separator" w:id="0">{para("-----")}</w:footnote>'
        f'<w:footnote w:id="2">{para("The older bridge was built in 1903.")}</w:footnote></w:footnotes>'
    )
    article = only(
        tmp_path,
        docx(
            para(
                "The council closed ", reference, "two bridges.", '<w:r><w:commentReference w:id="1"/></w:r>'
            )
            + para(RIVER),
            footnotes=notes,
            comments=f'<w:comments xmlns:w="w"><w:comment w:id="1">{para("Check this!")}</w:comment></w:comments>',
            header1=f'<w:hdr xmlns:w="w">{para("The Bay Courier, page 3")}</w:hdr>',
        ),
    )
    assert texts(article) == ["The council closed two bridges.", RIVER, "The older bridge was built in 1903."]


def test_a_text_box_is_read_once_after_its_paragraph(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{para(FERRY)}</w:txbxContent>"
    drawn = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:inline>{box}</w:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert texts(only(tmp_path, docx(para(RIVER, drawn) + para(MARKET)))) == [RIVER, FERRY, MARKET]


def test_a_table_of_values_is_read_by_rows_and_one_that_arranges_text_by_paragraphs(tmp_path: Path) -> None:
    def table(*rows: list[str]) -> str:
        cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
        return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"

    values = table([para("Town"), para("Dead")], [para("Basra"), para("3")])
    layout = table([para(RIVER) + para(FERRY), para(MARKET + " " + MARKET)])
    assert texts(only(tmp_path, docx(para(RIVER) + values))) == [RIVER, "Town | Dead; Basra | 3"]
    assert texts(only(tmp_path, docx(para("Flood in Basra", style="Titel") + layout))) == [
        RIVER,
        FERRY,
        f"{MARKET} {MARKET}",
    ]


def test_soft_hyphens_line_breaks_and_special_signs(tmp_path: Path) -> None:
    article = only(
        tmp_path,
        docx(
            para(
                "The coun\u00adcil",
                "<w:r><w:softHyphen/><w:t>lors</w:t><w:br/><w:t>met</w:t><w:tab/><w:t>twenty</w:t><w:noBreakHyphen/><w:t>one</w:t></w:r>",
                '<w:r><w:sym w:font="Wingdings" w:char="F04A"/><w:sym w:font="Arial" w:char="20AC"/><w:t>.</w:t></w:r>',
            )
        ),
    )
    assert texts(article) == ["The councillors met twenty-one€."]


def test_a_paragraph_with_blank_lines_or_long_lines_is_several(tmp_path: Path) -> None:
    broken = f"<w:r><w:t>{RIVER}</w:t><w:br/><w:br/><w:t>{FERRY}</w:t></w:r>"
    assert texts(only(tmp_path, docx(para(broken)))) == [RIVER, FERRY]


def _mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


@pytest.mark.parametrize(
    "begun",
    [
        f"{_mark('begin')}<w:r><w:instrText> PAGE </w:instrText></w:r><w:del>{_mark('separate')}{_mark('end')}</w:del>",
        f"{_mark('begin')}<w:r><w:instrText> PAGE </w:instrText></w:r>",
        f"{_mark('begin')}<w:r><w:instrText> PAGE </w:instrText></w:r>{_mark('separate')}{run('7')}",
    ],
)
def test_a_field_that_is_not_closed_hides_no_other_paragraph(tmp_path: Path, begun: str) -> None:
    article = only(
        tmp_path, docx(para("Flood", style="Titel") + para(begun, run("Page")) + para(RIVER) + para(FERRY))
    )
    assert texts(article)[-2:] == [RIVER, FERRY]


def test_a_table_of_contents_that_is_not_closed_ends_at_the_first_heading(tmp_path: Path) -> None:
    begun = f"{_mark('begin')}<w:r><w:instrText> TOC </w:instrText></w:r>{_mark('separate')}"
    data = docx(para(begun, "The flood 2") + para("The flood", style="berschrift1") + para(RIVER))
    assert texts(only(tmp_path, data)) == [RIVER]
    prose = " ".join((RIVER, FERRY, MARKET))
    assert texts(only(tmp_path, docx(para(begun, "The flood 2") + para(prose) + para(RIVER)))) == [
        prose,
        RIVER,
    ]


def test_the_end_of_a_field_in_deleted_text_ends_it(tmp_path: Path) -> None:
    begun = f"{_mark('begin')}<w:r><w:instrText> PAGE </w:instrText></w:r>{_mark('separate')}{run('7')}<w:del>{_mark('end')}</w:del>"
    assert texts(only(tmp_path, docx(para(begun, run(RIVER)) + para(FERRY)))) == [RIVER, FERRY]


def test_a_paragraph_whose_end_was_deleted_keeps_its_notes_and_ends_with_its_cell(tmp_path: Path) -> None:
    deleted = "<w:rPr><w:del/></w:rPr>"
    cells = f"<w:tc>{para('Town', properties=deleted)}</w:tc><w:tc>{para('Dead')}</w:tc>"
    notes = (
        f'<w:footnotes xmlns:w="w"><w:footnote w:id="2">{para("Built in 1903.")}</w:footnote></w:footnotes>'
    )
    article = only(
        tmp_path,
        docx(
            para(RIVER, '<w:r><w:footnoteReference w:id="2"/></w:r>', properties=deleted)
            + para(" " + FERRY)
            + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
            + para(MARKET, properties=deleted),
            footnotes=notes,
        ),
    )
    assert texts(article) == [f"{RIVER} {FERRY}", "Town | Dead", MARKET, "Built in 1903."]


def with_inserted(name: str, data: bytes | str, *, before: str = "") -> bytes:
    """Return a document in which a file stands in the place of paragraphs."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx(before + '<w:altChunk r:id="c1"/>'))) as old,
        zipfile.ZipFile(buffer, "w") as new,
    ):
        for member in old.namelist():
            if not member.endswith("document.xml.rels"):
                new.writestr(member, old.read(member))
        new.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships><Relationship Id="c1" Type="http://x/relationships/aFChunk" Target="{name}"/></Relationships>',
        )
        new.writestr(f"word/{name}", data)
    return buffer.getvalue()


MHTML = (
    'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html; charset="utf-8"\n'
    f"Content-Transfer-Encoding: quoted-printable\n\n<html><body><p>{RIVER}</p></body></html>\n--b--\n"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", f"<html><body><p>{RIVER}</p></body></html>"),
        ("a.mht", MHTML),
        ("a.rtf", rtf(rf"\pard {RIVER}\par")),
        ("a.docx", docx(para(RIVER))),
        ("a.txt", RIVER),
    ],
)
def test_a_file_that_stands_in_the_place_of_paragraphs_is_read(
    tmp_path: Path, name: str, data: bytes | str
) -> None:
    assert texts(only(tmp_path, with_inserted(name, data, before=para(FERRY)))) == [FERRY, RIVER]


def test_an_inserted_file_of_another_format_is_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "a.docx", with_inserted("a.dat", b"\0\1", before=para(RIVER)))
    items = list(readers.read_file(path, "a.docx", ReadOptions()))
    assert [one.kind for one in items if isinstance(one, Skipped)] == [
        "files inside documents that are not read"
    ]
    assert rejection(tmp_path, with_inserted("a.dat", b"\0\1")).startswith(
        "a document without text: it has files"
    )


def test_a_formula_has_all_its_parts(tmp_path: Path) -> None:
    formula = "<m:oMath xmlns:m='m'><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>c</m:t></m:r></m:den></m:f></m:oMath>"
    assert texts(only(tmp_path, docx(para("The ratio is ", formula, " as said.") + para(RIVER))))[0] == (
        "The ratio is a+b/c as said."
    )


def test_lines_with_the_words_of_a_heading_are_text_and_three_of_them_are_contents(tmp_path: Path) -> None:
    headings = [para(text, style="berschrift1") + para(RIVER) for text in ("Causes", "Budget", "Rivers")]
    kept = docx(
        para("Flood", style="Titel") + para("Causes") + para(FERRY) + para("Budget 2024") + "".join(headings)
    )
    assert texts(only(tmp_path, kept))[:3] == ["Causes", FERRY, "Budget 2024"]
    contents = "".join(map(para, ("Causes 2", "Budget 3", "Rivers 4")))
    assert (
        texts(only(tmp_path, docx(para("Flood", style="Titel") + contents + "".join(headings))))[0]
        == "Causes"
    )


# ---- what is known of an article


def test_what_only_the_file_states_is_marked_as_inferred(tmp_path: Path) -> None:
    core = "<dc:title>Flood in Basra</dc:title><dc:creator>Ines Varga</dc:creator><dcterms:created>2024-05-06T10:00:00Z</dcterms:created>"
    article = only(tmp_path, docx(para(RIVER) + para(FERRY), core))
    assert (article.title, article.byline, str(article.date)[:10]) == (
        "Flood in Basra",
        "Ines Varga",
        "2024-05-06",
    )
    assert article.provenance["date"] == ("inferred", "when the document was made")
    assert article.provenance["byline"] == ("inferred", "who made the document")


def test_a_date_in_the_text_is_preferred_to_that_of_the_file(tmp_path: Path) -> None:
    core = "<dc:creator>Microsoft Office User</dc:creator><dcterms:created>2024-05-06T10:00:00Z</dcterms:created>"
    article = only(
        tmp_path, docx(para("Flood in Basra", style="Titel") + para("April 2024") + para(RIVER), core)
    )
    assert (str(article.date), article.byline) == ("2024-04", None)


@pytest.mark.parametrize("title", ["Microsoft Word - flood.doc", "Dokument1", "flood_final.docx", "Untitled"])
def test_a_title_that_a_program_made_is_none(tmp_path: Path, title: str) -> None:
    article = only(tmp_path, docx(para(RIVER) + para(FERRY), f"<dc:title>{title}</dc:title>"))
    assert article.title is None


@pytest.mark.parametrize(
    ("line", "date", "outlet", "byline"),
    [
        ("Süddeutsche Zeitung, 5. Mai 2024, S. 3", "2024-05-05", "Süddeutsche Zeitung", None),
        ("The Bay Courier | 5 May 2024 | page A12", "2024-05-05", "The Bay Courier", None),
        ("5 mai 2024 – lemonde.fr", "2024-05-05", "Le Monde", None),
        ("Publié le 5 mai 2024 à 10h30", "2024-05-05", None, None),
        ("Von Ines Varga, 5. Mai 2024", "2024-05-05", None, "Ines Varga"),
        ("Stand: 7. Mai 2024", "2024-05-07", None, None),
        ("Libération, S. 2 - mardi 7 mai 2024", "2024-05-07", "Libération", None),
        ("Datum: 5. Mai 2024", "2024-05-05", None, None),
    ],
)
def test_the_lines_under_a_headline_say_where_and_when(
    tmp_path: Path, line: str, date: str, outlet: str | None, byline: str | None
) -> None:
    article = only(tmp_path, docx(para("Flood in Basra", style="Titel") + para(line) + para(RIVER)))
    assert (str(article.date)[:10], article.outlet, article.byline) == (date, outlet, byline)
    assert texts(article) == [RIVER]


def test_a_line_with_other_words_than_a_date_stays(tmp_path: Path) -> None:
    line = "Berlin, 5. Mai 2024"
    article = only(tmp_path, docx(para("Flood in Basra", style="Titel") + para(line) + para(RIVER)))
    assert (str(article.date), article.outlet) == ("2024-05-05", None)
    assert texts(article) == [line, RIVER]


def test_a_source_beside_a_headline_is_no_outlet(tmp_path: Path) -> None:
    def read(*lines: str) -> Article:
        return only(
            tmp_path, docx(para("Fire in the port", style="Titel") + "".join(map(para, lines)) + para(RIVER))
        )

    article = read("Source: Reuters", "The Guardian, 5 May 2024")
    assert (article.source, article.outlet, str(article.date)) == ("Reuters", "The Guardian", "2024-05-05")
    article = read("Source: Ministry of Oil")
    assert (article.source, article.outlet) == ("Ministry of Oil", None)


def test_a_line_with_another_outlet_than_the_article_stays(tmp_path: Path) -> None:
    line = "Le Monde, 5 May 2024"
    article = only(
        tmp_path,
        docx(
            para("Fire in the port", style="Titel") + para("Outlet: Bay Courier") + para(line) + para(RIVER)
        ),
    )
    assert (article.outlet, str(article.date), texts(article)) == ("Bay Courier", "2024-05-05", [line, RIVER])


def test_a_subtitle_that_begins_with_by_is_no_byline(tmp_path: Path) -> None:
    line = "By Train Through Iraq"
    article = only(tmp_path, docx(para("A journey", style="Titel") + para(line) + para(RIVER)))
    assert (article.byline, texts(article)) == (None, [line, RIVER])


def test_the_time_of_a_template_is_no_date(tmp_path: Path) -> None:
    core = "<dc:creator>python-docx</dc:creator><dcterms:created>2013-12-23T23:15:00Z</dcterms:created>"
    assert only(tmp_path, docx(para(RIVER), core)).date is None


# ---- press reviews

REVIEW = (
    ("Flood closes two bridges", "The Bay Courier, 5 May 2024, p. 3", RIVER),
    ("No ferry until Friday", "Harbour Post, 6 May 2024", FERRY),
    ("Half a market is held", "The Bay Courier, 7 May 2024", MARKET),
)


def review_docx(style: str, *, before: str = "", between: str = "") -> bytes:
    """Return the articles of the review below headings of a style, each with a heading of its own inside."""
    return docx(
        before
        + between.join(
            para(title, style=style)
            + para(line)
            + para(text)
            + para("More", style="berschrift2")
            + para("It is so.")
            for title, line, text in REVIEW
        )
    )


@pytest.mark.parametrize("style", ["berschrift1", "Meldung"])
def test_a_press_review_is_divided_at_its_headings(tmp_path: Path, style: str) -> None:
    articles = articles_in(read_bytes(tmp_path, "a.docx", review_docx(style)))
    assert [(one.title, one.outlet, str(one.date)) for one in articles] == [
        ("Flood closes two bridges", "The Bay Courier", "2024-05-05"),
        ("No ferry until Friday", "Harbour Post", "2024-05-06"),
        ("Half a market is held", "The Bay Courier", "2024-05-07"),
    ]
    assert texts(articles[1]) == [FERRY, "More", "It is so."]
    assert [one.record for one in articles] == [1, 2, 3]


def test_the_cover_of_a_press_review_is_no_article_and_has_the_date_of_those_without(tmp_path: Path) -> None:
    data = docx(
        para("Press review of 8 May 2024", style="Titel")
        + para("Flood closes two bridges\t2")
        + "".join(
            para(title, style="berschrift1") + para(line) + para(text)
            for title, line, text in (*REVIEW, ("Rain again", "Rain is near.", "It rains."))
        )
    )
    articles = articles_in(read_bytes(tmp_path, "a.docx", data))
    assert [str(one.date) for one in articles] == ["2024-05-05", "2024-05-06", "2024-05-07", "2024-05-08"]
    assert articles[3].provenance["date"] == ("inferred", "the cover of the document")


def test_a_press_review_by_outlets_is_divided_at_the_headings_below_them(tmp_path: Path) -> None:
    data = docx(
        para("The Guardian", style="berschrift1")
        + para("Flood closes two bridges", style="berschrift2") + para("5 May 2024") + para(RIVER)
        + para("No ferry until Friday", style="berschrift2") + para("6 May 2024") + para(FERRY)
        + para("Local news", style="berschrift1")
        + para("Half a market is held", style="berschrift2") + para("7 May 2024") + para(MARKET)
    )  # fmt: skip
    articles = articles_in(read_bytes(tmp_path, "a.docx", data))
    assert [(one.title, one.outlet, one.section) for one in articles] == [
        ("Flood closes two bridges", "The Guardian", None),
        ("No ferry until Friday", "The Guardian", None),
        ("Half a market is held", None, "Local news"),
    ]
    assert [texts(one) for one in articles] == [[RIVER], [FERRY], [MARKET]]


@pytest.mark.parametrize("mark", ["<w:b/>", '<w:sz w:val="36"/>'])
def test_a_press_review_without_styles_is_divided_at_lines_that_stand_out(tmp_path: Path, mark: str) -> None:
    data = docx("".join(para(run(title, mark)) + para(line) + para(text) for title, line, text in REVIEW))
    articles = articles_in(read_bytes(tmp_path, "a.docx", data))
    assert [one.title for one in articles] == [title for title, _, _ in REVIEW]
    assert [texts(one) for one in articles] == [[text] for _, _, text in REVIEW]


def test_a_press_review_is_divided_where_pages_begin(tmp_path: Path) -> None:
    page = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    data = docx(page + page.join(para(title) + para(line) + para(text) for title, line, text in REVIEW))
    articles = articles_in(read_bytes(tmp_path, "a.docx", data))
    assert [one.title for one in articles] == [title for title, _, _ in REVIEW]


def test_a_document_with_chapters_is_one_article(tmp_path: Path) -> None:
    data = docx(
        para("A year of floods", style="Titel")
        + "".join(
            para(title, style="berschrift1") + para(text) + para("On 5 May 2024 the water fell, a witness said, and nobody had seen it so low.")
            for title, _, text in REVIEW
        )
    )  # fmt: skip
    article = only(tmp_path, data)
    assert article.title == "A year of floods"
    assert [one.kind for one in article.paragraphs].count("heading") == 3


def test_a_press_review_whose_headings_are_citations(tmp_path: Path) -> None:
    data = docx(
        "".join(
            para(heading, style="berschrift1") + para(RIVER)
            for heading in (
                "Le Monde, 6 May 2024: Flood in Basra",
                "No ferry until Friday (Harbour Post, 7 May 2024)",
            )
        )
    )
    articles = articles_in(read_bytes(tmp_path, "a.docx", data))
    assert [(one.title, one.outlet, str(one.date)) for one in articles] == [
        ("Flood in Basra", "Le Monde", "2024-05-06"),
        ("No ferry until Friday", "Harbour Post", "2024-05-07"),
    ]


def test_a_press_review_with_labels(tmp_path: Path) -> None:
    data = docx(
        "".join(
            para(run(title, "<w:b/>")) + para(f"Source: {outlet}") + para(f"Date: {date}") + para(RIVER)
            for title, outlet, date in (
                ("Flood in Basra", "The Bay Courier", "6 May 2024"),
                ("No ferry", "Harbour Post", "7 May 2024"),
            )
        )
    )
    articles = articles_in(read_bytes(tmp_path, "a.docx", data))
    assert [(one.title, one.outlet, str(one.date), texts(one)) for one in articles] == [
        ("Flood in Basra", "The Bay Courier", "2024-05-06", [RIVER]),
        ("No ferry", "Harbour Post", "2024-05-07", [RIVER]),
    ]


def test_a_chronology_is_one_article(tmp_path: Path) -> None:
    data = docx(
        para("The flood, day by day", style="Titel")
        + "".join(
            para(f"{day} May 2024: {title}", style="berschrift2") + para(text)
            for day, (title, _, text) in enumerate(REVIEW, 1)
        )
    )
    assert only(tmp_path, data).title == "The flood, day by day"


def test_a_diary_a_report_with_sources_and_towns_above_agencies_are_one_article_each(tmp_path: Path) -> None:
    diary = (
        para("War in three days", style="berschrift1")
        + para("It was long.")
        + "".join(
            para(f"Day {day}", style="berschrift2") + para(f"{day} May 2024") + para(RIVER)
            for day in (1, 2, 3)
        )
    )
    report = para("Report on water", style="Titel") + "".join(
        para(f"Chapter {number}", style="berschrift1") + para(RIVER) + para(f"Source: https://e.org/{number}")
        for number in (1, 2, 3)
    )
    towns = para("Three weeks in Iraq", style="Titel") + "".join(
        para(run(town, "<w:b/>")) + para(agency) + para(RIVER)
        for town, agency in (("Basra", "Reuters"), ("Erbil", "BBC"))
    )
    titles = [only(tmp_path, docx(body)).title for body in (diary, report, towns)]
    assert titles == ["War in three days", "Report on water", "Three weeks in Iraq"]
    article = only(tmp_path, docx(report))
    assert (article.url, article.outlet) == (None, None)
    assert [text for text in texts(article) if text.startswith("Source")] == [
        f"Source: https://e.org/{number}" for number in (1, 2, 3)
    ]


def test_places_in_front_of_dates_are_no_outlets(tmp_path: Path) -> None:
    data = docx("".join(
        para(title, style="berschrift1") + para(f"{place}, 5 May 2024") + para(RIVER)
        for title, place in (("Talks resume", "London"), ("Fire in port", "Paris"))
    ))  # fmt: skip
    assert {one.outlet for one in articles_in(read_bytes(tmp_path, "a.docx", data))} == {None}


TOWNS = {
    "en": (("Talks resume", "Stoke-on-Trent, 5 May 2024"), ("Fire in port", "Ramadi, 6 May 2024")),
    "de": (("Streit um die Brücke", "Düren, 5. Mai 2024"), ("Feuer im Hafen", "Bad Kreuznach, 6. Mai 2024")),
    "fr": (("Le pont est fermé", "Saint-Étienne, le 5 mai 2024"), ("Feu au port", "Quimper, le 6 mai 2024")),
    "es": (("El puente está cerrado", "Albacete, 5 de mayo de 2024"), ("Fuego en el puerto", "La Coruña, 6 de mayo de 2024")),
    "it": (("Il ponte è chiuso", "Vercelli, 5 maggio 2024"), ("Fuoco nel porto", "L'Aquila, 6 maggio 2024")),
}  # fmt: skip


@pytest.mark.parametrize("lang", TOWNS)
def test_towns_that_no_list_has_are_no_outlets(tmp_path: Path, lang: str) -> None:
    data = docx("".join(
        para(title, style="berschrift1") + para(line) + para(RIVER) for title, line in TOWNS[lang]
    ))  # fmt: skip
    assert {one.outlet for one in articles_in(read_bytes(tmp_path, "a.docx", data))} == {None}


def test_a_town_beside_outlets_is_one_that_its_article_names(tmp_path: Path) -> None:
    review = (
        ("Streit um die Brücke", "Düren, 5. Mai 2024", "Der Rat von Düren hat am Montag beschlossen, die Brücke zu sperren."),
        ("Feuer im Hafen", "Hafenblatt, 6. Mai 2024", RIVER),
        ("Keine Fähre", "Seewacht, 7. Mai 2024", FERRY),
        ("Der Markt", "Rheinische Zeitung, 8. Mai 2024, S. 4", MARKET),
    )  # fmt: skip
    data = docx(
        "".join(para(title, style="berschrift1") + para(line) + para(text) for title, line, text in review)
    )
    articles = articles_in(read_bytes(tmp_path, "a.docx", data))
    assert [one.outlet for one in articles] == [None, "Hafenblatt", "Seewacht", "Rheinische Zeitung"]
    assert [str(one.date) for one in articles] == [f"2024-05-0{day}" for day in (5, 6, 7, 8)]
    assert articles[0].paragraphs[0].text == "Düren, 5. Mai 2024"
    assert articles[2].provenance["outlet"].known == "inferred"


def test_a_word_between_an_outlet_and_a_date_belongs_to_neither(tmp_path: Path) -> None:
    lines = ("Hafenblatt vom 7. Mai 2024", "Le Courrier du 8 mai 2024", "Bay Post of 9 May 2024")
    data = docx(
        "".join(
            para(f"Story {n}", style="berschrift1") + para(line) + para(RIVER) for n, line in enumerate(lines)
        )
    )
    articles = articles_in(read_bytes(tmp_path, "a.docx", data))
    assert [one.outlet for one in articles] == ["Hafenblatt", "Le Courrier", "Bay Post"]
    assert [str(one.date) for one in articles] == ["2024-05-07", "2024-05-08", "2024-05-09"]


def test_an_introduction_of_short_sentences_in_front_of_a_press_review_is_an_article(tmp_path: Path) -> None:
    before = para("Press review", style="Titel") + "".join(para(text) for text in (RIVER, FERRY, MARKET))
    articles = articles_in(read_bytes(tmp_path, "a.docx", review_docx("berschrift1", before=before)))
    assert (articles[0].title, texts(articles[0])) == ("Press review", [RIVER, FERRY, MARKET])
    assert len(articles) == 4


def test_a_headline_that_stands_out_is_preferred_to_lines_above_it(tmp_path: Path) -> None:
    data = docx(
        para("PRESS RELEASE No. 12")
        + para("6 May 2024")
        + para(run("Flood in Basra", "<w:b/>"))
        + para(RIVER)
    )
    article = only(tmp_path, data)
    assert (article.title, str(article.date), texts(article)) == (
        "Flood in Basra",
        "2024-05-06",
        ["PRESS RELEASE No. 12", RIVER],
    )


def test_lines_of_wrapped_paragraphs_are_joined(tmp_path: Path) -> None:
    lines = [
        "The river rose above its banks on Monday, and the council closed two",
        "bridges until the water falls. Nobody was hurt, a spokesman of the",
        "council said, but some of the houses were empty.",
        "On Tuesday the water fell again, and the council opened one of the",
        "bridges, which is the older one of the two. The other stays closed until",
        "somebody has looked at its pillars.",
    ]
    article = only(tmp_path, docx("".join(map(para, ["Flood in Basra", *lines]))))
    assert article.title == "Flood in Basra"
    assert texts(article) == [" ".join(lines[:3]), " ".join(lines[3:])]


# ---- RTF


def test_rtf_has_title_headings_and_text_and_what_is_not_text_is_left_out(tmp_path: Path) -> None:
    body = (
        r"{\header\pard The Bay Courier\par}{\*\unknown\par secret}"
        r"\pard\s9 Flood in Basra\par\pard By Ines Varga\par\pard May 5, 2024\par"
        rf"\pard {RIVER}{{\super\chftn{{\footnote\pard\plain {{\super\chftn}} Built in 1903.\par}}}}\par"
        r"\pard\s2 What comes next\par\pard It {\deleted never }{\v hid }rained.\par"
        r"{\field{\*\fldinst{HYPERLINK 'https://e.org/a'}}{\fldrslt{\ul The council}}} met."
        r"{\field{\*\fldinst PAGE}{\fldrslt 17}}{\pict\pngblip 89504e47}{\annotation Check!}\par"
        r"\trowd\cellx1\cellx2\pard\intbl Town\cell Dead\cell\row\trowd\pard\intbl Basra\cell 3\cell\row\pard\par"
    )
    article = only(tmp_path, rtf(body), "a.rtf")
    assert (article.title, article.byline, str(article.date)) == (
        "Flood in Basra",
        "Ines Varga",
        "2024-05-05",
    )
    assert [(one.kind, one.text) for one in article.paragraphs] == [
        ("text", RIVER), ("heading", "What comes next"), ("text", "It rained."), ("text", "The council met."),
        ("list", "Town | Dead; Basra | 3"), ("text", "Built in 1903."),
    ]  # fmt: skip


def test_rtf_in_any_encoding(tmp_path: Path) -> None:
    body = (
        r"\pard\plain na\'efve \u8364?5 \u-10179?\u-8704? {\f1\'cf\'f0\'e8\'e2\'e5\'f2} {\uc2\u1055\'3f\'3fx} \emdash\~a\_b \{c\} \\"
        "\n\\par"
    )
    article = only(tmp_path, rtf(rf"\pard {RIVER}\par {body}"), "a.rtf")
    assert texts(article)[1] == "naïve €5 😀 Привет Пx — a-b {c} \\"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"{\u8217}s fine {\u8220}Hello", "’s fine “Hello"),
        (r"a \u8212\emdash b", "a —b"),
        (r"Up {\upr{aa}{\*\ud{bb}}} end", "Up bb end"),
        (r"{\object\objemb{\*\objdata 0102}{\result {\pard Embedded words\par}}}", "Embedded words"),
        ("x\\column y, tab\\\tz", "x y, tab z"),
        (r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}}{\shprslt{\*\do{\dptxbx{\dptxbxtext Box\par}}}}}", "Box"),
        (r"{\shp{\*\shpinst{\shptxt Box\par}}{\shprslt{\*\do{\dptxbx{\dptxbxtext Box\par}}}}}", "Box"),
    ],
)
def test_groups_and_signs_of_rtf(tmp_path: Path, body: str, text: str) -> None:
    assert texts(only(tmp_path, rtf(rf"\pard {RIVER}\par\pard {body}\par"), "a.rtf")) == [RIVER, text]


def test_the_encoding_of_rtf_is_that_of_its_default_font_or_of_the_macintosh(tmp_path: Path) -> None:
    cyrillic = rf"{{\rtf1\ansi\deff0{{\fonttbl{{\f0\fcharset204 Arial;}}}}\pard \'cf\'f0\'e8\'e2\'e5\'f2, \u1084?\'e8\'f0.\par {RIVER}\par}}"
    assert texts(only(tmp_path, cyrillic.encode(), "a.rtf"))[0] == "Привет, мир."
    macintosh = rf"{{\rtf1\mac\ansicpg10000 A caf\'8e is here.\par {RIVER}\par}}"
    assert texts(only(tmp_path, macintosh.encode(), "a.rtf"))[0] == "A café is here."


def test_a_plain_text_with_the_suffix_of_rtf_is_plain_text(tmp_path: Path) -> None:
    article = only(tmp_path, f"Some title {{x}}\n\n{RIVER}\n\n{FERRY}\n".encode(), "a.rtf")
    assert (article.title, texts(article)) == ("Some title {x}", [RIVER, FERRY])


def test_the_information_of_rtf(tmp_path: Path) -> None:
    info = r"{\title Flood in Basra}{\author Ines Varga}{\creatim\yr2024\mo5\dy6\hr10\min2}{\operator Someone Else}"
    article = only(tmp_path, rtf(rf"\pard {RIVER}\par\pard {FERRY}\par", info), "a.txt")
    assert (article.title, article.byline, str(article.date)) == (
        "Flood in Basra",
        "Ines Varga",
        "2024-05-06",
    )


def test_a_press_review_in_rtf(tmp_path: Path) -> None:
    body = "".join(
        rf"\pard\s1 {title}\par\pard {line}\par\pard {text}\par\page " for title, line, text in REVIEW
    )
    articles = articles_in(read_bytes(tmp_path, "a.rtf", rtf(body)))
    assert [(one.title, one.outlet) for one in articles] == [
        ("Flood closes two bridges", "The Bay Courier"),
        ("No ferry until Friday", "Harbour Post"),
        ("Half a market is held", "The Bay Courier"),
    ]


# ---- OpenDocument


def test_a_document_of_libreoffice(tmp_path: Path) -> None:
    deleted = "<text:tracked-changes><text:changed-region><text:deletion><text:p>Never.</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    note = '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>Built in 1903.</text:p></text:note-body></text:note>'
    article = only(
        tmp_path,
        open_document(
            deleted
            + '<text:p text:style-name="Title">Flood in Basra</text:p><text:p>By Ines Varga</text:p><text:p>May 5, 2024</text:p>'
            + "<text:table-of-content><text:index-body><text:p>What comes next\t2</text:p></text:index-body></text:table-of-content>"
            + f'<text:p>The council <text:span text:style-name="T2">closed</text:span>{note}<text:span text:style-name="T1"> hidden</text:span>'
            + '<text:s text:c="2"/>two<office:annotation><text:p>Check!</text:p></office:annotation> bri\u00addges on page <text:page-number>3</text:page-number>one.</text:p>'
            + f'<text:h text:outline-level="2">What comes next</text:h><text:p text:style-name="Quotations">{FERRY}</text:p>'
            + f"<text:list><text:list-item><text:p>{MARKET}</text:p></text:list-item></text:list>"
            + f"<text:p><draw:frame><draw:text-box><text:p>{RIVER}</text:p></draw:text-box></draw:frame></text:p>"
            + "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Town</text:p></table:table-cell>"
            "<table:table-cell><text:p>Dead</text:p></table:table-cell></table:table-row></table:table-header-rows></table:table>"
        ),
        "a.odt",
    )
    assert (article.title, article.byline, str(article.date)) == (
        "Flood in Basra",
        "Ines Varga",
        "2024-05-05",
    )
    assert [(one.kind, one.text) for one in article.paragraphs] == [
        ("text", "The council closed two bridges on page one."), ("heading", "What comes next"), ("quote", FERRY),
        ("list", MARKET), ("text", RIVER), ("list", "Town | Dead"), ("text", "Built in 1903."),
    ]  # fmt: skip


def test_a_press_review_of_libreoffice_is_divided_by_headings_that_styles_make(tmp_path: Path) -> None:
    body = "".join(
        f'<text:p text:style-name="P1">{title}</text:p><text:p>{line}</text:p><text:p>{text}</text:p>'
        for title, line, text in REVIEW
    )
    articles = articles_in(read_bytes(tmp_path, "a.odt", open_document(body)))
    assert [(one.title, one.outlet) for one in articles] == [
        ("Flood closes two bridges", "The Bay Courier"),
        ("No ferry until Friday", "Harbour Post"),
        ("Half a market is held", "The Bay Courier"),
    ]


def test_flat_xml_and_the_properties_of_opendocument(tmp_path: Path) -> None:
    about = "<dc:title>Flood in Basra</dc:title><meta:initial-creator>Ines Varga</meta:initial-creator><meta:creation-date>2024-05-06T10:00:00</meta:creation-date>"
    body = f"<text:p>{RIVER}</text:p><text:p>{FERRY}</text:p>"
    flat = f"<office:document {OFFICE}><office:meta>{about}</office:meta><office:body><office:text>{body}</office:text></office:body></office:document>"
    for name, data in (("a.odt", open_document(body, about=about)), ("a.xml", flat.encode())):
        article = only(tmp_path, data, name)
        assert (article.title, article.byline, str(article.date)[:10]) == (
            "Flood in Basra",
            "Ines Varga",
            "2024-05-06",
        )
        assert texts(article) == [RIVER, FERRY]


def test_an_encrypted_opendocument_file_and_a_drawing_are_rejected(tmp_path: Path) -> None:
    data = open_document("<text:p>x</text:p>", manifest="<encryption-data/>")
    assert rejection(tmp_path, data, "a.odt") == "an encrypted document"
    assert rejection(tmp_path, open_document("", "graphics"), "a.odg").endswith(
        "which is not read: save it as PDF or .odt"
    )


# ---- presentations


def test_a_presentation_has_slides_with_titles_and_notes(tmp_path: Path) -> None:
    data = pptx(
        shape("Ines Varga, 5 May 2024", place="subTitle") + shape("Flood in Basra", place="ctrTitle"),
        shape("What happened", place="title") + shape(RIVER, FERRY) + shape("7", place="sldNum"),
        notes={2: shape("Built in 1903.") + shape("2", place="sldNum")},
    )
    article = only(tmp_path, data, "a.pptx")
    assert (article.title, str(article.date)) == ("Flood in Basra", "2024-05-05")
    assert [(one.kind, one.text) for one in article.paragraphs] == [
        ("text", "Ines Varga, 5 May 2024"), ("heading", "What happened"), ("list", RIVER), ("list", FERRY), ("text", "Built in 1903."),
    ]  # fmt: skip


def test_a_presentation_of_libreoffice(tmp_path: Path) -> None:
    def page(title: str, text: str) -> str:
        def frame(kind: str, words: str) -> str:
            return f'<draw:frame presentation:class="{kind}"><draw:text-box><text:p>{words}</text:p></draw:text-box></draw:frame>'

        return f"<draw:page>{frame('title', title)}{frame('outline', text)}</draw:page>"

    article = only(
        tmp_path, open_document(page("Flood in Basra", RIVER) + page("More", FERRY), "presentation")
    )
    assert article.title == "Flood in Basra"
    assert texts(article) == [RIVER, "More", FERRY]


def test_hidden_slides_and_diagrams_are_counted(tmp_path: Path) -> None:
    diagram = "<p:graphicFrame><a:graphic><a:graphicData><x:relIds xmlns:x='x'/></a:graphicData></a:graphic></p:graphicFrame>"
    data = pptx(shape("Flood", place="title") + shape(RIVER) + diagram, shape(FERRY))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    hidden = members["ppt/slides/slide2.xml"]
    assert isinstance(hidden, bytes)
    members["ppt/slides/slide2.xml"] = hidden.replace(b"<p:sld ", b'<p:sld show="0" ')
    items = list(readers.read_file(written(tmp_path, "a.pptx", packed(members)), "a.pptx", ReadOptions()))
    assert sorted(one.kind for one in items if isinstance(one, Skipped)) == [
        "charts and diagrams",
        "hidden slides",
    ]


DIAGRAM = (
    "<dgm:dataModel xmlns:dgm='d' xmlns:a='a'><dgm:ptLst><dgm:pt modelId='0' type='doc'/>"
    "<dgm:pt modelId='1'><dgm:t><a:p><a:r><a:t>Pumps start</a:t></a:r></a:p></dgm:t></dgm:pt>"
    "<dgm:pt modelId='2'><dgm:t><a:p><a:r><a:t>The river </a:t></a:r><a:r><a:t>rises</a:t></a:r></a:p></dgm:t></dgm:pt>"
    "<dgm:pt modelId='3' type='parTrans'><dgm:t><a:p><a:r><a:t>an arrow</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst>"
    "<dgm:cxnLst><dgm:cxn srcId='0' destId='1' srcOrd='1'/><dgm:cxn srcId='0' destId='2' srcOrd='0'/></dgm:cxnLst></dgm:dataModel>"
)
CHART = (
    "<c:chartSpace xmlns:c='c' xmlns:a='a'><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Water in the river</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    "<c:plotArea><c:barChart>"
    + "".join(
        f"<c:ser><c:tx><c:strRef><c:strCache><c:pt idx='0'><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>"
        "<c:cat><c:strRef><c:strCache><c:pt idx='0'><c:v>Monday</c:v></c:pt><c:pt idx='1'><c:v>Tuesday</c:v></c:pt></c:strCache></c:strRef></c:cat>"
        "<c:val><c:numRef><c:numCache><c:pt idx='0'><c:v>4.30000001</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>"
        for name in ("Basra", "Amara")
    )
    + "</c:barChart></c:plotArea></c:chart></c:chartSpace>"
)
WORDS_OF_DRAWINGS = [
    ("list", "The river rises; Pumps start"), ("caption", "Water in the river"), ("list", "Basra | Amara; Monday | Tuesday"),
]  # fmt: skip


def with_parts(data: bytes, **parts: str) -> bytes:
    """Return a zip with more members, or others; two underscores in a name stand for a slash."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    return packed(members | {name.replace("__", "/"): part for name, part in parts.items()})


def drawn(prefix: str) -> dict[str, str]:
    relations = (
        "<Relationships><Relationship Id='d1' Type='x/diagramData' Target='../diagrams/data1.xml'/>"
        "<Relationship Id='c1' Type='x/chart' Target='../charts/chart1.xml'/></Relationships>"
    )
    return {
        f"{prefix}/diagrams/data1.xml": DIAGRAM,
        f"{prefix}/charts/chart1.xml": CHART,
        "relations": relations,
    }


GRAPHICS = (
    "<a:graphic><a:graphicData><x:relIds xmlns:x='x' r:dm='d1'/></a:graphicData></a:graphic>",
    ("<a:graphic><a:graphicData><c:chart xmlns:c='c' r:id='c1'/></a:graphicData></a:graphic>"),
)


def test_a_presentation_has_the_words_of_its_diagrams_and_charts(tmp_path: Path) -> None:
    parts = drawn("ppt")
    frames = "".join(f"<p:graphicFrame>{one}</p:graphicFrame>" for one in GRAPHICS)
    data = with_parts(
        pptx(shape("Flood in Basra", place="title") + shape(RIVER) + frames),
        **{"ppt/slides/_rels/slide1.xml.rels": parts.pop("relations")},
        **parts,
    )
    items = read_bytes(tmp_path, "a.pptx", data)
    (article,) = articles_in(items)
    assert [(one.kind, one.text) for one in article.paragraphs][1:] == WORDS_OF_DRAWINGS


def test_a_document_has_the_words_of_its_diagrams_and_charts(tmp_path: Path) -> None:
    parts = drawn("word")
    inner = "".join(f"<w:r><w:drawing>{one}</w:drawing></w:r>" for one in GRAPHICS)
    body = (
        para("Flood in Basra", style="Titel") + para(RIVER) + f"<w:p xmlns:a='a'>{inner}</w:p>" + para(FERRY)
    )
    relations = parts.pop("relations").replace("../", "")
    data = with_parts(docx(body), **{"word/_rels/document.xml.rels": relations}, **parts)
    article = only(tmp_path, data)
    assert [(one.kind, one.text) for one in article.paragraphs] == [
        ("text", RIVER),
        *WORDS_OF_DRAWINGS,
        ("text", FERRY),
    ]


def test_a_broken_diagram_in_a_document_is_counted(tmp_path: Path) -> None:
    body = (
        para("Flood in Basra", style="Titel")
        + para(RIVER)
        + f"<w:p xmlns:a='a'><w:r><w:drawing>{GRAPHICS[0]}</w:drawing></w:r></w:p>"
    )
    relations = drawn("word")["relations"].replace("../", "")
    data = with_parts(
        docx(body), **{"word/_rels/document.xml.rels": relations, "word/diagrams/data1.xml": "<a"}
    )
    items = list(readers.read_file(written(tmp_path, "a.docx", data), "a.docx", ReadOptions()))
    assert [one.kind for one in items if isinstance(one, Skipped)] == ["charts and diagrams"]
    assert [texts(one) for one in items if isinstance(one, Article)] == [[RIVER]]


def test_words_of_references_and_drawings_in_opendocument(tmp_path: Path) -> None:
    body = (
        "<text:p>The <text:meta-field>river</text:meta-field>, see <text:bookmark-ref>Chapter Three</text:bookmark-ref>,"
        f" flo<draw:line><text:p>{RIVER}</text:p></draw:line>oded.</text:p><text:p>{FERRY}</text:p>"
    )
    assert texts(only(tmp_path, open_document(body), "a.odt")) == [
        "The river, see Chapter Three, flooded.", RIVER, FERRY,
    ]  # fmt: skip


# ---- books


def test_an_issue_of_a_newspaper_as_a_book_is_divided_into_its_articles(tmp_path: Path) -> None:
    pages = {"nav": "<h1>Contents</h1><p>Flood closes two bridges</p>"} | {
        f"p{number}": f"<h1>{title}</h1><p>By {author}</p><p>{text}<a epub:type='noteref' href='#n'>1</a></p><h2>More</h2>"
        f"<blockquote><p>It is so.</p></blockquote><aside epub:type='footnote' id='n'><p>Built in 1903.</p></aside>"
        for number, ((title, _, text), author) in enumerate(
            zip(REVIEW, ("Ines Varga", "Tom Okafor", "Lea Brandt"), strict=True)
        )
    }
    about = "<title>The Guardian [Sun, 05 May 2024]</title><creator>calibre</creator><date>2024-05-05T04:00:00+00:00</date><language>en</language>"
    articles = articles_in(read_bytes(tmp_path, "a.epub", epub(pages, about)))
    assert [(one.title, one.byline, one.outlet, str(one.date)[:10]) for one in articles] == [
        ("Flood closes two bridges", "Ines Varga", "The Guardian", "2024-05-05"),
        ("No ferry until Friday", "Tom Okafor", "The Guardian", "2024-05-05"),
        ("Half a market is held", "Lea Brandt", "The Guardian", "2024-05-05"),
    ]
    assert [(one.kind, one.text) for one in articles[0].paragraphs] == [
        ("text", RIVER), ("heading", "More"), ("quote", "It is so."), ("text", "Built in 1903."),
    ]  # fmt: skip


def test_a_book_is_one_article_and_one_with_copy_protection_is_rejected(tmp_path: Path) -> None:
    pages = {
        "a": f"<h1>One</h1><p>{RIVER}</p>",
        "b": f"<h1>Two</h1><p>{FERRY} &nbsp; <br>unclosed<p>{MARKET}",
    }
    about = "<title>A year of floods</title><creator>Ines Varga</creator><creator>Tom Okafor</creator>"
    article = only(tmp_path, epub(pages, about), "a.epub")
    assert [one.text for one in article.paragraphs if one.kind == "heading"] == ["Two"]
    assert MARKET in texts(article)
    protected = epub(
        pages, about, **{"META-INF__encryption.xml": "<x><enc:EncryptedData xmlns:enc='e'/></x>"}
    )
    assert rejection(tmp_path, protected, "a.epub") == "a book with copy protection (DRM)"


def test_a_chapter_with_another_suffix_is_read_and_what_is_missing_or_aside_is_counted(
    tmp_path: Path,
) -> None:
    book = (
        '<package><metadata/><manifest><item id="a" href="a.xht"/><item id="b" href="b"/><item id="c" href="c.xhtml"/>'
        '<item id="d" href="d.xhtml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/><itemref idref="c"/>'
        '<itemref idref="d" linear="no"/></spine></package>'
    )
    page = "<html><body><p>{}</p></body></html>"
    data = packed({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>',
        "c.opf": book, "a.xht": page.format(RIVER), "b": page.format(FERRY), "d.xhtml": page.format(MARKET),
    })  # fmt: skip
    items = list(readers.read_file(written(tmp_path, "a.epub", data), "a.epub", ReadOptions()))
    (article,) = [one for one in items if isinstance(one, Article)]
    assert texts(article) == [RIVER, FERRY]
    assert [one.kind for one in items if isinstance(one, Skipped)] == [
        "chapters of books that are missing",
        "chapters of books beside the text",
    ]


def test_a_table_in_a_cell_of_a_book_is_read_once_and_captions_are_read(tmp_path: Path) -> None:
    table = "<table><caption>Words</caption><tr><td>Outer<table><tr><td>in1</td><td>in2</td></tr></table></td><td>B</td></tr></table>"
    article = only(tmp_path, epub({"a": f"<h1>One</h1><p>{RIVER}</p>{table}"}, ""), "a.epub")
    assert texts(article) == [RIVER, "Words", "Outer in1 | in2 | B"]


def test_an_unpacked_document_beside_other_files_hides_none_of_them(tmp_path: Path) -> None:
    text = f"Fire in port\n\n{FERRY}\n"
    for inner in (epub({"a": f"<p>{RIVER}</p>"}, ""), docx(para(RIVER))):
        with zipfile.ZipFile(io.BytesIO(inner)) as archive:
            members: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
        members.pop("mimetype", None)
        for name in ("articles/one.txt", "two.txt"):
            items = read_bytes(tmp_path, "a.zip", packed({name: text} | members))
            titles = [one.title for one in items if isinstance(one, Article)]
            assert "Fire in port" in titles


def test_a_document_with_members_of_other_programs_is_a_document(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(docx(para(RIVER)))) as archive:
        members: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    data = packed(members | {"plugin/state.dat": b"x", "drs/shape.xml": "<x/>", "thumbnail.wmf": b"x"})
    assert texts(only(tmp_path, data)) == [RIVER]


# ---- spreadsheets


def workbook(rows: list[list[object]], *others: list[list[object]]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for number, sheet in enumerate([rows, *others]):
        page = book.active if number == 0 else book.create_sheet(f"Sheet {number + 1}")
        for row in sheet:
            page.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


ROWS: list[list[object]] = [
    ["Titel", "Medium", "Datum", "Text", "Wörter"],
    ["Flood in Basra", "The Bay Courier", dt.datetime(2024, 5, 6), f"{RIVER}\n{FERRY}", 12.0],
    [None, None, None, None, None],
    ["No ferry", "Harbour Post", dt.datetime(2024, 5, 7, 10, 30), FERRY, 5],
]


def test_a_workbook_of_excel_is_a_table_below_what_is_above_its_columns(tmp_path: Path) -> None:
    data = workbook([["Media monitoring"], [], *ROWS], [["a", "b"], ["x", 1]])
    items = list(
        readers.read_file(
            written(tmp_path, "a.xlsx", data),
            "a.xlsx",
            ReadOptions(fields=(KeptField("words", "Wörter", "number"),)),
        )
    )
    first, second = [item for item in items if isinstance(item, Article)]
    assert (first.title, first.outlet, str(first.date), first.extra) == (
        "Flood in Basra",
        "The Bay Courier",
        "2024-05-06",
        {"words": 12},
    )
    assert texts(first) == [RIVER, FERRY]
    assert (second.title, str(second.date), second.record) == ("No ferry", "2024-05-07 10:30:00", 2)
    assert [item.kind for item in items if isinstance(item, Skipped)] == ["sheets without articles"]


def test_a_sheet_that_is_too_large_says_so_and_empty_columns_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles: list[list[object]] = [[f"Title {n}", RIVER] for n in range(300)]
    rows: list[list[object]] = [["title", "text"], *titles]
    monkeypatch.setattr("newssearch.readers.documents.spreadsheets.MOST_CELLS", 1_000)
    assert len(articles_in(read_bytes(tmp_path, "a.xlsx", workbook(rows)))) == 300
    monkeypatch.setattr("newssearch.readers.documents.spreadsheets.MOST_CELLS", 500)
    *articles, last = read_bytes(tmp_path, "b.xlsx", workbook(rows))
    assert isinstance(last, Rejected)
    assert last.reason == "a sheet with more than 500 cells: save it as CSV"
    assert 100 < len(articles) < 300


def test_a_cell_with_the_name_of_a_column_is_no_heading_and_hidden_sheets_are_counted(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["1", "Fire in port", RIVER],
        ["2", "No ferry", FERRY],
        ["3", "Story", MARKET],
    ]
    columns = (("title", "2"), ("text", "3"))
    assert len(articles_in(read_bytes(tmp_path, "a.xlsx", workbook(rows), columns=columns))) == 3
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(workbook(ROWS, ROWS)))
    book.worksheets[1].sheet_state = "hidden"
    book.save(tmp_path / "b.xlsx")
    items = list(readers.read_file(tmp_path / "b.xlsx", "b.xlsx", ReadOptions()))
    assert [one.kind for one in items if isinstance(one, Skipped)] == ["hidden sheets"]


def test_a_workbook_without_articles_is_rejected_with_its_columns(tmp_path: Path) -> None:
    assert "1 'a', 2 'b'" in rejection(tmp_path, workbook([["a", "b"], ["x", 1]]), "a.xlsx")
    assert rejection(tmp_path, workbook([]), "a.xlsx") == "a spreadsheet without rows"


def test_a_spreadsheet_of_libreoffice(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(text: str, attributes: str = "") -> str:
        return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"

    body = (
        '<table:table table:name="A">'
        + row(cell("title"), cell("text"), cell("date"), cell("outlet"))
        + row(
            cell("Flood in Basra"),
            cell(RIVER),
            cell("06.05.24", 'office:date-value="2024-05-06"'),
            cell("Harbour Post"),
        )
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        + "</table:table>"
    )
    article = only(tmp_path, open_document(body, "spreadsheet"), "a.ods")
    assert (article.title, str(article.date), article.outlet, texts(article)) == (
        "Flood in Basra",
        "2024-05-06",
        "Harbour Post",
        [RIVER],
    )


# ---- notes


def enex(*notes: str) -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE en-export SYSTEM "x.dtd"><en-export>{"".join(notes)}</en-export>'.encode()


def note(title: str, content: str, more: str = "") -> str:
    return f"<note><title>{title}</title><content><![CDATA[<!DOCTYPE en-note SYSTEM 'x'><en-note>{content}</en-note>]]></content>{more}</note>"


def test_each_note_of_an_export_of_evernote_is_an_article(tmp_path: Path) -> None:
    clipped = (
        "<created>20240506T100000Z</created><tag>floods</tag><tag>Basra</tag><note-attributes>"
        "<source-url>https://www.theguardian.com/a/1</source-url></note-attributes>"
        f"<resource><data>{'A' * 3_000_000}</data></resource>"
    )
    data = enex(
        note(
            "Flood in Basra",
            f"<div>{RIVER}</div><div><br/></div><h2>More &amp; more</h2><div>{FERRY}</div>",
            clipped,
        ),
        note("No ferry", f"<p>{MARKET}</p>"),
    )
    first, second = articles_in(
        read_bytes(tmp_path, "a.enex", data, fields=(KeptField("own_tag", "tag", "value"),))
    )
    assert (first.title, first.url, first.outlet, first.extra) == (
        "Flood in Basra",
        "https://www.theguardian.com/a/1",
        "The Guardian",
        {"own_tag": "floods, Basra"},
    )
    assert first.provenance["date"] == ("inferred", "when the document was made")
    assert texts(first) == [RIVER, "More & more", FERRY]
    assert (second.title, texts(second)) == ("No ferry", [MARKET])


def test_clips_of_one_page_are_articles_of_their_own(tmp_path: Path) -> None:
    def clip(title: str, address: str) -> str:
        return note(
            title, f"<p>{RIVER}</p>", f"<note-attributes><source-url>{address}</source-url></note-attributes>"
        )

    live, front = "https://www.theguardian.com/live/1", "https://www.theguardian.com/"
    data = enex(clip("One", live), clip("Two", live), clip("Three", front))
    articles = articles_in(read_bytes(tmp_path, "a.enex", data))
    assert [(one.url, one.outlet) for one in articles] == [
        (live, "The Guardian"), (None, "The Guardian"), (None, "The Guardian"),
    ]  # fmt: skip
    assert articles[2].provenance["outlet"][0] == "inferred"


def test_a_note_that_is_cut_off_is_rejected(tmp_path: Path) -> None:
    data = enex(note("One", f"<p>{RIVER}</p>"), note("Two", f"<p>{FERRY}</p>"))[:-60]
    first, second = read_bytes(tmp_path, "a.enex", data)
    assert isinstance(first, Article)
    assert isinstance(second, Rejected)
    assert second.reason == "a note that is cut off: the file ends in the middle of it"


def test_a_note_that_is_too_large_or_broken_is_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    data = enex(
        note("Large", "x" * 3_000_000), "<note><title>Broken</note>", note("No ferry", f"<p>{MARKET}</p>")
    )
    items = read_bytes(tmp_path, "a.enex", data, limits=Limits(document=100_000))
    assert [isinstance(item, Rejected) for item in items] == [True, True, False]


# ---- trust


def rejection(tmp_path: Path, data: bytes, name: str = "a.docx", **options: object) -> str:
    (item,) = read_bytes(tmp_path, name, data, **options)
    assert isinstance(item, Rejected)
    return item.reason


def test_a_document_in_a_zip_is_read(tmp_path: Path) -> None:
    article = only(tmp_path, packed({"b/a.docx": docx(para(RIVER)), "c/photo.jpg": b"x"}), "a.zip")
    assert (article.member, texts(article)) == ("b/a.docx", [RIVER])


def test_pictures_do_not_count_for_the_limit_of_a_document(tmp_path: Path) -> None:
    buffer = io.BytesIO(docx(para(RIVER)))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/media/image1.png", bytes(200_000))
    options = {"limits": Limits(document=100_000)}
    assert texts(articles_in(read_bytes(tmp_path, "a.docx", buffer.getvalue(), **options))[0]) == [RIVER]


def test_a_document_that_expands_without_end_is_rejected(tmp_path: Path) -> None:
    data = docx(para("x" * 500_000))
    assert rejection(tmp_path, data, limits=Limits(document=400_000)) == (
        "a document whose text is larger than 400000 bytes"
    )
    assert "decompression bomb" in rejection(tmp_path, data, limits=Limits(unpacked=10_000, ratio=2))


def test_a_document_with_too_many_elements_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newssearch.readers.documents.package.MOST_TAGS", 1_000)
    assert texts(only(tmp_path, docx(para(RIVER) * 100)))
    assert rejection(tmp_path, docx(para(RIVER) * 300)) == "a document with more than 1,000 elements"


def test_a_document_with_entities_is_rejected(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "ccc">]><w:document xmlns:w="w"><w:body>&b;</w:body></w:document>'
    data = packed({"[Content_Types].xml": "<Types/>", "word/document.xml": bomb})
    assert "entities" in rejection(tmp_path, data)


def test_a_document_with_a_password_in_the_zip_is_rejected(tmp_path: Path) -> None:
    data = bytearray(docx(para(RIVER)))
    for start in [at for at in range(len(data)) if data.startswith(b"PK\x01\x02", at)]:
        data[start + 8] |= 1
    assert rejection(tmp_path, bytes(data)) == "an encrypted document"


def test_a_document_that_is_cut_off_broken_empty_or_nested_is_rejected(tmp_path: Path) -> None:
    data = docx(para(RIVER))
    assert "broken" in rejection(tmp_path, data[:-30])
    no_body = packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
    assert rejection(tmp_path, no_body) == "a broken document: it has no text part"
    not_xml = packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:p"})
    assert rejection(tmp_path, not_xml).startswith("broken XML")
    assert rejection(tmp_path, docx(para())) == "a document without text"
    assert rejection(tmp_path, rtf(r"\pard\par"), "a.rtf") == "a document without text"
    deep = "<w:tbl><w:tr><w:tc>" * 5_000 + "</w:tc></w:tr></w:tbl>" * 5_000
    assert "nested" in rejection(tmp_path, docx(deep))
    deep = "<w:ins>" * 5_000 + run("a") + "</w:ins>" * 5_000
    assert "nested" in rejection(tmp_path, docx(f"<w:p>{deep}</w:p>"))
    assert "nested" in rejection(tmp_path, rtf("{" * 5_000 + "a" + "}" * 5_000), "a.rtf")


def test_a_spreadsheet_format_that_is_not_read_says_what_to_do(tmp_path: Path) -> None:
    reason = rejection(tmp_path, packed({"[Content_Types].xml": "<x/>", "visio/document.xml": "<x/>"}))
    assert reason.endswith("which is not read: save it as PDF or .docx")


_MARKUP = st.sampled_from([
    "<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "a 5 May 2024", "</w:t>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>",
    "</w:tc>", '<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>', "<w:del>", "</w:del>", "<w:sdt>",
    "</w:sdt>", '<w:pPr><w:pStyle w:val="berschrift1"/></w:pPr>', '<w:br w:type="page"/>', '<w:footnoteReference w:id="9"/>',
])  # fmt: skip


@given(st.lists(_MARKUP, max_size=30))
def test_reading_markup_never_raises(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    folder = tmp_path_factory.mktemp("any")
    assert read_bytes(folder, "a.docx", docx("".join(pieces)))


_WORDS = st.sampled_from([
    "{", "}", r"\par", r"\pard", r"\s1", r"\u-9 ?", r"\u55357 ?", r"\'e9", r"\'8", r"\bin3 ", "\\", r"\*", r"{\footnote", r"{\field", r"{\fldinst",
    r"{\fldrslt", r"\cell", r"\row", r"\intbl", r"{\stylesheet{\s1", r"{\fonttbl{\f1\fcharset128", r"\f1", r"\uc-1", r"{\info{\title", "a 5 May",
    r"\fs99999", r"{\shptxt", r"\page", r"\ansicpg99", r"\outlinelevel99", "\n",
])  # fmt: skip


@given(st.lists(_WORDS, max_size=40))
def test_reading_control_words_never_raises(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    assert read_bytes(folder, "a.rtf", rtf("".join(pieces)))
    assert read_bytes(folder, "b.rtf", b"{\\rtf1" + "".join(pieces).encode())


_OPEN = st.sampled_from([
    "<text:p>", "</text:p>", '<text:h text:outline-level="99">', "</text:h>", "a 5 May 2024", "<text:note><text:note-body>",
    "</text:note-body></text:note>", "<table:table>", "</table:table>", "<table:table-row>", "</table:table-row>", "<table:table-cell>",
    "</table:table-cell>", '<text:s text:c="9999999999"/>', '<text:p text:style-name="P2"/>', "<text:list>", "</text:list>", "<draw:frame>", "</draw:frame>",
    '<table:table-cell table:number-columns-repeated="99999999999"/>', "<h1>", "</h1>", "<p>", "</p>", "<br/>", "<a:p/>", "&nbsp;",
])  # fmt: skip


@given(st.lists(_OPEN, max_size=30))
def test_reading_other_markup_never_raises(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    folder, body = tmp_path_factory.mktemp("any"), "".join(pieces)
    assert read_bytes(folder, "a.odt", open_document(body))
    assert read_bytes(folder, "a.ods", open_document(body, "spreadsheet"))
    assert read_bytes(folder, "a.epub", epub({"a": body}, body))
    assert read_bytes(folder, "a.pptx", pptx(body, shape(body)))
    assert read_bytes(folder, "a.enex", enex(note("a", body), body))


def test_elements_that_are_nested_deep_are_rejected_everywhere(tmp_path: Path) -> None:
    spans = "<text:span>" * 5_000 + "a" + "</text:span>" * 5_000
    lists = "<text:list>" * 5_000 + "<text:p>a</text:p>" + "</text:list>" * 5_000
    for body in (f"<text:p>{spans}</text:p>", lists):
        assert "nested" in rejection(tmp_path, open_document(body), "a.odt")
    for tag in ("div", "i"):
        page = f"<{tag}>" * 5_000 + "a" + f"</{tag}>" * 5_000
        assert "nested" in rejection(tmp_path, epub({"a": page}, "<title>x</title>"), "a.epub")
    assert "nested" in rejection(tmp_path, pptx("<p:grpSp>" * 5_000 + "</p:grpSp>" * 5_000), "a.pptx")


def test_options_of_the_archive_hold_for_documents(tmp_path: Path) -> None:
    options = ReadOptions(outlets=(("Bay Courier", ("TBC",)),))
    data = docx(para("Flood in Basra", style="Titel") + para("TBC, 5 May 2024") + para(RIVER))
    (article,) = articles_in(read_bytes(tmp_path, "a.docx", data, outlets=options.outlets))
    assert article.outlet == "Bay Courier"
