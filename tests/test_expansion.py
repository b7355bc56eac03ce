"""The limits of the expansion of patterns: the time of a query, and the number of words that a pattern matches."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from newssearch import Article, QueryError
from newssearch.engines import pattern_cut
from newssearch.engines.embedded.search import frequent_forms
from support import article, found, index_of


def test_all_regular_expressions_of_a_query_have_one_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newssearch.engines.embedded.search import term_expansion

    index = index_of(tmp_path / "index", article("A", "Some words."))
    assert found(index, "/w.*/") == ["A"]
    monkeypatch.setattr(term_expansion, "REGEX_SECONDS", -1.0)
    monkeypatch.setattr(term_expansion, "CHECK_SECONDS", 0.0)
    with pytest.raises(QueryError, match="takes too long for the words of the index"):
        index.search("/w.*/")


def test_a_pattern_for_too_many_words_is_cut_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern_cut, "MAX_FORMS", 2)
    index = index_of(
        tmp_path / "index", article("A", "Raina.", "Rainb.", "Rainb."), article("B", "Rainc rainc rainc.")
    )
    results = index.search("rain*")
    assert [hit.title for hit in results] == ["A"]
    (note,) = results.diagnostics
    assert (note.kind, note.span) == ("expansion", (0, 5))
    assert "rain* stands for more than 2 words" in note.message
    assert index.search("raina* OR rainb*").diagnostics == ()


@pytest.mark.parametrize("seed", range(8))
def test_the_words_that_are_left_are_those_in_most_live_paragraphs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """In several segments, with repeated words, inflections of one stem in two languages, and removed articles."""
    draw = random.Random(seed)
    most = draw.choice([1, 3, 8])
    monkeypatch.setattr(pattern_cut, "MAX_FORMS", most)
    monkeypatch.setattr(frequent_forms, "WORDS_COUNTED_AT_ONCE", 2)
    words = [f"ra{stem}{end}" for stem in ("in", "b", "ck", "ft", "nk") for end in ("", "s", "ed", "ing")]

    def made(number: int) -> Article:
        texts = [" ".join(draw.choices(words, k=draw.randint(1, 4))) + "." for _ in range(draw.randint(1, 4))]
        return article(f"News {number}", *texts, url=f"u{number}", lang=draw.choice(["en", "de"]))

    articles = [made(number) for number in range(40)]
    index = index_of(tmp_path / "index", *articles[:20])
    for low in range(20, 40, 5):
        index.add(articles[low : low + 5])
    gone = {one.id for one in draw.sample(articles, 12 if seed % 2 else 0)}
    index.remove(gone)
    texts = [
        (one.id, paragraph.number, {word.strip(".") for word in paragraph.text.split()})
        for one in articles
        if one.id not in gone
        for paragraph in one.paragraphs
    ]
    counts = Counter(word for *_, of_text in texts for word in of_text)
    kept = set(sorted(counts, key=lambda word: (-counts[word], word))[:most])
    results = index.search("ra*", all_paragraphs=True, limit=None, group=False)
    assert {(hit.id, hit.paragraph) for hit in results} == {
        (name, number) for name, number, of_text in texts if kept & of_text
    }
    assert len(results.diagnostics) == (len(counts) > most)
