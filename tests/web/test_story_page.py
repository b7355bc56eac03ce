"""The page of a story: who was first, how late the others were, and what each changed, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from newssearch.web.pages.links import article_path
from newssearch.web.pages.story import path_of_story
from stories_sample import unlike
from support import article

from .conftest import SUN
from .parsed_pages import ParsedPage
from .test_article_page import client_of

TEXT = [f"Sentence number {n} of the report says what happened in town {n} <b>today</b>." for n in range(8)]
WIRE = article("Rain", *TEXT, date="2024-07-25T10:00:00Z", outlet="The Wire")
CUT = article("Rain falls", *TEXT[:6], date="2024-07-25T14:30:00Z", outlet="The Echo", source="The Wire")
EDITED = article(
    "Heavy rain", TEXT[0].replace("happened", "occurred"), *TEXT[1:], "The mayor did not answer.",
    date="2024-07-27T10:00:00Z", outlet="The Post",
)  # fmt: skip


@pytest.fixture
def story_client(tmp_path: Path) -> Iterator[TestClient]:
    """Yield a client of an archive with one story of three articles, and another article."""
    with client_of(tmp_path, WIRE, CUT, EDITED, SUN) as client:
        yield client


def test_the_versions_stand_in_order_of_time_with_what_each_kept(story_client: TestClient) -> None:
    page = ParsedPage(story_client, path_of_story(EDITED.id))
    assert page.texts("table.versions-of tbody th") == ["The Wire", "The Echo from The Wire", "The Post"]
    cells = page.texts("table.versions-of td.day")
    assert cells[1::2] == ["first", "4.5 h", "48.0 h"]
    assert page.texts("table.versions-of td.number") == [
        "8",
        "6 of 8",
        "0",
        "2",
        "0",
        "8 of 8",
        "1",
        "0",
        "1",
    ]
    assert page.values("rect.part", "width") == ["75.0", "100.0"]


def test_each_other_version_stands_beside_the_first(story_client: TestClient) -> None:
    page = ParsedPage(story_client, path_of_story(WIRE.id))
    assert page.texts("section.comparison h2") == ["The Echo 2024-07-25", "The Post 2024-07-27"]
    assert page.texts("tr.cut td") == [TEXT[6], "", TEXT[7], ""]
    assert page.texts("tr.added td") == ["", "The mayor did not answer."]
    assert page.texts("tr.changed del") == ["happened"]
    assert page.texts("tr.changed ins") == ["occurred"]
    assert page.texts("tr.changed td") == [TEXT[0], TEXT[0].replace("happened", "occurred")]
    assert len(page.texts("tr.kept")) == 6 + 7


def test_two_versions_are_chosen_by_the_address(story_client: TestClient) -> None:
    page = ParsedPage(story_client, path_of_story(WIRE.id), base=EDITED.id, version=CUT.id)
    assert page.texts("table.diff th") == ["The Post", "The Echo"]
    assert page.texts("tr.changed del") == ["occurred"]
    assert page.texts("tr.cut td")[::2] == [*TEXT[6:], "The mayor did not answer."]
    options = [
        f"\u2068{name}\u2069, 2024-07-{day}"
        for name, day in (("The Wire", 25), ("The Echo", 25), ("The Post", 27))
    ]
    assert page.texts("select option")[:3] == options  # each name keeps its direction to itself


def test_a_version_that_the_story_does_not_have_is_not_found(story_client: TestClient) -> None:
    page = ParsedPage(story_client, path_of_story(WIRE.id), version=SUN.id)
    assert page.status == 404


def test_articles_are_linked_with_the_query(story_client: TestClient) -> None:
    page = ParsedPage(story_client, path_of_story(WIRE.id), q="report")
    assert page.links("td.headline a")["Rain falls"] == f"{article_path(CUT.id)}?q=report"


def test_an_article_without_copies_is_a_story_of_one(story_client: TestClient) -> None:
    page = ParsedPage(story_client, path_of_story(SUN.id))
    assert "in one article only" in page.text("div.story-head")
    assert not page.texts("table")


def test_without_stories_there_is_nothing_to_export(story_client: TestClient) -> None:
    assert [text for text in ParsedPage(story_client, "/stories", q="report").links() if "CSV" in text]
    for address in ("/stories", "/context", "/words"):
        page = ParsedPage(story_client, address, q="zyxwv")
        assert not [text for text in page.links() if "CSV" in text]


def test_stories_are_listed_with_their_first_article_and_their_size(story_client: TestClient) -> None:
    page = ParsedPage(story_client, "/stories", q="report")
    assert page.text("h1") == "1 story of 3 articles; 3 articles match"
    assert page.texts("ol.story-list p.count") == ["3 articles"]
    assert page.links("ol.story-list a") == {"Rain": f"{path_of_story(WIRE.id)}?q=report"}
    assert page.text("ol.story-list p.meta") == (
        "first The Wire 2024-07-253 outletslast 2024-07-27, 48.0 h later"
    )


def test_stories_of_few_outlets_are_left_out_on_demand(story_client: TestClient) -> None:
    page = ParsedPage(story_client, "/stories", min_outlets="4", sort="newest")
    assert not page.texts("ol.story-list li")
    assert page.links("div.empty a")["Stories of any number of outlets"] == "/stories?sort=newest"
    assert page.text("span.choice") == "newest"
    assert page.links("a.choice")["most outlets"] == "/stories?min_outlets=4&sort=outlets"


def test_filters_hold_for_stories_and_can_be_removed(story_client: TestClient) -> None:
    page = ParsedPage(story_client, "/stories", outlet="The Echo")
    assert page.texts("ol.story-list p.count") == ["1 article"]
    assert "2 more do not match" in page.text("ol.story-list p.meta")
    assert page.values("li.chip a", "href") == ["/stories"]


def test_boilerplate_is_set_apart_in_versions_side_by_side(tmp_path: Path) -> None:
    letter = "Sign up for our daily letter, which comes each morning and is free."
    filler = [article(f"Number {n}", *unlike(n), letter, outlet="The Echo") for n in range(9)]
    cut = article("Rain falls", *TEXT[:6], letter, date="2024-07-25", outlet="The Echo")
    with client_of(tmp_path, WIRE, cut, *filler) as client:
        for parameters in ({}, {"base": cut.id, "version": WIRE.id}):
            page = ParsedPage(client, path_of_story(WIRE.id), **parameters)
            (row,) = page.texts("table.diff tr.boilerplate")
            assert row == letter
