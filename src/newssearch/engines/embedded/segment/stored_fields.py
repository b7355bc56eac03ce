"""What a segment keeps of an article beside its text, and the article made of it again.

What a hit shows is kept where it costs little to read: ``article.id``, ``article.shown`` (headline, address and date, as
a JSON array) and the fields whose values are numbered (see :data:`NUMBERED`). The rest (the
dateline, the part of the file, the number of the record, which paragraphs are no running text) is JSON in compressed blocks. All of it together is the ``header`` that Whoosh sees.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from newssearch.article import Article, Date, Paragraph, Provenance
from newssearch.fields import RAW_FIELDS, WHOLE_FIELDS, WORD_FIELDS
from newssearch.system.frozen import FrozenDict

VALUES = (*WHOLE_FIELDS, *WORD_FIELDS, "path")
"""The fields whose values are numbered."""

NUMBERED = (*VALUES, "known")
"""All that is numbered: also how the fields are known, which is alike for many articles."""


def shown_of(article: Article) -> bytes:
    """The headline, address and date of an article."""
    date = None if article.date is None else article.date.isoformat()
    return _dumped([article.title, article.url, date])


def rest_of(article: Article) -> bytes:
    """What is known of an article and kept nowhere else."""
    rest: dict[str, object] = {"record": article.record}
    rest |= {name: value for name in RAW_FIELDS if (value := getattr(article, name)) is not None}
    if article.member is not None:
        rest["member"] = article.member
    kinds = {str(p.number): p.kind for p in article.paragraphs if p.kind != "text"}
    if kinds:
        rest["kinds"] = kinds
    return _dumped(rest)


def numbered_of(article: Article, name: str) -> str:
    """The value of one of :data:`NUMBERED`, ``""`` for none."""
    if name == "known":
        return _dumped({field: list(known) for field, known in article.provenance.items()}).decode()
    value: str | None = getattr(article, name)
    return value or ""


def provenance_of(known: str) -> dict[str, Provenance]:
    """How the fields of an article are known, from the value of ``known``."""
    return {field: Provenance(*values) for field, values in json.loads(known or "{}").items()}


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def article_of(header: Mapping[str, Any], paragraphs: Iterable[str]) -> Article:
    """An article from its header and the texts of its paragraphs."""
    fields = {"title": None, **header}
    fields.pop("count", None)
    kinds = fields.pop("kinds", {})
    provenance = provenance_of(fields.pop("known", ""))
    date = date_of(fields.pop("date", None))
    numbered = tuple(
        Paragraph(n, text, kinds.get(str(n), "text")) for n, text in enumerate(paragraphs, start=1)
    )
    return Article(paragraphs=numbered, date=date, provenance=FrozenDict(provenance), **fields)


def date_of(text: str | None) -> Date | None:
    """A date from ISO 8601."""
    if text is None:
        return None
    return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
