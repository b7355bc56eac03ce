"""The diagnostics of a search: errors with their position, similar words, and clauses that find nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

import newssearch
from newssearch import Index, QueryError
from newssearch.query import (
    And,
    AtLeast,
    Caps,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    Phrase,
    Query,
    Regex,
    Wildcard,
    Word,
    literal,
    words,
)
from support import article, index_of

NOW = dt.datetime(2024, 7, 25, 15, 30)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    held = (
        article(
            "Storm", "Rain fell on Baghdad.", "The coalition met.", date="2024-07-25", outlet="The Guardian"
        ),
        article("Sun", "It was hot in Baghdad.", date="2024-06-30", outlet="BBC News"),
        article(
            "Wind", "a" * 100 + "! Leaves say “hi” OR title:x.", date="2023-12-31T23:00:00-05:00", outlet="AP"
        ),
    )
    with index_of(tmp_path_factory.mktemp("d") / "index", *held) as made:
        yield made


def titles(index: Index, query: str | Node, **options: object) -> list[str]:
    return sorted(str(hit.title) for hit in index.search(query, limit=None, **options))  # type: ignore[arg-type]


# ---- refused, with the position


@pytest.mark.parametrize(
    ("query", "excerpt", "reason"),
    [
        ("rain foo:bar", "foo:", "there is no field 'foo'"),
        ("rain date:2024-02-30", "2024-02-30", "'2024-02-30' is not a date"),
        ("date:2024-07..2024-06", "2024-07..2024-06", "the range ends before it begins"),
        ("(rain AND storm) w/5 sun", "rain AND storm", "AND says what an article holds, not where"),
        ("rain w/5 (NOT storm)", "NOT storm", "NOT alone has no matches in a text"),
        ("rain w/5 outlet:ap", "outlet:ap", "applies to the whole article"),
        ("rain w/0 storm", "w/0", "a distance is from 1 to 1000 words"),
        ("atleast2(rain storm)", "rain storm", "atleast counts matches in the text"),
        ("outlet:(the guardian)", "outlet:(the guardian", "no article has two values of outlet"),
        ("rain /[a/ storm", "/[a/", "the regular expression is wrong"),
    ],
)
def test_what_would_find_nothing_or_means_nothing_is_refused_at_its_position(
    query: str, excerpt: str, reason: str
) -> None:
    with pytest.raises(QueryError) as caught:
        newssearch.parse(query)
    assert query[caught.value.start : caught.value.end] == excerpt
    assert reason in caught.value.reason


def test_a_regular_expression_that_would_never_end_ends(index: Index) -> None:
    with pytest.raises(QueryError, match="takes too long"):
        index.search("/(a|a)*[bc]/")


NONSENSE: list[Callable[[], Node]] = [
    lambda: Near(And((Word("a"), Word("b"))), Word("c"), 5),
    lambda: Near(Word("a"), Word("b"), 0),
    lambda: AtLeast(0, Word("a")),
    lambda: AtLeast(2, Field("outlet", "AP")),
    lambda: Word("two words"),
    lambda: Phrase("one"),
    lambda: Wildcard("plain"),
    lambda: Wildcard("end?"),
    lambda: Fuzzy("word", 3),
    lambda: Regex("a b"),
]


@pytest.mark.parametrize("build", NONSENSE)
def test_a_program_cannot_build_what_has_no_meaning(build: Callable[[], Node]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build()


@pytest.mark.parametrize(("query", "shown"), [
    ("title:-rain", "title:(NOT rain)"),
    ("outlet:-ap", 'NOT outlet:"ap"'),
    ("title:NOT rain", "title:(NOT rain)"),
    ("rain^0.1^0.5", "rain^0.05"),
    ('"rain"^0.001^0.001', "rain^0.000001"),
])  # fmt: skip
def test_a_minus_behind_a_field_negates_and_boosts_multiply(query: str, shown: str) -> None:
    parsed = newssearch.parse(query)
    assert str(parsed) == shown
    assert newssearch.parse(str(parsed)).tree == parsed.tree


@pytest.mark.parametrize("query", ["rain w/5 -storm", "rain w/5 NOT storm"])
def test_what_is_negated_cannot_stand_beside_another_word(query: str) -> None:
    with pytest.raises(QueryError, match="NOT alone has no matches in a text"):
        newssearch.parse(query)


def test_a_tree_that_cannot_be_answered_is_no_damage(index: Index) -> None:
    deep: Node = Word("rain")
    for _ in range(3000):
        deep = Not(deep)
    with pytest.raises(QueryError, match="nested too deeply"):
        index.search(Query("", deep))


# ---- noted


def test_a_word_that_no_article_has_is_noted_with_those_that_are_near(index: Index) -> None:
    (note,) = index.search("bagdad").diagnostics
    assert (note.kind, note.message) == ("unknown-word", "no article has the word 'bagdad'")
    assert note.suggestion == "did you mean baghdad?"
    assert (note.span.start, note.span.end) == (0, 6)


def test_an_unknown_word_beside_a_proximity_operator_is_noted_too(index: Index) -> None:
    (note,) = index.search('(colition OR "rain fell") w/5 (met NOT zzz)').diagnostics
    assert note.message == "no article has the word 'colition'"
    assert note.suggestion == "did you mean coalition?"


def test_known_words_are_not_second_guessed(index: Index) -> None:
    assert index.search("rain coalition").diagnostics == ()
    assert index.search("rain hot").diagnostics == ()  # never in one article


def test_a_negated_word_need_not_be_known(index: Index) -> None:
    assert index.search("rain -bagdad").diagnostics == ()


# ---- explained


def test_where_nothing_is_found_each_clause_is_counted(index: Index) -> None:
    clauses = [(c.text, c.articles, c.without) for c in index.search("baghdad coalition hot").clauses]
    assert clauses == [("baghdad", 2, 0), ("coalition", 1, 1), ("hot", 1, 1)]


def test_a_filter_is_a_clause(index: Index) -> None:
    clauses = [(c.text, c.articles, c.without) for c in index.search("coalition", outlet="AP").clauses]
    assert clauses == [("coalition", 1, 1), ("the filters", 1, 1)]


def test_where_something_is_found_clauses_are_counted_on_request_only(index: Index) -> None:
    assert index.search("baghdad rain").clauses == ()
    assert [c.articles for c in index.search("baghdad rain", explain=True).clauses] == [2, 1]


# ---- taken literally


@pytest.mark.parametrize(
    "text", ["rain -baghdad", "rain AND", "(rain", '"rain', "rain*", "rain~1", "title:rain", "a^2", "/a/"]
)
def test_nothing_in_a_literal_query_is_an_operator(text: str) -> None:
    query = literal(text)
    assert query.tree == words(text)
    assert isinstance(query.tree, And | Word)
    assert newssearch.parse(str(query)).tree == query.tree
    assert query.diagnostics == ()


def test_a_literal_query_finds_its_words(index: Index) -> None:
    assert titles(index, 'say "hi" OR title:x', literal=True) == ["Wind"]


def test_a_query_is_built_without_a_string(index: Index) -> None:
    assert titles(index, Near(Word("rain"), Word("baghdad"), 3)) == ["Storm"]
    assert titles(index, And((words("baghdad hot"), Field("outlet", "bbc news")))) == ["Sun"]
    assert titles(index, Caps("Rain")) == ["Storm"]


# ---- dates that depend on the clock


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", ["Storm"]),
        ("-7d", ["Storm"]),
        ("-4w", ["Storm", "Sun"]),
        ('"last month"', ["Sun"]),
        ('"this month"', ["Storm"]),
        ('"last 30 days"', ["Storm", "Sun"]),
        ('"this year"', ["Storm", "Sun"]),
        ('"last year"', ["Wind"]),
        ("yesterday", []),
    ],
)
def test_relative_dates_count_from_now(index: Index, text: str, expected: list[str]) -> None:
    assert titles(index, f"date:{text}", now=NOW) == expected
    assert titles(index, "", on=text.strip('"'), now=NOW) == expected


def test_since_and_until_a_period_mean_the_whole_of_it(index: Index) -> None:
    assert titles(index, "", since="2024-07", until="2024-07") == ["Storm"]
    assert titles(index, "", since="2024-06", until="2024-07") == ["Storm", "Sun"]


def test_with_a_zone_moments_are_compared_and_without_one_the_calendar(index: Index) -> None:
    assert titles(index, "date:2023-12-31") == ["Wind"]
    assert titles(index, "date:2024-01-01") == []
    assert titles(index, "date:2024-01-01T04:00Z") == ["Wind"]
    assert titles(index, "", since=dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc), until="2024-01") == [
        "Wind"
    ]


def test_a_boost_reaches_the_score(index: Index) -> None:
    plain, boosted = (index.search(query)[0].score for query in ("coalition", "coalition^3"))
    assert boosted == pytest.approx(3 * plain)


def test_a_question_mark_at_the_end_is_punctuation_and_noted(index: Index) -> None:
    found = index.search("rain?")
    assert [note.kind for note in found.diagnostics] == ["punctuation"]
    assert found.total_articles == 1
