"""The page that compares queries over time."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

from starlette.testclient import TestClient

from newssearch.web import create_app
from newssearch.web.pages.charts import NAME_HEIGHT
from support import article, index_of

from .test_search_page import Shown, folder, reader

__all__ = ["folder", "reader"]


def test_each_query_has_its_totals_and_leads_to_its_hits(reader: TestClient) -> None:
    page = Shown(reader, "/compare?q=rain&q=hot")
    assert page.rows("//table[contains(@class,'compared-totals')]/tbody/tr") == [
        ["rain", "5", "83 %", "1 without a date", "×"],
        ["hot", "1", "17 %", "", "×"],
    ]
    assert page.follow("//table[contains(@class,'compared-totals')]//a[.='hot']").headlines == ["Sun"]
    assert page.link("//a[@aria-label='Remove the query rain']") == "/compare?q=hot"


def test_a_value_leads_to_the_hits_of_its_query_and_period(reader: TestClient) -> None:
    page = Shown(reader, "/compare?q=rain&q=hot&unit=month&outlet=The+Post")
    rows = page.rows("//details//tbody/tr")
    assert rows == [
        ["2024-07", "1 100 %", "0 0 %", "1"],
        ["2024-08", "1 100 %", "0 0 %", "1"],
        ["2024-09", "0 0 %", "1 100 %", "1"],
    ]
    (august,) = page.tree.xpath("//a[title[starts-with(., 'rain, 2024-08')]]/@href")
    assert Shown(reader, august).headlines == ["Dry month"]


def test_shares_are_of_the_articles_that_the_filters_let_through(reader: TestClient) -> None:
    page = Shown(reader, "/compare?q=rain&q=hot&outlet=The+Post")
    assert [row[1:3] for row in page.rows("//table[contains(@class,'compared-totals')]/tbody/tr")] == [
        ["3", "75 %"],
        ["1", "25 %"],
    ]


def test_articles_that_are_not_in_the_chart_are_counted_and_linked(tmp_path: Path) -> None:
    many = [
        article(f"Rain {day}", "Rain.", date=(dt.date(2024, 1, 1) + dt.timedelta(day)).isoformat())
        for day in range(300)
    ]
    others = article("Old", "Rain.", date="1995-05-05"), article("Late", "Rain.", date="2031-05-05")
    index_of(
        tmp_path / "index", *others, article("Year", "Rain.", date="2024"), article("Never", "Rain."), *many
    ).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, "/compare?q=rain&q=hail&unit=month")
        left_out = "//table[contains(@class,'compared-totals')]//td[@class='meta']/span"
        assert page.all(left_out) == [
            "1 before 2024-01",
            "1 after 2024-10",
            "1 without a date, 1 dated only by year",
        ]
        assert page.follow("//a[.='1 before 2024-01']").headlines == ["Old"]
        assert page.follow("//a[.='1 after 2024-10']").headlines == ["Late"]
        by_week = Shown(client, "/compare?q=rain&unit=week")
        assert by_week.all(left_out)[2:] == ["1 without a date, 1 dated only by month or year"]


def test_a_value_in_a_chosen_period_leads_to_the_hits_that_it_counts(reader: TestClient) -> None:
    page = Shown(reader, "/compare?q=rain&unit=month&since=2024-07-26")
    assert page.rows("//details//tbody/tr")[0] == ["2024-07", "1 100 %", "1"]
    assert page.follow("(//details//tbody//a)[1]").headlines == ["Storm"]


def test_numbers_can_be_shown_instead_of_shares(reader: TestClient) -> None:
    page = Shown(reader, "/compare?q=rain&unit=month")
    assert page.text("//h2[@id='time-title']") == "Share of all articles by month"
    numbers = page.follow("//a[normalize-space()='number']")
    assert numbers.text("//h2[@id='time-title']") == "Articles by month"
    assert numbers.rows("//details//tbody/tr")[0] == ["2024-07", "2", "2"]


def test_the_numbers_can_be_exported(reader: TestClient) -> None:
    page = Shown(reader, "/compare?q=rain&q=hot&unit=month")
    table = reader.get(page.link("//a[normalize-space()='CSV']")).text
    assert {"2024-09,rain,0,0.0", "2024-09,hot,1,1.0"} <= set(table.splitlines())
    answer = reader.get(page.link("//a[normalize-space()='JSON']")).json()
    assert [query["query"] for query in answer["queries"]] == ["rain", "hot"]


def test_a_query_with_a_mistake_leaves_the_others(reader: TestClient) -> None:
    page = Shown(reader, "/compare?q=rain&q=outlit:x")
    assert page.status == 200
    assert page.rows("//table[contains(@class,'compared-totals')]/tbody/tr")[1][:3] == ["outlit:x", "–", "–"]
    assert page.link("//ul[@class='remarks']//a") == "/compare?q=rain&q=outlet:x"
    assert len(page.tree.xpath("//*[local-name()='path'][@d!='']")) == 1
    assert {row[2] for row in page.rows("//details//tbody/tr")} == {"–"}


def test_lines_differ_without_colour(reader: TestClient) -> None:
    page = Shown(
        reader, "/compare?" + "&".join(f"q={word}" for word in ("rain", "hot", "wind", "river", "hurt"))
    )
    names = page.all("//*[local-name()='text'][contains(@class, 'name')]")
    assert names == ["rain", "hot", "wind", "river", "hurt"]


def test_names_of_lines_are_within_the_chart_and_apart(tmp_path: Path) -> None:
    index_of(
        tmp_path / "index", article("Rain", "Rain and wind, hail and snow and fog.", date="2024-07-25")
    ).close()
    with TestClient(create_app(tmp_path / "index"), base_url="http://127.0.0.1") as client:
        page = Shown(client, "/compare?q=rain&q=wind&q=hail&q=snow&q=fog")  # each has all articles of the day
        heights = sorted(
            float(one) for one in page.tree.xpath("//*[local-name()='text'][contains(@class, 'name')]/@y")
        )
        assert len(heights) == 5
        assert heights[0] >= NAME_HEIGHT
        assert all(other - one >= NAME_HEIGHT for one, other in itertools.pairwise(heights))


def test_more_than_five_queries_are_refused(reader: TestClient) -> None:
    page = Shown(reader, "/compare?" + "&".join(f"q=word{number}" for number in range(6)))
    assert page.status == 400
    assert "at most 5 times" in page.text("//main")


def test_without_queries_it_says_what_to_do(reader: TestClient) -> None:
    page = Shown(reader, "/compare")
    assert "up to five queries" in page.text("//div[@class='empty']")
    assert page.follow("//div[@class='empty']//a").tree.xpath("//path[@class='line line-1']")
