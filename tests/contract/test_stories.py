"""Copies of a story, whole, cut or edited, are found and shown once; articles that only resemble a copy are not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newssearch
from newssearch import Article, ArticleNotFoundError, Index
from stories_sample import AGENCY, DAM, FOOTER, OTHER, PAPER, RADIO, VOTE, made, unlike
from support import THOROUGH, index_of

from .conftest import Engine


@pytest.fixture
def index(address: str) -> Index:
    return index_of(address, RADIO, OTHER, AGENCY, PAPER)


def ids(story: newssearch.Story) -> list[str]:
    return [version.id for version in story.versions]


# ---- results


def test_a_story_shows_once_with_where_else_it_stands(index: Index) -> None:
    results = index.search("valley OR bread")
    assert len(results) == 2
    assert (results.total_articles, results.total_stories, results.grouped) == (4, 2, True)
    hit = next(hit for hit in results if hit.title != "Cheaper bread")
    assert hit.story == AGENCY.id
    others = [copy for copy in (AGENCY, PAPER, RADIO) if copy.id != hit.id]
    assert [(copy.id, copy.outlet, copy.date) for copy in hit.copies] == [
        (o.id, o.outlet, o.date) for o in others
    ]
    alone = next(hit for hit in results if hit.title == "Cheaper bread")
    assert (alone.story, alone.copies, alone.copies_total) == (OTHER.id, (), 0)


def test_it_shows_by_its_best_member(index: Index) -> None:
    best = index.search("valley", group=False)[0]
    assert index.search("valley")[0].id == best.id
    assert [hit.id for hit in index.search("valley", sort="newest")] == [RADIO.id]
    assert [hit.id for hit in index.search("valley", sort="oldest")] == [AGENCY.id]


def test_all_copies_show_where_asked_for(index: Index) -> None:
    results = index.search("valley", group=False)
    assert {hit.id for hit in results} == {AGENCY.id, PAPER.id, RADIO.id}
    assert (results.total_articles, results.total_stories, results.grouped) == (3, 1, False)
    assert {hit.id for hit in index.search("valley", all_paragraphs=True)} == {AGENCY.id, PAPER.id, RADIO.id}


def test_a_copy_that_does_not_pass_a_filter_is_named_but_not_counted(index: Index) -> None:
    results = index.search("valley", outlet="paper.example")
    assert [hit.id for hit in results] == [PAPER.id]
    assert (results.total_articles, results.total_stories) == (1, 1)
    assert [copy.id for copy in results[0].copies] == [AGENCY.id, RADIO.id]


def test_facets_count_articles(index: Index) -> None:
    facet = index.search("valley OR bread", facets="outlet").facets["outlet"]
    assert [(value.value, value.articles) for value in facet] == [
        ("paper.example", 2), ("agency.example", 1), ("radio.example", 1),
    ]  # fmt: skip


@settings(max_examples=8 * THOROUGH, deadline=None)
@given(data=st.data())
def test_pages_of_stories_are_the_first_of_each_in_the_order_of_all(
    engine: Engine, data: st.DataObject
) -> None:
    drawn = data.draw(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), min_size=1, max_size=14))
    articles = [
        made(VARIANTS[which][: 3 + extra % 3], f"o{n}.example", f"2024-07-{10 + extra}", f"N{n}")
        for n, (which, extra) in enumerate(drawn)
    ]
    with engine.index(*articles) as index:
        for query, sort in (("valley OR bread OR ships", "relevance"), ("", "newest"), ("bread", "oldest")):
            everything = index.search(query, sort=sort, limit=None, group=False)
            first = {hit.story: hit.address for hit in reversed(everything)}
            expected = [hit.address for hit in everything if first[hit.story] == hit.address]
            assert [hit.address for hit in index.search(query, sort=sort, limit=None)] == expected
            assert index.search(query, sort=sort).total_stories == everything.total_stories == len(expected)
            for size in (1, 2, 5):
                pages = [
                    index.search(query, sort=sort, limit=size, offset=at)
                    for at in range(0, len(expected) + 1, size)
                ]
                assert [hit.address for page in pages for hit in page] == expected
                ranks = index.rank(query, sort=sort, limit=size)
                assert [f"{rank.id}#{rank.paragraph}" for rank in ranks] == expected[:size]


VARIANTS = {
    "a": [*DAM, *VOTE[:1]],
    "b": [*VOTE, *DAM[:1]],
    "c": [
        "Two ships with grain left the harbour on Friday for the first time since the war closed the strait.",
        "Insurers had asked for guards on board, and four soldiers went with each of the ships to the border.",
        "A third one waits for papers, and the owners hope that it will leave before the end of the month.",
        "The price of wheat fell on all markets when the news came, and rose again a little in the afternoon.",
    ],
}


# ---- one story


def test_a_story_lists_who_ran_it_when(index: Index) -> None:
    for article in (AGENCY, PAPER, RADIO):
        story = index.story(article.id)
        assert ids(story) == [AGENCY.id, PAPER.id, RADIO.id]
    assert ids(index.story(OTHER.id)) == [OTHER.id]
    assert ids(index.story(AGENCY.id.rpartition("-")[2])) == [AGENCY.id, PAPER.id, RADIO.id]
    with pytest.raises(newssearch.ArticleNotFoundError):
        index.story("nothing")


def test_versions_are_compared_with_another_one_on_request(index: Index) -> None:
    story = index.story(RADIO.id, base=PAPER.id.rpartition("-")[2])
    assert ids(story) == [AGENCY.id, PAPER.id, RADIO.id]
    assert [version.of_first for version in story.versions] == [len(PAPER.paragraphs)] * 3
    assert [change.kind for change in story.versions[1].changes] == ["kept"] * len(PAPER.paragraphs)
    with pytest.raises(ArticleNotFoundError):
        index.story(RADIO.id, base=OTHER.id)


def test_it_tells_what_each_kept_changed_cut_and_added(index: Index) -> None:
    first, paper, radio = index.story(AGENCY.id).versions
    assert [(change.kind, change.first, change.number) for change in first.changes] == [
        ("kept", n, n) for n in range(1, 6)
    ]
    assert [(change.kind, change.first, change.number) for change in paper.changes] == [
        ("kept", 1, 1), ("cut", 2, None), ("kept", 3, 2), ("changed", 4, 3), ("cut", 5, None),
    ]  # fmt: skip
    assert paper.share == 3 / 5
    assert [tuple(edit) for edit in paper.changes[3].edits] == [
        ("cut", "The governor said"), ("added", "Governor Aziz told us"), ("same", DAM[3].removeprefix("The governor said ")),
    ]  # fmt: skip
    assert [change.kind for change in radio.changes] == ["kept"] * 5 + ["added"]
    assert json.loads(json.dumps(radio.to_dict()))["changes"][5] == {
        "kind": "added", "first": None, "number": 6, "text": RADIO.paragraphs[5].text,
    }  # fmt: skip


# ---- what is a copy


def test_a_quotation_makes_no_copy(address: str) -> None:
    quoting = made([*VOTE, DAM[0]], "paper.example", title="Bread and water")
    with index_of(address, AGENCY, quoting) as index:
        assert ids(index.story(AGENCY.id)) == [AGENCY.id]


def test_half_of_a_text_is_a_copy_of_it(address: str) -> None:
    half = made(DAM[:3], "paper.example", title="Dam")
    with index_of(address, AGENCY, half) as index:
        assert len(ids(index.story(AGENCY.id))) == 2


def test_case_punctuation_and_how_a_text_is_parted_make_no_difference(address: str) -> None:
    glued = made([" ".join(DAM[:3]).upper(), " ".join(DAM[3:]).replace(",", " –")], "paper.example")
    with index_of(address, AGENCY, glued) as index:
        assert len(ids(index.story(AGENCY.id))) == 2


def test_a_story_that_was_removed_is_told_no_more(index: Index) -> None:
    index.remove([AGENCY.id])
    assert ids(index.story(RADIO.id)) == [PAPER.id, RADIO.id]
    assert index.search("valley", group=False)[0].story == PAPER.id
    index.remove([PAPER.id])
    assert ids(index.story(RADIO.id)) == [RADIO.id]
    assert index.search("valley")[0].copies == ()
    index.add([AGENCY])
    assert ids(index.story(RADIO.id)) == [AGENCY.id, RADIO.id]


def test_many_copies_are_listed_in_part_and_counted(address: str) -> None:
    copies = [made(DAM, f"o{n:03}.example", "2024-07-22", f"Dam {n}") for n in range(150)]
    with index_of(address, *copies) as index:
        results = index.search("valley")
        assert (len(results), results.total_articles, results.total_stories) == (1, 150, 1)
        assert (len(results[0].copies), results[0].copies_total) == (100, 149)


# ---- boilerplate


def footers(outlet: str, number: int) -> list[Article]:
    """Return articles of an outlet with the same footer."""
    return [made([*unlike(n), FOOTER], outlet, f"2024-06-{n + 1:02}", f"Number {n}") for n in range(number)]


def test_what_stands_in_many_articles_of_an_outlet_scores_nothing_and_is_not_shown(address: str) -> None:
    news = made(["A letter with the best wishes came for the minister."], "other.example", title="Post")
    with index_of(address, *footers("e.example", 12), news) as index:
        results = index.search("letter", limit=None)
        assert results[0].id == news.id
        assert results.total_articles == 13
        assert {hit.paragraph for hit in results[1:]} == {1}
        assert {hit.score for hit in results[1:]} == {0}
        assert {hit.matching for hit in results} == {1}
        everything = index.search("letter", limit=None, all_paragraphs=True)
        assert [hit.score > 0 for hit in everything] == [True] + [False] * 12
        assert {hit.paragraph for hit in everything[1:]} == {3}


def test_it_makes_no_story(address: str, other_address: str) -> None:
    bare = [made([FOOTER], "e.example", f"2024-05-{n + 1:02}", f"Bare {n}") for n in range(3)]
    with index_of(address, *footers("e.example", 12), *bare) as index:
        assert ids(index.story(bare[0].id)) == [bare[0].id]
    with index_of(other_address, *footers("e.example", 4), *bare) as index:
        assert len(ids(index.story(bare[0].id))) == 3


def test_a_text_that_an_outlet_ran_many_times_is_no_boilerplate(address: str) -> None:
    again = [
        made([*DAM, f"Updated at {n} o'clock."], "e.example", "2024-07-22", f"Live {n}") for n in range(20)
    ]
    with index_of(address, *again) as index:
        results = index.search("engineers warned")
        assert (len(results), results.total_articles) == (1, 20)
        assert results[0].paragraph == 2
        assert results[0].score > 0


def test_the_boilerplate_of_an_article_is_told_by_the_numbers_of_its_paragraphs(address: str) -> None:
    articles, headline = footers("e.example", 10), made([], "e.example", title="Only a headline")
    with index_of(address, *articles[:6], AGENCY, headline) as index:
        assert {one.id: index.boilerplate(one.id) for one in articles[:6]} == {
            one.id: () for one in articles[:6]
        }
        index.add(articles[6:])  # a second segment: the footer becomes boilerplate in both
        for one in articles:
            assert index.boilerplate(one.id) == (3,)
        number = articles[0].id.rpartition("-")[2]
        assert index.boilerplate(number) == index.boilerplate(f"{number}#1") == (3,)
        assert index.boilerplate(AGENCY.id) == ()
        assert index.boilerplate(headline.id) == ()
        with pytest.raises(newssearch.ArticleNotFoundError):
            index.boilerplate("nobody")
        index.remove([articles[9].id])
        assert index.boilerplate(articles[0].id) == ()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_boilerplate_anywhere_in_an_article_is_told(address: str, number: int) -> None:
    texts = [unlike(n) for n in range(11)]
    for text in texts:
        text.insert(number - 1, FOOTER)
    rows = [made(text, "e.example", title=f"Number {n}") for n, text in enumerate(texts)]
    with index_of(address, *rows) as index:
        assert {index.boilerplate(one.id) for one in rows} == {(number,)}


# ---- novel


def test_novel_finds_paragraphs_that_no_earlier_article_has(index: Index) -> None:
    found = index.search("valley", novel=True, group=False)
    assert [(hit.id, hit.paragraph) for hit in found] in (
        [(AGENCY.id, 1), (RADIO.id, 6)],
        [(RADIO.id, 6), (AGENCY.id, 1)],
    )
    assert (found.total_articles, found.total_paragraphs) == (2, 2)
    assert index.search("bridge", novel=True).total_articles == 1  # changed, it is still known
    assert [hit.id for hit in index.search("", novel=True, group=False)] == [RADIO.id, OTHER.id, AGENCY.id]
    assert [hit.paragraph for hit in index.search("", novel=True, group=False)] == [6, 1, 1]
    assert index.search("flee", novel=True).total_articles == 0  # only a headline has it


def test_an_earlier_article_that_comes_later_makes_paragraphs_known(index: Index) -> None:
    index.add([made(DAM[:2], "first.example", "2024-07-01", "Scoop")])
    assert [hit.outlet for hit in index.search("engineers", novel=True)] == ["first.example"]
