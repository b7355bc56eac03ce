"""Numbers most of which fit in eight bits.

Sections, for numbers kept as ``NAME``: ``NAME`` their last eight bits, ``NAME.far`` the places of those that need more,
ascending, and ``NAME.high`` what these have above the eight. Where more than a fifth need more, all have so many bits,
and none is far.
"""

from __future__ import annotations

import numpy as np

from .container import Array, Container, ContainerWriter, narrow

FEW = 5
"""One in so many may be far: it takes five bytes or six instead of one or two."""


def small(name: str, values: Array) -> dict[str, Array]:
    """The sections of some numbers."""
    far = np.flatnonzero(values >> 8)
    if len(far) * FEW > len(values):
        return {
            name: narrow(values),
            f"{name}.far": far[:0].astype(np.uint8),
            f"{name}.high": far[:0].astype(np.uint8),
        }
    return {
        name: values.astype(np.uint8),
        f"{name}.far": narrow(far),
        f"{name}.high": narrow(values[far] >> 8),
    }


class Small:
    """Numbers, read by their places."""

    def __init__(self, container: Container, name: str) -> None:
        self._low = container[name]
        self._far = container[f"{name}.far"]
        self._high = container[f"{name}.high"]

    def __len__(self) -> int:
        return len(self._low)

    @property
    def wide(self) -> bool:
        """Whether all of them have more than eight bits."""
        return self._low.dtype.itemsize > 1

    def between(self, low: int, high: int) -> Array:
        """Those from ``low`` up to but not including ``high``."""
        values = self._low[low:high]
        if not len(self._far):
            return values
        last = np.iinfo(self._far.dtype).max  # of its own type, or all of it is converted
        start = int(np.searchsorted(self._far, self._far.dtype.type(low))) if low <= last else len(self._far)
        end = int(np.searchsorted(self._far, self._far.dtype.type(high))) if high <= last else len(self._far)
        if start == end:
            return values
        values = values.astype(np.int64)
        values[self._far[start:end].astype(np.int64) - low] |= self._high[start:end].astype(np.int64) << 8
        return values

    def at(self, places: Array) -> Array:
        """Those at some places."""
        values = self._low[places]
        if not len(self._far):
            return values
        last = np.iinfo(self._far.dtype).max
        where = np.searchsorted(self._far, np.minimum(places, last).astype(self._far.dtype))
        where[where == len(self._far)] = 0
        here = np.nonzero(self._far[where] == places)
        values = values.astype(np.int64)
        values[here] |= self._high[where[here]].astype(np.int64) << 8
        return values


class SmallWriter:
    """Numbers that are written piece by piece; ``most`` is the greatest that there can be."""

    def __init__(self, container: ContainerWriter, name: str, size: int, wide: bool, most: int) -> None:
        self._container = container
        self._name = name
        self._wide = wide
        dtype = narrow(np.array([most])).dtype if wide else np.dtype(np.uint8)
        self._low = container.allocate(name, dtype, size)
        self._done = 0
        self._far: list[Array] = [np.empty(0, np.int64)]
        self._high: list[Array] = [np.empty(0, np.int64)]

    def put(self, values: Array) -> None:
        """Write the next ones."""
        self._low[self._done : self._done + len(values)] = values.astype(self._low.dtype)
        if not self._wide:
            far = np.flatnonzero(values >> 8)
            self._far.append(far + self._done)
            self._high.append(values[far] >> 8)
        self._done += len(values)

    def close(self) -> None:
        """Write what could only be known at the end."""
        self._container.add(f"{self._name}.far", narrow(np.concatenate(self._far)))
        self._container.add(f"{self._name}.high", narrow(np.concatenate(self._high)))
