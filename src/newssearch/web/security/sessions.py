"""Sessions of browsers: a signed time of expiry in a cookie. The server keeps nothing of them.

All processes of a server have the same key, and accept the sessions that one of them has begun. The key is made when the
server starts, so that a restart ends all sessions.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

SESSION_SECONDS = 12 * 60 * 60
"""The time in seconds after which a session ends."""
_SESSION_FORMAT = re.compile(r"([0-9]{1,12})\.([0-9a-f]{32})\.([0-9a-f]{64})")


def new_session(key: bytes, now: float) -> str:
    """Return the content of the cookie of a session that begins now. ``now`` is the time in seconds since 1970."""
    stated = f"{int(now) + SESSION_SECONDS}.{secrets.token_hex(16)}"
    return f"{stated}.{_signature(key, stated)}"


def is_session(key: bytes, content: str, now: float) -> bool:
    """Whether the content of a cookie is that of a session that has not ended, signed with the key."""
    found = _SESSION_FORMAT.fullmatch(content)
    if found is None:
        return False
    expires, nonce, signature = found.groups()
    return hmac.compare_digest(signature, _signature(key, f"{expires}.{nonce}")) and now < int(expires)


def _signature(key: bytes, stated: str) -> str:
    return hmac.new(key, b"newssearch session " + stated.encode(), hashlib.sha256).hexdigest()
