"""The socket on which the server listens, and its address."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Iterator

from newssearch.display import escape
from newssearch.errors import NewssearchError

BACKLOG = 256
"""The number of connections that wait to be accepted."""
SEND_BUFFER = 262_144
"""The number of bytes of an answer that the system keeps for a client. More would hide whether the client reads."""


class ServerError(NewssearchError):
    """The server cannot listen at its address, or its processes fail."""


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a socket that listens. Raises :class:`ServerError`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise ServerError(f"{escape.terminal(host)} is no address of this machine: {error}") from None
    with listener:
        try:
            if os.name == "posix":  # elsewhere the option lets two servers have one port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # connections inherit it
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError as error:
            raise ServerError(_why_not_bound(error, host, port)) from None
        yield listener


def _why_not_bound(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use: choose another one with --port, or a free one with --port 0"
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights: choose one from 1024 on with --port"
    return f"the server cannot listen at {escape.terminal(host)}, port {port}: {error.strerror}"


def page_address(host: str, port: int, prefix: str) -> str:
    """Return the address of the page as a browser on this machine can open it."""
    name = "127.0.0.1" if host in ("", "0.0.0.0") else "[::1]" if host == "::" else host
    return f"http://{f'[{name}]' if ':' in name and '[' not in name else name}:{port}{prefix}/"
