"""Finds the outlets of the articles that match a query, and the outlets of a list that have none."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from newssearch.corpus.coverage import CoverageRequest, FoundCoverage, OutletCoverage
from newssearch.corpus.time_span import span_between
from newssearch.outlets import outlets
from newssearch.text.analysis import key

from .article_groups import ArticleGroups, GroupEntry, GroupKey
from .documents import DocumentSource, shown_from
from .evaluation import VERIFIED_AT_ONCE, Evaluation
from .facets import FacetCounter
from .leaf_queries import ClusterQuery
from .mapping import MAX_HITS_AT_ONCE
from .story_list import PublicationKey, publication_key

_READ_OF_ARTICLES = ("id", "outlet", "outlet_key", "instant", "precision")


class _Ran(NamedTuple):
    """The matching articles of an outlet: their number, and the first of them."""

    articles: int
    first: PublicationKey


def outlet_coverage(
    counter: FacetCounter, evaluation: Evaluation, found: ClusterQuery, wanted: CoverageRequest
) -> FoundCoverage:
    """Return the coverage by outlet of the articles that match ``found``, without notes on the query."""
    aliases = evaluation.request.aliases
    groups = ArticleGroups("outlet", {}, aliases)
    sizes, shown = _of_index(counter, groups, evaluation.found_everywhere())
    names = outlets(aliases)
    listed: dict[GroupKey | None, str] = {}
    for name in wanted.outlets:
        listed.setdefault(names.group(key(name)), name)
    ran: dict[GroupKey | None, _Ran] = {}
    for source in evaluation.sources(found, _READ_OF_ARTICLES, MAX_HITS_AT_ONCE):
        evaluation.check()
        group = next((one for one, _ in groups.own_groups(groups.entry(source))), None)
        published = publication_key(source)
        held = ran.get(group)
        ran[group] = (
            _Ran(1, published) if held is None else _Ran(held.articles + 1, min(held.first, published))
        )
    order = sorted(ran, key=lambda group: ran[group].first)
    first_articles = _headers_of(evaluation, [ran[group].first.id for group in order])
    rows = []
    earliest = None
    for group in order:
        fields = shown_from(first_articles[ran[group].first.id])
        earliest = earliest or fields["date"]
        rows.append(
            OutletCoverage(
                outlet=shown.get(group),
                articles=ran[group].articles,
                in_index=sizes[group],
                is_listed=group in listed,
                id=fields["id"],
                title=fields["title"],
                url=fields["url"],
                date=fields["date"],
                after=span_between(earliest, fields["date"]),
            )
        )
    missing = (
        OutletCoverage(shown.get(group) or names.name(name), 0, sizes[group], is_listed=True)
        for group, name in listed.items()
        if group not in ran
    )
    return FoundCoverage(outlets=(*rows, *missing))


def _of_index(
    counter: FacetCounter, groups: ArticleGroups, everything: ClusterQuery
) -> tuple[Counter[GroupKey | None], dict[GroupKey | None, str]]:
    """Return the number of all articles of each outlet, and the most frequent spelling of its name."""
    weights: dict[GroupEntry, int] = dict(counter.buckets(everything, groups.stored))
    sizes: Counter[GroupKey | None] = Counter()
    for entry, number in weights.items():
        sizes[next((group for group, _ in groups.own_groups(entry)), None)] += number
    return sizes, {group: str(name) for group, name in groups.named(weights).items()}


def _headers_of(evaluation: Evaluation, ids: list[str]) -> dict[str, DocumentSource]:
    found = {}
    for low in range(0, len(ids), VERIFIED_AT_ONCE):
        some: ClusterQuery = {"terms": {"id": ids[low : low + VERIFIED_AT_ONCE]}}
        for source in evaluation.sources(some, ("id", "header"), VERIFIED_AT_ONCE):
            found[source["id"]] = source
    return found
