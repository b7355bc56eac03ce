"""Near duplicates: articles that are copies of one text, whole or cut, edited, or under other headlines.

The result depends only on the articles in the index. Each commit updates it for the articles that it adds and removes:

- A min-hash sample (see :mod:`segment.shingles`) is *boilerplate* if at least :data:`BOILERPLATE_ARTICLES_OF_OUTLET`
  articles of one outlet have it and these are not otherwise copies of each other. It is boilerplate, too, if at least
  :data:`BOILERPLATE_ARTICLES` articles of any outlets have it. A document is
  *boilerplate* if all of its samples are.
- Only samples that are not boilerplate count for copies. Two articles are copies if they share at least
  :data:`MIN_SHARED_SAMPLES` samples, if these are at least the share :data:`MIN_SHARE_OF_SMALLER` of the samples of the
  smaller article, and if the shares of both articles add up to at least :data:`MIN_SUM_OF_SHARES`. So half of a text is
  a copy of it, and a quotation is not. An outlet quotes itself: for two articles of one outlet the sum must be at least
  :data:`MIN_SUM_OF_SHARES_IN_OUTLET`. A *story* is a connected component of the graph of copies.
- A document is *redundant* if one earlier article has at least the share :data:`MIN_SHARE_OF_DOCUMENT` of its
  samples, or if it is boilerplate. The article with the earlier date is earlier. If the dates are equal or both are missing, the article
  with the lower id is earlier. An article without a date comes after all articles with one.

If more than :data:`MAX_ARTICLES_ALL_COMPARED` articles share a sample, each is compared only with the
:data:`COMPARED_EARLIEST` earliest of them. No step loops over samples in Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from newssearch.engines.embedded.segment.columns import NO_TIME
from newssearch.engines.embedded.segment.segment import Segment
from newssearch.engines.embedded.segment.shingles import SIGNATURE_SECTIONS, Hashes
from newssearch.engines.embedded.segment.story_columns import StoryColumns
from newssearch.engines.embedded.storage.container import Array
from newssearch.engines.embedded.storage.sorted_sets import NO_INTS, Ints, Mask, concat_ranges, run_starts

BOILERPLATE_ARTICLES_OF_OUTLET = 10
"""The number of articles of one outlet, not copies of each other, that makes a sample they share boilerplate."""
BOILERPLATE_ARTICLES = 20_000
"""The number of articles, of any outlets, that makes a sample they share boilerplate."""
MIN_SHARED_SAMPLES = 3
MIN_SHARE_OF_SMALLER = 0.7
MIN_SUM_OF_SHARES = 1.15
MIN_SUM_OF_SHARES_IN_OUTLET = 1.4
MIN_SHARE_OF_DOCUMENT = 0.6
MAX_ARTICLES_ALL_COMPARED = 64
COMPARED_EARLIEST = 8

_HIGH_SHIFT = np.uint64(32)
_NO_TIME_LAST = np.iinfo(np.int64).max


class SegmentStories(NamedTuple):
    """A segment of the new commit, its story columns in the last commit (None for a new segment), and the articles removed
    since."""

    segment: Segment
    before: StoryColumns | None
    removed: Ints


def update_stories(parts: Sequence[SegmentStories], boilerplate: Hashes) -> tuple[list[StoryColumns], Hashes]:
    """Return the story columns of each segment of a commit, and the hashes of boilerplate, updated from the last commit."""
    return _Update(parts, boilerplate).run()


def concat_columns(parts: Sequence[tuple[StoryColumns, Ints, Ints]]) -> StoryColumns:
    """Return the story columns of a merged segment.

    ``parts`` are the columns of each source, and the new numbers of its articles and documents, -1 for removed ones.
    """

    def documents(name: str) -> Array:
        found = np.concatenate([new[getattr(columns, name)] for columns, _, new in parts])
        return found[found >= 0].astype(np.uint32)

    return StoryColumns(
        np.concatenate([columns.story[new >= 0] for columns, new, _ in parts]),
        np.concatenate([columns.samples[new >= 0] for columns, new, _ in parts]),
        documents("boilerplate"),
        documents("redundant"),
    )


class _SampleRows(NamedTuple):
    """The samples of live articles, sorted by hash, then by article, the earliest first.

    Each row holds the index of the hash among those looked up, the article, the document, and whether it is the first
    sample of its article with that hash.
    """

    hashes: Ints
    articles: Ints
    documents: Ints
    once: Mask

    def where(self, kept: Mask) -> _SampleRows:
        """Return the rows that the mask selects."""
        return _SampleRows(self.hashes[kept], self.articles[kept], self.documents[kept], self.once[kept])


class _ArticlePairs(NamedTuple):
    """Pairs of articles that share a sample, as indices of rows; at least one article of each pair is dirty."""

    ones: Ints
    others: Ints


class _Update:
    def __init__(self, parts: Sequence[SegmentStories], boilerplate: Hashes) -> None:
        self._parts = parts
        self._segments = [part.segment for part in parts]
        self._articles = _starts_of([segment.articles for segment in self._segments])
        self._documents = _starts_of([segment.documents for segment in self._segments])
        self._before = boilerplate
        size = int(self._articles[-1])
        self._present = np.ones(size, np.bool_)
        self._dirty = np.zeros(size, np.bool_)
        self._story = np.zeros(size, np.int64)
        self._samples = np.zeros(size, np.int64)
        self._boilerplate = np.zeros(int(self._documents[-1]), np.bool_)
        self._redundant = np.zeros(int(self._documents[-1]), np.bool_)
        for n, (segment, before, removed) in enumerate(parts):
            here = slice(int(self._articles[n]), int(self._articles[n + 1]))
            self._present[here] = segment.live_articles()
            self._present[here][removed] = False
            if before is None:
                self._dirty[here] = True
                continue
            self._story[here], self._samples[here] = before.story, before.samples
            self._boilerplate[before.boilerplate.astype(np.int64) + self._documents[n]] = True
            self._redundant[before.redundant.astype(np.int64) + self._documents[n]] = True
        self._dirty &= self._present
        self._outlets = self._of_outlets()
        self._instants = np.concatenate([segment.instant for segment in self._segments] or [NO_INTS])
        self._signatures, self._signature_documents, self._other_signatures = (
            np.concatenate([segment.container[name] for segment in self._segments] or [NO_INTS]).astype(
                np.int64
            )
            for name in SIGNATURE_SECTIONS
        )
        self._signature_documents += np.concatenate(
            [segment.first[:-1] + self._documents[n] for n, segment in enumerate(self._segments)] or [NO_INTS]
        )

    def _of_outlets(self) -> Ints:
        """Return the number of each article's outlet, the same in all segments; 0 for an article without an outlet."""
        number = {"": 0}
        found = [NO_INTS]
        for segment in self._segments:
            codes, values = segment.values("outlet")
            numbers = np.array([number.setdefault(value, len(number)) for value in values], np.int64)
            found.append(numbers[codes])
        return np.concatenate(found)

    def run(self) -> tuple[list[StoryColumns], Hashes]:
        """Compare the articles whose stories may change; return the new columns and boilerplate."""
        removed = self._removed()
        touched = self._hashes_of(removed)
        self._with_their_stories(removed)
        while True:
            wanted = _union_hashes(touched, self._hashes_of(self._dirty))
            rows, alone = self._rows(wanted, touched)
            common = self._common(rows.where(rows.once), len(wanted))
            more = self._also(rows, wanted, common, touched)
            if not more.any():
                break
            self._dirty |= more
            self._with_their_stories(more)
        self._compare(rows, common, alone)
        others = self._before[~_are_in(self._before, wanted)]
        return [self._part(n) for n in range(len(self._parts))], _union_hashes(others, wanted[common])

    def _part(self, n: int) -> StoryColumns:
        articles = slice(int(self._articles[n]), int(self._articles[n + 1]))
        documents = slice(int(self._documents[n]), int(self._documents[n + 1]))
        return StoryColumns(
            self._story[articles].astype(np.uint32),
            self._samples[articles].astype(np.uint32),
            np.flatnonzero(self._boilerplate[documents]).astype(np.uint32),
            np.flatnonzero(self._redundant[documents]).astype(np.uint32),
        )

    # ---- changes

    def _removed(self) -> Mask:
        """Return the articles of the last commit that were removed since."""
        removed = np.zeros(len(self._present), np.bool_)
        for n, part in enumerate(self._parts):
            if part.before is not None:
                removed[part.removed + self._articles[n]] = True
        return removed

    def _hashes_of(self, articles: Mask) -> Hashes:
        """Return the hashes of the given articles, ascending."""
        found = [np.empty(0, np.uint32)]
        for n, segment in enumerate(self._segments):
            here = articles[self._articles[n] : self._articles[n + 1]]
            if here.all():
                found.append(segment.samples.hashes)
            elif here.any():
                found.append(segment.samples.hashes[segment.samples.of(here)])
        return _union_hashes(*found)

    def _with_their_stories(self, articles: Mask) -> None:
        """Mark all articles of the stories of the given articles as dirty."""
        chosen = np.zeros(int(self._story.max(initial=0)) + 1, np.bool_)
        chosen[self._story[articles]] = True
        chosen[0] = False
        self._dirty |= chosen[self._story] & self._present

    def _also(self, rows: _SampleRows, wanted: Hashes, common: Mask, removed: Hashes) -> Mask:
        """Return the further articles that become dirty.

        These have a sample that has become or ceased to be boilerplate, or share another sample with a removed article.
        """
        changed = (_are_in(wanted, self._before) != common) | (_are_in(wanted, removed) & ~common)
        more = np.zeros(len(self._present), np.bool_)
        more[rows.articles[changed[rows.hashes]]] = True
        return more & ~self._dirty

    # ---- samples

    def _rows(self, wanted: Hashes, removed: Hashes) -> tuple[_SampleRows, Ints]:
        """Return the samples whose hash is removed or occurs more than once, and the number of other samples of each article."""
        found = [(NO_INTS, NO_INTS, NO_INTS)]
        counts = np.zeros(len(wanted), np.int64)
        for n, segment in enumerate(self._segments):
            begins, sizes = segment.samples.find(wanted)
            hashes, indices = np.repeat(np.arange(len(wanted)), sizes), concat_ranges(begins, sizes)
            articles = segment.samples.articles_at(indices) + self._articles[n]
            there = self._present[articles]
            if not there.all():
                hashes, indices, articles = hashes[there], indices[there], articles[there]
                sizes = np.bincount(hashes, minlength=len(wanted))
            counts += sizes
            found.append((hashes, articles, indices))
        chosen = (counts > 1) | _are_in(wanted, removed)
        alone = np.zeros(len(self._present), np.int64)
        shared = []
        for n, (hashes, articles, indices) in enumerate(found[1:]):
            segment, several = self._segments[n], np.flatnonzero(chosen[hashes])
            alone += np.bincount(articles, minlength=len(alone))
            hashes, articles, indices = hashes[several], articles[several], indices[several]  # noqa: PLW2901
            alone -= np.bincount(articles, minlength=len(alone))
            documents = segment.first[articles - self._articles[n]] + segment.samples.within.at(indices)
            shared.append((hashes, articles, documents + self._documents[n]))
        hashes, articles, documents = (
            np.concatenate(columns) for columns in zip(found[0], *shared, strict=True)
        )
        instants = self._instants[articles]
        order = np.lexsort((articles, np.where(instants == NO_TIME, _NO_TIME_LAST, instants), hashes))
        hashes, articles, documents = hashes[order], articles[order], documents[order]
        return _SampleRows(hashes, articles, documents, run_starts(hashes) | run_starts(articles)), alone

    def _common(self, rows: _SampleRows, size: int) -> Mask:
        """Return which hashes are boilerplate."""
        counts = np.bincount(rows.hashes, minlength=size)
        common = counts >= BOILERPLATE_ARTICLES
        many = (counts >= BOILERPLATE_ARTICLES_OF_OUTLET) & ~common
        chosen = np.flatnonzero(many[rows.hashes])
        articles = rows.articles[chosen]
        # The signature comes from another document: text that many articles share would give them all the same signature.
        same = self._signature_documents[articles] == rows.documents[chosen]
        signatures = np.where(same, self._other_signatures[articles], self._signatures[articles])
        outlets = self._outlets[articles]
        hashes = rows.hashes[chosen]
        order = np.lexsort((signatures, outlets, hashes))
        hashes, outlets, signatures = hashes[order], outlets[order], signatures[order]
        new = run_starts(hashes) | run_starts(outlets)
        different = np.flatnonzero(
            new | run_starts(signatures)
        )  # copies have the same signature and count once
        first = np.flatnonzero(new[different])
        enough = np.diff(first, append=len(different)) >= BOILERPLATE_ARTICLES_OF_OUTLET
        common[hashes[different[first[enough]]]] = True
        return common

    # ---- stories

    def _compare(self, rows: _SampleRows, common: Mask, alone: Ints) -> None:
        self._mark_boilerplate(rows, common)
        rows = rows.where(~common[rows.hashes])
        samples = alone + np.bincount(rows.articles[rows.once], minlength=len(alone))
        self._samples[self._dirty] = samples[self._dirty]
        pairs = self._pairs(rows)
        both = rows.once[pairs.ones] & rows.once[pairs.others]
        self._connect(*self._copies(rows.articles[pairs.ones[both]], rows.articles[pairs.others[both]]))
        first = self._is_earlier(rows.articles[pairs.ones], rows.articles[pairs.others])
        earlier, later = np.where(first, pairs, pairs[::-1])
        is_first = rows.once[earlier]
        self._mark_redundant(rows.documents[later[is_first]], rows.articles[earlier[is_first]])

    def _mark_boilerplate(self, rows: _SampleRows, common: Mask) -> None:
        """Mark the boilerplate documents of dirty articles, which are redundant, too."""
        for n, segment in enumerate(self._segments):
            here = self._dirty[self._articles[n] : self._articles[n + 1]]
            if not here.any():
                continue
            low, high = int(self._documents[n]), int(self._documents[n + 1])
            mine = here[segment.article]
            inside = (rows.documents >= low) & (rows.documents < high) & common[rows.hashes]
            counts = np.bincount(rows.documents[inside] - low, minlength=high - low)
            boilerplate = mine & (counts > 0) & (counts >= segment.samples.sizes.between(0, high - low))
            self._boilerplate[low:high] = np.where(mine, boilerplate, self._boilerplate[low:high])
            self._redundant[low:high] = np.where(mine, boilerplate, self._redundant[low:high])

    def _pairs(self, rows: _SampleRows) -> _ArticlePairs:
        """Return the pairs of articles that share a sample, once for each shared sample."""
        begins = np.flatnonzero(run_starts(rows.hashes))
        sizes = np.diff(begins, append=len(rows.hashes))
        run = np.repeat(np.arange(len(begins)), sizes)
        dirty = self._dirty[rows.articles]
        ones = np.flatnonzero(dirty & (sizes > 1)[run])
        first, size = begins[run[ones]], sizes[run[ones]]
        few = (size <= MAX_ARTICLES_ALL_COMPARED) | (ones - first < COMPARED_EARLIEST)
        partners = np.where(few, size, COMPARED_EARLIEST)
        others = concat_ranges(first, partners)
        ones = np.repeat(ones, partners)
        kept = (rows.articles[others] != rows.articles[ones]) & (~dirty[others] | (others > ones))
        return _ArticlePairs(ones[kept], others[kept])

    def _copies(self, ones: Ints, others: Ints) -> tuple[Ints, Ints]:
        """Return the distinct pairs of copies; the arguments list a pair once for each sample that it shares."""
        low, high = np.minimum(ones, others), np.maximum(ones, others)
        keys = low.astype(np.uint64) << _HIGH_SHIFT | high.astype(np.uint64)
        keys.sort()
        begins = np.flatnonzero(run_starts(keys))
        shared = np.diff(begins, append=len(keys))
        begins = begins[shared >= MIN_SHARED_SAMPLES]
        shared = shared[shared >= MIN_SHARED_SAMPLES]
        low = (keys[begins] >> _HIGH_SHIFT).astype(np.int64)
        high = (keys[begins] & np.uint64(0xFFFFFFFF)).astype(np.int64)
        smaller = np.minimum(self._samples[low], self._samples[high])
        larger = np.maximum(self._samples[low], self._samples[high])
        home = (self._outlets[low] == self._outlets[high]) & (self._outlets[low] > 0)
        least = np.where(home, MIN_SUM_OF_SHARES_IN_OUTLET, MIN_SUM_OF_SHARES)
        alike = (shared >= MIN_SHARE_OF_SMALLER * smaller) & (
            shared * (smaller + larger) >= least * smaller * larger
        )
        return low[alike], high[alike]

    def _connect(self, ones: Ints, others: Ints) -> None:
        """Number the stories of the dirty articles and of their copies."""
        size = len(self._story)
        self._story[self._dirty] = 0
        # All articles that are already in one story form one node.
        nodes = np.where(self._story > 0, size + self._story, np.arange(size))
        roots = _connected(zip(nodes[ones].tolist(), nodes[others].tolist(), strict=True))
        if not roots:
            return
        numbers: dict[int, int] = {}
        for node, root in roots.items():
            if node > size:
                numbers[root] = min(numbers.get(root, node - size), node - size)
        new = int(self._story.max())
        for root in dict.fromkeys(roots[node] for node in sorted(roots)):
            if root not in numbers:
                new += 1
                numbers[root] = new
        renumbered = np.arange(new + 1)
        for node, root in roots.items():
            if node > size:
                renumbered[node - size] = numbers[root]
        self._story = renumbered[self._story]
        for node, root in roots.items():
            if node < size:
                self._story[node] = numbers[root]

    def _is_earlier(self, ones: Ints, others: Ints) -> Mask:
        """Return for each pair of articles whether the first is earlier than the second."""
        one, other = (
            np.where(self._instants[articles] == NO_TIME, _NO_TIME_LAST, self._instants[articles])
            for articles in (ones, others)
        )
        earlier = np.asarray(one < other, np.bool_)
        equal = np.flatnonzero(one == other)
        if len(equal):
            ids = self._ids(np.unique(np.concatenate((ones[equal], others[equal]))))
            rank = {article: n for n, article in enumerate(sorted(ids, key=ids.__getitem__))}
            of = np.zeros(len(self._story), np.int64)
            of[list(rank)] = list(rank.values())
            earlier[equal] = of[ones[equal]] < of[others[equal]]
        return earlier

    def _ids(self, articles: Ints) -> dict[int, bytes]:
        numbers = np.searchsorted(self._articles, articles, "right") - 1
        local = articles - self._articles[numbers]
        each = zip(articles.tolist(), numbers.tolist(), local.tolist(), strict=True)
        return {article: self._segments[n].id(number) for article, n, number in each}

    def _mark_redundant(self, documents: Ints, earlier: Ints) -> None:
        """Mark a document as redundant if one earlier article has enough of its samples.

        The arguments hold a pair once for each shared sample.
        """
        keys = documents.astype(np.uint64) << _HIGH_SHIFT | earlier.astype(np.uint64)
        keys.sort()
        begins = np.flatnonzero(run_starts(keys))
        shared = np.diff(begins, append=len(keys))
        held = (keys[begins] >> _HIGH_SHIFT).astype(np.int64)
        numbers = np.searchsorted(self._documents, held, "right") - 1
        sizes = np.zeros(len(held), np.int64)
        for n, segment in enumerate(self._segments):
            here = np.flatnonzero(numbers == n)
            sizes[here] = segment.samples.sizes.at(held[here] - self._documents[n])
        self._redundant[held[shared >= MIN_SHARE_OF_DOCUMENT * sizes]] = True


def _connected(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each node of the graph with these edges the lowest node of its connected component."""
    parents: dict[int, int] = {}

    def root(node: int) -> int:
        above = parents.setdefault(node, node)
        while above != node:
            parents[node] = parents[above]
            node, above = above, parents[above]
        return node

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    return {node: root(node) for node in list(parents)}


def _union_hashes(*hashes: Hashes) -> Hashes:
    """Return the distinct hashes of the given arrays, ascending."""
    found = np.concatenate(hashes)
    found.sort()
    return found[run_starts(found)]


def _are_in(values: Hashes, others: Hashes) -> Mask:
    """Return for each value whether it is among ``others``, which are ascending."""
    if not len(others):
        return np.zeros(len(values), np.bool_)
    return np.asarray(others[np.minimum(others.searchsorted(values), len(others) - 1)] == values, np.bool_)


def _starts_of(sizes: Sequence[int]) -> Ints:
    return np.concatenate(([0], np.cumsum(np.array(sizes, np.int64))))
