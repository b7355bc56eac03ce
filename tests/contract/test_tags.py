"""Tags with every engine: a search finds and counts what a dict of sets says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import newssearch
from newssearch import NONE, Facet, Index
from support import article

from .conftest import Engine

SUBJECTS = ("rain", "sun", "rain and sun")


@pytest.fixture
def index(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    monkeypatch.chdir(tmp_path)
    made = [
        article(f"N{n}", f"There was {SUBJECTS[n % 3]}.", f"Also {SUBJECTS[n % 2]}.", url=f"https://e.org/{n}", outlet=("The Echo", "The Post")[n % 2])
        for n in range(12)
    ]  # fmt: skip
    index = newssearch.create(engine.address(tmp_path / "index"))
    index.add(made[:7])
    index.add(made[7:])
    return index


def said(index: Index) -> dict[str, set[str]]:
    """Tag articles, and return which have which tag."""
    ids = sorted(index.find(), key=lambda one: index.article(one).title or "")
    given = {"checked": {*ids[::2]}, "to do": {*ids[1:5]}, "Überprüft": {ids[0], ids[5]}}
    for tag, having in given.items():
        index.tag(having, tag)
    return given


def test_conditions_on_tags_are_exact_and_change_no_score(index: Index) -> None:
    given, ids = said(index), {*index.find()}
    tagged = set().union(*given.values())
    rain = {*index.find("rain")}
    expected = {
        "tag:checked": given["checked"], "NOT tag:checked": ids - given["checked"], "tag:CHECKED": given["checked"], 'tag:"to do"': given["to do"], "tag:uberpruft": given["Überprüft"],
        "tag:none": ids - tagged, "tag:*": tagged, "tag:(checked OR uberpruft)": given["checked"] | given["Überprüft"], 'tag:(checked "to do")': given["checked"] & given["to do"],
        "rain tag:checked": rain & given["checked"], "rain OR tag:checked": rain | given["checked"], "rain -tag:checked": rain - given["checked"], "tag:nothing": set[str](), "-tag:nothing": ids,
        "outlet:echo OR tag:none": {*index.find("outlet:echo")} | (ids - tagged),
    }  # fmt: skip
    scores = {hit.id: hit.score for hit in index.search("rain", limit=None, group=False)}
    for query, found in expected.items():
        assert {*index.find(query)} == found, query
        results = index.search(query, limit=None, group=False)
        assert {hit.id for hit in results} == found, query
        assert results.total_articles == index.count(query) == len(found)
        for hit in results:
            assert hit.score == pytest.approx(scores.get(hit.id, 0) if "rain" in query else 0)
            assert {*hit.tags} == {tag for tag, having in given.items() if hit.id in having}
    with index.scan("rain tag:checked", sort="id", group=False) as scan:
        assert [hit.id for hit in scan] == sorted(rain & given["checked"])
    table = index.table({"a": "rain", "b": "rain tag:checked"}, by="outlet")
    assert [table.total(query=number).articles for number in (0, 1)] == [
        len(rain),
        len(rain & given["checked"]),
    ]
    assert {line.id for line in index.kwic("rain", tag="checked", limit=None)} == rain & given["checked"]


FACET_REQUESTS: list[dict[str, Any]] = [
    {},
    {"outlet": "The Echo"},
    {"tag": "checked"},
    {"tag": ["checked", NONE]},
    {"tag_not": "to do"},
    {"tag": "to do", "outlet": "The Post", "since": None},
]


@pytest.mark.parametrize("filters", FACET_REQUESTS)
@pytest.mark.parametrize("disjunctive", [False, True])
def test_each_count_of_the_facet_is_what_a_filter_finds(
    index: Index, filters: dict[str, Any], disjunctive: bool
) -> None:
    said(index)
    asked: list[str | Facet] = [Facet("tag", disjunctive=disjunctive), "outlet"]
    for query in ("rain", ""):
        results = index.search(query, facets=asked, limit=0, **filters)
        assert list(results.facets) == ["tag", "outlet"]
        assert (
            results.facets["outlet"]
            == index.search(query, facets="outlet", limit=0, **filters).facets["outlet"]
        )
        facet = results.facets["tag"]
        others = {name: value for name, value in filters.items() if name != "tag"} if disjunctive else filters
        assert facet.counted == index.count(query, **others)
        for one in facet:
            wanted = NONE if one.value is None else f'tag:"{one.value}"'
            found = (
                index.count(f"{query} tag:none", **others)
                if one.value is None
                else index.count(f"{query} {wanted}", **others)
            )
            assert found == one.articles > 0, one
        names = {one.value for one in facet} - {None}
        assert names == {tag.tag for tag in index.tags() if index.count(f'{query} tag:"{tag.tag}"', **others)}
        assert {one.value for one in facet if one.selected} == {
            None if value is NONE else value
            for value in ([filters["tag"]] if isinstance(filters.get("tag"), str) else filters.get("tag", []))
        }
        counts = [one.articles for one in facet if one.value is not None]
        assert counts == sorted(counts, reverse=True)


def test_the_facet_lists_the_most_frequent_tags_and_those_with_a_text(index: Index) -> None:
    given = said(index)
    (facet,) = index.search("", facets=Facet("tag", limit=1), limit=0).facets.values()
    assert [one.value for one in facet] == ["checked", None]
    assert (facet.others, facet.others_articles) == (2, len(given["to do"] | given["Überprüft"]))
    assert facet.total == 3
    (facet,) = index.search("", facets=Facet("tag", contains="PRUF"), limit=0).facets.values()
    assert [(one.value, one.articles) for one in facet] == [("Überprüft", 2)]
    assert list(index.search("", facets="tag", limit=0, tag="nothing").facets["tag"]) == []


def test_more_tagged_articles_than_a_set_of_conditions_may_have(index: Index) -> None:
    ids = index.find()
    index.tag(ids[:3], "few")
    lines = [
        f'{{"article": "gone-{n:012d}", "tag": "few", "at": "2024-01-01T00:00:00Z"}}' for n in range(66_000)
    ]
    file = Path("tags.jsonl")
    with file.open("a", encoding="utf-8") as appended:
        appended.writelines(f"{line}\n" for line in lines)
    assert index.find("tag:few") == ids[:3]
    assert index.count("rain OR tag:few") == len({*ids[:3], *index.find("rain")})
    assert index.tags()[0] == ("few", 3, 66_000)
