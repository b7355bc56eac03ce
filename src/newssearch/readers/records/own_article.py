"""Reads an article as ``newssearch show --json`` prints it, so that it keeps its id, its key and the provenance of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from newssearch.article import Article, Provenance
from newssearch.fields import FIELD_NAMES
from newssearch.identity import digest_of
from newssearch.readers.api import Origin
from newssearch.readers.article.own_fields import WrongValueError, own_value
from newssearch.text.paragraphs import Block, NormalizedBlocks

_KEYS = frozenset((*FIELD_NAMES, "id", "path", "member", "record", "provenance", "paragraphs"))


def own_article(record: Mapping[object, Any], origin: Origin, number: int) -> Article | None:
    """Return the article that a record in this form describes, or None for any other record."""
    if not _KEYS.issubset(record):
        return None
    try:
        if digest_of(record["id"]) is None:
            return None
        article = Article.create(
            text=NormalizedBlocks(
                Block(paragraph["text"], paragraph["kind"]) for paragraph in record["paragraphs"]
            ),
            path=origin.path,
            member=origin.member,
            record=number,
            provenance={name: _provenance(text) for name, text in record["provenance"].items()},
            extra={
                field.name: own_value(value, field, origin.options)
                for field in origin.options.fields
                if (value := (record.get("extra") or {}).get(field.name)) is not None
            },
            **{name: record[name] for name in FIELD_NAMES},
        )
    except (KeyError, TypeError, ValueError, AttributeError, WrongValueError):  # not all of it has this form
        return None
    return replace(article, id=record["id"])


def _provenance(text: str) -> Provenance:
    """Return the provenance that is printed as a text.

    >>> _provenance("inferred from outlet"), _provenance("missing")
    (Provenance(known='inferred', basis='outlet'), Provenance(known='missing', basis=''))
    """
    for known, separator in (("inferred", " from "), ("stated", ", "), ("missing", ", ")):
        if text == known or text.startswith(known + separator):
            return Provenance(known, text[len(known + separator) :])  # type: ignore[arg-type]
    raise ValueError(text)
