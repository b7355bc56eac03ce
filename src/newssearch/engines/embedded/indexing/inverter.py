"""Turns the words of texts into postings: the arrays that a segment keeps of a text field.

The *owners* of a field are paragraphs, or articles for headlines. All arrays are ordered by term, then by owner, then
by position. The table describes a field named ``F`` with T terms, P postings, W words and V *surface forms*. The
surface forms of a term are the spellings of its words in the texts (``attack``, ``Attacks``, ``ATTACKED``). An *article
block* is the postings of a term in one article. A *high-bits run* is the article blocks of a term whose article numbers
differ only in the lowest 16 bits.

If the owners are articles, each article block is a single posting. The field then has no ``F.group.counts``,
``F.group.best``, ``F.group.mean``, ``F.within`` and ``F.first``.

======================  ===============================================================================================
``F.terms``             the terms, sorted (:class:`~storage.container.StringTable`)
``F.group.runs``        T + 1: the first high-bits run of each term
``F.group.run.page``    the high bits of each run: its article numbers without the lowest 16 bits
``F.group.run.first``   the first article block of each run, and the end
``F.group.low``         the lowest 16 bits of the article number of each article block
``F.group.counts``      the number of postings of each article block (:mod:`storage.patched_ints`)
``F.group.best``        the block max of each article block: an upper bound of the weight of its postings, as a step on
                        the scale of :func:`quantised`, for owners of ``F.group.mean`` words on average
``F.first``             T + 1: the first posting of each term
``F.within``            P: the owner of each posting, as its number in its article (:mod:`storage.patched_ints`)
``F.counts``            P: the number of times the term occurs in the owner (:mod:`storage.patched_ints`)
``F.tokens``            T + 1: the first word of each term in ``F.positions``
``F.at``                ⌈P/64⌉: the offset of the first word of each 64th posting in ``F.positions``
``F.positions``         W: the position of each word in its owner, from 0 (:mod:`storage.patched_ints`)
``F.kinds``             T: the number of surface forms of each term
``F.packed``            the surface form of each word, as its number among those of its term, in 0, 1, 2, 4, 8, 16 or 32
                        bits: the smallest width that can number the term's forms; each term starts at a whole byte
``F.packed.at``         T + 1: the offset of the first byte of each term in ``F.packed``
``F.forms``             the folded terms: folded, unstemmed words, sorted
``F.form.first``        the first surface form of each folded term, and the end
``F.variant.term``      V: the term of each surface form; surface forms are sorted by folded term, then as written
``F.variant.kind``      V: the number of each surface form among those of its term
``F.variant.words``     V: the number of words with each surface form
``F.written``           V: each surface form as written
``F.sizes``             the number of words of each owner
``F.starts``            the first field-wide position of each owner, and the end; field-wide positions count through all
                        owners, with one unused position between two owners
``F.sentences``         the field-wide positions at which sentences begin inside an owner, ascending
``F.compounds``         the compounds that begin at field-wide positions: joined or split words, see
                        :mod:`segment.compound_postings`
======================  ===============================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from newssearch.engines.embedded.segment import bm25f
from newssearch.engines.embedded.segment.compound_postings import compound_sections
from newssearch.engines.embedded.segment.format import (
    POSTINGS_PER_OFFSET,
    RUN_BITS,
    at_least_16,
    at_least_32,
    pack,
    packed_starts,
    quantised,
)
from newssearch.engines.embedded.storage.container import Array, narrow, string_sections
from newssearch.engines.embedded.storage.patched_ints import patched_sections
from newssearch.engines.embedded.storage.sorted_sets import Ints, run_starts

if TYPE_CHECKING:
    from newssearch.engines.embedded.segment.tokens import Tokens

    from .lexicon import WordTable


def invert(name: str, tokens: Tokens, words: WordTable, articles: Articles | None = None) -> dict[str, Array]:
    """Return the sections of a field from the words of its owners; if these are documents, ``articles`` is required."""
    used, names = words.sorted(np.flatnonzero(np.bincount(tokens.words)))
    vocabulary = Vocabulary.of(names)
    variant_of = np.zeros(len(words), np.int64)
    variant_of[used] = np.arange(len(used))
    variants = variant_of[tokens.words]
    owner = np.repeat(np.arange(len(tokens.sizes), dtype=np.uint32), tokens.sizes)
    ends = np.cumsum(tokens.sizes)

    # A stable sort by term: each key has the term in its high bits and the number of the word in its low bits.
    keys = (vocabulary.variant_term[variants].astype(np.uint64) << np.uint64(32)) | np.arange(
        len(owner), dtype=np.uint64
    )
    keys.sort()
    terms = (keys >> np.uint64(32)).astype(np.int64)
    order = (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    del keys
    owner = owner[order]
    kinds = vocabulary.variant_kind[variants[order]]
    token_first = np.searchsorted(terms, np.arange(len(vocabulary.terms) + 1))
    of_variants = np.bincount(variants, minlength=len(vocabulary.written))

    begins = np.flatnonzero(run_starts(terms) | run_starts(owner))
    counts = np.diff(np.append(begins, len(order)))
    groups = ArticleBlocks.of(terms[begins], owner[begins], counts, articles)
    packed_at = packed_starts(vocabulary.kinds, np.diff(token_first))
    packed = np.zeros(int(packed_at[-1]), np.uint8)
    pack(packed, packed_at, kinds, token_first, vocabulary.kinds)
    sections = {
        **vocabulary.sections(name),
        **groups.runs().sections(name, len(vocabulary.terms), len(groups.articles)),
        f"{name}.group.low": groups.articles.astype(np.uint16),
        **patched_sections(f"{name}.counts", counts),
        **patched_sections(f"{name}.positions", order - (ends - tokens.sizes)[owner]),
        f"{name}.tokens": narrow(token_first),
        f"{name}.at": narrow(begins[::POSTINGS_PER_OFFSET]),
        f"{name}.variant.words": of_variants.astype(np.uint32),
        f"{name}.packed": packed,
        f"{name}.packed.at": narrow(packed_at),
        **owner_sections(name, tokens, words),
    }
    if articles is not None:
        sections |= patched_sections(f"{name}.group.counts", groups.sizes)
        sections |= patched_sections(f"{name}.within", articles.within(owner[begins]))
        sections |= {
            f"{name}.first": narrow(np.searchsorted(begins, token_first)),
            f"{name}.group.best": groups.block_max,
            f"{name}.group.mean": np.array([articles.mean]),
        }
    return sections


def owner_sections(name: str, tokens: Tokens, words: WordTable) -> dict[str, Array]:
    """Return the sections with sizes, starts, sentences and compounds of the owners."""
    starts = np.concatenate(([0], np.cumsum(tokens.sizes + 1)))
    ends = np.cumsum(tokens.sizes)
    owner = np.searchsorted(ends, tokens.breaks, "right")
    places = tokens.compounds + np.searchsorted(ends, tokens.compounds, "right")
    return {
        f"{name}.sizes": at_least_16(narrow(tokens.sizes)),
        f"{name}.starts": at_least_32(starts),
        f"{name}.sentences": at_least_32(tokens.breaks + owner),
        **compound_sections(name, words.compounds, tokens.keys, places),
    }


class Articles(NamedTuple):
    """The article of each document, the first document of each article, and the number of words of each document."""

    of: Array
    first: Array
    words: Array

    @property
    def mean(self) -> float:
        """The mean number of words of a document; 1.0 if no document has words."""
        return float(self.words.mean()) if self.words.any() else 1.0

    def within(self, documents: Array) -> Ints:
        """Return the number of each given document within its article, from 0."""
        return documents.astype(np.int64) - self.first[self.of[documents]]


class ArticleBlocks(NamedTuple):
    """The term, article, number of postings and block max (a quantised upper bound of the weight) of article blocks."""

    terms: Ints
    articles: Ints
    sizes: Ints
    block_max: Array

    @classmethod
    def of(cls, terms: Array, owners: Array, counts: Array, articles: Articles | None) -> ArticleBlocks:
        """Return the article blocks; if articles are the owners, each posting is a block."""
        if articles is None:
            ones = np.ones(len(owners), np.int64)
            return cls(terms, owners.astype(np.int64), ones, ones.astype(np.uint8))
        of = articles.of[owners]
        first = np.flatnonzero(run_starts(terms) | run_starts(of))
        weights = bm25f.in_text(counts, articles.words[owners], articles.mean)
        best = np.maximum.reduceat(weights, first) if len(first) else weights
        return cls(
            terms[first], of[first].astype(np.int64), np.diff(np.append(first, len(of))), quantised(best)
        )

    def runs(self) -> HighBitsRuns:
        """Return the high-bits runs; one begins where the term or the high bits of the article number change."""
        pages = self.articles >> RUN_BITS
        first = np.flatnonzero(run_starts(self.terms) | run_starts(pages))
        return HighBitsRuns(self.terms[first], pages[first], first)


class HighBitsRuns(NamedTuple):
    """The term, the high bits of the article numbers and the first article block of each high-bits run."""

    terms: Ints
    pages: Ints
    first: Ints

    def sections(self, name: str, terms: int, groups: int) -> dict[str, Array]:
        """Return the sections of the runs of a field with the given numbers of terms and article blocks."""
        return {
            f"{name}.group.runs": narrow(np.searchsorted(self.terms, np.arange(terms + 1))),
            f"{name}.group.run.page": narrow(self.pages),
            f"{name}.group.run.first": narrow(np.append(self.first, groups)),
        }


class Vocabulary(NamedTuple):
    """The terms of a field and their surface forms."""

    terms: list[bytes]
    kinds: Ints
    forms: list[bytes]
    form_first: Ints
    variant_term: Ints
    variant_kind: Ints
    written: list[bytes]

    @classmethod
    def of(cls, keys: list[bytes]) -> Vocabulary:
        """Return the vocabulary of words from their keys, ascending; surface forms keep the order of the keys."""
        parts = b"\0".join(keys).split(b"\0") if keys else []
        forms, written, of = parts[0::3], parts[1::3], parts[2::3]
        terms = sorted(set(of))
        number = {term: n for n, term in enumerate(terms)}
        variant_term = np.fromiter(map(number.__getitem__, of), np.int64, len(of))
        by_term = np.argsort(variant_term, kind="stable")
        kinds = np.bincount(variant_term, minlength=len(terms))
        variant_kind = np.empty(len(of), np.int64)
        first = np.cumsum(kinds) - kinds
        variant_kind[by_term] = np.arange(len(of)) - first[variant_term[by_term]]
        form_first = [n for n, form in enumerate(forms) if not n or form != forms[n - 1]]
        return cls(
            terms,
            kinds,
            [forms[n] for n in form_first],
            np.array([*form_first, len(of)], np.int64),
            variant_term,
            variant_kind,
            written,
        )

    def sections(self, name: str) -> dict[str, Array]:
        """Return the sections of the vocabulary."""
        return {
            **string_sections(f"{name}.terms", self.terms),
            f"{name}.kinds": narrow(self.kinds),
            **string_sections(f"{name}.forms", self.forms),
            f"{name}.form.first": narrow(self.form_first),
            f"{name}.variant.term": narrow(self.variant_term),
            f"{name}.variant.kind": narrow(self.variant_kind),
            **string_sections(f"{name}.written", self.written),
        }
