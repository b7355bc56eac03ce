"""The outline of an article: a compact copy, in its document, of what its nested paragraphs state besides the text.

A search reads it with the text of each article. The nested documents of the paragraphs hold the same for queries, but
are excluded from the source. The part ``outline`` of the document has two lists with one item per paragraph:

========= =======================================================================================================
``words`` the number of words ``marks`` the sum of :data:`WEIGHT` for one that adds to scores, :data:`HIDDEN` for one
that no hit shows, :data:`LEAD` for one of the lead, and :data:`NOVEL` for one that no earlier article has =========
=======================================================================================================

An article without paragraphs has an empty one, which is marked :data:`STAND_IN` and numbered 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

WEIGHT, HIDDEN, LEAD, NOVEL, STAND_IN = 1, 2, 4, 8, 16


class OutlinedParagraph(NamedTuple):
    """A paragraph of an article. Its number is 0 if it stands in for an article without paragraphs."""

    number: int
    words: int
    weight: bool
    hidden: bool
    lead: bool
    novel: bool


def outline_of(paragraphs: Iterable[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Return the outline of an article, given its paragraphs as :func:`.documents.document_of` makes them."""
    held = list(paragraphs)
    marks = [
        WEIGHT * one["weight"]
        + HIDDEN * one["hidden"]
        + LEAD * one["lead"]
        + NOVEL * one["novel"]
        + STAND_IN * (not one["number"])
        for one in held
    ]
    return {"words": [one["words"] for one in held], "marks": marks}


_BY_MARKS = [
    (bool(marks & WEIGHT), bool(marks & HIDDEN), bool(marks & LEAD), bool(marks & NOVEL))
    for marks in range(2 * STAND_IN)
]


def paragraphs_of(source: Mapping[str, Any]) -> list[OutlinedParagraph]:
    """Return the paragraphs of the article of a document, in order. There is at least one.

    >>> paragraphs_of({"outline": {"words": [12, 7], "marks": [WEIGHT + LEAD + NOVEL, HIDDEN]}})[1]
    OutlinedParagraph(number=2, words=7, weight=False, hidden=True, lead=False, novel=False)
    """
    outline = source["outline"]
    return [
        OutlinedParagraph(0 if marks >= STAND_IN else at, words, *_BY_MARKS[marks])
        for at, (words, marks) in enumerate(zip(outline["words"], outline["marks"], strict=True), start=1)
    ]


def is_in_lead(source: Mapping[str, Any], number: int) -> bool:
    """Whether the paragraph with this number belongs to the lead of the article. Number 0, no paragraph, never does."""
    return number > 0 and bool(source["outline"]["marks"][number - 1] & LEAD)
