"""Draws a random sample of the articles that a query finds: those with the smallest hashes of a seed and their ids."""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b
from typing import Any, NamedTuple, cast

import numpy as np

from newssearch.corpus.periods import Unit, period_name
from newssearch.corpus.sample import (
    DRAW_SIZE,
    FoundSample,
    SampledArticle,
    SampleRequest,
    Stratum,
    allocated,
    sampled_article,
)
from newssearch.engines.embedded.search.dimensions import NO_GROUP, Dimension, Dimensions
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import Ints, Mask, run_starts
from newssearch.fields import DATE_FACETS
from newssearch.identity import DIGEST_LENGTH
from newssearch.request import ResolvedRequest
from newssearch.stopping import StopCheck

ARTICLES_AT_ONCE = 65_536
"""The number of articles whose draws are computed at once, which bounds the memory for their ids."""
_DIGIT_BYTES = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
"""The digits of the digest at the end of an id."""
_SHIFTS = np.arange(5 * DIGEST_LENGTH - 5, -5, -5).astype(np.uint64)
_FIRST_HAND_MADE = np.uint64(1 << 5 * DIGEST_LENGTH)
"""The smallest number of an id without a digest."""


class Draws(NamedTuple):
    """The draws of articles: ``hashes`` and ``numbers`` are the two numbers of :func:`newssearch.corpus.sample.draw_of`."""

    hashes: Array
    numbers: Array


class _Strata(NamedTuple):
    """The stratum of each article, as an index into the ordered values of the strata."""

    of_articles: Ints
    values: list[str | None]


def draw_sample(
    reader: IndexReader, found: Mask, request: ResolvedRequest, wanted: SampleRequest
) -> FoundSample:
    """Return a sample of the articles that the mask ``found`` selects, without notes on the query."""
    articles = np.flatnonzero(found)
    draws = draws_of(reader, articles, wanted.seed, request.check)
    if wanted.by is None:
        strata = _Strata(np.zeros(len(articles), np.int64), [None])
    else:
        unit = cast("Unit", wanted.by) if wanted.by in DATE_FACETS else "month"
        strata = _strata(
            reader.kept(Dimensions).get(wanted.by, request.aliases), unit, articles, request.check
        )
    sizes = np.bincount(strata.of_articles, minlength=len(strata.values)).tolist()
    taken = allocated(sizes, wanted.size, equal=wanted.equal)
    rows = [Stratum(*row) for row in zip(strata.values, sizes, taken, strict=True)]
    chosen = _smallest_draws(draws, strata.of_articles, np.array(taken, np.int64))
    return FoundSample(
        articles=tuple(
            _sampled_article(
                reader, int(articles[at]), rows[int(strata.of_articles[at])], wanted.texts, request.check
            )
            for at in chosen.tolist()
        ),
        strata=tuple(rows),
    )


def draws_of(reader: IndexReader, articles: Ints, seed: int, check: StopCheck) -> Draws:
    """Return the draws of the given articles, whose numbers in the index are ascending."""
    numbers = np.concatenate([np.empty(0, np.uint64), *(segment.id_numbers for segment in reader.segments)])[
        articles
    ]
    begun = blake2b(f"{seed}:".encode(), digest_size=DRAW_SIZE)
    hashes = []
    for low in range(0, len(articles), ARTICLES_AT_ONCE):
        check()
        part = numbers[low : low + ARTICLES_AT_ONCE]
        digits = _DIGIT_BYTES[(part[:, None] >> _SHIFTS & np.uint64(31)).astype(np.intp)].tobytes()
        codes = [digits[at : at + DIGEST_LENGTH] for at in range(0, len(digits), DIGEST_LENGTH)]
        for at in np.flatnonzero(part >= _FIRST_HAND_MADE).tolist():
            segment, article = reader.article_at(int(articles[low + at]))
            codes[at] = segment.id(article)
        for code in codes:
            hashed = begun.copy()
            hashed.update(code)
            hashes.append(hashed.digest())
    return Draws(np.frombuffer(b"".join(hashes), f">u{DRAW_SIZE}").astype(np.uint64), numbers)


def _smallest_draws(draws: Draws, strata: Ints, taken: Ints) -> Ints:
    """Return the indices of the articles with the smallest draws of each stratum, in the order of their draws."""
    order = np.lexsort((draws.numbers, draws.hashes, strata))
    sizes = np.bincount(strata, minlength=len(taken))
    place = np.arange(len(order)) - (np.cumsum(sizes) - sizes)[strata[order]]
    chosen = order[place < taken[strata[order]]]
    return chosen[np.lexsort((draws.numbers[chosen], draws.hashes[chosen]))]


def _strata(dimension: Dimension, unit: Unit, articles: Ints, check: StopCheck) -> _Strata:
    """Return the strata of articles by a dimension: their own values, or their periods.

    An article with several values is in the stratum of this combination. Strata are ordered by descending number of
    articles, then by value; periods by time. Articles without a value come last.
    """
    members = dimension.own_members(articles, check)
    first = run_starts(members.articles).nonzero()[0]
    ends = np.append(first[1:], len(members.articles))
    stratum = members.groups[first]
    combined: dict[tuple[int, ...], int] = {}
    unused = int(members.groups.max(initial=NO_GROUP)) + 1
    for article in (ends - first > 1).nonzero()[0].tolist():
        groups = tuple(members.groups[first[article] : ends[article]].tolist())
        stratum[article] = unused + combined.setdefault(groups, len(combined))
    single = np.unique(members.groups[members.groups != NO_GROUP])
    values = dimension.values(single, articles, np.ones(len(articles), np.int64))
    value_of = dict(zip(single.tolist(), values, strict=True))
    for groups, number in combined.items():
        value_of[unused + number] = "; ".join(sorted(str(value_of[group]) for group in groups))
    numbers, of_articles, sizes = np.unique(stratum, return_inverse=True, return_counts=True)

    def key(at: int) -> tuple[Any, ...]:
        value = value_of.get(int(numbers[at]))
        if value is None:
            return (True,)
        size = 0 if dimension.in_time else -int(sizes[at])
        return (False, size, value if int(numbers[at]) >= unused else dimension.sort_key(value))

    order = sorted(range(len(numbers)), key=key)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    shown = [value_of.get(int(numbers[at])) for at in order]
    return _Strata(
        place[of_articles],
        [period_name(unit, one) if isinstance(one, dt.date) else one for one in shown],
    )


def _sampled_article(
    reader: IndexReader, number: int, stratum: Stratum, texts: bool, check: StopCheck
) -> SampledArticle:
    """Return an article of a sample, given by its number in the index."""
    check()
    segment, article = reader.article_at(number)
    first, count = int(segment.first[article]), segment.count(article)
    bodies = [segment.bodies[first + at] for at in range(count)] if texts else None
    return sampled_article(segment.shown(article), count, bodies, stratum)
