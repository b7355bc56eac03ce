"""The analysers by language. One analyser for each language serves indexing, queries and highlights, so that they agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from newssearch.system.lazy_regex import Pattern

from .built_in_analyser import Analyser
from .languages import ADDED, PLAIN_ANALYSIS, analysis_of, language_of
from .spelling import ACCENTS, IGNORABLE, PUNCTUATION

ANALYSIS_VERSION = 4
"""The version of the analysis, incremented when the terms of any text change. Older indexes must then be rebuilt."""


NO_ADDED: Mapping[str, str] = {}
"""No language has an analysis of another package."""


@cache
def analyser_named(name: str) -> Analyser:
    """Return the analyser with the given name: the same object at each call."""
    if ADDED not in name:
        return Analyser(name)
    from .added_analyser import AddedAnalyser  # only an index with an analysis of another package needs it

    return AddedAnalyser(name)


def analysis_in(lang: str | None, added: Mapping[str, str]) -> str:
    """Return the name of the analysis for a language tag in an index.

    ``added`` has the names of those analyses of the index that other packages add, by language: see
    :mod:`.language_analysis`.
    """
    return (added and added.get(language_of(lang))) or analysis_of(lang)


def analyser(lang: str | None, added: Mapping[str, str] = NO_ADDED) -> Analyser:
    """Return the analyser for articles in the given language: see :func:`analysis_in`."""
    return analyser_named(analysis_in(lang, added))


_INVISIBLE_IN_NAME = Pattern(f"[{IGNORABLE}]")
"""Matches invisible characters in a name: soft hyphens, joiners, direction marks."""


def key(value: str) -> str:
    """Return the key of the name of an outlet, a source or a section. All spellings of a name have the same key.

    The key has no capitals, accents, ``www.`` or repeated spaces, and only one kind of apostrophe and of hyphen.

    >>> key("The  Guardian") == key("the guardian"), key("www.nytimes.com"), key("People’s Daily")
    (True, 'nytimes.com', "people's daily")
    """
    folded = value.translate(PUNCTUATION)
    if not folded.isascii():
        folded = unicodedata.normalize("NFKC", _INVISIBLE_IN_NAME.sub("", folded)).translate(PUNCTUATION)
    folded = " ".join(folded.casefold().split())
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFKD", folded)))
        folded = " ".join(folded.split())  # an accent alone leaves the spaces around it
    return re.sub(r"^(?:www\. ?)+(?=.)", "", folded)


def name_words(value: str) -> list[str]:
    """Return the words of a name (a byline, a place) in order, folded but not stemmed."""
    return analyser_named(PLAIN_ANALYSIS).terms(value)
