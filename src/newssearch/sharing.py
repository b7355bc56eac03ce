"""One snapshot that several threads read, until another takes its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .engines.protocol import Snapshot


class _Shared:
    """A snapshot, and how many readers it has: it is closed when it is retired and the last of them is done."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.readers = 0
        self.retired = False

    def close_if_unused(self) -> None:
        if self.retired and not self.readers:
            self.snapshot.close()


class SharedSnapshot:
    """The snapshot of now. One that is exchanged for another stays open for those who read it."""

    def __init__(self, snapshot: Snapshot) -> None:
        # Reentrant: the garbage collector may end an iterator, which gives its snapshot back, while the lock is held.
        self._lock = threading.RLock()
        self._renewing = threading.Lock()
        self._current: _Shared | None = _Shared(snapshot)

    def exchange(self, snapshot: Snapshot | None) -> None:
        """Let another snapshot be that of now, or none."""
        with self._lock:
            old, self._current = self._current, None if snapshot is None else _Shared(snapshot)
            if old is not None:
                old.retired = True
                old.close_if_unused()

    def renew(self, opened: Callable[[], Snapshot]) -> None:
        """Let the snapshot that is ``opened`` now be that of now, unless there is none: what is closed stays closed.

        One thread does so at a time: else one that was opened earlier could take the place of a later one.
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
        """The snapshot of now, which stays open meanwhile, whatever other threads do; None where there is none."""
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
