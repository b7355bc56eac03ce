"""Finds articles by address: a page, a section of a site, or a host with its subdomains."""

from __future__ import annotations

import json
import re

import numpy as np

from newssearch.engines.article_addresses import (
    as_given,
    comparable,
    comparable_wanted,
    is_below,
    with_slash,
    without_scheme,
)
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.sorted_sets import Mask
from newssearch.query import Field
from newssearch.query.patterns import value_pattern
from newssearch.text.analysis import key

_LITERAL = re.compile(r"[a-z0-9]{4,}")
"""Matches a word that occurs in each spelling of an address. Shorter words may differ: ``blogspot.co.uk`` is
``blogspot.com``.
"""

_STRING = rb'null|"[^"\\]*(?:\\.[^"\\]*)*"'
_WRITTEN_ADDRESS = re.compile(rb"\[(?:%b),(%b)," % (_STRING, _STRING))


def with_address(segment: Segment, node: Field) -> Mask:
    """Return the articles of a segment whose address matches a field node, deleted articles included.

    A pattern is compared with the address as given, and with its canonical form.
    """
    if node.pattern:
        pattern = without_scheme(node.value)
        fits, sought = value_pattern(pattern), key(pattern)
    else:
        fits, sought = is_below(node.value), comparable_wanted(node.value)
    # to convert only few addresses, first search for the two longest words of the wanted one
    longest, second, *_ = [
        *sorted(map(str.encode, set(_LITERAL.findall(sought))), key=len, reverse=True),
        b"",
        b"",
    ]

    def may_match(lower: bytes) -> bool:
        """Whether a text contains the words or something that may stand for them: an escape, Punycode or a non-ASCII
        letter.
        """
        return (
            (longest in lower and second in lower) or b"%" in lower or b"xn--" in lower or not lower.isascii()
        )

    mask = np.zeros(segment.articles, np.bool_)
    for article, shown in enumerate(segment.shown_strings.all()):
        if may_match(shown.lower()) and may_match((written := written_address(shown)).lower()):
            url = json.loads(written)
            if url is not None:
                forms = (*with_slash(comparable(url)), *(with_slash(as_given(url)) if node.pattern else ()))
                mask[article] = any(map(fits, forms))
    return mask


def written_address(shown: bytes) -> bytes:
    r"""Return the address of an article as JSON, from what is stored with its headline.

    ``shown`` is what :func:`~newssearch.engines.embedded.segment.stored_fields.shown_of` made.

    >>> written_address(b'["Storm, \\"and\\" rain","https://e.org/a,b",null]')
    b'"https://e.org/a,b"'
    >>> written_address(b'[null,"https://e.org/c","2024-07-25","news.mbox",2]')
    b'"https://e.org/c"'
    """
    found = _WRITTEN_ADDRESS.match(shown)
    assert found is not None, "a stored headline is followed by an address"
    return found[1]
