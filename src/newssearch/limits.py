"""The limits on the size of inputs, so that no input takes unlimited memory or time. Each limit can be raised."""

from __future__ import annotations

from dataclasses import fields

from newssearch.system.late_dataclass import dataclass

from . import arguments

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits on the size of inputs.

    ``document`` is the maximum size in bytes of one document, or of one line of a stream of records, because these are
    held in memory; files of records, archives and crawls may have any size. A compressed file may expand to
    ``unpacked`` bytes, or to ``ratio`` times its own size if that is more. ``depth`` is the maximum nesting depth of
    containers, ``paragraphs`` the maximum number of paragraphs of an article.
    """

    document: int = 64 * MIB
    unpacked: int = 512 * MIB
    ratio: int = 250
    depth: int = 8
    paragraphs: int = 1_000_000

    def __post_init__(self) -> None:
        """Raise TypeError for a limit that is not a whole number."""
        for limit in fields(self):
            arguments.whole_number(limit.name, getattr(self, limit.name))


DEFAULT_LIMITS = Limits()


def in_words(size: int) -> str:
    """Return a size in bytes as text: in whole MiB (rounded down) if it is at least 1 MiB, else in bytes.

    >>> in_words(64 * MIB), in_words(1000)
    ('64 MiB', '1000 bytes')
    """
    return f"{size // MIB} MiB" if size >= MIB else f"{size} bytes"
