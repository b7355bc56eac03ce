"""A cached property without a lock: :func:`functools.cached_property` holds one in Python 3.10 and 3.11.

That lock is shared by all objects of a class, so that searching threads would wait for each other. Here, as in later
Pythons, two threads may both compute the value.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["cached_property"]

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:  # noqa: N801  (as the original)
        """A property that is computed when it is first read, and kept in the object's ``__dict__``."""

        def __init__(self, compute: Callable[[Any], Any]) -> None:
            self._compute = compute
            self.__doc__ = compute.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            value = vars(instance)[self._name] = self._compute(instance)
            return value
