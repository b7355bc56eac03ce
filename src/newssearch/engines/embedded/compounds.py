"""Where a field has words with hyphens between them, and words with capitals inside: see :mod:`newssearch.compounds`.

======================  ===============================================================================================
``F.compounds``         a hash of the key of each :class:`~newssearch.analysis.Compound`, ascending; its last bits are
                        how many words it is, but one
``F.compounds.first``   the first place of each, and the end
``F.compounds.places``  the places where each begins, ascending
======================  ===============================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ...compounds import MOST_PARTS
from .ascending import Ints, changes
from .container import Array, Container, narrow

Keys = NDArray[np.uint64]

_SIZES = MOST_PARTS  # a power of two
_SIZE = np.uint64(_SIZES - 1)
_PRIME = (1 << 64) - 59  # the remainder is as good a hash as any for words, and hashlib is slow to import


def number_of(key: str, size: int = 1) -> int:
    """The hash of a key, for compounds of so many words."""
    return int.from_bytes(key.encode(), "little") % _PRIME // _SIZES * _SIZES + size - 1


def compound_sections(name: str, keys: Keys, places: Ints) -> dict[str, Array]:
    """The sections of compounds, in any order."""
    order = np.lexsort((places, keys))
    keys = keys[order]
    first = np.flatnonzero(changes(keys))
    return {
        f"{name}.compounds": keys[first],
        f"{name}.compounds.first": narrow(np.append(first, len(keys))),
        f"{name}.compounds.places": narrow(places[order]),
    }


class Compounds:
    """Those of a field, read."""

    def __init__(self, container: Container, name: str) -> None:
        self._keys = container[f"{name}.compounds"]
        self._container = container
        self._name = name

    def all(self) -> tuple[Keys, Ints]:
        """The key of each, with how many words it is, and its place."""
        sizes = np.diff(self._first.astype(np.int64)).astype(np.int64)
        return np.repeat(self._keys, sizes), self._places.astype(np.int64)

    @property
    def _first(self) -> Array:
        return self._container[f"{self._name}.compounds.first"]

    @property
    def _places(self) -> Array:
        return self._container[f"{self._name}.compounds.places"]

    def there_are(self, keys: Sequence[str]) -> list[bool]:
        """Which keys there are."""
        wanted = np.array([number_of(key) for key in keys], np.uint64)
        low = self._keys.searchsorted(wanted)
        here = low < len(self._keys)
        here[here] = self._keys[low[here]] <= wanted[here] + _SIZE
        found: list[bool] = here.tolist()
        return found

    def places(self, key: str) -> list[tuple[Ints, int]]:
        """Where a key begins, by how many words it is."""
        number = number_of(key)
        low = int(self._keys.searchsorted(np.uint64(number)))
        high = int(self._keys.searchsorted(np.uint64(number + _SIZES - 1), "right"))
        sizes = ((self._keys[low:high] & _SIZE) + np.uint64(1)).tolist()
        bounds = pairwise(self._first[low : high + 1].tolist())
        return [
            (self._places[start:end].astype(np.int64), size)
            for size, (start, end) in zip(sizes, bounds, strict=True)
        ]
