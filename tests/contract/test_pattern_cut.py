"""A pattern that matches more than 1,000 words stands for those in most paragraphs, in every engine the same ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from newssearch import Article, Index
from newssearch.engines.pattern_cut import MAX_FORMS
from support import article

from .conftest import Engine

pytestmark = pytest.mark.usefixtures("without_boilerplate")


class Cut(NamedTuple):
    """An index, its live articles, and the words that are left of ``w*`` in their texts and headlines, by brute force."""

    archive: Index
    live: list[Article]
    texts: set[str]
    titles: set[str]


def words_in(text: str) -> list[str]:
    return [word.strip(".").casefold() for word in text.split()]


def most_frequent(texts: list[str]) -> set[str]:
    counts = Counter(word for text in texts for word in set(words_in(text)) if word.startswith("w"))
    assert len(counts) > MAX_FORMS
    kept = sorted(counts, key=lambda word: (-counts[word], word))[:MAX_FORMS]
    assert counts[kept[-1]] == sorted(counts.values())[-MAX_FORMS - 1], "a tie is at the cut"
    return set(kept)


@pytest.fixture(scope="module")
def cut(engine: Engine) -> Iterator[Cut]:
    """Return an index of articles with 1,300 words, of which some were removed or replaced in a later commit."""
    draw = random.Random(3)
    words = [f"w{number:04}{draw.choice(['x', 'é', 'ß', 'xs'])}" for number in range(1300)]
    weights = [1 / (1 + at % 37) for at in range(len(words))]
    gone = [f"wgone{number}" for number in range(200)]

    def made(number: int, version: int = 1) -> Article:
        own = random.Random(number * 10 + version)
        chosen = own.choices(words, weights, k=110) + own.choices(words, k=40)
        if number % 5 == 0 and version == 1:  # is removed or replaced
            chosen += own.sample(gone, 150) * 3
        own.shuffle(chosen)
        written = [own.choice([word, word.capitalize()]) for word in chosen]
        texts = [
            " ".join(written[low : low + 6]) + ("." if own.random() < 0.5 else " rain.")
            for low in range(0, len(written), 6)
        ]
        title = " ".join(own.choices(words, k=30)) if number % 2 else f"Report {number}"
        return article(title, *texts, *own.choices(texts, k=3), url=f"u{number}", lang=own.choice(["en", "de"]))  # fmt: skip

    with engine.index() as index:
        articles = [made(number) for number in range(140)]
        index.add(articles[:90])
        index.add(articles[90:])
        index.remove([one.id for one in articles[::10]])
        replaced = [made(number, 2) for number in range(5, 140, 10)]
        index.remove([one.id for one in articles[5::10]])
        index.add(replaced)
        live = [one for number, one in enumerate(articles) if number % 5] + replaced
        paragraphs = [paragraph.text for one in live for paragraph in one.paragraphs]
        titles = [one.title or "" for one in live]
        yield Cut(
            index, live, *(most_frequent([_fold(text) for text in some]) for some in (paragraphs, titles))
        )


def _fold(text: str) -> str:
    return text.casefold().replace("é", "e")


def has(text: str, kept: set[str]) -> bool:
    return not kept.isdisjoint(words_in(_fold(text)))


def test_the_words_in_most_paragraphs_are_left_and_of_equally_frequent_ones_the_first(cut: Cut) -> None:
    results = cut.archive.search("w*", all_paragraphs=True, limit=None, group=False, sort="id")
    wanted = {
        (one.id, paragraph.number)
        for one in cut.live
        for paragraph in one.paragraphs
        if has(paragraph.text, cut.texts)
    }
    alone = {
        one.id
        for one in cut.live
        if has(one.title or "", cut.titles) and not any(one.id == name for name, _ in wanted)
    }
    assert {(hit.id, hit.paragraph) for hit in results if hit.id not in alone} == wanted
    assert results.total_paragraphs == len(wanted)
    (note,) = results.diagnostics
    assert (note.kind, note.message) == (
        "expansion",
        "w* stands for more than 1,000 words: the 1,000 in most paragraphs (in most headlines, for matches there) were looked for",
    )


def test_headlines_have_words_of_their_own(cut: Cut) -> None:
    found = {hit.id for hit in cut.archive.search("title:w*", limit=None, group=False)}
    assert found == {one.id for one in cut.live if has(one.title or "", cut.titles)}
    assert cut.titles != cut.texts


def test_occurrences_and_neighbours_are_those_of_the_words_that_are_left(cut: Cut) -> None:
    texts = [words_in(_fold(paragraph.text)) for one in cut.live for paragraph in one.paragraphs]
    number = sum(word in cut.texts for text in texts for word in text)
    assert cut.archive.table("w*", measures="occurrences").total().occurrences == number
    near = sum(
        text[at + 1 : at + 2] == ["rain"]
        for text in texts
        for at, word in enumerate(text)
        if word in cut.texts
    )
    assert cut.archive.table("w* pre/1 rain", measures="paragraphs").total().paragraphs == near
    assert 0 < near < sum("rain" in text for text in texts)
