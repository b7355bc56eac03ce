"""The page of an article: the text with its matches, where it comes from, and its place among the hits of a search."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from starlette.testclient import TestClient

import newssearch
from newssearch import Provenance
from newssearch.web import ServerSettings, create_app
from newssearch.web.pages.links import article_path
from stories_sample import unlike
from support import article, index_of

from .conftest import FLOOD, STORM, SUN
from .parsed_pages import ParsedPage


def page_of(client: TestClient, one: newssearch.Article, **parameters: str) -> ParsedPage:
    """Return the page of an article."""
    return ParsedPage(client, article_path(one.id), **parameters)


def client_of(folder: Path, *articles: newssearch.Article, **settings: object) -> TestClient:
    """Return a client of the application that serves an archive of the given articles."""
    index_of(folder / "index", *articles).close()
    chosen = ServerSettings(index=folder / "index", **settings)  # type: ignore[arg-type]
    return TestClient(create_app(settings=chosen), base_url="http://127.0.0.1")


def test_each_paragraph_has_an_anchor_and_shows_markup_in_the_text_as_text(client: TestClient) -> None:
    page = page_of(client, FLOOD)
    assert page.text("h1") == "Flood"
    assert page.texts("div.par p") == ["The river rose.", "Rain fell on <b>Sunday</b>."]
    assert page.values("div.par", "id") == ["p1", "p2"]
    assert not page.texts("mark")


def test_the_matches_of_the_query_are_marked_and_numbered_from_the_headline_on(client: TestClient) -> None:
    page = page_of(client, FLOOD, q="rain flood")
    assert page.texts("mark") == ["Flood", "Rain"]
    assert page.values("mark", "id") == ["match-1", "match-2"]
    assert page.values("#p2", "data-first") == ["2"]
    assert page.links("p.par-links a") == {"headline": "#content", "¶ 2": "#p2"}


def test_an_article_leads_to_the_hits_before_and_after_it_with_all_that_the_search_asked(
    client: TestClient,
) -> None:
    page = page_of(client, FLOOD, q="rain", sort="newest", until="2024")
    assert page.text("span.place-in-results") == "Article 2 of 2"
    steps = page.links("span.steps a")
    assert list(steps) == ["← Previous article"]
    path, _, asked = steps["← Previous article"].partition("?")
    assert path == article_path(STORM.id)
    assert parse_qs(asked) == {"q": ["rain"], "sort": ["newest"], "until": ["2024"]}
    assert page.links("nav.in-results a")["← All results"] == "/?q=rain&sort=newest&until=2024"


def test_an_article_that_no_search_led_to_has_no_neighbours(client: TestClient) -> None:
    assert not page_of(client, FLOOD).texts("nav.in-results")


def test_an_article_that_is_no_hit_of_the_search_says_so(client: TestClient) -> None:
    page = page_of(client, SUN, q="rain")
    assert "not listed among the results" in page.text("span.place-in-results")
    assert page.status == 200


def test_the_table_of_fields_says_of_each_where_it_comes_from(tmp_path: Path) -> None:
    one = newssearch.Article.create(
        title="Rain", text="It rained.", outlet="The Echo", date="2024-07-25",
        provenance={"date": Provenance("inferred", "url")}, extra={"theme": "weather"},
    )  # fmt: skip
    with client_of(tmp_path, one) as client:
        page = page_of(client, one)
    names, cells = page.texts("table.data tbody th"), page.texts("table.data td")
    rows = dict(zip(names, zip(cells[::2], cells[1::2], strict=True), strict=True))
    assert rows["outlet"] == ("The Echo", "stated")
    assert rows["date"] == ("2024-07-25", "inferred from url")
    assert rows["source"] == ("The Echo", "inferred from outlet")
    assert rows["byline"] == ("–", "missing")
    assert rows["theme"] == ("weather", "stated")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://echo.example/rain?a=1&b=2", ["https://echo.example/rain?a=1&b=2"]),
        ("javascript:alert(1)", []),
        ("file:///etc/passwd", []),
    ],
)
def test_only_addresses_of_the_web_are_links(tmp_path: Path, url: str, shown: list[str]) -> None:
    one = article("Rain", "It rained.", url=url)
    with client_of(tmp_path, one) as client:
        page = page_of(client, one)
    assert page.values("a.original", "href") == shown
    assert page.values("a.original", "rel") == ["noopener noreferrer"] * len(shown)
    assert not [address for address in page.values("a", "href") if address.startswith(("javascript", "file"))]


@pytest.mark.parametrize("show_paths", [True, False])
def test_files_of_the_server_are_shown_only_if_the_settings_say_so(tmp_path: Path, show_paths: bool) -> None:
    one = newssearch.Article.create(title="Rain", text="It rained.", path="reports/rain.txt")
    with client_of(tmp_path, one, show_paths=show_paths) as client:
        page = page_of(client, one)
    assert ("reports/rain.txt" in page.source) is show_paths


def test_copies_are_listed_with_the_comparison_of_their_texts(tmp_path: Path) -> None:
    text = [f"Sentence number {n} of the report says what happened in town {n}." for n in range(8)]
    first = article("Rain", *text, date="2024-07-25", outlet="The Echo")
    second = article("Rain again", *text, date="2024-07-26", outlet="The Post")
    with client_of(tmp_path, first, second) as client:
        page = page_of(client, first, q="report")
    assert page.texts("ul.copies li") == ["The Post 2024-07-26"]
    assert page.links("ul.copies a")["The Post"] == f"{article_path(second.id)}?q=report"
    assert f"/story/{first.id}?q=report" in page.values("a", "href")


def test_links_captions_and_a_repeated_headline_are_set_apart(tmp_path: Path) -> None:
    one = article("Rain floods the old town", "Rain floods the old town", "READ MORE: Wind in the hills", "Water stood in the streets of the town.")  # fmt: skip
    with client_of(tmp_path, one) as client:
        page = page_of(client, one)
    kinds = [names.split()[1] for names in page.values("div.par", "class")]
    assert kinds == ["repeated", "aside", "text"]


def test_reference_managers_find_the_data_of_the_article(tmp_path: Path) -> None:
    one = article(
        'Rain & "wind"', "It rained.", date="2024-07-25", outlet="The Echo", byline="Ann Lee and Bo Ek",
        url="https://echo.example/rain", lang="en",
    )  # fmt: skip
    with client_of(tmp_path, one) as client:
        page = page_of(client, one)
    tags = list(zip(page.values("meta", "name"), page.values("meta", "content"), strict=True))
    assert [content for name, content in tags if name == "citation_author"] == ["Ann Lee", "Bo Ek"]
    assert ("citation_title", 'Rain & "wind"') in tags
    assert ("citation_publication_date", "2024-07-25") in tags
    assert ("z:itemType", "newspaperArticle") in tags
    (coins,) = page.values("span.Z3988", "title")
    fields = parse_qs(coins)
    assert fields["rft.au"] == ["Ann Lee", "Bo Ek"]
    assert (fields["rft.title"], fields["rft.source"]) == (['Rain & "wind"'], ["The Echo"])
    assert fields["rft.identifier"] == ["https://echo.example/rain"]
    assert page.texts("p.citation")[0] == (
        'Ann Lee and Bo Ek, “Rain & "wind",” The Echo, 25 July 2024, https://echo.example/rain.'
    )


def test_each_part_of_a_citation_has_a_direction_of_its_own(tmp_path: Path) -> None:
    one = article("خطة جديدة", "قالت الحكومة", date="2024-07-25", outlet="الجزيرة")
    with client_of(tmp_path, one) as client:
        page = page_of(client, one)
    assert page.texts("p.citation bdi") == ["خطة جديدة", "الجزيرة", "25 July 2024"]
    assert page.texts("p.citation")[0] == "“خطة جديدة,” الجزيرة, 25 July 2024."


def test_related_articles_come_when_they_are_asked_for(client: TestClient) -> None:
    (link,) = page_of(client, FLOOD).values("#related a", "href")
    assert link == f"{article_path(FLOOD.id)}?related=1#related"
    page = ParsedPage(client, link)
    assert page.texts("ol.related-list h3") == ["Storm"]


def test_earlier_versions_are_listed(archive: Path, client: TestClient) -> None:
    old = article("Hail", "It hailed.", url="https://echo.example/hail")
    new = article("Hail", "It hailed at noon.", url="https://echo.example/hail")
    with newssearch.open(archive) as index:
        index.add(old)
        index.add(new)
    assert page_of(client, old).texts("ol.versions li")[0].startswith("version 1 came into the index")
    assert len(page_of(client, old).texts("ol.versions li")) == 2


def test_an_id_that_no_article_has_is_not_found(client: TestClient) -> None:
    assert ParsedPage(client, "/article/none").status == 404


def test_a_query_with_a_mistake_shows_its_place(client: TestClient) -> None:
    page = page_of(client, FLOOD, q="rain colour:red")
    assert page.status == 400
    assert "^^^^^^^" in page.text("pre.place")


def test_boilerplate_is_set_apart_and_says_what_it_is(tmp_path: Path) -> None:
    letter = (
        "Sign up for our daily letter, which comes each morning and is free.",
        "Follow us wherever you are, and tell your friends about us and our work.",
    )
    others = [
        article(f"Number {n}", letter[0], *unlike(n), letter[1], outlet="The <i>Echo</i>", section="World")
        for n in range(10)
    ]
    with client_of(tmp_path, *others, FLOOD) as client:
        page = page_of(client, others[3])
        assert page.texts("div.boilerplate p") == list(letter)
        assert page.values("div.boilerplate", "id") == ["p1", "p4"]
        assert page.texts("p.role-note") == [
            "Boilerplate: The <i>Echo</i> prints this under ten or more articles"
        ]
        assert not page_of(client, FLOOD).texts("p.role-note")
        marked = page_of(client, others[3], q="letter")
        assert marked.texts("mark") == ["letter"]
        assert client.get(f"/api/article/{others[3].id}").json()["boilerplate"] == [1, 4]
        assert client.get(f"/api/article/{others[3].id}?q=letter").json()["boilerplate"] == [1, 4]
        assert client.get(f"/api/article/{FLOOD.id}").json()["boilerplate"] == []
