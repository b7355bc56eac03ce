"""Draws a random sample of the articles that match a query: see :mod:`newssearch.corpus.sample`.

The ids of all articles are read, with the values that decide their strata. Then the texts of the drawn articles are
read.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nsmallest
from typing import Any, cast

from newssearch.corpus.periods import Unit, period_name
from newssearch.corpus.sample import (
    FoundSample,
    SampledArticle,
    SampleRequest,
    Stratum,
    allocated,
    draw_of,
    sampled_article,
)
from newssearch.fields import DATE_FACETS, ArticleField

from .article_groups import ArticleGroups, GroupEntry, GroupKey
from .documents import shown_from
from .evaluation import VERIFIED_AT_ONCE, Evaluation
from .leaf_queries import ClusterQuery
from .mapping import MAX_HITS_AT_ONCE

StratumKey = tuple[GroupKey, ...]
"""The groups of the articles in a stratum; empty for articles without a value."""
_Draw = tuple[tuple[int, int], str]
"""The random number of an article, and its id."""


def drawn_sample(
    evaluation: Evaluation, found: ClusterQuery, own: Mapping[str, ArticleField], wanted: SampleRequest
) -> FoundSample:
    """Return a sample of the articles that match ``found``, without notes. ``own`` maps the names of own fields to
    their rows.
    """
    groups = None if wanted.by is None else ArticleGroups(wanted.by, own, evaluation.request.aliases)
    parts = ["id", *(groups.sources if groups is not None else ())]
    draws: dict[GroupEntry, list[_Draw]] = {}
    for source in evaluation.sources(found, parts, MAX_HITS_AT_ONCE):
        evaluation.check()
        entry = groups.entry(source) if groups is not None else ()
        draws.setdefault(entry, []).append((draw_of(wanted.seed, source["id"]), source["id"]))
    if groups is None:
        values: list[str | None] = [None]
        of_strata = [draws.get((), [])]
    else:
        values, of_strata = _ordered_strata(groups, draws)
    sizes = [len(of_stratum) for of_stratum in of_strata]
    taken = allocated(sizes, wanted.size, equal=wanted.equal)
    rows = [Stratum(*row) for row in zip(values, sizes, taken, strict=True)]
    chosen = sorted(
        (*draw, number)
        for number, of_stratum in enumerate(of_strata)
        for draw in nsmallest(taken[number], of_stratum)
    )
    stratum_of = {name: rows[number] for _, name, number in chosen}
    return FoundSample(
        articles=_drawn_articles(evaluation, stratum_of, texts=wanted.texts), strata=tuple(rows)
    )


def _ordered_strata(
    groups: ArticleGroups, draws: Mapping[GroupEntry, list[_Draw]]
) -> tuple[list[str | None], list[list[_Draw]]]:
    """Return the values of the strata in order, and the draws of their articles.

    An article with several values is in the stratum of this combination. Strata are ordered by descending number of
    articles, then by value; periods by time. Articles without a value come last.
    """
    unit = cast("Unit", groups.name) if groups.name in DATE_FACETS else "month"
    names = groups.named(Counter({entry: len(of_entry) for entry, of_entry in draws.items()}))
    strata: dict[StratumKey, list[_Draw]] = {}
    for entry, of_entry in draws.items():
        own = sorted({group for group, _ in groups.own_groups(entry)}, key=str)
        strata.setdefault(tuple(own), []).extend(of_entry)

    def value(stratum: StratumKey) -> str | dt.date:
        if len(stratum) == 1:
            return names[stratum[0]]
        return "; ".join(sorted(str(names[group]) for group in stratum))

    def key(stratum: StratumKey) -> tuple[Any, ...]:
        if not stratum:
            return (True,)
        size = 0 if groups.in_time else -len(strata[stratum])
        return (False, size, value(stratum) if len(stratum) > 1 else groups.sort_key(value(stratum)))

    order = sorted(strata, key=key)
    shown = [value(stratum) if stratum else None for stratum in order]
    return (
        [period_name(unit, one) if isinstance(one, dt.date) else one for one in shown],
        [strata[stratum] for stratum in order],
    )


def _drawn_articles(
    evaluation: Evaluation, stratum_of: Mapping[str, Stratum], *, texts: bool
) -> tuple[SampledArticle, ...]:
    """Return the articles with the given ids, in the same order."""
    parts = ["id", "count", "header", *(["texts"] if texts else [])]
    made: dict[str, SampledArticle] = {}
    ids: Sequence[str] = list(stratum_of)
    for low in range(0, len(ids), VERIFIED_AT_ONCE):
        some: ClusterQuery = {"terms": {"id": ids[low : low + VERIFIED_AT_ONCE]}}
        for source in evaluation.sources(some, parts, VERIFIED_AT_ONCE):
            bodies = source["texts"]["of"] if texts else None
            made[source["id"]] = sampled_article(
                shown_from(source), source["count"], bodies, stratum_of[source["id"]]
            )
    return tuple(made[one] for one in ids)
