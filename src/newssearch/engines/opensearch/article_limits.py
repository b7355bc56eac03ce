"""The limits on articles in an index on a cluster."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from newssearch.article import Article
from newssearch.fields import FIELD_NAMES
from newssearch.system.frozen import FrozenDict

from .documents import document_of
from .mapping import MAX_NESTED
from .sending import to_json

MAX_DOCUMENT_BYTES = 32_000_000
"""The largest size in bytes of an article's document, which is about five times the size of its texts. A node with
512 MB takes it.
"""
MAX_ID_BYTES = 32_000
"""The largest size in bytes of an article's id. Lucene takes terms of at most 32,766 bytes."""
_BYTES_OF_CHARACTER = 30
"""An upper bound of the bytes that one character of a text takes in a document."""
_BYTES_OF_PARAGRAPH = 600
"""An upper bound of the bytes that one paragraph takes in a document, texts excluded."""
_ANY_MOMENT = dt.datetime(2000, 1, 1, tzinfo=dt.timezone.utc)


def refusal_of(article: Article) -> str | None:
    """Return why an index on a cluster cannot hold an article, or None if it can."""
    number = len(article.paragraphs)
    if number > MAX_NESTED:
        return f"{number:,} paragraphs, and an index on a cluster takes articles of at most {MAX_NESTED:,}"
    if len(article.id.encode("utf-8", "replace")) > MAX_ID_BYTES:
        return f"its id is longer than {MAX_ID_BYTES:,} bytes, which an index on a cluster cannot hold"
    if _upper_bound(article) > MAX_DOCUMENT_BYTES:
        plain = replace(article, added=_ANY_MOMENT, extra=FrozenDict())
        size = len(to_json(document_of(plain, "", {}))) + _size_of_own_fields(article)
        if size > MAX_DOCUMENT_BYTES:
            return (
                f"it would take {size / 1e6:,.0f} MB in an index on a cluster, where the texts of an article take about five times their"
                f" size, and at most {MAX_DOCUMENT_BYTES / 1e6:,.0f} MB"
            )
    return None


def _upper_bound(article: Article) -> int:
    """Return an upper bound in bytes of the size of an article's document, which repeats the headline in each paragraph."""
    number = len(article.paragraphs)
    texts = sum(len(one.text) for one in article.paragraphs) + len(article.title or "") * (number + 2)
    fields = sum(len(str(getattr(article, name) or "")) for name in FIELD_NAMES)
    return (
        (texts + fields) * _BYTES_OF_CHARACTER + number * _BYTES_OF_PARAGRAPH + _size_of_own_fields(article)
    )


def _size_of_own_fields(article: Article) -> int:
    return sum(len(str(value)) for value in article.extra.values()) * _BYTES_OF_CHARACTER
