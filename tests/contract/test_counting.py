"""Tables and series of counts: every cell is what an obvious count over all articles gives."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import pickle
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import newssearch
import reference
import table_twin
from drawn import TEXTS, TREES
from newssearch import Article, Index, PartialDate, QueryError, SearchStoppedError, parse
from newssearch.article import Date
from newssearch.corpus.series import Series
from newssearch.corpus.table import MEASURES, Table, TableCell
from newssearch.identity import id_number
from newssearch.index import tables
from newssearch.query import Node
from support import THOROUGH, article, index_of

from .conftest import Engine
from .test_own_fields import EXTRAS, own_index

FIELDS = ["outlet", "source", "byline", "located", "lang", "section", *table_twin.PERIODS, *reference.OWN]
NAMED = st.builds(
    lambda title, text, number, **fields: Article.create(
        title=title or "rain", text=text, url=f"u{number}", **fields
    ),
    title=st.none() | TEXTS,
    text=st.lists(TEXTS | TEXTS.map(lambda text: f"{text}. {text}"), max_size=3),
    number=st.integers(0, 30),
    date=st.sampled_from(
        [
            None,
            "2023-12-31",
            "2024-07-25",
            "2024-07-25T23:30:00-04:00",
            "2024-07-28",
            "2024-07",
            "2024",
            "2025-01-01",
        ]
    ),
    outlet=st.sampled_from([None, "BBC", "bbc", "www.bbc", "The Guardian"]),
    byline=st.sampled_from([None, "Ana Silva", "ANA SILVA", "Silva", "Ana Silva and Maria Silva", "—"]),
    located=st.sampled_from([None, "Baghdad", "New Baghdad"]),
    lang=st.sampled_from([None, "en", "en-GB", "pt"]),
    section=st.sampled_from([None, "World", "world"]),
    extra=EXTRAS,
)
STEPS = st.lists(st.lists(NAMED, min_size=1, max_size=5) | st.integers(0, 9), min_size=1, max_size=3)
UNTIMED = TREES.filter(lambda tree: "added:" not in str(tree))
FILTERS: list[tuple[dict[str, Any], reference.Request]] = [
    ({}, reference.Request()),
    ({"byline": "silva"}, reference.Request({"byline": ["silva"]})),
    (
        {"since": "2024", "until": "2024"},
        reference.Request(since=dt.datetime(2024, 1, 1), until=dt.datetime(2025, 1, 1)),
    ),
    ({"since": "2024-07-26"}, reference.Request(since=dt.datetime(2024, 7, 26))),
]


def done(index: Index, steps: Sequence[list[Article] | int]) -> dict[str, Article]:
    """Run the steps, and return the articles that the index then holds."""
    held: dict[str, Article] = {}
    for step in steps:
        if isinstance(step, int):
            for gone in sorted(held)[step : step + 1]:
                index.remove(gone)
                del held[gone]
            continue
        index.add(step)
        for one in step:  # a later version keeps the id of the first one
            first = next((name for name in held if id_number(name) == id_number(one.id)), one.id)
            held[first] = dataclasses.replace(one, id=first)
    return held


@settings(max_examples=8 * THOROUGH, deadline=None)
@given(
    steps=STEPS,
    trees=st.lists(UNTIMED, min_size=1, max_size=2, unique_by=str),
    by=st.lists(st.sampled_from(FIELDS), min_size=1, max_size=2, unique=True).filter(
        lambda names: len({*names} & {*table_twin.PERIODS}) < 2
    ),
    filters=st.sampled_from(FILTERS),
    top=st.none() | st.integers(1, 3),
)
def test_each_cell_of_a_table_is_counted_as_by_hand(
    engine: Engine,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[list[Article] | int],
    trees: list[Node],
    by: list[str],
    filters: tuple[dict[str, Any], reference.Request],
    top: int | None,
) -> None:
    with own_index(engine, engine.address(tmp_path_factory.mktemp("archive") / "index")) as index:
        held = done(index, steps)
        by = [name for name in by if name not in reference.OWN or name in {f.name for f in index.own_fields}]
        options, request = filters
        try:
            table = index.table(trees, by=by, measures=MEASURES, top=top, **options)
        except QueryError as error:  # some own dates are of the first year and of this one
            if "a table has at most" not in str(error):
                raise
            reject()
        check(table, [*held.values()], trees, request, top)


def check(
    table: Table, held: list[Article], trees: list[Node], request: reference.Request, top: int | None
) -> None:
    """Compare a table with the twin."""
    allowed = table_twin.allowed_by(held, request)
    found = [table_twin.found_by(held, tree, request) for tree in trees]
    together = [one for articles in found for one in articles]
    for number, tree in enumerate(trees):
        assert numbers_of(table.total(number)) == table_twin.numbers(found[number], allowed, tree)
    for dimension in table.by:
        wanted = table_twin.values(together, dimension.name)
        kept = [one.value for one in dimension.groups if not one.others]
        if dimension.unit is not None:
            assert {*wanted} <= {*kept}
            assert kept == sorted(kept, key=lambda name: (name is None, name or ""))
        else:
            named = [value for value in wanted if value is not None]
            assert kept == [*named[:top], *([None] if None in wanted else [])]
            others = sum(one.others for one in dimension.groups)
            assert others == (max(len(named) - top, 0) if top is not None else 0)
    for groups in table.addresses():

        def inside(one: Article, groups: tuple[int, ...] = groups) -> bool:
            return all(
                has_other(one, dimension.name, table_twin.values(together, dimension.name)[top:])
                if dimension.groups[at].others
                else table_twin.has(one, dimension.name, dimension.groups[at].value)
                for dimension, at in zip(table.by, groups, strict=True)
            )

        for number, tree in enumerate(trees):
            expected = table_twin.numbers(filter(inside, found[number]), filter(inside, allowed), tree)
            assert numbers_of(table.cell(*groups, query=number)) == expected, groups


def has_other(one: Article, field: str, others: list[str | None]) -> bool:
    """Whether an article has one of the values."""
    return any(table_twin.has(one, field, value) for value in others if value is not None)


def numbers_of(cell: TableCell) -> table_twin.Numbers:
    return table_twin.Numbers(*cell)  # type: ignore[arg-type]  # all were asked for


# ---- over time

DAYS = ["2024-06-30", "2024-07-01", "2024-07-01", "2024-07-05"]


def rainy(*dates: Date | str | None, title: str = "Rain") -> list[Article]:
    return [article(title, f"{title} it was.", date=date, url=f"{title}{n}") for n, date in enumerate(dates)]


def counted(series: Series) -> dict[str, int]:
    return {one.value: one.articles for one in series}


def test_a_series_has_every_period_from_the_first_match_to_the_last(address: str) -> None:
    with index_of(address, *rainy(*DAYS), *rainy("2024-06-28", "2024-07-03", title="Sun")) as index:
        series = index.over_time("rain", unit="day")
        assert counted(series) == {
            "2024-06-30": 1, "2024-07-01": 2, "2024-07-02": 0, "2024-07-03": 0, "2024-07-04": 0, "2024-07-05": 1,
        }  # fmt: skip
        assert [one.share for one in series] == [1, 1, None, 0, None, 1]
        assert [one.all_articles for one in series] == [1, 2, 0, 1, 0, 1]
        assert (series[0].since, series[-1].until) == (dt.date(2024, 6, 30), dt.date(2024, 7, 5))
        assert counted(index.over_time("rain", unit="week")) == {"2024-W26": 1, "2024-W27": 3}
        assert [(one.value, one.since, one.until) for one in index.over_time("rain", unit="quarter")] == [
            ("2024-Q2", dt.date(2024, 4, 1), dt.date(2024, 6, 30)),
            ("2024-Q3", dt.date(2024, 7, 1), dt.date(2024, 9, 30)),
        ]
        assert len(index.over_time("snow", unit="day")) == 0


def test_a_series_fills_the_period_that_is_asked_for(address: str) -> None:
    with index_of(address, *rainy(*DAYS)) as index:
        july = index.over_time("rain", unit="day", since="2024-07-04", until="2024-07-07")
        assert counted(july) == {"2024-07-04": 0, "2024-07-05": 1, "2024-07-06": 0, "2024-07-07": 0}
        assert counted(index.over_time("rain", unit="month", on="2024")) == {
            f"2024-{month:02}": {6: 1, 7: 3}.get(month, 0) for month in range(1, 13)
        }
        assert counted(index.over_time("rain", unit="day", since="2024-07-04")) == {
            "2024-07-04": 0,
            "2024-07-05": 1,
        }
        assert counted(index.over_time("snow", unit="year", on="2024")) == {"2024": 0}


def test_a_day_by_the_clock_of_the_outlet_may_be_outside_of_a_period_of_universal_time(address: str) -> None:
    with index_of(address, *rainy("2024-07-25T23:30:00-04:00")) as index:
        found = index.over_time("rain", unit="day", since="2024-07-26T03:00Z", until="2024-07-26T04:00Z")
        assert counted(found) == {"2024-07-25": 1, "2024-07-26": 0}


def test_the_unit_of_a_series_suits_its_length(address: str) -> None:
    with index_of(address, *rainy("2024-01-01", "2024-04-09")) as index:
        assert len(index.over_time("rain")) == tables.AUTO_PERIODS
        index.add(rainy("2024-04-10", title="More rain"))
        assert index.over_time("rain").unit == "week"
        assert index.table("rain", by="date").by[0].name == "week"
        index.add(rainy("2031-04-10", title="Late rain"))
        assert index.over_time("rain").unit == "month"
        index.add(rainy("2094-04-10", title="Very late rain"))
        assert index.over_time("rain").unit == "year"
        assert index.over_time("rain", until="2024").unit == "week"


def test_a_period_that_holds_today_or_comes_later_is_not_over(address: str) -> None:
    with index_of(address, *rainy("2024-06-30", "2024-07-25", "2024-08-01")) as index:
        over = index.over_time("rain", unit="month", now=dt.datetime(2024, 7, 31, 23))
        assert [(one.value, one.over) for one in over] == [
            ("2024-06", True),
            ("2024-07", False),
            ("2024-08", False),
        ]
        assert (
            over[-1].over
            is index.over_time("rain", unit="month", now=dt.datetime(2024, 8, 31))[-1].over
            is False
        )
        assert all(one.over for one in index.over_time("rain", unit="month", now=dt.datetime(2024, 9, 1)))
        table = index.table("rain", by=["outlet", "month"], now=dt.datetime(2024, 7, 1))
        assert [one.over for one in table.by[1].groups] == [True, False, False]


def test_articles_whose_date_is_too_coarse_count_in_coarser_periods_only(address: str) -> None:
    with index_of(address, *rainy("2024-07-25", None, PartialDate(2024, 7), PartialDate(2024))) as index:
        assert [(unit, counted(series), series.without) for unit in ("day", "month", "year") for series in [index.over_time("rain", unit=unit)]] == [
            ("day", {"2024-07-25": 1}, 3),
            ("month", {"2024-07": 2}, 2),
            ("year", {"2024": 3}, 1),
        ]  # fmt: skip
        days = index.over_time("rain", unit="day")
        assert (days.dates.missing, days.dates.only_month, days.dates.only_year) == (1, 1, 1)
        assert days.total.articles == 4
        assert [one.label for one in index.table("rain", by="month").by[0].groups] == ["2024-07", "(none)"]
        july = index.over_time("rain", unit="day", on="2024-07")
        assert (july.undated, july.imprecise, july.without) == (1, 1, 1)


def test_too_many_periods_are_refused_with_a_coarser_unit(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MAX_PERIODS", 31)
    with index_of(address, *rainy("2024-07-01", "2024-08-01")) as index:
        with pytest.raises(
            QueryError, match=r"2024-07-01 to 2024-08-01 are 32 days.*; count by week, or give"
        ):
            index.over_time("rain", unit="day")
        assert len(index.over_time("rain", unit="day", until="2024-07-31")) == 31
        with pytest.raises(QueryError, match="a table has at most"):
            index.table("rain", by=["outlet", "day"])
        monkeypatch.setattr(tables, "MAX_CELLS", 1)
        assert len(index.table("rain", by=["outlet", "year"]).by[1].groups) == 1
        with pytest.raises(QueryError, match="the table would have 2 cells, and has at most 1"):
            index.table(["rain", "it"], by=["outlet", "year"])


# ---- tables


def rows(table: Table) -> list[tuple[object, ...]]:
    return [tuple(record.values()) for record in table.records()]


def test_several_queries_are_columns_of_one_table(address: str) -> None:
    stories = [
        article("Rain", "Rain.", outlet="Echo", url="u1"),
        article("Storm", "Storm.", outlet="Post", url="u2"),
        article("Both", "Rain and storm.", outlet="Post", url="u3"),
    ]
    with index_of(address, *stories) as index:
        table = index.table({"wet": "rain", "loud": "storm"}, by="outlet", measures="share")
        assert rows(table) == [
            ("Post", "wet", 1, 0.5), ("Post", "loud", 2, 1.0), ("Echo", "wet", 1, 1.0), ("Echo", "loud", 0, 0.0),
        ]  # fmt: skip
        assert [one.name for one in index.table(["rain", parse("storm")]).queries] == ["rain", "storm"]
        assert rows(index.table(["rain", "storm"])) == [("rain", 2), ("storm", 2)]
        assert rows(index.table()) == [("", 3)]


def test_a_cross_table_counts_each_pair_of_values(address: str) -> None:
    stories = [
        article("Rain", "Rain.", outlet=outlet, date=date, url=f"{outlet}{date}")
        for outlet, date in [
            ("Echo", "2024-01-01"),
            ("Post", "2024-03-01"),
            ("Post", "2024-03-02"),
            (None, "2024-01-05"),
        ]
    ]
    with index_of(address, *stories) as index:
        table = index.table("rain", by=("outlet", "month"))
        assert rows(table) == [
            ("Post", "2024-01", "rain", 0), ("Post", "2024-02", "rain", 0), ("Post", "2024-03", "rain", 2),
            ("Echo", "2024-01", "rain", 1), ("Echo", "2024-02", "rain", 0), ("Echo", "2024-03", "rain", 0),
            (None, "2024-01", "rain", 1), (None, "2024-02", "rain", 0), (None, "2024-03", "rain", 0),
        ]  # fmt: skip


def test_the_values_after_the_most_frequent_are_counted_together_and_each_article_once(address: str) -> None:
    bylines = ["Ana Silva", "Ana Silva", "Ana Silva", "Bo Li and Cy Ray", "Bo Li", "Cy Ray", None]
    stories = [article("Rain", "Rain.", byline=name, url=f"{n}") for n, name in enumerate(bylines)]
    with index_of(address, *stories) as index:
        table = index.table("rain", by="byline", top=1, measures=("articles", "share"))
        assert [(one.label, table.cell(at).articles) for at, one in enumerate(table.by[0].groups)] == [
            ("Ana Silva", 3), ("(none)", 1), ("3 others", 3),
        ]  # fmt: skip
        assert table.by[0].overlapping
        assert table.cell(2).share == 1
        assert not index.table("rain", by="outlet").by[0].overlapping


def test_all_names_of_an_outlet_are_one_value(address: str, tmp_path: Any) -> None:
    (tmp_path / "newssearch.toml").write_text('[outlets]\n"The Echo" = ["echo.example"]\n', "utf-8")
    stories = [
        article("Rain", "Rain.", outlet=name, url=name) for name in ("echo.example", "The Echo", "THE ECHO")
    ]
    with newssearch.create(address) as index:
        index.add(stories)
        assert rows(index.table("rain", by="outlet")) == [("THE ECHO", "rain", 3)]


def test_a_rate_is_of_all_words_of_the_articles_that_pass_the_filters(address: str) -> None:
    stories = [
        article("Rain", "Rain, rain. No sun.", "Rain!", outlet="Echo", url="u1"),
        article("Sun", "Five words about the sun.", outlet="Echo", url="u2"),
        article("Rain", "Rain.", outlet="Post", url="u3"),
    ]
    with index_of(address, *stories) as index:
        table = index.table("rain", by="outlet", measures=("sentences", "occurrences", "per_million"))
        assert rows(table) == [("Echo", "rain", 1, 2, 3, 3e5), ("Post", "rain", 1, 1, 1, 1e6)]
        total = index.table("rain", outlet="Post", measures=("per_million", "paragraphs")).total()
        assert (total.paragraphs, total.occurrences, total.all_words, total.per_million) == (1, 1, 1, 1e6)
        assert index.table("title:rain", measures="occurrences").total()[:4] == (2, None, None, 0)


def test_with_novel_only_paragraphs_that_no_earlier_article_has_are_counted_and_measured(
    address: str,
) -> None:
    told = "The ministry said on Monday that rain had flooded two bridges in the north of the country."
    stories = [
        article("First", told, date="2024-01-01", outlet="Echo", url="u1"),
        article("Second", told, "More rain.", date="2024-01-02", outlet="Post", url="u2"),
        article("Third", told, date="2024-01-03", outlet="Post", url="u3"),
    ]
    with index_of(address, *stories) as index:
        table = index.table("rain", by="outlet", measures=MEASURES, novel=True)
        assert [(one.value, *table.cell(at)) for at, one in enumerate(table.by[0].groups)] == [
            ("Echo", 1, 1, 1, 1, 1, 17), ("Post", 1, 1, 1, 1, 1, 2),
        ]  # fmt: skip


def test_a_table_is_a_plain_value(address: str) -> None:
    with index_of(address, *rainy(*DAYS)) as index:
        for made in (
            index.table(["rain", "trmup"], by=["outlet", "month"], measures=MEASURES, top=3),
            index.over_time("rain", measures=MEASURES),
        ):
            assert pickle.loads(pickle.dumps(made)) == made
            assert json.loads(json.dumps(made.to_dict())) == made.to_dict()
            assert made._repr_html_().startswith('<div class="newssearch">')
            assert len(repr(made)) < 200
        assert index.table("trmup").queries[0].diagnostics[0].kind == "unknown-word"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "outlett"}, "cannot count by 'outlett'; did you mean outlet?"),
        ({"by": ["outlet", "outlet"]}, "a table cannot be counted by outlet and outlet"),
        ({"by": ["day", "week"]}, "a table has one unit of time; choose one of day and week"),
        ({"by": ["outlet", "lang", "day"]}, "a table is counted by at most two fields, not 3"),
        ({"by": "theme"}, "cannot count by 'theme'"),
        ({"measures": "words"}, "there is no measure 'words'"),
        ({"top": 0, "by": "outlet"}, "top is at least 1"),
        ({"top": [3], "by": ["outlet", "lang"]}, "top has 1 numbers, and by has 2 names"),
        ({"queries": []}, "a table has 1 to 1,000 queries, not 0"),
        ({"queries": ["rain", "rain"]}, "two queries have the name 'rain'"),
    ],
)
def test_a_table_that_cannot_be_made_says_why(address: str, arguments: dict[str, Any], message: str) -> None:
    with index_of(address, *rainy(*DAYS)) as index, pytest.raises(QueryError, match=re.escape(message)):
        index.table(**{"queries": "rain", **arguments})


def test_counting_ends_when_it_is_told_to(address: str) -> None:
    with index_of(address, *rainy(*DAYS)) as index:
        for count in (index.table, index.over_time):
            with pytest.raises(SearchStoppedError):
                count("rain", stop=lambda: True)
        with pytest.raises(QueryError, match="there is no unit of time 'hour'"):
            index.over_time("rain", unit="hour")
        with pytest.raises(TypeError, match="takes no 'limit'"):
            index.table("rain", limit=3)  # type: ignore[call-arg]
