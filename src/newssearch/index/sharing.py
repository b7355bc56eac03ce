"""The current snapshot of an index, shared by several threads: a replaced snapshot stays open until nobody reads it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from newssearch.engines.protocol import Snapshot
from newssearch.errors import NewssearchError
from newssearch.request import ResolvedRequest


class OpenedSnapshot(NamedTuple):
    """A snapshot, and the time at which the last run on the index began when it was opened; None if that is unknown."""

    snapshot: Snapshot
    last_run: dt.datetime | None

    def resolved(self, request: ResolvedRequest) -> ResolvedRequest:
        """Return the request with the time of the last run if it asks for what came with that.

        Raises :class:`NewssearchError` if the index has articles, but does not say when the run was.
        """
        if not request.since_run:
            return request
        if self.last_run is None and len(self.snapshot):
            raise NewssearchError("the index does not say when its last run began; the next run will say it")
        return replace(request, added_since=self.last_run)


class _CountedSnapshot:
    """A snapshot with the number of its readers. It is closed when it is retired and has no readers."""

    def __init__(self, opened: OpenedSnapshot) -> None:
        self.opened = opened
        self.readers = 0
        self.retired = False

    def close_if_unused(self) -> None:
        if self.retired and not self.readers:
            self.opened.snapshot.close()


class SharedSnapshot:
    """The current snapshot of an index, or none after the index is closed. Threads may read and replace it at once."""

    def __init__(self, opened: OpenedSnapshot) -> None:
        # Reentrant: the garbage collector may end an iterator, which releases its snapshot, while the lock is held.
        self._lock = threading.RLock()
        self._renewing = threading.Lock()
        self._current: _CountedSnapshot | None = _CountedSnapshot(opened)

    def exchange(self, opened: OpenedSnapshot | None) -> None:
        """Make a snapshot, or None, the current one. The old one is closed when its last reader is done."""
        with self._lock:
            old, self._current = self._current, None if opened is None else _CountedSnapshot(opened)
            if old is not None:
                old.retired = True
                old.close_if_unused()

    def renew(
        self, is_newest: Callable[[OpenedSnapshot], bool], open_snapshot: Callable[[], OpenedSnapshot]
    ) -> bool:
        """Replace the current snapshot with the one that ``open_snapshot`` returns, unless it ``is_newest``.

        Return whether another snapshot is current now than before the call: another thread may have replaced it. If the
        index is closed, the new snapshot is closed instead. Only one thread does this at a time: otherwise an older
        snapshot could replace a newer one.
        """
        before = self._current
        with self._renewing:
            with self.reading() as current:
                if current is not None and is_newest(current):
                    return self._current is not before
            opened = open_snapshot()
            with self._lock:
                if self._current is not None:
                    self.exchange(opened)
                    return True
            opened.snapshot.close()
            return False

    @property
    def current(self) -> OpenedSnapshot | None:
        """The current snapshot, or None if there is none. It may be closed at any time: :meth:`reading` keeps it open."""
        shared = self._current
        return None if shared is None else shared.opened

    @contextmanager
    def reading(self) -> Iterator[OpenedSnapshot | None]:
        """Yield the current snapshot, or None if there is none; it stays open inside the ``with`` block."""
        with self._lock:
            shared = self._current
            if shared is not None:
                shared.readers += 1
        try:
            yield shared.opened if shared is not None else None
        finally:
            with self._lock:
                if shared is not None:
                    shared.readers -= 1
                    shared.close_if_unused()
