"""Finds expansion words for a query in the best paragraphs of its first results (pseudo-relevance feedback).

The weight of a term t is ::

(1 - ORIGINAL) / ORIGINAL · |q| · v(t) / Σ v, v(t) = idf(t) · Σ_i s(i)/Σs · n(t, i)/n(i)

The best paragraph of result i, whose score is ``s(i)``, has ``n(i)`` words, of which ``n(t, i)`` have the term;
``idf`` is that of :mod:`newssearch.engines.bm25f`, over articles. ``|q|`` is the sum of the weights of the words and
phrases of the query. This is RM3 (Lavrenko and Croft, Relevance-Based Language Models, 2001; Abdul-Jaleel et al.,
UMass at TREC 2004) with probabilities weighted by idf, divided by ORIGINAL, so that the words of the query keep their
weights. They are among the terms as well.

The constants were chosen on the four collections in ``benchmarks/README.md``, which has what expansion changes there.
Only one paragraph of each result is read, because much of an article may be about something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from newssearch.engines import bm25f
from newssearch.engines.protocol import FoundExpansion
from newssearch.highlight.matcher import AnalysedText, find_matches
from newssearch.query import (
    And,
    AnyWord,
    Caps,
    Exact,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    PatternPhrase,
    Phrase,
    Same,
    Synonyms,
    WeightedWord,
    Word,
    leaves,
    scored_leaves,
)
from newssearch.query.alternatives import alternatives_of
from newssearch.stopping import StopCheck
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.folding import spelled
from newssearch.text.tokenizer import word_matches as words_of

from .related import TermCounts, is_function_word, says_little, without_addresses

FEEDBACK_RESULTS = 20
"""The number of first results whose best paragraphs are read."""
MAX_EXPANSION_WORDS = 50
"""The largest number of expansion words."""
ORIGINAL = 0.8
"""The share of the query's own words in the sum of weights."""
MIN_EXPANSION_ARTICLES = 2
"""The smallest number of articles that contain an expansion word."""
MAX_EXPANSION_SHARE = 0.1
"""The largest share of all articles that contain an expansion word. More frequent words say little about a subject."""
COMMON_ARTICLES = 5
"""A word is never too frequent if at most this number of articles contain it."""
WEIGHT_DIGITS = 4
"""The number of decimal places to which weights are rounded."""


class _Term:
    """A term of the paragraphs read: its probability, its spellings, and the analyser of the language."""

    def __init__(self, language: Analyser) -> None:
        self.language = language
        self.probability = 0.0
        self.spellings: Counter[str] = Counter()

    def text(self, term: str) -> str | None:
        """Return the most frequent spelling that a query analyses to this term; None if there is none."""
        for text in sorted(self.spellings, key=lambda text: (-self.spellings[text], text)):
            if self.language.terms(text) == [term]:
                return text
        return None


class FeedbackResult(NamedTuple):
    """A result: its score, the analyser of its article, and the text of its best paragraph, if it contributes to scores."""

    score: float
    language: Analyser
    text: str | None


def expansion_of(
    tree: Node,
    results: Sequence[FeedbackResult],
    counts: TermCounts,
    function_words: Callable[[str], Collection[Leaf]],
    check: StopCheck,
) -> FoundExpansion:
    """Return the expansion words of a query, by descending weight, or why there are none.

    ``results`` are the first results of the query. ``function_words`` returns the query's leaves that are function
    words in an analysis. A word has the spelling that is most frequent in the paragraphs. Function words, words that
    begin with a digit, and words that a negated part of the query matches are left out. A query of optional words
    alone is not expanded, because further optional words would change what matches.
    """
    if all(use.optional or use.negated for use in leaves(tree)):
        return FoundExpansion((), "it has no word that must match")
    if not results:
        return FoundExpansion((), "it has no results")
    total = sum(result.score for result in results)
    if not total:
        return FoundExpansion((), "all its results have score 0")
    terms: dict[str, _Term] = {}
    query_weight = 0.0
    for result in check.during(results, 1):
        share = result.score / total
        query_weight += share * _query_weight(tree, function_words(result.language.name))
        if result.text is not None:
            _read(result.text, result.language, share, terms)
    negated = (part for use in leaves(tree) for part in _negated_words(use.leaf, use.negated))
    excluded = _Excluded(negated, check)
    chosen: dict[str, float] = {}
    for term, weight in _by_weight(counts, terms, check):
        text = terms[term].text(term)
        if text is None or excluded.matches(text, terms[term].language):
            continue
        # A word may have different terms in different languages.
        chosen[text] = chosen.get(text, 0.0) + weight
        if len(chosen) == MAX_EXPANSION_WORDS:
            break
    factor = (1 - ORIGINAL) / ORIGINAL * query_weight / (sum(chosen.values()) or 1)
    words = (
        WeightedWord(text, round(factor * chosen[text], WEIGHT_DIGITS))
        for text in sorted(chosen, key=lambda text: (-chosen[text], text))
    )
    found = tuple(word for word in words if word.weight)
    return FoundExpansion(found, "" if found else "its first results have no telling words")


def _read(text: str, language: Analyser, share: float, terms: dict[str, _Term]) -> None:
    """Add the terms of a paragraph to ``terms``, with its ``share`` of all scores as their probability.

    Web addresses are left out.
    """
    tokens = language.tokens(without_addresses(text))
    for token in tokens:
        term = terms.setdefault(token.term, _Term(language))
        term.probability += share / len(tokens)
        term.spellings[spelled(token.word)] += 1


def _by_weight(
    counts: TermCounts, terms: Mapping[str, _Term], check: StopCheck
) -> Iterator[tuple[str, float]]:
    """Yield the terms that can characterise a subject with their ``v(t)``, in descending order.

    The articles of a term are counted only when the upper bound of its ``v(t)`` is the greatest remaining one.
    """
    most = max(MAX_EXPANSION_SHARE * counts.articles, COMMON_ARTICLES)
    greatest = bm25f.idf(counts.articles, MIN_EXPANSION_ARTICLES)
    queue = [
        (-read.probability * greatest, False, term)
        for term, read in terms.items()
        if not (says_little(term) or term[0].isdigit())
    ]
    counts.expect(term for *_, term in queue)
    heapify(queue)
    while queue:
        check()
        bound, is_exact, term = heappop(queue)
        read = terms[term]
        if is_exact:
            yield term, -bound
        elif not is_function_word(read.language, read.spellings):
            articles = counts.articles_with(term)
            if MIN_EXPANSION_ARTICLES <= articles <= most:
                weight = read.probability * bm25f.idf(counts.articles, articles)
                heappush(queue, (-weight, True, term))


def _query_weight(tree: Node, lowered: Collection[Leaf]) -> float:
    """Return the sum of the weights of a query's leaves, optional ones excluded. ``lowered`` are function words."""
    return sum(
        wanted.boost * (bm25f.FUNCTION_WORD if wanted.leaf in lowered else 1.0)
        for wanted in scored_leaves(tree)
        if not wanted.optional
    )


def _negated_words(node: Node, negated: bool) -> Iterator[Leaf]:
    """Yield the negated parts of a leaf or its operands that match single words."""
    if isinstance(node, Not):
        yield from _negated_words(node.operand, not negated)
    elif isinstance(node, Near | Same | Synonyms | And | Or):
        for child in node.children:
            yield from _negated_words(child, negated)
    elif not negated:
        return
    elif isinstance(node, PatternPhrase):
        for part in node.leaves:
            if not isinstance(part, AnyWord):
                yield from _negated_words(part, negated)
    elif isinstance(node, Word | Phrase | Exact | Caps):
        yield from (Word(piece.group()) for piece in words_of(node.text))
    elif isinstance(node, Leaf):
        yield node


class _Excluded:
    """The negated parts of a query, whose matches are no expansion words.

    Words are compared as terms, all at once. Only patterns are matched word by word.
    """

    def __init__(self, parts: Iterable[Leaf], check: StopCheck) -> None:
        self._check = check
        distinct = dict.fromkeys(parts)
        self._words = [part for part in distinct if isinstance(part, Word)]
        self._patterns = [part for part in distinct if not isinstance(part, Word)]
        self._of_language: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def matches(self, text: str, language: Analyser) -> bool:
        """Whether a negated part matches a word of a text in the given language."""
        if not (self._words or self._patterns):
            return False
        terms, keys = self._words_in(language)
        word = AnalysedText(text, language, self._check)
        return (
            not terms.isdisjoint(word.terms)
            or any(found.key in keys and word.compounds(found.key) for found in language.compounds(text))
            or any(find_matches(pattern, word) for pattern in self._patterns)
        )

    def _words_in(self, language: Analyser) -> tuple[frozenset[str], frozenset[str]]:
        """Return the terms that negated words match in a language, and the keys of the compounds that they match."""
        found = self._of_language.get(language.name)
        if found is None:
            terms, keys = set[str](), set[str]()
            for word in self._words:
                wanted = alternatives_of(language, word.text, word.inside)
                whole = [o for o in wanted.others if o.end - o.start == len(wanted.terms)]
                keys.update(other.key for other in whole if other.key)
                for ways in (wanted.terms, *(other.terms for other in whole)):
                    if len(ways) == 1:  # several terms are not a single word
                        terms.add(ways[0])
            found = self._of_language[language.name] = frozenset(terms), frozenset(keys)
        return found
