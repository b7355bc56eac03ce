"""Where the units of a query stand in one text: the plain meaning of each, over a list of words.

What an engine finds must be what is found here. It is also what marks a snippet, and what an engine falls back on for
units that its index cannot answer alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, combinations

from newssearch.query.names import ARTICLES, is_name
from newssearch.query.patterns import as_written, asks_for_whole, pattern_of
from newssearch.query.tree import (
    ANY,
    And,
    AnyWord,
    Caps,
    Exact,
    Fuzzy,
    Name,
    Near,
    Node,
    Not,
    Or,
    PatternPhrase,
    Phrase,
    Regex,
    Same,
    Wildcard,
    Word,
)
from newssearch.query.ways import Way, Ways, ways
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import Analyser, Compound, spelled, unelided, whole_form, word_of, words
from newssearch.text.analysis import written as written_form
from newssearch.text.compounds import JOINED, PARTED
from newssearch.text.sentences import sentence_starts

Place = tuple[int, int]
"""An occurrence: words ``start`` up to but not including ``end`` of a text, counted from 0."""


class Words:
    """A text as the analyser sees it."""

    def __init__(self, text: str, analyser: Analyser) -> None:
        self.text = text
        self.analyser = analyser
        self._chunks = analyser.chunks(text)
        self.terms: list[str] = [token[0] for chunk in self._chunks for token in chunk]

    def span(self, place: Place) -> tuple[int, int]:
        """The characters of an occurrence."""
        first, last = place[0], place[1] - 1
        start, end = self._offsets(first)
        return (start, end) if first == last else (start, self._offsets(last)[1])

    def _offsets(self, word: int) -> tuple[int, int]:
        chunk = bisect_right(self._ends, word)
        _, start, end, _ = self._chunks[chunk][word - self._ends[chunk]]
        before = self._lengths[chunk] + chunk  # and a space for each chunk
        return before + start, before + end

    @cached_property
    def _ends(self) -> list[int]:
        """The number of words up to and with each chunk."""
        return list(accumulate(map(len, self._chunks)))

    @cached_property
    def _lengths(self) -> list[int]:
        """The characters before each chunk, without the spaces between them."""
        return list(accumulate(map(len, self.text.split(" ")), initial=0))

    def at(self, term: str) -> list[int]:
        """Where a term stands."""
        terms = self.terms
        return [place for place, other in enumerate(terms) if other == term] if term in terms else []

    @cached_property
    def pieces(self) -> list[str]:
        """The words themselves: see :func:`~newssearch.text.analysis.word_of`."""
        return [token.word for chunk in self._chunks for token in chunk]

    @cached_property
    def written(self) -> list[str]:
        """The words with their capitals, without a possessive ending."""
        return [written_form(word) for word in self.pieces]

    @cached_property
    def unelided(self) -> list[str]:
        """The same without what is elided in front of them."""
        return [unelided(word, form) for word, form in zip(self.written, self.folded, strict=True)]

    @cached_property
    def folded(self) -> list[str]:
        """The words without case, accents and a possessive ending."""
        return [self.analyser.form(word) for word in self.pieces]

    @cached_property
    def sentences(self) -> list[int]:
        """The number of the sentence that each word begins in."""
        starts = sentence_starts(self.text, self.analyser.name)
        return [bisect_right(starts, self._offsets(word)[0]) for word in range(len(self.terms))]

    def compounds(self, key: str) -> list[Place]:
        """Where words are joined or parted to what has that key."""
        return (self._parted if " " in key else self._joined).get(key, [])

    @cached_property
    def _joined(self) -> dict[str, list[Place]]:
        return self._compounds(JOINED)

    @cached_property
    def _parted(self) -> dict[str, list[Place]]:
        return self._compounds(PARTED)

    def _compounds(self, pattern: Pattern) -> dict[str, list[Place]]:
        """What is joined or parted in the chunks in which there is what a pattern matches."""
        found: dict[str, list[Place]] = {}
        number = at = 0
        pieces: list[str] = []
        for match in pattern.finditer(self.text):
            new = self.text.count(" ", at, match.start())
            if new or not pieces:
                pieces = pieces or self.text.split(" ")
                number, at = number + new, match.start()
                begin = self._ends[number - 1] if number else 0
                for first, size, key in _compounds_of(self.analyser, pieces[number]):
                    found.setdefault(key, []).append((begin + first, begin + first + size))
        return found


@lru_cache(maxsize=16_384)
def _compounds_of(analyser: Analyser, chunk: str) -> tuple[Compound, ...]:
    return tuple(analyser.compounds(chunk))


@lru_cache(maxsize=4096)
def _terms(analyser: Analyser, text: str) -> tuple[str, ...]:
    """The terms of a part of a query, which is asked for of many texts."""
    return tuple(analyser.terms(text))


def occurrences(node: Node, text: Words) -> list[Place]:
    """Where a unit, or an operand of one, stands in a text: in order, each place once."""
    if isinstance(node, Word) or (isinstance(node, Phrase) and not (node.names or node.within)):
        inside = node.inside if isinstance(node, Word) else ()
        return _written(ways(text.analyser, node.text, inside), text)
    if isinstance(node, Phrase) and node.names:
        return _side_by_side([occurrences(part, text) for part in node.parts])
    if isinstance(node, Phrase):
        return _window(_terms(text.analyser, node.text), node.within, text)
    if isinstance(node, PatternPhrase):
        return _in_any_order(node, text) if node.within else _in_order(node, text)
    if isinstance(node, Wildcard) and node.written:
        fits = as_written(node)
        whole = text.written if asks_for_whole(node) else text.unelided
        pairs = enumerate(zip(text.unelided, whole, strict=True))
        return [(at, at + 1) for at, (bare, word) in pairs if fits(bare) or fits(word)]
    if isinstance(node, Wildcard | Fuzzy | Regex):
        pattern = pattern_of(node)
        prefix, matches = pattern.prefix, pattern.matches
        found = {at for at, word in enumerate(text.folded) if word.startswith(prefix) and matches(word)}
        if asks_for_whole(node):
            found.update(at for at, word in enumerate(text.written) if matches(whole_form(word)))
        return [(at, at + 1) for at in sorted(found)]
    if isinstance(node, Name):
        known = zip(text.folded, text.unelided, strict=True)
        spelled_so = {
            (at, at + 1) for at, (form, shown) in enumerate(known) if is_name(node.text, form, shown)
        }
        found_so = spelled_so.union(occurrences(node.word, text))
        return sorted((at - (at > 0 and text.folded[at - 1] in ARTICLES), end) for at, end in found_so)
    if isinstance(node, Caps):
        return _as_written(node.text, text, written_form)
    if isinstance(node, Exact):
        return _as_written(node.text, text, spelled)
    if isinstance(node, Near):
        return _near(occurrences(node.left, text), occurrences(node.right, text), node.distance, node.ordered)
    if isinstance(node, Same):
        return _same(occurrences(node.left, text), occurrences(node.right, text), text, node.unit == "s")
    if isinstance(node, Or):
        return sorted({place for operand in node.operands for place in occurrences(operand, text)})
    if isinstance(node, And):
        return _without(node, text)
    raise TypeError(f"{type(node).__name__} has no occurrences")


def _written(wanted: Ways, text: Words) -> list[Place]:
    """Words side by side, or what may stand instead of some of them."""
    plain = _phrase(wanted.terms, text)
    ways = [(way.start, way.end, places) for way in wanted.others if (places := _places(way, text))]
    if not ways:
        return plain
    ways += [(at, at + 1, _phrase((term,), text)) for at, term in enumerate(wanted.terms)]
    found: list[set[Place]] = [set() for _ in range(len(wanted.terms) + 1)]
    for start, end, places in sorted(ways):
        found[end].update(_side_by_side([sorted(found[start]), places]) if start else places)
    return sorted(found[-1].union(plain))


def _places(way: Way, text: Words) -> list[Place]:
    return _phrase(way.terms, text) if way.terms else text.compounds(way.key)


def _phrase(wanted: Sequence[str], text: Words) -> list[Place]:
    """Terms side by side."""
    if not wanted:
        return []
    size, terms = len(wanted), text.terms
    begins = text.at(wanted[0])
    if size > 1:
        asked = list(wanted)
        begins = [at for at in begins if terms[at : at + size] == asked]
    return [(at, at + size) for at in begins]


def _window(terms: Sequence[str], within: int, text: Words) -> list[Place]:
    """The stretches that hold all terms, and none shorter inside, with at most ``within`` from first to last."""
    needed = Counter(terms)
    events = sorted((at, term) for term in needed for at in text.at(term))
    held: Counter[str] = Counter()
    missing = len(terms)
    low = 0
    found: list[Place] = []
    for at, term in events:
        held[term] += 1
        missing -= held[term] <= needed[term]
        if missing:
            continue
        while held[events[low][1]] > needed[events[low][1]]:
            held[events[low][1]] -= 1
            low += 1
        if held[term] == needed[term] and at - events[low][0] <= within:
            place = (events[low][0], at + 1)
            if not found or found[-1][0] < place[0]:
                found.append(place)
    return found


def _side_by_side(parts: Sequence[list[Place]]) -> list[Place]:
    """The places that are one of each part, one behind the other."""
    found = {(start, start) for start, _ in parts[0]}
    for part in parts:
        begun: dict[int, set[int]] = {}
        for start, end in found:
            begun.setdefault(end, set()).add(start)
        found = {(first, end) for start, end in part for first in begun.get(start, ())}
    return sorted(found)


def _in_order(node: PatternPhrase, text: Words) -> list[Place]:
    """Words and patterns side by side."""
    anywhere = [(at, at + 1) for at in range(len(text.terms))] if ANY in node.parts else []
    units = node.units
    return _side_by_side(
        [anywhere if isinstance(unit, AnyWord) else occurrences(unit, text) for unit in units]
    )


def _in_any_order(node: PatternPhrase, text: Words) -> list[Place]:
    """The stretches that hold a word for each of the words and patterns, as those of :func:`_window`."""
    sought: list[tuple[Node | str, int]] = list(Counter(_terms(text.analyser, node.words)).items())
    sought += Counter(part for part in node.parts if not isinstance(part, Word)).items()
    needs = [
        ({at for at, _ in occurrences(one, text)} if isinstance(one, Node) else set(text.at(one)), count)
        for one, count in sought
    ]
    # Each has a word of its own if any of them together have as many words as they need (Hall 1935).
    together = [
        (sorted(set[int]().union(*(places for places, _ in chosen))), sum(count for _, count in chosen))
        for size in range(1, len(needs) + 1)
        for chosen in combinations(needs, size)
    ]
    found: list[Place] = []
    for last in together[-1][0]:
        counts = [(places, bisect_right(places, last) - count) for places, count in together]
        if any(at < 0 for _, at in counts):
            continue
        first = min(places[at] for places, at in counts)
        if last - first <= node.within and (not found or found[-1][0] < first):
            found.append((first, last + 1))
    return found


def _as_written(wanted: str, text: Words, shown: Callable[[str], str]) -> list[Place]:
    """Adjacent words, compared as written, each with and without its elided prefix."""
    pieces = [shown(word_of(match)) for match in words(wanted)]
    size = len(pieces)
    last = len(text.terms) - size + 1 if size else 0
    ways = [{shown(word), shown(bare)} for word, bare in zip(text.written, text.unelided, strict=True)]
    return [
        (at, at + size)
        for at in range(last)
        if pieces[0] in ways[at] and all(piece in ways[at + n] for n, piece in enumerate(pieces))
    ]


def _near(left: list[Place], right: list[Place], distance: int, ordered: bool) -> list[Place]:
    """The places of either side with one of the other at most ``distance`` words away, and not the same words."""
    found = set(_followed(left, right, distance))
    found.update(_following(left, right, distance))
    if not ordered:
        found.update(_followed(right, left, distance))
        found.update(_following(right, left, distance))
    return sorted(found)


def _followed(first: list[Place], second: list[Place], distance: int) -> Iterable[Place]:
    """Those of ``first`` that one of ``second`` follows closely enough."""
    starts = sorted(start for start, _ in second)
    return [(s, e) for s, e in first if bisect_left(starts, e) < bisect_right(starts, e + distance - 1)]


def _following(first: list[Place], second: list[Place], distance: int) -> Iterable[Place]:
    """Those of ``second`` that follow one of ``first`` closely enough."""
    ends = sorted(end for _, end in first)
    return [(s, e) for s, e in second if bisect_left(ends, s - distance + 1) < bisect_right(ends, s)]


def _same(left: list[Place], right: list[Place], text: Words, by_sentence: bool) -> list[Place]:
    """The places of either side with one of the other in the same sentence, or anywhere in the text."""

    def group(place: Place) -> int:
        return text.sentences[place[0]] if by_sentence else 0

    return sorted({*_partnered(left, right, group), *_partnered(right, left, group)})


def _partnered(ones: list[Place], others: list[Place], group: Callable[[Place], int]) -> Iterable[Place]:
    last_start: dict[int, int] = {}
    first_end: dict[int, int] = {}
    for place in others:
        number = group(place)
        last_start[number] = max(last_start.get(number, -1), place[0])
        first_end[number] = min(first_end.get(number, place[1]), place[1])
    return [
        place
        for place in ones
        if (number := group(place)) in last_start
        and (last_start[number] >= place[1] or first_end[number] <= place[0])
    ]


def _without(node: And, text: Words) -> list[Place]:
    """The places of the one operand that share no word with those of the negated ones."""
    kept = next(operand for operand in node.operands if not isinstance(operand, Not))
    taken: set[int] = set()
    for operand in node.operands:
        if isinstance(operand, Not):
            for start, end in occurrences(operand.operand, text):
                taken.update(range(start, end))
    return [place for place in occurrences(kept, text) if taken.isdisjoint(range(*place))]
