"""Transcribed names, which have several spellings: Qaddafi, Gadhafi, Kadhafi.

Two spellings are of one name if their consonants belong to the same classes in the same order, and their vowels are
close. A class holds the romanisations of one letter (``q``, ``g``, ``k`` and ``kh`` for قاف). Two vowels are close if
their sounds are neighbours: ``u`` and ``o``, ``e`` and ``i``, or ``a`` and ``e``; ``a`` and ``u`` are less close. The
Arabic article (``al-``, ``el-``) may be absent, or be followed by a hyphen, a space or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from newssearch.system.lazy_regex import Pattern
from newssearch.text.folding import fold, without_possessive
from newssearch.text.tokenizer import word_matches as words_of

MIN_NAME_LETTERS = 4
"""The smallest number of letters in a name that is searched in other spellings."""
MIN_LONG_NAME_CONSONANTS = 3
"""The number of consonants from which on the vowels of a spelling may differ by a total distance of 2 instead of 1."""

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
"""The classes of consonants: for each, a pattern of its spellings, longest first, and the letters that may begin them.

An ``h`` after any spelling makes no difference: ``kh``, ``gh``, ``th``."""
_NAME_VOWELS = "aeiouy"
_LETTER_GROUP = Pattern(
    f"(?P<vowels>[{_NAME_VOWELS}']+)|"
    + "|".join(f"(?P<c{n}>{group})" for n, (group, _) in enumerate(_CONSONANT_CLASSES))
)
_LATIN_NAME = Pattern(r"[a-z][a-z']*")
_JOINED_ARTICLE = Pattern(r"[ae]l(?=[a-z']{4})")
ARTICLES = frozenset({"al", "el"})
"""The forms of the Arabic article. Where it is a separate word, it is part of the name that follows."""

_VOWEL_QUALITIES = (
    ("u", r"oo+|ou+|u+"),
    ("i", r"(?:[iy]|ee)+j?|ie+"),
    ("e", r"[ae][iy]+|e+"),
    ("o", r"au|o+"),
    ("a", r"a+"),
)
_VOWEL_SOUND = Pattern(
    "|".join(f"(?P<{sound}>{group})" for sound, group in _VOWEL_QUALITIES) + "|(?P<other>.)"
)
_VOWEL_DISTANCES = {frozenset("uo"): 1, frozenset("ei"): 1, frozenset("ae"): 1, frozenset("au"): 2}
_TOO_FAR = 9


class Spelling(NamedTuple):
    """A name, with or without its article, compiled to be compared with words.

    The groups of ``pattern`` are the vowels of a word before, between and after the consonants; ``vowels`` are those of
    the name. ``allowed`` is the largest permitted sum of the distances between them. A matching word begins with one of
    ``first_letters``, or with the article.
    """

    pattern: re.Pattern[str]
    vowels: tuple[str, ...]
    allowed: int
    first_letters: str


@lru_cache(maxsize=256)
def core(name: str) -> str | None:
    """Return a name folded, and without its article if that is a separate word (``Al-``).

    Returns None if the rest is not a single word of at least :data:`MIN_NAME_LETTERS` Latin letters and two consonants.

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
    """Return a name compiled for comparison: as it is and, if it begins with an article, also without it."""
    found = core(name)
    assert found is not None, "the query holds only valid names"
    article = _JOINED_ARTICLE.match(found)
    cores = [found] if article is None else [found, found[article.end() :]]
    return tuple(filter(None, map(_spelling, cores)))


def is_spelling(name: str, form: str) -> bool:
    """Whether a folded word is a spelling of a name.

    >>> [form for form in ("gadhafi", "kadhafy", "qaddafi", "gandhi", "godiva") if is_spelling("Qaddafi", form)]
    ['gadhafi', 'kadhafy', 'qaddafi']
    >>> [form for form in ("almaalomah", "ma'louma", "millom") if is_spelling("Al-Maalouma", form)]
    ['almaalomah', "ma'louma"]
    """
    return any(_fits(spelling, form) for spelling in spellings(name))


def is_name(name: str, form: str, spelled: str) -> bool:
    """Whether a word spells a name and has a capital. ``form`` is the folded word, ``spelled`` the word as written."""
    return spelled.lower() != spelled and is_spelling(name, form)


def beginnings(name: str) -> Iterator[str]:
    """Yield the prefixes with which any spelling of a name begins: single letters, and the forms of the article."""
    return iter(sorted({*"".join(spelling.first_letters for spelling in spellings(name)), "al", "el"}))


def _spelling(form: str) -> Spelling | None:
    """Compile a folded name; return None if it has fewer than two consonants."""
    vowels = [""]
    classes: list[int] = []
    for group in _LETTER_GROUP.finditer(form):
        kind = group.lastgroup or ""
        if kind == "vowels":
            vowels[-1] = group[0]
        elif (
            group[0] in "hj"
            and classes
            and (group.end() == len(form) or (group[0] == "h" and not vowels[-1]))
        ):
            continue  # it only modifies the sound before it
        elif classes and not vowels[-1] and classes[-1] == int(kind[1:]):
            continue  # a doubled consonant
        else:
            classes.append(int(kind[1:]))
            vowels.append("")
    if len(classes) < 2:
        return None
    gap = rf"([{_NAME_VOWELS}']*)"
    first = rf"([{_NAME_VOWELS}']+)" if vowels[0] else "()"
    consonants = (
        f"(?:(?:{_CONSONANT_CLASSES[number][0]}){'' if _CONSONANT_CLASSES[number][0] == 'h' else 'h*'})+"
        for number in classes
    )
    expression = f"(?:[ae]l)?{first}{''.join(f'{one}{gap}' for one in consonants)}[hj]*"
    first_letters = _NAME_VOWELS if vowels[0] else _CONSONANT_CLASSES[classes[0]][1]
    return Spelling(
        re.compile(expression), tuple(vowels), 1 + (len(classes) >= MIN_LONG_NAME_CONSONANTS), first_letters
    )


def _fits(spelling: Spelling, form: str) -> bool:
    found = spelling.pattern.fullmatch(form)
    if found is None:
        return False
    *pairs, last = zip(spelling.vowels, found.groups(), strict=True)
    total = sum(_vowel_distance(one, other) for one, other in pairs)
    return (
        total + (0 if set(last) == {"", "e"} else _vowel_distance(*last)) <= spelling.allowed
    )  # a silent e: Poutine


def _vowel_distance(one: str, other: str) -> int:
    """Return the sum of the distances between the sounds of two runs of vowels.

    It is :data:`_TOO_FAR` or more if the runs have different numbers of sounds, or unrelated ones.
    """
    sounds, others = _sounds(one), _sounds(other)
    if len(sounds) != len(others):
        return _TOO_FAR
    return sum(
        _VOWEL_DISTANCES.get(frozenset(pair), _TOO_FAR)
        for pair in zip(sounds, others, strict=True)
        if pair[0] != pair[1]
    )


def _sounds(vowels: str) -> str:
    """Return the sounds of a run of vowels, each as one letter."""
    found = _VOWEL_SOUND.finditer(vowels.replace("'", ""))
    return "".join(match.lastgroup or "" for match in found)
