"""The formats of agencies: NITF, NewsML-G2 and NewsML 1."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newssearch import Article, ReadOptions, Rejected
from newssearch.readers import Skipped, read_file
from support import articles_in, read_bytes
from support import read_file as read_real_file

BODY = """<body.content><block><p>The river rose &#8212; and fell.</p><hl2>Bridges</hl2>
<p>Two bridges closed &amp; opened.</p><bq><block><p>“Stay at home.”</p></block></bq>
<ul><li>North bridge, which is the older of the two and was built long ago</li></ul>
<media media-type="image"><media-reference source="a.jpg">x</media-reference><media-caption>The river.</media-caption>
<media-producer>Roe</media-producer></media></block></body.content><body.end><tagline>Doe reported from Basra.</tagline></body.end>"""
NITF = f"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE nitf SYSTEM "nitf-3-3.dtd">
<nitf xml:lang="en"><head><title>slug</title><tobject><tobject.subject tobject.subject.type="Weather"/></tobject>
<docdata><doc-id id-string="E1"/><date.issue norm="20240725T083000+0300"/><doc.copyright holder="The Echo" year="2024"/></docdata>
<pubdata name="The Echo" ex-ref="https://echo.example.org/1"/></head>
<body><body.head><hedline><hl1>Flood in Basra</hl1></hedline><byline>By Jane Doe<byttl>Staff writer</byttl></byline>
<distributor>The Associated Press</distributor><dateline><location>BASRA</location></dateline></body.head>{BODY}</body></nitf>"""
BLOCKS = [
    ("The river rose — and fell.", "text"), ("Bridges", "heading"), ("Two bridges closed & opened.", "text"),
    ("“Stay at home.”", "quote"), ("North bridge, which is the older of the two and was built long ago", "list"),
    ("The river.", "caption"), ("Doe reported from Basra.", "text"),
]  # fmt: skip
DAY = dt.datetime(2024, 7, 25, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=3)))


def g2(content: str, kind: str = "text", status: str = "usable", number: int = 1) -> str:
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x:{number}" xml:lang="en-GB"><itemMeta>
<itemClass qcode="ninat:{kind}"/><provider literal="echo"><name>The Echo</name></provider>
<versionCreated>2024-07-26T00:00:00Z</versionCreated><firstCreated>2024-07-25T08:30:00+03:00</firstCreated>
<pubStatus qcode="stat:{status}"/></itemMeta><contentMeta><located><name>Basra</name></located><creator><name>Jane Doe</name></creator>
<infoSource literal="Reuters"/><subject qcode="medtop:1"><name>Weather</name></subject><headline>Flood in Basra</headline>
<description>A river rose.</description></contentMeta><contentSet>{content}</contentSet></newsItem>"""


def newsml1(content: str, medium: str = "Text") -> str:
    return f"""<NewsML><NewsItem xml:lang="fr"><Identification><NewsIdentifier><ProviderId>afp.com</ProviderId>
<PublicIdentifier>urn:newsml:1</PublicIdentifier></NewsIdentifier></Identification><NewsManagement>
<FirstCreated>20240725T083000+0300</FirstCreated><Status FormalName="Usable"/></NewsManagement><NewsComponent><NewsLines>
<HeadLine>Crue à Bassora</HeadLine><ByLine>Jeanne D.</ByLine><DateLine>BASSORA, 25 juil 2024 (AFP) -</DateLine></NewsLines>
<AdministrativeMetadata><Provider><Party FormalName="AFP"/></Provider></AdministrativeMetadata><ContentItem>
<MediaType FormalName="{medium}"/><DataContent>{content}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"""


def one(folder: Path, data: str) -> Article:
    (article,) = articles_in(read_bytes(folder, "a.xml", data))
    return article


def blocks(article: Article) -> list[tuple[str, str]]:
    return [(paragraph.text, paragraph.kind) for paragraph in article.paragraphs]


def skipped(folder: Path, data: str) -> list[str]:
    (folder / "a.xml").write_text(data, "utf-8")
    return [
        item.kind for item in read_file(folder / "a.xml", "a.xml", ReadOptions()) if isinstance(item, Skipped)
    ]


def test_a_document_of_nitf_is_an_article(tmp_path: Path) -> None:
    article = one(tmp_path, NITF)
    assert blocks(article) == BLOCKS
    assert (article.title, article.date, article.outlet, article.source) == (
        "Flood in Basra",
        DAY,
        "The Echo",
        "AP",
    )
    assert (article.byline, article.dateline, article.located) == ("Jane Doe", "BASRA", "Basra")
    assert (article.section, article.lang, article.url) == ("Weather", "en", "https://echo.example.org/1")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f'<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body>{BODY}</body></nitf></inlineXML>', BLOCKS),
        ('<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body><h2>Bridges</h2><p>Closed.</p></body></html></inlineXML>', [("Bridges", "heading"), ("Closed.", "text")]),
        ('<inlineData contenttype="text/plain">The river rose.\n\nIt fell.</inlineData>', [("The river rose.", "text"), ("It fell.", "text")]),
        ('<inlineData contenttype="text/html">&lt;p&gt;The river rose.&lt;/p&gt;</inlineData>', [("The river rose.", "text")]),
    ],
)  # fmt: skip
def test_an_item_of_newsml_g2_is_an_article(
    tmp_path: Path, content: str, expected: list[tuple[str, str]]
) -> None:
    article = one(tmp_path, g2(content))
    assert blocks(article) == expected
    assert (article.title, article.date, article.outlet, article.source) == (
        "Flood in Basra",
        DAY,
        "The Echo",
        "Reuters",
    )
    assert (article.byline, article.located, article.section, article.lang) == (
        "Jane Doe",
        "Basra",
        "Weather",
        "en-GB",
    )


def test_an_item_without_text_has_its_description_and_says_so(tmp_path: Path) -> None:
    article = one(tmp_path, g2('<remoteContent href="a.xml"/>'))
    assert blocks(article) == [("A river rose.", "text")]
    assert str(article.provenance["text"]) == "stated, only its description"


def test_a_message_holds_several_items(tmp_path: Path) -> None:
    items = [g2(f"<inlineData>Story {n}.</inlineData>", number=n) for n in range(3)] + [
        g2("", "picture"),
        g2("", "video"),
    ]
    message = f"<newsMessage><itemSet>{''.join(items)}<packageItem/><conceptItem/></itemSet></newsMessage>"
    articles = articles_in(read_bytes(tmp_path, "a.xml", message))
    assert [article.paragraphs[0].text for article in articles] == ["Story 0.", "Story 1.", "Story 2."]
    assert len({article.id for article in articles}) == 3
    assert skipped(tmp_path, message) == ["pictures", "audio and video", "packages", "concepts"]


def test_withdrawn_items_are_rejected(tmp_path: Path) -> None:
    (item,) = read_bytes(tmp_path, "a.xml", g2("<inlineData>x</inlineData>", status="canceled"))
    assert str(item) == "a.xml:1: withdrawn by its publisher"
    (item,) = read_bytes(
        tmp_path, "a.xml", NITF.replace("<docdata>", '<docdata management-status="withheld">')
    )
    assert isinstance(item, Rejected)


def test_an_item_of_newsml_1_is_an_article(tmp_path: Path) -> None:
    article = one(tmp_path, newsml1("<p>Le fleuve a débordé.</p><p>Il a baissé.</p>"))
    assert [text for text, _ in blocks(article)] == ["Le fleuve a débordé.", "Il a baissé."]
    assert (article.title, article.date, article.outlet, article.byline) == (
        "Crue à Bassora",
        DAY,
        "AFP",
        "Jeanne D.",
    )
    assert (article.dateline, article.lang) == ("BASSORA, 25 juil 2024 (AFP) -", "fr")
    assert blocks(one(tmp_path, newsml1(NITF[NITF.index("<nitf") :]))) == BLOCKS
    assert skipped(tmp_path, newsml1("x", "Photo")) == ["pictures"]


def test_entities_are_safe(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE nitf [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><nitf><body><body.content>&b;</body.content></body></nitf>'
    (item,) = read_bytes(tmp_path, "a.xml", bomb)
    assert str(item) == "a.xml: an XML document that declares entities of its own"
    named = NITF.replace("&#8212;", "&mdash;")
    assert blocks(one(tmp_path, named)) == BLOCKS


def test_other_encodings_and_broken_documents(tmp_path: Path) -> None:
    data = (
        NITF.replace("UTF-8", "iso-8859-1")
        .replace("“", "")
        .replace("”", "")
        .replace("Bridges", "Brücken")
        .encode("latin-1")
    )
    (article,) = articles_in(read_bytes(tmp_path, "a.xml", data))
    assert article.paragraphs[1].text == "Brücken"
    mislabelled = NITF.replace("UTF-8", "iso-8859-1").replace("Bridges", "Brücken")
    assert one(tmp_path, mislabelled).paragraphs[1].text == "Brücken"
    (item,) = read_bytes(tmp_path, "a.xml", NITF[:-40])
    assert isinstance(item, Rejected)
    assert item.reason.startswith("broken XML")
    deep = (
        "<nitf><body><body.content>"
        + "<block>" * 20_000
        + "x"
        + "</block>" * 20_000
        + "</body.content></body></nitf>"
    )
    assert blocks(one(tmp_path, deep)) == [("x", "text")]


@given(
    st.sampled_from([NITF, g2("<inlineData>x</inlineData>"), newsml1("<p>x</p>")]),
    st.text(max_size=20),
    st.data(),
)
def test_nothing_raises(
    tmp_path_factory: pytest.TempPathFactory, document: str, noise: str, draw: st.DataObject
) -> None:
    at = draw.draw(st.integers(0, len(document)))
    read_bytes(
        tmp_path_factory.mktemp("any"),
        "a.xml",
        (document[:at] + noise + document[at + len(noise) :]).encode("utf-8", "replace"),
    )


def test_real_wires(data_dir: Path) -> None:
    articles = rejected = 0
    for name in ("newsml-g2", "wire-xml"):
        for file in sorted((data_dir / "formats" / name).iterdir()):
            for item in read_real_file(file):
                articles += isinstance(item, Article)
                rejected += isinstance(item, Rejected)
                assert isinstance(item, Article) or item.reason.startswith(
                    ("neither title", "an XML document in no supported format")
                )
    assert (articles, rejected) == (29, 31)


@pytest.mark.parametrize("escaped", [False, True])
def test_html_in_the_character_data_of_newsml_is_read_as_html(tmp_path: Path, escaped: bool) -> None:
    html = "<P>The river rose <endash/> and fell.</P><P>Two bridges closed. R&amp;D</P>"
    data = html.replace("&", "&amp;").replace("<", "&lt;") if escaped else f"<![CDATA[{html}]]>"
    assert blocks(one(tmp_path, newsml1(data))) == [
        ("The river rose – and fell.", "text"),
        ("Two bridges closed. R&D", "text"),
    ]


def test_lines_of_nitf_that_are_elements_are_joined_to_paragraphs(tmp_path: Path) -> None:
    lines = [
        "   The river rose on Monday and",
        "it fell on Tuesday, said the",
        "council.",
        "   Two bridges closed and",
        "opened.",
        "then.",
    ]
    body = "".join(f"<p>{line}</p>" for line in lines)
    article = one(tmp_path, f"<nitf><body><body.content><block>{body}</block></body.content></body></nitf>")
    assert [text for text, _ in blocks(article)] == [
        "The river rose on Monday and it fell on Tuesday, said the council.",
        "Two bridges closed and opened. then.",
    ]
