"""Bounds for the size of inputs, so that no input takes unlimited memory or time. Each can be raised."""

from __future__ import annotations

from dataclasses import dataclass, fields

from . import arguments

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on input.

    ``document`` is the size in bytes of the largest document, or line of a stream of records, that is held in memory as a
    whole; files of records, archives and crawls may have any size. A packed file may unpack to ``unpacked`` bytes, or to
    ``ratio`` times its own size if that is more. ``depth`` is the maximum nesting depth of containers,
    ``paragraphs`` the largest number of paragraphs of an article.
    """

    document: int = 64 * MIB
    unpacked: int = 512 * MIB
    ratio: int = 250
    depth: int = 8
    paragraphs: int = 1_000_000

    def __post_init__(self) -> None:
        """Raise TypeError for a bound that is not a whole number."""
        for limit in fields(self):
            arguments.whole_number(limit.name, getattr(self, limit.name))


DEFAULT_LIMITS = Limits()


def in_words(size: int) -> str:
    """Return a number of bytes as people read it.

    >>> in_words(64 * MIB), in_words(1000)
    ('64 MiB', '1000 bytes')
    """
    return f"{size // MIB} MiB" if size >= MIB else f"{size} bytes"
