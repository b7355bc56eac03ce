"""Min-hash samples of paragraphs: small fingerprints by which copies are found among millions of articles.

A *shingle* is a sequence of :data:`SHINGLE_WORDS` terms; case, punctuation and endings therefore make no difference.
A shorter paragraph is one shingle. The *samples* of a paragraph are the hashes of its shingles that are among its
:data:`MIN_SAMPLES` lowest, or in the lowest 1/:data:`SHINGLES_PER_SAMPLE` of the range of hashes. Texts with much in
common share samples, however they are divided into paragraphs (Broder, On the resemblance and containment of
documents, 1997). The *signature* of a paragraph is the least of its samples after a second hash.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.sorted_sets import Array, Ints, run_starts

SHINGLE_WORDS = 5
"""The number of words in a shingle. Shorter shingles often agree by chance; in longer ones, one edited word changes
too many.
"""
MIN_SAMPLES = 3
"""The smallest number of samples of a paragraph that has at least this number of shingles."""
SHINGLES_PER_SAMPLE = 16
"""In a long paragraph, one shingle in 16 is a sample on average."""

Hashes = NDArray[np.uint32]

_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F], np.uint64
)  # fmt: skip
_MIXER = np.uint64(0xBF58476D1CE4E5B9)
_SIGNATURE_FACTOR = np.uint32(0x9E3779B1)
_TEXT_SHIFT = np.uint64(32)
_SAMPLE_BOUND = np.uint32((1 << 32) // SHINGLES_PER_SAMPLE)


class Samples(NamedTuple):
    """The samples of several texts, ordered by text, then by hash, without duplicates in a text.

    ``texts`` has the index of each sample's text.
    """

    texts: Ints
    hashes: Hashes


def sample_texts(values: NDArray[np.uint64], sizes: Ints) -> Samples:
    """Return the samples of texts. ``values`` has the hashes of the terms of all texts, ``sizes`` the number of terms
    of each text.
    """
    text = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
    whole = max(len(values) - SHINGLE_WORDS + 1, 0)
    found = values[:whole] * _FACTORS[0]
    for n in range(1, SHINGLE_WORDS):
        found += values[n : n + whole] * _FACTORS[n]
    inside = np.flatnonzero(text[:whole] == text[SHINGLE_WORDS - 1 :]) if whole else np.empty(0, np.int64)
    keys = _keys(text[inside], found[inside])
    short = np.flatnonzero((sizes > 0) & (sizes < SHINGLE_WORDS))
    starts = np.cumsum(sizes) - sizes
    few = np.zeros(len(short), np.uint64)
    for n in range(SHINGLE_WORDS - 1):
        longer = sizes[short] > n
        few[longer] += values[starts[short[longer]] + n] * _FACTORS[n]
    keys = np.concatenate((keys, _keys(short, few)))
    keys.sort()
    keys = keys[run_starts(keys)]
    texts, chosen = (keys >> _TEXT_SHIFT).astype(np.int64), keys.astype(np.uint32)
    first = np.flatnonzero(run_starts(texts))
    rank = np.arange(len(keys)) - np.repeat(first, np.diff(first, append=len(keys)))
    kept = (rank < MIN_SAMPLES) | (chosen < _SAMPLE_BOUND)
    return Samples(texts[kept], chosen[kept])


def _keys(texts: Array, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return sort keys: the high 32 bits are the text, the low 32 bits are the high half of the hash after mixing."""
    mixed = hashes ^ (hashes >> np.uint64(29))
    mixed *= _MIXER
    mixed ^= mixed >> np.uint64(31)
    return np.asarray(texts.astype(np.uint64) << _TEXT_SHIFT | mixed >> _TEXT_SHIFT, np.uint64)


class Signatures(NamedTuple):
    """The signatures of articles, as parallel arrays.

    ``least`` is the least signature of an article's documents, which copies usually share. ``within`` is the number
    of that document in the article, from 0. ``other`` is the least signature of the other documents; 0 if these have
    no samples.
    """

    least: Hashes
    within: Hashes
    other: Hashes


def signatures_of(samples: Samples, article: Array, first: Array) -> Signatures:
    """Return the signatures of articles from the samples of their documents.

    ``article`` has the article of each document, and ``first`` the first document of each article, then their number.
    """
    begins = np.flatnonzero(run_starts(samples.texts))
    least = np.minimum.reduceat(samples.hashes * _SIGNATURE_FACTOR, begins) if len(begins) else samples.hashes
    documents = samples.texts[begins]
    articles = article[documents].astype(np.int64)
    order = np.lexsort((least, articles))
    documents, articles, least = documents[order], articles[order], least[order]
    lowest = run_starts(articles)
    second = np.flatnonzero(lowest[:-1] & ~lowest[1:]) + 1
    signatures, within, others = (np.zeros(len(first) - 1, np.uint32) for _ in range(3))
    signatures[articles[lowest]] = least[lowest]
    within[articles[lowest]] = documents[lowest] - first[articles[lowest]]
    others[articles[second]] = least[second]
    return Signatures(signatures, within, others)
