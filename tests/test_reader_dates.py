"""Dates that are only a month or a year, in files of all formats."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from newssearch import Article, PartialDate, Provenance
from newssearch.article import STATED, Date
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
