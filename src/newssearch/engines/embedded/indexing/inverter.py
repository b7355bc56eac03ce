"""The inverter turns the words of texts into postings: the arrays that a segment stores for a text field.

The *owners* of a field are paragraphs, or articles for headlines. All arrays are ordered by term, then by owner, then
by position. The table describes a field named ``F`` with T terms, P postings, W words and V *surface forms*. The
surface forms of a term are the spellings of its words in the texts (``attack``, ``Attacks``, ``ATTACKED``). An *article
block* is the postings of a term in one article. A *high-bits run* is the article blocks of a term whose article numbers
differ only in the lowest 16 bits.

If the owners are articles, each article block is a single posting. The field then has no ``F.block.sizes``,
``F.block.impact``, ``F.mean``, ``F.within`` and ``F.first``.

======================  ===============================================================================================
``F.terms``             the terms, sorted (:class:`~storage.container.StringTable`)
``F.runs``              T + 1: the first high-bits run of each term
``F.run.high``          the high bits of each run: its article numbers without the lowest 16 bits
``F.run.first``         the first article block of each run, then the number of article blocks
``F.block.low``         the lowest 16 bits of the article number of each article block
``F.block.sizes``       the number of postings of each article block (:mod:`storage.patched_ints`)
``F.block.impact``      an upper bound of the weight of the postings of each article block, for owners of ``F.mean``
                        words on average, and the number of its words (:mod:`segment.block_impacts`)
``F.block.extra``       the article blocks with many words, ascending; ``F.block.extra.values`` has their number
``F.first``             T + 1: the first posting of each term
``F.within``            P: the owner of each posting, as its number in its article (:mod:`storage.patched_ints`)
``F.counts``            P: the number of times the term occurs in the owner (:mod:`storage.patched_ints`)
``F.tokens``            T + 1: the first word of each term in ``F.positions``
``F.offsets``           ⌈P/64⌉: the offset of the first word of each 64th posting in ``F.positions``
``F.positions``         W: the position of each word in its owner, from 0 (:mod:`storage.patched_ints`)
``F.term.forms``        T: the number of surface forms of each term
``F.packed``            the surface form of each word, as its number among those of its term, in 0, 1, 2, 4, 8, 16 or
                        32 bits: the smallest width that can number the term's forms; each term starts at a whole byte
``F.packed.offsets``    T + 1: the offset of the first byte of each term in ``F.packed``
``F.folded``            the folded terms: folded, unstemmed words, sorted
``F.folded.first``      the first surface form of each folded term, then V
``F.form.term``         V: the term of each surface form; surface forms are sorted by folded term, then as written
``F.form.number``       V: the number of each surface form among those of its term
``F.form.words``        V: the number of words with each surface form
``F.forms``             V: each surface form as written
``F.sizes``             the number of words of each owner; field-wide positions count through all owners, with one unused
                        position after each owner
``F.sentences``         the field-wide positions at which sentences begin inside an owner, ascending
``F.compounds``         the compounds that begin at field-wide positions: joined or split words, see
                        :mod:`segment.compound_postings`
======================  ===============================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from newssearch.engines import bm25f
from newssearch.engines.embedded.segment.block_impacts import (
    NONE_EXTRA,
    ManyExtra,
    block_impacts,
    many_extra,
)
from newssearch.engines.embedded.segment.compound_postings import compound_sections
from newssearch.engines.embedded.segment.format import (
    POSTINGS_PER_OFFSET,
    RUN_BITS,
    at_least_16,
    at_least_32,
    pack,
    packed_starts,
)
from newssearch.engines.embedded.storage.container import Array, narrow, string_sections
from newssearch.engines.embedded.storage.patched_ints import patched_sections
from newssearch.engines.sorted_sets import Ints, run_starts, sums_of_runs

if TYPE_CHECKING:
    from newssearch.engines.embedded.segment.tokens import Tokens

    from .lexicon import WordTable


def invert(name: str, tokens: Tokens, words: WordTable, articles: Articles | None = None) -> dict[str, Array]:
    """Return the sections of the field ``name`` from ``tokens``, the words of its owners.

    ``words`` is the table with the words that the tokens number. ``articles`` is required if the owners are documents,
    and None if they are articles.
    """
    used, names = words.sorted(np.flatnonzero(np.bincount(tokens.words)))
    vocabulary = Vocabulary.of(names)
    form_of = np.zeros(len(words), np.int64)
    form_of[used] = np.arange(len(used))
    forms = form_of[tokens.words]
    owner = np.repeat(np.arange(len(tokens.sizes), dtype=np.uint32), tokens.sizes)
    ends = np.cumsum(tokens.sizes)

    # A stable sort by term: each key has the term in its high bits and the number of the word in its low bits.
    keys = (vocabulary.form_terms[forms].astype(np.uint64) << np.uint64(32)) | np.arange(
        len(owner), dtype=np.uint64
    )
    keys.sort()
    terms = (keys >> np.uint64(32)).astype(np.int64)
    order = (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    del keys
    owner = owner[order]
    numbers = vocabulary.form_numbers[forms[order]]
    token_first = np.searchsorted(terms, np.arange(len(vocabulary.terms) + 1))
    form_words = np.bincount(forms, minlength=len(vocabulary.forms))

    begins = np.flatnonzero(run_starts(terms) | run_starts(owner))
    counts = np.diff(np.append(begins, len(order)))
    blocks = ArticleBlocks.of(terms[begins], owner[begins], counts, articles)
    packed_offsets = packed_starts(vocabulary.form_counts, np.diff(token_first))
    packed = np.zeros(int(packed_offsets[-1]), np.uint8)
    pack(packed, packed_offsets, numbers, token_first, vocabulary.form_counts)
    sections = {
        **vocabulary.sections(name),
        **blocks.runs().sections(name, len(vocabulary.terms), len(blocks.articles)),
        f"{name}.block.low": blocks.articles.astype(np.uint16),
        **patched_sections(f"{name}.counts", counts),
        **patched_sections(f"{name}.positions", order - (ends - tokens.sizes)[owner]),
        f"{name}.tokens": narrow(token_first),
        f"{name}.offsets": narrow(begins[::POSTINGS_PER_OFFSET]),
        f"{name}.form.words": form_words.astype(np.uint32),
        f"{name}.packed": packed,
        f"{name}.packed.offsets": narrow(packed_offsets),
        **owner_sections(name, tokens, words),
    }
    if articles is not None:
        sections |= patched_sections(f"{name}.block.sizes", blocks.sizes)
        sections |= patched_sections(f"{name}.within", articles.within(owner[begins]))
        sections |= {
            f"{name}.first": narrow(np.searchsorted(begins, token_first)),
            f"{name}.block.impact": blocks.impacts,
            f"{name}.block.extra": narrow(blocks.many_extra.blocks),
            f"{name}.block.extra.values": narrow(blocks.many_extra.values),
            f"{name}.mean": np.array([articles.mean]),
        }
    return sections


def owner_sections(name: str, tokens: Tokens, words: WordTable) -> dict[str, Array]:
    """Return the sections of a field that are ordered by owner: sizes, sentences and compounds."""
    ends = np.cumsum(tokens.sizes)
    owner = np.searchsorted(ends, tokens.breaks, "right")
    positions = tokens.compounds + np.searchsorted(ends, tokens.compounds, "right")
    return {
        f"{name}.sizes": at_least_16(narrow(tokens.sizes)),
        f"{name}.sentences": at_least_32(tokens.breaks + owner),
        **compound_sections(name, words.compounds, tokens.keys, positions),
    }


class Articles(NamedTuple):
    """Arrays about articles and their documents.

    ``of`` is the article of each document, ``first`` the first document of each article and then the number of all
    documents, and ``words`` the number of words of each document.
    """

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
    """Article blocks as parallel arrays: the term, the article, the number of postings and the impact of each.

    Blocks are ordered by term, then article. ``many_extra`` are those with many extra words:
    see :mod:`segment.block_impacts`.
    """

    terms: Ints
    articles: Ints
    sizes: Ints
    impacts: Array
    many_extra: ManyExtra

    @classmethod
    def of(cls, terms: Array, owners: Array, counts: Array, articles: Articles | None) -> ArticleBlocks:
        """Return the article blocks of postings, given the term, the owner and the number of words of each posting.

        ``articles`` is None if the owners are articles; then each posting is a block.
        """
        if articles is None:
            ones = np.ones(len(owners), np.int64)
            return cls(terms, owners.astype(np.int64), ones, ones.astype(np.uint8), NONE_EXTRA)
        of = articles.of[owners]
        first = np.flatnonzero(run_starts(terms) | run_starts(of))
        weights = bm25f.in_text(counts, articles.words[owners], articles.mean)
        maxima = np.maximum.reduceat(weights, first) if len(first) else weights
        sizes = np.diff(np.append(first, len(of)))
        extra = sums_of_runs(counts, sizes) - sizes
        return cls(
            terms[first],
            of[first].astype(np.int64),
            sizes,
            block_impacts(maxima, extra),
            many_extra(extra),
        )

    def runs(self) -> HighBitsRuns:
        """Return the high-bits runs of the blocks: one begins where the term or the high bits of the article change."""
        high_bits = self.articles >> RUN_BITS
        first = np.flatnonzero(run_starts(self.terms) | run_starts(high_bits))
        return HighBitsRuns(self.terms[first], high_bits[first], first)


class HighBitsRuns(NamedTuple):
    """High-bits runs as parallel arrays: the term, the high bits of article numbers, and the first block of each."""

    terms: Ints
    high_bits: Ints
    first: Ints

    def sections(self, name: str, terms: int, blocks: int) -> dict[str, Array]:
        """Return the sections of these runs for the field ``name``, which has the given numbers of terms and blocks."""
        return {
            f"{name}.runs": narrow(np.searchsorted(self.terms, np.arange(terms + 1))),
            f"{name}.run.high": narrow(self.high_bits),
            f"{name}.run.first": narrow(np.append(self.first, blocks)),
        }


class Vocabulary(NamedTuple):
    """The terms, folded terms and surface forms of a field.

    ``form_counts`` is the number of surface forms of each term, ``folded_first`` the first surface form of each folded
    term. ``form_terms`` is the term of each surface form, ``form_numbers`` its number among the forms of that term.
    """

    terms: list[bytes]
    form_counts: Ints
    folded: list[bytes]
    folded_first: Ints
    form_terms: Ints
    form_numbers: Ints
    forms: list[bytes]

    @classmethod
    def of(cls, keys: list[bytes]) -> Vocabulary:
        """Return the vocabulary of the words with the given keys (see :meth:`.lexicon.WordTable.sorted`), ascending.

        There is one surface form for each key, in the same order.
        """
        parts = b"\0".join(keys).split(b"\0") if keys else []
        folded, forms, of = parts[0::3], parts[1::3], parts[2::3]
        terms = sorted(set(of))
        number = {term: n for n, term in enumerate(terms)}
        form_terms = np.fromiter(map(number.__getitem__, of), np.int64, len(of))
        by_term = np.argsort(form_terms, kind="stable")
        form_counts = np.bincount(form_terms, minlength=len(terms))
        form_numbers = np.empty(len(of), np.int64)
        first = np.cumsum(form_counts) - form_counts
        form_numbers[by_term] = np.arange(len(of)) - first[form_terms[by_term]]
        folded_first = [n for n, term in enumerate(folded) if not n or term != folded[n - 1]]
        return cls(
            terms,
            form_counts,
            [folded[n] for n in folded_first],
            np.array([*folded_first, len(of)], np.int64),
            form_terms,
            form_numbers,
            forms,
        )

    def sections(self, name: str) -> dict[str, Array]:
        """Return the sections of the vocabulary of the field ``name``."""
        return {
            **string_sections(f"{name}.terms", self.terms),
            f"{name}.term.forms": narrow(self.form_counts),
            **string_sections(f"{name}.folded", self.folded),
            f"{name}.folded.first": narrow(self.folded_first),
            f"{name}.form.term": narrow(self.form_terms),
            f"{name}.form.number": narrow(self.form_numbers),
            **string_sections(f"{name}.forms", self.forms),
        }
