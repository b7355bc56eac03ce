"""A cache shared by the searches of one commit, whose articles never change."""

from __future__ import annotations

from typing import Any, NamedTuple

from newssearch.query import Leaf

from .scoring import LeafWeight


class WeighedLeaf(NamedTuple):
    """The inverse document frequency of a leaf, and the number of articles in which it matches."""

    weight: LeafWeight
    articles: int


class CommitCache(NamedTuple):
    """What searches found out about the articles of one commit. All threads share it."""

    tokens: dict[str, bool]
    """Whether each token occurs in a text."""
    leaves: dict[Leaf, WeighedLeaf]
    """The weights of leaves."""
    terms: dict[str, int]
    """The numbers of articles that contain each term, in any language."""
    holding: dict[Leaf, int]
    """The numbers of articles in which leaves match that were counted for notes on a query."""
    extents: dict[str, Any]
    """The sizes of the articles of tables, by groupings and filters."""

    @classmethod
    def empty(cls) -> CommitCache:
        """Return an empty cache."""
        return cls({}, {}, {}, {}, {})
