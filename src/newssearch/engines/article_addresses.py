"""Compares addresses of articles with a wanted address: a page, a section of a site, or a host with its subdomains."""

from __future__ import annotations

import re
from collections.abc import Callable

from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import key

_URL_SCHEME = Pattern(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NAMED_SCHEME = Pattern(r"[a-z][a-z0-9+-]+:(?!\d+(?:[/?#]|$))", re.IGNORECASE)


def without_scheme(address: str) -> str:
    """Return an address, or a pattern of addresses, without its scheme."""
    return _URL_SCHEME.sub("", address, count=1)


def as_given(address: str) -> str:
    """Return an address as it was given, without scheme, case and accents."""
    return key(without_scheme(address))


def host_in(address: str) -> str:
    """Return the host of an address in comparable form.

    >>> host_in("bbc.co.uk:8080/news")
    'bbc.co.uk'
    """
    return re.split("[/?:]", address, maxsplit=1)[0]


def with_slash(address: str) -> tuple[str, str]:
    """Return an address without and with a trailing slash: a wanted address or pattern may match either."""
    return address, f"{address}/"


def comparable(address: str) -> str:
    """Return the canonical form of an address without scheme, case and accents.

    >>> comparable("https://WWW.BBC.co.uk/News/?utm_source=rss#top")
    'bbc.co.uk/news'
    """
    from newssearch.addresses import canonical_address  # slow to import, and few searches compare addresses

    return key(without_scheme(canonical_address(address)))


def is_below(wanted: str) -> Callable[[str], bool]:
    """Return a function that tests whether a comparable address equals ``wanted`` or lies below it.

    If ``wanted`` is a host, all addresses on the host and its subdomains match.

    >>> [one for one in ("bbc.co.uk/news", "news.bbc.co.uk/a", "bbc.co.uk.example") if is_below("bbc.co.uk")(one)]
    ['bbc.co.uk/news', 'news.bbc.co.uk/a']
    """
    sought = comparable_wanted(wanted)
    if "/" in sought:
        return lambda address: address == sought or address.startswith((f"{sought}/", f"{sought}?"))

    def fits(address: str) -> bool:
        host = host_in(address)
        return sought in (address, host) or host.endswith(f".{sought}")

    return fits


def comparable_wanted(wanted: str) -> str:
    """Return a wanted address in comparable form. A host needs no scheme."""
    whole = wanted if _NAMED_SCHEME.match(wanted) else f"https://{wanted}"
    return comparable(whole)
