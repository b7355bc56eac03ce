"""Exports of news databases to articles: Nexis and LexisNexis, Factiva, ProQuest, Europresse, RIS."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch import Article, PartialDate, ReadOptions, Rejected
from newssearch.readers.api import Origin
from newssearch.readers.databases import recognition
from newssearch.readers.databases.parts import Part
from newssearch.readers.html_fragment import CELL_MARK
from support import articles_in, read_bytes
from support import read_file as read_real_file

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "data" / "formats" / "databases"

FIRST = "The council met for three hours on Tuesday evening and heard from residents."
SECOND = "Several speakers said that the ferry is full in winter."


def centred(line: str) -> str:
    return line.center(80).rstrip()


def nexis(
    outlet: str = "The Bay Courier",
    date: str = "November 9, 2015 Monday\nFIRST EDITION",
    title: str = "Council hears plea for new bridge",
    head: str = "BYLINE: Ines Varga\n\nSECTION: NEWS; Pg. 7A\n\nLENGTH: 452 words",
    text: str = f"{FIRST}\n\n{SECOND}",
    tail: str = "LOAD-DATE: November 9, 2015\n\nLANGUAGE: ENGLISH\n\nPUBLICATION-TYPE: Newspaper",
    rights: str = "Copyright 2015 Bay Media Company, Inc.\nAll Rights Reserved",
) -> str:
    """Return a document in the older layout of Nexis, without the line that counts it."""
    dated, notice = ("\n".join(map(centred, lines.split("\n"))) for lines in (date, rights))
    return f"\n\n{centred(outlet)}\n\n{dated}\n\n{title}\n\n{head}\n\n{text}\n\n{tail}\n\n\n{notice}\n\n"


def counted(*documents: str, line: str = "{} of {} DOCUMENTS", total: int = 0) -> str:
    return "".join(
        f"{centred(line.format(number, total or len(documents)))}\n\n{document}"
        for number, document in enumerate(documents, start=1)
    )


UNI = f"""Council hears plea for new bridge

The Bay Courier(Portville)

November 9, 2015 Monday 9:20 AM GMT
Late Edition

Copyright 2015 Bay Media Company, Inc. All Rights Reserved

Section: NEWS; Pg. 7A
Length: 452 words
Byline: By Ines Varga

Body

{FIRST}

Section: that was the word on the sign.

{SECOND}

Graphic

The old ferry.

Classification

Language: ENGLISH
Subject: BRIDGES (90%); FERRIES (89%)

Load-Date: November 9, 2015

End of Document
"""
CODED = f"""SE\tNews
HD\tCouncil hears plea for new bridge
BY\tBy Ines Varga
CR\tReuters
WC\t355 words
PD\t11 April 2017
ET\t15:32
SN\tThe Bay Courier
SC\tBAYCOU
PG\t7
LA\tEnglish
CY\tCopyright 2017 Bay Media Limited. All Rights Reserved.
LP\t{FIRST}

{SECOND}
TD\tIN the harbour, nothing moved.

CO operatives said the road takes an hour.
NS\tgpol : Domestic Politics | gcat : Political News
RE\tuk : United Kingdom
AN\tDocument BAYCOU0020170411ed4b0001r
"""
PLAIN = f"""News
Council hears plea for new bridge
By Ines Varga
355 words
11 April 2017
15:32
The Bay Courier
BAYCOU
7
English
(c) 2017 Bay Media Limited

{FIRST}

{SECOND}

Document BAYCOU0020170411ed4b0001r

Ferry cut in winter
60 words
12 April 2017
The Bay Courier
BAYCOU
English
Copyright 2017 Bay Media Limited.

{SECOND}

Document BAYCOU0020170412ed4c0002x

Search Summary
Text bridge and ferry
Results Found 2
"""
PROQUEST = f"""____________________________________________________________
Report Information from ProQuest
May 24 2019 10:11
____________________________________________________________

Document 1 of 2

Council hears plea for new bridge

Author: Varga, Ines

Publication info: The Bay Courier ; Portville [Portville]24 May 2012: A.7.

Abstract: None available.

Full text: {FIRST} {SECOND} {SECOND}
{SECOND}

Section: that was the word on the sign.

{FIRST}
CAPTION: The old ferry.

Subject: Bridges; Ferries

Publication title: The Bay Courier; Portville

Publication date: May 24, 2012

Section: Top Stories

Language of publication: English

ProQuest document ID: 1015000001

Document URL: https://proxy.example.org/login?url=https://www.proquest.com/newspapers/council/docview/1015000001/se-2?accountid=1

____________________________________________________________

Document 2 of 2

Ferry cut in winter

Publication title: The Bay Courier; Portville

Abstract: The ferry will run less often.

Publication date: May 25, 2012

ProQuest document ID: 1015000002

Database: Newsstream

____________________________________________________________

Contact ProQuest

Copyright 2019 ProQuest LLC. All rights reserved.
"""
EUROPRESSE = """<html><head><meta charset="utf-8"></head><body><article><header><span class="DocPublicationName">Le Courrier, no. 5968</span>
<div><span class="DocHeader">Politique, jeudi 5 octobre 2013, p. 7</span></div><p class="titreArticleVisu">Le conseil <mark>entend</mark> un appel</p>
<div class="docAuthors">Varga Ines</div></header><section><div class="DocText clearfix"><div class="docOcurrContainer"><p>Le conseil s’est réuni mardi.</p>
<p>Plusieurs ont dit que le bac est plein.</p></div></div></section><footer><small>© 2013 Le Courrier.</small><div>news·20131005·CB·2040056000</div>
<p>Ce certificat est émis à une université.</p></footer></article><article><header><span class="DocPublicationName">Gazette du Port</span>
<span class="DocHeader">vendredi 6 octobre 2013</span><p class="titreArticleVisu">Le bac réduit</p></header><div class="DocText"><p>La maire a promis une réponse.</p>
</div></article></body></html>"""
OLDER_EUROPRESSE = """<html><body><table><tr><td><span class="DocPublicationName">l'Humanité</span><br><span class="DocHeader">Politique, </span>
<span class="DocHeader">jeudi </span><span class="DocHeader">5 octobre 2013</span><span class="DocHeader">, p. 03</span><br><br>
<span class="TitreArticleVisu">Le conseil <span style="color:red">entend</span> un appel</span><br><br>Varga Ines<br><p></p>Le conseil s’est réuni mardi.<p></p>
Le bac est plein.<p></p><b><i>© 2013 Journal. Tous droits réservés.</i></b><p></p>Numéro de document : news·20131005·PO·2040056000<br><br>
<table><tr><td>news·20131005·PO·2040056000</td></tr><tr><td>Ce certificat est émis à <b>University</b>.</td></tr></table></td></tr></table></body></html>"""
XML = f"""<?xml version="1.0"?><PPSResponse><ppsArticleResponse xmlns="http://global.factiva.com/pps/2.0"><ppsarticleResultSet count="{{count}}"><ppsarticle>
<article><accessionNo>BAYCOU0020170411ed4b0001r</accessionNo><baseLanguage>EN</baseLanguage><headline><paragraph>Council <hlt>hears</hlt> plea</paragraph></headline>
<leadParagraph><paragraph>{FIRST}</paragraph></leadParagraph><publicationDate><dateTime>2017-04-11T01:35:58Z</dateTime></publicationDate>
<sourceName>The Bay Courier</sourceName><tailParagraphs><paragraph>{SECOND}</paragraph></tailParagraphs><byline>By Ines Varga</byline>
<newsSubject code="gpol"><name>Domestic Politics</name></newsSubject></article></ppsarticle></ppsarticleResultSet></ppsArticleResponse></PPSResponse>"""
RIS = """TY  - NEWS
T1  - Council hears plea for new bridge
AN  - 1015000001; 84242
AU  - Varga, Ines
AU  - Okoye, Tom
AB  - The council met for three hours.
DA  - 2012 May 24
Y1  - 2012/05/24/
JF  - The Bay Courier
LA  - English
SP  - A.7
UR  - https://search.proquest.com/docview/1015000001?accountid=1
KW  - Bridges
KW  - Ferries
ER  -

TY  - NEWS
TI  - Ferry cut in winter
PY  - 2012///
T2  - The Bay Courier
ER  -
"""


def read(folder: Path, data: str | bytes, name: str = "a.txt", **options: object) -> list[Article]:
    return articles_in(read_bytes(folder, name, data, **options))


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def rejections(folder: Path, data: str, name: str = "a.txt") -> list[str]:
    return [item.reason for item in read_bytes(folder, name, data) if isinstance(item, Rejected)]


# ---- Nexis


def test_each_document_of_a_nexis_export_is_an_article_of_its_outlet_and_day(tmp_path: Path) -> None:
    cover = "Download Request: Selected Items: 1-2\nTime Of Request: Friday\n\nTerms: (bridge)\n\n"
    other = nexis(
        "The Harbour Times",
        "November 10, 2015 Tuesday 8:27 PM AEST",
        "Ferry cut;\nNo boats",
        "LENGTH: 60 words",
        SECOND,
    )
    first, second = read(tmp_path, cover + counted(nexis(), other))
    assert (first.title, first.outlet, first.date) == (
        "Council hears plea for new bridge",
        "The Bay Courier",
        dt.date(2015, 11, 9),
    )
    assert (first.byline, first.section, first.lang, first.record) == ("Ines Varga", "NEWS; Pg. 7A", "en", 1)
    assert texts(first) == [FIRST, SECOND]
    assert (second.title, second.outlet, second.record) == ("Ferry cut; No boats", "The Harbour Times", 2)
    assert second.date == dt.datetime(2015, 11, 10, 20, 27, tzinfo=dt.timezone(dt.timedelta(hours=10)))
    assert texts(second) == [SECOND]


LANGUAGES = {
    "de": ("Dokument {} von {}", "Mittwoch 31. August 2011", "AUTOR: Ines Varga\n\nRUBRIK: Lokales; S. 7\n\nLÄNGE: 306 Wörter", "UPDATE: 2. September 2011\n\nSPRACHE: GERMAN; DEUTSCH", dt.date(2011, 8, 31)),
    "fr": ("{} de {} DOCUMENTS", "17 mai 2003", "AUTEUR: Ines Varga\n\nRUBRIQUE: Région\n\nLONGUEUR: 543 mots", "DATE-CHARGEMENT: 04 novembre 2003\n\nLANGUE: FRENCH; FRANÇAIS\n\nTYPE-PUBLICATION: Quotidien", dt.date(2003, 5, 17)),
    "es": ("{} of {} DOCUMENTS", "Miércoles 5 de Mayo de 2010", "AUTOR: Ines Varga\nSECCIÓN: LOCAL; Pág. 7\nLONGITUD: 306 palabras", "IDIOMA: SPANISH; ESPAÑOL", dt.date(2010, 5, 5)),
    "it": ("Documento {} di {}", "lunedì 5 maggio 2014", "AUTORE: Ines Varga\n\nSEZIONE: CRONACA\n\nLUNGHEZZA: 306 parole", "LINGUA: ITALIAN; ITALIANO", dt.date(2014, 5, 5)),
    "nl": ("{} of {} DOCUMENTS", "24 september 2002 dinsdag", "LENGTE: 158 woorden\n\nKOP: Council hears plea for new bridge\n\nAUTEUR: Ines Varga\n\nTEKST:\n\n", "PUB-TYPE: Paper\n\nTAAL: Dutch / Nederlands", dt.date(2002, 9, 24)),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nexis_speaks_the_language_of_its_user(tmp_path: Path, lang: str, encoding: str) -> None:
    line, date, head, tail, day = LANGUAGES[lang]
    title = "" if lang == "nl" else "Council hears plea for new bridge"
    data = counted(nexis(date=date, title=title, head=head, tail=tail, rights="Copyright 2011 X"), line=line)
    (article,) = read(tmp_path, data.encode(encoding))
    assert (article.title, article.outlet, article.date) == (
        "Council hears plea for new bridge",
        "The Bay Courier",
        day,
    )
    assert (article.byline, article.lang, texts(article)) == ("Ines Varga", lang, [FIRST, SECOND])


def test_the_text_of_a_nexis_document_may_hold_words_like_its_labels(tmp_path: Path) -> None:
    text = f"NOTE: the ferry does not run on Mondays.\n\n{FIRST}\n\nUPDATE: five boats have come in since the morning, and\nmore are expected.\n\n{SECOND}"
    (article,) = read(tmp_path, counted(nexis(text=text)))
    assert len(texts(article)) == 4
    assert texts(article)[0] == "NOTE: the ferry does not run on Mondays."


def test_wrapped_lines_are_joined_and_a_correction_is_text(tmp_path: Path) -> None:
    tail = "GRAPHIC: PHOTO: The old ferry.\n\nLOAD-DATE: November 9, 2015\n\nLANGUAGE: ENGLISH\n\nCORRECTION: It is 90 metres long."
    wrapped = FIRST.replace("evening and ", "evening and\n")
    (article,) = read(tmp_path, counted(nexis(text=wrapped, tail=tail)))
    assert texts(article) == [FIRST, "It is 90 metres long."]


def test_documents_without_lines_that_count_them_are_told_apart(tmp_path: Path) -> None:
    first, second = read(tmp_path, nexis() + nexis("The Harbour Times", title="Ferry cut", text=SECOND))
    assert (first.title, first.outlet, texts(first)) == (
        "Council hears plea for new bridge",
        "The Bay Courier",
        [FIRST, SECOND],
    )
    assert (second.title, second.outlet, texts(second)) == ("Ferry cut", "The Harbour Times", [SECOND])


def test_an_export_that_lost_its_layout_is_read_by_order(tmp_path: Path) -> None:
    flat = "\n".join(line.strip() for line in counted(nexis(), nexis(title="Ferry cut")).split("\n"))
    first, second = read(tmp_path, flat)
    assert (first.title, first.outlet, first.byline) == (
        "Council hears plea for new bridge",
        "The Bay Courier",
        "Ines Varga",
    )
    assert (second.title, texts(second)) == ("Ferry cut", [FIRST, SECOND])


def test_a_headline_may_stand_above_a_month(tmp_path: Path) -> None:
    data = f"{centred('1 of 1 DOCUMENTS')}\n\n{centred('Portville Weekly')}\n\nCouncil hears plea\n\n{centred('November 2015')}\n\nLENGTH: 452 words\n\n{FIRST}\n\nLANGUAGE: ENGLISH\n"
    (article,) = read(tmp_path, data)
    assert (article.title, article.outlet, article.date) == (
        "Council hears plea",
        "Portville Weekly",
        PartialDate(2015, 11),
    )


def test_labels_and_codes_of_an_export_are_own_fields_if_asked_for(tmp_path: Path) -> None:
    fields = {
        "length": "number",
        "page": "value",
        "edition": "value",
        "subject": "value",
        "Load-Date": "date",
        "copyright": "value",
    }
    tail = "LOAD-DATE: November 9, 2015\n\nLANGUAGE: ENGLISH\n\nSUBJECT: BRIDGES (90%); FERRIES (75%)"
    (article,) = read(tmp_path, counted(nexis(tail=tail)), fields=fields)
    assert article.extra == {
        "length": 452, "page": "7A", "edition": "FIRST EDITION", "subject": ("BRIDGES", "FERRIES"),
        "load_date": dt.date(2015, 11, 9), "copyright": "Copyright 2015 Bay Media Company, Inc",
    }  # fmt: skip


def test_a_document_of_nexis_uni_ends_where_it_says(tmp_path: Path) -> None:
    first, second = read(tmp_path, UNI + UNI.replace("Council hears plea for new bridge", "Ferry cut"))
    assert (first.title, first.outlet, first.byline) == (
        "Council hears plea for new bridge",
        "The Bay Courier (Portville)",
        "Ines Varga",
    )
    assert first.date == dt.datetime(2015, 11, 9, 9, 20, tzinfo=dt.timezone.utc)
    assert (first.section, first.lang) == ("NEWS; Pg. 7A", "en")
    assert texts(first) == [FIRST, "Section: that was the word on the sign.", SECOND]
    assert (second.title, texts(second)) == ("Ferry cut", texts(first))


def test_the_cover_page_of_nexis_uni_is_no_article(tmp_path: Path) -> None:
    cover = "Date and Time: Friday, 5. July 2019 09:31:00 CEST\nJob Number: 1\n\nDocuments (1)\n\n1. Council hears plea for new bridge\nClient/Matter: -None-\nSearch Terms: bridge\n\n"
    (article,) = read(tmp_path, cover + UNI)
    assert (article.title, article.outlet, len(texts(article))) == (
        "Council hears plea for new bridge",
        "The Bay Courier (Portville)",
        3,
    )


def test_a_headline_that_nexis_does_not_have_is_none(tmp_path: Path) -> None:
    (article,) = read(tmp_path, UNI.replace("Council hears plea for new bridge", "No Headline In Original"))
    assert article.title is None


def test_the_copyright_of_an_agency_names_the_source(tmp_path: Path) -> None:
    (article,) = read(
        tmp_path, counted(nexis(rights="Copyright 2015 The Associated Press\nAll Rights Reserved"))
    )
    assert (article.source, str(article.provenance["source"])) == ("AP", "inferred from copyright line")


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (counted(nexis()), []),
        (counted(nexis(), total=3), ["the export states 3 documents, but 1 was found in it"]),
        (counted(nexis(), nexis(), total=120), ["the export states 120 documents, but 2 were found in it: those from 1 to 2"]),
        ("Download Request: Selected Items: 1-2\n\n" + counted(nexis(), nexis(), total=120), []),
        ("Druckauftrag: Alle Dokumente: 1-2, 7\n\n" + counted(nexis(), nexis()), ["the export states 3 documents, but 2 were found in it: those from 1 to 2"]),
        ("Documents (2)\n\n1. Council hears plea for new bridge\n\n" + UNI, ["the export states 2 documents, but 1 was found in it"]),
    ],
)  # fmt: skip
def test_documents_that_an_export_states_but_lacks_are_reported(
    tmp_path: Path, data: str, reasons: list[str]
) -> None:
    assert rejections(tmp_path, data) == reasons


def nexis_page(*documents: str) -> str:
    style = '<STYLE TYPE="text/css"><!--\n.c0 { text-align: center; }\n.c1 { text-align: left; }\n--></STYLE>'
    body = "".join(
        f"<!-- Hide XML section from browser\n<DOC NUMBER={n}>\n<DOCFULL> -->{one}<!-- Hide XML section\n</DOCFULL>\n</DOC> -->"
        for n, one in enumerate(documents, 1)
    )
    return f'<HTML><HEAD>{style}<TITLE>&nbsp;</TITLE><META TOPIC="null" DOCUMENTS="{len(documents)}" UPDATED="x" /></HEAD><BODY>{body}</BODY></HTML>'


def p(text: str, name: str = "c1") -> str:
    return f'<DIV CLASS="{name}"><P CLASS="{name}"><SPAN>{text}</SPAN></P></DIV>'


def test_a_nexis_export_as_a_page_is_read_like_its_text(tmp_path: Path) -> None:
    one = (
        p("2001 of 2146 DOCUMENTS", "c0")
        + p("The Bay Courier", "c0")
        + p("<B>November</B> 9, 2015, Monday, Late Edition<BR>Correction Appended", "c0")
    )
    one += (
        p("Council hears plea;<BR>New bridge")
        + p("<B>BYLINE: </B>By INES VARGA")
        + p("<B>LENGTH: </B>452 words")
        + p(FIRST)
        + p(SECOND)
    )
    one += (
        '<TABLE><TR><TD><P CLASS="c1">Rank</P></TD><TD><P CLASS="c1">Ferry</P></TD></TR></TABLE>'
        + p("<B>LANGUAGE: </B>ENGLISH")
        + p("Copyright 2015 Bay", "c0")
    )
    broken = p("We are sorry but there is an error in this document and it is not possible to display it.")
    items = read_bytes(tmp_path, "a.html", nexis_page(one, broken))
    article, rejected = items
    assert isinstance(article, Article)
    assert (article.title, article.outlet, article.byline) == (
        "Council hears plea; New bridge",
        "The Bay Courier",
        "INES VARGA",
    )
    assert (article.date, texts(article)) == (dt.date(2015, 11, 9), [FIRST, SECOND, "Rank | Ferry"])
    assert isinstance(rejected, Rejected)
    assert (rejected.record, rejected.reason) == (2, "the database could not show this document")


def test_a_notice_of_copyright_is_no_text_where_no_label_precedes_it(tmp_path: Path) -> None:
    (article,) = read(tmp_path, counted(nexis(tail="")))
    assert texts(article) == [FIRST, SECOND]


# ---- Factiva


@pytest.mark.parametrize("shape", ["{}", "alone", "space"])
def test_codes_of_factiva_are_fields_and_no_text(tmp_path: Path, shape: str) -> None:
    data = CODED if shape == "{}" else CODED.replace("\t", "\n" if shape == "alone" else " ")
    other = data.replace("Council hears", "Mayor hears").replace("ed4b0001r", "ed4b0002r")
    first, second = read(
        tmp_path,
        f"{data}\n{other}\nSearch Summary\nText bridge\n",
        fields={"NS": "value", "regions": "value", "wc": "number"},
    )
    assert (first.title, first.byline, first.source, first.outlet) == (
        "Council hears plea for new bridge",
        "Ines Varga",
        "Reuters",
        "The Bay Courier",
    )
    assert (first.date, first.section, first.lang) == (dt.datetime(2017, 4, 11, 15, 32), "News", "en")
    assert (first.key, second.key) == ("BAYCOU0020170411ed4b0001r", "BAYCOU0020170411ed4b0002r")
    assert texts(first) == [
        FIRST,
        SECOND,
        "IN the harbour, nothing moved.",
        "CO operatives said the road takes an hour.",
    ]
    assert first.extra == {
        "ns": ("gpol : Domestic Politics", "gcat : Political News"),
        "regions": "United Kingdom",
        "wc": 355,
    }
    assert (second.title, second.record) == ("Mayor hears plea for new bridge", 2)


def test_an_export_of_factiva_without_codes_is_read_by_its_length_and_its_number(tmp_path: Path) -> None:
    first, second = read(tmp_path, PLAIN)
    assert (first.title, first.byline, first.section, first.outlet) == (
        "Council hears plea for new bridge",
        "Ines Varga",
        "News",
        "The Bay Courier",
    )
    assert (first.date, first.lang, first.key, texts(first)) == (
        dt.datetime(2017, 4, 11, 15, 32),
        "en",
        "BAYCOU0020170411ed4b0001r",
        [FIRST, SECOND],
    )
    assert str(first.provenance["byline"]) == "inferred from the line above the length"
    assert (second.title, second.date, second.key, texts(second)) == (
        "Ferry cut in winter",
        dt.date(2017, 4, 12),
        "BAYCOU0020170412ed4c0002x",
        [SECOND],
    )


def test_factiva_speaks_german(tmp_path: Path) -> None:
    (article,) = read(
        tmp_path,
        f"Rat hört Ruf nach neuer Brücke\nVon Ines Varga\n664 Wörter\n31. August 2011\nHafenzeitung\nHAFZ\nDeutsch\nCopyright 2011 Hafenzeitung\n\n{FIRST}\n\nDokument HAFZ000020110831e78v0001t\n\nSuchzusammenfassung\nText Brücke\n",
    )
    assert (article.title, article.byline, article.outlet) == (
        "Rat hört Ruf nach neuer Brücke",
        "Ines Varga",
        "Hafenzeitung",
    )
    assert (article.date, article.lang, texts(article)) == (dt.date(2011, 8, 31), "de", [FIRST])


def factiva_page(rows: str, *, head: str = "") -> str:
    return f'<!DOCTYPE html><html><head><title>Factiva</title>{head}</head><body><h1>Factiva</h1><div class="article enArticle"><table>{rows}</table></div><p>© 2017 Factiva, Inc.</p></body></html>'


def test_a_page_of_factiva_may_have_long_styles_in_front_of_its_articles(tmp_path: Path) -> None:
    lead = f'<tr><td><p><b>LP</b>&nbsp;</p></td><td><p class="articleParagraph">{FIRST}</p><p class="articleParagraph">{SECOND}</p></td></tr>'
    row = "<tr><td><b>{}</b>&nbsp;</td><td>{}</td></tr>".format
    rows = (
        row("HD", "<b>Council hears plea</b>")
        + row("WC", "295 words")
        + row("PD", "29 décembre 2011")
        + row("SN", "The Bay Courier")
        + row("LA", "Français")
    )
    rows += (
        lead
        + row("<br/>NS", "<br/>gpol : Domestic Politics")
        + row("<br/>AN", "<br/>Document BAYCOU0020111229e7ct0001r")
    )
    (article,) = read(tmp_path, factiva_page(rows, head="<style>.a{}</style>" * 4000), "a.html")
    assert (article.title, article.outlet, article.date, article.lang) == (
        "Council hears plea",
        "The Bay Courier",
        dt.date(2011, 12, 29),
        "fr",
    )
    assert (article.key, texts(article)) == ("BAYCOU0020111229e7ct0001r", [FIRST, SECOND])


def test_factiva_xml_states_its_count(tmp_path: Path) -> None:
    (article,) = read(tmp_path, XML.format(count=1), "a.xml", fields={"subject": "value"})
    assert (article.title, article.byline, article.outlet) == (
        "Council hears plea",
        "Ines Varga",
        "The Bay Courier",
    )
    assert article.date == dt.datetime(2017, 4, 11, 1, 35, 58, tzinfo=dt.timezone.utc)
    assert (article.key, texts(article), article.extra) == (
        "BAYCOU0020170411ed4b0001r",
        [FIRST, SECOND],
        {"subject": "Domestic Politics"},
    )
    assert rejections(tmp_path, XML.format(count=7), "a.xml") == [
        "the export states 7 documents, but 1 was found in it"
    ]


# ---- ProQuest, Europresse, RIS


def test_labels_of_proquest_are_fields_and_no_text(tmp_path: Path) -> None:
    first, second = read(tmp_path, PROQUEST, fields={"subject": "value", "page": "value"})
    assert (first.title, first.byline, first.outlet) == (
        "Council hears plea for new bridge",
        "Varga, Ines",
        "The Bay Courier",
    )
    assert (first.date, first.section, first.lang, first.key) == (
        dt.date(2012, 5, 24),
        "Top Stories",
        "en",
        "1015000001",
    )
    assert first.url == "https://www.proquest.com/docview/1015000001"
    assert texts(first) == [
        f"{FIRST} {SECOND} {SECOND}",
        SECOND,
        "Section: that was the word on the sign.",
        FIRST,
        "The old ferry.",
    ]
    assert (first.paragraphs[-1].kind, first.extra) == (
        "caption",
        {"subject": ("Bridges", "Ferries"), "page": "A.7"},
    )
    assert (second.title, texts(second), str(second.provenance["text"])) == (
        "Ferry cut in winter",
        ["The ferry will run less often."],
        "stated, only an abstract",
    )


def test_documents_of_proquest_without_rules_begin_behind_the_labels_of_the_last(tmp_path: Path) -> None:
    bare = "\n".join(
        line for line in PROQUEST.split("\n") if not line.startswith(("____", "Document 1", "Document 2"))
    )
    assert [article.title for article in read(tmp_path, bare)] == [
        "Council hears plea for new bridge",
        "Ferry cut in winter",
    ]


def test_proquest_speaks_german(tmp_path: Path) -> None:
    (article,) = read(
        tmp_path,
        f"{'_' * 60}\n\nDokument 1 von 1\n\nRat hört Ruf\n\nAutor: Varga, Ines\n\nVolltext: {FIRST}\n\nPublikationstitel: Hafenzeitung; Hamburg\n\nPublikationsdatum: 24. Mai 2012\n\nPublikationssprache: Deutsch\n\nProQuest-Dokument-ID: 1015000001\n",
    )
    assert (article.title, article.outlet, article.date, article.lang) == (
        "Rat hört Ruf",
        "Hafenzeitung",
        dt.date(2012, 5, 24),
        "de",
    )
    assert texts(article) == [FIRST]


def test_the_count_of_proquest_is_compared(tmp_path: Path) -> None:
    assert rejections(tmp_path, PROQUEST) == []
    assert rejections(tmp_path, PROQUEST.replace(" of 2", " of 5")) == [
        "the export states 5 documents, but 2 were found in it"
    ]


def test_a_page_of_proquest_has_a_document_at_each_anchor(tmp_path: Path) -> None:
    one = '<div><a name="DocID_{0}"></a><p>{1}</p><p><strong>Publication info:  </strong>The Bay Courier ; Portville [Portville]08 May 2010: AA.2.</p><p><strong>Full text: </strong><text><p>{2}</p><p>{2}</p></text></p><p><strong>Publication title: </strong>The Bay Courier; Portville</p><p><strong>ProQuest document ID: </strong>{0}</p></div>'
    first, second = read(
        tmp_path,
        one.format(251439970, "Council hears plea", FIRST) + one.format(251439971, "Ferry cut", SECOND),
        "a.html",
    )
    assert (first.title, first.key, texts(first)) == ("Council hears plea", "251439970", [FIRST, FIRST])
    assert (second.title, second.date, second.key) == ("Ferry cut", dt.date(2010, 5, 8), "251439971")


@pytest.mark.parametrize("page", [EUROPRESSE, OLDER_EUROPRESSE])
def test_europresse_marks_its_fields_in_both_layouts(tmp_path: Path, page: str) -> None:
    article, *others = read(tmp_path, page, "a.html", fields={"page": "value"})
    assert (article.title, article.byline, article.date) == (
        "Le conseil entend un appel",
        "Varga Ines",
        dt.date(2013, 10, 5),
    )
    assert (article.section, article.lang, len(texts(article))) == ("Politique", "fr", 2)
    assert texts(article)[0] == "Le conseil s’est réuni mardi."
    assert article.key in ("news·20131005·CB·2040056000", "news·20131005·PO·2040056000")
    assert article.extra["page"] in ("7", "03")
    assert article.outlet == ("Le Courrier" if page == EUROPRESSE else "l'Humanité")
    assert [(other.title, other.outlet, other.section) for other in others] == (
        [("Le bac réduit", "Gazette du Port", None)] if page == EUROPRESSE else []
    )


def test_the_certificate_of_europresse_is_no_text_wherever_it_stands(tmp_path: Path) -> None:
    page = EUROPRESSE.replace(
        "<p>Plusieurs",
        "<p>© 2013 Le Courrier. Tous droits réservés.</p><p>Ce certificat est émis.</p><p>Plusieurs",
    )
    assert texts(read(tmp_path, page, "a.html")[0]) == [
        "Le conseil s’est réuni mardi.",
        "Plusieurs ont dit que le bac est plein.",
    ]


def test_records_of_ris_are_articles_and_their_abstracts_are_marked(tmp_path: Path) -> None:
    first, second = read(tmp_path, RIS, "a.ris", fields={"page": "value", "KW": "value"})
    assert (first.title, first.byline, first.outlet) == (
        "Council hears plea for new bridge",
        "Varga, Ines; Okoye, Tom",
        "The Bay Courier",
    )
    assert (first.date, first.lang, first.key) == (dt.date(2012, 5, 24), "en", "1015000001")
    assert (first.url, first.extra) == (
        "https://www.proquest.com/docview/1015000001",
        {"page": "A.7", "kw": ("Bridges", "Ferries")},
    )
    assert (texts(first), str(first.provenance["text"])) == (
        ["The council met for three hours."],
        "stated, only an abstract",
    )
    assert (second.title, second.date, texts(second)) == ("Ferry cut in winter", PartialDate(2012), [])


def test_one_article_in_two_exports_is_one_article(tmp_path: Path) -> None:
    texts_of = [
        read(tmp_path, data, name)[0].id for data, name in ((CODED, "a.txt"), (XML.format(count=1), "a.xml"))
    ]
    assert len({one.rpartition("-")[2] for one in texts_of}) == 1


# ---- office documents


def docx(lines: list[str]) -> bytes:
    """Return a document of Word with a paragraph for each line."""
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
        )
    return packed.getvalue()


def rtf(lines: list[str]) -> bytes:
    return ("{\\rtf1\\ansi " + "".join(f"\\pard {line}\\par\n" for line in lines) + "}").encode("ascii")


@pytest.mark.parametrize(("name", "made"), [("a.docx", docx), ("a.rtf", rtf)])
def test_exports_as_documents_of_word_are_read_like_texts(
    tmp_path: Path, name: str, made: Callable[[list[str]], bytes]
) -> None:
    for text in (UNI, PLAIN, PROQUEST, counted(nexis())):
        lines = [line.strip() for line in text.split("\n")]
        (tmp_path / "a.txt").write_text(text)
        expected = [(one.title, one.outlet, one.date, one.key, texts(one)) for one in read(tmp_path, text)]
        found = [
            (one.title, one.outlet, one.date, one.key, texts(one))
            for one in read(tmp_path, made(lines), name)
        ]
        assert found == expected


def test_a_zip_file_of_documents_of_nexis_has_an_article_each(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in (1, 2):
            archive.writestr(f"{number}.DOCX", docx(UNI.replace("Council", f"Council {number}").split("\n")))
    assert [one.title for one in read(tmp_path, packed.getvalue(), "a.zip")] == [
        f"Council {n} hears plea for new bridge" for n in (1, 2)
    ]


def test_lines_that_an_agency_wrapped_are_joined_in_a_document_of_factiva(tmp_path: Path) -> None:
    wrapped = textwrap.wrap(f"{FIRST} {SECOND} {FIRST} {SECOND} {FIRST} {SECOND}", 50)
    lines = PLAIN.split("\n")
    start = lines.index(FIRST)
    (article, _) = read(tmp_path, rtf([*lines[:start], *wrapped, *lines[start + 3 :]]), "a.rtf")
    assert texts(article) == [" ".join(wrapped)]


# ---- what is no export

MENTIONS = {
    "a line of a count": f"What survived\n\n1 of 2 DOCUMENTS\n\n{FIRST}\n\n{SECOND}\n",
    "a count": f"Only 1 of 2 documents survived\n\nThe archive said that 1 of 2 DOCUMENTS survived.\n\nSECTION: the word stood on the door.\n\n{FIRST}\n",
    "labels": f"Title: Council hears plea\nAuthor: Ines Varga\nPublication date: May 24, 2012\nLanguage: English\n\n{FIRST}\n\nFull text: see the annex.\n",
    "an accession number": f"How to read Factiva\n\nHD stands for the headline.\n\n355 words\n\nIt ends with\nDocument BAYCOU0020170411ed4b0001r\nas everybody knows.\n\n{FIRST}\n",
    "the end of a document": f"The length of a song\n\nLENGTH: 45 words, said the singer.\n\n{FIRST}\n\nEnd of Document\n",
    "a footer with labels": f"Council hears plea\n\nBy Ines Varga\n\n{FIRST}\n\nSection: News\nLength: 452 words\n",
    "capitals": f"HD TV is here\n\nIN short: SN and LA agree.\n\n{FIRST}\n\nPD James wrote it.\n",
}  # fmt: skip


@pytest.mark.parametrize("what", MENTIONS)
def test_an_article_that_mentions_the_words_of_an_export_is_none(tmp_path: Path, what: str) -> None:
    (article,) = read(tmp_path, MENTIONS[what])
    assert FIRST in texts(article)
    origin = Origin("a.txt", ReadOptions())
    assert recognition.exported_text(MENTIONS[what], origin) is None
    assert (
        recognition.exported_page(
            f"<html><body><p>Factiva, ProQuest</p><p>{MENTIONS[what]}</p></body></html>", origin
        )
        is None
    )


ALPHABET = [
    *counted(nexis()).split("\n"), *UNI.split("\n"), *CODED.split("\n"), *PLAIN.split("\n"), *PROQUEST.split("\n"), *RIS.split("\n"),
    "\u2029", "\f", "\0", "HD", "AN", "TD\t", "LENGTH:", "CORRECTION:", "Body", "9999999 of 2 DOCUMENTS", "x" * 5000, "\ue000", "\ue001", ":" * 300,
]  # fmt: skip


def solid(text: str) -> str:
    """Return the characters of a text without white space and marks of columns, in which readers change nothing."""
    return "".join(text.replace(CELL_MARK, "").replace("\ue001", "").split())


def assert_is_of(item: object, text: str) -> None:
    """Assert that an item is an article of what is in a text, or a rejection with a reason."""
    if isinstance(item, Rejected):
        assert item.reason
        return
    assert isinstance(item, Article)
    assert item.title or item.paragraphs
    whole = solid(text)
    for value in (item.title, item.outlet, item.byline, *texts(item)):
        assert all(solid(word) in whole for word in (value or "").split())
    assert item.date is None or item.provenance["date"].known != "missing"


@given(st.lists(st.one_of(st.sampled_from(ALPHABET), st.text(max_size=20)), max_size=60))
def test_reading_an_export_in_any_order_of_its_lines_never_raises_and_invents_nothing(
    lines: list[str],
) -> None:
    origin = Origin("a.txt", ReadOptions())
    for text in ("\n".join(lines), "\n\n".join(lines)):
        for item in recognition.exported_text(text, origin) or ():
            assert_is_of(item, text)
        for item in recognition.exported_page(f"<DOCFULL>{html.escape(text)}", origin) or ():
            assert_is_of(item, text)
    for item in recognition.exported_parts([Part(line) for line in lines], origin) or ():
        assert_is_of(item, "\n".join(lines))


WORDS_OF_TEXT = st.lists(
    st.sampled_from("rain river bridge ferry market harbour".split()), min_size=14, max_size=20
).map(lambda words: " ".join(words).capitalize() + " again.")


@given(st.lists(WORDS_OF_TEXT, min_size=1, max_size=6), st.sampled_from(["classic", "uni", "coded"]))
def test_every_paragraph_of_an_export_is_in_its_article(paragraphs: list[str], kind: str) -> None:
    text = "\n\n".join(paragraphs)
    data = {
        "classic": counted(nexis()),
        "uni": UNI,
        "coded": CODED,
    }[kind].replace(FIRST, text if kind != "coded" else "\n".join(paragraphs))
    articles = [
        item
        for item in recognition.exported_text(data, Origin("a.txt", ReadOptions())) or ()
        if isinstance(item, Article)
    ]
    read = texts(articles[0])
    if kind == "coded":  # lines of one length may be the lines of one paragraph
        assert " ".join(read).startswith(" ".join(paragraphs))
    else:
        assert read[: len(paragraphs)] == paragraphs


@given(st.text(max_size=60), st.integers(0, len(EUROPRESSE)), st.integers(0, len(EUROPRESSE)))
def test_reading_a_damaged_page_of_europresse_never_raises_and_invents_nothing(
    junk: str, start: int, length: int
) -> None:
    page = EUROPRESSE[:start] + junk + EUROPRESSE[start + length :]
    whole = f"<span class=DocPublicationName titreArticle>{page}"
    for item in recognition.exported_page(whole, Origin("a.html", ReadOptions())) or ():
        assert_is_of(item, html.unescape(re.sub(r"<[^<>]*>", "", whole)) + whole)


# ---- counts that exports state


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        ("Search Summary\nText bridge\nResults Found 2\n", []),
        ("Search Summary\nText bridge\nResults Found\t1,204\n", ["the export states 1,204 documents, but 2 were found in it"]),
        ("Suchzusammenfassung\nText Brücke\nGefundene Ergebnisse\n3\n", ["the export states 3 documents, but 2 were found in it"]),
        ("Résumé de la recherche\nRésultats trouvés : 1\n", ["the export states 1 document, but 2 were found in it"]),
        ("Search Summary\nText bridge\n", []),
    ],
)  # fmt: skip
def test_the_number_of_a_search_summary_of_factiva_is_compared(
    tmp_path: Path, summary: str, reason: list[str]
) -> None:
    plain = PLAIN.partition("Search Summary")[0]
    assert rejections(tmp_path, plain + summary) == reason
    coded = f"{CODED}\n{CODED.replace('ed4b0001r', 'ed4b0002r')}\n"
    assert rejections(tmp_path, coded + summary, "b.txt") == reason


@pytest.mark.parametrize(
    ("cover", "reason"),
    [
        ("<p>Nombre de document(s) : 2</p><p>Créé par : Université</p>", []),
        ("<p>Nombre de documents : 5<br>Date de création : 6 mai 2024</p>", ["the export states 5 documents, but 2 were found in it"]),
        ("<p>Documents 1 à 2 de 120</p>", ["the export states 120 documents, but 2 were found in it"]),
        ("<p>Number of documents: 3</p>", ["the export states 3 documents, but 2 were found in it"]),
        ("<p>Revue de presse du 6 mai 2024</p>", []),
    ],
)  # fmt: skip
def test_the_number_on_a_cover_of_europresse_is_compared(
    tmp_path: Path, cover: str, reason: list[str]
) -> None:
    data = EUROPRESSE.replace("<body>", f"<body>{cover}")
    assert rejections(tmp_path, data, "a.html") == reason


def test_a_row_of_a_spreadsheet_of_proquest_is_an_article_with_its_id(tmp_path: Path) -> None:
    data = (
        "Title,Abstract,StoreId,ArticleType,Authors,entryDate,language,placeOfPublication,pubdate,pubtitle,year,DocumentURL,startPage\n"
        'Council hears plea,"The council met for three hours.",1015000001,News,"Varga, Ines",2012-05-25,English,Bay,"May 24, 2012",The Bay Courier,2012,'
        "https://ezproxy.lib.edu/login?url=https://www.proquest.com/docview/1015000001?accountid=1,7\n"
        'Ferry cut,"Abstract not available.",1015000002,News,,2012-05-25,German,Bay,"May 24, 2012",The Bay Courier,2012,https://www.proquest.com/docview/1015000002,8\n'
    )
    first, second = articles_in(read_bytes(tmp_path, "a.csv", data.encode()))
    assert (first.title, first.outlet, first.byline, str(first.date), first.lang) == (
        "Council hears plea", "The Bay Courier", "Varga, Ines", "2012-05-24", "en",
    )  # fmt: skip
    assert (first.key, first.url) == ("1015000001", "https://www.proquest.com/docview/1015000001")
    assert (texts(first), texts(second)) == (["The council met for three hours."], [])


# ---- real exports

COUNTS = {
    "europresse_test1.html": (3, 0), "factiva_test.html": (2, 0), "factiva_test.xml": (3, 0), "lexisnexis_test_copyright_error.html": (1, 1),
    "lexisnexis_test_en.html": (2, 1), "ln_sample.txt": (10, 0), "pq_sample-1.html": (1, 0), "pq_spectator-first-25.txt": (25, 1),
    "reut21578-factiva.xml": (19, 1), "ln_sample.docx": (10, 0), "factiva_aw.rtf": (7, 0),
}  # fmt: skip
"""The numbers of articles and of rejections of each sample; most rejections say that the export states another number."""


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_export_has_as_many_articles_as_it_has_documents(name: str) -> None:
    file = SAMPLES / name
    if not file.is_file():
        pytest.skip(f"no {file}")
    items = read_real_file(file, name)
    articles = [item for item in items if isinstance(item, Article)]
    assert (len(articles), len(items) - len(articles)) == COUNTS[name]
    assert all(article.outlet and article.date for article in articles)
    found = " ".join(text for article in articles for text in texts(article))
    assert not any(
        word in found
        for word in (
            "LOAD-DATE",
            "DOCUMENTS",
            "ProQuest document",
            "All Rights Reserved",
            "Ce certificat",
            "Download Request",
        )
    )
