"""The command ``serve``, which opens the page, the API and the tools of an archive to browsers and programs."""

from __future__ import annotations

from pathlib import Path

import click

from newssearch.errors import NewssearchError

from .options import index_option


@click.command("serve", short_help="Serve a page and an HTTP API for the archive.")
@index_option
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on."
)
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on."
)
def serve_command(folder: Path, host: str, port: int) -> int:
    """Serve a page and an HTTP API for the archive, until the program is interrupted."""
    try:
        from newssearch.web.serving import run_server  # an extra, which no other command needs
        from newssearch.web.settings import ServerSettings  # the same
    except ModuleNotFoundError as error:
        raise NewssearchError(f"serve needs {error.name}: pip install 'newssearch[web]'") from None
    run_server(ServerSettings(index=folder), host, port)
    return 0
