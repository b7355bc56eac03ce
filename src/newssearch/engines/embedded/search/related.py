"""Makes the query that finds articles on the subject of a given one: its most telling words, by weight."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from newssearch.article import Article
from newssearch.engines import bm25f
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.query import Boost, Leaf, Node, Or, Word
from newssearch.stopping import StopCheck
from newssearch.system.lazy_regex import Pattern
from newssearch.text.analysis import Analyser, analyser
from newssearch.text.folding import spelled

from .reader import IndexReader

_ADDRESS_IN_TEXT = Pattern(r"(?:https?://|\bwww\.|\bpic\.twitter\.com/)\S+", re.IGNORECASE)

RELATED_TERMS = 40
"""The number of terms of an article by which related ones are found."""
TITLE_FACTOR = 2
"""A word of the headline counts as often as this number of words of the text."""
MIN_TERM_CHARS = 3
"""Shorter terms in Latin letters and digits say little about a subject."""
DAYS = 7.0
"""The number of days in which the nearness in date falls to a third."""
NEARNESS = 0.5
"""Scores of articles of the same day are raised by this share."""
DATED_ARTICLES = 200
"""The number of articles, the first in order, whose scores the date changes."""


def related_tree(
    reader: IndexReader, article: Article, segment: Segment, number: int, check: StopCheck
) -> Node | None:
    """Return the words of an article that say most about its subject, joined by OR, or None if it has none.

    A term is weighted by (1 + ln n) · idf, where ``n`` is the number of its occurrences; the idf is part of any score,
    the rest is its boost. The word stands in the query as the article most often writes it. Web addresses and the
    paragraphs that add nothing to a score are left out. ``number`` is the number of the article in ``segment``.
    """
    own = analyser(article.lang)
    counts, spellings = Counter[str](), dict[str, Counter[str]]()
    texts = [
        (article.title or "", TITLE_FACTOR),
        *((text, 1) for text in _weighty_paragraphs(article, segment, number)),
    ]
    for text, times in check.during(texts, 1):
        for token in own.tokens(without_addresses(text)):
            counts[token.term] += times
            spellings.setdefault(token.term, Counter())[token.word] += 1
    weights: dict[str, float] = {}
    for term, count in check.during(counts.items()):
        if says_little(term) or is_function_word(own, spellings[term]):
            continue
        weights[term] = (1 + math.log(count)) * bm25f.idf(reader.live_count, articles_with(reader, term))
    chosen = sorted(weights, key=lambda term: (-weights[term], term))[:RELATED_TERMS]
    words: dict[Leaf, float] = {}
    for term in chosen:
        ways = spellings[term]
        text = min(ways, key=lambda way: (-ways[way], way))
        if own.terms(text) == [term]:
            words.setdefault(Word(text), 1 + math.log(counts[term]))
    nodes = tuple(Boost(word, round(boost, 3)) for word, boost in words.items())
    return nodes[0] if len(nodes) == 1 else Or(nodes) if nodes else None


def _weighty_paragraphs(article: Article, segment: Segment, number: int) -> Iterator[str]:
    """Yield the texts of the paragraphs of an article that add to scores."""
    weightless, first = segment.weightless, int(segment.first[number])
    for document, paragraph in enumerate(article.paragraphs, start=first):
        if weightless is None or not weightless[document]:
            yield paragraph.text


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


def articles_with(reader: IndexReader, term: str) -> int:
    """Return the number of live articles that have a term in their text."""
    total = 0
    for segment in reader.segments:
        field = segment.fields["text"]
        number = field.find(term)
        if number >= 0:
            postings = field.term(number)
            low, high = postings.range
            live = segment.live
            total += high - low if live is None else int(np.count_nonzero(live[postings.articles]))
    return total


def nearness(days: float) -> float:
    """Return the factor of the score of an article that is this number of days older or newer than the given one."""
    return 1 + NEARNESS * math.exp(-days / DAYS)
