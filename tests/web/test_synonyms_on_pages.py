"""Synonyms on the page of a search and in the API: the option, its link, its chip, and what is marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from starlette.testclient import TestClient

from newssearch.web import create_app
from support import article, index_of


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("archive")
    (folder / "newssearch.toml").write_text('[synonyms]\npolice = ["cops"]\nGendarmen = "cops"\n', "utf-8")
    index_of(
        folder / "index", article("Raid", "The police came by policy."), article("Chase", "Two cops ran.")
    ).close()
    with TestClient(create_app(folder / "index"), base_url="http://127.0.0.1") as client:
        yield client


def test_a_reader_chooses_synonyms_and_sees_them(reader: TestClient) -> None:
    page = lxml.html.fromstring(reader.get("/?q=police").text)
    assert page.xpath('//input[@name="synonyms"]/@checked') == []
    assert page.xpath("//article//mark/text()") == ["police"]
    page = lxml.html.fromstring(reader.get("/?q=police&synonyms=true").text)
    assert page.xpath('//input[@name="synonyms"]/@checked') == ["checked"]
    assert sorted(page.xpath("//article//mark/text()")) == ["cops", "police"]
    text = " ".join(page.text_content().split())
    assert "'police' also finds its synonym 'cops'" in text
    assert "syn(police OR cops)" in text
    (chip,) = page.xpath('//a[@href="/?q=police"]')
    assert "with synonyms" in " ".join(chip.getparent().text_content().split())


def test_a_page_without_results_offers_synonyms(reader: TestClient) -> None:
    page = lxml.html.fromstring(reader.get("/?q=Gendarmen&strict=true").text)
    (link,) = page.xpath('//a[text()="Find synonyms too"]/@href')
    assert lxml.html.fromstring(reader.get(link).text).xpath("//article//mark/text()") == ["cops"]
    assert not lxml.html.fromstring(reader.get(link).text).xpath('//a[text()="Find synonyms too"]')


def test_the_option_is_not_offered_without_a_table(tmp_path: Path) -> None:
    index_of(tmp_path / "index", article("Raid", "The police came.")).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        assert 'name="synonyms"' not in client.get("/?q=police").text
        assert 'name="synonyms"' in client.get("/?q=police&synonyms=true").text  # to be turned off


def test_the_article_that_a_hit_leads_to_has_the_synonyms_marked(reader: TestClient) -> None:
    page = lxml.html.fromstring(reader.get("/?q=title:chase%20police&synonyms=true").text)
    (address,) = page.xpath("//article//h2/a/@href | //article//h3/a/@href")
    assert "cops" in lxml.html.fromstring(reader.get(address).text).xpath("//mark/text()")


def test_the_api_takes_synonyms(reader: TestClient) -> None:
    assert reader.get("/api/search?q=police").json()["total_articles"] == 1
    found = reader.get("/api/search?q=police&synonyms=true").json()
    assert (found["total_articles"], found["interpretation"]) == (2, "syn(police OR cops)")
    assert reader.get("/api/search?q=syn:police").json()["total_articles"] == 2
    assert reader.get("/api/search?synonyms=true").status_code == 400


def test_a_word_without_synonyms_leads_to_a_similar_one(reader: TestClient) -> None:
    page = lxml.html.fromstring(reader.get("/?q=came syn:policy").text)
    (link,) = page.xpath('//a[bdi="police"]/@href')
    assert link == "/?q=came%20syn:police"
