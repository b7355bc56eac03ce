"""The source of a merge: a text field of one of the merged segments, read slice by slice with its new numbers.

A *slice* is the postings of a range of consecutive terms. The merger (:mod:`.merger`) reads the same range of terms
from all sources and merges these slices, so that its memory does not grow with the size of the segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment.field import FieldReader
from newssearch.engines.embedded.storage.container import Array, StringTable
from newssearch.engines.sorted_sets import Ints, concat_aranges, run_starts
from newssearch.system.kept import cached_property

WORDS_PER_SLICE = 1_000_000
"""The postings of about this number of occurrences are merged at a time, which bounds the memory of a merge."""


class PostingSlice(NamedTuple):
    """The postings of a range of terms as parallel arrays, ordered by term, then by owner.

    ``terms``, ``owners`` and ``counts`` (the number of words) have an item for each posting; ``positions`` and
    ``forms`` (the numbers of surface forms) an item for each word, in the order of the postings.
    """

    terms: Ints
    owners: Ints
    counts: Ints
    positions: Ints
    forms: Ints


class NewNumbers(NamedTuple):
    """For one source: the number of each term, and of each surface form, in the merged segment.

    ``forms`` has the surface forms of the first term, then those of the second, and so on.

    A term or surface form without live words has the number -1.
    """

    terms: Ints
    forms: Ints


class LiveCounts(NamedTuple):
    """Three counts: live postings by term, live article blocks by term, and live occurrences by surface form."""

    postings: Ints
    blocks: Ints
    words: Ints


class MergeSource:
    """A text field of one of the segments to merge.

    ``owners`` has the number of each owner in the merged segment, -1 for a deleted one. ``deleted`` are the deleted
    documents of the segment.
    """

    def __init__(self, field: FieldReader, owners: Ints, deleted: Ints) -> None:
        self.field = field
        self.deleted = deleted
        self.owners = owners
        self.kept = np.flatnonzero(owners >= 0)
        self.whole = len(self.kept) == len(owners)
        self._form_terms = field.array("form.term").astype(np.int64)
        forms = field.array("term.forms").astype(np.int64)
        self._first_form = np.cumsum(forms) - forms
        self.renamed = NewNumbers(np.empty(0, np.int64), np.empty(0, np.int64))

    def keys(self) -> list[bytes]:
        """Return the keys of all surface forms, live or not, as :meth:`.lexicon.WordTable.sorted` makes keys."""
        terms, folded = self.field.terms.all(), self.field.folded.all()
        first = self.field.array("folded.first").astype(np.int64)
        folded_of = np.repeat(np.arange(len(folded)), np.diff(first)).tolist()
        forms = StringTable(self.field.container, f"{self.field.name}.forms").all()
        return [
            b"%b\0%b\0%b" % (folded[number], form, terms[term])
            for number, form, term in zip(folded_of, forms, self._form_terms.tolist(), strict=True)
        ]

    def rename(self, ranks: Ints, forms: Ints) -> None:
        """Set :class:`NewNumbers` from the new term (``ranks``) and new number (``forms``) of each surface form.

        Both are -1 for a surface form without live words.
        """
        terms = np.full(len(self.field.terms), -1, np.int64)
        there = ranks >= 0
        terms[self._form_terms[there]] = ranks[there]
        self.renamed = NewNumbers(terms, forms[self._forms_by_term])

    @cached_property
    def _forms_by_term(self) -> Ints:
        """The surface forms, ordered by term, then by their number among the forms of the term."""
        by_term = self._first_form[self._form_terms] + self.field.array("form.number")
        found = np.empty(len(by_term), np.int64)
        found[by_term] = np.arange(len(by_term))
        return found

    @cached_property
    def live(self) -> LiveCounts:
        """The numbers of live postings and article blocks by term, and of live occurrences by surface form."""
        field = self.field
        if self.whole:
            blocks = _differences(field.array("run.first")[field.array("runs")])
            postings = _differences(field.array("first")) if field.name == "text" else blocks
            return LiveCounts(postings, blocks, field.array("form.words").astype(np.int64))
        articles = (
            field.container["document.article"] if field.name == "text" else np.arange(len(self.owners))
        )
        postings, counts = np.zeros(len(field.terms), np.int64), np.zeros(len(self._form_terms), np.int64)
        blocks = np.zeros(len(field.terms), np.int64)
        for low, high in term_slices(field.array("tokens").astype(np.int64)):
            piece = self._read(low, high, renumber=False)
            block_starts = run_starts(piece.terms) | run_starts(articles[piece.owners])
            blocks += np.bincount(piece.terms[block_starts], minlength=len(blocks))
            postings += np.bincount(piece.terms, minlength=len(postings))
            of = self._first_form[np.repeat(piece.terms, piece.counts)] + piece.forms
            counts += np.bincount(self._forms_by_term[of], minlength=len(counts))
        return LiveCounts(postings, blocks, counts)

    def read(self, low: int, high: int) -> PostingSlice:
        """Return the live postings of the merged segment's terms from ``low`` to ``high - 1``, with new numbers."""
        ranks, forms = self.renamed
        there = np.flatnonzero(ranks >= 0)
        start, end = np.searchsorted(ranks[there], (low, high)).tolist()
        if start == end:
            return PostingSlice(*(np.empty(0, np.int64) for _ in range(5)))
        piece = self._read(int(there[start]), int(there[end - 1]) + 1)
        of = self._first_form[np.repeat(piece.terms, piece.counts)] + piece.forms
        return piece._replace(terms=ranks[piece.terms], forms=forms[of])

    def _read(self, low: int, high: int, *, renumber: bool = True) -> PostingSlice:
        """Return the live postings of the source's terms from ``low`` to ``high - 1``.

        Owners have their new numbers if ``renumber``, otherwise those of the source.
        """
        piece = PostingSlice(*self.field.postings_between(low, high))
        owners = self.owners[piece.owners]
        if self.whole:
            return piece._replace(owners=owners)
        keep = owners >= 0
        words = np.repeat(keep, piece.counts)
        return PostingSlice(
            piece.terms[keep],
            owners[keep] if renumber else piece.owners[keep],
            piece.counts[keep],
            piece.positions[words],
            piece.forms[words],
        )


def merge_slices(parts: Sequence[PostingSlice]) -> PostingSlice:
    """Return the postings of all given slices as one slice. Postings of one term keep the order of the slices."""
    terms, owners, counts, positions, forms = (concat_ints(arrays) for arrays in zip(*parts, strict=True))
    order = np.argsort(terms, kind="stable")
    begins = np.cumsum(counts) - counts
    sizes = counts[order]
    words = np.repeat(begins[order], sizes) + concat_aranges(sizes)
    return PostingSlice(terms[order], owners[order], sizes, positions[words], forms[words])


def term_slices(first_word: Ints) -> Iterator[tuple[int, int]]:
    """Divide terms into ranges ``(low, high)`` with about :data:`WORDS_PER_SLICE` occurrences each.

    ``first_word[n]`` is the number of occurrences of all terms before term ``n``. The last element of ``first_word`` is
    the number of all occurrences.
    """
    start = 0
    while start < len(first_word) - 1:
        end = int(np.searchsorted(first_word, first_word[start] + WORDS_PER_SLICE, "right")) - 1
        end = min(max(end, start + 1), len(first_word) - 1)
        yield start, end
        start = end


def _differences(first: Array) -> Ints:
    """Return the differences of consecutive offsets as int64."""
    return np.asarray(np.diff(first.astype(np.int64)), np.int64)


def concat_ints(arrays: Sequence[Array]) -> Ints:
    return np.concatenate(arrays).astype(np.int64, copy=False) if len(arrays) else np.empty(0, np.int64)
