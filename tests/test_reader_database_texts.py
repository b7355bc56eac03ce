"""Texts in and near exports of news databases: no paragraph is lost, and an ordinary text is taken for none of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch import Article, ReadOptions, Rejected
from newssearch.readers.api import Origin
from newssearch.readers.databases import recognition, ris
from newssearch.readers.databases.parts import Part
from support import read_bytes
from test_reader_databases import (
    CODED,
    EUROPRESSE,
    FIRST,
    PLAIN,
    SECOND,
    UNI,
    counted,
    nexis,
    read,
    rejections,
    texts,
)

LAST = "The mayor promised an answer in spring, and the council will meet again in May."
RULE = "_" * 60


# ---- Nexis

IN_TEXTS = (
    "Publisher: Random House", "Language: French with subtitles", "Distribution: Warner Bros", "ISSN: 1234-5678", "Updated: 6 May 2024",
    "Sprache: Deutsch", "Langue: français", "Publisher: Faber\n\nLanguage: French\n\nISSN: 1234-5678",
)  # fmt: skip
"""Lines of reviews of books and films that look like labels of Nexis."""


def middle(line: str) -> str:
    return f"{FIRST}\n\n{line}\n\n{SECOND}\n\n{LAST}"


@pytest.mark.parametrize("line", IN_TEXTS)
def test_a_line_like_a_label_ends_no_text_of_nexis(tmp_path: Path, line: str) -> None:
    expected = [FIRST, *line.split("\n\n"), SECOND, LAST]
    first, second = read(tmp_path, counted(nexis(text=middle(line)), nexis(title="Ferry cut")))
    assert (texts(first), first.lang, second.title) == (expected, "en", "Ferry cut")
    (alone,) = read(tmp_path, nexis(text=middle(line)))
    assert (alone.title, texts(alone)) == ("Council hears plea for new bridge", expected)
    (of_uni,) = read(tmp_path, UNI.replace("Section: that was the word on the sign.", line))
    assert (texts(of_uni), of_uni.lang) == (expected[:-1], "en")


@pytest.mark.parametrize(
    "line", ["UPDATED: 6 May 2024", "LANGUAGE: French", "PUBLISHER: Faber", "SPRACHE: Deutsch"]
)
def test_a_label_in_capitals_in_the_middle_of_a_text_of_nexis_does_not_end_it(
    tmp_path: Path, line: str
) -> None:
    (article,) = read(tmp_path, counted(nexis(text=middle(line))))
    assert texts(article) == [FIRST, line, SECOND, LAST]


def test_a_heading_named_graphic_ends_no_text(tmp_path: Path) -> None:
    text = UNI.replace("Section: that was the word on the sign.", f"Graphic\n\n{LAST}")
    (article,) = read(tmp_path, text)
    assert [(one.text, one.kind) for one in article.paragraphs] == [
        (text, "text") for text in (FIRST, "Graphic", LAST, SECOND)
    ]


def test_captions_of_nexis_uni_and_what_follows_its_labels_are_kept(tmp_path: Path) -> None:
    captions = [
        "The old ferry lies in the harbour on a day in winter.",
        "The bridge as the council wants it to be built.",
    ]
    text = UNI.replace("The old ferry.", "\n\n".join(captions)).replace("End of", f"{LAST}\n\nEnd of")
    (article,) = read(tmp_path, text)
    assert [one.text for one in article.paragraphs if one.kind == "caption"] == captions
    assert texts(article)[-1] == LAST


def test_all_paragraphs_of_a_highlight_are_text(tmp_path: Path) -> None:
    (article,) = read(tmp_path, UNI.replace("Body", f"Highlight: The ferry is full.\n\n{LAST}\n\nBody"))
    assert texts(article)[:3] == ["The ferry is full.", LAST, FIRST]


def test_text_behind_the_last_document_of_nexis_is_reported(tmp_path: Path) -> None:
    assert rejections(tmp_path, f"{UNI}\n\n{LAST}\n") == [
        "a text between the documents of an export that is none of them"
    ]


# ---- Factiva

IN_CAPITALS = (
    "PUB landlord John Smith said that he would close.", "CT scans of the brain show it.", "ART lovers flock to London.", "SE Asia leaders met.",
    "HD televisions sell well.", "IN the harbour, nothing moved.", "RF engineers are wanted.", "DOI stands for an id.", "CX Networks is sold.", "RE teachers went on strike.",
    "IPC Magazines ist verkauft.",
)  # fmt: skip


@pytest.mark.parametrize("line", IN_CAPITALS)
@pytest.mark.parametrize("between", ["\t", "\n", " ", "   "])
def test_a_paragraph_that_begins_in_capitals_is_text_of_factiva(
    tmp_path: Path, line: str, between: str
) -> None:
    coded = CODED.replace("\t", between).replace("IN the harbour, nothing moved.", f"{FIRST}\n\n{line}")
    other = coded.replace("Council hears", "Mayor hears").replace("ed4b0001r", "ed4b0002r")
    first, second = read(tmp_path, f"{coded}\n{other}")
    expected = [FIRST, SECOND, FIRST, line, "CO operatives said the road takes an hour."]
    assert (texts(first), texts(second)) == (expected, expected)
    assert (first.key, second.title) == ("BAYCOU0020170411ed4b0001r", "Mayor hears plea for new bridge")


def test_documents_of_factiva_that_cannot_be_told_are_reported(tmp_path: Path) -> None:
    without = PLAIN.replace("60 words\n", "")
    assert rejections(tmp_path, without) == [
        "a document without its length: Document BAYCOU0020170412ed4c0002x"
    ]
    cut = PLAIN.partition("Document BAYCOU0020170412ed4c0002x")[0]
    assert rejections(tmp_path, cut) == [
        "the export ends in the middle of a document, without its accession number"
    ]
    assert rejections(tmp_path, PLAIN) == []


def test_documents_of_factiva_behind_a_search_summary_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, PLAIN + PLAIN.replace("20170411ed4b0001r", "20170411ed4b0009r"))
    assert [one.title for one in found] == ["Council hears plea for new bridge", "Ferry cut in winter"] * 2
    assert (found[2].section, found[2].byline, texts(found[2])) == ("News", "Ines Varga", [FIRST, SECOND])


@pytest.mark.parametrize(
    ("above", "section", "title", "byline"),
    [
        ("Business News\nFed Raises Rates Again", "Business News", "Fed Raises Rates Again", None),
        ("Business News\nFed Raises Rates", "Business News", "Fed Raises Rates", None),
        (
            "Business News\nFed Raises Rates Again\nInes Varga",
            "Business News",
            "Fed Raises Rates Again",
            "Ines Varga",
        ),
        (
            "Council hears plea\nInes Varga and Tom Okoye",
            None,
            "Council hears plea",
            "Ines Varga and Tom Okoye",
        ),
        (
            "News\nFed Raises Rates\nBy Ines Maria de la Varga",
            "News",
            "Fed Raises Rates",
            "Ines Maria de la Varga",
        ),
    ],
)
def test_a_headline_in_title_case_is_no_author(
    tmp_path: Path, above: str, section: str | None, title: str, byline: str | None
) -> None:
    first, _ = read(tmp_path, PLAIN.replace("News\nCouncil hears plea for new bridge\nBy Ines Varga", above))
    assert (first.section, first.title) == (section, title)
    assert first.byline == byline


# ---- ProQuest


def proquest(text: str, number: int = 1, *, front: str = "", rules: bool = True) -> str:
    key = f"ProQuest document ID: 101500000{number}"
    head = f"{RULE}\n\nDocument {number} of 2\n\n" if rules else ""
    return (
        f"{head}Story number {number}\n\nAuthor: Varga, Ines\n\nPublication title: The Bay Courier\n\nPublication date: May {number}, 2024\n\n"
        f"{f'{key}{chr(10) * 2}{front}' if front else ''}Full text: {text}\n\n{'' if front else f'Subject: Politics{chr(10) * 2}{key}{chr(10) * 2}'}"
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["Title: The Road", "Author: McCarthy"], ["Titel: Die Straße", "Autor: McCarthy", "Verlag: Rowohlt"], [RULE[:8]],
        ["Publisher: Faber", "Year: 2006"], ["Location: the old harbour", "Edition: the third"],
    ],
)  # fmt: skip
def test_lines_like_labels_end_no_text_of_proquest(tmp_path: Path, lines: list[str]) -> None:
    text = "\n\n".join([FIRST, *lines, SECOND, LAST])
    first, second = read(tmp_path, proquest(text) + proquest(SECOND, 2))
    found = " ".join(texts(first))
    assert all(line in found for line in (FIRST, *lines, SECOND, LAST))
    assert (first.key, first.title, second.title) == ("1015000001", "Story number 1", "Story number 2")
    assert texts(second) == [SECOND]


@pytest.mark.parametrize("rules", [True, False])
def test_the_number_of_proquest_may_stand_in_front_of_the_text(tmp_path: Path, rules: bool) -> None:
    text = f"{FIRST}\n\n{SECOND}\n\n{LAST}"
    data = "".join(proquest(text, n, front="Abstract: None available.\n\n", rules=rules) for n in (1, 2))
    assert [(one.title, one.key, texts(one)) for one in read(tmp_path, data)] == [
        (f"Story number {n}", f"101500000{n}", [FIRST, SECOND, LAST]) for n in (1, 2)
    ]


# ---- Europresse


@pytest.mark.parametrize(
    "line",
    [
        "Certificats en main, les parents attendent.", "Tous droits réservés aux abonnés, dit-elle.", "(c) la mairie a promis une réponse.",
        "Le présent document, dit le maire, ne vaut rien.", "Ce certificat ne vaut rien, dit-il.",
    ],
)  # fmt: skip
def test_a_paragraph_like_a_notice_ends_no_text_of_europresse(tmp_path: Path, line: str) -> None:
    paragraph = "<p>Plusieurs ont dit"
    first, _ = read(tmp_path, EUROPRESSE.replace(paragraph, f"<p>{line}</p>{paragraph}"), "a.html")
    assert texts(first) == ["Le conseil s’est réuni mardi.", line, "Plusieurs ont dit que le bac est plein."]


def test_text_beside_the_marked_text_of_europresse_is_read(tmp_path: Path) -> None:
    line = "La maire a promis une réponse avant la fin de l'été."
    first, second = read(tmp_path, EUROPRESSE.replace("</section>", f"<p>{line}</p></section>"), "a.html")
    assert (texts(first)[-1], len(texts(first)), len(texts(second))) == (line, 3, 1)


def test_a_document_of_europresse_without_an_outlet_is_one_of_its_own(tmp_path: Path) -> None:
    page = EUROPRESSE.replace('<span class="DocPublicationName">Gazette du Port</span>', "")
    items = read_bytes(tmp_path, "a.html", page)
    assert [item.title for item in items if isinstance(item, Article)] == [
        "Le conseil entend un appel",
        "Le bac réduit",
    ]


@pytest.mark.parametrize("junk", ["<" + "a" * 200_000, "<a" * 100_000, "<p class" + " " * 200_000])
def test_a_page_of_europresse_with_an_endless_tag_is_read_soon(junk: str) -> None:
    page = f"{EUROPRESSE.replace('</article></body>', junk)}"
    items = list(recognition.exported_page(page, Origin("a.html", ReadOptions())) or ())
    assert len(items) == 2


# ---- RIS


def references(*lines: str) -> str:
    return "\n".join(["TY  - NEWS", "TI  - Council hears plea", *lines, "ER  - ", ""])


@pytest.mark.parametrize(
    "line",
    ["US - Iran talks resume", "XX  - the end of the line", "EU - Gipfel endet", "A1 - die Autobahn ist zu"],
)
def test_a_line_of_an_abstract_is_no_tag(tmp_path: Path, line: str) -> None:
    (article,) = read(tmp_path, references(f"AB  - {FIRST}", line, SECOND), "a.ris")
    assert " ".join(line.split()) in " ".join(texts(article))
    assert SECOND in " ".join(texts(article))


def test_a_program_may_write_one_blank_behind_its_tags(tmp_path: Path) -> None:
    data = references("AU  - Varga, Ines", f"AB  - {FIRST}").replace("  - ", " - ")
    (article,) = read(tmp_path, data, "a.ris")
    assert (article.title, texts(article)) == ("Council hears plea", [FIRST])


def test_a_record_without_its_type_is_reported(tmp_path: Path) -> None:
    data = references() + references(f"AB  - {FIRST}").replace("TY  - NEWS\n", "") + references()
    assert rejections(tmp_path, data, "a.ris") == [
        "a record without its type (TY), with which each record begins"
    ]


def test_access_editors_and_a_key_of_ones_own_are_no_fields(tmp_path: Path) -> None:
    data = references(
        "Y2  - 2024/05/01", "A2  - Editor, Ed", "ID  - Smith2024", "DB  - ProQuest", "PB  - Bay Media"
    )
    (article,) = read(tmp_path, data, "a.ris")
    assert (article.date, article.byline, article.key) == (None, None, None)
    assert (article.outlet, str(article.provenance["outlet"])) == ("Bay Media", "inferred from the publisher")
    (article,) = read(tmp_path, data.replace("Smith2024", "1015000001"), "a.ris")
    assert article.key == "1015000001"


@pytest.mark.parametrize("value", ["/" * 200_000 + "1", "2012" + "/a" * 100_000])
def test_an_endless_date_is_read_soon(value: str) -> None:
    data = references(f"Y1  - {value}", f"AB  - {FIRST}").encode()
    (article,) = ris.parse(data, Origin("a.ris", ReadOptions()))
    assert isinstance(article, Article)
    assert article.date is None


# ---- what is no export

GUIDE = ["Author: the person who wrote it.", "Title: the headline.", "Publication title: the newspaper.", "ProQuest document ID: the number of the document."]  # fmt: skip
NO_EXPORTS = {
    "a release": ["Date: 5 May 2024", "Contact: Ines Varga", FIRST, "Note: the figures are provisional", SECOND, "End of document"],
    "a release with an annex": [FIRST, "Photo: a bridge", "Source: the ministry", SECOND, "End of Document", f"Annex: {LAST}"],
    "a German release": [FIRST, "Datum: 5. Mai 2024", "Quelle: das Ministerium", "Foto: eine Brücke", SECOND, "Dokumentende", LAST],
    "a French release": [FIRST, "Date: 5 mai 2024", "Photo: un pont", "Lieu: Paris", SECOND, "Fin du document", LAST],
    "a review": [FIRST, "Publisher: Faber", "Language: French", "Title: The Road", SECOND, "End of document", LAST],
    "papers": ["Document 1 of 3", "DATE: 5 May 1962", "SOURCE: the embassy", FIRST, SECOND],
    "a report of a length": [FIRST, "Section: News", "Length: 452 words", "Body", SECOND, "End of Document", LAST],
    "a guide": [FIRST, *GUIDE, SECOND, LAST],
    "a guide with a date": [FIRST, *GUIDE, "Publication date: May 24, 2012", SECOND, LAST],
    "a landlord": ["PUB landlord John Smith said so.", FIRST, "HD televisions sell well.", "355 words", SECOND],
}  # fmt: skip


@pytest.mark.parametrize("what", NO_EXPORTS)
@pytest.mark.parametrize("shape", ["a.txt", "a.html", "parts"])
def test_an_ordinary_text_is_no_export(tmp_path: Path, what: str, shape: str) -> None:
    lines = ["Flood relief doubled in the valley", *NO_EXPORTS[what]]
    origin = Origin("a.txt", ReadOptions())
    text = "\n\n".join(lines)
    if shape == "parts":
        assert recognition.exported_parts([Part(line) for line in lines], origin) is None
    elif shape == "a.html":
        assert recognition.exported_page("".join(f"<p>{line}</p>" for line in lines), origin) is None
    else:
        assert recognition.exported_text(text, origin) is None
        (article,) = read(tmp_path, text)
        assert {FIRST, SECOND} <= set(texts(article))


# ---- no paragraph is lost

PROSE = st.lists(
    st.sampled_from(
        [SECOND, LAST, *IN_CAPITALS, *(line for line in IN_TEXTS if "\n" not in line), "Title: The Road", "Author: McCarthy", "A subhead", "Note: see below"]
    ),
    max_size=6,
)  # fmt: skip


@given(PROSE)
def test_every_paragraph_of_a_text_is_read(lines: list[str]) -> None:
    lines = [FIRST, *lines, LAST]
    text = "\n\n".join(lines)
    exports = [
        counted(nexis(text=text)), UNI.replace(f"{SECOND}\n\nGraphic", f"{text}\n\nGraphic"), CODED.replace("IN the harbour, nothing moved.", text),
        PLAIN.replace(FIRST, text), proquest(text) + proquest(SECOND, 2), proquest(text, front="Subject: Politics\n\n") + proquest(SECOND, 2),
    ]  # fmt: skip
    for export in exports:
        items = list(recognition.exported_text(export, Origin("a.txt", ReadOptions())) or ())
        article = items[0]
        assert isinstance(article, Article)
        found = " ".join(texts(article))
        assert [line for line in lines if line not in found] == []
        assert not any(isinstance(item, Rejected) for item in items)
