"""All formats there are, and which of them an input is in."""

from __future__ import annotations

import re
from functools import cache

from newssearch.errors import NewssearchError

from . import (
    archives,
    compressed,
    feeds,
    html,
    jsonlines,
    mail,
    markdown,
    newsml,
    nitf,
    pdf,
    tables,
    text,
    warc,
    xmlroot,
)
from .origin import Format, Input, UnreadableError

FAMILIES = (
    compressed,
    archives,
    warc,
    pdf,
    mail,
    markdown,
    jsonlines,
    feeds,
    nitf,
    newsml,
    html,
    xmlroot,
    tables,
)
"""The modules of the formats, in the order in which they are asked; each has its own in ``FORMATS``."""

GROUP = "newssearch.formats"
"""The entry points by which other packages add formats: each names a :class:`Format`."""

NOT_READ = tuple(
    (re.compile(magic, re.DOTALL), name)
    for magic, name in (
        (rb"\x04\x22\x4d\x18", "an LZ4 file"),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (rb"Rar!\x1a\x07", "a RAR archive"),
        (rb"\x89PNG\r\n\x1a\n", "a PNG image"),
        (rb"\xff\xd8\xff", "a JPEG image"),
        (rb"GIF8[79]a", "a GIF image"),
        (rb"RIFF....WEBP", "a WebP image"),
        (rb"II\*\x00|MM\x00\*", "a TIFF image"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
        (rb"\{\\rtf", "an RTF document"),
        (rb"%!PS", "a PostScript file"),
        (rb"SQLite format 3\x00", "an SQLite database"),
        (rb"\x7fELF", "a program"),
        (rb"ID3|OggS|fLaC|....ftyp", "audio or video"),
    )
)
"""First bytes of what no format of ours reads."""

OPTIONAL = ("trafilatura", "feedparser", "warcio", "backports.zstd", "yaml", "markdown_it", "pypdf")
"""The packages that formats take and an installation may lack."""


@cache
def abilities() -> tuple[str, ...]:
    """What there is to read with, beside this package: what was rejected for want of it can then be read."""
    from importlib.metadata import entry_points  # noqa: PLC0415  (slow to import, and only reading needs it)

    added = sorted(f"{entry.name}={entry.value}" for entry in entry_points(group=GROUP))
    return (*filter(_is_there, OPTIONAL), *added)


def _is_there(module: str) -> bool:
    from importlib.util import find_spec  # noqa: PLC0415  (only reading needs it)

    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it would be in
        return False


@cache
def formats() -> tuple[Format, ...]:
    """All formats, those of other packages first. Raises NewssearchError where one of these cannot be loaded."""
    from importlib.metadata import entry_points  # noqa: PLC0415  (slow to import, and only reading needs it)

    added = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            added.append(entry.load())
        except Exception as error:
            raise NewssearchError(
                f"the format {entry.name} ({entry.value}) cannot be loaded: {error}"
            ) from error
    return (*added, *(known for family in FAMILIES for known in family.FORMATS))


def format_of(source: Input) -> Format:
    """The format of an input: by its content, then by its name; what is in none of them is a plain text.

    Raises UnreadableError, saying what it looks like, for what is none.
    """
    for known in formats():
        if known.matches(source):
            return known
    for magic, name in NOT_READ:
        if magic.match(source.head):
            raise UnreadableError(f"looks like {name}, which is not read")
    if source.wide is None and b"\0" in source.head:
        raise UnreadableError("looks like a binary file")
    if source.opening:
        for known in formats():
            if source.origin.suffix in known.suffixes:
                return known
    return text.FORMATS[0]
