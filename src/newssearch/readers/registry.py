"""The list of all formats, and the detection of the format of an input."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from newssearch._version import __version__
from newssearch.errors import NewssearchError
from newssearch.system.entry_points import (
    describe_error,
    described_entry,
    entry_points_of,
    error_location,
    is_order_to_stop,
)

from . import exports
from .api import Format, Input, UnreadableError
from .containers import archives, compressed, mail, outlook, saved_pages, warc
from .databases import factiva_xml, ris
from .documents import enex, odt, rtf
from .pages import html
from .pdf import document as pdf
from .records import json, tables
from .texts import iptc7901, markdown, plain_text
from .xml import feeds, newsml, nitf, other_xml

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

FORMAT_MODULES = (
    compressed,
    archives,
    exports,
    warc,
    pdf,
    rtf,
    odt,
    enex,
    outlook,
    saved_pages,
    iptc7901,
    ris,
    factiva_xml,
    mail,
    markdown,
    json,
    feeds,
    nitf,
    newsml,
    html,
    other_xml,
    tables,
)
"""The modules of the formats, in the order in which they are tried; each module lists its formats in ``FORMATS``."""

ENTRY_POINT_GROUP = "newssearch.formats"
"""The group of entry points by which other packages add formats; each entry point refers to a :class:`Format`."""

UNREAD_SIGNATURES = tuple(
    (re.compile(magic, re.DOTALL), name)
    for magic, name in (
        (rb"\x04\x22\x4d\x18", "an LZ4 file"),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (rb"Rar!\x1a\x07", "a RAR archive"),
        (rb"\x89PNG\r\n\x1a\n", "a PNG image"),
        (rb"\xff\xd8\xff", "a JPEG image"),
        (rb"GIF8[79]a", "a GIF image"),
        (rb"RIFF....WEBP", "a WebP image"),
        (rb"....ftyp(?:hei[cxms]|hev[cxms]|mif[12]|msf1)", "a HEIC image"),
        (rb"....ftyp(?:avif|avis)", "an AVIF image"),
        (rb"....ftypcrx ", "a raw image"),
        (rb"....JXL \r\n\x87\n|\xff\x0a", "a JPEG XL image"),
        (rb"....jP  \r\n\x87\n|\xff\x4f\xff\x51", "a JPEG 2000 image"),
        (rb"8BPS\x00", "a Photoshop image"),
        (rb"BM....\x00\x00\x00\x00....[\x0c\x28\x6c\x7c]\x00\x00\x00", "a BMP image"),
        (rb"\x00\x00[\x01\x02]\x00[^\x00]\x00", "an icon"),
        (rb"II\*\x00|MM\x00\*", "a TIFF image"),
        (rb"%!PS", "a PostScript file"),
        (rb"SQLite format 3\x00", "an SQLite database"),
        (rb"PAR1", "a Parquet table"),
        (rb"ARROW1\x00\x00", "an Arrow table"),
        (rb"\x7fELF", "a program"),
        (rb"....ftyp(?:M4A|M4B|M4P|F4A)", "an audio file"),
        (rb"....ftyp", "a video"),
        (
            rb"RIFF....WAVE|FORM....AIF[FC]|fLaC|ID3[\x02-\x04]|\xff[\xfb\xf3\xf2\xfa\xf1\xf9][\x00-\xfe]",
            "an audio file",
        ),
        (
            rb"RIFF....AVI |\x1aE\xdf\xa3|FLV\x01|\x00\x00\x01[\xb3\xba]|\x30\x26\xb2\x75\x8e\x66\xcf\x11",
            "a video",
        ),
        (rb"OggS", "audio or video"),
        (rb"wOF[F2]|\x00\x01\x00\x00\x00[\x04-\x40]|OTTO\x00", "a font"),
    )
)
"""Patterns for the first bytes of files that newssearch does not read, each with the name of the file type."""

OPTIONAL_PACKAGES = (
    "trafilatura",
    "feedparser",
    "warcio",
    "backports.zstd",
    "yaml",
    "markdown_it",
    "pypdf",
    "openpyxl",
    "oxmsg",
)
"""The packages that formats import and that may not be installed."""


@cache
def available_formats() -> tuple[str, ...]:
    """Return the names of the installed optional packages and of the formats of other packages.

    When one is added, files that were rejected without it may become readable.
    """
    added = sorted(f"{entry.name}={entry.value}" for entry in _entry_points())
    return (*filter(_is_installed, OPTIONAL_PACKAGES), *added)


@cache
def versions() -> tuple[str, ...]:
    """Return the names and versions of newssearch and of the packages that formats import.

    A file that one version rejected may be readable with another.
    """
    from importlib.metadata import (
        PackageNotFoundError,
        packages_distributions,
        version,
    )  # slow to import, and only reading needs it

    owners = packages_distributions()
    names = {name for module in OPTIONAL_PACKAGES for name in owners.get(module.partition(".")[0], ())}
    names |= {entry.dist.name for entry in _entry_points() if entry.dist is not None}
    found = [f"newssearch {__version__}"]
    for name in sorted(names):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:  # uninstalled while this runs
            continue
    return tuple(found)


def _entry_points() -> list[EntryPoint]:
    """Return the entry points by which other packages add formats, sorted by name."""
    return entry_points_of(ENTRY_POINT_GROUP)


def _is_installed(module: str) -> bool:
    from importlib.util import find_spec  # only reading needs it

    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is missing, too
        return False


@cache
def formats() -> tuple[Format, ...]:
    """Return all formats in the order in which they are tried, those of other packages first.

    Raises NewssearchError if a format of another package cannot be loaded.
    """
    added = []
    for entry in _entry_points():
        named = f"the format {entry.name} ({described_entry(entry)})"
        try:
            candidate = entry.load()
        except BaseException as error:
            if is_order_to_stop(error):
                raise
            raise NewssearchError(
                f"{named} cannot be loaded: {describe_error(error)}{plugin_location(error)}"
            ) from error
        if not isinstance(candidate, Format):
            raise NewssearchError(
                f"{named} is not a newssearch.readers.Format but {type(candidate).__name__}"
            )
        added.append(candidate)
    return (*added, *(candidate for family in FORMAT_MODULES for candidate in family.FORMATS))


def plugin_location(error: BaseException) -> str:
    """Return ``" (FILE, line N)"`` if an exception was raised in a format of another package, else ``""``."""
    return error_location(error, _entry_points())


def detect_format(source: Input) -> Format:
    """Return the format of an input: detected by its content, else by its file suffix, else plain text.

    Raises UnreadableError for a binary file in no supported format; the message names the type of the file, if
    recognised.
    """
    for candidate in formats():
        if candidate.matches(source):
            return candidate
    for magic, name in UNREAD_SIGNATURES:
        if magic.match(source.head):
            raise UnreadableError(f"looks like {name}, which is not read")
    if source.wide is None and b"\0" in source.head:
        raise UnreadableError("looks like a binary file")
    if source.opening:
        for candidate in formats():
            if source.origin.suffix in candidate.suffixes:
                return candidate
    return plain_text.FORMATS[0]
