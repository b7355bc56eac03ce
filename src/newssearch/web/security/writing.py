"""Who may save and remove searches over HTTP, and the token that a form needs for it."""

from __future__ import annotations

import hashlib
import hmac
import re

from starlette.requests import Request

from .access import Access, client_of
from .hosts import is_loopback, is_same_host, stated_host

FORM_SECONDS = 12 * 60 * 60
"""The time in seconds for which a form can be sent, at least."""
_STEP = 60 * 60
"""The time in seconds for which the forms of a session have the same token, so that a page stays the same."""
_FORM_TOKEN = re.compile(r"([0-9]{1,12})\.([0-9a-f]{64})", re.ASCII)
_OF_PROXIES = ("forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip")
"""Headers by which a reverse proxy says that a request is somebody else's, besides those that begin with ``x-forwarded``."""


def why_read_only(request: Request, access: Access) -> str:
    """Return why a client may save and remove nothing; "" if it may.

    It may if it has passed the gate of a server with a token or password. A server without either is for the person at this
    machine: the client and the name of the server have to be its own, and no proxy may stand between them.
    """
    if access.settings.read_only:
        return "this server was started with --read-only"
    if access.is_limited:
        return ""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    here = is_loopback(client_of(request.scope)) and is_loopback(stated_host(host) or "")
    direct = origin is None or is_same_host(origin, host)
    if here and direct and not any(map(_is_of_proxy, request.headers)):
        return ""
    return "this server asks for no token or password, and then only a browser on its own machine may change anything"


def _is_of_proxy(header: str) -> bool:
    return header in _OF_PROXIES or header.startswith("x-forwarded")


def form_token(request: Request, access: Access, now: float) -> str:
    """Return the token of the forms of a session. ``now`` is the time in seconds since 1970.

    A page of another site cannot read it. Without a login, all forms of the same hour have the same token.
    """
    stated = str((int(now) // _STEP + 1) * _STEP + FORM_SECONDS)
    return f"{stated}.{_form_signature(request, access, stated)}"


def is_form_token(request: Request, access: Access, token: str, now: float) -> bool:
    """Whether a token is that of a form of the session that the request belongs to, and not too old."""
    found = _FORM_TOKEN.fullmatch(token)
    if found is None:
        return False
    expires, signature = found.groups()
    return hmac.compare_digest(signature, _form_signature(request, access, expires)) and now < int(expires)


def _form_signature(request: Request, access: Access, stated: str) -> str:
    content = f"newssearch form {stated} {access.session(request)}".encode()
    return hmac.new(access.settings.session_key, content, hashlib.sha256).hexdigest()
