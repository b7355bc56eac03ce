"""What is known of all articles and paragraphs of a commit, as arrays, each read when it is first asked for.

Documents are paragraphs, and those of one article stand side by side, so that an article is a run of documents:
``first[a]`` to ``first[a + 1]``. Articles are numbered through, deleted ones too.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...analysis import analysis_of
from .postings import Ints, Segments
from .schema import NONE

Mask = NDArray[np.bool_]


class Values(NamedTuple):
    """A field of all articles: ``values[codes[a]]``; the first value is ``""``, for articles without it."""

    codes: Ints
    values: list[str]


class Table:
    """The arrays of one commit."""

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self._values: dict[str, Values] = {}

    @cached_property
    def number(self) -> Ints:
        """The number of each document's paragraph; 0 for an article without any."""
        return self.segments.numbers("number")

    @cached_property
    def first(self) -> Ints:
        """The first document of each article, and the end: an article's paragraphs count up from 1 (or 0)."""
        return np.append(np.flatnonzero(self.number <= 1), self.segments.size)

    @property
    def articles(self) -> int:
        """How many articles there are, deleted ones counted."""
        return len(self.first) - 1

    @cached_property
    def article(self) -> Ints:
        """The article of each document."""
        return np.repeat(np.arange(self.articles), np.diff(self.first))

    @cached_property
    def alive(self) -> Mask:
        """Which articles are not deleted."""
        alive = np.ones(self.articles, np.bool_)
        alive[self.article[self.segments.deleted]] = False
        return alive

    @cached_property
    def is_paragraph(self) -> Mask:
        """Which documents are paragraphs of articles that are not deleted."""
        return np.asarray((self.number > 0) & self.alive[self.article], np.bool_)

    @cached_property
    def paragraphs(self) -> int:
        """How many paragraphs there are."""
        return int(np.count_nonzero(self.is_paragraph))

    @cached_property
    def words(self) -> Ints:
        """The words of each document's paragraph."""
        return self.segments.numbers("words")

    @cached_property
    def title_words(self) -> Ints:
        """The words of each article's headline."""
        return self.segments.numbers("title_words")[self.first[:-1]]

    @cached_property
    def mean_words(self) -> float:
        """The mean length of a paragraph."""
        return float(self.words[self.is_paragraph].mean()) if self.paragraphs else 1.0

    @cached_property
    def mean_title_words(self) -> float:
        """The mean length of a headline, over the articles that have one."""
        titled = self.title_words[self.alive & (self.title_words > 0)]
        return float(titled.mean()) if len(titled) else 1.0

    @cached_property
    def written(self) -> Ints:
        """When each article was published, by the outlet's clock: microseconds of the calendar, or NONE."""
        return self.segments.numbers("written")[self.first[:-1]]

    @cached_property
    def instant(self) -> Ints:
        """The same in universal time."""
        return self.segments.numbers("instant")[self.first[:-1]]

    @property
    def dated(self) -> Mask:
        """Which articles have a date."""
        return np.asarray(self.written != NONE, np.bool_)

    def values(self, field: str) -> Values:
        """A field of each article."""
        if field not in self._values:
            texts = self.segments.texts(field, self.first[:-1])
            values = ["", *sorted(set(texts) - {""})]
            code = {value: number for number, value in enumerate(values)}
            self._values[field] = Values(np.array([code[text] for text in texts], np.int64), values)
        return self._values[field]

    @cached_property
    def analysis(self) -> dict[str, Mask]:
        """The articles of each analysis."""
        langs = self.values("lang")
        names = [analysis_of(value) for value in langs.values]
        found: dict[str, Mask] = {}
        for name in sorted(set(names)):
            mask = np.isin(langs.codes, [code for code, other in enumerate(names) if other == name])
            if mask.any():
                found[name] = mask
        return found

    def ids(self, articles: Ints) -> list[str]:
        """The ids of some articles, ascending."""
        return self.segments.texts("id", self.first[articles])
