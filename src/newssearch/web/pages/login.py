"""The login and the logout: the only addresses that begin and end a session."""

from __future__ import annotations

import time
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from newssearch.web.bodies import read_body
from newssearch.web.context import server_context
from newssearch.web.prefix import prefix_of
from newssearch.web.security.access import Access, client_of, cookie_name, too_many_attempts
from newssearch.web.security.sessions import SESSION_SECONDS, new_session

from .links import Links
from .rendering import ShownPage, answer_of, problem_page

MAX_FORM = 16_384
"""The largest number of bytes of the form."""


async def _show_login(request: Request) -> Response:
    access = _limited_access(request)
    after = next_path(request.query_params.get("next", ""))
    if access.has_session(request):
        return RedirectResponse(prefix_of(request) + after, 303)
    return _login_page(request, after)


async def _log_in(request: Request) -> Response:
    access = _limited_access(request)
    form = parse_qs((await read_body(request, MAX_FORM)).decode("utf-8", "replace"))
    client, given = client_of(request.scope), form.get("password", [""])[0]
    after = next_path(form.get("next", [""])[0])
    if not access.is_token(
        given
    ):  # a password can be guessed: it is not even compared if there are too many attempts
        if seconds := access.attempts.wait(client):
            return problem_page(too_many_attempts(seconds), Links(request))
        if not access.is_password(given):
            access.attempts.add(client)
            return _login_page(request, after, "This is not the password.", 401)
    access.attempts.logged_in(client)
    answer = RedirectResponse(prefix_of(request) + after, 303)
    _set_session(answer, request, new_session(access.settings.session_key, time.time()), SESSION_SECONDS)
    return answer


async def _log_out(request: Request) -> Response:
    _limited_access(request)
    answer = RedirectResponse(f"{prefix_of(request)}/login", 303)
    _set_session(answer, request, "", 0)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _limited_access(request: Request) -> Access:
    access = server_context(request).access
    if not access.is_limited:
        raise HTTPException(404)
    return access


def _login_page(request: Request, after: str, fault: str = "", status: int = 200) -> Response:
    values = {"next": after, "fault": fault, "with_password": bool(server_context(request).settings.password)}
    return answer_of(ShownPage("login.html", values, status), Links(request), {"Cache-Control": "no-store"})


def _set_session(answer: Response, request: Request, content: str, seconds: int) -> None:
    answer.set_cookie(
        cookie_name(request),
        content,
        max_age=seconds,
        path=prefix_of(request) or "/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def next_path(text: str) -> str:
    """Return the address below the prefix to which a client goes after the login: a path of this server, or ``/``.

    >>> next_path("/?q=rain"), next_path("//evil.example"), next_path("/\\\\evil.example"), next_path("https://evil.example")
    ('/?q=rain', '/', '/', '/')
    """
    harmless = text.startswith("/") and text[1:2] not in ("/", "\\") and text.isprintable()
    return text if harmless else "/"


ROUTES = (
    Route("/login", _show_login, methods=["GET"], name="login"),
    Route("/login", _log_in, methods=["POST"], name="log in"),
    Route("/logout", _log_out, methods=["POST"], name="logout"),
)
