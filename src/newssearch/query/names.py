"""Names that are written in several spellings_, because they come from another script: Qaddafi, Gadhafi, Kadhafi.

Two spellings are one name if their consonants are of the same classes in the same order, and their vowels are close.
Classes hold what romanisations of one letter choose between (``q``, ``g``, ``k`` and ``kh`` for قاف); vowels are close
if they are of neighbouring quality (``u`` and ``o``, ``e`` and ``i``, ``a`` and ``e``); ``a`` and ``u`` are less so.
The article of Arabic names (``al-``, ``el-``) may be there or not, with a hyphen, a space or nothing behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import fold, without_possessive
from newssearch.text.analysis import words as words_of

MIN_NAME_LETTERS = 4
"""Letters of a name that is worth looking for in other spellings."""
MIN_LONG_NAME_CONSONANTS = 3
"""Consonants from which on two vowels may be close instead of one."""

_CONSONANT_CLASSES = (
    (r"tsch|tch|sch|sh|ch", "shsch"),
    (r"dsch|dzh|dj|zh|j", "j"),
    (r"ts(?!h)|tz", "t"),
    (r"s(?!h|ch)|z(?!h)|c(?=[eiy])", "szc"),
    (r"[kgq]|c(?![eiyh])", "kgqc"),
    (r"t", "t"),
    (r"d", "d"),
    (r"ph|[vwf]", "vwfp"),
    (r"p(?!h)", "p"),
    (r"b", "b"),
    (r"l", "l"),
    (r"m", "m"),
    (r"n", "n"),
    (r"r", "r"),
    (r"x", "x"),
    (r"h", "h"),
)
"""The spellings of each class of consonants, longest first, and the letters with which these begin.

Behind all of them an ``h`` makes no difference: ``kh``, ``gh``, ``th``.
"""
_VOWEL_LETTERS = "aeiouy"
_LETTER_GROUP = Pattern(
    f"(?P<vowels>[{_VOWEL_LETTERS}']+)|"
    + "|".join(f"(?P<c{n}>{spellings_})" for n, (spellings_, _) in enumerate(_CONSONANT_CLASSES))
)
_LATIN_NAME = Pattern(r"[a-z][a-z']*")
_JOINED_ARTICLE = Pattern(r"[ae]l(?=[a-z']{4})")
ARTICLES = frozenset({"al", "el"})
"""The forms of the article, where it is a word of its own: part of the name behind it."""

_VOWEL_QUALITIES = (
    ("u", r"oo+|ou+|u+"),
    ("i", r"(?:[iy]|ee)+j?|ie+"),
    ("e", r"[ae][iy]+|e+"),
    ("o", r"au|o+"),
    ("a", r"a+"),
)
_VOWEL_SOUND = Pattern(
    "|".join(f"(?P<{sound}>{spellings_})" for sound, spellings_ in _VOWEL_QUALITIES) + "|(?P<other>.)"
)
_VOWEL_DISTANCES = {frozenset("uo"): 1, frozenset("ei"): 1, frozenset("ae"): 1, frozenset("au"): 2}
_TOO_FAR = 9


class Spelling(NamedTuple):
    """A name as it may be written: a pattern whose groups are the vowels between the consonants, and these."""

    pattern: re.Pattern[str]
    vowels: tuple[str, ...]
    allowed: int
    first_letters: str


@lru_cache(maxsize=256)
def core(name: str) -> str | None:
    """A name folded, without the article in front of it; None where it is no name of Latin letters.

    >>> core("Al-Ma’louma"), core("Qaddafi"), core("Muammar Qaddafi"), core("Зеленский")
    ("ma'louma", 'qaddafi', None, None)
    """
    parts = [fold(without_possessive(match.group())) for match in words_of(name)]
    if len(parts) == 2 and parts[0] in ARTICLES:
        del parts[0]
    if len(parts) != 1 or _LATIN_NAME.fullmatch(parts[0]) is None:
        return None
    return (
        parts[0]
        if len(parts[0].replace("'", "")) >= MIN_NAME_LETTERS and _spelling(parts[0]) is not None
        else None
    )


@lru_cache(maxsize=256)
def spellings(name: str) -> tuple[Spelling, ...]:
    """How a name may be written: with its article and without it, where it has one."""
    found = core(name)
    assert found is not None, "a name has been looked at before it is looked for"
    article = _JOINED_ARTICLE.match(found)
    spellings_ = [found] if article is None else [found, found[article.end() :]]
    return tuple(filter(None, map(_spelling, spellings_)))


def is_spelling(name: str, form: str) -> bool:
    """Whether a folded word may be a name.

    >>> [form for form in ("gadhafi", "kadhafy", "qaddafi", "gandhi", "godiva") if is_spelling("Qaddafi", form)]
    ['gadhafi', 'kadhafy', 'qaddafi']
    >>> [form for form in ("almaalomah", "ma'louma", "millom") if is_spelling("Al-Maalouma", form)]
    ['almaalomah', "ma'louma"]
    """
    return any(_fits(way, form) for way in spellings(name))


def is_name(name: str, form: str, as_written: str) -> bool:
    """Whether a word, by its form and as it is written, may be a name: with a capital."""
    return as_written.lower() != as_written and is_spelling(name, form)


def beginnings(name: str) -> Iterator[str]:
    """What each of the spellings of a name first_letters with."""
    return iter(sorted({*"".join(way.first_letters for way in spellings(name)), "al", "el"}))


def _spelling(form: str) -> Spelling | None:
    """The spelling of a folded name; None where it has less than two consonants."""
    vowels = [""]
    classes: list[int] = []
    for unit in _LETTER_GROUP.finditer(form):
        kind = unit.lastgroup or ""
        if kind == "vowels":
            vowels[-1] = unit[0]
        elif unit[0] in "hj" and classes and (unit.end() == len(form) or (unit[0] == "h" and not vowels[-1])):
            continue  # it only colours what is before it
        elif classes and not vowels[-1] and classes[-1] == int(kind[1:]):
            continue  # a doubled consonant
        else:
            classes.append(int(kind[1:]))
            vowels.append("")
    if len(classes) < 2:
        return None
    gap = rf"([{_VOWEL_LETTERS}']*)"
    first = rf"([{_VOWEL_LETTERS}']+)" if vowels[0] else "()"
    consonants = (
        f"(?:(?:{_CONSONANT_CLASSES[number][0]}){'' if _CONSONANT_CLASSES[number][0] == 'h' else 'h*'})+"
        for number in classes
    )
    expression = f"(?:[ae]l)?{first}{''.join(f'{one}{gap}' for one in consonants)}[hj]*"
    first_letters = _VOWEL_LETTERS if vowels[0] else _CONSONANT_CLASSES[classes[0]][1]
    return Spelling(
        re.compile(expression), tuple(vowels), 1 + (len(classes) >= MIN_LONG_NAME_CONSONANTS), first_letters
    )


def _fits(way: Spelling, form: str) -> bool:
    found = way.pattern.fullmatch(form)
    if found is None:
        return False
    *pairs, last = zip(way.vowels, found.groups(), strict=True)
    apart = sum(_vowel_distance(one, other) for one, other in pairs)
    return apart + (0 if set(last) == {"", "e"} else _vowel_distance(*last)) <= way.allowed  # Poutine


def _vowel_distance(one: str, other: str) -> int:
    """How far vowels are from each other."""
    sounds, others = _sounds(one), _sounds(other)
    if len(sounds) != len(others):
        return _TOO_FAR
    return sum(
        _VOWEL_DISTANCES.get(frozenset(pair), _TOO_FAR)
        for pair in zip(sounds, others, strict=True)
        if pair[0] != pair[1]
    )


def _sounds(vowels: str) -> str:
    """Vowels by their quality, a letter each."""
    found = _VOWEL_SOUND.finditer(vowels.replace("'", ""))
    return "".join(match.lastgroup or "" for match in found)
