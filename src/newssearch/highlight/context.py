"""The words around a match in its paragraph: as they are written, and as sort keys."""

from __future__ import annotations

from typing import NamedTuple

from .characters import is_inside
from .matcher import AnalysedText, Match

MAX_CHARS_PER_WORD = 50
"""The context of a match has at most this number of characters for each of its words, which can be arbitrarily long."""
MAX_MATCH_CHARS = 2_000
"""A match is cut after this number of characters; then nothing is shown after it."""


class Context(NamedTuple):
    """A match in a text with the words around it: three adjacent parts of the text, which begin at ``start``."""

    start: int
    left: str
    match: str
    right: str


def context_of(text: AnalysedText, match: Match, width: int) -> Context:
    """Return a match with ``width`` words on each side, or as many as the text has.

    Spaces and punctuation between words are kept. Where the text begins or ends with one of these words, they are kept
    there too.

    >>> from newssearch.text.analysis import analyser
    >>> text = AnalysedText("“Rain fell on Iraq’s roofs,” he said.", analyser("en"))
    >>> context_of(text, (3, 4), 2)
    Context(start=6, left='fell on ', match='Iraq’s', right=' roofs,” he')
    >>> context_of(text, (3, 4), 9)
    Context(start=0, left='“Rain fell on ', match='Iraq’s', right=' roofs,” he said.')
    """
    whole, (first, last) = text.text, match
    begin, end = text.span(match)
    low = text.span((first - width, first))[0] if first > width else 0
    high = text.span((last, last + width))[1] if last + width < len(text.terms) else len(whole)
    low, high = max(low, begin - MAX_CHARS_PER_WORD * width), min(high, end + MAX_CHARS_PER_WORD * width)
    if end - begin > MAX_MATCH_CHARS:
        end = high = _cut(whole, begin, begin + MAX_MATCH_CHARS)
    while low < begin and is_inside(whole, low):
        low += 1
    high = _cut(whole, end, high)
    return Context(low, whole[low:begin], whole[begin:end], whole[end:high])


def _cut(text: str, start: int, end: int) -> int:
    """Return the last position from ``start`` up to ``end`` that is not inside a user-perceived character."""
    while end > start and is_inside(text, end):
        end -= 1
    return end


def words_after(text: AnalysedText, match: Match, number: int) -> tuple[str, ...]:
    """Return up to ``number`` words after a match, folded, the nearest first."""
    return _forms_in(text, text.words((match[1], match[1] + number)))


def words_before(text: AnalysedText, match: Match, number: int) -> tuple[str, ...]:
    """Return up to ``number`` words before a match, folded, the nearest first: the last word of the left context."""
    return _forms_in(text, text.words((max(match[0] - number, 0), match[0]))[::-1])


def _forms_in(text: AnalysedText, words: list[str]) -> tuple[str, ...]:
    return tuple(map(text.analyser.form, words))
