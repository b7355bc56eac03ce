"""Where units stand, as arrays of places: what :mod:`newssearch.highlight.matcher` does for one text, for all of them at once.

A stretch of words is a place to start and one to end, which is not part of it, ordered by start and then end. Places
are those of one field of a segment (see :mod:`segment.segment`): ``starts`` are the first places of its owners, and the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment.field import Postings
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import NO_INTS, Ints, Mask, concat_ranges, intersect_all


class Stretches(NamedTuple):
    """Where a unit stands; ``owners``, ascending, are some outside of which it does not, where these are known."""

    starts: Ints
    ends: Ints
    owners: Array | None = None


NOWHERE = Stretches(NO_INTS, NO_INTS)


def words(places: Ints) -> Stretches:
    """Single words."""
    return Stretches(places, places + 1)


def union(parts: Sequence[Stretches]) -> Stretches:
    """Stretches of any of several, each once."""
    parts = [part for part in parts if len(part.starts)]
    if len(parts) < 2:
        return parts[0] if parts else NOWHERE
    return _distinct(
        np.concatenate([part.starts for part in parts]), np.concatenate([part.ends for part in parts])
    )


def _distinct(starts: Ints, ends: Ints) -> Stretches:
    """Stretches in order, each once."""
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    new = np.ones(len(starts), np.bool_)
    new[1:] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])
    return Stretches(starts[new], ends[new])


def phrase(words_in_order: Sequence[Ints]) -> Stretches:
    """Words side by side."""
    size = len(words_in_order)
    if not size:
        return NOWHERE
    found = intersect_all([places - at if at else places for at, places in enumerate(words_in_order)])
    return Stretches(found, found + size)


def chain(parts: Sequence[Stretches]) -> Stretches:
    """One of each part, each beginning where the one before it ends."""
    starts, ends = parts[0][:2]
    for part in parts[1:]:
        order = np.argsort(ends, kind="stable")
        low, high = (np.searchsorted(ends[order], part.starts, side) for side in ("left", "right"))
        before = order[concat_ranges(low, high - low)]
        starts, ends = starts[before], part.ends.repeat(high - low)
    return _distinct(starts, ends)


def window(words_needed: Sequence[tuple[Ints, int]], within: int, owners: Array) -> Stretches:
    """The stretches that hold each of some words so many times, and none shorter inside of them that does.

    The first and the last word are at most ``within`` apart. ``owners`` are the first places of all owners.
    """
    ends = np.sort(np.concatenate([places for places, _ in words_needed]))
    starts = ends.copy()
    whole = np.ones(len(ends), np.bool_)
    for places, needed in words_needed:
        last = (
            np.searchsorted(places, ends, "right") - needed
        )  # the last but needed - 1 of them up to each end
        whole &= last >= 0
        starts = np.minimum(starts, places[np.maximum(last, 0)] if len(places) else 0)
    starts, ends = starts[whole], ends[whole]
    smallest = np.ones(len(starts), np.bool_)
    smallest[1:] = (
        starts[1:] != starts[:-1]
    )  # starts never fall: of those with one start, the first ends first
    keep = smallest & (ends - starts <= within)
    starts, ends = starts[keep], ends[keep]
    same = owner_of(owners, starts) == owner_of(owners, ends)
    return Stretches(starts[same], ends[same] + 1)


def together(words_needed: Sequence[tuple[Ints, int]]) -> list[tuple[Ints, int]]:
    """Some words, and how many of each are needed, where one may be of several: each has a word of its own.

    That is so if any of them together have as many words as they need (Hall 1935); those that share none need not be
    looked at together.
    """
    shared = [
        [len(np.intersect1d(one, other, assume_unique=True)) > 0 for other, _ in words_needed]
        for one, _ in words_needed
    ]
    found: list[tuple[Ints, int]] = []
    for size in range(1, len(words_needed) + 1):
        for chosen in combinations(range(len(words_needed)), size):
            if size > 1 and not all(any(shared[n][m] for m in chosen if m != n) for n in chosen):
                continue
            places = np.unique(np.concatenate([words_needed[n][0] for n in chosen]))
            found.append((places, sum(words_needed[n][1] for n in chosen)))
    return found


def wider(stretches: Stretches, before: int, behind: int, owners: Array) -> Stretches:
    """Stretches with some more words before and behind them, where there are as many."""
    if not (before or behind) or not len(stretches.starts):
        return stretches
    starts, ends = stretches.starts - before, stretches.ends + behind
    held = owner_of(owners, stretches.starts, stretches.owners)
    fits = (starts >= owners[held].astype(np.int64)) & (ends < owners[held + 1].astype(np.int64))
    return Stretches(starts[fits], ends[fits], stretches.owners)


def near(left: Stretches, right: Stretches, distance: int, ordered: bool, owners: Array) -> Stretches:
    """The stretches of either side with one of the other at most ``distance`` words away, and none of the same words."""
    before = _followed(left, right, distance, owners)
    behind = _following(left, right, distance, owners)
    if not ordered:
        before |= _following(right, left, distance, owners)
        behind |= _followed(right, left, distance, owners)
    return union([_chosen(left, before), _chosen(right, behind)])


def same(left: Stretches, right: Stretches, groups: Array) -> Stretches:
    """The stretches of either side with one of the other in the same group; ``groups`` are where these begin."""
    return union([_partnered(left, right, groups), _partnered(right, left, groups)])


def without(kept: Stretches, taken: Sequence[Stretches]) -> Stretches:
    """The stretches that share no word with any of those taken."""
    others = union(taken)
    if not len(others.starts):
        return kept
    reach = np.maximum.accumulate(others.ends)
    before = np.searchsorted(others.starts, kept.ends)  # so many begin before a stretch ends
    free = (before == 0) | (reach[np.maximum(before - 1, 0)] <= kept.starts)
    return _chosen(kept, free)


def postings(stretches: Stretches, owners: Array) -> Postings:
    """The owners of stretches, and how many each has."""
    if not len(stretches.starts):
        return Postings(NO_INTS, NO_INTS)
    held = owner_of(owners, stretches.starts, stretches.owners)
    first = np.flatnonzero(np.diff(held, prepend=-1))
    return Postings(held[first], np.diff(np.append(first, len(held))))


def _followed(first: Stretches, second: Stretches, distance: int, owners: Array) -> Mask:
    """Which of ``first`` one of ``second`` follows closely enough."""
    limit = np.minimum(first.ends + distance - 1, _last(owners, first.starts))
    return np.searchsorted(second.starts, first.ends) < np.searchsorted(second.starts, limit, "right")


def _following(first: Stretches, second: Stretches, distance: int, owners: Array) -> Mask:
    """Which of ``second`` follow one of ``first`` closely enough."""
    ends = np.sort(first.ends)
    limit = np.maximum(second.starts - distance + 1, owners[owner_of(owners, second.starts)].astype(np.int64))
    return np.searchsorted(ends, limit) < np.searchsorted(ends, second.starts, "right")


def _partnered(ones: Stretches, others: Stretches, groups: Array) -> Stretches:
    if not len(others.starts):
        return NOWHERE
    theirs = owner_of(groups, others.starts)
    first = np.flatnonzero(np.diff(theirs, prepend=-1))
    known = theirs[first]
    last_start = others.starts[np.append(first[1:], len(theirs)) - 1]
    first_end = np.minimum.reduceat(others.ends, first)
    own = owner_of(groups, ones.starts)
    at = np.searchsorted(known, own)
    at[at == len(known)] = 0
    apart = (last_start[at] >= ones.ends) | (first_end[at] <= ones.starts)
    return _chosen(ones, (known[at] == own) & apart)


def _chosen(stretches: Stretches, mask: Mask) -> Stretches:
    return Stretches(stretches.starts[mask], stretches.ends[mask])


def owner_of(owners: Array, places: Ints, some: Array | None = None) -> Ints:
    """The owner of each place: one of ``some``, where these are known."""
    if some is not None:
        return np.asarray(some[np.maximum(owner_of(owners[some], places), 0)], np.int64)
    # In its type, or all of it is converted.
    return np.asarray(owners.searchsorted(places.astype(owners.dtype), "right") - 1, np.int64)


def _last(owners: Array, places: Ints) -> Ints:
    """The last place of the owner of each place."""
    return np.asarray(owners[owner_of(owners, places) + 1].astype(np.int64) - 2, np.int64)
