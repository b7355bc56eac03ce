"""Own fields: searched, filtered and counted as an obvious search over all articles does, exactly."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
import reference
from newssearch import Article, Config, FacetValue, Index, OwnFieldError, QueryError
from newssearch.fields import own_field
from newssearch.query import Field, Node, Not, Within, parse
from newssearch.query.conditions import condition
from support import THOROUGH

from .conftest import Engine
from .test_facets import ODD

FIELDS = tuple(own_field(name, kind) for name, kind in sorted(reference.OWN.items()))  # type: ignore[arg-type]
KEPT = [(one.name, one.name, one.kind) for one in FIELDS]
NUMBERS = st.one_of(
    st.integers(-3, 12),
    st.sampled_from([0.5, 2.0, -0.0, 2**53, 2**53 + 1, float(2**53), 2**63, -(2**64), 10**30, 1e300, 0.1]),
)
DATES = st.sampled_from(
    [
        dt.date(2024, 7, 25),
        dt.date(2024, 7, 31),
        dt.date(1, 1, 1),
        dt.date(9999, 12, 31),
        dt.datetime(2024, 7, 25, 23, 30),
    ]
    + [dt.datetime(2024, 7, 31, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=hours))) for hours in (-4, 14)]
)
NAMES = ["Economy", "economy", "Économy", "Foreign Policy", "foreign policy", "Policy", "New foreign policy"]
TEXTS = st.sampled_from(NAMES) | st.lists(st.sampled_from(NAMES), max_size=3)
EXTRAS = st.fixed_dictionaries(
    {}, optional={"theme": TEXTS, "people": TEXTS, "size": NUMBERS, "coded": DATES}
)
RANGES = st.one_of(
    NUMBERS.map(str),
    st.tuples(st.sampled_from([">", ">=", "<", "<="]), NUMBERS).map(lambda both: f"{both[0]}{both[1]}"),
    st.tuples(NUMBERS, NUMBERS).map(lambda both: f"{min(both)}..{max(both)}"),
    st.sampled_from(["none", "2..", "..2"]),
)
PERIODS = st.sampled_from(
    ["2024", "2024-07", "2024-07-25", ">2024-07-25", "<=2024-07", "..2024-07-31", "2024-07-25T23:30", "none",
     "2024-07-31T12:00Z..", "1", ">=9999-12"]
).filter(lambda text: text != "1")  # fmt: skip
CONDITIONS = st.one_of(
    st.tuples(st.just("theme"), st.sampled_from(NAMES)),
    st.tuples(st.just("people"), st.sampled_from(NAMES)),
    st.tuples(st.just("size"), RANGES),
    st.tuples(st.just("coded"), PERIODS),
)
ROWS = {one.name: one for one in FIELDS}


def made(number: int, extra: dict[str, Any]) -> Article:
    return Article.create(title="Rain", text="It rained.", url=f"u{number}", extra=extra)


def own_index(engine: Engine, address: str) -> Index:
    """Return a new index with all own fields of the reference, and no article."""
    index = newssearch.create(address)
    object.__setattr__(index, "config", Config(fields=KEPT))  # type: ignore[arg-type]
    return index


@settings(max_examples=12 * THOROUGH, deadline=None)
@given(
    steps=st.lists(
        st.lists(st.tuples(st.integers(0, 12), EXTRAS), min_size=1, max_size=5) | st.integers(0, 9),
        min_size=1,
        max_size=5,
    ),
    wanted=st.lists(CONDITIONS, min_size=1, max_size=4),
)
def test_the_engine_finds_and_counts_what_an_obvious_search_does(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, steps: list[Any], wanted: list[tuple[str, str]]
) -> None:
    held: dict[str, Article] = {}
    with own_index(engine, engine.address(tmp_path_factory.mktemp("own") / "index")) as index:
        for step in steps:
            if isinstance(step, int):
                for article_id in index.find()[step : step + 2]:
                    index.remove(article_id)
                    del held[article_id]
                continue
            articles = {one.id: one for one in (made(*drawn) for drawn in step)}
            index.add(articles.values())
            held |= articles
        assert {one.id: one.extra for one in index} == {one.id: one.extra for one in held.values()}
        known = {one.name for one in index.own_fields}
        for name, text in wanted:
            if name not in known:
                continue
            tree: Node = condition(ROWS[name], text)
            assert parse(str(tree), fields=FIELDS).tree == tree
            for node in (tree, Not(tree)):
                expected = sorted(one.id for one in held.values() if reference.matches(node, one))
                assert index.find(node) == expected
            assert index.find(where={name: text}) == index.find(str(tree)) == index.find(tree)
        facets = index.search("", facets=sorted(known), limit=0).facets
        for name, values in facets.items():
            counted = {value.value: value.articles for value in values}
            assert len(counted) == len(values)
            assert counted == reference.own_facet(name, list(held.values()))
            for value, number in counted.items():
                if value is not None:
                    assert index.count(where={name: value}) == number > 0


@settings(max_examples=12 * THOROUGH, deadline=None)
@given(
    values=st.lists(ODD | st.lists(ODD, max_size=3), min_size=1, max_size=8),
    kind=st.sampled_from(["value", "words"]),
)
def test_any_value_is_found_as_often_as_it_is_counted(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, values: list[Any], kind: Any
) -> None:
    with newssearch.create(engine.address(tmp_path_factory.mktemp("own") / "index")) as index:
        object.__setattr__(index, "config", Config(fields=[("theme", "theme", kind)]))  # type: ignore[arg-type]
        index.add([made(number, {"theme": value}) for number, value in enumerate(values)])
        if not index.own_fields:
            return
        for value in index.search("", facets="theme", limit=0).facets["theme"]:
            if value.value is not None:
                assert index.count(where={"theme": value.value}) == value.articles
                assert index.count(Field("theme", value.value)) == value.articles
                assert index.count(str(Field("theme", value.value))) == value.articles


@pytest.fixture
def index(address: str) -> Index:
    index = newssearch.create(address)
    extras: list[dict[str, Any]] = [
        {"theme": "Economy", "size": 120, "coded": dt.date(2024, 7, 25)},
        {"theme": ["Sport", "Economy"], "size": 640.5},
        {},
    ]
    index.add([made(number, extra) for number, extra in enumerate(extras)])
    return index


def test_an_article_with_several_values_is_counted_for_each(index: Index) -> None:
    assert index.search("rained", facets=["theme", "size", "coded"]).facets == {
        "theme": (FacetValue("Economy", 2), FacetValue("Sport", 1), FacetValue(None, 1)),
        "size": (FacetValue("120", 1), FacetValue("640.5", 1), FacetValue(None, 1)),
        "coded": (FacetValue("2024-07", 1), FacetValue(None, 2)),
    }
    assert index.count("theme:(sport AND economy)") == 1
    assert index.count("theme:eco* size:>500") == 1
    assert index.count("-theme:*") == 1
    assert index.count(where={"theme": ["sport", "Economy"], "size": "100..200"}) == 1
    assert index.count(where={"size": 120, "coded": dt.date(2024, 7, 25)}) == 1


def test_conditions_on_own_fields_change_no_score_and_no_snippet(index: Index) -> None:
    plain = index.search("rained", limit=None, group=False)
    narrow = index.search("rained theme:economy size:>1", where={"size": "<1000"}, limit=None, group=False)
    assert [(hit.id, hit.score, hit.snippet) for hit in narrow] == [
        (hit.id, hit.score, hit.snippet) for hit in plain if "theme" in hit.extra
    ]
    assert narrow.interpretation == '(rained AND theme:"economy" AND size:>1)'
    assert [clause.text for clause in index.search("theme:economy rained", explain=True).clauses] == [
        'theme:"economy"', "rained",
    ]  # fmt: skip


def test_hits_and_articles_have_their_own_fields(index: Index) -> None:
    (hit,) = index.search("theme:sport")
    assert hit.extra == {"theme": ("Sport", "Economy"), "size": 640.5}
    assert hit.to_dict()["extra"] == {"size": 640.5, "theme": ["Sport", "Economy"]}
    assert index.article(hit.id).extra == hit.extra
    assert index.search("x").own_fields == ("coded", "size", "theme")
    assert [(one.name, one.kind) for one in index.own_fields] == [
        ("coded", "date"), ("size", "number"), ("theme", "value"),
    ]  # fmt: skip
    info = index.info()
    assert info.contents.own_fields == {"coded": "date", "size": "number", "theme": "value"}
    assert info.to_dict()["extra"] == {
        "coded": {"kind": "date", "values": [{"value": "2024-07", "articles": 1}, {"value": None, "articles": 2}]},
        "size": {"kind": "number", "values": [{"value": value, "articles": 1} for value in ("120", "640.5", None)]},
        "theme": {
            "kind": "value",
            "values": [{"value": "Economy", "articles": 2}, {"value": "Sport", "articles": 1}, {"value": None, "articles": 1}],
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "reason", "suggestion"),
    [
        ("thme:x", "there is no field 'thme'", "did you mean theme: or the word in quotation marks?"),
        ("zzzz:x", "there is no field 'zzzz'", "the fields are title, outlet, source"),
        ("size:big", "'big' is not a number, and size has numbers", "write 500, 100..200"),
        ("size:9..2", "the range ends before it begins", ""),
        ("size:(1 OR 2)", "size: takes no group", "write 500"),
        ("coded:soon", "'soon' is not a date", "write 2024, 2024-07"),
        ("coded:2025..2024", "the range ends before it begins", ""),
    ],
)
def test_a_condition_that_would_find_nothing_is_an_error_with_its_place(
    index: Index, query: str, reason: str, suggestion: str
) -> None:
    with pytest.raises(QueryError) as raised:
        index.count(f"rain {query}")
    assert raised.value.reason == reason
    assert raised.value.suggestion.startswith(suggestion)
    assert 5 <= raised.value.start < raised.value.end


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("theme: economy", "write theme:value, without a space"),
        ("theme=economy", "write theme:economy, without a space"),
        ("size>=500", "write size:>=500, without a space"),
        ("Size<5", "write size:<5, without a space"),
    ],
)
def test_a_condition_in_another_form_gets_a_note(index: Index, query: str, suggestion: str) -> None:
    assert suggestion in [
        note.suggestion for note in index.search(query).diagnostics if note.kind == "borrowed"
    ]
    assert not [note for note in index.search("themes=x rain: x").diagnostics if note.kind == "borrowed"]


def test_articles_long_after_the_last_one_with_a_value_are_shown(address: str) -> None:
    with newssearch.create(address) as index:
        index.add([made(number, {} if number else {"theme": "Economy"}) for number in range(300)])
        hits = index.search("rained", limit=None, group=False).hits
    assert sorted(hit.extra.get("theme") or "" for hit in hits) == [""] * 299 + ["Economy"]


def test_unknown_filters_and_facets_name_the_own_fields(index: Index) -> None:
    with pytest.raises(QueryError, match="no field 'thema'; did you mean theme:"):
        index.count(where={"thema": "x"})
    with pytest.raises(QueryError, match=r"no facet 'sizes'; did you mean size\?"):
        index.search("", facets="sizes")
    with pytest.raises(QueryError, match="no field 'other'"):
        index.count(Field("other", "x"))
    with pytest.raises(QueryError, match="no field 'other'"):
        index.count(Within("other", ">5"))
    with pytest.raises(QueryError, match="size is a field of kind number"):
        index.count(Field("size", "120"))
    with pytest.raises(QueryError, match="theme is a field of kind value"):
        index.count(Within("theme", ">5"))
    with pytest.raises(QueryError, match="'x' is not a number"):
        index.count(where={"size": "x"})
    (note,) = index.search("theme:econmy").diagnostics
    assert (note.message, note.suggestion) == ("no article has the theme 'econmy'", "did you mean Economy?")


def test_a_field_keeps_its_kind_until_the_index_is_rebuilt(index: Index) -> None:
    for value in (5, dt.date(2024, 1, 1)):
        with pytest.raises(OwnFieldError, match=r"keeps theme as value.*--rebuild"):
            index.add(made(9, {"theme": value}))
    with pytest.raises(OwnFieldError, match=r"keeps size as number.*--rebuild"):
        index.add(made(9, {"size": "big"}))
    assert len(index) == 3
    index.remove(index.find())
    index.add(made(9, {"theme": "x"}))
    assert index.count("theme:x") == 1


def test_an_index_has_at_most_64_own_fields(address: str) -> None:
    index = newssearch.create(address)
    index.add(made(1, {f"f{number}": "x" for number in range(64)}))
    assert len(index.own_fields) == 64
    with pytest.raises(OwnFieldError, match="at most 64 own fields"):
        index.add(made(2, {"one_more": "x"}))
    with pytest.raises(ValueError, match="at most 64 own fields"):
        made(3, {f"f{number}": "x" for number in range(65)})


def test_another_own_field_updates_the_article_in_place(index: Index) -> None:
    before = index.article(index.find("theme:sport")[0])
    report = index.add(made(1, {"theme": "Culture"}))
    after = index.article(before.id)
    assert (report.updated, report.added) == (1, 0)
    assert (after.extra, after.version, after.added, after.digest) == (
        {"theme": "Culture"}, 1, before.added, before.digest,
    )  # fmt: skip
    assert index.add(made(1, {"theme": "Culture"})).unchanged == 1


def test_an_own_date_hides_no_undated_article(index: Index) -> None:
    found = index.search("coded:2024 rained")
    assert (found.total_articles, found.undated) == (1, 0)
