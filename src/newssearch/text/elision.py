"""What a word is written together with, by an apostrophe: ``l'Ukraine``, ``dell'Iraq``, ``qu'il``, ``Sant'Egidio``.

In French, Italian, Catalan, Portuguese and Irish a short word loses its last vowel in front of another, and stands there
with an apostrophe. What is looked for is the word behind it. Articles, prepositions and pronouns (:data:`ELIDED`) are
left out of its term; what has a meaning of its own (:data:`JOINED_TO`) is not, and the word is found by the part behind
the apostrophe too. The lists go back to those of Lucene's analysers for these languages.
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
"""By analysis, what is left out in front of a word."""

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
"""By analysis, what keeps its meaning there: its word is found whole, and by what is behind the apostrophe."""

ANY_ELIDED = frozenset().union(*ELIDED.values())
ANY_JOINED_TO = frozenset().union(*JOINED_TO.values())

_WHOLE = ("presqu'île", "presqu'ile")
"""What is one word of its own."""
_VOWELS = frozenset("aeiouyæœø")
_NAMED_WITH_VOWEL = frozenset("flmnrsx")
"""Consonants whose names begin with a vowel, so that an acronym (``l'FBI``, ``l'F-35``) is elided in front of them."""
_BARE = frozenset("dl")


def elided(word: str, analysis: str) -> int:
    """How many characters in front of a clean word are left out of its term.

    >>> [elided(word, "french") for word in ("l'Ukraine", "qu'il", "d'aujourd'hui", "aujourd'hui", "D'Souza", "N'Djamena")]
    [2, 3, 2, 0, 0, 0]
    >>> elided("dell'Iraq", "italian"), elided("Sant'Egidio", "italian"), elided("d'Artagnan", "english")
    (5, 0, 0)
    """
    known = ELIDED.get(analysis)
    return _before(word, known, analysis) if known is not None else 0


def joined_to(word: str, analysis: str) -> int:
    """How many characters in front of a clean word, of those that :func:`elided` leaves, are not of its last part.

    >>> joined_to("Sant'Egidio", "italian"), joined_to("l'arte", "italian")
    (5, 0)
    """
    known = JOINED_TO.get(analysis)
    return _before(word, known, analysis) if known is not None else 0


def _before(word: str, known: frozenset[str], analysis: str) -> int:
    head, apostrophe, rest = word.partition("'")
    if not (apostrophe and rest and head.lower() in known) or word.lower().startswith(_WHOLE):
        return 0
    further = elided(rest, analysis)
    return len(head) + 1 + further if further or _may_follow(head.lower(), rest) else 0


def _may_follow(head: str, rest: str) -> bool:
    """Whether ``head`` loses its vowel in front of a word."""
    first, second = _letter(rest, 0), _letter(rest, 1)
    if first in _VOWELS or first.isdigit():
        return True
    if first == "f" and second == "h":  # which is silent, in Irish
        return True
    if first == "h":
        return head != "c"  # which is Breton
    if not (head in _BARE or len(head) > 1):
        return False
    return first in _NAMED_WITH_VOWEL and not (second.isalpha() and second in _VOWELS)


def _letter(word: str, at: int) -> str:
    """A letter without accents and capital, or ``""``."""
    return unicodedata.normalize("NFKD", word[at : at + 1])[:1].lower()


def behind(written: str, form: str, fold: Callable[[str], str]) -> str:
    """The part of a word as it is written that its form is of.

    >>> behind("l'Ukraine", "ukraine", str.lower), behind("d'Amato", "d'amato", str.lower)
    ('Ukraine', "d'Amato")
    """
    at = written.find("'")
    while at >= 0:
        if fold(written[at + 1 :]) == form:
            return written[at + 1 :]
        at = written.find("'", at + 1)
    return written
