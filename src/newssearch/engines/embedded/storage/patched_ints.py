"""Patched integers: eight bits a number, with a list of exceptions for the numbers that need more.

Sections, for numbers stored as ``NAME``: ``NAME`` has the numbers in eight bits each, 255 for an exception; ``NAME.far``
the indices of the exceptions, ascending; and ``NAME.high`` their values. If more than a fifth of the numbers are exceptions,
all numbers have as many bits as the greatest one needs, and there are no exceptions.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .container import Array, Container, narrow

MIN_INTS_PER_EXCEPTION = 5
"""At most one in five numbers is an exception: an exception takes five or six bytes instead of one or two."""
EXCEPTION = 255
"""The eight bits of an exception."""
_MOST_SUMMED = 1 << 24
"""The most numbers of eight bits whose sum is sure to fit in 32 bits."""


def patched_sections(name: str, values: Array) -> dict[str, Array]:
    """Return the sections of an array of numbers."""
    far = np.flatnonzero(values >= EXCEPTION)
    if len(far) * MIN_INTS_PER_EXCEPTION > len(values):
        return {
            name: narrow(values),
            f"{name}.far": far[:0].astype(np.uint8),
            f"{name}.high": far[:0].astype(np.uint8),
        }
    return {
        name: np.minimum(values, EXCEPTION).astype(np.uint8),
        f"{name}.far": narrow(far),
        f"{name}.high": narrow(values[far]),
    }


class PatchedInts:
    """Patched integers, read by index."""

    def __init__(self, container: Container, name: str) -> None:
        self._part = container.section(name)
        self._low = self._part.array
        self._container = container
        self._name = name
        far = container.section(f"{name}.far").array
        self._all_here = not len(far)
        self._last = np.iinfo(far.dtype).max

    def __len__(self) -> int:
        return len(self._low)

    @cached_property
    def _far(self) -> Array:
        return self._container[f"{self._name}.far"]

    @cached_property
    def _high(self) -> Array:
        return self._container[f"{self._name}.high"]

    @property
    def wide(self) -> bool:
        """Whether all numbers have more than eight bits."""
        return self._low.dtype.itemsize > 1

    def between(self, low: int, high: int) -> Array:
        """Return the numbers from ``low`` up to but not including ``high``."""
        values = self._part.between(low, high)
        if self._all_here:
            return values
        start, end = self._far_before(low), self._far_before(high)
        if start == end:
            return values
        values = values.astype(np.int64)
        values[self._far[start:end].astype(np.int64) - low] = self._high[start:end]
        return values

    def _far_before(self, place: int) -> int:
        """Return the number of exceptions before an index."""
        if place > self._last:
            return len(self._far)
        return int(
            self._far.searchsorted(self._far.dtype.type(place))
        )  # in its type, or all of it is converted

    def at(self, places: Array) -> Array:
        """Return the numbers at the given indices, which are ascending."""
        if len(places):
            self.check(int(places[0]), int(places[-1]) + 1)
        return self.at_any(places)

    def check(self, low: int, high: int) -> None:
        """Compare the numbers from ``low`` up to but not including ``high`` with their checksums."""
        self._part.check(low, high)

    def at_any(self, places: Array) -> Array:
        """Return the numbers at the given indices, in any order; they must have been checked."""
        values = self._low[places]
        if self._all_here:
            return values
        here = np.nonzero(values == EXCEPTION)
        if not len(here[0]):
            return values
        values = values.astype(np.int64)
        values[here] = self._high[self._far.searchsorted(places[here].astype(self._far.dtype))]
        return values

    def sums(self, start: int, places: Array) -> Array:
        """Return the sum of the numbers from ``start`` up to each of the given indices, which are ascending."""
        values = self._part.between(start, int(places[-1]) + 1)
        narrow_enough = not self.wide and len(values) < _MOST_SUMMED
        before = values.cumsum(dtype=np.uint32 if narrow_enough else np.int64)
        at = places - start
        found = before[at].astype(np.int64) - values[at]
        first, last = (
            (0, 0) if self._all_here else (self._far_before(start), self._far_before(int(places[-1])))
        )
        if first < last:
            missing = self._high[first:last].astype(np.int64) - EXCEPTION
            far = self._far[first:last]
            if places[-1] > self._last:  # few are far then, for their type is narrow
                far = far.astype(places.dtype)
            found += np.concatenate(([0], missing.cumsum()))[far.searchsorted(places.astype(far.dtype))]
        return np.asarray(found)


class PatchedIntsWriter:
    """Writes patched integers slice by slice into an allocated section, of eight bits or of as many as the numbers need."""

    def __init__(self, place: Array) -> None:
        self._place = place
        self._far: list[Array] = [np.empty(0, np.int64)]
        self._high: list[Array] = [np.empty(0, np.int64)]

    def put(self, at: int, values: Array) -> None:
        """Write numbers from an index on."""
        if self._place.dtype.itemsize > 1:
            self._place[at : at + len(values)] = values.astype(self._place.dtype)
            return
        self._place[at : at + len(values)] = np.minimum(values, EXCEPTION).astype(np.uint8)
        far = np.flatnonzero(values >= EXCEPTION)
        self._far.append(far + at)
        self._high.append(values[far])

    def far(self) -> tuple[Array, Array]:
        """Return the indices and the values of the exceptions."""
        return np.concatenate(self._far), np.concatenate(self._high)
