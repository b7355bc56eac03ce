"""The MCP server over HTTP, as an endpoint of another ASGI application."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import Receive, Scope, Send

MAX_BODY = 256 * 1024
"""The largest number of bytes of a request."""
LOOPBACK = ("127.0.0.1", "127.0.0.1:*", "localhost", "localhost:*", "[::1]", "[::1]:*")
"""The hosts of this machine, on any port."""


class HttpEndpoint:
    """An ASGI application that serves an MCP server at one address: the transport Streamable HTTP, without sessions.

    Each request is complete in itself, so that any process of several can answer it. Only POST has a meaning; let the
    application around it refuse GET and DELETE, as ``Route("/mcp", endpoint, methods=["POST"])`` does.

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
        """Answer a request."""
        await self._manager.handle_request(scope, receive, send)
