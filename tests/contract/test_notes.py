"""Notes on the words of a query: which words are suggested, and what they count."""

from __future__ import annotations

import pytest

import newssearch
from support import article, index_of


def suggestion(address: str, query: str) -> tuple[str, str]:
    """Return the message and the suggestion of the only note on a query."""
    with newssearch.open(address) as index:
        (note,) = index.search(query, limit=1).diagnostics
    return note.message, note.suggestion


def test_of_words_that_equally_many_articles_have_the_alphabetically_first_are_suggested(
    address: str,
) -> None:
    texts = ["cozlition cozlition", "coylition coylition", "coxlition coxlition", "coalition"]
    index_of(address, *(article(f"Report {n}", text, url=f"u{n}") for n, text in enumerate(texts))).close()
    assert suggestion(address, "colition") == (
        "no article has the word 'colition'",
        "did you mean coalition or coxlition or coylition?",
    )


@pytest.mark.parametrize("in_both", [0, 1])
def test_articles_with_a_rare_word_in_the_text_or_the_headline_are_counted_once(
    address: str, in_both: int
) -> None:
    made = [article(f"Report {n}", "The coalition won.", url=f"c{n}") for n in range(130)]
    made += [article(f"Text {n}", "The coaltion won.", url=f"t{n}") for n in range(2)]
    made += [article(f"The coaltion, part {n}", "It won.", url=f"h{n}") for n in range(3 - in_both)]
    made += [article(f"The coaltion {n}", "The coaltion won.", url=f"b{n}") for n in range(in_both)]
    index_of(address, *made).close()
    assert suggestion(address, "coaltion") == (
        "only 5 articles have the word 'coaltion'",
        "did you mean coalition?",
    )


def test_a_word_is_suggested_as_it_is_written_most_often_not_in_most_paragraphs(address: str) -> None:
    often = " and ".join(["Ministry"] * 13)
    made = [article("Report", f"{often}.", *(f"MINISTRY, part {n}." for n in range(6)), url="a")]
    made += [
        article(f"The MINISTRY of ministry {n}", "It rained.", "It stopped.", url=f"b{n}") for n in range(6)
    ]
    index_of(address, *made).close()
    assert suggestion(address, "Minstry")[1] == "did you mean Ministry?"
    with newssearch.open(address) as index:
        index.add([article("MINISTRY MINISTRY", "It rained.", "It stopped.", url="c")])
    assert suggestion(address, "Minstry")[1] == "did you mean MINISTRY?"


@pytest.mark.parametrize(
    ("query", "before", "after"),
    [
        ("outlet:cnn", [], ("no article has the outlet 'cnn'", "did you mean CNN Brasil?")),
        (
            "outlet:cn*",
            ['outlet:"cn*" stands for 2 values: CNN, CNN Brasil'],
            ('outlet:"cn*" stands for 1 value: CNN Brasil', ""),
        ),
        ("url:cnn.example", [], ('no article has an address like url:"cnn.example"', "")),
        (
            "buttigeig",
            ["only 1 article has the word 'buttigeig'"],
            ("no article has the word 'buttigeig'", "did you mean buttigieg?"),
        ),
    ],
)
def test_what_only_a_removed_article_has_is_unknown(
    address: str, query: str, before: list[str], after: tuple[str, str]
) -> None:
    removed = article("Report", "Buttigeig spoke.", url="https://cnn.example/1", outlet="CNN")
    others = [
        article(f"Report {n}", "Buttigieg spoke.", url=f"https://b.example/{n}", outlet="CNN Brasil")
        for n in range(40)
    ]
    with index_of(address, removed, *others) as index:
        assert [note.message for note in index.search(query).diagnostics] == before
        index.remove(removed.id)
    assert suggestion(address, query) == after
