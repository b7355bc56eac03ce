"""Searching: which articles are found, in which order, and with which counts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import newssearch
import reference
from newssearch import Article, FacetValue, Hit, Index, PartialDate, Query, QueryError
from newssearch.article import Date
from newssearch.fields import FACET_FIELDS
from newssearch.identity import id_number
from newssearch.query import And, Everything, Node, Not, Or, Phrase, Word, parse
from support import THOROUGH, article, found, index_of, set_added

from .conftest import Engine

pytestmark = pytest.mark.usefixtures("without_boilerplate")


# ---- words stand for the article, ranking for the paragraph


def test_words_may_stand_in_different_paragraphs_of_an_article(address: str) -> None:
    index = index_of(
        address,
        article("Both", "Refugees arrived.", "Lebanon took them in."),
        article("One", "Refugees left.", "Nobody knows why."),
    )
    assert found(index, "refugees lebanon") == ["Both"]
    assert found(index, "refugees OR lebanon") == ["Both", "One"]


def test_the_headline_is_a_part_of_the_article(address: str) -> None:
    index = index_of(address, article("Lebanon", "Refugees arrived.", "They stayed."))
    (hit,) = index.search("refugees lebanon")
    assert (hit.paragraph, hit.matching, hit.others) == (1, 1, 0)


def test_an_article_whose_headline_alone_matches_shows_its_first_paragraph(address: str) -> None:
    index = index_of(address, article("Storm over Lebanon", "It rained.", "It stopped."))
    results = index.search("storm")
    assert [(hit.paragraph, hit.text, hit.matching) for hit in results] == [(1, "It rained.", 0)]
    assert (results.total_articles, results.total_paragraphs) == (1, 0)
    assert results[0].score > 0
    assert results[0].snippet.highlights == ()


def test_an_article_with_a_headline_and_nothing_else_is_found(address: str) -> None:
    index = index_of(address, article("Storm"))
    (hit,) = index.search("storm")
    assert (hit.paragraph, hit.paragraphs, hit.text) == (0, 0, "")
    assert index.article(hit.id).paragraphs == ()


def test_a_phrase_stands_in_one_paragraph_or_in_the_headline(address: str) -> None:
    index = index_of(
        address,
        article("Paragraph", "The security forces came."),
        article("Security forces", "They came."),
        article("Torn", "There was security.", "Forces came."),
        article("Security", "Forces came."),
        article("Turned", "The forces of security came: forces, security."),
    )
    assert set(found(index, '"security forces"')) == {"Paragraph", "Security forces"}


def test_every_word_of_a_phrase_counts_stop_words_too(address: str) -> None:
    index = index_of(
        address, article("Hamlet", "To be or not to be."), article("Other", "To be and not to be.")
    )
    assert found(index, '"to be or not"') == ["Hamlet"]


def test_what_the_analyser_splits_is_a_phrase(address: str) -> None:
    index = index_of(address, article("Split", "It is well known."), article("Apart", "Known to be well."))
    assert found(index, "well-known") == ["Split"]


def test_not_holds_for_the_whole_article(address: str) -> None:
    index = index_of(
        address,
        article("Clean", "Rain in Iraq."),
        article("Below", "Rain in Iraq.", "Sun in Syria."),
        article("Syria above", "Rain in Iraq."),
    )
    assert found(index, "rain -syria") == ["Clean"]
    assert found(index, "rain NOT (syria OR sun)") == ["Clean"]


def test_not_alone_finds_the_rest(address: str) -> None:
    index = index_of(address, article("Rain", "Rain."), article("Sun", "Sun.", "Heat."), article("Snow"))
    results = index.search("-rain")
    assert {hit.title for hit in results} == {"Sun", "Snow"}
    assert all(hit.score == 0 and hit.matching == 0 for hit in results)
    assert (results.total_articles, results.total_paragraphs) == (2, 0)


def test_the_empty_query_finds_everything_newest_first(address: str) -> None:
    index = index_of(
        address,
        article("Old", "x", date="2020-01-01"),
        article("New", "x", date="2024-01-01"),
        article("Undated", "x"),
    )
    assert found(index, "") == ["New", "Old", "Undated"]
    assert index.search("").interpretation == ""


def test_a_query_of_nothing_finds_nothing_and_says_why(address: str) -> None:
    results = index_of(address, article("Rain", "Rain.")).search("🙂")
    assert (len(results), results.total_articles) == (0, 0)
    assert [note.kind for note in results.diagnostics] == ["no-word"]


def test_an_article_is_one_result_with_the_number_of_its_other_paragraphs(address: str) -> None:
    index = index_of(
        address, article("Rain", "Rain and much else that day.", "Sun.", "Rain rain rain.", "More rain.")
    )
    results = index.search("rain -snow")
    assert [(hit.paragraph, hit.matching, hit.others, hit.paragraphs) for hit in results] == [(3, 3, 2, 4)]
    assert (results.total_articles, results.total_paragraphs) == (1, 3)


def test_all_lists_every_matching_paragraph(address: str) -> None:
    index = index_of(address, article("Rain", "Rain and much else that day.", "Sun.", "Rain rain rain."))
    results = index.search("rain OR heat", all_paragraphs=True)
    assert [hit.paragraph for hit in results] == [3, 1]
    assert [hit.others for hit in results] == [1, 1]


def test_a_paragraph_with_one_of_two_words_matches(address: str) -> None:
    index = index_of(address, article("Both", "Rain.", "Sun.", "Neither."))
    assert index.search("rain sun").total_paragraphs == 2


def test_a_word_finds_its_inflections_in_the_language_of_the_article(address: str) -> None:
    index = index_of(
        address,
        article("English", "They supported it.", lang="en"),
        article("Português", "Os governos apoiam.", lang="pt"),
        article("Plain", "They supported it, os governos.", lang="mul"),
    )
    assert found(index, "supporting") == ["English"]
    assert found(index, "governo") == ["Português"]
    assert set(found(index, "supported")) == {"English", "Plain"}


def test_any_string_is_a_query(address: str) -> None:
    index = index_of(address, article("Rain", "Rain in Iraq, “said” the minister: 日本."))
    for text in ('"', "((", "-", "AND", "\u202e", "🙂", "rain\x00", "日本", "NOT", '-"', '-"rain'):
        index.search(text)


# ---- order


def test_rare_words_many_occurrences_and_short_paragraphs_weigh_more(address: str) -> None:
    filler = [article(f"Filler {n}", "Common words fill this paragraph.") for n in range(5)]
    index = index_of(
        address,
        *filler,
        article("Rare", "Rare words fill this paragraph."),
        article("Twice", "Again and again it rains."),
        article("Once", "Only once again it rains."),
        article("Short", "Tea."),
        article("Long", "Tea and many other things were served to all of the guests."),
    )
    assert found(index, "common OR rare")[0] == "Rare"
    assert found(index, "again") == ["Twice", "Once"]
    assert found(index, "tea") == ["Short", "Long"]


def test_a_word_in_the_headline_weighs_more_than_one_in_the_text(address: str) -> None:
    index = index_of(address, article("Nothing", "Rain came down."), article("Rain", "It came down."))
    assert found(index, "rain") == ["Rain", "Nothing"]


def test_equal_scores_are_ordered_by_date_then_id_then_paragraph(address: str) -> None:
    days = {"c": "2024-01-02", "a": "2024-01-01", "b": "2024-01-02", "d": None}
    index = index_of(
        address,
        *(article(None, "Rain.", "Rain.", outlet=name, date=day, url=name) for name, day in days.items()),
    )
    hits = index.search("rain", all_paragraphs=True)
    assert len({hit.score for hit in hits}) == 1
    assert [(hit.outlet, hit.paragraph) for hit in hits] == [
        ("b", 1), ("b", 2), ("c", 1), ("c", 2), ("a", 1), ("a", 2), ("d", 1), ("d", 2),
    ]  # fmt: skip
    assert [hit.outlet for hit in index.search("rain")] == ["b", "c", "a", "d"]


def test_moments_in_different_zones_are_ordered_as_they_passed(address: str) -> None:
    index = index_of(
        address,
        article("Second", "Rain.", date="2024-07-25T01:00:00+03:00"),
        article("Third", "Rain.", date="2024-07-24T23:00:00Z"),
        article("First", "Rain.", date="2024-07-24T12:00:00-05:00"),
    )
    assert found(index, "rain") == ["Third", "Second", "First"]
    assert found(index, "rain", sort="oldest") == ["First", "Second", "Third"]


def test_sorting_by_date_puts_undated_articles_last_either_way(address: str) -> None:
    index = index_of(
        address,
        article("Undated", "Rain rain rain."),
        article("Old", "Rain.", date="2020-01-01"),
        article("New", "Rain and more.", date="2024-01-01"),
    )
    assert found(index, "rain", sort="newest") == ["New", "Old", "Undated"]
    assert found(index, "rain", sort="oldest") == ["Old", "New", "Undated"]


def test_pages_put_together_are_the_whole(address: str) -> None:
    index = index_of(
        address, *(article(f"Rain {n % 3}", f"Rain {'again ' * (n % 4)}", url=f"u{n}") for n in range(20))
    )
    whole = index.search("rain", limit=None).hits
    pages = [hit for offset in range(0, 25, 3) for hit in index.search("rain", limit=3, offset=offset)]
    assert pages == list(whole)
    assert index.search("rain", limit=0).total_articles == 20
    assert len(index.search("rain")) == 10


def test_how_the_articles_came_in_changes_nothing(address: str, other_address: str) -> None:
    articles = [article(f"Rain {n}", "Rain." * (n % 3 + 1), url=f"u{n}") for n in range(9)]
    once = index_of(address, *articles)
    often = newssearch.create(other_address)
    for one in reversed(articles):
        often.add([one])
    often.add([article("Gone", "Rain rain rain.")])
    often.remove(often.find("gone"))
    came = [hit.added for hit in often.search("rain", sort="oldest", limit=None)]
    assert len(set(came)) == len(articles), "each came with a commit of its own"
    assert [without_added(hit) for hit in once.search("rain")] == [
        without_added(hit) for hit in often.search("rain")
    ]


def without_added(hit: Hit) -> Hit:
    """The hit without the time at which its article came into the index."""
    return dataclasses.replace(hit, added=None)


# ---- filters


@pytest.fixture
def filtered(address: str) -> Index:
    return index_of(
        address,
        article("A", "Rain.", outlet="www.Example.org", source="AFP", byline="José García Márquez",
                located="Rio de Janeiro", lang="en-GB", date="2024-07-25"),
        article("B", "Rain.", outlet="The Guardian", source="Reuters", byline="Ana Silva and Jo Garcia",
                located="Baghdad", lang="en", date="2024-06-30T23:30:00-05:00"),
        article("C", "Rain.", outlet="O Público", lang="pt-BR", date="2023-12-31"),
        article("D", "Rain."),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        ({"outlet": "example.org"}, "A"),
        ({"outlet": "THE  GUARDIAN"}, "B"),
        ({"outlet": "o publico"}, "C"),
        ({"outlet": "guardian"}, "B"),  # another of its names
        ({"outlet": "www.theguardian.com"}, "B"),
        ({"outlet": "guardi"}, ""),
        ({"outlet": ["the guardian", "o público"]}, "BC"),
        ({"source": "reuters"}, "B"),
        ({"source": "o público"}, "C"),  # where nothing says otherwise, the outlet
        ({"byline": "garcia"}, "AB"),
        ({"byline": "GARCÍA MÁRQUEZ"}, "A"),
        ({"byline": "garc"}, ""),
        ({"byline": "garcia josé"}, ""),
        ({"located": "rio"}, "A"),
        ({"lang": "en"}, "AB"),
        ({"lang": "EN-gb"}, "A"),
        ({"lang": "e"}, ""),
        ({"lang": ["en-GB", "pt"]}, "AC"),
        ({"outlet": "example.org", "lang": "pt"}, ""),
        ({"since": "2024"}, "AB"),
        ({"since": "2024-07"}, "A"),
        ({"until": "2024-06"}, "BC"),
        ({"until": "2023"}, "C"),
        ({"on": "2024"}, "AB"),
        ({"on": "2024-06-30"}, "B"),  # the day that the outlet's clock had
        ({"on": dt.date(2024, 7, 25)}, "A"),
        ({"on": dt.datetime(2024, 7, 25)}, "A"),
        ({"on": "2024-06-30T23:30"}, "B"),
        ({"since": "2023-12-31", "until": "2024-06-30"}, "BC"),
        ({"since": dt.datetime(2024, 6, 30, 23, 31)}, "A"),
        ({"until": dt.datetime(2024, 6, 30, 23, 30)}, "BC"),
    ],
)
def test_filters(filtered: Index, options: dict[str, object], titles: str) -> None:
    assert sorted(filter(None, found(filtered, "rain", **options))) == list(titles)
    assert filtered.find("rain", **options) == sorted(  # type: ignore[arg-type]
        hit.id
        for hit in filtered.search("rain", **options)  # type: ignore[arg-type]
    )


def test_a_language_tag_with_an_underscore_is_a_variant_too(address: str) -> None:
    index = index_of(address, article("A", "Rain.", lang="en_GB"))
    assert found(index, "rain", lang="en") == ["A"]


def test_filters_never_change_scores(filtered: Index) -> None:
    scores = {hit.id: hit.score for hit in filtered.search("rain OR a")}
    for hit in filtered.search("rain OR a", lang="en", since="2024"):
        assert hit.score == scores[hit.id]


def test_a_filter_value_that_no_article_has_is_a_note_with_the_names_that_are_near(filtered: Index) -> None:
    results = filtered.search("rain", outlet=["the gaurdian", "example.org"], lang="xx")
    assert [(note.kind, note.message, note.suggestion) for note in results.diagnostics] == [
        ("unknown-value", "no article has the outlet 'the gaurdian'", "did you mean The Guardian?"),
        ("unknown-value", "no article has the lang 'xx'", ""),
    ]
    (note,) = filtered.search("rain", outlet="guardia").diagnostics
    assert note.suggestion == "did you mean The Guardian?"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"since": "2024-02-30"}, "since: '2024-02-30' is not a date; write 2024"),
        ({"until": "some day"}, "until: 'some day' is not a date"),
        ({"on": ""}, "on: '' is not a date"),
        ({"since": "2025", "until": "2024"}, "no date is both since 2025 and until 2024; swap them"),
        ({"on": "2024", "since": "2024"}, "not both"),
        ({"outlet": " "}, "the filter on outlet is empty"),
        ({"facets": "outlets"}, "there is no facet 'outlets'; did you mean outlet?"),
        ({"facets": ["zzz"]}, "there is no facet 'zzz'; the facets are: outlet, "),
        ({"sort": "best"}, "cannot sort by 'best'; the choices are: relevance, newest, oldest"),
        ({"limit": -1}, "cannot be negative"),
        ({"offset": -1}, "cannot be negative"),
    ],
)
def test_what_would_silently_find_nothing_is_an_error(
    filtered: Index, options: dict[str, object], message: str
) -> None:
    with pytest.raises(QueryError) as caught:
        filtered.search("rain", **options)  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert caught.value.exit_code == 2


def test_articles_without_a_date_are_counted_where_a_date_leaves_them_out(address: str) -> None:
    index = index_of(
        address,
        article("A", "Rain.", date="2024-07-25", lang="en"),
        article("B", "Rain.", lang="en"),
        article("C", "Rain and storm."),
        article("D", "Sun."),
    )
    assert [
        index.search(query, **options).undated  # type: ignore[arg-type]
        for query, options in [
            ("rain", {}), ("rain", {"since": "2024"}), ("rain", {"on": "2023"}), ("rain", {"until": "2024", "lang": "en"}),
            ("rain date:2024", {}), ("storm OR date:2024", {}), ("rain -date:2024", {}), ("rain (storm OR date:2024)", {}),
            ("rain -(storm -date:2024)", {}), ("rain date:2024 -date:2023", {}),
        ]
    ] == [0, 2, 2, 1, 2, 2, 0, 1, 1, 2]  # fmt: skip


def test_a_section_is_a_filter(address: str) -> None:
    index = index_of(
        address, article("A", "Rain.", section="World News"), article("B", "Rain.", section="Sport")
    )
    assert found(index, "rain", section="WORLD  news") == ["A"]
    assert found(index, "rain", section=["sport", "world news"]) == ["A", "B"]
    assert [rank.id for rank in index.rank("rain", section="sport")] == index.find("rain", section="sport")
    assert index.count("rain", section="world") == 0


# ---- facets


def test_facets_count_the_articles_that_match_whatever_the_page(filtered: Index) -> None:
    results = filtered.search("rain", limit=1, facets=["lang", "year", "outlet"], since="2023")
    assert results.facets == {
        "lang": (FacetValue("en", 2), FacetValue("pt", 1)),
        "year": (FacetValue("2023", 1, selected=True), FacetValue("2024", 2, selected=True)),
        "outlet": (
            FacetValue("O Público", 1),
            FacetValue("The Guardian", 1),
            FacetValue("www.Example.org", 1),
        ),
    }


def test_articles_without_a_value_are_counted_last_among_equals(filtered: Index) -> None:
    assert filtered.search("", facets="month").facets["month"] == (
        FacetValue("2023-12", 1), FacetValue("2024-06", 1), FacetValue("2024-07", 1), FacetValue(None, 1),
    )  # fmt: skip
    assert filtered.search("", facets="section").facets["section"] == (FacetValue(None, 4),)


def test_facets_of_an_empty_index_are_empty(address: str) -> None:
    results = newssearch.create(address).search("", facets=FACET_FIELDS)
    assert all(values == () for values in results.facets.values())
    assert set(results.facets) == set(FACET_FIELDS)


# ---- the engine against its obvious twin

VOCABULARY = ["iraq", "Iraq’s", "rain", "supports", "supporting", "the", "governos", "日本", "U.S.", "1,000"]
SENTENCES = st.lists(st.sampled_from([*VOCABULARY, "—"]), min_size=1, max_size=6).map(" ".join)
OUTLETS = ["The Guardian", "the guardian", "www.example.org", "O Público"]
BYLINES = ["Ana Silva", "ANA SILVA", "Ana María Silva", "Silva", "Jo Roe and Ana Silva"]
ZONES = [
    None,
    dt.timezone.utc,
    dt.timezone(dt.timedelta(hours=3)),
    dt.timezone(dt.timedelta(hours=-5, minutes=-30)),
]
DATES = st.one_of(
    st.none(),
    st.sampled_from([dt.date(2024, 7, 24), dt.date(2024, 7, 25), dt.date(2023, 12, 31)]),
    st.sampled_from([PartialDate(2024, 7), PartialDate(2023, 12), PartialDate(2024)]),
    st.builds(
        lambda day, hour, zone: dt.datetime(2024, 7, day, hour, 30, tzinfo=zone),
        st.integers(24, 26),
        st.sampled_from([0, 12, 23]),
        st.sampled_from(ZONES),
    ),
)
ARTICLES = st.builds(
    lambda title, paragraphs, number, **fields: article(
        title if title or paragraphs else "rain", *paragraphs, url=f"u{number}", **fields
    ),
    title=st.none() | SENTENCES,
    paragraphs=st.lists(SENTENCES, max_size=4),
    number=st.integers(0, 30),
    date=DATES,
    outlet=st.none() | st.sampled_from(OUTLETS),
    source=st.none() | st.sampled_from(["AFP", "Reuters"]),
    byline=st.none() | st.sampled_from(BYLINES),
    located=st.none() | st.sampled_from(["Baghdad", "New Baghdad"]),
    lang=st.sampled_from([None, "en", "EN", "en-GB", "pt_BR", "pt"]),
    section=st.none() | st.sampled_from(["World", "WORLD", "Sport"]),
)
LEAVES = st.sampled_from(VOCABULARY).map(Word) | st.lists(
    st.sampled_from(VOCABULARY), min_size=2, max_size=3
).map(lambda words: Phrase(" ".join(words)))
TREES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        below.map(Not),
        below.map(lambda node: Or((Everything(), node))),
        st.lists(below, min_size=2, max_size=3).map(lambda nodes: And(tuple(nodes))),
        st.lists(below, min_size=2, max_size=3).map(lambda nodes: Or(tuple(nodes))),
    ),
    max_leaves=5,
) | st.sampled_from([Everything(), Not(Everything())])
DATED_TREES = TREES | st.tuples(
    TREES,
    st.sampled_from(
        [
            "{0} AND date:2024",
            "date:2024 OR {0}",
            "{0} AND NOT date:2024",
            "NOT (date:2024-07 OR {0})",
            "NOT ({0} AND NOT date:2024) OR date:2023",
            "{0} AND added:2024-07-26",
            "date:2024 OR NOT ({0} AND added:<2024-07-26)",
        ]
    ),
).map(lambda pair: parse(pair[1].format(f"({pair[0]})")).tree)
PERIODS = st.sampled_from(["2024", "2023-12", "2024-07", "2024-07-25", "2024-07-25T00:30"])
_STARTS = {
    "2024": (dt.datetime(2024, 1, 1), dt.datetime(2025, 1, 1)),
    "2023-12": (dt.datetime(2023, 12, 1), dt.datetime(2024, 1, 1)),
    "2024-07": (dt.datetime(2024, 7, 1), dt.datetime(2024, 8, 1)),
    "2024-07-25": (dt.datetime(2024, 7, 25), dt.datetime(2024, 7, 26)),
    "2024-07-25T00:30": (dt.datetime(2024, 7, 25, 0, 30), dt.datetime(2024, 7, 25, 0, 31)),
}
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "outlet": st.lists(st.sampled_from(["the GUARDIAN", "example.org", "o publico", "nobody"]), min_size=1, max_size=2),
        "source": st.lists(st.sampled_from(["afp", "The Guardian"]), min_size=1, max_size=2),
        "byline": st.lists(st.sampled_from(["silva", "ana maria", "maria silva"]), min_size=1, max_size=2),
        "located": st.lists(st.sampled_from(["baghdad", "New Baghdad"]), min_size=1, max_size=1),
        "lang": st.lists(st.sampled_from(["en", "EN-gb", "pt"]), min_size=1, max_size=2),
        "section": st.lists(st.sampled_from(["WORLD", "sport", "Arts"]), min_size=1, max_size=2),
    },
)  # fmt: skip


@st.composite
def requests(draw: st.DrawFn) -> tuple[reference.Request, dict[str, object]]:
    """Return a request for the reference search, and the same options for ``Index.search``."""
    filters = draw(st.just({}) | FILTERS)
    since, until, on = draw(st.none() | PERIODS), draw(st.none() | PERIODS), draw(st.none() | PERIODS)
    if draw(st.booleans()):
        since = until = on = None
    if on is not None:
        since = until = None
    start = _STARTS[since or on][0] if since or on else None  # type: ignore[index]
    end = _STARTS[until or on][1] if until or on else None  # type: ignore[index]
    assume(start is None or end is None or start < end)
    page: dict[str, object] = {
        "sort": draw(st.sampled_from(["relevance", "relevance", "newest", "oldest", "added"])),
        "limit": draw(st.none() | st.integers(0, 8)),
        "offset": draw(st.just(0) | st.integers(0, 8)),
        "all_paragraphs": draw(st.booleans()),
        "facets": draw(st.lists(st.sampled_from(FACET_FIELDS), unique=True)),
    }
    request = reference.Request(filters, start, end, **page)  # type: ignore[arg-type]
    return request, {**filters, "since": since, "until": until, "on": on, **page}


STEPS = st.lists(st.lists(ARTICLES, min_size=1, max_size=5) | st.integers(0, 20), min_size=1, max_size=6)
"""The steps of an index: a list adds articles in one batch, a number removes the article with that number."""


@settings(
    max_examples=25 * THOROUGH,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps=STEPS, searches=st.lists(st.tuples(DATED_TREES, requests()), min_size=1, max_size=6))
def test_the_engine_finds_what_a_search_without_an_index_finds(
    engine: Engine,
    steps: list[list[Article] | int],
    searches: list[tuple[Node, tuple[reference.Request, dict[str, object]]]],
) -> None:
    held: dict[str, Article] = {}  # by the ids of their first versions
    ids: dict[int, str] = {}
    with engine.index() as index:
        for step in steps:
            if isinstance(step, int):
                chosen = sorted(held)[step : step + 1]
                assert index.remove(chosen) == len(chosen)
                for gone in chosen:
                    del held[gone], ids[id_number(gone)]
            else:
                index.add(step)
                for one in step:
                    first = ids.setdefault(id_number(one.id), one.id)
                    held[first] = dataclasses.replace(one, id=first)
        held = set_added(index, held)
        assert index.info().contents.articles == len(held)
        assert [index.article(name) for name in held] == list(held.values())
        for tree, (request, options) in searches:
            expected = reference.search(held.values(), tree, request)
            event(f"{min(expected.total_articles, 3)} or more articles")
            results = index.search(Query(str(tree), tree), group=False, **options)  # type: ignore[arg-type]
            assert (results.total_articles, results.total_paragraphs, results.undated, results.imprecise) == (
                expected.total_articles, expected.total_paragraphs, expected.undated, expected.imprecise,
            )  # fmt: skip
            assert [(h.id, h.paragraph, h.paragraphs, h.matching) for h in results] == [
                (h.id, h.paragraph, h.paragraphs, h.matching) for h in expected.hits
            ]
            assert [h.score for h in results] == pytest.approx([h.score for h in expected.hits], abs=1e-6)
            for hit in results:
                assert hit.title == held[hit.id].title
                assert hit.date == held[hit.id].date
                assert hit.text == (held[hit.id].paragraphs[hit.paragraph - 1].text if hit.paragraph else "")
            assert {
                name: [(value.value, value.articles) for value in values]
                for name, values in results.facets.items()
            } == expected.facets
            narrowed = {k: v for k, v in options.items() if k in (*reference.FILTERS, "since", "until", "on")}
            assert index.find(Query("", tree), **narrowed) == expected.ids  # type: ignore[arg-type]
            assert index.count(Query("", tree), **narrowed) == len(expected.ids)  # type: ignore[arg-type]
        assert (len(index), list(index)) == (len(held), [held[name] for name in sorted(held)])


EAST, WEST = (dt.timezone(dt.timedelta(hours=hours)) for hours in (14, -12))
ENDS: list[dt.date | dt.datetime] = [
    dt.date.min,
    dt.date.max,
    dt.datetime.min,
    dt.datetime.max,
    dt.datetime.max.replace(microsecond=0),
    dt.datetime(2024, 7, 25),
    *(
        moment.replace(tzinfo=zone)
        for moment in (dt.datetime.min, dt.datetime.max)
        for zone in (EAST, WEST, dt.timezone.utc)
    ),
]
DATES_AT_THE_ENDS: list[dt.date | dt.datetime | None] = [
    None,
    dt.date.min,
    dt.date.max,
    dt.datetime.max,
    dt.datetime.max - dt.timedelta(microseconds=1),
    dt.datetime.max.replace(tzinfo=dt.timezone.utc),
    dt.date(2024, 7, 25),
    dt.datetime(2024, 7, 25, tzinfo=WEST),
]


def in_period(date: Date | None, since: object, until: object) -> bool:
    """Whether a date is in a period, both ends included. It compares whole numbers, which have no last moment."""
    if date is None:
        return False

    def span(when: object, zone: bool) -> tuple[int, int]:
        first = when if isinstance(when, dt.datetime) else dt.datetime(when.year, when.month, when.day)  # type: ignore[attr-defined]
        offset = (first.utcoffset() if zone else None) or dt.timedelta(0)
        micro = dt.timedelta(microseconds=1)
        low = (first.replace(tzinfo=None) - dt.datetime.min) // micro - offset // micro
        return low, low if isinstance(when, dt.datetime) else low + 86_400_000_000 - 1

    def zoned(bound: object) -> bool:
        return isinstance(bound, dt.datetime) and bound.tzinfo is not None

    return (since is None or span(since, zoned(since))[0] <= span(date, zoned(since))[0]) and (
        until is None or span(date, zoned(until))[0] <= span(until, zoned(until))[1]
    )


def test_the_ends_of_the_calendar_are_dates_as_all_others(address: str) -> None:
    made = [article(f"Rain {n}", url=f"u{n}", date=date) for n, date in enumerate(DATES_AT_THE_ENDS)]
    with index_of(address, *made) as index:
        for since, until in itertools.product([None, *ENDS], repeat=2):
            if since is until is None:
                continue
            expected = sorted(one.id for one in made if in_period(one.date, since, until))
            try:
                found = sorted(index.find("", since=since, until=until))
            except QueryError:  # they are the wrong way round
                found = []
            assert found == expected, (since, until)
        for on in ENDS:
            assert sorted(index.find("", on=on)) == sorted(
                one.id for one in made if in_period(one.date, on, on)
            ), on


@pytest.mark.parametrize(
    ("query", "dates"),
    [
        ("date:9999", [1, 2, 3, 4]),
        ("date:9999-12-31T23:59:59", [2, 3, 4]),
        ("date:..9999", [0, 1, 2, 3, 4]),
        ("date:0001..", [0, 1, 2, 3, 4]),
        ("date:<=0001-01-01", [0]),
        ("date:<0001", []),
    ],
)
def test_the_last_period_of_the_calendar_is_whole(address: str, query: str, dates: list[int]) -> None:
    last = dt.datetime.max
    made = [
        article(f"Rain {n}", url=f"u{n}", date=date)
        for n, date in enumerate([dt.date.min, dt.date.max, last.replace(microsecond=0), last, last.replace(tzinfo=dt.timezone.utc)])
    ]  # fmt: skip
    with index_of(address, article("Rain"), *made) as index:
        assert sorted(index.find(query)) == sorted(made[n].id for n in dates)
    with pytest.raises(QueryError, match="'>9999' is not a date"):
        parse("date:>9999")
