"""The facets of a search: the listed values of a field, and those that the request filters by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from newssearch.corpus.periods import periods_within
from newssearch.engines.selected_values import none_is_selected, selected_conditions
from newssearch.engines.sorted_sets import NO_INTS, Ints, distinct
from newssearch.engines.value_groups import group_of
from newssearch.extra import number_of
from newssearch.facets import Facet, FacetValue, FacetValues
from newssearch.fields import DATE_FACETS, FIELDS
from newssearch.outlets import Aliases, outlets
from newssearch.query import Field, Within
from newssearch.request import ResolvedRequest
from newssearch.stopping import NEVER
from newssearch.text.analysis import key

from .reader import IndexReader
from .value_counts import CountedValue, ValueCounts


def count_facet(
    reader: IndexReader,
    facet: Facet,
    articles: Ints,
    aliases: Aliases,
    request: ResolvedRequest | None = None,
) -> FacetValues:
    """Return the values of a facet among the given articles of the index, ascending: see :class:`~newssearch.Facet`.

    Values are selected if ``request`` filters by them.
    """
    counts = ValueCounts(reader, facet.name, articles, aliases, NEVER if request is None else request.check)
    wanted = key(facet.contains)
    found = counts.with_text(wanted) if wanted else counts.groups
    chosen = NO_INTS if request is None else _selected(reader, facet.name, counts, request)
    listed, others = found, NO_INTS
    if facet.limit is not None and len(found) > facet.limit:
        is_listed = counts.mask(counts.most_frequent(found, facet.limit)) | counts.mask(chosen)
        is_listed = is_listed[found]
        listed, others = found[is_listed], found[~is_listed]
    values = counts.in_order(listed)
    selected = set(chosen.tolist())
    rows = [FacetValue(one.value, one.articles, one.group in selected) for one in values]
    if counts.without and not wanted:
        is_selected = request is not None and none_is_selected(facet.name, request)
        rows.insert(_place_of_none(values, counts), FacetValue(None, counts.without, is_selected))
    return FacetValues(
        facet.name,
        tuple(rows),
        counted=len(counts.articles),
        others=len(others),
        others_articles=counts.articles_with(others),
    )


def _place_of_none(listed: Sequence[CountedValue], counts: ValueCounts) -> int:
    """Return the index for the entry of articles without a value: after values with the same count.

    Periods are in order of time; the entry then comes last.
    """
    if counts.unit is not None:
        return len(listed)
    return next((n for n, one in enumerate(listed) if one.articles < counts.without), len(listed))


def _selected(reader: IndexReader, facet: str, counts: ValueCounts, request: ResolvedRequest) -> Ints:
    """Return the groups that a request filters by. Articles need not have them."""
    if facet in DATE_FACETS:
        dated = request.start is not None or request.end is not None
        return _periods_between(counts, request.start, request.end) if dated else NO_INTS
    own = reader.own_fields.get(facet)
    if own is None:
        field, names = FIELDS[facet], outlets(request.aliases)
        given = dict(request.filters).get(facet, ())
        return counts.with_keys(group_of(field, value, names) for value in given if isinstance(value, str))
    chosen = [NO_INTS]
    for node in selected_conditions(facet, request):
        if isinstance(node, Field):
            chosen.append(counts.with_keys([group_of(own, node.value, outlets())]))
        elif isinstance(node, Within) and node.kind == "number" and not node.is_none:
            numbers = map(number_of, counts.values(counts.groups))
            chosen.append(counts.groups[[number in node.numbers for number in numbers]])
        elif isinstance(node, Within) and not node.is_none:
            chosen.append(_periods_between(counts, node.start, node.end))
    return distinct(np.concatenate(chosen))


def _periods_between(counts: ValueCounts, start: dt.datetime | None, end: dt.datetime | None) -> Ints:
    """Return the groups of the periods that lie entirely between two moments."""
    unit, names = counts.unit, counts.values(counts.groups)
    assert unit is not None, "the values of dates are periods"
    within = periods_within(unit, names, start, end)
    return counts.groups[[name in within for name in names]]
