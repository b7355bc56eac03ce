"""A simple and slow search for the matches of a query's leaves, which tries every word, pair of matches and window.

It shares the analysis (words and their terms) with the program, but none of its matching.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

from newssearch import Article
from newssearch.lead import lead
from newssearch.query import (
    And,
    AnyWord,
    AtLeast,
    Boost,
    Caps,
    Everything,
    Exact,
    Fuzzy,
    Leaf,
    Name,
    Near,
    Node,
    Not,
    Or,
    PatternPhrase,
    Phrase,
    Regex,
    Region,
    Same,
    Synonyms,
    Wildcard,
    Word,
)
from newssearch.query.names import core, is_spelling
from newssearch.text.analysis import analyser
from newssearch.text.folding import fold, spelled
from newssearch.text.sentences import sentence_starts
from newssearch.text.tokenizer import word_matches as words_of

Match = tuple[int, int]
TITLE = 0
"""The number of the headline among the texts of an article, whose paragraphs are numbered from 1."""


class Positive(NamedTuple):
    """A leaf that is not negated, the regions of the article that it is restricted to, its boost, whether it is optional."""

    leaf: Node
    regions: tuple[str, ...]
    boost: float
    optional: bool = False


def texts(article: Article) -> dict[int, str]:
    """Return the headline and the paragraphs by number."""
    return {TITLE: article.title or "", **{p.number: p.text for p in article.paragraphs}}


def allowed(article: Article, number: int, regions: Iterable[str]) -> bool:
    """Whether a text belongs to all of the given regions of its article."""
    return all(number == TITLE or (region == "hlead" and number in lead(article)) for region in regions)


def allowed_in(article: Article, number: int, regions: Iterable[str]) -> bool:
    """Whether a paragraph may be marked for a leaf that is restricted to the given regions."""
    return number != TITLE and allowed(article, number, regions)


def positives(tree: Node) -> list[Positive]:
    """Return the leaves of a tree that are not negated, in the order of the query, the optional ones last.

    A leaf is optional if it is beside ``*`` below an OR. If all are, none counts as optional.
    """
    found = _positives(tree, negated=False, regions=(), boost=1.0, optional=False)
    first = [one for one in found if not one.optional]
    last = [one for one in found if one.optional]
    return first + last if first else [one._replace(optional=False) for one in last]


def _positives(
    node: Node, *, negated: bool, regions: tuple[str, ...], boost: float, optional: bool
) -> list[Positive]:
    walk = functools.partial(_positives, negated=negated, regions=regions, boost=boost, optional=optional)
    if isinstance(node, Not):
        return walk(node.operand, negated=not negated)
    if isinstance(node, And | Or):
        beside = isinstance(node, Or) and Everything() in node.operands
        return [found for one in node.operands for found in walk(one, optional=optional or beside)]
    if isinstance(node, AtLeast):
        return walk(node.operand)
    if isinstance(node, Region):
        return walk(node.operand, regions=(*regions, node.name))
    if isinstance(node, Boost):
        return walk(node.operand, boost=boost * node.factor)
    if isinstance(node, Leaf) and not negated:
        return [Positive(node, regions, boost, optional)]
    return []


def occurrences(article: Article, tree: Node) -> set[tuple[int, int, int]]:
    """Return the occurrences of a query in a matching article: the paragraph, the first word, and the word after the last."""
    return {
        (number, first, end)
        for one in positives(tree)
        if not one.optional
        for number, text in texts(article).items()
        if allowed_in(article, number, one.regions)
        for first, end in matches(one.leaf, text, article.lang)
    }


@lru_cache(maxsize=20_000)
def matches(node: Node, text: str, lang: str | None) -> set[Match]:
    """Return the matches of a leaf, or of an operand of one, in a text: words from, up to but not including."""
    words = analyser(lang).tokens(text)
    terms = [word.term for word in words]
    forms = [analyser(lang).form(word.word) for word in words]
    shown = [spelled(word.word) for word in words]
    if isinstance(node, Phrase) and node.names:
        chains = {(at, at) for at in range(len(terms))}
        for piece in re.sub(r"\b([ae]l) (?=[a-z]{4})", r"\1-", node.text, flags=re.IGNORECASE).split():
            part = Name(piece) if core(piece) is not None else Word(piece)
            chains = {(a, d) for a, b in chains for c, d in matches(part, text, lang) if b == c}
        return chains
    if isinstance(node, Word) or (isinstance(node, Phrase) and not node.within):
        found = _written(node.text, text, lang)
        for inside in node.inside if isinstance(node, Word) else ():
            key = " ".join(analyser(lang).terms(inside))
            found |= {(at, at + size) for at, size, other in analyser(lang).compounds(text) if other == key}
        return found
    if isinstance(node, Phrase):
        return _windows(Counter(analyser(lang).terms(node.text)), terms, node.within)
    if isinstance(node, PatternPhrase):
        return _pattern_phrase(node, text, lang)
    if isinstance(node, Wildcard) and node.written:
        return _written_wildcard(node, forms, shown)
    if isinstance(node, Wildcard):
        atoms = _atoms(node.pattern)
        return _fitting(node.pattern, forms, shown, lambda form: _glob(atoms, form))
    if isinstance(node, Fuzzy):
        asked = fold(spelled(node.text))
        return _fitting(node.text, forms, shown, lambda form: distance(asked, form) <= node.edits)
    if isinstance(node, Regex):
        wanted = re.compile(node.pattern, re.IGNORECASE)
        return _fitting(node.pattern, forms, shown, lambda form: wanted.fullmatch(form) is not None)
    if isinstance(node, Name):
        found = {
            (at, at + 1)
            for at, form in enumerate(forms)
            if any(char.isupper() for char in _unelided(shown[at], form)) and is_spelling(node.text, form)
        } | matches(Word([*words_of(node.text)][-1].group()), text, lang)
        return {(at - (at > 0 and forms[at - 1] in ("al", "el")), end) for at, end in found}
    if isinstance(node, Caps | Exact):
        pieces = list(map(spelled, analyser(lang).words(node.text)))
        held = [{word, _unelided(word, form)} for word, form in zip(shown, forms, strict=True)]
        if isinstance(node, Exact):
            pieces = [piece.lower().lstrip("#") for piece in pieces]
            held = [{word.lower().lstrip("#") for word in spellings} for spellings in held]
        return {
            (at, at + len(pieces))
            for at in range(len(held) - len(pieces) + 1)
            if all(piece in held[at + n] for n, piece in enumerate(pieces))
        }
    if isinstance(node, Near | Same):
        return _paired(node, text, lang)
    if isinstance(node, Or | Synonyms):
        return set[Match]().union(*(matches(operand, text, lang) for operand in node.operands))
    assert isinstance(node, And)
    (kept,) = (operand for operand in node.operands if not isinstance(operand, Not))
    taken = [
        match
        for part in node.operands
        if isinstance(part, Not)
        for match in matches(part.operand, text, lang)
    ]
    return {match for match in matches(kept, text, lang) if all(apart(match, other) for other in taken)}


def _written_wildcard(node: Wildcard, forms: Sequence[str], shown: Sequence[str]) -> set[Match]:
    """Return the words that a pattern matches as they are written."""
    pattern = _atoms(node.pattern if node.written == "caps" else node.pattern.lower())
    spellings = [{_unelided(word, form)} for word, form in zip(shown, forms, strict=True)]
    if any(char in node.pattern for char in "'’‘`"):
        spellings = [{*spelled, word} for spelled, word in zip(spellings, shown, strict=True)]
    if node.written == "exact":
        spellings = [{word.lower().lstrip("#") for word in spelled} for spelled in spellings]
    return {
        (at, at + 1) for at, spelled in enumerate(spellings) if any(_glob(pattern, w, str) for w in spelled)
    }


def _fitting(
    asked: str, forms: Sequence[str], shown: Sequence[str], fits: Callable[[str], bool]
) -> set[Match]:
    """Return the words whose folded form matches; a pattern with an apostrophe is compared with the elided prefix too."""
    whole = any(char in asked for char in "'’‘`")
    return {
        (at, at + 1)
        for at, form in enumerate(forms)
        if fits(form) or (whole and fits(fold(shown[at].lstrip("#"))))
    }


def _unelided(word: str, form: str) -> str:
    """Return the part of a word from which its folded form is derived, which is the word without an elided prefix."""
    parts = word.split("'")
    tails = ["'".join(parts[n:]) for n in range(1, len(parts))]
    return next((tail for tail in tails if fold(tail) == form), word)


def _written(asked: str, text: str, lang: str | None) -> set[Match]:
    """Return the matches of adjacent words, any of which may be joined or split in the text."""
    own = analyser(lang)
    wanted, terms = own.terms(asked), own.terms(text)
    plurals = [
        spelled(word.word)[-2:-1].isupper() and spelled(word.word)[-1] == "s" for word in own.tokens(asked)
    ]
    if not wanted:
        return set()

    def runs(sought: list[str]) -> set[Match]:
        size = len(sought)
        return {(at, at + size) for at in range(len(terms)) if terms[at : at + size] == sought}

    def keyed(key: str) -> set[Match]:
        return {(first, first + size) for first, size, other in own.compounds(text) if other == key}

    def between(low: int, high: int) -> set[Match]:
        """Return the possible forms of a range of words, for all ways of joining and splitting it."""
        found = runs(wanted[low:high]) | keyed(" ".join(wanted[low:high]))
        for first, size, key in own.compounds(asked):
            if (first, first + size) == (low, high) and (size > 1 or " " in key or plurals[first]):
                found |= runs(key.split(" ")) | keyed(key)
        for cut in range(low + 1, high):
            after = between(cut, high)
            found |= {(a, d) for a, b in between(low, cut) for c, d in after if b == c}
        return found

    return between(0, len(wanted))


def apart(one: Match, other: Match) -> bool:
    """Whether two matches have no word in common."""
    return one[1] <= other[0] or other[1] <= one[0]


def _paired(node: Near | Same, text: str, lang: str | None) -> set[Match]:
    starts = sentence_starts(text, analyser(lang).name)
    tokens = analyser(lang).tokens(text)

    def sentences(match: Match) -> set[int]:
        return {sum(start <= token.start for start in starts) for token in tokens[slice(*match)]}

    def close(one: Match, other: Match) -> bool:
        if not apart(one, other):
            return False
        if isinstance(node, Same):
            return node.unit == "p" or len(sentences(one) | sentences(other)) == 1
        after = other[0] >= one[1]
        gap = other[0] - one[1] + 1 if after else one[0] - other[1] + 1
        return gap <= node.distance and (after or not node.ordered)

    pairs = [
        (one, other)
        for one in matches(node.left, text, lang)
        for other in matches(node.right, text, lang)
        if close(one, other)
    ]
    return {match for pair in pairs for match in pair}


def _windows(wanted: Counter[str], terms: list[str], within: int) -> set[Match]:
    holding = {
        (low, high)
        for low, high in combinations(range(len(terms) + 1), 2)
        if not wanted - Counter(terms[low:high])
    }
    return _smallest(holding, within)


def _smallest(holding: set[Match], within: int) -> set[Match]:
    """Return the windows that contain no other window, with the last word at most ``within`` words after the first."""
    smallest = {
        (low, high)
        for low, high in holding
        if not any((low, high) != (l, h) and low <= l and h <= high for l, h in holding)  # noqa: E741
    }
    return {(low, high) for low, high in smallest if high - 1 - low <= within}


def _pattern_phrase(node: PatternPhrase, text: str, lang: str | None) -> set[Match]:
    """Return the matches of a phrase with patterns: its parts in order, or in any order in the smallest windows."""
    count = len(analyser(lang).tokens(text))
    if node.within:
        asked: list[set[int]] = [
            {at for at, term in enumerate(analyser(lang).terms(text)) if term == wanted}
            for wanted in analyser(lang).terms(node.words)
        ]
        asked += [
            {a for a, _ in matches(part, text, lang)}
            for part in node.parts
            if isinstance(part, Wildcard | Fuzzy)
        ]

        def holds(low: int, high: int) -> bool:
            here = [[at for at in wanted if low <= at < high] for wanted in asked]
            return any(len(set(chosen)) == len(chosen) for chosen in product(*here))

        return _smallest({match for match in combinations(range(count + 1), 2) if holds(*match)}, node.within)
    chains = {(at, at) for at in range(count)}
    for leaf in node.leaves:
        here = {(n, n + 1) for n in range(count)} if isinstance(leaf, AnyWord) else matches(leaf, text, lang)
        chains = {(a, d) for a, b in chains for c, d in here if b == c}
    return chains


def _atoms(pattern: str) -> list[str]:
    return re.findall(r"\[[^\]]*\]|.", pattern)


def _glob(atoms: list[str], word: str, shown: Callable[[str], str] = str.lower) -> bool:
    if not atoms:
        return not word
    first, rest = atoms[0], atoms[1:]
    if first == "*":
        return any(_glob(rest, word[at:], shown) for at in range(len(word) + 1))
    if not word:
        return False
    if first == "?":
        return _glob(rest, word[1:], shown)
    if len(first) > 1:
        return word[0] in first[1:-1] and _glob(rest, word[1:], shown)
    return shown(first) == word[0] and _glob(rest, word[1:], shown)


@lru_cache(maxsize=20_000)
def distance(one: str, other: str) -> int:
    """Return the Levenshtein distance of two words."""
    if not one or not other:
        return len(one) + len(other)
    return min(
        distance(one[1:], other[1:]) + (one[0] != other[0]),
        distance(one[1:], other) + 1,
        distance(one, other[1:]) + 1,
    )
