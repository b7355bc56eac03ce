"""A time limit for the whole of a conversation with a server, whose single steps have limits that a slow server can use up."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress


class TimeLimit:
    """A time limit, in seconds from now. When it is over, the connection that it watches is shut down."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self._timer.start()

    @property
    def left(self) -> float:
        """How many seconds are left, never less than a thousandth."""
        return max(self._end - time.monotonic(), 0.001)

    def watch(self, connection: socket.socket) -> None:
        """Shut a connection down when the time is over, also if it is encrypted from now on."""
        with self._lock:
            self._release()
            self._watched = connection.dup()
        if self.is_over:
            self._shut()

    def end(self) -> None:
        """Watch no connection any more."""
        self._timer.cancel()
        with self._lock:
            self._release()

    def _shut(self) -> None:
        self.is_over = True
        with self._lock, suppress(OSError):
            if self._watched is not None:
                self._watched.shutdown(socket.SHUT_RDWR)

    def _release(self) -> None:
        if self._watched is not None:
            self._watched.close()
            self._watched = None
