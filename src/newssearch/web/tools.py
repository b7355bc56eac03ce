"""The tools for language models at ``/mcp``, as an endpoint of the web application."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from newssearch.web.security.refusing import refusal

from .archive import Archive
from .problems import HttpProblem

if TYPE_CHECKING:
    from newssearch.mcp import HttpEndpoint

TOOLS_MISSING = HttpProblem(404, "Not found", "this server has no tools for language models", "pip install 'newssearch[mcp]'")  # fmt: skip


class ToolsEndpoint:
    """An ASGI application with the tools of an archive. They begin at the first request: their packages take 64 MB."""

    def __init__(self, archive: Archive, time_limit: float) -> None:
        self._archive = archive
        self._time_limit = time_limit
        self._lock = asyncio.Lock()
        self._endpoint: HttpEndpoint | None = None
        self._running: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        async with self._lock:
            if self._endpoint is None:
                try:
                    await self._begin()
                except ImportError:  # not there, or an older version
                    await refusal(Request(scope), TOOLS_MISSING)(scope, receive, send)
                    return
        assert self._endpoint is not None, "the tools have begun"
        await self._endpoint(scope, receive, send)

    async def _begin(self) -> None:
        made = await asyncio.to_thread(_made_endpoint, self._archive, self._time_limit)
        begun = asyncio.get_running_loop().create_future()

        async def run() -> None:  # as a task of its own: what it enters has to be left by the same task
            async with made.running():
                begun.set_result(None)
                await self._ending.wait()

        self._running = asyncio.create_task(run())
        await asyncio.wait({self._running, begun}, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            self._running.result()
        self._endpoint = made

    async def end(self) -> None:
        """End the tools, if they have begun."""
        self._ending.set()
        if self._running is not None:
            await self._running


def _made_endpoint(archive: Archive, time_limit: float) -> HttpEndpoint:
    from newssearch.mcp import HttpEndpoint, server  # an extra, and slow to import

    return HttpEndpoint(
        server(archive.index, timeout=time_limit), hosts=None
    )  # the guard has checked host and origin
