"""Matches of leaves as arrays of spans: :mod:`newssearch.highlight.matcher` for all texts of a segment at once.

A span of words has a start position and an end position (exclusive). Arrays of spans are ordered by start, then by end.
Positions are those of one field of a segment (see :mod:`segment.segment`), whose owners are documents or headlines;
``owner_starts`` are the first positions of all owners, and the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment.field import Postings
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import NO_INTS, Ints, Mask, concat_ranges, intersect_all


class Spans(NamedTuple):
    """Spans of words. If ``owners`` (ascending) is given, every span is in one of these; there may be others among them."""

    starts: Ints
    ends: Ints
    owners: Array | None = None


NO_SPANS = Spans(NO_INTS, NO_INTS)


def single_words(positions: Ints) -> Spans:
    """Return the spans of single words."""
    return Spans(positions, positions + 1)


def union_spans(parts: Sequence[Spans]) -> Spans:
    """Return the spans that are in any of the parts, each once."""
    parts = [part for part in parts if len(part.starts)]
    if len(parts) < 2:
        return parts[0] if parts else NO_SPANS
    return _sorted_unique(
        np.concatenate([part.starts for part in parts]), np.concatenate([part.ends for part in parts])
    )


def _sorted_unique(starts: Ints, ends: Ints) -> Spans:
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    new = np.ones(len(starts), np.bool_)
    new[1:] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])
    return Spans(starts[new], ends[new])


def adjacent_words(words_in_order: Sequence[Ints]) -> Spans:
    """Return the spans of adjacent words, given the positions of each word in order."""
    size = len(words_in_order)
    if not size:
        return NO_SPANS
    starts = intersect_all(
        [positions - shift if shift else positions for shift, positions in enumerate(words_in_order)]
    )
    return Spans(starts, starts + size)


def chain_spans(parts: Sequence[Spans]) -> Spans:
    """Return the spans made of one span of each part, where each begins at the end of the one before it."""
    starts, ends = parts[0][:2]
    for part in parts[1:]:
        order = np.argsort(ends, kind="stable")
        low, high = (np.searchsorted(ends[order], part.starts, side) for side in ("left", "right"))
        before = order[concat_ranges(low, high - low)]
        starts, ends = starts[before], part.ends.repeat(high - low)
    return _sorted_unique(starts, ends)


def minimal_windows(requirements: Sequence[tuple[Ints, int]], within: int, owner_starts: Array) -> Spans:
    """Return the spans that meet all requirements and contain no shorter span that does.

    A requirement is the positions of a word and how many of them a window needs. The first and the last word of a window
    are at most ``within`` apart, in the same owner.
    """
    ends = np.sort(np.concatenate([positions for positions, _ in requirements]))
    starts = ends.copy()
    complete = np.ones(len(ends), np.bool_)
    for positions, needed in requirements:
        # The index of the needed-th position, counted backwards from each end.
        index = np.searchsorted(positions, ends, "right") - needed
        complete &= index >= 0
        starts = np.minimum(starts, positions[np.maximum(index, 0)] if len(positions) else 0)
    starts, ends = starts[complete], ends[complete]
    # Starts never decrease: among windows with the same start, the first is the shortest.
    shortest = np.ones(len(starts), np.bool_)
    shortest[1:] = starts[1:] != starts[:-1]
    keep = shortest & (ends - starts <= within)
    starts, ends = starts[keep], ends[keep]
    same_owner = owner_of(owner_starts, starts) == owner_of(owner_starts, ends)
    return Spans(starts[same_owner], ends[same_owner] + 1)


def joint_requirements(requirements: Sequence[tuple[Ints, int]]) -> list[tuple[Ints, int]]:
    """Return the requirements of a window in which each word has a position of its own, if words may share positions.

    By Hall's theorem (1935), that holds if every subset of the requirements has at least as many positions as its members
    need together. Subsets with a member that shares no position with the others follow from smaller ones and are omitted.
    """
    overlaps = [
        [len(np.intersect1d(one, other, assume_unique=True)) > 0 for other, _ in requirements]
        for one, _ in requirements
    ]
    found: list[tuple[Ints, int]] = []
    for size in range(1, len(requirements) + 1):
        for subset in combinations(range(len(requirements)), size):
            if size > 1 and not all(any(overlaps[n][m] for m in subset if m != n) for n in subset):
                continue
            positions = np.unique(np.concatenate([requirements[n][0] for n in subset]))
            found.append((positions, sum(requirements[n][1] for n in subset)))
    return found


def extend_spans(spans: Spans, before: int, after: int, owner_starts: Array) -> Spans:
    """Return the spans extended by ``before`` and ``after`` words; those without room in their owner are dropped."""
    if not (before or after) or not len(spans.starts):
        return spans
    starts, ends = spans.starts - before, spans.ends + after
    owner = owner_of(owner_starts, spans.starts, spans.owners)
    fits = (starts >= owner_starts[owner].astype(np.int64)) & (
        ends < owner_starts[owner + 1].astype(np.int64)
    )
    return Spans(starts[fits], ends[fits], spans.owners)


def near_spans(left: Spans, right: Spans, distance: int, ordered: bool, owner_starts: Array) -> Spans:
    """Return the spans of either side that have one of the other at most ``distance`` words away, with no shared word.

    If ``ordered``, the left one comes first.
    """
    keep_left = _has_follower(left, right, distance, owner_starts)
    keep_right = _follows_any(left, right, distance, owner_starts)
    if not ordered:
        keep_left |= _follows_any(right, left, distance, owner_starts)
        keep_right |= _has_follower(right, left, distance, owner_starts)
    return union_spans([_filter_spans(left, keep_left), _filter_spans(right, keep_right)])


def spans_in_same_unit(left: Spans, right: Spans, unit_starts: Array) -> Spans:
    """Return the spans of either side with one of the other in the same paragraph or sentence, with no shared word."""
    return union_spans(
        [_partnered_spans(left, right, unit_starts), _partnered_spans(right, left, unit_starts)]
    )


def exclude_spans(kept: Spans, excluded: Sequence[Spans]) -> Spans:
    """Return the spans of ``kept`` that share no word with any of ``excluded``."""
    others = union_spans(excluded)
    if not len(others.starts):
        return kept
    reach = np.maximum.accumulate(others.ends)
    earlier = np.searchsorted(others.starts, kept.ends)  # the number that begin before each span's end
    free = (earlier == 0) | (reach[np.maximum(earlier - 1, 0)] <= kept.starts)
    return _filter_spans(kept, free)


def span_postings(spans: Spans, owner_starts: Array) -> Postings:
    """Return the owners of the spans, and the number of spans in each."""
    if not len(spans.starts):
        return Postings(NO_INTS, NO_INTS)
    owner = owner_of(owner_starts, spans.starts, spans.owners)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return Postings(owner[first], np.diff(np.append(first, len(owner))))


def _has_follower(first: Spans, second: Spans, distance: int, owner_starts: Array) -> Mask:
    """Whether a span of ``second`` follows each of ``first`` within the distance."""
    limit = np.minimum(first.ends + distance - 1, _last_position(owner_starts, first.starts))
    return np.searchsorted(second.starts, first.ends) < np.searchsorted(second.starts, limit, "right")


def _follows_any(first: Spans, second: Spans, distance: int, owner_starts: Array) -> Mask:
    """Whether each span of ``second`` follows one of ``first`` within the distance."""
    ends = np.sort(first.ends)
    own_start = owner_starts[owner_of(owner_starts, second.starts)].astype(np.int64)
    limit = np.maximum(second.starts - distance + 1, own_start)
    return np.searchsorted(ends, limit) < np.searchsorted(ends, second.starts, "right")


def _partnered_spans(spans: Spans, others: Spans, unit_starts: Array) -> Spans:
    """The spans with one of ``others`` in the same unit that shares no word.

    A unit has such a span if its last one starts after the given one, or its first one ends before it.
    """
    if not len(others.starts):
        return NO_SPANS
    unit_of_others = owner_of(unit_starts, others.starts)
    first = np.flatnonzero(np.diff(unit_of_others, prepend=-1))
    units = unit_of_others[first]
    last_start = others.starts[np.append(first[1:], len(unit_of_others)) - 1]
    first_end = np.minimum.reduceat(others.ends, first)
    unit_of_spans = owner_of(unit_starts, spans.starts)
    index = np.searchsorted(units, unit_of_spans)
    index[index == len(units)] = 0
    disjoint = (last_start[index] >= spans.ends) | (first_end[index] <= spans.starts)
    return _filter_spans(spans, (units[index] == unit_of_spans) & disjoint)


def _filter_spans(spans: Spans, keep: Mask) -> Spans:
    return Spans(spans.starts[keep], spans.ends[keep])


def owner_of(owner_starts: Array, positions: Ints, candidates: Array | None = None) -> Ints:
    """Return the owner of each position. If ``candidates`` is given, all owners are among these."""
    if candidates is not None:
        index = np.maximum(owner_of(owner_starts[candidates], positions), 0)
        return np.asarray(candidates[index], np.int64)
    # searchsorted converts the whole array unless the values have its type.
    return np.asarray(owner_starts.searchsorted(positions.astype(owner_starts.dtype), "right") - 1, np.int64)


def _last_position(owner_starts: Array, positions: Ints) -> Ints:
    """The last position of a word in the owner of each position."""
    return np.asarray(owner_starts[owner_of(owner_starts, positions) + 1].astype(np.int64) - 2, np.int64)
