"""Finds the end of the names in a byline: at a date, whose words are known in all languages, or at a word such as
"published".
"""

from __future__ import annotations

import re
from functools import lru_cache

from newssearch.text.calendar_names import base_of, calendar_names_in
from newssearch.text.publication_words import PUBLICATION_WORDS

PREPOSITIONS = frozenset("am at on um le el il em op den dne à às o del dia día den kl v".split())
"""The words, in lower case, that stand between a name and a date."""

_BYLINE_PART = re.compile(r"[^\s,;|•]+")
_BYLINE_MARK = re.compile(r"\s+[·–—]|[·–—]\s|\s*(?:[|•]|\d{1,2}[.:/]\d|\d{1,2}\.\s?\w|\b(?:19|20)\d\d\b)")
_PLACE = re.compile(r",\s(?:à|en|in|aus|from|at|te|i|w|em|a)\s+[A-Z]")
"""A pattern for the place that may follow the names: ``, à Paris``."""
_WHOLE_DATE = re.compile(r"\s*,\s*\d{1,2}\.?\s+[^\W\d]")
_SEPARATED_DIGIT = re.compile(r"[\s.,]*\d")
_WORD_AND_DIGIT = re.compile(r"[\s.,]*[^\W\d_]{1,4}\.?\s\d")


def names_before_date(text: str, lang: str | None) -> str:
    """Return the start of a byline up to the date, the separator or the word such as "published" after the names.

    >>> names_before_date("Tomas S. Fr, 18. Oktober 2019", "de"), names_before_date("Joe Wee Monday", "en")
    ('Tomas S.', 'Joe Wee')
    >>> names_before_date("Jean Dupont, à Paris", "fr"), names_before_date("Marcel·la Topor", "ca")
    ('Jean Dupont', 'Marcel·la Topor')
    >>> names_before_date("Theresa May, May 3, 2024", "en"), names_before_date("Moritz G. am", "de")
    ('Theresa May', 'Moritz G.')
    """
    end = len(text)
    for pattern in (_BYLINE_MARK, _PLACE):
        if mark := pattern.search(text, 0, end):
            end = mark.start()
    words = list(_BYLINE_PART.finditer(text, 0, end))
    while len(words) > 1 and words[-1][0].strip(".").isdigit() and _is_of_date(words[-2][0], lang):
        end = words.pop().start()
    dated = end < len(text)
    for number, word in enumerate(words):
        rest = text[word.end() :]
        before_date = dated and number == len(words) - 1
        if number and _ends_names(word[0], rest, lang, before_date, number == 1):
            end = word.start()
            break
        if number == 0 and word[0].lower().rstrip(":.") in PUBLICATION_WORDS:
            return ""
    return text[:end].strip(" ,;:-")


def _ends_names(word: str, rest: str, lang: str | None, is_before_date: bool, is_second: bool) -> bool:
    """Whether a word after a name begins a date or the like. ``rest`` is the text after the word.

    A second word is a surname if a date of its own follows it, or none: Theresa May, 3 May 2024; Jan Freitag.
    """
    folded = word.lower().strip(".:(")
    if folded in PUBLICATION_WORDS:
        return word[0].islower() or word.endswith(":") or any(char.isdigit() for char in rest)
    digit = is_before_date or _SEPARATED_DIGIT.match(rest) is not None
    if folded in PREPOSITIONS and word[0].islower():
        return digit or not rest.strip(" ,.:") or is_day(rest.split(maxsplit=1)[0].strip(".,").lower(), lang)
    if folded[:1].isdigit():  # not that of France 24
        following = rest.split(maxsplit=1)
        return is_before_date or len(folded) >= 4 or (bool(following) and _is_of_date(following[0], lang))
    if is_month(folded, lang):
        return digit and not (is_second and _WHOLE_DATE.match(rest))
    return (
        is_day(folded, lang)
        and not (is_second and (not digit or _WHOLE_DATE.match(rest) or rest[:1] == ","))
        and (
            digit
            or _WORD_AND_DIGIT.match(rest) is not None
            or (len(folded) > 3 and (not rest.strip(" ,.") or rest[0] == ","))
        )
    )


def _is_of_date(word: str, lang: str | None) -> bool:
    """Whether a number behind a word may be that of a date."""
    folded = word.lower().strip(".:(,")
    return folded[:1].isdigit() or folded in PREPOSITIONS or is_month(folded, lang) or is_day(folded, lang)


@lru_cache(4096)
def is_month(word: str, lang: str | None) -> bool:
    """Whether a word in lower case, without a point, is the name of a month in a language or in English."""
    return any(names is not None and word in names.months for names in map(calendar_names_in, _codes(lang)))


@lru_cache(4096)
def is_day(word: str, lang: str | None) -> bool:
    """Whether a word in lower case, without a point, is the name of a weekday in a language or in English."""
    return any(names is not None and word in names.days for names in map(calendar_names_in, _codes(lang)))


def _codes(lang: str | None) -> tuple[str, ...]:
    code = base_of((lang or "en").replace("_", "-"))
    return ("en",) if code == "en" else (code, "en")
