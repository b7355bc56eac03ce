"""Finds articles by address: a page, a section of a site, or a host with its subdomains."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import numpy as np

from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.sorted_sets import Mask
from newssearch.query import Field
from newssearch.query.patterns import value_pattern
from newssearch.text.analysis import key

_URL_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LITERAL = re.compile(r"[a-z0-9./-]{3,}")


def canonical(address: str) -> str:
    """Return an address without scheme, ``www.``, fragment, final slash, accents and case.

    >>> canonical("https://WWW.BBC.co.uk/news/#top")
    'bbc.co.uk/news'
    """
    return key(_URL_SCHEME.sub("", address.strip(), count=1).partition("#")[0]).rstrip("/")


def is_below(wanted: str) -> Callable[[str], bool]:
    """Return a function that tests whether a canonical address equals ``wanted`` or lies below it.

    If ``wanted`` is a host, all addresses on the host and its subdomains match.

    >>> [one for one in ("bbc.co.uk/news", "news.bbc.co.uk/a", "bbc.co.uk.example") if is_below("bbc.co.uk")(one)]
    ['bbc.co.uk/news', 'news.bbc.co.uk/a']
    """
    sought = canonical(wanted)
    if "/" in sought:
        return lambda address: address == sought or address.startswith((f"{sought}/", f"{sought}?"))

    def fits(address: str) -> bool:
        host = re.split("[/?:]", address, maxsplit=1)[0]
        return sought in (address, host) or host.endswith(f".{sought}")

    return fits


def with_address(segment: Segment, node: Field) -> Mask:
    """Return a mask of the articles of a segment whose address matches a ``url`` node, deleted ones included."""
    pattern = _URL_SCHEME.sub("", node.value, count=1)
    fits = value_pattern(pattern) if node.pattern else is_below(node.value)
    # Addresses are stored with headlines, as JSON. To parse only a few of them, look for the longest literal of the wanted
    # address first. Text that is not ASCII is always parsed, because the literal may match it without its accents.
    literals = (literal.strip("/") for literal in _LITERAL.findall(canonical(node.value)))
    needle = max(literals, key=len, default="").encode()
    mask = np.zeros(segment.articles, np.bool_)
    for article, shown in enumerate(segment.shown_strings.all()):
        if needle in shown.lower() or not shown.isascii():
            url = json.loads(shown)[1]
            address = canonical(url) if url is not None else None
            mask[article] = address is not None and (fits(address) or fits(f"{address}/"))
    return mask
