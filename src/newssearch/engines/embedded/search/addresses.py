"""Finds articles by address: a page, a section of a site, or a host with its subdomains."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import numpy as np

from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.sorted_sets import Mask
from newssearch.query import Field
from newssearch.query.patterns import value_pattern
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import key

_URL_SCHEME = Pattern(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NAMED_SCHEME = Pattern(r"[a-z][a-z0-9+-]+:(?!\d+(?:[/?#]|$))", re.IGNORECASE)
_LITERAL = re.compile(r"[a-z0-9]{4,}")
"""A word that each spelling of an address has. Shorter words may differ: ``blogspot.co.uk`` is ``blogspot.com``."""


def comparable(address: str) -> str:
    """Return the canonical form of an address without scheme, case and accents.

    >>> comparable("https://WWW.BBC.co.uk/News/?utm_source=rss#top")
    'bbc.co.uk/news'
    """
    from newssearch.addresses import canonical_address  # slow to import, and few searches compare addresses

    return key(_URL_SCHEME.sub("", canonical_address(address), count=1))


def is_below(wanted: str) -> Callable[[str], bool]:
    """Return a function that tests whether a comparable address equals ``wanted`` or lies below it.

    If ``wanted`` is a host, all addresses on the host and its subdomains match.

    >>> [one for one in ("bbc.co.uk/news", "news.bbc.co.uk/a", "bbc.co.uk.example") if is_below("bbc.co.uk")(one)]
    ['bbc.co.uk/news', 'news.bbc.co.uk/a']
    """
    sought = _comparable_wanted(wanted)
    if "/" in sought:
        return lambda address: address == sought or address.startswith((f"{sought}/", f"{sought}?"))

    def fits(address: str) -> bool:
        host = re.split("[/?:]", address, maxsplit=1)[0]
        return sought in (address, host) or host.endswith(f".{sought}")

    return fits


def _comparable_wanted(wanted: str) -> str:
    """Return a wanted address as addresses are compared. A host needs no scheme to be one."""
    whole = wanted if _NAMED_SCHEME.match(wanted) else f"https://{wanted}"
    return comparable(whole)


def with_address(segment: Segment, node: Field) -> Mask:
    """Return the articles of a segment whose address matches a field node, deleted articles included.

    A pattern is compared with the address as given, and with its canonical form.
    """
    if node.pattern:
        pattern = _URL_SCHEME.sub("", node.value, count=1)
        fits, sought = value_pattern(pattern), key(pattern)
    else:
        fits, sought = is_below(node.value), _comparable_wanted(node.value)
    # To convert only few addresses, look for the two longest words of the wanted one first.
    longest, second, *_ = [
        *sorted(map(str.encode, set(_LITERAL.findall(sought))), key=len, reverse=True),
        b"",
        b"",
    ]

    def may_match(lower: bytes) -> bool:
        """Whether a text has the words, or an escape, Punycode or a letter beyond ASCII, which may stand for one."""
        return (
            (longest in lower and second in lower) or b"%" in lower or b"xn--" in lower or not lower.isascii()
        )

    mask = np.zeros(segment.articles, np.bool_)
    for article, shown in enumerate(segment.shown_strings.all()):
        if may_match(shown.lower()) and may_match((written := written_address(shown)).lower()):
            url = json.loads(written)
            if url is not None:
                given = node.pattern and _fits_with_slash(key(_URL_SCHEME.sub("", url, count=1)), fits)
                mask[article] = given or _fits_with_slash(comparable(url), fits)
    return mask


def _fits_with_slash(address: str, fits: Callable[[str], bool]) -> bool:
    return fits(address) or fits(f"{address}/")


def written_address(shown: bytes) -> bytes:
    """Return the address of an article as JSON, out of its stored headline, address and date.

    >>> written_address(b'["Storm, \\"and\\" rain","https://e.org/a,b",null]')
    b'"https://e.org/a,b"'
    """
    end = shown.rindex(b",")  # a date has no comma
    if shown[end - 1 : end] != b'"':
        return b"null"
    start = shown.rindex(b'"', 0, end - 1)
    while shown[start - 1 : start] == b"\\":
        start = shown.rindex(b'"', 0, start)
    return shown[start:end]
