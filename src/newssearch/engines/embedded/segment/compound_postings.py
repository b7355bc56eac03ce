"""Postings of compounds: words joined by hyphens, and words with capitals inside (:mod:`newssearch.text.compounds`).

=========================  ============================================================================================
``F.compounds``            the distinct entries of compounds, sorted: the key of a
                           :class:`~newssearch.text.built_in_analyser.Compound` and the number of its words (:func:`entry_of`;
                           :class:`~storage.container.StringTable`)
``F.compounds.first``      the index of each entry's first position in ``F.compounds.positions``, then the length of
                           that section
``F.compounds.positions``  the field-wide positions at which the compounds of each entry begin, ascending
=========================  ============================================================================================

The keys themselves are stored, not their hashes, so that no two keys can be confused.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from newssearch.engines.embedded.storage.container import (
    Array,
    Container,
    StringTable,
    narrow,
    string_sections,
)
from newssearch.engines.sorted_sets import Ints, distinct, run_starts

MAX_FOUND_KEYS = 4096
"""At most this many answers of :meth:`Compounds.has_keys` are cached; then the cache is emptied."""
_KEY_END = b"\0"
"""The byte that ends a key; no key contains it."""


def entry_of(key: str, size: int) -> bytes:
    """Return the stored entry of a compound: its key and the number of its words, which is below 256.

    >>> entry_of("ceasefir", 2)
    b'ceasefir\\x00\\x02'
    """
    return key.encode("utf-8", "surrogatepass") + _KEY_END + bytes((size,))


def compound_sections(
    name: str, entries: Sequence[bytes], numbers: Array, positions: Ints
) -> dict[str, Array]:
    """Return the sections that store the compounds of the field ``name``.

    Compound ``i`` has the entry ``entries[numbers[i]]`` and begins at the field-wide position ``positions[i]``.

    The compounds may be in any order. ``entries`` may have duplicates and unused entries.
    """
    used = distinct(numbers)
    of_used = [entries[number] for number in used.tolist()]
    ordered = sorted(set(of_used))
    rank = {entry: n for n, entry in enumerate(ordered)}
    ranks = np.fromiter(map(rank.__getitem__, of_used), np.int64, len(of_used))
    ranks = ranks[np.searchsorted(used, numbers)]
    order = np.lexsort((positions, ranks))
    first = np.flatnonzero(run_starts(ranks[order]))
    return {
        **string_sections(f"{name}.compounds", ordered),
        f"{name}.compounds.first": narrow(np.append(first, len(ranks))),
        f"{name}.compounds.positions": narrow(positions[order]),
    }


class Compounds:
    """The compounds of a text field, read from its sections."""

    def __init__(self, container: Container, name: str) -> None:
        self._entries = StringTable(container, f"{name}.compounds")
        self._container = container
        self._name = name
        self._found: dict[str, bool] = {}

    def entries(self) -> list[bytes]:
        """Return the distinct stored entries (:func:`entry_of`) of the compounds, sorted."""
        return self._entries.all()

    def all(self) -> tuple[Ints, Ints]:
        """Return two arrays with an item for each compound: its index in :meth:`entries`, and its field-wide position.

        They are ordered by index, then by position.
        """
        sizes = np.diff(self._first.astype(np.int64)).astype(np.int64)
        return np.repeat(np.arange(len(sizes)), sizes), self._positions.astype(np.int64)

    @property
    def _first(self) -> Array:
        return self._container[f"{self._name}.compounds.first"]

    @property
    def _positions(self) -> Array:
        return self._container[f"{self._name}.compounds.positions"]

    def has_keys(self, keys: Sequence[str]) -> list[bool]:
        """Return for each key whether the field has a compound with this key."""
        return [self._has_key(key) for key in keys]

    def _has_key(self, key: str) -> bool:
        found = self._found.get(key)
        if found is None:
            begins = key.encode("utf-8", "surrogatepass") + _KEY_END
            at = self._entries.lower(begins)
            if len(self._found) >= MAX_FOUND_KEYS:
                self._found.clear()
            found = self._found[key] = at < len(self._entries) and self._entries[at].startswith(begins)
        return found

    def positions(self, key: str) -> list[tuple[Ints, int]]:
        """Return for each entry with the given key its field-wide positions, ascending, and its number of words."""
        low, high = self._entries.with_prefix(key.encode("utf-8", "surrogatepass") + _KEY_END)
        sizes = [entry[-1] for entry in self._entries.slice(low, high)]
        bounds = pairwise(self._first[low : high + 1].tolist())
        return [
            (self._positions[start:end].astype(np.int64), size)
            for size, (start, end) in zip(sizes, bounds, strict=True)
        ]
