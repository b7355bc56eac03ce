"""The current snapshot of an index, which several threads read until another takes its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .engines.protocol import Snapshot


class _Shared:
    """A snapshot with the number of its readers. It is closed once it is retired and the last reader is done."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.readers = 0
        self.retired = False

    def close_if_unused(self) -> None:
        if self.retired and not self.readers:
            self.snapshot.close()


class SharedSnapshot:
    """The current snapshot. A snapshot that is replaced stays open until its last reader is done."""

    def __init__(self, snapshot: Snapshot) -> None:
        # Reentrant: the garbage collector may end an iterator, which releases its snapshot, while the lock is held.
        self._lock = threading.RLock()
        self._renewing = threading.Lock()
        self._current: _Shared | None = _Shared(snapshot)

    def exchange(self, snapshot: Snapshot | None) -> None:
        """Replace the current snapshot; None closes."""
        with self._lock:
            old, self._current = self._current, None if snapshot is None else _Shared(snapshot)
            if old is not None:
                old.retired = True
                old.close_if_unused()

    def renew(self, opened: Callable[[], Snapshot]) -> None:
        """Call ``opened`` and make its snapshot the current one, unless this is closed.

        One thread does so at a time: otherwise a snapshot could replace one that was opened after it.
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
        """Hold the current snapshot open, whatever other threads do; None if this is closed."""
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
