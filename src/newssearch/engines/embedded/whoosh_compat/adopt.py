"""Segments that Whoosh wrote beside ours: read from what they store, as articles, and made arrays of.

What a stock writer stores may be anything: a document without an id is an article of its own, and whatever stands for a
text is read as one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any

from newssearch.article import Article, Date, Paragraph
from newssearch.engines.embedded.indexing.lexicon import Lexicon
from newssearch.engines.embedded.indexing.segment_builder import Builder
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.stored_fields import article_of
from newssearch.engines.embedded.storage.container import Container
from newssearch.fields import WHOLE_FIELDS, WORD_FIELDS

Stored = list[tuple[int, dict[str, Any]]]
"""The number of each document of a segment, and its stored fields."""


def adopt(segment: str, stored: Stored) -> Segment:
    """The segment of ours that holds in memory what a segment of Whoosh's stores; ``segment`` is its id.

    Raises :class:`ValueError` where what is stored as an article of ours is none.
    """
    builder = Builder()
    for article, state in _articles(segment, stored):
        builder.add(article, state)
    return Segment(Container(builder.sections(Lexicon())))


def _articles(segment: str, stored: Stored) -> Iterator[tuple[Article, str]]:
    """The articles with what they were added with, in the order of their first documents."""
    by_id: dict[str, list[dict[str, Any]]] = {}
    for document, fields in stored:  # another segment has the same numbers of documents
        by_id.setdefault(_text(fields.get("id")) or f"whoosh-{segment}-{document}", []).append(fields)
    for article_id, held in by_id.items():
        first = next((fields for fields in held if "header" in fields), held[0])
        texts = _texts(held)
        if "header" in first:
            article = _ours(first["header"], texts)
        else:
            numbered = tuple(Paragraph(number, text) for number, text in enumerate(texts, start=1))
            article = dataclasses.replace(_plain(article_id, first), paragraphs=numbered)
        yield article, _text(first.get("state")) or ""


def _ours(header: Any, texts: list[str]) -> Article:
    """An article from its header. Raises :class:`ValueError` where that is no header."""
    try:
        article = article_of(json.loads(header), texts)
    except (TypeError, AttributeError, LookupError, RecursionError) as error:
        raise ValueError(f"the header of an article cannot be read: {error}") from error
    fields = (article.id, *(getattr(article, name) for name in _TEXTS))
    if not isinstance(article.id, str) or not all(isinstance(one, str | None) for one in fields):
        raise ValueError("the header of an article has a field that is no text")
    return article


_TEXTS = ("title", "url", "path", "dateline", "member", *WHOLE_FIELDS, *WORD_FIELDS)
"""The fields of an article that are texts or None."""


def _texts(held: Iterable[dict[str, Any]]) -> list[str]:
    """The texts of the paragraphs in the order of their numbers; Whoosh's merges put what was added last before all else."""
    texts = [(fields.get("paragraph"), _text(fields.get("text")) or "") for fields in held]
    texts.sort(key=lambda known: known[0] if isinstance(known[0], int) else len(texts))
    return [text for number, text in texts if text or number != 0]


def _plain(article_id: str, fields: dict[str, Any]) -> Article:
    """An article whose first document is gone, or that never was one of ours."""
    known: dict[str, Any] = {
        name: _text(fields.get(name)) for name in ("title", "url", "path", *WHOLE_FIELDS, *WORD_FIELDS)
    }
    return Article(id=article_id, paragraphs=(), date=_date(fields.get("date")), **known)


def _text(stored: Any) -> str | None:
    """What is stored of a field of text: a writer may have been given its words one by one."""
    if stored is None or isinstance(stored, str):
        return stored
    return " ".join(map(str, stored)) if isinstance(stored, list | tuple) else str(stored)


def _date(stored: Any) -> Date | None:
    """What is stored of a date; Whoosh knows only moments, so that midnight stands for a day."""
    if isinstance(stored, dt.datetime):
        return stored.date() if stored.time() == dt.time.min else stored
    return None
