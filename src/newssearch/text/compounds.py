"""Words that are written as one, with hyphens, or apart: Al-Abbasi, AlAbbasi, al Abbasi; #BlackLivesMatter.

What stands in a text with hyphens, or parted by its capitals behind ``#`` and ``@``, is words side by side, and also
*joined* the one word that they make without them: ``ceasefire`` finds cease-fire. A word with capitals inside is also
its *parts*: ``"al Abbasi"`` finds AlAbbasi. Nothing is guessed from words that stand apart, or from one in small
letters: ``therapist`` does not find "the rapist".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from newssearch.system.lazy_regex import Pattern

from .elision import ANY_JOINED_TO
from .spelling import APOSTROPHES, IGNORABLE, LETTER_APOSTROPHES, SUPERSCRIPTS

MOST_JOINED = 4
"""Words with hyphens between them that make one."""
MOST_PARTS = 8
"""Parts of a word with capitals inside, or behind ``#`` and ``@``."""
LEAST = 2
"""Letters of a part."""
NON_JOINER = "\u200c"
"""What joins the parts of a word in Persian, and is invisible in other scripts than the Arabic."""
HYPHENS = f"-\u05be\u2010\u2011\ufe63\uff0d{NON_JOINER}"
"""What joins words; a dash does not."""
TAGS = "#＃@＠"
"""What stands before a word that is parted by its capitals."""

Span = tuple[int, int]


_PLURAL_ACRONYM = r"[A-Z\x80-\xde\u0100-\U0010ffff]s(?!\w)"
"""What is in each text with an acronym in the plural, and in some others."""
_BEFORE = ".,;:!?…\"'“”‘’«»()[]"
_MARKS = frozenset(HYPHENS + TAGS)
_JOINED = Pattern(rf"[{HYPHENS}][{IGNORABLE}]*\w|[{TAGS}]\w")
_BEHIND_JOINED_TO = "|".join(f"(?<={word}.)" for word in sorted(ANY_JOINED_TO))
JOINED = Pattern(
    rf"[{HYPHENS}][{IGNORABLE}]*\w|[{TAGS}]\w|[{SUPERSCRIPTS}](?<=\w.)|{_PLURAL_ACRONYM}"
    rf"|[{APOSTROPHES}{LETTER_APOSTROPHES}](?:(?i:{_BEHIND_JOINED_TO})|(?<=[{IGNORABLE}].))"
)
"""What is in each text in which words are joined, or found by a part. Each alternative begins with a set of characters, so
that a text without any of them is gone over ten times as fast."""
PARTED = Pattern(rf"(?:[a-z][A-Z]|[A-Z][A-Z][a-z]|[^\W\d_a-zA-Z]|[\u0300-\u036f{IGNORABLE}]|[{TAGS}]\w)\S*")
"""What is in each text in which a word has capitals inside, and in many another that has letters with accents."""
_PARTS = Pattern(f"[{SUPERSCRIPTS}]|{_PLURAL_ACRONYM}")
_APOSTROPHES = frozenset(APOSTROPHES + LETTER_APOSTROPHES)
_UPON_LETTERS = frozenset({"Mn", "Mc", "Me", "Cf"})
"""The categories of marks and of what is invisible."""
_INVISIBLE = Pattern(f"[{IGNORABLE}]+")


def there_may_be(text: str) -> bool:
    """Whether there can be words that are joined or parted: what is quick to tell of most pieces of a text.

    >>> there_may_be("(Iraq’s"), there_may_be("NATO,"), there_may_be("3,000"), there_may_be("AlAbbasi")
    (False, False, False, True)
    """
    word = text.lstrip(_BEFORE)
    behind = word[1:]
    if behind != behind.lower() and word != word.upper():
        return True
    return not _MARKS.isdisjoint(text) and _JOINED.search(text) is not None


def may_have_parts(text: str, *, joined_to: bool) -> bool:
    """Whether there can be words that are found by a part; ``joined_to`` tells whether that may be what is behind an
    apostrophe.

    >>> may_have_parts("ex-MPs", joined_to=False), may_have_parts("Sant’Egidio", joined_to=True)
    (True, True)
    """
    return (joined_to and not _APOSTROPHES.isdisjoint(text)) or _PARTS.search(text) is not None


def singular_of(word: str) -> str:
    """The acronym whose plural a clean word is, or ``""``.

    >>> singular_of("NGOs"), singular_of("PhDs"), singular_of("As"), singular_of("#NGOs")
    ('NGO', 'PhD', '', '')
    """
    is_plural = len(word) > LEAST and word[-1] == "s" and _is_capital(word[-2]) and word.isalpha()
    return word[:-1] if is_plural else ""


def parts_of(word: str) -> list[str]:
    """The parts of a word with capitals inside; the word alone where it has none.

    >>> parts_of("AlAbbasi"), parts_of("BlackLivesMatter"), parts_of("USAToday"), parts_of("NATO"), parts_of("iPhone")
    (['Al', 'Abbasi'], ['Black', 'Lives', 'Matter'], ['USA', 'Today'], ['NATO'], ['iPhone'])
    """
    if word[1:].islower() or word.isupper() or len(word) < 2 * LEAST:
        return [word]
    letters = _letters(word)
    return _cut(word, letters, [at for at in range(1, len(letters)) if _begins(letters, at)])


def parts_of_tag(word: str) -> list[str]:
    """The same of a word behind ``#`` or ``@``, where a number is a part too.

    >>> parts_of_tag("Brexit2019"), parts_of_tag("StopTheSteal"), parts_of_tag("G20"), parts_of_tag("iraq")
    (['Brexit', '2019'], ['Stop', 'The', 'Steal'], ['G20'], ['iraq'])
    """
    letters = _letters(word)
    numbers = [letter.isdigit() for letter, _ in letters]
    cuts = [
        at
        for at in range(1, len(letters))
        if _begins(letters, at) or (numbers[at] != numbers[at - 1] and letters[0][0].isalpha())
    ]
    return _cut(word, letters, cuts)


def _letters(word: str) -> list[tuple[str, int]]:
    """The letters and digits of a word without the marks and what is invisible behind each, and where they begin.

    However a word is encoded, it has the same letters: ``É`` is E, composed or not.
    """
    if word.isascii():
        return [(letter, at) for at, letter in enumerate(word)]
    return [
        (unicodedata.normalize("NFD", char)[0], at)
        for at, char in enumerate(word)
        if not at or unicodedata.category(char) not in _UPON_LETTERS
    ]


def _begins(letters: Sequence[tuple[str, int]], at: int) -> bool:
    """Whether a part begins with that letter."""
    before, here = letters[at - 1][0], letters[at][0]
    behind = letters[at + 1][0] if at + 1 < len(letters) else ""
    return _is_capital(here) and (_is_small(before) or (_is_capital(before) and _is_small(behind)))


def _is_capital(letter: str) -> bool:
    """Whether a letter is a capital that has a small one: not so 𝐀, though Unicode has it for a capital."""
    return letter != letter.lower()


def _is_small(letter: str) -> bool:
    return letter != letter.upper()


def _cut(word: str, letters: Sequence[tuple[str, int]], cuts: Sequence[int]) -> list[str]:
    """The word cut in front of some of its letters, or whole where there would be a part of too few letters."""
    bounds = list(pairwise((0, *cuts, len(letters))))
    for low, high in bounds:
        part = [letter for letter, _ in letters[low:high]]
        if sum(map(str.isalnum, part)) < LEAST and not all(map(str.isdigit, part)):
            return [word]
    if len(bounds) > MOST_PARTS:
        return [word]
    starts = [letters[low][1] for low, _ in bounds]
    return [word[start:end] for start, end in pairwise((*starts, len(word)))]


def is_tag(text: str, start: int) -> bool:
    """Whether a word that begins there stands behind ``#`` or ``@``, and these behind no letter."""
    if start == 0 or text[start - 1] not in TAGS:
        return False
    at = start - 2
    while at >= 0 and unicodedata.category(text[at]) in _UPON_LETTERS:
        at -= 1
    return at < 0 or not text[at].isalnum()


def joined(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, int, str]]:
    """What words of a text, by their places in it, make together: the first, how many they are, and the one word.

    >>> list(joined("post-cease-fire", [(0, 4), (5, 10), (11, 15)]))
    [(0, 2, 'postcease'), (0, 3, 'postceasefire'), (1, 2, 'ceasefire')]
    """
    first = 0
    while first < len(spans) - 1:
        last = first
        tag = is_tag(text, spans[first][0])
        while last + 1 < len(spans) and _linked(text, spans[last][1], spans[last + 1][0], tag):
            last += 1
        if tag and last > first:
            if last - first < MOST_PARTS:
                yield first, last - first + 1, _whole(text, spans[first : last + 1])
            first = last + 1
            continue
        for start in range(first, last):
            for end in range(start + 1, min(last, start + MOST_JOINED - 1) + 1):
                if text[spans[start][0]].isalpha():
                    yield start, end - start + 1, _whole(text, spans[start : end + 1])
        first = max(last, first + 1)


def _linked(text: str, end: int, start: int, tag: bool) -> bool:
    if tag or start == end:
        return start == end
    between = text[end:start]
    return text[end] in HYPHENS and (len(between) == 1 or _INVISIBLE.fullmatch(between, 1) is not None)


def _whole(text: str, spans: Sequence[Span]) -> str:
    return "".join(text[start:end] for start, end in spans)
