"""What the handlers of requests share: the settings, the archive, the threads that search, and who has access."""

from __future__ import annotations

from typing import NamedTuple, cast

from starlette.requests import Request

from newssearch.web.security.access import Access

from .archive import Archive
from .pool import SearchPool
from .settings import ServerSettings


class ServerContext(NamedTuple):
    """What the handlers of one application share."""

    settings: ServerSettings
    archive: Archive
    pool: SearchPool
    access: Access


def server_context(request: Request) -> ServerContext:
    """Return the context of the application that a request came to."""
    return cast("ServerContext", request.app.state.context)
