"""Citations in RIS, the format that every reference manager reads, with the tags that Zotero reads for newspaper articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from newssearch.text.partial_dates import PartialDate

from .citation import PROGRAM, Citation

_RIS_LINE_END = "\r\n"


def ris_records(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield a record of RIS for each citation, with the line breaks that the format has.

    Tags are those of the importer of Zotero for newspaper articles (``RIS.js``): ``T2`` the outlet, ``SE`` the section,
    ``AN`` the id in the archive, ``DP`` the catalogue, ``Y2`` the day of access.
    """
    for citation in citations:
        yield (
            "".join(f"{tag}  - {value}{_RIS_LINE_END}" for tag, value in _ris_lines(citation)) + _RIS_LINE_END
        )


def _ris_lines(citation: Citation) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    if citation.title:
        yield "TI", citation.title
    for author in citation.authors:
        yield "AU", author.inverted
    if citation.outlet:
        yield "T2", citation.outlet
    if citation.date is not None:
        yield "PY", f"{citation.date.year:04d}"
        yield "DA", _ris_day(citation.date)
    for tag, value in (
        ("SE", citation.section),
        ("SP", citation.page),
        ("ET", citation.edition),
        ("LA", citation.lang),
        ("UR", citation.url),
        ("Y2", "" if citation.accessed is None else _ris_day(citation.accessed)),
        ("AN", citation.id),
        ("DP", PROGRAM),
        ("N1", f"Source: {citation.agency}" if citation.agency else ""),
        ("AB", citation.abstract),
    ):
        if value:
            yield tag, value
    for keyword in citation.keywords:
        yield "KW", keyword
    yield "ER", ""


def _ris_day(date: dt.date | PartialDate) -> str:
    """Return a date in the form of RIS: year, month and day, of which the last ones may be empty."""
    if not isinstance(date, PartialDate):
        return f"{date.year:04d}/{date.month:02d}/{date.day:02d}"
    return f"{date.year:04d}//" if date.month is None else f"{date.year:04d}/{date.month:02d}/"
