"""The page of a query in context: aligned lines, their order, their page, their sample."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from newssearch.web.pages.links import article_path
from support import article

from .conftest import FLOOD, STORM
from .parsed_pages import ParsedPage
from .test_article_page import client_of


def test_each_line_has_its_match_between_the_words_around_it_and_leads_to_the_paragraph(
    client: TestClient,
) -> None:
    page = ParsedPage(client, "/context", q="rain", sort="newest", outlet="")
    assert page.text("h1") == "2 occurrences in 2 paragraphs of 2 articles"
    assert page.texts("span.kwic-text b") == ["Rain", "Rain"]
    assert page.texts("span.kwic-text span.right") == ["and wind.", "fell on <b>Sunday</b>."]
    assert page.values("a.kwic-line", "href") == [
        f"{article_path(STORM.id)}?q=rain#p1",
        f"{article_path(FLOOD.id)}?q=rain#p2",
    ]


def test_filters_hold_for_the_lines_and_for_the_articles_that_they_lead_to(client: TestClient) -> None:
    page = ParsedPage(client, "/context", q="rain", outlet="The Post")
    assert page.texts("span.kwic-meta") == ["2024-07-26 The Post"]
    assert page.values("a.kwic-line", "href") == [f"{article_path(STORM.id)}?q=rain&outlet=The%20Post#p1"]


def test_lines_are_sorted_by_the_words_before(tmp_path: Path) -> None:
    one = article("Weather", "Old rain fell.", "Big rain fell.", "More rain fell.")
    with client_of(tmp_path, one) as client:
        page = ParsedPage(client, "/context", q="rain", sort="left")
    assert page.texts("span.left") == ["Big", "More", "Old"]
    assert page.text("span.choice") == "by the words before"


def test_a_page_has_as_many_lines_as_asked_and_leads_to_the_next(tmp_path: Path) -> None:
    one = article("Weather", *[f"Rain {number}" for number in range(5)])
    with client_of(tmp_path, one) as client:
        page = ParsedPage(client, "/context", q="rain", limit="2", page="2")
        assert page.texts("span.right") == ["2", "3"]
        assert page.values("ol.kwic", "start") == ["3"]
        assert page.links("nav.pages a")["Next →"] == "/context?q=rain&limit=2&page=3"
        beyond = ParsedPage(client, "/context", q="rain", limit="2", page="9")
    assert "no lines after number 5" in beyond.text("#content p.beyond")


def test_a_sample_is_named_and_drawn_again_by_its_seed(tmp_path: Path) -> None:
    one = article("Weather", *[f"Rain {number}" for number in range(40)])
    with client_of(tmp_path, one) as client:
        pages = [ParsedPage(client, "/context", q="rain", sample="5", seed=seed) for seed in ("7", "7", "8")]
    drawn = [page.texts("span.right") for page in pages]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 5
    assert "a random sample of 5 of them (seed 7)" in pages[0].text("p.line-notes")


def test_a_seed_without_a_sample_does_no_harm(client: TestClient) -> None:
    assert ParsedPage(client, "/context", q="rain", seed="7").texts("span.kwic-text b") == ["Rain", "Rain"]


def test_text_from_right_to_left_begins_on_the_right(tmp_path: Path) -> None:
    one = article("طقس", "هطل المطر في بغداد يوم الأحد", lang="ar")
    with client_of(tmp_path, one) as client:
        page = ParsedPage(client, "/context", q="المطر")
    assert page.values("span.kwic-text", "dir") == ["rtl"]
    assert page.texts("span.left") == ["هطل"]


def test_without_a_query_the_view_says_what_it_is_for(client: TestClient) -> None:
    page = ParsedPage(client, "/context")
    assert page.status == 200
    assert "with the words around it" in page.text("div.empty")


def test_where_nothing_is_found_the_page_says_what_to_do_next(client: TestClient) -> None:
    page = ParsedPage(client, "/context", q="snow", outlet="The Post")
    assert page.links("div.empty a")["Remove all filters"] == "/context?q=snow"


def test_a_query_without_words_is_refused_with_the_reason(client: TestClient) -> None:
    assert ParsedPage(client, "/context", q="outlet:post").status == 400


def test_a_note_on_the_query_stands_below_its_place(client: TestClient) -> None:
    page = ParsedPage(client, "/context", q="rain snoww")
    assert page.texts("ul.remarks li")


def test_all_lines_can_be_exported_as_the_view_has_them(client: TestClient) -> None:
    page = ParsedPage(client, "/context", q="rain", sort="newest", width="2", seed="7", until="2024")
    links = page.links("p.actions a")
    assert list(links) == ["CSV of all 2 lines", "NDJSON of all 2 lines", "JSON of all 2 lines"]
    rows = client.get(links["CSV of all 2 lines"]).text.splitlines()
    assert [row.split(",")[5] for row in rows] == ["match", "Rain", "Rain"]
    assert client.get(links["JSON of all 2 lines"]).json()["sort"] == "newest"


def test_a_parameter_of_an_export_does_not_disturb_the_view(client: TestClient) -> None:
    assert ParsedPage(client, "/context", q="rain", format="csv").status == 200
