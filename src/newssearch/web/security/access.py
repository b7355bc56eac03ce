"""What a client has to know to use the server: the token, the password, or the cookie of a session."""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from typing import NamedTuple

from starlette.requests import Request, cookie_parser
from starlette.types import Scope

from newssearch.web.problems import HttpProblem
from newssearch.web.settings import ServerSettings

from .attempts import FailedAttempts
from .sessions import is_session


class Access(NamedTuple):
    """The settings with the secrets, and the attempts that failed."""

    settings: ServerSettings
    attempts: FailedAttempts

    @property
    def is_limited(self) -> bool:
        """Whether a token or password is needed at all."""
        return bool(self.settings.token or self.settings.password)

    def is_token(self, given: str) -> bool:
        """Whether a text is the token. The time that this takes says nothing about it."""
        return _is_same(given, self.settings.token)

    def is_password(self, given: str) -> bool:
        """Whether a text is the password. The time that this takes says nothing about it."""
        return _is_same(given, self.settings.password)

    def has_session(self, request: Request) -> bool:
        """Whether a request belongs to a session."""
        return bool(self.session(request))

    def session(self, request: Request) -> str:
        """Return the content of the cookie of the session that a request belongs to; "" if it belongs to none."""
        if not self.is_limited:
            return ""
        content = cookie_parser(request.headers.get("cookie", "")).get(cookie_name(request), "")
        return content if is_session(self.settings.session_key, content, time.time()) else ""


def _is_same(given: str, secret: str) -> bool:
    digests = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (given, secret))
    return hmac.compare_digest(*digests) and bool(secret)


def cookie_name(request: Request) -> str:
    """Return the name of the cookie of a session. Browsers send a cookie to all ports of a host, so it has the port."""
    return f"newssearch-{request.url.port or 'session'}"


def client_of(scope: Scope) -> str:
    """Return the address of the client, "" if it has none."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def too_many_attempts(seconds: float) -> HttpProblem:
    """Return the problem of a client that has to wait before it may try again."""
    return HttpProblem(
        429,
        "Too many attempts",
        f"too many attempts failed; try again in {math.ceil(seconds)} s",
        retry_after=math.ceil(seconds),
    )
