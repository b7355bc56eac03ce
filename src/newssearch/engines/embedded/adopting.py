"""Segments that Whoosh wrote beside ours: read from what they store, as articles, and made arrays of."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ...article import Article, Paragraph
from .building import Builder, article_of
from .container import Container
from .lexicon import Lexicon
from .schema import BY_WORDS, WHOLE_VALUES
from .segment import Segment


def adopt(reader: Any) -> Segment:
    """The segment of ours that holds what a segment of Whoosh's does, in memory."""
    builder = Builder(Lexicon())
    for article, state in _articles(reader):
        builder.add(article, state)
    builder.freeze()
    return Segment(Container(builder.sections()))


def _articles(reader: Any) -> Iterator[tuple[Article, str]]:
    """The articles whose documents stand side by side, with what they were added with."""
    stored = ((fields.get("id") or f"whoosh-{document}", fields) for document, fields in reader.iter_docs())
    for article_id, documents in groupby(stored, key=lambda pair: pair[0]):
        held = [fields for _, fields in documents]
        first = held[0]
        if "header" in first:
            article, _ = article_of(first["header"])
        else:
            article = _plain(article_id, first)
        yield dataclasses.replace(article, paragraphs=_paragraphs(held)), first.get("state") or ""


def _paragraphs(held: Iterable[dict[str, Any]]) -> tuple[Paragraph, ...]:
    texts = [fields.get("text") or "" for fields in held if fields.get("paragraph") != 0]
    return tuple(Paragraph(number, text) for number, text in enumerate(texts, start=1))


def _plain(article_id: str, fields: dict[str, Any]) -> Article:
    """An article whose first document is gone, or that never was one of ours."""
    date = fields.get("date")
    known: dict[str, Any] = {
        name: fields.get(name) for name in ("title", "url", "path", *WHOLE_VALUES, *BY_WORDS)
    }
    return Article(id=article_id, paragraphs=(), date=date if isinstance(date, dt.date) else None, **known)
