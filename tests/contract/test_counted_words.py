"""Collocates, keywords and lists of words: they equal a count over all texts, in several languages, after removals."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import newssearch
import reference
import words_twin
from newssearch import Article, Index, IndexWord, QueryError
from newssearch.query import Node, parse
from support import THOROUGH, article
from test_exactness import done
from words_twin import Words

from .conftest import Engine

pytestmark = pytest.mark.usefixtures("without_boilerplate")

VOCABULARY = [
    "rain", "rain", "Rain", "RAIN’S", "rains", "the", "of", "os", "die", "DIE", "war", "War", "dans", "US", "us", "U.S.", "USA",
    "U.N.", "UN", "un", "WHO", "who", "W.H.O.", "São", "sao", "l'OTAN", "l’eau", "d'Amato", "straße", "STRASSE", "2024", "1,000",
    "1000", "2bn", "日本", "#StopWar", "rain-train", "AlAbbasi", "James’s", "James", "km²",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=12).map(" ".join)
ARTICLES = st.builds(
    lambda title, paragraphs, number, **fields: article(title, *paragraphs, url=f"u{number}", **fields),
    title=TEXTS,
    paragraphs=st.lists(TEXTS, max_size=4),
    number=st.integers(0, 30),
    lang=st.sampled_from([None, "en", "de", "fr", "pt", "ru"]),
    outlet=st.sampled_from([None, "BBC", "The Guardian"]),
)
STEPS = st.lists(st.lists(ARTICLES, min_size=1, max_size=5) | st.integers(0, 20), min_size=1, max_size=4)
QUERIES = st.sampled_from(
    [
        "rain",
        "US",
        "us",
        "war OR rain",
        "rain -war",
        '"rain the"',
        "rain w/3 war",
        "ra*",
        "* OR rain",
        "(rain OR 1000) title:war",
        "un",
    ]
).map(lambda text: parse(text).tree)
WANTED = st.builds(
    Words,
    min_count=st.sampled_from([1, 1, 2, 3]),
    min_articles=st.sampled_from([1, 1, 2]),
    limit=st.sampled_from([None, 0, 1, 3, 100]),
    all_words=st.booleans(),
)
FILTERS = st.sampled_from([{}, {}, {"outlet": ("BBC",)}])


def ids(held: dict[str, Article], tree: Node, filters: dict[str, Any]) -> list[str]:
    """Return the articles that a query finds by the twin."""
    return reference.search(held.values(), tree, reference.Request(filters=filters, limit=None)).ids


def close(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return rows with fractions that equal others but for the last digit."""
    return [
        {
            key: pytest.approx(value, abs=2e-6) if isinstance(value, float) else value
            for key, value in row.items()
        }
        for row in rows
    ]


@settings(
    max_examples=8 * THOROUGH,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    steps=STEPS,
    tree=QUERIES,
    against=st.none() | QUERIES,
    span=st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(any),
    measures=st.tuples(st.sampled_from(["logdice", "mi", "ll"]), st.sampled_from(["ll", "ll", "logratio"])),
    wanted=WANTED,
    filters=FILTERS,
    prefix=st.sampled_from(["", "r", "US", "us", "U", "u.n", " SA", "1", "日", "d'", "w", "Ström"]),
)
def test_words_are_those_of_the_twin(
    engine: Engine,
    steps: list[list[Article] | int],
    tree: Node,
    against: Node | None,
    span: tuple[int, int],
    measures: tuple[str, str],
    wanted: Words,
    filters: dict[str, Any],
    prefix: str,
) -> None:
    with engine.index() as index:
        held = done(index, steps)
        check(index, held, tree, against, span, measures, wanted, filters, prefix)


def check(
    index: Index,
    held: dict[str, Article],
    tree: Node,
    against: Node | None,
    span: tuple[int, int],
    measures: tuple[str, str],
    wanted: Words,
    filters: dict[str, Any],
    prefix: str,
) -> None:
    """Compare the words of an index with those of the twin."""
    passed = {name: one for name, one in held.items() if not filters or one.outlet in filters["outlet"]}
    found = ids(held, tree, filters)
    options = wanted._asdict()
    near = index.collocates(tree, span=span, measure=measures[0], **options, **filters)
    shown = words_twin.spellings(held.values())
    expected = words_twin.collocates(passed, found, tree, span, measures[0], wanted, shown)
    assert [word.to_dict() for word in near] == close(expected)
    others = passed if against is None else ids(held, against, filters)
    marked = index.keywords(tree, against=against, measure=measures[1], **options, **filters)
    expected = words_twin.keywords(held, found, others, measures[1], wanted)
    assert [word.to_dict() for word in marked] == close(expected)
    assert marked.target.articles == len(found)
    assert marked.reference.articles == len({*others} - {*found})
    limit = 5 if wanted.limit is None else wanted.limit
    listed = index.words(prefix, limit)
    assert [word.to_dict() for word in listed] == words_twin.words_with_prefix(held, prefix, limit)


# ---- collocates


def test_a_word_between_two_matches_counts_for_the_nearer_one(engine: Engine) -> None:
    texts = ["rain wind rain", "rain one wind rain", "rain wind one rain", "wind", "rain rain", "sun " * 20]
    with engine.index(article("Storm", *texts)) as index:
        (wind,) = (word for word in index.collocates("rain", span=2, min_count=1) if word.word == "wind")
        assert (wind.count, wind.left, wind.right, wind.frequency) == (3, 1, 2, 4)
        assert all(
            word.word != "rain" for word in index.collocates("rain", span=2, min_count=1, all_words=True)
        )


def test_a_window_ends_with_its_side_and_its_paragraph(engine: Engine) -> None:
    with engine.index(article("Storm", "one two rain three four", "five six seven eight nine ten")) as index:

        def near(span: int | tuple[int, int]) -> set[str]:
            return {word.word for word in index.collocates("rain", span=span, min_count=1)}

        assert near(9) == {"one", "two", "three", "four"}
        assert near(1) == {"two", "three"}
        assert near((2, 0)) == {"one", "two"}
        assert near((0, 1)) == {"three"}


def test_collocates_count_all_articles_that_pass_the_filters(engine: Engine) -> None:
    with engine.index(
        article("A", "heavy rain", "heavy losses", outlet="Echo", url="1"),
        article("B", "heavy losses", outlet="Echo", url="2"),
        article("C", "heavy rain", "no wind", outlet="Post", url="3"),
    ) as index:
        (word,) = index.collocates("rain", min_count=1, outlet="Echo")
        assert (word.word, word.count, word.articles, word.frequency) == ("heavy", 1, 1, 3)
        found = index.collocates("rain", min_count=1)
        assert (found.occurrences, found.window_words, found.corpus) == (2, 2, (3, 10))
        assert [(word.word, word.count, word.frequency) for word in found] == [("heavy", 2, 4)]


def test_words_that_are_rarer_near_the_query_are_no_collocates(engine: Engine) -> None:
    with engine.index(article("Storm", "rain wind sun", "sun sun sun sun", "wind")) as index:
        assert [word.word for word in index.collocates("rain", min_count=1)] == ["wind"]


def test_the_words_of_matches_are_no_part_of_what_is_expected(engine: Engine) -> None:
    with engine.index(
        article("Talks", "climate change climate talks", "sun sun sun climate", "sun wind")
    ) as index:
        (talks, climate) = index.collocates('"climate change"', min_count=1)
        assert (climate.word, climate.count, climate.right, climate.frequency) == ("climate", 1, 1, 3)
        # Of 8 words outside of the match, 2 are near it, and 2 are "climate".
        assert (climate.expected, climate.mi, climate.log_dice) == (0.5, 1.0, 13.0)
        assert (talks.word, talks.expected, talks.mi, talks.log_dice) == ("talks", 0.25, 2.0, 14.0)


@pytest.mark.parametrize("query", ["", "title:rain", "-rain", "outlet:Echo"])
def test_a_query_without_words_in_paragraphs_has_no_collocates(engine: Engine, query: str) -> None:
    with (
        engine.index(article("Rain", "rain")) as index,
        pytest.raises(QueryError, match="no word or phrase that is searched in paragraphs"),
    ):
        index.collocates(query)


# ---- keywords


def test_keywords_compare_with_all_others_or_with_those_of_a_second_query(engine: Engine) -> None:
    with engine.index(
        article("A", "rain flood flood", url="1"),
        article("B", "rain sun", url="2"),
        article("C", "sun flood", url="3"),
        article("D", "wind sand sand", url="4"),
    ) as index:
        found = index.keywords("rain", min_count=1)
        assert (found.target, found.reference) == ((2, 5), (2, 5))
        assert {word.word: (word.count, word.articles, word.reference_count) for word in found} == {
            "rain": (2, 2, 0),
            "flood": (2, 1, 1),
        }
        found = index.keywords("rain", against="sun", min_count=1)
        assert (found.target, found.reference) == ((2, 5), (1, 2))
        assert [word.word for word in found] == ["rain"]
        assert found.against_interpretation == "sun"


def test_without_other_articles_there_are_no_keywords(engine: Engine) -> None:
    with engine.index(article("A", "rain rain")) as index:
        for found in (
            index.keywords("rain", min_count=1),
            index.keywords("rain", against="rain", min_count=1),
        ):
            assert (list(found), found.total, found.reference) == ([], 0, (0, 0))
        assert index.keywords("snow", min_count=1).target == (0, 0)


def test_keywords_in_few_articles_are_left_out_if_asked(engine: Engine) -> None:
    with engine.index(
        article("A", "rain flood flood flood storm", url="1"),
        article("B", "rain storm", url="2"),
        article("C", "sun and sand, sun and sand", url="3"),
    ) as index:
        found = index.keywords("rain", min_count=1, min_articles=2, limit=1)
        assert [word.word for word in found] == ["rain"]
        assert [word.word for word in index.keywords("rain", min_count=2, min_articles=2)] == [
            "rain",
            "storm",
        ]
        assert found.total == 3


def test_the_second_query_may_name_an_outlet_by_another_name(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "newssearch.toml").write_text('[outlets]\nBBC = ["bbc.co.uk"]\n', "utf-8")
    with newssearch.create(engine.address(tmp_path / "index")) as index:
        index.add(
            [
                article("A", "rain", url="1"),
                article("B", "sun", outlet="BBC", url="2"),
                article("C", "wind", outlet="bbc.co.uk", url="3"),
            ]
        )
        assert index.keywords("rain", against="outlet:BBC").reference.articles == 2


# ---- what is a word, and which words count


def test_paragraphs_that_an_earlier_article_has_do_not_count_if_only_novel_ones_are_asked_for(
    engine: Engine,
) -> None:
    told = "The ministry said on Monday that heavy rain had flooded two bridges in the north of the country."
    with engine.index(
        article("First", told, date="2024-01-01", outlet="Echo", url="u1"),
        article("Second", told, "More heavy rain came.", date="2024-01-02", outlet="Post", url="u2"),
        article("Third", "The sun shines. " * 9, date="2024-01-03", url="u3"),
    ) as index:
        for novel, count in ((False, 3), (True, 2)):
            (heavy,) = index.collocates("rain", span=1, min_count=2, novel=novel)
            assert (heavy.word, heavy.count, heavy.frequency, heavy.articles) == ("heavy", count, count, 2)
            (word,) = (one for one in index.keywords("rain", min_count=2, novel=novel) if one.word == "heavy")
            assert (word.count, word.articles) == (count, 2)
        assert index.keywords("rain", novel=True).reference == (1, 27)
    with engine.index(
        article("First", told, date="2024-01-01", outlet="Echo", url="u1"),
        article("Copy", told, date="2024-01-02", outlet="Post", url="u2"),
        article("Third", "The sun shines. " * 9, date="2024-01-03", url="u3"),
    ) as index:  # an article without a novel paragraph is no part of what is counted
        assert index.keywords("rain", novel=True).reference == (1, 27)
        assert index.collocates("rain", novel=True).corpus.articles == 2
        assert index.over_time("rain", novel=True).total.all_articles == 2


def test_a_function_word_is_one_in_the_language_of_its_article(engine: Engine) -> None:
    with engine.index(
        article("War", "war rain", "war", lang="en", url="1"),
        article("Krieg", "war rain die", "die", lang="de", url="2"),
        article("Dice", "die rain", "die of", lang="en", url="3"),
        article("Sonne", "wind wind wind", lang="de", url="4"),
    ) as index:

        def near(**options: Any) -> dict[str, int]:
            return {word.word: word.count for word in index.collocates("rain", min_count=1, **options)}

        assert near() == {"war": 2, "die": 2}
        assert near(lang="de") == {}
        assert near(lang="de", all_words=True) == {"war": 1, "die": 1}
        index.add([article("Noch", "rain war", "war", lang="de", url="5")])
        assert near() == {"die": 2}


def test_numbers_and_function_words_are_listed_if_asked(engine: Engine) -> None:
    with engine.index(
        article("A", "rain of 2024 and 9th", url="1"), article("B", "sun sun sun sun sun sun", url="2")
    ) as index:
        for all_words, words in ((False, {"9th"}), (True, {"of", "2024", "and", "9th"})):
            found = index.collocates("rain", min_count=1, all_words=all_words)
            assert ({word.word for word in found}, found.window_words) == (words, 4)
            marking = index.keywords("rain", min_count=1, all_words=all_words)
            assert {word.word for word in marking} == words | {"rain"}


def test_an_abbreviation_is_one_word_and_an_acronym_no_pronoun(engine: Engine) -> None:
    text = "The U.N. told us that the UN and the US told the U.S. and the USA; W.H.O., who is WHO?"
    with engine.index(article("Rain", text, "U.N. U.N.")) as index:
        counts = {word.word: word.occurrences for word in index.words("")}
        assert counts["U.N."] == 4
        assert (counts["U.S."], counts["us"]) == (3, 1)
        assert (counts["W.H.O."], counts["who"]) == (2, 1)


# ---- words by prefix


def test_words_of_headlines_and_of_paragraphs_are_listed_by_frequency(engine: Engine) -> None:
    with engine.index(
        article("Rains", "Rain, rain in Raqqa.", url="1"),
        article("Rain", "Sun.", url="2"),
        article("Run", url="3"),
    ) as index:
        assert index.words("ra") == (
            IndexWord("Rain", 2, 3),
            IndexWord("Rains", 1, 1),
            IndexWord("Raqqa", 1, 1),
        )
        assert [word.word for word in index.words("r", 2)] == ["Rain", "Rains"]
        assert index.completions("ra") == ("Rain", "Rains", "Raqqa")
        assert index.completions("R", 2) == ("Rain", "Rains")
        assert index.completions("r", 0) == index.completions("?!") == index.completions("xyz") == ()
        assert index.words("r", 0) == index.words("?!") == index.words("xyz") == ()
        index.remove(index.find("raqqa"))
        assert index.words("ra") == (IndexWord("Rain", 1, 1),)


# ---- options


@pytest.mark.parametrize(
    "options",
    [
        {"span": 0}, {"span": -1}, {"span": (0, 101)}, {"measure": "logratio"}, {"min_count": 0}, {"min_articles": 0},
        {"limit": -1},
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_errors(engine: Engine, options: dict[str, Any]) -> None:
    with engine.index(article("Rain", "rain")) as index:
        with pytest.raises(QueryError):
            index.collocates("rain", **options)
        if "span" not in options:
            with pytest.raises(QueryError):
                index.keywords("rain", **{**options, **({"measure": "mi"} if "measure" in options else {})})


@pytest.mark.parametrize(
    "options",
    [
        {"span": "5"},
        {"span": (1, 2, 3)},
        {"all_words": 1},
        {"limit": "all"},
        {"measure": 1},
        {"sort": "newest"},
    ],
)
def test_options_of_a_wrong_type_are_type_errors(engine: Engine, options: dict[str, Any]) -> None:
    with engine.index(article("Rain", "rain")) as index, pytest.raises(TypeError):
        index.collocates("rain", **options)


def test_notes_and_articles_left_out_are_said(engine: Engine) -> None:
    with engine.index(
        article("A", "heavy rain", date="2024-05-01", url="1"),
        article("B", "heavy rain", url="2"),
        article("C", "heavy rain", date="2024", url="3"),
    ) as index:
        for found in (
            index.collocates("rain OR snwo", since="2024-03"),
            index.keywords("rain OR snwo", since="2024-03"),
        ):
            assert (found.undated, found.imprecise) == (1, 1)
            assert [note.kind for note in found.diagnostics] == ["unknown-word"]
            assert found.commit == index.commit
            assert pickle.loads(pickle.dumps(found)) == found
        assert [note.kind for note in index.keywords("rain", against="snwo").diagnostics] == ["unknown-word"]
