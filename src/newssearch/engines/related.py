"""Makes the query that finds related articles: the most distinctive words of an article, with weights."""

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
from newssearch.text.built_in_analyser import Analyser
from newssearch.text.folding import spelled

_ADDRESS_IN_TEXT = Pattern(r"(?:https?://|\bwww\.|\bpic\.twitter\.com/)\S+", re.IGNORECASE)

RELATED_TERMS = 40
"""The number of an article's terms in the query for related articles."""
TITLE_FACTOR = 2
"""The factor by which an occurrence in the headline counts more than one in the text."""
MIN_TERM_CHARS = 3
"""The length in characters below which terms in Latin letters and digits say little about a subject."""
NOTHING: Node = Not(Everything())
"""A tree that finds no article."""
NEARNESS_DAYS = 7.0
"""The number of days after which the bonus for nearness in date falls to a third."""
NEARNESS = 0.5
"""The share by which the score of an article of the same day is raised."""
DATED_ARTICLES = 200
"""The number of first articles whose scores the date changes."""


class TermCounts(Protocol):
    """Counts the articles of an index that contain a term."""

    @property
    def articles(self) -> int:
        """The number of all articles."""

    def expect(self, terms: Iterable[str]) -> None:
        """Announce terms that will be looked up, for engines that look up many at once faster."""

    def articles_with(self, term: str) -> int:
        """Return the number of articles whose text contains a term."""


def related_tree(
    title: str, paragraphs: Iterable[str], own: Analyser, terms: TermCounts, check: StopCheck
) -> Node:
    """Return the words of an article that characterise its subject, joined by OR; :data:`NOTHING` if there are none.

    The weight of a term is (1 + ln n) · idf, where ``n`` is its number of occurrences. Every score includes the idf;
    the rest is the boost of the word. The query has the article's most frequent spelling. Web addresses are left out.
    ``title`` is the headline, ``paragraphs`` are the texts of the paragraphs that contribute to scores, and ``own``
    is the analyser of the article.
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
    """Return a text without web addresses, whose parts (``https``, ``com``) say nothing about a subject.

    >>> without_addresses("Rain https://t.co/bruzkWy5w0 and www.echo.org/snow. Snow pic.twitter.com/a1B2")
    'Rain   and   Snow  '
    """
    return _ADDRESS_IN_TEXT.sub(" ", text)


def says_little(term: str) -> bool:
    """Whether a term says little about a subject: a number, or a very short term in Latin letters."""
    return term.isdigit() or (term.isascii() and len(term) < MIN_TERM_CHARS)


def is_function_word(language: Analyser, spellings: Iterable[str]) -> bool:
    """Whether a term is a function word, because one of its ``spellings`` is: *Doe* also finds *does*."""
    return any(language.is_function_word(spelled(word)) for word in spellings)


def nearness(days: float) -> float:
    """Return the factor for the score of an article that is ``days`` days older or newer than the given one."""
    return 1 + NEARNESS * math.exp(-days / NEARNESS_DAYS)
