"""Numbers most of which fit in eight bits.

Sections, for numbers kept as ``NAME``: ``NAME`` their last eight bits, ``NAME.far`` the places of those that need more,
ascending, and ``NAME.high`` what these have above the eight. Where more than a fifth need more, all have so many bits,
and none is far.
"""

from __future__ import annotations

import numpy as np

from .container import Array, Container, narrow

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


class SmallPart:
    """Numbers that are written piece by piece where there is place for them: for all that they have, or their last bits."""

    def __init__(self, place: Array) -> None:
        self._place = place
        self._far: list[Array] = [np.empty(0, np.int64)]
        self._high: list[Array] = [np.empty(0, np.int64)]

    def put(self, at: int, values: Array) -> None:
        """Write some, from a place on."""
        self._place[at : at + len(values)] = values.astype(self._place.dtype)
        if self._place.dtype.itemsize == 1:
            far = np.flatnonzero(values >> 8)
            self._far.append(far + at)
            self._high.append(values[far] >> 8)

    def far(self) -> tuple[Array, Array]:
        """The places of those that need more, and what these have above."""
        return np.concatenate(self._far), np.concatenate(self._high)
