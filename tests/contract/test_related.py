"""Related articles: those on the subject of a given one, and why."""

from __future__ import annotations

import math

import pytest

import newssearch
from newssearch import Article, ArticleNotFoundError
from support import article, index_of

FLOOD = "The flood of the river Oder closed the bridges of Wroclaw and Opole, and the dams may not hold."
OTHERS = [article(f"Other {n}", f"Something else of number {n} happened to nobody.") for n in range(20)]


def flooded(address: str, *more: Article) -> tuple[newssearch.Index, str]:
    """Return an index with an article on a flood, a copy of it, ``more`` articles and others, and the id of the first."""
    told = [
        article("Flood in Wroclaw", FLOOD, "Soldiers bring sandbags.", date=date, outlet=outlet, url=url)
        for date, outlet, url in (
            ("2024-09-15", "The Echo", "https://e.org/1"),
            ("2024-09-16", "The Copy", "https://e.org/2"),
        )
    ]
    index = index_of(address, *told, *more, *OTHERS)
    return index, told[0].id


def test_articles_on_the_subject_are_found_and_say_what_they_share(address: str) -> None:
    index, flood = flooded(
        address,
        article("Dams hold", "In Wroclaw the dams held, and the Oder falls.", date="2024-09-17"),
        article("Football", "The team won the match of the year at home.", date="2024-09-15"),
    )
    results = index.related(flood, group=False)
    assert [hit.title for hit in results] == ["Dams hold"], (
        "neither its own story nor what shares 'the' and 'of'"
    )
    assert results[0].explanation is not None
    terms = results[0].explanation.terms
    assert {"Wroclaw", "Oder", "dams", "hold"} == {term.text for term in terms}
    parts = [term.article + term.paragraph for term in terms]
    assert parts == sorted(parts, reverse=True)
    assert sum(parts) == pytest.approx(results[0].score)


def test_of_equal_articles_the_nearest_in_date_comes_first(address: str) -> None:
    text = "In Wroclaw the dams held, and the Oder fell."
    dates = ["2024-09-13", "2024-09-20", "2024-09-05", "1997-07-20"]
    index, flood = flooded(
        address,
        *(article(f"Dams {n}", text, date=date, lang="en") for n, date in enumerate(reversed(dates))),
    )
    found = index.related(flood, group=False)
    assert [str(hit.date) for hit in found] == dates
    factors = [1 + 0.5 * math.exp(-days / 7) for days in (2, 5, 10)]
    assert [hit.score / found[-1].score for hit in found[:3]] == pytest.approx(factors)


def test_words_of_the_headline_and_rare_words_say_more(address: str) -> None:
    index, flood = flooded(
        address,
        article("One", "A report on Opole, which is a town."),  # a word of the text
        article("Two", "A report on Wroclaw, which is a town."),  # a word of headline and text
        article(
            "Three", "A report on bridges, which is a town."
        ),  # a word of the text that many articles have
        *(article(f"Bridges {n}", f"A report on bridges of number {n} in all.") for n in range(9)),
    )
    found = [hit.title for hit in index.related(flood, limit=None, group=False)]
    assert found[:2] == ["Two", "One"]
    assert "Three" in found[2:]


def test_of_many_words_the_rarest_are_chosen(address: str) -> None:
    common = [f"common{a}{b}" for a in "kmprtvx" for b in "bdfgkp"][:40]
    given = article("Given", " ".join([*common, "zanzibar"]))
    index = index_of(
        address,
        given,
        *(article(f"With all {n}", " ".join(common)) for n in range(3)),
        article("With one", "A town like zanzibar."),
    )
    assert len(common) == 40, "as many as are looked for"
    assert "With one" in [hit.title for hit in index.related(given.id, limit=None, group=False)]


def test_addresses_and_links_are_no_words_of_a_subject(address: str) -> None:
    given = article(
        "Opole",
        "The dams of Opole hold, see https://zanzibar.example/madagascar and www.zanzibar.example/dams.",
        "RELATED: Madagascar has a new president",
    )
    index = index_of(
        address,
        given,
        article("Dams of Opole", "The dams of Opole are old."),
        article("Abroad", "In Zanzibar and Madagascar, https is a word, and example another."),
        *OTHERS,
    )
    assert [hit.title for hit in index.related(given.id, limit=None)] == ["Dams of Opole"]


def test_what_a_function_word_shares_its_term_with_is_no_word_of_a_subject(address: str) -> None:
    given = article("Opole", "Jane Doe of Opole does help.")
    index = index_of(address, given, article("Dams", "A dam does hold."), *OTHERS)
    assert "Opole" in index.related(given.id).interpretation
    assert [hit.title for hit in index.related(given.id)] == [], "'Doe' would find 'does'"


def test_filters_and_pages_of_related_articles(address: str) -> None:
    index, flood = flooded(
        address,
        article("Dams hold", "In Wroclaw the dams held.", date="2024-09-17", outlet="The Sun"),
        article("Dams fall", "In Wroclaw the dams fell, and the Oder.", date="1997-07-20", outlet="The Sun"),
        article("Dams without a date", "In Wroclaw the dams were high.", outlet="The Post"),
    )
    assert {hit.outlet for hit in index.related(flood, outlet="The Sun", group=False)} == {"The Sun"}
    assert [hit.title for hit in index.related(flood, since="2024", group=False)] == ["Dams hold"]
    whole = [hit.id for hit in index.related(flood, limit=None, group=False)]
    assert len(whole) == 3
    pages = [
        hit.id
        for n in range(0, len(whole), 2)
        for hit in index.related(flood, limit=2, offset=n, group=False)
    ]
    assert pages == whole
    assert index.related(flood, limit=0).total_articles == len(whole)


def test_an_article_without_words_has_no_related_ones(address: str) -> None:
    index = index_of(address, article("1 2 3"), article("Rain", "It rained."))
    (numbers,) = (one.id for one in index if one.title == "1 2 3")
    results = index.related(numbers)
    assert (len(results), results.total_articles) == (0, 0)
    with pytest.raises(ArticleNotFoundError):
        index.related("nothing-aaaaaaaaaaaa")
