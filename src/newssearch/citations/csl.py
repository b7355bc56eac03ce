"""Citations as CSL-JSON, the data of citation processors and of Pandoc."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping

from newssearch.system.lazy_regex import Pattern
from newssearch.text.partial_dates import PartialDate

from .citation import PROGRAM, Citation
from .family_names import Author

_LEADING_PARTICLES = Pattern(r"(?:['’]?[^\W\d_A-ZÀ-Þ][^\s]*\s+)+(?=\S)")


def csl_item(citation: Citation) -> dict[str, object]:
    """Return a citation as an item of CSL-JSON (schema 1.0.2): a newspaper article.

    ``custom`` has what no variable of CSL is for: the agency, the place of the dateline, and the byline as it stands.
    """
    item: dict[str, object] = {"id": citation.key, "type": "article-newspaper"}
    if citation.authors:
        item["author"] = [_csl_name(author) for author in citation.authors]
    if citation.date is not None:
        item["issued"] = _csl_date(citation.date)
    if citation.accessed is not None:
        item["accessed"] = _csl_date(citation.accessed)
    item |= {
        name: value
        for name, value in (
            ("title", citation.title),
            ("container-title", citation.outlet),
            ("section", citation.section),
            ("page", citation.page),
            ("edition", citation.edition),
            ("language", citation.lang),
            ("URL", citation.url),
            ("abstract", citation.abstract),
            ("note", f"Source: {citation.agency}" if citation.agency else ""),
            ("keyword", ", ".join(citation.keywords)),
        )
        if value
    }
    item["archive_location"] = citation.id
    item["source"] = PROGRAM
    own = {
        "source": citation.agency,
        "located": citation.located,
        "byline": citation.byline,
        "key": citation.record_key,
    }
    if any(own.values()):
        item["custom"] = {PROGRAM: {name: value for name, value in own.items() if value}}
    return item


def csl_parts(citations: Iterable[Citation]) -> Iterator[str]:
    """Yield the parts of a JSON array with an item for each citation, each on a line of its own."""
    before = "[\n"
    for citation in citations:
        yield before + json.dumps(csl_item(citation), ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def _csl_name(author: Author) -> Mapping[str, str]:
    if author.literal:
        return {"literal": author.literal}
    particles = _LEADING_PARTICLES.match(author.family)
    family = author.family[particles.end() :] if particles is not None else author.family
    name = {"family": family, "given": author.given}
    if particles is not None:
        name["non-dropping-particle"] = particles.group().strip()
    if author.suffix:
        name["suffix"] = author.suffix
    return name


def _csl_date(date: dt.date | PartialDate) -> Mapping[str, object]:
    parts: list[int] = [date.year]
    if date.month is not None:
        parts.append(date.month)
        if not isinstance(date, PartialDate):
            parts.append(date.day)
    return {"date-parts": [parts]}
