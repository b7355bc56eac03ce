"""Near duplicates: articles that are copies of one text, whole or cut, edited, or under other headlines.

A *min-hash sample* of a document is the hash of a few consecutive words. A document has several samples, and texts with
much in common share many of them: see :mod:`.shingles`. The result depends only on the articles in the index.
Each commit updates it for the articles that it adds and removes:

- A sample is *boilerplate* if at least :data:`BOILERPLATE_ARTICLES_OF_OUTLET` articles of one outlet have it, and these
  articles are not otherwise copies of each other. A sample is also boilerplate if at least
  :data:`BOILERPLATE_ARTICLES` articles of any outlets have it. A document is boilerplate if all of its samples are.
- Only samples that are not boilerplate count for copies. Two articles are *copies* if three conditions hold. They share
  at least :data:`MIN_SHARED_SAMPLES` samples. These are at least the share :data:`MIN_SHARE_OF_SMALLER` of the samples
  of the article that has fewer. The shares of both articles add up to at least :data:`MIN_SUM_OF_SHARES`. So half of a
  text is a copy of it, and a quotation is not. An outlet quotes itself: for two articles of one outlet the sum must be
  at least :data:`MIN_SUM_OF_SHARES_IN_OUTLET`. Versions of one article (:attr:`newssearch.Article.version_of`) are
  copies whatever their texts. A *story* is a connected component of the graph of copies.
- A document is *redundant* if it is boilerplate, or if an earlier article has at least the share
  :data:`MIN_SHARE_OF_DOCUMENT` of its samples. The article with the earlier date is earlier. If the dates are equal or
  both are missing, the article with the lower id is earlier. An article without a date comes after all articles with
  one.

If more than :data:`MAX_ARTICLES_ALL_COMPARED` articles share a sample, each is compared only with the
:data:`COMPARED_EARLIEST` earliest of them. No step loops over samples in Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from newssearch.engines.sorted_sets import NO_INTS, Array, Ints, Mask, concat_ranges, distinct, run_starts

from .article_times import NO_TIME
from .sampled_articles import SampledArticles
from .shingles import Hashes

BOILERPLATE_ARTICLES_OF_OUTLET = 10
"""A sample is boilerplate if at least this number of articles of one outlet have it and are not copies of each other.

An outlet hardly prints a paragraph under nine other texts unless it is a notice, a biography or the like.
"""
BOILERPLATE_ARTICLES = 20_000
"""A sample is boilerplate if at least this number of articles of any outlets have it, copies of each other or not.

No story has that many copies, so the words are a formula that many outlets print, such as an agency's notice.
"""
MIN_SHARED_SAMPLES = 3
"""Two articles that share fewer samples than this are not copies: one or two samples can be a common phrase.

A paragraph of seven words or more has at least three samples (:data:`.shingles.MIN_SAMPLES`), so one shared
paragraph can suffice.
"""
MIN_SHARE_OF_SMALLER = 0.7
"""Two articles are copies only if they share at least this fraction of the samples of the article that has fewer.

By Broder's terms (On the resemblance and containment of documents, 1997) this is containment. An edited word changes up
to five shingles, so even a lightly edited copy lacks some samples of the original.
"""
MIN_SUM_OF_SHARES = 1.15
"""Two articles are copies only if the fractions of their samples that they share with each other have this sum or more.

If the shorter article is contained whole in the longer one, its fraction is 1, so it must be at least 0.15 of the
longer one: half of an article is a copy of it, a quoted paragraph is not.
"""
MIN_SUM_OF_SHARES_IN_OUTLET = 1.4
"""For two articles of one outlet, this replaces :data:`MIN_SUM_OF_SHARES`: an outlet quotes its own articles at length.

An article that is contained whole in another one must be at least 0.4 of it. Twice :data:`MIN_SHARE_OF_SMALLER` is 1.4
too, so for articles of equal length this adds no condition.
"""
MIN_SHARE_OF_DOCUMENT = 0.6
"""A document is redundant if an earlier article has at least this fraction of its samples.

Of the three samples of a short paragraph, two must be in that article. So light editing does not make a text novel.
"""
MAX_ARTICLES_ALL_COMPARED = 64
"""If at most this number of articles share a sample, all pairs of them are compared (2,016 pairs for 64 articles).

The number of pairs grows with the square of the number of articles, so more articles are compared as
:data:`COMPARED_EARLIEST` says.
"""
COMPARED_EARLIEST = 8
"""If too many articles share a sample to compare all pairs, each is compared with this number of the earliest ones.

The number of pairs then grows linearly. Copies spread from an original, which is early, so they still meet in one
story.
"""

NO_HASHES: Hashes = np.empty(0, np.uint32)

_HIGH_SHIFT = np.uint64(32)
"""Shifting by this number of bits puts the first of two 32-bit numbers into the upper half of a 64-bit sorting key."""
_NO_TIME_LAST = np.iinfo(np.int64).max
"""The instant that stands for a missing date in sorting: articles without a date come last."""


class StoryColumns(NamedTuple):
    """The stories of some articles, whose documents are their paragraphs.

    ``story`` is the number of each article's story; 0 for an article that is the only one of its story. ``samples`` is
    the number of each article's samples that are not boilerplate. ``boilerplate`` and ``redundant`` are the numbers of
    documents, ascending.
    """

    story: Array
    samples: Array
    boilerplate: Array
    redundant: Array


class SegmentStories(NamedTuple):
    """A segment of the new commit, as :func:`update_stories` takes it.

    ``before`` are its story columns in the last commit, None for a new segment. ``removed`` are the numbers of the
    articles that were removed since.
    """

    segment: SampledArticles
    before: StoryColumns | None
    removed: Ints


def update_stories(parts: Sequence[SegmentStories], boilerplate: Hashes) -> tuple[list[StoryColumns], Hashes]:
    """Return the story columns of each segment of a new commit, and the boilerplate hashes of the commit, ascending.

    ``boilerplate`` are the boilerplate hashes of the last commit, ascending.
    """
    update = StoryUpdate(parts, boilerplate)
    while update.spread():
        pass
    return update.compare()


class _SampleRows(NamedTuple):
    """A table with a row for each sample of a live article, sorted by hash, then by article, the earliest first.

    ``hashes`` is the index of the hash among the hashes that were looked up. ``articles`` and ``documents`` are
    numbered as in :class:`StoryUpdate`. ``once`` is true for exactly one of the rows with the same article and hash.
    """

    hashes: Ints
    articles: Ints
    documents: Ints
    once: Mask

    def where(self, kept: Mask) -> _SampleRows:
        """Return the table of only those rows for which ``kept`` is true."""
        return _SampleRows(self.hashes[kept], self.articles[kept], self.documents[kept], self.once[kept])


class _ArticlePairs(NamedTuple):
    """Pairs of rows of a :class:`_SampleRows` with the same hash and different articles, at least one of them dirty.

    Pair ``n`` consists of the rows ``ones[n]`` and ``others[n]``.
    """

    ones: Ints
    others: Ints


class StoryUpdate:
    """One update of the stories for a commit.

    Articles and documents are numbered consecutively across all segments of the commit. An article is *dirty* if its
    story may change with this commit.

    An engine that has not read all articles repeats the update with more of them after each call of :meth:`spread`. It
    tells what it knows of the others: ``certain`` are hashes that are boilerplate, whichever articles have them.
    """

    def __init__(
        self, parts: Sequence[SegmentStories], boilerplate: Hashes, certain: Hashes = NO_HASHES
    ) -> None:
        self._certain = certain
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
        gone = self._removed()
        self._touched = self._hashes_of(gone)
        self._mark_stories_dirty(gone)
        self._outlets = self._outlet_numbers()
        self._instants = np.concatenate([segment.instant for segment in self._segments] or [NO_INTS])
        self._signatures, self._signature_documents, self._other_signatures = (
            (
                np.concatenate([NO_INTS, *arrays]).astype(np.int64)
                for arrays in zip(*(segment.signatures for segment in self._segments), strict=True)
            )
            if self._segments
            else (NO_INTS, NO_INTS, NO_INTS)
        )
        self._signature_documents += np.concatenate(
            [segment.first[:-1] + self._documents[n] for n, segment in enumerate(self._segments)] or [NO_INTS]
        )

    def _outlet_numbers(self) -> Ints:
        """Return for each article a number that identifies its outlet in all segments; 0 if it has no outlet."""
        number = {"": 0}
        found = [NO_INTS]
        for segment in self._segments:
            codes, values = segment.values("outlet")
            numbers = np.array([number.setdefault(value, len(number)) for value in values], np.int64)
            found.append(numbers[codes])
        return np.concatenate(found)

    @property
    def dirty(self) -> Mask:
        """A mask of the articles whose stories may change."""
        return self._dirty

    def mark_dirty(self, articles: Mask, touched: Hashes) -> None:
        """Add articles to those whose stories may change, and hashes to those that removed articles have."""
        self._dirty |= articles & self._present
        self._touched = _union_hashes(self._touched, touched)

    def spread(self) -> bool:
        """Mark as dirty the articles that the dirty and the removed ones make so. Return whether there are any more."""
        self._wanted = _union_hashes(self._touched, self._hashes_of(self._dirty))
        rows, self._alone = self._shared_rows(self._wanted, self._touched)
        self._common = self._find_boilerplate(rows.where(rows.once), len(self._wanted))
        self._common |= are_in(self._wanted, self._certain)
        self._rows = rows
        more = self._newly_dirty(rows, self._wanted, self._common, self._touched)
        if not more.any():
            return False
        self._dirty |= more
        self._mark_stories_dirty(more)
        return True

    def boilerplate_among(self, hashes: Hashes) -> Mask:
        """Return for each of some ascending hashes whether it is boilerplate, by the present articles alone."""
        rows, _ = self._shared_rows(hashes, hashes)
        return self._find_boilerplate(rows.where(rows.once), len(hashes))

    def compare(self) -> tuple[list[StoryColumns], Hashes]:
        """Compare the dirty articles, when no more are, and return what :func:`update_stories` returns."""
        self._compare(self._rows, self._common, self._alone)
        others = self._before[~are_in(self._before, self._wanted)]
        return [self._part(n) for n in range(len(self._parts))], _union_hashes(
            others, self._wanted[self._common]
        )

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
        """Return a mask of the articles of the last commit that were removed since."""
        removed = np.zeros(len(self._present), np.bool_)
        for n, part in enumerate(self._parts):
            if part.before is not None:
                removed[part.removed + self._articles[n]] = True
        return removed

    def _hashes_of(self, articles: Mask) -> Hashes:
        """Return the distinct sample hashes of the given articles, ascending."""
        found = [NO_HASHES]
        for n, segment in enumerate(self._segments):
            here = articles[self._articles[n] : self._articles[n + 1]]
            if here.all():
                found.append(segment.samples.hashes)
            elif here.any():
                found.append(segment.samples.hashes[segment.samples.of(here)])
        return _union_hashes(*found)

    def _mark_stories_dirty(self, articles: Mask) -> None:
        """Mark as dirty all present articles of the stories that the given articles belong to."""
        chosen = np.zeros(int(self._story.max(initial=0)) + 1, np.bool_)
        chosen[self._story[articles]] = True
        chosen[0] = False
        self._dirty |= chosen[self._story] & self._present

    def _newly_dirty(self, rows: _SampleRows, wanted: Hashes, common: Mask, removed: Hashes) -> Mask:
        """Return a mask of the articles that are not dirty yet but must become so.

        They have a sample that became boilerplate or ceased to be, or share a sample that is not boilerplate with a
        removed article. ``wanted`` are the hashes looked up, ``common`` tells which of these are boilerplate, and
        ``removed`` are the hashes of removed articles.
        """
        changed = (are_in(wanted, self._before) != common) | (are_in(wanted, removed) & ~common)
        more = np.zeros(len(self._present), np.bool_)
        more[rows.articles[changed[rows.hashes]]] = True
        return more & ~self._dirty

    # ---- samples

    def _shared_rows(self, wanted: Hashes, removed: Hashes) -> tuple[_SampleRows, Ints]:
        """Look up the hashes ``wanted``; return a table of samples, and the number of other samples of each article.

        The table has the samples whose hash occurs more than once or is among the hashes ``removed``. All other samples
        that have one of the hashes are only counted.
        """
        found: list[tuple[Array, Array, Array]] = []
        counts = np.zeros(len(wanted), np.int64)
        for n, segment in enumerate(self._segments):
            begins, sizes = segment.samples.find(wanted)
            held = np.flatnonzero(sizes)
            hashes, indices = np.repeat(held, sizes[held]), concat_ranges(begins[held], sizes[held])
            articles = segment.samples.articles_at(indices) + self._articles[n]
            there = self._present[articles]
            if not there.all():
                hashes, indices, articles = hashes[there], indices[there], articles[there]
                sizes = np.bincount(hashes, minlength=len(wanted))
            counts += sizes
            found.append((hashes.astype(np.int32), articles.astype(np.int32), indices.astype(np.int32)))
        chosen = (counts > 1) | are_in(wanted, removed) | are_in(wanted, self._certain)
        alone = np.zeros(len(self._present), np.int64)
        shared = []
        for n, (hashes, articles, indices) in enumerate(found):
            segment, several = self._segments[n], np.flatnonzero(chosen[hashes])
            alone += np.bincount(articles, minlength=len(alone))
            hashes, articles, indices = (  # noqa: PLW2901
                column[several].astype(np.int64) for column in (hashes, articles, indices)
            )
            alone -= np.bincount(articles, minlength=len(alone))
            documents = segment.first[articles - self._articles[n]] + segment.samples.within.at(indices)
            shared.append((hashes, articles, documents + self._documents[n]))
        hashes, articles, documents = (
            np.concatenate(columns) for columns in zip((NO_INTS,) * 3, *shared, strict=True)
        )
        instants = self._instants[articles]
        order = np.lexsort((articles, np.where(instants == NO_TIME, _NO_TIME_LAST, instants), hashes))
        hashes, articles, documents = hashes[order], articles[order], documents[order]
        return _SampleRows(hashes, articles, documents, run_starts(hashes) | run_starts(articles)), alone

    def _find_boilerplate(self, rows: _SampleRows, size: int) -> Mask:
        """Return for each of the ``size`` hashes looked up whether it is boilerplate.

        ``rows`` has one row for each article and hash.
        """
        counts = np.bincount(rows.hashes, minlength=size)
        common = counts >= BOILERPLATE_ARTICLES
        many = (counts >= BOILERPLATE_ARTICLES_OF_OUTLET) & ~common
        chosen = np.flatnonzero(many[rows.hashes])
        articles = rows.articles[chosen]
        # A signature from the tested document itself would be equal in all articles that share its text.
        same = self._signature_documents[articles] == rows.documents[chosen]
        signatures = np.where(same, self._other_signatures[articles], self._signatures[articles])
        outlets = self._outlets[articles]
        hashes = rows.hashes[chosen]
        order = np.lexsort((signatures, outlets, hashes))
        hashes, outlets, signatures = hashes[order], outlets[order], signatures[order]
        new = run_starts(hashes) | run_starts(outlets)
        # Copies have equal signatures and count once.
        different = np.flatnonzero(new | run_starts(signatures))
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
        copies = self._copies(rows.articles[pairs.ones[both]], rows.articles[pairs.others[both]])
        self._connect(*(np.concatenate(found) for found in zip(copies, self._versions(), strict=True)))
        first = self._is_earlier(rows.articles[pairs.ones], rows.articles[pairs.others])
        earlier, later = np.where(first, pairs, pairs[::-1])
        is_first = rows.once[earlier]
        self._mark_redundant(rows.documents[later[is_first]], rows.articles[earlier[is_first]])

    def _mark_boilerplate(self, rows: _SampleRows, common: Mask) -> None:
        """Set for each document of a dirty article whether it is boilerplate, and therefore redundant too."""
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
        """Return the pairs of rows to compare: a pair of articles occurs once for each sample that the two share."""
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
        """Return the distinct pairs of articles that are copies, as two arrays of article numbers.

        Articles ``ones[n]`` and ``others[n]`` form a pair. A pair occurs once for each sample that the two share.
        """
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

    def _versions(self) -> tuple[Ints, Ints]:
        """Return pairs of articles that are versions of one article: one of its versions, and each other one.

        Articles whose versions are all not dirty are left out.
        """
        identities = np.concatenate([one.version_identities for one in self._segments] or [NO_INTS])
        articles = np.concatenate(
            [one.version_articles + self._articles[n] for n, one in enumerate(self._segments)] or [NO_INTS]
        ).astype(np.int64)
        there = self._present[articles]
        identities, articles = identities[there], articles[there]
        order = np.argsort(identities, kind="stable")
        identities, articles = identities[order], articles[order]
        begins = np.flatnonzero(run_starts(identities))
        first = np.repeat(begins, np.diff(begins, append=len(identities)))
        changed = np.zeros(len(first), np.bool_)
        changed[first[self._dirty[articles]]] = True
        others = np.flatnonzero((first != np.arange(len(first))) & changed[first])
        return articles[first[others]], articles[others]

    def _connect(self, ones: Ints, others: Ints) -> None:
        """Set the story numbers of dirty articles and of their copies. The arguments are the pairs of copies.

        A story without dirty articles keeps its number. Stories that are joined get the lowest of their numbers.
        """
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
        """Return for each pair of articles whether ``ones[n]`` is earlier than ``others[n]``: by date, then by id."""
        one, other = (
            np.where(self._instants[articles] == NO_TIME, _NO_TIME_LAST, self._instants[articles])
            for articles in (ones, others)
        )
        earlier = np.asarray(one < other, np.bool_)
        equal = np.flatnonzero(one == other)
        if len(equal):
            ids = self._ids(distinct(np.concatenate((ones[equal], others[equal]))))
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
        """Mark as redundant each document that shares enough of its samples with a single earlier article.

        Document ``documents[n]`` and article ``earlier[n]`` form a pair. It occurs once for each sample that both have.
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
    """Return for each node of a graph the lowest node of its connected component. ``pairs`` are the edges."""
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
    """Return the distinct hashes of all given arrays together, ascending."""
    found = np.concatenate(hashes)
    found.sort()
    return found[run_starts(found)]


def are_in(values: Hashes, others: Hashes) -> Mask:
    """Return for each of the ``values`` whether it is among ``others``, which must be ascending."""
    if not len(others):
        return np.zeros(len(values), np.bool_)
    return np.asarray(others[np.minimum(others.searchsorted(values), len(others) - 1)] == values, np.bool_)


def _starts_of(sizes: Sequence[int]) -> Ints:
    return np.concatenate(([0], np.cumsum(np.array(sizes, np.int64))))
