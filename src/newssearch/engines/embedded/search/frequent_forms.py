"""Finds the folded words that occur in the most live paragraphs or headlines, without counting all of them.

The dictionaries have the number of occurrences of each word, deleted articles included: an upper bound. The postings
of its terms give a lower bound, because a word occurs at most as often in an owner as its term. Exact counts are
computed only for words that these bounds leave undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from newssearch.engines.embedded.segment.field import FieldReader, TextField
from newssearch.engines.embedded.segment.postings import TermPostings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.sorted_sets import Ints, Mask, concat_ranges, distinct, run_starts
from newssearch.stopping import StopCheck

WORDS_COUNTED_AT_ONCE = 64
"""The number of words that are counted before the remaining ones are compared with them."""


class FrequentForms:
    """Counts folded words in one text field of all segments. ``check`` is called at intervals."""

    def __init__(self, segments: Sequence[Segment], name: TextField, check: StopCheck) -> None:
        self._segments = segments
        self._name = name
        self._check = check
        self._any_deleted = any(len(segment.deleted) for segment in segments)

    def first(self, occurrences: Mapping[str, int], most: int) -> list[str] | None:
        """Return the ``most`` folded words with the most live owners, ties by code point. None if at most that many
        have any.

        ``occurrences`` has the number of occurrences of each word, deleted owners included.
        """
        names = sorted(occurrences)
        upper = np.fromiter(map(occurrences.__getitem__, names), np.int64, len(names))
        order = np.argsort(-upper, kind="stable").tolist()
        head = [names[at] for at in order[:most]]
        lower, _ = self._bounds(head)
        is_certain = lower > upper[order[most]]
        chosen = [name for name, certain in zip(head, is_certain.tolist(), strict=True) if certain]
        free = most - len(chosen)
        counted = self._counted([head[at] for at in (~is_certain).nonzero()[0].tolist()])
        for low in range(most, len(order), WORDS_COUNTED_AT_ONCE):
            if len(counted) >= free and (len(counted) > free or not self._any_deleted):
                best = (-int(upper[order[low]]), names[order[low]])
                if not free or best > counted[free - 1]:
                    break
            following = [names[at] for at in order[low : low + WORDS_COUNTED_AT_ONCE]]
            counted = sorted([*counted, *self._counted(following)])
        else:
            if len(counted) <= free:
                return None
        return [*chosen, *(name for _, name in counted[:free])]

    def _counted(self, forms: Sequence[str]) -> list[tuple[int, str]]:
        """Return the words that have live owners, each after its negated number of owners, sorted."""
        counts = self._counts(forms).tolist()
        return sorted((-count, form) for count, form in zip(counts, forms, strict=True) if count)

    def _counts(self, forms: Sequence[str]) -> Ints:
        """Return the number of live owners of each given word."""
        counts, upper = self._bounds(forms)
        unknown = (counts < upper).nonzero()[0]
        wanted = [forms[at] for at in unknown.tolist()]
        counts[unknown] = 0
        for segment in self._segments:
            here, numbers = _numbers_of_forms(segment.fields[self._name], wanted)
            if len(here):
                counts[unknown[here]] += self._counts_in(segment, numbers)
        return counts

    def _counts_in(self, segment: Segment, numbers: Ints) -> Ints:
        """Return the number of live owners of each folded word of a segment, given by its number."""
        field, live = segment.fields[self._name], self._live(segment)
        surface, sizes = _surface_forms(field, numbers)
        terms = field.array("form.term")[surface].tolist()
        in_term = field.array("form.number")[surface].tolist()
        ends = sizes.cumsum().tolist()
        kept: dict[int, TermPostings] = {}
        counts = []
        for low, high in self._check.during(zip([0, *ends], ends, strict=False)):
            wanted: dict[int, list[int]] = {}
            for at in range(low, high):
                wanted.setdefault(terms[at], []).append(in_term[at])
            for number in wanted.keys() - kept.keys():
                kept[number] = field.term(number)
            found = [kept[number].with_forms(forms) for number, forms in wanted.items()]
            if len(found) == 1 and live is None:
                counts.append(len(found[0]))
                continue
            owners = distinct(
                np.concatenate([kept[number].owners[at] for number, at in zip(wanted, found, strict=True)])
            )
            counts.append(len(owners) if live is None else int(np.count_nonzero(live[owners])))
        return np.array(counts, np.int64)

    def _live(self, segment: Segment) -> Mask | None:
        live = segment.live
        return live if live is None or self._name == "title" else live[segment.article]

    def _bounds(self, forms: Sequence[str]) -> tuple[Ints, Ints]:
        """Return a lower and an upper bound of the number of live owners of each word."""
        lower, upper = np.zeros(len(forms), np.int64), np.zeros(len(forms), np.int64)
        for segment in self._segments:
            here, numbers = _numbers_of_forms(segment.fields[self._name], forms)
            if not len(here):
                continue
            least, most = _bounds_in(segment.fields[self._name], numbers)
            if len(segment.deleted):
                deleted = (
                    segment.articles - segment.live_count if self._name == "title" else len(segment.deleted)
                )
                least = np.maximum(least - deleted, 0)
            lower[here] += least
            upper[here] += most
        return lower, upper


def _numbers_of_forms(field: FieldReader, forms: Sequence[str]) -> tuple[Ints, Ints]:
    """Return the indices of the given words that occur in a field, and their numbers there."""
    found = field.find_all_folded(forms)
    at = {form: n for n, form in enumerate(forms)}
    here = [at[field.folded[number].decode()] for number in found]
    return np.array(here, np.int64), np.array(found, np.int64)


def _surface_forms(field: FieldReader, numbers: Ints) -> tuple[Ints, Ints]:
    """Return the surface forms of folded words, concatenated, and the number of forms of each word."""
    first = field.array("folded.first")
    starts = first[numbers].astype(np.int64)
    sizes = first[numbers + 1].astype(np.int64) - starts
    return concat_ranges(starts, sizes), sizes


def _bounds_in(field: FieldReader, numbers: Ints) -> tuple[Ints, Ints]:
    """Return a lower and an upper bound of the number of owners of each folded word, given by its number.

    If a term occurs once more than it has owners, then a word of this term has one owner less than occurrences, or as
    many.
    """
    surface, sizes = _surface_forms(field, numbers)
    key = np.arange(len(numbers)).repeat(sizes) << 32 | field.array("form.term")[surface].astype(np.int64)
    order = key.argsort(kind="stable")
    key = key[order]
    begin = run_starts(key).nonzero()[0]
    words = np.add.reduceat(field.array("form.words")[surface][order].astype(np.int64), begin)
    key = key[begin]
    owners, occurrences = field.term_sizes(key & 0xFFFFFFFF)
    of_word = run_starts(key >> 32).nonzero()[0]
    least = np.maximum.reduceat(words - (occurrences - owners), of_word)
    return np.maximum(least, 0), np.add.reduceat(np.minimum(words, owners), of_word)
