"""Compounds: words written with a hyphen, as one word, or separately: Al-Abbasi, AlAbbasi, al Abbasi; #BlackLivesMatter.

Words joined by hyphens, and the parts of a hashtag or handle with capitals inside, are separate words side by side. They
are also *joined* into one word: ``ceasefire`` finds cease-fire. A word with capitals inside also has *parts*:
``"al Abbasi"`` finds AlAbbasi. Nothing is guessed from separate words, or from a word in lower case: ``therapist`` does
not find "the rapist".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from newssearch.system.lazy_regex import Pattern

from .elision import ANY_JOINED_TO
from .spelling import APOSTROPHES, IGNORABLE, LETTER_APOSTROPHES, SUPERSCRIPTS

MAX_JOINED_WORDS = 4
"""The largest number of hyphenated words that are joined into one."""
MAX_PARTS = 8
"""The largest number of parts of a word with capitals inside, of a hashtag or of a handle."""
MIN_PART_LETTERS = 2
"""The smallest number of letters of a part."""
NON_JOINER = "\u200c"
"""The zero-width non-joiner. It joins the parts of a word in Persian; outside Arabic script it is ignored."""
HYPHENS = f"-\u05be\u2010\u2011\ufe63\uff0d{NON_JOINER}"
"""The characters that join words. Dashes do not."""
TAGS = "#＃@＠"
"""The characters before a hashtag or a handle."""

Offsets = tuple[int, int]


_PLURAL_ACRONYM = r"[A-Z\x80-\xde\u0100-\U0010ffff]s(?!\w)"
"""Matches in every text with the plural of an acronym, and in some others."""
_LEADING_PUNCTUATION = ".,;:!?…\"'“”‘’«»()[]"
_JOINING_MARKS = frozenset(HYPHENS + TAGS)
_JOINED_IN_CHUNK = Pattern(rf"[{HYPHENS}][{IGNORABLE}]*\w|[{TAGS}]\w")
_BEHIND_JOINED_TO = "|".join(f"(?<={word}.)" for word in sorted(ANY_JOINED_TO))
MAY_JOIN = Pattern(
    rf"[{HYPHENS}][{IGNORABLE}]*\w|[{TAGS}]\w|[{SUPERSCRIPTS}](?<=\w.)|{_PLURAL_ACRONYM}"
    rf"|[{APOSTROPHES}{LETTER_APOSTROPHES}](?:(?i:{_BEHIND_JOINED_TO})|(?<=[{IGNORABLE}].))"
)
"""Matches in every text with words that are joined, or found by a part. Each alternative begins with a character class, so
that a text without these characters is scanned ten times as fast."""
MAY_HAVE_CAPITALS_INSIDE = Pattern(
    rf"(?:[a-z][A-Z]|[A-Z][A-Z][a-z]|[^\W\d_a-zA-Z]|[\u0300-\u036f{IGNORABLE}]|[{TAGS}]\w)\S*"
)
"""Matches in every text with capitals inside a word; accented letters give false positives."""
_FOUND_BY_A_PART = Pattern(f"[{SUPERSCRIPTS}]|{_PLURAL_ACRONYM}")
_ANY_APOSTROPHE = frozenset(APOSTROPHES + LETTER_APOSTROPHES)
MARK_CATEGORIES = frozenset({"Mn", "Mc", "Me", "Cf"})
"""The Unicode categories of combining marks and of invisible characters."""
_INVISIBLE_RUN = Pattern(f"[{IGNORABLE}]+")


def may_be_compound(text: str) -> bool:
    """Whether a piece of a text may contain compounds. A quick check that clears most pieces.

    >>> may_be_compound("(Iraq’s"), may_be_compound("NATO,"), may_be_compound("3,000"), may_be_compound("AlAbbasi")
    (False, False, False, True)
    """
    word = text.lstrip(_LEADING_PUNCTUATION)
    behind = word[1:]
    if behind != behind.lower() and word != word.upper():
        return True
    return not _JOINING_MARKS.isdisjoint(text) and _JOINED_IN_CHUNK.search(text) is not None


def may_have_parts(text: str, *, joined_to: bool) -> bool:
    """Whether there may be words that are also found by a part; ``joined_to``: whether the part after an apostrophe counts.

    >>> may_have_parts("ex-MPs", joined_to=False), may_have_parts("Sant’Egidio", joined_to=True)
    (True, True)
    """
    return (joined_to and not _ANY_APOSTROPHE.isdisjoint(text)) or _FOUND_BY_A_PART.search(text) is not None


def singular_of(word: str) -> str:
    """Return the acronym whose plural a clean word is, or ``""``.

    >>> singular_of("NGOs"), singular_of("PhDs"), singular_of("As"), singular_of("#NGOs")
    ('NGO', 'PhD', '', '')
    """
    is_plural = len(word) > MIN_PART_LETTERS and word[-1] == "s" and _is_capital(word[-2]) and word.isalpha()
    return word[:-1] if is_plural else ""


def camel_case_parts(word: str) -> list[str]:
    """Return the parts of a word with capitals inside, or the word alone if it has none.

    >>> [camel_case_parts(word) for word in ("AlAbbasi", "BlackLivesMatter", "USAToday", "NATO", "iPhone")]
    [['Al', 'Abbasi'], ['Black', 'Lives', 'Matter'], ['USA', 'Today'], ['NATO'], ['iPhone']]
    """
    if word[1:].islower() or word.isupper() or len(word) < 2 * MIN_PART_LETTERS:
        return [word]
    letters = _base_letters(word)
    return _cut_before(word, letters, [at for at in range(1, len(letters)) if _begins_part(letters, at)])


def tag_parts(word: str) -> list[str]:
    """Return the parts of a hashtag or a handle. A number is a part too.

    >>> tag_parts("Brexit2019"), tag_parts("StopTheSteal"), tag_parts("G20"), tag_parts("iraq")
    (['Brexit', '2019'], ['Stop', 'The', 'Steal'], ['G20'], ['iraq'])
    """
    letters = _base_letters(word)
    numbers = [letter.isdigit() for letter, _ in letters]
    cuts = [
        at
        for at in range(1, len(letters))
        if _begins_part(letters, at) or (numbers[at] != numbers[at - 1] and letters[0][0].isalpha())
    ]
    return _cut_before(word, letters, cuts)


def _base_letters(word: str) -> list[tuple[str, int]]:
    """Return the letters and digits of a word with their offsets, without combining marks and invisible characters.

    They are the same in any encoding: ``É`` is E, composed or decomposed.
    """
    if word.isascii():
        return [(letter, at) for at, letter in enumerate(word)]
    return [
        (unicodedata.normalize("NFD", char)[0], at)
        for at, char in enumerate(word)
        if not at or unicodedata.category(char) not in MARK_CATEGORIES
    ]


def _begins_part(letters: Sequence[tuple[str, int]], at: int) -> bool:
    """Whether a part begins with letter number ``at``."""
    before, here = letters[at - 1][0], letters[at][0]
    behind = letters[at + 1][0] if at + 1 < len(letters) else ""
    return _is_capital(here) and (_is_small(before) or (_is_capital(before) and _is_small(behind)))


def _is_capital(letter: str) -> bool:
    """Whether a letter has a lower case. The mathematical capital 𝐀 has none."""
    return letter != letter.lower()


def _is_small(letter: str) -> bool:
    return letter != letter.upper()


def _cut_before(word: str, letters: Sequence[tuple[str, int]], cuts: Sequence[int]) -> list[str]:
    """Return a word cut before the given letters, or whole if a part would have too few letters."""
    bounds = list(pairwise((0, *cuts, len(letters))))
    for low, high in bounds:
        part = [letter for letter, _ in letters[low:high]]
        if sum(map(str.isalnum, part)) < MIN_PART_LETTERS and not all(map(str.isdigit, part)):
            return [word]
    if len(bounds) > MAX_PARTS:
        return [word]
    starts = [letters[low][1] for low, _ in bounds]
    return [word[start:end] for start, end in pairwise((*starts, len(word)))]


def is_tag(text: str, start: int) -> bool:
    """Whether the word at ``start`` follows ``#`` or ``@``, with no letter before that sign."""
    if start == 0 or text[start - 1] not in TAGS:
        return False
    at = start - 2
    while at >= 0 and unicodedata.category(text[at]) in MARK_CATEGORIES:
        at -= 1
    return at < 0 or not text[at].isalnum()


def joined_words(text: str, spans: Sequence[Offsets]) -> Iterator[tuple[int, int, str]]:
    """Yield the words that adjacent words of a text make together: number of the first, number of words, joined word.

    >>> list(joined_words("post-cease-fire", [(0, 4), (5, 10), (11, 15)]))
    [(0, 2, 'postcease'), (0, 3, 'postceasefire'), (1, 2, 'ceasefire')]
    """
    first = 0
    while first < len(spans) - 1:
        last = first
        tag = is_tag(text, spans[first][0])
        while last + 1 < len(spans) and _linked(text, spans[last][1], spans[last + 1][0], tag):
            last += 1
        if tag and last > first:
            if last - first < MAX_PARTS:
                yield first, last - first + 1, _joined_text(text, spans[first : last + 1])
            first = last + 1
            continue
        for start in range(first, last):
            for end in range(start + 1, min(last, start + MAX_JOINED_WORDS - 1) + 1):
                if text[spans[start][0]].isalpha():
                    yield start, end - start + 1, _joined_text(text, spans[start : end + 1])
        first = max(last, first + 1)


def _linked(text: str, end: int, start: int, tag: bool) -> bool:
    if tag or start == end:
        return start == end
    between = text[end:start]
    return text[end] in HYPHENS and (len(between) == 1 or _INVISIBLE_RUN.fullmatch(between, 1) is not None)


def _joined_text(text: str, spans: Sequence[Offsets]) -> str:
    return "".join(text[start:end] for start, end in spans)
