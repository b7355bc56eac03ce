"""Queries that a reader of the corpus could ask: they are drawn from its headlines with a fixed seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import Stemmer

from . import function_words
from .corpus import Story

Kind = Literal["term", "and2", "and3", "or3", "or5", "phrase2", "phrase3", "prefix"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WORDS: dict[Kind, int] = {
    "term": 1, "and2": 2, "and3": 3, "or3": 3, "or5": 5, "phrase2": 2, "phrase3": 3, "prefix": 1,
}  # fmt: skip
"""The number of words of a query of each kind."""

Filter = Literal["", "date", "outlet"]
FILTERS: tuple[Filter, ...] = get_args(Filter)

PREFIX = 4
"""The number of letters of a prefix query."""
SAMPLE = 20
"""The number of stories that are sampled for each query of a kind."""

FUNCTION_WORDS = frozenset(function_words.FUNCTION_WORDS)

_STEMMERS = tuple(Stemmer.Stemmer(name) for name in ("english", "porter"))
"""The stemmers that the engines use."""

_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Query:
    """A query for every engine. ``words`` are lower-case and not stemmed; a prefix has no asterisk.

    ``outlet`` filters by the exact name, ``since`` and ``until`` (ISO days, both included) by date.
    """

    kind: Kind
    words: tuple[str, ...]
    outlet: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def filter(self) -> Filter:
        """The kind of filter that the query has, or ``""``."""
        return "outlet" if self.outlet else "date" if self.since else ""

    def __str__(self) -> str:
        text = {"and": " AND ", "or": " OR "}.get(self.kind[:-1], " ").join(self.words)
        text = (
            f'"{text}"' if self.kind.startswith("phrase") else f"{text}*" if self.kind == "prefix" else text
        )
        conditions = [f'outlet:"{self.outlet}"'] if self.outlet else []
        conditions += [f"date:{self.since}..{self.until}"] if self.since else []
        return " ".join([text, *conditions])


def draw(stories: Iterable[Story], number: int, seed: int) -> list[Query]:
    """Return ``number`` distinct queries of each kind, and a quarter of them again with each filter.

    A filter is the outlet, or the year, of the story that the words were drawn from. A small corpus gives fewer queries.
    """
    source = random.Random(seed)
    sample = _sample(stories, SAMPLE * number, source)
    queries: list[Query] = []
    for kind in KINDS:
        source.shuffle(sample)
        drawn = list(_distinct(kind, sample, number, source))
        queries += [query for query, _ in drawn]
        for condition in (_by_date, _by_outlet):
            filtered = (condition(query, story) for query, story in drawn)
            queries += [query for query in filtered if query is not None][: (number + 3) // 4]
    return queries


def groups(queries: Iterable[Query]) -> dict[tuple[Kind, Filter], list[Query]]:
    """Return the queries of each kind and filter, in the given order."""
    grouped: dict[tuple[Kind, Filter], list[Query]] = {}
    for query in queries:
        grouped.setdefault((query.kind, query.filter), []).append(query)
    return grouped


def _sample(stories: Iterable[Story], size: int, source: random.Random) -> list[Story]:
    """Return a uniform random sample of ``size`` stories (Vitter's algorithm R)."""
    sample: list[Story] = []
    for seen, story in enumerate(stories):
        if seen < size:
            sample.append(story)
        elif (place := source.randrange(seen + 1)) < size:
            sample[place] = story
    return sample


def _distinct(
    kind: Kind, sample: Sequence[Story], number: int, source: random.Random
) -> Iterator[tuple[Query, Story]]:
    """Return up to ``number`` distinct queries of a kind, each with the story that it was drawn from."""
    draw_words = _drawer(kind)
    seen: set[tuple[str, ...]] = set()
    for story in sample:
        words = draw_words(story, WORDS[kind], source)
        if words and words not in seen:
            seen.add(words)
            yield Query(kind, words), story
        if len(seen) == number:
            return


_Drawer = Callable[[Story, int, random.Random], tuple[str, ...] | None]


def _drawer(kind: Kind) -> _Drawer:
    if kind.startswith("phrase"):
        return _phrase
    return _prefix if kind == "prefix" else _any_words


def _headline(story: Story) -> list[str]:
    """Return the words of a headline between white space; one with anything but letters is replaced by ``""``.

    All engines agree on words of letters only. They differ on ``Iraq's``, ``U.S.`` and ``3.5bn``.
    """
    return [part.lower() if _WORD.fullmatch(part) else "" for part in story.title.split()]


def _content_words(story: Story) -> list[str]:
    return [word for word in dict.fromkeys(_headline(story)) if word and word not in FUNCTION_WORDS]


def _any_words(story: Story, number: int, source: random.Random) -> tuple[str, ...] | None:
    words = _content_words(story)
    return tuple(source.sample(words, number)) if len(words) >= number else None


def _phrase(story: Story, number: int, source: random.Random) -> tuple[str, ...] | None:
    """Return adjacent words of the headline, not only function words, that are adjacent in a paragraph too."""
    headline = _headline(story)
    text = "\n".join(f" {paragraph} " for paragraph in story.paragraphs).lower()
    starts = list(range(len(headline) - number + 1))
    source.shuffle(starts)
    for start in starts:
        words = tuple(headline[start : start + number])
        if all(words) and not FUNCTION_WORDS.issuperset(words) and f" {' '.join(words)} " in text:
            return words
    return None


def _prefix(story: Story, _: int, source: random.Random) -> tuple[str, ...] | None:
    """Return the first letters of a word that stemming does not change, because some engines match stems with prefixes."""
    words = [word for word in _content_words(story) if len(word) > PREFIX]
    words = [word for word in words if all(_keeps_prefix(word, stemmer) for stemmer in _STEMMERS)]
    return (source.choice(words)[:PREFIX],) if words else None


def _keeps_prefix(word: str, stemmer: Stemmer.Stemmer) -> bool:
    prefix = word[:PREFIX]
    return bool(stemmer.stemWord(word)[:PREFIX] == prefix == stemmer.stemWord(prefix))


def _by_date(query: Query, story: Story) -> Query | None:
    if not story.date:
        return None
    return replace(query, since=f"{story.date[:4]}-01-01", until=f"{story.date[:4]}-12-31")


def _by_outlet(query: Query, story: Story) -> Query | None:
    return replace(query, outlet=story.outlet) if story.outlet else None
