"""One process that serves: alone, or as one of several that share a socket."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import socket
import sys
import threading

import uvicorn

from newssearch.display import escape
from newssearch.web.application import application
from newssearch.web.security.attempts import FailedAttempts
from newssearch.web.settings import ServerSettings

from .listening import BACKLOG
from .preparing import keep_prepared
from .protocol import BoundedProtocol, ConnectionsState

PROXIES = ["127.0.0.1", "::1"]
"""The addresses of reverse proxies that are believed which client sent a request, and whether it came by HTTPS."""
MAX_HEAD = 131_072
"""The largest number of bytes of a request without its content that is read at all."""
IDLE_SECONDS = 15
"""The time in seconds after which a connection without a request is closed."""
ENDING_SECONDS = 5
"""The time in seconds that requests have to end when the server is told to."""
SWITCH_SECONDS = 0.001
"""The time in seconds after which a thread that computes lets another one run: others wait less for a long search."""
OBJECTS_PER_COLLECTION = 10_000
"""Python looks for garbage in cycles after this number of new objects: a page makes about 500 that have to be looked at."""
COLLECTIONS_PER_OLDER = 20
"""Objects that have survived a collection are looked at again at each 20th, and those that survive that, at each 20th of these."""
ACCEPTED_AT_ONCE = 2
"""The number of connections that one of several processes accepts at a time, so that the others get some too."""


class ArchiveServer(uvicorn.Server):
    """A server that serves until a signal ends it, and then leaves the process to its caller."""

    server_state: ConnectionsState

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.server_state = ConnectionsState()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(BACKLOG)  # the loop accepts few at a time, so that the other workers get some

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End: close connections without a request, also those that begin from now on, and wait for the other ones."""
        self.server_state.ending = True
        await super().shutdown(sockets)


def serve_socket(
    settings: ServerSettings,
    listener: socket.socket,
    *,
    quiet: bool = False,
    accepted_at_once: int = BACKLOG,
    attempts_file: int = -1,
) -> None:
    """Serve an archive on a socket in this process, until SIGTERM or SIGINT.

    ``accepted_at_once`` is the number of connections that the process accepts before it looks at its requests again.
    ``attempts_file`` is the descriptor of the file in which processes count failed logins together, -1 if there is one process.
    """
    log_requests(quiet)
    app = application(settings, FailedAttempts(settings.session_key, attempts_file))
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=PROXIES,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=ENDING_SECONDS,
        h11_max_incomplete_event_size=MAX_HEAD,
        backlog=accepted_at_once,
    )
    ended = threading.Event()
    prepared = (app.state.context.archive, app.state.completer, ended.wait)
    threading.Thread(target=keep_prepared, args=prepared, daemon=True).start()
    sys.setswitchinterval(SWITCH_SECONDS)
    server = ArchiveServer(config)
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # before uvicorn handles them, and when it raises them again at its end
        signal.signal(number, lambda number, frame: setattr(server, "should_exit", True))
    gc.collect()
    gc.freeze()  # modules stay: collections need not look at them
    gc.set_threshold(OBJECTS_PER_COLLECTION, COLLECTIONS_PER_OLDER, COLLECTIONS_PER_OLDER)
    try:
        server.run([listener])
    finally:
        ended.set()


class _LineFormatter(logging.Formatter):
    """A format in which no text of a request or an article acts as a command of a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return escape.terminal_lines(super().format(record))


def log_requests(quiet: bool) -> None:
    """Write the log to standard error: warnings, errors and, unless it is to be quiet, a line for each request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LineFormatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    for name, level in (
        ("newssearch", logging.WARNING if quiet else logging.INFO),
        ("uvicorn", logging.WARNING),
        ("asyncio", logging.ERROR),
    ):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


def serve_inherited() -> None:
    """Serve on a socket that was opened by the process that started this one: the main function of such a process.

    Standard input has the settings, the numbers of the socket and of the file with failed logins, and whether to be quiet. It
    ends when that process does: then this one ends too.
    """
    settings, number, attempts_file, quiet = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with socket.socket(fileno=number) as listener:
        serve_socket(
            settings, listener, quiet=quiet, accepted_at_once=ACCEPTED_AT_ONCE, attempts_file=attempts_file
        )


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
