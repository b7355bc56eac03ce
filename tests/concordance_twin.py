"""A simple and slow concordance, made from the texts of all articles without an index."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import twin
from newssearch import Article, ConcordanceLine
from newssearch.identity import id_number
from newssearch.query import Node
from newssearch.text.analysis import analyser
from reference import instant

Place = tuple[str, int, int, int]
"""The id of an article, the number of a paragraph, the first word, and the word after the last."""


class Options(NamedTuple):
    """The options of a concordance."""

    sort: str = "relevance"
    width: int = 10
    sample: int | None = None
    seed: int = 0


def lines(
    held: Mapping[str, Article], ranked: Sequence[str], tree: Node, options: Options
) -> list[ConcordanceLine]:
    """Return all lines in order. ``ranked`` are the ids of the articles that a search finds, in its order."""
    places = [(name, *place) for name in ranked for place in sorted(twin.occurrences(held[name], tree))]
    if options.sample is not None:
        places = sorted(places, key=lambda place: (key(options.seed, place), place))[: options.sample]
    rank = {name: at for at, name in enumerate(ranked)}
    made = {place: line(held[place[0]], place, options.width) for place in places}

    def order(place: Place) -> tuple[object, ...]:
        article = held[place[0]]
        date = instant(article.date) if article.date is not None else 0.0
        by_date = (article.date is None, date if options.sort == "oldest" else -date, place)
        if options.sort == "relevance":
            return (rank[place[0]], place)
        if options.sort in ("left", "right"):
            return (beside(article, place, options), *by_date)
        return by_date

    return [made[place] for place in sorted(places, key=order)]


def line(article: Article, place: Place, width: int) -> ConcordanceLine:
    """Return the line of an occurrence."""
    _, number, first, end = place
    text = article.paragraphs[number - 1].text
    words = analyser(article.lang).tokens(text)
    low = words[first - width].start if first > width else 0
    high = words[end + width - 1].end if end + width < len(words) else len(text)
    start, stop = words[first].start, words[end - 1].end
    fields = {field.name for field in dataclasses.fields(ConcordanceLine)}
    assert fields == {"id", "paragraph", "date", "outlet", "title", "left", "match", "right", "start"}
    return ConcordanceLine(
        id=article.id, paragraph=number, date=article.date, outlet=article.outlet, title=article.title,
        left=text[low:start], match=text[start:stop], right=text[stop:high], start=low,
    )  # fmt: skip


def beside(article: Article, place: Place, options: Options) -> list[str]:
    """Return the words beside an occurrence by which lines are sorted, the nearest first."""
    _, number, first, end = place
    own = analyser(article.lang)
    forms = [own.form(word.word) for word in own.tokens(article.paragraphs[number - 1].text)]
    words = forms[:first][::-1] if options.sort == "left" else forms[end:]
    return words[: options.width]


def key(seed: int, place: Place) -> int:
    """Return the key of an occurrence in a sample: the state of SplitMix64, seeded, after it has taken in each number."""
    name, *numbers = place
    state = mixed(seed)
    for number in (id_number(name), *numbers):
        state = mixed(state ^ number)
    return state


def mixed(state: int) -> int:
    """Return the output of SplitMix64 for a state."""
    state = (state + 0x9E3779B97F4A7C15) % (1 << 64)
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % (1 << 64)
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB % (1 << 64)
    return state ^ (state >> 31)
