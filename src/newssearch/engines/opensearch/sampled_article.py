"""The data of an article by which copies are found, as its document stores it: samples of its paragraphs.

The field ``samples`` has the hashes of an article, and finds articles that share one. The part ``sampled`` of the
document has the input of :mod:`newssearch.engines.near_duplicates`, and the article's last marks:

=============== =================================================================================================
``sizes`` the number of samples of each paragraph ``hashes`` the samples of all paragraphs, 4 bytes each, in base64
``counted`` the number of distinct samples that are not boilerplate ``boilerplate`` the indices of the paragraphs that
are boilerplate ``redundant`` the indices of the paragraphs that are boilerplate, or that an earlier article has
=============== =================================================================================================
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from newssearch.engines.article_times import NO_TIME
from newssearch.engines.near_duplicates import StoryColumns
from newssearch.engines.shingles import Hashes, Samples, Signatures, sample_texts, signatures_of
from newssearch.engines.sorted_sets import NO_INTS, Array, Ints, Mask
from newssearch.system.kept import cached_property

SAMPLED_PARTS = ("id", "outlet", "instant", "story", "version_of", "sampled")
"""The parts of a document that :func:`compared_article` reads."""


class StoryMarks(NamedTuple):
    """What other articles decide about an article: its story, 0 for none, and the kinds of its paragraphs.

    See :mod:`.sampled_article`. ``counted`` is -1 if it is not known yet.
    """

    story: int = 0
    counted: int = -1
    boilerplate: tuple[int, ...] = ()
    redundant: tuple[int, ...] = ()


class ComparedArticle(NamedTuple):
    """An article to compare with others. ``number`` is the id of its document, ``marks`` are its stored marks."""

    number: str
    id: str
    outlet: str
    instant: int
    version_of: str | None
    sizes: Ints
    hashes: Hashes
    marks: StoryMarks


def sample_parts(hashes: Sequence[bytes]) -> dict[str, Any]:
    """Return the parts of a document that hold the samples of its paragraphs, from the hashes of their terms."""
    words = np.array([len(one) // 8 for one in hashes], np.int64)
    found = sample_texts(np.frombuffer(b"".join(hashes), "<u8"), words)
    sizes = np.bincount(found.texts, minlength=max(len(hashes), 1))
    stored = {"sizes": sizes.tolist(), "hashes": packed(found.hashes)}
    return {"samples": sorted(set(found.hashes.tolist())), "sampled": stored}


def packed(hashes: Hashes) -> str:
    """Return hashes as base64 text."""
    return b64encode(hashes.astype("<u4").tobytes()).decode()


def unpacked(text: str) -> Hashes:
    """Return the hashes from the text of :func:`packed`."""
    return np.frombuffer(b64decode(text), "<u4").astype(np.uint32)


def compared_article(number: str, source: Mapping[str, Any]) -> ComparedArticle:
    """Return an article to compare, from the parts :data:`SAMPLED_PARTS` of its document."""
    stored = source["sampled"]
    return ComparedArticle(
        number,
        source["id"],
        source.get("outlet", ""),
        source.get("instant", NO_TIME),
        source.get("version_of"),
        np.array(stored["sizes"], np.int64),
        unpacked(stored["hashes"]),
        marks_of(source),
    )


def marks_of(source: Mapping[str, Any]) -> StoryMarks:
    """Return the stored marks of an article, from the parts ``story`` and ``sampled`` of its document."""
    stored = source["sampled"]
    return StoryMarks(
        source.get("story", 0),
        stored.get("counted", -1),
        tuple(stored.get("boilerplate", ())),
        tuple(stored.get("redundant", ())),
    )


class _Items:
    """An array behind the interface :class:`newssearch.engines.sampled_articles.ItemsByNumber`."""

    def __init__(self, items: Array) -> None:
        self._items = items

    def at(self, indices: Ints) -> Array:
        """Return the items with the given indices."""
        return np.asarray(self._items[indices])

    def between(self, low: int, high: int) -> Array:
        """Return the items from ``low`` up to but not including ``high``."""
        return np.asarray(self._items[low:high])


class _SampleArrays:
    """Samples of articles in memory: see :class:`newssearch.engines.sampled_articles.SampleLookup`."""

    def __init__(self, samples: Samples, article: Array, first: Array) -> None:
        order = samples.hashes.argsort(kind="stable")
        self.hashes: Hashes = samples.hashes[order]
        documents = samples.texts[order]
        self._articles: Ints = article[documents].astype(np.int64)
        self.within = _Items(documents - first[self._articles])
        self.sizes = _Items(np.bincount(samples.texts, minlength=len(article)))

    def of(self, articles: Mask) -> Ints:
        """Return the indices of the samples of the articles in the mask, ascending."""
        return np.flatnonzero(articles[self._articles])

    def articles_at(self, indices: Ints) -> Ints:
        """Return the article of each sample, given the samples' indices."""
        return self._articles[indices]

    def find(self, wanted: Hashes) -> tuple[Ints, Ints]:
        """Return for each hash the index of the first sample with it, and the number of samples with it."""
        begins = self.hashes.searchsorted(wanted)
        return begins, self.hashes.searchsorted(wanted, "right") - begins


class ArticlesInMemory:
    """Articles in memory, numbered in the given order: see
    :class:`newssearch.engines.sampled_articles.SampledArticles`.

    ``stories`` has the numbers of their stories, ascending. In :meth:`columns`, a story is its place in this list,
    from 1.
    """

    def __init__(self, articles: Sequence[ComparedArticle]) -> None:
        self._all = articles
        self.articles = len(articles)
        counts = [len(one.sizes) for one in articles]
        self.first: Array = np.concatenate(([0], np.cumsum(np.array(counts, np.int64))))
        self.documents = int(self.first[-1])
        self.article: Array = np.repeat(np.arange(self.articles), counts)
        self.instant: Array = np.array([one.instant for one in articles], np.int64)
        sizes = np.concatenate([NO_INTS, *(one.sizes for one in articles)])
        hashes = np.concatenate([np.empty(0, np.uint32), *(one.hashes for one in articles)])
        self._samples = Samples(np.repeat(np.arange(self.documents), sizes), hashes)
        self.samples = _SampleArrays(self._samples, self.article, self.first)
        self.stories = sorted({one.marks.story for one in articles if one.marks.story})
        versions = [(int(one.version_of, 16), at) for at, one in enumerate(articles) if one.version_of]
        self.version_identities: Array = np.array([identity for identity, _ in versions], np.uint64)
        self.version_articles: Array = np.array([at for _, at in versions], np.int64)

    @cached_property
    def signatures(self) -> Signatures:
        """The signatures of the articles."""
        return signatures_of(self._samples, self.article, self.first)

    def live_articles(self) -> Mask:
        """Return a mask of the articles that are not removed: all."""
        return np.ones(self.articles, np.bool_)

    def values(self, field: str) -> tuple[Array, list[str]]:
        """Return the outlet of each article as an index into the second value, a list of outlets that begins with ``""``."""
        assert field == "outlet", "no other field decides what a copy is"
        numbers = {"": 0}
        codes = [numbers.setdefault(one.outlet, len(numbers)) for one in self._all]
        return np.array(codes, np.int64), list(numbers)

    def id(self, article: int) -> bytes:
        """Return the id of an article, in UTF-8."""
        return self._all[article].id.encode("utf-8", "backslashreplace")

    def columns(self) -> StoryColumns:
        """Return the marks of all articles."""
        places = {story: at for at, story in enumerate(self.stories, start=1)}
        return StoryColumns(
            np.array([places.get(one.marks.story, 0) for one in self._all], np.int64),
            np.array([max(one.marks.counted, 0) for one in self._all], np.int64),
            self._documents([one.marks.boilerplate for one in self._all]),
            self._documents([one.marks.redundant for one in self._all]),
        )

    def _documents(self, indices: Sequence[tuple[int, ...]]) -> Ints:
        found = [np.array(of, np.int64) + self.first[at] for at, of in enumerate(indices) if of]
        return np.concatenate([NO_INTS, *found])

    def marks(self, columns: StoryColumns, story_of: dict[int, int]) -> list[StoryMarks]:
        """Return the marks of all articles. ``story_of`` maps the stories in the columns to their numbers."""
        boilerplate, redundant = (
            self._indices(documents) for documents in (columns.boilerplate, columns.redundant)
        )
        counted = columns.samples.tolist()
        return [
            StoryMarks(story_of.get(story, 0), counted[at], boilerplate[at], redundant[at])
            for at, story in enumerate(columns.story.tolist())
        ]

    def _indices(self, documents: Array) -> list[tuple[int, ...]]:
        found: list[list[int]] = [[] for _ in range(self.articles)]
        articles = self.article[documents.astype(np.int64)]
        within = documents - self.first[articles]
        for article, index in zip(articles.tolist(), within.tolist(), strict=True):
            found[article].append(index)
        return [tuple(of) for of in found]
