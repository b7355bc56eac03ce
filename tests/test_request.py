"""The request object, which methods of an index take in place of keyword arguments."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import inspect
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import Index, QueryError, Request
from newssearch.fields import FILTER_FIELDS
from newssearch.request import EXCLUSION_OPTIONS, OPTIONS, MatchOptions, RankOptions, SearchOptions
from support import article, index_of

METHODS: dict[str, Any] = {
    "search": SearchOptions, "rank": RankOptions, "find": MatchOptions, "count": MatchOptions,
}  # fmt: skip
"""The methods that take a request, each with the TypedDict of the options that it takes."""

OTHER: dict[str, object] = {
    "literal": True, "names": True, "synonyms": True, "match": "any", **dict.fromkeys(FILTER_FIELDS, "en"), "since": "2024", "until": dt.date(2024, 7, 1), "on": "2024-07", "novel": True,
    "since_run": True,
    "now": dt.datetime(2024, 7, 25), "sort": "newest", "limit": None, "offset": 1, "all_paragraphs": True, "group": False,
    "facets": ["year", "outlet"], "where": {"size": ">1"}, "where_not": {"size": "<1"}, **dict.fromkeys(EXCLUSION_OPTIONS, "de"), "snippet": 0, "explain": True, "strict": True, "expand": True,
}  # fmt: skip
"""A value other than the default for each option."""


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return index_of(
        tmp_path / "i",
        article("Storm", "Rain fell.", "It rained on.", date="2024-07-25", outlet="The Echo", lang="en"),
        article("Rain", "Rain again.", date="2023-01-01", outlet="The Echo", lang="de"),
        dataclasses.replace(
            article("Sun", "No rain.", date="2024-07-26", outlet="The Sun", lang="en"), extra={"size": 2}
        ),
    )


def test_the_options_for_type_checkers_are_those_of_the_request() -> None:
    """Type checkers read the TypedDicts, and the program reads the fields of the request."""
    assert set(OTHER) == set(OPTIONS) == set(SearchOptions.__annotations__)
    types = {name: option.type for name, option in OPTIONS.items()}
    assert {name: kind.__forward_arg__ for name, kind in SearchOptions.__annotations__.items()} == types


@pytest.mark.parametrize("name", METHODS)
def test_each_method_shows_the_options_that_it_takes(name: str) -> None:
    method = getattr(Index, name)
    parameters = inspect.signature(method).parameters
    assert list(parameters) == ["self", "query", "request", "timeout", "stop", *METHODS[name].__annotations__]
    for option in METHODS[name].__annotations__:
        assert parameters[option].default == getattr(Request(), option)
        assert f"``{option}``: " in method.__doc__
    assert all(f"``{option}``: " in (Request.__doc__ or "") for option in OPTIONS)


def test_a_request_is_a_value() -> None:
    one = Request(outlet="The Echo", facets=iter(["year", "year"]), since="last month", limit=5)
    same = Request(outlet=["The Echo"], facets="year", since="last month", limit=5)
    assert one == same
    assert hash(one) == hash(same)
    assert one != Request()
    assert one == pickle.loads(pickle.dumps(one)) == copy.copy(one) == copy.deepcopy(one)
    assert repr(one) == "Request(outlet=('The Echo',), since='last month', limit=5, facets=('year',))"
    assert eval(repr(one), {"Request": Request}) == one
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.limit = 7  # type: ignore[misc]


def test_a_request_is_changed_by_making_another() -> None:
    one = Request(outlet="The Echo")
    assert one.replace(limit=5) == dataclasses.replace(one, limit=5) == Request(outlet="The Echo", limit=5)
    assert one == Request(outlet="The Echo")
    with pytest.raises(TypeError, match="limit: wanted a whole number; got a str: '5'"):
        one.replace(limit="5")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        one.replace(colour="red")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"since": "2024-13"}, "since: '2024-13' is not a date"),
        ({"on": "2024", "since": "2023"}, "give either on, or since and until, but not both"),
        ({"since": "2024", "until": "2023"}, "no date is both since 2024 and until 2023"),
        ({"facets": "Outlett"}, "there is no facet 'Outlett'; did you mean outlet"),
        ({"sort": "oldest first"}, "cannot sort by 'oldest first'"),
        ({"lang": " "}, "the filter on lang is empty"),
        ({"limit": -1}, "limit cannot be negative"),
    ],
)
def test_a_request_without_a_meaning_is_refused_when_it_is_made(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        Request(**wrong)


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_means_the_same_in_a_request_and_as_a_keyword(index: Index, name: str) -> None:
    """An option that has no effect on a method is refused in both forms."""
    value: dict[str, Any] = {name: OTHER[name]}
    for method, options in METHODS.items():
        call: Callable[..., object] = getattr(index, method)
        if name in options.__annotations__:
            one, other = call("rain", Request(**value)), call("rain", **value)
            assert one == (dataclasses.replace(other, took=one.took) if hasattr(one, "took") else other)  # type: ignore[type-var]
            continue
        refused = rf"Index\.{method}\(\) takes no '{name}': it would have no effect"
        with pytest.raises(TypeError, match=refused):
            call("rain", **value)
        with pytest.raises(TypeError, match=refused):
            call("rain", Request(**value))


def test_a_keyword_changes_the_request_that_it_is_given_beside(index: Index) -> None:
    request = Request(outlet="The Echo", sort="newest", limit=1)
    assert [hit.title for hit in index.search("rain", request)] == ["Storm"]
    assert [hit.title for hit in index.search("rain", request, limit=None)] == ["Storm", "Rain"]
    assert [hit.title for hit in index.search("rain", request, outlet=(), limit=5)] == [
        "Sun",
        "Storm",
        "Rain",
    ]
    assert request == Request(outlet="The Echo", sort="newest", limit=1)
    with pytest.raises(QueryError, match="give either on"):
        index.count("rain", Request(since="2024"), on="2024")


def test_a_relative_date_counts_from_the_search_and_not_from_the_making_of_the_request(index: Index) -> None:
    request = Request(since="last 7 days", until="today")
    assert index.count("rain", request, now=dt.datetime(2024, 7, 28)) == 2
    assert index.count("rain", request, now=dt.datetime(2023, 1, 2)) == 1
    assert index.count("rain", request.replace(now=dt.datetime(2023, 1, 2))) == 1


def test_find_and_count_take_what_decides_which_articles_match(tmp_path: Path) -> None:
    made = [
        article("A", "Rain fell on the roofs of Baghdad.", date="2024-01-01", outlet="The Echo"),
        article("B", "Rain OR shine, Gadhafi said.", date="2024-01-02", outlet="The Sun"),
    ]
    with index_of(tmp_path / "i", *made) as index:
        options: list[tuple[str, dict[str, Any]]] = [
            ("rain OR shine", {"literal": True}), ("qaddafi", {"names": True}), ("rain", {"novel": True}), ('rain date:"last month"', {"now": dt.datetime(2024, 2, 3)}),
        ]  # fmt: skip
        for query, given in options:
            results = index.search(query, **given)
            assert index.count(query, **given) == results.total_articles > 0
            assert index.find(query, **given) == sorted(hit.id for hit in results)


def test_the_request_is_documented() -> None:
    assert newssearch.Request is Request
    assert "Raises" in (Request.__doc__ or "")


def test_all_paragraphs_are_listed_of_every_copy(index: Index) -> None:
    assert index.search("rain").grouped
    assert not index.search("rain", group=False).grouped
    assert not index.search("rain", group=True, all_paragraphs=True).grouped
