"""Results as data frames: the same rows and columns in pandas, polars and Arrow, with values of their types."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

import newssearch
from newssearch import Index, NewssearchError
from newssearch.frames import Framed
from support import article

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")
pytest.importorskip("pyarrow")

RAIN = dataclasses.replace(
    article("Rain", "Heavy rain fell on Basra.", date="2024-07-25T23:30:00-04:00", outlet="The Echo", lang="en", url="https://e.org/1"),
    extra={"theme": ("flood", "dam"), "words": 12, "seen": dt.date(2024, 8, 1)},
)  # fmt: skip
SNOW = article("Snow", "Snow, then rain.", date="2024-08", outlet="The Sun", lang="en", url="https://e.org/2")
DRY = article("Dry \ud800", "No rain.", outlet=None, url="https://e.org/3")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with newssearch.create(tmp_path_factory.mktemp("frames") / "index") as index:
        index.add([RAIN, SNOW, DRY])
        yield index


def results(index: Index) -> dict[str, Framed]:
    return {
        "search": index.search("rain"), "nothing": index.search("zzz"), "series": index.over_time("rain", unit="month", measures=["share", "occurrences"]),
        "no series": index.over_time("zzz", unit="month"), "table": index.table("rain", by=["outlet", "month"]), "kwic": index.kwic("rain"),
        "collocates": index.collocates("rain", min_count=1, all_words=True), "keywords": index.keywords("snow", min_count=1),
        "sample": index.sample("rain", size=3, by="outlet"), "stories": index.stories("rain"),
        "coverage": index.coverage("rain", outlets=["The Echo", "The Moon"]),
    }  # fmt: skip


def test_the_same_rows_and_columns_in_every_library(index: Index) -> None:
    for name, found in results(index).items():
        rows = found.records()
        frames: list[Any] = [found.to_pandas(), found.to_polars(), found.to_arrow()]
        assert [len(frame) for frame in frames] == [len(rows)] * 3, name
        pandas_columns, polars_columns, arrow_columns = (
            [*frames[0].columns], frames[1].columns, frames[2].column_names
        )  # fmt: skip
        assert pandas_columns == polars_columns == arrow_columns, name
        assert all([*row] == arrow_columns for row in rows) or set(arrow_columns) == set(rows[0]), name
        assert frames[1].to_dicts() == frames[2].to_pylist(), name


def test_a_date_is_a_day_and_a_moment(index: Index) -> None:
    frame = index.search("rain", sort="id").to_pandas().set_index("title")
    assert frame.date.dtype == "datetime64[s]"
    assert frame.loc["Rain", "date"] == pandas.Timestamp("2024-07-25")
    assert frame.loc["Rain", "moment"] == pandas.Timestamp("2024-07-26T03:30Z")
    assert frame.loc["Rain", "date_text"] == "2024-07-25T23:30:00-04:00"
    assert pandas.isna(frame.loc["Snow", "date"])
    assert pandas.isna(frame.loc["Snow", "moment"])
    assert (frame.loc["Snow", "date_text"], frame.loc["Snow", "date_precision"]) == ("2024-08", "month")
    by_month = frame.date_text.str[:7].value_counts().to_dict()
    assert by_month == {
        group.value: 1 for group in index.table("rain", by="month").by[0].groups if group.value
    }


def test_outlets_are_categories_and_own_fields_have_their_types(index: Index) -> None:
    frame = index.search("rain").to_pandas().set_index("title")
    assert isinstance(frame.outlet.dtype, pandas.CategoricalDtype)
    assert (frame.loc["Rain", "theme"], frame.loc["Rain", "words"], frame.loc["Rain", "seen"]) == (["flood", "dam"], 12.0, "2024-08-01")  # fmt: skip
    assert frame.loc["Snow", "theme"] == []
    assert index.search("rain").to_polars().schema["theme"] == polars.List(polars.String)


def test_an_empty_result_has_the_columns_and_types_of_others(index: Index) -> None:
    one, none = index.search("rain"), index.search("zzz")
    names = [name for name in one.to_polars().columns if name not in ("theme", "words", "seen")]
    assert none.to_polars().select(names).schema == one.to_polars().select(names).schema
    assert none.to_pandas()[names].dtypes.astype(str).to_dict() == {
        name: kind for name, kind in one.to_pandas().dtypes.astype(str).to_dict().items() if name in names
    }


def test_a_series_has_zeros_and_shares(index: Index) -> None:
    frame = index.over_time("basra", unit="month", measures="share", since="2024-06", until="2024-08").to_pandas()  # fmt: skip
    assert frame.value.tolist() == ["2024-06", "2024-07", "2024-08"]
    assert frame.articles.tolist() == [0, 1, 0]
    assert frame.since.dt.month.tolist() == [6, 7, 8]
    assert frame.share.tolist()[1] == 1.0


def test_a_package_that_is_missing_is_named(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    found = index.search("rain")
    for module, extra in (("pandas", "pandas"), ("polars", "polars"), ("pyarrow", "parquet")):
        monkeypatch.setitem(__import__("sys").modules, module, None)
        make = {"pandas": found.to_pandas, "polars": found.to_polars, "pyarrow": found.to_arrow}[module]
        with pytest.raises(NewssearchError, match=rf"needs the package {module}: pip install 'newssearch\[{extra}\]'"):  # fmt: skip
            make()


def test_a_series_is_drawn_in_a_notebook(index: Index) -> None:
    page = index.over_time("rain", unit="month", since="2024-06", until="2024-08")._repr_html_()
    assert page.count("<rect") == 3
    assert "<title>2024-07: 100.0%</title>" in page
    assert "share of the articles by month: at most 100.0%" in page
    assert "<svg" not in index.over_time("zzz", unit="month")._repr_html_()


def test_a_cross_table_with_time_is_drawn_and_laid_out(index: Index) -> None:
    table = index.table("rain", by=["outlet", "month"], measures="articles")
    chart, page = table.svg(), table._repr_html_()
    bars = re.findall("<title>(.*?)</title>", chart)
    assert bars == [
        "The Echo, 2024-07: 1",
        "The Echo, 2024-08: 0",
        "The Sun, 2024-07: 0",
        "The Sun, 2024-08: 1",
    ]
    assert bars == re.findall("<title>(.*?)</title>", index.table("rain", by=["month", "outlet"]).svg())
    assert "currentColor" not in chart
    assert 'opacity="0.75"' not in chart  # grey that is fainter still cannot be read
    assert 'width="640" height="138"' in chart
    assert "currentColor" in page
    assert page.count("<tr>") == 1 + len(table.by[0].groups)
    assert len(table.by[0].groups) == 3  # with the articles without an outlet, which the chart leaves out


def test_several_queries_are_drawn_as_rows_on_one_scale(index: Index) -> None:
    table = index.table({"wet": "rain", "cold": "snow"}, by="month")
    assert re.findall("<title>(.*?)</title>", table.svg()) == ["wet, 2024-07: 1", "wet, 2024-08: 1", "cold, 2024-07: 0", "cold, 2024-08: 1"]  # fmt: skip
    heights = re.findall('<rect[^>]* height="([^"]*)"', table.svg())
    assert heights == ["44.00", "44.00", "0.00", "44.00"]


def test_a_chart_of_many_rows_says_how_many_it_has(index: Index) -> None:
    table = index.table({f"query {n}": "rain" for n in range(30)}, by="month")
    assert table.svg().count("<rect") == 12 * 2
    assert "; 12 of 30 rows" in table.svg()


def test_without_periods_there_is_no_chart(index: Index) -> None:
    for found in (
        index.over_time("zzz", unit="month"),
        index.table("rain", by="outlet"),
        index.table("rain"),
    ):
        with pytest.raises(NewssearchError, match="a chart needs counts by a unit of time"):
            found.svg()
        assert "<svg" not in found._repr_html_()


def test_a_chart_is_an_svg_document_whatever_its_labels_hold(index: Index) -> None:
    table = index.table({"<b>&\u202e'\"\x00\x0b\ud800": "rain", "x" * 60: "rain"}, by="month")
    assert table.svg().encode()
    root = ElementTree.fromstring(table.svg())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "".join(root.itertext()).count("<b>&") == 3
    assert "\u202e" not in table.svg()
    assert f"{'x' * 21}…" in table.svg()


def test_a_chart_of_many_periods_shows_the_largest_of_several(index: Index) -> None:
    series = index.over_time("rain", unit="day", since="2020-01-01", until="2025-12-31", measures="articles")
    bars = re.findall("<title>(.*?): (.*?)</title>", series.svg())
    assert len(bars) == 366  # of 2,192 days
    assert [name for name, value in bars if value != "0"] == ["2024-07-20 to 2024-07-25"]
    assert "at most 1; each bar is the largest of 6 periods" in series.svg()
    assert len(series.svg()) < 100_000


def test_the_context_before_a_match_and_numbers_stand_at_the_end_of_their_column(index: Index) -> None:
    assert '<th class="ns-before">' in index.kwic("rain")._repr_html_()
    assert '<th class="ns-number">articles</th>' in index.table("rain", by="outlet")._repr_html_()
