"""The facet of tags: how many of the articles that a search finds have each tag."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from newssearch.engines.protocol import Snapshot
from newssearch.facets import Facet, FacetValue, FacetValues
from newssearch.fields import TAG
from newssearch.query import Node, Not, Tagged, all_of
from newssearch.request import ResolvedRequest
from newssearch.system.frozen import FrozenDict
from newssearch.text.analysis import key

from .names import tag_key
from .state import TagState


def tag_facet(
    state: TagState, snapshot: Snapshot, tree: Node, request: ResolvedRequest, facet: Facet, total: int
) -> FacetValues:
    """Return the tags of the articles that a tree finds, each with its number of articles: see :class:`~newssearch.Facet`.

    ``total`` is the number of all articles that the search finds. The tagged ones are looked up in the snapshot.
    """
    asked = request
    if facet.disjunctive and TAG in request.conditions:
        others = FrozenDict((name, node) for name, node in request.conditions.items() if name != TAG)
        asked = replace(request, conditions=others)
        total = snapshot.count(tree, asked)
    tagged = snapshot.ids_matching(all_of([tree, Tagged("*", pattern=True, articles=state.tagged)]), asked)
    keys_of = list(map(state.tag_keys, tagged))
    counts = Counter(one for keys in keys_of for one in keys)
    wanted = key(facet.contains)
    found = {one: number for one, number in counts.items() if wanted in one}
    order = sorted(found, key=lambda one: (-found[one], state.spellings[one]))
    chosen, none_is_chosen = _chosen_tags(request)
    most = order if facet.limit is None else order[: facet.limit]
    kept = {*most} | chosen
    rows = [FacetValue(state.spellings[one], found[one], one in chosen) for one in order if one in kept]
    without = total - len(tagged)
    if without and not wanted:
        place = next((n for n, one in enumerate(rows) if one.articles < without), len(rows))
        rows.insert(place, FacetValue(None, without, none_is_chosen))
    left = {*found} - kept
    return FacetValues(
        TAG,
        tuple(rows),
        counted=total,
        others=len(left),
        others_articles=sum(not left.isdisjoint(keys) for keys in keys_of),
    )


def _chosen_tags(request: ResolvedRequest) -> tuple[set[str], bool]:
    """Return the keys of the tags that a request filters by, and whether it asks for the articles without a tag."""
    chosen, none = set[str](), False
    stack = [request.conditions[TAG]] if TAG in request.conditions else []
    while stack:
        node = stack.pop()
        if isinstance(node, Tagged):
            chosen.add(tag_key(node.tag))
        elif isinstance(node, Not):
            none = True
        else:
            stack.extend(node.children)
    return chosen, none
