"""Computes the matches of leaves in all texts of a segment at once, as arrays of spans.

:mod:`newssearch.highlight.matcher` finds the matches in a single text. A span of words has a start position and an end
position (exclusive). Arrays of spans are ordered by start, then by end. Positions are those of one field of a segment
(see :mod:`segment.segment`), whose owners are documents or headlines. ``owner_starts`` has the first position of each
owner, followed by the end of the last one.
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
    """An array of spans of words. ``owners``, if given, is ascending and includes the owner of every span.

    Owners without a span may be among them.
    """

    starts: Ints
    ends: Ints
    owners: Array | None = None


NO_SPANS = Spans(NO_INTS, NO_INTS)


def single_words(positions: Ints) -> Spans:
    """Return a span of one word for each position."""
    return Spans(positions, positions + 1)


def union_spans(parts: Sequence[Spans]) -> Spans:
    """Return the union of arrays of spans, in which equal spans appear once."""
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
    """Return the spans of adjacent words. Each item of ``words_in_order`` has all positions of one word."""
    size = len(words_in_order)
    if not size:
        return NO_SPANS
    starts = intersect_all(
        [positions - shift if shift else positions for shift, positions in enumerate(words_in_order)]
    )
    return Spans(starts, starts + size)


def chain_spans(parts: Sequence[Spans]) -> Spans:
    """Return the spans made of one span from each part, in order, each of which begins where the one before ends."""
    starts, ends = parts[0][:2]
    for part in parts[1:]:
        order = np.argsort(ends, kind="stable")
        low, high = (np.searchsorted(ends[order], part.starts, side) for side in ("left", "right"))
        before = order[concat_ranges(low, high - low)]
        starts, ends = starts[before], part.ends.repeat(high - low)
    return _sorted_unique(starts, ends)


def minimal_windows(requirements: Sequence[tuple[Ints, int]], within: int, owner_starts: Array) -> Spans:
    """Return the spans that meet all requirements and contain no shorter span that does.

    A requirement is the positions of a word, and the number of these positions that a span must contain. The first and
    the last word of a span are in the same owner and at most ``within`` words apart.
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
    """Return stricter requirements, which make sure that each word of a window has a position of its own.

    The given requirements may share positions, as those of ``iraq`` and ``ira*`` do. By Hall's theorem (1935), each
    word has a position of its own if every subset of the requirements has at least as many positions as its members
    need together; a requirement is returned for every subset. Subsets with a member that shares no position with the
    others follow from smaller ones and are omitted.
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
    """Return the spans with ``before`` more words at the start and ``after`` more at the end.

    Spans without room for these words in their owner are dropped.
    """
    if not (before or after) or not len(spans.starts):
        return spans
    starts, ends = spans.starts - before, spans.ends + after
    owner = owner_of(owner_starts, spans.starts, spans.owners)
    fits = (starts >= owner_starts[owner].astype(np.int64)) & (
        ends < owner_starts[owner + 1].astype(np.int64)
    )
    return Spans(starts[fits], ends[fits], spans.owners)


def near_spans(left: Spans, right: Spans, distance: int, ordered: bool, owner_starts: Array) -> Spans:
    """Return the spans of each array that have a disjoint span of the other at most ``distance`` words away.

    If ``ordered``, the span of ``left`` must come first.
    """
    keep_left = _has_follower(left, right, distance, owner_starts)
    keep_right = _follows_any(left, right, distance, owner_starts)
    if not ordered:
        keep_left |= _follows_any(right, left, distance, owner_starts)
        keep_right |= _has_follower(right, left, distance, owner_starts)
    return union_spans([_filter_spans(left, keep_left), _filter_spans(right, keep_right)])


def spans_in_same_unit(left: Spans, right: Spans, unit_starts: Array) -> Spans:
    """Return the spans of each array that have a disjoint span of the other in the same unit.

    A unit is a paragraph or a sentence; ``unit_starts`` has their first positions.
    """
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
    """Return the owners of the spans, ascending, and the number of spans in each."""
    if not len(spans.starts):
        return Postings(NO_INTS, NO_INTS)
    owner = owner_of(owner_starts, spans.starts, spans.owners)
    first = np.diff(owner, prepend=-1).nonzero()[0]
    return Postings(owner[first], np.diff(np.append(first, len(owner))))


def _has_follower(first: Spans, second: Spans, distance: int, owner_starts: Array) -> Mask:
    """Return a mask of the spans in ``first`` that a span in ``second`` follows within ``distance`` words."""
    limit = np.minimum(first.ends + distance - 1, _last_position(owner_starts, first.starts))
    return np.searchsorted(second.starts, first.ends) < np.searchsorted(second.starts, limit, "right")


def _follows_any(first: Spans, second: Spans, distance: int, owner_starts: Array) -> Mask:
    """Return a mask of the spans in ``second`` that follow a span in ``first`` within ``distance`` words."""
    ends = np.sort(first.ends)
    own_start = owner_starts[owner_of(owner_starts, second.starts)].astype(np.int64)
    limit = np.maximum(second.starts - distance + 1, own_start)
    return np.searchsorted(ends, limit) < np.searchsorted(ends, second.starts, "right")


def _partnered_spans(spans: Spans, others: Spans, unit_starts: Array) -> Spans:
    """Return the spans that have a disjoint span among ``others`` in the same unit.

    There is one if the last of ``others`` in the unit starts after the span, or if the first of them to end ends before
    it.
    """
    if not len(others.starts):
        return NO_SPANS
    unit_of_others = owner_of(unit_starts, others.starts)
    first = np.diff(unit_of_others, prepend=-1).nonzero()[0]
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
    """Return the number of the owner of each position. ``candidates``, if given, must include all these owners."""
    if candidates is not None:
        index = np.maximum(owner_of(owner_starts[candidates], positions), 0)
        return np.asarray(candidates[index], np.int64)
    # searchsorted converts the whole array unless the values have its type.
    return np.asarray(owner_starts.searchsorted(positions.astype(owner_starts.dtype), "right") - 1, np.int64)


def _last_position(owner_starts: Array, positions: Ints) -> Ints:
    """Return the position of the last word in the owner of each position."""
    return np.asarray(owner_starts[owner_of(owner_starts, positions) + 1].astype(np.int64) - 2, np.int64)
