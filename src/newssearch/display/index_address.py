"""How messages name an index: by the path of its folder, or by its address on a cluster."""

from __future__ import annotations

import re
from pathlib import PurePath

from newssearch.system.lazy_regex import Pattern

INDEX_SCHEME = Pattern(r"([a-z][a-z0-9+.-]+):[/\\]+", re.IGNORECASE)
"""Matches the beginning of an address with a scheme (``scheme://…``), also with one slash, as pathlib writes it.

A scheme has at least two characters, because a single letter is a drive of Windows.
"""


def index_address(folder: str | PurePath) -> str:
    """Return the address of an index as it was given, even if a path was made of it, which has only one slash.

    >>> index_address(PurePath("opensearch://localhost:9200/news")), index_address("2024/index")
    ('opensearch://localhost:9200/news', '2024/index')
    """
    text = str(folder)
    scheme = INDEX_SCHEME.match(text)
    return text if scheme is None else f"{scheme[1].lower()}://" + text[scheme.end() :].replace("\\", "/")
