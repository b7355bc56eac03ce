"""The formats in which a browser saves a page as one file: MHTML, and the web archives of Safari.

The page itself is an input of its own, with the address that it was saved from. Its images, styles and frames are
counted as parts of saved pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from newssearch.readers.api import Format, Input, Origin, ReadOutcome, Skipped, UnreadableError, whole
from newssearch.readers.article.values import host

from .skipped_files import PARTS_OF_PAGES

if TYPE_CHECKING:
    from email.message import Message

_MIME_HEADERS = re.compile(r"(?:[\w-]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){1,40}", re.ASCII)
_SAVED_BY_BROWSER = re.compile(
    r"^(?:Snapshot-Content-Location:|From:\s*\"?<?Saved by )", re.IGNORECASE | re.MULTILINE
)
_OF_PAGE = re.compile(r"^Content-Type:\s*(?:multipart/related|text/html)\b", re.IGNORECASE | re.MULTILINE)
_SENT = re.compile(r"^(?:To|Received|Delivered-To|Return-Path|Cc|Bcc):", re.IGNORECASE | re.MULTILINE)
_LOCATION = re.compile(r"^Content-Location:\s*\S", re.IGNORECASE | re.MULTILINE)


def is_mhtml(source: Input) -> bool:
    """Whether an input is a page in MHTML: a MIME document that a browser saved, or one without the headers of sent mail."""
    headers = _MIME_HEADERS.match(source.opening)
    if headers is None or not _OF_PAGE.search(headers[0]):
        return False
    if _SAVED_BY_BROWSER.search(headers[0]):
        return True
    return _SENT.search(headers[0]) is None and _LOCATION.search(source.opening) is not None


def parse_mhtml(data: bytes, origin: Origin) -> Iterator[ReadOutcome | Input]:
    """Yield the page in an MHTML document as an input, then its other parts as skipped. Raises UnreadableError."""
    from email import message_from_bytes, policy  # slow to import, and few inputs need it

    document = message_from_bytes(data.lstrip(), policy=policy.compat32)
    location = _header_of_part(document, "Snapshot-Content-Location") or _header_of_part(
        document, "Content-Location"
    )
    parts = [part for part in document.walk() if not part.is_multipart()]
    page = _page_part(parts, _header_of_part(document, "Content-Type", "start"), location)
    if page is None:
        raise UnreadableError("a saved web page without a page in it")
    url = next(
        (url for url in (location, _header_of_part(page, "Content-Location")) if url and host(url)), None
    )
    content = page.get_payload(decode=True)
    charset = page.get_content_charset()
    if isinstance(content, bytes) and content.strip():
        yield Input.of(content, origin.within(url or "page", url=url, charset=charset))
    yield from (Skipped(origin.path, PARTS_OF_PAGES) for part in parts if part is not page)


def _page_part(parts: list[Message], start: str | None, location: str | None) -> Message | None:
    """Return the part with the page: the one that the headers name, else the first page; None if there is no page."""
    pages = [part for part in parts if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    named = [part for part in pages if start and _header_of_part(part, "Content-ID") == start]
    saved = [part for part in pages if location and _header_of_part(part, "Content-Location") == location]
    return next(iter([*named, *saved, *pages]), None)


def _header_of_part(part: Message, name: str, parameter: str | None = None) -> str | None:
    """Return a header without line breaks, or a parameter of the header, or None."""
    value: Any = part.get_param(parameter, header=name) if parameter else part.get(name)
    return "".join(str(value).split()) or None if value is not None else None


def is_webarchive(source: Input) -> bool:
    """Whether an input is a web archive of Safari: a property list with a page."""
    return (
        source.head.startswith((b"bplist", b"<?xml", b"<!DOCTYPE plist"))
        and b"WebMainResource" in source.head
    )


def parse_webarchive(data: bytes, origin: Origin) -> Iterator[ReadOutcome | Input]:
    """Yield the page in a web archive of Safari as an input, then its resources as skipped. Raises UnreadableError."""
    import plistlib  # few inputs need it

    try:
        archive = plistlib.loads(data)
        page = archive["WebMainResource"]
        content = page["WebResourceData"]
    except Exception:  # plistlib raises anything on a broken list
        raise UnreadableError("a broken web archive of Safari") from None
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes) or not content.strip():
        raise UnreadableError("a web archive of Safari without a page in it")
    url, charset = (_plist_text(page.get(name)) for name in ("WebResourceURL", "WebResourceTextEncodingName"))
    url = url if url and host(url) else None
    yield Input.of(content, origin.within(url or "page", url=url, charset=charset))
    for name in ("WebSubresources", "WebSubframeArchives"):
        resources = archive.get(name)
        yield from (
            Skipped(origin.path, PARTS_OF_PAGES) for _ in (resources if isinstance(resources, list) else ())
        )


def _plist_text(value: object) -> str | None:
    return value if isinstance(value, str) else None


FORMATS = (
    Format(
        "a saved web page (MHTML)",
        matches=is_mhtml,
        read=whole(parse_mhtml),
        suffixes=frozenset({".mhtml", ".mht"}),
    ),
    Format(
        "a web archive of Safari",
        matches=is_webarchive,
        read=whole(parse_webarchive),
        suffixes=frozenset({".webarchive"}),
    ),
)
