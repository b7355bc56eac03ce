"""The score of a paragraph: BM25F (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, 3.5).

A word or phrase ℓ of the query that occurs ``x`` times in a paragraph of ``n`` words, and ``y`` times in the
headline of its article, which has ``m`` words, adds to the paragraph's score::

    idf(ℓ) · t / (K1 + t),     t = x / (1 - B + B · n/avg(n)) + TITLE · y / (1 - B_TITLE + B_TITLE · m/avg(m))

    idf(ℓ) = ln(1 + (N - df + 0.5) / (df + 0.5))

where ``N`` is the number of paragraphs, ``df`` the number of paragraphs with ℓ, ``avg(n)`` the mean length of a
paragraph, and ``avg(m)`` the mean length of a headline, over the articles that have one. A phrase counts as one word.
The score does not depend on how the documents are divided into segments, and deleted documents do not count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75
B_TITLE = 0.5
TITLE = 2.0

Floats = NDArray[np.float64]


def idf(paragraphs: int, holding: int) -> float:
    """Return ``idf`` of a word or phrase; ``holding`` of the index's ``paragraphs`` paragraphs contain it."""
    return float(np.log1p((paragraphs - holding + 0.5) / (holding + 0.5)))


def in_text(counts: NDArray[np.int64], lengths: NDArray[np.int64], mean: float) -> Floats:
    """Return the paragraph's part of ``t`` in the formula above, for several paragraphs.

    ``counts`` has the number of occurrences in each paragraph, ``lengths`` the number of words of each; ``mean`` is the
    mean length.
    """
    return counts / (1 - B + B * lengths / mean)


def in_title(counts: NDArray[np.int64], lengths: NDArray[np.int64], mean: float) -> Floats:
    """Return the headline's part of ``t`` in the formula above, for several headlines.

    ``counts`` has the number of occurrences in each headline, ``lengths`` the number of words of each; ``mean`` is the
    mean length.
    """
    return TITLE * counts / (1 - B_TITLE + B_TITLE * lengths / mean)
