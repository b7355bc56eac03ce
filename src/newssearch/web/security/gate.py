"""Who may use the server: requests with the token, or of a session that began with the token or the password."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from newssearch.web.feed_paths import is_feed_path
from newssearch.web.prefix import path_of, prefix_of
from newssearch.web.problems import HttpProblem

from .access import Access, client_of, too_many_attempts
from .refusing import is_for_programs, refusal

OPEN_PATHS = frozenset(("/login", "/favicon.ico", "/robots.txt"))
"""The paths that a client without token and session reaches, besides those below ``/static/``."""
MAX_NEXT = 2_000
"""The largest number of characters of an address to which a client returns after it has logged in."""


class AccessMiddleware:
    """Answers requests that have neither the token nor a session: pages with the way to the login, others with 401."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        refused = self._refused(scope) if scope["type"] == "http" and self._access.is_limited else None
        await (refused or self._app)(scope, receive, send)

    def _refused(self, scope: Scope) -> Response | None:
        path = path_of(scope)
        if path in OPEN_PATHS or path.startswith("/static/"):
            return None
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        request = Request(scope)
        if scheme.lower() == "bearer":
            if self._access.is_token(given.strip()):
                return None
            client = client_of(scope)
            if seconds := self._access.attempts.wait(client):
                return refusal(request, too_many_attempts(seconds))
            self._access.attempts.add(client)
            return _unauthorized(request, "this is not the token of the server", ' error="invalid_token"')
        if self._access.has_session(request):
            return None
        if is_feed_path(path):
            return self._refused_reader(request, given if scheme.lower() == "basic" else "")
        if scope["method"] in ("GET", "HEAD") and not is_for_programs(path):
            return RedirectResponse(login_address(request), 303)
        if not self._access.settings.token:
            hint = "log in at /login; for programs, the server has to be started with --token-file"
            return _unauthorized(request, "the server asks for a password", "", hint)
        hint = "send the token of the server in the header Authorization: Bearer TOKEN"
        return _unauthorized(request, "the server asks for a token", "", hint)

    def _refused_reader(self, request: Request, given: str) -> Response | None:
        """Return the refusal of a feed reader, which knows only HTTP Basic (RFC 7617): its password is the secret.

        A user's name means nothing. Other addresses take no such password: a browser sends it unasked.
        """
        secret = _basic_password(given)
        client = client_of(request.scope)
        if self._access.is_token(secret):
            return None
        if secret:  # a password can be guessed: it is not even compared if there are too many attempts
            if seconds := self._access.attempts.wait(client):
                return refusal(request, too_many_attempts(seconds))
            if self._access.is_password(secret):
                return None
            self._access.attempts.add(client)
        hint = "give your feed reader any user name, and as password the password or the token of the server"
        answer = refusal(request, HttpProblem(401, "Not allowed", "this feed needs a password", hint))
        answer.headers["WWW-Authenticate"] = 'Basic realm="newssearch", charset="UTF-8"'
        return answer


def _basic_password(given: str) -> str:
    """Return the password of the credentials of HTTP Basic; "" if they are none.

    >>> _basic_password("cmVhZGVyOmNvcnJlY3QgaG9yc2U="), _basic_password("?")
    ('correct horse', '')
    """
    try:
        text = base64.b64decode(given.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return text.partition(":")[2]


def _unauthorized(request: Request, detail: str, parameter: str, hint: str = "") -> Response:
    answer = refusal(request, HttpProblem(401, "Not allowed", detail, hint))
    answer.headers["WWW-Authenticate"] = f'Bearer realm="newssearch"{"," if parameter else ""}{parameter}'
    return answer


def login_address(request: Request) -> str:
    """Return the address of the login, which leads back to the address of a request."""
    wanted = path_of(request.scope)
    if query := request.url.query:
        wanted = f"{wanted}?{query}"
    after = f"?next={quote(wanted, safe='/')}" if wanted != "/" and len(wanted) <= MAX_NEXT else ""
    return f"{prefix_of(request)}/login{after}"
