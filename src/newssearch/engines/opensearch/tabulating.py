"""Counts the articles and matches of several queries in the cells of a table: see
:mod:`newssearch.corpus.tabulation`.

Articles with the same entries in all groupings (:mod:`.article_groups`) form one *row*. OpenSearch counts the
articles and the matching paragraphs of each row. Occurrences and sentences are counted by reading texts. Values of
own fields, of which an article may have several, are read article by article.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import product
from typing import Any, NamedTuple, TypeVar

from newssearch.corpus.tabulation import (
    Extent,
    GroupIndices,
    Grouping,
    Groups,
    MatchCounts,
    QueryCounts,
    Tabulation,
    TabulationRequest,
)
from newssearch.fields import ArticleField
from newssearch.results import NO_DATE_COUNTS

from .article_groups import ArticleGroups, GroupEntry, GroupKey
from .article_queries import NOVEL, PARAGRAPHS
from .documents import DocumentSource
from .evaluation import Evaluation, SearchCall
from .leaf_queries import FINDS_NOTHING, ClusterQuery
from .mapping import MAX_HITS_AT_ONCE
from .occurrences import OccurrenceReader
from .outline import paragraphs_of
from .query_notes import notes_on
from .searching import COUNTING_DATES, date_counts_in

MAX_KEPT_ROWS, MAX_KEPT_EXTENTS = 50_000, 8
"""The largest number of rows of a cached table, and the number of tables whose sizes are cached for a commit."""

EntryRow = tuple[GroupEntry, ...]
"""The entries of articles in all groupings of a table."""
CellCounts = TypeVar("CellCounts", MatchCounts, Extent)


class _TableGroups(NamedTuple):
    """The groups of one grouping in a table, and the indices of the groups of each entry."""

    groups: Groups
    indices_of: Mapping[GroupEntry, Sequence[int]]


def tabulate_cells(
    search: SearchCall,
    evaluations: Sequence[Evaluation],
    own: Mapping[str, ArticleField],
    wanted: TabulationRequest,
) -> Tabulation:
    """Count the articles that match each evaluation's query, and their matches, in the cells that ``wanted`` asks for."""
    aliases = evaluations[0].request.aliases
    groupings = [ArticleGroups(one.name, own, aliases) for one in wanted.by]
    reader = _RowReader(search, groupings)
    found = [one.found() for one in evaluations]
    counted = [
        (reader.matches(one, query, wanted), reader.dates)
        for one, query in zip(evaluations, found, strict=True)
    ]
    extents: dict[EntryRow, Extent] = {}
    if wanted.extents:
        extents = reader.extents(evaluations[0], evaluations[0].passed())
    weights: Counter[EntryRow] = Counter()
    for rows, _ in counted:
        for row, numbers in rows.items():
            weights[row] += numbers.articles
    for row in extents:
        weights[row] += 0
    indices = [
        _group_index(groups, grouping, _of_entries(weights, number), with_extents=wanted.extents)
        for number, (groups, grouping) in enumerate(zip(groupings, wanted.by, strict=True))
    ]
    return Tabulation(
        groups=tuple(index.groups for index in indices),
        queries=tuple(
            QueryCounts(
                total=_summed(rows, MatchCounts),
                cells=_summed_cells(rows, indices, MatchCounts),
                diagnostics=notes_on(evaluation, sum(one.articles for one in rows.values())).diagnostics,
                undated=evaluation.undated(query),
                imprecise=evaluation.imprecise(query),
                dates=dates,
            )
            for evaluation, query, (rows, dates) in zip(evaluations, found, counted, strict=True)
        ),
        extent=_summed(extents, Extent),
        extents=_summed_cells(extents, indices, Extent),
    )


# ---- rows


class _RowReader:
    """Counts articles by row."""

    def __init__(self, search: SearchCall, groupings: Sequence[ArticleGroups]) -> None:
        self._search = search
        self._groupings = groupings
        self._names = [one.name for one in groupings]
        self._fields = [name for one in groupings for name in one.stored]
        self._by_buckets = all(one.stored for one in groupings)
        self.dates = NO_DATE_COUNTS
        """The numbers of the last counted articles by precision of their dates."""

    def matches(
        self, evaluation: Evaluation, found: ClusterQuery, wanted: TabulationRequest
    ) -> dict[EntryRow, MatchCounts]:
        """Return the counts of the articles that match ``found``, by row. :attr:`dates` then describes these articles."""
        if wanted.occurrences or wanted.sentences or (wanted.paragraphs and not self._by_buckets):
            return self._matches_in_texts(evaluation, found, wanted)
        text = evaluation.matching_paragraphs() if wanted.paragraphs else FINDS_NOTHING
        aggs = {"in": {"nested": {"path": PARAGRAPHS}, "aggs": {"matching": {"filter": text}}}}
        if text is FINDS_NOTHING:
            aggs = {}
        rows = {}
        for row, bucket in self._rows(evaluation, found, aggs):
            paragraphs = bucket["in"]["matching"]["doc_count"] if aggs else 0
            rows[row] = MatchCounts(bucket["doc_count"], paragraphs)
        return rows

    def extents(self, evaluation: Evaluation, passed: ClusterQuery) -> dict[EntryRow, Extent]:
        """Return the sizes by row of the articles that pass the filters; of their novel paragraphs, if only these are
        wanted.

        They are cached for further tables of the commit.
        """
        kept, name = (
            evaluation.known_extents,
            json.dumps([passed, evaluation.request.novel, *self._names]),
        )
        found: dict[EntryRow, Extent] | None = kept.get(name)
        if found is None:
            found = self._extents(evaluation, passed)
            if len(found) <= MAX_KEPT_ROWS:
                for oldest in list(kept)[: max(0, len(kept) - MAX_KEPT_EXTENTS + 1)]:
                    kept.pop(oldest, None)  # another thread may do the same
                kept[name] = found
        return found

    def _extents(self, evaluation: Evaluation, passed: ClusterQuery) -> dict[EntryRow, Extent]:
        aggs: dict[str, Any] = {"words": {"sum": {"field": "words"}}}
        if evaluation.request.novel:
            words = {"words": {"sum": {"field": "paragraphs.words"}}}
            aggs = {
                "in": {"nested": {"path": PARAGRAPHS}, "aggs": {"novel": {"filter": NOVEL, "aggs": words}}}
            }
        return {
            row: Extent(bucket["doc_count"], int(_summed_words(bucket)))
            for row, bucket in self._rows(evaluation, passed, aggs)
        }

    def _rows(
        self, evaluation: Evaluation, query: ClusterQuery, aggs: dict[str, Any]
    ) -> Iterator[tuple[EntryRow, Any]]:
        """Yield each row of the matching articles once, with the results of the aggregations ``aggs``."""
        if not self._groupings:
            answer = self._aggregated(evaluation, query, {**aggs, "dates": COUNTING_DATES})
            self.dates = date_counts_in(answer["aggregations"]["dates"])
            number = answer["hits"]["total"]["value"]
            if number:
                yield (), {"doc_count": number, **answer["aggregations"]}
        elif self._by_buckets:
            yield from self._buckets(evaluation, query, aggs)
        else:
            yield from self._one_by_one(evaluation, query)

    def _buckets(
        self, evaluation: Evaluation, query: ClusterQuery, aggs: dict[str, Any]
    ) -> Iterator[tuple[EntryRow, Any]]:
        sources = [
            {str(n): {"terms": {"field": name, "missing_bucket": True}}}
            for n, name in enumerate(self._fields)
        ]
        asked: dict[str, Any] = {"size": MAX_HITS_AT_ONCE, "sources": sources}
        beside: dict[str, Any] = {"dates": COUNTING_DATES}
        while True:
            evaluation.check()
            rows = {"rows": {"composite": asked, "aggs": aggs}}
            aggregated = self._aggregated(evaluation, query, {**rows, **beside})["aggregations"]
            if beside:
                self.dates, beside = date_counts_in(aggregated["dates"]), {}
            answer = aggregated["rows"]
            for bucket in answer["buckets"]:
                values = iter(bucket["key"][str(n)] for n in range(len(self._fields)))
                yield tuple(tuple(next(values) for _ in one.stored) for one in self._groupings), bucket
            if len(answer["buckets"]) < MAX_HITS_AT_ONCE:
                return
            asked = {**asked, "after": answer["after_key"]}

    def _one_by_one(self, evaluation: Evaluation, query: ClusterQuery) -> Iterator[tuple[EntryRow, Any]]:
        """Yield the rows of articles that are read one by one."""
        answer = self._aggregated(evaluation, query, {"dates": COUNTING_DATES})
        self.dates = date_counts_in(answer["aggregations"]["dates"])
        articles, words = Counter[EntryRow](), Counter[EntryRow]()
        parts = [
            "words",
            "outline",
            *dict.fromkeys(name for one in self._groupings for name in one.sources),
        ]
        for source in evaluation.sources(query, parts, MAX_HITS_AT_ONCE):
            row = self._row(source)
            articles[row] += 1
            novel = evaluation.request.novel
            words[row] += (
                sum(one.words for one in paragraphs_of(source) if one.novel) if novel else source["words"]
            )
        for row, number in articles.items():
            yield row, {"doc_count": number, "words": {"value": words[row]}}

    def _aggregated(self, evaluation: Evaluation, query: ClusterQuery, aggs: dict[str, Any]) -> Any:
        body = {"size": 0, "track_total_hits": True, "query": query, "aggs": aggs}
        return self._search(body, evaluation.check)

    def _row(self, source: DocumentSource) -> EntryRow:
        return tuple(one.entry(source) for one in self._groupings)

    def _matches_in_texts(
        self, evaluation: Evaluation, found: ClusterQuery, wanted: TabulationRequest
    ) -> dict[EntryRow, MatchCounts]:
        rows = {row: [bucket["doc_count"], 0, 0, 0] for row, bucket in self._rows(evaluation, found, {})}
        reader = OccurrenceReader(evaluation)
        for source in reader.articles(self._search, found, "count matches"):
            counts = rows[self._row(source)]
            for one in reader.paragraphs(source):
                counts[1] += wanted.paragraphs
                if wanted.sentences:
                    counts[2] += len({one.text.sentences[first] for first, _ in one.matches})
                if wanted.occurrences:
                    counts[3] += len(one.matches)
        return {row: MatchCounts(*counts) for row, counts in rows.items()}


def _summed_words(bucket: Mapping[str, Any]) -> float:
    """Return the number of words that an aggregation has summed."""
    found: float = (bucket if "words" in bucket else bucket["in"]["novel"])["words"]["value"]
    return found


# ---- groups and cells


def _of_entries(weights: Mapping[EntryRow, int], number: int) -> Counter[GroupEntry]:
    """Return the sums of the rows' weights by their entries in one grouping."""
    found = Counter[GroupEntry]()
    for row, weight in weights.items():
        found[row[number]] += weight
    return found


def _group_index(
    groups: ArticleGroups, grouping: Grouping, weights: Mapping[GroupEntry, int], *, with_extents: bool
) -> _TableGroups:
    """Return the groups of a grouping in a table. ``weights`` has the number of matching articles of each entry."""
    own = {entry: [group for group, _ in groups.own_groups(entry)] for entry in weights}
    counted = weights
    if groups.in_time and with_extents:
        counted = dict.fromkeys(weights, 1)
    names = groups.named(counted)
    members = {entry: groups.with_contained(of_entry, names.keys()) for entry, of_entry in own.items()}
    frequency = Counter[GroupKey]()
    for entry, inside in members.items():
        for group in inside:
            frequency[group] += 0 if groups.in_time else weights[entry]
    order = sorted(names, key=lambda group: (-frequency[group], groups.sort_key(names[group])))
    end = len(order) if groups.in_time or grouping.limit is None else grouping.limit
    values: list[str | dt.date | None] = [names[group] for group in order[:end]]
    index_of: dict[GroupKey, int] = {group: at for at, group in enumerate(order[:end])}
    without: Sequence[int] = ()
    if any(weight and not own[entry] for entry, weight in weights.items()):
        without = (len(values),)
        values.append(None)
    index_of.update((group, len(values)) for group in order[end:])

    def indices(entry: GroupEntry, inside: Set[GroupKey]) -> Sequence[int]:
        return sorted({index_of[group] for group in inside}) if own[entry] else without

    return _TableGroups(
        Groups(tuple(values), len(order[end:]), groups.overlapping),
        {entry: indices(entry, inside) for entry, inside in members.items()},
    )


def _summed(rows: Mapping[EntryRow, CellCounts], make: type[CellCounts]) -> CellCounts:
    return make(*map(sum, zip(*rows.values(), strict=True)))


def _summed_cells(
    rows: Mapping[EntryRow, CellCounts], indices: Sequence[_TableGroups], make: type[CellCounts]
) -> dict[GroupIndices, CellCounts]:
    """Return the sums of the rows' counts by the cells that they belong to."""
    sums: dict[GroupIndices, list[int]] = {}
    for row, numbers in rows.items() if indices else ():
        of_row = (index.indices_of[entry] for index, entry in zip(indices, row, strict=True))
        for cell in product(*of_row):
            held = sums.setdefault(cell, [0] * len(numbers))
            for at, number in enumerate(numbers):
                held[at] += number
    return {cell: make(*sums[cell]) for cell in sorted(sums)}
