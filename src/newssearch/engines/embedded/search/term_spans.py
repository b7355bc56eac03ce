"""Reads the spans of terms and of adjacent terms in one segment from the postings, deleted articles included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np

from newssearch.engines.embedded.segment.field import (
    NO_POSTINGS,
    FieldReader,
    Postings,
    SurfaceForms,
    TextField,
    add_counts,
)
from newssearch.engines.embedded.segment.postings import PostingSubset, TermPostings
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.term_union import TermUnion
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.sorted_sets import (
    Ints,
    Mask,
    distinct,
    intersect,
    intersect_all,
    run_starts,
)
from newssearch.query.alternatives import Alternative
from newssearch.stopping import StopCheck

from .spans import (
    NO_SPANS,
    Spans,
    chain_spans,
    minimal_windows,
    owner_of,
    single_words,
    union_spans,
)
from .term_lookup import AnalysedWords

MAX_TERMS_READ_SINGLY = 4
"""The number of terms up to which positions are read term by term, only in the searched owners."""


class TermSpans:
    """Reads spans and postings of terms. A term is read once for all leaves of a query.

    The argument ``owners`` (ascending) limits the owners that are searched; None means all. ``check`` is called for each
    term.
    """

    def __init__(self, segment: Segment, check: StopCheck) -> None:
        self.segment = segment
        self._check = check
        self._unions: dict[tuple[TextField, bytes], TermUnion] = {}
        self._terms: dict[tuple[TextField, int], TermPostings] = {}

    def term(self, field: FieldReader, number: int) -> TermPostings:
        """Return the postings of the term with the given number in a field."""
        found = self._terms.get((field.name, number))
        if found is None:
            self._check()
            found = self._terms[field.name, number] = field.term(number)
        return found

    def union(self, field: FieldReader, forms: Ints) -> TermUnion:
        """Return the union of the terms of surface forms, from which positions are read slice by slice."""
        key = (field.name, forms.tobytes())
        found = self._unions.get(key)
        if found is None:
            found = self._unions[key] = TermUnion(field, forms, self._check)
        return found

    def forget_unions(self) -> None:
        """Drop the unions, which are only needed while the slices of one node are read."""
        self._unions.clear()

    def any_of(self, field: FieldReader, forms: Ints, owners: Array | None) -> Spans:
        """Return a span for each word that has one of the given surface forms."""
        union = self.union(field, forms)
        if len(union.terms) <= MAX_TERMS_READ_SINGLY:
            found = [self._positions(field, one, owners) for one in field.by_term(forms)]
            return single_words(np.sort(np.concatenate(found))) if found else NO_SPANS
        if owners is None:
            return single_words(union.positions(0, self.segment.articles))
        if not len(owners):
            return NO_SPANS
        first, last = int(owners[0]), int(owners[-1])
        if field.of_documents:
            low, high = int(self.segment.article[first]), int(self.segment.article[last]) + 1
            first, end = int(field.first[low]), int(field.first[high])
        else:
            low, high, end = first, last + 1, last + 1
        if len(owners) == end - first:
            return single_words(union.positions(low, high))
        among = np.zeros(end - first, np.bool_)
        among[owners - first] = True
        return single_words(union.positions(low, high, among))

    def _positions(self, field: FieldReader, wanted: SurfaceForms, owners: Array | None) -> Ints:
        term = self.term(field, wanted.term)
        return term.positions(wanted.numbers, None if owners is None else term.of_owners(owners))

    def adjacent(self, field: FieldReader, words: AnalysedWords, owners: Array | None) -> Spans:
        """Return the spans of adjacent terms, in which alternatives may replace some of the terms."""
        plain = self.adjacent_terms(field, words.terms, owners)
        replaced = [(one.start, one.end, self.alternative(field, one, owners)) for one in words.others]
        if not replaced:
            return plain
        size = len(words.terms)
        complete = [spans for start, end, spans in replaced if end - start == size]
        partial = [one for one in replaced if one[1] - one[0] < size]
        if partial:
            # Owners without any of these alternatives can only have the plain terms.
            starts = np.concatenate([spans.starts for _, _, spans in partial])
            possible = distinct(owner_of(field.starts, starts))
            partial += [
                (n, n + 1, self.adjacent_terms(field, (term,), possible))
                for n, term in enumerate(words.terms)
            ]
            reached: list[Spans] = [NO_SPANS] * (size + 1)  # by the number of words matched so far
            for start, end, spans in sorted(partial, key=itemgetter(0, 1)):
                extended = chain_spans([reached[start], spans]) if start else spans
                reached[end] = union_spans([reached[end], extended])
            complete.append(reached[-1])
        return union_spans([plain, *complete])

    def alternative(self, field: FieldReader, alternative: Alternative, owners: Array | None) -> Spans:
        """Return the spans of an alternative. For a compound, ``owners`` is ignored."""
        if alternative.terms:
            return self.adjacent_terms(field, alternative.terms, owners)
        positions = field.compounds.positions(alternative.key)
        return union_spans([Spans(starts, starts + size) for starts, size in positions])

    def adjacent_terms(self, field: FieldReader, terms: Sequence[str], owners: Array | None) -> Spans:
        """Return the spans in which the given terms are adjacent, in this order.

        Reads the rarest term first, and each further term only in the owners that have all terms read before.
        """
        numbers = [field.find(term) for term in terms]
        if not numbers or min(numbers) < 0:
            return NO_SPANS
        distinct = {number: self.term(field, number) for number in sorted(set(numbers))}
        in_order = [distinct[number] for number in numbers]
        rarest, *others = sorted(distinct.values(), key=lambda term: term.total)
        if owners is not None:
            chosen: PostingSubset | None = rarest.of_owners(owners)
        elif others and field.of_documents:
            chosen = rarest.of_blocks(self._articles_with_all(in_order)[rarest.articles].nonzero()[0])
        else:
            chosen = None
        owners = rarest.owners if chosen is None else chosen.owners
        if others:  # read positions of the rarest term only in owners that have the second rarest too
            of_second = others[0].of_owners(owners)
            owners = of_second.owners
            chosen = rarest.of_owners(owners) if chosen is None else TermPostings.restrict(chosen, owners)
        starts = _shared_starts(None, rarest, chosen, in_order)
        for number, term in enumerate(self._check.during(others, 1)):
            if number:
                owners = owner_of(field.starts, starts[starts >= 0], owners)
                owners = owners[run_starts(owners)]
            found = term.of_owners(owners) if number else of_second
            starts = _shared_starts(starts, term, found, in_order)
            owners = found.owners
        return Spans(starts, starts + len(in_order), owners)

    def terms_within(
        self, field: FieldReader, terms: Sequence[str], within: int, owners: Array | None
    ) -> Spans:
        """Return the shortest spans that hold all terms in any order.

        The first and the last word of a span are at most ``within`` words apart.
        """
        numbers = [field.find(term) for term in terms]
        if not numbers or min(numbers) < 0:
            return NO_SPANS
        distinct = {number: self.term(field, number) for number in sorted(set(numbers))}
        chosen = self._in_shared_owners(field, distinct, owners)
        requirements = [
            (distinct[number].positions(None, chosen[number]), count)
            for number, count in self._check.during(Counter(numbers).items(), 1)
        ]
        return minimal_windows(requirements, within, field.starts, self._check)

    def _articles_with_all(self, terms: Iterable[TermPostings]) -> Mask:
        """Return a mask of the articles that have all of the terms, perhaps in different paragraphs."""
        having_all = np.ones(self.segment.articles, np.bool_)
        for term in self._check.during(set(terms), 1):
            having = np.zeros(self.segment.articles, np.bool_)
            having[term.articles] = True
            having_all &= having
        return having_all

    def _in_shared_owners(
        self, field: FieldReader, terms: dict[int, TermPostings], owners: Array | None
    ) -> dict[int, PostingSubset]:
        """Return the postings of each term in the owners that have all of the terms, by the number of the term."""
        if field.of_documents:
            having_all = self._articles_with_all(terms.values())
            found = {n: term.of_blocks(having_all[term.articles].nonzero()[0]) for n, term in terms.items()}
        else:
            found = {n: PostingSubset(np.arange(*term.range), term.articles) for n, term in terms.items()}
        all_owners = [chosen.owners for chosen in found.values()]
        shared = intersect_all(all_owners if owners is None else [*all_owners, owners])
        return {n: TermPostings.restrict(chosen, shared) for n, chosen in found.items()}


def _shared_starts(
    starts: Ints | None, term: TermPostings, chosen: PostingSubset | None, in_order: Sequence[TermPostings]
) -> Ints:
    """Return the starts of adjacent terms at which the term occurs at each of its places in the sequence.

    ``starts`` None stands for all positions. ``chosen`` are the postings of the term to read; None means all.
    """
    positions = term.positions(None, chosen)
    for shift, other in enumerate(in_order):
        if other is term:
            shifted = positions - shift if shift else positions
            starts = shifted if starts is None else intersect(starts, shifted)
    assert starts is not None, "the term is one of those in order"
    return starts


def merge_postings(parts: Sequence[Postings]) -> Postings:
    """Merge the postings of several words; the counts of the same owner are added."""
    parts = [part for part in parts if len(part.owners)]
    if len(parts) < 2:
        return parts[0] if parts else NO_POSTINGS
    return add_counts(
        np.concatenate([part.owners for part in parts]), np.concatenate([part.counts for part in parts])
    )
