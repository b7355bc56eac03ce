"""The input of :mod:`.near_duplicates`, as each engine provides it: the samples, dates and outlets of articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from newssearch.engines.sorted_sets import Array, Ints, Mask

from .shingles import Hashes, Signatures


class ItemsByNumber(Protocol):
    """An array of which parts can be read."""

    def at(self, indices: Ints) -> Array:
        """Return the items with the given indices, which are ascending."""

    def between(self, low: int, high: int) -> Array:
        """Return the items from ``low`` up to but not including ``high``."""


class SampleLookup(Protocol):
    """The min-hash samples of documents, sorted by hash and numbered in this order."""

    @property
    def hashes(self) -> Hashes:
        """The hashes of all samples, ascending."""

    @property
    def within(self) -> ItemsByNumber:
        """The number of each sample's document in its article, from 0."""

    @property
    def sizes(self) -> ItemsByNumber:
        """The number of samples of each document."""

    def of(self, articles: Mask) -> Ints:
        """Return the indices of the samples of the articles in the mask, ascending."""

    def articles_at(self, indices: Ints) -> Ints:
        """Return the article of each sample, given the samples' indices, which are ascending."""

    def find(self, wanted: Hashes) -> tuple[Ints, Ints]:
        """Return for each hash the index of the first sample with it, and the number of samples with it.

        The hashes are ascending. For a hash without samples, the first number is arbitrary.
        """


class SampledArticles(Protocol):
    """Articles to be grouped in stories: those of a segment, or those that an engine has read."""

    @property
    def articles(self) -> int:
        """The number of articles."""

    @property
    def documents(self) -> int:
        """The number of documents."""

    @property
    def first(self) -> Array:
        """The first document of each article, then the number of all documents."""

    @property
    def article(self) -> Array:
        """The article of each document."""

    @property
    def instant(self) -> Array:
        """The time of each article: see :mod:`.article_times`."""

    @property
    def signatures(self) -> Signatures:
        """The signatures of the articles."""

    @property
    def samples(self) -> SampleLookup:
        """The min-hash samples of the documents."""

    @property
    def version_identities(self) -> Array:
        """For each article that is one version of another: the number of the id that all versions share."""

    @property
    def version_articles(self) -> Array:
        """The article of each of :attr:`version_identities`."""

    def live_articles(self) -> Mask:
        """Return a mask of the articles that are not removed."""

    def values(self, field: str) -> tuple[Array, Sequence[str]]:
        """Return the value of each article in a field as an index into the second array, which begins with ``""``."""

    def id(self, article: int) -> bytes:
        """Return the id of an article, in UTF-8."""
