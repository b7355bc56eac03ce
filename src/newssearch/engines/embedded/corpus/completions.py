"""Completes the beginning of a word while it is typed, from the dictionaries alone."""

from __future__ import annotations

from collections.abc import Callable
from heapq import nsmallest
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.segment.field import TEXT_FIELDS, FieldReader, encoded
from newssearch.engines.sorted_sets import NO_INTS, Ints
from newssearch.text.counted_words import counted_word

from .word_details import Spellings

FIRST_STEP = 16
"""The number of words first taken from each dictionary."""


class PrefixRange(NamedTuple):
    """The folded words of a field that begin with a prefix: the number of the first word, and the frequency of each."""

    field: FieldReader
    low: int
    counts: Ints

    def count(self, word: bytes) -> int:
        """Return the number of occurrences of a word that begins with the prefix."""
        at = self.field.folded.find_between(word, self.low, self.low + len(self.counts))
        return int(self.counts[at - self.low]) if at >= 0 else 0


def completions(reader: IndexReader, prefix: str, limit: int, check: Callable[[], None]) -> tuple[str, ...]:
    """Return the folded words with a folded prefix, each in its most frequent spelling, the most frequent first.

    Ties are ordered by folded word. Occurrences in deleted articles count.
    """
    fields = [
        _prefix_range(segment.fields[name], prefix) for segment in reader.segments for name in TEXT_FIELDS
    ]
    step = max(FIRST_STEP, limit)
    while True:  # take more of each dictionary until no remaining word can be among the first
        check()
        known: dict[bytes, int] = {}
        unseen = 0
        for one in fields:
            taken, most = _most_frequent(one, step)
            unseen += most
            for word in taken:
                if word not in known:
                    known[word] = sum(other.count(word) for other in fields)
        found = nsmallest(limit, ((-count, word) for word, count in known.items()))
        if not unseen or (len(found) == limit and (not found or -found[-1][0] > unseen)):
            break
        step *= 4
    check()
    spellings = Spellings(reader, TEXT_FIELDS)
    spelled = (spellings.most_frequent(counted_word(word.decode(), "")) for _, word in found)
    return tuple(dict.fromkeys(spelled))


def _prefix_range(field: FieldReader, prefix: str) -> PrefixRange:
    low, high = field.folded.with_prefix(encoded(prefix))
    if low >= high:
        return PrefixRange(field, low, NO_INTS)
    first = field.array("folded.first")[low : high + 1].astype(np.int64)
    counts = np.add.reduceat(field.array("form.words")[first[0] : first[-1]], first[:-1] - first[0])
    return PrefixRange(field, low, counts.astype(np.int64))


def _most_frequent(words: PrefixRange, number: int) -> tuple[list[bytes], int]:
    """Return the ``number`` most frequent words, and the largest frequency of any other word."""
    counts = words.counts
    if len(counts) <= number:
        return [words.field.folded[words.low + at] for at in range(len(counts))], 0
    order = np.argpartition(-counts, number)
    return [words.field.folded[words.low + at] for at in order[:number].tolist()], int(counts[order[number]])
