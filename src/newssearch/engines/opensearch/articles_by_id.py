"""Reads the articles with given ids: one request for several of them, and for fewer if they are long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from newssearch.article import Article

from .answer_sizes import MAX_WORDS_OF_ANSWER
from .client import JsonAnswer
from .documents import article_from, document_id

MAX_ARTICLES_OF_REQUEST = 50
"""The number of whole articles that one request reads."""


def articles_by_id(
    ids: Iterable[str],
    search: Callable[[Mapping[str, Any], Mapping[str, Any]], list[JsonAnswer]],
    longest: Callable[[], int],
) -> Iterator[Article | None]:
    """Yield the article with each id, in the order of the ids; None for one that the index does not have.

    ``search`` returns the hits of a condition on committed articles, for the other members of the request, and ``longest``
    the number of words of the longest article.
    """

    def found(wanted: Sequence[str], **members: Any) -> list[JsonAnswer]:
        values = sorted({*map(document_id, wanted)})
        request = {"size": len(values), "track_total_hits": False, **members}
        return search({"ids": {"values": values}}, request)

    left = iter(ids)
    while wanted := list(islice(left, MAX_ARTICLES_OF_REQUEST)):
        parts = [wanted]
        if longest() * len(wanted) > MAX_WORDS_OF_ANSWER:
            hits = found(wanted, _source=False, docvalue_fields=["words"])
            parts = parts_of(wanted, {hit["_id"]: hit["fields"]["words"][0] for hit in hits})
        for part in parts:
            hits = found(part, _source=["header", "texts"])
            articles = {hit["_id"]: article_from(hit["_source"]) for hit in hits}
            yield from (articles.get(document_id(one)) for one in part)


def parts_of(ids: Sequence[str], words: Mapping[str, int]) -> list[list[str]]:
    """Return ids in parts, in their order, none with more words than one answer may have, unless it is one article.

    ``words`` are the numbers of words of the articles, by the ids of their documents.
    """
    parts: list[list[str]] = []
    total = 0
    for one in ids:
        total += words.get(document_id(one), 0)
        if not parts or total > MAX_WORDS_OF_ANSWER:
            parts.append([])
            total = words.get(document_id(one), 0)
        parts[-1].append(one)
    return parts
