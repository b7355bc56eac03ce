"""The second part of results: articles with some of the words, and the results of a corrected query."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
import reference
import twin
from newssearch import Article, Index, QueryError
from newssearch.query import And, Node, Not, Or, Phrase, Word, parse, relaxed, side_by_side
from support import THOROUGH, article, index_of

from .conftest import Engine

pytestmark = pytest.mark.usefixtures("without_boilerplate")

VOCABULARY = ("rain", "storm", "iraq", "basra")


@pytest.fixture(scope="module")
def index(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(
        engine.address(tmp_path_factory.mktemp("more") / "index"),
        article("All", "Rain in Iraq.", "A storm came.", outlet="The Echo", date="2024-01-01"),
        article("Two", "Rain, rain and storm again.", outlet="The Echo", date="2024-01-02"),
        article("One", "Rain on the hills.", outlet="The Sun", date="2024-01-03"),
        article("None", "It was hot.", outlet="The Sun"),
    )


def more(results: newssearch.Results) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(hit.title, hit.missing) for hit in results.more]


# ---- which articles are in the second part


def test_a_page_goes_on_with_articles_that_have_some_of_the_words(index: Index) -> None:
    results = index.search("rain storm iraq")
    assert [hit.title for hit in results] == ["All"]
    assert more(results) == [("Two", ("iraq",)), ("One", ("storm", "iraq"))]
    assert (results.total_articles, results.more_articles, results.more_stories) == (1, 2, 2)
    assert len(results) == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rain", []),
        ("rain OR zebra", []),
        ('"rain on" zebra', []),
        ("rain (zebra OR hippo)", []),
        ("rain zebra (storm OR hippo)", ["Two", "All"]),
        ("rain zebra -storm", ["One"]),
        ("rain zebra outlet:sun", []),
        ('rain zebra outlet:"the sun"', ["One"]),
        ("rain zebra date:2024-01-02", ["Two"]),
        ('rain^2 zebra "storm again"', ["Two"]),
        ("rain AND zebra AND iraq", ["All", "Two", "One"]),
        ("rain rain", []),
        ("NOT (rain zebra)", []),
    ],
)
def test_only_bare_words_may_be_missing(index: Index, query: str, expected: list[str]) -> None:
    results = index.search(query)
    assert sorted(str(hit.title) for hit in results.more) == sorted(expected)
    assert results.more_articles == len(expected)


def test_filters_hold_for_the_second_part(index: Index) -> None:
    assert more(index.search("rain zebra", outlet="The Sun")) == [("One", ("zebra",))]


def test_the_second_part_is_ordered_by_score_whatever_the_order_of_the_first(index: Index) -> None:
    by_score = index.search("rain zebra")
    assert [hit.title for hit in by_score.more] == [hit.title for hit in index.search("rain")]
    assert by_score.more == index.search("rain zebra", sort="oldest").more
    assert [one.score for one in by_score.more] == sorted((one.score for one in by_score.more), reverse=True)


def test_pages_are_numbered_through_both_parts(index: Index) -> None:
    whole = index.search("rain storm")
    shown = [hit.title for hit in (*whole, *whole.more)]
    assert (len(whole), len(whole.more)) == (2, 1)
    paged: list[str | None] = []
    for offset in range(4):
        page = index.search("rain storm", limit=1, offset=offset)
        paged += [hit.title for hit in (*page, *page.more)]
        assert page.more_offset == max(offset - 2, 0)
    assert paged == shown


@pytest.mark.parametrize(
    "options", [{"strict": True}, {"limit": None}, {"limit": 0}, {"limit": 1}, {"all_paragraphs": True}]
)
def test_there_is_no_second_part_where_none_is_wanted(index: Index, options: dict[str, object]) -> None:
    results = index.search("rain storm iraq", **options)  # type: ignore[arg-type]
    assert (results.more, results.more_articles) == ((), 0)


def test_counts_and_lists_of_ids_never_have_the_second_part(index: Index) -> None:
    assert (
        index.count("rain storm iraq")
        == len(index.find("rain storm iraq"))
        == len(index.rank("rain storm iraq"))
        == 1
    )
    results = index.search("rain storm iraq", facets="outlet")
    assert [value.articles for value in results.facets["outlet"]] == [1]


def test_copies_of_articles_that_match_are_not_in_the_second_part(address: str) -> None:
    text = "The minister said on Monday that the bridge over the river would be closed for repairs until the end of May."
    index = index_of(
        address,
        article("Flood", text, "More rain fell.", url="https://a.org/1"),
        article("Bridge", text, "More rain fell.", url="https://b.org/1"),
    )
    (matching,) = index.search("flood rain")
    assert [copy.id for copy in matching.copies] == index.find("title:bridge")
    assert index.search("flood rain").more == ()
    assert more(index.search("flood rain", group=False)) == [("Bridge", ("flood",))]


TEXTS = st.lists(st.sampled_from((*VOCABULARY, "hot")), min_size=1, max_size=6).map(" ".join)
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(VOCABULARY).map(Word),
    st.sampled_from(VOCABULARY).map(Word),
    st.sampled_from(("rain storm", "iraq basra")).map(Phrase),
    st.sampled_from(VOCABULARY).map(lambda word: Not(Word(word))),
    st.just(Or((Word("storm"), Word("hot")))),
)


@settings(max_examples=15 * THOROUGH, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=12), operands=st.lists(LEAVES, min_size=2, max_size=5))
def test_the_second_part_is_what_matches_the_relaxed_query_and_not_the_query(
    engine: Engine, texts: list[str], operands: list[Node]
) -> None:
    corpus = [article(f"Day {n}", text, url=f"https://e.org/{n}") for n, text in enumerate(texts)]
    tree = And(tuple(operands))
    bare = list(dict.fromkeys(one for one in operands if isinstance(one, Word)))
    wanted: dict[str, tuple[str, ...]] = {}
    for one in corpus:
        held = [word for word in bare if reference.matches(side_by_side(word), one)]
        required = all(reference.matches(o, one) for o in operands if not isinstance(o, Word))
        if len(bare) > 1 and required and held and len(held) < len(bare):
            wanted[one.id] = tuple(word.text for word in bare if word not in held)
    with engine.index(*corpus) as index:
        results = index.search(tree, limit=20, group=False)
        assert {hit.id: hit.missing for hit in results.more} == wanted
        assert results.more_articles == len(wanted) == len(results.more)
        assert {hit.id for hit in results}.isdisjoint(wanted)
        ranks = [(-hit.score, hit.id) for hit in results.more]
        assert all(one <= other or one[0] - other[0] < 1e-9 for one, other in pairwise(ranks))
        if all(isinstance(one, Word) for one in operands):
            by_or = [
                hit for hit in index.search(Or(tuple(operands)), limit=20, group=False) if hit.id in wanted
            ]
            assert [hit.id for hit in by_or] == [hit.id for hit in results.more]
            assert [hit.score for hit in by_or] == pytest.approx([hit.score for hit in results.more])


def test_a_relaxed_tree_matches_whatever_the_tree_matches() -> None:
    some = relaxed(parse('iraq^2 coalition "security forces" -syria').tree)
    assert some is not None
    assert str(some.tree) == '("security forces" AND NOT syria AND (iraq^2.0 OR coalition))'
    assert twin.positives(some.tree)[0].leaf == Phrase("security forces")


def test_function_words_alone_are_not_some_of_the_words(address: str) -> None:
    index = index_of(
        address,
        article("Both", "A storm over the river."),
        article("Content", "Storm!"),
        article("Function words", "The road, the house."),
        article("German", "Er war im Haus.", lang="de"),
        article("War", "It was war.", lang="en"),
    )

    def more(query: str) -> set[str]:
        results = index.search(query)
        assert results.more_articles == len(results.more)
        return {str(hit.title) for hit in results.more}

    assert more("the storm zebra") == {"Both", "Content"}
    assert more("war zebra") == {"War"}
    assert more("the was of") == {"Both", "Function words", "War"}


# ---- any of the words


def test_any_of_the_words_is_enough_where_that_is_wanted(index: Index) -> None:
    results = index.search('storm zebra outlet:"the echo"', match="any")
    assert sorted(str(hit.title) for hit in results) == ["All", "Two"]
    assert results.interpretation == '(outlet:"the echo" AND (storm OR zebra))'
    assert results.more == ()
    assert index.count("storm zebra", match="any") == len(index.find("storm zebra", match="any")) == 2
    assert index.count('zebra "rain on"', match="any") == 0
    misspelt = index.search("strom", match="any")
    assert misspelt.corrected is not None
    assert index.search("strom", match="any", strict=True).corrected is None
    with pytest.raises(QueryError, match="match is all or any, not 'some'"):
        index.search("rain storm", match="some")


def test_an_archive_can_be_strict(tmp_path: Path) -> None:
    (tmp_path / "newssearch.toml").write_text("strict = true\n")
    with index_of(tmp_path / "index", article("Rain", "Rain fell."), article("Storm", "Storm.")) as index:
        assert index.search("rain storm").more == ()
        assert len(index.search("rain storm", strict=False).more) == 2
        assert index.search("rian").corrected is None


# ---- corrected


@pytest.fixture(scope="module")
def names(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Index:
    made: list[Article] = [
        article(f"Hearing {n}", f"Judge Kavanaugh spoke, day {n}, of a safer world.") for n in range(25)
    ]
    made += [article(f"Reason {n}", "It makes sense.") for n in range(5)]
    made += [article(f"Pence {n}", "Pence spoke in Portland, OR, of the storm.") for n in range(2)]
    return index_of(
        engine.address(tmp_path_factory.mktemp("names") / "index"),
        *made,
        article("Misspelt", "Judge Kavanagh spoke of rain."),
        article(
            "Squad",
            "Alexandria Ocasio-Cortez, Felix Sater and Muammar Gadhafi, Qaddafi or Gaddafi, in a safre world.",
        ),
    )


@pytest.mark.parametrize(
    ("query", "corrected"),
    [
        ("Kavenaugh", "Kavanaugh"),
        ("kavnaaugh hearing", "kavanaugh hearing"),
        ('"judge kavenaugh" -rain', '"judge kavanaugh" -rain'),
        ("Ocasio-Cortes", "Ocasio-Cortez"),
        ("(hearing OR zebra) kavenaugh^2", "(hearing OR zebra) kavanaugh^2"),
        ("portland Orr storm", '(portland AND "OR" AND storm)'),  # not an operator
    ],
)
def test_the_corrected_query_is_searched_if_the_query_finds_nothing(
    names: Index, query: str, corrected: str
) -> None:
    results = names.search(query)
    assert (len(results), results.total_articles) == (0, 0)
    assert results.corrected is not None
    assert results.corrected.query == corrected
    assert results.corrected == names.search(corrected)
    assert results.corrected.total_articles > 0
    assert names.search(query, strict=True).corrected is None
    assert names.search(query, limit=0).corrected is None


@pytest.mark.parametrize(
    "query", ["kavanaugh", "kavenaugh OR rain", "zzzzz", "kavenaugh zebra", "-kavenaugh zzzzz"]
)
def test_a_query_is_not_corrected_in_vain(names: Index, query: str) -> None:
    assert names.search(query).corrected is None


def test_a_tree_is_corrected_as_a_tree(names: Index) -> None:
    results = names.search(And((Word("Kavenaugh"), Word("hearing"))))
    assert results.corrected is not None
    assert results.corrected.query == "(Kavanaugh AND hearing)"


# ---- suggestions


@pytest.mark.parametrize(
    ("query", "kind", "suggestion"),
    [
        ("Kavanagh", "rare-word", "did you mean Kavanaugh?"),
        ("safre", "rare-word", "did you mean safer?"),
        ("kavnaaugh", "unknown-word", "did you mean kavanaugh?"),
        ("Ocasio-Cortes", "unknown-word", "did you mean Ocasio-Cortez?"),
        ("Kadhafi", "unknown-word", "did you mean Gadhafi or Kadhafi~name?"),
        ("Ocassio-Cortes", "unknown-word", "did you mean Ocasio-Cortez?"),
        (
            "Pense",
            "unknown-word",
            "did you mean Pence or sense?",
        ),  # although more articles have the other one
    ],
)
def test_a_misspelt_word_is_noted_with_what_it_stands_for(
    names: Index, query: str, kind: str, suggestion: str
) -> None:
    (note,) = names.search(query).diagnostics
    assert (note.kind, note.suggestion) == (kind, suggestion)


@pytest.mark.parametrize("query", ["日本", "xq", "zzzzzzz", "Muammar-Kavenaugh", "Kavenaugh-Pense"])
def test_nothing_is_suggested_that_no_article_has(names: Index, query: str) -> None:
    (note,) = names.search(query).diagnostics
    assert (note.kind, note.suggestion) == ("unknown-word", "")


def test_a_word_of_removed_articles_is_one_that_no_article_has(address: str) -> None:
    with newssearch.create(address) as index:
        index.add(
            [article("Storm", "Rain fell on Basra.")]
            + [article("Talks", f"They met in Cairo {n}.") for n in range(20)]
        )
        index.remove(index.find("basra"))  # one of many: its words stay in the dictionary for a while
        (note,) = index.search('"basra" OR cairo').diagnostics
        assert (note.kind, note.message) == ("unknown-word", "no article has the word 'basra'")


def test_a_rare_name_is_no_misspelling_of_a_frequent_word_that_is_none(names: Index) -> None:
    assert names.count("safer") == 25
    assert [names.search(query).diagnostics for query in ("Sater", "sater")] == [(), ()]
    assert names.search("sater rain").corrected is None


def test_a_rare_word_is_left_alone_where_its_query_finds_many(names: Index) -> None:
    assert names.search("kavanagh OR kavanaugh").diagnostics == ()
    (note,) = names.search("kavanagh").diagnostics
    assert note.message == "only 1 article has the word 'kavanagh'"
