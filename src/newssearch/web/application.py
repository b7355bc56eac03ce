"""The web application: its routes, in the order in which requests are compared with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from newssearch.web.api.routes import api_routes
from newssearch.web.api.suggestions import Completer
from newssearch.web.security.access import Access
from newssearch.web.security.attempts import FailedAttempts
from newssearch.web.security.gate import AccessMiddleware
from newssearch.web.security.guard import GuardMiddleware
from newssearch.web.security.refusing import refusal

from .archive import Archive
from .context import ServerContext
from .pages import page_routes
from .pool import SearchPool
from .prefix import PrefixMiddleware
from .problems import http_problem
from .settings import ServerSettings
from .tools import ToolsEndpoint


def create_app(index: str | Path = "index", settings: ServerSettings | None = None) -> Starlette:
    """Return an ASGI application that serves the page and the API of an archive, to be mounted or run by any server.

    The index in the folder ``index`` is opened at the first request, by each process that runs the application; with
    ``settings``, theirs is. It is closed when the application ends. Each process counts failed logins by itself.
    """
    chosen = settings or ServerSettings(index=Path(index))
    return application(chosen, FailedAttempts(chosen.session_key))


def application(chosen: ServerSettings, attempts: FailedAttempts) -> Starlette:
    """Return the application with the given settings, which limits failed logins by the given attempts."""
    pool = SearchPool(chosen.threads, chosen.waiting, chosen.time_limit)
    context = ServerContext(chosen, Archive(chosen), pool, Access(chosen, attempts))

    completer = Completer()
    tools = ToolsEndpoint(context.archive, chosen.time_limit)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await tools.end()
        context.pool.close()
        context.archive.close()

    app = Starlette(
        routes=[
            Mount("/api", routes=api_routes(completer), name="api"),
            Route("/mcp", tools, methods=["POST"], name="tools"),
            *page_routes(),
        ],
        middleware=[
            Middleware(PrefixMiddleware, chosen.root_path),
            Middleware(GuardMiddleware, chosen),
            Middleware(AccessMiddleware, context.access),
        ],
        exception_handlers={HTTPException: _answer_http_error},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.context = context
    app.state.completer = completer
    return app


async def _answer_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = refusal(request, http_problem(error.status_code))
    answer.headers.update(error.headers or {})
    return answer
