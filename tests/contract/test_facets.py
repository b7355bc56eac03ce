"""The values of fields: facets count the articles that a filter on a value finds, and mistyped values get a suggestion."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import NONE, Facet, FacetValue, FacetValues, PartialDate, QueryError, parse
from newssearch.article import Date
from newssearch.fields import DATE_FACETS, TAG
from newssearch.fields import FILTER_FIELDS as ALL_FILTERS
from newssearch.outlets import Aliases
from newssearch.query import Field
from newssearch.query.quoting import quote
from support import THOROUGH, article, index_of

from .conftest import Engine

FILTER_FIELDS = tuple(name for name in ALL_FILTERS if name != TAG)
"""The fields of articles that have filters; ``tests/contract/test_tags.py`` is about tags."""
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


@settings(max_examples=10 * THOROUGH)
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
            for one in values:
                wanted: Any = NONE if one.value is None else one.value
                asked: dict[str, Any] = {field: wanted}
                without: dict[str, Any] = {f"{field}_not": wanted}
                assert index.count("rain", **asked) == one.articles > 0
                assert index.count("rain", **without) == results.total_articles - one.articles
                if one.value is None:
                    assert index.count(f"-{field}:*") == one.articles
                    continue
                try:
                    tree = parse(f"{field}:{quote(one.value)}").tree
                except QueryError:
                    assert not any(map(str.isalnum, one.value))
                    continue
                if isinstance(tree, Field):
                    assert index.count(tree) == one.articles


def filter_of(one: FacetValue) -> Any:
    """Return the value of a filter that finds what a value of a facet counts."""
    return NONE if one.value is None else one.value


def facet_filter(facet: str, one: FacetValue) -> dict[str, Any] | None:
    """Return the filter that finds what a value of a facet counts; None for articles without a date, which has none."""
    if facet in DATE_FACETS:
        return {"on": one.value} if one.value is not None else None
    return (
        {"where": {facet: filter_of(one)}} if facet in ("theme", "size", "coded") else {facet: filter_of(one)}
    )


FEW_VALUES = ["BBC News", "bbc.co.uk", "Fox News", "en", "en-GB", "Jane Doe", "Jane Doe and John Roe", "Doe"]
FEW_DATES = [None, PartialDate(2024), PartialDate(2024, 7), dt.date(2024, 7, 25), dt.date(2023, 12, 31)]
CHOICES = st.lists(st.sampled_from([*FEW_VALUES, NONE]), max_size=2)
OWN_CHOICES = {
    "theme": ["Economy", "Sport", NONE], "size": [">1", "2", "none", NONE], "coded": ["2024", "2024-07", NONE],
}  # fmt: skip
EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "theme": st.sampled_from(["Economy", "Sport", ["Economy", "Sport"]]),
        "size": st.integers(0, 3),
        "coded": st.sampled_from([dt.date(2024, 7, 25), dt.date(2023, 1, 1)]),
    },
)
OWN_FILTERS = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(texts), min_size=1, max_size=2) for name, texts in OWN_CHOICES.items()}
)  # fmt: skip


@settings(max_examples=10 * THOROUGH, deadline=None)
@given(
    made=st.lists(
        st.tuples(
            *[st.none() | st.sampled_from(FEW_VALUES)] * len(FILTER_FIELDS),
            st.sampled_from(FEW_DATES),
            EXTRAS,
        ),
        min_size=1,
        max_size=10,
    ),
    wanted=st.lists(CHOICES, min_size=6, max_size=6),
    excluded=st.lists(CHOICES, min_size=6, max_size=6),
    where=OWN_FILTERS,
    where_not=OWN_FILTERS,
    period=st.sampled_from([{}, {"since": "2024"}, {"until": "2024-07"}, {"on": "2024-07"}]),
    limit=st.none() | st.integers(0, 3),
)
def test_a_disjunctive_facet_counts_what_each_value_would_find_in_place_of_the_chosen_ones(
    engine: Engine,
    made: list[tuple[Any, ...]],
    wanted: list[Any],
    excluded: list[Any],
    where: dict[str, Any],
    where_not: dict[str, Any],
    period: dict[str, str],
    limit: int | None,
) -> None:
    """Also with exclusions, own fields and a limit. The filters and the counts of each facet follow the definition."""
    filters: dict[str, Any] = dict(zip(FILTER_FIELDS, wanted, strict=True))
    filters |= {
        f"{name}_not": [one for one in given if one not in filters[name]]
        for name, given in zip(FILTER_FIELDS, excluded, strict=True)
    }
    unwanted = {
        name: [one for one in given if one not in where.get(name, ())] for name, given in where_not.items()
    }
    articles = [
        dataclasses.replace(
            article("Rain", "Rain.", url=f"u{number}", date=date, **dict(zip(FILTER_FIELDS, values, strict=True))),
            extra=newssearch.Article.create(text="x", extra=extra).extra,
        )
        for number, (*values, date, extra) in enumerate(made)
    ]  # fmt: skip
    with engine.index(*articles) as index:
        own = [one.name for one in index.own_fields]
        kept: dict[str, Any] = {
            **filters, **period,
            "where": {name: given for name, given in where.items() if name in own},
            "where_not": {name: given for name, given in unwanted.items() if name in own and given},
        }  # fmt: skip
        names = [*FILTER_FIELDS, *DATE_FACETS, *own]
        asked = [Facet(name, limit=limit, disjunctive=True) for name in names]
        facets = index.search("rain", facets=asked, limit=0, **kept).facets
        for name in names:
            others: dict[str, Any] = {
                option: {field: given for field, given in value.items() if field != name}
                if option == "where"
                else value
                for option, value in kept.items()
                if option != name and (name not in DATE_FACETS or option not in period)
            }
            plain = index.search("rain", facets=name, limit=0, **others).facets[name]
            listed = facets[name]
            shown = {one.value for one in listed}
            left_out = set[str]()
            for one in plain:
                filter_on = facet_filter(name, one)
                if filter_on is not None:
                    where_on = {**others["where"], **filter_on.pop("where", {})}
                    found = index.find("rain", **{**others, "where": where_on, **filter_on})
                    assert len(found) == one.articles
                    left_out |= set(found) if one.value not in shown else set()
            counted = {one.value: one.articles for one in plain}
            assert all(counted[one.value] == one.articles for one in listed)
            assert (listed.counted, listed.others_articles) == (index.count("rain", **others), len(left_out))
            check_limit(listed, plain, limit)


def check_limit(listed: FacetValues, everything: FacetValues, limit: int | None) -> None:
    """Check which values of a facet are listed: those of most articles, the selected ones, and no value."""
    assert [one.value for one in everything if one.value in {each.value for each in listed}] == [
        one.value for one in listed
    ], "in the same order"
    values = [one for one in everything if one.value is not None]
    most = sorted(values, key=lambda one: -one.articles)[:limit]
    selected = {one.value for one in listed if one.selected}
    assert {one.value for one in listed} == {
        *(one.value for one in most),
        *selected,
        *([None] if any(one.value is None for one in everything) else []),
    }
    assert (listed.total, listed.others) == (len(values), len(everything) - len(listed))


@settings(max_examples=10 * THOROUGH)
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


# ---- which values are listed


WEEK = [
    ("The Echo", "Ana Silva", "2024-07-25"), ("The Echo", "Ana Silva and Bo Roe", "2024-07-26"), ("The Echo", None, "2024-07"),
    ("The Sun", "Bo Roe", "2024-08-01"), ("The Sun", "Cy Doe", None), ("O Público", "Cy Doe", "2024-08-02"), (None, None, "2024-09-01"),
]  # fmt: skip


@pytest.fixture
def week(address: str) -> newssearch.Index:
    return index_of(
        address,
        *(
            article("Rain", f"Rain {n}.", outlet=outlet, byline=byline, date=date)
            for n, (outlet, byline, date) in enumerate(WEEK)
        ),
    )


def test_the_most_frequent_values_are_listed_and_the_others_counted(week: newssearch.Index) -> None:
    found = week.search("rain", facets=[Facet("outlet", limit=1), Facet("byline", limit=1), "month"]).facets
    assert found["outlet"] == (FacetValue("The Echo", 3), FacetValue(None, 1))
    assert (found["outlet"].others, found["outlet"].others_articles, found["outlet"].total) == (2, 3, 3)
    assert found["byline"] == (FacetValue("Ana Silva", 2), FacetValue(None, 2))
    assert (found["byline"].others, found["byline"].total) == (3, 4)
    assert found["byline"].others_articles == 4, "one of Ana Silva's articles is also by another"
    assert (found["month"].others, found["month"].counted) == (0, 7)


def test_the_busiest_periods_are_listed_in_order_of_time(week: newssearch.Index) -> None:
    found = week.search("rain", facets=Facet("month", limit=2)).facets["month"]
    assert found == (FacetValue("2024-07", 3), FacetValue("2024-08", 2), FacetValue(None, 1))
    assert (found.others, found.others_articles) == (1, 1)


def test_a_facet_can_be_searched_for_a_text(week: newssearch.Index) -> None:
    found = week.search("rain", facets=[Facet("outlet", contains="PUBLICO"), Facet("byline", contains="roe", limit=1)]).facets  # fmt: skip
    assert found["outlet"] == (FacetValue("O Público", 1),)
    assert found["outlet"].total == 1
    assert found["byline"] == (FacetValue("Bo Roe", 2),)
    assert (found["byline"].others, found["byline"].others_articles) == (1, 1)
    assert week.search("rain", facets=Facet("month", contains="2024-0")).facets["month"].total == 3
    assert week.search("rain", facets=Facet("outlet", contains="zz")).facets["outlet"] == ()


def test_any_name_of_an_outlet_is_searched(address: str) -> None:
    index = index_of(address, *(article("Rain", f"{n}", outlet=name) for n, name in enumerate(["BBC News", "BBC News", "bbc.co.uk"])))  # fmt: skip
    assert index.search("", facets=Facet("outlet", contains="co.uk")).facets["outlet"] == (FacetValue("BBC News", 3),)  # fmt: skip


def test_values_that_are_filtered_by_are_listed_and_marked(week: newssearch.Index) -> None:
    asked = Facet("outlet", limit=0, disjunctive=True)
    found = week.search("rain", outlet=["the sun", "nobody"], facets=asked).facets["outlet"]
    assert found == (FacetValue("The Sun", 2, selected=True), FacetValue(None, 1))
    assert (found.counted, found.others, found.others_articles) == (7, 2, 4)
    found = week.search("rain", byline="Roe", facets=Facet("byline", disjunctive=True)).facets["byline"]
    assert not any(one.selected for one in found), "Bo Roe is found, but the filter does not name him"


def test_articles_without_a_value_are_marked_if_they_are_filtered_by(week: newssearch.Index) -> None:
    marked = {
        facet: [(one.value, one.selected) for one in week.search("rain", facets=Facet(facet, limit=0, disjunctive=True), outlet=[NONE, "nobody"]).facets[facet]]
        for facet in ("outlet", "byline", "month")
    }  # fmt: skip
    assert marked == {"outlet": [(None, True)], "byline": [(None, False)], "month": []}
    found = week.search("rain", facets=Facet("outlet", disjunctive=True), outlet_not=NONE).facets["outlet"]
    assert (found.counted, {one.value for one in found}) == (6, {"The Echo", "The Sun", "O Público"})


def test_a_filter_on_the_dates_is_left_out_of_facets_of_dates(week: newssearch.Index) -> None:
    asked = [Facet("month", disjunctive=True), Facet("outlet", disjunctive=True)]
    results = week.search("rain", since="2024-08", until="2024-08", facets=asked)
    assert results.facets["month"] == (
        FacetValue("2024-07", 3), FacetValue("2024-08", 2, selected=True), FacetValue("2024-09", 1), FacetValue(None, 1),
    )  # fmt: skip
    assert results.facets["month"].counted == 7
    assert results.facets["outlet"] == (FacetValue("O Público", 1), FacetValue("The Sun", 1))
    assert week.search("rain", on="2024-08", facets="month").facets["month"] == (FacetValue("2024-08", 2, selected=True),)  # fmt: skip


def test_a_language_is_selected_only_if_the_filter_names_no_variant(address: str) -> None:
    index = index_of(address, *(article("Rain", f"{n}", lang=lang) for n, lang in enumerate(["en", "en-GB", "de"])))  # fmt: skip
    asked = Facet("lang", disjunctive=True)
    found = {
        lang: index.search("", lang=lang, facets=asked).facets["lang"] for lang in ("en", "EN-gb", "en_GB")
    }
    assert [[one.value for one in values if one.selected] for values in found.values()] == [["en"], [], []]
    assert {values.counted for values in found.values()} == {3}


@pytest.mark.parametrize(
    ("facets", "reason"),
    [
        ("outlets", "there is no facet 'outlets'; did you mean outlet?"),
        ([Facet("outlet", limit=5), "outlet"], "the facet outlet is given twice, with different options"),
        ([Facet("theme")], "there is no facet 'theme'; the facets are:"),
    ],
)
def test_facets_that_make_no_sense_are_refused(week: newssearch.Index, facets: Any, reason: str) -> None:
    with pytest.raises(QueryError, match=reason.replace("?", r"\?")):
        week.search("rain", facets=facets)
    assert week.search("", facets=["month", Facet("month")]).facets["month"].counted == 7


# ---- filters on no value, and on all other values


def test_a_literal_none_is_a_value_like_others(address: str) -> None:
    index = index_of(address, *(article("Rain", f"{n}", outlet=name) for n, name in enumerate(["(none)", "none", None])))  # fmt: skip
    assert [hit.outlet for one in ("(none)", NONE) for hit in index.search("", outlet=one)] == [
        "(none)",
        None,
    ]
    asked: list[Any] = ["(none)", "none", NONE, ["none", NONE]]
    assert [index.count("", outlet=one) for one in asked] == [1, 1, 1, 2]
    assert index.count('outlet:"(none)"') == 1


def test_an_excluded_value_that_no_article_has_gets_a_suggestion(week: newssearch.Index) -> None:
    (note,) = week.search("rain", outlet_not="The Ecco").diagnostics
    assert (note.message, note.suggestion) == (
        "no article has the outlet 'The Ecco'",
        "did you mean The Echo?",
    )
    (note,) = week.search("rain", byline_not=["Ana Silva", "Zz"]).diagnostics
    assert note.message == "no article has the byline 'Zz'"
    assert week.search("rain", outlet=NONE, byline_not=NONE).diagnostics == ()


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"outlet": ["The Sun", "The Echo"], "outlet_not": "THE ECHO"}, "outlet: 'The Echo' is both wanted and excluded; leave"),
        ({"byline": NONE, "byline_not": [NONE, "x"]}, r"byline: \(none\) is both wanted and excluded; leave out one of them"),
        ({"where": {"theme": "a"}, "where_not": {"theme": ["b", "A"]}}, "theme: 'a' is both wanted and excluded"),
        ({"where_not": {"outlet": "x"}}, "outlet is a filter of its own; give outlet_not outside of where_not"),
        ({"where_not": {"theme": " "}}, "the filter on theme is empty"),
        ({"outlet_not": ["x", ""]}, "the filter on outlet_not is empty"),
        ({"where_not": {"theme": "x"}}, "there is no field 'theme'"),
    ],
)  # fmt: skip
def test_contradictions_and_empty_values_are_refused(
    week: newssearch.Index, asked: dict[str, Any], reason: str
) -> None:
    with pytest.raises(QueryError, match=reason):
        week.count("rain", **asked)


@pytest.mark.parametrize(("wanted", "excluded"), [("Ana", "Bo"), ("Bo", "Ana"), ("Bo", "Cy"), ("Cy", "Bo")])
def test_a_filter_and_an_exclusion_on_one_field_hold_together(
    address: str, wanted: str, excluded: str
) -> None:
    bylines = ["Ana", "Bo", "Cy", "Ana and Bo", "Bo and Cy", "Ana, Bo and Cy", None]
    with index_of(
        address, *(article("Rain", f"Rain {n}.", byline=name) for n, name in enumerate(bylines))
    ) as index:
        found = index.search(
            "rain",
            byline=wanted,
            byline_not=excluded,
            limit=None,
            group=False,
            facets=Facet("byline", disjunctive=True),
        )
        expected = [name for name in bylines if name and wanted in name and excluded not in name]
        assert sorted(str(hit.byline) for hit in found) == sorted(expected)
        assert index.table("rain", by="byline", byline=wanted, byline_not=excluded).queries[
            0
        ].total.articles == len(expected)
        # A disjunctive facet leaves out the wanted name alone: it shows what other names would add.
        counted = {one.value: one.articles for one in found.facets["byline"]}
        left = [name for name in bylines if excluded not in (name or "")]
        for name in ("Ana", "Bo", "Cy"):
            assert counted.get(name, 0) == sum(name in (other or "") for other in left)
        assert (counted[None], found.facets["byline"].counted) == (1, len(left))


def test_no_value_of_an_own_field(address: str) -> None:
    extras: list[dict[str, Any]] = [
        {"theme": ["Economy", "Sport"], "size": 5, "coded": dt.date(2024, 7, 25)},
        {"theme": "Sport"},
        {},
    ]
    with newssearch.create(address) as index:
        index.add(
            [
                newssearch.Article.create(text="Rain.", url=f"u{n}", extra=extra)
                for n, extra in enumerate(extras)
            ]
        )
        counted: list[tuple[dict[str, Any], int]] = [
            ({"where": {"theme": NONE}}, 1), ({"where": {"theme": [NONE, "economy"]}}, 2), ({"where_not": {"theme": NONE}}, 2),
            ({"where_not": {"theme": "economy"}}, 2), ({"where": {"size": NONE}}, 2), ({"where": {"coded": NONE}}, 2),
            ({"where_not": {"size": ">=5"}}, 2), ({"where_not": {"size": [NONE, "<5"]}}, 1), ({"where": {"theme": "sport"}, "where_not": {"theme": "economy"}}, 1),
        ]  # fmt: skip
        for asked, number in counted:
            results = index.search("", **asked)
            assert (results.total_articles, results.diagnostics) == (number, ()), asked
        asked_facets = [Facet(name, disjunctive=True) for name in ("theme", "size", "coded")]
        found = index.search(
            "", where={"theme": "sport", "size": ">4", "coded": "2024"}, facets=asked_facets
        ).facets
        assert {name: [one.value for one in values if one.selected] for name, values in found.items()} == {
            "theme": ["Sport"], "size": ["5"], "coded": ["2024-07"],
        }  # fmt: skip
        assert [values.counted for values in found.values()] == [1, 1, 1]
        none: list[tuple[dict[str, Any], set[str]]] = [
            ({"theme": [NONE], "size": "none", "coded": ["2023", NONE]}, {"theme", "size", "coded"}),
            ({"theme": "sport", "size": ["<9", "none"]}, {"size"}),
        ]
        for where, selected in none:
            found = index.search("", where=where, where_not={"coded": "1999"}, facets=asked_facets).facets
            assert {
                name for name, values in found.items() for one in values if one.selected and one.value is None
            } == selected
        left = index.search("", where_not={"theme": NONE}, facets=Facet("theme", disjunctive=True)).facets[
            "theme"
        ]
        assert (tuple(left), left.counted) == ((FacetValue("Sport", 2), FacetValue("Economy", 1)), 2)


def test_the_json_of_facets_tells_what_is_not_listed(week: newssearch.Index) -> None:
    found = week.search(
        "rain", outlet="The Echo", facets=Facet("outlet", limit=1, disjunctive=True)
    ).to_dict()
    assert found["facets"] == {
        "outlet": [
            {"value": "The Echo", "articles": 3, "selected": True}, {"value": None, "articles": 1, "selected": False},
        ]
    }  # fmt: skip
    assert found["facet_totals"] == {"outlet": {"counted": 7, "total": 3, "others": 2, "others_articles": 3}}
