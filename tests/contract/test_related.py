"""Related articles: those on the subject of a given one, and why."""

from __future__ import annotations

import pytest

import newssearch
from newssearch import ArticleNotFoundError
from support import article, index_of

FLOOD = "The flood of the river Oder closed the bridges of Wroclaw and Opole, and the dams may not hold."


def archive(address: str) -> newssearch.Index:
    return index_of(
        address,
        article(
            "Flood in Wroclaw",
            FLOOD,
            "Soldiers bring sandbags.",
            date="2024-09-15",
            outlet="The Echo",
            url="https://e.org/1",
        ),
        article(
            "Flood in Wroclaw",
            FLOOD,
            "Soldiers bring sandbags.",
            date="2024-09-16",
            outlet="The Copy",
            url="https://e.org/2",
        ),
        article(
            "Dams hold", "In Wroclaw the dams held, and the Oder falls.", date="2024-09-17", outlet="The Sun"
        ),
        article(
            "Dams, years ago",
            "In Wroclaw the dams held, and the Oder fell.",
            date="1997-07-20",
            outlet="The Sun",
        ),
        article("Dams without a date", "In Wroclaw the dams were high; the Oder was low.", outlet="The Post"),
        article(
            "Football", "The team won the match of the year at home.", date="2024-09-15", outlet="The Sun"
        ),
        *(article(f"Other {n}", f"Something else of number {n} happened to nobody.") for n in range(20)),
    )


def test_articles_on_the_subject_are_found_and_the_nearest_in_date_come_first(address: str) -> None:
    index = archive(address)
    (flood,) = (one.id for one in index if one.outlet == "The Echo")
    results = index.related(flood, group=False)
    assert [hit.title for hit in results][:3] == ["Dams hold", "Dams without a date", "Dams, years ago"] or [
        hit.title for hit in results
    ][:3] == ["Dams hold", "Dams, years ago", "Dams without a date"]
    assert "Flood in Wroclaw" not in [hit.title for hit in results], "its own story is left out"
    first = results[0].explanation
    assert first is not None
    assert {"Wroclaw", "Oder", "dams"} <= {term.text for term in first.terms}
    parts = [term.article + term.paragraph for term in first.terms]
    assert parts == sorted(parts, reverse=True)
    assert sum(parts) == pytest.approx(results[0].score)
    assert "the" not in {term.text for hit in results for term in (hit.explanation or first).terms}


def test_filters_and_pages_of_related_articles(address: str) -> None:
    index = archive(address)
    (flood,) = (one.id for one in index if one.outlet == "The Echo")
    assert {hit.outlet for hit in index.related(flood, outlet="The Sun", group=False)} == {"The Sun"}
    assert next(hit.title for hit in index.related(flood, since="2024", group=False)) == "Dams hold"
    whole = [hit.id for hit in index.related(flood, limit=None, group=False)]
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
