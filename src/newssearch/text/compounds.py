"""Compounds: words that are written with a hyphen, as one word or separately (Al-Abbasi, AlAbbasi, al Abbasi).

Words with hyphens between them, and the parts of a hashtag or handle with capitals inside (#BlackLivesMatter), are
separate words side by side. They are also *joined* into one word: ``ceasefire`` finds cease-fire. A word with capitals
inside also has *parts*: ``"al Abbasi"`` finds AlAbbasi. Words with spaces between them are not joined, and a word in
lower case is not divided: ``therapist`` does not find "the rapist".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from newssearch.system.lazy_regex import Pattern

from .spelling import APOSTROPHES, IGNORABLE, LETTER_APOSTROPHES, SUPERSCRIPTS

MAX_JOINED_WORDS = 4
"""The largest number of hyphenated words that are joined into one."""
MAX_PARTS = 8
"""The largest number of parts of a word with capitals inside, a hashtag or a handle. One with more is not divided."""
MIN_PART_LETTERS = 2
"""The smallest number of letters of a part of a word with capitals inside, so that iPhone is not divided."""
NON_JOINER = "\u200c"
"""The zero-width non-joiner. It stands between the parts of a word in Persian; outside Arabic script it is ignored."""
HYPHENS = f"-\u05be\u2010\u2011\ufe63\uff0d{NON_JOINER}"
"""The hyphens, and the other characters that join words. Dashes do not join words."""
TAGS = "#＃@＠"
"""The signs with which hashtags and handles begin."""

Offsets = tuple[int, int]


_PLURAL_ACRONYM = r"[^\0-@\[-\x7f\xdf-\xff]s(?!\w)"  # a class of a large range would take 4 ms to compile
"""Matches in every text that contains the plural of an acronym (``NGOs``), and in some other texts."""
_LEADING_PUNCTUATION = ".,;:!?…\"'“”‘’«»()[]"
_JOINING_MARKS = frozenset(HYPHENS + TAGS)
_JOINED_IN_CHUNK = Pattern(rf"[{HYPHENS}][{IGNORABLE}]*\w|[{TAGS}]\w")
_FOUND_BY_A_PART = Pattern(f"[{SUPERSCRIPTS}]|{_PLURAL_ACRONYM}")
_ANY_APOSTROPHE = frozenset(APOSTROPHES + LETTER_APOSTROPHES)
MARK_CATEGORIES = frozenset({"Mn", "Mc", "Me", "Cf"})
"""The Unicode categories of combining marks and of invisible characters."""
_INVISIBLE_RUN = Pattern(f"[{IGNORABLE}]+")


def may_be_compound(text: str) -> bool:
    """Whether a piece of a text between spaces may contain a compound. The check is quick, and False for most pieces.

    >>> may_be_compound("(Iraq’s"), may_be_compound("NATO,"), may_be_compound("3,000"), may_be_compound("AlAbbasi")
    (False, False, False, True)
    """
    word = text.lstrip(_LEADING_PUNCTUATION)
    behind = word[1:]
    if behind != behind.lower() and word != word.upper():
        return True
    return not _JOINING_MARKS.isdisjoint(text) and _JOINED_IN_CHUNK.search(text) is not None


def may_have_parts(text: str, *, joined_to: bool) -> bool:
    """Whether ``text`` may contain a word that a query also finds by a part of it (km of km², NGO of NGOs).

    ``joined_to`` tells whether a part after an apostrophe counts (:data:`.elision.JOINED_TO`).

    >>> may_have_parts("ex-MPs", joined_to=False), may_have_parts("Sant’Egidio", joined_to=True)
    (True, True)
    """
    return (joined_to and not _ANY_APOSTROPHE.isdisjoint(text)) or _FOUND_BY_A_PART.search(text) is not None


def singular_of(word: str) -> str:
    """Return the singular of a plural acronym, or ``""`` for any other word; both cleaned (:func:`.spelling.clean`).

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
    """Return the parts of a hashtag or a handle without its sign. A number is a part too.

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
    """Return the base letters and the digits of a word, each with its offset in the word.

    Combining marks and invisible characters are left out. ``É`` is E, whether it is composed or decomposed.
    """
    if word.isascii():
        return [(letter, at) for at, letter in enumerate(word)]
    return [
        (unicodedata.normalize("NFD", char)[0], at)
        for at, char in enumerate(word)
        if not at or unicodedata.category(char) not in MARK_CATEGORIES
    ]


def _begins_part(letters: Sequence[tuple[str, int]], at: int) -> bool:
    """Whether ``letters[at]`` begins a part: a capital after a small letter, or between a capital and a small one."""
    before, here = letters[at - 1][0], letters[at][0]
    behind = letters[at + 1][0] if at + 1 < len(letters) else ""
    return _is_capital(here) and (_is_small(before) or (_is_capital(before) and _is_small(behind)))


def _is_capital(letter: str) -> bool:
    """Whether a letter has a lower-case form. The mathematical capital 𝐀 has none, and does not count as a capital."""
    return letter != letter.lower()


def _is_small(letter: str) -> bool:
    return letter != letter.upper()


def _cut_before(word: str, letters: Sequence[tuple[str, int]], cuts: Sequence[int]) -> list[str]:
    """Return the parts of ``word``, cut before the letters whose indices in ``letters`` are ``cuts``.

    The word stays whole if a part would have fewer than :data:`MIN_PART_LETTERS`, or if it would have too many parts.
    """
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
    """Whether the word at offset ``start`` follows a ``#`` or ``@`` that has no letter or digit before it."""
    if start == 0 or text[start - 1] not in TAGS:
        return False
    at = start - 2
    while at >= 0 and unicodedata.category(text[at]) in MARK_CATEGORIES:
        at -= 1
    return at < 0 or not text[at].isalnum()


def joined_words(text: str, spans: Sequence[Offsets]) -> Iterator[tuple[int, int, str]]:
    """Yield the words that adjacent words make when joined: number of the first word, number of words, joined word.

    Words with hyphens between them are joined, up to :data:`MAX_JOINED_WORDS`, and all parts of a hashtag or a handle.
    ``spans`` are the offsets of the words in ``text``.

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
