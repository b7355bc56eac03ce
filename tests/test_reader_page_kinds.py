"""Which headline, which authors and which text of a page are those of its article, where the page says several."""

from __future__ import annotations

import json

import pytest

from newssearch import Article, ReadOptions
from newssearch.readers import Origin
from newssearch.readers.pages import html
from newssearch.readers.pages.name_ends import names_before_date

pytest.importorskip("trafilatura", reason="the extra html is not installed")

FIRST = "The bridge over the river will be closed from Monday, the council said, because two of its pillars have cracks."
SECOND = "Engineers had found the cracks in spring, but nobody had told the mayor, who learned of them from a newspaper."
THIRD = "Until autumn, drivers must take the road through the hills, which adds forty minutes to the way into town."
TEXT = f"<p>{FIRST}</p><p>{SECOND}</p>"
COMMENT = "<p>A comment of a reader that is long enough to be a paragraph of the article, but is none.</p>"


def read(body: str, head: str = "", lang: str = "en", title: str = "Bridge closed") -> Article:
    source = f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
    (found,) = html.parse(source.encode(), Origin("page.html", ReadOptions()))
    assert isinstance(found, Article), str(found)
    return found


def texts(article: Article) -> list[str]:
    return [paragraph.text for paragraph in article.paragraphs]


def json_ld(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


# ---- headlines


@pytest.mark.parametrize(
    "head",
    [
        json_ld(headline="a crossing in the north", name="Bridge closed"),
        json_ld(headline="… engineers alarmed"),
        json_ld(headline="Engineers alarmed", description="Engineers alarmed by cracks."),
        '<div itemscope itemtype="https://schema.org/Article"><meta itemprop="headline" content="Engineers alarmed"></div>',
    ],
)
def test_a_lone_odd_headline_gives_way_to_those_that_agree(head: str) -> None:
    assert read(f"{head}<h1>Bridge closed</h1>{TEXT}").title == "Bridge closed"


def test_a_headline_of_its_own_for_search_engines_stays() -> None:
    article = read(f"<h1>Bridge closed</h1>{TEXT}", json_ld(headline="Engineers Are Alarmed by Cracks"))
    assert article.title == "Engineers Are Alarmed by Cracks"


def test_an_h1_without_a_word_of_the_title_comes_after_it() -> None:
    assert read(f"<h1>Archive of our stories</h1>{TEXT}").title == "Bridge closed"


def test_a_title_that_only_names_the_outlet_comes_after_the_h1() -> None:
    head = '<meta property="og:site_name" content="The Example">'
    assert read(f"<h1>Bridge closed</h1>{TEXT}", head, title="The Example").title == "Bridge closed"


@pytest.mark.parametrize("separator", [" - ", " | ", "ㅣ", " – ", " :: "])
def test_the_name_of_the_outlet_is_cut_off_whatever_the_separator(separator: str) -> None:
    head = '<meta property="og:site_name" content="The Example">'
    assert read(TEXT, head, title=f"Bridge closed{separator}The Example").title == "Bridge closed"


def test_a_headline_that_a_heading_shows_is_not_outvoted_by_the_name_of_a_section() -> None:
    head = '<meta property="og:title" content="Bridge closed">'
    body = f"<h1>Local politics</h1><h2>Bridge closed</h2>{TEXT}"
    assert read(body, head, title="Local politics | Daily Planet").title == "Bridge closed"
    odd = '<meta property="og:title" content="Welcome to our new website">'
    assert (
        read(f"<h1>Bridge closed</h1>{TEXT}", odd, title="Bridge closed | Daily Planet").title
        == "Bridge closed"
    )


def test_sections_of_one_article_with_headlines_of_their_own_are_all_read() -> None:
    body = f"<article><section class=s><h1>Bridge closed</h1>{TEXT}</section><section class=s><h1>What comes next</h1>{COMMENT}</section></article>"
    assert any("next" in paragraph.text for paragraph in read(body).paragraphs)


def test_the_text_of_a_related_story_in_data_for_programs_is_not_that_of_the_article() -> None:
    own = [
        f"The council closed the old bridge in month {n} after the flood, and nobody was hurt at all."
        for n in range(3)
    ]
    other = [
        f"The mayor of another town spoke for hours about trams, buses, trains and ferries in year {n}."
        for n in range(9)
    ]
    data = {
        "headline": "Bridge closed",
        "body": own,
        "related": [{"headline": "Trams are late again", "body": other}],
    }
    found = read(f'<h1>Bridge closed</h1><script type="application/json">{json.dumps(data)}</script>')
    assert [paragraph.text for paragraph in found.paragraphs] == own


# ---- authors


@pytest.mark.parametrize(
    ("lang", "shown", "byline"),
    [
        ("de", "Tomas S. Fr, 18. Oktober 2019", "Tomas S."), ("de", "MORITZ G. am", "MORITZ G."),
        ("en", "Joe Wee Monday", "Joe Wee"), ("fr", "Jean Dupont lundi 5 mai 2024", "Jean Dupont"),
        ("pl", "Marta Nowak, poniedziałek 18 października 2019", "Marta Nowak"),
        ("tr", "Ahmet Yılmaz Salı, 5 Mayıs 2024", "Ahmet Yılmaz"), ("da", "Af Lars Hansen tirsdag d. 5. maj", "Lars Hansen"),
        ("de", "Eingestellt von Weinlach", "Weinlach"), ("es", "Publicado por Inés Varga", "Inés Varga"),
        ("en", "Posted on May 3, 2024 by Jane Doe", "Jane Doe"), ("en", "Theresa May", "Theresa May"),
        ("de", "Juli Zeh", "Juli Zeh"), ("de", "Publiziert am", None), ("en", "Jane Doe More Posts", None), ("en", "No Author", None),
    ],
)  # fmt: skip
def test_a_byline_has_the_names_alone(lang: str, shown: str, byline: str | None) -> None:
    assert read(f'<h1>Bridge closed</h1><p class="author">{shown}</p>{TEXT}', lang=lang).byline == byline


@pytest.mark.parametrize(
    ("lang", "shown", "byline"),
    [
        ("sv", "Per Olov Enquist", "Per Olov Enquist"), ("pt", "Da Silva Santos", "Da Silva Santos"), ("en", "By Par Parekh", "Par Parekh"),
        ("en", "Piers Paul Read", "Piers Paul Read"), ("en", "Omar Shareef", "Omar Shareef"), ("fr", "Par Jean Dupont, à Paris", "Jean Dupont"),
        ("en", "Par Jean Dupont", "Jean Dupont"), ("ca", "Per Laia Roca", "Laia Roca"), ("en", "Share this article", None), ("en", "Read more", None),
    ],
)  # fmt: skip
def test_words_of_names_are_no_words_for_by(lang: str, shown: str, byline: str | None) -> None:
    assert read(f'<h1>Bridge closed</h1><p class="author">{shown}</p>{TEXT}', lang=lang).byline == byline


def test_an_outlet_with_a_digit_behind_a_name_is_no_author() -> None:
    shown = '<h1>Bridge closed</h1><p class="from">Por Ines Varga, g1 — Santos</p>'
    assert read(f"{shown}{TEXT}", lang="pt").byline == "Ines Varga"
    turkish = '<h1>Bridge closed</h1><p class="author">tarafından <a href="/a">Ines Varga</a></p>'
    assert read(f"{turkish}{TEXT}", lang="tr").byline == "Ines Varga"


def test_many_authors_in_metadata_are_all_read() -> None:
    names = [f"Maximiliane Wolkenstein-Trostburg {letter}." for letter in "ABCDEFGH"]
    head = "".join(f'<meta name="author" content="{name}">' for name in names)
    assert read(TEXT, head).byline == ", ".join(names)


@pytest.mark.parametrize(
    "line",
    [
        "Von Atemschutzmaske über Kontaktverbot bis Zoonose",
        "Von Hamburg bis München",
        "Por qué sube el precio",
    ],
)
def test_a_deck_that_begins_like_a_byline_is_none(line: str) -> None:
    assert read(f"<h1>Bridge closed</h1><p>{line}</p>{TEXT}", lang="de").byline is None


def test_a_user_name_is_an_author_where_a_link_says_so() -> None:
    shown = '<span class="author">Publiziert am</span> 5. Mai von <a rel="author" href="/u">uriebe</a>'
    assert read(f"<h1>Bridge closed</h1><div>{shown}</div>{TEXT}", lang="de").byline == "uriebe"


@pytest.mark.parametrize(
    "other",
    [
        f'<div class="list"><div class="author">Jon Jones</div>{COMMENT}</div>',
        f'<ul><li><span class="author">Jon Jones</span>{COMMENT}</li></ul>',
        '<div class="related"><a rel="author" href="/j">Jon Jones</a></div>',
        '<section class="more-stories"><span class="byline">By Jon Jones</span></section>',
        '<aside><span class="byline">By Jon Jones</span></aside>',
        '<section id="responses"><ol><li><span class="fn author">Jon J.</span></li></ol></section>',
    ],
)
def test_authors_of_comments_and_other_stories_are_not_those_of_the_article(other: str) -> None:
    assert read(f"<article><h1>Bridge closed</h1>{TEXT}{other}</article>").byline is None


@pytest.mark.parametrize(
    "own",
    [
        '<p class="author">Jane Doe</p>',
        '<div class="foot"><span class="post-author">Posted by <b>Jane Doe</b></span></div>',
        f'<div class="author-box"><div class="author-name">Jane Doe</div>{COMMENT}</div>',
    ],
)
def test_an_author_may_be_named_below_the_article(own: str) -> None:
    assert read(f"<article><h1>Bridge closed</h1>{TEXT}{own}</article>").byline == "Jane Doe"


def test_all_authors_in_metadata_count_and_none_has_a_by() -> None:
    several = '<meta name="author" content="By Jane Doe"><meta name="author" content="John Roe">'
    assert read(TEXT, several).byline == "Jane Doe, John Roe"
    assert (
        read(TEXT, json_ld(headline="Bridge closed", author=["By Jane Doe", "By John Roe"])).byline
        == "Jane Doe, John Roe"
    )
    named = {"givenName": "Tom", "additionalName": "R.", "familyName": "Roe"}
    assert read(TEXT, json_ld(headline="Bridge closed", author=named)).byline == "Tom R. Roe"
    assert read(TEXT, '<meta name="author" content="Von Miller">').byline == "Von Miller"


# ---- the text


@pytest.mark.parametrize(
    "body",
    [
        f"<noscript><div>Please enable scripts.</noscript><h1>Bridge closed</h1>{TEXT}",
        f'<map name="m"><area href="x"><h1>Bridge closed</h1>{TEXT}',
        f'<object data="x.swf"><h1>Bridge closed</h1>{TEXT}',
        f"<h1>Bridge closed</h1><script>document.write('<noscript>')</script>{TEXT}<noscript><p>x</p></noscript>",
        f"<h1>Bridge closed</h1><div><noscript>{TEXT}</noscript></div><p>Write to us.</p>",
        f'<div><template shadowrootmode="open"><h1>Bridge closed</h1><p>{FIRST}</p><slot></slot></template><p>{SECOND}</p></div>',
        f'<div><template shadowrootmode="open"><h1>Bridge closed</h1><p>{FIRST}</p><slot>Loading <p>the text of the article, please wait.</p></slot></template><p>{SECOND}</p></div>',
        f'<x-a><template shadowroot="open"><x-b><template shadowroot="open"><h1>Bridge closed</h1>{TEXT}</template></x-b></template></x-a>',
        f"<h1>Bridge closed</h1>{TEXT}".replace("council", "coun\u00adcil").replace("mayor", "may&shy;or"),
    ],
)
def test_a_page_has_the_text_that_a_browser_shows(body: str) -> None:
    assert texts(read(body)) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("lines", "lang"),
    [
        ("<p>By Ines Varga</p><p>May 6, 2024</p>", "en"), ("<p>Par Inès Varga — 6 mai 2024 à 10h12</p>", "fr"),
        ("<p>7. Mai 2024</p>", "de"), ("<p>Publicado el 6 de mayo de 2024</p>", "es"), ("<p>2024年5月6日 10:12</p>", "zh"),
    ],
)  # fmt: skip
def test_lines_that_only_say_who_and_when_are_no_text(lines: str, lang: str) -> None:
    assert texts(read(f"<h1>Bridge closed</h1>{lines}{TEXT}", lang=lang)) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "line",
    [
        "On 6 May 2024, the bridge was closed.",
        "By the river, nothing moved.",
        "Berlin, 6 May 2024",
        "Ten killed on 6 May 2024",
    ],
)
def test_a_sentence_with_a_date_is_text(line: str) -> None:
    assert texts(read(f"<h1>Bridge closed</h1><p>{line}</p>{TEXT}"))[0] == line


@pytest.mark.parametrize(
    ("lines", "head"),
    [
        (["11 September 2001"], json_ld(headline="Bridge closed", datePublished="2021-09-10T10:00:00Z")),
        (["5 May 1920 – 3 June 2024"], ""),
        (["By Ines Varga"], '<meta name="author" content="Jo Wimmer">'),
        (["Author: Ines Varga", "Writer: Jo Wimmer"], ""),
    ],
)
def test_lines_whose_dates_and_names_the_article_has_not_are_text(lines: list[str], head: str) -> None:
    article = read(f"<h1>Bridge closed</h1>{''.join(f'<p>{line}</p>' for line in lines)}{TEXT}", head)
    known = {str(article.byline), str(article.date)}
    kept = [line for line in lines if line.rpartition(": ")[2] not in known]
    assert kept
    assert texts(article) == [*kept, FIRST, SECOND]


def test_dates_over_the_parts_of_a_text_stay() -> None:
    days = ("May 5, 2024", "May 6, 2024")
    body = f"<h1>Bridge closed</h1><p>{days[0]}</p><p>{FIRST}</p><p>{days[1]}</p><p>{SECOND}</p>"
    assert texts(read(body)) == [days[0], FIRST, days[1], SECOND]


@pytest.mark.parametrize(
    "line", ["10 September 2021, 23:30", "By Ines Varga, 09/10/2021", "Updated 12 September 2021"]
)
def test_a_line_with_the_date_of_the_article_in_another_form_is_no_text(line: str) -> None:
    head = json_ld(headline="Bridge closed", datePublished="2021-09-11T01:30:00Z", author="Ines Varga")
    assert texts(read(f"<h1>Bridge closed</h1><p>{line}</p>{TEXT}", head)) == [FIRST, SECOND]


def test_classes_of_a_grid_with_a_side_bar_do_not_hide_the_text() -> None:
    def part(text: str) -> str:
        return f'<div class="sidebar-grid"><div class="sidebar-grid__content">{text}</div></div>'

    assert texts(read(f"<h1>Bridge closed</h1>{part(TEXT)}{part(f'<p>{THIRD}</p>')}")) == [
        FIRST,
        SECOND,
        THIRD,
    ]


def test_a_text_of_few_words_is_a_text() -> None:
    assert texts(read("<h1>Moose</h1><p>The majestic moose.</p>", title="Moose")) == ["The majestic moose."]


@pytest.mark.parametrize(("tag", "level"), [("article", "h1"), ("article", "h2"), ("div", "h1")])
def test_a_second_article_on_the_page_is_left_out(tag: str, level: str) -> None:
    def one(title: str, text: str) -> str:
        return f'<{tag} class="post"><{level}>{title}</{level}>{text}</{tag}>'

    other = f"<p>{THIRD}</p><p>{THIRD.replace('autumn', 'winter')}</p>"
    assert texts(read(f"<main>{one('Bridge closed', TEXT)}{one('Rain in Rome', other)}</main>")) == [
        FIRST,
        SECOND,
    ]


@pytest.mark.parametrize(
    "article",
    [
        {"title": "Bridge closed", "body": TEXT},
        {
            "headline": "Bridge closed",
            "content": [{"type": "p", "text": FIRST}, {"type": "p", "text": SECOND}],
        },
    ],
)
def test_a_text_may_be_only_in_the_data_for_programs(article: object) -> None:
    data = json.dumps({"props": {"pageProps": {"article": article}}})
    found = read(f'<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{data}</script>')
    assert texts(found) == [FIRST, SECOND]
    assert (
        str(found.provenance["text"]) == "stated, data for the programs of the page, which it does not show"
    )


def test_data_of_something_else_are_no_text() -> None:
    data = json.dumps({"cookies": TEXT})
    found = read(f'<div></div><script type="application/json">{data}</script>')
    assert texts(found) == []


@pytest.mark.parametrize(
    ("line", "lang", "names"),
    [
        ("Jan Freitag", "de", "Jan Freitag"),
        ("Jonathan V. Last", "en", "Jonathan V. Last"),
        ("France 24", "fr", "France 24"),
        ("Marcel·la Topor", "ca", "Marcel·la Topor"),
        ("Theresa May, 3 May 2024", "en", "Theresa May"),
        ("Lena Sun, May 3, 2024", "en", "Lena Sun"),
        ("Ann Lee Published 3 May 2024", "en", "Ann Lee"),
        ("Ines Varga, Montag, 5. Mai 2024", "de", "Ines Varga"),
    ],
)
def test_a_surname_is_no_date(line: str, lang: str, names: str) -> None:
    assert names_before_date(line, lang) == names
