"""The web application: its routes, in the order in which requests are compared with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from .api import api_routes
from .archive import Archive
from .context import ServerContext
from .pages import page_routes
from .pool import SearchPool
from .prefix import PrefixMiddleware
from .settings import ServerSettings


def create_app(index: str | Path = "index", settings: ServerSettings | None = None) -> Starlette:
    """Return an ASGI application that serves the page and the API of an archive, to be mounted or run by any server.

    The index in the folder ``index`` is opened at the first request, by each process that runs the application; with
    ``settings``, theirs is. It is closed when the application ends.
    """
    chosen = settings or ServerSettings(index=Path(index))
    context = ServerContext(
        chosen, Archive(chosen), SearchPool(chosen.threads, chosen.waiting, chosen.time_limit)
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        context.pool.close()
        context.archive.close()

    app = Starlette(
        routes=[
            Mount("/api", routes=api_routes(), name="api"),
            Mount("/static", StaticFiles(packages=[("newssearch.web", "static")]), name="static"),
            *page_routes(),
        ],
        middleware=[Middleware(PrefixMiddleware, chosen.root_path)],
        lifespan=lifespan,
    )
    app.state.context = context
    return app
