"""Marks the matches of a query in a paragraph, and cuts out the snippet that shows most of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from newssearch.article import Article, Paragraph
from newssearch.query import Node, Phrase, Word, names_in, scored_leaves
from newssearch.query.alternatives import Alternatives, alternatives_of
from newssearch.query.names import core
from newssearch.snippet import Snippet
from newssearch.stopping import NEVER, StopCheck
from newssearch.text.analysis import NO_ADDED, analyser
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.sentences import sentence_starts
from newssearch.text.tokenizer import TAG_PREFIX

from .characters import is_inside
from .matcher import AnalysedText, WantedPhrase, WantedWords, find_matches

SNIPPET_LENGTH = 320
"""The default length of a snippet in characters: four lines on a terminal."""

_MAX_FIRST_WORD = 40
"""The number of characters that are read after the start of a match to see whether a sentence begins there.

The first word of the sentence decides that, and is seldom longer."""


Mark = tuple[int, int, int]
"""A match of a leaf in a text: the characters ``text[start:end]``, and the number of the leaf in the query."""


class _Marked(NamedTuple):
    """The leaves that are marked in paragraphs of one language, each with its number: single words, and others.

    Of the others, adjacent words are also a phrase.
    """

    words: WantedWords
    others: list[tuple[int, Node, WantedPhrase | None]]


class Highlighter:
    """Marks the matches of a query in any number of paragraphs.

    It marks the matches of leaves that are neither negated nor optional; of a phrase, only the whole phrase. Function
    words (``the``) are not marked, unless the query has no other words. ``check`` is called for each leaf that takes long.
    """

    def __init__(self, tree: Node, check: StopCheck = NEVER) -> None:
        self._check = check
        self._wanted = [(wanted.leaf, wanted.region) for wanted in scored_leaves(tree) if not wanted.optional]
        self._names = [(leaf, region) for leaf, region in self._wanted if next(names_in(leaf), None)]
        self._marked: dict[tuple[Analyser, bool], _Marked] = {}

    def marks(self, text: str, analyser: Analyser, in_lead: bool = True) -> list[Mark]:
        """Return the matches in a paragraph, in order. ``in_lead`` is whether the paragraph belongs to the lead."""
        marked = self._marked.get((analyser, in_lead))
        if marked is None:
            regions = (None, "hlead") if in_lead else (None,)
            marked = self._marked[analyser, in_lead] = self._marked_in(analyser, regions)
        return self._marks(text, analyser, marked)

    def headline(self, text: str, analyser: Analyser) -> Snippet:
        """Return a whole headline with the matches in it."""
        found = self._marks(text, analyser, self._marked_in(analyser, (None, "hlead", "title")))
        return _marked_part(text, found, 0, len(text))

    def _marks(self, text: str, analyser: Analyser, marked: _Marked) -> list[Mark]:
        if not (marked.words.keys or marked.others):  # a text of which nothing is asked need not be analysed
            return []
        words = AnalysedText(text, analyser, self._check)
        found = words.spans_of(marked.words) if marked.words.keys else []
        for number, leaf, phrase in marked.others:
            spans = words.phrase_spans(phrase) if phrase is not None else None
            if spans is None:
                spans = [words.span(match) for match in find_matches(leaf, words)]
            found += [(start, end, number) for start, end in spans]
        return sorted(set(found))

    def _marked_in(self, analyser: Analyser, regions: Collection[str | None]) -> _Marked:
        wanted = [leaf for leaf, region in self._wanted if region in regions]
        content = [
            leaf for leaf in wanted if not (isinstance(leaf, Word) and analyser.is_function_word(leaf.text))
        ]
        marked = _Marked(WantedWords(), [])
        for number, leaf in enumerate(content or wanted):
            words = _words_of(leaf, analyser)
            if words is None or not words.terms:
                marked.others.append((number, leaf, None))
            elif len(words.terms) > 1:
                marked.others.append((number, leaf, WantedPhrase(words)))
            elif any(len(other.terms) > 1 for other in words.others):
                marked.others.append((number, leaf, None))
            else:
                marked.words.add(number, words)
        return marked

    def variants(self, text: str, analyser: Analyser, in_lead: bool = True) -> tuple[str, ...]:
        """Return the names in a paragraph that the query spells differently, each once, in order of appearance."""
        wanted = [
            (leaf, tuple(names_in(leaf)))
            for leaf, region in self._names
            if region is None or (region == "hlead" and in_lead)
        ]
        if not wanted:
            return ()
        words = AnalysedText(text, analyser, self._check)
        asked = {core(name.text) for _, names in wanted for name in names}
        inside = [
            match
            for leaf, names in wanted
            for start, end in find_matches(leaf, words)
            for name in names
            for match in find_matches(name, words)
            if start <= match[0] and match[1] <= end and words.folded[match[1] - 1] not in asked
        ]
        return tuple(dict.fromkeys(words.unelided[end - 1].lstrip(TAG_PREFIX) for _, end in sorted(inside)))

    def snippet(
        self, text: str, analyser: Analyser, length: int = SNIPPET_LENGTH, in_lead: bool = True
    ) -> Snippet:
        """Return the part of a paragraph that shows most of the query, about ``length`` characters; 0 means the whole.

        It shows as many different leaves of the query as fit. It begins with a sentence if that shows as many, or if one
        begins nearby, otherwise between words. Of equal choices, the one with more matches is taken, then the earlier.
        """
        found = self.marks(text, analyser, in_lead)
        if length <= 0 or len(text) <= length:
            start, end = 0, len(text)
        else:
            start, end = _snippet_window(text, found, length, analyser.name)
        return _marked_part(text, found, start, end)


def _marked_part(text: str, found: Iterable[Mark], start: int, end: int) -> Snippet:
    """Return the part of a text from ``start`` to ``end`` with the marks in it, which are in order."""
    spans: list[tuple[int, int]] = []
    for begun, ended, _ in found:
        if begun >= end or ended <= start:
            continue
        low, high = (begun if begun > start else start) - start, (ended if ended < end else end) - start
        if spans and low <= spans[-1][1]:  # phrases that share words make one highlight
            spans[-1] = (spans[-1][0], max(high, spans[-1][1]))
        else:
            spans.append((low, high))
    return Snippet(text[start:end], tuple(spans), start, cut_before=start > 0, cut_after=end < len(text))


def _words_of(leaf: Node, analyser: Analyser) -> Alternatives | None:
    """Return the terms of a word or of adjacent words, with the alternatives to them; None for another leaf."""
    if isinstance(leaf, Word):
        return alternatives_of(analyser, leaf.text, leaf.inside)
    if isinstance(leaf, Phrase) and not (leaf.names or leaf.within):
        return alternatives_of(analyser, leaf.text)
    return None


def snippet(
    tree: Node, text: str, analyser: Analyser, length: int = SNIPPET_LENGTH, in_lead: bool = True
) -> Snippet:
    """Return the part of a paragraph that shows most of the query ``tree``: see :meth:`Highlighter.snippet`."""
    return Highlighter(tree).snippet(text, analyser, length, in_lead)


def highlighted(
    article: Article,
    paragraphs: Iterable[Paragraph],
    tree: Node,
    check: StopCheck = NEVER,
    added: Mapping[str, str] = NO_ADDED,
) -> dict[int, Snippet]:
    """Return the given paragraphs of an article as uncut snippets with the matches of a query, by paragraph number.

    ``added`` has the names of those analyses of the index that other packages add: see
    :func:`newssearch.text.analysis.analysis_in`.
    """
    from newssearch.lead import lead  # slow to import, and a search needs none of it

    in_lead = lead(article)
    analysis = analyser(article.lang, added)
    marker = Highlighter(tree, check)
    return {p.number: marker.snippet(p.text, analysis, 0, p.number in in_lead) for p in paragraphs}


def highlighted_headline(
    article: Article, tree: Node, check: StopCheck = NEVER, added: Mapping[str, str] = NO_ADDED
) -> Snippet:
    """Return the headline of an article, ``""`` if it has none, with the matches of a query: see :func:`highlighted`."""
    return Highlighter(tree, check).headline(article.title or "", analyser(article.lang, added))


def _snippet_window(text: str, found: list[Mark], length: int, analysis: str) -> tuple[int, int]:
    first, last, leaves = _densest(found, length)
    if last - first >= length:  # a phrase longer than the window
        return first, _cut_back(text, first, first + length)
    at_sentence = _sentence_with(text, found, length, analysis, leaves) if leaves else None
    if at_sentence is not None:
        start, last = at_sentence
    else:
        room = length - (last - first)
        nearby = _sentence_start(text, first, room, analysis)
        start = (
            _word_start(text, max(0, min(first - room // 3, len(text) - length)), first)
            if nearby is None
            else nearby
        )
    end = start + length
    if end >= len(text):
        return start, len(text)
    return start, max(_cut_back(text, start, end), last)


def _sentence_with(
    text: str, found: list[Mark], length: int, analysis: str, leaves: int
) -> tuple[int, int] | None:
    """Return the start of a sentence from which ``length`` characters show ``leaves`` different leaves, and the end of the
    last match that they show; None if there is no such sentence.

    Of several, the one that shows more matches is taken; of equal ones, the first that leaves at most a third of the
    room before the first match, or else the last one.
    """
    best: tuple[tuple[int, bool, int], int, int] | None = None
    low = high = reach = 0  # found[low:high] is shown from the start of the sentence on
    counts: dict[int, int] = {}
    end = found[-1][0] if found else 0  # a sentence behind it shows no match
    for start in sorted({0, *sentence_starts(text, analysis, end)}):
        while low < len(found) and found[low][0] < start:
            if low < high:
                leaf = found[low][2]
                counts[leaf] -= 1
                if not counts[leaf]:
                    del counts[leaf]
            low += 1
        high = max(high, low)
        while high < len(found) and found[high][1] <= start + length:
            _, reached, leaf = found[high]
            counts[leaf] = counts.get(leaf, 0) + 1
            reach = max(reach, reached)
            high += 1
        if len(counts) < leaves:
            continue
        # `reach` may be the end of a match in front of this sentence, but only if this sentence shows no match more than an
        # earlier one, which shows that match too. Then the earlier sentence is chosen.
        first, last = found[low][0], reach
        near = first - start <= (length - (last - first)) // 3
        worth = (high - low, near, -start if near else start)
        if best is None or worth > best[0]:
            best = worth, start, last
    return None if best is None else best[1:]


def _densest(found: list[Mark], length: int) -> tuple[int, int, int]:
    """Return the start and end of the matches that a snippet should show, at most ``length`` apart if possible, and the
    number of different leaves among them.

    Between them are as many different leaves as possible. Of equal choices, the one with more matches is taken, then
    the earlier one.
    """
    best: tuple[tuple[int, int, int], int, int] = ((0, 0, 0), 0, 0)
    counts: dict[int, int] = {}
    low = reach = 0
    for high, (_, end, leaf) in enumerate(found):
        reach = max(reach, end)
        counts[leaf] = counts.get(leaf, 0) + 1
        while low < high and end - found[low][0] > length:
            left = found[low][2]
            counts[left] -= 1
            if not counts[left]:
                del counts[left]
            low += 1
        first = found[low][0]
        worth = (len(counts), high - low + 1, -first)
        if worth > best[0]:
            best = (worth, first, min(reach, max(first + length, end)))
    return best[1], best[2], best[0][0]


def _sentence_start(text: str, first: int, room: int, analysis: str) -> int | None:
    """Return the start of a sentence at or shortly before ``first``, where a snippet can begin; else None.

    ``room`` is the number of characters that the snippet has beside the matches; two thirds of it may precede
    ``first``.
    """
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
    """Return the first position from ``at`` up to ``limit`` where a word begins.

    If none is near, return the first position there that is not inside a user-perceived character.
    """
    if at == 0 or text[at - 1].isspace():
        return at
    space = text.find(" ", at, min(limit, at + 40))
    return space + 1 if space >= 0 else _whole_character(text, at, limit)


def _whole_character(text: str, at: int, limit: int) -> int:
    while at < limit and is_inside(text, at):
        at += 1
    return at


def _cut_back(text: str, start: int, end: int) -> int:
    """Return the last position up to ``end`` where a word ends.

    If none is within 40 characters, return the last position up to ``end`` that is not inside a user-perceived
    character.
    """
    if text[end : end + 1].isspace():
        return end
    space = text.rfind(" ", max(start, end - 40), end)
    if space > start:
        return space
    while end > start + 1 and is_inside(text, end):
        end -= 1
    return end
