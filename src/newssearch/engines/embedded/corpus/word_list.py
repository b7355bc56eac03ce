"""Lists the words of an index that begin with a prefix, by frequency."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from heapq import nsmallest

import numpy as np

from newssearch.corpus.words import IndexWord
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.segment.field import TEXT_FIELDS, FieldReader, encoded
from newssearch.engines.sorted_sets import Mask
from newssearch.text.counted_words import ACRONYM_TERMS, counted_word

from .vocabulary import FieldWords
from .word_counts import ChosenParagraphs
from .word_details import Spellings, articles_having, occurrences


def words_with_prefix(
    reader: IndexReader, prefix: str, limit: int, check: Callable[[], None]
) -> tuple[IndexWord, ...]:
    """Return the first ``limit`` words with a folded prefix: the most frequent first, then by counted word.

    The dictionaries count deleted articles, too. If there are any, words are counted exactly in the order of these
    upper bounds, until no remaining word can be among the first.
    """
    bounds = _upper_bounds(reader, prefix, check)
    if all(segment.live is None for segment in reader.segments):
        found = nsmallest(limit, ((-count, word) for word, count in bounds.items() if count))
    else:
        found = []
        for least, word in sorted((-bound, word) for word, bound in bounds.items()):
            if len(found) >= limit and (not found or least > found[-1][0]):
                break
            check()
            if count := _occurrences(reader, word.decode()):
                insort(found, (-count, word))
                del found[limit:]
    spellings = Spellings(reader, TEXT_FIELDS)
    return tuple(
        IndexWord(
            word=spellings.most_frequent(word.decode()),
            articles=_count_articles(reader, word.decode(), check),
            occurrences=-negative,
        )
        for negative, word in found
    )


def _upper_bounds(reader: IndexReader, prefix: str, check: Callable[[], None]) -> dict[bytes, int]:
    """Return the words with a prefix, each with an upper bound of its occurrences, because deleted articles count.

    A word begins with the prefix if one of its folded forms does.
    """
    fields = [segment.fields[name] for segment in reader.segments for name in TEXT_FIELDS]
    wanted = list(
        dict.fromkeys(word for field in fields if prefix for word in _words_beginning(field, prefix))
    )
    bounds: dict[bytes, int] = {}
    for field in fields:
        check()
        counts = field.array("form.words").astype(np.int64)
        if prefix:
            words, sums = wanted, FieldWords(field).of_words(wanted, counts)
        else:
            words, (sums,) = FieldWords(field).by_word(counts[None, :])
        for word, count in zip(words, sums.tolist(), strict=True):
            bounds[word] = bounds.get(word, 0) + count
    return bounds


def _words_beginning(field: FieldReader, prefix: str) -> set[bytes]:
    """Return the words of the field with a folded form that begins with a prefix."""
    low, high = field.folded.with_prefix(encoded(prefix))
    if low >= high:
        return set()
    first = field.array("folded.first")[low : high + 1].astype(np.int64)
    terms = field.array("form.term")[first[0] : first[-1]]
    of_acronyms = {number: term for term in ACRONYM_TERMS if (number := field.find(term)) >= 0}
    found = {term.encode() for number, term in of_acronyms.items() if (terms == number).any()}
    plain = np.add.reduceat(~np.isin(terms, list(of_acronyms)), first[:-1] - first[0]) > 0
    folded = field.folded.slice(low, high)
    return found | {
        counted_word(folded[number].decode(), "").encode() for number in np.flatnonzero(plain).tolist()
    }


def _occurrences(reader: IndexReader, word: str) -> int:
    return sum(
        occurrences(segment, segment.fields[name], word)
        for segment in reader.segments
        for name in TEXT_FIELDS
    )


def _count_articles(reader: IndexReader, word: str, check: Callable[[], None]) -> int:
    """Return the number of live articles that have a word in a paragraph or in the headline."""
    check()
    found = 0
    for segment in reader.segments:
        chosen = ChosenParagraphs(segment.live_articles())
        having: Mask = np.zeros(segment.articles, np.bool_)
        for name in TEXT_FIELDS:
            having[articles_having(segment, segment.fields[name], word, chosen)] = True
        found += int(np.count_nonzero(having))
    return found
