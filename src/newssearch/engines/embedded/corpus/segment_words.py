"""Counts the words of chosen paragraphs of one segment: from texts if there are few, else from postings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from newssearch.engines.counted_words import (
    CLASSES,
    INSIDE,
    MATCH,
    OUTSIDE,
    RIGHT,
    Classes,
    WordCounts,
    function_word_bytes,
)
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import Ints, Mask
from newssearch.system.kept import cached_property
from newssearch.text.counted_words import function_words

from .paragraph_words import ParagraphWords
from .vocabulary import FieldWords
from .word_counts import ChosenParagraphs, ChosenWords, WordCounter

MAX_TEXT_RATIO = 128
"""Texts are read if they have less than 1 in 128 words of the segment: analysing a word takes as long as counting 128."""


class SegmentWords:
    """The words of the text of one segment."""

    def __init__(self, segment: Segment, check: Callable[[], None]) -> None:
        self.segment = segment
        self.field = segment.fields["text"]
        self._check = check
        self._counter = WordCounter(self.field, check)
        self._words = FieldWords(self.field)

    # ---- all words of chosen paragraphs

    def counts(self, chosen: ChosenParagraphs, marks: Classes | None = None) -> WordCounts:
        """Return the words of the chosen paragraphs, with their numbers of occurrences.

        ``marks`` has the class of each field-wide position. Without it, all words count as inside.
        """
        if chosen.words(self.field) * MAX_TEXT_RATIO < self.field.words:
            return self.counts_from_texts(chosen, marks)
        return self.counts_from_postings(chosen, marks)

    def counts_from_texts(self, chosen: ChosenParagraphs, marks: Classes | None = None) -> WordCounts:
        """Return the result of :meth:`counts`, computed from the texts of the paragraphs."""
        documents = np.flatnonzero(chosen.owners(self.field))
        by_class = [Counter[bytes]() for _ in range(CLASSES)]
        functional = Counter[bytes]()
        texts = ParagraphWords(self.segment, self._check).of(documents)
        starts = self.field.starts[documents].tolist()
        for start, (analysis, words) in zip(starts, texts, strict=True):
            if marks is None:
                by_class[INSIDE].update(words)
                inside = words
            else:
                of_words = marks[start : start + len(words)]
                inside = []
                for number in np.flatnonzero(of_words).tolist():
                    by_class[of_words[number]][words[number]] += 1
                    if of_words[number] != MATCH:
                        inside.append(words[number])
            common = function_word_bytes(analysis)
            functional.update([word for word in inside if word in common])
        found = sorted(set().union(*by_class))
        counts = np.array([[counted[word] for word in found] for counted in by_class], np.int64)
        return WordCounts(found, counts, np.array([functional[word] for word in found], np.int64))

    def counts_from_postings(self, chosen: ChosenParagraphs, marks: Classes | None = None) -> WordCounts:
        """Return the result of :meth:`counts`, computed from the postings of the segment."""
        flags = self._function_flags
        if marks is None and not flags.any():
            counts = np.zeros((CLASSES + 1, len(self._counter.slots)), np.int64)
            (counts[INSIDE],) = self._counter.count(chosen)
        else:
            both = self._counter.count(chosen, 2 * CLASSES, self._classify(marks, flags))
            functional = both[CLASSES + INSIDE] + both[CLASSES + RIGHT]
            counts = np.concatenate((both[:CLASSES] + both[CLASSES:], functional[None, :]))
        counts[OUTSIDE] = 0
        words, sums = self._words.by_word(counts)
        here = np.flatnonzero(sums[:CLASSES].any(axis=0))
        words, sums = [words[number] for number in here.tolist()], sums[:, here]
        if not flags.any():
            common = function_word_bytes(next(iter(self.segment.analyses)))
            inside = sums[INSIDE] + sums[RIGHT]
            is_function_word = np.fromiter((word in common for word in words), np.bool_, len(words))
            sums[CLASSES] = np.where(is_function_word, inside, 0)
        return WordCounts(words, sums[:CLASSES], sums[CLASSES])

    @cached_property
    def _function_flags(self) -> Array:
        """For each slot, a bit for each list of function words that has it. All are 0 if the articles have one analysis."""
        listed = self._with_function_words
        flags = np.zeros(len(self._counter.slots), np.min_scalar_type((1 << len(listed)) - 1))
        if len(self.segment.analyses) > 1:
            for bit, analysis in enumerate(listed):
                for word in function_words(analysis):
                    flags[self._counter.slots[self._words.forms_of(word)]] |= flags.dtype.type(1 << bit)
        return flags

    @cached_property
    def _with_function_words(self) -> list[str]:
        """The analyses of the segment that have function words, at most 64 of them: as many as an item has bits."""
        return [name for name in self.segment.analyses if function_words(name)][:64]

    def _classify(self, marks: Classes | None, flags: Array) -> Callable[[ChosenWords, Ints], Array]:
        """Return the function that gives a word its class, plus :data:`CLASSES` if it is a function word in its article."""
        bits = np.zeros(self.segment.articles, flags.dtype)
        for bit, analysis in enumerate(self._with_function_words):
            articles = self.segment.analyses[analysis]
            if articles is not None:
                bits[articles] = 1 << bit

        def classes(found: ChosenWords, slots: Ints) -> Array:
            of_words = (
                np.full(len(slots), INSIDE, np.uint8) if marks is None else marks[found.positions]
            )  # a copy in either case
            flagged = np.flatnonzero(flags[slots])
            if len(flagged):
                own = bits[self.segment.article[found.documents[flagged]]]
                of_words[flagged[(flags[slots[flagged]] & own) > 0]] += CLASSES
            return of_words

        return classes

    # ---- the given words in chosen paragraphs

    def of_words(self, words: Iterable[bytes], chosen: ChosenParagraphs) -> Ints:
        """Return the number of occurrences of each of the given words in chosen paragraphs."""
        words = list(words)
        total, whole = chosen.words(self.field), self.field.words
        if total * 2 > whole:
            found = self._words.of_words(words, self.field.array("form.words").astype(np.int64))
            if total < whole:
                found -= self._of_fewer(words, self._all_but(chosen))
            return found
        return self._of_fewer(words, chosen)

    def _of_fewer(self, words: list[bytes], chosen: ChosenParagraphs) -> Ints:
        total = chosen.words(self.field)
        if not total:
            return np.zeros(len(words), np.int64)
        if total * MAX_TEXT_RATIO < self.field.words:
            counted = self.counts_from_texts(chosen)
            of = dict(zip(counted.words, counted.counts[INSIDE].tolist(), strict=True))
            return np.array([of.get(word, 0) for word in words], np.int64)
        return self._words.of_words(words, self._counter.count(chosen)[0])

    def _all_but(self, chosen: ChosenParagraphs) -> ChosenParagraphs:
        """Return the paragraphs that are not chosen."""
        if chosen.documents is None:
            return ChosenParagraphs(~chosen.articles)
        every: Mask = np.ones(self.segment.articles, np.bool_)
        return ChosenParagraphs(every, ~chosen.owners(self.field))
