"""Serves an archive: in this process, or in several."""

from __future__ import annotations

import os
from collections.abc import Callable

from newssearch.web.settings import ServerSettings

from .listening import ServerError, listening, page_address
from .processes import ServerProcesses
from .worker import log_requests, serve_socket


def run_server(
    settings: ServerSettings,
    host: str,
    port: int,
    *,
    workers: int = 1,
    quiet: bool = False,
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve an archive until SIGTERM or SIGINT tells the process to end.

    ``ready`` is called with the address of the page as soon as the server listens; with ``port`` 0, the system chooses the
    port. With several ``workers``, as many processes serve. ``quiet`` leaves requests out of the log on standard error.
    Raises :class:`~newssearch.web.server.listening.ServerError` if the address cannot be used, or if the processes fail.
    """
    if workers > 1 and os.name != "posix":
        raise ServerError("several workers need Linux or macOS: leave out --workers")
    with listening(host, port) as listener:
        ready(page_address(host, listener.getsockname()[1], settings.root_path))
        if workers == 1:
            serve_socket(settings, listener, quiet=quiet)
        else:
            log_requests(quiet)
            ServerProcesses(settings, listener, workers, quiet).run()
