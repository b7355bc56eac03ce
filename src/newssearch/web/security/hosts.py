"""The names by which a server is addressed: which it answers to, and which origins are its own."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)(?::[0-9]{1,5})?")
LONGEST_NAME = 253
"""The largest number of characters of a name in the domain name system."""


def stated_host(header: str) -> str | None:
    """Return the name in a ``Host`` header in lower case, without the port; None if the header is not one.

    >>> stated_host("Localhost:8080"), stated_host("[::1]:8080"), stated_host("evil.example@127.0.0.1")
    ('localhost', '[::1]', None)
    """
    found = _HOST.fullmatch(header) if len(header) <= LONGEST_NAME + 6 else None
    return found[1].lower() if found else None


def host_name(text: str) -> str:
    """Return a name or an address of a machine as a ``Host`` header states it. Raises ValueError if it is neither.

    >>> host_name("::1"), host_name("News.example.org")
    ('[::1]', 'news.example.org')
    """
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        if stated_host(text) != text.lower():
            raise ValueError(
                f"{text!r} is not the name of a host: write it without https:// and port"
            ) from None
        return text.lower()
    return f"[{address}]" if address.version == 6 else str(address)


def is_loopback(address: str) -> bool:
    """Whether only programs on this machine reach an address that a server listens on.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("")
    (True, True, True, False, False)
    """
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def is_answered(host: str, names: Collection[str], arrived_at: str) -> bool:
    """Whether a server that has the given names answers to a host: one of the names, or the address where it listens.

    ``arrived_at`` is the address at which the request arrived. A page of a stranger whose name leads to this machine (DNS
    rebinding) states its name as the host, never an address.
    """
    if host in names:
        return True
    try:
        return host == host_name(str(ipaddress.ip_address(arrived_at)))
    except ValueError:
        return False


def is_origin(text: str) -> bool:
    """Whether a text is an origin, such as ``https://example.org:8443``, as browsers write it.

    >>> is_origin("https://example.org"), is_origin("https://example.org/"), is_origin("null")
    (True, False, False)
    """
    scheme, separator, rest = text.partition("://")
    return (
        bool(separator)
        and scheme in ("http", "https")
        and text == text.lower()
        and stated_host(rest) is not None
    )


def is_same_host(origin: str, host_header: str) -> bool:
    """Whether the page of an origin was served under a host and port. The scheme may differ: a reverse proxy ends TLS."""
    try:
        return urlsplit(origin).netloc.lower() == host_header.lower() != ""
    except ValueError:
        return False
