"""The settings of the server."""

from __future__ import annotations

import secrets
from dataclasses import field
from pathlib import Path

from newssearch import arguments
from newssearch.display.brief import brief, quoted
from newssearch.system.late_dataclass import dataclass
from newssearch.web.security.hosts import host_name, is_origin

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
"""The names of the own machine, which requests may be sent to in any case."""
MIN_TOKEN, MIN_PASSWORD, MIN_SESSION_KEY = 20, 8, 16
"""The smallest lengths of secrets: of the token and the password in characters, of the key in bytes."""


def new_session_key() -> bytes:
    """Return a random key."""
    return secrets.token_bytes(32)


def _check_secrets(token: str, password: str, session_key: bytes) -> None:
    for name, text, least in (("token", token, MIN_TOKEN), ("password", password, MIN_PASSWORD)):
        arguments.text(name, text)
        if text and len(text) < least:
            raise ValueError(f"{name} has at least {least} characters, not {len(text)}")
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise ValueError("token consists of ASCII letters, digits and signs, without spaces")
    if len(arguments.instance("session_key", session_key, bytes, "bytes")) < MIN_SESSION_KEY:
        raise ValueError(f"session_key has at least {MIN_SESSION_KEY} bytes, not {len(session_key)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """What the server serves, to whom, and how much work it takes on.

    ``index`` is the folder of the index. ``hosts`` are the names that a request may state as its host, besides those of
    the own machine: a page of a stranger that gets a name for this machine is refused (DNS rebinding). ``root_path`` is
    the prefix under which a reverse proxy serves the application, such as ``/archive``.

    ``time_limit`` is the time in seconds after which a search is stopped. ``threads`` searches run at the same time in a
    process, and ``waiting`` requests may wait for them; further ones are refused.

    ``origins`` are the origins (``https://example.org``) whose pages may read the API, ``("*",)`` for all. ``show_paths``
    tells where articles were read. ``read_only`` refuses to change searches, tags and notes. ``log_queries`` writes whole addresses to the log, thus what people search for.

    ``token`` and ``password`` are what a client has to know, "" for neither: a program sends the token with each request, a
    person logs in with one of them. ``session_key`` signs the sessions of browsers: processes that share it accept those of
    each other.
    """

    index: Path = Path("index")
    hosts: tuple[str, ...] = ()
    root_path: str = ""
    time_limit: float = 5.0
    threads: int = 4
    waiting: int = 32
    origins: tuple[str, ...] = ()
    show_paths: bool = False
    read_only: bool = False
    log_queries: bool = False
    token: str = ""
    password: str = ""
    session_key: bytes = field(default_factory=new_session_key)

    def __post_init__(self) -> None:
        """Check the settings. Raises TypeError and ValueError."""
        arguments.instance("index", self.index, (str, Path), "a path")
        object.__setattr__(self, "index", Path(self.index))
        for name in ("hosts", "origins"):
            values = tuple(arguments.several(name, getattr(self, name), str, "a string"))
            object.__setattr__(self, name, values)
        object.__setattr__(self, "hosts", tuple(map(host_name, self.hosts)))
        if wrong := [origin for origin in self.origins if origin != "*" and not is_origin(origin)]:
            raise ValueError(f"origins: {wrong[0]!r} is not an origin: write it as in https://example.org")
        prefix = arguments.text("root_path", self.root_path).rstrip("/")
        if prefix and not prefix.startswith("/"):
            raise ValueError(f"root_path begins with a slash, unlike {self.root_path!r}")
        object.__setattr__(self, "root_path", prefix)
        object.__setattr__(self, "time_limit", arguments.seconds("time_limit", self.time_limit))
        for name, least in (("threads", 1), ("waiting", 0)):
            number = arguments.whole_number(name, getattr(self, name))
            if number < least:
                raise ValueError(f"{name} is at least {least}, not {number}")
        for name in ("show_paths", "read_only", "log_queries"):
            arguments.flag(name, getattr(self, name))
        _check_secrets(self.token, self.password, self.session_key)

    def __repr__(self) -> str:
        return brief(self, quoted(str(self.index), 160))

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The names that a request may state as its host, in lower case and without a port."""
        return frozenset((*LOOPBACK_HOSTS, *self.hosts))
