"""Ranking: what puts one article before another, and which of its paragraphs is shown."""

from __future__ import annotations

import pytest

from support import article, found, index_of

FILLER = "Nothing else was said about it on that day in the town hall by the river."
MARKET = "Nobody was hurt at the market on Tuesday, said the mayor, and the trains ran as they did before."


def test_words_that_are_spread_over_an_article_add_up(address: str) -> None:
    index = index_of(
        address,
        article("Once", "The dam, the dam broke.", FILLER, FILLER),
        article("Often", "The dam broke.", "The dam was old.", "A dam must be kept.", "Another dam held."),
    )
    assert found(index, "dam") == ["Often", "Once"]


def test_a_headline_counts_three_times(address: str) -> None:
    index = index_of(address, article("In the text", f"The dam. {FILLER}"), article("The dam", FILLER))
    assert found(index, "dam") == ["The dam", "In the text"]


def test_function_words_count_less_than_others(address: str) -> None:
    index = index_of(
        address,
        article("Function words", "It is of the, of the and of the.", FILLER),
        article("Content", f"A dam. {FILLER}", FILLER),
    )
    assert found(index, "dam OR of OR the", group=False) == ["Content", "Function words"]


def test_a_word_is_a_function_word_only_in_its_language(address: str) -> None:
    text = "war war war. Nothing else of note that day."
    index = index_of(
        address,
        article("German", text, lang="de"),
        article("English", text, lang="en"),
    )
    scores = {hit.title: hit.score for hit in index.search("war OR river")}
    assert scores["German"] < scores["English"] / 2
    alone = {hit.title: hit.score for hit in index.search("war")}
    assert alone["German"] == pytest.approx(alone["English"], rel=0.05), "the query has no other words"


def test_words_that_are_neighbours_in_the_query_count_more_where_they_are_neighbours(address: str) -> None:
    index = index_of(
        address,
        article("Apart", f"The house by the river. {FILLER} It was white."),
        article("Near", f"The house by the river was white. {FILLER} It"),
        article("Adjacent", f"The white house by the river. {FILLER} It was"),
    )
    assert found(index, "white house") == ["Adjacent", "Near", "Apart"]
    assert found(index, "white house", sort="newest") == found(index, "white OR house", sort="newest")


def test_a_short_paragraph_is_not_better_than_a_whole_sentence(address: str) -> None:
    index = index_of(
        address,
        article("Storm", "More: dam breaks", f"The dam broke and the dam keeper fled. {FILLER}", FILLER),
    )
    assert [hit.paragraph for hit in index.search("dam")] == [2]


ASIDES = [
    "Read more: dam breaks",
    "Photo: A dam (Ann Lee/AFP)",
    "Sign up for the dam newsletter.",
    "( PHOTOS: The dam, the dam )",
]


@pytest.mark.parametrize("aside", ASIDES)
def test_a_link_a_caption_or_a_notice_adds_no_score_and_is_shown_only_if_nothing_else_matches(
    address: str, aside: str
) -> None:
    index = index_of(
        address,
        article("With", aside, f"The dam broke. {FILLER}", FILLER),
        article("Without", f"The dam broke. {FILLER}", FILLER),
        article("Only", FILLER, aside),
        article("None", FILLER),
    )
    results = index.search("dam", group=False)
    assert (results.total_articles, results.total_paragraphs) == (3, 4)
    scores = {hit.title: hit.score for hit in results}
    assert scores["With"] == pytest.approx(scores["Without"], rel=1e-9)
    assert scores["Only"] == 0
    assert {hit.title: hit.paragraph for hit in results} == {"With": 2, "Without": 1, "Only": 2}
    assert [hit.matching for hit in results if hit.title != "Without"] == [2, 1]
    everything = index.search("dam", all_paragraphs=True, group=False)
    assert sorted(hit.score > 0 for hit in everything) == [False, False, True, True]


def test_the_headline_repeated_is_never_the_paragraph_that_is_shown(address: str) -> None:
    index = index_of(
        address,
        article("Dam breaks above the town", "Dam Breaks Above the Town!", FILLER, f"A dam. {FILLER}"),
        article("Old dam above the village", "Old dam above the village", "Photo: Ann Lee", MARKET),
    )
    assert {(hit.title, hit.paragraph) for hit in index.search("dam", group=False)} == {
        ("Dam breaks above the town", 3),
        ("Old dam above the village", 3),
    }
    for novel in (False, True):
        (hit,) = index.search("village", novel=novel)
        assert (hit.paragraph, hit.matching) == (3, 1)


def test_a_caption_that_matches_is_shown_rather_than_the_headline_repeated(address: str) -> None:
    index = index_of(
        address, article("A dam breaks", "A dam breaks", FILLER, "Photo: The dam", f"The water. {FILLER}")
    )
    assert [hit.paragraph for hit in index.search("dam")] == [3]
    assert [hit.paragraph for hit in index.search("dam OR water")] == [4]
    assert [hit.paragraph for hit in index.search("dam^0 OR water^0")] == [4]


def test_words_near_each_other_in_a_link_do_not_raise_a_score(address: str) -> None:
    text = f"The house is white. {FILLER}"
    index = index_of(address, article("Near", "MORE: White house", text), article("Plain", text))
    near, plain = index.search("white house", explain=True, group=False)
    assert near.score == pytest.approx(plain.score, rel=1e-9)
    assert near.explanation is not None
    assert plain.explanation is not None
    assert near.explanation.proximity == pytest.approx(plain.explanation.proximity, rel=1e-9)


def test_all_paragraphs_are_ordered_by_their_own_scores(address: str) -> None:
    index = index_of(
        address,
        article("Often", "The dam.", "The dam and the dam keeper.", "The dam."),
        article("Once", "The dam, the dam, the dam."),
    )
    hits = index.search("dam", all_paragraphs=True)
    assert [(hit.title, hit.paragraph) for hit in hits][:2] == [("Once", 1), ("Often", 2)]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_pages_of_more_results_than_proximity_reorders_are_one_order(address: str) -> None:
    index = index_of(
        address,
        *(
            article(f"T{n}", f"{'white house' if n % 3 else 'house was white'} {'x ' * n}{FILLER}")
            for n in range(70)
        ),
    )
    whole = index.rank("white house", limit=None, group=False)
    assert len(whole) == 70
    pages = [
        one
        for offset in range(0, 70, 9)
        for one in index.rank("white house", limit=9, offset=offset, group=False)
    ]
    assert pages == whole
    assert [one.score for one in whole] == sorted((one.score for one in whole), reverse=True)


def test_the_parts_of_an_explanation_add_up_to_the_score(address: str) -> None:
    index = index_of(
        address,
        article("The white house", f"The house by the river was white. {FILLER}", "A house."),
        article("A river", f"A white river and a white house. {FILLER}", FILLER),
        article("Only house", "house", "the house"),
    )
    for query in (
        "white house",
        'house OR "the river"^2',
        "the house",
        "title:house",
        "hlead(white) OR river*",
    ):
        for options in ({}, {"all_paragraphs": True}, {"sort": "newest"}, {"match": "any"}):
            results = index.search(query, explain=True, group=False, **options)
            for hit in (*results, *results.more):
                assert hit.explanation is not None
                parts = sum(term.article + term.paragraph for term in hit.explanation.terms)
                assert parts + hit.explanation.proximity == pytest.approx(hit.score, rel=1e-9)
                assert hit.to_dict()["explanation"] == hit.explanation.to_dict()
    (first, *_) = index.search("white house", explain=True, group=False)
    assert first.explanation is not None
    assert [term.text for term in first.explanation.terms] == ["white", "house"]
    assert first.explanation.proximity > 0
    assert index.search("white house")[0].explanation is None
    ((whole, title),) = [
        hit.explanation.terms
        for hit in index.search("house OR title:house", explain=True, group=False)
        if hit.title == "The white house" and hit.explanation is not None
    ]
    assert [whole.text, title.text] == ["house", "title:(house)"]
    assert whole.article > title.article
