"""Computes the matches of leaves in all texts of a segment at once, as arrays of spans.

:mod:`newssearch.highlight.matcher` finds the matches in a single text. A span of words has a start position and an end
position (exclusive). Arrays of spans are ordered by start, then by end. Positions are those of one field of a segment
(see :mod:`segment.segment`), whose owners are documents or headlines. ``owner_starts`` has the first position of each
owner, followed by the end of the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment.field import Postings
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import (
    NO_INTS,
    Ints,
    Mask,
    concat_ranges,
    intersect,
    intersect_all,
    run_sizes,
    run_starts,
)
from newssearch.stopping import NEVER, StopCheck


class Spans(NamedTuple):
    """An array of spans of words. ``owners``, if given, is ascending and includes the owner of every span.

    Owners without a span may be among them.
    """

    starts: Ints
    ends: Ints
    owners: Array | None = None


NO_SPANS = Spans(NO_INTS, NO_INTS)
SIZE_BITS = 20
"""Spans of fewer than 2 ** 20 words are sorted by one number, whose last 20 bits are the number of the words."""


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
    sizes = ends - starts
    if int(starts.max(initial=0)) < 1 << 63 - SIZE_BITS and int(sizes.max(initial=0)) < 1 << SIZE_BITS:
        keys = starts << SIZE_BITS
        keys |= sizes
        keys.sort(kind="stable")  # merges sorted arrays in linear time
        keys = keys[run_starts(keys)]
        starts = keys >> SIZE_BITS
        keys &= (1 << SIZE_BITS) - 1
        return Spans(starts, starts + keys)
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    new = run_starts(starts) | run_starts(ends)
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
    """Return the spans made of one span from each part, in order and adjacent."""
    starts, ends = parts[0][:2]
    for part in parts[1:]:
        sizes = _common_size(starts, ends), _common_size(*part[:2])
        if sizes[0] and sizes[1]:
            ends = intersect(ends, part.starts)
            starts, ends = ends - sizes[0], ends + sizes[1]
            continue
        order = np.argsort(ends, kind="stable")
        low, high = (np.searchsorted(ends[order], part.starts, side) for side in ("left", "right"))
        before = order[concat_ranges(low, high - low)]
        starts, ends = starts[before], part.ends.repeat(high - low)
    return _sorted_unique(starts, ends)


def _common_size(starts: Ints, ends: Ints) -> int:
    """Return the number of words of the spans if it is the same for all; else 0. Spans of one size never share a
    start or an end.
    """
    if not len(starts):
        return 1
    size = int(ends[0] - starts[0])
    return size if bool((ends - starts == size).all()) else 0


def minimal_windows(
    requirements: Sequence[tuple[Ints, int]], within: int, owner_starts: Array, check: StopCheck = NEVER
) -> Spans:
    """Return the minimal spans that meet all requirements: those that contain no shorter one.

    A requirement is the positions of a word, and the number of these positions that a span must contain. The first
    and the last word of a span are in the same owner and at most ``within`` words apart. ``check`` is called for each
    requirement.
    """
    ends = np.sort(np.concatenate([positions for positions, _ in requirements]))
    starts = ends.copy()
    complete = np.ones(len(ends), np.bool_)
    for positions, needed in check.during(requirements, 1):
        # The index of the needed-th position, counted backwards from each end.
        index = np.searchsorted(positions, ends, "right") - needed
        _begin_earlier(starts, complete, positions, index)
    return _shortest(starts[complete], ends[complete], within, owner_starts)


def joint_windows(
    requirements: Sequence[tuple[Ints, int]], within: int, owner_starts: Array, check: StopCheck = NEVER
) -> Spans:
    """Return the spans of :func:`minimal_windows` in which each required word has a position of its own.

    The requirements, of which there are at most 16, may share positions, as those of ``iraq`` and ``ira*`` do. By
    Hall's theorem (1935), each word has a position of its own if every subset of the requirements has at least as
    many positions as its members need together. Subsets with a member that shares no position with the others follow
    from smaller ones and are left out. ``check`` is called for each subset.
    """
    ends, members = _with_members([positions for positions, _ in requirements])
    ends, members = _of_owners_with_all(ends, members, (1 << len(requirements)) - 1, owner_starts)
    together = np.bincount(members).nonzero()[0].tolist()
    starts = ends.copy()
    complete = np.ones(len(ends), np.bool_)
    for subset in check.during(range(1, 1 << len(requirements)), 1):
        bits = [number for number in range(len(requirements)) if subset >> number & 1]
        shared = [any(both & subset & ~(1 << bit) for both in together if both >> bit & 1) for bit in bits]
        if len(bits) > 1 and not all(shared):
            continue
        chosen = (members & subset) != 0
        index = np.cumsum(chosen) - sum(requirements[number][1] for number in bits)
        _begin_earlier(starts, complete, ends[chosen], index)
    return _shortest(starts[complete], ends[complete], within, owner_starts)


def _with_members(sets: Sequence[Ints]) -> tuple[Ints, Array]:
    """Return the union of at most 16 sorted arrays of distinct positions, and for each position the arrays with it,
    as bits.
    """
    keys = np.concatenate([(positions << 4) | number for number, positions in enumerate(sets)])
    keys.sort(kind="stable")  # merges sorted arrays
    positions = keys >> 4
    keys &= 15
    first = run_starts(positions).nonzero()[0]
    bits = np.left_shift(np.uint16(1), keys.astype(np.uint16))
    return positions[first], np.bitwise_or.reduceat(bits, first) if len(first) else bits


def _of_owners_with_all(
    positions: Ints, members: Array, wanted: int, owner_starts: Array
) -> tuple[Ints, Array]:
    """Return the positions in owners whose positions together have all ``wanted`` bits, and the bits of each position."""
    if not len(positions):
        return positions, members
    new = _first_of_owners(positions, owner_starts)
    complete = np.bitwise_or.reduceat(members, new.nonzero()[0]) == wanted
    kept = complete[np.cumsum(new) - 1]
    return positions[kept], members[kept]


def _begin_earlier(starts: Ints, complete: Mask, positions: Ints, index: Ints) -> None:
    """Extend windows to begin early enough for ``positions`` from an index on. Windows without any are not complete."""
    complete &= index >= 0
    if len(positions):
        np.minimum(starts, positions[np.maximum(index, 0)], out=starts)


def _shortest(starts: Ints, ends: Ints, within: int, owner_starts: Array) -> Spans:
    """Return windows as spans, without those that contain others, exceed ``within``, or cross owners."""
    # Starts never decrease: among windows with the same start, the first is the shortest.
    keep = run_starts(starts) & (ends - starts <= within)
    starts, ends = starts[keep], ends[keep]
    same_owner = owner_of(owner_starts, starts) == owner_of(owner_starts, ends)
    return Spans(starts[same_owner], ends[same_owner] + 1)


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
    if _common_size(*left[:2]) == 1 and _common_size(*right[:2]) == 1:
        return _near_words(left.starts, right.starts, distance, ordered, owner_starts)
    keep_left = _has_follower(left, right, distance, owner_starts)
    keep_right = _follows_any(left, right, distance, owner_starts)
    if not ordered:
        keep_left |= _follows_any(right, left, distance, owner_starts)
        keep_right |= _has_follower(right, left, distance, owner_starts)
    return union_spans([_filter_spans(left, keep_left), _filter_spans(right, keep_right)])


def _near_words(left: Ints, right: Ints, distance: int, ordered: bool, owner_starts: Array) -> Spans:
    """Return the result of :func:`near_spans` for spans of one word, in one pass over both arrays."""
    if not (len(left) and len(right)):
        return NO_SPANS
    positions, members = _with_members([left, right])
    owner = np.cumsum(_first_of_owners(positions, owner_starts), dtype=np.int32)
    is_left, is_right = (members & 1) != 0, (members & 2) != 0
    keep = np.zeros(len(positions), np.bool_)
    for first, second in ((is_left, is_right), (is_right, is_left))[: 1 if ordered else 2]:
        for here, there in (_followed(first, second), _preceded(second, first)):
            near = np.abs(positions[there] - positions[here]) <= distance
            near &= owner[there] == owner[here]
            keep[here[near]] = True
    return single_words(positions[keep])


def _followed(ones: Mask, others: Mask) -> tuple[Ints, Ints]:
    """Return the indices in ``ones`` that are followed by one of ``others``, and the index of the first such follower."""
    here, there = ones.nonzero()[0], others.nonzero()[0]
    at = np.cumsum(others)[here]  # the number of others up to each of ones
    found = at < len(there)
    return here[found], there[at[found]]


def _preceded(ones: Mask, others: Mask) -> tuple[Ints, Ints]:
    """Return the indices in ``ones`` that are preceded by one of ``others``, and the index of the last such predecessor."""
    here, there = ones.nonzero()[0], others.nonzero()[0]
    at: Ints = np.cumsum(others)[here] - 1
    at -= others[here]
    found = at >= 0
    return here[found], there[at[found]]


def spans_in_same_unit(left: Spans, right: Spans, unit_starts: Array) -> Spans:
    """Return the spans of each array that have a disjoint span of the other in the same unit.

    A unit is a paragraph or a sentence; ``unit_starts`` has their first positions. Spans that begin in one unit and end in
    another are in neither.
    """
    left, right = _within_units(left, unit_starts), _within_units(right, unit_starts)
    if not (len(left.starts) and len(right.starts)):
        return NO_SPANS
    if _common_size(*left[:2]) == 1 and _common_size(*right[:2]) == 1:
        return _words_in_same_unit(left.starts, right.starts, unit_starts)
    of_left, of_right = owner_of(unit_starts, left.starts), owner_of(unit_starts, right.starts)
    return union_spans(
        [_partnered_spans(left, of_left, right, of_right), _partnered_spans(right, of_right, left, of_left)]
    )


def _within_units(spans: Spans, unit_starts: Array) -> Spans:
    """Return the spans whose first and last word are in the same unit."""
    if not len(spans.starts) or _common_size(*spans[:2]) == 1:
        return spans
    return _filter_spans(spans, owner_of(unit_starts, spans.starts) == owner_of(unit_starts, spans.ends - 1))


def _words_in_same_unit(left: Ints, right: Ints, unit_starts: Array) -> Spans:
    """Return the result of :func:`spans_in_same_unit` for spans of one word: each has another one in its unit."""
    positions, members = _with_members([left, right])
    new = _first_of_owners(positions, unit_starts)
    first, unit = new.nonzero()[0], np.cumsum(new) - 1
    keep = np.zeros(len(positions), np.bool_)
    for bit, other in ((1, 2), (2, 1)):
        has_other = (members & other) != 0
        others = np.add.reduceat(has_other, first, dtype=np.int64)[unit]
        keep |= ((members & bit) != 0) & (others > has_other)
    return single_words(positions[keep])


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
    low, high = _owners_between(spans.starts, owner_starts)
    if spans.owners is None and high - low < len(spans.starts):
        first = spans.starts.searchsorted(owner_starts[low:high].astype(np.int64))
        counts = np.diff(first, prepend=0, append=len(spans.starts))
        owners = counts.nonzero()[0]
        return Postings(owners + (low - 1), counts[owners])
    owner = owner_of(owner_starts, spans.starts, spans.owners)
    first = np.diff(owner, prepend=-1).nonzero()[0]
    return Postings(owner[first], run_sizes(first, len(owner)))


def _has_follower(first: Spans, second: Spans, distance: int, owner_starts: Array) -> Mask:
    """Return a mask of the spans in ``first`` that a span in ``second`` follows within ``distance`` words."""
    if not len(second.starts):
        return np.zeros(len(first.starts), np.bool_)
    at = second.starts.searchsorted(first.ends)
    following = second.starts[np.minimum(at, len(second.starts) - 1)]
    found = (at < len(second.starts)) & (following - first.ends < distance)
    near = found.nonzero()[0]
    found[near] = following[near] <= _last_position(owner_starts, first.starts[near])
    return found


def _follows_any(first: Spans, second: Spans, distance: int, owner_starts: Array) -> Mask:
    """Return a mask of the spans in ``second`` that follow a span in ``first`` within ``distance`` words."""
    if not len(first.ends):
        return np.zeros(len(second.starts), np.bool_)
    ends = np.sort(first.ends, kind="stable")
    at = ends.searchsorted(second.starts, "right") - 1
    before = ends[np.maximum(at, 0)]
    found = (at >= 0) & (second.starts - before < distance)
    near = found.nonzero()[0]
    # The end of a span in the owner before is less than the first position of this owner.
    found[near] = before[near] >= owner_starts[owner_of(owner_starts, second.starts[near])]
    return found


def _partnered_spans(spans: Spans, unit_of_spans: Ints, others: Spans, unit_of_others: Ints) -> Spans:
    """Return the spans that have a disjoint span among ``others`` in the same unit.

    There is one if the last of ``others`` in the unit starts after the span, or if the first of them to end ends before
    it.
    """
    first = run_starts(unit_of_others).nonzero()[0]
    units = unit_of_others[first]
    last_start = others.starts[np.append(first[1:], len(unit_of_others)) - 1]
    first_end = np.minimum.reduceat(others.ends, first)
    index = np.searchsorted(units, unit_of_spans)
    index[index == len(units)] = 0
    disjoint = (last_start[index] >= spans.ends) | (first_end[index] <= spans.starts)
    return _filter_spans(spans, (units[index] == unit_of_spans) & disjoint)


def _filter_spans(spans: Spans, keep: Mask) -> Spans:
    return Spans(spans.starts[keep], spans.ends[keep])


def _owners_between(positions: Ints, owner_starts: Array) -> tuple[int, int]:
    """Return the number of the first owner that begins after the first position, and of the first one after the last
    position.
    """
    ends = np.array([positions[0], positions[-1]]).astype(owner_starts.dtype)
    low, high = owner_starts.searchsorted(ends, "right").tolist()
    return low, high


def _first_of_owners(positions: Ints, owner_starts: Array) -> Mask:
    """Return a mask of the positions, which are ascending, that are the first ones in their owner."""
    if not len(positions):
        return np.empty(0, np.bool_)
    low, high = _owners_between(positions, owner_starts)
    if high - low > len(positions):
        return run_starts(owner_of(owner_starts, positions))
    new = np.zeros(len(positions), np.bool_)
    new[positions.searchsorted(owner_starts[low:high].astype(np.int64))] = True
    new[0] = True
    return new


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
