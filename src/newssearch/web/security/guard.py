"""What every request passes: limits of its size, its method, host and origin. And what every answer gets: its headers."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newssearch.web.pool import ClientGoneError
from newssearch.web.prefix import path_of
from newssearch.web.problems import HttpProblem
from newssearch.web.settings import ServerSettings

from .access import client_of
from .headers import with_security_headers
from .hosts import is_answered, is_same_host, stated_host
from .refusing import refusal

MAX_TARGET = 65_536
"""The largest number of bytes of the path and the query of an address: 10,000 characters of Arabic, encoded, take 60,000."""
MAX_HEADERS = 32_768
"""The largest number of bytes of all headers of a request."""
MAX_HEADER_LINES = 100
"""The largest number of headers of a request."""
MAX_LOGGED_CHARS = 500
"""The largest number of characters of an address in the log."""
CLIENT_GONE = 499
"""The status that the log gives a request whose client did not wait for the answer, as the log of nginx does."""
READING = ("GET", "HEAD")
METHODS: Sequence[tuple[re.Pattern[str], tuple[str, ...]]] = (
    (re.compile(r"/login"), (*READING, "POST")),
    (re.compile(r"/logout"), ("POST",)),
    (re.compile(r"/mcp"), ("POST",)),
    (re.compile(r"/searches|/searches/[^/]+/remove|/tags"), (*READING, "POST")),
    (re.compile(r"/api/searches|/api/tags"), (*READING, "POST")),
    (re.compile(r"/api/searches/[^/]+"), (*READING, "DELETE")),
)
"""Matches the paths that know other methods than :data:`READING`, with their methods."""
_FRAMES = ("iframe", "frame", "embed", "object", "fencedframe")

_log = logging.getLogger(__name__)


class GuardMiddleware:
    """Refuses requests that no honest client sends, and adds to all answers the headers that protect a browser.

    A bug becomes an answer without details; they are in the log. The log has a line for each request.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await _GuardedRequest(self._settings, scope).answer(self._app, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})


class _GuardedRequest:
    """One request, and how far its answer is."""

    def __init__(self, settings: ServerSettings, scope: Scope) -> None:
        self._settings = settings
        self._scope = scope
        self._headers = Headers(scope=scope)
        self._path = path_of(scope)
        self._begun = time.monotonic()
        self._status = 0

    async def answer(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        """Answer the request: by the application, if nothing is wrong with it."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
                headers = with_security_headers(message.get("headers", ()), self._shared_headers())
                message = {**message, "headers": headers}
            await send(message)

        refused = self._refusal_of_size() or self._refusal_of_host() or self._refusal_of_use()
        try:
            await (refused or app)(self._scope, receive, send_with_headers)
        except ClientGoneError:
            pass  # the log says it
        except Exception:
            if self._status:  # the answer is broken off, and the server logs it
                raise
            _log.exception("a request failed: %s", self._shown_address())
            detail = "the server made a mistake; its log says more"
            await self._problem(500, "The server failed", detail)(self._scope, receive, send_with_headers)
        finally:
            milliseconds = (time.monotonic() - self._begun) * 1000
            method = quote(self._scope["method"][:20])
            client = client_of(self._scope) or "-"
            _log.info(
                "%s %s %s %d %.0f ms",
                client,
                method,
                self._shown_address(),
                self._status or CLIENT_GONE,
                milliseconds,
            )

    def _problem(self, status: int, title: str, detail: str) -> Response:
        return refusal(Request(self._scope), HttpProblem(status, title, detail))

    def _shown_address(self) -> str:
        """Return the address as the log has it: in ASCII, with the query string only if the settings ask for it."""
        text = quote(self._scope["path"])
        if self._settings.log_queries and self._scope["query_string"]:
            text += "?" + quote(self._scope["query_string"], safe="/%&=+:;,~!$'()*?@")
        return text[:MAX_LOGGED_CHARS]

    # ---- what is refused

    def _refusal_of_size(self) -> Response | None:
        raw = self._scope.get("raw_path") or quote(self._scope["path"]).encode()
        if len(raw) + len(self._scope["query_string"]) > MAX_TARGET:
            return _short_answer(414, f"the address is longer than {MAX_TARGET:,} bytes")
        lines = self._scope["headers"]
        if (
            len(lines) > MAX_HEADER_LINES
            or sum(len(name) + len(value) for name, value in lines) > MAX_HEADERS
        ):
            return _short_answer(431, "the request has too many headers, or too long ones")
        return None

    def _refusal_of_host(self) -> Response | None:
        stated = self._headers.getlist("host")
        host = stated_host(stated[0]) if len(stated) == 1 else None
        if host is None:
            return _short_answer(400, "the request states no host, or an invalid one")
        arrived_at = (self._scope.get("server") or ("",))[0]
        if not is_answered(host, self._settings.allowed_hosts, arrived_at):
            return _short_answer(
                421, f"this server does not answer to the name {host}; --allow-host adds names"
            )
        return None

    def _refusal_of_use(self) -> Response | None:
        method, path = self._scope["method"], self._path
        if not self._scope["path"].startswith("/"):
            return _short_answer(400, "the address has no path")
        allowed = methods_of(path)
        if method == "OPTIONS":
            return self._options(allowed)
        if method not in allowed:
            answer = self._problem(405, "Not allowed", f"this address knows {', '.join(allowed)} alone")
            answer.headers["Allow"] = ", ".join((*allowed, "OPTIONS"))
            return answer
        if self._is_foreign():
            return self._problem(403, "Not allowed", "the request comes from a page of another site")
        return None

    def _is_foreign(self) -> bool:
        """Whether a page of another site sent the request, without the user having followed a link to this one.

        Pages of allowed origins may read the API and use the tools, and change nothing.
        """
        reads = self._scope["method"] in READING
        if self._is_allowed_origin() and (reads or self._path == "/mcp"):
            return False
        site = self._headers.get("sec-fetch-site")
        if site is not None:
            followed = reads and self._headers.get("sec-fetch-mode") == "navigate"
            framed = self._headers.get("sec-fetch-dest") in _FRAMES
            return site not in ("same-origin", "none") and (framed or not followed)
        origin = self._headers.get("origin")
        checked = not reads or self._path == "/mcp"
        return checked and origin is not None and not is_same_host(origin, self._headers["host"])

    # ---- pages of other origins

    def _is_shared(self) -> bool:
        """Whether pages of allowed origins may read the answer."""
        return bool(self._settings.origins) and (self._path.startswith("/api/") or self._path == "/mcp")

    def _is_allowed_origin(self) -> bool:
        origin = self._headers.get("origin")
        return (
            origin is not None and self._is_shared() and ({"*", origin} & {*self._settings.origins}) != set()
        )

    def _shared_headers(self) -> Mapping[bytes, bytes]:
        if not self._is_shared():
            return {}
        headers = {b"vary": b"Origin", b"cross-origin-resource-policy": b"cross-origin"}
        if not self._is_allowed_origin():
            return headers
        origin = self._headers["origin"].encode("latin-1")
        return {
            **headers,
            b"access-control-allow-origin": origin,
            b"access-control-expose-headers": b"ETag, Link, Retry-After, X-Total-Rows, Mcp-Session-Id",
        }

    def _options(self, allowed: tuple[str, ...]) -> Response:
        headers = {"Allow": ", ".join((*allowed, "OPTIONS"))}
        if self._is_allowed_origin() and "access-control-request-method" in self._headers:
            shared = allowed if self._path == "/mcp" else READING
            headers["Access-Control-Allow-Methods"] = ", ".join(shared)
            headers["Access-Control-Allow-Headers"] = (
                "Accept, Authorization, Content-Type, If-None-Match, Last-Event-ID, Mcp-Protocol-Version, Mcp-Session-Id"
            )
            headers["Access-Control-Max-Age"] = "600"
        return Response(status_code=204, headers=headers)


def methods_of(path: str) -> tuple[str, ...]:
    """Return the methods that a path knows.

    >>> methods_of("/"), methods_of("/api/searches/oil")
    (('GET', 'HEAD'), ('GET', 'HEAD', 'DELETE'))
    """
    return next((methods for pattern, methods in METHODS if pattern.fullmatch(path)), READING)


def _short_answer(status: int, text: str) -> Response:
    """Return the answer to a request that is not worth a page."""
    return PlainTextResponse(
        f"{text}\n", status, headers={"Connection": "close"} if status in (414, 431) else None
    )
