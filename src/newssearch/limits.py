"""How much any input may be, so that none takes memory or time without end. Each bound can be raised."""

from __future__ import annotations

from dataclasses import dataclass, fields

from . import arguments

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what is read.

    ``document`` is the size in bytes of the largest document, or line of a stream of records, that is held as a whole;
    files of records, archives and crawls may be of any size. ``unpacked`` is how many bytes may come out of any packed
    file, and ``ratio`` how many for each of its own beyond that. ``depth`` counts containers within containers,
    ``paragraphs`` those of one article.
    """

    document: int = 64 * MIB
    unpacked: int = 512 * MIB
    ratio: int = 250
    depth: int = 8
    paragraphs: int = 1_000_000

    def __post_init__(self) -> None:
        """Raises TypeError for what is no whole number."""
        for limit in fields(self):
            arguments.whole_number(limit.name, getattr(self, limit.name))


DEFAULTS = Limits()


def in_words(size: int) -> str:
    """A number of bytes for people.

    >>> in_words(64 * MIB), in_words(1000)
    ('64 MiB', '1000 bytes')
    """
    return f"{size // MIB} MiB" if size >= MIB else f"{size} bytes"
