"""The MCP server over HTTP, as an endpoint of another ASGI application."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import Message, Receive, Scope, Send

MAX_BODY = 256 * 1024
"""The largest number of bytes of a request."""
LOOPBACK = ("127.0.0.1", "127.0.0.1:*", "localhost", "localhost:*", "[::1]", "[::1]:*")
"""The hosts of this machine, on any port."""


class HttpEndpoint:
    """An ASGI application that serves an MCP server at one address: the transport Streamable HTTP, without sessions.

    Each request is complete in itself, so that any process of several can answer it. If the client closes the connection,
    its search is stopped. Only POST has a meaning; let the application around it refuse GET and DELETE, as
    ``Route("/mcp", endpoint, methods=["POST"])`` does.

    ``hosts`` are the values of the header Host that are accepted (``name:*`` for any port), ``origins`` those of the header
    Origin, which browsers send: by default those of this machine, and none. ``hosts=None`` leaves both checks to the
    application around it.

    The endpoint answers while its :meth:`running` is entered, which is possible once:

        endpoint = HttpEndpoint(server(source))

        @asynccontextmanager
        async def lifespan(app):
            async with endpoint.running():
                yield

        app = Starlette(routes=[Route("/mcp", endpoint, methods=["POST"])], lifespan=lifespan)
    """

    def __init__(
        self, made: MCPServer[Any], *, hosts: Sequence[str] | None = LOOPBACK, origins: Sequence[str] = ()
    ) -> None:
        security = TransportSecuritySettings(
            enable_dns_rebinding_protection=hosts is not None,
            allowed_hosts=[*(hosts or ())],
            allowed_origins=[*origins],
        )
        made.streamable_http_app(
            json_response=True,
            stateless_http=True,
            max_request_body_size=MAX_BODY,
            transport_security=security,
        )  # makes the manager of sessions
        self._manager = made.session_manager

    def running(self) -> AbstractAsyncContextManager[None]:
        """Return the context in which requests are answered."""
        return self._manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; end its call if the client closes the connection.

        The manager looks for that only while it streams, never while it makes an answer of JSON.
        """
        request = _Received(receive)
        async with anyio.create_task_group() as group:

            async def end_with_client() -> None:
                await request.wait_for_client()
                group.cancel_scope.cancel()

            group.start_soon(end_with_client)
            await self._manager.handle_request(scope, request.receive, send)
            group.cancel_scope.cancel()


class _Received:
    """The messages of a request for two readers: one reads its body, the other waits until the client has gone."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._whole = anyio.Event()
        self._gone = anyio.Event()

    async def receive(self) -> Message:
        """Return the next part of the body; after the last one, wait until the client has gone."""
        if self._whole.is_set():
            await self._gone.wait()
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._gone.set()
        if not message.get("more_body", False):
            self._whole.set()
        return message

    async def wait_for_client(self) -> None:
        """Wait until the client has closed the connection."""
        await self._whole.wait()
        while not self._gone.is_set():
            if (await self._receive())["type"] == "http.disconnect":
                self._gone.set()
