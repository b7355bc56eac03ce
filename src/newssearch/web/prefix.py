"""The prefix of all addresses, if the application is mounted in another one or stands behind a reverse proxy."""

from __future__ import annotations

from typing import cast

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

_KEY = "newssearch.prefix"


class PrefixMiddleware:
    """Keeps the prefix with which a request came to the application, before mounts inside it make it longer.

    With ``prefix``, it does not matter whether a reverse proxy passes paths on with it or without it.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            scope = _below(self._prefix, scope) if self._prefix else dict(scope)
            scope[_KEY] = scope.get("root_path", "").rstrip("/")
        await self._app(scope, receive, send)


def _below(prefix: str, scope: Scope) -> Scope:
    """Return the scope of a request whose path begins with the prefix, as that of a mounted application does."""
    path: str = scope["path"]
    if path == prefix or path.startswith(f"{prefix}/"):
        return {**scope, "root_path": prefix, "path": path if path != prefix else f"{prefix}/"}
    raw: bytes = scope.get("raw_path") or b""
    return {**scope, "root_path": prefix, "path": prefix + path, "raw_path": prefix.encode() + raw}


def prefix_of(request: HTTPConnection) -> str:
    """Return the prefix of the addresses of the application: "", or a path that begins with a slash."""
    return cast("str", request.scope.get(_KEY, ""))


def path_of(scope: Scope) -> str:
    """Return the path of a request below the prefix; it begins with a slash."""
    path: str = scope["path"]
    return path.removeprefix(scope.get(_KEY, "")) or "/"
