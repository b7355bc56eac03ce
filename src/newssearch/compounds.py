"""Words that are written as one, with hyphens, or apart: Al-Abbasi, AlAbbasi, al Abbasi; #BlackLivesMatter.

What stands in a text with hyphens, or parted by its capitals behind ``#`` and ``@``, is words side by side, and also
*joined* the one word that they make without them: ``ceasefire`` finds cease-fire. A word with capitals inside is also
its *parts*: ``"al Abbasi"`` finds AlAbbasi. Nothing is guessed from words that stand apart, or from one in small
letters: ``therapist`` does not find "the rapist".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from .lazy import Pattern

MOST_JOINED = 4
"""Words with hyphens between them that make one."""
MOST_PARTS = 8
"""Parts of a word with capitals inside, or behind ``#`` and ``@``."""
LEAST = 2
"""Letters of a part."""
HYPHENS = "-\u2010\u2011"
"""What joins words; a dash does not."""
TAGS = "#＃@＠"
"""What stands before a word that is parted by its capitals."""

Span = tuple[int, int]


_BEFORE = ".,;:!?…\"'“”‘’«»()[]"
_MARKS = frozenset(HYPHENS + TAGS)
JOINED = Pattern(rf"\w[{HYPHENS}]\w|[{TAGS}]\w")
"""What is in each text in which words are joined."""
PARTED = Pattern(r"(?:[a-z][A-Z]|[A-Z][A-Z][a-z]|[^\W\d_a-zA-Z])\S*")
"""What is in each text in which a word has capitals inside, and in many another that has letters with accents."""


def there_may_be(text: str) -> bool:
    """Whether there can be words that are joined or parted: what is quick to tell of most pieces of a text.

    >>> there_may_be("(Iraq’s"), there_may_be("NATO,"), there_may_be("3,000"), there_may_be("AlAbbasi")
    (False, False, False, True)
    """
    word = text.lstrip(_BEFORE)
    behind = word[1:]
    if behind != behind.lower() and word != word.upper():
        return True
    return not _MARKS.isdisjoint(text) and JOINED.search(text) is not None


def parts_of(word: str) -> list[str]:
    """The parts of a word with capitals inside; the word alone where it has none.

    >>> parts_of("AlAbbasi"), parts_of("BlackLivesMatter"), parts_of("USAToday"), parts_of("NATO"), parts_of("iPhone")
    (['Al', 'Abbasi'], ['Black', 'Lives', 'Matter'], ['USA', 'Today'], ['NATO'], ['iPhone'])
    """
    if word[1:].islower() or word.isupper() or len(word) < 2 * LEAST:
        return [word]
    return _cut(word, [at for at in range(1, len(word)) if _begins(word, at)])


def parts_of_tag(word: str) -> list[str]:
    """The same of a word behind ``#`` or ``@``, where a number is a part too.

    >>> parts_of_tag("Brexit2019"), parts_of_tag("StopTheSteal"), parts_of_tag("G20"), parts_of_tag("iraq")
    (['Brexit', '2019'], ['Stop', 'The', 'Steal'], ['G20'], ['iraq'])
    """
    cuts = [
        at
        for at in range(1, len(word))
        if _begins(word, at) or (word[at].isdigit() != word[at - 1].isdigit() and word[0].isalpha())
    ]
    return _cut(word, cuts)


def _begins(word: str, at: int) -> bool:
    """Whether a part begins with that letter."""
    before, here, behind = word[at - 1], word[at], word[at + 1 : at + 2]
    return _is_capital(here) and (_is_small(before) or (_is_capital(before) and _is_small(behind)))


def _is_capital(letter: str) -> bool:
    """Whether a letter is a capital that has a small one: not so 𝐀, though Unicode has it for a capital."""
    return letter != letter.lower()


def _is_small(letter: str) -> bool:
    return letter != letter.upper()


def _cut(word: str, cuts: Sequence[int]) -> list[str]:
    parts = [word[start:end] for start, end in pairwise((0, *cuts, len(word)))]
    letters_enough = all(sum(map(str.isalnum, part)) >= LEAST or part.isdigit() for part in parts)
    return parts if len(parts) <= MOST_PARTS and letters_enough else [word]


def is_tag(text: str, start: int) -> bool:
    """Whether a word that begins there stands behind ``#`` or ``@``, and these behind no letter."""
    return start > 0 and text[start - 1] in TAGS and not text[: start - 1][-1:].isalnum()


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
    return start == end if tag else start == end + 1 and text[end] in HYPHENS


def _whole(text: str, spans: Sequence[Span]) -> str:
    return "".join(text[start:end] for start, end in spans)
