"""The min-hash samples of the documents of a segment: see :mod:`newssearch.engines.shingles`.

A segment has these sections; its samples are sorted by hash, and those that differ only in the last 16 bits are a *page*:

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

import numpy as np

from newssearch.engines.embedded.storage.container import Array, Container, narrow
from newssearch.engines.embedded.storage.patched_ints import PatchedInts, patched_sections
from newssearch.engines.shingles import Hashes, Samples, signatures_of
from newssearch.engines.sorted_sets import Ints, Mask, run_starts
from newssearch.system.kept import cached_property

MIN_PAGED_SAMPLES = 1 << 20
"""The hashes of a segment with at least this many samples are stored by page."""
PAGE_HASH_BITS = 16
"""The number of low bits of a hash that are stored for each sample of a page; the page has the others in common."""
MAX_SINGLE_LOOKUPS = 20_000
"""Up to this many hashes are looked up one by one in their pages; more are looked up in the array of all hashes."""

SIGNATURE_SECTIONS = ("article.signature", "article.signature.within", "article.signature.other")


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
        **_signature_sections(samples, article, first),
    }


def _signature_sections(samples: Samples, article: Array, first: Array) -> dict[str, Array]:
    """Return the sections of signatures of a new segment. The arguments are those of :func:`sample_sections`."""
    found = signatures_of(samples, article, first)
    return dict(zip(SIGNATURE_SECTIONS, found._replace(within=narrow(found.within)), strict=True))


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
