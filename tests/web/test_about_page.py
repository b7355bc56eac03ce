"""The page about the archive: its contents, the coverage of its fields, and how it is cited."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

import newssearch
from newssearch import Article, Provenance
from support import article

from .parsed_pages import ParsedPage
from .test_article_page import client_of


def test_the_numbers_of_the_archive_are_those_of_its_index(client: TestClient) -> None:
    page = ParsedPage(client, "/about")
    facts = dict(zip(page.texts("dl.facts dt"), page.texts("dl.facts dd"), strict=True))
    assert facts["Articles"] == "3"
    assert facts["Paragraphs"] == "5"
    assert facts["Dates"] == "2024-07-25 to 2024-07-26"
    assert facts["Without a date"] == "1"


def test_the_citation_names_the_commit_and_its_digest(client: TestClient, archive: Path) -> None:
    with newssearch.open(archive) as index:
        digest = index.commit.digest
        assert digest in ParsedPage(client, "/about").text("p.citation")
        index.add(article("Hail", "Hail fell."))
        new = ParsedPage(client, "/about")
        assert digest not in new.text("p.citation")
        assert index.commit.digest in new.text("p.citation")
    assert "Archive of 4 articles" in new.text("p.citation")


def test_outlets_lead_to_their_articles(client: TestClient) -> None:
    page = ParsedPage(client, "/about")
    assert "/?outlet=The%20Post" in page.values("ul.values a", "href")
    assert "The Post 2" in page.texts("ul.values li")


def test_coverage_tells_stated_inferred_and_missing_values_apart(tmp_path: Path) -> None:
    articles = [
        Article.create(title="A", text="Rain.", section="Weather", url="a:1"),
        Article.create(title="B", text="Rain.", section="World", url="a:2", provenance={"section": Provenance("inferred", "url")}),
        Article.create(title="C", text="Rain.", url="a:3"),
        Article.create(title="D", text="Rain.", url="a:4"),
    ]  # fmt: skip
    with client_of(tmp_path, *articles) as client:
        page = ParsedPage(client, "/about")
    names, shares = page.texts("table.coverage tbody th"), page.texts("table.coverage td.number")
    place = 3 * names.index("section")
    assert shares[place : place + 3] == ["25.0 %", "25.0 %", "50.0 %"]


def test_own_fields_are_listed_with_filters_of_their_own(tmp_path: Path) -> None:
    one = Article.create(title="A", text="Rain.", extra={"theme": "weather report"})
    with client_of(tmp_path, one) as client:
        page = ParsedPage(client, "/about")
    assert page.links("ul.values a")["weather report"] == "/?where=theme%3Dweather%20report"


def test_values_that_are_not_listed_are_behind_a_link(tmp_path: Path) -> None:
    places = [f"Town{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(62)]
    with client_of(
        tmp_path, *(article(f"In {name}", f"Rain in {name}.", located=name) for name in places)
    ) as client:
        page = ParsedPage(client, "/about")
        path, _, anchor = page.links("p.actions a")["2 more values"].partition("#")
        assert len(ParsedPage(client, path).texts(f"details#{anchor} a.value")) == 62


def test_an_empty_archive_says_how_to_fill_it(tmp_path: Path) -> None:
    with client_of(tmp_path) as client:
        page = ParsedPage(client, "/about")
    assert page.status == 200
    assert "newssearch index" in page.text("div.empty")


def test_the_folder_of_the_index_is_shown_only_on_demand(tmp_path: Path) -> None:
    with client_of(tmp_path, article("A", "Rain.")) as client:
        assert str(tmp_path) not in ParsedPage(client, "/about").source
