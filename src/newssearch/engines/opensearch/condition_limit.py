"""Rewrites queries that exceed OpenSearch's limit of 1,024 conditions, nested ones included.

The articles or paragraphs that match a part of the conditions are listed first. The set of their ids or addresses,
which counts as one condition, replaces that part.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from newssearch.errors import QueryError
from newssearch.stopping import StopCheck

from .evaluation import SearchCall
from .leaf_queries import FINDS_NOTHING, ClusterQuery, finding_all, finding_any, having_one_of
from .mapping import MAX_HITS_AT_ONCE

MAX_CONDITIONS = 1_000
"""The largest number of conditions in a query. OpenSearch allows 1,024, and adds some itself."""
MAX_LISTED = 1_000_000
"""The largest number of articles or paragraphs that are listed for one part of a query."""
MAX_SETS = 12
"""The number of sets that are cached for further requests of the same search."""
_MAX_CONDITIONS_WITHOUT_SET = MAX_CONDITIONS // 8
"""The number of conditions of one kind that need no set. There are three kinds, and scores have conditions, too."""
_MAX_CONDITIONS_OF_SET = 20
"""An upper bound of the conditions that one set takes. OpenSearch allows 65,536 values in a set."""

ListedPlace = Literal["articles", "paragraphs"]
IS_ARTICLE: ClusterQuery = {"exists": {"field": "id"}}
"""Matches articles, and not the checkpoints of a commit (:mod:`.checkpoints`)."""

ConditionSets = dict[str, ClusterQuery]
"""Sets of articles or paragraphs of one commit, by the conditions that their members fulfil."""
_BOOL_PARTS = ("filter", "must", "should", "must_not")


def conditions_in(query: Any) -> int:
    """Return an upper bound, nearly exact, of the number of conditions that OpenSearch counts in a query.

    >>> conditions_in({"bool": {"filter": [{"term": {"a": 1}}, {"nested": {"path": "p", "query": {"terms": {"p.a": [1, 2]}}}}]}})
    2
    """
    ((kind, content),) = query.items()
    if kind == "bool":
        return max(1, sum(conditions_in(one) for part in _BOOL_PARTS for one in content.get(part, ())))
    if kind in ("nested", "script_score", "function_score"):
        return conditions_in(content["query"])
    if kind in ("span_near", "span_or"):
        return sum(map(conditions_in, content["clauses"]))
    if kind == "span_not":
        return conditions_in(content["include"]) + conditions_in(content["exclude"])
    return 1


def in_groups(queries: Iterable[ClusterQuery], most: int) -> Iterator[list[ClusterQuery]]:
    """Divide queries into groups, each with at most ``most`` conditions or with a single query."""
    group: list[ClusterQuery] = []
    size = 0
    for query in queries:
        number = conditions_in(query)
        if group and size + number > most:
            yield group
            group, size = [], 0
        group.append(query)
        size += number
    if group:
        yield group


class ConditionLimit:
    """Rewrites searches of one commit that have too many conditions. ``search`` sends the additional searches."""

    def __init__(self, search: SearchCall, sets: ConditionSets, check: StopCheck) -> None:
        self._search = search
        self._sets = sets
        self._check = check

    def __call__(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return an equivalent search in which no query has too many conditions.

        Raises QueryError if that requires a list of more than :data:`MAX_LISTED` articles or paragraphs.
        """
        found = dict(body)
        if "query" in body:
            found["query"] = self._within(body["query"], "articles", scored=True)
        if "aggs" in body:
            found["aggs"] = self._aggregations(body["aggs"], "articles")
        return found

    def _aggregations(self, aggregations: Mapping[str, Any], place: ListedPlace) -> dict[str, Any]:
        found = {}
        for name, one in aggregations.items():
            made, below = dict(one), place
            if "nested" in one:
                below = "paragraphs"
            elif "reverse_nested" in one:
                below = "articles"
            elif "filter" in one:
                made["filter"] = self._within(one["filter"], place)
            elif "filters" in one:
                queries = one["filters"]["filters"]
                made["filters"] = {
                    **one["filters"],
                    "filters": {key: self._within(query, place) for key, query in queries.items()},
                }
            if "aggs" in one:
                made["aggs"] = self._aggregations(one["aggs"], below)
            found[name] = made
        return found

    def _within(self, query: ClusterQuery, place: ListedPlace, *, scored: bool = False) -> ClusterQuery:
        """Return an equivalent query with few conditions. If it is ``scored``, the scores are the same."""
        if conditions_in(query) <= MAX_CONDITIONS:
            return query
        ((kind, content),) = query.items()
        if kind == "nested":
            return {
                "nested": {**content, "query": self._within(content["query"], "paragraphs", scored=scored)}
            }
        if kind != "bool":
            raise QueryError(
                f"the query has a condition that stands for more than {MAX_CONDITIONS:,}",
                suggestion="search for fewer words at once",
            )
        parts = {
            name: [
                self._within(one, place, scored=scored and name in ("must", "should"))
                for one in content[name]
            ]
            for name in _BOOL_PARTS
            if name in content
        }
        if "should" in parts and "minimum_should_match" in content:
            parts["should"] = self._any(parts["should"], place)
        if "must_not" in parts:
            parts["must_not"] = self._any(parts["must_not"], place)
        must = parts.pop("must", []) if scored else []
        wanted = [*parts.pop("filter", ()), *parts.pop("must", ())]
        if sum(map(conditions_in, wanted)) > _MAX_CONDITIONS_WITHOUT_SET:
            wanted = [self._all(wanted, place)]
        return {"bool": {**content, **parts, "filter": wanted, "must": must}}

    def _any(self, queries: Sequence[ClusterQuery], place: ListedPlace) -> list[ClusterQuery]:
        """Return few queries whose union matches the same as the union of ``queries``."""
        if sum(map(conditions_in, queries)) <= _MAX_CONDITIONS_WITHOUT_SET:
            return list(queries)
        return [self._set(finding_any(some), place) for some in in_groups(queries, MAX_CONDITIONS)]

    def _all(self, queries: Sequence[ClusterQuery], place: ListedPlace) -> ClusterQuery:
        """Return a query for the intersection of ``queries``."""
        found: list[ClusterQuery] = []
        for some in in_groups(queries, MAX_CONDITIONS - _MAX_CONDITIONS_OF_SET):
            found = [self._set(finding_all([*found, *some]), place)]
            if found == [FINDS_NOTHING]:
                break
        return found[0]

    def _set(self, query: ClusterQuery, place: ListedPlace) -> ClusterQuery:
        """Return a query for the set of the articles or paragraphs that match ``query``."""
        name = f"{place} {json.dumps(query)}"
        found = self._sets.get(name)  # other threads add and remove sets
        if found is None:
            listed: list[str] = []
            for some in self._articles(query) if place == "articles" else self._paragraphs(query):
                listed += some
                if len(listed) > MAX_LISTED:
                    raise QueryError(
                        f"the query has more than {MAX_CONDITIONS:,} conditions, and more than {MAX_LISTED:,} {place} fulfil a part of them",
                        suggestion="search for fewer words at once",
                    )
            for oldest in list(self._sets)[: max(0, len(self._sets) - MAX_SETS + 1)]:
                self._sets.pop(oldest, None)
            found = having_one_of("id" if place == "articles" else "paragraphs.address", listed)
            self._sets[name] = found
        return found

    def _articles(self, query: ClusterQuery) -> Iterator[list[str]]:
        """Yield the ids of the matching articles in batches."""
        body: dict[str, Any] = {
            "size": MAX_HITS_AT_ONCE, "query": finding_all([query, IS_ARTICLE]), "_source": False, "docvalue_fields": ["id"],
            "sort": [{"id": "asc"}], "track_total_hits": False,
        }  # fmt: skip
        while True:
            self._check()
            hits = self._search(body, self._check)["hits"]["hits"]
            yield [hit["fields"]["id"][0] for hit in hits]
            if len(hits) < MAX_HITS_AT_ONCE:
                return
            body["search_after"] = hits[-1]["sort"]

    def _paragraphs(self, query: ClusterQuery) -> Iterator[list[str]]:
        """Yield the addresses of the matching paragraphs in batches."""
        asked: dict[str, Any] = {
            "size": MAX_HITS_AT_ONCE,
            "sources": [{"address": {"terms": {"field": "paragraphs.address"}}}],
        }
        while True:
            self._check()
            addresses = {"addresses": {"composite": asked}}
            among = {"among": {"filter": query, "aggs": addresses}}
            body = {
                "size": 0, "track_total_hits": True, "query": {"match_all": {}},
                "aggs": {"in": {"nested": {"path": "paragraphs"}, "aggs": among}},
            }  # fmt: skip
            answer = self._search(body, self._check)["aggregations"]["in"]["among"]["addresses"]
            yield [bucket["key"]["address"] for bucket in answer["buckets"]]
            if len(answer["buckets"]) < MAX_HITS_AT_ONCE:
                return
            asked["after"] = answer["after_key"]
