"""A record of named values, as JSON carries it, to an article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newssearch.article import Article, Rejected

from .draft import FIELDS, Draft
from .fields import as_text, kind
from .origin import Origin

KEYS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "_id", "guid"),
    "title": ("title", "headline", "name"),
    "text": ("text", "body", "content", "articlebody", "article_body", "maintext", "full_text"),
    "paragraphs": ("paragraphs",),
    "date": (
        "date", "published", "datepublished", "date_published", "published_at", "publishedat", "date_publish",
        "pubdate", "publish_date", "created",
    ),
    "outlet": ("outlet", "publisher", "publication", "site_name", "source_domain", "domain", "newspaper"),
    "source": ("source", "agency", "credit", "infosource"),
    "byline": ("byline", "author", "authors", "by", "creator"),
    "dateline": ("dateline",),
    "located": ("located", "location", "place"),
    "lang": ("lang", "language", "inlanguage"),
    "section": ("section", "category", "desk", "articlesection", "topic"),
    "url": ("url", "link", "canonical_url", "href"),
}  # fmt: skip
"""The keys that each field is read from, in lower case; the first that has a value counts."""

PARAGRAPH_KEYS = ("text", "content", "body")
"""A paragraph that is an object is read by one of these."""

ENVELOPES = ("articles", "results", "items", "docs", "data")
"""An object that is no article itself may hold a list of them under one of these, as the answer of a service does."""

Record = Mapping[str, object]


def records(document: object) -> Iterator[object]:
    """The records in a JSON document: of a list its items, of an envelope the items in it, else the document."""
    if isinstance(document, list):
        yield from document
        return
    if isinstance(document, dict):
        values = _lower(document)
        if not any(key in values for field in ("title", "text", "paragraphs") for key in KEYS[field]):
            for key in ENVELOPES:
                items = values.get(key)
                if isinstance(items, list) and items and all(isinstance(item, dict) for item in items):
                    yield from items
                    return
    yield document


def read_record(record: object, origin: Origin, number: int) -> Article | Rejected:
    """The article that a record describes, or why it is none.

    Its own ``id`` is its identity where it has no ``url``.
    """
    if not isinstance(record, dict):
        return origin.rejected(f"not a JSON object but {kind(record)}", number)
    values = _lower(record)
    draft = Draft(origin, number)
    draft.text = _text(values)
    draft.identity = next((text for key in KEYS["id"] if (text := as_text(values.get(key)))), None)
    for field in ("date", *FIELDS):
        for key in KEYS[field]:
            draft.claim(field, values.get(key))
    return draft.finish()


def _lower(record: Mapping[object, object]) -> dict[str, object]:
    """The record with its keys in lower case; of keys that become one, the first that has a value stays."""
    values: dict[str, object] = {}
    for key, value in record.items():
        name = str(key).lower()
        if values.get(name) in (None, "", []):
            values[name] = value
    return values


def _text(values: Record) -> str | list[str]:
    """The text of a record: a string as it is, or the list of its paragraphs; empty where there is none."""
    for key in KEYS["text"] + KEYS["paragraphs"]:
        value = values.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, list):
            paragraphs = [text for text in map(_paragraph, value) if text and text.strip()]
            if paragraphs:
                return paragraphs
    return ""


def _paragraph(value: object) -> str | None:
    if isinstance(value, dict):
        return next((text for key in PARAGRAPH_KEYS if isinstance(text := value.get(key), str)), None)
    return value if isinstance(value, str) else None
