"""Makes the rows of collocates and keywords from counts: scores, order, and the choice of listed words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from newssearch.corpus.association import (
    CRITICAL_LL,
    DIGITS,
    AssociationScores,
    association_log_likelihood,
    log_dice,
    log_likelihood,
    log_ratio,
    mutual_information,
)
from newssearch.corpus.words import Collocate, CollocateOptions, CorpusSize, Keyword, KeywordOptions
from newssearch.engines.sorted_sets import Ints

from .counted_words import LEFT, MATCH, RIGHT, WordCounts
from .word_order import Shown, ranked, shown_words

PER = 1_000_000

ArticlesWith = Callable[[Sequence[str]], Sequence[int]]
"""Returns for each word the number of articles in which it is counted."""
Spell = Callable[[str], str]
"""Returns the most frequent spelling of a word."""


class NearWords(NamedTuple):
    """The words in windows, those to be listed, and their frequencies in the corpus.

    ``kept`` has the numbers of the listed words among the words of ``counted``, ``frequency`` the frequency of each.
    ``corpus_words`` is the number of all words, ``occurrences`` the number of matches.
    """

    counted: WordCounts
    kept: Ints
    frequency: Ints
    corpus_words: int
    occurrences: int


def collocate_rows(
    near: NearWords, options: CollocateOptions, articles_with: ArticlesWith, spelling: Spell
) -> tuple[int, tuple[Collocate, ...]]:
    """Return the number of collocates, and the first ones up to the limit, by descending score."""
    counted, kept, frequency, corpus_words, occurrences = near
    if not len(kept):
        return 0, ()
    words = [counted.words[number] for number in kept.tolist()]
    left, right, matching = (counted.counts[number][kept] for number in (LEFT, RIGHT, MATCH))
    together, elsewhere = left + right, frequency - matching
    window_words = int(counted.counts[[LEFT, RIGHT]].sum())
    all_words = corpus_words - int(counted.counts[MATCH].sum())
    expected = window_words * (elsewhere / all_words)
    scores = {
        "logdice": log_dice(together, occurrences, frequency),
        "mi": mutual_information(together, expected),
        "ll": association_log_likelihood(together, window_words, elsewhere, all_words),
    }
    attracted = np.flatnonzero(scores["mi"] > 0)
    shown = _best_first(attracted, words, scores[options.measure], together, options, articles_with)
    return len(attracted), tuple(
        Collocate(
            word=spelling(words[number].decode()),
            count=int(together[number]),
            left=int(left[number]),
            right=int(right[number]),
            articles=articles,
            frequency=int(frequency[number]),
            expected=round(float(expected[number]), DIGITS),
            log_dice=float(scores["logdice"][number]),
            mi=float(scores["mi"][number]),
            ll=float(scores["ll"][number]),
        )
        for number, articles in shown
    )


def _best_first(
    candidates: Ints,
    words: Sequence[bytes],
    scores: AssociationScores,
    counts: Ints,
    options: CollocateOptions | KeywordOptions,
    articles_with: ArticlesWith,
) -> list[Shown]:
    """Return the first candidates up to the limit that are in enough articles, by descending score.

    ``candidates`` are numbers of ``words``; ``scores`` and ``counts`` have an item for each of the words.
    """
    order = candidates[
        ranked(
            [words[number] for number in candidates.tolist()],
            scores[candidates],
            counts[candidates],
            options.limit if options.min_articles <= 1 else None,
        )
    ]
    return shown_words(
        order.tolist(),
        counts,
        options.limit,
        options.min_articles,
        lambda numbers: articles_with([words[number].decode() for number in numbers]),
    )


class ComparedWords(NamedTuple):
    """Words with their counts in the articles of a query and in other articles, and the sizes of both."""

    words: Sequence[bytes]
    counts: Ints
    references: Ints
    target: CorpusSize
    compared: CorpusSize


def keyword_rows(
    given: ComparedWords, options: KeywordOptions, articles_with: ArticlesWith, spelling: Spell
) -> tuple[int, tuple[Keyword, ...]]:
    """Return the number of keywords, and the first ones up to the limit, by descending score."""
    words, count, reference, target, compared = given
    if not target.words or not compared.words:
        return 0, ()
    ll, ratio = (
        measure(count, target.words, reference, compared.words) for measure in (log_likelihood, log_ratio)
    )
    kept = np.flatnonzero(ratio > 0)
    scores = ll
    if options.measure == "logratio":
        kept, scores = kept[ll[kept] >= CRITICAL_LL], ratio
    shown = _best_first(kept, words, scores, count, options, articles_with)
    return len(kept), tuple(
        Keyword(
            word=spelling(words[number].decode()),
            count=int(count[number]),
            articles=articles,
            per_million=round(int(count[number]) * PER / target.words, DIGITS),
            reference_count=int(reference[number]),
            reference_per_million=round(int(reference[number]) * PER / compared.words, DIGITS),
            ll=float(ll[number]),
            log_ratio=float(ratio[number]),
        )
        for number, articles in shown
    )
