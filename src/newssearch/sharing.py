"""The current snapshot of an index, shared by several threads: a replaced snapshot stays open until nobody reads it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .engines.protocol import Snapshot


class _CountedSnapshot:
    """A snapshot with the number of its readers. It is closed when it is retired and has no readers."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.readers = 0
        self.retired = False

    def close_if_unused(self) -> None:
        if self.retired and not self.readers:
            self.snapshot.close()


class SharedSnapshot:
    """The current snapshot of an index, or none after the index is closed. Threads may read and replace it at once."""

    def __init__(self, snapshot: Snapshot) -> None:
        # Reentrant: the garbage collector may end an iterator, which releases its snapshot, while the lock is held.
        self._lock = threading.RLock()
        self._renewing = threading.Lock()
        self._current: _CountedSnapshot | None = _CountedSnapshot(snapshot)

    def exchange(self, snapshot: Snapshot | None) -> None:
        """Make ``snapshot``, which may be None, the current one. The old one is closed when its last reader is done."""
        with self._lock:
            old, self._current = self._current, None if snapshot is None else _CountedSnapshot(snapshot)
            if old is not None:
                old.retired = True
                old.close_if_unused()

    def renew(self, opened: Callable[[], Snapshot]) -> None:
        """Replace the current snapshot with the one that ``opened`` returns.

        If the index is closed, the new snapshot is closed instead. Only one thread does this at a time: otherwise an
        older snapshot could replace a newer one.
        """
        with self._renewing:
            snapshot = opened()
            with self._lock:
                if self._current is not None:
                    self.exchange(snapshot)
                    return
            snapshot.close()

    @contextmanager
    def reading(self) -> Iterator[Snapshot | None]:
        """Yield the current snapshot, or None if there is none; it stays open inside the ``with`` block."""
        with self._lock:
            shared = self._current
            if shared is not None:
                shared.readers += 1
        try:
            yield shared.snapshot if shared is not None else None
        finally:
            with self._lock:
                if shared is not None:
                    shared.readers -= 1
                    shared.close_if_unused()
