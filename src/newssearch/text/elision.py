"""Elision: short words that an apostrophe joins to the next word: ``l'Ukraine``, ``dell'Iraq``, ``Sant'Egidio``.

In French, Italian, Catalan, Portuguese and Irish, a short word loses its last vowel before another word and gets an
apostrophe. People search for the word after it. So articles, prepositions and pronouns (:data:`ELIDED`) are left out of
the term. Words with a meaning of their own (:data:`JOINED_TO`) stay in the term, and a query finds the whole word as
well as the part after the apostrophe. The lists are based on those of Lucene's analysers for these languages.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

ELIDED = {
    "catalan": frozenset("d l m n s t".split()),
    "french": frozenset("c d j jusqu l lorsqu m n presqu puisqu qu quoiqu s t".split()),
    "irish": frozenset("b d m".split()),
    "italian": frozenset(
        "agl all c ch coll d dagl dall degl dell gl l m n negl nell pell s sugl sull t un v".split()
    ),
    "portuguese": frozenset("d n".split()),
}
"""The words that are elided in each language and left out of the term of the next word, by the name of the analysis."""

JOINED_TO = {
    "french": frozenset("quelqu".split()),
    "italian": frozenset(
        """
        alcun anch bell brav buon cent ciascun cinquant com cos dov grand mezz neanch nessun nient novant null ottant
        pover qualcos qualcun quand quant quarant quattr quell quest sant senz sessant settant sopr sott tant trent
        tutt vent
        """.split()
    ),
}
"""The words that are elided in each language but stay in the term, by the name of the analysis. A query finds the whole
(``Sant'Egidio``) and the part after the apostrophe (``Egidio``)."""

ANY_ELIDED = frozenset().union(*ELIDED.values())

_INDIVISIBLE = ("presqu'île", "presqu'ile")
"""The beginnings, in lower case, of words that are not split at their apostrophe."""
_VOWEL_LETTERS = frozenset("aeiouyæœø")
_NAMED_WITH_VOWEL = frozenset("flmnrsx")
"""The consonants whose names begin with a vowel. Words are elided before acronyms with these letters (``l'FBI``,
``l'F-35``)."""
_DOUBTFUL_HEADS = frozenset("dl")


def elided_length(word: str, analysis: str) -> int:
    """Return the number of characters at the beginning of a word that are left out of its term.

    The word has been cleaned (:func:`.spelling.clean`).

    >>> [elided_length(word, "french") for word in ("l'Ukraine", "qu'il", "d'aujourd'hui", "aujourd'hui", "D'Souza", "N'Djamena")]
    [2, 3, 2, 0, 0, 0]
    >>> elided_length("dell'Iraq", "italian"), elided_length("Sant'Egidio", "italian"), elided_length("d'Artagnan", "english")
    (5, 0, 0)
    """
    heads = ELIDED.get(analysis)
    return _head_length(word, heads, analysis) if heads is not None else 0


def joined_length(word: str, analysis: str) -> int:
    """Return the length in characters of the beginning that is joined to a word (``Sant'``), or 0 if it has none.

    The word has been cleaned (:func:`.spelling.clean`), and has lost its elided beginning (:func:`elided_length`).

    >>> joined_length("Sant'Egidio", "italian"), joined_length("l'arte", "italian")
    (5, 0)
    """
    heads = JOINED_TO.get(analysis)
    return _head_length(word, heads, analysis) if heads is not None else 0


def _head_length(word: str, heads: frozenset[str], analysis: str) -> int:
    head, apostrophe, rest = word.partition("'")
    if not (apostrophe and rest and head.lower() in heads) or word.lower().startswith(_INDIVISIBLE):
        return 0
    further = elided_length(rest, analysis)
    return len(head) + 1 + further if further or _may_follow(head.lower(), rest) else 0


def _may_follow(head: str, rest: str) -> bool:
    """Whether the short word ``head``, in lower case, loses its last vowel before the word ``rest``."""
    first, second = _letter(rest, 0), _letter(rest, 1)
    if first in _VOWEL_LETTERS or first.isdigit():
        return True
    if first == "f" and second == "h":  # silent in Irish
        return True
    if first == "h":
        return head != "c"  # c'h is a letter of Breton
    if not (head in _DOUBTFUL_HEADS or len(head) > 1):
        return False
    return first in _NAMED_WITH_VOWEL and not (second.isalpha() and second in _VOWEL_LETTERS)


def _letter(word: str, at: int) -> str:
    """Return the letter at offset ``at`` of a word, in lower case without accent, or ``""`` after the end."""
    return unicodedata.normalize("NFKD", word[at : at + 1])[:1].lower()


def part_after_apostrophe(spelling: str, form: str, fold: Callable[[str], str]) -> str:
    """Return the part after an apostrophe that folds to ``form``, or the whole ``spelling`` if no such part does.

    ``fold`` is the function that folds a word.

    >>> part_after_apostrophe("l'Ukraine", "ukraine", str.lower), part_after_apostrophe("d'Amato", "d'amato", str.lower)
    ('Ukraine', "d'Amato")
    """
    at = spelling.find("'")
    while at >= 0:
        if fold(spelling[at + 1 :]) == form:
            return spelling[at + 1 :]
        at = spelling.find("'", at + 1)
    return spelling
