"""Decide whether a hyphen at the end of a line belongs to the word, or was put there to divide it.

The rule, in this order:

1. ``Haupt-`` before a word such as *und* keeps its hyphen, and a space follows.
2. Before a capital letter or a digit, the hyphen stays: ``Nordrhein-`` / ``Westfalen``.
3. A soft hyphen divides a word. The word is joined also if it occurs elsewhere in the document without a hyphen.
4. The hyphen stays if the word with the hyphen occurs elsewhere in the document, or if both of its halves are words of
   the document: ``well-`` / ``known``. Short words and function words do not count.
5. In all other cases, the word is joined: ``Regie-`` / ``rung``. If the program that made the document divides words by
   another sign, as browsers do (U+2010), the hyphen stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from newssearch.text.function_words import FUNCTION_WORDS

SHORTEST_FIRST_HALF, SHORTEST_SECOND_HALF = 4, 3
"""The minimum numbers of letters of the halves of a word by which the hyphen between them is kept."""

SOFT_HYPHEN, TYPOGRAPHIC_HYPHEN = "\u00ad", "\u2010"

_WORD_OF_LINE = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_HYPHEN_AT_END = re.compile(r"(?P<word>[^\W_]+(?:[-\u2010][^\W_]+){0,5})(?P<hyphen>[-\u00ad\u2010])$")
_WORD_AT_START = re.compile(r"[^\W_]+(?:[-\u2010][^\W_]+){0,5}")
_AFTER_SUSPENDED = frozenset(
    "und oder bzw sowie bis als wie and or to through et ou y o u e ed en of och eller og ja tai i lub a nebo és vagy și sau ve".split()
)
"""The words before which a hyphen stands for the rest of a word that follows: ``Haupt- und Nebenstraßen``."""
_ALL_FUNCTION_WORDS = frozenset().union(*FUNCTION_WORDS.values())


class LineEnds:
    """The rule for the ends of lines, with the words of a document; ``lines`` are all of its lines."""

    def __init__(self, lines: Iterable[str], *, hyphenates: bool = True) -> None:
        self._hyphenates = hyphenates
        self._words: set[str] = set()
        divided = False
        for line in lines:
            text, words = line, _WORD_OF_LINE.findall(line.casefold())
            if divided and words:  # a half of a word is no word
                del words[0]
            divided = _HYPHEN_AT_END.search(text[-60:]) is not None
            if divided and words:
                del words[-1]
            self._words.update(word.replace(TYPOGRAPHIC_HYPHEN, "-") for word in words)

    def joined(self, before: str, after: str) -> str:
        """Return two lines as one.

        >>> lines = ["a well-known man known well", "The Regie-", "rung of the well-", "known man"]
        >>> ends = LineEnds(lines)
        >>> ends.joined("The Regie-", "rung of"), ends.joined("the well-", "known man"), ends.joined("Haupt-", "und Neben")
        ('The Regierung of', 'the well-known man', 'Haupt- und Neben')
        """
        end, start = _HYPHEN_AT_END.search(before[-60:]), _WORD_AT_START.match(after)
        if end is None or start is None:
            return f"{before} {after}"
        bare = before[:-1]
        if start[0].casefold() in _AFTER_SUSPENDED:
            return f"{bare}- {after}"
        if not start[0][0].islower() and end["hyphen"] != SOFT_HYPHEN and not _is_unicase(start[0]):
            return f"{bare}-{after}"
        return f"{bare}-{after}" if self._keeps_hyphen(end, start[0].casefold()) else bare + after

    def _keeps_hyphen(self, end: re.Match[str], second: str) -> bool:
        first, hyphen = end["word"].casefold(), end["hyphen"]
        if hyphen == SOFT_HYPHEN or first + second in self._words:
            return False
        if f"{first}-{second}".replace(TYPOGRAPHIC_HYPHEN, "-") in self._words:
            return True
        halves = (first, second)
        if (
            len(first) >= SHORTEST_FIRST_HALF
            and len(second) >= SHORTEST_SECOND_HALF
            and self._words.issuperset(halves)
            and _ALL_FUNCTION_WORDS.isdisjoint(halves)
        ):
            return True
        return not self._hyphenates and hyphen != TYPOGRAPHIC_HYPHEN


def _is_unicase(word: str) -> bool:
    """Whether a word is in a script without capital letters."""
    return word[0].isalpha() and not word[0].isupper()
