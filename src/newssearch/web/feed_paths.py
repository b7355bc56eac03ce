"""The paths of feeds, which feed readers ask for: programs that can neither log in by a form nor send a token."""

from __future__ import annotations

FEED_OF_SEARCH = "/search.atom"
"""The path of the feed of any search."""


def is_feed_path(path: str) -> bool:
    """Whether feed readers ask for a path.

    >>> is_feed_path("/feed/oil.atom"), is_feed_path("/search.atom"), is_feed_path("/feed")
    (True, True, False)
    """
    return path == FEED_OF_SEARCH or path.startswith("/feed/")
