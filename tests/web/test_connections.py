"""How long a connection waits for its client, by a clock that the tests set; and how it ends with the server."""

from __future__ import annotations

import asyncio
import gc
import socket
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from newssearch.web.server.listening import listening
from newssearch.web.server.protocol import READING_SECONDS, BoundedProtocol, ConnectionsState
from newssearch.web.server.worker import ArchiveServer

SIZE = 16 * 1024 * 1024
"""The number of bytes of an answer: more than the system keeps for a client."""
Steps = Callable[["Reader"], Coroutine[Any, Any, None]]


async def answer_at_length(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-length", b"%d" % SIZE)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": bytes(SIZE), "more_body": False})


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be put forward."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


class Reader:
    """A client that has asked for a long answer, and reads of it what a test wants."""

    def __init__(self, loop: Loop, protocol: BoundedProtocol, connection: socket.socket) -> None:
        self._loop = loop
        self._protocol = protocol
        self._connection = connection
        self.received = 0

    async def read(self, size: int) -> None:
        """Read a number of bytes of those that are left, and let the server send others for them."""
        end = min(self.received + size, SIZE)
        while self.received < end and (part := await self._loop.sock_recv(self._connection, 65_536)):
            self.received += len(part)
        for _ in range(100):
            await asyncio.sleep(0)

    async def pass_time(self, seconds: float) -> None:
        """Let a time pass for the server."""
        self._loop.ahead += seconds
        for _ in range(10):
            await asyncio.sleep(0)

    @property
    def is_held(self) -> bool:
        """Whether the server keeps the connection."""
        return not self._protocol.transport.is_closing()


def with_reader(steps: Steps) -> None:
    """Run the steps of a test with a reader of a server."""
    made: list[BoundedProtocol] = []

    async def main() -> None:
        config = uvicorn.Config(
            answer_at_length, http=BoundedProtocol, log_config=None, timeout_keep_alive=1_000_000
        )
        config.load()

        def begin() -> BoundedProtocol:
            made.append(BoundedProtocol(config, ConnectionsState(), {}, _loop=loop))
            return made[-1]

        with listening("127.0.0.1", 0) as listener, socket.socket() as connection:
            server = await loop.create_server(begin, sock=listener)
            connection.setblocking(False)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            await loop.sock_connect(connection, listener.getsockname())
            await loop.sock_sendall(connection, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while not (made and made[0].flow and made[0].flow.write_paused):
                await asyncio.sleep(0)
            try:
                await steps(Reader(loop, made[0], connection))
            finally:
                made[0].transport.abort()
                server.close()
                for _ in range(10):
                    await asyncio.sleep(0)

    loop = Loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()


def test_a_client_that_reads_slowly_gets_all_of_a_long_answer() -> None:
    async def steps(reader: Reader) -> None:
        while reader.received < SIZE:
            await reader.pass_time(READING_SECONDS - 1)
            assert reader.is_held
            await reader.read(1_000_000)

    with_reader(steps)


def test_a_client_that_stops_reading_is_cut_off() -> None:
    async def steps(reader: Reader) -> None:
        await reader.read(1_000_000)
        await reader.pass_time(READING_SECONDS + 1)
        assert reader.is_held
        await reader.pass_time(READING_SECONDS + 1)
        assert not reader.is_held

    with_reader(steps)


def test_a_client_that_reads_a_few_bytes_at_a_time_is_cut_off() -> None:
    async def steps(reader: Reader) -> None:
        while reader.is_held:
            await reader.read(1_000)
            await reader.pass_time(READING_SECONDS + 1)
        assert reader.received < 10_000_000

    with_reader(steps)


@pytest.mark.parametrize("turns", range(5))
def test_a_connection_that_comes_when_the_server_ends_does_not_hold_it_up(turns: int) -> None:
    """The server is told to end this number of turns of its loop after a client connects: before, while or after it accepts."""

    async def main() -> None:
        config = uvicorn.Config(
            answer_at_length,
            http=BoundedProtocol,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        with listening("127.0.0.1", 0) as listener, socket.socket() as connection:
            server = ArchiveServer(config)
            serving = loop.create_task(server.serve([listener]))
            while not server.started:
                await asyncio.sleep(0)
            connection.connect(listener.getsockname())
            for _ in range(turns):
                await asyncio.sleep(0)
            await server.shutdown([listener])
            assert not server.server_state.connections
            server.should_exit = True
            await serving

    loop = Loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()  # asyncio leaves a socket that it is accepting to the collector, which warns
