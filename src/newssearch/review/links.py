"""Addresses on the web as documents can link to them."""

from __future__ import annotations

import re
from urllib.parse import quote

from newssearch.system.lazy_regex import Pattern

LONGEST_LINK = 2_000
"""A longer address is shown, but is no link: Word and browsers stop at about this number of characters."""
_WEB_ADDRESS_PARTS = Pattern(
    r"(https?)://((?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?)(:\d{1,5})?([/?#].*)?", re.IGNORECASE | re.DOTALL
)
_LONE_PERCENT = Pattern("%(?![0-9A-Fa-f]{2})")
_SURROGATE = Pattern("[\ud800-\udfff]")
_KEPT_IN_LINKS = "%/?#@!$&*+,;=:~-._"
"""The characters of a path or query that stay as they are. Quotation marks, brackets and parentheses are encoded: some of them end
an address in Markdown, and Word takes a document for damaged that has them in a wrong place (RFC 3986)."""


def web_link(url: str | None) -> str:
    """Return an address as the target of a link, or "" if it is none that a document can link to.

    Only addresses of the web are, so that no article has a reader run a script or open a file.

    >>> web_link("https://e.org/a b?q=<c>"), web_link("javascript:alert(1)"), web_link("http://[x")
    ('https://e.org/a%20b?q=%3Cc%3E', '', '')
    """
    text = (url or "").strip()
    match = _WEB_ADDRESS_PARTS.fullmatch(text) or _WEB_ADDRESS_PARTS.fullmatch(_with_ascii_host(text))
    if match is None:
        return ""
    scheme, host, port, rest = match.groups()
    encoded = quote(_LONE_PERCENT.sub("%25", _SURROGATE.sub("\ufffd", rest or "")), safe=_KEPT_IN_LINKS)
    link = f"{scheme.lower()}://{host}{port or ''}{encoded}"
    return link if len(link) <= LONGEST_LINK else ""


def _with_ascii_host(url: str) -> str:
    """Return an address whose host is written in ASCII, as names of domains are registered; "" if it has no such host."""
    match = re.match(r"(https?://)([^/?#:@\s]{1,253})", url, re.IGNORECASE)
    if match is None or match[2].isascii():
        return ""
    try:
        host = match[2].encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return f"{match[1]}{host}{url[match.end() :]}"
