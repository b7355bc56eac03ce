"""The format RTF, which word processors, databases and mail programs write."""

from __future__ import annotations

from collections.abc import Iterator

from newssearch.readers.api import Format, Input, Origin, ReadOutcome, whole

from .articles import read_styled
from .rtf_scan import text_of_rtf


def parse(data: bytes, origin: Origin) -> Iterator[ReadOutcome]:
    """Yield the articles in a document, or a rejection."""
    yield from read_styled(text_of_rtf(data), origin)


def _is_rtf(source: Input) -> bool:
    return source.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:5] == b"{\\rtf"


FORMATS = (Format("an RTF document", matches=_is_rtf, read=whole(parse)),)
