"""What a query with synonyms finds, and how it ranks, by the table of an archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import drawn
from newssearch import Article, Index
from newssearch.query import And, Node, Or, Query, Synonyms, Word, parse
from newssearch.query.tree import map_children
from support import article, index_of

from .conftest import Engine

TABLE = """
[synonyms]
car = { words = ["automobile", "motor vehicle"], both = true }
"illegal alien" = ["undocumented immigrant"]
police = "cops"
qaddafi = "colonel"
white = "ivory"
ivory = "tusk"
"""
TEXTS = {
    "car": "A car stood there in the rain that fell.",
    "automobile": "An automobile stood there in the rain that fell.",
    "vehicle": "A motor vehicle stood there in rain that fell.",
    "both": "The illegal entry of aliens was discussed.",
    "immigrant": "An undocumented immigrant spoke.",
    "cops": "Two cops ran. The police came.",
    "gadhafi": "Gadhafi left.",
    "colonel": "The colonel left.",
    "joined": "The WhiteHouse replied.",
}


@pytest.fixture(scope="module")
def index(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    archive = tmp_path_factory.mktemp("synonyms")
    (archive / "newssearch.toml").write_text(TABLE, "utf-8")
    articles = [article(None, text, outlet=name, date="2024-01-01") for name, text in TEXTS.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(archive)  # where an index on a cluster has its archive
        opened = index_of(engine.address(archive / "index"), *articles)
        assert opened.config.synonyms
    with opened:
        yield opened


def outlets(index: Index, query: str | Query | Node, **options: object) -> set[str | None]:
    results = index.search(query, limit=None, **options)  # type: ignore[arg-type]
    assert results.total_articles == index.count(query, **options) == len(results)  # type: ignore[arg-type]
    return {hit.outlet for hit in results}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("car", {"car", "automobile", "vehicle"}),
        ("motor vehicles", {"car", "automobile", "vehicle"}),
        ('"motor vehicle stood"', {"car", "automobile", "vehicle"}),
        ("car rain", {"car", "automobile", "vehicle"}),
        ("car w/5 fell", set()),
        ("car w/6 rain", {"car", "automobile", "vehicle"}),
        ("-car rain", set()),
        ("illegal aliens", {"both", "immigrant"}),
        ('"illegal alien"', {"immigrant"}),
        ("illegal aliens spoke", {"immigrant"}),
        ("undocumented immigrant", {"immigrant"}),
        ("atleast2(police)", {"cops"}),
        ("hlead(car)", {"car", "automobile", "vehicle"}),
        ("title:car", set()),
        ("caps(car)", {"car"}),
        ("white house", {"joined"}),  # written as one word
    ],
)
def test_a_query_finds_the_synonyms_of_its_words(index: Index, query: str, expected: set[str]) -> None:
    assert outlets(index, query, synonyms=True) == expected
    assert outlets(index, f"syn:({query})") == expected


def test_synonyms_are_marked_and_listed(index: Index) -> None:
    results = index.search("motor vehicles", synonyms=True, limit=None)
    assert results.interpretation == "((motor AND vehicles) OR syn(car OR automobile))"
    assert {hit.text[slice(*hit.snippet.highlights[0])] for hit in results if hit.snippet} == {
        "car",
        "automobile",
        "motor",
    }
    assert [note.message for note in results.diagnostics] == [
        "'motor vehicles' also finds its synonyms 'car', 'automobile'"
    ]
    lines = index.kwic("car", synonyms=True)
    assert {line.match for line in lines} == {"car", "automobile", "motor vehicle"}
    assert [one.articles for one in index.over_time("car", synonyms=True, unit="year")] == [3]


def test_other_options_apply_to_synonyms_too(index: Index) -> None:
    assert outlets(index, "qaddafi", synonyms=True) == {"colonel"}
    assert outlets(index, "qaddafi", synonyms=True, names=True) == {"colonel", "gadhafi"}
    assert outlets(index, "illegal aliens rain", synonyms=True) == set()
    assert outlets(index, "illegal aliens rain", synonyms=True, match="any") == {
        "both",
        "immigrant",
        "car",
        "automobile",
        "vehicle",
    }
    assert outlets(index, "police entry", synonyms=True, match="any") == {"cops", "both"}
    assert outlets(index, "syn:car OR rain", synonyms=True, literal=True) == set()
    assert outlets(index, "car rain", synonyms=True, literal=True) == {"car", "automobile", "vehicle"}
    assert outlets(index, Word("police"), synonyms=True) == {"cops"}
    assert outlets(index, parse("police"), synonyms=True) == {"cops"}
    assert outlets(index, And((Word("illegal"), Word("alien"))), synonyms=True) == {"both", "immigrant"}
    expanded = index.search("car", synonyms=True, expand=True)
    assert expanded.total_articles == 3
    assert expanded.interpretation.startswith('(syn(car OR automobile OR "motor vehicle") AND (* OR ')


def test_a_word_with_synonyms_may_be_missing_beside_others(index: Index) -> None:
    results = index.search("car immigrant spoke", synonyms=True)
    assert results.total_articles == 0
    assert [(hit.outlet, hit.missing) for hit in results.more] == [
        ("immigrant", ('syn(car OR automobile OR "motor vehicle")',)),
        *((outlet, ("immigrant", "spoke")) for outlet in ("automobile", "car", "vehicle")),
    ]


def test_a_corrected_word_gets_its_synonyms(index: Index) -> None:
    results = index.search("polise", synonyms=True)
    assert results.total_articles == 0
    assert results.corrected is not None
    assert results.corrected.query == "police"
    assert results.corrected.interpretation == "syn(police OR cops)"
    assert index.search("syn:polise").corrected.interpretation == "syn(police OR cops)"  # type: ignore[union-attr]
    unknown = [note.message for note in results.diagnostics if note.kind == "unknown-word"]
    assert unknown == ["no article has the word 'polise'"]


def test_a_synonym_that_no_article_has_is_no_misspelt_word(index: Index) -> None:
    results = index.search("white house", synonyms=True)
    assert [note.kind for note in results.diagnostics] == ["synonyms"]
    results = index.search("ivory house", synonyms=True)  # the word itself may be one
    unknown = [note.message for note in results.diagnostics if note.kind == "unknown-word"]
    assert unknown == ["no article has the word 'ivory'", "no article has the word 'house'"]


def test_a_synonym_ranks_like_the_word(engine: Engine, tmp_path: Path) -> None:
    """Beside each other by OR, the rare word of the two would come first."""
    frequent = [
        article(None, f"The car was red {n} times.", outlet=f"car{n}", date="2024-01-02") for n in range(9)
    ]
    rare = article(None, "The automobile was red 9 times.", outlet="rare", date="2024-01-01")
    with index_of(engine.address(tmp_path / "index"), *frequent, rare) as opened:
        by_or = opened.search("car OR automobile", limit=None, group=False)
        by_synonym = opened.search("syn(car OR automobile)", limit=None, group=False)
        assert by_or[0].outlet == "rare"
        assert by_synonym[-1].outlet == "rare"  # all scores are equal: the earlier date
        assert len({round(hit.score, 9) for hit in by_synonym}) == 1
        near = opened.search("syn(car OR automobile) red", limit=None, group=False, explain=True)
        assert all(hit.explanation is not None and hit.explanation.proximity > 0 for hit in near)


def without_synonyms(node: Node) -> Node:
    """Return a tree in which synonyms are joined by OR."""
    node = map_children(node, without_synonyms)
    return Or(node.operands, span=node.span) if isinstance(node, Synonyms) else node


@given(st.lists(drawn.ARTICLES, min_size=1, max_size=3), drawn.TREES)
def test_synonyms_find_the_articles_that_or_finds(
    engine: Engine, articles: list[Article], tree: Node
) -> None:
    with engine.index(*articles) as opened:
        assert opened.find(tree) == opened.find(without_synonyms(tree))
