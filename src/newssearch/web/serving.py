"""Runs the web application in an HTTP server."""

from __future__ import annotations

import uvicorn

from .application import create_app
from .settings import ServerSettings


def run_server(settings: ServerSettings, host: str, port: int) -> None:
    """Serve an archive until the process is told to end."""
    uvicorn.run(create_app(settings=settings), host=host, port=port, access_log=False)
