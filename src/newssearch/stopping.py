"""Ends a search that is no longer wanted: after a time limit, or when its caller says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from . import arguments
from .errors import SearchStoppedError

Checked = TypeVar("Checked")
ITEMS_PER_CHECK = 256
"""Loops over cheap items check once for this number of items."""


class StopCheck:
    """Whether a search has to end. Long work calls it now and then: it raises an exception when the search has to end.

    ``timeout`` is a number of seconds from now, None for no limit. ``stop`` is called at each check, and returns True to
    end the search.
    """

    __slots__ = ("_deadline", "_stop", "_timeout")

    def __init__(self, timeout: float | None = None, stop: Callable[[], bool] | None = None) -> None:
        """Begin a search. Raises TypeError and ValueError for an invalid ``timeout`` or ``stop``."""
        self._timeout = None if timeout is None else arguments.seconds("timeout", timeout)
        self._deadline = None if self._timeout is None else time.monotonic() + self._timeout
        arguments.function("stop", stop)
        self._stop = stop

    def __call__(self) -> None:
        """Raise :class:`~newssearch.SearchStoppedError` if the search has to end."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise SearchStoppedError(
                f"the search was stopped at its time limit of {self._timeout:g} s", self._timeout
            )
        if self._stop is not None and self._stop():
            raise SearchStoppedError("the search was stopped")

    def during(self, items: Iterable[Checked], each: int = ITEMS_PER_CHECK) -> Iterator[Checked]:
        """Yield the items, and check before the first of them and then once for every ``each`` items.

        >>> list(NEVER.during("abc"))
        ['a', 'b', 'c']
        """
        for number, item in enumerate(items):
            if number % each == 0:
                self()
            yield item

    def wait(self, seconds: float) -> None:
        """Sleep for a time, at most until the time limit, and then check."""
        left = self.remaining
        time.sleep(seconds if left is None else min(seconds, left))
        self()

    @property
    def remaining(self) -> float | None:
        """The time in seconds until the time limit, at least 0; None if there is none."""
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0.0)


NEVER = StopCheck()
"""The check of a search that nobody stops."""
_CHECK_AROUND: ContextVar[StopCheck] = ContextVar("_CHECK_AROUND", default=NEVER)


@contextmanager
def limiting(check: StopCheck) -> Iterator[None]:
    """Let a check also limit, while the block runs, what has none of its own: to open an index on a cluster, or to refresh it."""
    before = _CHECK_AROUND.set(check)
    try:
        yield
    finally:
        _CHECK_AROUND.reset(before)


def limited(check: StopCheck) -> StopCheck:
    """Return a check; for :data:`NEVER`, that of the block of :func:`limiting` which runs."""
    return _CHECK_AROUND.get() if check is NEVER else check
