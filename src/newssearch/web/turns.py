"""Turns: short searches run one after the other, because threads of Python that compute at the same time hinder each other."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS_OF_TURN = 0.03
"""The time after which a search no longer keeps others from beginning. Most pages take less."""


class Turns:
    """Lets one thread begin after the other: when the one before has ended, or has taken :data:`SECONDS_OF_TURN`."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()
        self._running: object | None = None
        """What stands for the search whose turn it is; None if there is none."""
        self._since = 0.0

    @property
    def waiting(self) -> int:
        """The number of threads that wait for their turn."""
        return len(self._queue)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for the turn of this thread, in the order of arrival. It ends with the block, at the latest."""
        own = object()
        with self._changed:
            self._queue.append(own)
            while (left := self._time_left(own)) is None or left > 0:
                self._changed.wait(left)
            self._queue.popleft()
            self._running, self._since = own, time.monotonic()
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                if self._running is own:
                    self._running = None
                    self._changed.notify_all()

    def _time_left(self, own: object) -> float | None:
        """Return the time in seconds until a thread may begin; None if others are before it."""
        if self._queue[0] is not own:
            return None
        return 0.0 if self._running is None else self._since + SECONDS_OF_TURN - time.monotonic()
