"""Details of single words besides their counts: the most frequent spelling, and the number of articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from newssearch.engines.counted_words import INSIDE, RIGHT, Classes
from newssearch.engines.embedded.search.reader import IndexReader
from newssearch.engines.embedded.search.spans import owner_of
from newssearch.engines.embedded.segment.field import FieldReader, TextField
from newssearch.engines.embedded.segment.postings import PostingSubset, TermPostings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.sorted_sets import NO_INTS, Ints, Mask
from newssearch.text.counted_words import shown_spelling
from newssearch.text.folding import unelided
from newssearch.text.tokenizer import TAG_PREFIX

from .vocabulary import FieldWords
from .word_counts import ChosenParagraphs

TEXT: Sequence[TextField] = ("text",)


class Spellings:
    """The spellings of words in text fields of all segments. An object used for several words reads acronyms once."""

    def __init__(self, reader: IndexReader, fields: Sequence[TextField] = TEXT) -> None:
        self._fields = [
            (segment, FieldWords(segment.fields[name])) for segment in reader.segments for name in fields
        ]

    def most_frequent(self, word: str) -> str:
        """Return the most frequent spelling of a word in live articles; ties by code point."""
        spellings = Counter[str]()
        for segment, words in self._fields:
            field = words.field
            for form, count in zip(*_form_counts(segment, words, word), strict=True):
                folded = field.folded[field.folded_of(form)].decode()
                spellings[unelided(field.spelling(form), folded).lstrip(TAG_PREFIX)] += count
        found = min(
            (one for one in spellings if spellings[one]), key=lambda one: (-spellings[one], one), default=word
        )
        return shown_spelling(found)


def _form_counts(segment: Segment, words: FieldWords, word: str) -> tuple[list[int], list[int]]:
    """Return the surface forms of a word in a field, and the number of occurrences of each in live articles."""
    field, forms = words.field, words.forms_of(word)
    if segment.live is None:
        return forms.tolist(), field.array("form.words")[forms].tolist()
    terms, numbers = (field.array(name)[forms].astype(np.int64) for name in ("form.term", "form.number"))
    counts = np.zeros(len(forms), np.int64)
    for number in set(terms.tolist()):
        of_term = np.flatnonzero(terms == number)
        term = field.term(number)
        counts[of_term] = term.form_counts(_postings_in(field, term, segment.live))[numbers[of_term]]
    return forms.tolist(), counts.tolist()


def occurrences(segment: Segment, field: FieldReader, word: str) -> int:
    """Return the number of occurrences of a word in a field of live articles."""
    return sum(_form_counts(segment, FieldWords(field), word)[1])


def articles_having(
    segment: Segment, field: FieldReader, word: str, chosen: ChosenParagraphs, marks: Classes | None = None
) -> Ints:
    """Return the articles of a segment that contain a word in chosen paragraphs or headlines, possibly repeated.

    With ``marks``, which are those of :meth:`~.segment_words.SegmentWords.counts`, the word must be inside, left or
    right.
    """
    found = [NO_INTS]
    for one in field.by_term(FieldWords(field).forms_of(word)):
        term = field.term(one.term)
        if one.numbers is None and marks is None and chosen.documents is None:
            found.append(term.articles[chosen.articles[term.articles]])
            continue
        positions = term.positions(one.numbers, _postings_in(field, term, chosen.articles))
        if marks is not None:
            of_words = marks[positions]
            positions = positions[(of_words == INSIDE) | (of_words == RIGHT)]
        owners = owner_of(field.starts, positions)
        if chosen.documents is not None:
            owners = owners[chosen.documents[owners]]
        found.append((segment.article[owners] if field.of_documents else owners).astype(np.int64))
    return np.concatenate(found)


def _postings_in(field: FieldReader, term: TermPostings, articles: Mask) -> PostingSubset:
    """Return the postings of a term in the given articles."""
    blocks = np.flatnonzero(articles[term.articles])
    if field.of_documents:
        return term.of_blocks(blocks)
    return PostingSubset(blocks + term.range[0], term.articles[blocks])
