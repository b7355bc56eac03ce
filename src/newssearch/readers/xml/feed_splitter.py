"""Split a large feed into several small ones: a parser takes up to a hundred times the memory of its input."""

from __future__ import annotations

import re
from collections.abc import Iterator

FEED_PART_LIMIT = 4 * 1024 * 1024
"""The maximum number of bytes of a feed that are parsed at once, and so the limit of one entry."""

_ENTRY_TAG = re.compile(rb"<((?:[A-Za-z]\w{0,20}:)?(?:item|entry))(?=[\s>])", re.IGNORECASE)


def split_feed(data: bytes, limit: int = FEED_PART_LIMIT) -> Iterator[bytes | None]:
    """Yield a small feed as it is, and a large one as several feeds, each with some of the entries.

    Each of these feeds has at most ``limit`` bytes, and everything that precedes and follows the entries. None is
    yielded for an entry that is too long, and for a large feed without entries.
    """
    if len(data) <= limit:
        yield data
        return
    opening = _ENTRY_TAG.search(data)
    closing = b"</" + opening[1] + b">" if opening else b""
    last = data.rfind(closing) if opening else -1
    if opening is None or last < opening.start():
        yield None
        return
    position, end_of_entries = opening.start(), last + len(closing)
    head, tail = data[:position], data[end_of_entries:]
    rest = b""
    if opening[0] in tail:  # the feed is cut off inside an entry
        tail, rest = b"", tail
    room = limit - len(head) - len(tail)
    if room < limit // 4:
        yield None
        return
    while position < end_of_entries:
        end = data.rfind(closing, position, position + room)
        if end < 0:
            yield None
            end = data.find(closing, position)
        else:
            yield head + data[position : end + len(closing)] + tail
        position = end + len(closing)
    if rest:
        yield head + rest if len(rest) <= room else None
