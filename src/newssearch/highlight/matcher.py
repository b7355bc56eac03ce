"""Finds the matches of the leaves of a query in one text, by the plain meaning of each, over a list of words.

This module defines the semantics that every engine must agree with. It also marks the matches in snippets, and an
engine falls back on it for leaves that its index cannot answer alone. The module ``search/spans.py`` of the embedded
engine finds the same matches in many texts at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, combinations

from newssearch.query.alternatives import Alternatives, alternatives_of
from newssearch.query.leaves import (
    ANY,
    AnyWord,
    Caps,
    Exact,
    Fuzzy,
    Name,
    PatternPhrase,
    Phrase,
    Regex,
    Wildcard,
    Word,
)
from newssearch.query.names import ARTICLES, is_name
from newssearch.query.patterns import asks_for_whole, pattern_of, written_pattern
from newssearch.query.tree import (
    And,
    AtLeast,
    Boost,
    Dated,
    Everything,
    Field,
    Near,
    Node,
    Not,
    Or,
    Region,
    Same,
    Synonyms,
    Tagged,
    Undated,
    Within,
)
from newssearch.stopping import NEVER, StopCheck
from newssearch.system.exhaustive import assert_never
from newssearch.system.kept import cached_property
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.folding import spelled, spelled_lower, unelided, whole_form
from newssearch.text.sentences import sentence_starts

MATCHES_PER_CHECK = 8
"""A pattern is matched against this number of words between two checks: a regular expression may take long for a word."""

NOTHING_CUT: Mapping[Node, frozenset[str]] = {}
Match = tuple[int, int]
"""The words of a text from ``start`` up to but not including ``end``, counted from 0."""


class AnalysedText:
    """A text split into words by an analyser. Properties of the words are computed when they are first needed.

    A *chunk* is a part of the text between two spaces, with any number of words. ``check`` is called now and then by
    :func:`find_matches`. For some patterns, ``kept`` has the folded words that they stand for: no others match.
    """

    def __init__(
        self,
        text: str,
        analyser: Analyser,
        check: StopCheck = NEVER,
        kept: Mapping[Node, frozenset[str]] = NOTHING_CUT,
    ) -> None:
        self.text = text
        self.analyser = analyser
        self.check = check
        self.kept = kept
        self._pieces = text.split(" ")
        self._chunks = analyser.chunks(self._pieces)
        # What most texts are asked for is kept by hand, which is faster than a cached property.
        self._terms: list[str] | None = None
        self._bounds: tuple[list[int], list[int]] | None = None
        self._compounds: dict[str, list[Match]] | None = None

    @property
    def terms(self) -> list[str]:
        """The terms of the words."""
        if self._terms is None:
            self._terms = [term for chunk in self._chunks for term in chunk[0]]
        return self._terms

    def span(self, match: Match) -> tuple[int, int]:
        """Return the offsets in the text, in characters, where a match starts and ends."""
        first, last = match[0], match[1] - 1
        start, end = self._offsets(first)
        return (start, end) if first == last else (start, self._offsets(last)[1])

    def _offsets(self, word: int) -> tuple[int, int]:
        ends, lengths = self._chunk_bounds()
        number = bisect_right(ends, word)
        chunk = self._chunks[number]
        _, start, end, _ = chunk.tokens[word - ends[number]]
        before = lengths[number] + number  # one space per chunk
        return before + start, before + end

    def _chunk_bounds(self) -> tuple[list[int], list[int]]:
        """Return the number of words up to the end of each chunk, and the number of characters before it without spaces."""
        if self._bounds is None:
            ends = list(accumulate([len(chunk[0]) for chunk in self._chunks]))
            self._bounds = ends, list(accumulate(map(len, self._pieces), initial=0))
        return self._bounds

    def spans_of(self, wanted: WantedWords) -> list[tuple[int, int, int]]:
        """Return the matches of many single words: the offsets of start and end, and the number of the word, unordered.

        A match may be in the list twice.
        """
        disjoint, by_term, by_key = wanted.keys.isdisjoint, wanted.by_term, wanted.by_key
        pieces, chunks = self._pieces, self._chunks
        found: list[tuple[int, int, int]] = []
        before = passed = 0
        for number in [n for n, chunk in enumerate(chunks) if not disjoint(chunk[3])]:
            before += sum(map(len, pieces[passed:number])) + number - passed
            passed = number
            _, tokens, compounds, _ = chunks[number]
            for term, start, end, _ in tokens:
                if term in by_term:
                    found += [(before + start, before + end, word) for word in by_term[term]]
            for first, size, key in compounds:
                if key in by_key:
                    start, end = before + tokens[first].start, before + tokens[first + size - 1].end
                    found += [(start, end, word) for word in by_key[key]]
        return found

    def phrase_spans(self, phrase: WantedPhrase) -> list[tuple[int, int]] | None:
        """Return the offsets of the matches of adjacent words; None if the text has an alternative to some of them."""
        disjoint, (first, *rest) = phrase.keys.isdisjoint, phrase.terms
        pieces, chunks = self._pieces, self._chunks
        found: list[tuple[int, int]] = []
        before = passed = 0
        for number in [n for n, chunk in enumerate(chunks) if not disjoint(chunk[3])]:
            before += sum(map(len, pieces[passed:number])) + number - passed
            passed = number
            terms, tokens, compounds, _ = chunks[number]
            if not phrase.other_terms.isdisjoint(terms):
                return None
            if compounds and not phrase.other_keys.isdisjoint([compound.key for compound in compounds]):
                return None
            for at, (term, start, _, _) in enumerate(tokens):
                if term == first and (end := self._end_of(rest, number, at + 1)) is not None:
                    found.append((before + start, before + end))
        return found

    def _end_of(self, terms: Sequence[str], number: int, at: int) -> int | None:
        """Return the end of the words with these terms, which begin with word ``at`` of a chunk; None if others stand there.

        It is an offset from the beginning of the chunk. There is at least one term.
        """
        before = end = 0
        tokens = self._chunks[number].tokens
        for term in terms:
            while at == len(tokens):
                before += len(self._pieces[number]) + 1
                number += 1
                if number == len(self._chunks):
                    return None
                tokens, at = self._chunks[number].tokens, 0
            if tokens[at].term != term:
                return None
            end = before + tokens[at].end
            at += 1
        return end

    def positions(self, term: str) -> list[int]:
        """Return the positions of a term, ascending."""
        terms = self.terms
        found: list[int] = []
        at = -1
        for _ in range(terms.count(term)):
            at = terms.index(term, at + 1)
            found.append(at)
        return found

    @cached_property
    def pieces(self) -> list[str]:
        """The words as they stand in the text: see :func:`~newssearch.text.tokenizer.word_of`."""
        return [token.word for chunk in self._chunks for token in chunk.tokens]

    def words(self, match: Match) -> list[str]:
        """Return some words as in :attr:`pieces`, without reading the others."""
        at, end = match
        ends, _ = self._chunk_bounds()
        number = bisect_right(ends, at)
        found: list[str] = []
        while at < end and number < len(ends):
            tokens = self._chunks[number].tokens
            begin = ends[number] - len(tokens)
            found += [token.word for token in tokens[at - begin : end - begin]]
            at = ends[number]
            number += 1
        return found

    @cached_property
    def written(self) -> list[str]:
        """The words without a possessive ending, with their capitals and accents."""
        return [spelled(word) for word in self.pieces]

    @cached_property
    def unelided(self) -> list[str]:
        """The words as in :attr:`written`, but without an elided prefix (``l'`` in ``l'Ukraine``)."""
        return [unelided(word, form) for word, form in zip(self.written, self.folded, strict=True)]

    @cached_property
    def folded(self) -> list[str]:
        """The words without case, accents and a possessive ending."""
        return self.analyser.forms_of(self.pieces)

    @cached_property
    def sentences(self) -> list[int]:
        """The number of the sentence in which each word begins."""
        starts = sentence_starts(self.text, self.analyser.name)
        return [bisect_right(starts, self._offsets(word)[0]) for word in range(len(self.terms))]

    def compounds(self, key: str) -> list[Match]:
        """Return the matches of a compound (:class:`~newssearch.text.built_in_analyser.Compound`), given by its key."""
        return self.all_compounds.get(key, [])

    @property
    def all_compounds(self) -> dict[str, list[Match]]:
        """The matches of all compounds, by their keys."""
        if self._compounds is None:
            self._compounds = {}
            for number in [n for n, chunk in enumerate(self._chunks) if chunk[2]]:
                chunk = self._chunks[number]
                begin = self._chunk_bounds()[0][number] - len(chunk.terms)
                for first, size, key in chunk.compounds:
                    self._compounds.setdefault(key, []).append((begin + first, begin + first + size))
        return self._compounds


class WantedWords:
    """Words of a query that match single words, by the terms and by the keys of compounds that match them.

    Each word has a number.
    """

    def __init__(self) -> None:
        self.by_term: dict[str, list[int]] = {}
        self.by_key: dict[str, list[int]] = {}
        self.keys: set[str] = set()

    def add(self, number: int, wanted: Alternatives) -> None:
        """Add a word that has one term, and no alternative of several."""
        for term in dict.fromkeys(
            [*wanted.terms, *(term for other in wanted.others for term in other.terms)]
        ):
            self.by_term.setdefault(term, []).append(number)
        for key in dict.fromkeys(other.key for other in wanted.others if not other.terms):
            self.by_key.setdefault(key, []).append(number)
        self.keys.update(self.by_term, self.by_key)


class WantedPhrase:
    """Adjacent words of a query: their terms, at least two, and the terms and keys of the alternatives to some of them."""

    def __init__(self, wanted: Alternatives) -> None:
        self.terms = wanted.terms
        self.other_terms = frozenset(term for other in wanted.others for term in other.terms)
        self.other_keys = frozenset(other.key for other in wanted.others if not other.terms)
        self.keys = {wanted.terms[0], *self.other_terms, *self.other_keys}


@lru_cache(maxsize=4096)
def _terms(analyser: Analyser, text: str) -> tuple[str, ...]:
    """Return the terms of a part of a query. They are cached, because they are needed again for each text."""
    return tuple(analyser.terms(text))


def find_matches(node: Node, text: AnalysedText) -> list[Match]:
    """Return the matches of a leaf, or of an operand of one, in a text: ascending, each once.

    Raises TypeError for other nodes.
    """
    text.check()
    if isinstance(node, Word):
        return _words_or_alternatives(alternatives_of(text.analyser, node.text, node.inside), text)
    if isinstance(node, Phrase) and not (node.names or node.within):
        return _words_or_alternatives(alternatives_of(text.analyser, node.text), text)
    if isinstance(node, Phrase) and node.names:
        return _chained([find_matches(part, text) for part in node.parts])
    if isinstance(node, Phrase):
        return _minimal_windows(_terms(text.analyser, node.text), node.within, text)
    if isinstance(node, PatternPhrase):
        return _parts_in_window(node, text) if node.within else _adjacent_parts(node, text)
    if isinstance(node, Wildcard) and node.written:
        fits = written_pattern(node)
        whole = text.written if asks_for_whole(node) else text.unelided
        pairs = enumerate(zip(text.unelided, whole, strict=True))
        written = [(at, at + 1) for at, (bare, word) in pairs if fits(bare) or fits(word)]
        return (
            [match for match in written if _is_kept(node, text, match[0])] if node in text.kept else written
        )
    if isinstance(node, Wildcard | Fuzzy | Regex):
        pattern = pattern_of(node)
        prefix, matches = pattern.prefix, pattern.matches
        words: Iterable[str] = text.folded
        if isinstance(node, Regex):
            words = text.check.during(words, MATCHES_PER_CHECK)
        found = {at for at, word in enumerate(words) if word.startswith(prefix) and matches(word)}
        if node in text.kept:
            found = {at for at in found if text.folded[at] in text.kept[node]}
        if asks_for_whole(node):
            found.update(
                at
                for at, word in enumerate(text.written)
                if matches(whole_form(word)) and _may_be_whole(node, text, at)
            )
        return [(at, at + 1) for at in sorted(found)]
    if isinstance(node, Name):
        forms = zip(text.folded, text.unelided, strict=True)
        variants = {(at, at + 1) for at, (form, shown) in enumerate(forms) if is_name(node.text, form, shown)}
        found_at = variants.union(find_matches(node.word, text))
        return sorted((at - (at > 0 and text.folded[at - 1] in ARTICLES), end) for at, end in found_at)
    if isinstance(node, Caps):
        return _words_as_written(node.text, text, spelled)
    if isinstance(node, Exact):
        return _words_as_written(node.text, text, spelled_lower)
    if isinstance(node, Near):
        return _matches_near(
            find_matches(node.left, text), find_matches(node.right, text), node.distance, node.ordered
        )
    if isinstance(node, Same):
        return _matches_in_same(
            find_matches(node.left, text), find_matches(node.right, text), text, node.unit == "s"
        )
    if isinstance(node, Or | Synonyms):
        return sorted({match for operand in node.operands for match in find_matches(operand, text)})
    if isinstance(node, And):
        return _matches_except(node, text)
    if isinstance(
        node, Not | AtLeast | Region | Field | Tagged | Within | Dated | Undated | Boost | Everything
    ):
        raise TypeError(f"{type(node).__name__} has no matches in a text")
    assert_never(node)


def _is_kept(node: Wildcard, text: AnalysedText, at: int) -> bool:
    """Whether a word that a pattern matches as it is written is one of those that are left of the pattern."""
    if text.folded[at] in text.kept[node]:
        return True
    whole = text.written[at]
    return asks_for_whole(node) and pattern_of(node).matches(whole_form(whole)) and whole != text.unelided[at]


def _may_be_whole(node: Node, text: AnalysedText, at: int) -> bool:
    """Whether a word may match with its elided beginning. Of a pattern that was cut, one without any is compared by its form."""
    return node not in text.kept or text.written[at] != text.unelided[at]


def _words_or_alternatives(wanted: Alternatives, text: AnalysedText) -> list[Match]:
    """Return the matches of the words of a query, which must be adjacent in the text.

    ``wanted`` has the terms of these words, and the alternatives that may stand in place of one or more of them.
    """
    plain = _adjacent_terms(wanted.terms, text)
    compounds = text.all_compounds
    choices = [
        (other.start, other.end, matches)
        for other in wanted.others
        if (matches := _adjacent_terms(other.terms, text) if other.terms else compounds.get(other.key, []))
    ]
    if not choices:
        return plain
    choices += [(at, at + 1, _adjacent_terms((term,), text)) for at, term in enumerate(wanted.terms)]
    found: list[set[Match]] = [set() for _ in range(len(wanted.terms) + 1)]
    for start, end, matches in sorted(choices):
        found[end].update(_chained([sorted(found[start]), matches]) if start else matches)
    return sorted(found[-1].union(plain))


def _adjacent_terms(wanted: Sequence[str], text: AnalysedText) -> list[Match]:
    """Return the matches in which the given terms are adjacent, in this order."""
    if not wanted:
        return []
    size, terms = len(wanted), text.terms
    begins = text.positions(wanted[0])
    if size > 1:
        asked = list(wanted)
        begins = [at for at in begins if terms[at : at + size] == asked]
    return [(at, at + size) for at in begins]


def _minimal_windows(terms: Sequence[str], within: int, text: AnalysedText) -> list[Match]:
    """Return the shortest matches that hold all terms, with the last word at most ``within`` words after the first."""
    needed = Counter(terms)
    events = sorted((at, term) for term in needed for at in text.positions(term))
    held: Counter[str] = Counter()
    missing = len(terms)
    low = 0
    found: list[Match] = []
    for at, term in events:
        held[term] += 1
        missing -= held[term] <= needed[term]
        if missing:
            continue
        while held[events[low][1]] > needed[events[low][1]]:
            held[events[low][1]] -= 1
            low += 1
        if held[term] == needed[term] and at - events[low][0] <= within:
            match = (events[low][0], at + 1)
            if not found or found[-1][0] < match[0]:
                found.append(match)
    return found


def _chained(parts: Sequence[list[Match]]) -> list[Match]:
    """Return the matches made of one match of each part, in order, each of which begins where the one before ends."""
    found = {(start, start) for start, _ in parts[0]}
    for part in parts:
        begun: dict[int, set[int]] = {}
        for start, end in found:
            begun.setdefault(end, set()).add(start)
        found = {(first, end) for start, end in part for first in begun.get(start, ())}
    return sorted(found)


def _adjacent_parts(node: PatternPhrase, text: AnalysedText) -> list[Match]:
    """Return the matches in which the words and patterns of a phrase are adjacent."""
    anywhere = [(at, at + 1) for at in range(len(text.terms))] if ANY in node.parts else []
    return _chained(
        [anywhere if isinstance(leaf, AnyWord) else find_matches(leaf, text) for leaf in node.leaves]
    )


def _parts_in_window(node: PatternPhrase, text: AnalysedText) -> list[Match]:
    """Return the shortest matches in which each word and pattern of a phrase has a word of its own.

    Compare :func:`_minimal_windows`.
    """
    sought: list[tuple[Node | str, int]] = list(Counter(_terms(text.analyser, node.words)).items())
    sought += Counter(part for part in node.parts if isinstance(part, Wildcard | Fuzzy)).items()
    needs = [
        (
            {at for at, _ in find_matches(one, text)} if isinstance(one, Node) else set(text.positions(one)),
            count,
        )
        for one, count in sought
    ]
    # Each gets a word of its own if every subset of them has enough words together (Hall 1935).
    together = [
        (sorted(set[int]().union(*(positions for positions, _ in chosen))), sum(count for _, count in chosen))
        for size in range(1, len(needs) + 1)
        for chosen in combinations(needs, size)
    ]
    found: list[Match] = []
    for last in text.check.during(together[-1][0], MATCHES_PER_CHECK):
        counts = [(positions, bisect_right(positions, last) - count) for positions, count in together]
        if any(at < 0 for _, at in counts):
            continue
        first = min(positions[at] for positions, at in counts)
        if last - first <= node.within and (not found or found[-1][0] < first):
            found.append((first, last + 1))
    return found


def _words_as_written(wanted: str, text: AnalysedText, shown: Callable[[str], str]) -> list[Match]:
    """Return the matches of adjacent words that are equal to those of ``wanted`` after ``shown`` is applied to both.

    Each word is compared with and without its elided prefix.
    """
    pieces = list(map(shown, text.analyser.words(wanted)))
    size = len(pieces)
    last = len(text.terms) - size + 1 if size else 0
    spellings = [{shown(word), shown(bare)} for word, bare in zip(text.written, text.unelided, strict=True)]
    return [
        (at, at + size)
        for at in range(last)
        if pieces[0] in spellings[at] and all(piece in spellings[at + n] for n, piece in enumerate(pieces))
    ]


def _matches_near(left: list[Match], right: list[Match], distance: int, ordered: bool) -> list[Match]:
    """Return the matches in each list that have a disjoint match in the other at most ``distance`` words away.

    If ``ordered``, the match in ``left`` must come first.
    """
    found = set(_followed_closely(left, right, distance))
    found.update(_following_closely(left, right, distance))
    if not ordered:
        found.update(_followed_closely(right, left, distance))
        found.update(_following_closely(right, left, distance))
    return sorted(found)


def _followed_closely(first: list[Match], second: list[Match], distance: int) -> Iterable[Match]:
    """Return the matches in ``first`` that a match in ``second`` follows within ``distance`` words."""
    starts = sorted(start for start, _ in second)
    return [(s, e) for s, e in first if bisect_left(starts, e) < bisect_right(starts, e + distance - 1)]


def _following_closely(first: list[Match], second: list[Match], distance: int) -> Iterable[Match]:
    """Return the matches in ``second`` that follow a match in ``first`` within ``distance`` words."""
    ends = sorted(end for _, end in first)
    return [(s, e) for s, e in second if bisect_left(ends, s - distance + 1) < bisect_right(ends, s)]


def _matches_in_same(
    left: list[Match], right: list[Match], text: AnalysedText, by_sentence: bool
) -> list[Match]:
    """Return the matches in each list that have a disjoint match in the other list.

    With ``by_sentence``, both must be in the same sentence, as a whole; otherwise they may be anywhere in the text.
    """
    if by_sentence:
        left, right = (
            [one for one in side if text.sentences[one[0]] == text.sentences[one[1] - 1]]
            for side in (left, right)
        )

    def group(match: Match) -> int:
        return text.sentences[match[0]] if by_sentence else 0

    return sorted({*_with_partner(left, right, group), *_with_partner(right, left, group)})


def _with_partner(ones: list[Match], others: list[Match], group: Callable[[Match], int]) -> Iterable[Match]:
    """Return the matches in ``ones`` that have a disjoint match in ``others`` with the same ``group``."""
    last_start: dict[int, int] = {}
    first_end: dict[int, int] = {}
    for match in others:
        number = group(match)
        last_start[number] = max(last_start.get(number, -1), match[0])
        first_end[number] = min(first_end.get(number, match[1]), match[1])
    return [
        match
        for match in ones
        if (number := group(match)) in last_start
        and (last_start[number] >= match[1] or first_end[number] <= match[0])
    ]


def _matches_except(node: And, text: AnalysedText) -> list[Match]:
    """Return the matches of the operand that is not negated, if they share no word with a match of a negated one."""
    kept = next(operand for operand in node.operands if not isinstance(operand, Not))
    taken: set[int] = set()
    for operand in node.operands:
        if isinstance(operand, Not):
            for start, end in find_matches(operand.operand, text):
                taken.update(range(start, end))
    return [match for match in find_matches(kept, text) if taken.isdisjoint(range(*match))]
