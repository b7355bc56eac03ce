"""Patched integers: eight bits for each number, and a list of exceptions for the numbers that need more.

Numbers stored as ``NAME`` have these sections:

==========================  ===========================================================================================
``NAME``                    the numbers, in eight bits each; 255 for an exception
``NAME.exceptions``         the indices of the exceptions, ascending
``NAME.exceptions.values``  the numbers at these indices
==========================  ===========================================================================================

If more than a fifth of the numbers are exceptions, all numbers have as many bits as the greatest one needs, and there
are no exceptions.
"""

from __future__ import annotations

import numpy as np

from newssearch.engines.sorted_sets import Ints, sums_before
from newssearch.system.kept import cached_property

from .container import Array, Container, narrow

MIN_INTS_PER_EXCEPTION = 5
"""At most one number in five is an exception: each exception takes five or six bytes, other numbers one or two."""
EXCEPTION = 255
"""The value of the eight bits that stands for an exception."""


def patched_sections(name: str, values: Array) -> dict[str, Array]:
    """Return the named sections, for the prefix ``name``, that store non-negative numbers as patched integers."""
    exceptions = np.flatnonzero(values >= EXCEPTION)
    if len(exceptions) * MIN_INTS_PER_EXCEPTION > len(values):
        return {
            name: narrow(values),
            f"{name}.exceptions": exceptions[:0].astype(np.uint8),
            f"{name}.exceptions.values": exceptions[:0].astype(np.uint8),
        }
    return {
        name: np.minimum(values, EXCEPTION).astype(np.uint8),
        f"{name}.exceptions": narrow(exceptions),
        f"{name}.exceptions.values": narrow(values[exceptions]),
    }


class PatchedInts:
    """An array of patched integers, read by index."""

    def __init__(self, container: Container, name: str) -> None:
        self._section = container.section(name)
        self._low = self._section.array
        self._container = container
        self._name = name
        exceptions = container.section(f"{name}.exceptions").array
        self._no_exceptions = not len(exceptions)
        self._max_index = np.iinfo(exceptions.dtype).max

    def __len__(self) -> int:
        return len(self._low)

    @cached_property
    def _exceptions(self) -> Array:
        return self._container[f"{self._name}.exceptions"]

    @cached_property
    def _values(self) -> Array:
        return self._container[f"{self._name}.exceptions.values"]

    @property
    def wide(self) -> bool:
        """Whether each number is stored whole, in a type of more than eight bits, so that there are no exceptions."""
        return self._low.dtype.itemsize > 1

    def between(self, low: int, high: int) -> Array:
        """Return the numbers from ``low`` up to but not including ``high``."""
        values = self._section.between(low, high)
        if self._no_exceptions:
            return values
        start, end = self._exceptions_before(low), self._exceptions_before(high)
        if start == end:
            return values
        values = values.astype(np.int64)
        values[self._exceptions[start:end].astype(np.int64) - low] = self._values[start:end]
        return values

    def _exceptions_before(self, index: int) -> int:
        """Return the number of exceptions whose index is less than the given one."""
        if index > self._max_index:
            return len(self._exceptions)
        return int(
            self._exceptions.searchsorted(self._exceptions.dtype.type(index))
        )  # of the same dtype: otherwise NumPy converts all exceptions

    def at(self, indices: Array) -> Array:
        """Return the numbers at the given indices, which are ascending."""
        if len(indices):
            self.check(int(indices[0]), int(indices[-1]) + 1)
        return self.at_any(indices)

    def check(self, low: int, high: int) -> None:
        """Compare the numbers from ``low`` up to but not including ``high`` with their checksums."""
        self._section.check(low, high)

    def at_any(self, indices: Array) -> Array:
        """Return the numbers at the given indices, in any order; they must have been checked."""
        values = self._low[indices]
        if self._no_exceptions:
            return values
        here = np.nonzero(values == EXCEPTION)
        if not len(here[0]):
            return values
        values = values.astype(np.int64)
        values[here] = self._values[
            self._exceptions.searchsorted(indices[here].astype(self._exceptions.dtype))
        ]
        return values

    def sums(self, start: int, indices: Array) -> Ints:
        """Return for each index the sum of the numbers from ``start`` up to before the index. Indices are ascending."""
        values = self._section.between(start, int(indices[-1]) + 1)
        found = sums_before(values, indices - start)
        first, last = (
            (0, 0)
            if self._no_exceptions
            else (self._exceptions_before(start), self._exceptions_before(int(indices[-1])))
        )
        if first < last:
            missing = self._values[first:last].astype(np.int64) - EXCEPTION
            exceptions = self._exceptions[first:last]
            if (
                indices[-1] > self._max_index
            ):  # the dtype is narrow, so that they are few and cheap to convert
                exceptions = exceptions.astype(indices.dtype)
            found += np.concatenate(([0], missing.cumsum()))[
                exceptions.searchsorted(indices.astype(exceptions.dtype))
            ]
        return found


class PatchedIntsWriter:
    """Writes patched integers slice by slice into an allocated section.

    If the items of the section have more than eight bits, there are no exceptions.
    """

    def __init__(self, section: Array) -> None:
        self._section = section
        self._exceptions: list[Array] = [np.empty(0, np.int64)]
        self._values: list[Array] = [np.empty(0, np.int64)]

    def put(self, at: int, values: Array) -> None:
        """Write numbers from the index ``at`` on. Slices are written in ascending order."""
        if self._section.dtype.itemsize > 1:
            self._section[at : at + len(values)] = values.astype(self._section.dtype)
            return
        self._section[at : at + len(values)] = np.minimum(values, EXCEPTION).astype(np.uint8)
        exceptions = np.flatnonzero(values >= EXCEPTION)
        self._exceptions.append(exceptions + at)
        self._values.append(values[exceptions])

    def exceptions(self) -> tuple[Array, Array]:
        """Return the indices and the values of the exceptions written so far."""
        return np.concatenate(self._exceptions), np.concatenate(self._values)
