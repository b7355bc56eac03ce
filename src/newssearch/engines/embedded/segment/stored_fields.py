"""The fields of an article that a segment stores beside its text, and how the article is restored from them.

The fields that a hit shows are cheap to read: ``article.id``, ``article.shown`` (headline, address, date, member and
record number, as a JSON array) and the fields with numbered values (:data:`NUMBERED`), and own fields
(:mod:`.own_fields`). The others (dateline, earlier versions, other places, the digest that versions share, kinds of
paragraphs) are JSON in compressed blocks. Whoosh sees all of them as one stored field, ``header``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from newssearch.article import Article, Date, EarlierVersion, Paragraph, Place, Provenance
from newssearch.extra import value_of
from newssearch.fields import RAW_FIELDS, WHOLE_FIELDS, WORD_FIELDS
from newssearch.system.frozen import FrozenDict
from newssearch.text.partial_dates import from_iso

VALUES = (*WHOLE_FIELDS, *WORD_FIELDS, "path")
"""The fields of an article whose values are numbered, because a segment stores each distinct value only once."""

NUMBERED = (*VALUES, "provenance")
"""The names of all numbered values: :data:`VALUES`, and the provenance of an article's fields, which many articles
share.
"""
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def shown_of(article: Article) -> bytes:
    """Return the headline, address and date of an article as a JSON array; with member and record number unless these are
    None and 1.
    """
    date = None if article.date is None else article.date.isoformat()
    shown: list[object] = [article.title, article.url, date]
    if article.member is not None or article.record != 1:
        shown += [article.member, article.record]
    return _json_bytes(shown)


def rest_of(article: Article) -> bytes:
    """Return the fields of an article that no other section stores, as a JSON object."""
    rest: dict[str, object] = {
        name: value for name in RAW_FIELDS if (value := getattr(article, name)) is not None
    }
    if article.earlier:
        rest["earlier"] = [[earlier.digest, earlier.added.isoformat()] for earlier in article.earlier]
    if article.other_places:
        rest["other_places"] = [list(place) for place in article.other_places]
    if article.version_of is not None:
        rest["version_of"] = article.version_of
    kinds = {str(p.number): p.kind for p in article.paragraphs if p.kind != "text"}
    if kinds:
        rest["kinds"] = kinds
    return _json_bytes(rest)


def numbered_of(article: Article, name: str) -> str:
    """Return an article's value for a name of :data:`NUMBERED`; ``""`` if it has none."""
    if name == "provenance":
        return _provenance_json(tuple(article.provenance.items()))
    value: str | None = getattr(article, name)
    return value or ""


@lru_cache(maxsize=1024)
def _provenance_json(provenance: tuple[tuple[str, Provenance], ...]) -> str:
    return _json_bytes({field: list(one) for field, one in provenance}).decode()


def provenance_of(value: str) -> dict[str, Provenance]:
    """Return the provenance of each field of an article from its stored JSON; empty for ``""``."""
    return {field: Provenance(*values) for field, values in json.loads(value or "{}").items()}


def _json_bytes(value: object) -> bytes:
    return _ENCODER.encode(value).encode()


def article_of(header: Mapping[str, Any], paragraphs: Iterable[str]) -> Article:
    """Return an article from its header (:meth:`.segment.Segment.header`) and the texts of its paragraphs, in order."""
    fields = {"title": None, **header}
    fields.pop("count", None)
    kinds = fields.pop("kinds", {})
    provenance = provenance_of(fields.pop("provenance", ""))
    date = date_of(fields.pop("date", None))
    added = dt.datetime.fromisoformat(fields.pop("added"))
    earlier = tuple(
        EarlierVersion(digest, dt.datetime.fromisoformat(moment))
        for digest, moment in fields.pop("earlier", ())
    )
    other_places = tuple(Place(*place) for place in fields.pop("other_places", ()))
    extra = {name: value_of(kind, texts) for name, (kind, texts) in fields.pop("extra", {}).items()}
    numbered = tuple(
        Paragraph(n, text, kinds.get(str(n), "text")) for n, text in enumerate(paragraphs, start=1)
    )
    return Article(
        paragraphs=numbered,
        date=date,
        provenance=FrozenDict(provenance),
        extra=FrozenDict(extra),
        added=added,
        earlier=earlier,
        other_places=other_places,
        **fields,
    )


def date_of(text: str | None) -> Date | None:
    """Return a stored date in ISO 8601 as a date, a datetime if it has a time, or a month or a year; None for None."""
    return None if text is None else from_iso(text)
