"""Expanded queries: words that the best paragraphs of the first results have raise the scores of other articles."""

from __future__ import annotations

import dataclasses
import random
from itertools import pairwise

import pytest

import newssearch
import ranking_twin
from newssearch import Article, Index, QueryError
from newssearch.query import (
    MAX_DEPTH,
    And,
    Boost,
    Node,
    Not,
    Or,
    Word,
    depth,
    leaves,
    parse,
    relaxed,
    side_by_side,
)
from support import article, index_of

from .conftest import Engine


def made() -> list[Article]:
    """Return articles in two languages, of which some share rare words, and every tenth is a copy."""
    draw = random.Random(5)
    frequent = ["rain", "storm", "iraq", "the", "of", "Minister's", "ministers"]
    rare = [f"Name{letter}{other}" for letter in "abcdefgh" for other in "xyz"] + ["2024", "F16", "ab", "US"]
    articles: list[Article] = []
    for number in range(50):
        topic = draw.sample(rare, 6)
        paragraphs = [
            " ".join(
                draw.choice(frequent if draw.random() < 0.6 else topic) for _ in range(draw.randint(12, 24))
            )
            for _ in range(draw.randint(1, 3))
        ]
        if number % 10 == 9:
            paragraphs = [paragraph.text for paragraph in articles[-1].paragraphs]
        articles.append(
            article(
                f"Day {number}", *paragraphs, outlet=draw.choice(["The Echo", "The Sun"]), lang=draw.choice(["en", "en", "fr"]),
                url=f"https://e.org/{number}", date=f"2024-{number % 12 + 1:02}-01",
            )
        )  # fmt: skip
    return articles


@pytest.fixture(scope="module")
def index(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(engine.address(tmp_path_factory.mktemp("feedback") / "index"), *made())


QUERIES = [
    "rain",
    "rain storm",
    "rain OR nameax",
    "nameax namebx namecx storm",
    "rain -nameax",
    'the "rain storm"^3',
    "title:day iraq*",
    "storm^0.5 (* OR namecy^2)",
    "the rain of",
    "atleast2(rain) date:2024",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("options", [{}, {"outlet": "The Sun", "match": "any", "limit": 4, "offset": 2}])
def test_the_interpretation_of_an_expanded_query_finds_the_same(
    index: Index, query: str, options: dict[str, object]
) -> None:
    results = index.search(query, expand=True, explain=True, **options)  # type: ignore[arg-type]
    assert results.expansion
    again = index.search(results.interpretation, explain=True, **options)  # type: ignore[arg-type]
    assert dataclasses.replace(again, query=results.query, expansion=results.expansion) == results
    optional = [use for use in leaves(parse(results.interpretation).tree) if use.optional]
    assert [(str(use.leaf), use.boost) for use in optional][-len(results.expansion) :] == [
        (str(Word(word.text)), word.weight) for word in results.expansion
    ]
    for hit in (*results, *results.more):
        assert hit.explanation is not None
        parts = sum(term.article + term.paragraph for term in hit.explanation.terms)
        assert parts + hit.explanation.proximity == pytest.approx(hit.score, rel=1e-9)


@pytest.mark.parametrize("query", QUERIES)
def test_an_expanded_query_finds_the_same_articles_and_paragraphs_in_another_order(
    index: Index, query: str
) -> None:
    options = {"limit": None, "group": False, "facets": ["outlet"]}
    plain = index.search(query, **options)  # type: ignore[arg-type]
    results = index.search(query, expand=True, **options)  # type: ignore[arg-type]
    assert plain.expansion == ()
    assert {hit.id: (hit.paragraph, hit.matching, hit.snippet) for hit in plain} == {
        hit.id: (hit.paragraph, hit.matching, hit.snippet) for hit in results
    }
    counted = ("total_articles", "total_paragraphs", "total_stories", "facets", "diagnostics", "undated")
    assert [getattr(results, name) for name in counted] == [getattr(plain, name) for name in counted]
    scores = {hit.id: hit.score for hit in plain}
    assert all(hit.score >= scores[hit.id] for hit in results)
    assert any(hit.score > scores[hit.id] for hit in results) or query.startswith("nameax")
    assert index.rank(query, limit=None, group=False, expand=True) == [
        (hit.id, hit.paragraph, hit.score) for hit in results
    ]


@pytest.mark.parametrize("query", QUERIES)
def test_the_words_have_the_weights_of_the_formula(index: Index, query: str) -> None:
    """The first twenty results are those that match, then those with some of the words; copies are left out."""
    tree = side_by_side(parse(query).tree)
    first = index.search(tree, limit=20)
    hits = [*first, *first.more]
    if relaxed(tree) is not None:
        assert len(hits) == 20
    expected = ranking_twin.expansion(index, tree, [(hit.id, hit.paragraph, hit.score) for hit in hits])
    found = index.search(query, expand=True).expansion
    assert [word.text for word in found] == [text for text, _ in expected]
    assert [word.weight for word in found] == pytest.approx([weight for _, weight in expected], abs=5.1e-5)
    assert len(found) <= 50
    assert all(one.weight >= other.weight for one, other in pairwise(found))


def test_the_words_do_not_depend_on_the_page_the_grouping_or_the_division_of_the_index(
    index: Index, address: str
) -> None:
    whole = index.search("rain storm nameax", expand=True)
    assert index.search("title:day").total_stories < 50
    for options in ({"limit": 0}, {"offset": 5, "limit": 2}, {"group": False}, {"strict": True}):
        assert index.search("rain storm nameax", expand=True, **options).expansion == whole.expansion
    articles = made()
    with newssearch.create(address) as divided:
        for start in range(0, len(articles), 15):
            divided.add(articles[start : start + 15])
        divided.add(article("Gone", "rain storm nameax Whisky", "rain storm nameax Whisky"))
        divided.remove(divided.find("whisky"))
        again = divided.search("rain storm nameax", expand=True)
    assert again.expansion == whole.expansion
    assert [(hit.id, hit.score) for hit in (*again, *again.more)] == [
        (hit.id, hit.score) for hit in (*whole, *whole.more)
    ]


# ---- which words


def words_for(index: Index, query: str, **options: object) -> list[str]:
    return [word.text for word in index.search(query, expand=True, **options).expansion]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def flood(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(
        engine.address(tmp_path_factory.mktemp("flood") / "index"),
        article(
            "A",
            "The flood broke Opole's dam in 1997, the 3rd of News's.",
            "Sandbags came.",
            outlet="The Echo",
        ),
        article(
            "B",
            "Of the flood: dams in Opole's streets, the 3rd of News's.",
            "Syrian sandbags came.",
            outlet="The Echo",
        ),
        article("C", "A flood of Syrian dams by Brzeg 1997, alone.", outlet="The Sun"),
        article("D", "The Brzeg dam and the Opole bridge.", outlet="The Sun"),
        article("E", "A bridge, and a dam.", outlet="The Sun"),
        *(article(f"Other {n}", "Something else happened.") for n in range(20)),
    )


def test_words_stand_as_people_read_them_and_only_those_of_the_paragraphs_shown(flood: Index) -> None:
    """A spelling that is another term in a query (News, of News's) is not one of them."""
    words = words_for(flood, "flood")
    assert sorted(words, key=str.lower) == ["Brzeg", "dams", "flood", "Opole", "Syrian"]


@pytest.mark.parametrize(
    "query",
    ["flood -syrian", 'flood -"syrian war"', "flood NOT syri*", 'flood -"peace syr*"', "flood -syriac~1"],
)
def test_what_is_negated_is_no_word(flood: Index, query: str) -> None:
    words = words_for(flood, query)
    assert "Opole" in words
    assert "Syrian" not in words


@pytest.mark.parametrize(
    ("negated", "left"),
    [
        ("opole's", {"Brzeg", "Syrian", "dams"}),
        ("DAM", {"Brzeg", "Opole", "Syrian"}),
        ('"dam of brzeg"', {"Opole", "Syrian"}),
        ("brz?g", {"Opole", "Syrian", "dams"}),
        ("op dame brze", {"Brzeg", "Opole", "Syrian", "dams"}),
    ],
)
def test_negated_words_are_left_out_in_all_their_spellings(
    flood: Index, negated: str, left: set[str]
) -> None:
    """The negated part matches no article, so that the results stay the same."""
    assert set(words_for(flood, f"flood -({negated} title:zebra)")) == {"flood", *left}


def test_a_negated_word_is_left_out_as_one_word_and_as_several(address: str) -> None:
    text = "Flood: AlAbbasi of NGOs saw 5 km² of Sant'Egidio, Opole."
    index = index_of(
        address, *(article(f"Day {n}", text, lang="it", url=f"https://e.org/{n}") for n in range(2))
    )
    every = set(words_for(index, "flood"))
    assert {"AlAbbasi", "NGOs", "Sant'Egidio", "Opole"} <= every
    for negated, word in (
        ("al-abbasi", ""),
        ("alabbasi", "AlAbbasi"),
        ("abbasi", ""),
        ("ngo", "NGOs"),
        ("egidio", "Sant'Egidio"),
    ):
        assert set(words_for(index, f"flood -({negated} title:zebra)")) == every - {word}


def test_none_of_many_negated_words_is_added(address: str) -> None:
    names = [f"Name{a}{b}{c}" for a in "abcdefghi" for b in "klmnpqrst" for c in "uvwxzfghjm"]
    texts = [f"Flood in {' '.join(names)} and {last}." for last in ("Opole", "Opole again")]
    index = index_of(address, *(article(f"Day {len(text)}", text) for text in texts))
    negated = Not(And((Word("zebra"), *map(Word, names))))
    found = index.search(And((Word("flood"), negated)), expand=True).expansion
    assert {word.text for word in found} == {"Flood", "Opole"}


def test_exceptions_in_a_leaf_are_no_words(flood: Index) -> None:
    assert "dams" not in words_for(flood, "flood (opole OR (brzeg NOT dam) w/9 flood)")


def test_words_come_from_the_results_that_pass_the_filters(flood: Index) -> None:
    assert "Brzeg" not in words_for(flood, "flood", outlet="The Echo")
    assert "Opole" not in words_for(flood, "flood", outlet="The Sun")


def test_articles_with_the_words_come_first(flood: Index) -> None:
    assert [hit.title for hit in flood.search("bridge")] == ["E", "D"]
    assert [hit.title for hit in flood.search("bridge (* OR opole)")] == ["D", "E"]
    results = flood.search("flood bridge", expand=True)
    assert (len(results), results.total_articles) == (0, 0)
    assert "Opole" in [word.text for word in results.expansion]
    scores = {hit.title: hit.score for hit in flood.search("flood bridge").more}
    assert {hit.title for hit in results.more if hit.score > scores[hit.title]} == set("ABCDE")


def test_boilerplate_gives_no_words(address: str) -> None:
    text = "Subscribe to the letters of our correspondents in Opole and in Brzeg for a year."
    index = index_of(
        address,
        article("Flood, in short", text, outlet="The Echo"),
        *(article(f"Day {n}", text, f"It was day {n} of many.", outlet="The Echo") for n in range(9)),
        *(article("Flood", f"Dams of Wroclaw, day {n}.", outlet="The Sun") for n in range(2)),
        *(article(f"Other {n}", f"Something else happened on day {n}.") for n in range(100)),
    )
    assert sorted(words_for(index, "title:flood")) == ["Dams", "Wroclaw"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("zebra", "it has no results"),
        ("flood zebra outlet:nowhere", "it has no results"),
        ("*", "it has no word that must match"),
        ("-flood", "it has no word that must match"),
        ("-flood -something -bridge", "it has no word that must match"),
        ("* OR flood", "it has no word that must match"),
        ("outlet:echo", "it has no word that must match"),
        ("flood^0", "all its results have score 0"),
        ("something", "its first results have no telling words"),
    ],
)
def test_a_query_that_is_not_expanded_says_why(flood: Index, query: str, reason: str) -> None:
    results = flood.search(query, expand=True)
    plain = flood.search(query)
    assert results.expansion == ()
    assert results.interpretation == plain.interpretation
    assert results.hits == plain.hits
    (note,) = [note for note in results.diagnostics if note not in plain.diagnostics]
    assert note.message == f"the query was not expanded: {reason}"


def test_the_corrected_query_is_expanded(flood: Index) -> None:
    corrected = flood.search("flod", expand=True).corrected
    assert corrected is not None
    assert corrected == flood.search("flood", expand=True)
    assert corrected.expansion


def test_no_note_says_that_the_results_shown_are_not_expanded(flood: Index) -> None:
    """Those of the corrected query are shown, which is expanded."""
    assert flood.search("flod", expand=True).diagnostics == flood.search("flod").diagnostics
    strict = flood.search("flod", expand=True, strict=True)
    assert [note.kind for note in strict.diagnostics].count("expansion") == 1


def test_there_are_fifty_words_at_most(address: str) -> None:
    text = " ".join(f"Name{letter}{other}" for letter in "abcdef" for other in "klmnpqrstv")
    index = index_of(address, *(article(f"Day {n}", text[n:], url=f"https://e.org/{n}") for n in range(2)))
    assert len(words_for(index, "title:day")) == 50


# ---- what is refused


def test_options_without_effect_are_refused(flood: Index) -> None:
    for options, other in (
        ({"sort": "newest"}, "sort='newest'"),
        ({"all_paragraphs": True}, "all_paragraphs"),
    ):
        with pytest.raises(QueryError, match=f"expand has no effect with {other}"):
            flood.search("flood", expand=True, **options)
    for method in (flood.count, flood.find):
        with pytest.raises(TypeError, match="takes no 'expand'"):
            method("flood", expand=True)  # type: ignore[call-arg]


def test_an_expanded_query_keeps_the_limits_of_a_query(flood: Index) -> None:
    many = And((Word("flood"), *(Word(f"x{n}") for n in range(1020))))
    full = flood.search(And((*many.operands, Word("y"), Word("z"))), expand=True)
    assert full.expansion == ()
    assert "the query was not expanded: it would have more than 1,024 words" in [
        note.message for note in full.diagnostics
    ]
    results = flood.search(many, expand=True)
    assert len(results.expansion) == 2
    assert [hit.score for hit in flood.search(results.interpretation).more] == [
        hit.score for hit in results.more
    ]
    tree: Node = Word("flood")
    for _ in range(24):
        tree = Not(Or((Word("zebra"), tree)))
    assert depth(tree) == MAX_DEPTH - 1
    expanded = flood.search(tree, expand=True)
    assert [hit.score for hit in flood.search(expanded.interpretation)] == [hit.score for hit in expanded]
    deep = Boost(tree, 2.0)
    assert flood.search(deep).total_articles == 3
    with pytest.raises(QueryError, match="nested too deeply to be expanded"):
        flood.search(deep, expand=True)
