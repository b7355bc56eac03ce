"""Articles dated only by month or year: what finds them, and what counts those that a date leaves out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import Article, DateCounts, FacetValue, Index, PartialDate, Provenance
from support import article, index_of

AUGUST, YEAR = PartialDate(2024, 8), PartialDate(2024)


@pytest.fixture
def index(address: str) -> Index:
    """An index with a day, two months, a year, and an article without a date."""
    return index_of(
        address,
        article("Day", "Rain.", url="a", date="2024-08-05"),
        article("Month", "Rain.", url="b", date="August 2024"),
        article("Year", "Rain.", url="c", date="2024"),
        article("Other", "Rain.", url="d", date="2023-12"),
        article("None", "Rain.", url="e"),
    )


def titles(index: Index, query: str = "", **options: Any) -> list[str | None]:
    return [hit.title for hit in index.search(query, limit=None, sort="oldest", **options)]


def test_a_month_and_a_year_stay_what_they_are(index: Index) -> None:
    assert {one.title: one.date for one in index} == {
        "Day": dt.date(2024, 8, 5), "Month": AUGUST, "Year": YEAR, "Other": PartialDate(2023, 12), "None": None,
    }  # fmt: skip
    assert {hit.title: hit.to_dict()["date"] for hit in index.search("rain")} == {
        "Day": "2024-08-05", "Month": "2024-08", "Year": "2024", "Other": "2023-12", "None": None,
    }  # fmt: skip
    assert [one.id[: one.id.index("-month")] for one in index if one.title == "Month"] == ["2024-08"]


@pytest.mark.parametrize(
    ("period", "expected", "imprecise"),
    [
        ("2024-08-05", ["Day"], 2),
        ("2024-08-05T00:00", ["Day"], 2),
        ("2024-W32", ["Day"], 2),
        ("2024-W01", [], 1),
        ("2024-08", ["Month", "Day"], 1),
        ("2024-Q3", ["Month", "Day"], 1),
        ("2024-07", [], 1),
        ("2024", ["Year", "Month", "Day"], 0),
        ("2023", ["Other"], 0),
        ("2023-12-01", [], 1),
        ("2022", [], 0),
        (AUGUST, ["Month", "Day"], 1),
        (YEAR, ["Year", "Month", "Day"], 0),
    ],
)
def test_a_period_finds_a_month_or_a_year_that_it_contains_whole(
    index: Index, period: str | PartialDate, expected: list[str], imprecise: int
) -> None:
    assert titles(index, on=period) == titles(index, f"date:{period}") == expected
    for results in (index.search("", on=period), index.search(f"date:{period}")):
        assert (results.undated, results.imprecise) == (1, imprecise)
        assert (results.to_dict()["undated"], results.to_dict()["imprecise"]) == (1, imprecise)


@pytest.mark.parametrize(
    ("query", "options", "expected", "imprecise"),
    [
        ("", {"since": "2024"}, ["Year", "Month", "Day"], 0),
        ("", {"since": "2024-08"}, ["Month", "Day"], 1),
        ("", {"since": "2024-08-02"}, ["Day"], 2),
        ("", {"until": "2024-08"}, ["Other", "Month", "Day"], 1),
        ("", {"until": "2024-08-05"}, ["Other", "Day"], 2),
        ("", {"until": "2024"}, ["Other", "Year", "Month", "Day"], 0),
        ("", {"since": "2024-09"}, [], 1),
        ("date:2024-08-01T00:00Z..2024-08-31T23:59:59Z", {}, ["Month", "Day"], 1),
        ("date:2024-08-01T00:00+02:00..2024-08-31T23:59:59+02:00", {}, ["Day"], 2),
        ("date:>=2024-08-02", {}, ["Day"], 2),
        ("rain -date:2024-08-05", {}, ["Other", "Year", "Month", "None"], 0),
        ("snow date:2024-08-05", {}, [], 0),
        ("month date:2024-08-05", {}, [], 1),
        ("month OR date:2024-08-05", {}, ["Month", "Day"], 1),
        ("date:2024-08-05 -date:2024-08", {}, [], 1),
        ("date:none", {}, ["None"], 0),
    ],
)
def test_conditions_on_dates(
    index: Index, query: str, options: dict[str, Any], expected: list[str], imprecise: int
) -> None:
    assert titles(index, query, **options) == expected
    assert index.search(query, **options).imprecise == imprecise


def test_a_month_and_a_year_are_ordered_by_their_first_moment_and_no_date_is_last(index: Index) -> None:
    assert titles(index) == ["Other", "Year", "Month", "Day", "None"]
    assert [hit.title for hit in index.search("", sort="newest")] == ["Day", "Month", "Year", "Other", "None"]


def test_a_coarse_date_counts_only_in_facets_as_coarse_as_itself(index: Index) -> None:
    facets = index.search("", facets=["year", "quarter", "month", "week", "day"]).facets
    assert facets == {
        "year": (FacetValue("2023", 1), FacetValue("2024", 3), FacetValue(None, 1)),
        "quarter": (FacetValue("2023-Q4", 1), FacetValue("2024-Q3", 2), FacetValue(None, 2)),
        "month": (FacetValue("2023-12", 1), FacetValue("2024-08", 2), FacetValue(None, 2)),
        "week": (FacetValue("2024-W32", 1), FacetValue(None, 4)),
        "day": (FacetValue("2024-08-05", 1), FacetValue(None, 4)),
    }


def test_what_is_found_and_what_there_is_say_how_it_is_dated(index: Index) -> None:
    ambiguous = Article.create(title="Ambiguous", text="Rain.", url="f", date="7-5-2024")
    assert ambiguous.provenance["date"] == Provenance("stated", "ambiguous, read month first")
    index.add([ambiguous])
    held = index.info().contents
    assert (
        held.dates
        == index.search("rain").dates
        == DateCounts(missing=1, only_month=2, only_year=1, ambiguous=1)
    )
    assert (held.first_date, held.last_date) == (PartialDate(2023, 12), dt.date(2024, 8, 5))
    assert index.search("rain", on="2024-08").dates == DateCounts(only_month=1)
    assert index.search("ambiguous").dates == DateCounts(ambiguous=1)
    info = index.info().to_dict()
    assert info["dates"] == {"missing": 1, "only_month": 2, "only_year": 1, "ambiguous": 1}
    assert (info["first_date"], info["last_date"]) == ("2023-12", "2024-08-05")
    index.remove(index.find(""))
    assert index.info().contents.dates == DateCounts()


def test_the_first_and_last_date_are_as_coarse_as_the_articles_say(address: str) -> None:
    with index_of(address, article("A", "Rain.", url="a", date="2024")) as index:
        assert (index.info().contents.first_date, index.info().contents.last_date) == (YEAR, YEAR)
        index.add([article("B", "Rain.", url="b", date="2024-01")])
        assert index.info().contents.first_date == PartialDate(2024, 1)
        index.add([article("C", "Rain.", url="c", date="2024-01-01T10:00")])
        assert index.info().contents.last_date == dt.date(2024, 1, 1)


def test_an_added_day_makes_a_new_version_of_an_article(address: str) -> None:
    with index_of(address, article("A", "Rain.", url="a", date="2024-08")) as index:
        (old,) = index.find("")
        assert index.add([article("A", "Rain.", url="a", date="2024-08-01")]).updated == 1
        assert index.find("date:2024-08-01") == [old]
        assert index.search("date:2024-08-02").imprecise == 0


def test_merged_removed_and_salvaged_articles_keep_their_months(address: str, tmp_path: Path) -> None:
    with newssearch.create(address) as index:
        for number in range(12):  # many segments, which are merged
            date = ["2024-08", "2024", "2024-08-05", None][number % 4]
            index.add([article(f"A{number}", "Rain.", url=f"u{number}", date=date)])
        index.remove([one.id for one in index if one.title in ("A0", "A1")])
        assert (index.count("date:2024-08"), index.count("date:2024")) == (5, 7)
        assert index.search("date:2024-08-05").imprecise == 4
        assert index.search("").dates == DateCounts(missing=3, only_month=2, only_year=2)
    assert newssearch.verify(address).sound
    newssearch.salvage(address, tmp_path / "saved")
    with newssearch.open(tmp_path / "saved") as saved:
        assert sorted(str(one.date) for one in saved) == sorted(
            ["2024-08"] * 2 + ["2024"] * 2 + ["2024-08-05"] * 3 + ["None"] * 3
        )
