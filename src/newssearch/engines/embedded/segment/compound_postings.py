"""Where a field has words with hyphens between them, and words with capitals inside: see :mod:`newssearch.text.compounds`.

======================  ===============================================================================================
``F.compounds``         the key of each :class:`~newssearch.text.analysis.Compound` with the number of its words
                        (:func:`entry_of`), sorted (:class:`~storage.container.StringTable`)
``F.compounds.first``   the first place of each, and the end
``F.compounds.places``  the places where each begins, ascending
======================  ===============================================================================================

The keys themselves are stored, not hashes of them, so that no two keys can be taken for one.
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
from newssearch.engines.embedded.storage.sorted_sets import Ints, run_starts

_END = b"\0"
"""What ends a key: no key holds it."""


def entry_of(key: str, size: int) -> bytes:
    """What is stored for the key of a compound of ``size`` words, of which there are fewer than 256.

    >>> entry_of("ceasefir", 2)
    b'ceasefir\\x00\\x02'
    """
    return key.encode("utf-8", "surrogatepass") + _END + bytes((size,))


def compound_sections(name: str, entries: Sequence[bytes], numbers: Array, places: Ints) -> dict[str, Array]:
    """The sections of compounds: ``entries[numbers[i]]`` begins at ``places[i]``, in any order.

    An entry may be in ``entries`` more than once, or not be used.
    """
    used = np.unique(numbers)
    of_used = [entries[number] for number in used.tolist()]
    ordered = sorted(set(of_used))
    rank = {entry: n for n, entry in enumerate(ordered)}
    ranks = np.fromiter(map(rank.__getitem__, of_used), np.int64, len(of_used))
    ranks = ranks[np.searchsorted(used, numbers)]
    order = np.lexsort((places, ranks))
    first = np.flatnonzero(run_starts(ranks[order]))
    return {
        **string_sections(f"{name}.compounds", ordered),
        f"{name}.compounds.first": narrow(np.append(first, len(ranks))),
        f"{name}.compounds.places": narrow(places[order]),
    }


class Compounds:
    """Those of a field, read."""

    def __init__(self, container: Container, name: str) -> None:
        self._entries = StringTable(container, f"{name}.compounds")
        self._container = container
        self._name = name

    def entries(self) -> list[bytes]:
        """The key of each with the number of its words: see :func:`entry_of`."""
        return self._entries.all()

    def all(self) -> tuple[Ints, Ints]:
        """The number in :meth:`entries` of each compound of the field, and its place."""
        sizes = np.diff(self._first.astype(np.int64)).astype(np.int64)
        return np.repeat(np.arange(len(sizes)), sizes), self._places.astype(np.int64)

    @property
    def _first(self) -> Array:
        return self._container[f"{self._name}.compounds.first"]

    @property
    def _places(self) -> Array:
        return self._container[f"{self._name}.compounds.places"]

    def there_are(self, keys: Sequence[str]) -> list[bool]:
        """Which keys there are."""
        found = []
        for key in keys:
            begins = key.encode("utf-8", "surrogatepass") + _END
            at = self._entries.lower(begins)
            found.append(at < len(self._entries) and self._entries[at].startswith(begins))
        return found

    def places(self, key: str) -> list[tuple[Ints, int]]:
        """Where a key begins, by how many words it is."""
        low, high = self._entries.with_prefix(key.encode("utf-8", "surrogatepass") + _END)
        sizes = [entry[-1] for entry in self._entries.slice(low, high)]
        bounds = pairwise(self._first[low : high + 1].tolist())
        return [
            (self._places[start:end].astype(np.int64), size)
            for size, (start, end) in zip(sizes, bounds, strict=True)
        ]
