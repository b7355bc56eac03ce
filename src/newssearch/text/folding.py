"""Folding: words that differ only in case, accents, compatibility forms or thousands separators become equal."""

from __future__ import annotations

import re

from .elision import part_after_apostrophe
from .spelling import clean, folded_letters
from .tokenizer import TAG_PREFIX

MAX_TERM_CHARS = 128
"""The largest number of characters of a term. The rest of a longer string, which is no word, is cut off."""
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")


def fold(word: str) -> str:
    """Return a word in lower case, without accents, compatibility forms, thousands separators and final full stops.

    The result is ``""`` if nothing is left.

    >>> fold("São"), fold("STRASSE") == fold("Straße"), fold("1,000"), fold("U.S."), fold("ﬁre"), fold("٣٫٥")
    ('sao', True, '1000', 'u.s', 'fire', '3.5')
    """
    return fold_clean(clean(word))


def fold_clean(bare: str) -> str:
    """Return the folded form of a word that :func:`~.spelling.clean` has cleaned."""
    found = folded_letters(bare)
    if _THOUSANDS.match(found):
        found = _THOUSANDS.sub(lambda match: match.group().replace(",", ""), found, count=1)
    # "U.S." at the end of a sentence and "U.S" within one are the same.
    return found[:MAX_TERM_CHARS].rstrip(".")


def without_possessive(word: str) -> str:
    """Return a word, cleaned by :func:`~.spelling.clean`, without its possessive ending.

    >>> without_possessive("Iraq’s"), without_possessive("ISIS")
    ('Iraq', 'ISIS')
    """
    return clean_without_possessive(clean(word))


def clean_without_possessive(word: str) -> str:
    return word[:-2] if len(word) > 2 and word.endswith(("'s", "'S")) else word


def spelled(word: str) -> str:
    """Return the surface form of a word: cleaned, without possessive ending and final full stop, but not folded.

    >>> spelled("Iraq’s"), spelled("U.S."), spelled("US"), spelled("l’OTAN")
    ('Iraq', 'U.S', 'US', "l'OTAN")
    """
    return without_possessive(word).rstrip(".")


def spelled_lower(word: str) -> str:
    """Return the surface form of a word in lower case, without the ``#`` that marks a part of a hashtag.

    >>> spelled_lower("SÃO"), spelled_lower("Straße’s") == spelled_lower("STRASSE")
    ('são', False)
    """
    return spelled(word).lower().lstrip(TAG_PREFIX)


def unelided(spelling: str, form: str) -> str:
    """Return a surface form without the elided beginning that its folded ``form`` lacks.

    >>> unelided("l'OTAN", "otan"), unelided("d'Amato", "d'amato")
    ('OTAN', "d'Amato")
    """
    return part_after_apostrophe(spelling, form, fold) if "'" in spelling else spelling


def whole_form(spelling: str) -> str:
    """Return the folded form of a surface form, including the elided beginning (``l'otan``)."""
    return fold(spelling.lstrip(TAG_PREFIX))


def possible_forms(word: str) -> list[str]:
    """Return the folded forms that a word may have in one language or another: whole, and after each apostrophe.

    >>> possible_forms("l'OTAN’s"), possible_forms("US")
    (["l'otan", 'otan'], ['us'])
    """
    bare = without_possessive(word.lstrip(TAG_PREFIX))
    found = [fold(bare) or fold(word)]
    found += (fold(bare[at + 1 :]) for at, char in enumerate(bare) if char == "'")
    return [form for form in dict.fromkeys(found) if form]
