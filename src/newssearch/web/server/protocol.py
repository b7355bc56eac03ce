"""HTTP on one connection: that of uvicorn, with limits on slow and on large requests, which uvicorn does not have.

uvicorn ends a connection that is idle between two requests. It would wait for ever for a request that arrives byte by byte,
and for a client that does not read its answer.
"""

from __future__ import annotations

import asyncio
import sys

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from newssearch.web.security.headers import with_security_headers

REQUEST_SECONDS = 10.0
"""The time in seconds within which a request has to arrive as a whole, from the beginning of the connection or its first byte."""
READING_SECONDS = 30.0
"""The time in seconds within which a client has to read a part of an answer when the server waits for it."""
READING_BYTES = 65_536
"""The size in bytes of that part, or all that is left."""
MAX_CONNECTIONS = 500
"""The largest number of connections of one process; further ones are closed."""


class ConnectionsState(ServerState):
    """What the connections of a process share."""

    ending = False
    """Whether the server closes its connections: uvicorn overlooks those that it has accepted just before."""


class BoundedProtocol(H11Protocol):
    """A connection that ends if its client sends too slowly, reads too slowly, is one too many, or comes when the server ends."""

    server_state: ConnectionsState
    _arriving: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if self.server_state.ending or len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
        else:
            self._arriving = self.loop.call_later(REQUEST_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        if self.conn.their_state is h11.SEND_BODY or (
            self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]
        ):
            if self._arriving is None:
                self._arriving = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)
        else:
            self._arriving = _end(self._arriving)

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        self._reading = _end(self._reading)

    def _wait_for_reader(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(READING_SECONDS, self._look_at_reader, unread)

    def _look_at_reader(self, unread: int) -> None:
        """Close the connection unless the client has read a part since there was this number of bytes to read."""
        if unread - self.transport.get_write_buffer_size() < READING_BYTES:
            self.transport.abort()
        else:
            self._wait_for_reader()

    def connection_lost(self, exc: Exception | None) -> None:
        """End both waits."""
        self._arriving, self._reading = _end(self._arriving), _end(self._reading)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer a request that is not one of HTTP, or that is too large, and close the connection."""
        error = sys.exc_info()[1]  # uvicorn calls this where it handles the error
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        headers = with_security_headers(
            [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")], {}
        )
        for event in (h11.Response(status_code=status, headers=headers), h11.Data(data=msg.encode()), h11.EndOfMessage()):  # fmt: skip
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def _end(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Cancel a timer, and return None in its place."""
    if timer is not None:
        timer.cancel()
    return None
