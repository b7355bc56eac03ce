"""Distinguishes the place in front of a date, ``Paris, 5 May 2024``, from an outlet: ``Le Monde, 5 May 2024``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newssearch.readers.article.outlet_names import looks_like_outlet
from newssearch.text.paragraphs import SENTENCE_ENDS

_WORD_OF_PROSE = re.compile(r"[^\W\d_]+")

LONGEST_NAME_OF_PLACE = 40
"""The maximum number of characters of the name of a place."""


def places_among(names: Iterable[tuple[str, bool]], prose: Iterable[str]) -> frozenset[str]:
    """Return the names in front of dates in a document that are places, in lower case.

    Each name comes with whether it is certainly an outlet. A name that does not look like an outlet's is a place if
    it also occurs in the prose of the document, or if no line of the document names an outlet.
    """
    sure: set[str] = set()
    bare: set[str] = set()
    for name, is_outlet in names:
        (sure if is_outlet or looks_like_outlet(name) else bare).add(name.casefold())
    bare -= sure
    if not bare:
        return frozenset()
    if not sure:
        return frozenset(bare)
    words = {word.casefold() for text in prose for word in _WORD_OF_PROSE.findall(text) if word[0].isupper()}
    return frozenset(name for name in bare if words.issuperset(_WORD_OF_PROSE.findall(name)))


def is_prose_of_document(text: str) -> bool:
    """Whether a paragraph is long, and ends as a sentence does."""
    return len(text) > LONGEST_NAME_OF_PLACE and text[-1:] in SENTENCE_ENDS
