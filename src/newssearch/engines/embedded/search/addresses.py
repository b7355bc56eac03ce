"""Which articles have an address: a page, all that is below it, or all of a host."""

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

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LITERAL = re.compile(r"[a-z0-9./-]{3,}")


def canonical(address: str) -> str:
    """An address without what makes no difference: scheme, ``www.``, capitals, fragment and last slash.

    >>> canonical("https://WWW.BBC.co.uk/news/#top")
    'bbc.co.uk/news'
    """
    return key(_SCHEME.sub("", address.strip(), count=1).partition("#")[0]).rstrip("/")


def is_below(wanted: str) -> Callable[[str], bool]:
    """Whether a canonical address is the one that is wanted, one below it, or one of a host or its subdomains.

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
    """The articles whose address is one that is wanted, or of a pattern."""
    pattern = _SCHEME.sub("", node.value, count=1)
    fits = value_pattern(pattern) if node.pattern else is_below(node.value)
    # Addresses are kept beside headlines, as JSON. Most articles are ruled out by what must be in that, unless it has
    # other letters than ASCII, which may be the same without accents.
    literals = (literal.strip("/") for literal in _LITERAL.findall(canonical(node.value)))
    needle = max(literals, key=len, default="").encode()
    mask = np.zeros(segment.articles, np.bool_)
    for article, shown in enumerate(segment.shown_strings.all()):
        if needle in shown.lower() or not shown.isascii():
            address = json.loads(shown)[1]
            known = canonical(address) if address is not None else None
            mask[article] = known is not None and (fits(known) or fits(f"{known}/"))
    return mask
