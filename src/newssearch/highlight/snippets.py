"""Which words of a paragraph made it match, and the best window of it around them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from newssearch.article import Article, Paragraph
from newssearch.lead import lead
from newssearch.query import Everything, Node, Query, Word, leaves, names_in, side_by_side
from newssearch.query.names import core
from newssearch.results import Snippet
from newssearch.text.analysis import PART, Analyser, analyser
from newssearch.text.sentences import sentence_starts

from .matcher import AnalysedText, find_matches

SNIPPET_LENGTH = 320
"""Characters of a snippet, unless asked otherwise: four lines on a terminal."""

_MAX_FIRST_WORD = 40
"""Characters in which the word that a sentence begins with is looked for."""


class Mark(NamedTuple):
    """An occurrence of a word or phrase of the query: ``text[start:end]``; ``leaf`` tells which of them."""

    start: int
    end: int
    leaf: int


class Highlighter:
    """Marks what a query looks for, in as many paragraphs as there are to be shown.

    Marked are the matches of the tree's leaves that are not negated. Inside a phrase nothing but the whole phrase
    is one. Words that only join others (``the``) are left out, unless the query has no other.
    """

    def __init__(self, tree: Node) -> None:
        self._wanted = [(wanted.leaf, wanted.region) for wanted in leaves(tree) if not wanted.negated]

    def marks(self, text: str, analyser: Analyser, in_lead: bool = True) -> list[Mark]:
        """The matches in a paragraph, in order; ``in_lead`` tells whether it is in the lead of its article."""
        wanted = [
            leaf_ for leaf_, region in self._wanted if region is None or (region == "hlead" and in_lead)
        ]
        telling = [leaf_ for leaf_ in wanted if not (isinstance(leaf_, Word) and analyser.joins(leaf_.text))]
        if not wanted:
            return []
        words = AnalysedText(text, analyser)
        found = [
            Mark(*words.span(match), leaf)
            for leaf, leaf_ in enumerate(telling or wanted)
            for match in find_matches(leaf_, words)
        ]
        found.sort()
        return found

    def variants(self, text: str, analyser: Analyser, in_lead: bool = True) -> tuple[str, ...]:
        """The names in a paragraph that are spelled otherwise than the query asks for, in order, each once."""
        wanted = [
            (leaf_, names)
            for leaf_, region in self._wanted
            if (names := tuple(names_in(leaf_))) and (region is None or (region == "hlead" and in_lead))
        ]
        if not wanted:
            return ()
        words = AnalysedText(text, analyser)
        asked = {core(name.text) for _, names in wanted for name in names}
        inside = [
            match
            for leaf_, names in wanted
            for start, end in find_matches(leaf_, words)
            for name in names
            for match in find_matches(name, words)
            if start <= match[0] and match[1] <= end and words.folded[match[1] - 1] not in asked
        ]
        return tuple(dict.fromkeys(words.unelided[end - 1].lstrip(PART) for _, end in sorted(inside)))

    def snippet(
        self, text: str, analyser: Analyser, length: int = SNIPPET_LENGTH, in_lead: bool = True
    ) -> Snippet:
        """The window of a paragraph that shows most of what was looked for, of about ``length`` characters.

        It holds as many different words and phrases of the query as fit, then as many matches, then begins as
        early as can be; it is cut at a sentence where one begins close by, else between words. 0 is for all.
        """
        found = self.marks(text, analyser, in_lead)
        if length <= 0 or len(text) <= length:
            start, end = 0, len(text)
        else:
            start, end = _snippet_window(text, found, length, analyser.name)
        spans: list[tuple[int, int]] = []
        for mark in found:
            low, high = max(mark.start, start) - start, min(mark.end, end) - start
            if low >= high:
                continue
            if spans and low <= spans[-1][1]:  # two phrases that share words are one highlight
                spans[-1] = (spans[-1][0], max(high, spans[-1][1]))
            else:
                spans.append((low, high))
        return Snippet(text[start:end], tuple(spans), start, cut_before=start > 0, cut_after=end < len(text))


def snippet(
    tree: Node, text: str, analyser: Analyser, length: int = SNIPPET_LENGTH, in_lead: bool = True
) -> Snippet:
    """The snippet of one paragraph: see :class:`Highlighter`."""
    return Highlighter(tree).snippet(text, analyser, length, in_lead)


def highlighted(
    article: Article, paragraphs: Iterable[Paragraph], parsed: Query | None
) -> dict[int, Snippet]:
    """Return the given paragraphs of an article whole, by their numbers, with the matches of a query highlighted."""
    tree = side_by_side(parsed.tree) if parsed is not None else Everything()
    in_lead = lead(article)
    analysis = analyser(article.lang)
    return {p.number: snippet(tree, p.text, analysis, 0, p.number in in_lead) for p in paragraphs}


def _snippet_window(text: str, found: list[Mark], length: int, analysis: str) -> tuple[int, int]:
    first, last = _densest(found, length)
    if last - first >= length:  # a phrase longer than the window
        return first, _cut_back(text, first, first + length)
    room = length - (last - first)
    start = _sentence_start(text, first, room, analysis)
    if start is None:
        start = _word_start(text, max(0, min(first - room // 3, len(text) - length)), first)
    end = start + length
    if end >= len(text):
        return start, len(text)
    return start, max(_cut_back(text, start, end), last)


def _densest(found: list[Mark], length: int) -> tuple[int, int]:
    """The places, no more than ``length`` apart, that the window should show."""
    best: tuple[tuple[int, int, int], int, int] = ((0, 0, 0), 0, 0)
    counts: dict[int, int] = {}
    low = reach = 0
    for high, mark in enumerate(found):
        reach = max(reach, mark.end)
        counts[mark.leaf] = counts.get(mark.leaf, 0) + 1
        while low < high and mark.end - found[low].start > length:
            leaf = found[low].leaf
            counts[leaf] -= 1
            if not counts[leaf]:
                del counts[leaf]
            low += 1
        worth = (len(counts), high - low + 1, -found[low].start)
        if worth > best[0]:
            best = (worth, found[low].start, min(reach, max(found[low].start + length, mark.end)))
    return best[1], best[2]


def _sentence_start(text: str, first: int, room: int, analysis: str) -> int | None:
    """Where the sentence around ``first`` begins, if that leaves the marks inside the window."""
    low = max(0, first - room * 2 // 3)
    start = 0 if low == 0 else None
    low = _word_start(text, low, first)
    for begun in sentence_starts(text[low : first + _MAX_FIRST_WORD], analysis):
        if low + begun > first:
            break
        start = low + begun
        if first - start <= room // 3:
            break
    return start


def _word_start(text: str, at: int, limit: int) -> int:
    """The first position from ``at`` on where a word begins, at most ``limit``."""
    if at == 0 or text[at - 1].isspace():
        return at
    space = text.find(" ", at, min(limit, at + 40))
    return space + 1 if space >= 0 else _whole_character(text, at, limit)


def _whole_character(text: str, at: int, limit: int) -> int:
    while at < limit and _is_inside(text, at):
        at += 1
    return at


def _is_inside(text: str, at: int) -> bool:
    """Whether the position is inside what a reader sees as one character."""
    if not 0 < at < len(text):
        return False
    char = text[at]
    joined = char == "\u200d" or text[at - 1] == "\u200d"
    return joined or unicodedata.category(char)[0] == "M" or "\U0001f3fb" <= char <= "\U0001f3ff"


def _cut_back(text: str, start: int, end: int) -> int:
    """The last position up to ``end`` where a word ends, if one does in the last part of the window."""
    if text[end : end + 1].isspace():
        return end
    space = text.rfind(" ", max(start, end - 40), end)
    if space > start:
        return space
    while end > start + 1 and _is_inside(text, end):
        end -= 1
    return end
