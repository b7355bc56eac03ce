"""Bounds the proximity part of an article's score without reading its text."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from newssearch.engines import bm25f
from newssearch.query import Leaf, LeafUse, Near

from .article_queries import nested
from .condition_limit import conditions_in
from .evaluation import Evaluation
from .leaf_queries import FINDS_NOTHING, ClusterQuery
from .scoring import light_words, neighbouring_words

MAX_NAMED_CONDITIONS = 300
"""The largest number of conditions in the named queries for pairs. Words of further pairs are assumed to be near each
other.
"""


class _Pair(NamedTuple):
    """Two adjacent words of the query, and the names of the queries for articles in which they are near each other."""

    factor: float
    near: str | None
    ordered: str | None


class ProximityBounds:
    """Upper bounds of :attr:`~.scoring.ScoredArticle.proximity` for the articles of a search.

    The named queries of :meth:`queries` match articles in which the words of a pair are near each other, or
    consecutive. A response lists for each hit the names of the queries that it matches.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._queries: dict[str, ClusterQuery] = {}
        self._names: dict[tuple[Leaf, Leaf], tuple[str | None, str | None]] = {}
        self._conditions = 0
        self._pairs = {name: self._pairs_of(name) for name in evaluation.statistics.analyses}

    def queries(self) -> list[ClusterQuery]:
        """Return the named queries."""
        return list(self._queries.values())

    @property
    def largest(self) -> float:
        """The upper bound for any article."""
        sums = (sum(one.factor for one in pairs) for pairs in self._pairs.values())
        return (bm25f.NEAR + bm25f.ORDERED) * max(sums, default=0.0)

    def most(self, analysis: str, found_by: Collection[str]) -> float:
        """Return the upper bound for an article in an analysis that matches the queries with the given names."""
        if analysis not in self._pairs:
            self._pairs[analysis] = self._pairs_of(analysis)
        total = 0.0
        for factor, near, ordered in self._pairs[analysis]:
            if near is None or near in found_by:
                total += factor * bm25f.NEAR
            if ordered is None or ordered in found_by:
                total += factor * bm25f.ORDERED
        return total

    def _pairs_of(self, analysis: str) -> list[_Pair]:
        evaluation = self._evaluation
        low = light_words(evaluation.scored, analysis)
        found = []
        for a, b in neighbouring_words(evaluation.scored, low):
            idf = max(evaluation.weights[a.leaf].article_idf, evaluation.weights[b.leaf].article_idf)
            found.append(_Pair(min(a.boost, b.boost) * idf, *self._names_of(a, b)))
        return found

    def _names_of(self, a: LeafUse, b: LeafUse) -> tuple[str | None, str | None]:
        pair = a.leaf, b.leaf
        if pair not in self._names:
            near = Near(a.leaf, b.leaf, bm25f.WINDOW - 1)
            self._names[pair] = self._named(near), self._named(Near(a.leaf, b.leaf, 1, ordered=True))
        return self._names[pair]

    def _named(self, pair: Near) -> str | None:
        """Name a query for articles with the pair in a weighted paragraph (a superset), and return the name; None if
        there are too many conditions.
        """
        text = self._evaluation.may_match(pair)
        name = f"pair {len(self._queries)}"
        if text is FINDS_NOTHING:
            return name  # no hit matches it
        query = nested({"bool": {"filter": [text, {"term": {"paragraphs.weight": True}}]}})
        self._conditions += conditions_in(query)
        if self._conditions > MAX_NAMED_CONDITIONS:
            return None
        query["nested"]["_name"] = name
        self._queries[name] = query
        return name
