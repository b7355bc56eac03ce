"""Results as data frames: the same rows and columns in pandas, polars and Arrow, with values of their types."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

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
    assert "<title>2024-07: 1</title>" in page
    assert "articles by month: at most 1" in page
    assert "<svg" not in index.over_time("zzz", unit="month")._repr_html_()
