"""Requests as an attacker writes them: bytes that no client library would send, given to the application as by a server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


class RawAnswer(NamedTuple):
    """The answer to a request."""

    status_code: int
    headers: dict[str, str]
    text: str


def ask(
    app: ASGIApp,
    target: bytes,
    *,
    method: str = "GET",
    headers: Sequence[tuple[bytes, bytes]] = ((b"host", b"127.0.0.1:8080"),),
) -> RawAnswer:
    """Return the answer of an application to a request. The path is decoded as uvicorn does it."""
    path, _, query = target.partition(b"?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": list(headers),
        "client": ("192.0.2.7", 50000),
        "server": ("127.0.0.1", 8080),
        "state": {},
    }
    return asyncio.run(_answer(app, scope))


async def _answer(app: ASGIApp, scope: dict[str, Any]) -> RawAnswer:
    sent: list[Message] = []
    left = asyncio.Event()
    request = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if request:
            return request.pop()
        await left.wait()  # the client stays
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return RawAnswer(sent[0]["status"], headers, body.decode("utf-8", "replace"))
