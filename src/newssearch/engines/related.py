"""Makes the query that finds articles on the subject of a given one: its most telling words, by weight."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from newssearch.engines import bm25f
from newssearch.query import Boost, Everything, Leaf, Node, Not, Or, Word
from newssearch.stopping import StopCheck
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import Analyser
from newssearch.text.folding import spelled

_ADDRESS_IN_TEXT = Pattern(r"(?:https?://|\bwww\.|\bpic\.twitter\.com/)\S+", re.IGNORECASE)

RELATED_TERMS = 40
"""The number of terms of an article by which related ones are found."""
TITLE_FACTOR = 2
"""A word of the headline counts as often as this number of words of the text."""
MIN_TERM_CHARS = 3
"""Shorter terms in Latin letters and digits say little about a subject."""
NOTHING: Node = Not(Everything())
"""A tree that finds no article."""
DAYS = 7.0
"""The number of days in which the nearness in date falls to a third."""
NEARNESS = 0.5
"""Scores of articles of the same day are raised by this share."""
DATED_ARTICLES = 200
"""The number of articles, the first in order, whose scores the date changes."""


class TermCounts(Protocol):
    """Knows in how many articles of an index terms are."""

    @property
    def articles(self) -> int:
        """The number of all articles."""

    def expect(self, terms: Iterable[str]) -> None:
        """Prepare for questions about the given terms, where it is faster to look up many at once."""

    def articles_with(self, term: str) -> int:
        """Return the number of articles that have a term in their text."""


def related_tree(
    title: str, paragraphs: Iterable[str], own: Analyser, terms: TermCounts, check: StopCheck
) -> Node:
    """Return the words of an article that say most about its subject, joined by OR; :data:`NOTHING` if it has none.

    A term is weighted by (1 + ln n) · idf, where ``n`` is the number of its occurrences; the idf is part of any score,
    the rest is its boost. The word stands in the query as the article most often writes it. Web addresses are
    left out. ``title`` is the headline, ``paragraphs`` are the texts of the paragraphs that add to scores, and ``own`` is the
    analyser of the article.
    """
    counts, spellings = Counter[str](), dict[str, Counter[str]]()
    texts = [(title, TITLE_FACTOR), *((text, 1) for text in paragraphs)]
    for text, times in check.during(texts, 1):
        for token in own.tokens(without_addresses(text)):
            counts[token.term] += times
            spellings.setdefault(token.term, Counter())[token.word] += 1
    telling = [term for term in counts if not (says_little(term) or is_function_word(own, spellings[term]))]
    terms.expect(telling)
    weights: dict[str, float] = {}
    for term in check.during(telling):
        idf = bm25f.idf(terms.articles, terms.articles_with(term))
        weights[term] = (1 + math.log(counts[term])) * idf
    chosen = sorted(weights, key=lambda term: (-weights[term], term))[:RELATED_TERMS]
    words: dict[Leaf, float] = {}
    for term in chosen:
        ways = spellings[term]
        text = min(ways, key=lambda way: (-ways[way], way))
        if own.terms(text) == [term]:
            words.setdefault(Word(text), 1 + math.log(counts[term]))
    nodes = tuple(Boost(word, round(boost, 3)) for word, boost in words.items())
    return nodes[0] if len(nodes) == 1 else Or(nodes) if nodes else NOTHING


def without_addresses(text: str) -> str:
    """Return a text without web addresses, whose parts (``https``, ``com``) are no words of a subject.

    >>> without_addresses("Rain https://t.co/bruzkWy5w0 and www.echo.org/snow. Snow pic.twitter.com/a1B2")
    'Rain   and   Snow  '
    """
    return _ADDRESS_IN_TEXT.sub(" ", text)


def says_little(term: str) -> bool:
    """Whether a term says little about a subject: a number, or very short in Latin letters."""
    return term.isdigit() or (term.isascii() and len(term) < MIN_TERM_CHARS)


def is_function_word(language: Analyser, spellings: Iterable[str]) -> bool:
    """Whether a term is that of a function word, because one of its ``spellings`` is one: *Doe* finds *does* as well."""
    return any(language.is_function_word(spelled(word)) for word in spellings)


def nearness(days: float) -> float:
    """Return the factor of the score of an article that is this number of days older or newer than the given one."""
    return 1 + NEARNESS * math.exp(-days / DAYS)
