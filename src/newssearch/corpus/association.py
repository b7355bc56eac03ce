"""Measures of association: of a word with other words, or with one corpus rather than another.

All take arrays of counts and return a score for each item, rounded to :data:`DIGITS` decimal places: equal counts
then have equal scores on every machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

AssociationScores = NDArray[np.float64]
Counts = NDArray[np.int64]

DIGITS = 6
CRITICAL_LL = 15.13
"""A log-likelihood of at least this is significant at p < 0.0001, with one degree of freedom (Rayson, Berridge & Francis
2004, "Extending the Cochran rule for the comparison of word frequencies between corpora")."""
INSTEAD_OF_ZERO = 0.5
"""The count that replaces 0 in a logarithm (Hardie 2014)."""


def log_likelihood(count: Counts, words: int, reference: Counts, reference_words: int) -> AssociationScores:
    """Return the log-likelihood G² of words in a corpus against another one.

    ``count`` and ``reference`` are the frequencies of the words in the two corpora, which have ``words`` and
    ``reference_words`` words. It measures the evidence that the relative frequencies differ. From Dunning 1993, "Accurate
    methods for the statistics of surprise and coincidence"; in the form of Rayson & Garside 2000, "Comparing corpora
    using frequency profiling", which has the two cells of the word itself.

    >>> log_likelihood(np.array([150]), 10_000, np.array([100]), 20_000).tolist()
    [74.170875]
    """
    both = count + reference
    expected = words * both / (words + reference_words)
    other = reference_words * both / (words + reference_words)
    return _rounded(2 * (_times_log(count, expected) + _times_log(reference, other)))


def log_ratio(count: Counts, words: int, reference: Counts, reference_words: int) -> AssociationScores:
    """Return the binary logarithm of the ratio of two relative frequencies: 1 means twice as often, 2 four times.

    It measures the size of the difference. A frequency of 0 counts as 0.5. From Hardie 2014, "Log Ratio: an informal
    introduction".

    >>> log_ratio(np.array([40, 3]), 1_000, np.array([10, 0]), 1_000).tolist()
    [2.0, 2.584963]
    """
    one, other = (np.maximum(counts, INSTEAD_OF_ZERO) for counts in (count, reference))
    return _rounded(np.log2((one / words) / (other / reference_words)))


def log_dice(together: Counts, occurrences: int, frequency: Counts) -> AssociationScores:
    """Return logDice, from -∞ to 14: 14 if two words occur only together; one more means twice as strong.

    ``together`` is how often each word occurs near the query, ``occurrences`` how often the query does, and ``frequency``
    how often the word does. It does not depend on the size of the corpus. From Rychlý 2008, "A lexicographer-friendly
    association score".

    >>> log_dice(np.array([10, 1]), 10, np.array([10, 100])).tolist()
    [14.0, 8.21864]
    """
    return _rounded(14 + np.log2(2 * together / (occurrences + frequency)))


def mutual_information(together: Counts, expected: AssociationScores) -> AssociationScores:
    """Return the pointwise mutual information in bits: by how many doublings a word is more frequent than expected.

    ``expected`` is how often each word would be near the query if it were spread evenly. Rare words score high: set a
    least frequency. From Church & Hanks 1990, "Word association norms, mutual information, and lexicography".

    >>> mutual_information(np.array([40]), np.array([10.0])).tolist()
    [2.0]
    """
    return _rounded(np.log2(together / expected))


def association_log_likelihood(
    together: Counts, window_words: int, frequency: Counts, words: int
) -> AssociationScores:
    """Return the log-likelihood G² of words in the windows around a query, negative if they are rarer there than expected.

    ``together`` is how often each word occurs in the windows, which have ``window_words`` words, and ``frequency`` how
    often in the whole corpus of ``words`` words; neither counts the matches of the query. It measures the evidence that a
    word is more, or less, frequent near the query. From Dunning 1993, over all four cells of the table of Evert 2008,
    "Corpora and collocations".

    >>> association_log_likelihood(np.array([30, 1]), 1_000, np.array([60, 1_000]), 100_000).tolist()
    [194.617792, -13.558799]
    """
    cells = (
        (together, window_words, frequency),
        (window_words - together, window_words, words - frequency),
        (frequency - together, words - window_words, frequency),
        (words - window_words - frequency + together, words - window_words, words - frequency),
    )
    total = sum(_times_log(observed, row * (column / words)) for observed, row, column in cells)
    expected = window_words * (frequency / words)
    return _rounded(np.where(together < expected, -2.0, 2.0) * total)


def _times_log(observed: Counts, expected: AssociationScores) -> AssociationScores:
    """Return observed × ln(observed / expected), which is 0 if nothing was observed."""
    ratio = np.ones(len(observed))
    np.divide(observed, expected, out=ratio, where=observed > 0)
    return np.asarray(observed * np.log(ratio), np.float64)


def _rounded(scores: AssociationScores) -> AssociationScores:
    return np.asarray(np.round(scores, DIGITS) + 0.0, np.float64)  # + 0.0: no negative zero
