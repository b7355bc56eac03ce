"""HTML pages to articles: the metadata of a page, and the text that it shows."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import support
from newssearch import Article, ReadOptions, Rejected
from newssearch.article import Provenance
from newssearch.readers import Input, Origin, UnreadableError
from newssearch.readers.article.draft import Draft
from newssearch.readers.article.headlines import without_outlet
from newssearch.readers.pages import html, schemaorg
from newssearch.readers.pages.dom import decode_page
from support import THOROUGH

pytest.importorskip("trafilatura", reason="the extra html is not installed")

FIRST = "The bridge over the river will be closed from Monday, the council said, because two of its pillars have cracks."
SECOND = "Engineers had found the cracks in spring, but nobody had told the mayor, who learned of them from a newspaper."
THIRD = "Until autumn, drivers must take the road through the hills, which adds forty minutes to the way into town."
TEXT = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
ADDRESS = "https://www.example.org/2024/bridge"


def page(body: str = f"<h1>Bridge closed</h1>{TEXT}", head: str = "", lang: str = "en") -> str:
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'


def json_ld(**values: object) -> str:
    known = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Bridge closed", **values}
    return f'<script type="application/ld+json">{json.dumps(known)}</script>'


def meta(**values: str) -> str:
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{value}">' for name, value in values.items()
    )


def parse(source: str | bytes, url: str | None = None, charset: str | None = None) -> Article | Rejected:
    data = source.encode() if isinstance(source, str) else source
    (found,) = html.parse(data, Origin("page.html", ReadOptions(), url=url, charset=charset))
    assert isinstance(found, Article | Rejected)
    return found


def read(source: str | bytes, url: str | None = None, charset: str | None = None) -> Article:
    found = parse(source, url, charset)
    assert isinstance(found, Article), str(found)
    return found


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def kinds(article: Article) -> list[tuple[str, str]]:
    return [(paragraph.kind, paragraph.text) for paragraph in article.paragraphs]


# ---- what is a page


@pytest.mark.parametrize(
    "opening",
    [
        "<!DOCTYPE html>\n<html>", "<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'><html>", "<html lang=en>", "\n\n <HTML>",
        "<!-- saved from a browser -->\n<!DOCTYPE html><html>", "<!-- one --><!-- two --><html>", "<head>", "<body>",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">',
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "\ufeff<!DOCTYPE html><html>", "<meta charset=utf-8>",
    ],
)  # fmt: skip
def test_a_page_is_recognised_by_its_content_whatever_its_name(tmp_path: Path, opening: str) -> None:
    (article,) = support.articles_in(
        support.read_bytes(tmp_path, "bridge.dat", f"{opening}<title>Bridge closed</title>{TEXT}")
    )
    assert (article.title, texts(article)) == ("Bridge closed", [FIRST, SECOND, THIRD])


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml", "a.shtml", "a.asp", "a.aspx", "a.php"])
def test_a_page_with_an_unusual_start_is_recognised_by_its_name(tmp_path: Path, name: str) -> None:
    (article,) = support.articles_in(
        support.read_bytes(tmp_path, name, f"<center><h1>Bridge closed</h1>{TEXT}")
    )
    assert texts(article) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "opening",
    [
        "<?xml version='1.0'?><rss>",
        "<rss>",
        "Bridge <html>",
        "<!-- x --><nitf>",
        "<article>",
        "<!-- x -->" * 2000 + "y",
    ],
)
def test_other_formats_are_not_taken_for_pages(opening: str) -> None:
    assert not html.is_page(Input.of(opening.encode(), Origin("a", ReadOptions())))


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (page(head='<meta charset="utf-8">').replace("river", "Düna").encode(), None),
        (page(head='<meta charset="gb2312">').replace("river", "Düna").encode(), None),
        (page(head='<meta charset="iso-8859-1">').replace("river", "Düna").encode("cp1252"), None),
        (page().replace("river", "Düna").encode("cp1252"), "ISO-8859-1"),
        (page(head='<meta charset="nonsense">').replace("river", "Düna").encode("cp1252"), "x-nobody-knows"),
        (page().replace("river", "Düna").encode("utf-8-sig"), "windows-1251"),
        (page().replace("river", "Düna").encode("utf-16"), None),
    ],
)
def test_valid_utf_8_overrides_the_declared_encoding_of_a_page(data: bytes, charset: str | None) -> None:
    assert "Düna" in texts(read(data, charset=charset))[0]


def test_a_page_says_its_encoding_where_its_bytes_do_not_tell() -> None:
    source = page(
        f"<h1>Мост закрыт</h1><p>{'Мост через реку закрыт до осени. ' * 5}</p>",
        '<meta charset="koi8-r">',
        "ru",
    )
    assert read(source.encode("koi8-r")).title == "Мост закрыт"
    declared = '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'
    assert decode_page(f"{declared}<p>橋が閉鎖</p>".encode("cp932")).endswith("<p>橋が閉鎖</p>")
    assert decode_page('<meta charset="iso-2022-jp">橋'.encode("iso-2022-jp")).endswith("橋")


# ---- what it says of itself


def test_metadata_for_search_engines_comes_first() -> None:
    described = json_ld(
        datePublished="2024-07-25T10:00:00+02:00", author=[{"@type": "Person", "name": "Jane Doe"}, "John Roe"],
        publisher={"@type": "Organization", "name": "The Example"}, articleSection=["Roads", "Town"], inLanguage="en-GB",
        sourceOrganization={"name": "Reuters"}, dateline="ROME, July 25", locationCreated={"name": "Rome"},
        url="https://example.org/ld",
    )  # fmt: skip
    other = meta(
        og__title="Other", article__published_time="2020-01-01", og__site_name="Other", article__section="Other",
        og__url="https://example.org/og",
    )  # fmt: skip
    article = read(
        page(head=f'{other}{described}<link rel="canonical" href="https://example.org/canonical">')
    )
    assert (article.title, article.byline) == ("Bridge closed", "Jane Doe, John Roe")
    assert article.date == dt.datetime(2024, 7, 25, 10, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert (article.outlet, article.source) == ("The Example", "Reuters")
    assert (article.section, article.dateline, article.located) == ("Roads, Town", "ROME, July 25", "Rome")
    assert article.url == "https://example.org/canonical"
    assert str(article.provenance["title"]) == "stated, JSON-LD"
    assert str(article.provenance["url"]) == "stated, canonical link"


def test_without_it_metadata_for_social_networks_comes_first() -> None:
    article = read(page(head=meta(
        og__title="Bridge closed - The Example", og__site_name="The Example", og__url=ADDRESS,
        article__published_time="2024-07-25T08:00:00Z", article__author="Jane Doe", article__section="Roads",
    )))  # fmt: skip
    assert (article.title, article.outlet, article.byline) == ("Bridge closed", "The Example", "Jane Doe")
    assert (article.url, article.section, article.source) == (ADDRESS, "Roads", "The Example")
    assert article.date == dt.datetime(2024, 7, 25, 8, tzinfo=dt.timezone.utc)
    assert {name: str(article.provenance[name]) for name in ("title", "date", "outlet", "byline", "url")} == {
        "title": "stated, og:title", "date": "stated, article:published_time", "outlet": "stated, og:site_name",
        "byline": "stated, article:author", "url": "stated, og:url",
    }  # fmt: skip


def test_microdata_is_read_as_json_ld_is() -> None:
    article = read(page(f"""
        <article itemscope itemtype="http://schema.org/NewsArticle"><h1 itemprop="headline">Bridge closed</h1>
        <span itemprop="author" itemscope itemtype="http://schema.org/Person">By <b itemprop="name">Jane Doe</b></span>
        <time itemprop="datePublished" datetime="2024-07-25">today</time>
        <div itemprop="publisher" itemscope itemtype="http://schema.org/Organization">
        <meta itemprop="name" content="The Example"></div><div itemprop="articleBody">{TEXT}</div></article>
    """))  # fmt: skip
    assert (article.title, article.byline, article.outlet) == ("Bridge closed", "Jane Doe", "The Example")
    assert (article.date, texts(article)) == (dt.date(2024, 7, 25), [FIRST, SECOND, THIRD])
    assert str(article.provenance["byline"]) == "stated, microdata"


@pytest.mark.parametrize(
    ("head", "basis"),
    [
        ('<meta name="parsely-pub-date" content="2024-07-25">', "stated, meta parsely-pub-date"),
        ('<meta name="DC.date.issued" content="2024-07-25">', "stated, meta dc.date.issued"),
        ('<meta name="sailthru.date" content="2024-07-25">', "stated, meta sailthru.date"),
        (
            '<meta name="citation_publication_date" content="2024/07/25">',
            "stated, meta citation_publication_date",
        ),
        ('<meta itemprop="datePublished" content="2024-07-25">', "stated, meta datepublished"),
    ],
)
def test_dates_of_other_vocabularies(head: str, basis: str) -> None:
    article = read(page(head=head))
    assert (article.date, str(article.provenance["date"])) == (dt.date(2024, 7, 25), basis)


@pytest.mark.parametrize(
    ("shown", "basis"),
    [
        ('<time pubdate datetime="2024-07-25">Thursday</time>', "stated, date on the page"),
        ('<time class="published" datetime="2024-07-25">Thursday</time>', "stated, date on the page"),
        ('<time datetime="2024-07-25">Thursday</time>', "inferred from a date under the headline"),
        ('<div class="date">25.07.2024</div>', "inferred from a date under the headline"),
        ("<p>July 25, 2024</p>", "inferred from a date under the headline"),
        ("<p>Jane Doe | 25.07.2024</p>", "inferred from a date under the headline"),
    ],
)
def test_a_date_is_read_where_a_reader_sees_it(shown: str, basis: str) -> None:
    article = read(page(f"<h1>Bridge closed</h1>{shown}{TEXT}"))
    assert (article.date, str(article.provenance["date"])) == (dt.date(2024, 7, 25), basis)


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="date">July 25, 2024</div><h1>Bridge closed</h1>{TEXT}',
        f'<time datetime="2024-07-25">now</time><h1>Bridge closed</h1>{TEXT}',
        f'<h1>Bridge closed</h1><time class="updated" datetime="2024-07-25"></time>{TEXT}',
        f"<h1>Bridge closed</h1>{TEXT}<p>It was last closed on July 25, 2024, when the river had carried away half a pillar.</p>",
    ],
)
def test_a_date_that_may_be_today_or_of_an_update_is_not_used(body: str) -> None:
    assert read(page(body)).date is None


@pytest.mark.parametrize("nothing", ["0001-01-01T00:00:00", "0000-00-00", "1970-01-01T00:00:00Z"])
def test_a_placeholder_for_a_missing_date_is_not_used(nothing: str) -> None:
    assert (
        read(page(head=json_ld(datePublished=nothing) + meta(article__published_time=nothing))).date is None
    )
    known = meta(article__published_time="2024-07-25")
    assert read(page(head=json_ld(datePublished=nothing) + known)).date == dt.date(2024, 7, 25)


def test_a_date_may_be_in_the_address() -> None:
    article = read(page(), "https://example.org/2024/07/25/bridge")
    assert (article.date, str(article.provenance["date"])) == (dt.date(2024, 7, 25), "inferred from url")
    assert str(article.provenance["url"]) == "stated, where it was fetched from"
    assert (article.outlet, str(article.provenance["outlet"])) == ("example.org", "inferred from url")


@pytest.mark.parametrize(
    ("shown", "byline"),
    [
        ('<a rel="author" href="/jane">Jane Doe</a>', "Jane Doe"),
        ('<p class="byline">By Jane Doe and John Roe, 25 July 2024</p>', "Jane Doe and John Roe"),
        ('<span class="articleAuthor">Jane Doe</span>', "Jane Doe"),
        ("<p>By Jane Doe</p>", "Jane Doe"),
        ("<p>Von Jane Doe</p>", "Jane Doe"),
        ('<p class="author">Photo: Jane Doe</p>', None),
        ('<p class="author">Follow us on Twitter</p>', None),
        ('<p class="author">Jan May</p>', "Jan May"),
        ("<p>By Theresa May, May 3, 2024</p>", "Theresa May"),
        ("<p>By the river</p><p>Weather</p>", None),
    ],
)
def test_a_byline_is_read_where_a_reader_sees_it(shown: str, byline: str | None) -> None:
    assert read(page(f"<h1>Bridge closed</h1>{shown}{TEXT}")).byline == byline


def test_the_outlet_is_its_own_author_only_where_nobody_else_is() -> None:
    described = json_ld(author={"name": "The Example"}, publisher={"name": "The Example"})
    assert read(page(head=described)).byline == "The Example"
    article = read(page(f'<h1>Bridge closed</h1><p class="byline">By Jane Doe</p>{TEXT}', described))
    assert (article.byline, str(article.provenance["byline"])) == ("Jane Doe", "stated, byline on the page")


@pytest.mark.parametrize(
    "author", ["https://example.org/jane", "jane@example.org", {"url": "https://example.org"}, [], None, 3]
)
def test_addresses_are_no_authors(author: object) -> None:
    assert read(page(head=json_ld(author=author))).byline is None


def test_a_company_gives_way_to_the_name_that_readers_know() -> None:
    described = json_ld(publisher={"name": "Example Media GmbH & Co. KG"})
    assert read(page(head=described)).outlet == "Example Media GmbH & Co. KG"
    assert read(page(head=described + meta(og__site_name="The Example"))).outlet == "The Example"


def test_the_address_of_a_copy_is_not_that_of_the_outlet_that_it_came_from() -> None:
    link = '<link rel="canonical" href="https://other.org/bridge">'
    assert read(page(head=link + meta(og__url=ADDRESS))).url == ADDRESS
    assert read(page(head=link)).url == "https://other.org/bridge"
    assert (
        read(page(head='<link rel="canonical" href="/bridge">'), "https://example.org/x?y").url
        == "https://example.org/bridge"
    )
    assert read(page(head='<link rel="canonical" href="https://example.org/">'), ADDRESS).url == ADDRESS


FETCHED = "https://www.example.org/news/bridge-closed-12345"


def links(canonical: str | None, og_url: str | None = None) -> str:
    link = f'<link rel="canonical" href="{canonical}">' if canonical is not None else ""
    return link + (meta(og__url=og_url) if og_url is not None else "")


@pytest.mark.parametrize(
    ("fetched", "canonical", "og_url", "expected"),
    [
        # it names the article
        (f"{FETCHED}/amp?utm_source=x", FETCHED, None, FETCHED),
        (f"{FETCHED}?page=all", None, FETCHED, FETCHED),
        ("https://example.org/?p=12345", FETCHED, None, FETCHED),
        ("https://amp.example.org/12345", FETCHED, None, FETCHED),
        ("https://www.google.com/amp/s/www.example.org/amp/12345", FETCHED, None, FETCHED),
        ("https://edition.example.org/12345", FETCHED, None, FETCHED),
        ("https://example.com/news/bridge-closed-12345", FETCHED, None, FETCHED),
        (f"{FETCHED}/the-bridge-is-closed", FETCHED, None, FETCHED),
        (f"{FETCHED}?r=1", "/news/bridge-closed-12345", None, FETCHED),
        (f"{FETCHED}?r=1", "www.example.org/news/bridge-closed-12345", None, FETCHED),
        (f"{FETCHED}?r=1", "//www.example.org/news/bridge-closed-12345", None, "https://www.example.org/news/bridge-closed-12345"),
        ("http://localhost:8000/mirror/5.html", FETCHED, None, FETCHED),
        (None, FETCHED, None, FETCHED),
        (None, "www.example.org/news/bridge-closed-12345", None, FETCHED),
        # it names something else
        (FETCHED, "https://www.example.org/", None, FETCHED),
        (FETCHED, "/", None, FETCHED),
        (FETCHED, "", None, FETCHED),
        (FETCHED, "#", None, FETCHED),
        (FETCHED, "https://www.example.org/index.html", None, FETCHED),
        (FETCHED, "https://www.example.org/news", None, FETCHED),
        (FETCHED, "https://www.example.org/news/", "https://www.example.org/news/", FETCHED),
        (FETCHED, "https://www.example.org/home.html", None, FETCHED),
        (FETCHED, "https://www.example.org/tag/roads-and-bridges", None, FETCHED),
        ("https://example.org/story.php?id=5", "https://example.org/story.php", None, "https://example.org/story.php?id=5"),
        ("https://example.org/2024/07/25/bridge", "https://example.org/2024/07/25/", None, "https://example.org/2024/07/25/bridge"),
        (FETCHED, "https://www.other.org/news/bridge-closed-12345", None, FETCHED),
        (FETCHED, "http://localhost/news/bridge-closed-12345", None, FETCHED),
        (FETCHED, "https://192.168.0.5/news/bridge-closed-12345", None, FETCHED),
        (FETCHED, "https://staging.example.org/news/bridge-closed-12345", None, FETCHED),
        (FETCHED, "https://dev2.www.example.org/news/bridge-closed-12345", None, FETCHED),
        (FETCHED, "https://www.example.org/{{ slug }}-bridge-closed", None, FETCHED),
        (FETCHED, "https://www.example.org/news/undefined", None, FETCHED),
        (FETCHED, "https://www.example.org/https://www.example.org/news/bridge-closed-12345", None, FETCHED),
        (FETCHED, "https://[/news", None, FETCHED),
        # they disagree
        (f"{FETCHED}?r=1", FETCHED, "https://www.example.org/news/bridge-old-name-12345", FETCHED),
        (f"{FETCHED}?r=1", "https://www.example.org/news", FETCHED, FETCHED),
        (f"{FETCHED}?r=1", "https://www.other.org/news/bridge-12345", FETCHED, FETCHED),
        (None, "https://www.other.org/news/bridge-12345", FETCHED, FETCHED),
        (None, "https://www.example.org/news", FETCHED, FETCHED),
        (None, FETCHED, "https://social.example.org/news/bridge-closed-12345", FETCHED),
    ],
)  # fmt: skip
def test_an_address_that_a_page_states_counts_if_it_names_the_article(
    fetched: str | None, canonical: str | None, og_url: str | None, expected: str
) -> None:
    assert read(page(head=links(canonical, og_url)), fetched).url == expected


def test_schema_org_states_an_address_as_links_do() -> None:
    assert read(page(head=json_ld(url=FETCHED)), f"{FETCHED}?r=1").url == FETCHED
    assert read(page(head=json_ld(url="https://www.example.org/#site")), FETCHED).url == FETCHED
    assert read(page(head=json_ld(mainEntityOfPage="https://other.org/a-b-c")), FETCHED).url == FETCHED


def test_a_link_may_have_several_relations() -> None:
    link = f'<link rel="Canonical self" href="{FETCHED}">'
    assert read(page(head=link), "https://example.org/?p=5").url == FETCHED


@pytest.mark.parametrize(
    "title",
    ["Bridge closed", "Bridge closed | The Example", "Bridge closed - example.org", "The Example: Bridge closed", "Bridge closed｜The Example"],
)  # fmt: skip
def test_a_headline_is_without_the_name_of_the_outlet(title: str) -> None:
    head = f"<title>{title}</title>{meta(og__site_name='The Example', og__url='https://example.org/a')}"
    assert without_outlet(title, ["The Example", "example.org"]) in ("Bridge closed", title)
    assert read(page(TEXT, head)).title in ("Bridge closed", "The Example: Bridge closed")


def test_the_headline_shown_is_the_one_that_the_page_means() -> None:
    body = f"<h1>The Example</h1><h1>Bridge closed from Monday</h1>{TEXT}<h1>More news of the day</h1>"
    assert read(page(body, "<title>Bridge closed from Monday</title>")).title == "Bridge closed from Monday"
    assert read(page(body)).title == "Bridge closed from Monday"


# ---- schema.org


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Bridge closed"}',
        '[{"@type": "Organization", "name": "x"}, {"@type": "Article", "headline": "Bridge closed"}]',
        '{"@graph": [{"@type": "WebPage"}, {"@type": ["NewsArticle", "Thing"], "headline": "Bridge closed"}]}',
        '{"@type": "WebPage", "mainEntity": {"@type": "http://schema.org/NewsArticle", "headline": "Bridge closed"}}',
        '<!-- {"@type": "NewsArticle", "headline": "Bridge closed"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Bridge closed"}\n//]]>',
        '/*<![CDATA[*/ {"@type": "NewsArticle", "headline": "Bridge closed",} /*]]>*/',
        '{"@type": "NewsArticle", "headline": "Bridge closed", "x": "a\\\'b\nc",}; ',
        '{"@type": "NewsArticle", "headline": "Bridge closed"} {"@type": "Organization"}',
        '{"@type": "LiveBlogPosting", "headline": ["Bridge closed"], // live\n "x": [1, 2,]}',
        '{"@type": "BlogPosting", "headline": "Bridge&nbsp;closed", "x": "\\q"}',
    ],
)
def test_json_ld_is_found_and_mended(script: str) -> None:
    article = read(page(TEXT, f'<script type="application/ld+json">{script}</script>'))
    assert (article.title, str(article.provenance["title"])) == ("Bridge closed", "stated, JSON-LD")


@pytest.mark.parametrize(
    "script", ["", "{", "nonsense", "[" * 100_000, '{"a":' * 100_000, '{"@type": 3}', "null", "NaN", '"x"']
)
def test_invalid_json_ld_is_ignored(script: str) -> None:
    assert read(page(head=f'<script type="application/ld+json">{script}</script>')).title == "Bridge closed"


def test_of_several_articles_it_is_the_one_of_the_address() -> None:
    others = [
        {
            "@type": "NewsArticle",
            "headline": f"Number {n}",
            "url": f"https://example.org/{n}",
            "author": "X",
            "articleBody": "y",
        }
        for n in range(3)
    ]
    head = f'<script type="application/ld+json">{json.dumps(others)}</script>'
    assert read(page(TEXT, head), "https://www.example.org/1/").title == "Number 1"


def test_references_within_a_graph_are_followed() -> None:
    graph = {"@graph": [
        {"@type": "NewsArticle", "headline": "Bridge closed", "author": {"@id": "#jane"}, "publisher": [{"@id": "#example"}]},
        {"@type": "Person", "@id": "#jane", "name": "Jane Doe"}, {"@type": "Organization", "@id": "#example", "name": "The Example"},
    ]}  # fmt: skip
    article = read(page(head=f'<script type="application/ld+json">{json.dumps(graph)}</script>'))
    assert (article.byline, article.outlet) == ("Jane Doe", "The Example")


def test_an_object_of_schema_org_makes_a_draft() -> None:
    draft = Draft(Origin("a.json", ReadOptions()))
    node = {
        "@type": "NewsArticle", "headline": "Bridge closed", "datePublished": "2024-07-25", "articleBody": f"<p>{FIRST}</p><p>{SECOND}</p>",
        "author": [{"givenName": "Jane", "familyName": "Doe"}], "mainEntityOfPage": {"@id": ADDRESS},
        "publisher": {"name": "The Example"}, "provider": {"name": "Reuters"}, "copyrightHolder": {"name": "Example"},
    }  # fmt: skip
    draft.text = schemaorg.stated_body(node)
    schemaorg.claim_node(draft, node)
    article = draft.build()
    assert isinstance(article, Article)
    assert (article.title, article.byline, article.outlet, article.source) == (
        "Bridge closed",
        "Jane Doe",
        "The Example",
        "Reuters",
    )
    assert (article.date, article.url, texts(article)) == (dt.date(2024, 7, 25), ADDRESS, [FIRST, SECOND])
    assert article.provenance["title"] == Provenance("stated")


# ---- the text


def test_the_text_keeps_the_order_of_the_page_and_the_kinds_of_its_blocks() -> None:
    body = f"""<header><nav><a href="/">Home</a> <a href="/roads">Roads</a></nav></header><main><article>
        <h1>Bridge closed</h1><p>{FIRST}</p><figure><img src="a.jpg"><figcaption>The bridge in spring</figcaption></figure>
        <h2>Cracks in spring</h2><p>{SECOND}</p><blockquote><p>Nobody told me anything about it at all, in all these months.</p></blockquote>
        <ul><li>First the northern pillar will be mended</li><li>Then the southern pillar will be mended</li></ul><p>{THIRD}</p>
        </article></main><footer><p>Copyright by all of us, and everything else that stands at the end of every page.</p></footer>"""
    assert kinds(read(page(body))) == [
        ("text", FIRST), ("caption", "The bridge in spring"), ("heading", "Cracks in spring"), ("text", SECOND),
        ("quote", "Nobody told me anything about it at all, in all these months."),
        ("list", "First the northern pillar will be mended; Then the southern pillar will be mended"), ("text", THIRD),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "extra",
    [
        '<div class="share-buttons"><a href="#">Share on X</a></div>',
        '<p><a href="/other">Read more: Another bridge in another town has been closed as well since Monday</a></p>',
        '<div class="newsletter-box"><p>Sign up for our newsletter and read the news of the day before everybody else does.</p></div>',
        '<div class="relatedArticles"><h3>Related</h3><p>Another bridge in another town has been closed as well since Monday.</p></div>',
        '<aside><p>Another bridge in another town has been closed as well since Monday, and nobody knows why that is.</p></aside>',
        '<p style="display: none">Another bridge in another town has been closed as well since Monday, nobody knows why.</p>',
        '<h3>More on this</h3><ul><li><a href="/1">Another bridge</a></li><li><a href="/2">One more bridge</a></li></ul>',
        "<script>var x = 'Another bridge in another town has been closed as well since Monday';</script>",
        '<p><a href="/">News</a> » <a href="/roads">Roads</a> » Bridge closed for at least half a year, says council</p>',
    ],
)  # fmt: skip
@pytest.mark.parametrize("said", [True, False], ids=["in JSON-LD too", "on the page alone"])
def test_content_that_accompanies_the_text_is_left_out(extra: str, said: bool) -> None:
    head = json_ld(articleBody=" ".join([FIRST, SECOND, THIRD])) if said else ""
    article = read(
        page(
            f"<article><h1>Bridge closed</h1><p>{FIRST}</p><p>{SECOND}</p>{extra}<p>{THIRD}</p></article>",
            head,
        )
    )
    assert texts(article) == [FIRST, SECOND, THIRD]


def test_paragraphs_that_are_not_marked_as_such_are_read() -> None:
    article = read(page(f"<h1>Bridge closed</h1><div>{FIRST}<br><br>{SECOND}<br>\n<br>{THIRD}</div>"))
    assert texts(article) == [FIRST, SECOND, THIRD]


def test_short_paragraphs_beside_a_long_one_are_read() -> None:
    short = [
        "議会は橋を月曜日から閉鎖すると発表した。",
        "二本の橋脚に春からひびが入っていた。",
        "市長は新聞で初めてこのことを知ったという。",
    ]
    paragraphs = [*short, FIRST, *(f"{line}秋まで通れない。" for line in short)]
    body = f"<h1>Bridge closed</h1><div>{''.join(f'<p>{line}</p>' for line in paragraphs)}</div>"
    assert texts(read(page(body))) == paragraphs


def test_the_standfirst_is_text_and_the_headline_is_not() -> None:
    lead = "Drivers have to go through the hills until autumn"
    body = f"<header><h1>Bridge closed</h1><div>{lead}</div></header><article><h1>Bridge closed</h1>{TEXT}</article>"
    assert texts(read(page(body, f'<meta name="description" content="{lead}">'))) == [
        lead,
        FIRST,
        SECOND,
        THIRD,
    ]


def test_a_text_for_search_engines_only_is_read_and_marked_as_such() -> None:
    head = json_ld(articleBody="\n\n".join([FIRST, SECOND, THIRD]))
    article = read(page("<h1>Bridge closed</h1><p>Subscribe to read on.</p>", head))
    assert texts(article) == [FIRST, SECOND, THIRD]
    assert (
        str(article.provenance["text"]) == "stated, articleBody of schema.org, which the page does not show"
    )


def test_a_teaser_for_search_engines_is_not_taken_for_the_text() -> None:
    assert texts(read(page(head=json_ld(articleBody=f"{FIRST} {SECOND}"[:150])))) == [FIRST, SECOND, THIRD]


def test_a_page_without_text_has_its_description_and_says_so() -> None:
    head = json_ld() + '<meta name="description" content="A bridge has been closed.">'
    article = read(page("<h1>Bridge closed</h1><video src='a.mp4'></video>", head))
    assert texts(article) == ["A bridge has been closed."]
    assert str(article.provenance["text"]) == "stated, only the description of the page, which has no text"
    assert texts(read(page("<h1>Bridge closed</h1>", json_ld()))) == []


# ---- what is no article


@pytest.mark.parametrize(
    ("source", "url", "reason"),
    [
        (
            page("<h1>404 Not Found</h1><p>nginx</p>", "<title>404 Not Found</title>"),
            None,
            "an error page, not an article",
        ),
        (
            page("<p>Checking your browser</p>", "<title>Just a moment...</title>"),
            None,
            "an error page, not an article",
        ),
        (
            page("<form><input type=password></form>", "<title>Sign in</title>"),
            None,
            "a page to log in, not an article",
        ),
        (page(head="<title>The Example</title>"), "https://example.org/", "a front page, not an article"),
        (page("", ""), None, "neither title nor text"),
    ],
)
def test_pages_that_are_certainly_not_articles_are_rejected(
    source: str, url: str | None, reason: str
) -> None:
    found = parse(source, url)
    assert isinstance(found, Rejected)
    assert found.reason == reason


def test_an_article_on_an_error_is_one() -> None:
    assert read(
        page(f"<h1>404 days without rain</h1>{TEXT * 3}", json_ld(headline="404 days without rain"))
    ).title


# ---- whatever comes


@pytest.mark.parametrize("source", [b"", b" ", b"<html>", b"\0", b"<!doctype html>", b"<html><body></html>"])
def test_a_page_with_nothing_is_rejected(source: bytes) -> None:
    try:
        found = parse(source)
    except UnreadableError:
        return
    assert isinstance(found, Rejected)


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 50_000 + TEXT, "<blockquote>" * 3000 + TEXT, "<p><span><b>" * 5000 + FIRST, "<table><tr><td>" * 300 + TEXT,
        TEXT + "<p>a" * 100_000, f"<p>{FIRST}" * 30_000, "<br>" * 50_000 + TEXT, f"<p class='{'_a' * 100_000}'>{FIRST}</p>" * 3,
    ],
    ids=["deep", "deep quotes", "never closed", "tables", "many", "long", "breaks", "classes"],
)  # fmt: skip
def test_deep_and_large_pages_are_read(body: str) -> None:
    assert FIRST in " ".join(texts(read(page(f"<h1>Bridge closed</h1>{body}"))))


def test_pages_beyond_all_measure_are_rejected() -> None:
    for source in ("<html>" + "x" * (17 * 2**20), "<html>" + "<b>" * 1_100_000):
        with pytest.raises(UnreadableError, match=r"an HTML page of more than [\d,]+ (MiB|tags)"):
            parse(source)


WHOLE = page(
    f'<h1>Bridge closed</h1><p class="byline">By Jane Doe</p><time datetime="2024-07-25">x</time>{TEXT}'
    '<div itemscope itemtype="http://schema.org/Article"><b itemprop="author">x</b></div>',
    json_ld(author={"name": "Jane Doe"}, articleBody=FIRST) + meta(og__title="Bridge closed"),
).encode()


@given(st.data())
@settings(max_examples=30 * THOROUGH)
def test_a_damaged_page_raises_nothing(data: st.DataObject) -> None:
    source = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 12))):
        place = data.draw(st.integers(0, len(source) - 1))
        length = data.draw(st.integers(0, 40))
        source[place : place + length] = data.draw(
            st.binary(max_size=12) | st.sampled_from([b"<", b">", b'"', b"{", b"&#0;"])
        )
    parse_any(bytes(source))


@given(
    st.binary(max_size=300) | st.text(alphabet="<>/\"'&;=!-[]{}:, abphtml1\0é", max_size=200).map(str.encode)
)
@example(b"<html><body><p>\xff\xfe</p>")
@settings(max_examples=30 * THOROUGH)
def test_bytes_raise_nothing(source: bytes) -> None:
    parse_any(source)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([
                "@type", "@id", "@graph", "headline", "name", "author", "publisher", "datePublished", "articleBody", "url",
                "mainEntity", "mainEntityOfPage", "articleSection", "inLanguage", "description", "contentLocation",
            ]) | st.text(max_size=5), inner, max_size=5,
        ),
    )
)  # fmt: skip
@settings(max_examples=25 * THOROUGH)
def test_any_json_ld_raises_nothing(value: object) -> None:
    nodes = {
        "@graph": [
            value,
            {
                "@type": "NewsArticle",
                "headline": value,
                "author": value,
                "publisher": value,
                "articleBody": value,
            },
        ]
    }
    script = json.dumps(nodes).replace("<", "\\u003c")
    parse_any(
        f'<html><script type="application/ld+json">{script}</script><p>{FIRST}</p>'.encode("utf-8", "replace")
    )


def parse_any(source: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        list(html.parse(source, Origin("page.html", ReadOptions(), url=ADDRESS)))


# ---- the extra


def test_without_the_extra_the_rejection_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = "an HTML page: reading it needs trafilatura (pip install 'newssearch[html]')"
    for module in ("trafilatura", "lxml"):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(UnreadableError, match=re.escape(needs)):
            parse(page())


def test_only_reading_a_page_imports_the_libraries_for_pages() -> None:
    code = "import sys, newssearch.readers; sys.exit(bool({'lxml', 'trafilatura'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
