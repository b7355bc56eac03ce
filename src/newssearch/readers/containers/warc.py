"""The web archive formats WARC and ARC, read by warcio; the format of each page in them is detected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from typing import Any

from newssearch.readers.api import Format, Input, Item, Skipped, UnreadableError
from newssearch.text.paragraphs import squeeze

READ_CONTENT_TYPES = re.compile(
    r"text/(?:html|plain|xml|markdown|csv)|application/(?:xhtml\+xml|json|ld\+json|feed\+json|xml|rss\+xml|atom\+xml|"
    r"pdf|x-ndjson)|application/[\w.]+\+xml"
)
"""A pattern for the content types of responses that may be articles."""

SKIPPED_CONTENT_TYPES = (
    (re.compile(r"image/"), "images"),
    (re.compile(r"text/css|(?:text|application)/(?:x-)?(?:java|ecma)script"), "style sheets and scripts"),
    (re.compile(r"font/|application/(?:x-)?font"), "fonts"),
    (re.compile(r"audio/|video/|application/(?:dash|vnd\.apple\.mpegurl)"), "audio and video"),
)
"""Patterns for the content types of responses that are skipped, each with the kind under which reports count them."""

SKIPPED_RECORD_TYPES = {
    "revisit": "revisits", "request": "requests", "metadata": "records about a crawl", "warcinfo": "records about a crawl",
    "conversion": "conversions", "continuation": "continuations",
}  # fmt: skip
"""The kinds under which reports count skipped records, keyed by the type of the record in a web archive."""

_STATED_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def _is_warc(source: Input) -> bool:
    return re.match(rb"WARC/\d|filedesc://|warc/\d", source.head) is not None


def _read_warc(source: Input) -> Iterator[Item]:
    try:
        from warcio.archiveiterator import ArchiveIterator  # an extra
    except ImportError:
        message = "a web archive: reading it needs warcio (pip install 'newssearch[warc]')"
        raise UnreadableError(message) from None
    records = iter(ArchiveIterator(source.stream, arc2warc=True))
    number = 0
    while True:
        try:
            with redirect_stderr(StringIO()):  # warcio prints complaints about records
                record = next(records)
        except StopIteration:
            return
        except Exception as error:  # warcio does not catch all exceptions of Python
            reason = squeeze(str(error).split("\n")[0]) or type(error).__name__
            raise UnreadableError(f"a web archive broken after {number:,} records: {reason}") from None
        number += 1
        yield from _items_of_record(source, record, number)


def _items_of_record(source: Input, record: Any, number: int) -> Iterator[Item]:
    origin = source.origin
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>") or None
    if record.rec_type not in ("response", "resource") and not _is_text_of_page(record):
        yield Skipped(origin.path, SKIPPED_RECORD_TYPES.get(record.rec_type, "records of other kinds"))
        return
    kind, charset = _skipped_kind_and_charset(record)
    if kind is not None:
        yield Skipped(origin.path, kind)
        return
    stated = None if source.head.startswith(b"filedesc:") else record.rec_headers.get_header("WARC-Record-ID")
    name = stated or f"record {number}"  # an ARC has no ids, and warcio invents them
    within = origin.within(_record_name(url, name), url=url, charset=charset)
    yield source.member(_RecordContent(record.content_stream()), within)


def _is_text_of_page(record: Any) -> bool:
    """Whether a record is the plain text of a page, as Common Crawl's WET files have it."""
    content = record.rec_headers.get_header("Content-Type") or ""
    return record.rec_type == "conversion" and content.split(";", 1)[0].strip().lower() == "text/plain"


def _skipped_kind_and_charset(record: Any) -> tuple[str | None, str | None]:
    """Return the kind under which reports count a record that is skipped, and the encoding that the record states.

    The kind is None for a record that may be an article, and the encoding is None if the record states none.
    """
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if url.startswith(("dns:", "whois:", "screenshot:", "urn:")) and record.rec_type == "response":
        return "records about a crawl", None
    headers = record.http_headers
    stated = (
        record.rec_headers.get_header("Content-Type")
        if headers is None
        else headers.get_header("Content-Type")
    )
    if headers is not None:
        status = headers.get_statuscode() or ""
        if status[:1] == "3":
            return "redirects", None
        if status not in ("200", "203", ""):
            return "error responses", None
    if re.search(r"/robots\.txt$|/favicon\.ico$", url):
        return "records about a crawl", None
    content = (stated or "").split(";", 1)[0].strip().lower()
    charset = _STATED_CHARSET.search(stated or "")
    if not content or READ_CONTENT_TYPES.fullmatch(content):
        return None, charset[1] if charset else None
    kinds = (kind for pattern, kind in SKIPPED_CONTENT_TYPES if pattern.match(content))
    return next(kinds, "responses of other types"), None


def _record_name(url: str | None, name: str) -> str:
    """Return the member name of a record: its URL and ``name``, which tells several fetches of a URL apart."""
    name = name.strip("<>").removeprefix("urn:uuid:")
    return f"{url} {name}" if url else name


class _RecordContent:
    """The body of a response as a stream; every error of reading it becomes an UnreadableError."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        try:
            data: bytes = self._stream.read(size) if size >= 0 else self._stream.read()
        except Exception as error:  # each content encoding raises its own exceptions
            raise UnreadableError(f"its content cannot be decoded: {error}") from None
        return data


FORMATS = (Format("a web archive", matches=_is_warc, read=_read_warc),)
