"""The facets of a search in OpenSearch: articles counted by the values of a field, or by periods.

Aggregations count articles by value and by day. This module groups values that differ only in spelling, by the rules
of :mod:`newssearch.engines.value_groups`. An article may have several values of an own field, which are therefore
read article by article.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple, cast

from newssearch.corpus.periods import Unit, first_day, period_name, period_number, periods_within
from newssearch.engines.article_times import AMBIGUOUS, DAY, ONLY_MONTH, ONLY_YEAR
from newssearch.engines.selected_values import none_is_selected, selected_conditions
from newssearch.engines.value_groups import (
    WORDLESS_PREFIX,
    contained_groups,
    group_of,
    group_of_key,
    most_frequent,
    shown_of_group,
    word_counts,
)
from newssearch.extra import number_of, texts_of
from newssearch.facets import Facet, FacetValue, FacetValues
from newssearch.fields import DATE_FACETS, FIELDS, ArticleField
from newssearch.outlets import Aliases, outlets
from newssearch.query import Field, Within
from newssearch.request import ResolvedRequest
from newssearch.stopping import NEVER, StopCheck
from newssearch.text.analysis import key, name_words
from newssearch.text.numbers import number_key

from .article_queries import place_of_key
from .documents import extra_of
from .evaluation import SearchCall
from .leaf_queries import ClusterQuery, finding_all
from .mapping import MAX_HITS_AT_ONCE

COARSEST: Mapping[str, int] = {
    "year": ONLY_YEAR,
    "quarter": ONLY_MONTH,
    "month": ONLY_MONTH,
    "week": DAY,
    "day": DAY,
}
"""The coarsest precision of a date that a facet of each unit of time counts."""
FIRST_DAY = dt.date.min.toordinal()


class CountedFacetValue(NamedTuple):
    """A value as a facet shows it, the key of its group, and the number of articles that a filter for it finds."""

    group: str
    value: str
    articles: int


class GroupCounts(NamedTuple):
    """The values of a facet in order, with the number of articles counted, and the number of articles without a
    value.

    ``spellings`` counts the spellings of each group. ``articles_with`` returns the number of articles that have a
    value in one of the given groups.
    """

    values: list[CountedFacetValue]
    counted: int
    without: int
    spellings: Mapping[str, Collection[str]]
    articles_with: Callable[[Set[str]], int]


class FacetCounter:
    """Counts the facet values of the articles that match a query. ``own`` maps the names of own fields to their rows."""

    def __init__(
        self, search: SearchCall, own: Mapping[str, ArticleField], aliases: Aliases, check: StopCheck = NEVER
    ) -> None:
        self._search = search
        self._own = own
        self._aliases = aliases
        self._check = check
        self._days: tuple[ClusterQuery, list[tuple[tuple[Any, ...], int]]] | None = None

    def count(self, facet: Facet, found: ClusterQuery, request: ResolvedRequest | None = None) -> FacetValues:
        """Return the values of a facet among the articles that match ``found``: see :class:`~newssearch.Facet`.

        Values are selected if ``request`` filters by them.
        """
        counts = self.values(facet.name, found)
        values = counts.values
        if wanted := key(facet.contains):
            values = [one for one in values if _has_text(one, counts, wanted)]
        chosen = set[str]() if request is None else self._selected(facet.name, values, request)
        listed = values
        if facet.limit is not None and len(values) > facet.limit:
            most = sorted(values, key=lambda one: -one.articles)[: facet.limit]
            kept = {one.group for one in most} | chosen
            listed = [one for one in values if one.group in kept]
        others = {one.group for one in values} - {one.group for one in listed}
        rows = [FacetValue(one.value, one.articles, one.group in chosen) for one in listed]
        if counts.without and not wanted:
            is_selected = request is not None and none_is_selected(facet.name, request)
            rows.insert(
                self._place_of_none(facet.name, listed, counts), FacetValue(None, counts.without, is_selected)
            )
        return FacetValues(
            facet.name,
            tuple(rows),
            counted=counts.counted,
            others=len(others),
            others_articles=counts.articles_with(others) if others else 0,
        )

    def _number(self, found: ClusterQuery) -> int:
        body = {"size": 0, "track_total_hits": True, "query": found}
        return int(self._search(body, self._check)["hits"]["total"]["value"])

    def values(self, facet: str, found: ClusterQuery) -> GroupCounts:
        """Return all values of a facet among the articles that match ``found``."""
        if facet in DATE_FACETS:
            return self._periods(cast("Unit", facet), found)
        if (own := self._own.get(facet)) is not None:
            return self._own_values(own, found)
        return self._field_values(FIELDS[facet], found)

    def buckets(self, found: ClusterQuery, fields: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], int]]:
        """Yield each combination of the fields' values with its number of articles. None stands for a missing value."""
        sources = [{name: {"terms": {"field": name, "missing_bucket": True}}} for name in fields]
        asked: dict[str, Any] = {"size": MAX_HITS_AT_ONCE, "sources": sources}
        while True:
            self._check()
            aggs = {"values": {"composite": asked}}
            body = {"size": 0, "track_total_hits": True, "query": found, "aggs": aggs}
            answer = self._search(body, self._check)["aggregations"]["values"]
            for bucket in answer["buckets"]:
                yield tuple(bucket["key"][name] for name in fields), int(bucket["doc_count"])
            if len(answer["buckets"]) < MAX_HITS_AT_ONCE:
                return
            asked = {**asked, "after": answer["after_key"]}

    # ---- dates

    def _days_of(self, found: ClusterQuery) -> list[tuple[tuple[Any, ...], int]]:
        """Return the day, precision and number of the matching articles. The last query's answer is cached for other
        units.
        """
        if self._days is None or self._days[0] is not found:
            self._days = found, list(self.buckets(found, ("day", "precision")))
        return self._days[1]

    def _periods(self, unit: Unit, found: ClusterQuery) -> GroupCounts:
        counts = Counter[int]()
        counted = without = 0
        for (day, precision), number in self._days_of(found):
            counted += number
            if day is None or (precision & ~AMBIGUOUS) < COARSEST[unit]:
                without += number
            else:
                counts[period_number(unit, dt.date.fromordinal(day + FIRST_DAY))] += number
        names = {number: period_name(unit, first_day(unit, number)) for number in sorted(counts)}
        values = [CountedFacetValue(name, name, counts[number]) for number, name in names.items()]
        by_name = {one.group: one.articles for one in values}
        return GroupCounts(
            values, counted, without, {}, lambda groups: sum(by_name[group] for group in groups)
        )

    # ---- fields of all articles

    def _field_values(self, field: ArticleField, found: ClusterQuery) -> GroupCounts:
        names = outlets(self._aliases)
        held = Counter[str]()
        spellings: dict[str, Counter[str]] = {}
        counted = without = 0
        place = place_of_key(field.name)
        for (value_key, value), number in self.buckets(found, (place, field.name)):
            counted += number
            if value is None:
                without += number
                continue
            plain_key = value_key.strip() if field.kind == "words" else value_key
            group = group_of_key(field, plain_key, value, names)
            held[group] += number
            shown = shown_of_group(field, group, value)
            spellings.setdefault(group, Counter())[shown] += number
        sizes = word_counts(held) if field.kind == "words" else ()
        totals = held
        if field.kind == "words":
            totals = Counter[str]()
            for group, number in held.items():
                for inner in contained_groups(group, sizes):
                    if inner in held:
                        totals[inner] += number

        def articles_with(groups: Set[str]) -> int:
            return sum(
                number
                for group, number in held.items()
                if group in groups or not groups.isdisjoint(contained_groups(group, sizes))
            )

        values = [CountedFacetValue(group, most_frequent(spellings[group]), totals[group]) for group in held]
        values.sort(key=lambda one: (-one.articles, one.value))
        return GroupCounts(values, counted, without, spellings, articles_with)

    # ---- own fields

    def _own_values(self, field: ArticleField, found: ClusterQuery) -> GroupCounts:
        """Count the values of an own field: an article with several of them counts once for each."""
        groups_of: list[set[str]] = []
        spellings: dict[str, Counter[str]] = {}
        for values in self._texts_of(field.name, found):
            own = set[str]()
            for text in values:
                group, shown = own_group(field, text)
                own.add(group)
                spellings.setdefault(group, Counter())[shown] += 1
            groups_of.append(own)
        sizes = word_counts(spellings) if field.kind == "words" else ()
        counts = Counter[str]()
        within: list[set[str]] = []
        for own in groups_of:
            inside = {
                inner for group in own for inner in contained_groups(group, sizes) if inner in spellings
            }
            counts.update(inside)
            within.append(inside)
        rows = [
            CountedFacetValue(group, most_frequent(spellings[group]), counts[group]) for group in spellings
        ]
        if field.kind == "date":
            rows.sort(key=lambda one: one.value)
        elif field.kind == "number":
            rows.sort(key=lambda one: (-one.articles, number_of(one.value)))
        else:
            rows.sort(key=lambda one: (-one.articles, one.value))
        counted = self._number(found)
        return GroupCounts(
            rows,
            counted,
            counted - len(groups_of),
            spellings,
            lambda groups: sum(not groups.isdisjoint(inside) for inside in within),
        )

    def _texts_of(self, name: str, found: ClusterQuery) -> Iterator[tuple[str, ...]]:
        body: dict[str, Any] = {
            "size": MAX_HITS_AT_ONCE,
            "track_total_hits": False,
            "query": finding_all([found, {"exists": {"field": f"own.{name}.value"}}]),
            "_source": ["header.extra"],
            "sort": [{"id": "asc"}],
        }
        while True:
            hits = self._search(body, self._check)["hits"]["hits"]
            for hit in hits:
                yield texts_of(extra_of(hit["_source"]["header"])[name])
            if len(hits) < MAX_HITS_AT_ONCE:
                return
            body = {**body, "search_after": hits[-1]["sort"]}

    # ---- selection

    def _place_of_none(self, facet: str, listed: Sequence[CountedFacetValue], counts: GroupCounts) -> int:
        """Return the index for the entry of articles without a value: after values with the same count, or after all
        periods.
        """
        own = self._own.get(facet)
        if facet in DATE_FACETS or (own is not None and own.kind == "date"):
            return len(listed)
        return next((n for n, one in enumerate(listed) if one.articles < counts.without), len(listed))

    def _selected(
        self, facet: str, values: Sequence[CountedFacetValue], request: ResolvedRequest
    ) -> set[str]:
        """Return the groups that a request filters by. Articles need not have them."""
        names = [one.value for one in values]
        if facet in DATE_FACETS:
            return periods_within(cast("Unit", facet), names, request.start, request.end)
        own = self._own.get(facet)
        if own is None:
            given = dict(request.filters).get(facet, ())
            known = outlets(request.aliases)
            return {group_of(FIELDS[facet], one, known) for one in given if isinstance(one, str)}
        chosen = set[str]()
        for node in selected_conditions(facet, request):
            if isinstance(node, Field):
                chosen.add(group_of(own, node.value, outlets()))
            elif isinstance(node, Within) and node.kind == "number" and not node.is_none:
                chosen.update(one.group for one in values if number_of(one.value) in node.numbers)
            elif isinstance(node, Within) and not node.is_none:
                chosen |= periods_within("month", names, node.start, node.end)
        return chosen


def own_group(field: ArticleField, text: str) -> tuple[str, str]:
    """Return the key of the group of a value of an own field, and the value as a facet shows it."""
    if field.kind == "date":
        return text[:7], text[:7]
    if field.kind == "number":
        shown = number_key(number_of(text))
        return shown, shown
    folded = " ".join(name_words(text)) if field.kind == "words" else key(text)
    return folded or WORDLESS_PREFIX + key(text), text


def _has_text(one: CountedFacetValue, counts: GroupCounts, folded: str) -> bool:
    return any(folded in key(spelling) for spelling in counts.spellings.get(one.group, (one.value,)))
