"""The values of fields: facets count the articles that a filter on a value finds, and mistyped values get a suggestion."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import FacetValue, PartialDate, parse
from newssearch.article import Date
from newssearch.fields import DATE_FACETS, FILTER_FIELDS
from newssearch.outlets import Aliases
from newssearch.query import Field
from newssearch.query.quoting import quote
from support import THOROUGH, article, index_of

from .conftest import Engine

ZONES = [
    None,
    dt.timezone.utc,
    dt.timezone(dt.timedelta(hours=14)),
    dt.timezone(-dt.timedelta(hours=11, minutes=30)),
]
ODD_VALUES = [
    "BBC News", "BBC NEWS", "bbc.co.uk", "https://www.bbc.co.uk/", "BBC", "the guardian", "Guardian", "www.theguardian.com", "Thé Guardian",
    "Jane Doe", "JANE DOE", "Jane  Doe", "Doe", "Jane Doe and John Roe", "Roe, John", "Jané Doe", "World", "WORLD", "world \u00ad", "World News",
    "EN", "en", "en-GB", "en_US", "English", "eng", "e", "-", "--", "---", "_", "-x", "İstanbul", "istanbul", "ISTANBUL", "ıstanbul", "straße", "STRASSE",
    "e\u0301", "é", "\u0301", "\u200f", "***", "fox*", "fox", "foxes", "*", "f?x", 'say "hi"', "it's", "it’s", "itʼs", "it´s", "its", "x-y", "x‑y", "x–y", "⁻", "−", "ŉ", "a, b", "a", "b", "a\\b", "\\", "NOT", "(x)", "www.", "www.www.x", "x",
    "http://x/", "//", "日本", "日本語", "C++", "C", "AT&T", "Aʼ", "\x1b[31m", "ﬁx", "fix", "Ⅷ", "viii", "none", "None", "null", "",
]  # fmt: skip
ODD = st.sampled_from(ODD_VALUES) | st.text(
    st.sampled_from("aAbİıßſ-_ .*?\"'\u0301\u00ad\u200d日") | st.characters(codec="utf-8"), max_size=4
)
TABLES = st.sampled_from(
    [(), (("Auntie", ("BBC News", "Doe")),), (("World", ("fox*", "***")), ("fox", ("World News", "日本")))]
)


@settings(max_examples=20 * THOROUGH)
@given(
    steps=st.lists(
        st.lists(st.tuples(st.integers(0, 20), *[st.none() | ODD] * 6), min_size=1, max_size=8)
        | st.integers(0, 9),
        min_size=1,
        max_size=5,
    ),
    table=TABLES,
)
def test_a_filter_finds_as_many_articles_as_its_value_is_counted_with(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, steps: list[Any], table: Aliases
) -> None:
    archive = tmp_path_factory.mktemp("archive")
    lines = "".join(f"{json.dumps(name)} = {json.dumps(others)}\n" for name, others in table)
    (archive / "newssearch.toml").write_text(f"[outlets]\n{lines}", "utf-8")
    with newssearch.create(engine.address(archive / "index")) as index:
        for step in steps:
            if isinstance(step, int):
                index.remove(index.find()[step : step + 2])
            else:
                index.add(
                    article(
                        "Rain", "Rain.", url=f"u{number}", **dict(zip(FILTER_FIELDS, values, strict=True))
                    )
                    for number, *values in step
                )
        results = index.search("rain", facets=FILTER_FIELDS, limit=0)
        assert {name: results.facets[name] for name in FILTER_FIELDS} == {
            name: index.info().contents.by_field[name] for name in FILTER_FIELDS
        }
        for field, values in results.facets.items():
            assert len({value.value for value in values}) == len(values)
            if field not in ("byline", "located"):
                assert sum(value.articles for value in values) == results.total_articles
            for value, articles in ((one.value, one.articles) for one in values if one.value is not None):
                asked: dict[str, Any] = {field: value}
                assert index.count("rain", **asked) == articles > 0
                tree = parse(f"{field}:{quote(value)}").tree
                if isinstance(tree, Field):  # there is a word in it
                    assert index.count(tree) == articles


@settings(max_examples=20 * THOROUGH)
@given(
    st.lists(
        st.none()
        | st.dates()
        | st.dates(dt.date(2019, 12, 20), dt.date(2021, 1, 10))
        | st.datetimes()
        | st.datetimes(timezones=st.sampled_from(ZONES))
        | st.builds(PartialDate, st.integers(1, 9999) | st.just(2020), st.none() | st.integers(1, 12)),
        min_size=1,
        max_size=8,
    )
)
def test_a_day_week_month_quarter_and_year_find_as_many_articles_as_they_are_counted_with(
    engine: Engine, dates: list[Date | None]
) -> None:
    made = [article("Rain", "Rain.", date=date, url=f"u{n}") for n, date in enumerate(dates)]
    with engine.index(*made) as index:
        results = index.search("", facets=DATE_FACETS, limit=0)
        for name, values in results.facets.items():
            assert sum(value.articles for value in values) == len(dates)
            without = results.dates.missing + results.dates.coarser_than(name)
            assert sum(value.articles for value in values if value.value is None) == without
            assert [one.value for one in values if one.value] == sorted(
                one.value for one in values if one.value
            )
            for value in values:
                if value.value is not None:
                    assert (
                        index.count("", on=value.value)
                        == index.count(f"date:{value.value}")
                        == value.articles
                    )


def test_one_value_is_shown_as_most_articles_write_it(address: str) -> None:
    outlets = ["bbc.co.uk", "BBC NEWS", "BBC News", "BBC News", "Example", "EXAMPLE", None]
    index = index_of(
        address, *(article("Rain", f"Rain {n}.", outlet=outlet) for n, outlet in enumerate(outlets))
    )
    assert index.search("rain", facets="outlet").facets["outlet"] == (
        FacetValue("BBC News", 4), FacetValue("EXAMPLE", 2), FacetValue(None, 1),
    )  # fmt: skip


@pytest.mark.parametrize("field", ["outlet", "source", "section"])
@pytest.mark.parametrize(
    "names",
    [
        ["People's Daily", "People’s Daily", "Peopleʼs Daily", "People´s Daily"],
        ["Al-Monitor", "Al‑Monitor", "AL–MONITOR"],
    ],
    ids=["apostrophes", "hyphens"],
)
def test_apostrophes_and_hyphens_of_typesetters_make_no_other_name(
    address: str, field: str, names: list[str]
) -> None:
    index = index_of(
        address, *(article("Rain", f"Rain {n}.", **{field: name}) for n, name in enumerate(names))
    )
    ((_, counted),) = [(one.value, one.articles) for one in index.search("rain", facets=field).facets[field]]
    assert counted == len(names)
    asked: list[dict[str, Any]] = [{field: name} for name in names]
    assert {index.count("rain", **one) for one in asked} == {len(names)}


def test_a_byline_is_counted_for_each_that_it_holds(address: str) -> None:
    bylines = ["Jane Doe", "JANE DOE", "Jane Doe and John Roe", "Roe", "***"]
    index = index_of(
        address, *(article("Rain", f"Rain {n}.", byline=byline) for n, byline in enumerate(bylines))
    )
    assert index.search("rain", facets="byline").facets["byline"] == (
        FacetValue("JANE DOE", 3), FacetValue("Roe", 2), FacetValue("***", 1), FacetValue("Jane Doe and John Roe", 1),
    )  # fmt: skip


OUTLETS_BY_NEWS = [
    ("Vox", 9),
    ("Fox News", 5),
    ("Fox Business", 2),
    ("Firefox Weekly", 7),
    ("Foxton Echo", 8),
    ("Le Fox", 1),
]


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("fox", ["Fox News", "Fox Business", "Le Fox"]),
        ("Fox News Corner", ["Fox News"]),
        ("firefox", ["Firefox Weekly"]),
        ("voxx", ["Vox"]),
        ("fox new", ["Fox News"]),
        ("business", ["Fox Business"]),
    ],
)
def test_a_name_is_offered_for_its_words_before_its_letters(
    engine: Engine, asked: str, offered: list[str]
) -> None:
    articles = [
        article("Rain", f"{n}", outlet=name, url=f"{name}{n}")
        for name, count in OUTLETS_BY_NEWS
        for n in range(count)
    ]
    with engine.index(*articles) as index:
        (note,) = index.search("", outlet=asked).diagnostics
    names = note.suggestion.removeprefix("did you mean ").removesuffix("?").split(" or ")
    assert names[: len(offered)] == offered
