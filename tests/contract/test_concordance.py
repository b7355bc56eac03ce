"""Concordances: which occurrences have a line, in which order, with which words around them."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import concordance_twin
import newssearch
from concordance_twin import Options
from drawn import ARTICLES, TREES
from newssearch import Article, Concordance, Index, QueryError, Request, SearchStoppedError
from newssearch.corpus import concordance
from newssearch.query import Node, Word, parse, scored_leaves, side_by_side
from support import THOROUGH, article, index_of

from .conftest import Engine

pytestmark = pytest.mark.usefixtures("without_boilerplate")


def parts(found: Concordance) -> list[str]:
    """Return the lines as text, with the match in brackets."""
    return [f"{line.left}[{line.match}]{line.right}" for line in found]


@pytest.fixture
def rain(address: str) -> Iterator[Index]:
    """Return an index of four articles."""
    with index_of(
        address,
        article("Storm", "Heavy rain fell, said Ann.", "After rain came rain!", date="2024-07-25", outlet="Echo", url="a"),
        article("Floods", "More rain is expected.", date="2024-07-26", outlet="Post", url="b"),
        article("Rain at last", "It poured.", date="2024-07-27", outlet="Echo", url="c"),
        article("Weather", "RAIN, then sun.", outlet="Post", url="d"),
    ) as index:  # fmt: skip
        yield index


# ---- what has a line


def test_each_occurrence_in_a_paragraph_has_a_line_and_headlines_have_none(rain: Index) -> None:
    found = rain.kwic("rain", sort="oldest")
    assert parts(found) == [
        "Heavy [rain] fell, said Ann.",
        "After [rain] came rain!",
        "After rain came [rain]!",
        "More [rain] is expected.",
        "[RAIN], then sun.",
    ]
    assert [line.title for line in found] == ["Storm", "Storm", "Storm", "Floods", "Weather"]
    assert [line.address.partition("#")[2] for line in found] == ["1", "2", "2", "1", "1"]
    assert (found.total_occurrences, found.total_paragraphs) == (5, 4)
    assert (found.total_articles, found.without_lines) == (4, 1)


def test_a_line_says_where_it_stands(rain: Index) -> None:
    line = rain.kwic("rain", width=1, sort="oldest")[2]
    text = rain.article(line.id).paragraphs[line.paragraph - 1].text
    assert (line.left, line.match, line.right) == ("came ", "rain", "!")
    assert text[line.start :] == "came rain!"
    assert (str(line.date), line.outlet) == ("2024-07-25", "Echo")


def test_equal_matches_of_several_units_are_one_line_and_overlapping_ones_are_several(address: str) -> None:
    index = index_of(address, article("x", "Donald Trump spoke."))
    assert parts(index.kwic('trump OR trump* OR "donald trump"')) == [
        "[Donald Trump] spoke.",
        "Donald [Trump] spoke.",
    ]


def test_negated_units_have_no_lines_and_exclude_articles(rain: Index) -> None:
    assert parts(rain.kwic("rain -ann", sort="oldest")) == ["More [rain] is expected.", "[RAIN], then sun."]


def test_filters_and_regions_choose_the_lines(address: str) -> None:
    index = index_of(
        address,
        article("x", "Rain one.", "Sun two.", "Rain three.", outlet="Echo", url="a"),
        article("y", "Rain four.", outlet="Post", url="b"),
    )
    assert parts(index.kwic("hlead(rain)", outlet="Echo")) == ["[Rain] one."]
    assert len(index.kwic("rain", outlet="Echo")) == 2


def test_lines_of_novel_paragraphs_only(engine: Engine) -> None:
    told = "The ministry said on Monday that rain had flooded two bridges in the north of the country."
    with engine.index(
        article("First", told, date="2024-01-01", outlet="Echo", url="a"),
        article("Second", told, "More rain fell.", date="2024-01-02", outlet="Post", url="b"),
    ) as index:
        assert len(index.kwic("rain")) == 3
        novel = index.kwic("rain", novel=True, sort="oldest")
        assert [(line.title, line.paragraph) for line in novel] == [("First", 1), ("Second", 2)]
        assert (novel.total_occurrences, novel.total_paragraphs) == (2, 2)


def test_dates_that_exclude_articles_are_accounted_for(rain: Index) -> None:
    found = rain.kwic("rain", since="2024-07-26")
    assert (found.total_articles, found.undated) == (2, 1)


@pytest.mark.parametrize(
    "query", ["", "-rain", "outlet:echo", "title:rain", "date:2024", "title:(rain OR sun) -heat"]
)
def test_a_query_without_anything_to_show_is_an_error(rain: Index, query: str) -> None:
    with pytest.raises(QueryError, match="no word or phrase that is searched in paragraphs"):
        rain.kwic(query)


def test_a_misspelt_word_is_noted(rain: Index) -> None:
    found = rain.kwic("expeced")
    assert len(found) == 0
    assert "expected" in found.diagnostics[0].suggestion


# ---- the context


def test_words_are_those_of_the_tokenizer_and_what_stands_between_them_is_kept(address: str) -> None:
    texts = {
        "en": ("He said: “U.S. forces left Iraq’s north-east — at 3.5bn dollars.” #BlackLivesMatter rose.", "iraq", "left [Iraq’s] north"),
        "fr": ("Le sommet de l'OTAN à Paris.", "otan", "de [l'OTAN] à"),
        "zh": ("中国在北京举行会议。", "北京", "在[北京]举"),
        "ar": ("قال الملك سلمان اليوم", "سلمان", "الملك [سلمان] اليوم"),
    }  # fmt: skip
    index = index_of(
        address, *(article(lang, text, lang=lang, url=lang) for lang, (text, _, _) in texts.items())
    )
    for lang, (_, query, expected) in texts.items():
        assert parts(index.kwic(query, width=1, lang=lang)) == [expected]
    assert parts(index.kwic("lives", width=1)) == ["Black[Lives]Matter"]
    assert parts(index.kwic("blacklivesmatter", width=1)) == ["dollars.” #[BlackLivesMatter] rose."]
    assert parts(index.kwic("usa", width=1)) == ["said: “[U.S.] forces"]


def test_a_context_does_not_cross_paragraphs_and_has_the_ends_of_its_own(address: str) -> None:
    index = index_of(address, article("x", "Before.", "«Rain»", "“It may snow or hail!” she said.", "After."))
    assert parts(index.kwic("rain")) == ["«[Rain]»"]
    assert parts(index.kwic("snow", width=2)) == ["“It may [snow] or hail"]
    assert parts(index.kwic("snow", width=1)) == ["may [snow] or"]
    assert parts(index.kwic("snow", width=4)) == ["“It may [snow] or hail!” she said."]
    assert parts(index.kwic("snow", width=3)) == ["“It may [snow] or hail!” she"]


def test_words_without_end_are_cut_at_a_character(address: str) -> None:
    accented = "e\u0301" * 3000
    index = index_of(address, article("x", f"{accented} rain {'x' * 9000}"))
    (line,) = index.kwic("rain", width=1)
    assert len(line.left) < 60
    assert line.left.startswith("e")
    assert len(line.right) < 60
    (long,) = index.kwic("/x+/", width=1)
    assert len(long.match) == 2000
    assert long.right == ""


# ---- the order


def test_lines_are_ordered_by_the_words_to_the_right_or_to_the_left_nearest_first(address: str) -> None:
    index = index_of(
        address,
        article("a", "big old rain falls here", date="2024-01-01", url="a"),
        article("b", "Éclat of old rain Falls hard", date="2024-01-03", url="b"),
        article("c", "a new rain, falls hard", date="2024-01-02", url="c"),
        article("d", "rain", url="d"),
    )
    assert [line.title for line in index.kwic("rain", sort="right")] == ["d", "b", "c", "a"]
    assert [line.title for line in index.kwic("rain", sort="left")] == ["d", "c", "a", "b"]


def test_equal_lines_are_ordered_by_date_then_id_then_place(address: str) -> None:
    index = index_of(
        address,
        *(article(name, "rain rain", "rain", date=date, url=name) for name, date in
          (("b", "2024-01-01"), ("a", "2024-01-01"), ("c", "2024-01-02"), ("d", None), ("e", "2023"))),
    )  # fmt: skip
    newest = [
        (line.title, line.paragraph, line.start + len(line.left))
        for line in index.kwic("rain", sort="newest")
    ]
    one = [(1, 0), (1, 5), (2, 0)]
    assert newest == [(name, *place) for name in "cabed" for place in one]
    oldest = [line.title for line in index.kwic("rain", sort="oldest")]
    assert oldest == [name for name in "eabcd" for _ in one]
    right = [(line.title, line.paragraph, line.start) for line in index.kwic("rain", sort="right")]
    assert right[:10] == [(name, number, 0) for name in "cabed" for number in (1, 2)]


def test_relevance_is_the_order_of_articles_in_a_search(rain: Index) -> None:
    ids = [line.id for line in rain.kwic("rain")]
    ranked = [hit.id for hit in rain.search("rain", group=False)]
    assert list(dict.fromkeys(ids)) == [name for name in ranked if name in ids]
    assert all(ranked.index(one) <= ranked.index(other) for one, other in pairwise(ids))


@pytest.mark.parametrize("sort", concordance.LINE_SORTS)
def test_pages_are_parts_of_the_whole(rain: Index, sort: str) -> None:
    whole = rain.kwic("rain OR sun", sort=sort, limit=None)
    assert len(whole) == whole.total_lines == 6
    for offset in range(8):
        for limit in range(8):
            page = rain.kwic("rain OR sun", sort=sort, limit=limit, offset=offset)
            assert page.lines == whole[offset : offset + limit]
            assert page.total_occurrences == 6


# ---- samples


def many() -> list[Article]:
    """Return articles with thirty occurrences of "rain"."""
    return [
        article(f"n{n}", "rain and rain", f"rain {n}", date=f"2024-01-{n + 1:02}", url=f"u{n}")
        for n in range(10)
    ]


def places(found: Concordance) -> set[tuple[str, int, int]]:
    return {(line.id, line.paragraph, line.start + len(line.left)) for line in found}


def test_a_sample_is_reproducible_and_depends_on_the_seed_alone(engine: Engine) -> None:
    articles = many()
    with engine.index(*articles) as index, engine.index(*articles[5:], article("gone", "rain rain")) as other:
        gone = index.kwic("gone OR rain", limit=0)
        assert gone.total_occurrences == 30
        other.add(reversed(articles[:5]))
        other.remove([name for name in other.find("") if name not in set(index.find(""))])
        drawn = [index.kwic("rain", sample=9, seed=seed) for seed in range(9)]
        assert len({frozenset(places(one)) for one in drawn}) == 9
        for seed, one in enumerate(drawn):
            assert (len(one), one.sample, one.seed, one.total_occurrences) == (9, 9, seed, 30)
            assert other.kwic("rain", sample=9, seed=seed, sort="right").sample == 9
            assert places(other.kwic("rain", sample=9, seed=seed)) == places(one)
            assert places(index.kwic("rain", sample=4, seed=seed)) < places(one)
        assert index.kwic("rain", sample=9) == index.kwic("rain", sample=9, seed=0)


def test_every_occurrence_is_drawn_as_often_as_another(address: str) -> None:
    index = index_of(address, *many())
    drawn = [place for seed in range(200) for place in places(index.kwic("rain", sample=6, seed=seed))]
    times = [drawn.count(place) for place in set(drawn)]
    assert len(times) == 30
    assert 20 < min(times) <= max(times) < 62  # 40 each, of which the standard deviation is 5.7


def test_a_sample_that_is_no_smaller_is_all(rain: Index) -> None:
    found = rain.kwic("rain", sample=5, seed=3)
    assert (found.sample, found.seed, len(found)) == (None, None, 5)


def test_of_many_lines_a_sample_is_sorted_by_words_and_the_result_says_so(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concordance, "MAX_LINES_SORTED_BY_WORDS", 7)
    index = index_of(address, *many())
    for options in ({}, {"sample": 12}):
        found = index.kwic("rain", sort="right", seed=4, limit=None, **options)  # type: ignore[arg-type]
        assert (found.sample, found.seed, found.total_lines, len(found)) == (7, 4, 7, 7)
        assert (found.total_occurrences, found.total_paragraphs) == (30, 20)
        assert places(found) == places(index.kwic("rain", sample=7, seed=4))
    assert index.kwic("rain", sort="right", sample=3).sample == 3
    assert index.kwic("rain", sort="newest").sample is None


# ---- options and values


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"width": 0}, QueryError, "width is at least 1"),
        ({"width": 101}, QueryError, "width is at most 100"),
        ({"sort": "added"}, QueryError, "cannot sort by 'added'"),
        ({"sample": 0}, QueryError, "sample is at least 1"),
        ({"limit": -1}, QueryError, "limit is at least 0"),
        ({"seed": 1}, QueryError, "seed has no effect without sample"),
        ({"sample": 2, "seed": -1}, QueryError, "seed is at least 0"),
        ({"sample": 2, "seed": 1 << 64}, QueryError, "seed is at most"),
        ({"width": "3"}, TypeError, "width: wanted a whole number"),
        ({"snippet": 3}, TypeError, "takes no 'snippet'"),
        ({"request": Request(facets="outlet")}, TypeError, "takes no 'facets'"),
    ],
)
def test_options_that_are_wrong_or_without_effect_are_refused(
    rain: Index, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        rain.kwic("rain", **options)


def test_a_concordance_is_a_value(rain: Index) -> None:
    found = rain.kwic("rain", limit=2)
    assert pickle.loads(pickle.dumps(found)) == found == rain.kwic("rain", limit=2)
    assert found != rain.kwic("rain", limit=1)
    assert found.commit == rain.commit
    assert found.to_dict()["rows"] == [line.to_dict() for line in found]
    assert list(found[0].to_dict()) == [
        "address",
        "date",
        "outlet",
        "title",
        "left",
        "match",
        "right",
        "start",
    ]
    assert repr(found) == "<Concordance for 'rain': 5 occurrences, 2 lines on this page>"
    assert "<mark>" in found._repr_html_()
    assert len(repr(found[0])) < 200


def test_the_search_can_be_stopped(rain: Index) -> None:
    for sort in concordance.LINE_SORTS:
        with pytest.raises(SearchStoppedError):
            rain.kwic("rain", sort=sort, stop=lambda: True)
    calls = 0

    def after_texts() -> bool:
        nonlocal calls
        calls += 1
        return False

    rain.kwic("rain", sort="right", stop=after_texts, limit=0)
    before = calls
    rain.kwic("rain", sort="right", stop=after_texts)
    assert calls - before >= before + 4  # once more for each text that is read


# ---- everything else


def shows_lines(tree: Node) -> bool:
    return not all(use.optional or use.region == "title" for use in scored_leaves(side_by_side(tree)))


@settings(max_examples=8 * THOROUGH, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    articles=st.lists(ARTICLES, min_size=1, max_size=6, unique_by=lambda one: one.id.rpartition("-")[2]),
    trees=st.lists(TREES.filter(shows_lines) | st.just(Word("rain")), min_size=1, max_size=4),
    sort=st.sampled_from(concordance.LINE_SORTS),
    width=st.integers(1, 4),
    sample=st.none() | st.integers(1, 8),
    page=st.tuples(st.none() | st.integers(0, 5), st.integers(0, 6)),
)
def test_lines_are_those_of_a_concordance_without_an_index(
    engine: Engine,
    articles: list[Article],
    trees: list[Node],
    sort: str,
    width: int,
    sample: int | None,
    page: tuple[int | None, int],
) -> None:
    with engine.index(*articles) as index:
        held = {one.id: index.article(one.id) for one in articles}
        for tree in trees:
            limit, offset = page
            ranked = [hit.id for hit in index.search(tree, group=False, limit=None)]
            options = Options(sort, width, sample, 5)
            expected = concordance_twin.lines(held, ranked, side_by_side(tree), options)
            found = index.kwic(
                tree,
                width=width,
                sort=sort,
                sample=sample,
                seed=5 if sample else None,
                limit=limit,
                offset=offset,
            )
            event(f"{min(len(expected), 3)} or more lines")
            assert list(found) == expected[offset : None if limit is None else offset + limit]
            assert found.total_lines == len(expected)
            assert found.total_articles == len(ranked)


def test_a_parsed_query_is_taken_as_it_is(rain: Index) -> None:
    assert (
        rain.kwic(parse("rain"))
        == rain.kwic("rain")
        == newssearch.Concordance(**_attributes(rain.kwic("rain")))
    )


def _attributes(found: Concordance) -> dict[str, Any]:
    return {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
