"""The articles that each form of the query language finds, as text or as a tree that a program builds."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from pathlib import Path

import pytest

import newssearch
from newssearch import Index, QueryError
from newssearch.query import (
    And,
    AtLeast,
    Boost,
    Caps,
    Dated,
    Diagnostic,
    Everything,
    Field,
    Fuzzy,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Regex,
    Region,
    Same,
    Wildcard,
    Word,
    all_of,
    any_of,
    literal,
    parse,
    words,
)
from support import article, found, index_of


def holds(address: str, text: str, query: str) -> bool:
    """Whether a query finds an article with the given single paragraph."""
    return bool(index_of(address, article(None, text)).search(query).total_articles)


# ---- near each other


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("one w/1 two", True),
        ("one w/1 three", False),
        ("one w/2 three", True),
        ("five w/3 one", False),
        ("five w/4 one", True),
        ("one pre/4 five", True),
        ("one pre/3 five", False),
        ("five pre/4 one", False),
        ('"one two" w/1 three', True),  # from the last word of the one to the first word of the other
        ('one w/3 "four five"', True),
        ('one w/2 "four five"', False),
        ('"one two" w/5 "two three"', False),  # they share a word
        ("one w/5 one", False),
        ("one W/1 two", True),
    ],
)
def test_words_next_to_each_other_are_one_word_away(address: str, query: str, expected: bool) -> None:
    assert holds(address, "One two three four five.", query) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("(one w/1 two) w/1 three", True),
        ("one w/1 two w/1 three", True),
        ("(one w/1 two) pre/3 five", True),
        ("(one w/1 two) pre/2 five", False),
        ("(one w/1 three) w/5 five", False),
        ("(zero OR two) w/1 three", True),
        ("(one OR two) w/1 (four OR five)", False),
        ('(two NOT "one two") w/5 five', False),
        ('(two NOT "two four") w/5 five', True),
        ("(NOT three four) w/1 five", True),
    ],
)
def test_operands_of_proximity(address: str, query: str, expected: bool) -> None:
    assert holds(address, "One two three four five.", query) is expected


def test_proximity_does_not_reach_from_one_paragraph_or_the_headline_into_the_next(address: str) -> None:
    index = index_of(address, article("One", "Two.", "Three."), article("One two", "Three."))
    assert found(index, "one w/5 two") == ["One two"]
    assert found(index, "two w/p three") == []
    assert found(index, "one w/s two") == ["One two"]


def test_a_phrase_across_the_end_of_a_sentence_is_in_neither(address: str) -> None:
    index = index_of(address, article("A", "Some like kuv. Gub came."))
    for query in (
        'some w/s "kuv gub"',
        '"kuv gub" w/s came',
        '"like * gub" w/s some',
        '"gub kuv"~1 w/s came',
    ):
        assert found(index, query) == [], query
    for query in (
        'some w/p "kuv gub"',
        '"kuv gub" w/2 came',
        '"like kuv" w/s some',
        'came w/s "kuv gub" OR gub w/s came',
    ):
        assert found(index, query) == ["A"], query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"three one"~2', True),
        ('"one one two"~3', True),
        ('"one one two"~2', False),
        ('"one one"~3', True),
        ('"one one"~2', False),
        ('"one one one"~9', False),
        ('"one three two one"~3', True),
    ],
)
def test_a_phrase_within_some_words_holds_all_of_them(address: str, query: str, expected: bool) -> None:
    assert holds(address, "One two three one.", query) is expected


def test_of_a_phrase_within_the_shortest_spans_are_counted_and_marked(address: str) -> None:
    index = index_of(address, article("A", "One one two, two one."))
    (hit,) = index.search('"one two"~5')
    assert [hit.text[s:e] for s, e in hit.snippet.highlights] == ["one two", "two one"]
    assert found(index, 'atleast2("one two"~5)') == ["A"]
    assert found(index, 'atleast3("one two"~5)') == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("austin w/s senate", True),
        ("austin w/s smith", True),
        ("austin w/s rain", False),
        ("austin w/p rain", True),
        ("rain w/s quoted", False),
        ("quoted w/s ended", True),
        ("rain w/s rain", False),
    ],
)
def test_a_full_stop_of_an_abbreviation_ends_no_sentence(address: str, query: str, expected: bool) -> None:
    text = "Mr. Austin met the U.S. Senate and J. Smith. It rains! “He quoted.” so it ended."
    assert holds(address, text, query) is expected


# ---- patterns between quotation marks


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ('"iraq* government"', ["Iraqi government", "Iraq’s government"]),
        ('"iraq*\'s government"', ["Iraqi government", "Iraq’s government"]),
        ('"IRAQ* GOVERN*"', ["Iraqi government", "Iraq’s government"]),
        ('"(iraq*) government, w?s"', ["Iraqi government was"]),
        ('"*raq* *ment"', ["Iraqi government", "Iraq’s government"]),
        ('"government iraq*"', []),
        ('"government iraq*"~1', ["Iraqi government", "Iraq’s government"]),
        ('"near iraq*"~2', ["near the Iraq’s"]),
        ('"iraq* iraq*"~9', ["Iraqi government was near the Iraq’s"]),
        ('"iraq* iraq"~9', ["Iraqi government was near the Iraq’s"]),  # each a word of its own
        ('"iraq* iraqi iraq"~9', []),
        ('"iraq* government"~exact', ["Iraqi government", "Iraq’s government"]),
        ('"iraq* governments"~exact', []),
        ("caps(Iraq* government)", ["Iraqi government", "Iraq’s government"]),
        ("caps(iraq* government)", []),
        ('"the * government"', ["The Iraqi government", "the Iraq’s government"]),
        ('"* the"', ["near the"]),  # the first word has none in front of it
        ('"government *"', ["government was"]),  # and the last none behind it
        ('"irak~1 government"', ["Iraq’s government"]),
        ('"iraqui~1 government"', ["Iraqi government"]),
        ('"iraq?"', ["Iraq’s"]),
        ('"the iraq* gov?rnment w*"', ["The Iraqi government was"]),
        ('"iraq*" w/3 near', ["Iraqi", "near", "Iraq’s"]),
        ('"iraq* government" pre/2 near', ["Iraqi government", "near"]),
        ('hlead("iraq* government" OR zzz)^2', ["Iraqi government", "Iraq’s government"]),
        ('atleast2("iraq* government")', ["Iraqi government", "Iraq’s government"]),
        ('atleast3("iraq* government")', []),
        ("iraq*-government", ["Iraqi government", "Iraq’s government"]),
        ("atleast3(iraq*-government)", []),
    ],
)
def test_patterns_work_between_quotation_marks(address: str, query: str, marked: list[str]) -> None:
    index = index_of(address, article("A", "The Iraqi government was near the Iraq’s government."))
    hits = index.search(query)
    assert [hit.text[s:e] for hit in hits for s, e in hit.snippet.highlights] == marked
    again = index.search(hits.interpretation)
    assert again.interpretation == hits.interpretation
    assert [hit.score for hit in again] == [hit.score for hit in hits]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Who is he? Nobody knows.", '"who is he?"', True),
        ("Damn it, he said.", '"d*** it"', True),
        ("D*** it, he said.", '"d*** it"', True),
        ("It was s**t.", '"was s**t"', False),
        ("It was s**t.", '"was s\\*\\*t"', True),
        ("It is 5 times 3.", '"5 * 3"', True),
        ("It is 5 * 3.", '"5 * 3"', False),
        ("It is 5 * 3.", '"5 \\* 3"', True),
        ("In São Paulo.", '"s?o paul*"~exact', True),
        ("In Sao Paulo.", '"são paul*"~exact', False),
        ("Straße und Platz.", '"stra?e und"~exact', True),
        ("Straße und Platz.", "caps(Stra?e)", True),
        ("STRASSE und Platz.", "caps(Stra?e)", False),
        ("Rain (heavy) fell.", '"rain heav*"', True),
        ("Al-Abbasi met.", '"abb* met"', True),
        ("Colonel Gadhafi fled.", '"col* qaddafi"', False),
        ("Colonel Gadhafi fled.", '"col* qaddafi"~name', True),
    ],
)
def test_a_pattern_in_a_phrase_and_what_looks_like_one(
    address: str, text: str, query: str, expected: bool
) -> None:
    assert holds(address, text, query) is expected


def test_names_are_looked_for_beside_a_pattern(address: str) -> None:
    index = index_of(address, article("A", "Colonel Gadhafi fled."))
    results = index.search('"col* qaddafi"', names=True)
    assert results.total_articles == 1
    assert results.interpretation == '"col* qaddafi"~name'


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('"5 * 3"', "a star alone stands for any one word"),
        ('"a * b*"~5', "a star alone was ignored: within 5, any words may stand between the others"),
        ('"f*** off"', "the stars of f*** stand for any letters"),
        ('"*"', "* has no letter or digit and was ignored"),
        ('"a~exact b"', "a~exact inside quotation marks is taken as words"),
        ("secur*~name", "a pattern is not searched in other spellings"),
        ('"austim~9 iraq"', "a word may differ in 2 letters at most, not 9"),
    ],
)
def test_what_a_star_is_taken_for_is_noted(query: str, message: str) -> None:
    (note,) = parse(query).diagnostics
    assert note.message == message
    assert query[note.span.start : note.span.end] == query


def test_a_pattern_of_many_words_is_cut_in_a_phrase_too(address: str) -> None:
    words_of_a = " ".join(f"a{number}" for number in range(1_100))
    index = index_of(address, article("A", f"{words_of_a} rain."))
    (note,) = index.search('"a* a* rain"').diagnostics
    assert (
        note.message
        == "a* stands for more than 1,000 words: the 1,000 in most paragraphs (in most headlines, for matches there) were looked for"
    )


def test_a_word_of_a_phrase_that_no_article_has_is_noted(address: str) -> None:
    index = index_of(address, article("A", "Rain fell."))
    assert notes(index, '"r* fel zz* now"') == [
        ("no article has the word 'fel'", "did you mean fell?"),
        ("no word in the index matches zz*", ""),
        ("no article has the word 'now'", ""),
    ]


# ---- as written, and patterns


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("The US said.", "caps(US)", True),
        ("They told us.", "caps(US)", False),
        ("They told us.", "caps(us)", True),
        ("The US’s plan.", "caps(US)", True),
        ("The US's plan.", "caps(US’s)", True),
        ("It didn’t.", "caps(didn't)", True),
        ("A Prime Minister.", "caps(Prime Minister)", True),
        ("A prime Minister.", "caps(Prime Minister)", False),
        ("In the U.S. today.", "caps(U.S.)", True),
        ("In the U.S. today.", "caps(U.S)", True),
        ("In Sa\u0303o Paulo.", "caps(São)", True),
        ("In SAO Paulo.", "caps(São)", False),
        ("Iraq’s army.", "iraq", True),
        ("Iraq’s army.", "iraq's", True),
        ("Iraq army.", "Iraq’s", True),
        ("Iraq’s army.", "ira?", False),  # the mark at the end is punctuation
        ("Iraq’s army.", "ira?*", True),
        ("Iraq’s army.", "iraq~1", True),
        ("Iraq’s army.", "iraq’s~1", True),
        ("Iraq’s army.", "/iraq/", True),
    ],
)
def test_capitals_and_possessives(address: str, text: str, query: str, expected: bool) -> None:
    assert holds(address, text, query) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("wom?n", "woman women"),
        ("w*n", "woman women wagon"),
        ("*on", "wagon"),
        ("w[ao]*", "woman women wagon"),
        ("w[a-b]*", "wagon"),
        ("w[A-B]*", "wagon"),
        ("w[!a]*", "woman women"),
        ("w[^a]*", "woman women"),
        ("SÃO*", "sao saopaulino"),
        ("Sa\u0303o*", "sao saopaulino"),
        ("s[ã]o*", "sao saopaulino"),
        ("U.*", "u.s u.s.a"),
        ("U.S.*", "u.s u.s.a"),
        ("*'t", "don't"),
        ("al-abb*", "al abbasi"),
        ("1*", "1000"),
        ("women~1", "woman women"),
        ("womn~1", "woman women"),
        ("womne~1", ""),
        ("womne~", ""),
        ("womne~2", "woman women"),
        ("SÃU~1", "sao"),
        ("/wom[ae]n/", "woman women"),
        ("/WOM.N/", "woman women"),
        ("/oman/", ""),
        ("/.*ao/", "sao"),
        ("/s[ÀÃ]o/", "sao"),
        ("/sa\u0303o/", "sao"),
        (r"/\d+/", "1000"),
        ("/sao|wagon/", "wagon sao"),
        ("/(a+)+$/", ""),
    ],
)
def test_patterns_stand_for_whole_words_folded_but_not_stemmed(
    address: str, query: str, expected: str
) -> None:
    written = "woman women wagon São saopaulino don’t 1,000 U.S. U.S.A. under al-Abbasi unused"
    index = index_of(address, article("A", written), article("Nothing", "Nothing."))
    hits = [hit for hit in index.search(query, snippet=0) if hit.title == "A"]
    marked = " ".join(hit.text[s:e] for hit in hits for s, e in hit.snippet.highlights)
    folded = marked.lower().replace("ã", "a").replace("’", "'").replace("1,000", "1000").replace("-", " ")
    assert [word.rstrip(".") for word in folded.split()] == expected.split()


@pytest.mark.parametrize(
    "pattern", ["(a", "[a", "a{2,1}", "*a", r"a\1", r"\p{zzz}", "(?P<x>a", "a{99999999999}"]
)
def test_a_regular_expression_that_is_none_is_an_error_at_its_place(pattern: str) -> None:
    with pytest.raises(QueryError, match="the regular expression is wrong") as caught:
        parse(f"rain /{pattern}/")
    assert (caught.value.start, caught.value.end) == (5, 7 + len(pattern))


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*b?c", "(a|aa)+$", "(?:a{1,99}){1,99}b?c", "(?:(?:a?){60}){60}a{60}c?b", "(?R)?a(?R)?x", r"(a+)\1*\1*\1*b?c"],
)  # fmt: skip
def test_a_hostile_regular_expression_ends(address: str, pattern: str) -> None:
    index = index_of(address, article("A", f"{'a' * 120}b", *(f"{'a' * n}xb" for n in range(30))))
    refused, place = "or it never takes too long", (f"x /{pattern}/", 2, 4 + len(pattern))
    try:
        index.search(f"x /{pattern}/")
    except QueryError as error:
        refused, place = error.reason, (error.query, error.start, error.end)
    assert "takes too long" in refused
    assert place == (f"x /{pattern}/", 2, 4 + len(pattern))


def test_a_tree_builds_on_what_a_user_typed_or_did_not(address: str) -> None:
    index = index_of(
        address,
        article("A", "Rain.", outlet="BBC", date="2024-07-25"),
        article("B", "Sun.", date="2023-01-01"),
    )

    def titles(tree: Node) -> list[str]:
        return sorted(hit.title or "" for hit in index.search(tree))

    assert titles(And((words(""), Field("outlet", "bbc")))) == ["A"]
    assert titles(And((words("…"), Field("outlet", "bbc")))) == []
    assert titles(Dated("2024-07")) == ["A"]
    assert titles(Not(Dated("2024-07"))) == ["B"]
    assert titles(all_of([])) == titles(Everything()) == ["A", "B"]
    assert titles(any_of([])) == []
    assert titles(any_of(Word(word) for word in ("rain", "sun"))) == ["A", "B"]
    with pytest.raises(TypeError, match="wanted a node of a query; got a str"):
        And((Word("rain"), "sun"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("1,0*", True),
        ("1,?00", True),
        ("1,0[0-3]*", True),
        ("1,1*", False),
        ("10,0*", False),
        ("2,34?,*", True),
        ("2,4*", False),
    ],
)
def test_a_pattern_with_commas_finds_numbers(address: str, query: str, finds: bool) -> None:
    index = index_of(address, article("A", "Some 1,000 of 2,345,678 people; 10 left."))
    assert found(index, query) == (["A"] if finds else [])


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("iraq*~1", "iraq*"),
        ("al-abb~1", "al-abb"),
        ("wom?n~", "wom?n"),
        ("iraq~1", "iraq~1"),
        ("rain~2", "rain~2"),
    ],
)
def test_only_a_single_word_is_fuzzy(query: str, shown: str) -> None:
    parsed = parse(query)
    assert str(parsed) == shown
    assert bool(parsed.diagnostics) == (query in ("iraq*~1", "al-abb~1", "wom?n~"))


def test_a_regular_expression_needs_no_letter(address: str) -> None:
    index = index_of(address, article("A", "Rain."), article("B", "Snow fell."))
    assert set(found(index, "/..../")) == {"A", "B"}
    assert found(index, "/.{5}/") == []
    assert set(found(index, "/.*/")) == {"A", "B"}


def test_a_moment_finds_the_article_of_that_very_moment(address: str) -> None:
    moment = dt.datetime(2024, 7, 25, 10, 0, 0, 250_000, tzinfo=dt.timezone.utc)
    later = moment + dt.timedelta(microseconds=1)
    index = index_of(address, article("A", "Rain.", date=moment.isoformat()))
    for on, finds in ((moment, 1), (later, 0), (moment.astimezone(dt.timezone(dt.timedelta(hours=5))), 1)):
        assert index.search(on=on).total_articles == finds
    assert index.search(since=moment).total_articles == index.search(until=moment).total_articles == 1
    assert index.search(since=later).total_articles == 0


def test_the_star_alone_is_everything(address: str) -> None:
    index = index_of(address, article("A", "Rain."), article("B", "Snow."))
    assert found(index, "*") == found(index, "") == ["A", "B"]
    assert found(index, "* -rain") == ["B"]
    assert found(index, "NOT *") == []


# ---- how often, and where


def test_atleast_counts_the_headline_and_all_paragraphs(address: str) -> None:
    index = index_of(address, article("Rain", "Rain, and rain.", "Sun."), article("Sun", "Rain.", "Rain."))
    assert found(index, "atleast2(rain)") == ["Rain", "Sun"]
    assert found(index, "atleast3(rain)") == ["Rain"]
    assert found(index, "atleast4(rain)") == []
    assert found(index, "atleast4(rain OR sun)") == ["Rain"]
    assert found(index, "NOT atleast3(rain)") == ["Sun"]
    assert found(index, 'atleast2(rain NOT "and rain")') == ["Rain", "Sun"]
    assert found(index, "title:atleast1(rain)") == ["Rain"]
    assert found(index, "hlead(atleast2(sun))") == []
    assert found(index, "atleast1(rain w/2 and)") == ["Rain"]


def test_a_place_is_counted_once_whatever_it_is_found_by(address: str) -> None:
    index = index_of(address, article("A", "Rain."))
    assert found(index, "atleast2(rain OR rain* OR caps(Rain))") == []


def test_the_lead_is_the_headline_and_two_paragraphs(address: str) -> None:
    index = index_of(
        address, article("Rain", "a", "b", "c"), article("Second", "a", "Rain.", "c"), article("Third", "a", "b", "Rain.")
    )  # fmt: skip
    assert set(found(index, "hlead(rain)")) == {"Rain", "Second"}
    assert found(index, "rain NOT hlead(rain)") == ["Third"]
    assert found(index, "hlead(rain b)") == ["Rain"]
    assert found(index, "hlead(NOT rain)") == ["Third"]
    assert found(index, "title:hlead(rain)") == found(index, "hlead(title:rain)") == ["Rain"]
    assert index.search("hlead(b OR c)").total_paragraphs == 2


def test_what_stands_outside_of_the_region_scores_nothing(address: str) -> None:
    index = index_of(address, article("Rain", "a"), article("Rain", "Rain.", url="u"))
    one, other = index.search("title:rain")
    assert one.score == other.score > 0


# ---- fields and dates


@pytest.fixture
def dated(address: str) -> Index:
    return index_of(
        address,
        article("A", "Rain.", outlet="O Público", source="AFP", byline="José García", located="São Paulo",
                lang="en-GB", section="World", date="2024-07-25T01:00:00+03:00"),
        article("B", "Rain.", outlet="www.Example.org", byline="Ana Silva", lang="en", date="2024-07-24T23:30:00Z"),
        article("C", "Rain.", date="2024-07-25"),
        article("D", "Rain.", date="2023-12-31"),
        article("E", "Rain."),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ('outlet:"o PUBLICO"', "A"),
        ("outlet:publico", ""),
        ("outlet:example.org", "B"),
        ("outlet:www.example.org", "B"),
        ('outlet:("o publico" OR example.org)', "AB"),
        ("source:afp", "A"),
        ("byline:GARCIA", "A"),
        ("byline:(ana silva)", "B"),
        ('byline:"silva ana"', ""),
        ('located:"sao paulo"', "A"),
        ("located:paulo", "A"),
        ("lang:en", "AB"),
        ("lang:EN_gb", "A"),
        ("section:world", "A"),
        ("NOT outlet:example.org", "ACDE"),
        ("-lang:en", "CDE"),
        ("outlet:(NOT example.org)", "ACDE"),
        ("date:2024", "ABC"),
        ("date:2024-07-25", "AC"),
        ("date:2024-07-24", "B"),
        ("date:..2024-07-24", "BD"),
        ("date:2024-07-25..", "AC"),
        ("date:>2023", "ABC"),
        ("date:>=2024-07-25", "AC"),
        ("date:<2024-07-25", "BD"),
        ("date:<=2024-07-25", "ABCD"),
        ("NOT date:2024", "DE"),
        ("date:2024-07-24T22Z", "A"),  # the moment of 01:00+03:00
        ("date:2024-07-24T23:30Z", "B"),
        ("date:2024-07-25T02:30+03:00", "B"),
        ("date:2024-07-25T00:00Z", "C"),  # a date without a zone is taken as universal time
        ("date:2024-07-25T01:00", "A"),
        ("date:>=2024-07-24T23:00Z", "BC"),
        ("date:<2024-07-24T23:00Z", "AD"),
        ("date:2023-12-31..2024-07-24", "BD"),
        ('date:"2023-12-31 .. 2024-07-24"', "BD"),
        ("date:today", ""),
        ("date:yesterday", "AC"),
        ("date:-2d", "ABC"),
        ('date:"last 1 days"', "AC"),
        ('date:"this week"', "ABC"),
        ('date:"last year"', "D"),
        ('date:"last year.."', "ABCD"),
    ],
)
def test_fields_and_dates(dated: Index, query: str, titles: str) -> None:
    results = dated.search(f"rain {query}", limit=None, now=dt.datetime(2024, 7, 26, 15))
    assert sorted(hit.title or "" for hit in results) == list(titles)
    assert len({hit.score for hit in results}) <= 1  # a field never changes a score


def test_articles_without_a_headline_are_found(address: str) -> None:
    index = index_of(
        address, article("Rain", "Rain fell."), article(None, "Snow fell."), article("…", "Hail fell.")
    )

    def texts(query: str) -> set[str]:
        return {
            article.paragraphs[0].text.split()[0]
            for article in map(index.article, index.find(query))
            if article
        }

    assert texts("title:*") == texts("title:(* OR snow)") == {"Rain"}
    assert texts("-title:*") == {"Snow", "Hail"}
    assert texts("fell -title:*") == {"Snow", "Hail"}
    assert texts("*") == texts("hlead(*)") == {"Rain", "Snow", "Hail"}


@pytest.fixture
def outlets_of(address: str) -> Index:
    return index_of(
        address,
        article("A", "Rain.", outlet="Fox News", byline="Ana García-Márquez", section="World"),
        article("B", "Rain.", outlet="foxnews.com", byline="Joan Garca, Bo Li", lang="en-GB"),
        article("C", "Rain.", outlet="Vox", lang="en", section="world affairs"),
        article("D", "Rain.", outlet="E! *", located="São Paulo"),
        article("E", "Rain.", outlet="Redfox", byline="García"),
        article("F", "Rain."),
    )


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("outlet:fox*", "AB"),
        ('outlet:"FOX N*"', "AB"),  # one outlet by two names
        ("outlet:*fox", "E"),
        ("outlet:?ox", "C"),
        ("outlet:*ox*", "ABCE"),
        ("outlet:(fox* OR v*)", "ABC"),
        ("outlet:(*o* NOT fox*)", "CE"),
        ("-outlet:*o*", "DF"),
        ("outlet:*", "ABCDE"),
        ("-outlet:*", "F"),
        ('outlet:"e! \\*"', "D"),
        ('outlet:"e! *"', "D"),
        ("byline:garc*", "ABE"),
        ("byline:garcí*", "AE"),
        ('byline:"garc* m*"', "A"),
        ('byline:"garca b*"', "B"),
        ("byline:*", "ABE"),
        ("-byline:*", "CDF"),
        ("located:pau*", "D"),
        ("section:world*", "AC"),
        ("lang:e*", "BC"),
        ("lang:*-gb", "B"),
    ],
)
def test_values_of_fields_by_a_pattern(outlets_of: Index, query: str, titles: str) -> None:
    results = outlets_of.search(f"rain {query}", limit=None)
    assert sorted(hit.title or "" for hit in results) == list(titles)
    again = parse(results.interpretation)
    assert again.tree == parse(f"rain {query}").tree
    assert len({hit.score for hit in results}) <= 1


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("url:bbc.example", "ABC"),
        ("url:www.bbc.example", "ABC"),
        ("url:https://bbc.example/news/", "AB"),
        ("url:bbc.example/news/one", "A"),
        ("url:bbc.example/news/One?id=1", "A"),
        ('url:"http://www.bbc.example/news/one?id=1"', "A"),
        ("url:bbc.example/new", ""),
        ("url:bbc.example/new*", "AB"),
        ("url:*.bbc.example/*", "C"),
        ("url:*/one*", "AD"),
        ("url:https://*.example/news/*", "AB"),
        ('url:"*?id=1"', "A"),
        ("url:(bbc.example/news OR other.example)", "ABD"),
        ("-url:bbc.example", "DEF"),
        ("url:*", "ABCDF"),
        ("-url:*", "E"),
        ("url:monde.example/été", "F"),
        ("url:monde.example/ete/sommet", "F"),
        ("url:*/sommet/*", "F"),
        ("url:localhost:8080", ""),
        ("url:[/x", ""),
    ],
)
def test_articles_by_their_address(address: str, query: str, titles: str) -> None:
    index = index_of(
        address,
        article("A", "Rain.", url="https://www.bbc.example/news/one?id=1"),
        article("B", "Rain.", url="HTTP://BBC.example/news/"),
        article("C", "Rain.", url="https://sport.bbc.example/two"),
        article("D", "Rain.", url="https://other.example/one#top"),
        article("E", "Rain."),
        article("F", "Rain.", url="https://monde.example/\u00c9te\u0301/sommet/"),
    )
    results = index.search(query, limit=None)
    assert sorted(hit.title or "" for hit in results) == list(titles)
    assert parse(results.interpretation).tree == parse(query).tree


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("url:https://web.archive.org/web/2024/http://m.bbc.example/news/one?utm_source=x", "A"),
        ("url:www.bbc.example/news/one/amp/#top", "A"),
        ("url:bbc.example/news/two", "B"),
        ("url:bbc.example/news/%74wo", "B"),
        ("url:bbc.example/news", "AB"),
        ("url:bbc.example", "AB"),
        ("url:bbc.example/index.html", "AB"),
        ("url:web.archive.org", ""),
        ("url:x.example/~user/a?b=2&a=1", "C"),
        ("url:xn--mnchen-3ya.example", "DG"),
        ("url:münchen.example", "DG"),
        ("url:storm.blogspot.com/politics", "H"),
        ("url:storm.blogspot.de", "H"),
        ("url:files.example", "E"),
        ("url:urn:newsml:example:1", "F"),
        ("url:bbc.example:443/news/one", "A"),
        ("url:*/one*", "A"),
        ("url:web.archive.org/*", "B"),
        ("url:*utm_source*", "A"),
    ],
)
def test_articles_by_any_spelling_of_their_address(address: str, query: str, titles: str) -> None:
    index = index_of(
        address,
        article("A", "Rain.", url="http://www.bbc.example:80/news/one/index.html?utm_source=rss"),
        article(
            "B", "Rain.", url="https://web.archive.org/web/20240725id_/https://amp.bbc.example//news/two"
        ),
        article("C", "Rain.", url="https://x.example/%7Euser/a?a=1&b=2"),
        article("D", "Rain.", url="http://MÜNCHEN.example/a"),
        article("E", "Rain.", url="ftp://files.example/a"),
        article("F", "Rain.", url="urn:newsml:example:1"),
        article("G", "Rain.", url="http://XN--MNCHEN-3YA.example/b"),
        article("H", "Rain.", url="https://storm.blogspot.co.uk/politics"),
    )
    assert sorted(hit.title or "" for hit in index.search(query, limit=None)) == list(titles)


def test_an_address_is_found_whatever_the_headline_and_the_address_hold(address: str) -> None:
    urls = [
        'https://e.example/"a",b',
        "https://e.example/a\\",
        'x","y',
        '"',
        '\\\\"',
        "e.example/rain",
        "https://e.example/,",
    ]
    dates = (None, "2024-07-25")
    index = index_of(
        address,
        *(
            article(f'{n}","https://e.example/b', "Rain.", url=url, date=dates[n % 2])
            for n, url in enumerate(urls)
        ),
    )
    assert index.count("url:*") == len(urls)
    assert index.count("url:e.example") == 4
    assert index.count("url:e.example/b") == 0


def test_the_values_of_a_pattern_are_noted(outlets_of: Index) -> None:
    assert notes(outlets_of, "outlet:fox*") == [
        ('outlet:"fox*" stands for 2 values: Fox News, foxnews.com', "")
    ]
    assert notes(outlets_of, "outlet:zz* OR rain") == [('no article has a value like outlet:"zz*"', "")]


def test_a_star_of_a_literal_query_is_no_pattern(outlets_of: Index) -> None:
    assert outlets_of.find(Field("outlet", "fox*")) == []
    assert len(outlets_of.find(Field("outlet", "fox*", pattern=True))) == 2
    for wrong in (("outlet", "fox"), ("id", "a*"), ("outlet", "fox*\\")):
        with pytest.raises(ValueError, match="not a pattern of a value"):
            Field(*wrong, pattern=True)


def test_an_id_finds_its_article(dated: Index) -> None:
    (wanted,) = dated.find("outlet:example.org")
    assert dated.find(f"id:{wanted}") == [wanted]
    assert dated.find(Field("id", wanted)) == [wanted]
    assert wanted not in dated.find(f"NOT id:{wanted}")
    assert dated.find(f"id:{wanted[:-1]}") == []
    dated.remove([wanted])
    assert dated.find(f"id:{wanted}") == []


# ---- NOT


@pytest.mark.parametrize(
    "clause",
    ["rain", '"heavy rain"', '"rain heavy"~2', "rain*", "rian~2", "/r.in/", "caps(Rain)", "rain w/2 fell", "heavy pre/1 rain",
     "rain w/s fell", "rain w/p fell", "atleast1(rain)", "title:storm", "hlead(rain)", "outlet:bbc", "date:2024", "rain^2",
     "(rain fell)", "(rain OR fell)"],
)  # fmt: skip
def test_not_of_each_form_finds_the_others(address: str, clause: str) -> None:
    index = index_of(
        address, article("Storm", "Heavy Rain fell.", outlet="BBC", date="2024-07-25"), article("Sun", "Sun shone.")
    )  # fmt: skip
    assert found(index, clause) == ["Storm"]
    for negation in (f"NOT ({clause})", f"-({clause})"):
        results = index.search(negation)
        assert [hit.title for hit in results] == ["Sun"]
        assert results[0].score == results.total_paragraphs == 0
    assert found(index, f"NOT NOT ({clause})") == ["Storm"]


# ---- weight


def test_a_boost_changes_the_order_and_nothing_else(address: str) -> None:
    index = index_of(address, article("Rain", "Rain."), article("Sun", "Sun."))
    plain = {hit.title: hit.score for hit in index.search("rain OR sun")}
    assert found(index, "rain^2 OR sun") == ["Rain", "Sun"]
    assert found(index, "rain OR sun^2") == ["Sun", "Rain"]
    boosted = {hit.title: hit.score for hit in index.search("((rain^3 OR x)^2 OR sun^0)")}
    assert boosted == {"Rain": pytest.approx(6 * (plain["Rain"] or 0)), "Sun": 0}
    assert index.search("rain^0").total_paragraphs == 1


def test_an_optional_word_raises_the_scores_of_articles_and_changes_nothing_else(address: str) -> None:
    index = index_of(
        address,
        article("A", "Rain fell, and no sun.", "The sun came."),
        article("B", "Rain fell.", "Sunday."),
        article("C", "The sun."),
    )
    plain, optional = index.search("rain"), index.search("rain (* OR sun^9 OR zebra)")
    assert [hit.title for hit in plain] == ["B", "A"]
    assert [hit.title for hit in optional] == ["A", "B"]
    for one, other in zip(plain, reversed(optional), strict=True):
        assert (one.text, one.matching, one.snippet) == (other.text, other.matching, other.snippet)
    assert (optional.total_paragraphs, optional.diagnostics) == (2, ())
    assert optional[0].score > plain[1].score
    assert optional[1].score == plain[0].score
    explanation = index.search("(* OR sun^9) rain", explain=True)[0].explanation
    assert explanation is not None
    assert [(term.text, term.article > 0, term.paragraph > 0) for term in explanation.terms] == [
        ("rain", True, True),
        ("sun", True, False),
    ]
    assert [clause.text for clause in index.search("(* OR sun^9) rain", explain=True).clauses] == ["rain"]


def test_an_optional_word_makes_no_paragraph_novel(address: str) -> None:
    text = "The minister said on Monday that rain would close the bridge over the river until the end of May."
    index = index_of(
        address,
        article("First", text, date="2024-01-01", url="https://e.org/1"),
        article("Second", text, "The sun came at last.", date="2024-01-02", url="https://e.org/2"),
    )
    assert index.count("rain OR sun", novel=True) == 2
    assert index.count("rain (* OR sun)", novel=True) == 1


def test_optional_words_alone_are_as_any_others(address: str) -> None:
    index = index_of(address, article("A", "It was hot.", "The sun came."), article("B", "Rain."))
    results = index.search("* OR sun")
    assert [(hit.title, hit.paragraph, hit.matching) for hit in results] == [("A", 2, 1), ("B", 1, 0)]
    assert [note.message for note in index.search("* OR zebra").diagnostics] == [
        "no article has the word 'zebra'"
    ]


def test_optional_words_change_nothing_in_the_parts_of_other_words(address: str) -> None:
    index = index_of(address, *(article(word, f"Who is the {word}?") for word in ("Storm", "Dam", "Sun")))
    (alone,) = (hit for hit in index.search("who the", explain=True) if hit.title == "Storm")
    beside = index.search("who the (* OR storm OR is)", explain=True)[0]
    assert beside.title == "Storm"
    assert alone.explanation is not None
    assert beside.explanation is not None
    assert beside.explanation.terms[:2] == alone.explanation.terms
    assert beside.explanation.proximity == alone.explanation.proximity > 0


# ---- what is said of a query


def notes(index: Index, query: str) -> list[tuple[str, str]]:
    return [(note.message, note.suggestion) for note in index.search(query).diagnostics]


def test_words_that_no_article_has_are_noted_with_those_that_are_near(address: str) -> None:
    index = index_of(
        address, article("Coalition", "Rain fell in Iraq.", lang="en"), article("Gone", "Rainfall.")
    )
    index.remove(index.find("gone"))
    assert notes(index, "rain iraq coalitions") == []
    assert notes(index, "coaliton rain") == [
        ("no article has the word 'coaliton'", "did you mean coalition?")
    ]
    assert notes(index, "rainfal") == [
        ("no article has the word 'rainfal'", "")
    ]  # what was removed is not near
    assert notes(index, '"rain fel"') == [("no article has the word 'fel'", "did you mean fell?")]
    assert notes(index, "rain -zzzz") == []
    assert notes(index, "zzz* OR /zzz.+/ OR caps(IRAQ) OR rain") == [
        ("no word in the index matches zzz*", ""),
        ("no word in the index matches /zzz.+/", ""),
        ("no article has the spelling 'IRAQ'", ""),
    ]
    assert notes(index, "rain -zzz* -caps(IRAQ) (rain NOT /zzz/)") == []
    assert notes(index, "rain w/5 (fell NOT zzz*)") == []
    assert notes(index, "id:x OR rain") == [("no article has the id 'x'", "")]
    assert notes(index, "title:rain") == []  # it is known, if not there


def test_a_word_that_is_there_only_as_an_acronym_is_near_in_capitals(address: str) -> None:
    index = index_of(address, article("Envoy", "The US envoy is in the UK.", lang="en"))
    assert notes(index, "us") == [("no article has the word 'us'", "did you mean US?")]


def test_a_name_that_no_article_has_is_noted_at_its_place(dated: Index) -> None:
    (note,) = dated.search('rain outlet:"O Publica"').diagnostics
    assert note == Diagnostic(
        "unknown-value", "no article has the outlet 'O Publica'", note.span, "did you mean O Público?"
    )
    assert note.span == (5, 23)


def test_the_clauses_of_a_query_that_finds_nothing_are_counted(address: str) -> None:
    index = index_of(
        address, article("A", "Rain in Iraq."), article("B", "Rain."), article("C", "Sun in Iraq.")
    )
    assert index.search("rain").clauses == ()
    results = index.search('rain iraq* NOT (rain w/3 iraq) outlet:"bbc"')
    assert [(clause.text, clause.articles, clause.without) for clause in results.clauses] == [
        ("rain", 2, 0), ("iraq*", 2, 0), ("NOT (rain w/3 iraq)", 2, 0), ('outlet:"bbc"', 0, 0),
    ]  # fmt: skip
    results = index.search("rain iraq sun")
    assert [(clause.text, clause.articles, clause.without) for clause in results.clauses] == [
        ("rain", 2, 1), ("iraq", 2, 0), ("sun", 1, 1),
    ]  # fmt: skip
    results = index.search("rain iraq", explain=True, since="2024")
    assert [(clause.text, clause.articles, clause.without) for clause in results.clauses] == [
        ("rain", 2, 0), ("iraq", 2, 0), ("the filters", 0, 1),
    ]  # fmt: skip


# ---- taken literally, and built


def test_literal_takes_all_as_words(address: str) -> None:
    index = index_of(address, article("A", "The title: rain w/5 sun OR date 2024."), article("Rain", "Sun."))
    assert found(index, "title:rain w/5 sun OR (date:2024)", literal=True) == ["A"]
    assert found(index, "rain*", literal=True) == ["A", "Rain"] or found(index, "rain*", literal=True) == ["Rain", "A"]  # fmt: skip
    assert literal("iraq* -x").tree == And((Word("iraq*"), Word("-x")))


def test_a_program_builds_a_query_without_writing_one(address: str) -> None:
    index = index_of(
        address,
        article("Rain", "Heavy rain fell in the US.", outlet="BBC", date="2024-07-25"),
        article("Sun", "Sun."),
    )
    start, end = dt.datetime(2024, 7, 1), dt.datetime(2024, 8, 1)
    trees: list[Node] = [
        words("heavy rain"),
        Phrase("heavy rain"),
        Phrase("fell heavy", within=2),
        Wildcard("r*n"),
        Fuzzy("rein"),
        Regex("ra.."),
        Caps("US"),
        Near(Word("heavy"), Or((Word("fell"), Word("zzz"))), 2, ordered=True),
        Same(Word("US"), And((Word("rain"), Not(Phrase("heavy us")))), "s"),
        AtLeast(2, Word("rain")),
        Region("title", Word("rain")),
        Field("outlet", "bbc"),
        Dated("2024-07", start, end),
        Boost(Word("rain"), 2),
        Not(Word("sun")),
    ]
    for tree in [*trees, And(tuple(trees))]:
        assert [hit.title for hit in index.search(tree)] == ["Rain"], tree
        assert index.search(tree).interpretation == str(tree)
        assert [hit.title for hit in index.search(str(tree))] == ["Rain"], tree


@pytest.mark.parametrize(
    ("query", "place", "message"),
    [
        ("x (a b) w/5 c", "(a b)", "AND says what an article holds, not where"),
        ("x c w/s (a b)", "(a b)", "AND says what an article holds, not where"),
        ("x w/p (NOT y)", "(NOT y)", "NOT alone has no matches in a text"),
        ("title:x w/2 y", "title:x", "applies to the whole article"),
        ("x w/0 y", "w/0", "a distance is from 1 to 1000 words"),
        ("x pre/1001 y", "pre/1001", "a distance is from 1 to 1000 words"),
        ("y atleast2(a b)", "(a b)", "AND says what an article holds, not where"),
        ("y atleast2(outlet:x)", "(outlet:x)", "applies to the whole article"),
        ("y atleast0(a)", "atleast0", "atleast counts from 1"),
        ("y outlet:(a b)", "outlet:(a b)", "no article has two values of outlet"),
        ('y "a~1 b"~exact', '"a~1 b"~exact', "a fuzzy word cannot be compared as written"),
        ('y "a* b c d e f g h i"~9', '"a* b c d e f g h i"~9', "at most 8 words in any order"),
        ("y outlet:a~1", "outlet:a~1", "outlet: takes words and phrases, not a~1"),
        ("y outlet:caps(A*)", "outlet:caps(A*)", "outlet: takes words and phrases, not caps(A*)"),
        ("y id:a*", "id:a*", "id: takes words and phrases, not a*"),
        ("y date:(2024 OR 2023)", "date:", "date: takes no group"),
        ("y date:2024-13", "2024-13", "is not a date"),
        ("y date:2025..2024", "2025..2024", "the range ends before it begins"),
        ("y date:2024-07-24T12Z..2024-07-25", "2024-07-24T12Z..2024-07-25", "both ends of a range must have a time zone"),
        ("y outlat:x", "outlat:", "there is no field 'outlat'"),
        ('y "a b"~1001', '"a b"~1001', "a phrase spans at most 1000 words"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused_at_its_place(query: str, place: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert message in caught.value.reason
    at, part = query.index(place), query[caught.value.start : caught.value.end]
    assert part.strip("()") == place.strip("()")
    assert at <= caught.value.start < caught.value.end <= at + len(place)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Near(And((Word("a"), Word("b"))), Word("c"), 5),
        lambda: Near(Not(Word("a")), Word("c"), 5),
        lambda: Near(Word("a"), Word("c"), 0),
        lambda: Near(Word("a"), Word("c"), 1001),
        lambda: Same(Word("a"), Field("outlet", "x"), "p"),
        lambda: Same(Word("a"), And((Not(Word("b")), Not(Word("c")))), "p"),
        lambda: AtLeast(2, And((Word("a"), Word("b")))),
        lambda: AtLeast(0, Word("a")),
        lambda: AtLeast(2, Region("title", Word("a"))),
        lambda: Boost(Word("a"), -1),
        lambda: Boost(Word("a"), float("nan")),
        lambda: Word("a b"),
        lambda: Word("…"),
        lambda: Phrase("a"),
        lambda: Phrase("— —"),
        lambda: Fuzzy("al-abb"),
        lambda: Fuzzy("…"),
        lambda: Caps("…"),
        lambda: Field("outlet", " "),
        lambda: Field("title", "a"),
        lambda: Regex("("),
        lambda: Dated("2024-02-30"),
        lambda: Dated("2025..2024"),
        lambda: Dated("2024", dt.datetime(2025, 1, 1), dt.datetime(2024, 1, 1)),
        lambda: And((Word("a"),)),
        lambda: Or(()),
        lambda: Region("body", Word("a")),
        lambda: Near(Everything(), Word("a"), 2),
        lambda: Phrase("a b", 1001),
    ],
)
def test_a_tree_without_a_meaning_cannot_be_built(build: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("The R-Ill. senator spoke.", "will", False),
        ("The R-Ill. senator spoke.", "rill", True),
        ("The D-OR senator spoke.", "for", False),
        ("The D-OR senator spoke.", "dor", True),
    ],
)
def test_a_short_word_is_not_taken_for_another_with_a_hyphen(
    address: str, text: str, query: str, expected: bool
) -> None:
    assert holds(address, text, query) is expected


def test_each_key_of_two_letters_finds_the_words_that_make_it_and_no_others(address: str) -> None:
    letters = "abdefhijklrtvwxz"
    pairs = [f"{one}-{other}" for one in letters for other in letters]
    index = index_of(address, *(article(pair, f"The {pair} spoke.", url=pair) for pair in pairs))
    for pair in pairs[::7]:
        assert found(index, pair.replace("-", "")) == [pair]


def test_an_address_is_found_whichever_record_of_a_file_has_it(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record's number and the name of its member are stored with its address."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    records = [
        {"title": f"Rain, {n}", "text": f"It rained on {n} towns.", "url": f"https://e.org/{n}", "date": date}
        for n, date in enumerate((None, "2024-07-25", "2024-07", "2024-07-26T10:00:00+02:00"))
    ]
    lines = "".join(
        json.dumps(record) + "\n" for record in [*records, {"title": "Sun", "text": "No address."}]
    )
    (tmp_path / "news" / "a.jsonl").write_text(lines, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "news" / "b.zip", "w") as packed:
        packed.writestr("one,two.jsonl", lines.replace("e.org", "f.org").replace("It rained", "Hail fell"))
    with newssearch.create(address) as index:
        index.update(tmp_path / "news")
        for host in ("e.org", "f.org"):
            assert {hit.url for hit in index.search(f"url:{host}", limit=None).hits} == {
                f"https://{host}/{n}" for n in range(4)
            }
        assert [hit.url for hit in index.search("url:e.org/2").hits] == ["https://e.org/2"]
        assert {hit.title for hit in index.search("NOT url:e.org AND NOT url:f.org", limit=None).hits} == {
            "Sun"
        }
