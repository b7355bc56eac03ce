"""The prefix of all addresses, if the application is mounted in another one or stands behind a reverse proxy."""

from __future__ import annotations

from typing import cast

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

_KEY = "newssearch.prefix"


class PrefixMiddleware:
    """Keeps the prefix with which a request came to the application, before mounts inside it make it longer."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            scope[_KEY] = self._prefix or scope.get("root_path", "").rstrip("/")
        await self._app(scope, receive, send)


def prefix_of(request: HTTPConnection) -> str:
    """Return the prefix of the addresses of the application: "", or a path that begins with a slash."""
    return cast("str", request.scope.get(_KEY, ""))
