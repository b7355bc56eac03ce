"""Min-hash samples of paragraphs: few numbers by which copies of a text are found among millions of articles.

A *shingle* is a sequence of :data:`SHINGLE_WORDS` terms, so that case, punctuation and endings make no difference; a
shorter paragraph is one shingle. The *samples* of a paragraph are the hashes of its shingles that are among its
:data:`MIN_SAMPLES` lowest, or in the lowest 1/:data:`SHINGLES_PER_SAMPLE` of the range of hashes. Texts that have much
in common share samples, however they are divided into paragraphs (Broder, On the resemblance and containment of
documents, 1997). The *signature* of a paragraph is the least of its samples after these are hashed again. A segment
has these sections; its samples are sorted by hash, and those that differ only in the last 16 bits are a *page*:

============================  =========================================================================================
``samples.low``               the last 16 bits of each hash; all 32 bits if there are no pages
``samples.page.first``        the index of the first sample of each page, then the number of samples; empty if the
                              segment has fewer than :data:`MIN_PAGED_SAMPLES` samples and therefore no pages
``samples.article``           the article of each sample
``samples.within``            the number of each sample's document in its article, from 0 (:mod:`storage.patched_ints`)
``samples.sizes``             the number of samples of each document (:mod:`storage.patched_ints`)
``article.signature``         the least signature of each article's documents, which copies of it usually share
``article.signature.within``  the number of the document with that signature in its article, from 0
``article.signature.other``   the least signature of each article's other documents; 0 if these have no samples
============================  =========================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newssearch.engines.embedded.storage.container import Array, Container, narrow
from newssearch.engines.embedded.storage.patched_ints import PatchedInts, patched_sections
from newssearch.engines.embedded.storage.sorted_sets import Ints, Mask, run_starts
from newssearch.system.kept import cached_property

if TYPE_CHECKING:
    from .tokens import Tokens

SHINGLE_WORDS = 5
"""The number of words of a shingle. Fewer often agree by chance; with more, one edited word changes too many."""
MIN_SAMPLES = 3
"""A paragraph has at least this many samples, or as many as it has shingles if these are fewer."""
SHINGLES_PER_SAMPLE = 16
"""In a long paragraph, one shingle in 16 is a sample on average."""
MIN_PAGED_SAMPLES = 1 << 20
"""The hashes of a segment with at least this many samples are stored by page."""
PAGE_HASH_BITS = 16
"""The number of low bits of a hash that are stored for each sample of a page; the page has the others in common."""
MAX_SINGLE_LOOKUPS = 20_000
"""Up to this many hashes are looked up one by one in their pages; more are looked up in the array of all hashes."""

SIGNATURE_SECTIONS = ("article.signature", "article.signature.within", "article.signature.other")

Hashes = NDArray[np.uint32]

_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F], np.uint64
)  # fmt: skip
_MIXER = np.uint64(0xBF58476D1CE4E5B9)
_SIGNATURE_FACTOR = np.uint32(0x9E3779B1)
_TEXT_SHIFT = np.uint64(32)
_SAMPLE_BOUND = np.uint32((1 << 32) // SHINGLES_PER_SAMPLE)


class Samples(NamedTuple):
    """The samples of several texts, ordered by text, then by hash, without duplicates in a text.

    ``texts`` has the index of each sample's text.
    """

    texts: Ints
    hashes: Hashes


def sample_texts(tokens: Tokens, hashes: NDArray[np.uint64]) -> Samples:
    """Return the samples of all texts in ``tokens``. ``hashes[n]`` is the hash of word ``n`` of the lexicon."""
    values = hashes[tokens.words]
    text = np.repeat(np.arange(len(tokens.sizes), dtype=np.uint32), tokens.sizes)
    whole = max(len(values) - SHINGLE_WORDS + 1, 0)
    found = values[:whole] * _FACTORS[0]
    for n in range(1, SHINGLE_WORDS):
        found += values[n : n + whole] * _FACTORS[n]
    inside = np.flatnonzero(text[:whole] == text[SHINGLE_WORDS - 1 :]) if whole else np.empty(0, np.int64)
    keys = _keys(text[inside], found[inside])
    short = np.flatnonzero((tokens.sizes > 0) & (tokens.sizes < SHINGLE_WORDS))
    starts = np.cumsum(tokens.sizes) - tokens.sizes
    few = np.zeros(len(short), np.uint64)
    for n in range(SHINGLE_WORDS - 1):
        longer = tokens.sizes[short] > n
        few[longer] += values[starts[short[longer]] + n] * _FACTORS[n]
    keys = np.concatenate((keys, _keys(short, few)))
    keys.sort()
    keys = keys[run_starts(keys)]
    texts, chosen = (keys >> _TEXT_SHIFT).astype(np.int64), keys.astype(np.uint32)
    first = np.flatnonzero(run_starts(texts))
    rank = np.arange(len(keys)) - np.repeat(first, np.diff(first, append=len(keys)))
    kept = (rank < MIN_SAMPLES) | (chosen < _SAMPLE_BOUND)
    return Samples(texts[kept], chosen[kept])


def _keys(texts: Array, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return sort keys: the high 32 bits are the text, the low 32 bits are the high half of the hash after mixing."""
    mixed = hashes ^ (hashes >> np.uint64(29))
    mixed *= _MIXER
    mixed ^= mixed >> np.uint64(31)
    return np.asarray(texts.astype(np.uint64) << _TEXT_SHIFT | mixed >> _TEXT_SHIFT, np.uint64)


def sample_sections(samples: Samples, article: Array, first: Array) -> dict[str, Array]:
    """Return the sections of a new segment from the samples of its documents.

    ``article`` has the article of each document, and ``first`` the first document of each article.
    """
    articles = article[samples.texts].astype(np.int64)
    sizes = np.bincount(samples.texts, minlength=len(article))
    order = samples.hashes.argsort(kind="stable")
    within = samples.texts - first[articles]
    return {
        **_sorted_sections(samples.hashes[order], articles[order], within[order]),
        **patched_sections("samples.sizes", sizes),
        **_signatures(samples, article, first),
    }


def _signatures(samples: Samples, article: Array, first: Array) -> dict[str, Array]:
    """Return the sections of signatures of a new segment. The arguments are those of :func:`sample_sections`."""
    begins = np.flatnonzero(run_starts(samples.texts))
    least = np.minimum.reduceat(samples.hashes * _SIGNATURE_FACTOR, begins) if len(begins) else samples.hashes
    documents = samples.texts[begins]
    articles = article[documents].astype(np.int64)
    order = np.lexsort((least, articles))
    documents, articles, least = documents[order], articles[order], least[order]
    lowest = run_starts(articles)
    second = np.flatnonzero(lowest[:-1] & ~lowest[1:]) + 1
    signatures, within, others = (np.zeros(len(first) - 1, np.uint32) for _ in range(3))
    signatures[articles[lowest]] = least[lowest]
    within[articles[lowest]] = documents[lowest] - first[articles[lowest]]
    others[articles[second]] = least[second]
    return {
        "article.signature": signatures,
        "article.signature.within": narrow(within),
        "article.signature.other": others,
    }


def _sorted_sections(hashes: Hashes, articles: Ints, within: Ints) -> dict[str, Array]:
    paged = len(hashes) >= MIN_PAGED_SAMPLES
    pages = (
        np.arange((1 << 32 - PAGE_HASH_BITS) + 1, dtype=np.int64) << PAGE_HASH_BITS
        if paged
        else np.empty(0, np.int64)
    )
    return {
        "samples.low": hashes.astype(np.uint16) if paged else hashes,
        "samples.page.first": np.searchsorted(hashes, pages).astype(np.uint32),
        "samples.article": narrow(articles),
        **patched_sections("samples.within", within),
    }


class SampleTable:
    """The samples of a segment, sorted by hash and numbered in this order."""

    def __init__(self, container: Container) -> None:
        self._low = container.section("samples.low")
        self._pages = container["samples.page.first"]
        self._articles = container.section("samples.article")
        self.within = PatchedInts(container, "samples.within")
        self.sizes = PatchedInts(container, "samples.sizes")

    def __len__(self) -> int:
        return len(self._low)

    @cached_property
    def hashes(self) -> Hashes:
        """The hashes of all samples, ascending."""
        low = self._low.all()
        if not len(self._pages):
            return low
        pages = np.repeat(np.arange(len(self._pages) - 1, dtype=np.uint32), np.diff(self._pages))
        return np.asarray(pages << np.uint32(PAGE_HASH_BITS) | low, np.uint32)

    @property
    def articles(self) -> Array:
        """The article of each sample."""
        return self._articles.all()

    def articles_at(self, indices: Ints) -> Ints:
        """Return the article of each of the samples with the given numbers, which are ascending."""
        return self._articles.at(indices).astype(np.int64)

    def of(self, articles: Mask) -> Ints:
        """Return the numbers of the samples of the articles that the mask selects, ascending."""
        return np.flatnonzero(articles[self.articles])

    def find(self, wanted: Hashes) -> tuple[Ints, Ints]:
        """Return for each given hash the number of the first sample with it, and how many samples have it.

        The hashes are ascending. For a hash without samples, the first number is arbitrary.
        """
        if not len(self._pages) or len(wanted) > MAX_SINGLE_LOOKUPS:
            hashes = self.hashes
            first = np.flatnonzero(run_starts(hashes))
            each, many = hashes[first], np.diff(first, append=len(hashes))
            begins, sizes = np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
            if len(each) < len(wanted):  # look up the fewer hashes among the others
                at, found = _indices_of(each, wanted)
                begins[at], sizes[at] = first[found], many[found]
            else:
                at, found = _indices_of(wanted, each)
                begins[found], sizes[found] = first[at], many[at]
            return begins, sizes
        begins, sizes = np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
        for n, value in enumerate(wanted.tolist()):
            low, high = (
                int(self._pages[value >> PAGE_HASH_BITS]),
                int(self._pages[(value >> PAGE_HASH_BITS) + 1]),
            )
            low_bits = np.uint16(value & (1 << PAGE_HASH_BITS) - 1)
            page = self._low.between(low, high)
            begin, end = page.searchsorted(low_bits), page.searchsorted(low_bits, "right")
            begins[n], sizes[n] = low + begin, end - begin
        return begins, sizes


def _indices_of(few: Hashes, others: Hashes) -> tuple[Ints, Ints]:
    """Return the indices in ``others``, and those in ``few``, of the hashes that are in both; all are distinct and ascending."""
    at = others.searchsorted(few)
    found = np.flatnonzero(at < len(others))
    found = found[others[at[found]] == few[found]]
    return at[found], found


def merged_sample_sections(sources: Sequence[tuple[Container, Ints, Ints]]) -> dict[str, Array]:
    """Return the sections of samples and signatures of a merged segment.

    ``sources`` are the containers, each with the new numbers of its articles and documents, -1 for removed ones.
    """
    hashes, articles, within, sizes = [], [], [], []
    signatures: dict[str, list[Array]] = {name: [] for name in SIGNATURE_SECTIONS}
    for container, new_articles, new_documents in sources:
        source = SampleTable(container)
        new = new_articles[source.articles]
        kept = np.flatnonzero(new >= 0)
        hashes.append(source.hashes[kept])
        articles.append(new[kept])
        within.append(source.within.at(kept))
        sizes.append(source.sizes.at(np.flatnonzero(new_documents >= 0)))
        for name in SIGNATURE_SECTIONS:
            signatures[name].append(container[name][new_articles >= 0])
    joined = np.concatenate(hashes)
    order = joined.argsort(kind="stable")
    return {
        **_sorted_sections(joined[order], np.concatenate(articles)[order], np.concatenate(within)[order]),
        **patched_sections("samples.sizes", np.concatenate(sizes)),
        **{name: np.concatenate(parts) for name, parts in signatures.items()},
    }
