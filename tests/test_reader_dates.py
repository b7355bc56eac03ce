"""Dates that are only a month or a year, in files of all formats."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from newssearch import Article, PartialDate, Provenance
from newssearch.article import MONTH_FIRST, STATED, Date
from newssearch.readers import Origin, ReadOptions
from newssearch.readers.article.draft import Draft
from support import articles_in, read_bytes

MONTH, YEAR, DAY = PartialDate(2024, 8), PartialDate(2024), dt.date(2024, 8, 5)
TEXT = "The river rose above its banks on Monday, and the council closed two bridges to traffic until the water falls."
PAGE = (
    "<html><head><title>Flood</title>{head}</head><body><article><h1>Flood</h1>{body}<p>"
    + TEXT
    + "</p></article></body></html>"
)
FEED = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>E</title><item><title>Flood</title>'
    "<description>" + TEXT + "</description>{0}</item></channel></rss>"
)
LD = '<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "Flood", "datePublished": "{0}"}}</script>'


@pytest.mark.parametrize(
    ("name", "data", "date"),
    [
        ("a.json", f'{{"title": "Flood", "text": "{TEXT}", "date": "August 2024"}}', MONTH),
        ("a.json", f'{{"title": "Flood", "text": "{TEXT}", "date": "2024"}}', YEAR),
        ("a.json", f'{{"title": "Flood", "text": "{TEXT}", "date": 2024}}', YEAR),
        ("a.json", f'{{"title": "Flood", "text": "{TEXT}", "date": 1234}}', None),
        ("a.json", f'{{"title": "Flood", "text": "{TEXT}", "date": "2024-08-00"}}', MONTH),
        ("a.csv", f'title,text,date\nFlood,"{TEXT}",08/2024\n', MONTH),
        ("a.csv", f'title,text,date\nFlood,"{TEXT}",Août 2024\n', MONTH),
        ("a.csv", f'title,text,date\nFlood,"{TEXT}",2024\n', YEAR),
        ("a.tsv", f"title\ttext\tdate\nFlood\t{TEXT}\t2024-08\n", MONTH),
        ("a.xml", FEED.format("<dc:date>2024-08</dc:date>"), MONTH),
        ("a.xml", FEED.format("<pubDate>August 2024</pubDate>"), MONTH),
        ("a.xml", FEED.format("<dc:date>2024</dc:date>"), YEAR),
        ("a.html", PAGE.format(head='<meta name="dc.date" content="2024-08">', body=""), MONTH),
        ("a.html", PAGE.format(head='<meta name="citation_publication_date" content="2024">', body=""), YEAR),
        ("a.html", PAGE.format(head=LD.format("2024-08"), body=""), MONTH),
        ("a.html", PAGE.format(head=LD.format("2024-08") + '<meta name="date" content="2024-08-05">', body=""), DAY),
        ("a.md", f"---\ntitle: Flood\ndate: 2024-08\n---\n\n{TEXT}\n", MONTH),
        ("a.md", f"---\ntitle: Flood\ndate: 2024\n---\n\n{TEXT}\n", YEAR),
        ("a.txt", f"Flood\n\nAugust 2024\n\n{TEXT}\n", MONTH),
        ("a.eml", f"Subject: Flood\nFrom: a@e.org\nDate: August 2024\nMessage-ID: <1@e.org>\n\n{TEXT}\n", MONTH),
    ],
)  # fmt: skip
def test_a_month_or_a_year_is_read_as_it_is_stated(
    tmp_path: Path, name: str, data: str, date: Date | None
) -> None:
    (read,) = articles_in(read_bytes(tmp_path, name, data))
    assert (read.title, read.date) == ("Flood", date)
    assert read.to_dict()["date"] == (date.isoformat() if date is not None else None)
    if date is not None:
        assert read.provenance["date"].known == "stated"


@pytest.mark.parametrize(
    ("claims", "date"),
    [
        (["2024", "2024-08", "2024-08-05"], DAY),
        (["2024", "2024-08"], MONTH),
        (["2024-08", "2024"], MONTH),
        (["2024-08", "2024-07"], MONTH),
        (["soon", "2024"], YEAR),
        ([MONTH], MONTH),
    ],
)
def test_the_first_of_the_finest_dates_is_the_date(claims: list[Any], date: Date) -> None:
    draft = Draft(Origin("a.txt", ReadOptions()))
    draft.text = TEXT
    for number, claim in enumerate(claims):
        draft.claim("date", claim, Provenance("inferred", f"claim {number}"))
    made = draft.build()
    assert isinstance(made, Article)
    chosen = next(n for n, claim in enumerate(claims) if str(claim) == str(date))
    assert (made.date, made.provenance["date"]) == (date, Provenance("inferred", f"claim {chosen}"))


@pytest.mark.parametrize("date", [MONTH, YEAR, "August 2024", "2024"])
def test_an_article_can_be_made_with_a_month_or_a_year(date: str | PartialDate) -> None:
    made = Article.create(title="Flood", text=TEXT, date=date)
    assert made.date in (MONTH, YEAR)
    assert made.id.startswith(f"{made.date}-flood-")
    assert made.provenance["date"] == STATED
    assert made.digest != Article.create(title="Flood", text=TEXT, date="2024-08-01").digest


# ---- which of day and month comes first, by the language or another date of the article

LONG = [TEXT, TEXT.replace("Monday", "Friday"), TEXT.replace("river", "lake")]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in LONG)
GERMAN = "<p>Die Gemeinderäte berieten am Dienstag über die Zufahrt zu den geplanten Windrädern und den Bau der Straßen.</p>"


def page_date(tmp_path: Path, body: str, head: str = "", lang: str = "en") -> tuple[Date | None, Provenance]:
    """Return the date of a page with this body, and its provenance."""
    page = f'<html lang="{lang}"><head><title>Flood in town</title>{head}</head><body>{body}</body></html>'
    (read,) = articles_in(read_bytes(tmp_path, "a.html", page))
    return read.date, read.provenance["date"]


def test_the_language_of_a_page_decides(tmp_path: Path) -> None:
    meta = '<meta name="date" content="02/10/2020">'
    body = f"<article><h1>Flood in town</h1>{BODY}</article>"
    date, provenance = page_date(tmp_path, body, meta, lang="en-GB")
    assert (date, str(provenance)) == (dt.date(2020, 10, 2), "inferred from day first, as in en-GB")
    date, provenance = page_date(tmp_path, body, meta)
    assert (date, provenance) == (dt.date(2020, 2, 10), MONTH_FIRST)


def test_the_language_of_the_text_decides_where_the_page_states_that_of_its_program(tmp_path: Path) -> None:
    body = f"<article><h1>Streit um die Zufahrt</h1>{GERMAN}{GERMAN.replace('Dienstag', 'Montag')}</article>"
    date, provenance = page_date(tmp_path, body, '<meta name="date" content="02/10/2020">', lang="en-US")
    assert (date, provenance.known) == (dt.date(2020, 10, 2), "inferred")


def test_the_words_of_an_element_decide(tmp_path: Path) -> None:
    shown = '<time datetime="01-11-2023 10:29">{} 10:29</time>'
    for words, expected in (("November 1, 2023", (11, 1)), ("January 11, 2023", (1, 11))):
        date, provenance = page_date(
            tmp_path, f"<article><h1>Flood in town</h1>{shown.format(words)}{BODY}</article>"
        )
        assert date == dt.datetime(2023, *expected, 10, 29)
        assert provenance.known == "inferred"


def test_the_address_decides(tmp_path: Path) -> None:
    head = '<meta name="date" content="02/10/2020"><link rel="canonical" href="https://e.org/2020/10/02/flood.html">'
    date, _ = page_date(tmp_path, f"<article><h1>Flood in town</h1>{BODY}</article>", head)
    assert date == dt.date(2020, 10, 2)


def test_the_language_of_a_record_decides(tmp_path: Path) -> None:
    record = '{"title": "Moradores", "text": "Moradores pedem.", "date": "06/02/2024 16:22", "lang": "pt"}'
    (read,) = articles_in(read_bytes(tmp_path, "a.json", record))
    assert (read.date, read.provenance["date"].known) == (dt.datetime(2024, 2, 6, 16, 22), "inferred")


def test_the_language_of_a_plain_text_decides(tmp_path: Path) -> None:
    text = "Raad hoort pleidooi\n\n03-11-2020\n\nDe raad vergaderde dinsdag drie uur en hoorde de bewoners van de wijk.\n"
    (read,) = articles_in(read_bytes(tmp_path, "a.txt", text))
    assert (read.title, read.date) == ("Raad hoort pleidooi", dt.date(2020, 11, 3))


# ---- feeds


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2017-08-01 13:55:44.364419679 +0200 CEST", "2017-08-01T13:55:44.364419+02:00"),
        ("Fri, 22 Sep 17 00:30:00 +0300", "2017-09-22T00:30:00+03:00"),
        ("2017-08-01", "2017-08-01"),
        ("Tue, 1 Aug 17", "2017-08-01"),  # feedparser knows it, and makes it midnight
    ],
)
def test_feeds_have_the_time_that_they_state_and_no_other(tmp_path: Path, stated: str, expected: str) -> None:
    (read,) = articles_in(read_bytes(tmp_path, "a.xml", FEED.format(f"<pubDate>{stated}</pubDate>")))
    assert read.date is not None
    assert read.date.isoformat() == expected


# ---- dates that a page shows


@pytest.mark.parametrize(
    "body",
    [
        '<article><header><time datetime="2022-02-01">01.02.2022</time> | Council<h1>Flood in town</h1></header>{0}</article>',
        "<div><div class=date>1 February 2022</div><h1>Flood in town</h1>{0}</div>",
        "<article><p>News | 1 February 2022</p><h1>Flood in town</h1>{0}</article>",
        '<h1>Flood in town</h1><aside><time datetime="2011-01-01">1 January 2011</time></aside><p>1 February 2022</p>{0}',
        "<article><h1>Flood in town</h1><p>By Jane Doe and John Roe, Springfield 1 February 2022</p>{0}</article>",
        "<article><h1>Flood in town</h1><p>Last updated 3 March 2023</p><p>First published: 1 February 2022</p>{0}</article>",
        "<article><h1>Flood in town</h1><p>Mis à jour le 3 mars 2023</p>{0}<p>Publié le 1 février 2022</p></article>",
        "<article><h1>Flood in town</h1><p>1 febbraio 2022 - Aggiornato il 3 marzo 2023</p>{0}</article>",
        "<article><h1>Flood in town</h1>{0}<footer>Published: 1 February 2022</footer></article>",
        "<article><h1>Flood in town</h1>{0}<abbr class=published title='2022-02-01'>10:52</abbr></article>",
        "<article><h1>Flood in town</h1><p>Open day: 14 December 2031</p><p>1 February 2022</p>{0}</article>",
        "<article><h1>Flood in town</h1><p>Bijgewerkt: 3 maart 2023</p><p>1 februari 2022</p>{0}</article>",
        "<div class=main><div><h2 class=date-header>Tuesday, 1 February 2022</h2><div class=post><h1>Flood in town</h1>{0}</div></div></div>",
        "<div class=main><p class=datum>5 May 2023</p><div><h1>Flood in town</h1><p>1 February 2022</p>{0}</div></div>",
        "<article><h1>Flood in town</h1><p>Posted on <time class='entry-date published updated'>1 February 2022</time></p>{0}</article>",
        "<article><h1>Flood in town</h1><span class=posted><time class=published>February 1, 2022</time><time class=updated>March 3, 2023</time></span>{0}</article>",
        "<article><h1>Flood in town</h1><dl><dt>Datum</dt><dd>01.02.2022</dd></dl>{0}</article>",
        "<article><h1>Flood in town</h1><p>Data utworzenia: 1 lutego 2022</p><p>Data modyfikacji: 3 marca 2023</p>{0}</article>",
    ],
)
def test_the_date_of_the_article_is_found_near_its_headline(tmp_path: Path, body: str) -> None:
    assert page_date(tmp_path, body.format(BODY))[0] == dt.date(2022, 2, 1)


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Flood in town</h1>{0}<section id=responses><b>Jo</b> <time datetime=2022-02-01>1 February 2022</time></section>",
        "<h1>Flood in town</h1>{0}<div class=comment-list><p>Posted by Jo on 1 February 2022</p></div>",
        "<h1>Flood in town</h1>{0}<div><h3><a href=/x>Fire in town</a></h3><time datetime=2022-02-01>1 February 2022</time></div>",
        "<h1>Flood in town</h1><div><h3><a href=/x>Fire in town</a></h3><p>1 February 2022</p></div>{0}",
        "<h1>Flood in town</h1><div class=teaser>1 February 2022</div>{0}",
        "<h1>Flood in town</h1><p>Open day: 14 December 2031</p>{0}",
        "<h1>Flood in town</h1><p>Erscheinungstermin des Buches: 14.08.2017</p>{0}",
        "<h1>Flood in town</h1><p>Обновлено 1 февраля 2022</p>{0}",
        "<h1>Flood in town</h1><p>Stand: 01.02.2022, 10:15 Uhr</p>{0}",
        "<h1>Flood in town</h1><p>Güncelleme: 1 Şubat 2022</p>{0}",
        "<h1>Flood in town</h1><time class=modified datetime=2022-02-01>1 February 2022</time>{0}",
        "<h1>Flood in town</h1><p>The last flood was on 1 February 2022, when the bridge fell.</p>{0}",
        "<h1>Flood in town</h1>{0}<p>The council met on 1 February 2022.</p>",
    ],
)
@pytest.mark.parametrize("element", ["article", "body"])
def test_dates_of_comments_other_stories_events_and_updates_are_not_that_of_the_article(
    tmp_path: Path, body: str, element: str
) -> None:
    assert page_date(tmp_path, f"<{element}>{body.format(BODY)}</{element}>")[0] is None


@pytest.mark.parametrize(
    "line",
    [
        "Festival opens 14 December 2031", "The mayor died on 5 May 2019.", "3 May 2020 to 5 June 2020, Town Museum", "3–5 May 2020",
        "3. bis 5. Mai 2020", "© 2024 Example, 5 May 2011", "Ines Varga (born 5 May 1950)", "Ines Varga (* 5. Mai 1950)",
        "Public hearing: 14 December 2031", "Save the date: 14 December 2031", "Date of birth: 14 December 1950",
        "Application filed: 3 May 2020", "Дата рождения: 14.12.1950",
        "The exhibition runs until <time datetime=2031-12-14>14 December</time>.",
    ],
)  # fmt: skip
def test_dates_of_events_lives_and_rights_are_not_that_of_the_article(tmp_path: Path, line: str) -> None:
    assert page_date(tmp_path, f"<article><h1>Flood in town</h1><p>{line}</p>{BODY}</article>")[0] is None


@pytest.mark.parametrize(
    "line",
    [
        "By Jane Doe on 1 February 2022", "Jane Doe | 1 February 2022 | 5 minute read", "Von Anna von der Heide, Berlin, 1. Februar 2022",
        "Par Jean Dupont, à Paris, le 1 février 2022", "10:30 - 1 February 2022", "Innlent | mbl | 1.2.2022", "Date: 1 February 2022",
        "Дата публикации: 1.02.2022", "sexta-feira, 1 de fevereiro de 2022",
    ],
)  # fmt: skip
def test_a_line_with_names_and_sections_has_the_date_of_the_article(tmp_path: Path, line: str) -> None:
    date, _ = page_date(tmp_path, f"<article><h1>Flood in town</h1><p>{line}</p>{BODY}</article>")
    assert date is not None
    assert date.isoformat()[:10] == "2022-02-01"


def test_the_only_date_of_a_page_is_that_of_the_article_if_nothing_stands_beside_it(tmp_path: Path) -> None:
    page = "<article><h1>Flood in town</h1>{}<h3>More</h3>{}{}</article>"
    date, provenance = page_date(tmp_path, page.format(BODY, "<p>Tuesday, 1 February 2022</p>", ""))
    assert (date, str(provenance)) == (dt.date(2022, 2, 1), "inferred from the only date on the page")
    for others in (
        ("<p>1 February 2022</p>", "<p>2 February 2022</p>"),
        ("<p>Jo <span class=date>1 February 2022</span></p>", ""),
        ("<ul><li><a href=/x>Fire</a> 1 February 2022</li></ul>", ""),
    ):
        assert page_date(tmp_path, page.format(BODY, *others))[0] is None


def test_the_time_before_a_date_and_that_behind_it_are_read(tmp_path: Path) -> None:
    for shown in ("22:29 May 7, 2018", "7 May 2018 22.29", "Monday 7 May 2018 | 10.29pm"):
        body = f"<article><h1>Flood in town</h1><p>{shown}</p>{BODY}</article>"
        assert page_date(tmp_path, body)[0] == dt.datetime(2018, 5, 7, 22, 29)


def test_a_date_that_is_that_of_the_last_update_gives_way_to_an_earlier_one(tmp_path: Path) -> None:
    head = (
        '<meta property="article:published_time" content="2015-09-17T16:57:43+01:00">'
        '<meta property="article:modified_time" content="2016-05-08T10:11:51+01:00">'
    )
    body = f"<article><h1>Flood in town</h1>{BODY}</article>"
    date, provenance = page_date(tmp_path, body, head + LD.format("2016-05-08T10:11:51+01:00"))
    assert (str(date), str(provenance)) == ("2015-09-17 16:57:43+01:00", "stated, article:published_time")
    date, _ = page_date(tmp_path, body, head + LD.format("2015-09-18T10:00:00+01:00"))
    assert str(date) == "2015-09-18 10:00:00+01:00"


# ---- kinds of markup on pages

PROSE = (
    "<p>The council met for three hours on Tuesday evening and heard from residents of the old harbour quarter, who want a bridge.</p>"
    * 3
)


@pytest.mark.parametrize(
    ("body", "lang", "date"),
    [
        # the name of the author is a heading with a link beside the date
        (f'<article><h1>Bridge closed</h1><div><h4 class="author-name"><a href="/a">Ines Varga</a></h4><time datetime="2024-05-06">May 6, 2024</time></div>{PROSE}</article>', "en", "2024-05-06"),
        # a link to the article itself below the text
        (f'<section><h1>Bridge closed</h1>{PROSE}<div class="post-footer"><a href="/p">May 6th, 2024 10:12am</a></div></section>', "en", "2024-05-06T10:12:00"),
        # a bar below the headline has the date of the article; one above it has that of today
        (f'<div class="main"><h1>Bridge closed</h1><div class="top-bar"><span class="date">2024年05月06日 10:12</span></div>{PROSE}</div>', "zh", "2024-05-06T10:12:00"),
        (f'<div class="main"><div class="top-bar"><span class="date">7 June 2025</span></div><h1>Bridge closed</h1>{PROSE}</div>', "en", None),
        # a sentence in an element about the article
        (f'<article><h1>Bridge closed</h1>{PROSE}<p class="postmetadata">This entry was posted on Monday, May 6th, 2024 at 10:12 am and is filed under <a href="/c">City</a>. You can follow any responses to this entry through the RSS feed.</p></article>', "en", "2024-05-06T10:12:00"),
        (f'<article><h1>Bridge closed</h1>{PROSE}<p>The first report was posted on Monday, May 6th, 2024 at 10:12 am and is filed under City, as everybody knows by now. You can follow it.</p></article>', "en", None),
        # the weekday decides against the language
        (f'<article><h1>Bridge closed</h1><div>ma, 05/06/2024 - 10:12</div>{PROSE}</article>', "nl", "2024-05-06T10:12:00"),
        # nothing but the dateline has a date
        (f"<article><h1>Bridge closed</h1><p>Marseille, le 6 mai 2024 - {PROSE[3:]}</article>", "fr", "2024-05-06"),
        # years of eras
        (f'<div><h1>Bridge closed</h1><p class="date">令和6年5月6日</p>{PROSE}</div>', "ja", "2024-05-06"),
    ],
)  # fmt: skip
def test_dates_in_markup_of_many_programs(tmp_path: Path, body: str, lang: str, date: str | None) -> None:
    found, _ = page_date(tmp_path, body, lang=lang)
    assert (found.isoformat() if isinstance(found, dt.date) else found) == date
