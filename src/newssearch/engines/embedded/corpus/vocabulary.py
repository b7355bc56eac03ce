"""The counted words of a text field of a segment, and the surface forms of each: see :mod:`newssearch.text.counted_words`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from newssearch.engines.embedded.segment.field import FieldReader
from newssearch.engines.sorted_sets import NO_INTS, Ints, distinct
from newssearch.system.kept import cached_property
from newssearch.text.counted_words import ACRONYM_TERMS, counted_word, is_initials, with_stops

MAX_LOOKUP_RATIO = 100
"""The ratio of all words of the field to the wanted ones above which they are looked up one by one."""


class FieldWords:
    """The counted words of a text field of a segment, in UTF-8."""

    def __init__(self, field: FieldReader) -> None:
        self.field = field

    def by_word(self, counts: Ints) -> tuple[list[bytes], Ints]:
        """Return all counted words of the field, with the sums of the counts of their surface forms.

        ``counts`` has a column for each surface form and any number of rows, and so has the result for each word. A
        word may be listed several times, with different forms.
        """
        words = self.field.folded.all()
        octets, sizes = self.field.folded.span(0, len(words))
        dotted = distinct(sizes.cumsum().searchsorted(np.flatnonzero(octets == ord(".")), "right"))
        for number in dotted.tolist():
            folded = words[number].decode()
            if is_initials(folded):
                words[number] = counted_word(folded, "").encode()
        acronyms = [self._forms_of_term(term) for term in ACRONYM_TERMS]
        rest = counts.copy()
        for forms in acronyms:
            rest[:, forms] = 0
        first = self.field.array("folded.first")[:-1].astype(np.int64)
        sums = np.add.reduceat(rest, first, axis=1) if len(first) else rest[:, :0]
        of_acronyms = [counts[:, forms].sum(axis=1, keepdims=True) for forms in acronyms]
        return [*words, *(term.encode() for term in ACRONYM_TERMS)], np.concatenate(
            (sums, *of_acronyms), axis=1
        )

    def of_words(self, words: Iterable[bytes], counts: Ints) -> Ints:
        """Return the sum of the counts of the surface forms of each word. The words must be distinct."""
        wanted = list(words)
        found = np.zeros(len(wanted), np.int64)
        if len(wanted) * MAX_LOOKUP_RATIO < len(self.field.folded):
            for number, word in enumerate(wanted):
                found[number] = counts[self.forms_of(word.decode())].sum()
            return found
        number_of = {word: number for number, word in enumerate(wanted)}
        every, (sums,) = self.by_word(counts[None, :])
        numbers = np.fromiter((number_of.get(word, -1) for word in every), np.int64, len(every))
        here = numbers >= 0
        np.add.at(found, numbers[here], sums[here])
        return found

    def forms_of(self, word: str) -> Ints:
        """Return the numbers of the surface forms of a word, ascending."""
        if word in ACRONYM_TERMS:
            return self._forms_of_term(word)
        spellings = sorted(
            {folded for folded in (word, with_stops(word)) if counted_word(folded, "") == word}
        )
        numbers = [number for folded in spellings if (number := self.field.find_folded(folded)) >= 0]
        if not numbers:
            return NO_INTS
        forms = np.concatenate([self.field.forms_of(number) for number in sorted(numbers)])
        terms = self.field.array("form.term")[forms]
        for acronym in self._acronyms:
            other = terms != acronym
            forms, terms = forms[other], terms[other]
        return forms

    @cached_property
    def _acronyms(self) -> list[int]:
        """The numbers of the terms of acronyms."""
        return [number for term in ACRONYM_TERMS if (number := self.field.find(term)) >= 0]

    def _forms_of_term(self, term: str) -> Ints:
        number = self.field.find(term)
        return np.flatnonzero(self.field.array("form.term") == number) if number >= 0 else NO_INTS
