"""The score of an article: the sum of a score of the whole article, one of its best paragraph, and word proximity.

S = ARTICLE · D + PARAGRAPH · max P + proximity

Both D and P are BM25F (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, 3.5). A word or phrase ℓ
of the query that occurs ``x`` times in a paragraph of ``n`` words, ``z`` times in all paragraphs of its article,
which have ``l`` words, and ``y`` times in the article's headline, which has ``m`` words, adds to them::

D: f(ℓ) · idf(ℓ) · w / (K1_ARTICLE + w), w = z / (1 - B_ARTICLE + B_ARTICLE · l/avg(l)) + TITLE_ARTICLE · h P: f(ℓ) ·
idp(ℓ) · t / (K1 + t), t = x / (1 - B + B · max(n/avg(n), 1)) + TITLE · h

h = y / (1 - B_TITLE + B_TITLE · m/avg(m)) idf(ℓ) = ln(1 + (N - df + 0.5) / (df + 0.5))

In ``idf``, ``N`` is the number of articles and ``df`` the number of articles with ℓ; in ``idp``, they are numbers of
paragraphs. ``avg`` is the mean over the index, for headlines over those articles that have one. ``f`` is
:data:`FUNCTION_WORD` for a function word of the article's language, and 1 for all others; if the query has nothing
but function words, it is 1. A phrase counts as one word. Boilerplate, asides (:mod:`newssearch.asides`) and the
headline repeated have no weight, and no length in D. An optional word of the query
(:func:`newssearch.query.scored_leaves`) adds to D only, and counts neither for ``f`` of others nor for proximity.

*Proximity* counts, for each pair of content words (a, b) that are neighbours in the query, how often b follows a
directly, ``o``, and how often they stand within :data:`WINDOW` words of each other in a paragraph, ``u``. Both are
divided by ``1 - B + B · l/avg(l)`` before they add::

max(idf(a), idf(b)) · (ORDERED · o / (K1 + o) + NEAR · u / (K1 + u))

It is computed for the first :data:`PROXIMITY_ARTICLES` articles in the order of S without it, which it puts in
another order. The score does not depend on how the documents are divided into segments, and deleted documents do not
count. The constants were chosen on four collections with judged results; benchmarks/relevance.py measures them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75
B_TITLE = 0.5
TITLE = 2.0

K1_ARTICLE = 2.0
B_ARTICLE = 0.55
TITLE_ARTICLE = 3.0

ARTICLE, PARAGRAPH = 0.8, 0.2
"""The shares of the whole article and of its best paragraph in the score."""
FUNCTION_WORD = 0.25
"""The factor of a function word, such as "the"."""
ORDERED, NEAR = 0.1, 0.05
"""The weights of words that follow each other, and of words that stand near each other."""
WINDOW = 8
"""Two words are near each other if they are among this number of consecutive words."""
PROXIMITY_ARTICLES = 50
"""The number of articles, the first in order, whose scores proximity raises."""
MAX_PAIRS = 20
"""Only this number of pairs of adjacent query words is used, the first ones."""

Floats = NDArray[np.float64]


def idf(total: int, holding: int) -> float:
    """Return ``idf`` of a word or phrase; ``holding`` of the index's ``total`` articles or paragraphs contain it."""
    return float(np.log1p((total - holding + 0.5) / (holding + 0.5)))


def in_text(counts: NDArray[np.int64], lengths: NDArray[np.int64], mean: float) -> Floats:
    """Return the text's part of ``t`` in the formula above, for several paragraphs.

    ``counts`` has the number of occurrences in each paragraph, ``lengths`` the number of words of each; ``mean`` is the
    mean length.
    """
    return counts / (1 - B + B * np.maximum(lengths / mean, 1.0))


def in_article(counts: NDArray[np.int64], lengths: NDArray[np.int64], mean: float) -> Floats:
    """Return the text's part of ``w`` in the formula above, for several articles.

    ``counts`` has the number of occurrences in each article, ``lengths`` the number of words of each; ``mean`` is the
    mean length.
    """
    return np.asarray(counts / article_norms(lengths, mean))


def article_norms(lengths: NDArray[np.int64], mean: float) -> Floats:
    """Return the divisors of ``z`` in the formula above, for several articles; see :func:`in_article`."""
    return np.asarray(1 - B_ARTICLE + B_ARTICLE * lengths / mean, np.float64)


def in_title(counts: NDArray[np.int64], lengths: NDArray[np.int64], mean: float) -> Floats:
    """Return ``h`` in the formula above, for several headlines.

    ``counts`` has the number of occurrences in each headline, ``lengths`` the number of words of each; ``mean`` is the
    mean length.
    """
    return counts / (1 - B_TITLE + B_TITLE * lengths / mean)
