"""How spellings are grouped into counted words: together are those that a reader takes for one word form.

A *counted word* is a folded word, so ``Attack``, ``attack`` and ``ATTACK`` are one, and ``attacks`` is another. Two
things differ from folding. An abbreviation is the same word with and without full stops (``U.N.``, ``UN``). An acronym
that a search distinguishes from a word in small letters is a word of its own (``US``, ``WHO``).
"""

from __future__ import annotations

from functools import cache

from newssearch.system.lazy_regex import Pattern

from .analysis import analyser_named
from .built_in_analyser import ENGLISH_ACRONYMS
from .folding import fold

ACRONYM_TERMS = frozenset(ENGLISH_ACRONYMS.values())
"""The terms of the acronyms that are words of their own. Such a term is also the counted word."""
_STOPPED_INITIALS = Pattern(r"[^\W\d_](?:\.[^\W\d_])+")


def counted_word(folded: str, term: str) -> str:
    """Return the counted word of a word, given its folded form and its term.

    >>> counted_word("attacks", "attack"), counted_word("u.n", "un"), counted_word("us", "u.s"), counted_word("us", "us")
    ('attacks', 'un', 'u.s', 'us')
    """
    if term in ACRONYM_TERMS:
        return term
    return folded.replace(".", "") if is_initials(folded) else folded


def is_initials(folded: str) -> bool:
    """Whether a folded word is an abbreviation of single letters with full stops between them."""
    return "." in folded and _STOPPED_INITIALS.fullmatch(folded) is not None


def with_stops(word: str) -> str:
    """Return the folded form that an abbreviation has if it is written with full stops.

    >>> with_stops("un")
    'u.n'
    """
    return ".".join(word)


def shown_spelling(spelling: str) -> str:
    """Return a surface form as it is shown: initials get the final full stop that surface forms lack.

    >>> shown_spelling("U.S"), shown_spelling("Iraq")
    ('U.S.', 'Iraq')
    """
    return f"{spelling}." if is_initials(spelling) else spelling


def has_letters(word: str) -> bool:
    """Whether a word has a letter: it is no mere number.

    >>> has_letters("2,000"), has_letters("2bn"), has_letters("年")
    (False, True, True)
    """
    return any(map(str.isalpha, word))


@cache
def function_words(analysis: str) -> frozenset[str]:
    """Return the function words of an analysis as counted words."""
    return frozenset(map(fold, analyser_named(analysis).function_words))
